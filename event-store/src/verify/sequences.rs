//! Whether each aggregate's sequences are 1, 2, 3 … in the order of positions, in bounded memory.
//!
//! The last sequence of each aggregate met lately is kept. Where it is not known, or does not fit, the database is
//! asked whether the event's predecessor comes before it. That no sequence occurs twice is also what the primary
//! key sees to, and the guards say whether it stands.

use std::collections::HashMap;

use sqlx::PgPool;

use super::report::{Check, Found};
use crate::journal::{signed, unsigned};

/// The sequences of one aggregate in one block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    /// A keyed hash of the aggregate's type and id. Two that share one are only looked up more often.
    pub(super) key: u64,
    pub(super) first: u64,
    pub(super) last: u64,
    /// The position of the first.
    pub(super) position: u64,
}

/// Aggregates in a generation: what fills a table of 2^21 places, 36 MB.
const GENERATION: usize = (1 << 21) / 8 * 7;
/// Events looked up in one statement.
const LOOKED_UP_AT_ONCE: usize = 10_000;

/// Two generations of aggregates: when the younger is full, the older is forgotten.
#[derive(Debug)]
pub(super) struct Sequences {
    younger: HashMap<u64, u64>,
    older: HashMap<u64, u64>,
    generation: usize,
    /// Events whose predecessors have to be looked for.
    doubtful: Vec<u64>,
}

impl Sequences {
    pub(super) fn new() -> Self {
        Self::with_generations_of(GENERATION)
    }

    fn with_generations_of(generation: usize) -> Self {
        Self { younger: HashMap::new(), older: HashMap::new(), generation, doubtful: Vec::new() }
    }

    pub(super) fn doubt(&mut self, positions: &[u64]) {
        self.doubtful.extend(positions);
    }

    /// Takes in the next run of an aggregate.
    pub(super) fn follow(&mut self, run: Run) {
        let known = self.younger.get(&run.key).or_else(|| self.older.get(&run.key));
        let follows = match known {
            Some(last) => last.checked_add(1) == Some(run.first),
            None => run.first == 1,
        };
        if !follows {
            self.doubtful.push(run.position);
        }
        if self.younger.len() >= self.generation && !self.younger.contains_key(&run.key) {
            self.older = std::mem::take(&mut self.younger);
        }
        self.younger.insert(run.key, run.last);
    }

    /// Asks the database about the doubtful events, when there are enough of them or it is the end.
    pub(super) async fn look_up(
        &mut self,
        pool: &PgPool,
        all: bool,
        found: &mut Found,
    ) -> Result<(), sqlx::Error> {
        while self.doubtful.len() >= LOOKED_UP_AT_ONCE || (all && !self.doubtful.is_empty()) {
            let some = self.doubtful.len().min(LOOKED_UP_AT_ONCE);
            let positions: Vec<u64> = self.doubtful.drain(..some).collect();
            look_up(pool, &positions, found).await?;
        }
        Ok(())
    }
}

/// Tells of events without a predecessor before them, and of those that repeat a sequence.
async fn look_up(pool: &PgPool, positions: &[u64], found: &mut Found) -> Result<(), sqlx::Error> {
    let positions: Vec<i64> = positions.iter().map(|position| signed(*position)).collect::<Result<_, _>>()?;
    let wrong = sqlx::query!(
        r#"SELECT position, aggregate_type, aggregate_id, sequence, repeats AS "repeats!"
             FROM events
             CROSS JOIN LATERAL (SELECT
                 EXISTS (SELECT FROM events AS earlier
                          WHERE earlier.aggregate_id = events.aggregate_id
                            AND earlier.aggregate_type = events.aggregate_type
                            AND earlier.sequence = events.sequence - 1
                            AND earlier.position < events.position) AS follows,
                 EXISTS (SELECT FROM events AS earlier
                          WHERE earlier.aggregate_id = events.aggregate_id
                            AND earlier.aggregate_type = events.aggregate_type
                            AND earlier.sequence = events.sequence
                            AND earlier.position < events.position) AS repeats) AS others
            WHERE position = ANY ($1) AND (repeats OR NOT (follows OR sequence = 1))
            ORDER BY position"#,
        &positions
    )
    .fetch_all(pool)
    .await?;
    for event in wrong {
        let why = if event.repeats { "was there before" } else { "does not follow the one before" };
        let detail = format_args!(
            "sequence {} of {} {} {why}",
            event.sequence, event.aggregate_type, event.aggregate_id
        );
        found.add(Check::Sequences, Some(unsigned(event.position)?), detail);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(key: u64, first: u64, last: u64, position: u64) -> Run {
        Run { key, first, last, position }
    }

    #[test]
    fn what_follows_is_not_looked_up() {
        let mut sequences = Sequences::new();
        sequences.follow(run(7, 1, 3, 1));
        sequences.follow(run(8, 1, 1, 4));
        sequences.follow(run(7, 4, 4, 5));
        assert_eq!(sequences.doubtful, [0_u64; 0]);
    }

    #[test]
    fn a_gap_a_repeat_and_a_beginning_in_the_middle_are() {
        let mut sequences = Sequences::new();
        sequences.follow(run(7, 1, 3, 1));
        sequences.follow(run(7, 5, 5, 4));
        sequences.follow(run(7, 5, 5, 5));
        sequences.follow(run(8, 2, 2, 6));
        sequences.follow(run(9, 0, 0, 7));
        assert_eq!(sequences.doubtful, [4, 5, 6, 7]);
    }

    #[test]
    fn memory_is_bounded_and_what_was_forgotten_is_looked_up() {
        let mut sequences = Sequences::with_generations_of(10);
        for key in 0..1000 {
            sequences.follow(run(key, 1, 1, key + 1));
            sequences.follow(run(0, key + 2, key + 2, 2000 + key));
        }
        assert!(sequences.younger.len() + sequences.older.len() <= 20);
        assert_eq!(sequences.doubtful, [0_u64; 0], "what is met again and again is remembered");
        sequences.follow(run(5, 2, 2, 5000));
        assert_eq!(sequences.doubtful, [5000]);
    }
}
