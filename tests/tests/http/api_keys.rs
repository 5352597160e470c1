//! `/v1/api-keys`

use serde_json::json;
use tallybook_tests::answer::{number, text};
use tallybook_tests::{Client, TestBook, bodies};

/// A key of this role: its id, its token, and someone who holds it.
async fn key(book: &TestBook, name: &str, role: &str) -> (String, String, Client) {
    let made = book.admin().post("/v1/api-keys", &json!({ "name": name, "role": role })).await;
    let (id, token) = (text(made.created(), "id").to_owned(), text(&made.body, "token").to_owned());
    let client = book.anyone().with_token(&token);
    (id, token, client)
}

/// What follows `tbk_<id>_`; it may have underscores of its own.
fn secret(token: &str) -> &str {
    token.splitn(3, '_').nth(2).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_signs_with_its_key() {
    let book = TestBook::start().await;
    let (id, token, erp) = key(&book, "ERP", "operator").await;
    assert!(token.starts_with(&format!("tbk_{id}_")), "{token}");
    let registered = erp.post("/v1/customers", &bodies::customer("Acme")).await;
    let position = number(registered.created(), "position");
    let event = book.auditor().get(&format!("/v1/events/{position}")).await;
    assert_eq!(event.data()["metadata"]["actor"], "key:erp");
    erp.post("/v1/withdrawals", &json!({})).await.problem(403, "forbidden");
    let change = json!({ "current_password": "x", "new_password": "a new password" });
    erp.post("/v1/auth/password", &change).await.problem(403, "person-needed");

    let listed = book.auditor().get("/v1/api-keys").await;
    assert_eq!((text(&listed.data()[0], "name"), &listed.data()[0]["revoked_at"]), ("erp", &json!(null)));
    assert!(!listed.text.contains(secret(&token)), "a token is shown once");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_out_at_once_and_for_good() {
    let book = TestBook::start().await;
    let (id, _, erp) = key(&book, "erp", "operator").await;
    erp.get("/v1/customers").await.ok();
    let revoke = format!("/v1/api-keys/{id}/revoke");
    let revoked = book.admin().post(&revoke, &json!({})).await;
    assert_eq!(revoked.ok()["revoked_by"], "user:admin");
    erp.get("/v1/customers").await.problem(401, "not-signed-in");
    let again = book.admin().post(&revoke, &json!({})).await;
    assert_eq!(again.ok(), revoked.ok(), "revoking again changes nothing");
    let same_name = json!({ "name": "erp", "role": "operator" });
    book.admin().post("/v1/api-keys", &same_name).await.problem(409, "api-key-name-taken");
    for id in ["0123456789ab", "erp", "' OR 1=1"] {
        let path = format!("/v1/api-keys/{id}/revoke");
        book.admin().post(&path, &json!({})).await.problem(404, "api-key-not-found");
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_without_its_secret_is_none() {
    let book = TestBook::start().await;
    let (id, token, erp) = key(&book, "erp", "operator").await;
    let (_, other, _) = key(&book, "shop", "operator").await;
    let others_secret = secret(&other);
    let forged = [format!("tbk_{id}_{others_secret}"), format!("tbk_{id}_"), format!("tbk_{id}"), id.clone()];
    // Before and after the key itself was let in.
    for _ in 0..2 {
        for forged in &forged {
            book.anyone().with_token(forged).get("/v1/customers").await.problem(401, "not-signed-in");
        }
        erp.get("/v1/customers").await.ok();
    }
    assert!(!token.contains(others_secret));
    book.admin()
        .post("/v1/api-keys", &json!({ "name": "", "role": "root" }))
        .await
        .invalid(&[("/name", "malformed"), ("/role", "unknown_value")]);
    book.finish().await;
}

/// Otherwise whoever has one makes the second person himself.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_makes_neither_users_nor_keys() {
    let book = TestBook::start().await;
    let (_, _, root) = key(&book, "root", "admin").await;
    root.get("/v1/customers").await.ok();
    let user = json!({ "name": "zhao", "role": "finance", "password": "a good password" });
    for (path, body) in [
        ("/v1/users", user),
        ("/v1/api-keys", json!({ "name": "erp", "role": "finance" })),
        ("/v1/api-keys/root/revoke", json!({})),
    ] {
        book.refuses(root.post(path, &body), 403, "person-needed").await;
    }
    let disable = json!({ "disabled": true });
    root.patch("/v1/users/approver", &disable).await.problem(403, "person-needed");
    book.finish().await;
}

/// Otherwise who asked for a withdrawal approves it himself, with a key in his drawer.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_no_second_pair_of_eyes() {
    let book = TestBook::start().await;
    let acme = book.customer_with("Acme", "100.00").await;
    let id = book.request(&acme, "10.00", "W1").await;
    for role in ["finance", "approver"] {
        let (_, _, machine) = key(&book, role, role).await;
        for (step, body) in [("approve", json!({})), ("reject", bodies::because("no"))] {
            let request = machine.post(&format!("/v1/withdrawals/{id}/{step}"), &body);
            let refused = book.refuses(request, 403, "person-needed").await;
            assert!(text(&refused.body, "detail").contains("signed-in person"), "{}", refused.text);
        }
    }
    // What its role may else, it may.
    let (_, _, erp) = key(&book, "erp", "finance").await;
    let withdrawal = erp.post("/v1/withdrawals", &bodies::withdrawal(&acme, "20.00", "W2")).await;
    let theirs = text(withdrawal.created(), "id").to_owned();
    for id in [id, theirs] {
        book.take(&id, &["approve"]).await;
    }
    book.finish().await;
}
