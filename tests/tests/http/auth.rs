//! `/v1/auth`

use chrono::{TimeDelta, Utc};
use serde_json::json;
use tallybook_tests::answer::{number, text};
use tallybook_tests::book::{Differently, PASSWORD};
use tallybook_tests::{Answer, Client, Role, TestBook, bodies};

async fn sign_in(client: &Client, username: &str, password: &str) -> Answer {
    client.post("/v1/auth/login", &json!({ "username": username, "password": password })).await
}

async fn refresh(client: &Client, token: &str) -> Answer {
    client.post("/v1/auth/refresh", &json!({ "refresh_token": token })).await
}

/// Whether the token opens a door that is open to every role.
async fn opens(book: &TestBook, token: &str) -> bool {
    let answer = book.anyone().with_token(token).get("/v1/customers").await;
    if answer.status != 200 {
        answer.problem(401, "not-signed-in");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    answer.status == 200
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_takes_the_right_name_and_password() {
    let book = TestBook::start().await;
    let door = book.anyone();
    let signed_in = sign_in(&door, "Finance", PASSWORD).await;
    let tokens = signed_in.ok();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(7200)));
    assert_eq!(signed_in.header("cache-control"), "no-store");
    assert!(opens(&book, text(tokens, "access_token")).await);

    let wrong = sign_in(&door, "finance", "correct horse batterie").await;
    let unknown = sign_in(&door, "nobody", PASSWORD).await;
    let impossible = sign_in(&door, "' OR 1=1 --", PASSWORD).await;
    assert_eq!(wrong.problem(401, "sign-in-failed"), unknown.problem(401, "sign-in-failed"));
    assert_eq!(wrong.body, impossible.body, "an answer does not tell who exists");
    door.post("/v1/auth/login", &json!({ "username": "finance" })).await.invalid(&[("/password", "missing")]);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_a_good_token_opens_a_door() {
    let book = TestBook::start().await;
    let signed_in = sign_in(&book.anyone(), "finance", PASSWORD).await;
    let tokens = signed_in.ok();
    let (access, refresh) = (text(tokens, "access_token"), text(tokens, "refresh_token"));
    assert!(!opens(&book, refresh).await, "a refresh token is no access token");
    let mut forged = access.to_owned();
    let last = forged.pop().unwrap();
    forged.push(if last == 'A' { 'B' } else { 'A' });
    for bad in [forged.as_str(), "", "tba_", "tbk_0123456789ab_", "null", &access[..access.len() - 1]] {
        assert!(!opens(&book, bad).await, "{bad:?}");
    }
    for header in ["", "Basic YWRtaW46YWRtaW4=", access, &format!("Token {access}"), "Bearer"] {
        let answer = book.anyone().get("/v1/customers").header("Authorization", header).await;
        answer.problem(401, "not-signed-in");
    }
    let answer =
        book.anyone().get("/v1/customers").header("Authorization", &format!("bearer {access}")).await;
    answer.ok();
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_expire() {
    let book = TestBook::start().await;
    let signed_in = sign_in(&book.anyone(), "finance", PASSWORD).await;
    let tokens = signed_in.ok().clone();
    let (access, refresh_token) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let later = |clock| Differently { clock: Some(clock), no_projector: true, ..Default::default() };
    let almost = book.another(later(|| Utc::now() + TimeDelta::minutes(119))).await;
    assert!(opens(&almost, access).await);
    almost.stop().await;
    let two_hours = book.another(later(|| Utc::now() + TimeDelta::hours(2))).await;
    assert!(!opens(&two_hours, access).await);
    two_hours.stop().await;
    let seven_days = book.another(later(|| Utc::now() + TimeDelta::days(7))).await;
    refresh(&seven_days.anyone(), refresh_token).await.problem(401, "refresh-refused");
    seven_days.stop().await;
    let in_time = book.another(later(|| Utc::now() + TimeDelta::days(7) - TimeDelta::minutes(1))).await;
    let fresh = refresh(&in_time.anyone(), refresh_token).await;
    assert!(opens(&in_time, text(fresh.ok(), "access_token")).await);
    in_time.stop().await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_good_once_and_a_thief_ends_the_session() {
    let book = TestBook::start().await;
    let door = book.anyone();
    let first = sign_in(&door, "finance", PASSWORD).await.ok().clone();
    let second = refresh(&door, text(&first, "refresh_token")).await.ok().clone();
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    let bystander = sign_in(&door, "finance", PASSWORD).await.ok().clone();
    assert!(opens(&book, text(&second, "access_token")).await);

    refresh(&door, text(&first, "refresh_token")).await.problem(401, "refresh-refused");
    for token in [&first, &second] {
        assert!(!opens(&book, text(token, "access_token")).await, "the whole session is over");
    }
    refresh(&door, text(&second, "refresh_token")).await.problem(401, "refresh-refused");
    assert!(opens(&book, text(&bystander, "access_token")).await, "another session goes on");
    for bad in [text(&bystander, "access_token"), "", "tbr_x"] {
        refresh(&door, bad).await.problem(401, "refresh-refused");
    }
    book.finish().await;
}

/// Of two that show the same refresh token at once, one gets tokens; it was shown twice, so the session is over.
#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_shown_twice_at_once_is_good_for_one_at_most() {
    let book = TestBook::start().await;
    let door = book.anyone();
    for _ in 0..10 {
        let tokens = sign_in(&door, "finance", PASSWORD).await.ok().clone();
        let token = text(&tokens, "refresh_token");
        let answers = futures::future::join_all((0..8).map(|_| refresh(&door, token))).await;
        let (fresh, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        for answer in refused {
            answer.problem(401, "refresh-refused");
        }
        assert_eq!(fresh.len(), 1);
        let fresh = fresh[0].ok();
        assert!(!opens(&book, text(fresh, "access_token")).await);
        refresh(&door, text(fresh, "refresh_token")).await.problem(401, "refresh-refused");
    }
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_out_is_out() {
    let book = TestBook::start().await;
    let door = book.anyone();
    let tokens = sign_in(&door, "finance", PASSWORD).await.ok().clone();
    let other = sign_in(&door, "finance", PASSWORD).await.ok().clone();
    let access = text(&tokens, "access_token");
    assert!(opens(&book, access).await);
    door.with_token(access).post("/v1/auth/logout", &json!({})).await.expect(204);
    assert!(!opens(&book, access).await);
    refresh(&door, text(&tokens, "refresh_token")).await.problem(401, "refresh-refused");
    assert!(opens(&book, text(&other, "access_token")).await);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_the_other_sessions() {
    let book = TestBook::start().await;
    let door = book.anyone();
    let mine = sign_in(&door, "finance", PASSWORD).await.ok().clone();
    let other = sign_in(&door, "finance", PASSWORD).await.ok().clone();
    let change = |current: &str, new: &str| {
        let body = json!({ "current_password": current, "new_password": new });
        door.with_token(text(&mine, "access_token")).post("/v1/auth/password", &body)
    };
    change("wrong horse battery", "a new password").await.problem(422, "wrong-password");
    change(PASSWORD, "short").await.invalid(&[("/new_password", "length")]);
    change(PASSWORD, "a new password").await.expect(204);
    assert!(opens(&book, text(&mine, "access_token")).await);
    assert!(!opens(&book, text(&other, "access_token")).await);
    sign_in(&door, "finance", PASSWORD).await.problem(401, "sign-in-failed");
    sign_in(&door, "finance", "a new password").await.ok();
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_wrong_passwords_close_the_door_for_a_name() {
    let book = TestBook::start().await;
    let door = book.anyone();
    for _ in 0..10 {
        sign_in(&door, "finance", "wrong horse battery").await.problem(401, "sign-in-failed");
    }
    let refused = sign_in(&door, "FINANCE", PASSWORD).await;
    refused.problem(429, "too-many-attempts");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=900).contains(&wait), "{wait}");
    sign_in(&door, "approver", PASSWORD).await.ok();
    assert!(opens(&book, text(sign_in(&door, "auditor", PASSWORD).await.ok(), "access_token")).await);

    let quarter = || Utc::now() + TimeDelta::minutes(15);
    let differently = Differently { clock: Some(quarter), no_projector: true, ..Default::default() };
    let later = book.another(differently).await;
    sign_in(&later.anyone(), "finance", PASSWORD).await.ok();
    later.stop().await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_failures_close_the_door_for_an_address() {
    let api = tallybook_api::ApiSettings { behind_proxy: true, ..Default::default() };
    let book = TestBook::start_differently(Differently { api, ..Default::default() }).await;
    let from = |address: &str, username: &str| {
        let body = json!({ "username": username, "password": PASSWORD });
        // A client may write what it likes; the proxy adds the last entry.
        let forwarded = format!("203.0.113.9, {address}");
        book.anyone().post("/v1/auth/login", &body).header("X-Forwarded-For", &forwarded)
    };
    // Attempts beyond a name's limit count for the address too, and cost no hash.
    for attempt in 0..50 {
        let answer = from("192.0.2.1", "nobody").await;
        assert_eq!(answer.status, if attempt < 10 { 401 } else { 429 }, "{attempt}");
    }
    from("192.0.2.1", "finance").await.problem(429, "too-many-attempts");
    from("192.0.2.2", "finance").await.ok();
    book.finish().await;
}

/// Whoever knows a name cannot lock its owner out from elsewhere, unless he has many addresses.
#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_does_not_close_the_door_for_a_name() {
    let api = tallybook_api::ApiSettings { behind_proxy: true, ..Default::default() };
    let book = TestBook::start_differently(Differently { api, ..Default::default() }).await;
    let from = |address: &str, password: &str| {
        let body = json!({ "username": "admin", "password": password });
        book.anyone().post("/v1/auth/login", &body).header("X-Forwarded-For", address)
    };
    for _ in 0..10 {
        from("192.0.2.1", "wrong horse battery").await.problem(401, "sign-in-failed");
    }
    // Going on at a closed door does not count for the name, however long.
    for _ in 0..110 {
        from("192.0.2.1", "wrong horse battery").await.problem(429, "too-many-attempts");
    }
    from("192.0.2.2", PASSWORD).await.ok();
    for address in 11..20 {
        for _ in 0..10 {
            from(&format!("192.0.2.{address}"), "wrong horse battery").await.problem(401, "sign-in-failed");
        }
    }
    from("192.0.2.2", PASSWORD).await.problem(429, "too-many-attempts");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_failed_counts_however_many_come_at_once() {
    let book = TestBook::start().await;
    let door = book.anyone();
    let right = (0..40).map(|_| sign_in(&door, "finance", PASSWORD));
    for answer in futures::future::join_all(right).await {
        answer.ok();
    }
    let wrong = (0..40).map(|_| sign_in(&door, "finance", "wrong horse battery"));
    let answers = futures::future::join_all(wrong).await;
    let tried = answers.iter().filter(|answer| answer.status == 401).count();
    assert!((10..=11).contains(&tried), "{tried} were tried");
    assert!(answers.iter().all(|answer| matches!(answer.status, 401 | 429)));
    book.finish().await;
}

/// Every 401 and 403 is written down with who, what, when and from where.
#[tokio::test(flavor = "multi_thread")]
async fn who_was_turned_away_is_recorded() {
    let book = TestBook::start().await;
    let path = "/v1/customers";
    book.anyone().post(path, &bodies::customer("A")).await.problem(401, "not-signed-in");
    for _ in 0..2 {
        book.auditor().post(path, &bodies::customer("A")).await.problem(403, "forbidden");
    }
    sign_in(&book.anyone(), "eve", PASSWORD).await.problem(401, "sign-in-failed");
    let expected = [
        ("anonymous", "POST /v1/customers", "not-signed-in", 1),
        ("sign-in:eve", "POST /v1/auth/login", "sign-in-failed", 1),
        ("user:auditor", "POST /v1/customers", "forbidden", 2),
    ];
    let expected: Vec<_> = expected
        .map(|(who, what, why, times)| (who.to_owned(), what.to_owned(), why.to_owned(), times))
        .to_vec();
    let mut recorded: Vec<(String, String, String, i64)> = Vec::new();
    for _ in 0..100 {
        // Several rows where a minute ended in between.
        let query = "SELECT principal, route, reason, sum(count)::bigint FROM access_refusals
                      WHERE client_address = '127.0.0.1' GROUP BY 1, 2, 3 ORDER BY 1";
        recorded = sqlx::query_as(query).fetch_all(book.pool()).await.unwrap();
        if recorded == expected {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(recorded, expected);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_actor_of_an_event_is_who_signed_in() {
    let book = TestBook::start().await;
    let mei = book.anyone().with_token(book.add_user("Mei.Han", Role::Operator).await);
    let position = number(mei.post("/v1/customers", &bodies::customer("Acme")).await.created(), "position");
    let event = book.auditor().get(&format!("/v1/events/{position}")).await;
    assert_eq!(event.data()["metadata"]["actor"], "user:mei.han");
    book.finish().await;
}
