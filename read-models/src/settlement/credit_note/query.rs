//! Asking for credit notes.

use sqlx::{PgPool, QueryBuilder};
use tallybook_domain::CustomerId;
use tallybook_domain::settlement::{CreditNoteId, CreditNoteState};

use super::{CreditNoteRow, CreditNotes};
use crate::query::{
    Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read_key, write_cursor,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreditNoteFilter {
    pub customer: Option<CustomerId>,
    pub state: Option<CreditNoteState>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditNoteOrder {
    /// As they were granted.
    Granted,
}

impl SortKey for CreditNoteOrder {
    const ALL: &'static [Self] = &[Self::Granted];
    const DEFAULT: Sort<Self> = Sort { by: Self::Granted, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Granted => "granted",
        }
    }
}

pub async fn list_credit_notes(
    pool: &PgPool,
    filter: &CreditNoteFilter,
    sort: Sort<CreditNoteOrder>,
    paging: &Paging,
) -> Result<Page<Vec<CreditNoteRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM credit_notes WHERE true");
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.as_str());
    }
    if let Some([position]) = paging.after(sort)? {
        query.push(format!(" AND created_position {} ", sort.direction.after()));
        query.push_bind(read_key::<i64>(&position)?);
    }
    query.push(format!(" ORDER BY created_position {} LIMIT ", sort.direction.sql()));
    query.push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<CreditNotes>(pool).await?;
    let position = snapshot.position_of::<CreditNotes>().await?;
    let mut rows: Vec<CreditNoteRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(sort, [last.created.position.to_string()]));
    Ok(Page { data: rows, next_cursor, position })
}

pub async fn find_credit_note(
    pool: &PgPool,
    id: &CreditNoteId,
) -> Result<Answer<Option<CreditNoteRow>>, ReadError> {
    let mut snapshot = Snapshot::take::<CreditNotes>(pool).await?;
    let position = snapshot.position_of::<CreditNotes>().await?;
    Ok(Answer { data: snapshot.row_of(id.as_str()).await?, position })
}
