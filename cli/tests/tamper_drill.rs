//! The drill of `docs/auditing.md`: what someone can do to a book who owns its tables, and which check finds it.

#![allow(clippy::unwrap_used, reason = "this is test code, though not all in test functions")]

mod running;

use std::path::Path;

use running::{Up, place, stderr, stdout};
use serde_json::Value;
use sqlx::{ConnectOptions, Executor, PgConnection};
use tallybook_event_store::journal;
use tallybook_event_store::merkle::{CompactRange, Hash};
use tokio::runtime::Runtime;

/// What the guards protect.
const TABLES: [&str; 4] = ["events", "commands", "book_head", "seals"];

/// Someone who owns the tables, has taken down their guards and puts them up again before anyone looks.
struct Intruder {
    runtime: Runtime,
    owner: PgConnection,
}

impl Intruder {
    fn at(data: &Path) -> Self {
        let runtime = Runtime::new().unwrap();
        let connect = tallybook::postgres::attach(data).unwrap().options([("search_path", "book_main")]);
        let mut intruder = Self { owner: runtime.block_on(connect.connect()).unwrap(), runtime };
        intruder.execute("CREATE SCHEMA kept");
        for table in TABLES {
            intruder.execute(&format!("GRANT ALL ON {table} TO CURRENT_USER"));
            intruder.execute(&format!("CREATE TABLE kept.{table} AS TABLE {table}"));
        }
        intruder
    }

    fn execute(&mut self, statement: &str) -> u64 {
        let done = self.runtime.block_on(self.owner.execute(sqlx::raw_sql(statement)));
        done.unwrap().rows_affected()
    }

    fn guards(&mut self, set: &str) {
        for table in TABLES {
            self.execute(&format!("ALTER TABLE {table} {set} TRIGGER USER"));
        }
    }

    fn does(&mut self, statement: &str) {
        self.guards("DISABLE");
        assert!(self.execute(statement) > 0, "{statement} changed nothing");
        self.guards("ENABLE");
    }

    /// Puts everything back as it was.
    fn undo(&mut self) {
        self.guards("DISABLE");
        for table in TABLES {
            self.execute(&format!("DELETE FROM {table}"));
            self.execute(&format!("INSERT INTO {table} SELECT * FROM kept.{table}"));
        }
        self.guards("ENABLE");
    }

    /// Makes every leaf hash fit its row, as someone does who has read the documentation.
    fn rehash(&mut self) -> Vec<Hash> {
        let events = self.runtime.block_on(journal::page(&mut self.owner, 0, 1_000_000)).unwrap();
        let mut leaves = Vec::new();
        for event in events {
            let leaf = event.leaf();
            if leaf != event.leaf_hash {
                let (leaf, position) = (hex::encode(leaf), event.position);
                self.does(&format!("UPDATE events SET leaf_hash = '\\x{leaf}' WHERE position = {position}"));
            }
            leaves.push(leaf);
        }
        leaves
    }

    /// Makes the head fit the leaves.
    fn rewrite_head(&mut self, leaves: &[Hash]) {
        let mut tree = CompactRange::default();
        leaves.iter().for_each(|leaf| tree.append(*leaf));
        let (position, root, frontier) =
            (leaves.len(), hex::encode(tree.root()), hex::encode(tree.frontier()));
        self.does(&format!(
            "UPDATE book_head SET position = {position}, frontier = '\\x{frontier}', root = '\\x{root}'"
        ));
    }

    /// Ten events less, and what else came with the first of them; nothing in the book tells of them but the seals.
    fn cut_the_tail(&mut self) {
        let leaves = self.rehash();
        let tail = i64::try_from(leaves.len() - 10).unwrap();
        let before =
            sqlx::query_scalar("SELECT min(first_position) - 1 FROM commands WHERE last_position > $1");
        let left: i64 = self.runtime.block_on(before.bind(tail).fetch_one(&mut self.owner)).unwrap();
        let left = usize::try_from(left).unwrap();
        self.does(&format!("DELETE FROM events WHERE position > {left}"));
        self.does(&format!("DELETE FROM commands WHERE last_position > {left}"));
        self.rewrite_head(&leaves[..left]);
    }
}

/// The checks that fail, and the exit code.
fn failed(up: &Up, more: &[&str]) -> (Vec<String>, Option<i32>) {
    let verified = up.beside(&[&["audit", "verify", "--json"], more].concat());
    let report: Value =
        serde_json::from_str(&stdout(&verified)).unwrap_or_else(|_| panic!("{}", stderr(&verified)));
    let checks = report["checks"].as_array().unwrap().iter();
    let failed = checks.filter(|check| check["count"] != 0).map(|check| check["check"].as_str().unwrap());
    (failed.map(str::to_owned).collect(), verified.status.code())
}

/// Still a deposit that anyone would believe.
const CHANGE_A_PAYLOAD: &str = r#"UPDATE events SET payload = replace(payload::text, '"amount":"', '"amount":"1')::json
     WHERE position = (SELECT min(position) FROM events WHERE event_type = 'DepositRecorded')"#;
const SWAP_TWO_ROWS: &str = "UPDATE events SET position = 1000000 WHERE position = 20;
     UPDATE events SET position = 20 WHERE position = 21;
     UPDATE events SET position = 21 WHERE position = 1000000";

type Drill<'a> = (&'a str, fn(&mut Intruder), &'a [&'a str]);

#[test]
fn each_kind_of_tampering_is_found_by_the_check_that_is_named() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &["--demo"]);
    let outside = place.path().join("kept-elsewhere");
    let outside = outside.to_str().unwrap();
    let sealed = up.beside(&["audit", "seal", "--seal-file", outside]);
    assert_eq!(sealed.status.code(), Some(0), "{}", stderr(&sealed));
    let mut intruder = Intruder::at(&up.data);
    let drills: [Drill<'_>; 7] = [
        ("leaf_hashes", |intruder| intruder.does(CHANGE_A_PAYLOAD), &[]),
        ("positions", |intruder| intruder.does("DELETE FROM events WHERE position = 20"), &[]),
        ("leaf_hashes", |intruder| intruder.does(SWAP_TWO_ROWS), &[]),
        (
            "root",
            |intruder| {
                intruder.does(CHANGE_A_PAYLOAD);
                intruder.rehash();
            },
            &[],
        ),
        (
            "seals",
            |intruder| {
                intruder.does(CHANGE_A_PAYLOAD);
                let leaves = intruder.rehash();
                intruder.rewrite_head(&leaves);
            },
            &[],
        ),
        ("seals", Intruder::cut_the_tail, &[]),
        (
            "seals",
            |intruder| {
                intruder.cut_the_tail();
                intruder.does("DELETE FROM seals");
            },
            &["--seals", outside],
        ),
    ];
    for (number, (check, tamper, with)) in drills.into_iter().enumerate() {
        tamper(&mut intruder);
        let (checks, code) = failed(&up, with);
        assert!(checks.contains(&check.to_owned()) && code == Some(1), "{number}: {checks:?}, not {check}");
        intruder.undo();
        assert_eq!(failed(&up, &["--seals", outside]), (Vec::new(), Some(0)), "after {number} was undone");
    }
    // What agrees with itself and with the seals in it is found by nothing that looks at the book alone.
    intruder.cut_the_tail();
    intruder.does("DELETE FROM seals");
    assert_eq!(failed(&up, &[]), (Vec::new(), Some(0)));
    let refused = up.beside(&["audit", "seal", "--seal-file", outside]);
    assert_eq!(refused.status.code(), Some(1), "no second history is signed: {}", stdout(&refused));
    assert!(stderr(&refused).contains("but") && stderr(&refused).contains("kept-elsewhere"));
    intruder.undo();
}

#[test]
fn an_edited_read_table_is_found_by_projector_verify_and_not_by_audit_verify() {
    let Some(place) = place() else { return };
    let up = Up::start(place.path(), &["--demo"]);
    let clean = up.beside(&["projector", "verify", "wallets"]);
    assert_eq!(clean.status.code(), Some(0), "{}", stderr(&clean));
    let mut intruder = Intruder::at(&up.data);
    intruder.execute("SET ROLE tallybook_runtime");
    let edit = "UPDATE wallets SET balance = balance + 1, available = available + 1 WHERE id = 'C00001.CNY'";
    assert_eq!(intruder.execute(edit), 1);
    assert_eq!(failed(&up, &[]), (Vec::new(), Some(0)));
    let found = up.beside(&["projector", "verify", "wallets"]);
    assert_eq!(found.status.code(), Some(1), "{}", stderr(&found));
    assert!(stdout(&found).contains("C00001.CNY"), "{}", stdout(&found));
}
