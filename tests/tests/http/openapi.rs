//! `/openapi.json` is true: what is answered is what is described.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use tallybook_api::ApiSettings;
use tallybook_tests::answer::text;
use tallybook_tests::bank::Bank;
use tallybook_tests::book::Differently;
use tallybook_tests::channels::{channels, form, paid, submit, tell, trade, transaction};
use tallybook_tests::described::Description;
use tallybook_tests::orders::{order, order_over, order_path, pay};
use tallybook_tests::outside::Outside;
use tallybook_tests::scenario::{step_body, step_path};
use tallybook_tests::settlement::{receipt, rules, sums, undo, with_fee};
use tallybook_tests::{Answer, TestBook, bodies};

use crate::list_forms::import;
use crate::usage_sources;

/// What was asked so far, compared with what is described as it is answered.
struct Comparison {
    description: Description,
    compared: BTreeSet<(String, String)>,
}

impl Comparison {
    /// Compares an answer with the description of its route.
    #[track_caller]
    fn check(&mut self, method: &str, path: &str, answer: &Answer) -> Value {
        assert!(answer.status < 300, "{method} {path}: {}", answer.text);
        let schema = self.description.answer(method, path, answer.status);
        assert_eq!(
            self.description.differences(schema, &answer.body),
            Vec::<String>::new(),
            "{method} {path}"
        );
        self.compared.insert((method.to_owned(), path.to_owned()));
        answer.body.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_as_described() {
    let outside = Outside::start(|path, _| usage_sources::month(path, &[json!("-1"), json!("-2")])).await;
    let usage_sources = usage_sources::source(&outside, json!({}));
    let bank = Bank::open().await;
    let payouts = bank.settings("by_hand", &json!({}));
    let api = ApiSettings { usage_sources, channels: channels(), payouts, ..ApiSettings::default() };
    let book = TestBook::start_differently(Differently { api, ..Differently::default() }).await;
    let description = Description::new(book.anyone().get("/openapi.json").await.ok().clone());
    let mut comparison = Comparison { description, compared: BTreeSet::new() };
    let acme = customers(&book, &mut comparison).await;
    let deposit = deposits(&book, &mut comparison, &acme).await;
    let withdrawal = withdrawals(&book, &mut comparison, &acme).await;
    risk(&book, &mut comparison, &acme).await;
    approvals(&book, &mut comparison, &acme).await;
    pay_out(&book, &mut comparison, &acme, &bank).await;
    reads(&book, &mut comparison, &[&acme, &deposit, &withdrawal]).await;
    access(&book, &mut comparison).await;
    rebuilds(&book, &mut comparison).await;
    usage(&book, &mut comparison, &acme).await;
    price_plans(&book, &mut comparison, &acme).await;
    bills(&book, &mut comparison).await;
    quarantine(&book, &mut comparison, &acme).await;
    settlement(&book, &mut comparison).await;
    statements(&book, &mut comparison, &acme).await;
    notifications(&book, &mut comparison).await;
    orders(&book, &mut comparison).await;
    payments(&book, &mut comparison).await;
    periods(&book, &mut comparison).await;
    let quoted = book.auditor().post("/v1/pricing/quote", &bodies::quote_of_everything()).await;
    comparison.check("POST", "/v1/pricing/quote", &quoted);
    let described: BTreeSet<_> = comparison
        .description
        .operations()
        .filter(|(_, _, operation)| operation["responses"].to_string().contains("\"application/json\""))
        .map(|(method, path, _)| (method, path.to_owned()))
        .collect();
    assert_eq!(comparison.compared, described, "every route that answers with JSON is compared");
    book.finish().await;
}

async fn customers(book: &TestBook, comparison: &mut Comparison) -> String {
    let operator = book.operator();
    let registered = operator.post("/v1/customers", &bodies::customer("Acme")).await;
    let id = text(&comparison.check("POST", "/v1/customers", &registered), "id").to_owned();
    let path = format!("/v1/customers/{id}");
    let renamed = operator.patch(&path, &bodies::customer("Apex")).await;
    comparison.check("PATCH", "/v1/customers/{id}", &renamed);
    for step in ["suspend", "reactivate"] {
        let answer = operator.post(&format!("{path}/{step}"), &bodies::because("chargebacks")).await;
        comparison.check("POST", &format!("/v1/customers/{{id}}/{step}"), &answer);
    }
    let give = json!({ "customers": [id], "to": "王芳" });
    let given = operator.post("/v1/customers/account-manager", &give).await;
    comparison.check("POST", "/v1/customers/account-manager", &given);
    let imported = import(&operator, "/v1/customers/import", b"name,code\nListed,L-1\nListed,L-2\n").await;
    comparison.check("POST", "/v1/customers/import", &imported);
    let person =
        json!({ "name": "Gone", "phone": "13800131234", "tags": ["vip"], "external_ids": {"crm": "A-77"} });
    let gone = text(operator.post("/v1/customers", &person).await.created(), "id").to_owned();
    operator.get(&format!("/v1/customers/{gone}?reveal=true&{}", book.fresh().await)).await.ok();
    for (client, step) in [(book.admin(), "erase"), (book.operator(), "close")] {
        let answer = client.post(&format!("/v1/customers/{gone}/{step}"), &bodies::because("asked to")).await;
        comparison.check("POST", &format!("/v1/customers/{{id}}/{step}"), &answer);
    }
    operator.post(&format!("{path}/suspend"), &bodies::because("more chargebacks")).await.ok();
    operator.post(&format!("{path}/reactivate"), &json!({})).await.ok();
    id
}

/// One that is paid and delivered, and one that is given up.
/// One that is paid late, one that is refunded through a channel, and one that is refunded into the wallet.
async fn payments(book: &TestBook, comparison: &mut Comparison) {
    let (customer, finance) = (book.customer_with("晨曦商贸有限公司", "50.00").await, book.finance());
    let (late, paid) = (book.order(&customer, "SO-3", "10").await, book.order(&customer, "SO-4", "10").await);
    let mut ids = Vec::new();
    for (order, reference) in [(&late, "SO-3-001"), (&paid, "SO-4-001")] {
        let body = json!({ "channel": "wechat_pay", "reference": reference });
        let begun = book.operator().post(&order_path(order, "payments"), &body).await;
        ids.push(text(&comparison.check("POST", "/v1/orders/{id}/payments", &begun), "id").to_owned());
    }
    let step = |payment: &str, step: &str| format!("/v1/payments/{payment}/{step}");
    let closed = book.operator().post(&step(&ids[0], "close"), &json!({})).await;
    comparison.check("POST", "/v1/payments/{id}/close", &closed);
    book.operator().post(&order_path(&late, "cancel"), &json!({})).await.ok();
    book.wechat_paid("SO-3-001", 10_00, "late").await;
    let body = json!({ "transaction": "paid", "amount": bodies::yuan("10.00") });
    let confirmed = finance.post(&step(&ids[1], "confirm"), &body).await;
    comparison.check("POST", "/v1/payments/{id}/confirm", &confirmed);
    let fee = json!({ "amount": bodies::yuan("0.06") });
    let charged = finance.post(&step(&ids[1], "fee"), &fee).await;
    comparison.check("POST", "/v1/payments/{id}/fee", &charged);
    let resolved = finance.post(&step(&ids[0], "resolve"), &bodies::because("it goes back")).await;
    comparison.check("POST", "/v1/payments/{id}/resolve", &resolved);
    let fresh = book.fresh().await;
    let listed = book.auditor().get(&format!("/v1/payments?{fresh}")).await;
    comparison.check("GET", "/v1/payments", &listed);
    let found = book.auditor().get(&format!("/v1/payments/{}", ids[0])).await;
    comparison.check("GET", "/v1/payments/{id}", &found);
    refunds(book, comparison, [&customer, &paid]).await;
}

async fn refunds(book: &TestBook, comparison: &mut Comparison, [customer, paid]: [&str; 2]) {
    let from_wallet = book.order(customer, "SO-5", "10").await;
    book.pay(&from_wallet).await;
    let body = json!({ "amount": bodies::yuan("2.00"), "reason": "broken", "lines": [1] });
    let mut ids = Vec::new();
    for order in [paid, paid, paid, &from_wallet] {
        let asked = book.operator().post(&order_path(order, "refunds"), &body).await;
        ids.push(text(&comparison.check("POST", "/v1/orders/{id}/refunds", &asked), "id").to_owned());
    }
    for (which, step) in [
        (0, "approve"),
        (0, "submit"),
        (0, "succeed"),
        (1, "approve"),
        (1, "fail"),
        (2, "reject"),
        (3, "approve"),
    ] {
        let decides = matches!(step, "approve" | "reject");
        let client = if decides { book.approver() } else { book.finance() };
        let ends = matches!(step, "reject" | "fail");
        let body = if ends { bodies::because("no") } else { json!({}) };
        let taken = client.post(&format!("/v1/refunds/{}/{step}", ids[which]), &body).await;
        comparison.check("POST", &format!("/v1/refunds/{{id}}/{step}"), &taken);
    }
    let fresh = book.fresh().await;
    let listed = book.auditor().get(&format!("/v1/refunds?{fresh}")).await;
    comparison.check("GET", "/v1/refunds", &listed);
    let found = book.auditor().get(&format!("/v1/refunds/{}", ids[0])).await;
    comparison.check("GET", "/v1/refunds/{id}", &found);
}

async fn orders(book: &TestBook, comparison: &mut Comparison) {
    let customer = book.customer_with("Buyer", "200.00").await;
    let (operator, finance) = (book.operator(), book.finance());
    let body = order(&customer, "SO-1");
    let placed = operator.post("/v1/orders", &body).await;
    let id = text(&comparison.check("POST", "/v1/orders", &placed), "id").to_owned();
    comparison.check("POST", "/v1/orders", &operator.post("/v1/orders", &body).await);
    comparison.check("POST", "/v1/orders/{id}/pay", &pay(&finance, &id).await);
    let parts = json!({ "lines": [{ "line": 1, "quantity": "2" }], "carrier": "顺丰", "tracking_no": "SF1" });
    let shipped = operator.post(&order_path(&id, "ship"), &parts).await;
    comparison.check("POST", "/v1/orders/{id}/ship", &shipped);
    operator.post(&order_path(&id, "ship"), &json!({ "last": true })).await.ok();
    let received = operator.post(&order_path(&id, "receive"), &json!({})).await;
    comparison.check("POST", "/v1/orders/{id}/receive", &received);
    let other = book.place(&order_over(&customer, "SO-2", "9.90")).await;
    let cancelled = operator.post(&order_path(&other, "cancel"), &bodies::because("ordered twice")).await;
    comparison.check("POST", "/v1/orders/{id}/cancel", &cancelled);
    let fresh = book.fresh().await;
    comparison.check("GET", "/v1/orders", &book.auditor().get(&format!("/v1/orders?{fresh}")).await);
    for order in [id, other] {
        let found = book.auditor().get(&format!("/v1/orders/{order}?{fresh}")).await;
        comparison.check("GET", "/v1/orders/{id}", &found);
    }
}

/// One that stays and one that is reversed, by dry run and in earnest.
async fn deposits(book: &TestBook, comparison: &mut Comparison, customer: &str) -> String {
    let finance = book.finance();
    let body = bodies::with(bodies::deposit(customer, "100.00", "R1"), "remark", Some(json!("invoice")));
    let dry = finance.post("/v1/deposits?dry_run=true", &body).await;
    comparison.check("POST", "/v1/deposits", &dry);
    let recorded = finance.post("/v1/deposits", &body).await;
    comparison.check("POST", "/v1/deposits", &recorded);
    let wrong = text(&book.deposit(customer, "5.00", "R2").await, "id").to_owned();
    let reverse = format!("/v1/deposits/{wrong}/reverse");
    let reversed = finance.post(&reverse, &bodies::because("recalled")).await;
    comparison.check("POST", "/v1/deposits/{id}/reverse", &reversed);
    wrong
}

/// An alert that is claimed and resolved, by rules that stop everything.
async fn risk(book: &TestBook, comparison: &mut Comparison, customer: &str) {
    let auditor = book.auditor();
    let shown = auditor.get("/v1/risk/rules").await;
    let beginning = comparison.check("GET", "/v1/risk/rules", &shown)["data"].clone();
    let change = |block_from: u32, rules: &Value| json!({ "review_from": 1, "block_from": block_from, "rules": rules });
    let everything = json!([{ "rule": "amount_velocity", "on": true, "points": 60, "window": "day",
                              "most": [bodies::yuan("0.01")] }]);
    for rules in [&beginning["rules"], &everything] {
        let changed = book.admin().post("/v1/risk/rules", &change(1000, rules)).await;
        comparison.check("POST", "/v1/risk/rules", &changed);
    }
    let asked = book.finance().post("/v1/withdrawals", &bodies::withdrawal(customer, "2.00", "W-risk")).await;
    let id = text(&comparison.check("POST", "/v1/withdrawals", &asked), "id").to_owned();
    let path = format!("/v1/risk/alerts/{id}");
    for (step, body) in [("claim", json!({})), ("resolve", json!({"resolution": "rejected", "reason": "no"}))]
    {
        let answer = book.approver().post(&format!("{path}/{step}"), &body).await;
        comparison.check("POST", &format!("/v1/risk/alerts/{{id}}/{step}"), &answer);
    }
    for step in ["freeze", "unfreeze"] {
        let path = format!("/v1/wallets/{customer}.CNY/{step}");
        let answer = book.approver().post(&path, &bodies::because("a court order")).await;
        comparison.check("POST", &format!("/v1/wallets/{{id}}/{step}"), &answer);
    }
    let fresh = book.fresh().await;
    let found = auditor.get(&format!("{path}?{fresh}")).await;
    comparison.check("GET", "/v1/risk/alerts/{id}", &found);
    comparison.check("GET", "/v1/risk/customers", &auditor.get("/v1/risk/customers").await);
    comparison.check("GET", "/v1/risk/alerts", &auditor.get("/v1/risk/alerts").await);
    comparison.check("GET", "/v1/risk/rules", &auditor.get(&format!("/v1/risk/rules?{fresh}")).await);
    book.admin().post("/v1/risk/rules", &change(1000, &json!([]))).await.ok();
}

/// One by two people of whom one stands in for another, and one that is rejected.
async fn approvals(book: &TestBook, comparison: &mut Comparison, customer: &str) {
    let (auditor, approver) = (book.auditor(), book.approver());
    let shown = auditor.get("/v1/approvals/rules").await;
    let beginning = comparison.check("GET", "/v1/approvals/rules", &shown)["data"].clone();
    let mut terms = beginning["usual"].clone();
    terms["ladder"] = json!([]);
    let two = json!({ "usual": terms, "kinds": [{ "kind": "bad_debt", "terms": beginning["usual"] }] });
    comparison.check("POST", "/v1/approvals/rules", &book.admin().post("/v1/approvals/rules", &two).await);
    let today = book.today();
    let leave = json!({ "to": "user:operator", "from": today, "until": today, "reason": "leave" });
    let delegated = approver.post("/v1/approvals/delegations", &leave).await;
    let delegation = comparison.check("POST", "/v1/approvals/delegations", &delegated);
    let mei = book.another_approver().await;
    for number in 0..2 {
        let id = book.request(customer, "1.00", &format!("W-approved-{number}")).await;
        let path = format!("/v1/approvals/withdrawal.{id}.1");
        let instead = json!({ "on_behalf_of": "user:approver", "reason": "seen" });
        let half = book.operator().post(&format!("{path}/approve"), &instead).await;
        comparison.check("POST", "/v1/approvals/{id}/approve", &half);
        let step = if number == 0 { "approve" } else { "reject" };
        let body = if number == 0 { json!({}) } else { bodies::because("no") };
        let decided = mei.post(&format!("{path}/{step}"), &body).await;
        comparison.check("POST", &format!("/v1/approvals/{{id}}/{step}"), &decided);
        let found = auditor.get(&format!("{path}?{}", book.fresh().await)).await;
        comparison.check("GET", "/v1/approvals/{id}", &found);
    }
    let end = format!("/v1/approvals/delegations/{}/end", text(&delegation, "id"));
    let ended = approver.post(&end, &json!({})).await;
    comparison.check("POST", "/v1/approvals/delegations/{id}/end", &ended);
    let fresh = book.fresh().await;
    for path in ["/v1/approvals/rules", "/v1/approvals", "/v1/approvals/delegations", DUTIES] {
        comparison.check("GET", path, &auditor.get(&format!("{path}?{fresh}")).await);
    }
    let back = json!({ "usual": beginning["usual"] });
    book.admin().post("/v1/approvals/rules", &back).await.ok();
}

const DUTIES: &str = "/v1/reports/segregation-of-duties";

async fn usage(book: &TestBook, comparison: &mut Comparison, customer: &str) {
    let operator = book.operator();
    let record = bodies::usage(customer, "sms", book.today(), "3");
    for path in ["/v1/usage?dry_run=true", "/v1/usage", "/v1/usage"] {
        let answer = operator.post(path, &record).await;
        comparison.check("POST", "/v1/usage", &answer);
    }
    for path in ["/v1/usage/batch?dry_run=true", "/v1/usage/batch"] {
        let answer = operator.post(path, &json!({ "records": [record] })).await;
        comparison.check("POST", "/v1/usage/batch", &answer);
    }
    let head = "customer,meter,date,quantity,reference";
    let list = format!("{head}\n{customer},sms,{today},3,gw-1\n,sms,{today},3,gw-2\n", today = book.today());
    let imported = import(&operator, "/v1/usage/import", list.as_bytes()).await;
    comparison.check("POST", "/v1/usage/import", &imported);
    let fresh = book.fresh().await;
    for (path, asked) in
        [("/v1/usage", "/v1/usage"), ("/v1/customers/{id}/usage", &format!("/v1/customers/{customer}/usage"))]
    {
        let answer = book.auditor().get(&format!("{asked}?{fresh}")).await;
        comparison.check("GET", path, &answer);
    }
}

/// Every step at least once; the one that took the longest way stays for reading.
async fn withdrawals(book: &TestBook, comparison: &mut Comparison, customer: &str) -> String {
    let ways: [&[&str]; 4] = [
        &["reject"],
        &["cancel"],
        &["approve", "submit", "fail"],
        &["approve", "submit", "succeed", "return"],
    ];
    let mut last = String::new();
    for (number, way) in ways.into_iter().enumerate() {
        let body = bodies::withdrawal(customer, "1.00", &format!("W{number}"));
        let requested = book.finance().post("/v1/withdrawals", &body).await;
        last = text(&comparison.check("POST", "/v1/withdrawals", &requested), "id").to_owned();
        for step in way {
            let client = if matches!(*step, "approve" | "reject") { book.approver() } else { book.finance() };
            let taken = client.post(&step_path(&last, step), &step_body(step)).await;
            comparison.check("POST", &step_path("{id}", step), &taken);
        }
    }
    last
}

/// A plan with every model in it.
async fn price_plans(book: &TestBook, comparison: &mut Comparison, customer: &str) {
    let finance = book.finance();
    let quote = bodies::with(bodies::quote_of_everything(), "usage", None);
    let terms = bodies::with(quote, "period", None);
    let named = bodies::with(
        bodies::with(terms.clone(), "code", Some(json!("standard"))),
        "name",
        Some(json!("标准版")),
    );
    let created = finance.post("/v1/price-plans", &named).await;
    comparison.check("POST", "/v1/price-plans", &created);
    let later = book.today() + chrono::Days::new(1);
    let version = bodies::with(terms, "effective_from", Some(json!(later)));
    let added = finance.post("/v1/price-plans/standard/versions", &version).await;
    comparison.check("POST", "/v1/price-plans/{code}/versions", &added);
    let path = format!("/v1/customers/{customer}/price-plan");
    for plan in [json!("standard"), json!(null)] {
        let changed = finance.post(&path, &json!({ "plan": plan, "from": book.today() })).await;
        comparison.check("POST", "/v1/customers/{id}/price-plan", &changed);
    }
    let several = json!({ "customers": [customer], "plan": "standard", "from": book.today() });
    let given = finance.post("/v1/customers/price-plan", &several).await;
    comparison.check("POST", "/v1/customers/price-plan", &given);
    finance.post(&path, &json!({ "plan": null, "from": book.today() })).await.ok();
    let waiting = plans_that_wait(book, comparison, &path, &version).await;
    let fresh = book.fresh().await;
    for (path, asked) in [
        ("/v1/price-plans", "/v1/price-plans"),
        ("/v1/price-plans/{code}", "/v1/price-plans/standard"),
        ("/v1/customers/{id}/price-plan", &path),
    ] {
        let answer = book.auditor().get(&format!("{asked}?{fresh}")).await;
        comparison.check("GET", path, &answer);
    }
    for approval in waiting {
        let reject = format!("/v1/approvals/{approval}/reject");
        book.approver().post(&reject, &bodies::because("no")).await.ok();
    }
}

/// The same where each takes a second person. Answers with their approvals.
async fn plans_that_wait(
    book: &TestBook,
    comparison: &mut Comparison,
    path: &str,
    version: &Value,
) -> [String; 3] {
    let finance = book.finance();
    let usual = book.auditor().get("/v1/approvals/rules").await.data()["usual"].clone();
    let wait = |on: bool| json!({ "usual": usual, "price_plan_changes": on });
    let rules = book.admin().post("/v1/approvals/rules", &wait(true)).await;
    comparison.check("POST", "/v1/approvals/rules", &rules);
    let later = json!(book.today() + chrono::Days::new(2));
    let version = bodies::with(version.clone(), "effective_from", Some(later));
    let added = finance.post("/v1/price-plans/standard/versions", &version).await;
    let added = comparison.check("POST", "/v1/price-plans/{code}/versions", &added);
    let change = json!({ "plan": "standard", "from": book.today(), "reason": "a larger contract" });
    let asked = comparison.check("POST", "/v1/customers/{id}/price-plan", &finance.post(path, &change).await);
    let brio = book.customer("Several").await;
    let several = bodies::with(change, "customers", Some(json!([brio])));
    let several = finance.post("/v1/customers/price-plan", &several).await;
    comparison.check("POST", "/v1/customers/price-plan", &several);
    book.admin().post("/v1/approvals/rules", &wait(false)).await.ok();
    let [version, change] = [&added, &asked].map(|answer| text(answer, "approval").to_owned());
    [version, change, format!("price_plan_change.{brio}.1")]
}

/// One that is voided and one that is not.
async fn bills(book: &TestBook, comparison: &mut Comparison) {
    let [_, voided] = book.billed("Brio").await;
    let [_, other] = book.billed("Corso").await;
    let customer = format!("/v1/customers/{}", other.split_once('.').unwrap().0);
    book.operator().patch(&customer, &json!({ "credit_limit": bodies::yuan("1.00") })).await.ok();
    let line = json!([{ "line": 1, "amount": bodies::yuan("1.00") }]);
    let note = bodies::with(bodies::because("goodwill"), "lines", Some(line));
    let (why, one) =
        (bodies::because("why"), json!({ "amount": bodies::yuan("1.00"), "reason": "insolvent" }));
    for (step, body) in [
        ("credit-notes", &note),
        ("debit-notes", &note),
        ("disputes", &why),
        ("dispute/won", &why),
        ("disputes", &why),
        ("dispute/lost", &why),
        ("bad-debt", &one),
        ("bad-debt/reject", &why),
        ("bad-debt", &one),
        ("bad-debt/approve", &json!({ "amount": one["amount"] })),
    ] {
        let decided = step.ends_with("approve") || step.ends_with("reject");
        let by = if decided { book.approver() } else { book.finance() };
        let answer = by.post(&format!("/v1/bills/{other}/{step}"), body).await;
        comparison.check("POST", &format!("/v1/bills/{{id}}/{step}"), &answer);
    }
    let seen_to = json!({ "remark": "they pay on Friday" });
    let answer = book.finance().post(&format!("/v1/credit-alerts/{other}/acknowledge"), &seen_to).await;
    comparison.check("POST", "/v1/credit-alerts/{id}/acknowledge", &answer);
    let wrong = bodies::because("the wrong plan");
    let answer = book.finance().post(&format!("/v1/bills/{voided}/void"), &wrong).await;
    comparison.check("POST", "/v1/bills/{id}/void", &answer);
    let run = json!({ "period": book.last_month(), "customers": ["C00001"], "issue_date": book.today() });
    let started = book.finance().post("/v1/bill-runs", &run).await;
    comparison.check("POST", "/v1/bill-runs", &started);
    let run = book.finished_run(book.last_month()).await;
    let tried = book.finance().post("/v1/bill-runs?dry_run=true", &json!({ "period": run["id"] })).await;
    comparison.check("POST", "/v1/bill-runs", &tried);
    for _ in 0..2 {
        let path = format!("/v1/bills/{voided}/regenerate");
        comparison.check("POST", "/v1/bills/{id}/regenerate", &book.finance().post(&path, &json!({})).await);
    }
    late_usage(book, comparison, &format!("{voided}.r2")).await;
    let (fresh, month) = (book.fresh().await, format!("/v1/bill-runs/{}", book.last_month()));
    for (path, asked) in [
        ("/v1/bills", "/v1/bills"),
        ("/v1/bills/{id}", &format!("/v1/bills/{voided}")),
        ("/v1/reminders", "/v1/reminders"),
        ("/v1/credit-alerts", "/v1/credit-alerts"),
        ("/v1/bill-runs", "/v1/bill-runs"),
        ("/v1/bill-runs/{month}", &month),
        ("/v1/bill-runs/{month}/parked", &format!("{month}/parked")),
        ("/v1/reports/revenue", "/v1/reports/revenue"),
        ("/v1/reports/receivables-summary", "/v1/reports/receivables-summary"),
        ("/v1/receivables", "/v1/receivables"),
        ("/v1/receivables/ageing", "/v1/receivables/ageing"),
        ("/v1/bills/{id}", &format!("/v1/bills/{other}")),
    ] {
        let answer = book.auditor().get(&format!("{asked}?{fresh}")).await;
        comparison.check("GET", path, &answer);
    }
}

/// Money that came in, what it settled, and all of it undone.
async fn settlement(book: &TestBook, comparison: &mut Comparison) {
    let (customer, bills) = book.owing("Settled", &["100"]).await;
    let (finance, approver) = (book.finance(), book.approver());
    let why = bodies::because("why");
    let entered = finance.post("/v1/receipts", &receipt(None, "90.00", "R-1")).await;
    let receipt_id = text(&comparison.check("POST", "/v1/receipts", &entered), "id").to_owned();
    let again = finance.post("/v1/receipts", &receipt(None, "90.00", "R-1")).await;
    comparison.check("POST", "/v1/receipts", &again);
    let grant = json!({ "customer": customer, "subtotal": bodies::yuan("10.00"), "reason": "goodwill" });
    let granted = finance.post("/v1/credit-notes", &grant).await;
    let note = text(&comparison.check("POST", "/v1/credit-notes", &granted), "id").to_owned();
    let approved = approver.post(&format!("/v1/credit-notes/{note}/approve"), &json!({})).await;
    comparison.check("POST", "/v1/credit-notes/{id}/approve", &approved);
    for steps in [["reject"].as_slice(), &["approve", "reverse"]] {
        let id = text(finance.post("/v1/credit-notes", &grant).await.created(), "id").to_owned();
        for step in steps {
            let by = if *step == "reverse" { &finance } else { &approver };
            let body = if *step == "approve" { json!({}) } else { why.clone() };
            let answer = by.post(&format!("/v1/credit-notes/{id}/{step}"), &body).await;
            comparison.check("POST", &format!("/v1/credit-notes/{{id}}/{step}"), &answer);
        }
    }
    let some = json!({ "amount": bodies::yuan("5.00"), "reason": "paid too much" });
    for (step, body) in [
        ("identify", &json!({ "customer": customer })),
        ("move-to-wallet", &json!({ "amount": bodies::yuan("5.00") })),
        ("refund", &some),
        ("refund/reject", &why),
        ("refund", &some),
        ("refund/approve", &json!({ "amount": some["amount"] })),
        ("refund/return", &why),
        ("move-back", &json!({})),
    ] {
        let decides = step.starts_with("refund/") && step != "refund/return";
        let by = if decides { &approver } else { &finance };
        let answer = by.post(&format!("/v1/receipts/{receipt_id}/{step}"), body).await;
        comparison.check("POST", &format!("/v1/receipts/{{id}}/{step}"), &answer);
    }
    let other = book.receipt(&customer, "90.00", "R-2").await;
    let mut made = String::new();
    for step in ["reject", "approve"] {
        let split =
            sums(&[("receipt", &other, "40.00"), ("credit_note", &note, "1.00")], &[(&bills[0], "80.00")]);
        let waits = finance.post("/v1/write-offs", &with_fee(split, "39.00")).await;
        made = text(&comparison.check("POST", "/v1/write-offs", &waits), "id").to_owned();
        let body = if step == "reject" { why.clone() } else { json!({}) };
        let answer = approver.post(&format!("/v1/write-offs/{made}/{step}"), &body).await;
        comparison.check("POST", &format!("/v1/write-offs/{{id}}/{step}"), &answer);
    }
    let third = book.receipt(&customer, "20.00", "R-3").await;
    let proposed =
        book.auditor().get(&format!("/v1/receipts/{third}/proposals?{}", book.fresh().await)).await;
    comparison.check("GET", "/v1/receipts/{id}/proposals", &proposed);
    let rules = finance.post("/v1/matching-rules", &rules("0.80")).await;
    comparison.check("POST", "/v1/matching-rules", &rules);
    let shown = book.auditor().get(&format!("/v1/matching-rules?{}", book.fresh().await)).await;
    comparison.check("GET", "/v1/matching-rules", &shown);
    for dry_run in [true, false] {
        let auto = finance.post("/v1/write-offs/auto", &json!({ "dry_run": dry_run })).await;
        comparison.check("POST", "/v1/write-offs/auto", &auto);
    }
    let undone = finance.post(&format!("/v1/write-offs/{made}/reverse"), &undo(Some(2))).await;
    comparison.check("POST", "/v1/write-offs/{id}/reverse", &undone);
    let all = json!({ "reason": "a slip", "with_write_offs": true });
    let reversed = finance.post(&format!("/v1/receipts/{other}/reverse"), &all).await;
    comparison.check("POST", "/v1/receipts/{id}/reverse", &reversed);
    let fresh = book.fresh().await;
    for (path, id) in [
        ("/v1/receipts", ""),
        ("/v1/receipts/{id}", other.as_str()),
        ("/v1/receipts/{id}", &receipt_id),
        ("/v1/credit-notes", ""),
        ("/v1/credit-notes/{id}", &note),
        ("/v1/write-offs", ""),
        ("/v1/write-offs/{id}", &made),
    ] {
        let answer = book.auditor().get(&format!("{}?{fresh}", path.replace("{id}", id))).await;
        comparison.check("GET", path, &answer);
    }
}

/// One that is withdrawn and one that is not.
async fn statements(book: &TestBook, comparison: &mut Comparison, customer: &str) {
    let (finance, issue) = (book.finance(), format!("/v1/customers/{customer}/statements"));
    let body = json!({ "currency": "CNY", "from": "2026-01-01", "to": book.today() });
    let issued = finance.post(&issue, &body).await;
    comparison.check("POST", "/v1/customers/{id}/statements", &issued);
    let again = finance.post(&issue, &body).await;
    let id = text(again.created(), "id");
    let form = book.anyone().request(Method::POST, text(&again.body, "confirmation_path"));
    let form = form.raw("application/x-www-form-urlencoded", "answer=agrees&remark=ok&answered_by=Li").await;
    assert_eq!(form.status, 200, "{}", form.text);
    let withdrawn = finance.post(&format!("/v1/statements/{id}/withdraw"), &bodies::because("why")).await;
    comparison.check("POST", "/v1/statements/{id}/withdraw", &withdrawn);
    let fresh = book.fresh().await;
    for path in ["/v1/statements", "/v1/statements/{id}"] {
        let answer = book.auditor().get(&format!("{}?{fresh}", path.replace("{id}", id))).await;
        comparison.check("GET", path, &answer);
    }
}

/// Closed, opened, and asked for once more.
async fn periods(book: &TestBook, comparison: &mut Comparison) {
    let path = format!("/v1/ledger/periods/{}", book.last_month());
    let (finance, approver) = (book.finance(), book.approver());
    for (client, step, body) in [
        (&finance, "close", json!({})),
        (&finance, "reopen", bodies::because("a late invoice")),
        (&approver, "reject-reopening", bodies::because("it can wait")),
        (&finance, "reopen", bodies::because("a late invoice")),
        (&approver, "approve-reopening", json!({})),
        (&finance, "close", json!({})),
        (&finance, "reopen", bodies::because("a late invoice")),
    ] {
        let answer = client.post(&format!("{path}/{step}"), &body).await;
        comparison.check("POST", &format!("/v1/ledger/periods/{{month}}/{step}"), &answer);
    }
    let fresh = book.fresh().await;
    let all = book.auditor().get(&format!("/v1/ledger/periods?{fresh}")).await;
    comparison.check("GET", "/v1/ledger/periods", &all);
    let one = book.auditor().get(&format!("{path}?{fresh}")).await;
    comparison.check("GET", "/v1/ledger/periods/{month}", &one);
}

/// Collected and not believed, all of it.
async fn quarantine(book: &TestBook, comparison: &mut Comparison, customer: &str) {
    let operator = book.operator();
    let run = json!({ "months": [book.last_month()], "customers": [customer] });
    let started = operator.post("/v1/usage/sources/meters/runs", &run).await;
    comparison.check("POST", "/v1/usage/sources/{name}/runs", &started);
    usage_sources::collected(book, json!({ "customers": [customer] })).await;
    let right = bodies::with(bodies::because("read anew"), "quantity", Some(json!("1")));
    for (number, step, body) in [(1, "accept", right), (2, "dismiss", bodies::because("out of order"))] {
        let id = format!("{customer}.{}.q{number}", book.last_month());
        let answer = operator.post(&format!("/v1/usage/quarantine/{id}/{step}"), &body).await;
        comparison.check("POST", &format!("/v1/usage/quarantine/{{id}}/{step}"), &answer);
    }
    let fresh = book.fresh().await;
    for (path, asked) in [
        ("/v1/usage/quarantine", "/v1/usage/quarantine"),
        ("/v1/usage/runs", "/v1/usage/runs"),
        ("/v1/usage/runs/{id}", "/v1/usage/runs/meters.1"),
    ] {
        let answer = book.auditor().get(&format!("{asked}?{fresh}")).await;
        comparison.check("GET", path, &answer);
    }
    let sources = book.auditor().get("/v1/usage/sources").await;
    comparison.check("GET", "/v1/usage/sources", &sources);
}

/// More, then less, then nothing.
async fn late_usage(book: &TestBook, comparison: &mut Comparison, bill: &str) {
    let mut parts = bill.split('.');
    let (customer, month) = (parts.next().unwrap(), parts.next().unwrap());
    let path = format!("/v1/bills/{bill}/late-usage");
    for quantity in ["200", "150", "150"] {
        let record = bodies::usage(customer, "gigabytes", format!("{month}-15"), quantity);
        for correction in [false, true] {
            let record = bodies::with(record.clone(), "correction", Some(json!(correction)));
            book.operator().post("/v1/usage", &record).await;
        }
        comparison.check("GET", "/v1/bills/{id}/late-usage", &book.auditor().get(&path).await);
        let why = bodies::because("late readings");
        let settled = book.finance().post(&format!("{path}/settle"), &why).await;
        comparison.check("POST", "/v1/bills/{id}/late-usage/settle", &settled);
    }
}

/// One over HTTP that is doubted after its end, and one in a file.
async fn pay_out(book: &TestBook, comparison: &mut Comparison, customer: &str, bank: &Bank) {
    let finance = book.finance();
    let approved = async |reference: &str| {
        let withdrawal = book.request(customer, "1.00", reference).await;
        book.take(&withdrawal, &["approve"]).await;
        withdrawal
    };
    let body = json!({ "withdrawal": approved("pays-1").await });
    let made = finance.post("/v1/payouts", &body).await;
    let payout = text(&comparison.check("POST", "/v1/payouts", &made), "id").to_owned();
    let path = format!("/v1/payouts/{payout}");
    while book.auditor().get(&path).await.body["data"]["state"] != "succeeded" {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    bank.tell(&payout, "status", json!("failed"));
    let asked = finance.post(&format!("{path}/query"), &json!({})).await;
    comparison.check("POST", "/v1/payouts/{id}/query", &asked);
    let (reader, fresh) = (book.auditor(), book.fresh().await);
    comparison.check("GET", "/v1/payouts", &reader.get(&format!("/v1/payouts?{fresh}")).await);
    comparison.check("GET", "/v1/payouts/{id}", &reader.get(&format!("{path}?{fresh}")).await);
    let resolved =
        finance.post(&format!("{path}/resolve-doubt"), &bodies::because("the bank was wrong")).await;
    comparison.check("POST", "/v1/payouts/{id}/resolve-doubt", &resolved);

    let body = json!({ "withdrawals": [approved("pays-2").await] });
    let made = finance.post("/v1/payout-batches", &body).await;
    let batch = text(&comparison.check("POST", "/v1/payout-batches", &made), "id").to_owned();
    let fresh = book.fresh().await;
    let listed = reader.get(&format!("/v1/payout-batches?{fresh}")).await;
    comparison.check("GET", "/v1/payout-batches", &listed);
    let found = reader.get(&format!("/v1/payout-batches/{batch}?{fresh}")).await;
    comparison.check("GET", "/v1/payout-batches/{id}", &found);
}

/// One of each channel: a payment and a refund.
async fn notifications(book: &TestBook, comparison: &mut Comparison) {
    let paid = paid(book, "EV-1", &transaction("O-1", 100));
    assert_eq!(tell(&book.anyone(), &paid).await.status, 204);
    let mut fields = trade("n-1", "O-1", book.now());
    fields.extend([("refund_fee", "8.88".to_owned()), ("out_biz_no", "R-1".to_owned())]);
    assert_eq!(submit(&book.anyone(), form(&fields)).await.text, "success");
    let (auditor, path, fresh) = (book.auditor(), "/v1/channels/notifications", book.fresh().await);
    let listed = auditor.get(&format!("{path}?{fresh}")).await;
    let listed = comparison.check("GET", path, &listed);
    for row in listed["data"].as_array().unwrap() {
        let found = auditor.get(&format!("{path}/{}", text(row, "id"))).await;
        comparison.check("GET", "/v1/channels/notifications/{id}", &found);
    }
}

async fn reads(book: &TestBook, comparison: &mut Comparison, [customer, deposit, withdrawal]: &[&str; 3]) {
    let (reader, fresh) = (book.auditor(), book.fresh().await);
    for (path, id, query) in [
        ("/v1/customers", "", ""),
        ("/v1/customers/{id}", customer, ""),
        ("/v1/customers/{id}/figures", customer, ""),
        ("/v1/customers/{id}/statement", customer, "currency=CNY"),
        ("/v1/customers/{id}/wallets", customer, ""),
        ("/v1/customers/{id}/wallet-statement", customer, "currency=CNY"),
        ("/v1/access/personal-showings", "", ""),
        ("/v1/wallets", "", ""),
        ("/v1/deposits", "", ""),
        ("/v1/deposits/{id}", deposit, ""),
        ("/v1/withdrawals", "", ""),
        ("/v1/withdrawals/{id}", withdrawal, ""),
        ("/v1/ledger/accounts", "", ""),
        ("/v1/ledger/accounts/{code}/lines", "2241", "currency=CNY"),
        ("/v1/ledger/trial-balance", "", ""),
        ("/v1/ledger/trial-balance", "", "as_of=2026-03-31&known_at=1"),
        ("/v1/wallets", "", "known_at=2026-03-31T00:00:00Z"),
        ("/v1/ledger/restatement", "", "period=2026-03&known_at_1=1"),
        ("/v1/dashboard", "", ""),
        ("/v1/explain", "", "figure=net&currency=CNY"),
        ("/v1/explain", "", "figure=wallet_held&wallet=C00001.CNY"),
    ] {
        let asked = path.replace("{id}", id).replace("{code}", id);
        let answer = reader.get(&format!("{asked}?{query}&{fresh}")).await;
        comparison.check("GET", path, &answer);
    }
    book.make_view("begin", 1).await;
    let paths = ["/v1/events", "/v1/seals", "/v1/projections", "/v1/views", "/v1/users"];
    for path in paths.into_iter().chain(["/health/live", "/health/ready"]) {
        let answer = reader.get(path).await;
        comparison.check("GET", path, &answer);
    }
    let history = reader.get("/v1/aggregates/customer/C00001/history").await;
    comparison.check("GET", "/v1/aggregates/{type}/{id}/history", &history);
    let event = reader.get("/v1/events/1").await;
    comparison.check("GET", "/v1/events/{position}", &event);
}

/// One that is over, so that it has all there is to tell; and a projection that has not stopped.
async fn rebuilds(book: &TestBook, comparison: &mut Comparison) {
    let asked = book.admin().post("/v1/projections/wallets/rebuild", &json!({ "expect_equal": true })).await;
    let id = text(&comparison.check("POST", "/v1/projections/{name}/rebuild", &asked), "id").to_owned();
    let path = format!("/v1/projections/rebuilds/{id}");
    book.auditor().get(&format!("{path}/stream")).begin().await.text().await.unwrap();
    let over = book.auditor().get(&path).await;
    let over = comparison.check("GET", "/v1/projections/rebuilds/{id}", &over);
    assert_eq!(text(&over["data"], "state"), "swapped", "{over}");
    let cancelled = book.admin().post(&format!("{path}/cancel"), &json!({})).await;
    comparison.check("POST", "/v1/projections/rebuilds/{id}/cancel", &cancelled);
    let resumed = book.admin().post("/v1/projections/wallets/resume", &json!({})).await;
    comparison.check("POST", "/v1/projections/{name}/resume", &resumed);
    let listed = book.auditor().get("/v1/projections/rebuilds").await;
    comparison.check("GET", "/v1/projections/rebuilds", &listed);
}

async fn access(book: &TestBook, comparison: &mut Comparison) {
    let admin = book.admin();
    let user = json!({ "name": "mei", "role": "auditor", "password": "a good password" });
    let made = admin.post("/v1/users", &user).await;
    comparison.check("POST", "/v1/users", &made);
    let changed = admin.patch("/v1/users/mei", &json!({ "role": "operator" })).await;
    comparison.check("PATCH", "/v1/users/{name}", &changed);
    let credentials = json!({ "username": "mei", "password": "a good password" });
    let signed_in = book.anyone().post("/v1/auth/login", &credentials).await;
    let tokens = comparison.check("POST", "/v1/auth/login", &signed_in);
    let token = json!({ "refresh_token": tokens["refresh_token"] });
    let refreshed = book.anyone().post("/v1/auth/refresh", &token).await;
    comparison.check("POST", "/v1/auth/refresh", &refreshed);
    let key = admin.post("/v1/api-keys", &json!({ "name": "erp", "role": "operator" })).await;
    let id = text(&comparison.check("POST", "/v1/api-keys", &key), "id").to_owned();
    let revoked = admin.post(&format!("/v1/api-keys/{id}/revoke"), &json!({})).await;
    comparison.check("POST", "/v1/api-keys/{id}/revoke", &revoked);
    let keys = admin.get("/v1/api-keys").await;
    comparison.check("GET", "/v1/api-keys", &keys);
}
