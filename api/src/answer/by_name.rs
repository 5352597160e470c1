//! Pages of lists in the order of a name.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tallybook_read_models::Page;

use crate::problem::{FieldError, Problem};
use crate::request::PageRequest;

/// The name after which the page begins; the empty one is before all others.
pub(crate) fn read_name_cursor(page: &PageRequest) -> Result<String, Problem> {
    let Some(cursor) = &page.cursor else { return Ok(String::new()) };
    let name = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    name.filter(|name| !name.contains('\0'))
        .ok_or_else(|| invalid_cursor("the cursor is not one of this list"))
}

pub(crate) fn invalid_cursor(detail: impl Into<String>) -> Problem {
    Problem::validation(vec![FieldError {
        pointer: "?cursor".into(),
        code: "malformed",
        detail: detail.into(),
    }])
}

/// A page of rows of which one more than asked for was read: it tells whether there is a next page.
pub(crate) fn page_by_name<T>(
    mut rows: Vec<T>,
    page: &PageRequest,
    name: impl Fn(&T) -> &String,
    position: u64,
) -> Page<Vec<T>> {
    let more = rows.len() > page.limit as usize;
    rows.truncate(page.limit as usize);
    let next_cursor = rows.last().filter(|_| more).map(|last| URL_SAFE_NO_PAD.encode(name(last)));
    Page { data: rows, next_cursor, position }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_to_the_next_name() {
        let page = PageRequest { limit: 2, cursor: None };
        let names = ["a", "李雷", "c"].map(String::from).to_vec();
        let first = page_by_name(names, &page, |name| name, 7);
        assert_eq!(first.data, ["a", "李雷"]);
        let next = PageRequest { limit: 2, cursor: first.next_cursor };
        assert_eq!(read_name_cursor(&next).unwrap(), "李雷");
        assert_eq!(page_by_name(vec!["c".to_owned()], &next, |name| name, 7).next_cursor, None);
        assert!(read_name_cursor(&PageRequest { limit: 2, cursor: Some("!".into()) }).is_err());
    }
}
