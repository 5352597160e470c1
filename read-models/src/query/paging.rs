//! How much of a list is asked for, and from where on.

use std::fmt::Display;

use super::cursor::{InvalidCursor, read_cursor};

/// A validated limit and the cursor of the page before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    limit: u16,
    cursor: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PagingError {
    #[error("the limit must be 1 to {max}, not {limit}")]
    LimitOutOfRange { limit: u32, max: u32 },
}

impl Paging {
    pub const DEFAULT_LIMIT: u32 = 50;
    pub const MAX_LIMIT: u32 = 500;

    pub fn new(limit: Option<u32>, cursor: Option<String>) -> Result<Self, PagingError> {
        let limit = limit.unwrap_or(Self::DEFAULT_LIMIT);
        let refused = PagingError::LimitOutOfRange { limit, max: Self::MAX_LIMIT };
        match u16::try_from(limit) {
            Ok(limit @ 1..) if u32::from(limit) <= Self::MAX_LIMIT => Ok(Self { limit, cursor }),
            Ok(_) | Err(_) => Err(refused),
        }
    }

    /// The sort keys of the last row of the page before, if this is not the first page.
    pub(crate) fn after<const N: usize>(
        &self,
        order: impl Display,
    ) -> Result<Option<[String; N]>, InvalidCursor> {
        self.cursor.as_deref().map(|text| read_cursor(text, order)).transpose()
    }

    /// One row more than asked for: it tells whether there is a next page.
    pub(crate) fn rows_to_fetch(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// Cuts the row too many off; the cursor is made of the last row that stays.
    pub(crate) fn cut<R>(&self, rows: &mut Vec<R>, cursor: impl FnOnce(&R) -> String) -> Option<String> {
        let limit = usize::from(self.limit);
        if rows.len() <= limit {
            return None;
        }
        rows.truncate(limit);
        rows.last().map(cursor)
    }
}
