use tallybook_domain::billing::bill::{Amounts, Dispute};
use tallybook_domain::billing::{BillEvent, BillId, BillState};

use super::{Bills, NoteKind};
use crate::fold::FoldFault;
use crate::testing::{customer, day, folded, try_folded, wallet, yuan};

fn bill() -> BillId {
    BillId::new(&customer(1), "2026-10".parse().unwrap())
}

fn amounts(subtotal: &str, tax: &str) -> Amounts {
    Amounts::new(yuan(subtotal), yuan(tax)).unwrap()
}

fn drafted() -> BillEvent {
    BillEvent::BillDrafted { bill: bill(), parts: vec![], amounts: amounts("100.00", "6.00"), replaces: None }
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
