//! Whether the command of each event has its stored outcome, and the other way round.
//!
//! Events say in their metadata which command caused them; commands say which positions they recorded. Both sides
//! are the same set of pairs (command, position), compared by the sums of a keyed hash over each: in one pass, in
//! no memory and in any order. Only when they differ is the database asked where.

use std::hash::{BuildHasher, RandomState};

use sqlx::PgPool;

use super::report::{Check, Found};
use crate::copied::{CopiedRow, Malformed, copy};
use crate::journal::{signed, unsigned};

/// Differences named of each kind.
const NAMED_AT_MOST: i64 = 20;

/// What the stored commands say about the positions looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Caused {
    sum: u64,
    pairs: u64,
    malformed: u64,
    /// Commands that recorded something after the head: the journal was cut.
    beyond: u64,
}

impl Caused {
    /// Reads every stored command that recorded something between the positions.
    pub(super) async fn read(
        pool: PgPool,
        (from, to): (u64, u64),
        hasher: RandomState,
    ) -> Result<Self, sqlx::Error> {
        // The head of the same moment: no command is ever ahead of it.
        let query = format!(
            "SELECT command_id, coalesce(first_position, last_position + 1) AS first_position, last_position,
                    (last_position > coalesce((SELECT position FROM book_head LIMIT 1), last_position))::int::int8 AS beyond
               FROM commands
              WHERE (first_position <= {to} AND last_position >= {from})
                 OR last_position > (SELECT position FROM book_head LIMIT 1)"
        );
        let mut caused = Self::default();
        copy(&pool, &query, |row| caused.take(row, (from, to), &hasher)).await?;
        Ok(caused)
    }

    fn take(&mut self, row: CopiedRow<'_>, (from, to): (u64, u64), hasher: &RandomState) {
        let Ok((id, first, last, beyond)) = read(row) else {
            self.malformed += 1;
            return;
        };
        self.beyond += beyond;
        for position in first.max(from)..=last.min(to) {
            // More pairs than positions cannot agree; counting them all could take for ever.
            if self.pairs > to - from {
                self.malformed += 1;
                return;
            }
            self.sum = self.sum.wrapping_add(hasher.hash_one((id, position)));
            self.pairs += 1;
        }
    }

    /// Compares with what the events say, and names the differences if there are any.
    pub(super) async fn compare(
        self,
        (sum, pairs): (u64, u64),
        pool: &PgPool,
        range: (u64, u64),
        found: &mut Found,
    ) -> Result<(), sqlx::Error> {
        if self.beyond > 0 {
            name_beyond(pool, found).await?;
        }
        if self.malformed == 0 && (self.sum, self.pairs) == (sum, pairs) {
            return Ok(());
        }
        let named = name_events(pool, range, found).await? + name_commands(pool, range, found).await?;
        if named == 0 {
            let detail = "events and commands do not agree on which caused which";
            found.add(Check::Commands, None, detail);
        }
        Ok(())
    }
}

fn read(mut row: CopiedRow<'_>) -> Result<(&str, u64, u64, u64), Malformed> {
    let (id, first) = (row.text("command_id")?, row.count("first_position")?);
    Ok((id, first, row.count("last_position")?, row.count("beyond")?))
}

/// Events whose command is not stored, or does not say that it caused them.
async fn name_events(pool: &PgPool, (from, to): (u64, u64), found: &mut Found) -> Result<usize, sqlx::Error> {
    let without = sqlx::query!(
        r#"SELECT position, metadata ->> 'command_id' AS "command_id!"
             FROM events
            WHERE position BETWEEN $1 AND $2 AND metadata ->> 'command_id' IS NOT NULL
              AND NOT EXISTS (SELECT FROM commands
                               WHERE commands.command_id = events.metadata ->> 'command_id'
                                 AND events.position BETWEEN first_position AND last_position)
            ORDER BY position LIMIT $3"#,
        signed(from)?,
        signed(to)?,
        NAMED_AT_MOST
    )
    .fetch_all(pool)
    .await?;
    for event in &without {
        let command = &event.command_id;
        let detail = format_args!("its command {command} has no stored outcome that covers it");
        found.add(Check::Commands, Some(unsigned(event.position)?), detail);
    }
    Ok(without.len())
}

/// Commands whose events would come after the head.
async fn name_beyond(pool: &PgPool, found: &mut Found) -> Result<(), sqlx::Error> {
    let beyond = sqlx::query!(
        "SELECT command_id, last_position FROM commands
          WHERE last_position > (SELECT position FROM book_head) ORDER BY last_position LIMIT $1",
        NAMED_AT_MOST
    )
    .fetch_all(pool)
    .await?;
    for command in beyond {
        let id = command.command_id;
        let detail =
            format_args!("the stored command {id} is answered with this position, which is after the head");
        found.add(Check::Commands, Some(unsigned(command.last_position)?), detail);
    }
    Ok(())
}

/// Commands that say they caused an event which does not say so.
async fn name_commands(
    pool: &PgPool,
    (from, to): (u64, u64),
    found: &mut Found,
) -> Result<usize, sqlx::Error> {
    let alone = sqlx::query!(
        r#"SELECT command_id, first_position AS "first_position!", last_position
             FROM commands
            WHERE first_position <= $2 AND last_position >= $1
              AND (SELECT count(*) FROM events
                    WHERE position BETWEEN greatest(first_position, $1) AND least(last_position, $2)
                      AND metadata ->> 'command_id' = command_id)
                  <> least(last_position, $2) - greatest(first_position, $1) + 1
            ORDER BY first_position LIMIT $3"#,
        signed(from)?,
        signed(to)?,
        NAMED_AT_MOST
    )
    .fetch_all(pool)
    .await?;
    for command in &alone {
        let (id, last) = (&command.command_id, command.last_position);
        let detail =
            format_args!("the stored command {id} claims events up to {last} that are not all its own");
        found.add(Check::Commands, Some(unsigned(command.first_position)?), detail);
    }
    Ok(alone.len())
}
