//! A statement as a page, printed by us or opened by the customer: the figures it was issued with, and every line.
//!
//! Must never show anything else: lines that do not make the figures are a fault, and nothing is shown.

mod form;
mod page;
#[cfg(test)]
mod tests;
mod words;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rust_decimal::Decimal;
use tallybook_projector::ViewName;
use tallybook_read_models::billing::{Bills, Receivables};
use tallybook_read_models::customers::Customers;
use tallybook_read_models::settlement::{
    Advances, CustomerStatement, CustomerStatementLine, StatementRow, whole_customer_statement,
};
use tallybook_read_models::{DateRange, Projection, Total};

pub(super) use form::Form;
pub(super) use page::{Ending, StatementPage};

use crate::print::Party;
use crate::problem::Problem;
use crate::request::Freshness;
use crate::state::ApiState;

/// All that a page says.
pub(super) struct Shown {
    pub(super) row: StatementRow,
    lines: Vec<CustomerStatementLine>,
    customer: Party,
    /// In the book's time zone.
    issued_on: NaiveDate,
    answered_at: Option<NaiveDateTime>,
}

impl Shown {
    pub(super) async fn load(
        state: &ApiState,
        row: StatementRow,
        view: Option<&ViewName>,
    ) -> Result<Self, Problem> {
        // Whoever has a statement was registered before, and so was all that is on it: a read model may only be behind.
        let fresh = view.is_none().then(|| Freshness::at_least(row.created.position, None));
        let names = [Receivables::NAME, Bills::NAME, Advances::NAME, Customers::NAME];
        let pool = state.reading(&names, view, fresh).await?;
        let range = DateRange::new(Some(row.from), Some(row.to)).map_err(Problem::internal)?;
        let whose = (&row.customer, row.currency);
        let statement = whole_customer_statement(&pool, whose, range, row.known_at).await?;
        if !is_as_issued(&row, &statement) {
            let id = &row.id;
            return Err(Problem::internal(format_args!(
                "the lines of statement {id} do not make its figures"
            )));
        }
        let customer = Party::find(&pool, &row.customer).await?;
        let zone = state.book().time_zone();
        let local = |at: DateTime<Utc>| at.with_timezone(&zone).naive_local();
        let (issued_on, answered_at) = (local(row.created.at).date(), row.answered_at.map(local));
        Ok(Self { row, lines: statement.lines, customer, issued_on, answered_at })
    }
}

/// Whether the lines as they are known now are those it was issued with, to the cent.
fn is_as_issued(row: &StatementRow, statement: &CustomerStatement) -> bool {
    let lines = &statement.lines;
    let makes = |opening: Total, of: fn(&CustomerStatementLine) -> Total, closing: Total| {
        let mut amounts = lines.iter().map(|line| of(line).amount());
        let sum = amounts.try_fold(opening.amount(), |sum: Decimal, amount| sum.checked_add(amount));
        sum == Some(closing.amount())
    };
    (statement.opening, statement.closing) == (row.opening, row.closing)
        && u64::try_from(lines.len()) == Ok(row.line_count)
        && makes(row.opening.receivable, |line| line.receivable, row.closing.receivable)
        && makes(row.opening.advance, |line| line.advance, row.closing.advance)
}
