//! `/v1/withdrawals/{id}/approve` and the other steps

use serde_json::json;
use tallybook_tests::answer::text;
use tallybook_tests::scenario::{step_body, step_path};
use tallybook_tests::{TestBook, bodies};

const STEPS: [&str; 7] = ["approve", "reject", "cancel", "submit", "succeed", "fail", "return"];

/// Every way a withdrawal can go, with what is in the wallet after each step.
#[tokio::test(flavor = "multi_thread")]
async fn the_wallet_goes_along_with_every_step() {
    let book = TestBook::start().await;
    for (number, (steps, state, funds)) in [
        (&["approve"][..], "approved", ["100.00", "30.00", "70.00"]),
        (&["reject"], "rejected", ["100.00", "0.00", "100.00"]),
        (&["cancel"], "cancelled", ["100.00", "0.00", "100.00"]),
        (&["approve", "cancel"], "cancelled", ["100.00", "0.00", "100.00"]),
        (&["approve", "submit"], "submitted", ["100.00", "30.00", "70.00"]),
        (&["approve", "submit", "succeed"], "succeeded", ["70.00", "0.00", "70.00"]),
        (&["approve", "submit", "fail"], "failed", ["100.00", "0.00", "100.00"]),
        (&["approve", "submit", "succeed", "return"], "returned", ["100.00", "0.00", "100.00"]),
    ]
    .into_iter()
    .enumerate()
    {
        let acme = book.customer_with(&format!("Acme {number}"), "100.00").await;
        let id = book.request(&acme, "30.00", &format!("W{number}")).await;
        let (last, before) = steps.split_last().unwrap();
        book.take(&id, before).await;
        let client = if matches!(*last, "approve" | "reject") { book.approver() } else { book.finance() };
        let answer = book.changes(&client, &step_path(&id, last), &step_body(last)).await;
        assert_eq!(answer["state"], state);
        let told = ["balance", "held", "available"].map(|member| text(&answer[member], "amount").to_owned());
        assert_eq!(
            (told, book.funds(&acme).await),
            (funds.map(String::from), funds.map(String::from)),
            "{steps:?}"
        );

        let found = book.auditor().get(&format!("/v1/withdrawals/{id}?{}", book.fresh().await)).await;
        assert_eq!(found.data()["state"], state);
        let by = if matches!(*last, "approve" | "reject") { "user:approver" } else { "user:finance" };
        let taken = found.data()["steps"].as_array().and_then(|steps| steps.last().cloned()).unwrap();
        assert_eq!((&taken["state"], &taken["by"]), (&json!(state), &json!(by)));
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_out_of_turn_is_refused() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "1000.00").await;
    for (number, (before, state, possible)) in [
        (&[][..], "requested", &["approve", "reject", "cancel"][..]),
        (&["approve"], "approved", &["cancel", "submit"]),
        (&["reject"], "rejected", &[]),
        (&["cancel"], "cancelled", &[]),
        (&["approve", "submit"], "submitted", &["succeed", "fail"]),
        (&["approve", "submit", "succeed"], "succeeded", &["return"]),
        (&["approve", "submit", "fail"], "failed", &[]),
        (&["approve", "submit", "succeed", "return"], "returned", &[]),
    ]
    .into_iter()
    .enumerate()
    {
        let id = book.request(&acme, "30.00", &format!("W{number}")).await;
        book.take(&id, before).await;
        // A step that was taken already is answered as the first time, not refused.
        for step in STEPS.iter().filter(|step| !possible.contains(step) && before.last() != Some(step)) {
            let client = if matches!(*step, "approve" | "reject") { book.approver() } else { book.finance() };
            let request = client.post(&step_path(&id, step), &step_body(step));
            let refused = book.refuses(request, 409, "withdrawal-not-in-state").await;
            assert_eq!((&refused.body["state"], &refused.body["action"]), (&json!(state), &json!(step)));
        }
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_was_taken_already_is_done() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    let id = book.request(&acme, "30.00", "W1").await;
    for step in ["approve", "submit", "succeed", "return"] {
        let first = book.take(&id, &[step]).await;
        let events = book.auditor().all("/v1/events?after=0").await.len();
        let again = book.take(&id, &[step]).await;
        assert_eq!((&again["state"], &again["balance"]), (&first["state"], &first["balance"]));
        assert_eq!(
            book.auditor().all("/v1/events?after=0").await.len(),
            events,
            "{step} again records nothing"
        );
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_approves_what_he_asked_for() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    let id = book.request(&acme, "30.00", "W1").await;
    let approve = step_path(&id, "approve");
    for path in [approve.clone(), format!("{approve}?dry_run=true")] {
        let refused = book.refuses(book.finance().post(&path, &json!({})), 403, "self-approval").await;
        assert_eq!(refused.body["requested_by"], "user:finance");
    }
    let mei = book.anyone().with_token(book.add_user("mei", tallybook_tests::Role::Finance).await);
    mei.post(&approve, &json!({})).await.ok();
    let after =
        book.refuses(book.approver().post(&approve, &json!({})), 409, "withdrawal-not-in-state").await;
    assert_eq!(after.body["state"], "approved", "another one's approval is not repeated in his name");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_customers_money_stays() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    let (approved, submitted) =
        (book.request(&acme, "10.00", "W1").await, book.request(&acme, "10.00", "W2").await);
    let requested = book.request(&acme, "10.00", "W3").await;
    book.take(&approved, &["approve"]).await;
    book.take(&submitted, &["approve", "submit"]).await;
    let suspend = format!("/v1/customers/{acme}/suspend");
    book.operator().post(&suspend, &bodies::because("chargebacks")).await.ok();

    let request = book.finance().post("/v1/withdrawals", &bodies::withdrawal(&acme, "1.00", "W4"));
    book.refuses(request, 422, "customer-suspended").await;
    let request = book.approver().post(&step_path(&requested, "approve"), &json!({}));
    book.refuses(request, 422, "customer-suspended").await;
    let request = book.finance().post(&step_path(&approved, "submit"), &json!({}));
    book.refuses(request, 422, "customer-suspended").await;
    // What the bank has done already is a fact.
    book.take(&submitted, &["succeed"]).await;
    book.take(&approved, &["cancel"]).await;
    book.take(&requested, &["reject"]).await;
    assert_eq!(book.funds(&acme).await, ["90.00", "0.00", "90.00"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_is_submitted_under_one_reference() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    let (with, without) =
        (book.request(&acme, "10.00", "W1").await, book.request(&acme, "10.00", "W2").await);
    book.take(&with, &["approve"]).await;
    book.take(&without, &["approve", "submit", "submit"]).await;
    let under = |reference: &str| json!({ "channel_reference": reference });
    for _ in 0..2 {
        book.finance().post(&step_path(&with, "submit"), &under("B-1")).await.ok();
    }
    for (id, body) in [(&with, under("B-2")), (&with, json!({})), (&without, under("B-1"))] {
        let request = book.finance().post(&step_path(id, "submit"), &body);
        let refused = book.refuses(request, 409, "withdrawal-submitted-otherwise").await;
        assert_eq!(refused.body["known"], if *id == with { json!("B-1") } else { json!(null) });
    }
    book.finish().await;
}
