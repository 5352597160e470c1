mod payment_return;
mod tax;
mod write_off;

use chrono::NaiveDate;
use cqrs_es::test::TestFramework;

use super::*;
use crate::billing::pricing::{Metered, PeriodShare, PlanTerms};
use crate::billing::{BillId, BillingEvent};
use crate::event::BookEvent;
use crate::event_sourced::EventSourced;
use crate::ledger::{AccountCode, Side, check_balanced, postings};
use crate::money::{Currency, Money};
use crate::requester::Requester;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn on(text: &str) -> StepDate {
    StepDate { given: None, today: day(text) }
}

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

fn bill() -> BillId {
    "C00042.2026-10".parse().unwrap()
}

/// Two fees under one tax rate of 6 %.
fn terms() -> PlanTerms {
    serde_json::from_str(
        r#"{"currency":"CNY","tax_rate":"0.06","items":[
            {"code":"base","name":"Base fee","model":"flat","fee":"100"},
            {"code":"extra","name":"Extra fee","model":"flat","fee":"0.33"}]}"#,
    )
    .unwrap()
}

fn part() -> BillPart {
    let quote = terms().price(|_| None::<Metered<'_>>, PeriodShare::WHOLE).unwrap();
    let (plan, plan_version) = ("standard".parse().unwrap(), 2);
    BillPart { plan, plan_version, from: day("2026-10-01"), to: day("2026-10-31"), quote }
}

fn amounts(subtotal: &str, tax: &str) -> Amounts {
    Amounts::new(yuan(subtotal), yuan(tax)).unwrap()
}

fn drafted() -> BillEvent {
    let (bill, amounts) = (bill(), amounts("100.33", "6.02"));
    BillEvent::BillDrafted { bill, parts: vec![part()], amounts, replaces: None, amends: None }
}

fn issued() -> BillEvent {
    BillEvent::BillIssued {
        bill: bill(),
        number: "2026-000001".parse().unwrap(),
        amounts: amounts("100.33", "6.02"),
        issue_date: day("2026-11-01"),
        due_date: day("2026-12-01"),
    }
}

fn paid(amount: &str) -> BillEvent {
    BillEvent::BillPaidFromWallet {
        bill: bill(),
        wallet: "C00042.CNY".parse().unwrap(),
        amount: yuan(amount),
        effective_date: day("2026-11-02"),
    }
}

fn given(events: Vec<BillEvent>) -> cqrs_es::test::AggregateTestExecutor<Bill> {
    TestFramework::with(()).given(events)
}

fn draft() -> BillCommand {
    BillCommand::Draft { bill: bill(), currency: Currency::CNY, parts: vec![part()], replaces: None }
}

fn issue() -> BillCommand {
    BillCommand::Issue {
        bill: bill(),
        number: "2026-000001".parse().unwrap(),
        issue_date: day("2026-11-01"),
        due_date: day("2026-12-01"),
    }
}

fn void() -> BillCommand {
    let reason = "wrong plan".parse().unwrap();
    BillCommand::Void { bill: bill(), reason, date: on("2026-11-02") }
}

fn credit(lines: NoteLines) -> BillCommand {
    let reason = "goodwill".parse().unwrap();
    BillCommand::Credit { bill: bill(), lines, reason, date: on("2026-11-02") }
}

fn credited(note: u32, lines: &[(u32, &str, &str)]) -> BillEvent {
    let lines: Vec<_> = lines
        .iter()
        .map(|(line, amount, tax)| NoteLine { line: *line, amount: yuan(amount), tax: yuan(tax) })
        .collect();
    let amounts = super::open::sum_of_note(&lines, Currency::CNY).unwrap();
    let (reason, effective_date) = ("goodwill".parse().unwrap(), day("2026-11-02"));
    BillEvent::CreditNoteIssued { bill: bill(), note, lines, amounts, reason, effective_date }
}

fn request_bad_debt(amount: &str) -> BillCommand {
    BillCommand::RequestBadDebt {
        bill: bill(),
        amount: yuan(amount),
        reason: "insolvent".parse().unwrap(),
        requested_by: "user:li".parse().unwrap(),
    }
}

fn bad_debt_requested(amount: &str) -> BillEvent {
    BillEvent::BadDebtRequested {
        bill: bill(),
        amount: yuan(amount),
        reason: "insolvent".parse().unwrap(),
        requested_by: "user:li".parse().unwrap(),
    }
}

fn approve_bad_debt(by: &str) -> BillCommand {
    let approved_by = by.parse().unwrap();
    BillCommand::ApproveBadDebt { bill: bill(), amount: None, approved_by, date: on("2026-12-31") }
}

#[test]
fn a_bill_is_drafted_once_and_issued_once() {
    given(vec![]).when(draft()).then_expect_events(vec![drafted()]);
    given(vec![drafted()]).when(draft()).then_expect_error(BillRefusal::AlreadyDrafted { bill: bill() });
    given(vec![drafted()]).when(issue()).then_expect_events(vec![issued()]);
    given(vec![drafted(), issued()]).when(issue()).then_expect_error(BillRefusal::NotInState {
        bill: bill(),
        state: BillState::Issued,
        action: BillAction::Issue,
    });
    given(vec![]).when(issue()).then_expect_error(BillRefusal::NotFound { bill: bill() });
}

#[test]
fn what_something_was_applied_to_is_not_voided() {
    let (bill, effective_date) = (bill(), day("2026-11-02"));
    let voided = |owed| BillEvent::BillVoided {
        bill: bill.clone(),
        reason: "wrong plan".parse().unwrap(),
        effective_date,
        owed,
    };
    given(vec![drafted()]).when(void()).then_expect_events(vec![voided(None)]);
    let owed = Some(amounts("100.33", "6.02"));
    given(vec![drafted(), issued()]).when(void()).then_expect_events(vec![voided(owed)]);
    given(vec![drafted(), issued(), voided(owed)]).when(void()).then_expect_events(vec![]);
    for applied in [paid("0.01"), credited(1, &[(2, "0.01", "0.00")])] {
        let refused = Bill::after(&[drafted(), issued(), applied]).decide(void()).unwrap_err();
        assert!(matches!(refused, BillRefusal::PartlySettled { .. }), "{refused}");
    }
}

#[test]
fn what_may_be_written_off_is_not_voided_and_the_refusal_says_so() {
    let (amount, requested_by) = (yuan("1.00"), "user:li".parse().unwrap());
    given(vec![drafted(), issued(), bad_debt_requested("1.00")])
        .when(void())
        .then_expect_error(BillRefusal::BadDebtUnderWay { bill: bill(), amount, requested_by });
}

impl Bill {
    fn after(events: &[BillEvent]) -> Self {
        let mut bill = Self::default();
        events.iter().for_each(|event| bill.evolve(event).unwrap());
        bill
    }
}

#[test]
fn a_credit_note_takes_lines_off_and_their_tax() {
    let lines = NoteLines::Lines(vec![(1, yuan("50.00"))]);
    given(vec![drafted(), issued()])
        .when(credit(lines))
        .then_expect_events(vec![credited(1, &[(1, "50.00", "3.00")])]);
    // 6 % of 50.33 is 3.0198; what rounding left of the part's tax goes with its last line.
    given(vec![drafted(), issued(), credited(1, &[(1, "50.00", "3.00")])])
        .when(credit(NoteLines::Whole))
        .then_expect_events(vec![credited(2, &[(1, "50.00", "3.00"), (2, "0.33", "0.02")])]);
    let bill =
        Bill::after(&[drafted(), issued(), credited(1, &[(1, "100.00", "6.00"), (2, "0.33", "0.02")])]);
    assert_eq!(bill.open(), Ok(Some(yuan("0.00"))), "nothing is left, to the cent");
}

#[test]
fn no_credit_note_is_above_what_is_left() {
    let above_line = |asked: &str| credit(NoteLines::Lines(vec![(2, yuan(asked))]));
    given(vec![drafted(), issued()]).when(above_line("0.34")).then_expect_error(BillRefusal::AboveLine {
        bill: bill(),
        line: 2,
        left: yuan("0.33"),
        requested: yuan("0.34"),
    });
    let above = credit(NoteLines::Lines(vec![(1, yuan("6.00"))]));
    given(vec![drafted(), issued(), paid("100.00")]).when(above).then_expect_error(BillRefusal::AboveOpen {
        bill: bill(),
        open: yuan("6.35"),
        requested: yuan("6.36"),
    });
    given(vec![drafted(), issued()])
        .when(credit(NoteLines::Lines(vec![(3, yuan("1.00"))])))
        .then_expect_error(BillRefusal::LineNotFound { bill: bill(), line: 3 });
    given(vec![drafted(), issued()])
        .when(credit(NoteLines::Lines(vec![(1, yuan("60.00")), (1, yuan("60.00"))])))
        .then_expect_error(BillRefusal::AboveLine {
            bill: bill(),
            line: 1,
            left: yuan("40.00"),
            requested: yuan("60.00"),
        });
}

#[test]
fn a_debit_note_needs_lines_and_makes_the_bill_more() {
    let debit = |lines| BillCommand::Debit {
        bill: bill(),
        lines,
        reason: "forgotten".parse().unwrap(),
        date: on("2026-11-02"),
    };
    given(vec![drafted(), issued()])
        .when(debit(NoteLines::Whole))
        .then_expect_error(BillRefusal::LinesNeeded { bill: bill() });
    let events =
        Bill::after(&[drafted(), issued()]).decide(debit(NoteLines::Lines(vec![(1, yuan("10.00"))])));
    let bill = Bill::after(&[vec![drafted(), issued()], events.unwrap()].concat());
    assert_eq!(bill.open(), Ok(Some(yuan("116.95"))));
}

#[test]
fn no_more_is_paid_than_is_owed() {
    let pay = |amount| BillCommand::PayFromWallet {
        bill: bill(),
        wallet: "C00042.CNY".parse().unwrap(),
        amount: yuan(amount),
        effective_date: day("2026-11-02"),
    };
    given(vec![drafted(), issued()]).when(pay("106.35")).then_expect_events(vec![paid("106.35")]);
    given(vec![drafted(), issued(), paid("100.00")]).when(pay("6.36")).then_expect_error(
        BillRefusal::AboveOpen { bill: bill(), open: yuan("6.35"), requested: yuan("6.36") },
    );
    given(vec![drafted(), issued()])
        .when(pay("0.00"))
        .then_expect_error(BillRefusal::AmountNotPositive { amount: yuan("0.00") });
}

#[test]
fn bad_debt_needs_two_people() {
    given(vec![drafted(), issued()])
        .when(request_bad_debt("106.35"))
        .then_expect_events(vec![bad_debt_requested("106.35")]);
    let asked = vec![drafted(), issued(), bad_debt_requested("106.35")];
    given(asked.clone()).when(approve_bad_debt("user:li")).then_expect_error(BillRefusal::SelfApproval {
        bill: bill(),
        requested_by: "user:li".parse().unwrap(),
    });
    let (key, made_by) = ("key:erp".parse().unwrap(), "user:li".parse().unwrap());
    let by_key = BillEvent::BadDebtRequested {
        bill: bill(),
        amount: yuan("106.35"),
        reason: "insolvent".parse().unwrap(),
        requested_by: Requester::of_key(key, made_by, None),
    };
    given(vec![drafted(), issued(), by_key]).when(approve_bad_debt("user:li")).then_expect_error(
        BillRefusal::SelfApproval { bill: bill(), requested_by: "key:erp".parse().unwrap() },
    );
    given(asked.clone()).when(approve_bad_debt("user:wang")).then_expect_events(vec![
        BillEvent::BadDebtWrittenOff {
            bill: bill(),
            amount: yuan("106.35"),
            approved_by: "user:wang".parse().unwrap(),
            effective_date: day("2026-12-31"),
        },
    ]);
    // Another request than was looked at.
    let of_one = BillCommand::ApproveBadDebt {
        bill: bill(),
        amount: Some(yuan("1.00")),
        approved_by: "user:wang".parse().unwrap(),
        date: on("2026-12-31"),
    };
    given(asked.clone()).when(of_one).then_expect_error(BillRefusal::BadDebtUnderWay {
        bill: bill(),
        amount: yuan("106.35"),
        requested_by: "user:li".parse().unwrap(),
    });
    // Something was paid in the meantime.
    given([asked, vec![paid("6.35")]].concat()).when(approve_bad_debt("user:wang")).then_expect_error(
        BillRefusal::AboveOpen { bill: bill(), open: yuan("100.00"), requested: yuan("106.35") },
    );
}

#[test]
fn a_dispute_is_opened_and_closed() {
    let open = BillCommand::OpenDispute { bill: bill(), reason: "not ours".parse().unwrap() };
    let close = BillCommand::CloseDispute { bill: bill(), won: false, reason: "checked".parse().unwrap() };
    let opened = BillEvent::BillDisputeOpened { bill: bill(), reason: "not ours".parse().unwrap() };
    given(vec![drafted(), issued()]).when(open.clone()).then_expect_events(vec![opened.clone()]);
    given(vec![drafted(), issued(), opened])
        .when(open)
        .then_expect_error(BillRefusal::InDispute { bill: bill() });
    given(vec![drafted(), issued()])
        .when(close)
        .then_expect_error(BillRefusal::NotInDispute { bill: bill() });
}

#[test]
fn what_is_issued_and_taken_back_posts_and_mirrors() {
    let net = |events: &[BillEvent]| {
        let mut receivables = yuan("0.00");
        for event in events {
            let postings = postings(&BookEvent::Billing(BillingEvent::Bill(event.clone())));
            assert_eq!(check_balanced(&postings), Ok(()));
            for posting in postings.iter().filter(|posting| posting.account == AccountCode::Receivables) {
                receivables = match posting.side {
                    Side::Debit => receivables.checked_add(posting.amount),
                    Side::Credit => receivables.checked_sub(posting.amount),
                }
                .unwrap();
            }
        }
        receivables
    };
    assert_eq!(net(&[drafted()]), yuan("0.00"));
    assert_eq!(net(&[drafted(), issued()]), yuan("106.35"));
    let voided = Bill::after(&[drafted(), issued()]).decide(void()).unwrap();
    assert_eq!(net(&[vec![drafted(), issued()], voided].concat()), yuan("0.00"));
    assert_eq!(
        net(&[drafted(), issued(), credited(1, &[(1, "50.00", "3.00")]), paid("53.35")]),
        yuan("0.00")
    );
}

#[test]
fn an_event_that_does_not_fit_is_corruption() {
    let of_no_line = credited(1, &[(3, "1.00", "0.06")]);
    for events in [
        vec![issued()],
        vec![drafted(), drafted()],
        vec![drafted(), paid("1.00")],
        vec![drafted(), issued(), of_no_line],
    ] {
        let mut bill = Bill::default();
        assert!(events.iter().any(|event| bill.evolve(event).is_err()), "{events:?}");
    }
}

#[test]
fn a_step_is_not_before_the_issue_nor_beyond_tomorrow() {
    let dated = |given: &str, today: &str| {
        let date = StepDate { given: Some(day(given)), today: day(today) };
        BillCommand::Void { bill: bill(), reason: "wrong plan".parse().unwrap(), date }
    };
    let issued = Bill::after(&[drafted(), issued()]);
    for (given, today) in [("2026-10-31", "2026-11-05"), ("2026-11-07", "2026-11-05")] {
        let refused = issued.decide(dated(given, today)).unwrap_err();
        assert!(matches!(refused, BillRefusal::EffectiveDate(_)), "{given}: {refused}");
    }
    assert!(issued.decide(dated("2026-11-06", "2026-11-05")).is_ok());
    // The clock is behind the issue: a step without a date is of that day.
    let early = BillCommand::Credit {
        bill: bill(),
        lines: NoteLines::Whole,
        reason: "goodwill".parse().unwrap(),
        date: on("2026-10-30"),
    };
    let events = issued.decide(early).unwrap();
    assert_eq!(events[0].effective_date(), Some(day("2026-11-01")));
}

#[test]
fn nobody_approves_twice_and_a_rejected_request_can_be_made_again() {
    let rejected = BillEvent::BadDebtRejected {
        bill: bill(),
        rejected_by: "user:wang".parse().unwrap(),
        reason: "sue first".parse().unwrap(),
    };
    let asked = [drafted(), issued(), bad_debt_requested("106.35")];
    given(asked.to_vec()).when(request_bad_debt("1.00")).then_expect_error(BillRefusal::BadDebtUnderWay {
        bill: bill(),
        amount: yuan("106.35"),
        requested_by: "user:li".parse().unwrap(),
    });
    let after = [asked.to_vec(), vec![rejected]].concat();
    given(after.clone())
        .when(approve_bad_debt("user:wang"))
        .then_expect_error(BillRefusal::BadDebtNotRequested { bill: bill() });
    given(after).when(request_bad_debt("1.00")).then_expect_events(vec![bad_debt_requested("1.00")]);
}

proptest::proptest! {
    /// Credited in pieces and debited, the tax is that of the subtotal to the cent at every step; what is then left
    /// goes to the cent.
    #[test]
    fn notes_and_their_tax_agree_to_the_cent(
        pieces in proptest::collection::vec((1..=2_u32, 1..4_000_i64, proptest::bool::ANY), 1..12)
    ) {
        let mut events = vec![drafted(), issued()];
        for (line, cents, less) in pieces {
            let amount = Money::new(rust_decimal::Decimal::new(cents, 2), Currency::CNY).unwrap();
            let lines = NoteLines::Lines(vec![(line, amount)]);
            let (reason, date) = ("goodwill".parse().unwrap(), on("2026-11-02"));
            let command = if less {
                BillCommand::Credit { bill: bill(), lines, reason, date }
            } else {
                BillCommand::Debit { bill: bill(), lines, reason, date }
            };
            match Bill::after(&events).decide(command) {
                Ok(more) => events.extend(more),
                Err(refused) => assert!(matches!(refused, BillRefusal::AboveLine { .. }), "{refused}"),
            }
            let owed = Bill::after(&events).amounts().unwrap().owed;
            let rate = part().quote.tax_rate.unwrap();
            proptest::prop_assert_eq!(owed.tax, rate.of(owed.subtotal).unwrap());
            proptest::prop_assert_eq!(owed.total, owed.subtotal.checked_add(owed.tax).unwrap());
        }
        match Bill::after(&events).decide(credit(NoteLines::Whole)) {
            Ok(more) => events.extend(more),
            Err(refused) => assert!(matches!(refused, BillRefusal::AmountNotPositive { .. }), "{refused}"),
        }
        let bill = Bill::after(&events);
        proptest::prop_assert_eq!(bill.amounts().unwrap().owed, Amounts::zero(Currency::CNY));
        proptest::prop_assert_eq!(bill.open(), Ok(Some(yuan("0.00"))));
    }
}

#[test]
fn the_whole_of_a_partly_settled_bill_is_what_is_open() {
    // 6.35 with its tax is 5.99 and 0.36, from the last line back.
    given(vec![drafted(), issued(), paid("100.00")])
        .when(credit(NoteLines::Whole))
        .then_expect_events(vec![credited(1, &[(1, "5.66", "0.34"), (2, "0.33", "0.02")])]);
    let settled = [drafted(), issued(), paid("106.35")];
    let nothing = Bill::after(&settled).decide(credit(NoteLines::Whole)).unwrap_err();
    assert!(matches!(nothing, BillRefusal::AmountNotPositive { .. }), "{nothing}");
}

proptest::proptest! {
    /// However much was paid, the whole of the rest is credited to the cent.
    #[test]
    fn whatever_was_paid_the_rest_is_credited_to_the_cent(paid_cents in 1..10_635_i64) {
        let amount = Money::new(rust_decimal::Decimal::new(paid_cents, 2), Currency::CNY).unwrap();
        let mut events = vec![drafted(), issued(), paid(&amount.amount().to_string())];
        events.extend(Bill::after(&events).decide(credit(NoteLines::Whole)).unwrap());
        let bill = Bill::after(&events);
        proptest::prop_assert_eq!(bill.open(), Ok(Some(yuan("0.00"))));
        proptest::prop_assert_eq!(bill.amounts().unwrap().owed.total, amount);
        proptest::prop_assert!(!bill.amounts().unwrap().owed.tax.is_negative());
    }
}
