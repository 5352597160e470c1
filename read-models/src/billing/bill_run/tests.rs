use tallybook_domain::billing::BillRunEvent;
use tallybook_domain::billing::bill_run::{BillRunState, ParkedCustomer, RunTerms};
use tallybook_domain::{BookEvent, Month};

use super::BillRuns;
use crate::fold::FoldFault;
use crate::testing::{customer, folded, try_folded, yuan};

fn month() -> Month {
    "2026-10".parse().unwrap()
}

fn started() -> BookEvent {
    BillRunEvent::BillRunStarted { period: month(), customers: 3, terms: RunTerms::default() }.into()
}

fn billed(amount: &str, parked: &[(u64, &str)]) -> BookEvent {
    let parked = parked
        .iter()
        .map(|(number, reason)| ParkedCustomer { customer: customer(*number), reason: (*reason).to_owned() });
    BillRunEvent::CustomersBilled {
        period: month(),
        billed: 1,
        totals: vec![yuan(amount)],
        skipped: 0,
        parked: parked.collect(),
    }
    .into()
}

fn finished() -> BookEvent {
    BillRunEvent::BillRunFinished { period: month() }.into()
}

#[test]
fn a_run_counts_what_it_has_done_since_it_was_started() {
    let tables =
        folded::<BillRuns>([started(), billed("1.00", &[(7, "no plan")]), billed("2.00", &[]), finished()]);
    let run = tables.runs.get(&month()).unwrap();
    assert_eq!((run.counts.billed, run.counts.parked, run.state), (2, 1, BillRunState::Finished));
    assert_eq!(run.counts.totals, [yuan("3.00")]);
    assert_eq!((run.started.position, run.updated.position), (1, 4));
    let again = folded::<BillRuns>([started(), billed("1.00", &[]), finished(), started()]);
    let run = again.runs.get(&month()).unwrap();
    assert_eq!((run.counts.billed, run.state, run.started.position), (0, BillRunState::Running, 4));
}

/// One of three is skipped before a stop and again after it.
#[test]
fn a_run_that_is_taken_up_counts_everyone_once() {
    let skipped = |billed| {
        let (totals, parked) = (vec![], vec![]);
        BillRunEvent::CustomersBilled { period: month(), billed, totals, skipped: 1, parked }.into()
    };
    let taken_up = BillRunEvent::BillRunTakenUp { period: month(), customers: 3 };
    let tables = folded::<BillRuns>([started(), skipped(1), taken_up.into(), skipped(1), finished()]);
    let counts = &tables.runs.get(&month()).unwrap().counts;
    assert_eq!((counts.customers, counts.billed, counts.skipped, counts.parked), (3, 2, 1, 0));
    // Without a stop, by two processes.
    let tables = folded::<BillRuns>([started(), skipped(1), skipped(1), finished()]);
    assert_eq!(tables.runs.get(&month()).unwrap().counts.skipped, 1);
}

#[test]
fn who_is_parked_twice_keeps_the_last_reason() {
    let tables = folded::<BillRuns>([
        started(),
        billed("1.00", &[(7, "suspended"), (8, "suspended")]),
        billed("1.00", &[(7, "no version in force")]),
    ]);
    let mut told: Vec<_> = tables.parked.rows().collect();
    told.sort_by_key(|row| row.customer.clone());
    let told: Vec<_> = told.iter().map(|row| (row.reason.as_str(), row.parked.position)).collect();
    assert_eq!(told, [("no version in force", 3), ("suspended", 2)]);
}

#[test]
fn a_run_that_never_began_is_a_fault() {
    let error = try_folded::<BillRuns>([finished()]).unwrap_err();
    assert!(matches!(error.fault, FoldFault::Missing { table: "bill_runs", .. }), "{error}");
}
