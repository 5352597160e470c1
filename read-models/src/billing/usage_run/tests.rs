use tallybook_domain::billing::UsageSourceEvent;
use tallybook_domain::billing::usage_source::{
    CollectedCounts, FailedCollection, UsageRunId, UsageRunState, UsageRunTerms,
};
use tallybook_domain::{BookEvent, Month};

use super::UsageRuns;
use crate::testing::{customer, folded, try_folded};

fn run() -> UsageRunId {
    "meters.1".parse().unwrap()
}

fn started() -> BookEvent {
    UsageSourceEvent::UsageRunStarted { run: run(), terms: UsageRunTerms::default() }.into()
}

fn resumed() -> BookEvent {
    UsageSourceEvent::UsageRunResumed { run: run() }.into()
}

fn collected(recorded: u64, failed: &[&str]) -> BookEvent {
    let month: Month = "2026-10".parse().unwrap();
    let failed =
        failed.iter().map(|why| FailedCollection::because(why).of_month(customer(42), month)).collect();
    let counts = CollectedCounts { recorded, unchanged: 1, ..CollectedCounts::default() };
    UsageSourceEvent::UsageCollected { run: run(), asked: 2, counts, failed }.into()
}

fn finished(given_up: Option<&str>) -> BookEvent {
    let given_up = given_up.map(|why| why.parse().unwrap());
    UsageSourceEvent::UsageRunFinished { run: run(), given_up }.into()
}

#[test]
fn a_run_counts_what_came_and_what_failed() {
    let tables =
        folded::<UsageRuns>([started(), collected(3, &["404", "500"]), collected(4, &[]), finished(None)]);
    let row = tables.runs.get(&run()).unwrap();
    assert_eq!((row.state, row.asked, row.counts.recorded, row.failed), (UsageRunState::Finished, 4, 7, 2));
    assert_eq!((row.started.position, row.updated.position), (1, 4));
    let of = |place| tables.failures.get(&(run(), 2, place)).unwrap();
    assert_eq!((of(0).reason.as_str(), of(1).reason.as_str()), ("404", "500"));
    assert_eq!(of(0).customer, Some(customer(42)));
}

#[test]
fn a_run_that_is_taken_up_keeps_what_was_recorded() {
    let tables = folded::<UsageRuns>([started(), collected(3, &["500"]), resumed(), collected(1, &[])]);
    let row = tables.runs.get(&run()).unwrap();
    assert_eq!((row.asked, row.counts.recorded, row.counts.unchanged, row.failed), (2, 4, 1, 0));
    assert_eq!(row.tried_position, 3);
}

#[test]
fn a_run_that_was_given_up_says_why() {
    let tables = folded::<UsageRuns>([started(), finished(Some("nobody answered"))]);
    let row = tables.runs.get(&run()).unwrap();
    assert_eq!(row.state, UsageRunState::Failed);
    assert_eq!(row.given_up.as_ref().unwrap().as_str(), "nobody answered");
}

#[test]
fn what_follows_no_start_cannot_be_folded() {
    for event in [collected(1, &[]), resumed(), finished(None)] {
        assert!(try_folded::<UsageRuns>([event]).is_err());
    }
    assert!(try_folded::<UsageRuns>([started(), started()]).is_err());
}
