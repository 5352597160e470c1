//! What a rebuild takes of memory. Alone in its process, whose memory it measures.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::fs;

use support::TestBook;
use support::history::{day, deposited, money, wallet_of};
use tallybook_domain::BookEvent;
use tallybook_domain::deposits::WalletEvent;
use tallybook_projector::{RebuildRequest, Rebuilder, every};
use tokio_util::sync::CancellationToken;

const DEPOSITS: u64 = 40_000;
/// Bytes: about 1,400 a deposit, so all of them would take four times as much.
const MEMORY: usize = 16 << 20;
/// Bytes for what is not rows: pages of events, rows on their way, connections.
const BESIDE: usize = 40 << 20;

/// A deposit with as much to say as it may.
fn told_at_length(number: u64) -> (String, BookEvent) {
    let reference = format!("REF-{number}");
    let (id, mut event) = deposited(&wallet_of(number % 100), money("1.00"), &reference, day("2026-03-01"));
    if let BookEvent::Wallet(WalletEvent::DepositRecorded { remark, .. }) = &mut event {
        *remark = Some("款".repeat(300).parse().unwrap());
    }
    (id, event)
}

/// Of this process, in bytes; the most it had since it was last forgotten.
fn most_memory() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    let kibibytes: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kibibytes * 1024
}

fn forget_most_memory() {
    fs::write("/proc/self/clear_refs", "5").unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_do_not_fit_stay_within_the_memory_given() {
    let mut book = TestBook::new().await;
    for begin in (0..DEPOSITS).step_by(2_000) {
        book.record((begin..begin + 2_000).map(told_at_length)).await;
    }
    let deposits: Vec<_> = every().into_iter().filter(|one| one.name == "deposits").collect();
    let rebuilder =
        Rebuilder::new(book.pool.clone(), &book.schema, CancellationToken::new()).with_resources(1, MEMORY);
    forget_most_memory();
    let before = most_memory();
    rebuilder.rebuild(&deposits, RebuildRequest::default()).await.unwrap();
    let taken = most_memory() - before;
    assert!(taken < MEMORY + BESIDE, "{} MiB", taken >> 20);
    let folded = rebuilder.progress.report().events;
    assert_eq!(folded, 2 * DEPOSITS, "the second reading lets go of each deposit, as none changes");
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM deposits").fetch_one(&book.pool).await.unwrap();
    assert_eq!(rows.unsigned_abs(), DEPOSITS);
}
