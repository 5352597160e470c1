//! `tallybook up --demo`

use tallybook_tests::truths;

use crate::book::Processes;

/// What newcomers see first is a book like any other: every truth holds in it.
#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_adds_up() {
    let book = Processes::on_the_server();
    let mut up = book.demonstration();
    let admin = book.administrator(&up.address).await;
    truths::hold(&book.witness(admin)).await;
    assert_eq!(tokio::task::block_in_place(|| up.stop()), Some(0));
}
