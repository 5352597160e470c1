//! Whole stories, across commands and read models.

use rust_decimal::Decimal;
use serde_json::json;
use tallybook_tests::answer::{number, text};
use tallybook_tests::scenario::step_path;
use tallybook_tests::truths::journal::events_after;
use tallybook_tests::{TestBook, bodies, truths};

/// Deposit 100.00, ask for 30.00, be refused 70.01, be approved by another, be paid: with the trial balance at zero
/// at every step, and the journal telling it all.
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_comes_in_and_thirty_goes_out() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    truths::hold(&book.witness()).await;
    book.deposit(&acme, "100.00", "ICBC-1").await;
    truths::hold(&book.witness()).await;

    let withdrawal = book.request(&acme, "30.00", "W1").await;
    assert_eq!(book.funds(&acme).await, ["100.00", "30.00", "70.00"]);
    truths::hold(&book.witness()).await;
    let request = book.finance().post("/v1/withdrawals", &bodies::withdrawal(&acme, "70.01", "W2"));
    let refused = book.refuses(request, 422, "insufficient-funds").await;
    assert_eq!(refused.body["available"], bodies::yuan("70.00"));
    assert_eq!(refused.body["requested"], bodies::yuan("70.01"));
    let own = book.finance().post(&step_path(&withdrawal, "approve"), &json!({}));
    book.refuses(own, 403, "self-approval").await;
    for (step, funds) in [
        ("approve", ["100.00", "30.00", "70.00"]),
        ("submit", ["100.00", "30.00", "70.00"]),
        ("succeed", ["70.00", "0.00", "70.00"]),
    ] {
        book.take(&withdrawal, &[step]).await;
        assert_eq!(book.funds(&acme).await, funds, "after {step}");
        truths::hold(&book.witness()).await;
    }

    let told: Vec<_> = events_after(&book.auditor(), 0)
        .await
        .iter()
        .map(|event| {
            let metadata: serde_json::Value = serde_json::from_str(event.metadata.get()).unwrap();
            assert_ne!(text(&metadata, "request_id"), "");
            (event.position, event.event_type.clone(), text(&metadata, "actor").to_owned())
        })
        .collect();
    let expected = [
        (1, "CustomerRegistered", "user:operator"),
        (2, "DepositRecorded", "user:operator"),
        (3, "WithdrawalRequested", "user:finance"),
        (4, "FundsHeld", "user:finance"),
        (5, "WithdrawalAssessed", "user:finance"),
        (6, "PayeeUsed", "user:finance"),
        (7, "ApprovalRequested", "user:finance"),
        (8, "ApprovalGiven", "user:approver"),
        (9, "WithdrawalApproved", "user:approver"),
        (10, "WithdrawalSubmitted", "user:finance"),
        (11, "WithdrawalSucceeded", "user:finance"),
        (12, "HoldPaidOut", "user:finance"),
    ];
    assert_eq!(told, expected.map(|(position, event, actor)| (position, event.to_owned(), actor.to_owned())));
    book.finish().await;
}

/// Money recorded for the wrong customer: reversed there, recorded here, and both statements tell it.
#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_for_the_wrong_customer_is_put_right() {
    let book = TestBook::start().await;
    let (wrong, right) = (book.customer("Wrong").await, book.customer("Right").await);
    let id = text(&book.deposit(&wrong, "250.00", "ICBC-7").await, "id").to_owned();
    let reverse = format!("/v1/deposits/{id}/reverse");
    book.finance().post(&reverse, &bodies::because("meant for Right")).await.ok();
    book.deposit(&right, "250.00", "ICBC-7").await;
    assert_eq!(
        (book.funds(&wrong).await[0].as_str(), book.funds(&right).await[0].as_str()),
        ("0.00", "250.00")
    );
    let path = format!("/v1/customers/{wrong}/wallet-statement?currency=CNY&{}", book.fresh().await);
    assert_eq!(number(book.auditor().get(&path).await.data(), "line_count"), 2);
    let both = book.auditor().all(&format!("/v1/deposits?reference=ICBC-7&{}", book.fresh().await)).await;
    assert_eq!(both.iter().map(|it| text(it, "state")).collect::<Vec<_>>(), ["recorded", "reversed"]);
    book.finish().await;
}

/// A busy month of three customers, made by arithmetic instead of by hand; every truth holds, and the sums are those
/// of a model of ten lines.
#[tokio::test(flavor = "multi_thread")]
async fn a_busy_month_adds_up() {
    let book = TestBook::start().await;
    let mut customers = Vec::new();
    for name in ["A", "B", "C"] {
        customers.push((book.customer(name).await, Decimal::ZERO));
    }
    // A linear congruence: the same month every time.
    let mut dice = 20_260_310_u64;
    let mut roll = |sides: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    for number in 0..60 {
        let (customer, balance) = &mut customers[usize::try_from(roll(3)).unwrap()];
        let cents = i64::try_from(roll(50_000)).unwrap() + 1;
        let amount = Decimal::new(cents, 2);
        let text = amount.to_string();
        match roll(4) {
            0 | 1 => {
                book.deposit(customer, &text, &format!("R{number}")).await;
                *balance = balance.checked_add(amount).unwrap();
            }
            _ if *balance < amount => {
                let body = bodies::withdrawal(customer, &text, &format!("W{number}"));
                book.refuses(book.finance().post("/v1/withdrawals", &body), 422, "insufficient-funds").await;
            }
            2 => {
                let id = book.request(customer, &text, &format!("W{number}")).await;
                book.take(&id, &["approve", "submit", "succeed"]).await;
                *balance = balance.checked_sub(amount).unwrap();
            }
            _ => {
                let ways: [&[&str]; 4] = [
                    &["reject"],
                    &["approve", "cancel"],
                    &["approve", "submit", "fail"],
                    &["approve", "submit", "succeed", "return"],
                ];
                let id = book.request(customer, &text, &format!("W{number}")).await;
                book.take(&id, ways[usize::try_from(roll(4)).unwrap()]).await;
            }
        }
    }
    for (customer, balance) in &customers {
        let funds = book.funds(customer).await.map(|amount| amount.parse::<Decimal>().unwrap());
        assert_eq!(funds, [*balance, Decimal::ZERO, *balance], "{customer}");
    }
    book.finish().await;
}
