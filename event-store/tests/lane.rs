//! The lane on a real PostgreSQL: order, atomicity, idempotency, uniqueness.

#![allow(clippy::unwrap_used, reason = "tests stop at the first failure")]

mod support;

use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::join_all;
use support::{
    TestBook, assert_journal_is_whole, available, count, deposit, hold, record, request, wallet, yuan,
};
use tallybook_domain::Refusal;
use tallybook_domain::deposits::{BankReference, Wallet, WalletRefusal};
use tallybook_event_store::{Book, BookSettings, CommandError, StreamKey};

#[tokio::test(flavor = "multi_thread")]
async fn appends_are_dense_hashed_and_in_order() {
    let book = TestBook::new().await.open().await;
    let deposits = (0..200u64).map(|n| {
        let book = &book;
        async move { deposit(book, &wallet(n % 7), "1.00", &format!("R{n}"), None).await.unwrap() }
    });
    let mut positions: Vec<u64> =
        join_all(deposits).await.into_iter().map(|receipt| receipt.position).collect();
    positions.sort_unstable();
    assert_eq!(positions, (1..=200).collect::<Vec<u64>>());
    assert_journal_is_whole(&book).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_command_leaves_no_trace() {
    let book = TestBook::new().await.open().await;
    deposit(&book, &wallet(1), "10.00", "R1", None).await.unwrap();
    let refused = hold(&book, &wallet(1), "10.01").await.unwrap_err();
    let expected = WalletRefusal::InsufficientFunds { available: yuan("10.00"), requested: yuan("10.01") };
    assert!(matches!(refused, CommandError::Refused(Refusal::Wallet(refusal)) if refusal == expected));
    assert_eq!(count(&book, "SELECT count(*) FROM events").await, 1);
    assert_eq!(count(&book, "SELECT count(*) FROM commands").await, 1);
    assert_eq!(hold(&book, &wallet(1), "10.00").await.unwrap().outcome.available, yuan("0.00"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_decides_nothing_leaves_a_trace_only_under_a_key() {
    let book = TestBook::new().await.open().await;
    deposit(&book, &wallet(1), "10.00", "R1", None).await.unwrap();
    let look = async |key: Option<&str>| {
        let streams = vec![StreamKey::existing::<Wallet>(wallet(1).as_str())];
        book.execute(request(key, &"look"), streams, |decision| available(decision, &wallet(1)))
            .await
            .unwrap()
    };
    for _ in 0..3 {
        assert_eq!((look(None).await.outcome.available, look(None).await.position), (yuan("10.00"), 1));
    }
    assert_eq!(count(&book, "SELECT count(*) FROM commands").await, 1, "the deposit alone");
    assert!(!look(Some("key")).await.replayed);
    assert!(look(Some("key")).await.replayed);
    assert_eq!(count(&book, "SELECT count(*) FROM commands").await, 2);
    assert_eq!(look(None).await.outcome.available, yuan("10.00"));
    assert_journal_is_whole(&book).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_at_once_on_funds_for_three_hundred() {
    let book = TestBook::new().await.open().await;
    deposit(&book, &wallet(1), "300.00", "R1", None).await.unwrap();
    let (book, account) = (&book, &wallet(1));
    let results = join_all((0..500).map(|_| hold(book, account, "1.00"))).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 300);
    assert_journal_is_whole(book).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_gets_the_same_answer_once() {
    let test = TestBook::new().await;
    let book = test.open().await;
    let first = deposit(&book, &wallet(1), "5.00", "R1", Some("key-1")).await.unwrap();
    assert!(!first.replayed);
    let again = deposit(&book, &wallet(1), "5.00", "R1", Some("key-1")).await.unwrap();
    assert!(again.replayed);
    assert_eq!((again.outcome, again.position), (first.outcome, first.position));
    let other = deposit(&book, &wallet(1), "6.00", "R1", Some("key-1")).await.unwrap_err();
    assert!(matches!(other, CommandError::KeyReused), "{other}");
    // A process that has never seen the command answers the same.
    let elsewhere = deposit(&test.open().await, &wallet(1), "5.00", "R1", Some("key-1")).await.unwrap();
    assert!(elsewhere.replayed);
    assert_eq!(count(&book, "SELECT count(*) FROM events").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_at_the_same_moment_happens_once() {
    let book = TestBook::new().await.open().await;
    let (book, account) = (&book, &wallet(1));
    let all = join_all((0..50).map(|_| deposit(book, account, "5.00", "R1", Some("key-1")))).await;
    assert!(all.iter().all(|result| result.as_ref().is_ok_and(|receipt| receipt.position == 1)));
    assert_eq!(count(book, "SELECT count(*) FROM events").await, 1);
}

/// The repeat would be refused if it were decided again: the money is held by the first.
#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_that_would_now_be_refused_gets_its_first_answer() {
    let book = TestBook::new().await.open().await;
    deposit(&book, &wallet(1), "5.00", "R1", Some("key-1")).await.unwrap();
    let spend = |key: &'static str| {
        let (book, account) = (&book, wallet(1));
        async move {
            let streams = vec![StreamKey::existing::<Wallet>(account.as_str())];
            book.execute(request(Some(key), &"spend"), streams, move |decision| {
                let refusal =
                    WalletRefusal::InsufficientFunds { available: yuan("0.00"), requested: yuan("5.00") };
                if decision.sequence::<Wallet>(account.as_str()) > 1 {
                    return Err(refusal.into());
                }
                record(decision, &account, yuan("1.00"), &BankReference::from_str("spend").unwrap())?;
                available(decision, &account)
            })
            .await
        }
    };
    let first = spend("key-2").await.unwrap();
    let again = spend("key-2").await.unwrap();
    assert!(again.replayed);
    assert_eq!(again.position, first.position);
    assert!(matches!(spend("key-3").await, Err(CommandError::Refused(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_held_by_one_and_can_be_given_back() {
    let book = TestBook::new().await.open().await;
    let (shared, accounts) = (&book, [wallet(1), wallet(2)]);
    let tries = join_all((0..40).map(|n| deposit(shared, &accounts[n % 2], "1.00", "SAME", None))).await;
    assert_eq!(tries.iter().filter(|result| result.is_ok()).count(), 1);
    assert!(tries.iter().filter_map(|result| result.as_ref().err()).all(|error| matches!(
        error,
        CommandError::Refused(Refusal::Wallet(WalletRefusal::ReferenceTaken { .. }))
    )));
    release(&book, "SAME").await;
    deposit(&book, &wallet(3), "1.00", "SAME", None).await.unwrap();
    assert_eq!(count(&book, "SELECT count(*) FROM claims").await, 1);
    assert_journal_is_whole(&book).await;
}

/// Release and claim of one key race in one batch: they take effect one after the other.
#[tokio::test(flavor = "multi_thread")]
async fn releasing_and_claiming_together_never_breaks_a_batch() {
    let book = TestBook::new().await.open().await;
    let account = wallet(1);
    for round in 0..20 {
        let claim = deposit(&book, &account, "1.00", "AGAIN", None);
        let (claimed, ()) = tokio::join!(claim, release(&book, "AGAIN"));
        assert!(claimed.is_ok() || round > 0, "nothing held the key");
    }
    assert_journal_is_whole(&book).await;
}

async fn release(book: &Book, key: &'static str) {
    let account = wallet(9);
    let streams = vec![StreamKey::existing::<Wallet>(account.as_str())];
    book.execute(request(None, &key), streams, move |decision| {
        decision.release("deposit_reference", key);
        available(decision, &account)
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_checks_everything_and_writes_nothing() {
    let book = TestBook::new().await.open().await;
    deposit(&book, &wallet(1), "1.00", "R1", None).await.unwrap();
    let dry = |reference: &'static str| {
        let mut request = request(None, &reference);
        request.dry_run = true;
        let book = &book;
        async move { support::deposit_as(book, request, &wallet(1), "2.00", reference).await }
    };
    let receipt = dry("R2").await.unwrap();
    assert_eq!(receipt.outcome.available, yuan("3.00"));
    let events = receipt.dry_run_events.unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].event_type, events[0].sequence), ("DepositRecorded", 2));
    assert!(matches!(dry("R1").await, Err(CommandError::Refused(_))), "the reference is taken");
    assert_eq!(count(&book, "SELECT count(*) FROM events").await, 1);
    assert_eq!(count(&book, "SELECT count(*) FROM commands").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_of_a_recorded_command_gives_its_recorded_answer() {
    let book = TestBook::new().await.open().await;
    let first = deposit(&book, &wallet(1), "1.00", "R1", Some("key-1")).await.unwrap();
    let mut again = request(Some("key-1"), &(wallet(1), "1.00", "R1"));
    again.dry_run = true;
    let dry = support::deposit_as(&book, again, &wallet(1), "1.00", "R1").await.unwrap();
    assert!(dry.replayed && dry.dry_run_events.unwrap().is_empty());
    assert_eq!((dry.outcome, dry.position), (first.outcome, first.position));
}

/// Callers in a broken retry loop (one key again and again, or one reference) slow the others down at most.
#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_repeats_starves_no_one() {
    let book = TestBook::new().await.open().await;
    deposit(&book, &wallet(1), "1.00", "SAME", Some("key-1")).await.unwrap();
    let over = tokio_util::sync::CancellationToken::new();
    let storm = tokio::spawn({
        let (book, over) = (book.clone(), over.clone());
        async move {
            let repeaters = (0..64).map(|n| {
                let (book, over) = (&book, &over);
                async move {
                    let account = wallet(1);
                    while !over.is_cancelled() {
                        if n % 2 == 0 {
                            let again = deposit(book, &account, "1.00", "SAME", Some("key-1")).await;
                            assert!(again.unwrap().replayed);
                        } else {
                            let taken = deposit(book, &account, "1.00", "SAME", None).await;
                            assert!(matches!(taken, Err(CommandError::Refused(_))));
                        }
                    }
                }
            });
            join_all(repeaters).await;
        }
    });
    let shared = &book;
    let others = (0..4u64).map(|client| async move {
        for n in 0..50 {
            deposit(shared, &wallet(client + 2), "1.00", &format!("R{client}-{n}"), None).await.unwrap();
        }
    });
    let done = tokio::time::timeout(std::time::Duration::from_secs(120), join_all(others)).await;
    over.cancel();
    storm.await.unwrap();
    assert!(done.is_ok(), "200 deposits did not get through");
    assert_eq!(count(&book, "SELECT count(*) FROM events").await, 201);
    assert_journal_is_whole(&book).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panicking_decision_harms_only_itself() {
    let book = TestBook::new().await.open().await;
    let panicking = book.execute(request(None, &1), vec![], |decision| available(decision, &wallet(2)));
    let account = wallet(1);
    let (panicked, recorded) = tokio::join!(panicking, deposit(&book, &account, "1.00", "R1", None));
    assert!(matches!(panicked, Err(CommandError::Corrupt(_))));
    assert_eq!(recorded.unwrap().position, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_command_too_many_is_busy_and_half_done_by_nobody() {
    let test = TestBook::new().await;
    let book =
        Book::open(&test.connect, BookSettings { queue_capacity: 10, ..test.settings() }).await.unwrap();
    let (shared, account) = (&book, &wallet(1));
    let references: Vec<String> = (0..100).map(|n| format!("R{n}")).collect();
    let results =
        join_all(references.iter().map(|reference| deposit(shared, account, "1.00", reference, None))).await;
    let recorded = results.iter().filter(|result| result.is_ok()).count();
    assert_eq!(recorded, 10, "join_all starts all hundred before the first is answered");
    assert!(
        results.iter().filter_map(|result| result.as_ref().err()).all(|e| matches!(e, CommandError::Busy))
    );
    assert_eq!(count(&book, "SELECT count(*) FROM events").await, 10);
    deposit(&book, &wallet(1), "1.00", "R100", None).await.unwrap();
}

/// More wallets than the cache holds: every command meets an evicted aggregate sooner or later.
#[tokio::test(flavor = "multi_thread")]
async fn a_small_cache_decides_on_fresh_aggregates() {
    let test = TestBook::new().await;
    let book =
        Book::open(&test.connect, BookSettings { cached_aggregates: 4, ..test.settings() }).await.unwrap();
    let book = &book;
    let clients = (0..16u64).map(|client| async move {
        for n in 0..40u64 {
            let account = wallet((client * 7 + n) % 20);
            deposit(book, &account, "1.00", &format!("R{client}-{n}"), None).await.unwrap();
        }
    });
    join_all(clients).await;
    assert_journal_is_whole(book).await;
    let total = count(book, "SELECT count(*) FROM events").await;
    assert_eq!(total, 640);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_lose_and_double_nothing() {
    let test = TestBook::new().await;
    let books = [test.open().await, test.open().await];
    let books = &books;
    let clients = (0..32usize).map(|client| async move {
        for n in 0..25 {
            let account = wallet((n % 3) as u64);
            let reference = format!("R{client}-{n}");
            deposit(&books[client % 2], &account, "1.00", &reference, Some(&reference)).await.unwrap();
        }
    });
    join_all(clients).await;
    assert_journal_is_whole(&books[0]).await;
    assert_eq!(count(&books[0], "SELECT count(*) FROM events").await, 800);
    assert!(books.iter().map(|book| book.figures().conflicts()).sum::<u64>() > 0, "they never met");
    for number in 0..3 {
        let held =
            [hold(&books[0], &wallet(number), "1.00").await, hold(&books[1], &wallet(number), "1.00").await];
        let [first, second] = held.map(|result| result.unwrap().outcome.available);
        assert_eq!(first.checked_sub(yuan("1.00")).unwrap(), second, "both see the same wallet");
    }
}

/// A process that decides slowly is behind whenever it wants to append. It must get its turn all the same, also with
/// aggregates it has yet to load while the other changes them.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_process_gets_its_turn() {
    let test = TestBook::new().await;
    let quick = test.open().await;
    let slow = BookSettings { clock: slow_clock, ..test.settings() };
    let slow = Book::open(&test.connect, slow).await.unwrap();
    let busy = AtomicBool::new(true);
    let (quick, slow, busy) = (&quick, &slow, &busy);
    let in_a_hurry = (0..16u64).map(|client| async move {
        let mut done = 0;
        while busy.load(Ordering::Relaxed) {
            deposit(quick, &wallet(client % 3), "1.00", &format!("Q{client}-{done}"), None).await.unwrap();
            done += 1;
        }
        done
    });
    let at_leisure = async move {
        let few = (0..3u64).map(|client| async move {
            for n in 0..10 {
                deposit(slow, &wallet(client), "1.00", &format!("S{client}-{n}"), None).await.unwrap();
            }
        });
        join_all(few).await;
        busy.store(false, Ordering::Relaxed);
    };
    let (done, ()) = tokio::join!(join_all(in_a_hurry), at_leisure);
    assert!(done.iter().all(|done| *done > 0), "the quick one gets its turn too: {done:?}");
    assert!(slow.figures().conflicts() > 0, "they never met");
    assert_journal_is_whole(quick).await;
}

/// So slow that the other has always appended meanwhile.
fn slow_clock() -> DateTime<Utc> {
    std::thread::sleep(Duration::from_millis(20));
    (BookSettings::new("").clock)()
}

/// What one process does not know yet, because another recorded it, is no reason to refuse.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_refused_for_what_another_process_has_changed() {
    let test = TestBook::new().await;
    let (first, second) = (test.open().await, test.open().await);
    deposit(&first, &wallet(1), "1.00", "R1", None).await.unwrap();
    assert!(hold(&second, &wallet(1), "5.00").await.is_err(), "there is 1.00");
    deposit(&first, &wallet(1), "9.00", "R2", None).await.unwrap();
    let held = hold(&second, &wallet(1), "5.00").await.unwrap();
    assert_eq!(held.outcome.available, yuan("5.00"));
    // And the other way round, where the first has not heard of the hold.
    assert!(hold(&first, &wallet(1), "6.00").await.is_err());
    assert_journal_is_whole(&first).await;
}
