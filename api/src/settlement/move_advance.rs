//! Moving what is left of a receipt to the customer's wallet.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::settlement::{self as commands, MoveAdvance};
use tallybook_domain::Money;
use tallybook_read_models::schema;
use utoipa::ToSchema;

use super::schema::ReceiptOutcome;
use crate::access::Action;
use crate::answer::done;
use crate::problem::{Problem, ProblemKind};
use crate::request::{BodyReader, ChangeInput, ReadBody, date, money};
use crate::state::ApiState;

/// How much goes to the wallet, or back.
#[derive(Debug, ToSchema)]
pub(super) struct MoveAdvanceBody {
    /// All that is left, or all that had gone there, if left out.
    #[schema(value_type = Option<schema::Money>)]
    pub(super) amount: Option<Money>,
    /// Today, if left out.
    pub(super) effective_date: Option<NaiveDate>,
}

impl ReadBody for MoveAdvanceBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let amount = body.optional("amount", money);
        Some(Self { amount, effective_date: body.optional("effective_date", date) })
    }
}

/// Move what is left of a receipt to the wallet
///
/// Into the customer's wallet of the receipt's currency: from 2203 to 2241.01.
#[utoipa::path(post, path = "/v1/receipts/{id}/move-to-wallet", tag = "receipts",
    request_body = MoveAdvanceBody,
    params(("id" = String, Path, example = "RP3XP6RJ5HNHZQAV0")),
    responses((status = 200, body = ReceiptOutcome)))]
pub(super) async fn move_advance(
    State(state): State<ApiState>,
    input: ChangeInput,
) -> Result<Response, Problem> {
    let (context, receipt, MoveAdvanceBody { amount, effective_date }) =
        input.read(Action::ManageReceipts, ProblemKind::ReceiptNotFound)?;
    let asked = MoveAdvance { receipt, amount, effective_date };
    done(&commands::move_advance(state.book(), context, asked).await?)
}
