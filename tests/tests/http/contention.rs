//! Many at once for the same money, through one process and through two.

use std::collections::HashSet;

use futures::StreamExt;
use futures::stream::iter;
use tallybook_tests::answer::{number, text};
use tallybook_tests::book::Differently;
use tallybook_tests::{Answer, TestBook, bodies};

#[tokio::test(flavor = "multi_thread")]
async fn of_five_hundred_requests_for_the_money_of_three_hundred_exactly_three_hundred_succeed() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "300.00").await;
    let sent = (0..500).map(|number| {
        let body = bodies::withdrawal(&acme, "1.00", &format!("W{number}"));
        book.finance().post("/v1/withdrawals", &body).attempt()
    });
    let answers: Vec<Answer> =
        futures::future::join_all(sent).await.into_iter().map(Result::unwrap).collect();
    let (granted, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert_eq!((granted.len(), refused.len()), (300, 200));
    for refused in refused {
        assert_eq!(refused.problem(422, "insufficient-funds")["available"], bodies::yuan("0.00"));
    }
    let ids: HashSet<_> = granted.iter().map(|answer| text(&answer.body, "id")).collect();
    assert_eq!(ids.len(), 300, "each is a withdrawal of its own");
    assert_eq!(book.funds(&acme).await, ["300.00", "300.00", "0.00"]);
    book.finish().await;
}

/// The same five hundred through two processes, neither of which knows what the other has in memory.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_do_not_spend_the_same_money_twice() {
    let book = TestBook::start().await;
    let another = book.another(Differently { no_projector: true, ..Default::default() }).await;
    let acme = book.customer_with("Acme", "300.00").await;
    let clients = [book.finance(), book.finance().at(another.address())];
    let sent = (0..500).map(|number| {
        let body = bodies::withdrawal(&acme, "1.00", &format!("W{number}"));
        clients[number % 2].post("/v1/withdrawals", &body).attempt()
    });
    let answers: Vec<Answer> = iter(sent).buffer_unordered(64).map(Result::unwrap).collect().await;
    let granted = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| answer.kind() == "insufficient-funds").count();
    assert_eq!((granted, refused), (300, 200), "no conflict is shown to a client");
    assert_eq!(book.funds(&acme).await, ["300.00", "300.00", "0.00"]);
    another.stop().await;
    book.finish().await;
}

/// Two processes record and settle on the same wallets. Every answer is kept, none is a conflict, and every position
/// that was told belongs to what was asked.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_one_book_lose_and_double_nothing() {
    let book = TestBook::start().await;
    let another = book.another(Differently { no_projector: true, ..Default::default() }).await;
    let mut customers = Vec::new();
    for name in ["A", "B", "C"] {
        customers.push(book.customer(name).await);
    }
    let clients = [book.finance(), book.finance().at(another.address())];
    let sent = (0..600).map(|number: usize| {
        let reference = format!("R{number}");
        let body = bodies::deposit(&customers[number % 3], "1.00", &reference);
        let (client, key) = (&clients[number / 3 % 2], reference.clone());
        async move { (reference, client.post("/v1/deposits", &body).key(&key).await) }
    });
    let answers: Vec<(String, Answer)> = iter(sent).buffer_unordered(48).collect().await;
    let mut positions = HashSet::new();
    for (reference, answer) in &answers {
        assert!(positions.insert(number(answer.created(), "position")), "{reference}");
    }
    for customer in &customers {
        assert_eq!(book.funds(customer).await[0], "200.00");
    }
    another.stop().await;
    book.finish().await;
}

/// The same references through both processes at once: one of each pair is recorded, the other refused as taken.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_record_a_reference_once() {
    let book = TestBook::start().await;
    let another = book.another(Differently { no_projector: true, ..Default::default() }).await;
    let acme = book.customer("Acme").await;
    let clients = [book.finance(), book.finance().at(another.address())];
    let sent = (0..200).map(|number| {
        let body = bodies::deposit(&acme, "1.00", &format!("R{}", number / 2));
        clients[number % 2].post("/v1/deposits", &body).attempt()
    });
    let answers = futures::future::join_all(sent).await;
    let recorded = answers.iter().flatten().filter(|answer| answer.status == 201).count();
    let taken = answers.iter().flatten().filter(|answer| answer.kind() == "reference-taken").count();
    assert_eq!((recorded, taken), (100, 100));
    assert_eq!(book.funds(&acme).await[0], "100.00");
    another.stop().await;
    book.finish().await;
}
