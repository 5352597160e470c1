//! Entering money that came in.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::settlement::{self as commands, RecordReceipt};
use tallybook_domain::deposits::{AccountName, AccountNumber, BankReference, DepositMethod};
use tallybook_domain::settlement::receipt::{OwnAccount, Payer, RemittanceText};
use tallybook_domain::{CustomerId, Money};
use tallybook_read_models::schema;
use utoipa::ToSchema;

use super::schema::RecordedReceipt;
use crate::access::{Action, Caller};
use crate::answer::{created, done};
use crate::problem::Problem;
use crate::request::{BodyReader, CommandInput, ReadBody, date, money, text};
use crate::state::ApiState;

/// Money that came in.
#[derive(Debug, ToSchema)]
pub(super) struct RecordReceiptBody {
    /// Whose it is. Left out, it waits until somebody says so.
    #[schema(value_type = Option<String>, example = "C00042")]
    customer: Option<CustomerId>,
    #[schema(value_type = schema::Money)]
    amount: Money,
    /// Today, if left out. Of money that is known it has to be the same, if it is said.
    received_date: Option<NaiveDate>,
    /// The day it was received, if left out; another where that is in a closed month.
    effective_date: Option<NaiveDate>,
    #[schema(value_type = schema::DepositMethod)]
    method: DepositMethod,
    /// Which of the company's own accounts it came into.
    #[schema(value_type = String, min_length = 1, max_length = 64, example = "ICBC-0123")]
    account: OwnAccount,
    /// The bank's or channel's number of it, once per account.
    #[schema(value_type = String, min_length = 1, max_length = 128)]
    reference: BankReference,
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    payer_name: Option<AccountName>,
    #[schema(value_type = Option<String>, min_length = 4, max_length = 64)]
    payer_account: Option<AccountNumber>,
    /// What the payer wrote with it (摘要, 附言).
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    text: Option<RemittanceText>,
    /// The money is there although the same was reversed before, or a deposit has its reference; `false`, if left out. Not
    /// for lists that are read again.
    #[schema(value_type = Option<bool>)]
    again: bool,
}

impl ReadBody for RecordReceiptBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let customer = body.optional("customer", text);
        let amount = body.required("amount", money);
        let received_date = body.optional("received_date", date);
        let effective_date = body.optional("effective_date", date);
        let method = body.required("method", text);
        let account = body.required("account", text);
        let reference = body.required("reference", text);
        let payer_name = body.optional("payer_name", text);
        let payer_account = body.optional("payer_account", text);
        let remittance = body.optional("text", text);
        let again = body.optional("again", |value| value.boolean()).unwrap_or(false);
        Some(Self {
            customer,
            amount: amount?,
            received_date,
            effective_date,
            method: method?,
            account: account?,
            reference: reference?,
            payer_name,
            payer_account,
            text: remittance,
            again,
        })
    }
}

/// Record a receipt
///
/// Posts to 2203 as the customer's advance, or to 2241.03 without a customer. The same money entered again (account,
/// reference, amount, method and date) is answered with the first receipt, as 200 and with `known`, and identified by it if
/// the customer is known by now; other money under the same account and reference is refused, and so is what was reversed,
/// unless `again` says that it is there all the same.
#[utoipa::path(post, path = "/v1/receipts", tag = "receipts", request_body = RecordReceiptBody,
    responses((status = 201, body = RecordedReceipt),
        (status = 200, description = "The money was entered before", body = RecordedReceipt)))]
pub(super) async fn record_receipt(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::RecordReceipts)?;
    let (context, body) = input.command(&caller)?;
    let receipt = commands::record_receipt(state.book(), context, entered(body)).await?;
    if receipt.outcome.known { done(&receipt) } else { created(&receipt) }
}

fn entered(body: RecordReceiptBody) -> RecordReceipt {
    let RecordReceiptBody {
        customer,
        amount,
        received_date,
        effective_date,
        method,
        account,
        reference,
        payer_name,
        payer_account,
        text,
        again,
    } = body;
    let payer = Payer { name: payer_name, account: payer_account };
    RecordReceipt {
        account,
        reference,
        amount,
        method,
        received_date,
        effective_date,
        customer,
        payer,
        text,
        again,
    }
}
