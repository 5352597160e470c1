use chrono::NaiveDate;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use proptest::prelude::*;

use super::*;
use crate::billing::BillId;
use crate::event_sourced::EventSourced;
use crate::ids::{CustomerId, WalletId};
use crate::ledger::postings;
use crate::money::{Currency, Money};
use crate::requester::Requester;
use crate::settlement::ReceiptId;

const TODAY: &str = "2026-11-10";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn today() -> NaiveDate {
    day(TODAY)
}

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

fn id() -> WriteOffId {
    "W01K7RA8ZAYFGXSMRSF9FMC3M01".parse().unwrap()
}

fn customer() -> CustomerId {
    CustomerId::from_number(42)
}

fn bill(month: u8) -> BillId {
    format!("C00042.2026-{month:02}").parse().unwrap()
}

fn receipt(number: u8) -> LegSource {
    let reference = number.to_string().parse().unwrap();
    LegSource::Receipt(ReceiptId::of(&"ICBC-0123".parse().unwrap(), &reference))
}

fn fee() -> LegSource {
    LegSource::Difference(DifferenceReason::BankFee)
}

fn leg(number: u32, source: LegSource, month: u8, amount: &str) -> Leg {
    Leg { leg: number, source, bill: bill(month), amount: yuan(amount) }
}

/// Receipts of 50 and 50 over bills of 50 and 50, crosswise.
fn crosswise() -> Vec<Leg> {
    vec![
        leg(1, receipt(1), 9, "25.00"),
        leg(2, receipt(1), 10, "25.00"),
        leg(3, receipt(2), 9, "25.00"),
        leg(4, receipt(2), 10, "25.00"),
    ]
}

fn terms(legs: Vec<Leg>) -> WriteOffTerms {
    WriteOffTerms { write_off: id(), customer: customer(), legs, effective_date: today(), matched: None }
}

fn limits() -> DifferenceLimits {
    DifferenceLimits::new([
        (DifferenceReason::BankFee, yuan("25.00")),
        (DifferenceReason::Rounding, yuan("1.00")),
    ])
}

fn make(legs: Vec<Leg>) -> WriteOffCommand {
    make_beside(legs, [])
}

/// While these bank fees stand on the bills of these months.
fn make_beside<const N: usize>(legs: Vec<Leg>, standing: [(u8, &str); N]) -> WriteOffCommand {
    let fees = standing.map(|(month, amount)| (bill(month), DifferenceReason::BankFee, yuan(amount)));
    let (requested_by, standing) = (maker(), StandingDifferences::new(fees));
    WriteOffCommand::Make { terms: terms(legs), requested_by, limits: limits(), standing, today: today() }
}

fn maker() -> Requester {
    Requester::of_key("key:erp".parse().unwrap(), "user:li".parse().unwrap(), None)
}

fn posted(legs: Vec<Leg>) -> WriteOffEvent {
    let WriteOffTerms { write_off, customer, legs, effective_date, matched } = terms(legs);
    WriteOffEvent::WriteOffPosted { write_off, customer, legs, approved_by: None, effective_date, matched }
}

fn proposed(legs: Vec<Leg>) -> WriteOffEvent {
    let WriteOffTerms { write_off, customer, legs, effective_date, matched } = terms(legs);
    WriteOffEvent::WriteOffProposed {
        write_off,
        customer,
        legs,
        requested_by: maker(),
        effective_date,
        matched,
    }
}

fn approve(by: &str) -> WriteOffCommand {
    let approved_by = by.parse().unwrap();
    WriteOffCommand::Approve { write_off: id(), approved_by, effective_date: today(), today: today() }
}

fn approved(legs: Vec<Leg>) -> WriteOffEvent {
    let WriteOffTerms { write_off, customer, legs, effective_date, matched } = terms(legs);
    let approved_by = Some("user:wang".parse().unwrap());
    WriteOffEvent::WriteOffPosted { write_off, customer, legs, approved_by, effective_date, matched }
}

fn reject() -> WriteOffCommand {
    let (rejected_by, reason) = ("user:wang".parse().unwrap(), "no".parse().unwrap());
    WriteOffCommand::Reject { write_off: id(), rejected_by, reason }
}

fn rejected() -> WriteOffEvent {
    let (rejected_by, reason) = ("user:wang".parse().unwrap(), "no".parse().unwrap());
    WriteOffEvent::WriteOffRejected { write_off: id(), rejected_by, reason }
}

fn reverse_on(leg: u32, date: &str) -> WriteOffCommand {
    let reason = "wrong bill".parse().unwrap();
    let effective_date = day(date);
    WriteOffCommand::ReverseLeg { write_off: id(), leg, reason, effective_date, today: today() }
}

fn reverse(leg: u32) -> WriteOffCommand {
    reverse_on(leg, TODAY)
}

fn reversed(leg: Leg) -> WriteOffEvent {
    let reason = "wrong bill".parse().unwrap();
    WriteOffEvent::WriteOffLegReversed { write_off: id(), leg, reason, effective_date: today() }
}

fn given(events: impl IntoIterator<Item = WriteOffEvent>) -> AggregateTestExecutor<WriteOff> {
    TestFramework::with(()).given(events.into_iter().collect())
}

fn after(events: &[WriteOffEvent]) -> WriteOff {
    let mut write_off = WriteOff::default();
    events.iter().for_each(|event| write_off.evolve(event).unwrap());
    write_off
}

#[test]
fn a_write_off_is_posted_at_once_if_its_differences_are_small() {
    given([]).when(make(crosswise())).then_expect_events(vec![posted(crosswise())]);
    assert!(postings(&posted(crosswise()).into()).is_empty(), "the bills post");
    let within = vec![leg(1, receipt(1), 10, "980.00"), leg(2, fee(), 10, "20.00")];
    given([]).when(make(within.clone())).then_expect_events(vec![posted(within)]);
}

#[test]
fn a_difference_above_the_limit_waits_however_it_is_cut() {
    let above = [
        vec![leg(1, receipt(1), 10, "974.99"), leg(2, fee(), 10, "25.01")],
        vec![
            leg(1, receipt(1), 10, "100.00"),
            leg(2, receipt(1), 9, "100.00"),
            leg(3, fee(), 10, "12.51"),
            leg(4, fee(), 9, "12.50"),
        ],
        vec![
            leg(1, receipt(1), 10, "1.00"),
            leg(2, LegSource::Difference(DifferenceReason::Discount), 10, "0.01"),
        ],
    ];
    for legs in above {
        given([]).when(make(legs.clone())).then_expect_events(vec![proposed(legs.clone())]);
        assert_eq!(after(&[proposed(legs)]).live_legs().count(), 0, "nothing happens before it is approved");
    }
    let dollars = Money::parse("1.00", Currency::parse("USD").unwrap()).unwrap();
    let foreign = vec![leg(1, receipt(1), 10, "1.00"), Leg { amount: dollars, ..leg(2, fee(), 10, "1.00") }];
    given([]).when(make(foreign.clone())).then_expect_events(vec![proposed(foreign)]);
}

#[test]
fn differences_of_several_reasons_count_together_on_a_bill() {
    let rounding = || LegSource::Difference(DifferenceReason::Rounding);
    let legs = |rounded| {
        vec![
            leg(1, receipt(1), 10, "900.00"),
            leg(2, fee(), 10, "24.50"),
            leg(3, rounding(), 10, rounded),
            leg(4, receipt(1), 9, "90.00"),
            leg(5, rounding(), 9, "0.50"),
        ]
    };
    given([]).when(make(legs("0.50"))).then_expect_events(vec![posted(legs("0.50"))]);
    given([]).when(make(legs("0.51"))).then_expect_events(vec![proposed(legs("0.51"))]);
}

#[test]
fn a_difference_is_at_most_a_quarter_of_the_money_for_its_bill() {
    let legs = |paid, lost| vec![leg(1, receipt(1), 10, paid), leg(2, fee(), 10, lost)];
    given([]).when(make(legs("80.00", "20.00"))).then_expect_events(vec![posted(legs("80.00", "20.00"))]);
    for (paid, lost) in [("79.99", "20.00"), ("0.01", "25.00"), ("0.01", "0.01")] {
        given([]).when(make(legs(paid, lost))).then_expect_events(vec![proposed(legs(paid, lost))]);
    }
    let elsewhere = [legs("0.01", "20.00"), vec![leg(3, receipt(1), 9, "900.00")]].concat();
    given([]).when(make(elsewhere.clone())).then_expect_events(vec![proposed(elsewhere)]);
}

#[test]
fn a_difference_counts_with_what_stands_on_the_bill() {
    let again = vec![leg(1, receipt(1), 10, "100.00"), leg(2, fee(), 10, "20.00")];
    let waits = make_beside(again.clone(), [(10, "20.00")]);
    given([]).when(waits).then_expect_events(vec![proposed(again.clone())]);
    let within = make_beside(again.clone(), [(10, "5.00"), (9, "25.00")]);
    given([]).when(within).then_expect_events(vec![posted(again)]);
}

#[test]
fn a_difference_without_money_for_its_bill_waits() {
    let alone = vec![leg(1, fee(), 10, "0.01")];
    let beside = vec![leg(1, receipt(1), 9, "100.00"), leg(2, fee(), 10, "0.01")];
    for legs in [alone, beside] {
        given([]).when(make(legs.clone())).then_expect_events(vec![proposed(legs)]);
    }
}

#[test]
fn a_difference_goes_with_the_last_money_of_its_bill() {
    let legs = vec![
        leg(1, receipt(1), 10, "500.00"),
        leg(2, receipt(2), 10, "480.00"),
        leg(3, receipt(2), 9, "90.00"),
        leg(4, fee(), 10, "20.00"),
        leg(5, fee(), 9, "1.00"),
    ];
    let undone = |number: usize| reversed(legs[number - 1].clone());
    let history = [posted(legs.clone())];
    given(history.clone()).when(reverse(2)).then_expect_events(vec![undone(2)]);
    let first = [&history[..], &[undone(2)]].concat();
    given(first.clone()).when(reverse(1)).then_expect_events(vec![undone(1), undone(4)]);
    given(first.clone()).when(reverse(4)).then_expect_events(vec![undone(4)]);
    let without_fee = [&first[..], &[undone(4)]].concat();
    given(without_fee).when(reverse(1)).then_expect_events(vec![undone(1)]);
    let all = [&first[..], &[undone(1), undone(4)]].concat();
    assert_eq!(after(&all).live_legs().map(|leg| leg.leg).collect::<Vec<_>>(), [3, 5]);
}

/// Else a fee could be made with much money and kept with a cent, again and again.
#[test]
fn a_difference_goes_with_the_money_it_is_a_small_part_of() {
    let legs = vec![
        leg(1, receipt(1), 10, "0.04"),
        leg(2, receipt(2), 10, "20.00"),
        leg(3, fee(), 10, "5.01"),
        leg(4, receipt(3), 10, "0.04"),
    ];
    let undone = |number: usize| reversed(legs[number - 1].clone());
    let history = [posted(legs.clone())];
    given([]).when(make(legs.clone())).then_expect_events(history.to_vec());
    given(history.clone()).when(reverse(2)).then_expect_events(vec![undone(2), undone(3)]);
    given(history.clone()).when(reverse(1)).then_expect_events(vec![undone(1)]);
    let first = [&history[..], &[undone(1)]].concat();
    given(first).when(reverse(4)).then_expect_events(vec![undone(4), undone(3)]);
}

#[test]
fn somebody_else_approves_it() {
    let legs = vec![leg(1, receipt(1), 10, "900.00"), leg(2, fee(), 10, "100.00")];
    let waiting = [proposed(legs.clone())];
    for own in ["key:erp", "user:li"] {
        let refused =
            WriteOffRefusal::SelfApproval { write_off: id(), requested_by: "key:erp".parse().unwrap() };
        given(waiting.clone()).when(approve(own)).then_expect_error(refused);
    }
    given(waiting.clone()).when(approve("user:wang")).then_expect_events(vec![approved(legs.clone())]);
    given(waiting.clone()).when(reject()).then_expect_events(vec![rejected()]);
    let refused = |state| WriteOffRefusal::NotInState { write_off: id(), state };
    let not_yet = refused(WriteOffState::Proposed);
    given(waiting.clone()).when(reverse(1)).then_expect_error(not_yet);
    let no_more = [waiting[0].clone(), rejected()];
    given(no_more.clone()).when(approve("user:wang")).then_expect_error(refused(WriteOffState::Rejected));
    given(no_more).when(reverse(1)).then_expect_error(refused(WriteOffState::Rejected));
    let done = [waiting[0].clone(), approved(legs)];
    given(done.clone()).when(approve("user:wang")).then_expect_error(refused(WriteOffState::Posted));
    given(done).when(reject()).then_expect_error(refused(WriteOffState::Posted));
}

#[test]
fn a_leg_is_undone_once_and_the_others_stand() {
    let history = [posted(crosswise())];
    let second = crosswise().remove(1);
    given(history.clone()).when(reverse(2)).then_expect_events(vec![reversed(second.clone())]);
    let undone = [history[0].clone(), reversed(second)];
    given(undone.clone()).when(reverse(2)).then_expect_events(vec![]);
    let write_off = after(&undone);
    assert_eq!(write_off.state(), Some(WriteOffState::PartlyReversed));
    assert_eq!(write_off.live_legs().map(|leg| leg.leg).collect::<Vec<_>>(), [1, 3, 4]);
    for number in [0, 5, u32::MAX] {
        let refused = WriteOffRefusal::LegNotFound { write_off: id(), leg: number };
        given(undone.clone()).when(reverse(number)).then_expect_error(refused);
    }
    let early = after(&undone).decide(reverse_on(1, "2026-11-09")).unwrap_err();
    assert!(matches!(early, WriteOffRefusal::EffectiveDate(_)), "{early}");
    let all: Vec<_> = history.into_iter().chain(crosswise().into_iter().map(reversed)).collect();
    assert_eq!(after(&all).state(), Some(WriteOffState::Reversed));
    given(all).when(reverse(4)).then_expect_events(vec![]);
}

#[test]
fn a_write_off_has_legs_of_one_customer() {
    let refused = |legs: Vec<Leg>| WriteOff::default().decide(make(legs)).unwrap_err();
    assert_eq!(refused(vec![]), WriteOffRefusal::NoLegs);
    let many: Vec<_> = (1..=501).map(|number| leg(number, receipt(1), 10, "1.00")).collect();
    assert_eq!(refused(many), WriteOffRefusal::TooManyLegs { legs: 501, most: 500 });
    let misnumbered = vec![leg(1, receipt(1), 10, "1.00"), leg(3, receipt(1), 10, "1.00")];
    assert_eq!(refused(misnumbered), WriteOffRefusal::Misnumbered { leg: 2, number: 3 });
    let nothing = vec![leg(1, receipt(1), 10, "0.00")];
    assert_eq!(refused(nothing), WriteOffRefusal::AmountNotPositive { amount: yuan("0.00") });
    let strange: BillId = "C00043.2026-10".parse().unwrap();
    let other = vec![Leg { bill: strange.clone(), ..leg(1, receipt(1), 10, "1.00") }];
    assert_eq!(refused(other), WriteOffRefusal::StrangeBill { bill: strange, customer: customer() });
    let wallet = WalletId::new(&CustomerId::from_number(43), Currency::CNY);
    let other = vec![leg(1, LegSource::Wallet(wallet.clone()), 10, "1.00")];
    assert_eq!(refused(other), WriteOffRefusal::StrangeWallet { wallet, customer: customer() });
    let exists = WriteOffRefusal::AlreadyMade { write_off: id() };
    given([posted(crosswise())]).when(make(crosswise())).then_expect_error(exists);
    for command in [approve("user:wang"), reject(), reverse(1)] {
        given([]).when(command).then_expect_error(WriteOffRefusal::NotFound { write_off: id() });
    }
}

#[test]
fn a_leg_reads_with_one_source() {
    let written = serde_json::to_value(leg(1, receipt(1), 10, "5.00")).unwrap();
    assert_eq!(serde_json::from_value::<Leg>(written.clone()).unwrap(), leg(1, receipt(1), 10, "5.00"));
    let mut two = written.clone();
    two["wallet"] = "C00042.CNY".into();
    let mut none = written;
    none.as_object_mut().unwrap().remove("receipt");
    for bad in [two, none] {
        assert!(serde_json::from_value::<Leg>(bad.clone()).is_err(), "{bad}");
    }
}

#[test]
fn lists_that_are_too_long_are_not_paired() {
    let sources: Vec<_> = (0..501).map(|_| (receipt(1), yuan("1.00"))).collect();
    let refused = WriteOffRefusal::TooManyLegs { legs: 501, most: 500 };
    assert_eq!(pair(&sources, &[(bill(10), yuan("501.00"))]), Err(refused));
}

#[test]
fn an_approval_is_of_the_day_that_was_proposed() {
    let legs = vec![leg(1, receipt(1), 10, "900.00"), leg(2, fee(), 10, "100.00")];
    let later = day("2026-11-12");
    assert_eq!(after(&[proposed(legs.clone())]).effective_date_by_default(later), today());
    assert_eq!(after(&[posted(legs)]).effective_date_by_default(later), later);
}

#[test]
fn a_stream_that_contradicts_itself_is_corrupt() {
    let broken = [
        vec![rejected()],
        vec![reversed(crosswise().remove(0))],
        vec![posted(crosswise()), posted(crosswise())],
        vec![posted(crosswise()), rejected()],
        vec![proposed(crosswise()), reversed(crosswise().remove(0))],
        vec![proposed(crosswise()), posted(crosswise()[..3].to_vec())],
        vec![posted(crosswise()), reversed(leg(1, receipt(1), 9, "24.00"))],
        vec![posted(crosswise()), reversed(crosswise().remove(0)), reversed(crosswise().remove(0))],
    ];
    for mut events in broken {
        let last = events.pop().unwrap();
        assert!(after(&events).evolve(&last).is_err(), "{last:?}");
    }
}

#[test]
fn the_first_source_pays_the_first_bill() {
    let sources = [(receipt(1), yuan("60.00")), (receipt(2), yuan("30.00")), (fee(), yuan("10.00"))];
    let bills = [(bill(9), yuan("50.00")), (bill(10), yuan("50.00"))];
    let expected = [
        leg(1, receipt(1), 9, "50.00"),
        leg(2, receipt(1), 10, "10.00"),
        leg(3, receipt(2), 10, "30.00"),
        leg(4, fee(), 10, "10.00"),
    ];
    assert_eq!(pair(&sources, &bills).unwrap(), expected);
}

#[test]
fn each_currency_is_paired_for_itself() {
    let dollars = |amount: &str| Money::parse(amount, Currency::parse("USD").unwrap()).unwrap();
    let sources = [(receipt(1), dollars("5.00")), (receipt(2), yuan("30.00"))];
    let bills = [(bill(9), yuan("30.00")), (bill(10), dollars("5.00"))];
    let legs = pair(&sources, &bills).unwrap();
    let paired: Vec<_> = legs.iter().map(|leg| (leg.source.clone(), leg.bill.clone(), leg.amount)).collect();
    assert_eq!(paired, [(receipt(1), bill(10), dollars("5.00")), (receipt(2), bill(9), yuan("30.00"))]);
    let unequal = pair(&sources, &[(bill(9), yuan("35.00"))]).unwrap_err();
    assert_eq!(unequal, WriteOffRefusal::SumsDiffer { from: dollars("5.00"), to: dollars("0.00") });
    let zero = pair(&[(receipt(1), yuan("0.00"))], &[(bill(9), yuan("1.00"))]).unwrap_err();
    assert_eq!(zero, WriteOffRefusal::AmountNotPositive { amount: yuan("0.00") });
    assert_eq!(pair(&[], &[]), Err(WriteOffRefusal::NoLegs));
}

proptest! {
    /// However sums are cut on either side, the legs come to them, source by source and bill by bill.
    #[test]
    fn legs_come_to_what_was_said(
        sources in proptest::collection::vec(1..9_999_i64, 1..12),
        cuts in proptest::collection::vec(0..120_000_i64, 0..10),
    ) {
        let cents = |cents: i64| Money::new(rust_decimal::Decimal::new(cents, 2), Currency::CNY).unwrap();
        let total: i64 = sources.iter().sum();
        let mut ends: Vec<i64> = cuts.into_iter().filter(|cut| (1..total).contains(cut)).chain([total]).collect();
        ends.sort_unstable();
        ends.dedup();
        let starts = [0].into_iter().chain(ends.iter().copied());
        let bills: Vec<_> = (1..).zip(ends.iter().zip(starts).map(|(end, start)| end - start)).collect();
        let sources: Vec<_> = (1..).zip(sources).collect();
        let from: Vec<_> = sources.iter().map(|(number, sum)| (receipt(*number), cents(*sum))).collect();
        let to: Vec<_> = bills.iter().map(|(month, sum)| (bill(*month), cents(*sum))).collect();
        let legs = pair(&from, &to).unwrap();
        let sum = |amounts: Vec<Money>| amounts.iter().fold(cents(0), |sum, amount| sum.checked_add(*amount).unwrap());
        for (source, amount) in &from {
            let of_source = legs.iter().filter(|leg| leg.source == *source).map(|leg| leg.amount);
            prop_assert_eq!(sum(of_source.collect()), *amount);
        }
        for (bill, amount) in &to {
            let of_bill = legs.iter().filter(|leg| leg.bill == *bill).map(|leg| leg.amount);
            prop_assert_eq!(sum(of_bill.collect()), *amount);
        }
        prop_assert!(WriteOff::default().decide(make(legs)).is_ok());
    }
}
