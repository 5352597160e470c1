use chrono::{Days, NaiveDate};
use cqrs_es::test::TestFramework;
use rust_decimal::Decimal;

use super::*;
use crate::billing::usage::UsageRecord;
use crate::billing::{Usage, UsageEvent};
use crate::event_sourced::EventSourced;

const PLAUSIBILITY: Plausibility =
    Plausibility { factor: Decimal::TEN, window_days: 30, least_records: 3, corrections: false };

fn quarantine() -> UsageQuarantineId {
    "C00042.2026-10.quarantine".parse().unwrap()
}

fn day(of_october: u64) -> NaiveDate {
    let eve: NaiveDate = "2026-09-30".parse().unwrap();
    eve + Days::new(of_october)
}

fn held(given: &str, reason: QuarantineReason) -> HeldUsage {
    let (meter, reference) = ("calls".parse().unwrap(), "gw-1".parse().unwrap());
    let given = given.parse().unwrap();
    HeldUsage { meter, date: day(9), reference, given, reason, recorded: None, average: None }
}

fn negative() -> HeldUsage {
    held("-5", QuarantineReason::Negative)
}

fn too_much() -> HeldUsage {
    let average = Some("10".parse().unwrap());
    HeldUsage { average, ..held("101", QuarantineReason::AboveAverage) }
}

fn quarantined(first: u32, held: Vec<HeldUsage>) -> UsageQuarantineEvent {
    let run = "meters.1".parse().unwrap();
    UsageQuarantineEvent::UsageQuarantined { quarantine: quarantine(), run, first, held }
}

fn accepted(number: u32, quantity: &str) -> UsageQuarantineEvent {
    let (quarantine, quantity) = (quarantine(), quantity.parse().unwrap());
    UsageQuarantineEvent::QuarantinedUsageAccepted { quarantine, number, quantity }
}

fn dismissed(number: u32) -> UsageQuarantineEvent {
    UsageQuarantineEvent::QuarantinedUsageDismissed { quarantine: quarantine(), number }
}

fn given(events: Vec<UsageQuarantineEvent>) -> cqrs_es::test::AggregateTestExecutor<UsageQuarantine> {
    TestFramework::with(()).given(events)
}

fn hold(held: Vec<HeldUsage>) -> UsageQuarantineCommand {
    UsageQuarantineCommand::Hold { quarantine: quarantine(), run: "meters.1".parse().unwrap(), held }
}

fn accept(number: u32, quantity: Option<&str>) -> UsageQuarantineCommand {
    let quantity = quantity.map(|quantity| quantity.parse().unwrap());
    UsageQuarantineCommand::Accept { id: quarantine().entry(number), quantity }
}

fn dismiss(number: u32) -> UsageQuarantineCommand {
    UsageQuarantineCommand::Dismiss { id: quarantine().entry(number) }
}

#[test]
fn a_value_is_put_aside_once_whatever_became_of_it() {
    given(vec![])
        .when(hold(vec![negative(), negative()]))
        .then_expect_events(vec![quarantined(1, vec![negative()])]);
    let before = quarantined(1, vec![negative()]);
    for history in [vec![], vec![dismissed(1)], vec![accepted(1, "5")]] {
        let history = [vec![before.clone()], history].concat();
        given(history.clone()).when(hold(vec![negative()])).then_expect_events(vec![]);
        given(history)
            .when(hold(vec![negative(), too_much()]))
            .then_expect_events(vec![quarantined(2, vec![too_much()])]);
    }
}

#[test]
fn what_is_no_quantity_is_accepted_only_with_one() {
    let before = || vec![quarantined(1, vec![negative(), too_much()])];
    let (id, given_text) = (quarantine().entry(1), "-5".parse().unwrap());
    given(before())
        .when(accept(1, None))
        .then_expect_error(UsageQuarantineRefusal::NotAQuantity { id, given: given_text });
    given(before()).when(accept(1, Some("5"))).then_expect_events(vec![accepted(1, "5")]);
    given(before()).when(accept(2, None)).then_expect_events(vec![accepted(2, "101")]);
}

#[test]
fn what_was_decided_stays_decided() {
    let decided = |event| vec![quarantined(1, vec![too_much()]), event];
    let refused = |state| UsageQuarantineRefusal::AlreadyDecided { id: quarantine().entry(1), state };
    given(decided(accepted(1, "101"))).when(accept(1, None)).then_expect_events(vec![]);
    given(decided(dismissed(1))).when(dismiss(1)).then_expect_events(vec![]);
    given(decided(accepted(1, "101")))
        .when(accept(1, Some("7")))
        .then_expect_error(refused(QuarantineState::Accepted));
    given(decided(accepted(1, "101"))).when(dismiss(1)).then_expect_error(refused(QuarantineState::Accepted));
    given(decided(dismissed(1))).when(accept(1, None)).then_expect_error(refused(QuarantineState::Dismissed));
}

#[test]
fn what_was_never_put_aside_is_not_found() {
    for command in [accept(2, None), dismiss(2)] {
        given(vec![quarantined(1, vec![negative()])])
            .when(command)
            .then_expect_error(UsageQuarantineRefusal::NotFound { id: quarantine().entry(2) });
    }
}

#[test]
fn there_is_an_end_to_what_is_put_aside() {
    let many =
        |count: u32| (0..count).map(|n| held(&format!("-{n}.5"), QuarantineReason::Negative)).collect();
    let full = || UsageQuarantineRefusal::Full { quarantine: quarantine() };
    given(vec![]).when(hold(many(1001))).then_expect_error(full());
    given(vec![quarantined(1, many(1000))]).when(hold(vec![too_much()])).then_expect_error(full());
    given(vec![quarantined(1, many(1000))]).when(hold(many(1))).then_expect_events(vec![]);
}

#[test]
fn a_stream_that_decides_twice_is_corrupt() {
    for wrong in [
        vec![quarantined(2, vec![negative()])],
        vec![accepted(1, "5")],
        vec![quarantined(1, vec![negative()]), dismissed(1), accepted(1, "5")],
        vec![quarantined(1, vec![negative()]), dismissed(2)],
    ] {
        let mut quarantine = UsageQuarantine::default();
        assert!(wrong.iter().any(|event| quarantine.evolve(event).is_err()), "{wrong:?}");
    }
}

#[test]
fn ids_name_what_they_are_of() {
    let id: QuarantinedId = "C00042.2026-10.q3".parse().unwrap();
    assert_eq!((id.quarantine(), id.number(), quarantine().entry(3)), (quarantine(), 3, id));
    assert_eq!(quarantine().usage().as_str(), "C00042.2026-10.usage");
    for wrong in ["", "C00042.2026-10", "C00042.2026-10.q0", "C00042.2026-10.q", "C00042.2026-10.q03"] {
        assert!(wrong.parse::<QuarantinedId>().is_err(), "{wrong}");
    }
}

#[test]
fn a_number_has_one_spelling_and_anything_else_is_none() {
    let read = |raw: &str| GivenQuantity::read(raw);
    for (raw, text) in [
        ("120", "120"),
        ("120.50", "120.5"),
        ("1.2e2", "120"),
        (" 0 ", "0"),
        ("125E-2", "1.25"),
        ("1e+3", "1000"),
        ("0e9", "0"),
    ] {
        assert_eq!((read(raw).text.as_str(), read(raw).quantity), (text, Ok(text.parse().unwrap())), "{raw}");
    }
    use QuarantineReason as R;
    for (raw, text, reason) in [
        ("-5.0", "-5", R::Negative),
        ("-1e2", "-100", R::Negative),
        ("NaN", "NaN", R::NotANumber),
        ("null", "null", R::NotANumber),
        ("", "(nothing)", R::NotANumber),
        ("\u{7}", "(nothing)", R::NotANumber),
        ("1000000000000001", "1000000000000001", R::OutOfRange),
        ("0.0000000000001", "0.0000000000001", R::OutOfRange),
        ("99999999999999999999999999999999", "99999999999999999999999999999999", R::OutOfRange),
        ("1e99", "1e99", R::OutOfRange),
        ("1e-99", "1e-99", R::OutOfRange),
        ("1e99999999999", "1e99999999999", R::OutOfRange),
        // Kept as it is, not rounded to what can be.
        ("12345678901234567890123456789.5e-27", "12345678901234567890123456789.5e-27", R::OutOfRange),
        ("1.2e3.4", "1.2e3.4", R::NotANumber),
        ("e", "e", R::NotANumber),
    ] {
        assert_eq!((read(raw).text.as_str(), read(raw).quantity), (text, Err(reason)), "{raw}");
    }
    assert_eq!(read(&"9".repeat(200)).text.as_str().len(), 100);
}

fn collected(date: NaiveDate, quantity: &str) -> CollectedRecord {
    let (meter, reference) = ("calls".parse().unwrap(), "gw-1".parse().unwrap());
    CollectedRecord { meter, date, reference, quantity: quantity.to_owned() }
}

/// Ten a day on the first days of October.
fn used(days: u64) -> Usage {
    let record = |of_october| UsageRecord {
        meter: "calls".parse().unwrap(),
        date: day(of_october),
        quantity: "10".parse().unwrap(),
        reference: "gw-1".parse().unwrap(),
    };
    let mut usage = Usage::default();
    if days > 0 {
        let (of, records) = (quarantine().usage(), (1..=days).map(record).collect());
        usage.evolve(&UsageEvent::UsageRecorded { usage: of, records, late: false }).unwrap();
    }
    usage
}

/// What becomes of one record after so many days of ten each.
fn verdict(plausibility: Plausibility, days: u64, record: &CollectedRecord) -> Verdict {
    let (usage, nothing) = (used(days), UsageQuarantine::default());
    Judge::new(plausibility, &usage, vec![], &nothing).judge(record)
}

fn reason(verdict: Verdict) -> Option<QuarantineReason> {
    match verdict {
        Verdict::Quarantine(held) => Some(held.reason),
        Verdict::Unchanged | Verdict::Held | Verdict::Record(_) | Verdict::NoRoom => None,
    }
}

#[test]
fn ten_times_the_average_is_believed_and_more_is_not() {
    let on_ninth = |quantity| verdict(PLAUSIBILITY, 8, &collected(day(9), quantity));
    assert!(matches!(on_ninth("100"), Verdict::Record(_)));
    let Verdict::Quarantine(too_much) = on_ninth("100.000000000001") else { panic!("believed") };
    assert_eq!(
        (too_much.reason, too_much.average),
        (QuarantineReason::AboveAverage, Some("10".parse().unwrap()))
    );
    let tolerant = Plausibility { factor: Decimal::ONE_HUNDRED, ..PLAUSIBILITY };
    assert!(matches!(verdict(tolerant, 8, &collected(day(9), "1000")), Verdict::Record(_)));
}

#[test]
fn the_average_is_that_of_the_window_before_the_day() {
    // Too few records; records too long ago; records of days to come.
    for (plausibility, days, on) in
        [(PLAUSIBILITY, 2, 9), (Plausibility { window_days: 7, ..PLAUSIBILITY }, 8, 14), (PLAUSIBILITY, 8, 1)]
    {
        let record = CollectedRecord { reference: "gw-2".parse().unwrap(), ..collected(day(on), "1000") };
        assert!(matches!(verdict(plausibility, days, &record), Verdict::Record(_)), "{days} {on}");
    }
    let seven = Plausibility { window_days: 7, ..PLAUSIBILITY };
    assert_eq!(reason(verdict(seven, 8, &collected(day(13), "1000"))), Some(QuarantineReason::AboveAverage));
}

#[test]
fn the_months_before_count_and_so_does_what_came_just_now() {
    let (before, nothing) = (used(31), UsageQuarantine::default());
    let (november, empty) = (day(32), Usage::default());
    let mut judge = Judge::new(PLAUSIBILITY, &empty, vec![&before], &nothing);
    assert_eq!(reason(judge.judge(&collected(november, "101"))), Some(QuarantineReason::AboveAverage));
    let mut judge = Judge::new(PLAUSIBILITY, &empty, vec![], &nothing);
    for of_october in 1..=3 {
        assert!(matches!(judge.judge(&collected(day(of_october), "10")), Verdict::Record(_)));
    }
    assert_eq!(reason(judge.judge(&collected(day(4), "101"))), Some(QuarantineReason::AboveAverage));
    assert!(matches!(judge.judge(&collected(day(3), "10.0")), Verdict::Unchanged));
}

#[test]
fn after_nothing_at_all_anything_is_too_much() {
    let (usage, nothing) = (Usage::default(), UsageQuarantine::default());
    let mut judge = Judge::new(PLAUSIBILITY, &usage, vec![], &nothing);
    for of_october in 1..=3 {
        assert!(matches!(judge.judge(&collected(day(of_october), "0")), Verdict::Record(_)));
    }
    assert_eq!(reason(judge.judge(&collected(day(4), "1"))), Some(QuarantineReason::AboveAverage));
}

#[test]
fn another_quantity_corrects_only_if_the_source_may() {
    let record = collected(day(3), "12");
    assert_eq!(reason(verdict(PLAUSIBILITY, 8, &record)), Some(QuarantineReason::Changed));
    let correcting = Plausibility { corrections: true, ..PLAUSIBILITY };
    let Verdict::Record(entry) = verdict(correcting, 8, &record) else { panic!("put aside") };
    assert!(entry.correction);
    assert_eq!(verdict(correcting, 8, &collected(day(3), "10.00")), Verdict::Unchanged);
    let far_more = collected(day(8), "1000");
    assert_eq!(reason(verdict(correcting, 8, &far_more)), Some(QuarantineReason::AboveAverage));
}

#[test]
fn a_value_that_was_put_aside_stays_there_also_when_it_would_be_believed_now() {
    let mut quarantine = UsageQuarantine::default();
    quarantine.evolve(&quarantined(1, vec![too_much()])).unwrap();
    let usage = Usage::default();
    let mut judge = Judge::new(PLAUSIBILITY, &usage, vec![], &quarantine);
    assert_eq!(judge.judge(&collected(day(9), "101")), Verdict::Held);
    assert!(matches!(judge.judge(&collected(day(9), "102")), Verdict::Record(_)));
}
