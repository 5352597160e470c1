//! A batch as a table: one line for each payout, safe to open in a spreadsheet.

use chrono::NaiveDate;
use tallybook_read_models::payouts::{PayoutBatchRow, PayoutRow};

use crate::answer::{Cell, Tabular, csv_head, csv_rows};
use crate::problem::Problem;

struct Line<'a> {
    payout: &'a PayoutRow,
    execution_date: NaiveDate,
}

impl Tabular for Line<'_> {
    const COLUMNS: &'static [&'static str] = &[
        "payout_id",
        "account_name",
        "account_number",
        "bank_name",
        "amount",
        "currency",
        "reference",
        "execution_date",
    ];

    fn cells(&self) -> Vec<Cell> {
        let Self { payout, execution_date } = self;
        vec![
            Cell::text(&payout.id),
            Cell::text(&payout.destination.account_name),
            Cell::text(payout.destination.account_number.as_str()),
            Cell::optional(payout.destination.bank_name.as_ref()),
            Cell::money(payout.amount),
            Cell::text(payout.amount.currency()),
            Cell::text(&payout.reference),
            Cell::Date(*execution_date),
        ]
    }
}

pub(super) fn write(batch: &PayoutBatchRow, payouts: &[PayoutRow]) -> Result<Vec<u8>, Problem> {
    let line = |payout| Line { payout, execution_date: batch.execution_date };
    let lines: Vec<Line<'_>> = payouts.iter().map(line).collect();
    Ok([csv_head::<Line<'_>>()?, csv_rows(&lines)?].concat())
}
