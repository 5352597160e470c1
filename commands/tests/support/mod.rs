//! A book of its own for each test, on the PostgreSQL that DATABASE_URL names, and short ways to ask for things.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part of this")]
#![allow(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]
#![allow(clippy::disallowed_methods, reason = "tests make their own names and read DATABASE_URL")]

pub mod billing;
pub mod settlement;

use std::fmt::Debug;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::postgres::PgConnectOptions;
use tallybook_commands::CommandContext;
use tallybook_commands::customers::personal::{MasterKey, PersonalKeys};
use tallybook_commands::customers::{
    CloseCustomer, RegisterCustomer, SuspendCustomer, close_customer, register_customer, suspend_customer,
};
use tallybook_commands::deposits::{
    DepositOutcome, RecordDeposit, RequestWithdrawal, WithdrawalOutcome, record_deposit, request_withdrawal,
};
use tallybook_domain::deposits::{DepositMethod, Destination};
use tallybook_domain::risk::Known;
use tallybook_domain::{Currency, CustomerId, Money, Refusal, WithdrawalId};
use tallybook_event_store::schema::{NewBook, provision};
use tallybook_event_store::{Book, BookSettings, CommandError, Receipt};

pub async fn book() -> Book {
    opened(|settings| settings).await
}

/// One with this clock.
pub async fn clocked(clock: fn() -> DateTime<Utc>) -> Book {
    opened(|settings| BookSettings { clock, ..settings }).await
}

async fn opened(differently: impl FnOnce(BookSettings) -> BookSettings) -> Book {
    let url = std::env::var("DATABASE_URL").expect(
        "DATABASE_URL is not set: run `make test`, or put `scripts/with-postgres` before the command",
    );
    let connect = PgConnectOptions::from_str(&url).unwrap();
    let schema = format!("test_{}", uuid::Uuid::now_v7().simple());
    provision(&connect, &schema, &NewBook::default()).await.unwrap();
    let settings = BookSettings { pool_connections: 4, ..BookSettings::new(&schema) };
    Book::open(&connect, differently(settings)).await.unwrap()
}

/// One more process, so to speak, on the same book.
pub async fn second(book: &Book) -> Book {
    let connect = PgConnectOptions::from_str(&std::env::var("DATABASE_URL").unwrap()).unwrap();
    let settings = BookSettings { pool_connections: 4, ..BookSettings::new(book.schema()) };
    Book::open(&connect, settings).await.unwrap()
}

pub fn text<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

pub fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

/// A command of this person.
pub fn by(name: &str) -> CommandContext {
    CommandContext {
        actor: text(&format!("user:{name}")),
        idempotency_key: None,
        request_id: Some("request-1".into()),
        client_address: None,
        dry_run: false,
    }
}

pub fn keyed(key: &str) -> CommandContext {
    CommandContext { idempotency_key: Some(key.into()), ..by("han") }
}

pub fn dry() -> CommandContext {
    CommandContext { dry_run: true, ..by("han") }
}

pub fn without_master(book: &Book) -> PersonalKeys {
    PersonalKeys::without_master(book)
}

/// With a master key of its own.
pub fn keys(book: &Book) -> PersonalKeys {
    PersonalKeys::new(book.pool().clone(), Some(Arc::new(MasterKey::new([7; 32]))))
}

pub async fn register(book: &Book, name: &str) -> CustomerId {
    let register = RegisterCustomer::named(text(name));
    register_customer(book, &without_master(book), by("han"), register).await.unwrap().outcome.id
}

pub async fn suspend(book: &Book, customer: &CustomerId) {
    let suspend = SuspendCustomer { customer: customer.clone(), reason: text("chargebacks") };
    suspend_customer(book, by("han"), suspend).await.unwrap();
}

pub async fn close(book: &Book, customer: &CustomerId) {
    let close = CloseCustomer { customer: customer.clone(), reason: text("moved away") };
    close_customer(book, by("han"), close).await.unwrap();
}

pub fn a_deposit(customer: &CustomerId, amount: &str, reference: &str) -> RecordDeposit {
    RecordDeposit {
        customer: customer.clone(),
        amount: yuan(amount),
        reference: text(reference),
        method: DepositMethod::BankTransfer,
        effective_date: None,
        remark: None,
    }
}

pub async fn deposit(
    book: &Book,
    customer: &CustomerId,
    amount: &str,
    reference: &str,
) -> Result<Receipt<DepositOutcome>, CommandError> {
    record_deposit(book, by("han"), a_deposit(customer, amount, reference)).await
}

pub fn a_request(customer: &CustomerId, amount: &str, reference: &str) -> RequestWithdrawal {
    RequestWithdrawal {
        customer: customer.clone(),
        amount: yuan(amount),
        reference: text(reference),
        destination: Destination {
            account_name: text("李雷"),
            account_number: text("6222021234567890123"),
            bank_name: None,
        },
    }
}

pub fn fresh() -> WithdrawalId {
    WithdrawalId::from_uuid(uuid::Uuid::now_v7())
}

/// What the read tables know of a wallet nobody has folded.
pub fn nothing(book: &Book) -> Option<Known> {
    Some(Known::nothing(book.head(), Currency::CNY))
}

/// Han asks for money.
pub async fn request(
    book: &Book,
    customer: &CustomerId,
    amount: &str,
    reference: &str,
) -> Result<Receipt<WithdrawalOutcome>, CommandError> {
    request_withdrawal(book, by("han"), fresh(), a_request(customer, amount, reference), nothing(book)).await
}

pub fn refusal<T: Debug>(result: Result<Receipt<T>, CommandError>) -> Refusal {
    match result {
        Err(CommandError::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

pub async fn events(book: &Book) -> Vec<String> {
    sqlx::query_scalar("SELECT event_type FROM events ORDER BY position")
        .fetch_all(book.pool())
        .await
        .unwrap()
}
