use cqrs_es::test::TestFramework;

use super::*;

fn run(number: u64) -> UsageRunId {
    UsageRunId::new(&source(), number)
}

fn source() -> SourceName {
    "meters".parse().unwrap()
}

fn terms(month: &str) -> UsageRunTerms {
    UsageRunTerms { months: vec![month.parse().unwrap()], ..UsageRunTerms::default() }
}

fn started(number: u64) -> UsageSourceEvent {
    UsageSourceEvent::UsageRunStarted { run: run(number), terms: terms("2026-10") }
}

fn finished(number: u64) -> UsageSourceEvent {
    UsageSourceEvent::UsageRunFinished { run: run(number), given_up: None }
}

fn collected(number: u64) -> UsageSourceEvent {
    let counts = CollectedCounts { recorded: 3, unchanged: 2, ..CollectedCounts::default() };
    UsageSourceEvent::UsageCollected { run: run(number), asked: 1, counts, failed: vec![] }
}

fn given(events: Vec<UsageSourceEvent>) -> cqrs_es::test::AggregateTestExecutor<UsageSource> {
    TestFramework::with(()).given(events)
}

fn start(month: &str) -> UsageSourceCommand {
    UsageSourceCommand::Start { source: source(), terms: terms(month) }
}

fn collect(number: u64) -> UsageSourceCommand {
    let counts = CollectedCounts { recorded: 3, unchanged: 2, ..CollectedCounts::default() };
    UsageSourceCommand::Collect { run: run(number), asked: 1, counts, failed: vec![] }
}

fn finish(number: u64) -> UsageSourceCommand {
    UsageSourceCommand::Finish { run: run(number), given_up: None }
}

#[test]
fn runs_are_numbered_one_after_the_other() {
    given(vec![]).when(start("2026-10")).then_expect_events(vec![started(1)]);
    given(vec![started(1), finished(1)]).when(start("2026-10")).then_expect_events(vec![started(2)]);
}

#[test]
fn a_run_that_asks_the_same_goes_on_and_another_waits() {
    given(vec![started(1)]).when(start("2026-10")).then_expect_events(vec![]);
    given(vec![started(1)])
        .when(start("2026-11"))
        .then_expect_error(UsageSourceRefusal::UnderWay { run: run(1) });
}

#[test]
fn nothing_is_collected_for_a_run_that_is_over_or_another() {
    given(vec![started(1)]).when(collect(1)).then_expect_events(vec![collected(1)]);
    for (events, number) in [
        (vec![], 1),
        (vec![started(1), finished(1)], 1),
        (vec![started(1)], 2),
        (vec![started(1), finished(1), started(2)], 1),
    ] {
        given(events)
            .when(collect(number))
            .then_expect_error(UsageSourceRefusal::NotUnderWay { run: run(number) });
    }
}

#[test]
fn a_run_that_is_finished_twice_is_finished_once() {
    given(vec![started(1)]).when(finish(1)).then_expect_events(vec![finished(1)]);
    given(vec![started(1), finished(1)]).when(finish(1)).then_expect_events(vec![]);
    given(vec![]).when(finish(1)).then_expect_error(UsageSourceRefusal::NotUnderWay { run: run(1) });
}

#[test]
fn a_run_is_taken_up_only_if_something_was_done() {
    let resume = || UsageSourceCommand::Resume { run: run(1) };
    given(vec![started(1)]).when(resume()).then_expect_events(vec![]);
    given(vec![started(1), collected(1)])
        .when(resume())
        .then_expect_events(vec![UsageSourceEvent::UsageRunResumed { run: run(1) }]);
}

#[test]
fn what_was_recorded_stays_when_a_run_is_taken_up() {
    use crate::event_sourced::EventSourced;
    let mut source = UsageSource::default();
    let resumed = UsageSourceEvent::UsageRunResumed { run: run(1) };
    for event in [started(1), collected(1), resumed, collected(1)] {
        source.evolve(&event).unwrap();
    }
    let counts = CollectedCounts { recorded: 6, unchanged: 2, ..CollectedCounts::default() };
    assert_eq!((source.asked(), source.counts()), (1, counts));
}

#[test]
fn a_stream_that_skips_a_run_is_corrupt() {
    use crate::event_sourced::EventSourced;
    for wrong in [vec![started(2)], vec![started(1), started(2)], vec![collected(1)], vec![finished(1)]] {
        let mut source = UsageSource::default();
        assert!(wrong.iter().any(|event| source.evolve(event).is_err()), "{wrong:?}");
    }
}

#[test]
fn a_run_names_its_source_and_number() {
    assert_eq!((run(7).to_string().as_str(), run(7).source(), run(7).number()), ("meters.7", source(), 7));
    for wrong in ["", "meters", "meters.0", "meters.07", "meters.+7", "Meters.7", "meters.7.1"] {
        assert!(wrong.parse::<UsageRunId>().is_err(), "{wrong}");
    }
    for wrong in ["", "-x", "a b", "ä", "Meters", "a.b", &"x".repeat(41)] {
        assert!(wrong.parse::<SourceName>().is_err(), "{wrong}");
    }
}
