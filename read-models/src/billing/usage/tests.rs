use tallybook_domain::BookEvent;
use tallybook_domain::billing::usage::UsageRecord;
use tallybook_domain::billing::{BillId, UsageEvent, UsageId};

use super::{UsageProjection, UsageRow, UsageTables};
use crate::fold::{FoldFault, KeyedRow};
use crate::testing::{customer, day, folded, try_folded};

fn usage() -> UsageId {
    UsageId::on(&customer(42), day("2026-10-01"))
}

fn recorded(date: &str, quantity: &str, late: bool) -> BookEvent {
    let record = UsageRecord {
        meter: "sms".parse().unwrap(),
        date: day(date),
        quantity: quantity.parse().unwrap(),
        reference: "gw-1".parse().unwrap(),
    };
    UsageEvent::UsageRecorded { usage: usage(), records: vec![record], late }.into()
}

fn corrected(date: &str, (old, new): (&str, &str), late: bool) -> BookEvent {
    UsageEvent::UsageCorrected {
        usage: usage(),
        meter: "sms".parse().unwrap(),
        date: day(date),
        reference: "gw-1".parse().unwrap(),
        old_quantity: old.parse().unwrap(),
        new_quantity: new.parse().unwrap(),
        late,
    }
    .into()
}

fn bill() -> BillId {
    BillId::new(&customer(42), usage().month())
}

fn row<'t>(tables: &'t UsageTables, date: &str) -> &'t UsageRow {
    tables.records.rows().find(|row| row.date == day(date)).unwrap()
}

#[test]
fn each_record_is_a_row() {
    let tables =
        folded::<UsageProjection>([recorded("2026-10-05", "3", false), recorded("2026-10-06", "0.5", false)]);
    let found = row(&tables, "2026-10-06");
    assert_eq!((found.customer.clone(), found.month), (customer(42), usage().month()));
    assert_eq!((found.meter.as_str(), found.reference.as_str()), ("sms", "gw-1"));
    assert_eq!((found.quantity.to_string(), found.late, found.sequence), ("0.5".into(), false, 2));
    assert_eq!((found.created.position, found.updated.position), (2, 2));
    assert_eq!(tables.records.rows().count(), 2);
    assert_eq!(tables.records.get(&found.key()), Some(found));
}

#[test]
fn a_correction_changes_its_row() {
    let tables = folded::<UsageProjection>([
        recorded("2026-10-05", "3", false),
        recorded("2026-10-06", "7", false),
        UsageEvent::UsageBilled { usage: usage(), bill: bill(), through: 2 }.into(),
        corrected("2026-10-05", ("3", "4"), true),
    ]);
    let found = row(&tables, "2026-10-05");
    assert_eq!((found.quantity.to_string(), found.late, found.sequence), ("4".into(), true, 4));
    assert_eq!((found.created.position, found.updated.position), (1, 4));
    assert!(!row(&tables, "2026-10-06").late);
}

#[test]
fn what_came_late_stays_late() {
    let tables = folded::<UsageProjection>([
        UsageEvent::UsageBilled { usage: usage(), bill: bill(), through: 0 }.into(),
        recorded("2026-10-05", "3", true),
        UsageEvent::UsageUnbilled { usage: usage(), bill: bill(), voided_on: None }.into(),
        corrected("2026-10-05", ("3", "4"), false),
    ]);
    assert!(row(&tables, "2026-10-05").late);
}

#[test]
fn a_bill_stands_until_it_is_voided() {
    let billed = || UsageEvent::UsageBilled { usage: usage(), bill: bill(), through: 1 }.into();
    let key = (customer(42), usage().month(), bill(), 0);
    let tables = folded::<UsageProjection>([recorded("2026-10-05", "3", false), billed()]);
    let found = tables.bills.get(&key).unwrap();
    assert_eq!((found.through, found.standing, found.updated.position), (1, true, 2));
    let voided = UsageEvent::UsageUnbilled { usage: usage(), bill: bill(), voided_on: None }.into();
    let tables = folded::<UsageProjection>([recorded("2026-10-05", "3", false), billed(), voided]);
    assert!(!tables.bills.get(&key).unwrap().standing);
}

#[test]
fn a_correction_of_nothing_is_a_fault() {
    let error = try_folded::<UsageProjection>([corrected("2026-10-05", ("3", "4"), false)]).unwrap_err();
    assert!(matches!(error.fault, FoldFault::Missing { table: "usage_records", .. }));
}

#[test]
fn what_came_late_and_changed_nothing_is_counted_by_the_bill_before() {
    let billed = UsageEvent::UsageBilled { usage: usage(), bill: bill(), through: 1 }.into();
    let settled =
        UsageEvent::LateUsageSettled { usage: usage(), bill: bill(), note: None, through: 3 }.into();
    let late = recorded("2026-10-06", "3", true);
    let tables = folded::<UsageProjection>([recorded("2026-10-05", "3", false), billed, late, settled]);
    let found = tables.bills.get(&(customer(42), usage().month(), bill(), 0)).unwrap();
    assert_eq!((found.through, found.updated.position), (3, 4));
}

#[test]
fn a_note_counts_what_came_late_beside_its_bill() {
    let billed = UsageEvent::UsageBilled { usage: usage(), bill: bill(), through: 1 }.into();
    let credited = UsageEvent::LateUsageCredited { usage: usage(), bill: bill(), note: 1, through: 3 }.into();
    let late = recorded("2026-10-06", "3", true);
    let tables = folded::<UsageProjection>([recorded("2026-10-05", "3", false), billed, late, credited]);
    let through = |note| tables.bills.get(&(customer(42), usage().month(), bill(), note)).unwrap().through;
    assert_eq!((through(0), through(1)), (1, 3));
}
