//! `/v1/approvals`

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Days, TimeDelta, Utc};
use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::book::{Differently, PASSWORD};
use tallybook_tests::scenario::step_path;
use tallybook_tests::settlement::{sums, with_fee};
use tallybook_tests::{Client, Role, TestBook, bodies, truths};

const APPROVALS: &str = "/v1/approvals";
const RULES: &str = "/v1/approvals/rules";
const DELEGATIONS: &str = "/v1/approvals/delegations";

fn path(approval: &str, step: &str) -> String {
    format!("{APPROVALS}/{approval}/{step}")
}

fn of_withdrawal(id: &str) -> String {
    format!("withdrawal.{id}.1")
}

async fn shown(book: &TestBook, client: &Client, path: &str) -> Value {
    let separator = if path.contains('?') { '&' } else { '?' };
    client.get(&format!("{path}{separator}{}", book.fresh().await)).await.data().clone()
}

async fn person(book: &TestBook, name: &str, role: Role) -> Client {
    book.anyone().with_token(book.add_user(name, role).await)
}

fn ids(listed: &Value) -> Vec<&str> {
    listed.as_array().unwrap().iter().map(|approval| text(approval, "id")).collect()
}

/// Everything takes two, whatever it comes to.
async fn everything_takes_two(book: &TestBook) {
    let terms = json!({ "ladder": [], "above": 2, "without_amount": 2, "expires_after_hours": 24 });
    book.changes(&book.admin(), RULES, &json!({ "usual": terms, "expected_version": 0 })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn up_to_5000_takes_one_and_above_takes_two_different_people() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "20000.00").await;
    for (amount, missing) in [("4999.99", 1), ("5000.00", 1), ("5000.01", 2)] {
        let body = bodies::withdrawal(&acme, amount, &format!("W {amount}"));
        let asked = book.creates(&book.finance(), "/v1/withdrawals", &body).await;
        assert_eq!((text(&asked, "state"), &asked["missing_approvals"]), ("requested", &json!(missing)));
        let id = text(&asked, "id");
        let approve = step_path(id, "approve");
        let first = book.changes(&book.approver(), &approve, &json!({})).await;
        if missing == 1 {
            assert_eq!((text(&first, "state"), &first["missing_approvals"]), ("approved", &json!(null)));
            continue;
        }
        assert_eq!((text(&first, "state"), &first["missing_approvals"]), ("requested", &json!(1)));
        let twice =
            book.refuses(book.approver().post(&approve, &json!({})), 409, "approval-already-given").await;
        assert_eq!(text(&twice.body, "given_by"), "user:approver");
        book.refuses(book.finance().post(&approve, &json!({})), 403, "self-approval").await;
        let submit = book.finance().post(&step_path(id, "submit"), &json!({}));
        book.refuses(submit, 409, "withdrawal-not-in-state").await;
        truths::hold(&book.witness()).await;
        let mei = person(&book, "mei", Role::Approver).await;
        let second = book.changes(&mei, &approve, &json!({})).await;
        assert_eq!((text(&second, "state"), &second["missing_approvals"]), ("approved", &json!(null)));
        let approval = shown(&book, &book.auditor(), &format!("{APPROVALS}/{}", of_withdrawal(id))).await;
        let people: Vec<&str> =
            approval["given"].as_array().unwrap().iter().map(|given| text(given, "by")).collect();
        assert_eq!((text(&approval, "state"), people), ("approved", vec!["user:approver", "user:mei"]));
        assert_eq!((text(&approval, "requested_by"), &approval["approvers"]), ("user:finance", &json!(2)));
    }
    assert_eq!(book.funds(&acme).await, ["20000.00", "15000.00", "5000.00"]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_a_second_pair_of_eyes_sees_it() {
    let book = TestBook::start().await;
    everything_takes_two(&book).await;
    let acme = book.customer_with("Acme", "100.00").await;
    let id = of_withdrawal(&book.request(&acme, "30.00", "W1").await);
    let mei = person(&book, "mei", Role::Approver).await;
    let mine = format!("{APPROVALS}?mine=true");
    for (client, sees) in [(book.approver(), true), (mei.clone(), true), (book.finance(), false)] {
        assert_eq!(ids(&shown(&book, &client, &mine).await), if sees { vec![id.as_str()] } else { vec![] });
    }
    for client in [book.admin(), book.auditor(), book.operator()] {
        assert!(ids(&shown(&book, &client, &mine).await).is_empty());
    }
    let given = book.changes(&book.approver(), &path(&id, "approve"), &bodies::because("known payee")).await;
    assert_eq!(
        (text(&given, "state"), &given["missing"], &given["approvers"]),
        ("open", &json!(1), &json!(2))
    );
    assert!(ids(&shown(&book, &book.approver(), &mine).await).is_empty(), "he has agreed");
    assert_eq!(ids(&shown(&book, &mei, &mine).await), [id.as_str()]);
    let decided = book.changes(&mei, &path(&id, "approve"), &json!({})).await;
    assert_eq!((text(&decided, "state"), &decided["missing"]), ("approved", &json!(0)));
    assert!(ids(&shown(&book, &mei, &format!("{APPROVALS}?mine")).await).is_empty());
    assert_eq!(ids(&shown(&book, &mei, &format!("{APPROVALS}?mine=false")).await).len(), 1);
    for (query, found) in [
        ("state=approved", 1),
        ("state=open", 0),
        ("kind=withdrawal", 1),
        ("kind=refund", 0),
        (&format!("customer={acme}"), 1),
        ("customer=C99999", 0),
        ("requested_by=user:finance", 1),
        (&format!("from={0}&to={0}", book.today()), 1),
        ("to=2020-01-01", 0),
    ] {
        let listed = shown(&book, &book.auditor(), &format!("{APPROVALS}?{query}")).await;
        assert_eq!(ids(&listed).len(), found, "{query}");
    }
    mei.post(&path(&id, "approve"), &json!({})).await.ok();
    let late = book.finance().post(&path(&id, "reject"), &bodies::because("no"));
    book.refuses(late, 409, "approval-not-open").await;
    for unknown in ["withdrawal.0199f0a4-7d5e-7c3b-9a63-2f4be8c1d000", "C00001", "period_reopening.2020-01.1"]
    {
        book.auditor().get(&format!("{APPROVALS}/{unknown}")).await.problem(404, "approval-not-found");
        book.refuses(mei.post(&path(unknown, "approve"), &json!({})), 404, "approval-not-found").await;
    }
    book.finish().await;
}

/// Each of the things that take a second person, asked for by `finance` or through a key `finance` made: which approval it
/// is, and which route of its own approves it with which body.
async fn one_of_each(book: &TestBook, asking: &Client, name: &str) -> Vec<(String, String, Value)> {
    let (acme, bills) = book.owing(name, &["1000", "1000"]).await;
    book.deposit(&acme, "100.00", &format!("deposit of {name}")).await;
    let transfer = book.receipt(&acme, "970.00", &format!("R1 {name}")).await;
    let surplus = book.receipt(&acme, "50.00", &format!("R2 {name}")).await;
    let asked = |path: String, body: Value| async move {
        let answer = asking.post(&path, &body).await;
        assert!(answer.status < 300, "{path}: {}", answer.text);
        text(&answer.body, "id").to_owned()
    };
    let withdrawal = bodies::withdrawal(&acme, "10.00", &format!("W {name}"));
    let withdrawal = asked("/v1/withdrawals".into(), withdrawal).await;
    let back = json!({ "amount": bodies::yuan("50.00"), "reason": "paid too much" });
    asked(format!("/v1/receipts/{surplus}/refund"), back).await;
    let fee = with_fee(sums(&[("receipt", &transfer, "970.00")], &[(&bills[0], "1000.00")]), "30.00");
    let write_off = asked("/v1/write-offs".into(), fee).await;
    let grant = json!({ "customer": acme, "subtotal": bodies::yuan("100.00"), "reason": "goodwill" });
    let credit = asked("/v1/credit-notes".into(), grant).await;
    let order = book.ordered_and_paid(&acme, &format!("SO-{name}"), "20.00").await;
    let broken = json!({ "amount": bodies::yuan("20.00"), "reason": "broken" });
    let order_refund = asked(format!("/v1/orders/{order}/refunds"), broken).await;
    let lost = json!({ "amount": bodies::yuan("1000.00"), "reason": "insolvent" });
    asked(format!("/v1/bills/{}/bad-debt", bills[1]), lost).await;
    let (refund, bad_debt) =
        (format!("/v1/receipts/{surplus}/refund"), format!("/v1/bills/{}/bad-debt", bills[1]));
    let of = |amount: &str| json!({ "amount": bodies::yuan(amount) });
    vec![
        (of_withdrawal(&withdrawal), step_path(&withdrawal, "approve"), json!({})),
        (format!("refund.{surplus}.1"), format!("{refund}/approve"), of("50.00")),
        (format!("write_off.{write_off}.1"), format!("/v1/write-offs/{write_off}/approve"), json!({})),
        (format!("credit_note.{credit}.1"), format!("/v1/credit-notes/{credit}/approve"), json!({})),
        (format!("bad_debt.{}.1", bills[1]), format!("{bad_debt}/approve"), of("1000.00")),
        (format!("order_refund.{order_refund}.1"), format!("/v1/refunds/{order_refund}/approve"), json!({})),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_approves_what_he_asked_for_whatever_it_is() {
    let book = TestBook::start().await;
    // Who made the key was an administrator then, and approves now.
    let li = person(&book, "li", Role::Admin).await;
    let key = li.post("/v1/api-keys", &json!({ "name": "erp", "role": "finance" })).await;
    let erp = book.anyone().with_token(text(key.created(), "token"));
    book.admin().patch("/v1/users/li", &json!({ "role": "approver" })).await.ok();
    let li = book.anyone().sign_in("li", PASSWORD).await;
    for (asking, name, himself) in
        [(book.finance(), "Acme", book.finance()), (erp.clone(), "Beta", li.clone())]
    {
        for (approval, own_route, own_body) in one_of_each(&book, &asking, name).await {
            book.refuses(himself.post(&own_route, &own_body), 403, "self-approval").await;
            book.refuses(himself.post(&path(&approval, "approve"), &json!({})), 403, "self-approval").await;
            book.refuses(erp.post(&path(&approval, "approve"), &json!({})), 403, "person-needed").await;
            let approved = book.changes(&book.approver(), &path(&approval, "approve"), &json!({})).await;
            assert_eq!(text(&approved, "state"), "approved", "{approval}");
        }
    }
    let month = book.last_month();
    let period = |step: &str| format!("/v1/ledger/periods/{month}/{step}");
    erp.post(&period("close"), &json!({})).await.ok();
    erp.post(&period("reopen"), &bodies::because("late invoice")).await.ok();
    let approval = format!("period_reopening.{month}.1");
    book.refuses(li.post(&path(&approval, "approve"), &json!({})), 403, "self-approval").await;
    book.refuses(li.post(&period("approve-reopening"), &json!({})), 403, "self-approval").await;
    book.changes(&book.approver(), &path(&approval, "approve"), &json!({})).await;
    let reopened = shown(&book, &book.auditor(), &format!("/v1/ledger/periods/{month}")).await;
    assert_eq!(text(&reopened, "state"), "open");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_key_asks_for_its_holder_does_not_approve() {
    let book = TestBook::start().await;
    let anna = person(&book, "anna", Role::Approver).await;
    person(&book, "gone", Role::Finance).await;
    book.admin().patch("/v1/users/gone", &json!({ "disabled": true })).await.ok();
    let new_key = |holder: &str| json!({ "name": "erp", "role": "finance", "held_by": holder });
    for nobody in ["user:nobody", "user:gone", "key:erp", "system:schedule"] {
        let invalid = book.admin().post("/v1/api-keys", &new_key(nobody));
        invalid.await.invalid(&[("/held_by", "not_a_holder")]);
    }
    let made = book.admin().post("/v1/api-keys", &new_key("user:anna")).await;
    assert_eq!(text(made.created(), "held_by"), "user:anna");
    let erp = book.anyone().with_token(text(&made.body, "token"));
    let listed = book.auditor().get("/v1/api-keys").await;
    assert_eq!(text(&listed.data()[0], "held_by"), "user:anna");

    let today = book.today();
    let to_mei = json!({ "to": "user:mei", "from": today, "until": today, "reason": "leave" });
    let mei = person(&book, "mei", Role::Approver).await;
    book.creates(&anna, DELEGATIONS, &to_mei).await;
    for (approval, own_route, own_body) in one_of_each(&book, &erp, "Acme").await {
        let approve = path(&approval, "approve");
        book.refuses(anna.post(&own_route, &own_body), 403, "self-approval").await;
        book.refuses(anna.post(&approve, &json!({})), 403, "self-approval").await;
        let instead = json!({ "on_behalf_of": "user:anna" });
        book.refuses(mei.post(&approve, &instead), 403, "self-approval").await;
        assert!(ids(&shown(&book, &anna, &format!("{APPROVALS}?mine")).await).is_empty());
        book.changes(&book.approver(), &approve, &json!({})).await;
        let row = shown(&book, &book.auditor(), &format!("{APPROVALS}/{approval}")).await;
        assert_eq!((text(&row, "requested_by"), text(&row, "key_made_by")), ("key:erp", "user:admin"));
        assert_eq!(text(&row, "key_held_by"), "user:anna");
    }
    let report = format!("/v1/reports/segregation-of-duties?from={today}&to={today}&kind=refund");
    let report = shown(&book, &book.auditor(), &report).await;
    let both = report[0]["could_do_both"].as_array().unwrap();
    let anna_could = both.iter().find(|both| both["person"] == "user:anna").unwrap();
    assert_eq!((&anna_could["because"], &anna_could["asked"]), (&json!(["api_key"]), &json!(true)));

    // What she asks for herself, her key does not approve, and a key that nobody holds stops nobody but who made it.
    book.admin().patch("/v1/users/anna", &json!({ "role": "finance" })).await.ok();
    let anna = book.anyone().sign_in("anna", PASSWORD).await;
    let acme = book.customer_with("Beta", "10.00").await;
    let asked = anna.post("/v1/withdrawals", &bodies::withdrawal(&acme, "1.00", "W1")).await;
    let own = of_withdrawal(text(asked.created(), "id"));
    book.refuses(erp.post(&path(&own, "approve"), &json!({})), 403, "person-needed").await;
    let machine = json!({ "name": "machine", "role": "finance" });
    let machine = book.admin().post("/v1/api-keys", &machine).await;
    assert_eq!(machine.created()["held_by"], json!(null));
    let machine = book.anyone().with_token(text(&machine.body, "token"));
    let asked = machine.post("/v1/withdrawals", &bodies::withdrawal(&acme, "2.00", "W2")).await;
    let of_machine = path(&of_withdrawal(text(asked.created(), "id")), "approve");
    assert_eq!(text(&book.changes(&anna, &of_machine, &json!({})).await, "state"), "approved");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_can_take_two_and_either_door_counts() {
    let book = TestBook::start().await;
    everything_takes_two(&book).await;
    let mei = person(&book, "mei", Role::Approver).await;
    for (approval, own_route, own_body) in one_of_each(&book, &book.finance(), "Acme").await {
        let half = book.changes(&book.approver(), &own_route, &own_body).await;
        assert_eq!(half["missing_approvals"], 1, "{approval}");
        truths::hold(&book.witness()).await;
        book.refuses(
            book.approver().post(&path(&approval, "approve"), &json!({})),
            409,
            "approval-already-given",
        )
        .await;
        let whole = book.changes(&mei, &path(&approval, "approve"), &json!({})).await;
        assert_eq!(text(&whole, "state"), "approved");
    }
    assert_eq!(book.closing(["1122"]).await, ["0.00"], "both bills are settled");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_sign_in_any_more_does_not_count_for_what_waits() {
    let book = TestBook::start().await;
    everything_takes_two(&book).await;
    let acme = book.customer_with("Acme", "100.00").await;
    let mei = person(&book, "mei", Role::Approver).await;
    let (id, before) = (book.request(&acme, "30.00", "W1").await, book.request(&acme, "20.00", "W2").await);
    let admits = |disabled: bool| {
        let admin = book.admin();
        async move { admin.patch("/v1/users/mei", &json!({ "disabled": disabled })).await.ok().clone() }
    };
    for withdrawal in [&id, &before] {
        book.changes(&mei, &step_path(withdrawal, "approve"), &json!({})).await;
    }
    let qian = person(&book, "qian", Role::Approver).await;
    book.changes(&qian, &step_path(&before, "approve"), &json!({})).await;
    admits(true).await;
    let second = book.changes(&book.approver(), &step_path(&id, "approve"), &json!({})).await;
    assert_eq!((text(&second, "state"), &second["missing_approvals"]), ("requested", &json!(1)));
    let row = shown(&book, &book.auditor(), &format!("{APPROVALS}/{}", of_withdrawal(&id))).await;
    assert_eq!((text(&row["given"][0], "by"), text(&row["lapsed"][0], "by")), ("user:approver", "user:mei"));
    truths::hold(&book.witness()).await;
    // Let in again, he may approve again; what was enough before stays approved.
    admits(false).await;
    let mei = book.anyone().sign_in("mei", PASSWORD).await;
    assert_eq!(ids(&shown(&book, &mei, &format!("{APPROVALS}?mine")).await), [of_withdrawal(&id)]);
    let third = book.changes(&mei, &path(&of_withdrawal(&id), "approve"), &json!({})).await;
    assert_eq!((text(&third, "state"), &third["missing"]), ("approved", &json!(0)));
    let stands = shown(&book, &book.auditor(), &format!("{APPROVALS}/{}", of_withdrawal(&before))).await;
    assert_eq!((text(&stands, "state"), &stands["lapsed"]), ("approved", &json!([])));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_customer_is_suspended_nobody_agrees_to_a_refund_not_even_the_first() {
    let book = TestBook::start().await;
    everything_takes_two(&book).await;
    let acme = book.customer("Acme").await;
    let receipt = book.receipt(&acme, "55.00", "R-1").await;
    let ask = json!({ "amount": bodies::yuan("30.00"), "reason": "paid too much" });
    book.creates(&book.finance(), &format!("/v1/receipts/{receipt}/refund"), &ask).await;
    let suspend = format!("/v1/customers/{acme}/suspend");
    book.changes(&book.finance(), &suspend, &bodies::because("under investigation")).await;
    let first = path(&format!("refund.{receipt}.1"), "approve");
    book.refuses(book.approver().post(&first, &json!({})), 422, "customer-suspended").await;
    book.changes(&book.finance(), &format!("/v1/customers/{acme}/reactivate"), &json!({})).await;
    assert_eq!(book.changes(&book.approver(), &first, &json!({})).await["missing"], 1);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_rejects_is_enough() {
    let book = TestBook::start().await;
    everything_takes_two(&book).await;
    let mei = person(&book, "mei", Role::Approver).await;
    for (approval, own_route, own_body) in one_of_each(&book, &book.finance(), "Acme").await {
        book.refuses_values(mei.post(&path(&approval, "reject"), &json!({})), &[("/reason", "missing")])
            .await;
        book.changes(&book.approver(), &path(&approval, "approve"), &json!({})).await;
        let rejected = book.changes(&mei, &path(&approval, "reject"), &bodies::because("not ours")).await;
        assert_eq!(text(&rejected, "state"), "rejected", "{approval}");
        let late = mei.post(&own_route, &own_body).await;
        assert_eq!(late.status, 409, "{approval}: {}", late.text);
        let row = shown(&book, &book.auditor(), &format!("{APPROVALS}/{approval}")).await;
        assert_eq!((text(&row, "ended_by"), text(&row, "reason")), ("user:mei", "not ours"));
    }
    let funds = book.funds("C00001").await;
    assert_eq!(funds, ["100.00", "0.00", "100.00"], "nothing is held any more");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_again_is_another_round() {
    let book = TestBook::start().await;
    let acme = book.customer("Acme").await;
    let id = book.receipt(&acme, "55.00", "R-1").await;
    let refund = format!("/v1/receipts/{id}/refund");
    let ask = json!({ "amount": bodies::yuan("30.00"), "reason": "paid too much" });
    let approve = |round: u32| path(&format!("refund.{id}.{round}"), "approve");
    book.creates(&book.finance(), &refund, &ask).await;
    let taken_back =
        book.finance().post(&path(&format!("refund.{id}.1"), "reject"), &bodies::because("my mistake"));
    assert_eq!(text(taken_back.await.ok(), "state"), "closed", "whoever asked takes it back");
    book.creates(&book.finance(), &refund, &ask).await;
    let old = book.refuses(book.approver().post(&approve(1), &json!({})), 409, "approval-not-open").await;
    assert_eq!(text(&old.body, "latest"), format!("refund.{id}.2"));
    book.refuses(book.approver().post(&approve(3), &json!({})), 404, "approval-not-found").await;
    book.changes(&book.approver(), &approve(2), &json!({})).await;
    assert_eq!(book.closing(["2203"]).await, ["-25.00"]);
    let rounds = shown(&book, &book.auditor(), &format!("{APPROVALS}?kind=refund&sort=requested")).await;
    assert_eq!(ids(&rounds), [format!("refund.{id}.1"), format!("refund.{id}.2")]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_names_what_he_looked_at_does_not_decide_what_was_asked_for_since() {
    let book = TestBook::start().await;
    let (acme, bills) = book.owing("Acme", &["100"]).await;
    let receipt = book.receipt(&acme, "55.00", "R-1").await;
    let month = book.last_month();
    let period = |step: &str| format!("/v1/ledger/periods/{month}/{step}");
    book.changes(&book.finance(), &period("close"), &json!({})).await;
    let refund = format!("/v1/receipts/{receipt}/refund");
    let bad_debt = format!("/v1/bills/{}/bad-debt", bills[0]);
    let amount = json!({ "amount": bodies::yuan("30.00") });
    let ask = bodies::with(amount.clone(), "reason", Some(json!("paid too much")));
    let doors = [
        (format!("refund.{receipt}"), refund.clone(), &ask, format!("{refund}/approve"), amount.clone()),
        (format!("bad_debt.{}", bills[0]), bad_debt.clone(), &ask, format!("{bad_debt}/approve"), amount),
        (
            format!("period_reopening.{month}"),
            period("reopen"),
            &bodies::because("late invoice"),
            period("approve-reopening"),
            json!({}),
        ),
    ];
    for (subject, asks, ask, approves, body) in doors {
        let (first, second) = (format!("{subject}.1"), format!("{subject}.2"));
        let looked_at = |approval: &str| bodies::with(body.clone(), "approval", Some(json!(approval)));
        assert!(book.finance().post(&asks, ask).await.status < 300, "{asks}");
        book.changes(&book.approver(), &path(&first, "reject"), &bodies::because("no")).await;
        assert!(book.finance().post(&asks, ask).await.status < 300, "{asks}");
        let stale = book.approver().post(&approves, &looked_at(&first));
        let stale = book.refuses(stale, 409, "approval-not-open").await;
        assert_eq!(text(&stale.body, "latest"), second);
        for unknown in [format!("{subject}.3"), "period_reopening.2020-01.2".to_owned()] {
            let request = book.approver().post(&approves, &looked_at(&unknown));
            book.refuses(request, 404, "approval-not-found").await;
        }
        book.refuses_values(book.approver().post(&approves, &looked_at("x")), &[("/approval", "malformed")])
            .await;
        book.changes(&book.approver(), &approves, &looked_at(&second)).await;
        let row = shown(&book, &book.auditor(), &format!("{APPROVALS}/{second}")).await;
        assert_eq!(text(&row, "state"), "approved");
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delegate_counts_as_himself_and_as_who_delegated() {
    let book = TestBook::start().await;
    everything_takes_two(&book).await;
    let (approver, operator, mei) =
        (book.approver(), book.operator(), person(&book, "mei", Role::Approver).await);
    let acme = book.customer_with("Acme", "100.00").await;
    let id = of_withdrawal(&book.request(&acme, "30.00", "W1").await);
    let approve = path(&id, "approve");
    let instead = |of: &str| json!({ "on_behalf_of": of, "reason": "he is away" });
    book.refuses(operator.post(&approve, &json!({})), 403, "forbidden").await;
    book.refuses(operator.post(&approve, &instead("user:approver")), 403, "not-delegated").await;
    book.refuses(operator.post(&approve, &instead("user:operator")), 403, "forbidden").await;

    let today = book.today();
    let leave = json!({ "to": "user:operator", "from": today, "until": today, "reason": "leave" });
    let delegation = book.creates(&approver, DELEGATIONS, &leave).await;
    book.refuses(approver.post(DELEGATIONS, &leave), 422, "delegation-refused").await;
    assert_eq!(ids(&shown(&book, &operator, &format!("{APPROVALS}?mine=true")).await), [id.as_str()]);
    let half = book.changes(&operator, &approve, &instead("user:approver")).await;
    assert_eq!(half["given"], json!([{ "by": "user:operator", "on_behalf_of": "user:approver" }]));
    book.refuses(approver.post(&approve, &json!({})), 409, "approval-already-given").await;
    assert!(ids(&shown(&book, &operator, &format!("{APPROVALS}?mine=true")).await).is_empty());
    assert!(ids(&shown(&book, &approver, &format!("{APPROVALS}?mine=true")).await).is_empty());
    book.changes(&mei, &approve, &json!({})).await;

    // What the one in whose place he decides has asked for.
    let away = bodies::with(leave.clone(), "to", Some(json!("user:mei")));
    book.creates(&book.finance(), DELEGATIONS, &away).await;
    let own = path(&of_withdrawal(&book.request(&acme, "1.00", "W2").await), "approve");
    book.refuses(mei.post(&own, &instead("user:finance")), 403, "self-approval").await;

    let end = format!("{DELEGATIONS}/{}/end", text(&delegation, "id"));
    book.refuses(mei.post(&end, &json!({})), 403, "not-delegated").await;
    book.refuses(
        mei.post(&format!("{DELEGATIONS}/user:approver.9/end"), &json!({})),
        404,
        "delegation-not-found",
    )
    .await;
    book.changes(&approver, &end, &json!({})).await;
    book.refuses(operator.post(&own, &instead("user:approver")), 403, "not-delegated").await;
    let rows = shown(&book, &book.auditor(), &format!("{DELEGATIONS}?delegator=user:approver")).await;
    assert!(rows[0]["ended_at"].is_string());
    assert!(ids(&shown(&book, &book.auditor(), &format!("{DELEGATIONS}?on={today}&delegate=user:operator")).await).is_empty());
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_people_who_may_approve_delegate_and_only_to_people() {
    let book = TestBook::start().await;
    let (approver, today) = (book.approver(), book.today());
    let to = |to: &str| json!({ "to": to, "from": today, "until": today, "reason": "leave" });
    for nobody in ["user:auditor", "user:admin", "user:nobody"] {
        book.refuses_values(approver.post(DELEGATIONS, &to(nobody)), &[("/to", "not_a_delegate")]).await;
    }
    for wrong in ["key:erp", "user:approver"] {
        book.refuses(approver.post(DELEGATIONS, &to(wrong)), 422, "delegation-refused").await;
    }
    let yesterday = today - Days::new(1);
    for (from, until) in [(today, yesterday), (yesterday, yesterday), (today, today + Days::new(366))] {
        let body = json!({ "to": "user:operator", "from": from, "until": until, "reason": "leave" });
        book.refuses(approver.post(DELEGATIONS, &body), 422, "delegation-refused").await;
    }
    let key = book.admin().post("/v1/api-keys", &json!({ "name": "erp", "role": "approver" })).await;
    let erp = book.anyone().with_token(text(key.created(), "token"));
    book.refuses(erp.post(DELEGATIONS, &to("user:operator")), 403, "person-needed").await;
    book.finish().await;
}

/// By how many hours the journal's clock is ahead in the test of expiry; no other test uses it.
static AHEAD: AtomicI64 = AtomicI64::new(0);

fn put_ahead() -> DateTime<Utc> {
    Utc::now() + TimeDelta::hours(AHEAD.load(Ordering::SeqCst))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_approves_in_time_is_rejected_and_its_money_is_free() {
    let differently = || Differently { clock: Some(put_ahead), ..Differently::default() };
    let book = TestBook::start_differently(differently()).await;
    let another = book.another(Differently { no_projector: true, ..differently() }).await;
    let kept = one_of_each(&book, &book.finance(), "Acme").await;
    assert_eq!(book.funds("C00001").await, ["100.00", "10.00", "90.00"]);
    AHEAD.store(7 * 24, Ordering::SeqCst);
    let mut expired = 0;
    for _ in 0..600 {
        expired = sqlx::query_scalar("SELECT count(*) FROM approvals WHERE state = 'expired'")
            .fetch_one(book.pool())
            .await
            .unwrap();
        if expired == 6_i64 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(expired, 6);
    for (approval, own_route, own_body) in kept {
        let late = book.approver().post(&path(&approval, "approve"), &json!({}));
        let late = book.refuses(late, 409, "approval-not-open").await;
        assert_eq!(text(&late.body, "state"), "expired");
        assert_eq!(book.approver().post(&own_route, &own_body).await.status, 409);
    }
    assert_eq!(book.funds("C00001").await, ["100.00", "0.00", "100.00"]);
    another.stop().await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_approve_at_once_exactly_one_is_the_second() {
    let book = TestBook::start().await;
    everything_takes_two(&book).await;
    let acme = book.customer_with("Acme", "100.00").await;
    let mut people = Vec::new();
    for name in ["mei", "lei", "wei", "fei"] {
        people.push(person(&book, name, Role::Approver).await);
    }
    for round in 0..5 {
        let id = book.request(&acme, "10.00", &format!("W{round}")).await;
        let approve = path(&of_withdrawal(&id), "approve");
        let body = json!({});
        let [a, b, c, d] = [0, 1, 2, 3].map(|at: usize| people[at].post(&approve, &body));
        let answers = tokio::join!(a, b, c, d);
        let mut statuses = [answers.0.status, answers.1.status, answers.2.status, answers.3.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 409, 409], "two take the two places");
        let steps: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM events WHERE aggregate_id = $1 AND event_type = 'WithdrawalApproved'",
        )
        .bind(&id)
        .fetch_one(book.pool())
        .await
        .unwrap();
        assert_eq!(steps, 1);
        book.take(&id, &["submit", "succeed"]).await;
    }
    assert_eq!(book.funds(&acme).await, ["50.00", "0.00", "50.00"], "the money left once each time");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_withdrawal_asks_nobody_any_more() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    let id = book.request(&acme, "30.00", "W1").await;
    book.take(&id, &["cancel"]).await;
    let row = shown(&book, &book.auditor(), &format!("{APPROVALS}/{}", of_withdrawal(&id))).await;
    assert_eq!((text(&row, "state"), text(&row, "ended_by")), ("closed", "user:finance"));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_are_versions_and_count_from_then_on() {
    let book = TestBook::start().await;
    let (admin, acme) = (book.admin(), book.customer_with("Acme", "100.00").await);
    let before = book.request(&acme, "1.00", "W1").await;
    let beginning = shown(&book, &book.auditor(), RULES).await;
    assert_eq!((&beginning["version"], &beginning["usual"]["above"]), (&json!(0), &json!(2)));
    let step =
        |amount: &str, approvers: u32| json!({ "up_to": bodies::yuan(amount), "approvers": approvers });
    let usual =
        json!({ "ladder": [step("1.00", 2)], "above": 3, "without_amount": 1, "expires_after_hours": 1 });
    let own = json!({ "kind": "refund", "terms": beginning["usual"] });
    let rules = json!({ "usual": usual, "kinds": [own], "expected_version": 0 });
    assert_eq!(book.changes(&admin, RULES, &rules).await["version"], 1);
    assert_eq!(book.changes(&admin, RULES, &rules).await["version"], 1, "the same again");
    let stale = bodies::with(rules.clone(), "kinds", Some(json!([])));
    book.refuses(admin.post(RULES, &stale), 409, "approval-rules-changed").await;
    let fewer = json!({ "usual": { "ladder": [step("1.00", 3)], "above": 2, "without_amount": 0, "expires_after_hours": 1 } });
    book.refuses_values(admin.post(RULES, &fewer), &[("/usual/without_amount", "out_of_range")]).await;
    let twice = json!({ "usual": beginning["usual"], "kinds": [own, own] });
    book.refuses_values(admin.post(RULES, &twice), &[("/kinds/1/kind", "repeated_kind")]).await;

    for (amount, missing) in [("1.00", 2), ("1.01", 3)] {
        let body = bodies::withdrawal(&acme, amount, &format!("W {amount}"));
        let asked = book.finance().post("/v1/withdrawals", &body).await;
        assert_eq!(asked.created()["missing_approvals"], missing);
    }
    book.take(&before, &["approve", "submit"]).await;
    let shown = shown(&book, &book.auditor(), RULES).await;
    assert_eq!((&shown["version"], shown["versions"].as_array().unwrap().len()), (&json!(1), 1));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_says_who_could_have_done_both_sides() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    let li = person(&book, "li", Role::Approver).await;
    let id = book.request(&acme, "30.00", "W1").await;
    li.post(&step_path(&id, "approve"), &json!({})).await.ok();
    let open = book.request(&acme, "1.00", "W2").await;
    let today = book.today();
    let report = format!("/v1/reports/segregation-of-duties?from={today}&to={today}");
    let rows = shown(&book, &book.auditor(), &report).await;
    assert_eq!(ids(&rows), [of_withdrawal(&id)], "what is open is not decided: {open}");
    let both = rows[0]["could_do_both"].as_array().unwrap();
    let finance = both.iter().find(|both| both["person"] == "user:finance").unwrap();
    let expected = json!({ "person": "user:finance", "because": ["role"], "asked": true, "decided": false });
    assert_eq!(*finance, expected);
    assert!(both.iter().all(|both| both["person"] != "user:li"), "{both:?}");

    // A key of his that asks, and a delegation to one who asks.
    book.admin().patch("/v1/users/li", &json!({ "role": "admin" })).await.ok();
    let admin = book.anyone().sign_in("li", PASSWORD).await;
    let key = admin.post("/v1/api-keys", &json!({ "name": "erp", "role": "finance" })).await;
    let erp = book.anyone().with_token(text(key.created(), "token"));
    book.admin().patch("/v1/users/li", &json!({ "role": "approver" })).await.ok();
    let asked = erp.post("/v1/withdrawals", &bodies::withdrawal(&acme, "2.00", "W3")).await;
    let asked = text(asked.created(), "id").to_owned();
    book.approver().post(&step_path(&asked, "approve"), &json!({})).await.ok();
    let rows = shown(&book, &book.auditor(), &report).await;
    let both = rows[0]["could_do_both"].as_array().unwrap();
    let li = both.iter().find(|both| both["person"] == "user:li").unwrap();
    assert_eq!((&li["because"], &li["asked"]), (&json!(["api_key"]), &json!(true)));
    let table = book.auditor().get(&report).header("Accept", "text/csv").await;
    assert!(table.text.contains("user:finance (role); user:li (api_key)"), "{}", table.text);
    let past = shown(&book, &book.auditor(), "/v1/reports/segregation-of-duties?to=2020-01-01").await;
    assert!(ids(&past).is_empty());
    book.finish().await;
}
