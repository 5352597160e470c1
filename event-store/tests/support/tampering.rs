//! What someone could do to a book who owns its tables.

use sqlx::Executor;
use tallybook_event_store::merkle::{CompactRange, Hash};
use tallybook_event_store::{Book, journal};

use super::TestBook;

const TABLES: [&str; 4] = ["events", "commands", "book_head", "seals"];

/// Does what only someone who owns the tables and has switched off their guards can do.
pub async fn tamper(test: &TestBook, statement: &str) {
    let mut owner = test.owner().await;
    for table in TABLES {
        owner.execute(format!("GRANT ALL ON {table} TO CURRENT_USER").as_str()).await.unwrap();
        owner.execute(format!("ALTER TABLE {table} DISABLE TRIGGER USER").as_str()).await.unwrap();
    }
    let changed = owner.execute(sqlx::raw_sql(statement)).await.unwrap();
    assert!(changed.rows_affected() > 0, "{statement} changed nothing");
    for table in TABLES {
        owner.execute(format!("ALTER TABLE {table} ENABLE TRIGGER USER").as_str()).await.unwrap();
    }
}

/// Makes every leaf hash fit its row, as someone would who has read the documentation.
pub async fn rehash(test: &TestBook, book: &Book) -> Vec<Hash> {
    let mut leaves = Vec::new();
    for event in journal::page(book.pool(), 0, 1_000_000).await.unwrap() {
        let leaf = event.leaf();
        let position = event.position;
        if leaf != event.leaf_hash {
            let leaf = hex::encode(leaf);
            tamper(test, &format!("UPDATE events SET leaf_hash = '\\x{leaf}' WHERE position = {position}"))
                .await;
        }
        leaves.push(leaf);
    }
    leaves
}

/// Makes the head fit the leaves.
pub async fn rewrite_head(test: &TestBook, leaves: &[Hash]) {
    let mut tree = CompactRange::default();
    leaves.iter().for_each(|leaf| tree.append(*leaf));
    let (frontier, root) = (hex::encode(tree.frontier()), hex::encode(tree.root()));
    let (position, set) = (leaves.len(), format!("frontier = '\\x{frontier}', root = '\\x{root}'"));
    tamper(test, &format!("UPDATE book_head SET position = {position}, {set}")).await;
}
