//! `docs/event-bytes.md` says what the code does: its example is recomputed, its program is run on a real book.
#![allow(clippy::unwrap_used, reason = "tests stop at the first failure")]

mod support;

use std::collections::HashMap;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use sha2::{Digest, Sha256};
use tallybook_event_store::Book;
use tallybook_event_store::journal::StoredEvent;
use tallybook_event_store::merkle::{CompactRange, Hash, node_hash};

const DOCUMENT: &str = include_str!("../../docs/event-bytes.md");

/// The contents of every fenced block of one language, in order.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}");
    let mut lines = text.lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        if line == opening {
            found.push(
                lines
                    .by_ref()
                    .take_while(|line| *line != "```")
                    .fold(String::new(), |block, line| block + line + "\n"),
            );
        }
    }
    found
}

/// One event of the example, as the document shows it.
struct Example {
    event: StoredEvent,
    bytes: Vec<u8>,
}

fn examples() -> Vec<Example> {
    let (_, from_first) = DOCUMENT.split_once("### Event 1\n").unwrap();
    let (events, _) = from_first.split_once("### The tree").unwrap();
    events.split("\n### Event ").map(example).collect()
}

fn example(section: &str) -> Example {
    let shown = blocks(section, "text").remove(0);
    let fields: HashMap<&str, &str> = shown
        .lines()
        .map(|line| line.split_once(':').map(|(name, value)| (name, value.trim())).unwrap())
        .collect();
    let text = |name: &str| fields[name].to_owned();
    let event = StoredEvent {
        position: fields["position"].parse().unwrap(),
        sequence: fields["sequence"].parse().unwrap(),
        recorded_at: fields["recorded_at"].parse::<DateTime<Utc>>().unwrap(),
        aggregate_type: text("aggregate_type"),
        aggregate_id: text("aggregate_id"),
        event_type: text("event_type"),
        event_version: text("event_version"),
        payload: text("payload"),
        metadata: text("metadata"),
        leaf_hash: hash_after(section, &format!("Leaf hash {}: `", fields["position"])),
    };
    let bytes = blocks(section, "hex")
        .remove(0)
        .lines()
        .map(|line| line.split(' ').next().unwrap())
        .collect::<String>();
    Example { event, bytes: hex::decode(bytes).unwrap() }
}

/// The hash between backticks that follows `words`.
fn hash_after(text: &str, words: &str) -> Hash {
    let (_, after) = text.split_once(words).unwrap_or_else(|| panic!("the document does not say {words:?}"));
    hash(after.split('`').next().unwrap())
}

fn hash(text: &str) -> Hash {
    hex::decode(text).unwrap().try_into().unwrap()
}

/// The root the document's table gives for a number of leaves.
fn stated_root(size: u64) -> Hash {
    let row = DOCUMENT.lines().find(|line| line.starts_with(&format!("| {size} |"))).unwrap();
    hash(row.split('`').nth(1).unwrap())
}

#[test]
fn every_number_of_the_example_is_what_the_code_computes() {
    let examples = examples();
    assert_eq!(examples.len(), 3);
    let mut tree = CompactRange::default();
    assert_eq!(tree.root(), stated_root(0));
    for (example, position) in examples.iter().zip(1..) {
        let event = &example.event;
        assert_eq!(event.position, position);
        assert_eq!(event.leaf(), event.leaf_hash, "the leaf of event {position}");
        let written: Hash = Sha256::digest(&example.bytes).into();
        assert_eq!(written, event.leaf_hash, "the bytes of event {position}");
        tree.append(event.leaf_hash);
        assert_eq!(tree.root(), stated_root(position), "the root of {position} events");
    }
    let [first, second, third] = [0, 1, 2].map(|at: usize| examples[at].event.leaf_hash);
    let pair = hash_after(DOCUMENT, "`SHA-256(01 ‖ leaf 1 ‖ leaf 2)`: `");
    assert_eq!(node_hash(&first, &second), pair);
    assert_eq!(tree.frontier(), [pair, third].concat());
}

#[test]
fn the_comments_beside_the_bytes_are_true() {
    for section in blocks(DOCUMENT, "hex") {
        for line in section.lines() {
            let (bytes, comment) = line.split_once("  ").unwrap_or((line, ""));
            let Some((_, number)) = comment.trim().rsplit_once(", ").filter(|(_, last)| *last != "layout")
            else {
                continue;
            };
            assert_eq!(u64::from_str_radix(bytes, 16).unwrap(), number.parse::<u64>().unwrap(), "{line}");
        }
    }
}

#[test]
fn the_events_of_the_example_can_happen() {
    for example in examples() {
        let upcasters = tallybook_domain::upcasters();
        let decoded = example.event.decode(&upcasters).unwrap();
        assert_eq!(decoded.event.to_payload().unwrap(), example.event.payload);
        assert_eq!(serde_json::to_string(&decoded.metadata).unwrap(), example.event.metadata);
    }
}

/// What the document's query answers.
async fn export(book: &Book) -> String {
    let query = blocks(DOCUMENT, "sql").remove(0);
    let mut connection = book.pool().acquire().await.unwrap();
    let parts: Vec<_> = connection.copy_out_raw(&query).await.unwrap().try_collect().await.unwrap();
    String::from_utf8(parts.concat()).unwrap()
}

/// Runs the document's program; `None` without Python.
fn verify(csv: &str, noted: &[String]) -> Option<Output> {
    let program = blocks(DOCUMENT, "python").remove(0);
    let started = Command::new("python3")
        .args(["-c", &program])
        .args(noted)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut python = match started {
        Ok(python) => python,
        Err(error) => {
            eprintln!("skipped: the document's program was not run, python3 does not start ({error})");
            return None;
        }
    };
    // A program that refuses its first line need not read the last.
    python.stdin.take().unwrap().write_all(csv.as_bytes()).ok();
    Some(python.wait_with_output().unwrap())
}

fn refusal(csv: &str, noted: &[String]) -> String {
    let output = verify(csv, noted).unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn the_program_of_the_document_agrees_with_a_real_book_and_notices_what_was_changed() {
    let test_book = support::TestBook::new().await;
    let book = test_book.open().await;
    let head = async || {
        sqlx::query_as::<_, (i64, String)>("SELECT position, encode(root, 'hex') FROM book_head")
            .fetch_one(book.pool())
            .await
            .unwrap()
    };
    let mut noted = Vec::new();
    for number in 1..=7 {
        let reference = format!("付款,\"{number}\"");
        support::deposit(&book, &support::wallet(number % 3 + 1), "1.00", &reference, None).await.unwrap();
        let (position, root) = head().await;
        noted.push(format!("{position}:{root}"));
    }
    let csv = export(&book).await;
    let Some(output) = verify(&csv, &noted) else { return };
    let (position, root) = head().await;
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), format!("{position} {root}"));

    let changed = csv.replacen("\"\"1.00\"\"", "\"\"9.00\"\"", 1);
    assert_ne!(changed, csv);
    assert_eq!(refusal(&changed, &[]).trim(), "event 1 is not what its leaf hash says");
    let shortened = csv.lines().take(6).map(|line| format!("{line}\n")).collect::<String>();
    assert!(refusal(&shortened, &[]).starts_with("the head says root"));
    assert!(refusal(&shortened, &noted[6..]).starts_with("the journal ends at event 6"));
    let without_third = csv.lines().filter(|line| !line.starts_with("3,")).map(|line| format!("{line}\n"));
    assert_eq!(refusal(&without_third.collect::<String>(), &[]).trim(), "event 3 is missing");
    let forged = format!("5:{}", "0".repeat(64));
    assert_eq!(refusal(&csv, &[forged]).trim(), "the root at event 5 is not the one noted");
    book.shutdown().await;
}
