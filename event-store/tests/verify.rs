//! A verification finds nothing in a book that nobody touched, and names what was done to one that somebody did.
#![allow(clippy::unwrap_used, reason = "tests stop at the first failure")]

mod support;

use sqlx::Executor;
use support::{TestBook, count, deposit, hold, many_deposits, rehash, rewrite_head, tamper, wallet};
use tallybook_event_store::Book;
use tallybook_event_store::seal::{PrivateKey, Sealed, seal};
use tallybook_event_store::verify::{Check, Compared, Finding, Report, Scope, verify};

async fn verified(test: &TestBook, scope: Scope) -> Report {
    verify(&test.connect, &test.schema, &scope, |_| {}).await.unwrap()
}

/// What was found, by check.
async fn found(test: &TestBook) -> Vec<(Check, Vec<Finding>)> {
    found_in(test, Scope::default()).await
}

async fn found_in(test: &TestBook, scope: Scope) -> Vec<(Check, Vec<Finding>)> {
    let report = verified(test, scope).await;
    let checks = report.checks.into_iter().filter(|outcome| outcome.findings.count > 0);
    checks.map(|outcome| (outcome.check, outcome.findings.first)).collect()
}

/// The names of the checks that failed.
async fn failed(test: &TestBook) -> Vec<&'static str> {
    found(test).await.into_iter().map(|(check, _)| check.as_str()).collect()
}

/// Two wallets, ten events: deposits in turn, and a hold in the end.
async fn filled() -> (TestBook, Book) {
    let test = TestBook::new().await;
    let book = test.open().await;
    for number in 1..=9 {
        let key = format!("K{number}");
        let wallet = wallet(number % 2);
        deposit(&book, &wallet, "10.00", &format!("R{number}"), Some(&key)).await.unwrap();
    }
    hold(&book, &wallet(1), "5.00").await.unwrap();
    (test, book)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untouched_book_is_clean_and_an_empty_one_too() {
    let empty = TestBook::new().await;
    let report = verified(&empty, Scope::default()).await;
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.head, report.events), (0, 0));

    let (test, book) = filled().await;
    let report = verified(&test, Scope::default()).await;
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.from, report.to, report.head, report.events), (1, 10, 10, 10));
    let root: Vec<u8> =
        sqlx::query_scalar("SELECT root FROM book_head").fetch_one(book.pool()).await.unwrap();
    assert_eq!(report.root.map(Vec::from), Some(root));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_payload_is_found_at_its_position() {
    let (test, _book) = filled().await;
    tamper(&test, r#"UPDATE events SET payload = replace(payload::text, '"10.00"', '"99.00"')::json WHERE position = 4"#)
        .await;
    let found = found(&test).await;
    assert_eq!(found.len(), 1, "{found:?}");
    let (check, findings) = &found[0];
    assert_eq!((*check, findings[0].position, findings.len()), (Check::LeafHashes, Some(4), 1));
}

/// The text says the same and is not the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_payload_that_is_only_spelt_differently_is_found() {
    let (test, _book) = filled().await;
    tamper(
        &test,
        r#"UPDATE events SET payload = replace(payload::text, '":"', '": "')::json WHERE position = 10"#,
    )
    .await;
    assert_eq!(failed(&test).await, ["leaf_hashes"]);
}

/// Commands are decided on snapshots, so one that says more than its events is money from nowhere.
#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_is_not_what_its_events_come_to_is_found() {
    let test = TestBook::new().await;
    let book = test.open().await;
    many_deposits(&book, 2).await;
    // Kept beside the lane, a moment later.
    while count(&book, "SELECT count(*) FROM snapshots").await < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(failed(&test).await, [""; 0]);
    let forge = "UPDATE snapshots SET payload = replace(payload::text, '\"1000.00\"', '\"9000.00\"')::json
                  WHERE aggregate_id = ";
    let wallet = wallet(1);
    tamper(&test, &format!("{forge} '{wallet}'")).await;
    // Against the journal as it goes by, and where there is no room for that.
    let ways = || [Scope::default(), Scope { room: Some(0), ..Scope::default() }];
    for scope in ways() {
        let found = found_in(&test, scope).await;
        assert_eq!((found.len(), found[0].0), (1, Check::Snapshots), "{found:?}");
        assert!(found[0].1[0].detail.contains(wallet.as_str()), "{found:?}");
    }
    tamper(&test, "UPDATE snapshots SET payload = '{}', last_sequence = 1001").await;
    for scope in ways() {
        let found = found_in(&test, scope).await;
        assert_eq!(found[0].1.len(), 2, "neither of them has so many events: {found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_inner_row_leaves_a_gap() {
    let (test, _book) = filled().await;
    tamper(&test, "DELETE FROM events WHERE position IN (4, 5)").await;
    let found = found(&test).await;
    let positions = found.iter().find(|(check, _)| *check == Check::Positions).unwrap();
    assert_eq!(positions.1[0].position, Some(4));
    assert!(positions.1[0].detail.contains("up to 5"), "{found:?}");
    let names: Vec<_> = found.iter().map(|(check, _)| check.as_str()).collect();
    assert_eq!(names, ["positions", "sequences", "commands", "root"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_swapped_rows_are_found_however_it_is_done() {
    let swap = "UPDATE events SET position = -position WHERE position IN (2, 4);
                UPDATE events SET position = CASE position WHEN -2 THEN 4 ELSE 2 END WHERE position < 0";
    let (test, book) = filled().await;
    tamper(&test, swap).await;
    let failures = failed(&test).await;
    assert!(failures.contains(&"leaf_hashes") && failures.contains(&"sequences"), "{failures:?}");
    rehash(&test, &book).await;
    let failures = failed(&test).await;
    assert!(!failures.contains(&"leaf_hashes") && failures.contains(&"root"), "{failures:?}");
    assert!(failures.contains(&"sequences"), "2 and 4 are of one wallet: {failures:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_rewritten_with_its_hash_is_found_by_the_root() {
    let (test, book) = filled().await;
    tamper(&test, r#"UPDATE events SET payload = replace(payload::text, '"10.00"', '"99.00"')::json WHERE position = 4"#)
        .await;
    let leaves = rehash(&test, &book).await;
    assert_eq!(failed(&test).await, ["root"]);
    rewrite_head(&test, &leaves).await;
    assert_eq!(failed(&test).await, [""; 0], "with all hashes and the head rewritten only a seal tells");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_tail_is_found_unless_head_and_outcomes_are_cut_too() {
    let (test, book) = filled().await;
    tamper(&test, "DELETE FROM events WHERE position > 8").await;
    assert_eq!(failed(&test).await, ["positions", "commands", "root"]);
    let leaves = rehash(&test, &book).await;
    rewrite_head(&test, &leaves).await;
    assert_eq!(failed(&test).await, ["commands"], "their outcomes are still there");
    tamper(&test, "DELETE FROM commands WHERE last_position > 8").await;
    assert_eq!(
        failed(&test).await,
        [""; 0],
        "with the head moved back and the outcomes gone only a seal tells"
    );
    tamper(&test, "UPDATE book_head SET position = 7").await;
    assert!(failed(&test).await.contains(&"head"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_gone_or_damaged_is_found() {
    let (test, _book) = filled().await;
    tamper(&test, "UPDATE book_head SET frontier = frontier || '\\x00'").await;
    assert_eq!(failed(&test).await, ["head"]);
    tamper(&test, "DELETE FROM book_head").await;
    assert_eq!(failed(&test).await, ["head"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_that_is_gone_and_one_that_claims_too_much_are_found() {
    let (test, _book) = filled().await;
    tamper(&test, "DELETE FROM commands WHERE command_id = 'K3'").await;
    let found_gone = found(&test).await;
    assert_eq!(found_gone[0].0, Check::Commands);
    assert_eq!(found_gone[0].1[0].position, Some(3));
    let (test, _book) = filled().await;
    tamper(&test, "UPDATE commands SET last_position = 9223372036854775807 WHERE command_id = 'K5'").await;
    let (check, wide) = found(&test).await.remove(0);
    assert_eq!(check, Check::Commands);
    assert!(wide.iter().any(|finding| finding.position == Some(5)), "{wide:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_is_found_by_what_it_says() {
    let (test, _book) = filled().await;
    tamper(&test, r#"UPDATE events SET payload = '{"DepositRecorded":{}}' WHERE position = 2"#).await;
    tamper(&test, r#"UPDATE events SET payload = replace(payload::text, '"10.00"', '"-10.00"')::json WHERE position = 3"#)
        .await;
    assert_eq!(failed(&test).await, ["leaf_hashes", "payloads", "balance"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guard_that_was_taken_down_is_found() {
    let (test, _book) = filled().await;
    let mut owner = test.owner().await;
    owner.execute("ALTER TABLE events DISABLE TRIGGER events_are_immutable").await.unwrap();
    owner.execute("ALTER TABLE events DROP CONSTRAINT events_position_key").await.unwrap();
    let found = found(&test).await;
    assert_eq!((found[0].0, found[0].1.len(), found.len()), (Check::Guards, 2, 1), "{found:?}");
}

/// The scope is checked in full, the rest by its stored leaves.
#[tokio::test(flavor = "multi_thread")]
async fn a_scope_narrows_what_is_checked_in_full_and_not_the_root() {
    let (test, _book) = filled().await;
    tamper(&test, r#"UPDATE events SET payload = replace(payload::text, '"10.00"', '"99.00"')::json WHERE position = 4"#)
        .await;
    let scope = |from, to| Scope { from: Some(from), to: Some(to), ..Scope::default() };
    let outside = verified(&test, scope(5, 9)).await;
    assert!(outside.is_clean(), "{outside:?}");
    assert_eq!((outside.from, outside.to, outside.events), (5, 9, 5));
    assert!(!verified(&test, scope(4, 4)).await.is_clean());
    assert!(verified(&test, scope(11, 20)).await.is_clean());
    tamper(&test, "UPDATE events SET leaf_hash = sha256('x') WHERE position = 4").await;
    let root = verified(&test, scope(5, 9)).await;
    let failed: Vec<_> = root.checks.iter().filter(|outcome| outcome.findings.count > 0).collect();
    assert_eq!(failed.iter().map(|outcome| outcome.check).collect::<Vec<_>>(), [Check::Root]);
}

/// Several blocks, several tasks, and aggregates that go from one block to the next.
#[tokio::test(flavor = "multi_thread")]
async fn a_book_of_several_blocks_is_verified_as_one() {
    let test = TestBook::new().await;
    let book = test.open().await;
    many_deposits(&book, 70).await;
    let report = verified(&test, Scope::default()).await;
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(report.events, 70_000);
    tamper(&test, "DELETE FROM events WHERE position = 65537").await;
    let found = found(&test).await;
    let at = |wanted| found.iter().find(|(check, _)| *check == wanted).map(|(_, found)| found[0].position);
    assert_eq!(at(Check::Positions), Some(Some(65_537)));
    assert_eq!(at(Check::Sequences), Some(Some(65_538)), "{found:?}");
}

fn key() -> PrivateKey {
    PrivateKey::new("tallybook/test".parse().unwrap(), &[3; 32])
}

async fn sealed(book: &Book) -> String {
    let at = "2026-11-21T16:00:03Z".parse().unwrap();
    match seal(book.pool(), &key(), &[], at).await.unwrap() {
        Sealed::New(seal) | Sealed::Already(seal) => seal.note,
    }
}

/// Whoever rewrites rows, hashes and head makes a journal that agrees with itself, and with no seal.
#[tokio::test(flavor = "multi_thread")]
async fn what_agrees_with_itself_does_not_agree_with_a_seal() {
    let (test, book) = filled().await;
    sealed(&book).await;
    deposit(&book, &wallet(1), "10.00", "R11", None).await.unwrap();
    sealed(&book).await;
    assert!(verified(&test, Scope::default()).await.is_clean());
    tamper(&test, r#"UPDATE events SET payload = replace(payload::text, '"10.00"', '"99.00"')::json WHERE position = 11"#)
        .await;
    let leaves = rehash(&test, &book).await;
    rewrite_head(&test, &leaves).await;
    let found = found(&test).await;
    assert_eq!((found.len(), found[0].0), (1, Check::Seals), "{found:?}");
    assert_eq!(found[0].1[0].position, Some(11), "up to the seal of 10 events all is as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tail_cut_with_its_head_and_outcomes_is_missed_by_a_seal() {
    let (test, book) = filled().await;
    let note = sealed(&book).await;
    let leaves = rehash(&test, &book).await;
    tamper(&test, "DELETE FROM events WHERE position > 8").await;
    tamper(&test, "DELETE FROM commands WHERE last_position > 8").await;
    rewrite_head(&test, &leaves[..8]).await;
    let in_the_book = found(&test).await;
    assert_eq!((in_the_book.len(), in_the_book[0].0), (1, Check::Seals), "{in_the_book:?}");
    assert_eq!(in_the_book[0].1[0].position, Some(9));

    // The seals in the book can be cut too; those kept elsewhere cannot.
    tamper(&test, "DELETE FROM seals").await;
    assert_eq!(failed(&test).await, [""; 0]);
    let kept = Scope { seals: vec![note], keys: vec![key().public().clone()], ..Scope::default() };
    let report = verified(&test, kept).await;
    assert_eq!((report.seals, report.compared), (1, Compared::default()), "it goes beyond the journal");
    assert_eq!(report.checks.last().map(|last| (last.check, last.findings.count)), Some((Check::Seals, 1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_that_is_not_signed_by_a_trusted_key_is_told() {
    let (test, book) = filled().await;
    let note = sealed(&book).await;
    let other = PrivateKey::new("tallybook/test".parse().unwrap(), &[4; 32]).public().clone();
    let with = |keys, seals| Scope { seals, keys, ..Scope::default() };
    assert!(verified(&test, with(vec![key().public().clone()], Vec::new())).await.is_clean());
    let strange = verified(&test, with(vec![other], vec![note])).await;
    let seals = &strange.checks.last().unwrap().findings;
    assert_eq!(seals.count, 2, "{seals:?}");
    assert!(seals.first[0].detail.contains("no key that is trusted"), "{seals:?}");
    assert_eq!((strange.seals, strange.compared), (2, Compared::default()));
    tamper(&test, "UPDATE seals SET root = sha256('x')").await;
    assert_eq!(failed(&test).await, ["seals"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_compared_is_counted_and_a_place_that_has_lost_its_seals_is_told_if_the_book_has_some() {
    let (test, book) = filled().await;
    let missing = || Scope { missing: vec!["there is no file".into()], ..Scope::default() };
    let unsealed = verified(&test, missing()).await;
    assert_eq!((unsealed.is_clean(), unsealed.compared), (true, Compared::default()));
    let seals = vec![sealed(&book).await];
    let kept = verified(&test, Scope { seals, ..Scope::default() }).await;
    assert_eq!((kept.is_clean(), kept.compared), (true, Compared { in_book: 1, elsewhere: 1 }));
    let lost = verified(&test, missing()).await;
    let findings = &lost.checks.last().unwrap().findings;
    assert_eq!(findings.first[0].detail, "there is no file, though the book has seals");
    assert_eq!((findings.count, lost.compared), (1, Compared { in_book: 1, elsewhere: 0 }));
}
