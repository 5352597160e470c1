use chrono::NaiveDate;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};

use super::*;
use crate::billing::bill::Amounts;
use crate::event_sourced::EventSourced;
use crate::ids::{CustomerId, WriteOffId};
use crate::ledger::{AccountCode, Side, check_balanced, postings};
use crate::money::{Currency, Money};
use crate::requester::Requester;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

fn id() -> CreditNoteId {
    "N01K7RA8ZAYFGXSMRSF9FMC3M02".parse().unwrap()
}

fn write_off() -> WriteOffId {
    "W01K7RA8ZAYFGXSMRSF9FMC3M01".parse().unwrap()
}

fn propose_of(subtotal: &str, tax: &str) -> CreditNoteCommand {
    CreditNoteCommand::Propose {
        credit_note: id(),
        customer: CustomerId::from_number(42),
        amounts: Amounts::new(yuan(subtotal), yuan(tax)).unwrap(),
        reason: "goodwill".parse().unwrap(),
        requested_by: Requester::of_key("key:erp".parse().unwrap(), "user:li".parse().unwrap(), None),
        effective_date: day("2026-11-05"),
        today: day("2026-11-10"),
    }
}

fn proposed() -> CreditNoteEvent {
    CreditNote::default().decide(propose_of("94.34", "5.66")).unwrap().remove(0)
}

fn approve(by: &str) -> CreditNoteCommand {
    let approved_by = by.parse().unwrap();
    let (effective_date, today) = (day("2026-11-05"), day("2026-11-10"));
    CreditNoteCommand::Approve { credit_note: id(), approved_by, effective_date, today }
}

/// As the first books have it, by one person.
fn granted() -> CreditNoteEvent {
    granted_by(None)
}

fn granted_by(approver: Option<&str>) -> CreditNoteEvent {
    CreditNoteEvent::CreditGranted {
        credit_note: id(),
        customer: CustomerId::from_number(42),
        amounts: Amounts::new(yuan("94.34"), yuan("5.66")).unwrap(),
        reason: "goodwill".parse().unwrap(),
        effective_date: day("2026-11-05"),
        approved_by: approver.map(|approver| approver.parse().unwrap()),
    }
}

fn reject() -> CreditNoteCommand {
    let (rejected_by, reason) = ("user:wang".parse().unwrap(), "no".parse().unwrap());
    CreditNoteCommand::Reject { credit_note: id(), rejected_by, reason }
}

fn rejected() -> CreditNoteEvent {
    let (rejected_by, reason) = ("user:wang".parse().unwrap(), "no".parse().unwrap());
    CreditNoteEvent::CreditRejected { credit_note: id(), rejected_by, reason }
}

fn reverse_on(date: &str) -> CreditNoteCommand {
    let (reason, effective_date) = ("a slip".parse().unwrap(), day(date));
    CreditNoteCommand::Reverse { credit_note: id(), reason, effective_date, today: day("2026-11-10") }
}

fn reversed() -> CreditNoteEvent {
    CreditNoteEvent::CreditReversed {
        credit_note: id(),
        customer: CustomerId::from_number(42),
        amounts: Amounts::new(yuan("94.34"), yuan("5.66")).unwrap(),
        reason: "a slip".parse().unwrap(),
        effective_date: day("2026-11-10"),
    }
}

fn apply_of(customer: u64, amount: &str, date: &str) -> CreditNoteCommand {
    CreditNoteCommand::Apply {
        credit_note: id(),
        customer: CustomerId::from_number(customer),
        write_off: write_off(),
        leg: 1,
        amount: yuan(amount),
        effective_date: day(date),
        today: day("2026-11-10"),
    }
}

fn applied(amount: &str) -> CreditNoteEvent {
    let (credit_note, write_off, leg, amount) = (id(), write_off(), 1, yuan(amount));
    CreditNoteEvent::CreditApplied { credit_note, write_off, leg, amount, effective_date: day("2026-11-10") }
}

fn free(amount: &str) -> CreditNoteCommand {
    let (credit_note, write_off, leg, amount) = (id(), write_off(), 1, yuan(amount));
    CreditNoteCommand::Free { credit_note, write_off, leg, amount, effective_date: day("2026-11-10") }
}

fn freed(amount: &str) -> CreditNoteEvent {
    let (credit_note, write_off, leg, amount) = (id(), write_off(), 1, yuan(amount));
    CreditNoteEvent::CreditFreed { credit_note, write_off, leg, amount, effective_date: day("2026-11-10") }
}

fn given(events: impl IntoIterator<Item = CreditNoteEvent>) -> AggregateTestExecutor<CreditNote> {
    TestFramework::with(()).given(events.into_iter().collect())
}

fn after(events: &[CreditNoteEvent]) -> CreditNote {
    let mut note = CreditNote::default();
    events.iter().for_each(|event| note.evolve(event).unwrap());
    note
}

#[test]
fn a_note_of_100_of_which_80_are_used_has_20_left() {
    given([granted()]).when(apply_of(42, "80.00", "2026-11-10")).then_expect_events(vec![applied("80.00")]);
    let used = [granted(), applied("80.00")];
    assert_eq!(after(&used).unapplied().unwrap(), Some(yuan("20.00")));
    let short = CreditNoteRefusal::AboveUnapplied {
        credit_note: id(),
        unapplied: yuan("20.00"),
        requested: yuan("20.01"),
    };
    given(used.clone()).when(apply_of(42, "20.01", "2026-11-10")).then_expect_error(short);
    given(used.clone()).when(free("80.00")).then_expect_events(vec![freed("80.00")]);
    let free_again = [granted(), applied("80.00"), freed("80.00")];
    assert_eq!(after(&free_again).unapplied().unwrap(), Some(yuan("100.00")));
    let refused = CreditNoteRefusal::NotApplied { credit_note: id(), write_off: write_off(), leg: 1 };
    given(free_again.clone()).when(free("80.00")).then_expect_error(refused);
    let early = after(&free_again).decide(apply_of(42, "1.00", "2026-11-09")).unwrap_err();
    assert!(matches!(early, CreditNoteRefusal::EffectiveDate(_)), "taken before it came free: {early}");
}

#[test]
fn what_is_granted_costs_something_and_takes_back_no_revenue() {
    use AccountCode::{CustomerAdvances, SellingExpenses, TaxesPayable};

    let posted = postings(&granted().into());
    check_balanced(&posted).unwrap();
    let lines: Vec<_> = posted.iter().map(|line| (line.account, line.side, line.amount)).collect();
    assert_eq!(
        lines,
        [
            (CustomerAdvances, Side::Credit, yuan("100.00")),
            (TaxesPayable, Side::Debit, yuan("5.66")),
            (SellingExpenses, Side::Debit, yuan("94.34")),
        ]
    );
    assert!(postings(&applied("80.00").into()).is_empty(), "the bill posts");
}

#[test]
fn it_takes_two_people() {
    let waiting = [proposed()];
    assert!(postings(&proposed().into()).is_empty(), "nothing is owed before it is approved");
    assert_eq!(after(&waiting).unapplied().unwrap(), Some(yuan("0.00")));
    for own in ["key:erp", "user:li"] {
        let requested_by = "key:erp".parse().unwrap();
        let refused = CreditNoteRefusal::SelfApproval { credit_note: id(), requested_by };
        given(waiting.clone()).when(approve(own)).then_expect_error(refused);
    }
    let granted = granted_by(Some("user:wang"));
    given(waiting.clone()).when(approve("user:wang")).then_expect_events(vec![granted.clone()]);
    given(waiting.clone()).when(reject()).then_expect_events(vec![rejected()]);
    let not_in = |state| CreditNoteRefusal::NotInState { credit_note: id(), state };
    let early = apply_of(42, "1.00", "2026-11-10");
    given(waiting.clone()).when(early).then_expect_error(not_in(CreditNoteState::Proposed));
    given(waiting.clone())
        .when(reverse_on("2026-11-10"))
        .then_expect_error(not_in(CreditNoteState::Proposed));
    let no = [proposed(), rejected()];
    given(no).when(approve("user:wang")).then_expect_error(not_in(CreditNoteState::Rejected));
    let done = [proposed(), granted];
    given(done.clone()).when(approve("user:wang")).then_expect_error(not_in(CreditNoteState::Open));
    assert_eq!(after(&done).unapplied().unwrap(), Some(yuan("100.00")));
}

#[test]
fn one_that_is_not_used_can_be_taken_back() {
    use AccountCode::CustomerAdvances;

    given([granted()]).when(reverse_on("2026-11-10")).then_expect_events(vec![reversed()]);
    let (there, back) = (postings(&granted().into()), postings(&reversed().into()));
    check_balanced(&back).unwrap();
    let mirrored = |side| if side == Side::Debit { Side::Credit } else { Side::Debit };
    assert!(there.iter().any(|line| line.account == CustomerAdvances));
    for (line, mirror) in there.iter().zip(&back) {
        let expected = (line.account, mirrored(line.side), line.amount);
        assert_eq!((mirror.account, mirror.side, mirror.amount), expected);
    }
    let gone = [granted(), reversed()];
    given(gone.clone()).when(reverse_on("2026-11-10")).then_expect_events(vec![]);
    assert_eq!(after(&gone).unapplied().unwrap(), Some(yuan("0.00")));
    let refused = CreditNoteRefusal::NotInState { credit_note: id(), state: CreditNoteState::Reversed };
    given(gone).when(apply_of(42, "1.00", "2026-11-10")).then_expect_error(refused);
    let used = [granted(), applied("80.00")];
    let in_use = CreditNoteRefusal::InUse { credit_note: id(), applied: yuan("80.00") };
    given(used).when(reverse_on("2026-11-10")).then_expect_error(in_use);
    let undone = [granted(), applied("80.00"), freed("80.00")];
    let early = after(&undone).decide(reverse_on("2026-11-09")).unwrap_err();
    assert!(matches!(early, CreditNoteRefusal::EffectiveDate(_)), "{early}");
}

#[test]
fn a_note_is_granted_once_to_one_customer() {
    given([granted()])
        .when(propose_of("1.00", "0.00"))
        .then_expect_error(CreditNoteRefusal::AlreadyMade { credit_note: id() });
    let nothing = CreditNoteRefusal::AmountNotPositive { amount: yuan("0.00") };
    given([]).when(propose_of("0.00", "0.00")).then_expect_error(nothing);
    for tax in ["-0.01", "1.01"] {
        let refused = CreditNoteRefusal::TaxOutOfRange { subtotal: yuan("1.00"), tax: yuan(tax) };
        given([]).when(propose_of("1.00", tax)).then_expect_error(refused);
    }
    let customer = CustomerId::from_number(42);
    given([granted()])
        .when(apply_of(43, "1.00", "2026-11-10"))
        .then_expect_error(CreditNoteRefusal::OfAnother { credit_note: id(), customer });
    let early = after(&[granted()]).decide(apply_of(42, "1.00", "2026-11-04")).unwrap_err();
    assert!(matches!(early, CreditNoteRefusal::EffectiveDate(_)), "{early}");
    let not_found = CreditNoteRefusal::NotFound { credit_note: id() };
    given([]).when(apply_of(42, "1.00", "2026-11-10")).then_expect_error(not_found.clone());
    given([]).when(free("1.00")).then_expect_error(not_found);
}

#[test]
fn a_stream_that_breaks_the_arithmetic_is_corrupt() {
    let broken = [
        vec![applied("1.00")],
        vec![granted(), granted()],
        vec![granted(), applied("100.01")],
        vec![granted(), applied("1.00"), applied("1.00")],
        vec![granted(), freed("1.00")],
        vec![granted(), proposed()],
        vec![proposed(), applied("1.00")],
        vec![granted(), applied("1.00"), reversed()],
    ];
    for mut events in broken {
        let last = events.pop().unwrap();
        assert!(after(&events).evolve(&last).is_err(), "{last:?}");
    }
}
