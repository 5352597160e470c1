//! What is looked at before the events: the head, and the guards of the journal.

use sqlx::PgPool;

use super::report::{Check, Found};
use crate::journal::unsigned;
use crate::merkle::{CompactRange, Hash};

/// The head and the last event, of one moment: an append moves both in one statement.
#[derive(Debug)]
pub(super) struct Opening {
    /// `None`: the head cannot be read.
    pub(super) head: Option<Head>,
    /// The largest position there is.
    pub(super) last: u64,
}

#[derive(Debug)]
pub(super) struct Head {
    pub(super) position: u64,
    pub(super) tree: CompactRange,
    pub(super) root: Hash,
}

impl Opening {
    pub(super) async fn read(pool: &PgPool, found: &mut Found) -> Result<Self, sqlx::Error> {
        let rows = sqlx::query!(
            r#"SELECT book_head.position AS "position?", frontier AS "frontier?", root AS "root?",
                      coalesce(last.position, 0) AS "last!"
                 FROM (SELECT max(position) AS position FROM events) AS last LEFT JOIN book_head ON true"#
        )
        .fetch_all(pool)
        .await?;
        let mut opening = Self { head: None, last: 0 };
        if rows.len() > 1 {
            found.add(Check::Head, None, "there is more than one head");
        }
        if let Some(row) = rows.into_iter().next() {
            opening.last = unsigned(row.last)?;
            opening.head = head(row.position, row.frontier, row.root, found);
        }
        if let Some(head) = &opening.head
            && opening.last > head.position
        {
            let detail = format_args!("the head is at {}, the last event at {}", head.position, opening.last);
            found.add(Check::Head, Some(head.position + 1), detail);
        }
        Ok(opening)
    }
}

fn head(
    position: Option<i64>,
    frontier: Option<Vec<u8>>,
    root: Option<Vec<u8>>,
    found: &mut Found,
) -> Option<Head> {
    let (Some(position), Some(frontier), Some(root)) = (position, frontier, root) else {
        found.add(Check::Head, None, "there is no head");
        return None;
    };
    let (Ok(position), Ok(root)) = (unsigned(position), Hash::try_from(root)) else {
        found.add(Check::Head, None, "the head's position or root cannot be one");
        return None;
    };
    match CompactRange::from_frontier(position, &frontier) {
        Ok(tree) => Some(Head { position, tree, root }),
        Err(mismatch) => {
            found.add(Check::Head, None, mismatch);
            None
        }
    }
}

/// Triggers that refuse changes, by table.
const TRIGGERS: [(&str, &str); 4] = [
    ("events", "events_are_immutable"),
    ("commands", "commands_are_immutable"),
    ("book_head", "book_head_is_kept"),
    ("seals", "seals_are_immutable"),
];

/// Keys that keep positions, sequences and command ids single, by table.
const KEYS: [(&str, &str); 4] = [
    ("events", "events_pkey"),
    ("events", "events_position_key"),
    ("commands", "commands_pkey"),
    ("book_head", "book_head_pkey"),
];

/// Looks whether what refuses changes is there and switched on.
pub(super) async fn check_guards(pool: &PgPool, found: &mut Found) -> Result<(), sqlx::Error> {
    for (table, trigger) in TRIGGERS {
        // 'O' and 'A': it fires in ordinary sessions.
        let stands = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM pg_trigger
                               WHERE tgrelid = to_regclass($1) AND tgname = $2 AND tgenabled IN ('O', 'A')) AS "stands!""#,
            table,
            trigger
        )
        .fetch_one(pool)
        .await?;
        if !stands {
            let detail = format_args!("the trigger {trigger} of {table} is gone or switched off");
            found.add(Check::Guards, None, detail);
        }
    }
    for (table, key) in KEYS {
        let stands = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM pg_constraint JOIN pg_index ON indexrelid = conindid
                               WHERE conrelid = to_regclass($1) AND conname = $2
                                 AND indisunique AND indisvalid AND indisready) AS "stands!""#,
            table,
            key
        )
        .fetch_one(pool)
        .await?;
        if !stands {
            found.add(Check::Guards, None, format_args!("the key {key} of {table} is gone or not valid"));
        }
    }
    Ok(())
}
