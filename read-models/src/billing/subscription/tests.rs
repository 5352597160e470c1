use tallybook_domain::BookEvent;
use tallybook_domain::billing::SubscriptionEvent;

use super::Subscriptions;
use crate::testing::{customer, day, folded};

fn assigned(number: u64, plan: &str, from: &str) -> BookEvent {
    let (customer, plan) = (customer(number), plan.parse().unwrap());
    SubscriptionEvent::PricePlanAssigned { customer, plan, from: day(from) }.into()
}

fn ended(number: u64, from: &str) -> BookEvent {
    SubscriptionEvent::PricePlanEnded { customer: customer(number), from: day(from) }.into()
}

fn plans(events: Vec<BookEvent>) -> Vec<(String, String, Option<String>, u64)> {
    let tables = folded::<Subscriptions>(events);
    let mut rows: Vec<_> = tables
        .changes
        .rows()
        .map(|row| {
            let plan = row.plan.as_ref().map(ToString::to_string);
            (row.customer.to_string(), row.effective_from.to_string(), plan, row.changed.position)
        })
        .collect();
    rows.sort();
    rows
}

#[test]
fn each_change_is_a_row() {
    let rows =
        plans(vec![assigned(1, "a", "2026-10-01"), assigned(2, "b", "2026-10-05"), ended(1, "2026-11-01")]);
    assert_eq!(
        rows,
        [
            ("C00001".into(), "2026-10-01".into(), Some("a".into()), 1),
            ("C00001".into(), "2026-11-01".into(), None, 3),
            ("C00002".into(), "2026-10-05".into(), Some("b".into()), 2),
        ]
    );
}

#[test]
fn the_last_change_of_a_day_counts() {
    let rows =
        plans(vec![assigned(1, "a", "2026-10-01"), ended(1, "2026-10-01"), assigned(1, "b", "2026-10-01")]);
    assert_eq!(rows, [("C00001".into(), "2026-10-01".into(), Some("b".into()), 3)]);
}

/// What the queries tell void rows by: they are older than a row that begins earlier.
#[test]
fn a_voided_row_keeps_its_place() {
    let rows = plans(vec![assigned(1, "a", "2026-10-20"), assigned(1, "b", "2026-10-10")]);
    let places: Vec<_> = rows.iter().map(|row| (row.1.as_str(), row.3)).collect();
    assert_eq!(places, [("2026-10-10", 2), ("2026-10-20", 1)]);
}

#[test]
fn a_change_that_waits_is_told_until_it_is_decided() {
    let requested = || -> BookEvent {
        SubscriptionEvent::PricePlanChangeRequested {
            customer: customer(1),
            plan: None,
            from: day("2026-11-01"),
            reason: Some("closed".parse().unwrap()),
            requested_by: "user:li".parse().unwrap(),
        }
        .into()
    };
    let waiting = || [assigned(1, "a", "2026-10-01"), requested()];
    let tables = folded::<Subscriptions>(waiting());
    let asked = tables.requests.get(&customer(1)).unwrap().requested.clone().unwrap();
    assert_eq!((asked.from, asked.plan, asked.requested_by.as_str()), (day("2026-11-01"), None, "user:li"));
    assert_eq!(tables.changes.rows().count(), 1, "nothing has changed yet");
    let (wang, reason) = (|| "user:wang".parse().unwrap(), "no".parse().unwrap());
    let approved = SubscriptionEvent::PricePlanChangeApproved { customer: customer(1), approved_by: wang() };
    let rejected =
        SubscriptionEvent::PricePlanChangeRejected { customer: customer(1), rejected_by: wang(), reason };
    for decided in [approved, rejected] {
        let tables = folded::<Subscriptions>(waiting().into_iter().chain([decided.into()]));
        assert_eq!(tables.requests.get(&customer(1)).unwrap().requested, None);
    }
}
