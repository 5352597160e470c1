//! `/v1/receipts`, `/v1/receipts/{id}` and `/v1/receipts/{id}/identify`, `reverse`, `move-to-wallet`, `move-back`,
//! `refund`, `refund/approve`, `refund/reject`, `refund/return`

use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::settlement::{receipt, sums, with_fee};
use tallybook_tests::{Role, TestBook, bodies};

#[tokio::test(flavor = "multi_thread")]
async fn money_is_entered_once_and_found() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let body = receipt(Some(&acme), "55.00", "R-1");
    let entered = book.creates(&book.operator(), "/v1/receipts", &body).await;
    assert_eq!((text(&entered, "state"), &entered["known"]), ("open", &json!(false)));
    assert_eq!((&entered["customer"], &entered["unapplied"]), (&json!(acme), &bodies::yuan("55.00")));
    assert_eq!(book.closing(["1002", "2203"]).await, ["55.00", "-55.00"]);
    let again = book.finance().post("/v1/receipts", &body).await;
    assert_eq!((&again.ok()["id"], &again.body["known"]), (&entered["id"], &json!(true)));
    let other = receipt(Some(&acme), "55.01", "R-1");
    let refused = book.refuses(book.finance().post("/v1/receipts", &other), 409, "receipt-differs").await;
    assert_eq!(refused.body["amount"], bodies::yuan("55.00"));

    let (fresh, id) = (book.fresh().await, text(&entered, "id"));
    for (reader, account) in
        [(book.auditor(), "6222021234567890123"), (book.as_role(Role::Dashboard), "••••0123")]
    {
        let found = reader.get(&format!("/v1/receipts/{id}?{fresh}")).await;
        let data = found.data();
        assert_eq!((text(data, "payer_account"), text(data, "reference")), (account, "R-1"));
        let listed = reader.get(&format!("/v1/receipts?customer={acme}&state=open&{fresh}")).await;
        assert_eq!(listed.data(), &json!([data]));
    }
    let none = book.auditor().get(&format!("/v1/receipts?state=used&{fresh}")).await;
    assert_eq!(none.data(), &json!([]));
    let unknown = "/v1/receipts/R0000000000000000";
    book.auditor().get(unknown).await.problem(404, "receipt-not-found");
    let why = bodies::because("why");
    book.refuses(book.finance().post(&format!("{unknown}/reverse"), &why), 404, "receipt-not-found").await;
    let nothing = book.finance().post("/v1/receipts", &json!({ "payer_account": "1" }));
    let missing = ["/amount", "/method", "/account", "/reference"].map(|member| (member, "missing"));
    let errors: Vec<_> = missing.into_iter().chain([("/payer_account", "malformed")]).collect();
    book.refuses_values(nothing, &errors).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_of_nobody_waits_in_suspense() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["80"]).await;
    let entered = book.creates(&book.operator(), "/v1/receipts", &receipt(None, "55.00", "R-1")).await;
    let id = text(&entered, "id");
    assert_eq!(text(&entered, "state"), "unidentified");
    assert_eq!(book.closing(["2203", "2241.03"]).await, ["0.00", "-55.00"]);
    let paid = sums(&[("receipt", id, "55.00")], &[(&bills[0], "55.00")]);
    let finance = book.finance();
    book.refuses(finance.post("/v1/write-offs", &paid), 409, "receipt-unidentified").await;
    let identify = format!("/v1/receipts/{id}/identify");
    let known = book.changes(&finance, &identify, &json!({ "customer": acme })).await;
    assert_eq!((text(&known, "state"), text(&known, "customer")), ("open", acme.as_str()));
    assert_eq!(book.closing(["2203", "2241.03"]).await, ["-55.00", "0.00"]);
    finance.post(&identify, &json!({ "customer": acme })).await.ok();
    let umbra = book.customer("Umbra").await;
    let other = finance.post(&identify, &json!({ "customer": umbra }));
    book.refuses(other, 409, "receipt-of-another").await;
    finance.post("/v1/write-offs", &paid).await.created();
    assert_eq!(book.open_of(&bills[0]).await, "25.00");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_reversed_with_its_write_offs_or_not_at_all() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["1000"]).await;
    let id = book.receipt(&acme, "980.00", "R-1").await;
    let finance = book.finance();
    let paid = with_fee(sums(&[("receipt", &id, "980.00")], &[(&bills[0], "1000.00")]), "20.00");
    finance.post("/v1/write-offs", &paid).await.created();
    assert_eq!(book.closing(["1122", "2203", "6603"]).await, ["0.00", "0.00", "20.00"]);
    let reverse = format!("/v1/receipts/{id}/reverse");
    let refused =
        book.refuses(finance.post(&reverse, &bodies::because("a slip")), 409, "receipt-in-use").await;
    assert_eq!(refused.body["applied"], bodies::yuan("980.00"));
    let all = json!({ "reason": "a slip", "with_write_offs": true });
    let reversed = book.changes(&finance, &reverse, &all).await;
    assert_eq!(text(&reversed, "state"), "reversed");
    assert_eq!(text(&reversed["write_offs"][0], "state"), "reversed");
    assert_eq!(book.closing(["1002", "1122", "2203", "6603"]).await, ["0.00", "1000.00", "0.00", "0.00"]);
    assert_eq!(book.open_of(&bills[0]).await, "1000.00");
    let pay = sums(&[("receipt", &id, "1.00")], &[(&bills[0], "1.00")]);
    book.refuses(finance.post("/v1/write-offs", &pay), 409, "receipt-reversed").await;
    let slip = receipt(Some(&acme), "908.00", "R-1");
    let read_again = book.refuses(finance.post("/v1/receipts", &slip), 409, "receipt-reversed-before").await;
    assert_eq!(text(&read_again.body, "reason"), "a slip");
    let anew = finance.post("/v1/receipts", &bodies::with(slip, "again", Some(json!(true)))).await;
    assert_eq!((text(anew.created(), "id"), text(&anew.body, "state")), (id.as_str(), "open"));
    assert_eq!((book.left_of(&id).await.as_str(), &anew.body["entry"]), ("908.00", &json!(2)));
    let first = json!({ "reason": "a slip", "entry": 1 });
    book.refuses(finance.post(&reverse, &first), 409, "receipt-recorded-anew").await;
    let fits = book.auditor().get(&format!("/v1/receipts/{id}?{}", book.fresh().await)).await;
    assert_eq!(fits.data()["entry"], 2);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_goes_to_the_wallet_or_back() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let id = book.receipt(&acme, "55.00", "R-1").await;
    let finance = book.finance();
    let path = |step: &str| format!("/v1/receipts/{id}/{step}");
    let some = json!({ "amount": bodies::yuan("15.00") });
    let moved = book.changes(&finance, &path("move-to-wallet"), &some).await;
    assert_eq!(moved["unapplied"], bodies::yuan("40.00"));
    assert_eq!(book.funds(&acme).await, ["15.00", "0.00", "15.00"]);
    assert_eq!(book.closing(["2203", "2241.01"]).await, ["-40.00", "-15.00"]);
    let above = json!({ "amount": bodies::yuan("40.01"), "reason": "paid too much" });
    book.refuses(finance.post(&path("refund"), &above), 409, "receipt-short").await;
    let why = json!({ "amount": bodies::yuan("30.00"), "reason": "paid too much" });
    let asked = book.creates(&finance, &path("refund"), &why).await;
    assert_eq!(asked["unapplied"], bodies::yuan("10.00"));
    book.refuses(finance.post(&path("refund"), &why), 409, "refund-under-way").await;
    book.refuses(
        finance.post(&path("refund/approve"), &json!({ "amount": why["amount"] })),
        403,
        "self-approval",
    )
    .await;
    let other = json!({ "amount": bodies::yuan("10.00") });
    let answer =
        book.refuses(book.approver().post(&path("refund/approve"), &other), 409, "refund-under-way").await;
    assert_eq!(
        answer.problem(409, "refund-under-way")["amount"],
        bodies::yuan("30.00"),
        "not what was looked at"
    );
    book.refuses_values(book.approver().post(&path("refund/approve"), &json!({})), &[("/amount", "missing")])
        .await;
    let rejected =
        book.changes(&book.approver(), &path("refund/reject"), &bodies::because("it pays the next")).await;
    assert_eq!(rejected["unapplied"], bodies::yuan("40.00"));
    finance.post(&path("refund"), &why).await.created();
    book.changes(&book.approver(), &path("refund/approve"), &json!({ "amount": why["amount"] })).await;
    assert_eq!(book.closing(["1002", "2203"]).await, ["25.00", "-10.00"]);
    let found = book.auditor().get(&format!("/v1/receipts/{id}?{}", book.fresh().await)).await;
    let told: Vec<&Value> = ["moved", "refunded", "refund_asked", "unapplied"]
        .map(|part| &found.data()[part]["amount"])
        .into_iter()
        .collect();
    assert_eq!(told, ["15.00", "30.00", "0.00", "10.00"]);
    assert_eq!(text(&found.data()["refund"], "state"), "refunded");
    book.refuses(finance.post(&path("reverse"), &bodies::because("x")), 409, "receipt-in-use").await;
    let above = json!({ "amount": bodies::yuan("30.01"), "reason": "account closed" });
    book.refuses(finance.post(&path("refund/return"), &above), 409, "more-than-had-gone").await;
    book.changes(&finance, &path("refund/return"), &bodies::because("account closed")).await;
    let back = book.changes(&finance, &path("move-back"), &json!({})).await;
    assert_eq!(back["unapplied"], bodies::yuan("55.00"));
    assert_eq!(book.closing(["1002", "2203", "2241.01"]).await, ["55.00", "-55.00", "0.00"]);
    let found = book.auditor().get(&format!("/v1/receipts/{id}?{}", book.fresh().await)).await;
    assert_eq!(text(&found.data()["refund"], "state"), "returned");
    book.changes(&finance, &path("reverse"), &bodies::because("it bounced")).await;
    assert_eq!(book.closing(["1002", "2203", "2241.01"]).await, ["0.00", "0.00", "0.00"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_line_comes_in_once() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let finance = book.finance();
    book.deposit(&acme, "100.00", "R-1").await;
    let same = receipt(Some(&acme), "100.00", "R-1");
    book.refuses(finance.post("/v1/receipts", &same), 409, "reference-taken").await;
    let waiting = receipt(None, "55.00", "R-2");
    book.creates(&finance, "/v1/receipts", &waiting).await;
    let deposit = bodies::deposit(&acme, "55.00", "R-2");
    book.refuses(finance.post("/v1/deposits", &deposit), 409, "reference-taken").await;
    let spelled =
        bodies::with(receipt(Some(&acme), "55.00", "R-2"), "account", Some(json!("ｉｃｂｃ - 0123")));
    let known = finance.post("/v1/receipts", &spelled).await;
    assert_eq!((&known.ok()["known"], text(&known.body, "state")), (&json!(true), "open"));
    assert_eq!(book.closing(["2203", "2241.03"]).await, ["-55.00", "0.00"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_whose_money_is_there_is_not_closed() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let id = book.receipt(&acme, "55.00", "R-1").await;
    let (finance, why) = (book.finance(), bodies::because("moved away"));
    let close = format!("/v1/customers/{acme}/close");
    let refused = book.refuses(finance.post(&close, &why), 409, "customer-still-open").await;
    assert_eq!(refused.body["open"], json!([{ "receipt": id, "unapplied": bodies::yuan("55.00") }]));
    book.changes(&finance, &format!("/v1/receipts/{id}/reverse"), &bodies::because("a slip")).await;
    finance.post(&close, &why).await.ok();
    book.finish().await;
}
