//! `/v1/price-plans/{code}/versions`, `/v1/customers/{id}/price-plan` and `/v1/customers/price-plan` where the rules of
//! approval have changes of price plans wait for a second person.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Days, TimeDelta, Utc};
use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::book::{Differently, PASSWORD};
use tallybook_tests::{Client, Role, TestBook, bodies, truths};

const RULES: &str = "/v1/approvals/rules";
const SEVERAL: &str = "/v1/customers/price-plan";

fn plan_of(customer: &str) -> String {
    format!("/v1/customers/{customer}/price-plan")
}

fn decision(approval: &str, step: &str) -> String {
    format!("/v1/approvals/{approval}/{step}")
}

async fn shown(book: &TestBook, path: &str) -> Value {
    let separator = if path.contains('?') { '&' } else { '?' };
    book.auditor().get(&format!("{path}{separator}{}", book.fresh().await)).await.data().clone()
}

/// Changes of price plans wait for so many people; none, and they do not wait.
async fn plans_take(book: &TestBook, approvers: u32) {
    let terms = json!({
        "ladder": [], "above": 2, "without_amount": approvers.max(1), "expires_after_hours": 24
    });
    let rules = json!({ "usual": terms, "price_plan_changes": approvers > 0 });
    book.changes(&book.admin(), RULES, &rules).await;
}

/// From the first day of last month on.
fn to_plan(book: &TestBook, plan: Value) -> Value {
    json!({ "plan": plan, "from": book.last_month().first_day(), "reason": "a new contract" })
}

/// A version of last month that costs twice as much.
fn dearer(book: &TestBook) -> Value {
    let body = bodies::with(bodies::price_plan("any"), "code", None);
    let body = bodies::with(bodies::with(body, "name", None), "minimum", Some(json!("2000")));
    bodies::with(body, "effective_from", Some(json!(book.last_month().first_day())))
}

async fn asks(book: &TestBook, client: &Client, customer: &str, plan: Value) -> String {
    let asked = client.post(&plan_of(customer), &to_plan(book, plan)).await;
    text(asked.ok(), "approval").to_owned()
}

/// What last month's bill of a customer comes to.
async fn billed(book: &TestBook, customer: &str) -> String {
    book.run_bills(json!({ "customers": [customer] })).await;
    let bill = shown(book, &format!("/v1/bills/{customer}.{}", book.last_month())).await;
    text(&bill["total"], "amount").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_in_force_once_another_has_approved_it() {
    let book = TestBook::start().await;
    book.old_plan("standard").await;
    let (acme, brio) = (book.subscriber("Acme", "standard").await, book.subscriber("Brio", "standard").await);
    plans_take(&book, 1).await;
    book.creates(&book.finance(), "/v1/price-plans", &bodies::price_plan("new")).await;
    let versions = "/v1/price-plans/standard/versions";
    let body = bodies::with(dearer(&book), "reason", Some(json!("prices of the new year")));
    let asked = book.creates(&book.finance(), versions, &body).await;
    let approval = "price_plan_version.standard.1";
    assert_eq!((text(&asked, "approval"), &asked["missing_approvals"]), (approval, &json!(1)));
    assert_eq!((&asked["version"], &asked["effective_from"]), (&json!(2), &body["effective_from"]));
    truths::hold(&book.witness()).await;
    let plan = shown(&book, "/v1/price-plans/standard").await;
    assert_eq!((&plan["latest_version"], &plan["version_in_force"]), (&json!(1), &json!(1)));
    let requested = &plan["requested"];
    assert_eq!(
        (&requested["terms"]["minimum"], text(requested, "requested_by")),
        (&json!("2000"), "user:finance")
    );
    assert_eq!(text(requested, "reason"), "prices of the new year");
    assert_eq!(billed(&book, &acme).await, "1060.00", "what waits prices nothing");

    let other = book.finance().post(versions, &dearer(&book));
    let other = book.refuses(other, 409, "plan-change-under-way").await;
    assert_eq!((text(&other.body, "plan"), text(&other.body, "requested_by")), ("standard", "user:finance"));
    let row = shown(&book, &format!("/v1/approvals/{approval}")).await;
    assert_eq!((text(&row, "kind"), text(&row, "subject")), ("price_plan_version", "standard"));
    assert_eq!((text(&row, "why"), &row["amounts"]), ("prices of the new year", &json!([])));
    book.refuses(book.finance().post(&decision(approval, "approve"), &json!({})), 403, "self-approval").await;
    book.refuses(book.operator().post(&decision(approval, "approve"), &json!({})), 403, "forbidden").await;
    let approved = book.changes(&book.approver(), &decision(approval, "approve"), &json!({})).await;
    assert_eq!(text(&approved, "state"), "approved");
    let plan = shown(&book, "/v1/price-plans/standard").await;
    assert_eq!((&plan["latest_version"], &plan["requested"]), (&json!(2), &json!(null)));
    assert_eq!(plan["versions"][1]["created"]["by"], "user:approver");
    assert_eq!(billed(&book, &brio).await, "2120.00");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_billed_by_a_plan_once_another_has_approved_it() {
    let book = TestBook::start().await;
    book.old_plan("standard").await;
    let acme = book.customer("Acme").await;
    plans_take(&book, 1).await;
    let (path, body) = (plan_of(&acme), to_plan(&book, json!("standard")));
    let asked = book.changes(&book.finance(), &path, &body).await;
    let first = format!("price_plan_change.{acme}.1");
    assert_eq!((text(&asked, "approval"), &asked["missing_approvals"]), (first.as_str(), &json!(1)));
    let seen = shown(&book, &path).await;
    assert_eq!((&seen["plan"], &seen["changes"]), (&json!(null), &json!([])));
    let requested = &seen["requested"];
    assert_eq!((text(requested, "plan"), &requested["from"]), ("standard", &body["from"]));
    assert_eq!(text(requested, "requested_by"), "user:finance");
    truths::hold(&book.witness()).await;
    let run = book.run_bills(json!({})).await;
    assert_eq!(run["billed"], 0, "{run}");
    let listed =
        shown(&book, &format!("/v1/approvals?kind=price_plan_change&customer={acme}&state=open")).await;
    assert_eq!((text(&listed[0], "id"), text(&listed[0], "why")), (first.as_str(), "a new contract"));
    book.refuses(book.operator().post(&path, &body), 409, "plan-change-under-way").await;

    // Rejected, then taken back, then approved.
    book.refuses(book.finance().post(&decision(&first, "approve"), &json!({})), 403, "self-approval").await;
    let rejected =
        book.changes(&book.approver(), &decision(&first, "reject"), &bodies::because("not signed")).await;
    assert_eq!(text(&rejected, "state"), "rejected");
    assert_eq!(shown(&book, &path).await["requested"], json!(null));
    let second = asks(&book, &book.finance(), &acme, json!("standard")).await;
    assert_eq!(second, format!("price_plan_change.{acme}.2"));
    book.refuses(book.approver().post(&decision(&first, "approve"), &json!({})), 409, "approval-not-open")
        .await;
    let back = book.changes(&book.finance(), &decision(&second, "reject"), &bodies::because("a slip")).await;
    assert_eq!(text(&back, "state"), "closed");
    // An operator approves and rejects nothing but what he has asked for himself.
    let slip = asks(&book, &book.finance(), &acme, json!("standard")).await;
    let reason = bodies::because("a slip");
    book.refuses(book.operator().post(&decision(&slip, "reject"), &reason), 403, "forbidden").await;
    book.changes(&book.finance(), &decision(&slip, "reject"), &reason).await;
    let slip = asks(&book, &book.operator(), &acme, json!("standard")).await;
    let back = book.changes(&book.operator(), &decision(&slip, "reject"), &reason).await;
    assert_eq!(text(&back, "state"), "closed");
    let third = asks(&book, &book.operator(), &acme, json!("standard")).await;
    truths::hold(&book.witness()).await;
    book.changes(&book.finance(), &decision(&third, "approve"), &json!({})).await;
    let seen = shown(&book, &path).await;
    assert_eq!((text(&seen, "plan"), &seen["requested"]), ("standard", &json!(null)));
    assert_eq!(billed(&book, &acme).await, "1060.00");

    let ends = json!({ "plan": null, "from": book.this_month().next().unwrap().first_day() });
    let ending = book.changes(&book.finance(), &path, &ends).await;
    book.changes(&book.approver(), &decision(text(&ending, "approval"), "approve"), &json!({})).await;
    assert_eq!(shown(&book, &path).await["changes"][1]["plan"], json!(null));
    let (today, report) = (book.today(), "/v1/reports/segregation-of-duties");
    let report = shown(&book, &format!("{report}?from={today}&to={today}&kind=price_plan_change")).await;
    assert_eq!(report.as_array().unwrap().len(), 3, "a rejection and two approvals: {report}");
    let mut both = report[0]["could_do_both"].as_array().unwrap().iter();
    let finance = both.find(|both| both["person"] == "user:finance").unwrap();
    let expected = json!({ "person": "user:finance", "because": ["role"], "asked": true, "decided": false });
    assert_eq!(*finance, expected);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_customers_each_waits_for_itself() {
    let book = TestBook::start().await;
    book.old_plan("standard").await;
    let [acme, brio, corso] = [
        book.customer("Acme").await,
        book.customer("Brio").await,
        book.subscriber("Corso", "standard").await,
    ];
    plans_take(&book, 1).await;
    let several =
        |customers: Value| bodies::with(to_plan(&book, json!("standard")), "customers", Some(customers));
    let asked = book.changes(&book.operator(), SEVERAL, &several(json!([brio, acme, corso]))).await;
    assert_eq!((&asked["requested"], &asked["assigned"]), (&json!([acme, brio]), &json!([])));
    assert_eq!(asked["unchanged"], 1);
    truths::hold(&book.witness()).await;
    let dora = book.customer("Dora").await;
    let again = book.operator().post(SEVERAL, &several(json!([dora, brio])));
    let again = book.refuses(again, 409, "plan-change-under-way").await;
    assert_eq!(text(&again.body, "customer"), brio);
    let approve = |customer: &str| decision(&format!("price_plan_change.{customer}.1"), "approve");
    book.changes(&book.approver(), &approve(&acme), &json!({})).await;
    for (customer, plan) in [(&acme, json!("standard")), (&brio, json!(null)), (&dora, json!(null))] {
        assert_eq!(shown(&book, &plan_of(customer)).await["plan"], plan, "{customer}");
    }
    book.refuses(book.approver().post(&approve(&dora), &json!({})), 404, "approval-not-found").await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_behind_a_key_does_not_approve_the_plan_it_asked_for() {
    let book = TestBook::start().await;
    book.old_plan("standard").await;
    let acme = book.customer("Acme").await;
    plans_take(&book, 2).await;
    book.add_user("anna", Role::Approver).await;
    book.add_user("li", Role::Admin).await;
    let li = book.anyone().sign_in("li", PASSWORD).await;
    let key = json!({ "name": "erp", "role": "finance", "held_by": "user:anna" });
    let key = li.post("/v1/api-keys", &key).await;
    let erp = book.anyone().with_token(text(key.created(), "token"));
    book.admin().patch("/v1/users/li", &json!({ "role": "approver" })).await.ok();
    let [li, anna] =
        [book.anyone().sign_in("li", PASSWORD).await, book.anyone().sign_in("anna", PASSWORD).await];
    let change = asks(&book, &erp, &acme, json!("standard")).await;
    let version = erp.post("/v1/price-plans/standard/versions", &dearer(&book)).await;
    for approval in [change.as_str(), text(version.created(), "approval")] {
        let approve = decision(approval, "approve");
        for behind in [&li, &anna] {
            book.refuses(behind.post(&approve, &json!({})), 403, "self-approval").await;
        }
        book.refuses(erp.post(&approve, &json!({})), 403, "person-needed").await;
        assert_eq!(book.changes(&book.approver(), &approve, &json!({})).await["missing"], 1);
        let twice = book.approver().post(&approve, &json!({}));
        book.refuses(twice, 409, "approval-already-given").await;
        truths::hold(&book.witness()).await;
        assert_eq!(text(&book.changes(&book.finance(), &approve, &json!({})).await, "state"), "approved");
    }
    assert_eq!(text(&shown(&book, &plan_of(&acme)).await, "plan"), "standard");
    assert_eq!(billed(&book, &acme).await, "2120.00");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_so_by_now_is_not_approved_and_still_waits() {
    let book = TestBook::start().await;
    for plan in ["standard", "large"] {
        book.old_plan(plan).await;
    }
    let acme = book.subscriber("Acme", "standard").await;
    plans_take(&book, 2).await;
    let approval = asks(&book, &book.operator(), &acme, json!("large")).await;
    book.changes(&book.approver(), &decision(&approval, "approve"), &json!({})).await;
    assert_eq!(billed(&book, &acme).await, "1060.00");
    let mei = book.anyone().with_token(book.add_user("mei", Role::Approver).await);
    let bill = format!("{acme}.{}", book.last_month());
    let late = book.refuses(mei.post(&decision(&approval, "approve"), &json!({})), 409, "month-billed").await;
    assert_eq!(text(&late.body, "bill"), bill);
    let other = asks(&book, &book.operator(), &book.customer("Brio").await, json!("large")).await;
    let closed = other.split('.').nth(1).unwrap();
    book.changes(&book.finance(), &format!("/v1/customers/{closed}/close"), &bodies::because("gone")).await;
    let first = mei.post(&decision(&other, "approve"), &json!({}));
    book.refuses(first, 422, "customer-closed").await;
    truths::hold(&book.witness()).await;
    let seen = shown(&book, &plan_of(&acme)).await;
    assert_eq!((text(&seen, "plan"), text(&seen["requested"], "plan")), ("standard", "large"));

    book.changes(&book.finance(), &format!("/v1/bills/{bill}/void"), &bodies::because("wrong plan")).await;
    book.changes(&mei, &decision(&approval, "approve"), &json!({})).await;
    assert_eq!(text(&shown(&book, &plan_of(&acme)).await, "plan"), "large");
    book.changes(&mei, &decision(&other, "reject"), &bodies::because("gone")).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_say_whether_changes_of_plans_wait() {
    let book = TestBook::start().await;
    book.old_plan("standard").await;
    let [acme, brio] = [book.customer("Acme").await, book.customer("Brio").await];
    assert_eq!(shown(&book, RULES).await["price_plan_changes"], false);
    let at_once = book.changes(&book.operator(), &plan_of(&brio), &to_plan(&book, json!("standard"))).await;
    assert_eq!((at_once.get("approval"), text(&at_once, "plan")), (None, "standard"));
    plans_take(&book, 1).await;
    let seen = shown(&book, RULES).await;
    assert_eq!(
        (&seen["price_plan_changes"], &seen["versions"][0]["price_plan_changes"]),
        (&json!(true), &json!(true))
    );
    let wrong = bodies::with(json!({ "usual": seen["usual"] }), "price_plan_changes", Some(json!("yes")));
    book.refuses_values(book.admin().post(RULES, &wrong), &[("/price_plan_changes", "wrong_type")]).await;
    let same = book.operator().post(&plan_of(&brio), &to_plan(&book, json!("standard"))).await;
    assert_eq!(same.ok().get("approval"), None, "what is so already asks nobody");
    assert_eq!(shown(&book, &plan_of(&brio)).await["requested"], json!(null));
    let approval = asks(&book, &book.operator(), &acme, json!("standard")).await;

    // Who knows nothing of the setting turns it off; what waits goes on waiting.
    let off = book.changes(&book.admin(), RULES, &json!({ "usual": seen["usual"] })).await;
    assert_eq!((&off["price_plan_changes"], &off["version"]), (&json!(false), &json!(2)));
    let ends = json!({ "plan": null, "from": book.today() });
    book.changes(&book.operator(), &plan_of(&brio), &ends).await;
    let meanwhile = book.operator().post(&plan_of(&acme), &to_plan(&book, json!("standard")));
    book.refuses(meanwhile, 409, "plan-change-under-way").await;
    book.changes(&book.approver(), &decision(&approval, "approve"), &json!({})).await;
    let seen = shown(&book, &plan_of(&acme)).await;
    assert_eq!((text(&seen, "plan"), &seen["requested"]), ("standard", &json!(null)));
    book.changes(&book.operator(), &plan_of(&acme), &ends).await;
    book.finish().await;
}

/// By how many hours the journal's clock is ahead in the test of expiry; no other test uses it.
static AHEAD: AtomicI64 = AtomicI64::new(0);

fn put_ahead() -> DateTime<Utc> {
    Utc::now() + TimeDelta::hours(AHEAD.load(Ordering::SeqCst))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_approves_in_time_may_be_asked_for_again() {
    let differently = Differently { clock: Some(put_ahead), ..Differently::default() };
    let book = TestBook::start_differently(differently).await;
    book.old_plan("standard").await;
    let acme = book.customer("Acme").await;
    plans_take(&book, 1).await;
    let change = asks(&book, &book.operator(), &acme, json!("standard")).await;
    let version = book.finance().post("/v1/price-plans/standard/versions", &dearer(&book)).await;
    let version = text(version.created(), "approval").to_owned();
    AHEAD.store(24, Ordering::SeqCst);
    let mut expired = 0;
    for _ in 0..600 {
        let count = "SELECT count(*) FROM approvals WHERE state = 'expired'";
        expired = sqlx::query_scalar(count).fetch_one(book.pool()).await.unwrap();
        if expired == 2_i64 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(expired, 2);
    for approval in [&change, &version] {
        let late = book.approver().post(&decision(approval, "approve"), &json!({}));
        book.refuses(late, 409, "approval-not-open").await;
    }
    assert_eq!(shown(&book, &plan_of(&acme)).await["requested"], json!(null));
    let plan = shown(&book, "/v1/price-plans/standard").await;
    assert_eq!((&plan["requested"], &plan["latest_version"]), (&json!(null), &json!(1)));
    let again = asks(&book, &book.operator(), &acme, json!("standard")).await;
    assert_eq!(again, format!("price_plan_change.{acme}.2"));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_ask_at_once_one_waits() {
    let book = TestBook::start().await;
    book.old_plan("standard").await;
    let acme = book.customer("Acme").await;
    plans_take(&book, 1).await;
    let (path, later) = (plan_of(&acme), book.today() + Days::new(1));
    let (this, that) = (to_plan(&book, json!("standard")), json!({ "plan": "standard", "from": later }));
    let (finance, operator) = (book.finance(), book.operator());
    let (this, that) = tokio::join!(finance.post(&path, &this), operator.post(&path, &that));
    let mut statuses = [this.status, that.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    book.finish().await;
}
