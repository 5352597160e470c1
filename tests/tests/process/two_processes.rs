//! Two api processes on one book.

use tallybook_tests::truths;

use crate::book::Processes;
use crate::load::Load;

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_take_turns_and_one_may_die() {
    two_processes(1_000).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn two_processes_take_turns_under_long_load_and_one_may_die() {
    two_processes(6_000).await;
}

/// Both under load, one of them killed in the middle: its clients go on at the other. No command is lost or doubled,
/// and no client sees a conflict (`Load` takes no other answer than done).
async fn two_processes(commands: usize) {
    let book = Processes::on_the_server();
    let (_projector, _second_projector) = (book.projector(), book.projector());
    let (first, mut second) = (book.api(), book.api());
    let both = vec![first.address.clone(), second.address.clone()];
    let load = Load::prepare(book.people(&first.address).await, both, commands).await;
    let chaos = async {
        load.reaches(60).await;
        assert_eq!(load.unanswered(), 0, "two processes do not get in each other's way");
        second.kill();
        load.serve_at(vec![first.address.clone()]);
    };
    tokio::join!(load.run(), chaos);
    load.happened_exactly_once().await;
    truths::hold(&book.witness(load.auditor())).await;
}
