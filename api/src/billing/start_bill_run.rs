//! Starting the bill run of a month, or trying it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_commands::CommandContext;
use tallybook_commands::billing::{
    BillableCustomer, RunBills, TOGETHER, check_bill_run, preview_bills, start_bill_run as start,
};
use tallybook_domain::billing::CreditPolicy;
use tallybook_domain::billing::bill_run::RunTerms;
use tallybook_domain::{CustomerId, Month};
use tallybook_read_models::Page;
use utoipa::ToSchema;

use super::bill_schema::BillRunOutcome;
use crate::access::{Action, Caller};
use crate::answer::{accepted, list, tried};
use crate::bill_runs::{PreviewRow, billable, preview_all};
use crate::problem::Problem;
use crate::request::{
    BodyReader, CommandInput, Format, Listing, PageRequest, ReadBody, date, list as values, number, text,
};
use crate::state::ApiState;

/// Customers that can be named.
const MOST_NAMED: usize = 1_000;
const LONGEST_TERM: u32 = 3_650;

/// Which month is billed, and what is not as always.
#[derive(Debug, ToSchema)]
pub(super) struct BillRunBody {
    /// A month that is over.
    #[schema(value_type = String, example = "2026-10")]
    period: Month,
    /// Only these customers; everyone with a plan, if left out.
    #[schema(value_type = Option<Vec<String>>, min_items = 1, max_items = 1000)]
    customers: Option<Vec<CustomerId>>,
    /// The day on which each bill is issued, if left out.
    issue_date: Option<NaiveDate>,
    /// From the issue date to the due date; 30, if left out.
    #[schema(maximum = 3650)]
    payment_term_days: Option<u16>,
}

impl ReadBody for BillRunBody {
    fn read(body: &mut BodyReader<'_, '_>) -> Option<Self> {
        let period = body.required("period", text);
        let customers = body.optional("customers", |value| values(value, MOST_NAMED, text::<CustomerId>));
        let issue_date = body.optional("issue_date", date);
        let term = body.optional("payment_term_days", |value| number(value, 0..=LONGEST_TERM));
        if customers.as_ref().is_some_and(Vec::is_empty) {
            body.refuse(
                "/customers",
                "empty",
                "must name at least one customer; leave it out for everyone with a plan",
            );
        }
        let customers = customers.map(|named| named.into_iter().flatten().collect());
        Some(Self {
            period: period?,
            customers,
            issue_date,
            payment_term_days: term.and_then(|days| days.try_into().ok()),
        })
    }
}

impl BillRunBody {
    fn run(self, credit_policy: CreditPolicy) -> RunBills {
        let Self { period, customers, issue_date, payment_term_days } = self;
        let mut customers: Vec<_> = customers.into_iter().flatten().collect();
        customers.sort_unstable();
        customers.dedup();
        RunBills { period, terms: RunTerms { customers, issue_date, payment_term_days }, credit_policy }
    }
}

/// Run the bills of a month
///
/// Everyone with a plan is billed, once: who has a bill of the month is passed over, and who cannot be billed is parked
/// with the reason. It goes on in the background, also when this process ends; `Location` is where to see how far it is.
/// The same run again, while it is under way, changes nothing. A dry run prices everyone and writes nothing; it answers
/// with what the run would come to, or with every line of every bill as CSV or XLSX, and takes any month.
#[utoipa::path(post, path = "/v1/bill-runs", tag = "bills", request_body = BillRunBody,
    responses((status = 202, body = BillRunOutcome)))]
pub(super) async fn start_bill_run(
    State(state): State<ApiState>,
    caller: Caller,
    input: CommandInput,
) -> Result<Response, Problem> {
    caller.may(Action::ManageBills)?;
    let (context, body) = input.command::<BillRunBody>(&caller)?;
    let run = body.run(state.settings().credit_policy);
    let customers = billable(state.book(), &run).await?;
    if context.dry_run {
        check_bill_run(state.book(), &context, &run).await?;
        return match input.format()? {
            Format::Json => tried(&preview_all(state.book(), &context, &run, &customers).await?),
            format @ (Format::Csv | Format::Xlsx) => preview(&state, format, context, run, customers).await,
        };
    }
    let count = customers.len() as u64;
    let receipt = start(state.book(), context, &run, count).await?;
    state.bill_run_started(run.period);
    accepted(&receipt, &format!("/v1/bill-runs/{}", run.period))
}

/// Every line of every bill there would be, priced while it is sent.
async fn preview(
    state: &ApiState,
    format: Format,
    context: CommandContext,
    run: RunBills,
    customers: Vec<BillableCustomer>,
) -> Result<Response, Problem> {
    let all = Arc::new((state.book().clone(), context, run, customers));
    list(state, Listing::table(format), move |page: PageRequest| {
        let all = Arc::clone(&all);
        async move {
            let (book, context, run, customers) = &*all;
            let begin: usize = page.cursor.map_or(Ok(0), |at| at.parse()).map_err(Problem::internal)?;
            let end = customers.len().min(begin + TOGETHER);
            let previewed = preview_bills(book, context, run, &customers[begin..end]).await?;
            let data: Vec<_> = previewed.iter().flat_map(PreviewRow::all_of).collect();
            let next_cursor = (end < customers.len()).then(|| end.to_string());
            Ok(Page { data, next_cursor, position: book.head() })
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_are_named_once_whatever_their_order() {
        let named = ["C00002", "C00001", "C00002"].map(|id| id.parse().unwrap()).to_vec();
        let period = "2026-10".parse().unwrap();
        let body = BillRunBody { period, customers: Some(named), issue_date: None, payment_term_days: None };
        let customers = body.run(CreditPolicy::Warn).terms.customers;
        assert_eq!(customers, ["C00001", "C00002"].map(|id| id.parse().unwrap()));
    }
}
