//! An answer and the position it reflects.

use serde::Serialize;
use utoipa::ToSchema;

/// What was asked for, as it stood when the read model had folded everything up to `position`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Answer<T> {
    pub data: T,
    pub position: u64,
}

/// A part of a long answer. With `next_cursor` the next part can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    pub data: T,
    /// `null` at the end.
    pub next_cursor: Option<String>,
    pub position: u64,
}
