//! What happens to one bill, for tests of the folds over it: 100.00 and 6.00 of tax, on three lines of two plans.

use tallybook_domain::billing::bill::{Amounts, BillPart, NoteLine};
use tallybook_domain::billing::pricing::{Meter, Metered, PeriodShare, PlanTerms};
use tallybook_domain::billing::{BillEvent, BillId};
use tallybook_domain::settlement::write_off::{Leg, LegSource};

use crate::testing::{customer, day, receipt_id, wallet, write_off_id, yuan};

pub(super) fn bill() -> BillId {
    BillId::new(&customer(1), "2026-10".parse().unwrap())
}

fn amounts() -> Amounts {
    Amounts::new(yuan("100.00"), yuan("6.00")).unwrap()
}

fn part(plan: &str, items: &str) -> BillPart {
    let terms = format!(r#"{{"currency":"CNY","tax_rate":"0.06","items":[{items}]}}"#);
    let terms: PlanTerms = serde_json::from_str(&terms).unwrap();
    let used = |_: &Meter| Some(Metered::Total("10".parse().unwrap()));
    let quote = terms.price(used, PeriodShare::WHOLE).unwrap();
    let (from, to) = (day("2026-10-01"), day("2026-10-31"));
    BillPart { plan: plan.parse().unwrap(), plan_version: 1, from, to, quote }
}

pub(super) fn drafted() -> BillEvent {
    let base = r#"{"code":"base","name":"Base","model":"flat","fee":"70"}"#;
    let calls = |price| {
        format!(
            r#"{{"code":"calls","name":"Calls","meter":"calls","model":"per_unit","unit_price":"{price}"}}"#
        )
    };
    let parts = vec![part("GOLD", &format!("{base},{}", calls(2))), part("SILVER", &calls(1))];
    BillEvent::BillDrafted { bill: bill(), parts, amounts: amounts(), replaces: None, amends: None }
}

pub(super) fn issued() -> BillEvent {
    BillEvent::BillIssued {
        bill: bill(),
        number: "2026-000001".parse().unwrap(),
        amounts: amounts(),
        issue_date: day("2026-11-01"),
        due_date: day("2026-12-01"),
    }
}

/// As a draft, or when it was owed.
pub(super) fn voided(was_issued: bool) -> BillEvent {
    let (reason, owed) = ("wrong plan".parse().unwrap(), was_issued.then(amounts));
    BillEvent::BillVoided { bill: bill(), reason, effective_date: day("2026-12-02"), owed }
}

/// A debit note over the second line, free of tax.
pub(super) fn note(amount: &str) -> BillEvent {
    BillEvent::DebitNoteIssued {
        bill: bill(),
        note: 2,
        lines: vec![NoteLine { line: 2, amount: yuan(amount), tax: yuan("0.00") }],
        amounts: Amounts::new(yuan(amount), yuan("0.00")).unwrap(),
        reason: "forgotten".parse().unwrap(),
        effective_date: day("2026-11-06"),
    }
}

/// Dated before the bill.
pub(super) fn paid(amount: &str) -> BillEvent {
    let effective_date = day("2026-10-31");
    BillEvent::BillPaidFromWallet { bill: bill(), wallet: wallet(1), amount: yuan(amount), effective_date }
}

pub(super) fn returned(amount: &str) -> BillEvent {
    let (wallet, effective_date) = (wallet(1), day("2026-12-02"));
    BillEvent::BillPaymentReturnedToWallet { bill: bill(), wallet, amount: yuan(amount), effective_date }
}

fn leg(amount: &str) -> Leg {
    Leg { leg: 1, source: LegSource::Receipt(receipt_id()), bill: bill(), amount: yuan(amount) }
}

pub(super) fn applied(amount: &str) -> BillEvent {
    let (write_off, effective_date) = (write_off_id(), day("2026-11-10"));
    BillEvent::BillApplied { write_off, leg: leg(amount), effective_date }
}

pub(super) fn reopened(amount: &str) -> BillEvent {
    let (write_off, effective_date) = (write_off_id(), day("2026-12-21"));
    BillEvent::BillReopened { write_off, leg: leg(amount), effective_date }
}

pub(super) fn written_off(amount: &str) -> BillEvent {
    let approved_by = "user:wang".parse().unwrap();
    BillEvent::BadDebtWrittenOff {
        bill: bill(),
        amount: yuan(amount),
        approved_by,
        effective_date: day("2026-12-20"),
    }
}
