//! `/v1/risk`

use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::book::Differently;
use tallybook_tests::scenario::step_path;
use tallybook_tests::{Role, TestBook, bodies, truths};

const RULES: &str = "/v1/risk/rules";
const ALERTS: &str = "/v1/risk/alerts";

/// Money may be asked for once a day; what is more counts so many points.
fn once_a_day(points: u32) -> Value {
    let often = json!({ "rule": "count_velocity", "on": true, "points": points, "window": "day", "most": 1 });
    json!({ "review_from": 60, "block_from": 100, "rules": [often] })
}

/// A customer with 100.00, of whom two withdrawals of 30.00 were asked for: the customer, and the second, under review.
async fn under_review(book: &TestBook, points: u32) -> (String, String) {
    book.changes(&book.admin(), RULES, &once_a_day(points)).await;
    let acme = book.customer_with("Acme", "100.00").await;
    book.request(&acme, "30.00", "W1").await;
    let body = bodies::withdrawal(&acme, "30.00", "W2");
    let second = book.creates(&book.finance(), "/v1/withdrawals", &body).await;
    assert_eq!((text(&second, "state"), text(&second, "alert")), ("requested", "open"));
    (acme, text(&second, "id").to_owned())
}

fn path(alert: &str, step: &str) -> String {
    format!("{ALERTS}/{alert}/{step}")
}

fn resolution(word: &str) -> Value {
    json!({ "resolution": word, "reason": "phoned the customer" })
}

async fn shown(book: &TestBook, path: &str) -> Value {
    let separator = if path.contains('?') { '&' } else { '?' };
    book.auditor().get(&format!("{path}{separator}{}", book.fresh().await)).await.data().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_withdrawal_is_released_by_review_and_paid() {
    let book = TestBook::start().await;
    let (acme, id) = under_review(&book, 120).await;
    truths::hold(&book.witness()).await;
    let listed = shown(&book, &format!("{ALERTS}?state=open&outcome=block&customer={acme}")).await;
    assert_eq!((listed.as_array().unwrap().len(), text(&listed[0], "id")), (1, id.as_str()));

    let approval = step_path(&id, "approve");
    let refused = book.refuses(book.approver().post(&approval, &json!({})), 409, "risk-review-open").await;
    assert_eq!((text(&refused.body, "alert"), text(&refused.body, "outcome")), (id.as_str(), "block"));
    let claimed = book.changes(&book.approver(), &path(&id, "claim"), &json!({})).await;
    assert_eq!(claimed["claimed_by"], "user:approver");
    truths::hold(&book.witness()).await;
    let mine = shown(&book, &format!("{ALERTS}?claimed_by=user:approver")).await;
    assert_eq!(text(&mine[0], "state"), "claimed");
    let mei = book.anyone().with_token(book.add_user("mei", Role::Approver).await);
    book.refuses(mei.post(&path(&id, "claim"), &json!({})), 409, "risk-alert-claimed").await;
    book.refuses(mei.post(&path(&id, "resolve"), &resolution("released")), 409, "risk-alert-claimed").await;

    book.changes(&book.approver(), &path(&id, "resolve"), &resolution("released")).await;
    truths::hold(&book.witness()).await;
    book.refuses(book.approver().post(&approval, &json!({})), 403, "second-person-needed").await;
    mei.post(&approval, &json!({})).await.ok();
    truths::hold(&book.witness()).await;
    for (step, funds) in [("submit", ["100.00", "60.00", "40.00"]), ("succeed", ["70.00", "30.00", "40.00"])]
    {
        book.take(&id, &[step]).await;
        assert_eq!(book.funds(&acme).await, funds, "after {step}");
        truths::hold(&book.witness()).await;
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_shows_what_was_known_and_what_each_rule_said() {
    let book = TestBook::start().await;
    let (acme, id) = under_review(&book, 60).await;
    let alert = shown(&book, &format!("{ALERTS}/{id}")).await;
    assert_eq!((text(&alert, "outcome"), &alert["score"]), ("review", &json!(60)));
    assert_eq!((text(&alert, "requested_by"), text(&alert, "customer")), ("user:finance", acme.as_str()));
    let assessment = &alert["assessment"];
    assert_eq!(assessment["rules_version"], 1);
    let inputs = &assessment["inputs"];
    assert_eq!(inputs["amount"], bodies::yuan("30.00"));
    assert_eq!(
        inputs["before"]["day"],
        json!({ "count": 1, "in_currency": 1, "amount": bodies::yuan("30.00") })
    );
    let account = json!({ "used_before": true, "others_used": false, "other_customers": 0 });
    assert_eq!(inputs["destination"], account);
    assert_eq!(inputs["known"]["came_in"]["hour"], bodies::yuan("100.00"));
    assert_eq!(inputs["known"]["withdrew_before"], true);
    let reason = "2 asked for today, the limit is 1";
    let result =
        json!({ "rule": "count_velocity", "window": "day", "hit": true, "points": 60, "reason": reason });
    assert_eq!(assessment["results"], json!([result]));

    let withdrawal = shown(&book, &format!("/v1/withdrawals/{id}")).await;
    assert_eq!((text(&withdrawal, "risk_outcome"), &withdrawal["risk_score"]), ("review", &json!(60)));
    for unknown in ["0199f0a4-7d5e-7c3b-9a63-2f4be8c1d000", "C00001"] {
        book.auditor().get(&format!("{ALERTS}/{unknown}")).await.problem(404, "risk-alert-not-found");
        for (step, body) in [("claim", json!({})), ("resolve", resolution("released"))] {
            let request = book.approver().post(&path(unknown, step), &body);
            book.refuses(request, 404, "risk-alert-not-found").await;
        }
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_alert_gives_the_money_back() {
    let book = TestBook::start().await;
    let (acme, id) = under_review(&book, 60).await;
    assert_eq!(book.funds(&acme).await, ["100.00", "60.00", "40.00"]);
    let missing = [("/resolution", "missing"), ("/reason", "missing")];
    book.refuses_values(book.approver().post(&path(&id, "resolve"), &json!({})), &missing).await;
    let rejected = book.changes(&book.approver(), &path(&id, "resolve"), &resolution("rejected")).await;
    assert_eq!(rejected["state"], "rejected");
    assert_eq!(book.funds(&acme).await, ["100.00", "30.00", "70.00"]);
    assert_eq!(shown(&book, &format!("/v1/withdrawals/{id}")).await["state"], "rejected");
    let over = book.approver().post(&path(&id, "resolve"), &resolution("released"));
    book.refuses(over, 409, "risk-alert-not-open").await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_withdrawal_closes_its_alert() {
    let book = TestBook::start().await;
    let (_, id) = under_review(&book, 60).await;
    let cancelled = book.take(&id, &["cancel"]).await;
    assert_eq!(text(&cancelled, "alert"), "closed");
    assert_eq!(text(&shown(&book, &format!("{ALERTS}/{id}")).await, "state"), "closed");
    book.finish().await;
}

/// Who asked, and who made the key that asked.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_judges_what_he_asked_for() {
    let book = TestBook::start().await;
    let (acme, id) = under_review(&book, 60).await;
    for (step, body) in [("claim", json!({})), ("resolve", resolution("released"))] {
        book.refuses(book.finance().post(&path(&id, step), &body), 403, "self-approval").await;
    }
    // Who made the key was an administrator then, and approves now.
    let li = book.anyone().with_token(book.add_user("li", Role::Admin).await);
    let key = li.post("/v1/api-keys", &json!({ "name": "erp", "role": "finance" })).await;
    let erp = book.anyone().with_token(text(key.created(), "token"));
    book.admin().patch("/v1/users/li", &json!({ "role": "approver" })).await.ok();
    let asked = erp.post("/v1/withdrawals", &bodies::withdrawal(&acme, "1.00", "W3")).await;
    let asked = text(asked.created(), "id").to_owned();
    let li = book.anyone().sign_in("li", tallybook_tests::book::PASSWORD).await;
    for (step, body) in [("claim", json!({})), ("resolve", resolution("released"))] {
        book.refuses(li.post(&path(&asked, step), &body), 403, "self-approval").await;
        book.refuses(erp.post(&path(&asked, step), &body), 403, "person-needed").await;
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_requests_at_once_one_passes_and_one_is_reviewed() {
    let book = TestBook::start().await;
    book.changes(&book.admin(), RULES, &once_a_day(60)).await;
    let acme = book.customer_with("Acme", "100.00").await;
    let ask = |reference: &'static str| {
        let body = bodies::withdrawal(&acme, "10.00", reference);
        book.finance().post("/v1/withdrawals", &body).attempt()
    };
    let (one, other) = futures::join!(ask("W1"), ask("W2"));
    let mut alerts = [one, other].map(|answer| answer.unwrap().created()["alert"].clone());
    alerts.sort_by_key(Value::is_null);
    assert_eq!(alerts, [json!("open"), Value::Null]);
    book.finish().await;
}

/// Without a projector nothing is known, so somebody has to look; nothing is refused.
#[tokio::test(flavor = "multi_thread")]
async fn read_tables_that_are_behind_make_a_review() {
    let book = TestBook::start().await;
    let another = TestBook::start_differently(Differently { no_projector: true, ..Default::default() }).await;
    for (book, alert) in [(&book, Value::Null), (&another, json!("open"))] {
        let acme = book.customer_with("Acme", "100.00").await;
        let body = bodies::withdrawal(&acme, "10.00", "W1");
        let asked = book.finance().post("/v1/withdrawals", &body).await;
        assert_eq!(asked.created()["alert"], alert);
    }
    another.stop().await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_versions_and_the_same_again_changes_nothing() {
    let book = TestBook::start().await;
    let beginning = shown(&book, RULES).await;
    assert_eq!((&beginning["version"], &beginning["versions"]), (&json!(0), &json!([])));
    let admin = book.admin();
    let set = |version: Value, rules: &Value| {
        let mut body = json!({ "expected_version": version });
        for member in ["review_from", "block_from", "rules"] {
            body[member] = rules[member].clone();
        }
        body
    };
    let first = book.changes(&admin, RULES, &set(json!(0), &beginning)).await;
    assert_eq!((&first["version"], &first["rules"]), (&json!(1), &beginning["rules"]));
    let same = admin.post(RULES, &set(Value::Null, &beginning)).await;
    assert_eq!(same.ok()["version"], 1);
    let stale = admin.post(RULES, &set(json!(0), &once_a_day(60)));
    book.refuses(stale, 409, "risk-rules-changed").await;
    book.changes(&admin, RULES, &set(json!(1), &once_a_day(60))).await;
    let now = shown(&book, RULES).await;
    assert_eq!((&now["version"], now["versions"].as_array().unwrap().len()), (&json!(2), 2));
    assert_eq!(now["rules"], once_a_day(60)["rules"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_make_no_sense_are_refused_with_every_reason() {
    let book = TestBook::start().await;
    let admin = book.admin();
    let rule = |more: Value| {
        let mut rule = json!({ "on": true, "points": 10 });
        for (name, value) in more.as_object().unwrap() {
            rule[name] = value.clone();
        }
        rule
    };
    let rules = [
        rule(json!({ "rule": "withdrawal_rate", "window": "year", "above": "a lot" })),
        rule(json!({ "rule": "in_and_out", "hours": 5, "share": "0.8" })),
        rule(
            json!({ "rule": "amount_velocity", "window": "day", "most": [{ "amount": 1, "currency": "CNY" }] }),
        ),
        rule(json!({ "rule": "unheard_of" })),
        rule(json!({ "rule": "not_known" })),
    ];
    let body = json!({ "review_from": 60, "block_from": 100, "rules": rules });
    let errors = [
        ("/rules/0/above", "malformed"),
        ("/rules/0/window", "malformed"),
        ("/rules/1/hours", "malformed"),
        ("/rules/2/most/0/amount", "wrong_type"),
        ("/rules/3/rule", "malformed"),
        ("/rules/4/rule", "malformed"),
    ];
    book.refuses_values(admin.post(RULES, &body), &errors).await;
    let twice = once_a_day(10)["rules"][0].clone();
    let body = json!({ "review_from": 60, "block_from": 100, "rules": [twice, twice] });
    book.refuses_values(admin.post(RULES, &body), &[("/rules/1", "repeated_rule")]).await;
    let body = json!({ "review_from": 60, "block_from": 59, "rules": [] });
    book.refuses_values(admin.post(RULES, &body), &[("/block_from", "out_of_range")]).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_wallet_takes_deposits_and_gives_nothing() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    let [asked, approved] =
        [book.request(&acme, "10.00", "W1").await, book.request(&acme, "20.00", "W2").await];
    book.take(&approved, &["approve"]).await;
    let freeze = format!("/v1/wallets/{acme}.CNY/freeze");
    let unfreeze = format!("/v1/wallets/{acme}.CNY/unfreeze");
    let frozen = book.changes(&book.approver(), &freeze, &bodies::because("a court order")).await;
    assert_eq!(
        (text(&frozen, "id"), text(&frozen, "frozen")),
        (format!("{acme}.CNY").as_str(), "a court order")
    );
    let again = book.approver().post(&freeze, &bodies::because("another")).await;
    assert_eq!(again.ok()["frozen"], "a court order", "the first reason stands");

    let request = book.finance().post("/v1/withdrawals", &bodies::withdrawal(&acme, "1.00", "W3"));
    let refused = book.refuses(request, 422, "wallet-frozen").await;
    assert_eq!(refused.body["reason"], "a court order");
    let approval = book.approver().post(&step_path(&asked, "approve"), &json!({}));
    book.refuses(approval, 422, "wallet-frozen").await;
    let submission = book.finance().post(&step_path(&approved, "submit"), &json!({}));
    book.refuses(submission, 422, "wallet-frozen").await;
    book.deposit(&acme, "5.00", "R2").await;
    book.take(&approved, &["cancel"]).await;
    assert_eq!(book.funds(&acme).await, ["105.00", "10.00", "95.00"]);
    let shown = shown(&book, &format!("/v1/customers/{acme}/wallets")).await;
    assert_eq!(shown[0]["frozen"], "a court order");

    let own = book.finance().post(&unfreeze, &bodies::because("mine"));
    book.refuses(own, 403, "forbidden").await;
    let lifted = book.changes(&book.approver(), &unfreeze, &bodies::because("lifted")).await;
    assert_eq!(lifted["frozen"], Value::Null);
    book.take(&asked, &["approve", "submit", "succeed"]).await;
    assert_eq!(book.funds(&acme).await, ["95.00", "0.00", "95.00"]);
    for unknown in [format!("{acme}.USD"), "C99999.CNY".to_owned(), "wallet".to_owned()] {
        let request = book.finance().post(&format!("/v1/wallets/{unknown}/freeze"), &bodies::because("x"));
        book.refuses(request, 404, "wallet-not-found").await;
    }
    book.refuses_values(book.finance().post(&freeze, &json!({})), &[("/reason", "missing")]).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_listed_by_the_score_of_their_latest_withdrawal() {
    let book = TestBook::start().await;
    book.changes(&book.admin(), RULES, &once_a_day(60)).await;
    let [calm, busy] =
        [book.customer_with("Calm", "100.00").await, book.customer_with("Busy", "80.00").await];
    book.request(&calm, "30.00", "W1").await;
    for (amount, reference) in [("10.00", "W2"), ("20.00", "W3")] {
        book.request(&busy, amount, reference).await;
    }
    let taken_back = book.request(&busy, "40.00", "W4").await;
    book.take(&taken_back, &["cancel"]).await;
    let listed = shown(&book, "/v1/risk/customers").await;
    let told: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            json!([row["customer"], row["score"], row["outcome"], row["assessed"], row["withdrawal_rate"]])
        })
        .collect();
    assert_eq!(told, [json!([busy, 60, "review", 3, "0.3750"]), json!([calm, 0, "pass", 1, "0.3000"])]);
    assert_eq!((&listed[0]["withdrawal_rate_before"], &listed[0]["trend"]), (&Value::Null, &Value::Null));
    let paged: Vec<_> = book.auditor().all("/v1/risk/customers?sort=score").await;
    assert_eq!(paged.iter().map(|row| row["score"].clone()).collect::<Vec<_>>(), [json!(0), json!(60)]);
    let one = shown(&book, &format!("/v1/risk/customers?outcome=pass&customer={calm}")).await;
    assert_eq!(one.as_array().unwrap().len(), 1);
    book.finish().await;
}
