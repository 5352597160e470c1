//! The table of wrapped keys, and that of the numbers registrations go by.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use tallybook_domain::CustomerId;
use tallybook_event_store::StoreError;

/// A row of `customer_keys`: without a wrapped key, the customer was erased.
pub(super) struct StoredKey {
    pub(super) customer: CustomerId,
    pub(super) wrapped: Option<Vec<u8>>,
}

pub(super) async fn stored_keys(
    pool: &PgPool,
    customers: &[CustomerId],
) -> Result<Vec<StoredKey>, StoreError> {
    let rows = sqlx::query!(
        "SELECT customer, wrapped_key FROM customer_keys WHERE customer = ANY($1)",
        &texts(customers)
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| Ok(StoredKey { customer: id(&row.customer)?, wrapped: row.wrapped_key }))
        .collect()
}

/// Keeps new keys. Where another was quicker, its key stands.
pub(super) async fn add_keys(
    pool: &PgPool,
    customers: &[CustomerId],
    wrapped: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO customer_keys (customer, wrapped_key, created_at)
         SELECT customer, wrapped_key, $3 FROM unnest($1::text[], $2::bytea[]) AS fresh (customer, wrapped_key)
         ON CONFLICT ON CONSTRAINT customer_keys_pkey DO NOTHING",
        &texts(customers),
        wrapped,
        now
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Notes that an erasure is about to be recorded.
pub(super) async fn mark_erasing(
    pool: &PgPool,
    customer: &CustomerId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE customer_keys SET erasing_at = coalesce(erasing_at, $2) WHERE customer = $1 AND erased_at IS NULL",
        customer.as_str(),
        now
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Destroys the key. A customer that never had one gets a row that says it never will.
pub(super) async fn destroy(
    pool: &PgPool,
    customer: &CustomerId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO customer_keys AS kept (customer, wrapped_key, created_at, erasing_at, erased_at)
         VALUES ($1, NULL, $2, $2, $2)
         ON CONFLICT ON CONSTRAINT customer_keys_pkey DO UPDATE
            SET wrapped_key = NULL, erasing_at = coalesce(kept.erasing_at, $2), erased_at = $2
          WHERE kept.erased_at IS NULL",
        customer.as_str(),
        now
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Destroys the keys of customers whose erasure was recorded, but whose key was not destroyed any more.
pub(super) async fn destroy_interrupted(pool: &PgPool, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let done = sqlx::query!(
        "UPDATE customer_keys AS kept SET wrapped_key = NULL, erased_at = $1
          WHERE erasing_at IS NOT NULL AND erased_at IS NULL
            AND EXISTS (SELECT FROM events
                         WHERE aggregate_type = 'customer' AND aggregate_id = kept.customer
                           AND event_type = 'PersonalDataErased')",
        now
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}

/// The numbers reserved for the rows of a command; those not reserved before are taken from `fresh`.
pub(super) async fn reserve(
    pool: &PgPool,
    command_id: &str,
    row_numbers: &[i64],
    fresh: &[CustomerId],
) -> Result<Vec<(i64, CustomerId)>, StoreError> {
    sqlx::query!(
        "INSERT INTO customer_reservations (command_id, row_number, customer)
         SELECT $1, row_number, customer FROM unnest($2::bigint[], $3::text[]) AS fresh (row_number, customer)
         ON CONFLICT ON CONSTRAINT customer_reservations_pkey DO NOTHING",
        command_id,
        row_numbers,
        &texts(fresh)
    )
    .execute(pool)
    .await?;
    reserved(pool, command_id).await
}

pub(super) async fn reserved(pool: &PgPool, command_id: &str) -> Result<Vec<(i64, CustomerId)>, StoreError> {
    let rows = sqlx::query!(
        "SELECT row_number, customer FROM customer_reservations WHERE command_id = $1",
        command_id
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(|row| Ok((row.row_number, id(&row.customer)?))).collect()
}

fn texts(customers: &[CustomerId]) -> Vec<String> {
    customers.iter().map(|customer| customer.as_str().to_owned()).collect()
}

fn id(text: &str) -> Result<CustomerId, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt(format!("{text:?} is kept as a customer with a key")))
}
