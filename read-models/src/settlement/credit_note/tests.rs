use tallybook_domain::BookEvent;
use tallybook_domain::billing::bill::Amounts;
use tallybook_domain::settlement::{CreditNoteEvent, CreditNoteId, CreditNoteState};

use super::CreditNotes;
use crate::fold::FoldFault;
use crate::testing::{customer, day, folded, try_folded, write_off_id, yuan};

fn id() -> CreditNoteId {
    "N01K7RA8ZAYFGXSMRSF9FMC3M02".parse().unwrap()
}

fn granted() -> BookEvent {
    CreditNoteEvent::CreditGranted {
        credit_note: id(),
        customer: customer(1),
        amounts: Amounts::new(yuan("94.34"), yuan("5.66")).unwrap(),
        reason: "goodwill".parse().unwrap(),
        effective_date: day("2026-11-03"),
        approved_by: Some("user:wang".parse().unwrap()),
    }
    .into()
}

fn proposed() -> BookEvent {
    CreditNoteEvent::CreditProposed {
        credit_note: id(),
        customer: customer(1),
        amounts: Amounts::new(yuan("94.34"), yuan("5.66")).unwrap(),
        reason: "goodwill".parse().unwrap(),
        requested_by: "user:li".parse().unwrap(),
        effective_date: day("2026-11-02"),
    }
    .into()
}

fn reversed() -> BookEvent {
    CreditNoteEvent::CreditReversed {
        credit_note: id(),
        customer: customer(1),
        amounts: Amounts::new(yuan("94.34"), yuan("5.66")).unwrap(),
        reason: "a slip".parse().unwrap(),
        effective_date: day("2026-11-07"),
    }
    .into()
}

fn applied(amount: &str) -> BookEvent {
    let (credit_note, write_off, leg, amount) = (id(), write_off_id(), 1, yuan(amount));
    CreditNoteEvent::CreditApplied { credit_note, write_off, leg, amount, effective_date: day("2026-11-05") }
        .into()
}

fn freed(amount: &str) -> BookEvent {
    let (credit_note, write_off, leg, amount) = (id(), write_off_id(), 1, yuan(amount));
    CreditNoteEvent::CreditFreed { credit_note, write_off, leg, amount, effective_date: day("2026-11-06") }
        .into()
}

#[test]
fn a_note_says_what_is_left_of_it() {
    let rows = folded::<CreditNotes>([granted(), applied("80.00")]);
    let row = rows.get(&id()).unwrap();
    assert_eq!((row.amount, row.applied, row.unapplied), (yuan("100.00"), yuan("80.00"), yuan("20.00")));
    let rows = folded::<CreditNotes>([granted(), applied("80.00"), freed("80.00")]);
    assert_eq!(rows.get(&id()).unwrap().unapplied, yuan("100.00"));
    let error = try_folded::<CreditNotes>([granted(), applied("100.01")]).unwrap_err();
    assert!(matches!(error.fault, FoldFault::Negative { .. }), "{error}");
}

#[test]
fn a_note_that_waits_is_worth_nothing_nor_is_one_taken_back() {
    let figures = |events: Vec<BookEvent>| {
        let rows = folded::<CreditNotes>(events);
        let row = rows.get(&id()).unwrap();
        (row.state, row.unapplied, row.effective_date)
    };
    let waiting = (CreditNoteState::Proposed, yuan("0.00"), day("2026-11-02"));
    assert_eq!(figures(vec![proposed()]), waiting);
    let open = (CreditNoteState::Open, yuan("100.00"), day("2026-11-03"));
    assert_eq!(figures(vec![proposed(), granted()]), open);
    let used = figures(vec![proposed(), granted(), applied("100.00")]);
    assert_eq!(used.0, CreditNoteState::Used);
    let gone = figures(vec![proposed(), granted(), reversed()]);
    assert_eq!((gone.0, gone.1), (CreditNoteState::Reversed, yuan("0.00")));
    let no = CreditNoteEvent::CreditRejected {
        credit_note: id(),
        rejected_by: "user:wang".parse().unwrap(),
        reason: "not agreed".parse().unwrap(),
    };
    assert_eq!(figures(vec![proposed(), no.into()]).0, CreditNoteState::Rejected);
}
