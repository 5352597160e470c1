use tallybook_domain::billing::bill::{Amounts, BadDebtState, Dispute};
use tallybook_domain::billing::{BillEvent, BillId, BillState};
use tallybook_domain::settlement::write_off::{DifferenceReason, Leg, LegSource};

use super::{BillStanding, BillVoiding, Bills, NoteKind};
use crate::fold::FoldFault;
use crate::testing::{customer, day, folded, try_folded, wallet, write_off_id, yuan};

fn bill() -> BillId {
    BillId::new(&customer(1), "2026-10".parse().unwrap())
}

fn amounts(subtotal: &str, tax: &str) -> Amounts {
    Amounts::new(yuan(subtotal), yuan(tax)).unwrap()
}

fn drafted() -> BillEvent {
    let amounts = amounts("100.00", "6.00");
    BillEvent::BillDrafted { bill: bill(), parts: vec![], amounts, replaces: None, amends: None }
}

fn issued() -> BillEvent {
    BillEvent::BillIssued {
        bill: bill(),
        number: "2026-000001".parse().unwrap(),
        amounts: amounts("100.00", "6.00"),
        issue_date: day("2026-11-01"),
        due_date: day("2026-12-01"),
    }
}

fn paid(amount: &str) -> BillEvent {
    let effective_date = day("2026-11-02");
    BillEvent::BillPaidFromWallet { bill: bill(), wallet: wallet(1), amount: yuan(amount), effective_date }
}

fn credited() -> BillEvent {
    BillEvent::CreditNoteIssued {
        bill: bill(),
        note: 1,
        lines: vec![],
        amounts: amounts("10.00", "0.60"),
        reason: "goodwill".parse().unwrap(),
        effective_date: day("2026-11-03"),
    }
}

#[test]
fn a_draft_is_not_owed_and_an_issued_bill_is() {
    let rows = folded::<Bills>([drafted().into()]);
    let draft = rows.get(&bill()).unwrap();
    assert_eq!((draft.state, draft.open, draft.total), (BillState::Draft, yuan("0.00"), yuan("106.00")));
    let rows = folded::<Bills>([drafted().into(), issued().into()]);
    let row = rows.get(&bill()).unwrap();
    assert_eq!(
        (row.state, row.open, row.due_date),
        (BillState::Issued, yuan("106.00"), Some(day("2026-12-01")))
    );
    assert_eq!((row.created.position, row.updated.position), (1, 2));
}

#[test]
fn notes_and_payments_leave_less() {
    let rows = folded::<Bills>([drafted().into(), issued().into(), credited().into(), paid("50.00").into()]);
    let row = rows.get(&bill()).unwrap();
    assert_eq!((row.total, row.settled, row.open), (yuan("95.40"), yuan("50.00"), yuan("45.40")));
    assert_eq!((row.subtotal, row.tax), (yuan("90.00"), yuan("5.40")));
    assert_eq!((row.notes.len(), row.notes[0].kind), (1, NoteKind::Credit));
}

#[test]
fn what_goes_back_to_the_wallet_is_settled_no_longer() {
    let returned = BillEvent::BillPaymentReturnedToWallet {
        bill: bill(),
        wallet: wallet(1),
        amount: yuan("10.60"),
        effective_date: day("2026-11-03"),
    };
    let history = [drafted(), issued(), paid("106.00"), returned, credited()];
    let rows = folded::<Bills>(history.map(Into::into));
    let row = rows.get(&bill()).unwrap();
    assert_eq!((row.total, row.settled, row.open), (yuan("95.40"), yuan("95.40"), yuan("0.00")));
}

#[test]
fn a_leg_of_a_write_off_settles_a_part_and_opens_it_again() {
    let leg = Leg {
        leg: 1,
        source: LegSource::Difference(DifferenceReason::BankFee),
        bill: bill(),
        amount: yuan("55.00"),
    };
    let (write_off, effective_date) = (write_off_id(), day("2026-11-03"));
    let applied = BillEvent::BillApplied { write_off: write_off.clone(), leg: leg.clone(), effective_date };
    let rows = folded::<Bills>([drafted(), issued(), applied.clone()].map(Into::into));
    let row = rows.get(&bill()).unwrap();
    assert_eq!((row.settled, row.open), (yuan("55.00"), yuan("51.00")));
    let reopened = BillEvent::BillReopened { write_off, leg, effective_date };
    let rows = folded::<Bills>([drafted(), issued(), applied, reopened].map(Into::into));
    let row = rows.get(&bill()).unwrap();
    assert_eq!((row.settled, row.open), (yuan("0.00"), yuan("106.00")));
}

/// As by the way of bad debt.
#[test]
fn what_is_given_up_by_a_write_off_is_not_paid() {
    let applied = |number: u32, reason: DifferenceReason, amount: &str| {
        let (bill, amount, effective_date) = (bill(), yuan(amount), day("2026-11-03"));
        let leg = Leg { leg: number, source: LegSource::Difference(reason), bill, amount };
        (BillEvent::BillApplied { write_off: write_off_id(), leg: leg.clone(), effective_date }, leg)
    };
    let (bad_debt, leg) = applied(1, DifferenceReason::BadDebt, "90.00");
    let (discount, _) = applied(2, DifferenceReason::Discount, "6.00");
    let (fee, _) = applied(3, DifferenceReason::BankFee, "10.00");
    let history = [drafted(), issued(), bad_debt, discount, fee];
    let rows = folded::<Bills>(history.clone().map(Into::into));
    let row = rows.get(&bill()).unwrap();
    assert_eq!((row.settled, row.written_off, row.open), (yuan("10.00"), yuan("96.00"), yuan("0.00")));
    let reopened =
        BillEvent::BillReopened { write_off: write_off_id(), leg, effective_date: day("2026-11-04") };
    let rows = folded::<Bills>(history.into_iter().chain([reopened]).map(Into::into));
    let row = rows.get(&bill()).unwrap();
    assert_eq!((row.settled, row.written_off, row.open), (yuan("10.00"), yuan("6.00"), yuan("90.00")));
}

#[test]
fn a_voided_bill_is_not_owed() {
    let voided = BillEvent::BillVoided {
        bill: bill(),
        reason: "wrong plan".parse().unwrap(),
        effective_date: day("2026-11-02"),
        owed: Some(amounts("100.00", "6.00")),
    };
    let rows = folded::<Bills>([drafted().into(), issued().into(), voided.into()]);
    let row = rows.get(&bill()).unwrap();
    assert_eq!((row.state, row.open), (BillState::Voided, yuan("0.00")));
    let (reason, effective_date) = ("wrong plan".parse().unwrap(), day("2026-11-02"));
    assert_eq!(row.voided, Some(BillVoiding { reason, effective_date }));
}

#[test]
fn a_dispute_is_told() {
    let opened = BillEvent::BillDisputeOpened { bill: bill(), reason: "not ours".parse().unwrap() };
    let rows = folded::<Bills>([drafted().into(), issued().into(), opened.into()]);
    assert_eq!(rows.get(&bill()).unwrap().dispute, Dispute::Open);
}

#[test]
fn more_paid_than_owed_is_a_fault() {
    let error = try_folded::<Bills>([drafted().into(), issued().into(), paid("106.01").into()]).unwrap_err();
    assert!(matches!(error.fault, FoldFault::Negative { .. }), "{error}");
    let error = try_folded::<Bills>([issued().into()]).unwrap_err();
    assert!(matches!(error.fault, FoldFault::Missing { table: "bills", .. }), "{error}");
}

#[test]
fn bills_that_belong_together_name_each_other() {
    let linked = |id: Option<BillId>, replaces, amends| {
        let (bill, amounts) = (id.unwrap(), amounts("1.00", "0.06"));
        BillEvent::BillDrafted { bill, parts: vec![], amounts, replaces, amends }
    };
    let (second, delta) = (bill().revised(2), bill().delta(1));
    let rows = folded::<Bills>([
        drafted().into(),
        linked(second.clone(), Some(bill()), None).into(),
        linked(delta.clone(), None, second.clone()).into(),
    ]);
    let [first, second, delta] = [Some(bill()), second, delta].map(|id| rows.get(&id.unwrap()).unwrap());
    assert_eq!((&second.replaces, &first.replaced_by), (&Some(bill()), &Some(second.id.clone())));
    assert_eq!((&delta.amends, &second.amended_by), (&Some(second.id.clone()), &vec![delta.id.clone()]));
}

#[test]
fn what_is_asked_to_be_written_off_is_told_and_who_decided() {
    let asked = BillEvent::BadDebtRequested {
        bill: bill(),
        amount: yuan("6.00"),
        reason: "insolvent".parse().unwrap(),
        requested_by: "user:li".parse().unwrap(),
    };
    let approved = BillEvent::BadDebtWrittenOff {
        bill: bill(),
        amount: yuan("6.00"),
        approved_by: "user:wang".parse().unwrap(),
        effective_date: day("2026-12-31"),
    };
    let rows = folded::<Bills>([drafted().into(), issued().into(), asked.clone().into()]);
    let waits = rows.get(&bill()).unwrap();
    let bad_debt = waits.bad_debt.as_ref().unwrap();
    assert_eq!(
        (bad_debt.state, &bad_debt.decided_by, waits.open),
        (BadDebtState::Requested, &None, yuan("106.00"))
    );
    let rows = folded::<Bills>([drafted().into(), issued().into(), asked.into(), approved.into()]);
    let given_up = rows.get(&bill()).unwrap();
    let bad_debt = given_up.bad_debt.as_ref().unwrap();
    assert_eq!((bad_debt.state, given_up.open), (BadDebtState::WrittenOff, yuan("100.00")));
    assert_eq!((given_up.written_off, given_up.settled), (yuan("6.00"), yuan("0.00")));
    assert_eq!(BillStanding::of(given_up, day("2026-12-01")), BillStanding::PartlySettled);
    assert_eq!(BillStanding::of(given_up, day("2026-12-02")), BillStanding::Overdue);
    assert_eq!(bad_debt.decided_by, Some("user:wang".parse().unwrap()));
}
