//! `/v1/users`

use std::future::IntoFuture;

use serde_json::json;
use tallybook_tests::answer::text;
use tallybook_tests::book::PASSWORD;
use tallybook_tests::{Role, TestBook, bodies};

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_makes_users() {
    let book = TestBook::start().await;
    let new = json!({ "name": "Han.Meimei", "role": "approver", "password": "a good password" });
    let made = book.admin().post("/v1/users", &new).await;
    assert_eq!(made.created()["name"], "han.meimei");
    assert_eq!((&made.body["role"], &made.body["created_by"]), (&json!("approver"), &json!("user:admin")));
    assert!(!made.text.contains("password\":") && !made.text.contains("argon2"), "{}", made.text);
    book.anyone().sign_in("han.meimei", "a good password").await;
    let twice = json!({ "name": "HAN.MEIMEI", "role": "admin", "password": "a good password" });
    book.admin().post("/v1/users", &twice).await.problem(409, "user-exists");

    let listed = book.auditor().all("/v1/users").await;
    let names: Vec<_> = listed.iter().map(|user| text(user, "name")).collect();
    assert_eq!(names, ["admin", "approver", "auditor", "dashboard", "finance", "han.meimei", "operator"]);
    let wrong = json!({ "name": "a b", "role": "root", "password": "short", "admin": true });
    let errors =
        [("/name", "malformed"), ("/role", "unknown_value"), ("/password", "length"), ("/admin", "unknown")];
    book.admin().post("/v1/users", &wrong).await.invalid(&errors);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_role_counts_from_the_next_request_on() {
    let book = TestBook::start().await;
    let mei = book.anyone().with_token(book.add_user("mei", Role::Auditor).await);
    mei.post("/v1/customers", &bodies::customer("Acme")).await.problem(403, "forbidden");
    let changed = book.admin().patch("/v1/users/mei", &json!({ "role": "operator" })).await;
    assert_eq!(changed.ok()["role"], "operator");
    mei.post("/v1/customers", &bodies::customer("Acme")).await.created();
    mei.get("/v1/users").await.problem(403, "forbidden");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_user_is_out_at_once() {
    let book = TestBook::start().await;
    let mei = book.anyone().with_token(book.add_user("mei", Role::Auditor).await);
    mei.get("/v1/customers").await.ok();
    book.admin().patch("/v1/users/mei", &json!({ "disabled": true })).await.ok();
    mei.get("/v1/customers").await.problem(401, "not-signed-in");
    let credentials = json!({ "username": "mei", "password": PASSWORD });
    book.anyone().post("/v1/auth/login", &credentials).await.problem(401, "sign-in-failed");
    book.admin().patch("/v1/users/mei", &json!({ "disabled": false })).await.ok();
    mei.get("/v1/customers").await.problem(401, "not-signed-in");
    book.anyone().post("/v1/auth/login", &credentials).await.ok();
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_an_administrator_sets_ends_all_sessions() {
    let book = TestBook::start().await;
    let mei = book.anyone().with_token(book.add_user("mei", Role::Auditor).await);
    book.admin()
        .patch("/v1/users/mei", &json!({ "password": "short" }))
        .await
        .invalid(&[("/password", "length")]);
    mei.get("/v1/customers").await.ok();
    book.admin().patch("/v1/users/mei", &json!({ "password": "another password" })).await.ok();
    mei.get("/v1/customers").await.problem(401, "not-signed-in");
    book.anyone().sign_in("mei", "another password").await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays_one() {
    let book = TestBook::start().await;
    for change in [json!({ "role": "finance" }), json!({ "disabled": true })] {
        book.admin().patch("/v1/users/admin", &change).await.problem(409, "last-admin");
    }
    let root = book.anyone().with_token(book.add_user("root", Role::Admin).await);
    book.admin().patch("/v1/users/admin", &json!({ "disabled": true })).await.ok();
    root.patch("/v1/users/root", &json!({ "role": "auditor" })).await.problem(409, "last-admin");
    root.patch("/v1/users/nobody", &json!({ "role": "auditor" })).await.problem(404, "user-not-found");
    book.finish().await;
}

/// Two administrators who disable each other at the same moment leave one.
#[tokio::test(flavor = "multi_thread")]
async fn two_administrators_do_not_disable_each_other() {
    let book = TestBook::start().await;
    let root = book.anyone().with_token(book.add_user("root", Role::Admin).await);
    let (admin, disable) = (book.admin(), json!({ "disabled": true }));
    let (one, two) = tokio::join!(
        admin.patch("/v1/users/root", &disable).into_future(),
        root.patch("/v1/users/admin", &disable).into_future()
    );
    assert_eq!(
        [one.status, two.status].iter().filter(|status| **status == 200).count(),
        1,
        "{one:?} {two:?}"
    );
    book.finish().await;
}
