use tallybook_domain::BookEvent;
use tallybook_domain::settlement::matching::{MatchEvidence, RuleName};
use tallybook_domain::settlement::write_off::{DifferenceReason, Leg, LegSource};
use tallybook_domain::settlement::{WriteOffEvent, WriteOffState};

use super::{WriteOffTables, WriteOffs};
use crate::testing::{customer, day, folded, receipt_id, wallet, write_off_id, yuan};

fn legs() -> Vec<Leg> {
    let bill = |text: &str| text.parse().unwrap();
    vec![
        Leg {
            leg: 1,
            source: LegSource::Receipt(receipt_id()),
            bill: bill("C00001.2026-09"),
            amount: yuan("25.00"),
        },
        Leg {
            leg: 2,
            source: LegSource::Wallet(wallet(1)),
            bill: bill("C00001.2026-10"),
            amount: yuan("20.00"),
        },
        Leg {
            leg: 3,
            source: LegSource::Difference(DifferenceReason::BankFee),
            bill: bill("C00001.2026-10"),
            amount: yuan("5.00"),
        },
    ]
}

fn evidence() -> MatchEvidence {
    MatchEvidence {
        rule: RuleName::ExactBill,
        rules_version: 3,
        score: "0.98".parse().unwrap(),
        reasons: vec!["amount equal".into()],
    }
}

#[test]
fn why_rules_found_it_stays_after_somebody_approved_it() {
    for events in [vec![posted(None)], vec![proposed(), posted(Some("user:wang"))]] {
        let tables = folded::<WriteOffs>(events);
        assert_eq!(tables.write_offs.get(&write_off_id()).unwrap().matched, Some(evidence()));
    }
}

fn posted(approved_by: Option<&str>) -> BookEvent {
    WriteOffEvent::WriteOffPosted {
        write_off: write_off_id(),
        customer: customer(1),
        legs: legs(),
        approved_by: approved_by.map(|by| by.parse().unwrap()),
        effective_date: day("2026-11-05"),
        matched: approved_by.is_none().then(evidence),
    }
    .into()
}

fn proposed() -> BookEvent {
    WriteOffEvent::WriteOffProposed {
        write_off: write_off_id(),
        customer: customer(1),
        legs: legs(),
        requested_by: "user:li".parse().unwrap(),
        effective_date: day("2026-11-04"),
        matched: Some(evidence()),
    }
    .into()
}

fn undone(leg: usize) -> BookEvent {
    WriteOffEvent::WriteOffLegReversed {
        write_off: write_off_id(),
        leg: legs().remove(leg - 1),
        reason: "wrong bill".parse().unwrap(),
        effective_date: day("2026-11-06"),
    }
    .into()
}

fn state(tables: &WriteOffTables) -> WriteOffState {
    tables.write_offs.get(&write_off_id()).unwrap().state
}

#[test]
fn one_that_is_posted_at_once_is_its_makers() {
    let tables = folded::<WriteOffs>([posted(None)]);
    let row = tables.write_offs.get(&write_off_id()).unwrap();
    assert_eq!((row.state, row.made_by.as_str(), row.leg_count), (WriteOffState::Posted, "user:tester", 3));
    let leg = tables.legs.get(&(write_off_id(), 2)).unwrap();
    assert_eq!((&leg.leg, &leg.reversal), (&legs()[1], &None));
}

#[test]
fn one_that_waits_is_approved_or_rejected() {
    let waiting = folded::<WriteOffs>([proposed()]);
    assert_eq!(state(&waiting), WriteOffState::Proposed);
    let tables = folded::<WriteOffs>([proposed(), posted(Some("user:wang"))]);
    let row = tables.write_offs.get(&write_off_id()).unwrap();
    assert_eq!((row.state, row.made_by.as_str()), (WriteOffState::Posted, "user:li"));
    assert_eq!(row.decided_by.as_ref().unwrap().as_str(), "user:wang");
    assert_eq!(row.effective_date, day("2026-11-05"));
    let rejected = WriteOffEvent::WriteOffRejected {
        write_off: write_off_id(),
        rejected_by: "user:wang".parse().unwrap(),
        reason: "no".parse().unwrap(),
    };
    let tables = folded::<WriteOffs>([proposed(), rejected.into()]);
    let row = tables.write_offs.get(&write_off_id()).unwrap();
    assert_eq!((row.state, row.rejection.as_ref().unwrap().as_str()), (WriteOffState::Rejected, "no"));
}

#[test]
fn legs_are_undone_one_by_one() {
    let tables = folded::<WriteOffs>([posted(None), undone(2)]);
    assert_eq!(state(&tables), WriteOffState::PartlyReversed);
    let reversal = tables.legs.get(&(write_off_id(), 2)).unwrap().reversal.clone().unwrap();
    assert_eq!((reversal.reason.as_str(), reversal.position), ("wrong bill", 2));
    let tables = folded::<WriteOffs>([posted(None), undone(2), undone(1), undone(3)]);
    assert_eq!(state(&tables), WriteOffState::Reversed);
}
