//! `/v1/receivables`, `/v1/receivables/ageing`, `/v1/customers/{id}/statement` and `/v1/customers/{id}/figures`

use chrono::Days;
use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::settlement::{sums, undo, with_fee};
use tallybook_tests::{TestBook, bodies};

/// The ageing of CNY, which always agrees with the ledger.
async fn ageing(book: &TestBook, query: &str) -> Value {
    let fresh = book.fresh().await;
    let answer = book.auditor().get(&format!("/v1/receivables/ageing?{query}&{fresh}")).await;
    let [currency] = answer.data()["currencies"].as_array().unwrap().as_slice() else {
        panic!("{}", answer.text)
    };
    assert_eq!((&currency["agrees"], &currency["ledger"]), (&json!(true), &currency["open"]), "{query}");
    currency.clone()
}

/// From day, number of bills and what is open of each bucket in which there are bills.
fn filled(ageing: &Value) -> Vec<(Value, u64, String)> {
    let buckets = ageing["buckets"].as_array().unwrap().iter();
    let filled = buckets.filter(|bucket| bucket["bill_count"] != 0);
    filled
        .map(|bucket| {
            let count = bucket["bill_count"].as_u64().unwrap();
            (bucket["from_days"].clone(), count, text(&bucket["open"], "amount").to_owned())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_owed_grows_old_and_is_the_ledgers_at_every_step() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["200", "100"]).await;
    let (brio, _) = book.owing("Brio", &["50"]).await;
    let before = ageing(&book, "").await;
    assert_eq!(filled(&before), [(Value::Null, 3, "350.00".into())]);
    let customers = before["customers"].as_array().unwrap();
    let owing: Vec<_> = customers.iter().map(|one| (&one["customer"], &one["open"])).collect();
    assert_eq!(owing, [(&json!(acme), &bodies::yuan("300.00")), (&json!(brio), &bodies::yuan("50.00"))]);
    assert_eq!(before["dso_days"], json!("90.0"), "all that was billed is owed");
    assert_eq!(before["collection_rate"], json!("0.0000"));

    let due = book.auditor().get(&format!("/v1/bills/{}?{}", bills[0], book.fresh().await)).await;
    let due: chrono::NaiveDate = text(due.data(), "due_date").parse().unwrap();
    let late = due + Days::new(31);
    let old = ageing(&book, &format!("as_of={late}&buckets=0,15,31")).await;
    assert_eq!(filled(&old), [(json!(16), 3, "350.00".into())]);
    let known = ageing(&book, "").await;
    let known_at = book.auditor().get(&format!("/v1/receivables?{}", book.fresh().await)).await;
    let known_at = known_at.body["position"].clone();

    let receipt = book.receipt(&acme, "190.00", "R-1").await;
    let pays = with_fee(sums(&[("receipt", &receipt, "190.00")], &[(&bills[0], "200.00")]), "10.00");
    let made = book.creates(&book.finance(), "/v1/write-offs", &pays).await;
    let after = ageing(&book, "").await;
    assert_eq!(filled(&after), [(Value::Null, 2, "150.00".into())]);
    assert_eq!(after["collected"], bodies::yuan("190.00"), "a bank fee is no money");
    assert_eq!(after["collection_rate"], json!("0.5429"));
    let then = ageing(&book, &format!("known_at={known_at}")).await;
    assert_eq!(then, known, "what was known then is the same for ever");
    let reverse = format!("/v1/write-offs/{}/reverse", text(&made, "id"));
    book.changes(&book.finance(), &reverse, &undo(None)).await;
    assert_eq!(filled(&ageing(&book, "").await), filled(&before));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn open_items_are_listed_by_customer_and_age() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["200", "100"]).await;
    let (brio, _) = book.owing("Brio", &["50"]).await;
    let (auditor, fresh) = (book.auditor(), book.fresh().await);
    let listed = async |query: String| {
        let rows = auditor.all(&format!("/v1/receivables?{query}&{fresh}")).await;
        rows.iter().map(|row| text(row, "bill").to_owned()).collect::<Vec<_>>()
    };
    let of_brio = format!("{brio}.{}", book.last_month());
    assert_eq!(listed("sort=customer".into()).await, [&*bills[0], &*bills[1], &*of_brio]);
    assert_eq!(listed("sort=-customer".into()).await[0], of_brio);
    assert_eq!(listed("sort=due_date".into()).await.len(), 3);
    assert_eq!(listed(format!("customer={acme}&overdue=false")).await, bills);
    assert_eq!(listed("overdue=true".into()).await, [""; 0]);
    let late = book.today() + Days::new(365);
    assert_eq!(listed(format!("overdue=true&as_of={late}&from_days=91")).await.len(), 3);
    assert_eq!(listed(format!("as_of={late}&to_days=90")).await, [""; 0]);
    assert_eq!(listed("known_at=1".into()).await, [""; 0]);

    let page = auditor.get(&format!("/v1/receivables?limit=2&{fresh}")).await;
    let cursor = page.body["next_cursor"].as_str().unwrap();
    let rest = auditor.get(&format!("/v1/receivables?limit=2&cursor={cursor}&{fresh}")).await;
    assert_eq!((page.data().as_array().unwrap().len(), text(&rest.data()[0], "bill")), (2, &*of_brio));
    let one = auditor.get(&format!("/v1/receivables?customer={brio}&as_of={late}&{fresh}")).await;
    let item = &one.data()[0];
    assert_eq!((text(item, "name"), &item["open"]), ("Brio", &bodies::yuan("50.00")));
    assert!(item["days_overdue"].as_u64().unwrap() > 300 && item["number"].is_string(), "{item}");
    let table = auditor.get(&format!("/v1/receivables?{fresh}")).header("Accept", "text/csv").await;
    assert!(table.text.lines().nth(1).unwrap().starts_with(&format!("{acme},Acme,{},", bills[0])));
    let path = format!("/v1/receivables/ageing?{fresh}");
    let table = auditor.get(&path).header("Accept", "text/csv").await;
    assert_eq!(
        table.text.lines().nth(1),
        Some(format!("{acme},Acme,,0,2,300.00,CNY,350.00,350.00,true").as_str())
    );
    let who_owes_most = auditor.get(&format!("{path}&limit=1")).header("Accept", "text/csv").await;
    let [header, row] = who_owes_most.text.lines().collect::<Vec<_>>()[..] else {
        panic!("{}", who_owes_most.text)
    };
    assert!(header.ends_with(",open,currency,owed,ledger,agrees"), "{header}");
    assert!(row.ends_with(",300.00,CNY,350.00,350.00,true"), "the sum is of all buckets: {row}");
    let none = auditor.get("/v1/receivables/ageing?known_at=1").header("Accept", "text/csv").await;
    assert_eq!(none.text.lines().count(), 1, "there is no currency yet: {}", none.text);
    let wrong = auditor.get("/v1/receivables?overdue=perhaps&to_days=3701&sort=open").await;
    wrong.invalid(&[("?overdue", "malformed"), ("?to_days", "out_of_range"), ("?sort", "unknown_value")]);
    let wrong = auditor.get("/v1/receivables/ageing?buckets=30,0&window_days=0").await;
    wrong.invalid(&[("?buckets", "malformed"), ("?window_days", "out_of_range")]);
    book.finish().await;
}

/// Kind, document, what it made of what is owed and of what is left, and the balance after it.
fn shown(line: &Value) -> [&str; 5] {
    let [receivable, advance, balance] =
        ["receivable", "advance", "balance"].map(|member| text(&line[member], "amount"));
    [text(line, "kind"), text(line, "document"), receivable, advance, balance]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_statement_tells_of_bills_receipts_and_what_settled_what() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["200"]).await;
    let bill = bills[0].as_str();
    let receipt = book.receipt(&acme, "55.00", "R-1").await;
    let pays = sums(&[("receipt", &receipt, "50.00")], &[(bill, "50.00")]);
    book.creates(&book.finance(), "/v1/write-offs", &pays).await;
    let (auditor, fresh) = (book.auditor(), book.fresh().await);
    let path = format!("/v1/customers/{acme}/statement?currency=CNY&{fresh}");
    let statement = auditor.get(&path).await;
    let statement = statement.data();
    let lines = statement["lines"].as_array().unwrap();
    let mut told: Vec<_> = lines.iter().map(shown).collect();
    assert_eq!(
        told[..2],
        [
            ["issued", bill, "200.00", "0.00", "200.00"],
            ["received", receipt.as_str(), "0.00", "55.00", "145.00"]
        ]
    );
    told[2..].sort_unstable_by_key(|line| line[1].len());
    assert_eq!(told[3][..4], ["applied", receipt.as_str(), "0.00", "-50.00"]);
    assert_eq!(told[2][..4], ["applied", bill, "-50.00", "0.00"]);
    assert_eq!(text(&lines[3]["balance"], "amount"), "145.00", "what settles leaves the balance as it was");
    assert_eq!(statement["line_count"], json!(4));
    let [opening, closing] = ["opening", "closing"].map(|end| {
        ["receivable", "advance", "balance"].map(|member| text(&statement[end][member], "amount"))
    });
    assert_eq!((opening, closing), (["0.00", "0.00", "0.00"], ["150.00", "5.00", "145.00"]));
    assert_eq!(book.closing(["1122", "2203"]).await, ["150.00", "-5.00"]);

    let page = auditor.get(&format!("{path}&limit=3")).await;
    let cursor = page.body["next_cursor"].as_str().unwrap();
    let rest = auditor.get(&format!("{path}&limit=3&cursor={cursor}")).await;
    assert_eq!(rest.data()["lines"], json!([lines[3]]), "a page goes on with the balance of the one before");
    let position = &lines[1]["position"];
    let then = auditor.get(&format!("{path}&known_at={position}")).await;
    assert_eq!(then.data()["closing"]["balance"], bodies::yuan("145.00"));
    assert_eq!(then.data()["line_count"], json!(2));
    let tomorrow = book.today() + Days::new(1);
    let later = auditor.get(&format!("{path}&from={tomorrow}")).await;
    assert_eq!((&later.data()["opening"], &later.data()["lines"]), (&statement["closing"], &json!([])));

    let reverse = format!("/v1/receipts/{receipt}/reverse");
    let body = bodies::with(bodies::because("of another"), "with_write_offs", Some(json!(true)));
    book.changes(&book.finance(), &reverse, &body).await;
    let path = format!("/v1/customers/{acme}/statement?currency=CNY&{}", book.fresh().await);
    let after = auditor.get(&path).await;
    assert_eq!(after.data()["closing"]["balance"], bodies::yuan("200.00"));
    assert_eq!(after.data()["closing"]["advance"], bodies::yuan("0.00"));
    let nobody = auditor.get("/v1/customers/C99999/statement?currency=CNY").await;
    nobody.problem(404, "customer-not-found");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_figures_are_those_of_its_bills_and_receipts() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["200", "100"]).await;
    let limit = json!({ "credit_limit": bodies::yuan("250.00") });
    book.operator().patch(&format!("/v1/customers/{acme}"), &limit).await.ok();
    let figures = async || {
        let path = format!("/v1/customers/{acme}/figures?{}", book.fresh().await);
        let found = book.auditor().get(&path).await;
        found.data()["currencies"][0].clone()
    };
    let before = figures().await;
    assert_eq!(before["outstanding"], bodies::yuan("300.00"));
    assert_eq!((&before["credit_used"], &before["over_limit"]), (&json!("1.2000"), &json!(true)));
    assert_eq!((&before["settled_bill_count"], &before["average_days_to_pay"]), (&json!(0), &Value::Null));

    let receipt = book.receipt(&acme, "120.00", "R-1").await;
    let pays = sums(&[("receipt", &receipt, "100.00")], &[(&bills[1], "100.00")]);
    book.creates(&book.finance(), "/v1/write-offs", &pays).await;
    let after = figures().await;
    for (member, amount) in
        [("lifetime_value", "300.00"), ("outstanding", "200.00"), ("overdue", "0.00"), ("advance", "20.00")]
    {
        assert_eq!(after[member], bodies::yuan(amount), "{member}");
    }
    assert_eq!((&after["credit_used"], &after["over_limit"]), (&json!("0.8000"), &json!(false)));
    assert_eq!((&after["settled_bill_count"], &after["average_days_to_pay"]), (&json!(1), &json!("0.0")));
    let nobody = book.auditor().get("/v1/customers/C99999/figures").await;
    nobody.problem(404, "customer-not-found");
    book.finish().await;
}
