//! The list of receipts.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_read_models::settlement::{ReceiptFilter, ReceiptRow, Receipts, list_receipts as read};
use tallybook_read_models::{Page, Projection, schema};
use utoipa::IntoParams;

use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list};
use crate::problem::Problem;
use crate::request::{ListParameters, ReadInput};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct ReceiptParameters {
    /// `recorded` or `received_date`, with `-` before it for descending; `-recorded` by default.
    sort: Option<String>,
    #[param(example = "C00042")]
    customer: Option<String>,
    currency: Option<String>,
    state: Option<schema::ReceiptState>,
    /// Of the company's own accounts.
    account: Option<String>,
    reference: Option<String>,
    /// The first day of receiving.
    from: Option<NaiveDate>,
    /// The last day of receiving.
    to: Option<NaiveDate>,
}

impl Tabular for ReceiptRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "account",
        "reference",
        "customer",
        "state",
        "method",
        "received_date",
        "payer_name",
        "payer_account",
        "text",
        "amount",
        "applied",
        "moved",
        "refunded",
        "refund_asked",
        "unapplied",
        "currency",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.account),
            Cell::text(&self.reference),
            Cell::optional(self.customer.as_ref()),
            Cell::text(self.state),
            Cell::text(self.method),
            Cell::Date(self.received_date),
            Cell::optional(self.payer_name.as_ref()),
            Cell::optional(self.payer_account.as_ref().map(|account| account.as_str())),
            Cell::optional(self.text.as_ref()),
            Cell::money(self.amount),
            Cell::money(self.applied),
            Cell::money(self.moved),
            Cell::money(self.refunded),
            Cell::money(self.refund_asked),
            Cell::money(self.unapplied),
            Cell::text(self.amount.currency()),
            Cell::at(self.created.at),
            Cell::text(&self.created.by),
            Cell::at(self.updated.at),
            Cell::text(&self.updated.by),
        ]
    }
}

/// With the payer's account masked for those who may not see account numbers in full.
pub(super) fn as_seen_by(caller: &Caller, mut receipt: ReceiptRow) -> Result<ReceiptRow, Problem> {
    if caller.may(Action::SeeAccountNumbers).is_err() {
        let masked = receipt.payer_account.map(|account| account.masked().parse());
        receipt.payer_account = masked.transpose().map_err(Problem::internal)?;
    }
    Ok(receipt)
}

/// List receipts
///
/// Operators and dashboards see the payers' account numbers masked.
#[utoipa::path(get, path = "/v1/receipts", tag = "receipts", params(ListParameters, ReceiptParameters),
    responses((status = 200, body = Page<Vec<ReceiptRow>>)))]
pub(super) async fn list_receipts(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let filter = ReceiptFilter {
        customer: query.optional("customer"),
        currency: query.optional("currency"),
        state: query.optional("state"),
        account: query.optional("account"),
        reference: query.optional("reference"),
        received: query.dates(),
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[Receipts::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter, caller) = (pool.clone(), filter.clone(), caller.clone());
        async move {
            let Page { data, next_cursor, position } = read(&pool, &filter, sort, &page.paging()?).await?;
            let data =
                data.into_iter().map(|row| as_seen_by(&caller, row)).collect::<Result<Vec<_>, Problem>>()?;
            Ok(Page { data, next_cursor, position })
        }
    })
    .await
}
