//! How the answers to commands on bills look in OpenAPI. Described here only; never made or read.

use tallybook_read_models::schema::{BadDebtState, BillRunState, BillState, Dispute, Money, RunTerms};
use utoipa::ToSchema;

/// A bill taken back.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::billing::VoidedBill")]
pub(crate) struct VoidedBill {
    #[schema(example = "C00042.2026-10")]
    id: String,
    state: BillState,
    /// `null` if it was a draft.
    #[schema(example = "2026-000042")]
    number: Option<String>,
    /// Always `null`: nobody owes it.
    open: Option<Money>,
    /// What the customer's wallet had paid and has back now.
    returned: Option<Money>,
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

/// A note, and its bill as the command left it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::billing::NoteOutcome")]
pub(crate) struct NoteOutcome {
    /// The bill's.
    #[schema(example = "C00042.2026-10")]
    id: String,
    state: BillState,
    /// From 1, among the notes of this bill.
    note: u32,
    /// What the note comes to without tax.
    subtotal: Money,
    tax: Money,
    total: Money,
    /// What is owed of the bill now.
    open: Money,
    /// What the customer's wallet had paid and has back by this note.
    returned: Option<Money>,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// A bill somebody contests or contested.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::billing::DisputedBill")]
pub(crate) struct DisputedBill {
    #[schema(example = "C00042.2026-10")]
    id: String,
    state: BillState,
    dispute: Dispute,
    /// What is owed of it.
    open: Money,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// How far a write-off is, and its bill as the command left it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::billing::BadDebtOutcome")]
pub(crate) struct BadDebtOutcome {
    /// The bill's.
    #[schema(example = "C00042.2026-10")]
    id: String,
    state: BadDebtState,
    amount: Money,
    #[schema(example = "user:li")]
    requested_by: String,
    /// What is owed of the bill now.
    open: Money,
    /// How many have still to approve it, while it waits for somebody.
    #[schema(nullable = false)]
    missing_approvals: Option<u32>,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// A credit alert as the command left it.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes tallybook_commands::billing::CreditAlertOutcome")]
pub(crate) struct CreditAlertOutcome {
    /// The bill's or the order's.
    #[schema(example = "C00042.2026-10")]
    id: String,
    acknowledged: bool,
    /// Where in the journal the command is recorded.
    position: u64,
}

#[cfg(test)]
mod tests {
    use tallybook_commands::billing::{
        BadDebtOutcome, BillOutcome, BillRunOutcome, CreditAlertOutcome, DisputedBill, NoteOutcome,
        VoidedBill,
    };
    use tallybook_domain::billing::BillState;
    use tallybook_domain::billing::bill::{Amounts, BadDebtState, Dispute};
    use tallybook_domain::billing::bill_run::{BillRunState, RunCounts, RunTerms};
    use tallybook_domain::{Currency, Money};

    use crate::openapi::tests::assert_described;

    #[test]
    fn the_outcomes_are_described_as_they_are() {
        let outcome = BillOutcome {
            id: "C00042.2026-10".parse().unwrap(),
            state: BillState::Issued,
            number: Some("2026-000042".parse().unwrap()),
            open: Some(Money::zero(Currency::CNY)),
        };
        let returned = Some(Money::zero(Currency::CNY));
        assert_described("VoidedBill", &VoidedBill { bill: outcome.clone(), returned });
        let (id, state, open) = (outcome.id, outcome.state, Money::zero(Currency::CNY));
        let amounts = Amounts::zero(Currency::CNY);
        let note = NoteOutcome { id: id.clone(), state, note: 1, amounts, open, returned };
        assert_described("NoteOutcome", &note);
        let disputed = DisputedBill { id: id.clone(), state, dispute: Dispute::Open, open };
        assert_described("DisputedBill", &disputed);
        let alert = CreditAlertOutcome { id: id.clone().into(), acknowledged: true };
        assert_described("CreditAlertOutcome", &alert);
        let requested_by = "user:li".parse().unwrap();
        let bad_debt = BadDebtOutcome {
            id,
            state: BadDebtState::Requested,
            amount: open,
            requested_by,
            open,
            missing_approvals: Some(1),
        };
        assert_described("BadDebtOutcome", &bad_debt);
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
