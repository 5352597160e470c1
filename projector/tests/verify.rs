//! Verifying on a real PostgreSQL: each row that was tampered with is told, with the first event that explains it.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::collections::BTreeMap;

use support::TestBook;
use support::history::busy;
use support::rebuilding::{folded, only, rebuilder};
use tallybook_projector::{RowDifference, view_schema};

async fn tamper(book: &TestBook, statement: &str) {
    let done = sqlx::query(statement).execute(&book.pool).await.unwrap();
    assert_eq!(done.rows_affected(), 1, "{statement}");
}

/// The positions of the events of a stream.
async fn events_of(book: &TestBook, stream: &str) -> Vec<u64> {
    let found: Vec<i64> =
        sqlx::query_scalar("SELECT position FROM events WHERE aggregate_id = $1 ORDER BY position")
            .bind(stream)
            .fetch_all(&book.pool)
            .await
            .unwrap();
    found.into_iter().map(|position| u64::try_from(position).unwrap()).collect()
}

/// What differs, by the value of a column.
async fn differences(book: &TestBook, projection: &str, by: &'static str) -> BTreeMap<String, RowDifference> {
    let verified = rebuilder(book).verify(&only(projection)).await.unwrap().remove(0);
    assert_eq!(verified.position, book.head());
    let key = |row: &RowDifference| {
        row.live.as_ref().or(row.folded.as_ref()).and_then(|values| values[by].clone()).unwrap()
    };
    verified.rows.into_iter().map(|row| (key(&row), row)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_explained_by_the_first_event_it_does_not_show() {
    let book = folded(busy(5, 10)).await;
    let wallets: Vec<String> = (0..4).map(|number| support::history::wallet_of(number).to_string()).collect();
    let mut events = Vec::new();
    for wallet in &wallets {
        events.push(events_of(&book, wallet).await);
    }
    // As the third wallet was after its fourth event.
    let (older, next) = (events[2][3], events[2][4]);
    let name = "older".parse().unwrap();
    rebuilder(&book).view(&name, older, &"user:tester".parse().unwrap()).await.unwrap();
    let view = view_schema(&book.schema, &name);

    let of = |wallet: usize| format!("WHERE id = '{}'", wallets[wallet]);
    let wrong = format!("UPDATE wallets SET balance = balance + 7, available = available + 7 {}", of(0));
    tamper(&book, &wrong).await;
    tamper(&book, &format!("DELETE FROM wallets {}", of(1))).await;
    tamper(&book, &format!("DELETE FROM wallets {}", of(2))).await;
    tamper(&book, &format!("INSERT INTO wallets SELECT * FROM {view}.wallets {}", of(2))).await;
    let more = format!(
        "INSERT INTO wallets SELECT (w).* FROM (
             SELECT json_populate_record(w, '{{\"id\": \"C00099.CNY\"}}') AS w FROM wallets AS w {}) AS more",
        of(3)
    );
    tamper(&book, &more).await;

    let found = differences(&book, "wallets", "id").await;
    let told: Vec<_> = found.iter().map(|(id, row)| (id.as_str(), row.first_event)).collect();
    let expected = [
        (wallets[0].as_str(), Some(events[0][0])),
        (wallets[1].as_str(), Some(events[1][0])),
        (wallets[2].as_str(), Some(next)),
        ("C00099.CNY", None),
    ];
    assert_eq!(told, expected);
    assert!(found["C00099.CNY"].folded.is_none() && found[&wallets[1]].live.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_in_a_state_it_never_had_is_explained_by_its_first_event() {
    let book = folded(busy(5, 10)).await;
    let sum = "UPDATE daily_totals SET deposits = deposits + 7, net = net + 7
                WHERE (effective_date, currency) = (SELECT effective_date, currency FROM daily_totals
                                                     WHERE deposit_count > 1 ORDER BY 1, 2 LIMIT 1)";
    tamper(&book, sum).await;
    let found = differences(&book, "daily_totals", "effective_date").await;
    assert_eq!(found.len(), 1);
    let (date, row) = found.first_key_value().unwrap();
    let first: i64 =
        sqlx::query_scalar("SELECT min(position) FROM events WHERE payload::text LIKE '%\"' || $1 || '\"%'")
            .bind(date)
            .fetch_one(&book.pool)
            .await
            .unwrap();
    assert_eq!(row.first_event, u64::try_from(first).ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_explained_by_the_event_that_writes_it() {
    let book = folded(busy(5, 10)).await;
    let lines: Vec<i64> =
        sqlx::query_scalar("SELECT position FROM wallet_statement_lines ORDER BY position LIMIT 3")
            .fetch_all(&book.pool)
            .await
            .unwrap();
    let [changed, deleted, doubled] = lines[..] else { panic!("{lines:?}") };
    let line = |position: i64| format!("WHERE position = {position}");
    // The amount is in the key's index, but no part of the key.
    tamper(&book, &format!("UPDATE wallet_statement_lines SET amount = amount * 2 {}", line(changed))).await;
    tamper(&book, &format!("DELETE FROM wallet_statement_lines {}", line(deleted))).await;
    let more = format!(
        "INSERT INTO wallet_statement_lines SELECT (l).* FROM (
             SELECT json_populate_record(l, '{{\"position\": 99999}}') AS l
               FROM wallet_statement_lines AS l {}) AS more",
        line(doubled)
    );
    tamper(&book, &more).await;
    let found = differences(&book, "wallet_statement", "position").await;
    let told: BTreeMap<_, _> = found.iter().map(|(key, row)| (key.as_str(), row.first_event)).collect();
    let expected = [
        (changed.to_string(), u64::try_from(changed).ok()),
        (deleted.to_string(), u64::try_from(deleted).ok()),
        ("99999".to_owned(), None),
    ];
    assert_eq!(told, expected.iter().map(|(key, event)| (key.as_str(), *event)).collect());
    let both = &found[&changed.to_string()];
    assert!(both.live.is_some() && both.folded.is_some(), "one row that differs: {both:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_older_state_of_every_row_is_explained_by_the_event_after_it() {
    let book = folded(busy(5, 10)).await;
    // The second last event that touches each withdrawal: the row was left behind there.
    let (id, updated): (String, i64) = sqlx::query_as(
        "SELECT id, updated_position FROM withdrawals WHERE state = 'returned' ORDER BY id LIMIT 1",
    )
    .fetch_one(&book.pool)
    .await
    .unwrap();
    let last = u64::try_from(updated).unwrap();
    let steps = events_of(&book, &id).await;
    assert!(steps.len() > 3 && steps.last() == Some(&last));
    for pair in steps.windows(2) {
        let name = format!("at_{}", pair[0]).parse().unwrap();
        rebuilder(&book).view(&name, pair[0], &"user:tester".parse().unwrap()).await.unwrap();
        let view = view_schema(&book.schema, &name);
        tamper(&book, &format!("DELETE FROM withdrawals WHERE id = '{id}'")).await;
        tamper(&book, &format!("INSERT INTO withdrawals SELECT * FROM {view}.withdrawals WHERE id = '{id}'"))
            .await;
        let found = differences(&book, "withdrawals", "id").await;
        assert_eq!(found[&id].first_event, Some(pair[1]), "left behind at {}", pair[0]);
    }
}
