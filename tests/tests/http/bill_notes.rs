//! `/v1/bills/{id}/credit-notes`, `debit-notes`, `disputes`, `dispute/won`, `dispute/lost` and `bad-debt`

use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::{Role, TestBook, bodies};

fn of_line(line: u32, amount: &str, reason: &str) -> Value {
    json!({ "lines": [{ "line": line, "amount": bodies::yuan(amount) }], "reason": reason })
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_change_what_is_owed_and_what_was_earned() {
    let book = TestBook::start().await;
    let [_, bill] = book.billed("Acme").await;
    let finance = book.finance();
    let credits = format!("/v1/bills/{bill}/credit-notes");
    let credited = book.creates(&finance, &credits, &of_line(1, "100.00", "goodwill")).await;
    for (member, value) in [
        ("id", json!(bill)),
        ("state", json!("issued")),
        ("note", json!(1)),
        ("subtotal", bodies::yuan("100.00")),
        ("tax", bodies::yuan("6.00")),
        ("total", bodies::yuan("106.00")),
        ("open", bodies::yuan("954.00")),
    ] {
        assert_eq!(credited[member], value, "{member}");
    }
    let debits = format!("/v1/bills/{bill}/debit-notes");
    let debited = book.creates(&finance, &debits, &of_line(2, "10.00", "forgotten")).await;
    assert_eq!((&debited["note"], &debited["open"]), (&json!(2), &bodies::yuan("964.60")));
    let whole = json!({ "whole": true, "reason": "not delivered" });
    assert_eq!(book.creates(&finance, &credits, &whole).await["open"], bodies::yuan("0.00"));

    let fresh = book.fresh().await;
    let found = book.auditor().get(&format!("/v1/bills/{bill}?{fresh}")).await;
    let notes = found.data()["notes"].as_array().unwrap();
    let told: Vec<_> =
        notes.iter().map(|note| (text(note, "kind"), text(&note["total"], "amount"))).collect();
    assert_eq!(told, [("credit", "106.00"), ("debit", "10.60"), ("credit", "964.60")]);
    for (status, count) in [("settled", 1), ("issued", 0), ("partly_settled", 0)] {
        let listed = book.auditor().get(&format!("/v1/bills?status={status}&{fresh}")).await;
        assert_eq!(listed.data().as_array().unwrap().len(), count, "{status}");
    }
    let trial = book.auditor().get(&format!("/v1/ledger/trial-balance?{fresh}")).await;
    for account in trial.data()["currencies"][0]["accounts"].as_array().unwrap() {
        assert_eq!(account["closing"], bodies::yuan("0.00"), "{account}");
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_that_cannot_be_is_refused() {
    let book = TestBook::start().await;
    let [_, bill] = book.billed("Acme").await;
    let (finance, credits) = (book.finance(), format!("/v1/bills/{bill}/credit-notes"));
    let debits = format!("/v1/bills/{bill}/debit-notes");
    let above = book.refuses(finance.post(&credits, &of_line(2, "2.01", "x")), 422, "above-bill-line").await;
    assert_eq!((&above.body["left"], &above.body["line"]), (&bodies::yuan("2.00"), &json!(2)));
    for (path, body, kind) in [
        (&credits, of_line(9, "1.00", "x"), "bill-line-not-found"),
        (&debits, of_line(9, "1.00", "x"), "bill-line-not-found"),
        (&debits, of_line(1, "0.00", "x"), "amount-not-positive"),
    ] {
        book.refuses(finance.post(path, &body), 422, kind).await;
    }
    let early = bodies::with(of_line(1, "1.00", "x"), "effective_date", Some(json!("2001-01-01")));
    book.refuses(finance.post(&credits, &early), 422, "effective-date-out-of-range").await;
    let line = json!({ "line": 1, "amount": bodies::yuan("1.00") });
    for (path, body, errors) in [
        (&credits, json!({}), vec![("/lines", "missing"), ("/reason", "missing")]),
        (&credits, json!({ "lines": [], "reason": "x" }), vec![("/lines", "empty")]),
        (&credits, json!({ "lines": [line, line], "reason": "x" }), vec![("/lines", "duplicate")]),
        (
            &credits,
            json!({ "lines": [line], "whole": true, "reason": "x" }),
            vec![("/lines", "not_with_whole")],
        ),
        (
            &debits,
            json!({ "whole": true, "reason": "x" }),
            vec![("/lines", "missing"), ("/whole", "unknown")],
        ),
    ] {
        book.refuses_values(finance.post(path, &body), &errors).await;
    }
    let none = "/v1/bills/C99999.2026-01/credit-notes";
    book.refuses(finance.post(none, &of_line(1, "1.00", "x")), 404, "bill-not-found").await;
    finance.post(&format!("/v1/bills/{bill}/void"), &bodies::because("wrong plan")).await.ok();
    let voided = finance.post(&credits, &of_line(1, "1.00", "x"));
    assert_eq!(book.refuses(voided, 409, "bill-not-in-state").await.body["state"], "voided");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_is_opened_and_ends() {
    let book = TestBook::start().await;
    let [_, bill] = book.billed("Acme").await;
    let (finance, path) = (book.finance(), format!("/v1/bills/{bill}"));
    let why = bodies::because("not ours");
    let lost = format!("{path}/dispute/lost");
    book.refuses(finance.post(&lost, &why), 409, "bill-not-in-dispute").await;
    let disputes = format!("{path}/disputes");
    let opened = book.creates(&finance, &disputes, &why).await;
    assert_eq!((&opened["dispute"], &opened["open"]), (&json!("open"), &bodies::yuan("1060.00")));
    book.refuses(finance.post(&disputes, &why), 409, "bill-in-dispute").await;
    assert_eq!(book.changes(&finance, &lost, &why).await["dispute"], "lost");
    book.creates(&finance, &disputes, &why).await;
    let won = format!("{path}/dispute/won");
    assert_eq!(book.changes(&finance, &won, &why).await["dispute"], "won");
    let fresh = book.fresh().await;
    assert_eq!(book.auditor().get(&format!("{path}?{fresh}")).await.data()["dispute"], "won");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_debt_takes_two_people() {
    let book = TestBook::start().await;
    let [_, bill] = book.billed("Acme").await;
    let (finance, path) = (book.finance(), format!("/v1/bills/{bill}/bad-debt"));
    let body = |amount: &str| json!({ "amount": bodies::yuan(amount), "reason": "insolvent" });
    let (approve, reject) = (format!("{path}/approve"), format!("{path}/reject"));
    let all = json!({ "amount": bodies::yuan("1000.00") });
    book.refuses(finance.post(&path, &body("1060.01")), 409, "above-open-amount").await;
    book.refuses(book.approver().post(&approve, &all), 409, "bad-debt-not-requested").await;
    let asked = book.creates(&finance, &path, &body("1000.00")).await;
    assert_eq!((&asked["state"], &asked["open"]), (&json!("requested"), &bodies::yuan("1060.00")));
    book.refuses(finance.post(&path, &body("1.00")), 409, "bad-debt-under-way").await;
    let little = json!({ "amount": bodies::yuan("1.00") });
    book.refuses(book.approver().post(&approve, &little), 409, "bad-debt-under-way").await;
    book.refuses(finance.post(&approve, &all), 403, "self-approval").await;
    let key = json!({ "name": "erp", "role": "approver" });
    let key = book.admin().post("/v1/api-keys", &key).await.created().clone();
    let machine = book.anyone().with_token(text(&key, "token"));
    book.refuses(machine.post(&approve, &all), 403, "person-needed").await;
    let rejected = book.changes(&book.approver(), &reject, &bodies::because("sue first")).await;
    assert_eq!(rejected["state"], "rejected");

    book.creates(&finance, &path, &body("1000.00")).await;
    let other = book.as_role(Role::Approver);
    let approved = book.changes(&other, &approve, &all).await;
    assert_eq!((&approved["state"], &approved["open"]), (&json!("written_off"), &bodies::yuan("60.00")));
    let fresh = book.fresh().await;
    let found = book.auditor().get(&format!("/v1/bills/{bill}?{fresh}")).await;
    assert_eq!(found.data()["bad_debt"]["state"], "written_off");
    assert_eq!(found.data()["written_off"], bodies::yuan("1000.00"));
    assert_eq!(found.data()["settled"], bodies::yuan("0.00"));
    assert_eq!(found.data()["status"], "partly_settled");
    let listed = book.auditor().get(&format!("/v1/bills?status=partly_settled&{fresh}")).await;
    assert_eq!(text(&listed.data()[0], "id"), bill);
    let trial = book.auditor().get(&format!("/v1/ledger/trial-balance?{fresh}")).await;
    let losses = trial.data()["currencies"][0]["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|account| account["code"] == "6702");
    assert_eq!(losses.unwrap()["closing"], bodies::yuan("1000.00"));
    let voided = finance.post(&format!("/v1/bills/{bill}/void"), &bodies::because("wrong plan"));
    book.refuses(voided, 409, "bill-partly-settled").await;
    book.finish().await;
}
