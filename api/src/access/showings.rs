//! Who was shown whose personal fields in full: written down before they are sent.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgPool;
use tallybook_domain::customers::PersonalField;
use tallybook_domain::{Actor, CustomerId};
use utoipa::ToSchema;

/// Someone was shown personal fields of a customer in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct PersonalShowing {
    /// 1, 2, 3 … in the order they were written down; numbers may be missing.
    pub(crate) number: i64,
    pub(crate) shown_at: DateTime<Utc>,
    /// Who saw them, such as `user:han`.
    pub(crate) principal: String,
    #[schema(example = "C00042")]
    pub(crate) customer: String,
    /// Which fields.
    #[schema(example = json!(["phone", "email"]))]
    pub(crate) fields: Vec<String>,
    pub(crate) request_id: String,
}

/// Whose fields one request shows.
pub type Shown = Vec<(CustomerId, Vec<PersonalField>)>;

/// Writes down whose fields are about to be shown: before they are.
pub async fn record_showings(
    pool: &PgPool,
    principal: &Actor,
    request_id: &str,
    shown: Shown,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let customers: Vec<String> = shown.iter().map(|(customer, _)| customer.to_string()).collect();
    let fields: Vec<String> = shown
        .iter()
        .map(|(_, fields)| fields.iter().map(|field| field.as_str()).collect::<Vec<_>>().join(","))
        .collect();
    sqlx::query!(
        "INSERT INTO personal_showings (shown_at, principal, customer, fields, request_id)
         SELECT $1, $2, customer, string_to_array(fields, ','), $3
           FROM unnest($4::text[], $5::text[]) AS shown (customer, fields)",
        now,
        principal.as_str(),
        request_id,
        &customers,
        &fields
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Which showings are asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct ShowingFilter {
    pub(super) customer: Option<CustomerId>,
    pub(super) principal: Option<String>,
}

/// Showings before a number, the latest first.
pub(super) async fn showings_before(
    pool: &PgPool,
    filter: &ShowingFilter,
    before: i64,
    limit: i64,
) -> Result<Vec<PersonalShowing>, sqlx::Error> {
    sqlx::query_as!(
        PersonalShowing,
        "SELECT number, shown_at, principal, customer, fields, request_id FROM personal_showings
          WHERE number < $1 AND ($2::text IS NULL OR customer = $2) AND ($3::text IS NULL OR principal = $3)
          ORDER BY number DESC LIMIT $4",
        before,
        filter.customer.as_ref().map(CustomerId::as_str),
        filter.principal.as_deref(),
        limit
    )
    .fetch_all(pool)
    .await
}
