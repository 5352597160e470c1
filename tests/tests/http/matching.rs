//! `/v1/receipts/{id}/proposals`, `/v1/write-offs/auto` and `/v1/matching-rules`

use futures::future::join_all;
use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::settlement::{receipt, rules, sums, undo};
use tallybook_tests::{TestBook, bodies};

async fn proposals(book: &TestBook, receipt: &str) -> Value {
    let path = format!("/v1/receipts/{receipt}/proposals?{}", book.fresh().await);
    book.auditor().get(&path).await.data().clone()
}

/// A receipt nobody has identified, from this payer and account, with this text.
async fn unknown(book: &TestBook, amount: &str, reference: &str, payer: [&str; 3]) -> String {
    let [name, account, remittance] = payer;
    let mut body = receipt(None, amount, reference);
    for (member, value) in [("payer_name", name), ("payer_account", account), ("text", remittance)] {
        body = bodies::with(body, member, (!value.is_empty()).then(|| json!(value)));
    }
    text(book.operator().post("/v1/receipts", &body).await.created(), "id").to_owned()
}

async fn auto(book: &TestBook, body: Value) -> Value {
    book.finance().post("/v1/write-offs/auto", &body).await.ok().clone()
}

/// Outcome, score and rule of each, in the order told.
fn told(run: &Value) -> Vec<[&str; 3]> {
    let matches = run["matches"].as_array().unwrap();
    matches.iter().map(|one| [text(one, "outcome"), text(one, "score"), text(one, "rule")]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_proposed_explained_written_off_and_undone() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("上海青松贸易有限公司", &["980"]).await;
    let payer = ["上海青松贸易行", "6222000011112222", &format!("付{}账单款", bills[0])];
    let money = unknown(&book, "980.00", "R-1", payer).await;
    let shown = proposals(&book, &money).await;
    let first = &shown["proposals"][0];
    assert_eq!(
        (text(first, "score"), text(first, "rule"), &first["automatic"]),
        ("0.95", "reference", &json!(false))
    );
    let reasons = ["amount equal", "payer name 0.85 alike", &format!("bill number {} in text", bills[0])];
    assert_eq!(first["reasons"], json!(reasons));
    assert_eq!(first["legs"][0]["amount"], bodies::yuan("980.00"));

    assert_eq!(told(&auto(&book, json!({})).await), [["waiting", "0.95", "reference"]], "nothing by itself");
    book.changes(&book.finance(), "/v1/matching-rules", &rules("0.95")).await;
    let tried = auto(&book, json!({ "dry_run": true })).await;
    assert_eq!(told(&tried["outcome"]), [["posted", "0.95", "reference"]]);
    assert_eq!(book.left_of(&money).await, "980.00", "a dry run writes nothing");
    let run = auto(&book, json!({})).await;
    assert_eq!(told(&run), [["posted", "0.95", "reference"]]);
    assert_eq!((book.open_of(&bills[0]).await, book.left_of(&money).await), ("0.00".into(), "0.00".into()));
    assert_eq!(book.closing(["1122", "2203", "2241.03"]).await, ["0.00", "0.00", "0.00"]);

    let id = text(&run["matches"][0], "write_off");
    let found = book.auditor().get(&format!("/v1/write-offs/{id}?{}", book.fresh().await)).await;
    let matched = &found.data()["matched"];
    assert_eq!((text(matched, "score"), &matched["rules_version"]), ("0.95", &json!(1)));
    assert_eq!(matched["reasons"], json!(reasons));
    assert_eq!(text(found.data(), "customer"), acme);

    book.changes(&book.finance(), &format!("/v1/write-offs/{id}/reverse"), &undo(None)).await;
    let again = auto(&book, json!({})).await;
    let undone = json!([again["posted"], again["passed_over"], again["matches"][0]["why"]]);
    let why = "a person has undone or rejected a write-off of it";
    assert_eq!(undone, json!([0, 1, why]), "what a person has undone does not come back: {again}");
    let left = book.auditor().get(&format!("/v1/receipts/{money}?{}", book.fresh().await)).await;
    assert_eq!((&left.data()["undone"], text(left.data(), "identified_by")), (&json!(true), id));
    let next = unknown(&book, "980.00", "R-2", ["刘芳", "6222000011112222", ""]).await;
    let of_next = proposals(&book, &next).await["proposals"].clone();
    assert_eq!(
        (&of_next[0]["score"], &of_next[0]["reasons"][1]),
        (&json!("0.50"), &json!("payer name 0.00 alike")),
        "what rules have said whose it is teaches nothing"
    );
    book.finish().await;
}

/// The same bill is paid twice: the second transfer is not put to the next bill of the same amount, however often the
/// rules are asked.
#[tokio::test(flavor = "multi_thread")]
async fn money_for_a_bill_that_is_paid_already_waits_for_a_person() {
    let book = TestBook::start().await;
    let (_, bills) = book.owing("Acme", &["77", "77"]).await;
    let (umbra, _) = book.owing("Umbra", &["88"]).await;
    book.changes(&book.finance(), "/v1/matching-rules", &rules("0.80")).await;
    for reference in ["R-1", "R-2"] {
        unknown(&book, "77.00", reference, ["Acme", "6222000011112222", &bills[0]]).await;
    }
    let doubted = ["waiting", "0.40", "exact_bill"];
    let run = auto(&book, json!({})).await;
    assert_eq!(told(&run), [["posted", "1.00", "reference"], doubted]);
    let reason = format!("the payer names {}, which it does not pay", bills[0]);
    assert!(run["matches"][1]["reasons"].as_array().unwrap().contains(&json!(reason)), "{run}");
    assert_eq!(told(&auto(&book, json!({})).await), [doubted]);
    assert_eq!(book.open_of(&bills[1]).await, "77.00");
    let strange = bodies::with(receipt(Some(&umbra), "88.00", "R-3"), "text", Some(json!(bills[1])));
    book.operator().post("/v1/receipts", &strange).await.created();
    let run = auto(&book, json!({ "customer": umbra })).await;
    assert_eq!(told(&run), [["waiting", "0.60", "exact_bill"]], "entered for the wrong customer, perhaps");
    book.finish().await;
}

/// A person's own write-off that was rejected says nothing of the rules, nor does a paper of somebody else.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_off_by_hand_that_was_rejected_holds_nothing_back() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["100"]).await;
    book.changes(&book.finance(), "/v1/matching-rules", &rules("0.80")).await;
    let money = book.receipt(&acme, "100.00", "R-1").await;
    let discount = json!([{ "reason": "discount", "amount": bodies::yuan("1.00") }]);
    let body = sums(&[("receipt", &money, "99.00")], &[(&bills[0], "100.00")]);
    let body = bodies::with(body, "differences", Some(discount));
    let waits = book.creates(&book.finance(), "/v1/write-offs", &body).await;
    let reject = format!("/v1/write-offs/{}/reject", text(&waits, "id"));
    book.changes(&book.approver(), &reject, &bodies::because("no discount")).await;
    assert_eq!(told(&auto(&book, json!({})).await), [["posted", "0.80", "exact_bill"]]);
    book.finish().await;
}

/// The last customer is taken off the list: nobody is left, not everybody.
#[tokio::test(flavor = "multi_thread")]
async fn an_empty_list_of_oldest_first_is_nobody() {
    let book = TestBook::start().await;
    let (acme, _) = book.owing("Acme", &["50", "50"]).await;
    let money = book.receipt(&acme, "70.00", "R-1").await;
    let only = |customers: Value| json!({ "rules": [{ "rule": "oldest_first", "on": true, "customers": customers }] });
    for (customers, found) in [(json!([acme]), 1), (json!([]), 0)] {
        book.changes(&book.finance(), "/v1/matching-rules", &only(customers.clone())).await;
        assert_eq!(proposals(&book, &money).await["proposals"].as_array().unwrap().len(), found);
        let shown = book.auditor().get(&format!("/v1/matching-rules?{}", book.fresh().await)).await;
        assert!(shown.text.contains(&format!("\"customers\":{customers}")), "{}", shown.text);
    }
    book.finish().await;
}

/// The rule names nobody: those in whose files it is said settle so, and no others.
#[tokio::test(flavor = "multi_thread")]
async fn who_settles_the_oldest_first_is_said_in_the_customers_file() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["50", "50"]).await;
    let (brio, _) = book.owing("Brio", &["50", "50"]).await;
    let (money, other) =
        (book.receipt(&acme, "70.00", "R-1").await, book.receipt(&brio, "70.00", "R-2").await);
    let rules = |on: bool| {
        json!({
            "automatic_from": "0.80", "rules": [{ "rule": "oldest_first", "on": on, "customers": [] }],
        })
    };
    book.changes(&book.finance(), "/v1/matching-rules", &rules(true)).await;
    let found = async |receipt: &str| proposals(&book, receipt).await["proposals"].as_array().unwrap().len();
    assert_eq!((found(&money).await, found(&other).await), (0, 0));
    let file = format!("/v1/customers/{acme}");
    for (oldest_first, proposed) in [(true, 1), (false, 0), (true, 1)] {
        book.operator().patch(&file, &json!({ "oldest_first": oldest_first })).await.ok();
        assert_eq!((found(&money).await, found(&other).await), (proposed, 0), "{oldest_first}");
    }
    book.changes(&book.finance(), "/v1/matching-rules", &rules(false)).await;
    assert_eq!(found(&money).await, 0, "the rule is off");
    book.changes(&book.finance(), "/v1/matching-rules", &rules(true)).await;
    let run = auto(&book, json!({})).await;
    assert_eq!(told(&run), [["posted", "0.80", "oldest_first"]]);
    assert_eq!(
        (book.open_of(&bills[0]).await, book.open_of(&bills[1]).await),
        ("0.00".into(), "30.00".into())
    );
    book.finish().await;
}

/// The receipt paid two bills, and one of them was the wrong one: what came free is for a person.
#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_was_undone_does_not_come_back_as_a_part() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["100", "100"]).await;
    book.changes(&book.finance(), "/v1/matching-rules", &rules("0.80")).await;
    let money = book.receipt(&acme, "200.00", "R-1").await;
    let run = auto(&book, json!({})).await;
    assert_eq!(told(&run), [["posted", "0.80", "exact_bills"]]);
    let made = text(&run["matches"][0], "write_off");
    book.changes(&book.finance(), &format!("/v1/write-offs/{made}/reverse"), &undo(Some(2))).await;
    for _ in 0..2 {
        // The bill the same run paid would fit as well.
        assert_eq!(told(&auto(&book, json!({})).await), [["waiting", "0.60", "exact_bill"]]);
    }
    assert_eq!(
        (book.open_of(&bills[1]).await, book.left_of(&money).await),
        ("100.00".into(), "100.00".into())
    );
    let shown = proposals(&book, &money).await;
    assert_eq!(shown["proposals"][0]["automatic"], json!(false));
    book.receipt(&acme, "100.00", "R-2").await;
    let run = auto(&book, json!({ "limit": 1 })).await;
    assert_eq!(
        (told(&run), &run["left"]),
        (vec![["posted", "0.80", "exact_bill"]], &json!(0)),
        "other money pays the bill, though what waits came in before; then there is no bill for that any more"
    );
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_of_one_name_are_not_told_apart_by_what_is_left() {
    let book = TestBook::start().await;
    let (_, first) = book.owing("张伟", &["100"]).await;
    let (_, second) = book.owing("张伟有限公司", &["100"]).await;
    book.changes(&book.finance(), "/v1/matching-rules", &rules("0.80")).await;
    for reference in ["R-1", "R-2"] {
        unknown(&book, "100.00", reference, ["张伟", "", ""]).await;
    }
    let doubted = ["waiting", "0.60", "exact_bill"];
    for _ in 0..2 {
        assert_eq!(told(&auto(&book, json!({})).await), [doubted, doubted]);
    }
    assert_eq!(book.open_of(&first[0]).await, book.open_of(&second[0]).await);
    book.finish().await;
}

/// Above the limit of who asks, an approver decides on the write-off, and with it on whose money it is.
#[tokio::test(flavor = "multi_thread")]
async fn an_approved_match_identifies_its_receipt() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["1000", "2000"]).await;
    book.changes(&book.finance(), "/v1/matching-rules", &rules("0.70")).await;
    let mut waiting = Vec::new();
    for (amount, reference) in [("971.00", "R-1"), ("1971.00", "R-2")] {
        unknown(&book, amount, reference, ["Acme", "6222000011112222", ""]).await;
        let run = auto(&book, json!({})).await;
        assert_eq!(told(&run), [["proposed", "0.70", "within_tolerance"]]);
        waiting.push(run["matches"][0].clone());
    }
    let decide = |which: usize, step: &str| {
        format!("/v1/write-offs/{}/{step}", text(&waiting[which], "write_off").to_owned())
    };
    book.changes(&book.approver(), &decide(0, "approve"), &json!({})).await;
    let money = text(&waiting[0], "receipt");
    let known = book.auditor().get(&format!("/v1/receipts/{money}?{}", book.fresh().await)).await;
    assert_eq!(text(known.data(), "customer"), acme);
    assert_eq!(
        (book.open_of(&bills[0]).await, book.closing(["2203"]).await),
        ("0.00".into(), ["0.00".into()])
    );
    book.changes(&book.approver(), &decide(1, "reject"), &bodies::because("not theirs")).await;
    assert_eq!(told(&auto(&book, json!({})).await), [["passed_over", "0.70", "within_tolerance"]]);
    assert_eq!(book.left_of(text(&waiting[1], "receipt")).await, "1971.00");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn payers_are_remembered_once_a_receipt_is_identified() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["50", "60"]).await;
    book.owing("Zenith", &["60"]).await;
    let payer = ["刘芳", "6222000011112222", ""];
    let first = unknown(&book, "50.00", "R-1", payer).await;
    let second = unknown(&book, "60.00", "R-2", payer).await;
    assert_eq!(
        proposals(&book, &second).await["proposals"],
        json!([]),
        "two bills of 60, and nobody is known"
    );
    let identify = format!("/v1/receipts/{first}/identify");
    book.changes(&book.finance(), &identify, &json!({ "customer": acme })).await;
    let shown = proposals(&book, &second).await;
    let only = &shown["proposals"][0];
    assert_eq!((text(only, "customer"), text(only, "score")), (acme.as_str(), "0.80"));
    assert_eq!(only["reasons"], json!(["amount equal", "payer account ••••2222 remembered"]));
    assert_eq!(only["legs"][0]["bill"], bills[1].as_str());
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_short_is_forgiven_within_tolerance_or_waits_for_an_approver() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["1000", "500"]).await;
    book.changes(&book.finance(), "/v1/matching-rules", &rules("0.70")).await;
    let within = book.receipt(&acme, "980.00", "R-1").await;
    let above = book.receipt(&acme, "471.00", "R-2").await;
    let run = auto(&book, json!({ "customer": acme })).await;
    let [posted, waits] = [["posted", "0.70", "within_tolerance"], ["proposed", "0.70", "within_tolerance"]];
    assert_eq!(told(&run), [posted, waits], "29 is above what finance may forgive alone");
    assert_eq!((book.open_of(&bills[0]).await, book.left_of(&within).await), ("0.00".into(), "0.00".into()));
    assert_eq!(book.closing(["6603"]).await, ["20.00"]);
    let again = auto(&book, json!({})).await;
    assert_eq!(again["matches"], json!([]), "what waits for an approver is not proposed again");
    assert_eq!(proposals(&book, &above).await["free"], bodies::yuan("0.00"));
    let approve = format!("/v1/write-offs/{}/approve", text(&run["matches"][1], "write_off"));
    book.changes(&book.approver(), &approve, &json!({})).await;
    assert_eq!((book.open_of(&bills[1]).await, book.left_of(&above).await), ("0.00".into(), "0.00".into()));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_write_off_nothing_twice() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["10", "20", "40"]).await;
    book.changes(&book.finance(), "/v1/matching-rules", &rules("0.80")).await;
    for (amount, reference) in [("10.00", "R-1"), ("20.00", "R-2"), ("40.00", "R-3")] {
        book.receipt(&acme, amount, reference).await;
    }
    let runs = join_all((0..6).map(|_| auto(&book, json!({})))).await;
    let posted: u64 = runs.iter().map(|run| run["posted"].as_u64().unwrap()).sum();
    assert_eq!(posted, 3);
    for bill in &bills {
        assert_eq!(book.open_of(bill).await, "0.00");
    }
    assert_eq!(book.closing(["1122", "2203"]).await, ["0.00", "0.00"]);
    book.finish().await;
}

/// Another person takes the money between the proposal and the decision: that is passed over by the next run, which sees
/// nothing free any more.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_has_written_off_is_not_matched() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["10"]).await;
    book.changes(&book.finance(), "/v1/matching-rules", &rules("0.10")).await;
    let money = book.receipt(&acme, "10.00", "R-1").await;
    let by_hand = sums(&[("receipt", &money, "10.00")], &[(&bills[0], "10.00")]);
    book.creates(&book.finance(), "/v1/write-offs", &by_hand).await;
    let run = auto(&book, json!({})).await;
    assert_eq!((&run["receipts"], &run["matches"]), (&json!(0), &json!([])));
    assert_eq!(proposals(&book, &money).await["proposals"], json!([]));
    let unknown = book.auditor().get("/v1/receipts/R0000000000000000/proposals");
    book.refuses(unknown, 404, "receipt-not-found").await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_change_in_versions() {
    let book = TestBook::start().await;
    let finance = book.finance();
    let shown = book.auditor().get("/v1/matching-rules").await.data().clone();
    assert_eq!(
        (&shown["version"], &shown["automatic_from"], &shown["versions"]),
        (&json!(0), &Value::Null, &json!([]))
    );
    let first = book.changes(&finance, "/v1/matching-rules", &rules("0.95")).await;
    assert_eq!(first["version"], 1);
    let same = finance.post("/v1/matching-rules", &rules("0.95")).await;
    assert_eq!(same.ok()["version"], 1, "the same again changes nothing");
    let stale = bodies::with(rules("0.90"), "expected_version", Some(json!(0)));
    book.refuses(finance.post("/v1/matching-rules", &stale), 409, "matching-rules-changed").await;
    let second = bodies::with(rules("0.90"), "expected_version", Some(json!(1)));
    assert_eq!(book.changes(&finance, "/v1/matching-rules", &second).await["version"], 2);
    let shown = book.auditor().get(&format!("/v1/matching-rules?{}", book.fresh().await)).await;
    let versions = shown.data()["versions"].as_array().unwrap();
    let scores: Vec<&str> = versions.iter().map(|one| text(one, "automatic_from")).collect();
    assert_eq!((text(shown.data(), "automatic_from"), scores), ("0.90", vec!["0.90", "0.95"]));
    let wrong =
        json!({ "automatic_from": "1.5", "rules": [{ "rule": "exact_bills", "on": true, "most": "12" }] });
    let errors = [("/automatic_from", "malformed"), ("/rules/0/most", "wrong_type")];
    book.refuses_values(finance.post("/v1/matching-rules", &wrong), &errors).await;
    let twice =
        json!({ "rules": [{ "rule": "exact_bill", "on": true }, { "rule": "exact_bill", "on": false }] });
    book.refuses_values(finance.post("/v1/matching-rules", &twice), &[("/rules/1", "repeated_rule")]).await;
    let misspelt = json!({ "rules": [{ "rule": "exact_bill", "on": true, "most": 2 }] });
    book.refuses_values(finance.post("/v1/matching-rules", &misspelt), &[("/rules/0/most", "unknown")]).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_asked_for_again_under_its_key_is_answered_and_not_begun_again() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("上海青松贸易有限公司", &["980", "500"]).await;
    book.changes(&book.finance(), "/v1/matching-rules", &rules("0.80")).await;
    book.receipt(&acme, "980.00", "R-1").await;
    let finance = book.finance();
    let run = |body: Value| finance.post("/v1/write-offs/auto", &body).key("month-end-1");
    let first = run(json!({})).await;
    assert_eq!((&first.ok()["posted"], first.header("idempotent-replayed")), (&json!(1), ""));
    assert_eq!(book.open_of(&bills[0]).await, "0.00");
    // Money that came meanwhile waits for a run of its own.
    book.receipt(&acme, "500.00", "R-2").await;
    let again = run(json!({})).await;
    assert_eq!((again.ok(), again.header("idempotent-replayed")), (first.ok(), "true"));
    assert_eq!(again.header("tallybook-position"), first.header("tallybook-position"));
    assert_eq!(book.open_of(&bills[1]).await, "500.00");
    run(json!({ "customer": acme })).await.problem(422, "idempotency-key-reused");
    let tried = finance.post("/v1/write-offs/auto?dry_run=true", &json!({})).key("month-end-1").await;
    assert_eq!(tried.ok()["outcome"]["posted"], 1, "a dry run says what a run would do now");
    assert_eq!(auto(&book, json!({})).await["posted"], 1);
    assert_eq!(book.open_of(&bills[1]).await, "0.00");
    book.finish().await;
}
