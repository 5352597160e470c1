//! `/v1/payouts` and `/v1/payout-batches`, with a bank outside that drops, delays, repeats and lies.

use std::time::Duration;

use serde_json::{Value, json};
use tallybook_domain::payouts::PayoutId;
use tallybook_tests::answer::text;
use tallybook_tests::bank::{Bank, THINKING, by_hand};
use tallybook_tests::book::Differently;
use tallybook_tests::scenario::step_path;
use tallybook_tests::{TestBook, bodies, truths};

/// An approved withdrawal of 30.00 to which the bank behaves like this.
async fn approved(book: &TestBook, customer: &str, manner: &str) -> String {
    let withdrawal = book.request(customer, "30.00", manner).await;
    book.take(&withdrawal, &["approve"]).await;
    withdrawal
}

fn payout_of(withdrawal: &str) -> String {
    PayoutId::of(&withdrawal.parse().unwrap()).to_string()
}

/// The withdrawal is paid out; answers with the payout's id.
async fn pay_out(book: &TestBook, withdrawal: &str) -> String {
    let answer = book.finance().post("/v1/payouts", &json!({ "withdrawal": withdrawal })).await;
    let made = answer.created();
    assert_eq!((text(made, "state"), text(made, "withdrawal_state")), ("prepared", "submitted"));
    assert_eq!(text(made, "id"), payout_of(withdrawal));
    text(made, "id").to_owned()
}

async fn find(book: &TestBook, payout: &str) -> Value {
    let fresh = book.fresh().await;
    book.auditor().get(&format!("/v1/payouts/{payout}?{fresh}")).await.data().clone()
}

/// Waits until a payout has come to a state, or has been found out to need a person.
async fn comes_to(book: &TestBook, payout: &str, state: &str, cause: Option<&str>) -> Value {
    let mut found = Value::Null;
    for _ in 0..300 {
        found = find(book, payout).await;
        if found["state"] == state && cause.is_none_or(|cause| found["cause"] == cause) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{payout} does not come to {state}: {found:#}");
}

/// Waits until the bank has been given an order.
async fn posted(bank: &Bank, payout: &str) {
    while bank.posts(payout) == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn query(book: &TestBook, payout: &str) -> Value {
    book.finance().post(&format!("/v1/payouts/{payout}/query"), &json!({})).await.ok().clone()
}

fn events(payout: &Value) -> Vec<&str> {
    payout["history"].as_array().unwrap().iter().map(|step| text(step, "event")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_payout_is_found_succeeded_and_later_returned() {
    let bank = Bank::open().await;
    let book = TestBook::start_differently(bank.paying()).await;
    let acme = book.customer_with("Acme", "100.00").await;
    let withdrawal = approved(&book, &acme, "late-1").await;
    truths::hold(&book.witness()).await;
    let payout = pay_out(&book, &withdrawal).await;

    posted(&bank, &payout).await;
    // Nothing is heard meanwhile.
    bank.set_down(true);
    let unknown = comes_to(&book, &payout, "unknown", None).await;
    assert_eq!((unknown["cause"].as_str(), unknown["bank_reference"].as_str()), (Some("timed_out"), None));
    assert_eq!(book.funds(&acme).await, ["100.00", "30.00", "70.00"], "held as long as nobody knows");
    truths::hold(&book.witness()).await;

    bank.set_down(false);
    let succeeded = comes_to(&book, &payout, "succeeded", None).await;
    assert_eq!(text(&succeeded, "bank_reference"), format!("BANK-{payout}"));
    assert_eq!(
        events(&succeeded),
        ["PayoutPrepared", "PayoutSendingBegan", "PayoutOutcomeUnknown", "PayoutSucceeded"]
    );
    assert_eq!(book.funds(&acme).await, ["70.00", "0.00", "70.00"]);
    truths::hold(&book.witness()).await;

    bank.tell(&payout, "status", json!("returned"));
    bank.tell(&payout, "reason", json!("account closed"));
    let asked = query(&book, &payout).await;
    assert_eq!((text(&asked, "state"), text(&asked, "withdrawal_state")), ("returned", "returned"));
    assert_eq!(book.funds(&acme).await, ["100.00", "0.00", "100.00"]);
    assert_eq!(text(&find(&book, &payout).await, "reason"), "account closed");
    assert_eq!(bank.posts(&payout), 1);
    bank.check();
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_bank_does_an_order_is_posted_once() {
    let bank = Bank::open().await;
    let book = TestBook::start_differently(bank.paying()).await;
    let acme = book.customer_with("Acme", "1000.00").await;
    let expected = [
        ("pays", "succeeded", None),
        ("accepts", "accepted", None),
        ("fails", "failed", None),
        ("refuses", "failed", None),
        ("drops_before", "unknown", Some("not_found")),
        ("breaks_before", "unknown", Some("not_found")),
        ("redirects", "unknown", Some("not_found")),
        ("drops_after", "succeeded", None),
        ("late", "succeeded", None),
        ("breaks", "succeeded", None),
        ("mumbles", "succeeded", None),
        ("lies_about_the_amount", "doubted", None),
        ("lies_about_the_payout", "doubted", None),
    ];
    let mut payouts = Vec::new();
    for (manner, _, _) in expected {
        let withdrawal = approved(&book, &acme, manner).await;
        payouts.push((withdrawal.clone(), pay_out(&book, &withdrawal).await));
    }
    for ((manner, state, cause), (_, payout)) in expected.iter().zip(&payouts) {
        let found = comes_to(&book, payout, state, *cause).await;
        assert_eq!(bank.posts(payout), 1, "{manner}: {found:#}");
    }
    // Five were paid; of the rest, two failed and six are still held.
    assert_eq!(book.funds(&acme).await, ["850.00", "180.00", "670.00"]);

    let fresh = book.fresh().await;
    let waiting = book.auditor().get(&format!("/v1/payouts?needs_person=true&sort=made&{fresh}")).await;
    let waiting: Vec<&str> =
        waiting.data().as_array().unwrap().iter().map(|row| text(row, "reference")).collect();
    assert_eq!(
        waiting,
        ["drops_before", "breaks_before", "redirects", "lies_about_the_amount", "lies_about_the_payout"]
    );

    // A person finds out, and says so; the bank may pay what it had accepted.
    for ((manner, _, _), (withdrawal, payout)) in expected.iter().zip(&payouts) {
        let (step, body, state) = match *manner {
            "drops_before" | "breaks_before" | "redirects" => {
                ("fail", bodies::because("it never arrived"), "failed")
            }
            "lies_about_the_amount" | "lies_about_the_payout" => ("succeed", json!({}), "succeeded"),
            _ => continue,
        };
        book.finance().post(&step_path(withdrawal, step), &body).await.ok();
        let found = comes_to(&book, payout, state, None).await;
        assert!(found["doubt"].is_null() && found["cause"].is_null(), "{found:#}");
    }
    bank.tell(&payouts[1].1, "status", json!("succeeded"));
    comes_to(&book, &payouts[1].1, "succeeded", None).await;
    assert_eq!(book.funds(&acme).await, ["760.00", "0.00", "760.00"]);
    bank.check();
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_contradicts_moves_nothing_and_is_shown_until_somebody_has_looked() {
    let bank = Bank::open().await;
    let book = TestBook::start_differently(bank.paying()).await;
    let acme = book.customer_with("Acme", "100.00").await;
    let payout = pay_out(&book, &approved(&book, &acme, "pays-1").await).await;
    comes_to(&book, &payout, "succeeded", None).await;

    bank.tell(&payout, "status", json!("failed"));
    for _ in 0..2 {
        assert_eq!(text(&query(&book, &payout).await, "state"), "succeeded");
    }
    let doubted = find(&book, &payout).await;
    assert_eq!(doubted["doubt"], json!({ "about": "contradiction", "status": "failed" }));
    assert_eq!(events(&doubted).iter().filter(|event| **event == "PayoutDoubted").count(), 1);
    assert_eq!(book.funds(&acme).await, ["70.00", "0.00", "70.00"]);

    let path = format!("/v1/payouts/{payout}/resolve-doubt");
    let resolved = book.changes(&book.finance(), &path, &bodies::because("the bank was wrong")).await;
    assert_eq!(text(&resolved, "state"), "succeeded");
    assert!(find(&book, &payout).await["doubt"].is_null());

    // What it had accepted and forgets, a person decides.
    let accepted = approved(&book, &acme, "accepts-1").await;
    let payout = pay_out(&book, &accepted).await;
    comes_to(&book, &payout, "accepted", None).await;
    book.finance().post(&path, &bodies::because("again")).await.ok();
    bank.forget(&payout);
    let found = comes_to(&book, &payout, "doubted", None).await;
    assert_eq!(found["doubt"], json!({ "about": "forgotten" }));
    let refused =
        book.finance().post(&format!("/v1/payouts/{payout}/resolve-doubt"), &bodies::because("no")).await;
    refused.problem(409, "payout-not-in-state");
    book.take(&accepted, &["fail"]).await;
    assert_eq!(text(&find(&book, &payout).await, "state"), "failed");
    bank.check();
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_post_each_order_once() {
    let bank = Bank::open().await;
    let book = TestBook::start_differently(bank.paying_like("automatically", &json!({}))).await;
    let another = book.another(bank.paying_like("automatically", &json!({}))).await;
    let acme = book.customer_with("Acme", "1000.00").await;
    let mut payouts = Vec::new();
    for number in 0..12 {
        let manner = if number % 3 == 0 { "drops_after" } else { "pays" };
        payouts.push(payout_of(&approved(&book, &acme, &format!("{manner}-{number}")).await));
    }
    for payout in &payouts {
        comes_to(&book, payout, "succeeded", None).await;
        assert_eq!(bank.posts(payout), 1);
    }
    assert_eq!(book.funds(&acme).await, ["640.00", "0.00", "640.00"]);
    bank.check();
    another.stop().await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_process_died_over_is_asked_about_by_the_next() {
    let bank = Bank::open().await;
    let book = TestBook::start().await;
    let patient = bank.paying_like("by_hand", &json!({ "timeout_seconds": 60 }));
    let dying = book.another(Differently { no_projector: true, ..patient }).await;
    let acme = book.customer_with("Acme", "100.00").await;
    let paid = approved(&book, &acme, "late-1").await;
    let paid = pay_out(&dying, &paid).await;
    posted(&bank, &paid).await;
    assert_eq!(text(&comes_to(&book, &paid, "sending", None).await, "state"), "sending");
    let withdrawal = text(&find(&book, &paid).await, "withdrawal").to_owned();
    let refused = book.finance().post(&step_path(&withdrawal, "fail"), &bodies::because("impatience")).await;
    refused.problem(409, "payout-being-sent");
    dying.stop().await;

    let next = book.another(Differently { no_projector: true, ..bank.paying() }).await;
    let found = comes_to(&book, &paid, "succeeded", None).await;
    assert_eq!(found["history"][2]["cause"], "interrupted");
    assert_eq!(bank.posts(&paid), 1);
    bank.check();
    next.stop().await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_cannot_be_reached_is_given_nothing_and_one_that_knows_it_is_not_given_it_again() {
    let bank = Bank::open().await;
    bank.set_down(true);
    let book = TestBook::start_differently(bank.paying()).await;
    let acme = book.customer_with("Acme", "100.00").await;
    let first = pay_out(&book, &approved(&book, &acme, "pays-1").await).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(events(&find(&book, &first).await), ["PayoutPrepared"]);
    bank.set_down(false);
    comes_to(&book, &first, "succeeded", None).await;
    assert_eq!(bank.posts(&first), 1);

    // As after a backup was put back: the bank has paid what this book does not know to be sent.
    let withdrawal = approved(&book, &acme, "pays-2").await;
    let payout = payout_of(&withdrawal);
    bank.knows(&payout, "30.00");
    pay_out(&book, &withdrawal).await;
    let found = comes_to(&book, &payout, "succeeded", None).await;
    assert_eq!((bank.posts(&payout), events(&found)), (0, vec!["PayoutPrepared", "PayoutSucceeded"]));
    bank.check();
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_may_go_out_is_paid_out() {
    let bank = Bank::open().await;
    bank.set_down(true);
    let book = TestBook::start_differently(bank.paying()).await;
    let acme = book.customer_with("Acme", "100.00").await;
    let finance = book.finance();
    let post = |withdrawal: &str| finance.post("/v1/payouts", &json!({ "withdrawal": withdrawal }));
    post("0199f0a4-7d5e-7c3b-9a63-2f4be8c1d000").await.problem(404, "withdrawal-not-found");
    let requested = book.request(&acme, "10.00", "pays-1").await;
    post(&requested).await.problem(409, "withdrawal-not-in-state");
    let submitted = approved(&book, &acme, "pays-2").await;
    book.take(&submitted, &["submit"]).await;
    post(&submitted).await.problem(409, "payout-not-in-state");
    let nowhere = format!("/v1/payouts/{}/query", payout_of(&submitted));
    finance.post(&nowhere, &json!({})).await.problem(404, "payout-not-found");

    // Prepared and not sent yet: a suspended customer's stays, and a person may stop it.
    let waiting = approved(&book, &acme, "pays-3").await;
    let payout = text(&book.creates(&finance, "/v1/payouts", &json!({ "withdrawal": waiting })).await, "id")
        .to_owned();
    post(&waiting).await.problem(409, "payout-not-in-state");
    let suspend = format!("/v1/customers/{acme}/suspend");
    book.operator().post(&suspend, &bodies::because("chargebacks")).await.ok();
    bank.set_down(false);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!((bank.posts(&payout), events(&find(&book, &payout).await)), (0, vec!["PayoutPrepared"]));
    assert!(bank.questions() > 0);
    book.take(&waiting, &["fail"]).await;
    assert_eq!(text(&find(&book, &payout).await, "state"), "failed");
    assert_eq!(book.funds(&acme).await, ["100.00", "40.00", "60.00"]);
    bank.check();
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_one_decision_and_one_file() {
    let book = TestBook::start_differently(by_hand()).await;
    let (acme, beta) =
        (book.customer_with("Acme", "100.00").await, book.customer_with("Beta", "100.00").await);
    let finance = book.finance();
    let [first, second, stopped] = [
        approved(&book, &acme, "=1+1").await,
        approved(&book, &acme, "W-2").await,
        approved(&book, &beta, "W-3").await,
    ];
    let requested = book.request(&acme, "10.00", "W-4").await;
    finance.post("/v1/payouts", &json!({ "withdrawal": first })).await.problem(409, "payout-by-hand");

    // One that may not go out lets none of those that were named go.
    let some = json!({ "withdrawals": [first, requested] });
    finance.post("/v1/payout-batches", &some).await.problem(409, "withdrawal-not-in-state");
    for wrong in [
        json!({}),
        json!({ "withdrawals": [] }),
        json!({ "all_approved": false }),
        json!({ "withdrawals": [first], "all_approved": true }),
    ] {
        finance.post("/v1/payout-batches", &wrong).await.problem(422, "validation");
    }
    book.operator()
        .post(&format!("/v1/customers/{beta}/suspend"), &bodies::because("chargebacks"))
        .await
        .ok();
    let fresh = book.fresh().await;
    book.auditor().get(&format!("/v1/withdrawals?{fresh}")).await.ok();

    let all = json!({ "all_approved": true, "execution_date": "2030-01-02" });
    let made = book.creates(&finance, "/v1/payout-batches", &all).await;
    assert_eq!(made["payouts"], json!([payout_of(&first), payout_of(&second)]));
    assert_eq!(made["totals"], json!([bodies::yuan("60.00")]));
    assert_eq!(text(&made["skipped"][0], "withdrawal"), stopped);
    finance.post("/v1/payout-batches", &all).await.problem(409, "payout-batch-empty");
    let batch = text(&made, "id").to_owned();
    let fresh = book.fresh().await;
    let found = book.auditor().get(&format!("/v1/payout-batches/{batch}?{fresh}")).await;
    assert_eq!((&found.data()["totals"], &found.data()["payouts"]), (&made["totals"], &json!(2)));
    let listed =
        book.auditor().get(&format!("/v1/payouts?batch={batch}&state=prepared&adapter=manual&{fresh}")).await;
    assert_eq!(listed.data().as_array().unwrap().len(), 2);
    let masked = book.operator().get(&format!("/v1/payouts?batch={batch}&{fresh}")).await;
    assert!(!masked.text.contains("6222021234567890123"));

    let file = |format: &str| format!("/v1/payout-batches/{batch}/file?format={format}");
    let csv = finance.get(&file("csv")).await;
    assert_eq!((csv.status, csv.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert!(csv.text.contains(",'=1+1,2030-01-02\r\n"), "{}", csv.text);
    let pain = finance.get(&file("pain001")).await;
    assert_eq!((pain.status, pain.header("content-type")), (200, "application/xml"));
    assert!(
        pain.text.contains(&format!("<MsgId>{batch}</MsgId>"))
            && pain.text.contains("<CtrlSum>60.00</CtrlSum>")
    );
    finance.get(&file("pdf")).await.problem(422, "validation");
    book.operator().get(&file("csv")).await.problem(403, "forbidden");
    let showings = book.auditor().get(&format!("/v1/access/personal-showings?customer={acme}")).await;
    assert_eq!(showings.data()[0]["fields"], json!(["bank_account"]));

    // A person says what became of them; what failed is paid by no file any more.
    book.take(&first, &["succeed"]).await;
    assert_eq!(finance.get(&file("csv")).await.text, csv.text);
    assert_eq!(finance.get(&file("pain001")).await.text, pain.text);
    assert_eq!(csv.header("tallybook-left-out"), "0");
    book.take(&second, &["fail"]).await;
    let [without, pain_without] = [finance.get(&file("csv")).await, finance.get(&file("pain001")).await];
    assert_eq!(without.header("tallybook-left-out"), "1");
    assert_eq!(without.text.lines().count(), 2, "{}", without.text);
    assert!(without.text.contains(&payout_of(&first)) && !without.text.contains(&payout_of(&second)));
    assert_eq!(pain_without.header("tallybook-left-out"), "1");
    assert!(!pain_without.text.contains(&payout_of(&second)));
    assert_eq!(pain_without.text.matches("<NbOfTxs>1</NbOfTxs>").count(), 2, "{}", pain_without.text);
    assert_eq!(pain_without.text.matches("<CtrlSum>30.00</CtrlSum>").count(), 2);
    let found = book.shown(&format!("/v1/payout-batches/{batch}")).await;
    assert_eq!(found["left_out"], json!([payout_of(&second)]));
    assert_eq!(found["totals"], json!([bodies::yuan("30.00")]));
    book.take(&first, &["return"]).await;
    let states = [
        text(&find(&book, &payout_of(&first)).await, "state").to_owned(),
        text(&find(&book, &payout_of(&second)).await, "state").to_owned(),
    ];
    assert_eq!(states, ["returned", "failed"]);
    finance
        .post(&format!("/v1/payouts/{}/query", payout_of(&first)), &json!({}))
        .await
        .problem(409, "payout-by-hand");
    for format in ["csv", "pain001"] {
        finance.get(&file(format)).await.problem(409, "payout-file-empty");
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_debtor_no_batch_is_made() {
    let book = TestBook::start().await;
    let all = json!({ "all_approved": true });
    book.finance().post("/v1/payout-batches", &all).await.problem(409, "payouts-not-set-up");
    book.auditor()
        .get("/v1/payout-batches/B01K7RA8ZAYFGXSMRSF9FMC3M05")
        .await
        .problem(404, "payout-batch-not-found");
    book.auditor()
        .get("/v1/payout-batches/B01K7RA8ZAYFGXSMRSF9FMC3M05/file?format=csv")
        .await
        .problem(404, "payout-batch-not-found");
    book.auditor().get("/v1/payouts/Y01K7RA8ZAYFGXSMRSF9FMC3M00").await.problem(404, "payout-not-found");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn that_nobody_knows_what_is_being_sent_does_not_count() {
    let bank = Bank::open().await;
    let patient = json!({ "timeout_seconds": 4, "not_found_after_seconds": 600 });
    let book = TestBook::start_differently(bank.paying_like("by_hand", &patient)).await;
    let acme = book.customer_with("Acme", "100.00").await;
    let payout = pay_out(&book, &approved(&book, &acme, "late_before-1").await).await;
    posted(&bank, &payout).await;
    comes_to(&book, &payout, "sending", None).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    // Asked while it is being sent, answered when that has come to nothing.
    let asked = query(&book, &payout).await;
    assert_eq!(text(&asked, "said"), "not_found_yet", "after {THINKING:?}");
    let unknown = comes_to(&book, &payout, "unknown", None).await;
    assert_eq!(unknown["cause"], "timed_out");
    assert_eq!(text(&query(&book, &payout).await, "said"), "not_found_yet", "it went out a moment ago");
    let found = find(&book, &payout).await;
    assert_eq!(found["cause"], "timed_out");
    assert_eq!(events(&found), ["PayoutPrepared", "PayoutSendingBegan", "PayoutOutcomeUnknown"]);
    bank.knows(&payout, "30.00");
    let asked = query(&book, &payout).await;
    assert_eq!((text(&asked, "said"), text(&asked, "state")), ("answered", "succeeded"));
    bank.set_down(true);
    assert_eq!(text(&query(&book, &payout).await, "said"), "nothing");
    bank.check();
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_called_failed_and_the_bank_has_paid_is_booked_once() {
    let bank = Bank::open().await;
    let book = TestBook::start_differently(bank.paying()).await;
    let acme = book.customer_with("Acme", "100.00").await;
    let withdrawal = approved(&book, &acme, "drops_before-1").await;
    let payout = pay_out(&book, &withdrawal).await;
    comes_to(&book, &payout, "unknown", Some("not_found")).await;
    book.take(&withdrawal, &["fail"]).await;
    assert_eq!(book.funds(&acme).await, ["100.00", "0.00", "100.00"]);

    // The money is not in the wallet any more: it is doubted, and somebody is told.
    let other = book.request(&acme, "80.00", "W-2").await;
    bank.knows(&payout, "30.00");
    assert_eq!(text(&query(&book, &payout).await, "state"), "failed");
    let doubted = find(&book, &payout).await;
    assert_eq!(doubted["doubt"], json!({ "about": "contradiction", "status": "succeeded" }));
    assert_eq!(book.funds(&acme).await, ["100.00", "80.00", "20.00"]);
    truths::hold(&book.witness()).await;

    book.take(&other, &["reject"]).await;
    for _ in 0..2 {
        let asked = query(&book, &payout).await;
        assert_eq!((text(&asked, "state"), text(&asked, "withdrawal_state")), ("succeeded", "succeeded"));
    }
    assert_eq!(book.funds(&acme).await, ["70.00", "0.00", "70.00"]);
    assert_eq!(book.closing(["1002", "2241.01", "2241.02"]).await, ["70.00", "-70.00", "0.00"]);
    let found = find(&book, &payout).await;
    assert!(found["doubt"].is_null() && found["reason"].is_null(), "{found:#}");

    // What the bank itself has called failed stays so.
    let refused = approved(&book, &acme, "fails-1").await;
    let payout = pay_out(&book, &refused).await;
    comes_to(&book, &payout, "failed", None).await;
    bank.tell(&payout, "status", json!("succeeded"));
    assert_eq!(text(&query(&book, &payout).await, "state"), "failed");
    assert_eq!(book.funds(&acme).await, ["70.00", "0.00", "70.00"]);
    bank.check();
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_by_a_payout_is_not_submitted_by_hand_as_well() {
    let book = TestBook::start_differently(by_hand()).await;
    let acme = book.customer_with("Acme", "100.00").await;
    let withdrawal = approved(&book, &acme, "W-1").await;
    let batch = json!({ "withdrawals": [withdrawal] });
    book.finance().post("/v1/payout-batches", &batch).await.created();
    for body in [json!({}), json!({ "channel_reference": "B-1" })] {
        let request = book.finance().post(&step_path(&withdrawal, "submit"), &body);
        let refused = book.refuses(request, 409, "withdrawal-submitted-otherwise").await;
        assert_eq!(text(&refused.body, "payout"), payout_of(&withdrawal));
    }
    book.finish().await;
}
