//! Recording a deposit.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::deposits::{self as commands, RecordDeposit};
use tallybook_domain::deposits::{BankReference, DepositMethod};
use tallybook_domain::text::Remark;
use tallybook_domain::{CustomerId, Money};
use tallybook_read_models::schema;
use utoipa::ToSchema;

use super::schema::DepositOutcome;
use crate::access::{Action, Caller};
use crate::answer::created;
use crate::problem::Problem;
use crate::request::{BodyReader, CommandInput, ReadBody, date, money, text};
use crate::state::ApiState;

/// A deposit to be recorded.
#[derive(Debug, ToSchema)]
pub(super) struct RecordDepositBody {
    #[schema(value_type = String, example = "C00042")]
    customer: CustomerId,
    #[schema(value_type = schema::Money)]
    amount: Money,
    /// The bank's or channel's number of the payment, once per book.
    #[schema(value_type = String, min_length = 1, max_length = 128)]
    reference: BankReference,
    #[schema(value_type = schema::DepositMethod)]
    method: DepositMethod,
    /// Today, if left out.
    effective_date: Option<NaiveDate>,
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    remark: Option<Remark>,
}

impl ReadBody for RecordDepositBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let customer = body.required("customer", text);
        let amount = body.required("amount", money);
        let reference = body.required("reference", text);
        let method = body.required("method", text);
        let effective_date = body.optional("effective_date", date);
        let remark = body.optional("remark", text);
        Some(Self {
            customer: customer?,
            amount: amount?,
            reference: reference?,
            method: method?,
            effective_date,
            remark,
        })
    }
}

/// Record a deposit
///
/// The money goes to the customer's wallet of the amount's currency. A suspended customer's wallet takes it too.
#[utoipa::path(post, path = "/v1/deposits", tag = "deposits", request_body = RecordDepositBody,
    responses((status = 201, body = DepositOutcome)))]
pub(super) async fn record_deposit(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::RecordDeposits)?;
    let (context, body) = input.command(&caller)?;
    let RecordDepositBody { customer, amount, reference, method, effective_date, remark } = body;
    let deposit = RecordDeposit { customer, amount, reference, method, effective_date, remark };
    let receipt = commands::record_deposit(state.book(), context, deposit).await?;
    created(&receipt)
}
