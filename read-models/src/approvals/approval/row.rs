//! A row of `approvals`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row as _};
use tallybook_domain::approvals::{ApprovalId, ApprovalKind, ApprovalState, Given};
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, CustomerId, Money, RecordedEvent};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{optional, points, spelled, stamp, stored_json, text};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ApprovalRow {
    #[schema(value_type = String, example = "refund.RP3XP6RJ5HNHZQAV0.1")]
    pub id: ApprovalId,
    #[schema(value_type = schema::ApprovalKind)]
    pub kind: ApprovalKind,
    /// The id of what it is about: a withdrawal, a receipt, a write-off, a credit note, a bill, a month, a refund of an
    /// order, a price plan or, where its price plan changes, a customer.
    #[schema(example = "RP3XP6RJ5HNHZQAV0")]
    pub subject: String,
    #[schema(value_type = Option<String>, example = "C00042")]
    pub customer: Option<CustomerId>,
    /// One in each currency; none if it is about no money.
    #[schema(value_type = Vec<schema::Money>)]
    pub amounts: Vec<Money>,
    #[schema(value_type = Option<String>)]
    pub why: Option<Reason>,
    /// The one who cannot approve it.
    #[schema(value_type = String, example = "user:li")]
    pub requested_by: Actor,
    /// Who made the API key that asked; cannot approve it either.
    #[schema(value_type = Option<String>, example = "user:wang")]
    pub key_made_by: Option<Actor>,
    /// Who holds the API key that asked, if that is known; cannot approve it either.
    #[schema(value_type = Option<String>, example = "user:anna")]
    pub key_held_by: Option<Actor>,
    /// How many different people it takes.
    pub approvers: u32,
    /// Of the rules that counted when it was asked for; 0 is what a book begins with.
    pub rules_version: u32,
    /// From then on it cannot be given any more.
    pub expires_at: DateTime<Utc>,
    /// Who has agreed and counts, in their order.
    pub given: Vec<ApprovalGiven>,
    /// Who had agreed, and could not sign in any more when the next one did: does not count.
    pub lapsed: Vec<ApprovalGiven>,
    #[schema(value_type = schema::ApprovalState)]
    pub state: ApprovalState,
    /// Who rejected it or took it back.
    #[schema(value_type = Option<String>, example = "user:wang")]
    pub ended_by: Option<Actor>,
    /// In whose place.
    #[schema(value_type = Option<String>, example = "user:zhao")]
    pub ended_on_behalf_of: Option<Actor>,
    /// Why it was rejected or taken back.
    #[schema(value_type = Option<String>)]
    pub reason: Option<Reason>,
    /// When it was approved or ended otherwise.
    pub decided_at: Option<DateTime<Utc>>,
    pub created: Stamp,
    pub updated: Stamp,
}

/// Somebody who has agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApprovalGiven {
    #[serde(flatten)]
    #[schema(value_type = schema::Given)]
    pub given: Given,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, nullable = false)]
    pub reason: Option<Reason>,
    pub at: DateTime<Utc>,
}

impl ApprovalRow {
    /// How many have still to agree.
    pub fn missing(&self) -> u32 {
        self.approvers.saturating_sub(u32::try_from(self.given.len()).unwrap_or(u32::MAX))
    }

    pub(super) fn end(&mut self, state: ApprovalState, event: &RecordedEvent) {
        (self.state, self.decided_at) = (state, Some(event.recorded_at));
    }
}

impl Row for ApprovalRow {
    const TABLE: &'static str = "approvals";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("kind"),
        Column::text("subject"),
        Column::text("customer"),
        Column::text("amounts"),
        Column::text("why"),
        Column::text("requested_by"),
        Column::text("key_made_by"),
        Column::text("key_held_by"),
        Column::number("approvers"),
        Column::number("rules_version"),
        Column::moment("expires_at"),
        Column::text("given"),
        Column::text("lapsed"),
        Column::text("state"),
        Column::text("ended_by"),
        Column::text("ended_on_behalf_of"),
        Column::text("reason"),
        Column::moment("decided_at"),
        Column::number("created_position"),
        Column::moment("created_at"),
        Column::text("created_by"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.id);
        fields.put(self.kind);
        fields.put(&self.subject);
        fields.put_option(self.customer.as_ref());
        fields.put_json(&self.amounts);
        fields.put_option(self.why.as_ref());
        fields.put(&self.requested_by);
        fields.put_option(self.key_made_by.as_ref());
        fields.put_option(self.key_held_by.as_ref());
        fields.put_count(u64::from(self.approvers));
        fields.put_count(u64::from(self.rules_version));
        fields.put_moment(self.expires_at);
        fields.put_json(&self.given);
        fields.put_json(&self.lapsed);
        fields.put(self.state);
        fields.put_option(self.ended_by.as_ref());
        fields.put_option(self.ended_on_behalf_of.as_ref());
        fields.put_option(self.reason.as_ref());
        match self.decided_at {
            Some(at) => fields.put_moment(at),
            None => fields.put_null(),
        }
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

/// What an amount and one who agreed take in memory, roughly.
const BYTES_OF_A_PART: usize = 80;

impl KeyedRow for ApprovalRow {
    const KEY_COLUMNS: usize = 1;
    type Key = ApprovalId;

    fn key(&self) -> ApprovalId {
        self.id.clone()
    }

    fn encode_key(key: &ApprovalId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        let reasons = [&self.why, &self.reason]
            .into_iter()
            .flatten()
            .chain(self.given.iter().chain(&self.lapsed).filter_map(|given| given.reason.as_ref()));
        let written: usize = reasons.map(|reason| reason.as_str().len()).sum();
        written + (self.amounts.len() + self.given.len() + self.lapsed.len()) * BYTES_OF_A_PART
    }
}

impl FromRow<'_, PgRow> for ApprovalRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: spelled(row, "id")?,
            kind: spelled(row, "kind")?,
            subject: text(row, "subject")?.into(),
            customer: optional(row, "customer")?,
            amounts: stored_json(row, "amounts")?,
            why: optional(row, "why")?,
            requested_by: spelled(row, "requested_by")?,
            key_made_by: optional(row, "key_made_by")?,
            key_held_by: optional(row, "key_held_by")?,
            approvers: points(row, "approvers")?,
            rules_version: points(row, "rules_version")?,
            expires_at: row.try_get("expires_at")?,
            given: stored_json(row, "given")?,
            lapsed: stored_json(row, "lapsed")?,
            state: spelled(row, "state")?,
            ended_by: optional(row, "ended_by")?,
            ended_on_behalf_of: optional(row, "ended_on_behalf_of")?,
            reason: optional(row, "reason")?,
            decided_at: row.try_get("decided_at")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
