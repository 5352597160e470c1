//! `/v1/dashboard`

use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::{Role, TestBook, bodies};

#[tokio::test(flavor = "multi_thread")]
async fn each_day_shows_what_came_in_and_went_out() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let mut first = String::new();
    for (amount, reference, date) in
        [("100.00", "A", "2026-02-27"), ("0.50", "B", "2026-02-27"), ("7.00", "C", "2026-03-01")]
    {
        let body =
            bodies::with(bodies::deposit(&acme, amount, reference), "effective_date", Some(json!(date)));
        first = text(book.operator().post("/v1/deposits", &body).await.created(), "id").to_owned();
    }
    let reverse = json!({ "reason": "recalled", "effective_date": "2026-03-02" });
    book.finance().post(&format!("/v1/deposits/{first}/reverse"), &reverse).await.ok();
    let id = book.request(&acme, "30.00", "W1").await;
    book.take(&id, &["approve"]).await;
    let on = json!({ "effective_date": "2026-02-28" });
    book.finance().post(&format!("/v1/withdrawals/{id}/submit"), &on).await.ok();
    book.finance().post(&format!("/v1/withdrawals/{id}/succeed"), &on).await.ok();
    let back = json!({ "reason": "closed", "effective_date": "2026-03-02" });
    book.finance().post(&format!("/v1/withdrawals/{id}/return"), &back).await.ok();

    let path = format!("/v1/dashboard?from=2026-02-27&to=2026-03-02&{}", book.fresh().await);
    let answer = book.as_role(Role::Dashboard).get(&path).await;
    let yuan = &answer.data()["currencies"][0];
    let days: Vec<_> =
        yuan["days"].as_array().unwrap().iter().map(|day| (text(day, "date"), turnover(day))).collect();
    let expected = [
        ("2026-02-27", ["100.50", "2", "0.00", "0", "0.00", "0", "0.00", "0", "100.50"]),
        ("2026-02-28", ["0.00", "0", "0.00", "0", "30.00", "1", "0.00", "0", "-30.00"]),
        ("2026-03-01", ["7.00", "1", "0.00", "0", "0.00", "0", "0.00", "0", "7.00"]),
        ("2026-03-02", ["0.00", "0", "7.00", "1", "0.00", "0", "30.00", "1", "23.00"]),
    ];
    assert_eq!(days, expected.map(|(date, figures)| (date, figures.map(str::to_owned))));
    let totals = ["107.50", "3", "7.00", "1", "30.00", "1", "30.00", "1", "100.50"];
    assert_eq!(turnover(&yuan["totals"]), totals.map(str::to_owned));
    book.finish().await;
}

fn turnover(of: &Value) -> [String; 9] {
    let amount = |member: &str| text(&of[member], "amount").to_owned();
    let count = |member: &str| of[member].to_string();
    [
        amount("deposits"),
        count("deposit_count"),
        amount("reversals"),
        count("reversal_count"),
        amount("withdrawals"),
        count("withdrawal_count"),
        amount("returns"),
        count("return_count"),
        amount("net"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_thirty_days_are_shown_unless_others_are_asked_for() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    let reader = book.auditor();
    let answer = reader.get(&format!("/v1/dashboard?{}", book.fresh().await)).await;
    let (first, today) = (book.today() - chrono::Days::new(29), book.today());
    assert_eq!((&answer.data()["from"], &answer.data()["to"]), (&json!(first), &json!(today)));
    let days = answer.data()["currencies"][0]["days"].as_array().unwrap().clone();
    assert_eq!((days.len(), &days[29]["deposits"]), (30, &bodies::yuan("100.00")));
    let dollars = reader.get("/v1/dashboard?currency=USD").await;
    assert_eq!(
        dollars.data()["currencies"][0]["totals"]["deposits"],
        json!({ "amount": "0.00", "currency": "USD" })
    );

    for query in
        ["from=2026-03-02&to=2026-03-01", "from=1900-01-01&to=2026-03-01", "from=yesterday", "day=2026-03-01"]
    {
        reader.get(&format!("/v1/dashboard?{query}")).await.problem(422, "validation");
    }
    assert_eq!(book.funds(&acme).await[0], "100.00");
    book.finish().await;
}

/// Hong Kong's evening is Shanghai's, but New York's is Shanghai's next day: days are those of the book.
#[tokio::test(flavor = "multi_thread")]
async fn todays_deposit_is_on_the_books_today() {
    let book = TestBook::start_differently(tallybook_tests::book::Differently {
        // 2026-03-31 16:30 UTC is half past midnight on April 1 in Shanghai.
        clock: Some(|| "2026-03-31T16:30:00Z".parse().unwrap()),
        ..Default::default()
    });
    let book = book.await;
    let acme = book.customer("Acme").await;
    let id = text(&book.deposit(&acme, "1.00", "R1").await, "id").to_owned();
    let found = book.auditor().get(&format!("/v1/deposits/{id}?{}", book.fresh().await)).await;
    assert_eq!(found.data()["effective_date"], "2026-04-01");
    let answer = book.auditor().get(&format!("/v1/dashboard?{}", book.fresh().await)).await;
    assert_eq!(answer.data()["to"], "2026-04-01");
    book.finish().await;
}
