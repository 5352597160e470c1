use tallybook_domain::BookEvent;
use tallybook_domain::billing::bill::Amounts;
use tallybook_domain::deposits::DepositMethod;
use tallybook_domain::settlement::receipt::Payer;
use tallybook_domain::settlement::{CreditNoteEvent, ReceiptEvent};

use super::{AdvanceKind, Advances};
use crate::testing::{customer, day, folded, receipt_id, write_off_id, yuan};

fn recorded(known: bool) -> BookEvent {
    ReceiptEvent::ReceiptRecorded {
        receipt: receipt_id(),
        account: "ICBC-0123".parse().unwrap(),
        reference: "R-77".parse().unwrap(),
        amount: yuan("100.00"),
        method: DepositMethod::BankTransfer,
        received_date: day("2026-11-02"),
        customer: known.then(|| customer(1)),
        payer: Payer::default(),
        text: None,
        effective_date: None,
        holds_reference: true,
    }
    .into()
}

#[test]
fn a_receipt_is_less_by_what_it_settles() {
    let (receipt, write_off, effective_date) = (receipt_id(), write_off_id(), day("2026-11-05"));
    let (leg, amount) = (1, yuan("30.00"));
    let applied = ReceiptEvent::ReceiptApplied {
        receipt: receipt.clone(),
        write_off: write_off.clone(),
        leg,
        amount,
        effective_date,
    };
    let freed = ReceiptEvent::ReceiptFreed { receipt, write_off, leg, amount, effective_date };
    let entries = folded::<Advances>([recorded(true), applied.into(), freed.into()]);
    let told: Vec<_> = entries.rows().iter().map(|entry| (entry.kind, entry.amount)).collect();
    assert_eq!(
        told,
        [
            (AdvanceKind::Received, yuan("100.00")),
            (AdvanceKind::Applied, yuan("-30.00")),
            (AdvanceKind::Freed, yuan("30.00")),
        ]
    );
    let first = &entries.rows()[0];
    assert_eq!((first.reference.as_deref(), first.customer.as_ref()), (Some("R-77"), Some(&customer(1))));
    assert_eq!(first.effective_date, day("2026-11-02"));
}

#[test]
fn money_of_nobody_is_somebodys_once_that_is_said() {
    let identified = ReceiptEvent::ReceiptIdentified {
        receipt: receipt_id(),
        customer: customer(2),
        amount: yuan("100.00"),
        effective_date: day("2026-11-03"),
        matched: None,
    };
    let entries = folded::<Advances>([recorded(false), identified.into()]);
    let owners: Vec<_> = entries.rows().iter().map(|entry| entry.customer.clone()).collect();
    assert_eq!(owners, [None, Some(customer(2))]);
}

#[test]
fn a_credit_note_counts_with_its_tax() {
    let granted = CreditNoteEvent::CreditGranted {
        credit_note: "N01K7RA8ZAYFGXSMRSF9FMC3M02".parse().unwrap(),
        customer: customer(1),
        amounts: Amounts::new(yuan("94.34"), yuan("5.66")).unwrap(),
        reason: "goodwill".parse().unwrap(),
        effective_date: day("2026-11-03"),
        approved_by: None,
    };
    let reversed = CreditNoteEvent::CreditReversed {
        credit_note: "N01K7RA8ZAYFGXSMRSF9FMC3M02".parse().unwrap(),
        customer: customer(1),
        amounts: Amounts::new(yuan("94.34"), yuan("5.66")).unwrap(),
        reason: "slip".parse().unwrap(),
        effective_date: day("2026-11-04"),
    };
    let entries = folded::<Advances>([granted.into(), reversed.into()]);
    let moved: Vec<_> = entries.rows().iter().map(|entry| (entry.kind, entry.amount)).collect();
    assert_eq!(moved, [(AdvanceKind::Granted, yuan("100.00")), (AdvanceKind::Reversed, yuan("-100.00"))]);
}
