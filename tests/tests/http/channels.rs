//! `/v1/channels/{channel}/notifications` and `/v1/channels/notifications`, with the channels' side played.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tallybook_channels::played::SignedNotification;
use tallybook_tests::answer::text;
use tallybook_tests::book::Differently;
use tallybook_tests::channels::{
    self, ALIPAY, MCHID, SELLER, WECHAT_PAY, form, notified, paid, stranger, submit, tell, trade,
    transaction, wechat_pay, wechat_pay_with,
};
use tallybook_tests::{Answer, TestBook};

async fn start() -> TestBook {
    TestBook::start_differently(notified()).await
}

/// Everything that was kept, oldest first.
async fn kept(book: &TestBook) -> Vec<Value> {
    let fresh = book.fresh().await;
    book.auditor().all(&format!("/v1/channels/notifications?sort=received&{fresh}")).await
}

#[track_caller]
fn accepted(answer: &Answer) {
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
}

/// In the words WeChat Pay takes for a failure.
#[track_caller]
fn refused(answer: &Answer, status: u16, reason: &str) {
    assert_eq!((answer.status, &answer.body), (status, &json!({ "code": "FAIL", "message": reason })));
    assert_eq!(answer.header("content-type"), "application/json");
}

/// What is recorded of notifications that were turned away, with how often.
async fn turned_away(book: &TestBook, expected: &[(&str, &str, i64)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(channel, reason, count)| ((*channel).to_owned(), (*reason).to_owned(), *count))
        .collect();
    let mut recorded: Vec<(String, String, i64)> = Vec::new();
    for _ in 0..100 {
        let query = "SELECT principal, reason, sum(count)::bigint FROM access_refusals
                      WHERE route = 'POST /v1/channels/{channel}/notifications' AND client_address = '127.0.0.1'
                      GROUP BY 1, 2 ORDER BY 1, 2";
        recorded = sqlx::query_as(query).fetch_all(book.pool()).await.unwrap();
        if recorded == expected {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(recorded, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_kept_and_waits() {
    let book = start().await;
    let mut resource = transaction("O-1", 12_34);
    resource["success_time"] = "2026-11-22T10:34:56+08:00".into();
    accepted(&tell(&book.anyone(), &paid(&book, "EV-1", &resource)).await);
    let kept = kept(&book).await;
    let [row] = kept.as_slice() else { panic!("{kept:?}") };
    let expected = json!({ "kind": "paid", "amount": { "amount": "12.34", "currency": "CNY" } });
    assert_eq!((text(row, "channel"), text(row, "event_id")), ("wechat_pay", "EV-1"));
    assert_eq!((text(row, "reference"), text(row, "merchant")), ("O-1", MCHID));
    assert_eq!((text(row, "state"), &row["said"]), ("waiting", &expected));
    assert_eq!(text(row, "happened_at"), "2026-11-22T02:34:56Z");
    assert_eq!(row["received"]["by"], "channel:wechat_pay");
    let found = book.auditor().get(&format!("/v1/channels/notifications/{}", text(row, "id"))).await;
    assert_eq!(found.data(), row);
    let event = book.auditor().get(&format!("/v1/events/{}", row["received"]["position"])).await;
    assert_eq!(text(event.data(), "aggregate_id"), text(row, "id"));
    assert!(!event.text.contains("openid"), "who paid is nobody's business: {}", event.text);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_is_kept_once_however_often_it_comes() {
    let book = start().await;
    let first = paid(&book, "EV-1", &transaction("O-1", 100));
    accepted(&tell(&book.anyone(), &first).await);
    accepted(&tell(&book.anyone(), &first).await);
    // Signed anew, as WeChat Pay does.
    accepted(&tell(&book.anyone(), &paid(&book, "EV-1", &transaction("O-1", 100))).await);
    let at_once = paid(&book, "EV-2", &transaction("O-2", 100));
    let clients: Vec<_> = (0..8).map(|_| book.anyone()).collect();
    let sent = clients.iter().map(|client| async { tell(client, &at_once).await });
    for answer in futures::future::join_all(sent).await {
        accepted(&answer);
    }
    // By another process, which remembers nothing.
    let another = book.another(notified()).await;
    for notification in [&first, &at_once] {
        accepted(&tell(&another.anyone(), notification).await);
    }
    another.stop().await;
    let ids: Vec<_> = kept(&book).await.iter().map(|row| text(row, "event_id").to_owned()).collect();
    assert_eq!(ids, ["EV-1", "EV-2"]);
    let head: i64 =
        sqlx::query_scalar("SELECT position FROM book_head").fetch_one(book.pool()).await.unwrap();
    assert_eq!(head, 4, "each is kept, and its payment told of it; a repeat records nothing");
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_channel_says_otherwise_later_is_refused() {
    let book = start().await;
    accepted(&tell(&book.anyone(), &paid(&book, "EV-1", &transaction("O-1", 100))).await);
    for otherwise in [transaction("O-1", 101), transaction("O-2", 100)] {
        let answer = tell(&book.anyone(), &paid(&book, "EV-1", &otherwise)).await;
        refused(&answer, 409, "channel-said-otherwise");
    }
    let kept = kept(&book).await;
    assert_eq!((kept.len(), text(&kept[0], "reference")), (1, "O-1"));
    assert_eq!(kept[0]["said"]["amount"]["amount"], "1.00");
    turned_away(&book, &[("channel:wechat_pay", "channel-said-otherwise", 2)]).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_has_its_answer_and_is_recorded() {
    let book = start().await;
    let (now, success, door) = (book.now(), "TRANSACTION.SUCCESS", book.anyone());
    let whole = transaction("O-1", 100);
    let with = |pointer: &str, value: Value| {
        let mut resource = transaction("O-1", 100);
        *resource.pointer_mut(pointer).unwrap() = value;
        paid(&book, "EV-1", &resource)
    };
    let good = paid(&book, "EV-1", &whole);
    let mut large = good.clone();
    large.body = vec![b' '; 64 * 1024 + 1];
    let stale = wechat_pay().notify(success, "EV-1", &whole, now - TimeDelta::minutes(6));
    let ahead = wechat_pay().notify(success, "EV-1", &whole, now + TimeDelta::minutes(6));
    let other_key =
        wechat_pay_with("0A5157F09EFDC096DE15EBE81A47057A7202", b"Tallybook0Tests0Only0Key0AAAA001");
    let other_secret = wechat_pay_with(channels::serial(), b"Tallybook0Tests0Only0Key0AAAA002");
    for (notification, status, reason) in [
        (SignedNotification { signature: String::new(), ..good.clone() }, 401, "unsigned"),
        (stale, 401, "stale"),
        (ahead, 401, "stale"),
        (stranger().notify(success, "EV-1", &whole, now), 401, "bad_signature"),
        // Now and then WeChat Pay tries whether a signature is looked at.
        (SignedNotification { signature: "WECHATPAY/SIGNTEST/abc".into(), ..good }, 401, "bad_signature"),
        (other_key.notify(success, "EV-1", &whole, now), 401, "unknown_key"),
        (other_secret.notify(success, "EV-1", &whole, now), 400, "undecipherable"),
        (wechat_pay().sign(b"{}", now), 400, "malformed"),
        (wechat_pay().notify("PAYSCORE.USER_PAID", "EV-1", &whole, now), 422, "unsupported"),
        (with("/mchid", json!("1900000109")), 403, "wrong_merchant"),
        (with("/appid", json!("wx8888888888888888")), 403, "wrong_app"),
        (with("/amount/currency", json!("USD")), 422, "wrong_currency"),
        (large, 413, "body-too-large"),
    ] {
        refused(&tell(&door, &notification).await, status, reason);
    }
    assert_eq!(kept(&book).await, Vec::<Value>::new());
    let once = ["bad_signature", "body-too-large", "malformed", "stale", "undecipherable", "unknown_key"];
    let more = ["unsigned", "unsupported", "wrong_app", "wrong_currency", "wrong_merchant"];
    let twice = |reason: &str| if matches!(reason, "stale" | "bad_signature") { 2 } else { 1 };
    let expected: Vec<_> =
        once.iter().chain(&more).map(|reason| ("channel:wechat_pay", *reason, twice(reason))).collect();
    turned_away(&book, &expected).await;
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_byte_of_a_notification_can_be_changed() {
    let book = start().await;
    let (good, door) = (paid(&book, "EV-1", &transaction("O-1", 100)), book.anyone());
    let flipped = |text: &str, place: usize| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[place] ^= 1;
        String::from_utf8(bytes).unwrap()
    };
    let mut changed = Vec::new();
    for place in 0..good.body.len() {
        let mut one = good.clone();
        one.body[place] ^= 1;
        changed.push(one);
    }
    let SignedNotification { timestamp, nonce, signature, serial, .. } = &good;
    changed.extend(
        (0..timestamp.len())
            .map(|place| SignedNotification { timestamp: flipped(timestamp, place), ..good.clone() }),
    );
    changed.extend(
        (0..nonce.len()).map(|place| SignedNotification { nonce: flipped(nonce, place), ..good.clone() }),
    );
    changed.extend(
        (0..signature.len())
            .map(|place| SignedNotification { signature: flipped(signature, place), ..good.clone() }),
    );
    changed.extend(
        (0..serial.len()).map(|place| SignedNotification { serial: flipped(serial, place), ..good.clone() }),
    );
    for notification in &changed {
        let answer = tell(&door, notification).await;
        assert_eq!((answer.status, &answer.body["code"]), (401, &json!("FAIL")), "{notification:?}");
    }
    assert_eq!(kept(&book).await, Vec::<Value>::new());
    accepted(&tell(&door, &good).await);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn alipay_hears_success_or_failure() {
    let book = start().await;
    let (door, now) = (book.anyone(), book.now());
    let said = |answer: &Answer| {
        assert_eq!(answer.header("content-type"), "text/plain");
        (answer.status, answer.text.clone())
    };
    let good = form(&trade("n-1", "O-1", now));
    for _ in 0..2 {
        assert_eq!(said(&submit(&door, good.clone()).await), (200, "success".into()));
    }
    // Told again a minute later: the same notification.
    let again = form(&trade("n-1", "O-1", now - TimeDelta::minutes(1)));
    assert_eq!(said(&submit(&door, again).await), (200, "success".into()));
    let otherwise = form(&trade("n-1", "O-2", now));
    assert_eq!(said(&submit(&door, otherwise).await), (409, "failure".into()));
    for place in 0..good.len() {
        let mut changed = good.clone();
        changed[place] ^= 1;
        let (status, body) = said(&submit(&door, changed).await);
        assert!((400..500).contains(&status) && body == "failure", "byte {place}: {status} {body}");
    }
    let kept = kept(&book).await;
    let [row] = kept.as_slice() else { panic!("{kept:?}") };
    assert_eq!((text(row, "channel"), text(row, "merchant")), ("alipay", SELLER));
    assert_eq!(row["said"], json!({ "kind": "paid", "amount": { "amount": "20.00", "currency": "CNY" } }));
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_is_not_set_up_has_no_route() {
    let book = TestBook::start().await;
    let notification = paid(&book, "EV-1", &transaction("O-1", 100));
    tell(&book.anyone(), &notification).await.problem(404, "channel-not-found");
    submit(&book.anyone(), form(&trade("n-1", "O-1", book.now()))).await.problem(404, "channel-not-found");
    let unknown = book.anyone().post("/v1/channels/paypal/notifications", &json!({})).await;
    unknown.problem(404, "channel-not-found");
    book.finish().await;
}

/// The answer comes after the commit or not at all: what nobody knows is not called kept, and comes again.
#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_away_nothing_is_called_kept() {
    let book = start().await;
    let mut holding = book.pool().begin().await.unwrap();
    sqlx::query("LOCK TABLE book_head").execute(&mut *holding).await.unwrap();
    let notification = paid(&book, "EV-1", &transaction("O-1", 100));
    let trade = form(&trade("n-1", "O-1", book.now()));
    let (wechat_pay, alipay) = tokio::join!(async { tell(&book.anyone(), &notification).await }, async {
        submit(&book.anyone(), trade.clone()).await
    },);
    assert_eq!((wechat_pay.status, &wechat_pay.body["code"]), (503, &json!("FAIL")), "{}", wechat_pay.text);
    assert_eq!((alipay.status, alipay.text.as_str()), (503, "failure"));
    holding.rollback().await.unwrap();
    accepted(&tell(&book.anyone(), &notification).await);
    assert_eq!(submit(&book.anyone(), trade).await.text, "success");
    assert_eq!(kept(&book).await.len(), 2);
    book.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notifications_are_listed_by_what_they_are() {
    let book = start().await;
    for number in 1..=3 {
        let resource = transaction(&format!("O-{number}"), 100);
        accepted(&tell(&book.anyone(), &paid(&book, &format!("EV-{number}"), &resource)).await);
    }
    submit(&book.anyone(), form(&trade("n-1", "O-1", book.now()))).await.expect(200);
    let (reader, fresh, today) = (book.auditor(), book.fresh().await, book.today());
    let list = |query: String| {
        let path = format!("/v1/channels/notifications?{query}&{fresh}");
        let reader = reader.clone();
        async move {
            let found = reader.all(&path).await;
            found.iter().map(|row| text(row, "event_id").to_owned()).collect::<Vec<_>>()
        }
    };
    assert_eq!(list("channel=alipay".into()).await, ["n-1"]);
    assert_eq!(list("reference=O-1".into()).await, ["n-1", "EV-1"]);
    assert_eq!(list("reference=O-1&sort=received".into()).await, ["EV-1", "n-1"]);
    assert_eq!(list(format!("state=waiting&from={today}&to={today}")).await.len(), 4);
    let tomorrow = today.succ_opt().unwrap();
    assert_eq!(list(format!("from={tomorrow}")).await, Vec::<String>::new());
    let page = reader.get(&format!("/v1/channels/notifications?limit=1&{fresh}")).await;
    assert_eq!(text(&page.data()[0], "event_id"), "n-1");
    let csv = reader.get("/v1/channels/notifications?sort=received").header("Accept", "text/csv").await;
    let second = csv.text.lines().nth(1).unwrap();
    assert!(csv.text.starts_with("id,channel,event_id,merchant,reference,"), "{}", csv.text);
    assert!(second.contains(",EV-1,") && second.contains(",paid,,1.00,CNY,"), "{second}");
    for wrong in ["channel=paypal", "state=lost", "from=yesterday"] {
        reader.get(&format!("/v1/channels/notifications?{wrong}")).await.problem(422, "validation");
    }
    for missing in ["none", "M00000000000000000000000000"] {
        let path = format!("/v1/channels/notifications/{missing}?{fresh}");
        reader.get(&path).await.problem(404, "channel-notification-not-found");
    }
    book.finish().await;
}

/// Nobody fills the disk by asking: a refusal is a row per minute and reason, whatever was sent.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_stranger_sends_is_nowhere_kept() {
    let book = TestBook::start_differently(Differently { no_projector: false, ..notified() }).await;
    let door = book.anyone();
    for path in [WECHAT_PAY, ALIPAY] {
        for number in 0..50 {
            let body = json!({ "secret": format!("s3cret-{number}") }).to_string();
            let answer = door.request(reqwest::Method::POST, path).raw("application/json", body).await;
            assert!(
                (400..500).contains(&answer.status) && !answer.text.contains("s3cret"),
                "{}",
                answer.text
            );
        }
    }
    turned_away(&book, &[("channel:alipay", "unsigned", 50), ("channel:wechat_pay", "unsigned", 50)]).await;
    let rows: Vec<String> =
        sqlx::query_scalar("SELECT r::text FROM access_refusals r").fetch_all(book.pool()).await.unwrap();
    assert!(rows.len() <= 4 && !rows.concat().contains("s3cret"), "{rows:?}");
    book.finish().await;
}
