//! Killed and crashed under load: everything that was answered has happened exactly once, and so has everything that
//! was not, once it is sent again.

use std::time::{Duration, Instant};

use tallybook_tests::program::stop_immediately;
use tallybook_tests::{Client, bodies, truths};

use crate::book::Processes;
use crate::load::Load;

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_is_killed_loses_and_doubles_nothing() {
    kill_an_api(1_000).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn an_api_that_is_killed_under_long_load_loses_and_doubles_nothing() {
    kill_an_api(6_000).await;
}

async fn kill_an_api(commands: usize) {
    let book = Processes::on_the_server();
    let _projector = book.projector();
    let mut api = book.api();
    let load = Load::prepare(book.people(&api.address).await, vec![api.address.clone()], commands).await;
    let chaos = async {
        for percent in [15, 40, 65] {
            load.reaches(percent).await;
            api.kill();
            api = book.api();
            load.serve_at(vec![api.address.clone()]);
        }
    };
    tokio::join!(load.run(), chaos);
    assert!(load.unanswered() > 0, "nothing was under way when it was killed");
    load.happened_exactly_once().await;
    truths::hold(&book.witness(load.auditor())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_stops_at_once_loses_and_doubles_nothing() {
    stop_a_database(1_000).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn a_database_that_stops_at_once_under_long_load_loses_and_doubles_nothing() {
    stop_a_database(6_000).await;
}

/// PostgreSQL stops at once, twice, with synchronous commits on; then everything is killed but PostgreSQL.
async fn stop_a_database(commands: usize) {
    let book = Processes::embedded();
    let mut up = book.up();
    let load = Load::prepare(book.people(&up.address).await, vec![up.address.clone()], commands).await;
    let chaos = async {
        for percent in [15, 40] {
            load.reaches(percent).await;
            let (postmaster, _) = book.postmaster();
            stop_immediately(postmaster);
        }
        load.reaches(65).await;
        up.kill();
        up = book.up();
        load.serve_at(vec![up.address.clone()]);
    };
    tokio::join!(load.run(), chaos);
    assert!(load.unanswered() > 0, "nothing was under way when it stopped");
    load.happened_exactly_once().await;
    truths::hold(&book.witness(load.auditor())).await;
    assert_eq!(up.stop(), Some(0));
}

/// A process that is asked to stop answers what it has accepted, and nothing it has answered is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_book_that_is_stopped_answers_what_it_accepted() {
    let book = Processes::on_the_server();
    let _projector = book.projector();
    let mut api = book.api();
    let load = Load::prepare(book.people(&api.address).await, vec![api.address.clone()], 1_000).await;
    let chaos = async {
        load.reaches(30).await;
        let stopping = Instant::now();
        assert_eq!(tokio::task::block_in_place(|| api.stop()), Some(0));
        assert!(stopping.elapsed() < Duration::from_secs(10));
        api = book.api();
        load.serve_at(vec![api.address.clone()]);
    };
    tokio::join!(load.run(), chaos);
    load.happened_exactly_once().await;
    truths::hold(&book.witness(load.auditor())).await;
}

/// While PostgreSQL is away clients are told so, and to come again; when it is back nobody has to do anything.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_is_said_to_be_away() {
    let book = Processes::embedded();
    let mut up = book.up();
    let people = book.people(&up.address).await;
    // A guest on the same PostgreSQL, which nobody restarts once its keeper is killed.
    let api = book.api();
    let (operator, auditor) = (people.operator.at(&api.address), people.auditor.at(&api.address));
    operator.post("/v1/customers", &bodies::customer("before")).await.created();
    let (postmaster, _) = book.postmaster();
    up.kill();
    stop_immediately(postmaster);
    while book.has_postmaster() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    let register = || operator.post("/v1/customers", &bodies::customer("meanwhile")).key("meanwhile");
    let (command, read) = tokio::join!(register().attempt(), auditor.get("/v1/wallets").attempt());
    // Its last good answer may be repeated for a second.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let ready = Client::new(&api.address).get("/health/ready").await;
    for answer in [command.unwrap(), read.unwrap(), ready] {
        assert!(matches!(answer.kind(), "unavailable" | "outcome-unknown"), "{}", answer.text);
        answer.problem(503, answer.kind());
        assert_ne!(answer.header("retry-after"), "");
    }
    Client::new(&api.address).get("/health/live").await.ok();

    let _up = book.up();
    let begun = Instant::now();
    let mut answer = register().await;
    while answer.status == 503 && begun.elapsed() < Duration::from_secs(30) {
        answer = register().await;
    }
    answer.created();
    truths::hold(&book.witness(auditor)).await;
}
