use cqrs_es::test::TestFramework;

use super::*;
use crate::event_sourced::EventSourced;
use crate::money::{Currency, Money};
use crate::month::Month;

fn period() -> Month {
    "2026-10".parse().unwrap()
}

fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

fn started() -> BillRunEvent {
    BillRunEvent::BillRunStarted { period: period(), customers: 3 }
}

fn billed(amount: &str) -> BillRunEvent {
    let reason = "no version in force".to_owned();
    let parked = vec![ParkedCustomer { customer: "C00042".parse().unwrap(), reason }];
    BillRunEvent::CustomersBilled {
        period: period(),
        billed: 1,
        totals: vec![yuan(amount)],
        skipped: 1,
        parked,
    }
}

fn finished() -> BillRunEvent {
    BillRunEvent::BillRunFinished { period: period() }
}

fn given(events: Vec<BillRunEvent>) -> cqrs_es::test::AggregateTestExecutor<BillRun> {
    TestFramework::with(()).given(events)
}

fn start() -> BillRunCommand {
    BillRunCommand::Start { period: period(), customers: 3 }
}

#[test]
fn a_run_that_is_under_way_goes_on() {
    given(vec![]).when(start()).then_expect_events(vec![started()]);
    given(vec![started(), billed("1.00")]).when(start()).then_expect_events(vec![]);
    given(vec![started(), finished()]).when(start()).then_expect_events(vec![started()]);
}

#[test]
fn nothing_is_billed_by_a_run_that_is_not_under_way() {
    for before in [vec![], vec![started(), finished()]] {
        given(before)
            .when(BillRunCommand::Finish { period: period() })
            .then_expect_error(BillRunRefusal::NotUnderWay { period: period() });
    }
}

#[test]
fn a_run_counts_what_it_has_done() {
    let mut run = BillRun::default();
    for event in [started(), billed("1.00"), billed("2.50")] {
        run.evolve(&event).unwrap();
    }
    let counts = run.counts();
    assert_eq!((counts.customers, counts.billed, counts.skipped, counts.parked), (3, 2, 2, 2));
    assert_eq!(counts.totals, [yuan("3.50")]);
    assert!(run.evolve(&started()).is_err());
}
