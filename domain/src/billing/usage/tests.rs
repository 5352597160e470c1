use cqrs_es::test::TestFramework;

use super::*;
use crate::billing::BillId;
use crate::dates::EffectiveDateOutOfRange;
use crate::event_sourced::EventSourced;
use crate::ids::CustomerId;

fn usage() -> UsageId {
    "C00042.2026-10.usage".parse().unwrap()
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn record(meter: &str, date: &str, quantity: &str, reference: &str) -> UsageRecord {
    UsageRecord {
        meter: meter.parse().unwrap(),
        date: day(date),
        quantity: quantity.parse().unwrap(),
        reference: reference.parse().unwrap(),
    }
}

fn sms(date: &str, quantity: &str) -> UsageRecord {
    record("sms", date, quantity, "gw-1")
}

fn entry(record: UsageRecord) -> UsageEntry {
    UsageEntry { record, correction: false }
}

fn correction(record: UsageRecord) -> UsageEntry {
    UsageEntry { record, correction: true }
}

fn recorded(records: Vec<UsageRecord>) -> UsageEvent {
    UsageEvent::UsageRecorded { usage: usage(), records, late: false }
}

fn corrected(date: &str, old: &str, new: &str) -> UsageEvent {
    UsageEvent::UsageCorrected {
        usage: usage(),
        meter: "sms".parse().unwrap(),
        date: day(date),
        reference: "gw-1".parse().unwrap(),
        old_quantity: old.parse().unwrap(),
        new_quantity: new.parse().unwrap(),
        late: false,
    }
}

fn first_bill() -> BillId {
    BillId::new(&CustomerId::from_number(42), usage().month())
}

fn billed(bill: BillId, through: u64) -> UsageEvent {
    UsageEvent::UsageBilled { usage: usage(), bill, through }
}

fn unbilled(bill: BillId) -> UsageEvent {
    UsageEvent::UsageUnbilled { usage: usage(), bill, voided_on: Some(voided_on()) }
}

fn given(events: Vec<UsageEvent>) -> cqrs_es::test::AggregateTestExecutor<Usage> {
    TestFramework::with(()).given(events)
}

fn state(events: &[UsageEvent]) -> Usage {
    let mut state = Usage::default();
    for event in events {
        state.evolve(event).unwrap();
    }
    state
}

fn record_all(entries: Vec<UsageEntry>) -> UsageCommand {
    UsageCommand::Record { usage: usage(), entries, today: day("2026-10-30") }
}

fn bill(bill: BillId) -> UsageCommand {
    UsageCommand::Bill { usage: usage(), bill }
}

fn unbill(bill: BillId) -> UsageCommand {
    UsageCommand::Unbill { usage: usage(), bill, voided_on: Some(voided_on()) }
}

#[test]
fn a_batch_is_one_event() {
    let records = vec![sms("2026-10-01", "3"), record("data", "2026-10-01", "0.5", "x")];
    given(vec![])
        .when(record_all(records.clone().into_iter().map(entry).collect()))
        .then_expect_events(vec![recorded(records)]);
    given(vec![]).when(record_all(vec![])).then_expect_events(vec![]);
}

#[test]
fn the_same_record_again_is_no_change() {
    let once = recorded(vec![sms("2026-10-01", "3")]);
    for again in [entry(sms("2026-10-01", "3.00")), correction(sms("2026-10-01", "3"))] {
        given(vec![once.clone()]).when(record_all(vec![again])).then_expect_events(vec![]);
    }
    let twice = vec![entry(sms("2026-10-01", "3")), entry(sms("2026-10-01", "3"))];
    given(vec![]).when(record_all(twice)).then_expect_events(vec![once]);
}

#[test]
fn a_record_is_named_by_meter_day_and_reference() {
    let others = [
        sms("2026-10-02", "4"),
        record("mms", "2026-10-01", "4", "gw-1"),
        record("sms", "2026-10-01", "4", "gw-2"),
    ];
    for other in others {
        given(vec![recorded(vec![sms("2026-10-01", "3")])])
            .when(record_all(vec![entry(other.clone())]))
            .then_expect_events(vec![recorded(vec![other])]);
    }
}

fn differs(recorded: &str, given: &str) -> UsageRefusal {
    let UsageRecord { meter, date, reference, .. } = sms("2026-10-01", "0");
    let (recorded, given) = (recorded.parse().unwrap(), given.parse().unwrap());
    UsageRefusal::Differs { meter, date, reference, recorded, given }
}

#[test]
fn another_quantity_has_to_be_a_correction() {
    let before = vec![recorded(vec![sms("2026-10-01", "3"), sms("2026-10-02", "5")])];
    given(before.clone())
        .when(record_all(vec![entry(sms("2026-10-03", "1")), entry(sms("2026-10-01", "4"))]))
        .then_expect_error(differs("3", "4"));
    given(before.clone())
        .when(record_all(vec![correction(sms("2026-10-01", "4")), entry(sms("2026-10-03", "1"))]))
        .then_expect_events(vec![recorded(vec![sms("2026-10-03", "1")]), corrected("2026-10-01", "3", "4")]);
    let after = state(&[before[0].clone(), corrected("2026-10-01", "3", "4")]);
    let (_, of_meter) = after.meters().next().unwrap();
    assert_eq!(of_meter.total(), "9".parse().unwrap());
    assert_eq!(of_meter.readings()[0].quantity, "4".parse().unwrap());
}

#[test]
fn an_entry_is_judged_after_those_before_it() {
    let entries = |last| vec![entry(sms("2026-10-01", "1")), correction(sms("2026-10-01", "2")), last];
    given(vec![])
        .when(record_all(entries(entry(sms("2026-10-01", "1")))))
        .then_expect_error(differs("2", "1"));
    given(vec![])
        .when(record_all(entries(entry(sms("2026-10-01", "2")))))
        .then_expect_events(vec![recorded(vec![sms("2026-10-01", "1")]), corrected("2026-10-01", "1", "2")]);
}

#[test]
fn what_is_not_there_is_not_corrected() {
    let UsageRecord { meter, date, reference, .. } = sms("2026-10-02", "3");
    given(vec![recorded(vec![sms("2026-10-01", "3")])])
        .when(record_all(vec![correction(sms("2026-10-02", "3"))]))
        .then_expect_error(UsageRefusal::NotRecorded { meter, date, reference });
}

#[test]
fn a_date_is_not_beyond_tomorrow() {
    given(vec![])
        .when(record_all(vec![entry(sms("2026-10-31", "3"))]))
        .then_expect_events(vec![recorded(vec![sms("2026-10-31", "3")])]);
    let today = day("2026-10-29");
    let entries = vec![entry(sms("2026-10-31", "3"))];
    let refused = EffectiveDateOutOfRange {
        effective_date: day("2026-10-31"),
        earliest: day("1900-01-01"),
        latest: day("2026-10-30"),
    };
    given(vec![])
        .when(UsageCommand::Record { usage: usage(), entries, today })
        .then_expect_error(UsageRefusal::Date(refused));
}

#[test]
fn a_sum_keeps_within_its_bounds() {
    let most = "1000000000000000";
    let refused = UsageRefusal::SumOutOfRange { usage: usage(), meter: "sms".parse().unwrap() };
    let tiny = "0.000000000001";
    given(vec![])
        .when(record_all(vec![entry(sms("2026-10-01", most)), entry(sms("2026-10-02", tiny))]))
        .then_expect_error(refused.clone());
    given(vec![recorded(vec![sms("2026-10-01", most)])])
        .when(record_all(vec![entry(sms("2026-10-02", tiny))]))
        .then_expect_error(refused);
    let full = vec![recorded(vec![sms("2026-10-01", most)])];
    let exact =
        [correction(sms("2026-10-01", "999999999999999.999999999999")), entry(sms("2026-10-02", tiny))];
    let after = Usage::decide(&state(&full), record_all(exact.to_vec())).unwrap();
    assert_eq!(after.len(), 2, "a correction makes room for what follows it");
}

#[test]
fn each_entry_is_assessed() {
    let state = state(&[recorded(vec![sms("2026-10-01", "3"), sms("2026-10-02", "5")])]);
    let entries = [
        entry(sms("2026-10-01", "3")),
        entry(sms("2026-10-02", "6")),
        correction(sms("2026-10-02", "6")),
        entry(sms("2026-10-03", "6")),
    ];
    let assessed = state.assess(&usage(), &entries, day("2026-10-30"));
    assert_eq!(assessed[0], Ok(UsageEffect::Unchanged));
    assert!(matches!(assessed[1], Err(UsageRefusal::Differs { .. })));
    assert_eq!(assessed[2], Ok(UsageEffect::Corrected));
    assert_eq!(assessed[3], Ok(UsageEffect::Recorded));
}

#[test]
fn records_are_kept_in_the_order_of_days_and_references() {
    let state = state(&[
        recorded(vec![record("sms", "2026-10-02", "1", "b"), record("data", "2026-10-09", "9", "z")]),
        recorded(vec![record("sms", "2026-10-02", "2", "a"), record("sms", "2026-10-01", "4", "c")]),
    ]);
    let of_meter = state.of(&"sms".parse().unwrap()).unwrap();
    let quantities: Vec<String> = of_meter.quantities().map(|quantity| quantity.to_string()).collect();
    assert_eq!(quantities, ["4", "2", "1"]);
    assert_eq!(of_meter.total(), "7".parse().unwrap());
    assert_eq!(state.meters().map(|(meter, _)| meter.as_str()).collect::<Vec<_>>(), ["data", "sms"]);
    let stored = serde_json::to_string(&state).unwrap();
    assert_eq!(serde_json::from_str::<Usage>(&stored).unwrap(), state, "a snapshot reads back");
}

#[test]
fn a_bill_counts_what_there_is_and_what_follows_is_late() {
    let (bill_id, delta) = (first_bill(), first_bill().delta(1).unwrap());
    let mut history = vec![recorded(vec![sms("2026-10-01", "3")])];
    given(history.clone()).when(bill(bill_id.clone())).then_expect_events(vec![billed(bill_id.clone(), 1)]);
    history.push(billed(bill_id.clone(), 1));
    given(history.clone()).when(bill(bill_id.clone())).then_expect_events(vec![]);
    assert!(state(&history).is_billed() && !state(&history).has_late_usage());
    given(history.clone())
        .when(bill(delta.clone()))
        .then_expect_error(UsageRefusal::NothingLate { usage: usage(), bill: bill_id.clone() });

    let late =
        UsageEvent::UsageRecorded { usage: usage(), records: vec![sms("2026-10-02", "1")], late: true };
    given(history.clone())
        .when(record_all(vec![entry(sms("2026-10-02", "1"))]))
        .then_expect_events(vec![late.clone()]);
    history.push(late);
    assert!(state(&history).has_late_usage());
    let second = bill_id.revised(2).unwrap();
    given(history.clone())
        .when(bill(second))
        .then_expect_error(UsageRefusal::BilledAlready { usage: usage(), bill: bill_id });
    given(history.clone()).when(bill(delta.clone())).then_expect_events(vec![billed(delta.clone(), 3)]);
    history.push(billed(delta, 3));
    assert!(!state(&history).has_late_usage());
}

#[test]
fn a_month_without_usage_is_billed_too() {
    let bill_id = first_bill();
    given(vec![]).when(bill(bill_id.clone())).then_expect_events(vec![billed(bill_id.clone(), 0)]);
    let delta = bill_id.delta(1).unwrap();
    given(vec![]).when(bill(delta)).then_expect_error(UsageRefusal::NotBilled { usage: usage() });
}

#[test]
fn a_voided_bill_counts_nothing() {
    let (bill_id, delta) = (first_bill(), first_bill().delta(1).unwrap());
    let late =
        UsageEvent::UsageRecorded { usage: usage(), records: vec![sms("2026-10-02", "1")], late: true };
    let history = vec![
        recorded(vec![sms("2026-10-01", "3")]),
        billed(bill_id.clone(), 1),
        late,
        billed(delta.clone(), 3),
    ];
    given(history.clone())
        .when(unbill(bill_id.clone()))
        .then_expect_error(UsageRefusal::LaterBillStands { bill: bill_id.clone(), later: delta.clone() });
    given(history.clone()).when(unbill(delta.clone())).then_expect_events(vec![unbilled(delta.clone())]);
    let mut history = [history, vec![unbilled(delta.clone())]].concat();
    assert!(state(&history).has_late_usage());
    given(history.clone()).when(unbill(delta)).then_expect_events(vec![]);
    history.push(unbilled(bill_id.clone()));
    assert!(!state(&history).is_billed() && !state(&history).has_late_usage());
    let second = bill_id.revised(2).unwrap();
    given(history).when(bill(second.clone())).then_expect_events(vec![billed(second, 6)]);
}

#[test]
fn an_event_that_does_not_fit_is_corruption() {
    let once = recorded(vec![sms("2026-10-02", "3")]);
    let other = UsageEvent::UsageBilled {
        usage: "C00043.2026-10.usage".parse().unwrap(),
        bill: "C00043.2026-10".parse().unwrap(),
        through: 1,
    };
    let late =
        UsageEvent::UsageRecorded { usage: usage(), records: vec![sms("2026-10-03", "3")], late: true };
    let most = "1000000000000000";
    for broken in [
        once.clone(),
        recorded(vec![sms("2026-10-01", "3"), sms("2026-10-01", "3")]),
        recorded(vec![sms("2026-11-01", "3")]),
        recorded(vec![]),
        recorded(vec![sms("2026-10-03", most)]),
        corrected("2026-10-02", "4", "5"),
        corrected("2026-10-01", "3", "5"),
        late,
        other,
        billed(first_bill(), 0),
        billed(first_bill().delta(1).unwrap(), 1),
        billed("C00042.2026-11".parse().unwrap(), 1),
        unbilled(first_bill()),
    ] {
        let mut usage = state(std::slice::from_ref(&once));
        assert!(usage.evolve(&broken).is_err(), "{broken:?}");
    }
}

#[test]
fn what_came_late_and_changes_nothing_is_counted_by_the_last_bill() {
    let (bill_id, delta) = (first_bill(), first_bill().delta(1).unwrap());
    let settle = || UsageCommand::Settle { usage: usage() };
    let settled = |bill: &BillId, through| {
        let (usage, bill) = (usage(), bill.clone());
        UsageEvent::LateUsageSettled { usage, bill, note: None, through }
    };
    let late = |day: &str| {
        let (usage, records) = (usage(), vec![sms(day, "1")]);
        UsageEvent::UsageRecorded { usage, records, late: true }
    };
    given(vec![]).when(settle()).then_expect_error(UsageRefusal::NotBilled { usage: usage() });
    let mut history = vec![recorded(vec![sms("2026-10-01", "3")]), billed(bill_id.clone(), 1)];
    given(history.clone()).when(settle()).then_expect_events(vec![]);
    history.extend([late("2026-10-02"), billed(delta.clone(), 3), late("2026-10-03")]);
    given(history.clone()).when(settle()).then_expect_events(vec![settled(&delta, 5)]);
    assert!(state(&history).evolve(&settled(&bill_id, 5)).is_err(), "it is not the last");
    assert!(state(&history).evolve(&settled(&delta, 4)).is_err(), "it counts what there is");
    history.push(settled(&delta, 5));
    assert!(!state(&history).has_late_usage());
    given(history.clone()).when(settle()).then_expect_events(vec![]);
    // Voided, what the bill of late usage counted is late again, all of it.
    history.push(unbilled(delta));
    assert!(state(&history).has_late_usage());
    assert_eq!(state(&history).bills().last().map(|last| last.through), Some(1));
}

#[test]
fn a_note_counts_what_came_late_and_made_less() {
    let (bill_id, delta) = (first_bill(), first_bill().delta(1).unwrap());
    let credit = |bill: &BillId| UsageCommand::Credit { usage: usage(), bill: bill.clone(), note: 1 };
    let credited = |through| {
        let (usage, bill) = (usage(), bill_id.clone());
        UsageEvent::LateUsageCredited { usage, bill, note: 1, through }
    };
    given(vec![]).when(credit(&bill_id)).then_expect_error(UsageRefusal::NotBilled { usage: usage() });
    let mut history = vec![recorded(vec![sms("2026-10-01", "3")]), billed(bill_id.clone(), 1)];
    given(history.clone())
        .when(credit(&bill_id))
        .then_expect_error(UsageRefusal::NothingLate { usage: usage(), bill: bill_id.clone() });
    let less = UsageEvent::UsageCorrected {
        usage: usage(),
        meter: sms("2026-10-01", "3").meter,
        date: sms("2026-10-01", "3").date,
        reference: sms("2026-10-01", "3").reference,
        old_quantity: sms("2026-10-01", "3").quantity,
        new_quantity: sms("2026-10-01", "2").quantity,
        late: true,
    };
    history.push(less);
    given(history.clone()).when(credit(&delta)).then_expect_error(UsageRefusal::NotBilled { usage: usage() });
    given(history.clone()).when(credit(&bill_id)).then_expect_events(vec![credited(3)]);
    history.push(credited(3));
    assert!(!state(&history).has_late_usage());
    let mut broken = state(&history);
    assert!(broken.evolve(&credited(3)).is_err(), "it counts what there was before it");
}

fn voided_on() -> chrono::NaiveDate {
    day("2026-11-10")
}

#[test]
fn it_remembers_from_when_on_a_bill_of_it_is_owed_no_longer() {
    let history = [recorded(vec![sms("2026-10-01", "3")]), billed(first_bill(), 1), unbilled(first_bill())];
    assert_eq!(state(&history[..2]).unbilled_on(), None);
    assert_eq!(state(&history).unbilled_on(), Some(voided_on()));
}
