//! `/v1/write-offs`, `/v1/write-offs/{id}` and `/v1/write-offs/{id}/approve`, `reject`, `reverse`; `/v1/credit-notes`

use futures::future::join_all;
use serde_json::{Value, json};
use tallybook_api::ApiSettings;
use tallybook_tests::answer::text;
use tallybook_tests::book::Differently;
use tallybook_tests::settlement::{sums, undo, with_fee};
use tallybook_tests::{TestBook, bodies};

/// What is open of the bills and left of the sources, in the order of the legs.
fn left(outcome: &Value) -> [Vec<&str>; 2] {
    [("bills", "open"), ("sources", "left")].map(|(list, member)| {
        outcome[list].as_array().unwrap().iter().map(|one| text(&one[member], "amount")).collect()
    })
}

async fn status_of(book: &TestBook, bill: &str) -> &'static str {
    let fresh = book.fresh().await;
    for status in ["settled", "partly_settled", "issued"] {
        let listed = book.auditor().get(&format!("/v1/bills?status={status}&{fresh}")).await;
        if listed.data().as_array().unwrap().iter().any(|row| row["id"] == bill) {
            return status;
        }
    }
    "none"
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_of_55_and_35_leave_110_of_200_and_165_without_the_first() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["200"]).await;
    let (first, second) =
        (book.receipt(&acme, "55.00", "R-1").await, book.receipt(&acme, "35.00", "R-2").await);
    let finance = book.finance();
    let pays = |receipt: &str, amount| sums(&[("receipt", receipt, amount)], &[(&bills[0], amount)]);
    let made = book.creates(&finance, "/v1/write-offs", &pays(&first, "55.00")).await;
    let second = book.creates(&finance, "/v1/write-offs", &pays(&second, "35.00")).await;
    assert_eq!(left(&second), [vec!["110.00"], vec!["0.00"]]);
    assert_eq!(status_of(&book, &bills[0]).await, "partly_settled");
    assert_eq!(book.closing(["1122", "2203"]).await, ["110.00", "0.00"]);
    let id = text(&made, "id");
    let undone = book.changes(&finance, &format!("/v1/write-offs/{id}/reverse"), &undo(None)).await;
    assert_eq!((left(&undone), text(&undone, "state")), ([vec!["165.00"], vec!["55.00"]], "reversed"));
    assert_eq!(
        (book.open_of(&bills[0]).await, book.left_of(&first).await),
        ("165.00".into(), "55.00".into())
    );
    assert_eq!(book.closing(["1122", "2203"]).await, ["165.00", "-55.00"]);

    let fresh = book.fresh().await;
    let found = book.auditor().get(&format!("/v1/write-offs/{id}?{fresh}")).await;
    let leg = &found.data()["legs"][0];
    assert_eq!((text(leg, "receipt"), text(leg, "bill")), (first.as_str(), bills[0].as_str()));
    assert_eq!(text(&leg["reversal"], "reason"), "wrong bill");
    for (query, count) in [
        (format!("receipt={first}"), 1),
        (format!("bill={}", bills[0]), 2),
        ("state=reversed".into(), 1),
        ("state=posted".into(), 1),
        (format!("customer={acme}"), 2),
        ("customer=C99999".into(), 0),
    ] {
        let listed = book.auditor().get(&format!("/v1/write-offs?{query}&{fresh}")).await;
        assert_eq!(listed.data().as_array().unwrap().len(), count, "{query}");
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credit_note_of_100_pays_a_bill_of_80_and_has_20_left() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["80"]).await;
    let finance = book.finance();
    let grant = json!({ "customer": acme, "subtotal": bodies::yuan("100.00"), "reason": "goodwill" });
    let asked = book.creates(&finance, "/v1/credit-notes", &grant).await;
    let note = text(&asked, "id");
    assert_eq!((text(&asked, "state"), book.closing(["2203"]).await), ("proposed", ["0.00".to_owned()]));
    let path = |step: &str| format!("/v1/credit-notes/{note}/{step}");
    book.refuses(finance.post(&path("approve"), &json!({})), 403, "self-approval").await;
    let granted = book.changes(&book.approver(), &path("approve"), &json!({})).await;
    assert_eq!(text(&granted, "state"), "open");
    assert_eq!(book.closing(["2203", "6601"]).await, ["-100.00", "100.00"]);
    let pays = sums(&[("credit_note", note, "80.00")], &[(&bills[0], "80.00")]);
    let made = book.creates(&finance, "/v1/write-offs", &pays).await;
    assert_eq!(left(&made), [vec!["0.00"], vec!["20.00"]]);
    assert_eq!(status_of(&book, &bills[0]).await, "settled");
    assert_eq!(book.closing(["1122", "2203"]).await, ["0.00", "-20.00"]);
    let found = book.auditor().get(&format!("/v1/credit-notes/{note}?{}", book.fresh().await)).await;
    assert_eq!(found.data()["unapplied"], bodies::yuan("20.00"));
    let more = sums(&[("credit_note", note, "20.01")], &[(&bills[0], "20.01")]);
    book.refuses(finance.post("/v1/write-offs", &more), 409, "credit-note-short").await;
    let slip = bodies::because("a slip");
    book.refuses(finance.post(&path("reverse"), &slip), 409, "credit-note-in-use").await;
    book.changes(&finance, &format!("/v1/write-offs/{}/reverse", text(&made, "id")), &undo(None)).await;
    book.changes(&finance, &path("reverse"), &slip).await;
    assert_eq!(book.closing(["1122", "2203", "6601"]).await, ["80.00", "0.00", "0.00"]);
    let paid = finance.post("/v1/write-offs", &pays);
    book.refuses(paid, 409, "credit-note-not-in-state").await;
    let taxed = bodies::with(grant, "tax", Some(bodies::yuan("100.01")));
    book.refuses(finance.post("/v1/credit-notes", &taxed), 422, "tax-out-of-range").await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_leg_is_undone_and_the_others_stand() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["100", "100"]).await;
    let receipt = book.receipt(&acme, "200.00", "R-1").await;
    let finance = book.finance();
    let both = sums(&[("receipt", &receipt, "200.00")], &[(&bills[0], "100.00"), (&bills[1], "100.00")]);
    let made = book.creates(&finance, "/v1/write-offs", &both).await;
    assert_eq!(book.closing(["1122", "2203"]).await, ["0.00", "0.00"]);
    let reverse = format!("/v1/write-offs/{}/reverse", text(&made, "id"));
    let undone = book.changes(&finance, &reverse, &undo(Some(1))).await;
    assert_eq!(left(&undone), [vec!["100.00", "0.00"], vec!["100.00"]]);
    assert_eq!((text(&undone, "state"), &undone["live_legs"]), ("partly_reversed", &json!([2])));
    assert_eq!((status_of(&book, &bills[0]).await, status_of(&book, &bills[1]).await), ("issued", "settled"));
    assert_eq!(book.closing(["1122", "2203"]).await, ["100.00", "-100.00"]);
    let no_such = finance.post(&reverse, &undo(Some(3)));
    book.refuses(no_such, 422, "write-off-leg-not-found").await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn crosswise_legs_are_undone_one_by_one() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["50", "50"]).await;
    let receipts = [book.receipt(&acme, "50.00", "R-1").await, book.receipt(&acme, "50.00", "R-2").await];
    let leg = |receipt: &str, bill: &str| json!({ "receipt": receipt, "bill": bill, "amount": bodies::yuan("25.00") });
    let legs: Vec<Value> =
        receipts.iter().flat_map(|receipt| bills.iter().map(move |bill| leg(receipt, bill))).collect();
    let made = book.creates(&book.finance(), "/v1/write-offs", &json!({ "legs": legs })).await;
    assert_eq!(left(&made), [vec!["0.00", "0.00"], vec!["0.00", "0.00"]]);
    let reverse = format!("/v1/write-offs/{}/reverse", text(&made, "id"));
    let undone = book.changes(&book.finance(), &reverse, &undo(Some(2))).await;
    assert_eq!(left(&undone), [vec!["0.00", "25.00"], vec!["25.00", "0.00"]]);
    assert_eq!(undone["live_legs"], json!([1, 3, 4]));
    assert_eq!(
        (book.open_of(&bills[1]).await, book.left_of(&receipts[0]).await),
        ("25.00".into(), "25.00".into())
    );
    assert_eq!(book.closing(["1122", "2203"]).await, ["25.00", "-25.00"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_finance_may_write_off_alone_is_what_the_company_says() {
    let difference_limits = "bank_fee=5.00 CNY".parse().unwrap();
    let api = ApiSettings { difference_limits, ..ApiSettings::default() };
    let book = TestBook::start_differently(Differently { api, ..Differently::default() }).await;
    let (acme, bills) = book.owing("Acme", &["1000", "1000", "1000"]).await;
    let finance = book.finance();
    for (bill, reference, money, reason, difference, state) in [
        (&bills[0], "R-1", "995.00", "bank_fee", "5.00", "posted"),
        (&bills[1], "R-2", "994.99", "bank_fee", "5.01", "proposed"),
        (&bills[2], "R-3", "999.99", "rounding", "0.01", "proposed"),
    ] {
        let receipt = book.receipt(&acme, money, reference).await;
        let mut body = sums(&[("receipt", &receipt, money)], &[(bill, "1000.00")]);
        body["differences"] = json!([{ "reason": reason, "amount": bodies::yuan(difference) }]);
        let made = book.creates(&finance, "/v1/write-offs", &body).await;
        assert_eq!(text(&made, "state"), state, "{difference} as {reason}");
    }
    assert_eq!(book.closing(["1122", "6603"]).await, ["2000.00", "5.00"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fee_of_20_settles_the_bill_and_one_of_30_waits_for_somebody_else() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["1000", "1000"]).await;
    let (near, far) =
        (book.receipt(&acme, "980.00", "R-1").await, book.receipt(&acme, "970.00", "R-2").await);
    let finance = book.finance();
    let within = with_fee(sums(&[("receipt", &near, "980.00")], &[(&bills[0], "1000.00")]), "20.00");
    let made = book.creates(&finance, "/v1/write-offs", &within).await;
    assert_eq!((text(&made, "state"), status_of(&book, &bills[0]).await), ("posted", "settled"));
    assert_eq!(book.closing(["1122", "6603"]).await, ["1000.00", "20.00"]);

    let beyond = with_fee(sums(&[("receipt", &far, "970.00")], &[(&bills[1], "1000.00")]), "30.00");
    let waits = book.creates(&finance, "/v1/write-offs", &beyond).await;
    assert_eq!((text(&waits, "state"), left(&waits)), ("proposed", [vec!["1000.00"], vec!["970.00"]]));
    assert_eq!(book.closing(["1122", "6603"]).await, ["1000.00", "20.00"]);
    let path = |step: &str| format!("/v1/write-offs/{}/{step}", text(&waits, "id"));
    book.refuses(finance.post(&path("reverse"), &undo(None)), 409, "write-off-not-in-state").await;
    book.refuses(finance.post(&path("approve"), &json!({})), 403, "self-approval").await;
    let approved = book.changes(&book.approver(), &path("approve"), &json!({})).await;
    assert_eq!((text(&approved, "state"), left(&approved)), ("posted", [vec!["0.00"], vec!["0.00"]]));
    assert_eq!(book.closing(["1122", "6603"]).await, ["0.00", "50.00"]);
    // The fee is none without the transfer.
    let reverse = format!("/v1/write-offs/{}/reverse", text(&made, "id"));
    let undone = book.changes(&finance, &reverse, &undo(Some(1))).await;
    assert_eq!((text(&undone, "state"), left(&undone)[0].clone()), ("reversed", vec!["1000.00"]));
    assert_eq!(book.closing(["1122", "6603"]).await, ["1000.00", "30.00"]);
    let part = |amount: &str, fee: &str| {
        let total = if fee == "20.00" { "120.00" } else { "110.00" };
        with_fee(sums(&[("receipt", &near, amount)], &[(&bills[0], total)]), fee)
    };
    let first = book.creates(&finance, "/v1/write-offs", &part("100.00", "20.00")).await;
    let second = book.creates(&finance, "/v1/write-offs", &part("100.00", "10.00")).await;
    assert_eq!((text(&first, "state"), text(&second, "state")), ("posted", "proposed"), "together above 25");
    let again = book.approver().post(&path("reject"), &bodies::because("too late"));
    book.refuses(again, 409, "write-off-not-in-state").await;

    let unpaid = json!({ "bills": [], "differences": [] });
    book.refuses(finance.post("/v1/write-offs", &unpaid), 422, "write-off-malformed").await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_written_off_is_refused() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["80"]).await;
    let umbra = book.customer_with("Umbra", "100.00").await;
    let (own, strange) =
        (book.receipt(&acme, "100.00", "R-1").await, book.receipt(&umbra, "100.00", "R-2").await);
    let finance = book.finance();
    let wallet = format!("{umbra}.CNY");
    for (source, amount, status, kind) in [
        (("receipt", own.as_str()), "80.01", 409, "above-open-amount"),
        (("receipt", &own), "0.00", 422, "amount-not-positive"),
        (("receipt", &strange), "1.00", 409, "receipt-of-another"),
        (("receipt", "R0000000000000000"), "1.00", 404, "receipt-not-found"),
        (("credit_note", "N00000000000000000000000000"), "1.00", 404, "credit-note-not-found"),
        (("wallet", &wallet), "1.00", 422, "write-off-mixed"),
        (("wallet", &format!("{acme}.CNY")), "1.00", 422, "insufficient-funds"),
    ] {
        let body = sums(&[(source.0, source.1, amount)], &[(&bills[0], amount)]);
        book.refuses(finance.post("/v1/write-offs", &body), status, kind).await;
    }
    let unequal = sums(&[("receipt", &own, "79.99")], &[(&bills[0], "80.00")]);
    book.refuses(finance.post("/v1/write-offs", &unequal), 422, "write-off-unbalanced").await;
    let no_bill = sums(&[("receipt", &own, "1.00")], &[(&format!("{acme}.2001-01"), "1.00")]);
    book.refuses(finance.post("/v1/write-offs", &no_bill), 404, "bill-not-found").await;
    let two = json!({ "sources": [{ "receipt": own, "wallet": wallet, "amount": bodies::yuan("1.00") }], "bills": [] });
    book.refuses_values(finance.post("/v1/write-offs", &two), &[("/sources/0", "one_source")]).await;
    let both = bodies::with(sums(&[], &[(&bills[0], "1.00")]), "legs", Some(json!([])));
    book.refuses_values(finance.post("/v1/write-offs", &both), &[("/legs", "not_with_sums")]).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_tabs_one_wins_and_the_other_learns_what_is_left() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["80", "80"]).await;
    let finance = book.finance();
    for round in 0..10 {
        let receipt = book.receipt(&acme, "8.00", &format!("R-{round}")).await;
        let pays = |bill: &str| sums(&[("receipt", &receipt, "5.00")], &[(bill, "5.00")]);
        let (one, other) = (pays(&bills[0]), pays(&bills[1]));
        let tabs = [finance.post("/v1/write-offs", &one), finance.post("/v1/write-offs", &other)];
        let answers = join_all(tabs.map(|tab| async { tab.await })).await;
        let lost: Vec<_> = answers.iter().filter(|answer| answer.status != 201).collect();
        assert_eq!(lost.len(), 1);
        assert_eq!(lost[0].problem(409, "receipt-short")["unapplied"], bodies::yuan("3.00"));
        assert_eq!(book.left_of(&receipt).await, "3.00");
    }
    assert_eq!(book.closing(["1122", "2203"]).await, ["110.00", "-30.00"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_tabs_that_pay_the_same_bill_the_other_learns_what_is_left_of_it() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["100"]).await;
    let receipt = book.receipt(&acme, "200.00", "R-1").await;
    let finance = book.finance();
    let pays = sums(&[("receipt", &receipt, "100.00")], &[(&bills[0], "100.00")]);
    let answers = join_all((0..2).map(|_| async { finance.post("/v1/write-offs", &pays).await })).await;
    let lost: Vec<_> = answers.iter().filter(|answer| answer.status != 201).collect();
    assert_eq!(lost.len(), 1);
    assert_eq!(lost[0].problem(409, "above-open-amount")["open"], bodies::yuan("0.00"));
    assert_eq!(book.left_of(&receipt).await, "100.00");
    book.finish().await;
}

/// What waits for an approver is looked at as what is posted: nobody is asked to approve what cannot be.
#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_approved_is_not_proposed() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["100"]).await;
    let umbra = book.customer("Umbra").await;
    let (own, strange) =
        (book.receipt(&acme, "100.00", "R-1").await, book.receipt(&umbra, "100.00", "R-2").await);
    let finance = book.finance();
    let missing = format!("{acme}.2001-01");
    let discounted = |receipt: &str, amount: &str, bill: &str, total: &str| {
        let differences = json!([{ "reason": "discount", "amount": bodies::yuan("1.00") }]);
        bodies::with(
            sums(&[("receipt", receipt, amount)], &[(bill, total)]),
            "differences",
            Some(differences),
        )
    };
    for (receipt, amount, bill, total, status, kind) in [
        (own.as_str(), "100.01", bills[0].as_str(), "101.01", 409, "receipt-short"),
        (&own, "100.00", &bills[0], "101.00", 409, "above-open-amount"),
        (&strange, "99.00", &bills[0], "100.00", 409, "receipt-of-another"),
        ("R0000000000000000", "99.00", &bills[0], "100.00", 404, "receipt-not-found"),
        (&own, "99.00", &missing, "100.00", 404, "bill-not-found"),
    ] {
        let body = discounted(receipt, amount, bill, total);
        book.refuses(finance.post("/v1/write-offs", &body), status, kind).await;
    }
    let waits =
        book.creates(&finance, "/v1/write-offs", &discounted(&own, "99.00", &bills[0], "100.00")).await;
    assert_eq!((text(&waits, "state"), left(&waits)), ("proposed", [vec!["100.00"], vec!["100.00"]]));
    assert_eq!(book.closing(["1122", "2203"]).await, ["100.00", "-200.00"], "nothing was tried for good");
    book.finish().await;
}

/// By the same figures as a bill given up by way of bad debt.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_up_by_a_write_off_is_not_shown_as_paid() {
    let book = TestBook::start().await;
    let (_, bills) = book.owing("Acme", &["100"]).await;
    let differences = json!([{ "reason": "bad_debt", "amount": bodies::yuan("100.00") }]);
    let body = bodies::with(sums(&[], &[(&bills[0], "100.00")]), "differences", Some(differences));
    let waits = book.creates(&book.finance(), "/v1/write-offs", &body).await;
    let approve = format!("/v1/write-offs/{}/approve", text(&waits, "id"));
    book.changes(&book.approver(), &approve, &json!({})).await;
    let shown = book.auditor().get(&format!("/v1/bills/{}?{}", bills[0], book.fresh().await)).await;
    let figures =
        ["settled", "written_off", "open"].map(|figure| text(&shown.data()[figure], "amount").to_owned());
    assert_eq!(figures, ["0.00", "100.00", "0.00"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_write_offs_reversed_twice_at_once_are_reversed_five_hundred_times() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["500"]).await;
    let receipt = book.receipt(&acme, "500.00", "R-1").await;
    let finance = book.finance();
    let pays = sums(&[("receipt", &receipt, "1.00")], &[(&bills[0], "1.00")]);
    let mut made: Vec<String> = Vec::new();
    for _ in 0..10 {
        let some = join_all((0..50).map(|_| async { finance.post("/v1/write-offs", &pays).await })).await;
        made.extend(some.iter().map(|answer| text(answer.created(), "id").to_owned()));
    }
    assert_eq!((book.open_of(&bills[0]).await, book.left_of(&receipt).await), ("0.00".into(), "0.00".into()));
    let why = undo(None);
    for some in made.chunks(50) {
        let twice = some.iter().chain(some).map(|id| format!("/v1/write-offs/{id}/reverse"));
        let undone = join_all(twice.map(|path| {
            let request = finance.post(&path, &why);
            async { request.await }
        }))
        .await;
        assert!(undone.iter().all(|answer| text(answer.ok(), "state") == "reversed"));
    }
    let reversals: i64 =
        sqlx::query_scalar("SELECT count(*) FROM events WHERE event_type = 'WriteOffLegReversed'")
            .fetch_one(book.pool())
            .await
            .unwrap();
    assert_eq!(reversals, 500);
    assert_eq!(book.closing(["1122", "2203"]).await, ["500.00", "-500.00"]);
    book.finish().await;
}
