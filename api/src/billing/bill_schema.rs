//! How the answers to commands on bills look in OpenAPI. Described here only; never made or read.

use tallybook_read_models::schema::{BillRunState, BillState, Money, RunTerms};
use utoipa::ToSchema;

/// The bill as the command left it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::billing::BillOutcome")]
pub(crate) struct BillOutcome {
    #[schema(example = "C00042.2026-10")]
    id: String,
    state: BillState,
    /// `null` before it is issued.
    #[schema(example = "2026-000042")]
    number: Option<String>,
    /// What is owed of it; `null` unless it is issued.
    open: Option<Money>,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// A run as the command left it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::billing::BillRunOutcome")]
pub(crate) struct BillRunOutcome {
    /// The month.
    #[schema(example = "2026-10")]
    id: String,
    state: BillRunState,
    terms: RunTerms,
    /// Whom it goes through.
    customers: u64,
    /// New bills.
    billed: u64,
    /// Had a bill already, or no day under a plan.
    skipped: u64,
    /// Could not be billed: somebody has to look.
    parked: u64,
    /// What the new bills come to, by currency.
    totals: Vec<Money>,
    /// Where in the journal the command is recorded.
    position: u64,
}

#[cfg(test)]
mod tests {
    use tallybook_commands::billing::{BillOutcome, BillRunOutcome};
    use tallybook_domain::billing::BillState;
    use tallybook_domain::billing::bill_run::{BillRunState, RunCounts, RunTerms};
    use tallybook_domain::{Currency, Money};

    use crate::openapi::tests::assert_described;

    #[test]
    fn the_outcome_is_described_as_it_is() {
        let outcome = BillOutcome {
            id: "C00042.2026-10".parse().unwrap(),
            state: BillState::Issued,
            number: Some("2026-000042".parse().unwrap()),
            open: Some(Money::zero(Currency::CNY)),
        };
        assert_described("BillOutcome", &outcome);
    }

    #[test]
    fn the_outcome_of_a_run_is_described_as_it_is() {
        let outcome = BillRunOutcome {
            id: "2026-10".parse().unwrap(),
            state: BillRunState::Running,
            terms: RunTerms { customers: vec!["C00042".parse().unwrap()], ..RunTerms::default() },
            counts: RunCounts { totals: vec![Money::zero(Currency::CNY)], ..RunCounts::default() },
        };
        assert_described("BillRunOutcome", &outcome);
    }
}
