//! Writing off: money, credits and differences settle bills.

use axum::extract::State;
use axum::response::Response;
use tallybook_commands::settlement as commands;
use tallybook_domain::settlement::WriteOffId;
use uuid::Uuid;

use super::limits::limits_of;
use super::schema::WriteOffOutcome;
use super::write_off_body::{ReadWriteOff, WriteOffBody};
use crate::access::{Action, Caller};
use crate::answer::created;
use crate::problem::Problem;
use crate::request::CommandInput;
use crate::state::ApiState;

/// Write off
///
/// Sources and differences have to come to the bills, in each currency; nothing is taken above what is left, all in
/// one decision. A difference above the limit of the caller's role makes it wait as `proposed` for somebody else.
/// With `dry_run`, shows what would be left.
#[utoipa::path(post, path = "/v1/write-offs", tag = "write-offs", request_body = WriteOffBody,
    responses((status = 201, body = WriteOffOutcome)))]
pub(super) async fn make_write_off(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::WriteOff)?;
    let (context, ReadWriteOff(asked)) = input.command(&caller)?;
    let limits = limits_of(caller.role(), &state);
    created(&commands::make_write_off(state.book(), context, new_write_off_id(), asked, limits).await?)
}

#[expect(clippy::disallowed_methods, reason = "write-offs get their id at this edge")]
fn new_write_off_id() -> WriteOffId {
    WriteOffId::from_uuid(Uuid::now_v7())
}
