//! The list of seals.

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::Serialize;
use tallybook_event_store::journal::head_position;
use tallybook_event_store::seal::{self, Seal};
use tallybook_read_models::Page;
use utoipa::ToSchema;

use super::cursor::read_cursor;
use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list};
use crate::problem::Problem;
use crate::request::{ListParameters, PageRequest, ReadInput};
use crate::state::ApiState;

/// A seal, without its signature: `GET /v1/seals/{size}` has it to the byte.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct SealView {
    /// How many events it covers, and what it is called by.
    #[schema(example = 276)]
    size: u64,
    /// The root of the Merkle tree over them, hexadecimal.
    root: String,
    sealed_at: DateTime<Utc>,
    /// The public key it was signed with, as the book keeps it. Trust only a key you got another way.
    #[schema(example = "tallybook/main+d578d26d+AYDaWxEh9x0q…")]
    key: String,
}

impl From<Seal> for SealView {
    fn from(seal: Seal) -> Self {
        let Seal { size, root, sealed_at, note: _, key } = seal;
        Self { size, root: hex::encode(root), sealed_at, key }
    }
}

impl Tabular for SealView {
    const COLUMNS: &'static [&'static str] = &["size", "root", "sealed_at", "key"];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::Integer(self.size),
            Cell::text(&self.root),
            Cell::at(self.sealed_at),
            Cell::text(&self.key),
        ]
    }
}

/// List seals
///
/// In the order of their sizes. A seal is a signed statement of how many events there were and what their Merkle root
/// was; one is made every night.
#[utoipa::path(get, path = "/v1/seals", tag = "journal", params(ListParameters),
    responses((status = 200, body = Page<Vec<SealView>>)))]
pub(super) async fn list_seals(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadJournal)?;
    let listing = input.listing(input.query())?;
    let pool = state.book().pool().clone();
    list(&state, listing, move |page: PageRequest| {
        let pool = pool.clone();
        async move {
            let after = page.cursor.as_deref().map_or(Ok(0), read_cursor)?;
            let position = head_position(&pool).await?;
            let limit = page.limit as usize;
            let mut seals = seal::after(&pool, after, i64::from(page.limit) + 1).await?;
            let more = seals.len() > limit;
            seals.truncate(limit);
            let next_cursor = seals.last().filter(|_| more).map(|last| last.size.to_string());
            let data = seals.into_iter().map(SealView::from).collect();
            Ok(Page::<Vec<SealView>> { data, next_cursor, position })
        }
    })
    .await
}
