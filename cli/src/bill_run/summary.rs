//! What a bill run did, for people and for machines.

use anyhow::Context;
use serde::Serialize;
use tallybook_api::bill_runs::{PreviewOutcome, TakenUp};
use tallybook_commands::billing::BillRunOutcome;
use tallybook_domain::billing::bill_run::{ParkedCustomer, RunCounts};
use tallybook_domain::{Money, Month};

use crate::failure::Failure;
use crate::output::{note, say, say_json};

/// Parked customers shown to people; all of them are in the book, and in the JSON.
const SHOWN: usize = 20;

#[derive(Debug, Serialize)]
pub(super) struct Summary {
    id: Month,
    dry_run: bool,
    #[serde(flatten)]
    counts: RunCounts,
    parked_customers: Vec<ParkedCustomer>,
    /// Of a dry run.
    workbook: Option<String>,
}

impl Summary {
    pub(super) fn of_run(TakenUp { outcome, parked: parked_customers }: TakenUp) -> Self {
        let BillRunOutcome { id, counts, .. } = outcome;
        Self { id, dry_run: false, counts, parked_customers, workbook: None }
    }

    pub(super) fn of_preview(outcome: PreviewOutcome, workbook: String) -> Self {
        let PreviewOutcome { id, counts, parked_customers, .. } = outcome;
        Self { id, dry_run: true, counts, parked_customers, workbook: Some(workbook) }
    }

    /// Says it, and answers with how the command ends: somebody parked is a finding.
    pub(super) fn tell(&self, json: bool) -> Result<(), Failure> {
        if json {
            say_json(self).context("the summary")?;
        } else {
            self.show();
        }
        if self.counts.parked == 0 { Ok(()) } else { Err(Failure::Reported) }
    }

    fn show(&self) {
        let RunCounts { customers, billed, skipped, parked, totals } = &self.counts;
        let totals: Vec<String> = totals.iter().map(Money::to_string).collect();
        let sums = if totals.is_empty() { String::new() } else { format!(", {}", totals.join(", ")) };
        say(format!("Bill run of {}", self.id));
        say(format!("  customers      {customers}"));
        let label = if self.dry_run { "would bill" } else { "billed" };
        say(format!("  {label:<14} {billed}{sums}"));
        say(format!("  skipped        {skipped}"));
        say(format!("  parked         {parked}"));
        if let Some(workbook) = &self.workbook {
            say(format!("  workbook       {workbook}"));
        }
        for ParkedCustomer { customer, reason } in self.parked_customers.iter().take(SHOWN) {
            note(format!("{customer}: {reason}"));
        }
        let shown = self.parked_customers.len().min(SHOWN) as u64;
        if *parked > shown {
            note(format!("… and {} more: GET /v1/bill-runs/{}/parked", parked - shown, self.id));
        }
    }
}
