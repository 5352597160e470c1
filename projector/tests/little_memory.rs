//! However little memory a rebuild has, and however late rows change, it makes the same tables.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::ops::Range;

use support::TestBook;
use support::history::interleaved;
use support::rebuilding::{EXPECT_EQUAL, REBUILD, changes_nothing, rebuilder};
use tallybook_projector::every;

/// One is as good as another, also because shares of the rows are others in every process. More make a longer look.
const SEEDS: Range<u64> = 1..2;
const CUSTOMERS: u64 = 900;
const ROUNDS: usize = 4_000;
/// At least so many come of these rounds: ten pages, after each of which rows may be put off.
const EVENTS: u64 = 20_000;

/// Numbers that look as if by chance, the same for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    /// Half of the rounds are of three customers, whose rows change more often than is counted.
    fn customers(&mut self) -> Vec<u64> {
        let customer = |chance: &mut Self| match chance.below(2) {
            0 => chance.below(3) as u64,
            _ => 3 + chance.below(usize::try_from(CUSTOMERS - 3).unwrap()) as u64,
        };
        (0..ROUNDS).map(|_| customer(self)).collect()
    }
}

async fn is_the_same_with_little_memory(seed: u64) {
    let mut chance = Chance(seed);
    let order = chance.customers();
    let mut book = TestBook::new().await;
    book.record(interleaved(CUSTOMERS, &order, |bound| chance.below(bound))).await;
    assert!(book.head() > EVENTS, "{}", book.head());
    rebuilder(&book).rebuild(&every(), REBUILD).await.unwrap();
    let expected = book.tables().await;
    let in_use = expected.iter().filter(|(_, rows)| !rows.is_empty()).count();
    assert!(in_use >= 11, "money and customers move in all their tables: {in_use}");
    // For all projections together.
    for memory in [1 << 20, 600 << 10, 350 << 10] {
        let memory = memory + chance.below(50_000);
        let little = rebuilder(&book).with_resources(2, memory);
        let outcomes = little.rebuild(&every(), EXPECT_EQUAL).await;
        let outcomes = outcomes.unwrap_or_else(|error| panic!("seed {seed}, {memory} bytes: {error}"));
        assert!(changes_nothing(&outcomes), "seed {seed}, {memory} bytes");
        assert!(book.tables().await == expected, "seed {seed}, {memory} bytes");
        let readings = little.progress.report().events / book.head();
        tracing::info!(seed, memory, readings, "the same");
        // What was put off is put off again; but each reading gets on with it.
        assert!((3..30).contains(&readings), "seed {seed}, {memory} bytes: {readings}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_change_late_come_out_the_same() {
    for seed in SEEDS {
        is_the_same_with_little_memory(seed).await;
    }
}
