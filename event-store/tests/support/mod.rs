//! A book of its own for each test, on the PostgreSQL that DATABASE_URL names.
#![allow(dead_code, unreachable_pub, unused_imports, reason = "each test file uses its own part of this")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests stop at the first failure, make their own names and read DATABASE_URL"
)]

mod tampering;

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};
use tallybook_domain::deposits::{BankReference, DepositMethod, Wallet, WalletCommand, WalletRefusal};
use tallybook_domain::{Actor, Currency, Money, Refusal, WalletId, WithdrawalId};
use tallybook_event_store::schema::{NewBook, provision};
use tallybook_event_store::{
    Book, BookSettings, CommandError, CommandMetadata, CommandRequest, Decision, Receipt, StreamKey,
};

pub use tampering::{rehash, rewrite_head, tamper};

pub struct TestBook {
    pub connect: PgConnectOptions,
    pub schema: String,
}

/// The server that DATABASE_URL names, and a name for a schema that nobody else uses.
pub fn place() -> (PgConnectOptions, String) {
    let url = std::env::var("DATABASE_URL").expect(
        "DATABASE_URL is not set: run `make test`, or put `scripts/with-postgres` before the command",
    );
    (PgConnectOptions::from_str(&url).unwrap(), format!("test_{}", uuid::Uuid::now_v7().simple()))
}

impl TestBook {
    pub async fn new() -> Self {
        let (connect, schema) = place();
        provision(&connect, &schema, &NewBook::default()).await.unwrap();
        Self { connect, schema }
    }

    pub fn settings(&self) -> BookSettings {
        BookSettings { pool_connections: 4, ..BookSettings::new(&self.schema) }
    }

    pub async fn open(&self) -> Book {
        Book::open(&self.connect, self.settings()).await.unwrap()
    }

    /// A connection with the rights of the book's owner.
    pub async fn owner(&self) -> PgConnection {
        let mut connection = PgConnection::connect_with(&self.connect).await.unwrap();
        connection.execute(format!("SET search_path = {}", self.schema).as_str()).await.unwrap();
        connection
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Available {
    pub available: Money,
}

pub fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::parse("CNY").unwrap()).unwrap()
}

pub fn wallet(number: u64) -> WalletId {
    WalletId::from_str(&format!("C{number:05}.CNY")).unwrap()
}

pub fn request(key: Option<&str>, body: &impl Serialize) -> CommandRequest {
    let metadata = CommandMetadata {
        actor: Actor::from_str("user:tester").unwrap(),
        request_id: None,
        reason: None,
        client_address: None,
    };
    let request = CommandRequest::new("test", metadata, body).unwrap();
    CommandRequest { command_id: key.map(str::to_owned), ..request }
}

/// Records a deposit with a reference claimed for it, as the use case does.
pub async fn deposit(
    book: &Book,
    wallet: &WalletId,
    amount: &str,
    reference: &str,
    key: Option<&str>,
) -> Result<Receipt<Available>, CommandError> {
    let request = request(key, &(wallet, amount, reference));
    deposit_as(book, request, wallet, amount, reference).await
}

pub async fn deposit_as(
    book: &Book,
    request: CommandRequest,
    wallet: &WalletId,
    amount: &str,
    reference: &str,
) -> Result<Receipt<Available>, CommandError> {
    let (wallet, amount) = (wallet.clone(), yuan(amount));
    let reference = BankReference::from_str(reference).unwrap();
    let streams = vec![StreamKey::existing::<Wallet>(wallet.as_str())];
    book.execute(request, streams, move |decision| {
        record(decision, &wallet, amount, &reference)?;
        let taken = WalletRefusal::ReferenceTaken { reference: reference.clone() };
        decision.claim("deposit_reference", reference.as_str(), taken.into());
        available(decision, &wallet)
    })
    .await
}

pub fn record(
    decision: &mut Decision<'_>,
    wallet: &WalletId,
    amount: Money,
    reference: &BankReference,
) -> Result<(), Refusal> {
    let today = decision.today();
    decision.decide::<Wallet>(
        wallet.as_str(),
        WalletCommand::RecordDeposit {
            wallet: wallet.clone(),
            amount,
            reference: reference.clone(),
            method: DepositMethod::BankTransfer,
            effective_date: today,
            remark: None,
            today,
        },
    )?;
    Ok(())
}

pub fn available(decision: &Decision<'_>, wallet: &WalletId) -> Result<Available, Refusal> {
    Ok(Available { available: decision.state::<Wallet>(wallet.as_str()).available(wallet.currency()) })
}

/// Sets money aside: refused when there is not enough.
pub async fn hold(book: &Book, wallet: &WalletId, amount: &str) -> Result<Receipt<Available>, CommandError> {
    let (wallet, amount) = (wallet.clone(), yuan(amount));
    let withdrawal = WithdrawalId::from_uuid(uuid::Uuid::now_v7());
    let request = request(None, &(&wallet, &withdrawal));
    let streams = vec![StreamKey::existing::<Wallet>(wallet.as_str())];
    book.execute(request, streams, move |decision| {
        let command = WalletCommand::Hold { wallet: wallet.clone(), withdrawal: withdrawal.clone(), amount };
        decision.decide::<Wallet>(wallet.as_str(), command)?;
        available(decision, &wallet)
    })
    .await
}

/// Positions 1, 2, 3 …, sequences 1, 2, 3 … in each stream, every leaf and the root recomputed from stored text.
pub async fn assert_journal_is_whole(book: &Book) {
    use std::collections::HashMap;

    use tallybook_event_store::journal;
    use tallybook_event_store::merkle::CompactRange;

    let events = journal::page(book.pool(), 0, 1_000_000).await.unwrap();
    let (mut tree, mut sequences) = (CompactRange::default(), HashMap::new());
    for (event, position) in events.iter().zip(1..) {
        assert_eq!(event.position, position, "positions are dense");
        let sequence = sequences.entry((&event.aggregate_type, &event.aggregate_id)).or_insert(0u64);
        *sequence += 1;
        assert_eq!(event.sequence, *sequence, "sequences are dense");
        let hash = event.leaf();
        assert_eq!(hash, event.leaf_hash, "the leaf covers the stored bytes");
        tree.append(hash);
    }
    let (position, frontier, root): (i64, Vec<u8>, Vec<u8>) =
        sqlx::query_as("SELECT position, frontier, root FROM book_head")
            .fetch_one(book.pool())
            .await
            .unwrap();
    assert_eq!(usize::try_from(position).unwrap(), events.len());
    assert_eq!(frontier, tree.frontier());
    assert_eq!(root, tree.root());
}

/// Records so many deposits of 1.00 in three wallets, a thousand in a command.
pub async fn many_deposits(book: &Book, thousands: u64) {
    for number in 0..thousands {
        let streams = vec![StreamKey::existing::<Wallet>(wallet(number % 3).as_str())];
        book.execute(request(None, &(number, "many")), streams, move |decision| {
            for deposit in 0..1000 {
                let reference = BankReference::from_str(&format!("R{number}.{deposit}")).unwrap();
                record(decision, &wallet(number % 3), yuan("1.00"), &reference)?;
            }
            Ok(number)
        })
        .await
        .unwrap();
    }
}

pub async fn count(book: &Book, sql: &str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(book.pool()).await.unwrap()
}
