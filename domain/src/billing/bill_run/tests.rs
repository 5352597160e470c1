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
    BillRunEvent::BillRunStarted { period: period(), customers: 3, terms: RunTerms::default() }
}

fn of_one() -> RunTerms {
    RunTerms { customers: vec!["C00042".parse().unwrap()], ..RunTerms::default() }
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
    start_on("2026-11-01", RunTerms::default())
}

fn start_on(today: &str, terms: RunTerms) -> BillRunCommand {
    BillRunCommand::Start { period: period(), customers: 3, terms, today: today.parse().unwrap() }
}

fn progress(billed: u64) -> BillRunCommand {
    let parked = vec![];
    BillRunCommand::Progress { period: period(), billed, totals: vec![], skipped: 2, parked }
}

fn finish() -> BillRunCommand {
    BillRunCommand::Finish { period: period() }
}

#[test]
fn a_run_that_is_under_way_goes_on() {
    given(vec![]).when(start()).then_expect_events(vec![started()]);
    given(vec![started(), billed("1.00")]).when(start()).then_expect_events(vec![]);
    given(vec![started(), finished()]).when(start()).then_expect_events(vec![started()]);
}

#[test]
fn another_run_waits_for_the_one_under_way() {
    given(vec![started()])
        .when(start_on("2026-11-01", of_one()))
        .then_expect_error(BillRunRefusal::UnderWay { period: period() });
    let anew = BillRunEvent::BillRunStarted { period: period(), customers: 3, terms: of_one() };
    given(vec![started(), finished()]).when(start_on("2026-11-01", of_one())).then_expect_events(vec![anew]);
}

#[test]
fn a_month_is_billed_when_it_is_over() {
    let today = "2026-10-31".parse().unwrap();
    given(vec![])
        .when(start_on("2026-10-31", RunTerms::default()))
        .then_expect_error(BillRunRefusal::NotOver { period: period(), today });
}

#[test]
fn nothing_is_billed_by_a_run_that_was_never_started() {
    for command in [progress(1), finish()] {
        given(vec![]).when(command).then_expect_error(BillRunRefusal::NotUnderWay { period: period() });
    }
}

/// One of two processes that run the same month finishes first; the other comes to its end all the same.
#[test]
fn who_finishes_first_does_not_break_the_other() {
    let finished_by_another = vec![started(), finished()];
    given(finished_by_another.clone()).when(finish()).then_expect_events(vec![]);
    given(finished_by_another.clone()).when(progress(0)).then_expect_events(vec![]);
    let late = BillRunEvent::CustomersBilled {
        period: period(),
        billed: 1,
        totals: vec![],
        skipped: 2,
        parked: vec![],
    };
    given(finished_by_another).when(progress(1)).then_expect_events(vec![late.clone()]);
    given(vec![started(), finished(), late]).when(finish()).then_expect_events(vec![finished()]);
}

#[test]
fn usual_terms_are_not_written_down() {
    let text = serde_json::to_string(&started()).unwrap();
    assert_eq!(text, r#"{"BillRunStarted":{"period":"2026-10","customers":3}}"#);
    let with = BillRunEvent::BillRunStarted { period: period(), customers: 1, terms: of_one() };
    let text = serde_json::to_string(&with).unwrap();
    assert_eq!(
        text,
        r#"{"BillRunStarted":{"period":"2026-10","customers":1,"terms":{"customers":["C00042"]}}}"#
    );
    assert_eq!(serde_json::from_str::<BillRunEvent>(&text).unwrap(), with);
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

/// Of five customers two are done and one was skipped; taken up again, the run looks at the three that are not done.
#[test]
fn who_is_looked_at_again_after_a_stop_is_counted_once() {
    let take_up = |left| BillRunCommand::TakeUp { period: period(), left };
    let of_five = BillRunEvent::BillRunStarted { period: period(), customers: 5, terms: RunTerms::default() };
    given(vec![of_five.clone()]).when(take_up(5)).then_expect_events(vec![]);
    let taken_up = |customers| BillRunEvent::BillRunTakenUp { period: period(), customers };
    let stopped = vec![of_five, billed("1.00")];
    given(stopped.clone()).when(take_up(3)).then_expect_events(vec![taken_up(5)]);
    given(stopped.clone()).when(take_up(4)).then_expect_events(vec![taken_up(6)]);
    given([stopped.clone(), vec![finished()]].concat()).when(take_up(3)).then_expect_events(vec![]);
    given(vec![]).when(take_up(3)).then_expect_error(BillRunRefusal::NotUnderWay { period: period() });

    let skipped = BillRunEvent::CustomersBilled {
        period: period(),
        billed: 2,
        totals: vec![],
        skipped: 1,
        parked: vec![],
    };
    let mut run = BillRun::default();
    for event in [stopped, vec![taken_up(5), skipped, finished()]].concat() {
        run.evolve(&event).unwrap();
    }
    let counts = run.counts();
    assert_eq!((counts.customers, counts.billed, counts.skipped, counts.parked), (5, 3, 1, 1));
}
