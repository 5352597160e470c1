//! Rows of `payouts` and `payout_steps`, and the two put together.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use smol_str::SmolStr;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row as _};
use tallybook_domain::deposits::{ChannelReference, Destination, WithdrawalReference};
use tallybook_domain::payouts::{
    PayoutAdapterKind, PayoutBatchId, PayoutDoubt, PayoutEvent, PayoutId, PayoutState, UnknownCause,
};
use tallybook_domain::text::Reason;
use tallybook_domain::{CustomerId, Money, RecordedEvent, WalletId, WithdrawalId};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{damaged, money, optional, spelled, stamp};
use crate::schema;

/// A payout with the way it took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Payout {
    #[serde(flatten)]
    pub row: PayoutRow,
    /// What happened to it, first to last.
    pub history: Vec<PayoutStep>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PayoutRow {
    /// What the bank knows it by.
    #[schema(value_type = String, example = "Y01K7RA8ZAYFGXSMRSF9FMC3M00")]
    pub id: PayoutId,
    #[schema(value_type = String, format = Uuid)]
    pub withdrawal: WithdrawalId,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    #[schema(value_type = String, example = "C00042.CNY")]
    pub wallet: WalletId,
    #[schema(value_type = schema::Money)]
    pub amount: Money,
    /// The client's own number of the withdrawal.
    #[schema(value_type = String)]
    pub reference: WithdrawalReference,
    #[schema(value_type = schema::Destination)]
    pub destination: Destination,
    #[schema(value_type = schema::PayoutAdapterKind)]
    pub adapter: PayoutAdapterKind,
    /// The batch it went to the bank in.
    #[schema(value_type = Option<String>, example = "B01K7RA8ZAYFGXSMRSF9FMC3M05")]
    pub batch: Option<PayoutBatchId>,
    #[schema(value_type = schema::PayoutState)]
    pub state: PayoutState,
    /// Why its outcome is unknown, while it is.
    #[schema(value_type = Option<schema::UnknownCause>)]
    pub cause: Option<UnknownCause>,
    /// What was said of it that is not believed, until somebody has decided.
    #[schema(value_type = Option<schema::PayoutDoubt>)]
    pub doubt: Option<PayoutDoubt>,
    /// The bank's number of the payment.
    #[schema(value_type = Option<String>)]
    pub bank_reference: Option<ChannelReference>,
    /// The day on which the bank says that it paid.
    pub paid_date: Option<NaiveDate>,
    /// Why it failed, or came back.
    #[schema(value_type = Option<String>)]
    pub reason: Option<Reason>,
    /// When sending it began, if it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    pub created: Stamp,
    pub updated: Stamp,
}

/// Something that happened to a payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PayoutStep {
    /// The event's type.
    #[schema(value_type = String, example = "PayoutSendingBegan")]
    pub event: SmolStr,
    pub position: u64,
    pub at: DateTime<Utc>,
    #[schema(value_type = String, example = "system:payouts")]
    pub by: SmolStr,
    #[schema(value_type = Option<schema::UnknownCause>)]
    pub cause: Option<UnknownCause>,
    #[schema(value_type = Option<schema::PayoutDoubt>)]
    pub doubt: Option<PayoutDoubt>,
    /// The bank's day, where it says one.
    pub date: Option<NaiveDate>,
    #[schema(value_type = Option<String>)]
    pub reason: Option<Reason>,
}

/// A row of `payout_steps`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutStepRow {
    pub payout: PayoutId,
    pub step: PayoutStep,
}

impl PayoutStep {
    pub(super) fn of(event: &RecordedEvent, step: &PayoutEvent) -> Self {
        let Stamp { position, at, by } = Stamp::of(event);
        let (mut cause, mut doubt, mut date, mut reason) = (None, None, None, None);
        match step {
            PayoutEvent::PayoutPrepared(_)
            | PayoutEvent::PayoutSendingBegan { .. }
            | PayoutEvent::PayoutAccepted { .. } => {}
            PayoutEvent::PayoutOutcomeUnknown { cause: why, .. } => cause = Some(*why),
            PayoutEvent::PayoutSucceeded { paid_date, .. } => date = Some(*paid_date),
            PayoutEvent::PayoutFailed { reason: why, .. }
            | PayoutEvent::PayoutDoubtResolved { reason: why, .. } => reason = Some(why.clone()),
            PayoutEvent::PayoutReturned { reason: why, returned_date, .. } => {
                (date, reason) = (Some(*returned_date), Some(why.clone()));
            }
            PayoutEvent::PayoutDoubted { doubt: why, .. } => doubt = Some(*why),
        }
        Self { event: SmolStr::new_static(step.kind().name), position, at, by, cause, doubt, date, reason }
    }
}

impl Row for PayoutRow {
    const TABLE: &'static str = "payouts";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("withdrawal"),
        Column::text("customer"),
        Column::text("wallet"),
        Column::text("currency"),
        Column::amount("amount"),
        Column::text("reference"),
        Column::text("account_name"),
        Column::text("account_number"),
        Column::text("bank_name"),
        Column::text("adapter"),
        Column::text("batch"),
        Column::text("state"),
        Column::text("cause"),
        Column::text("doubt"),
        Column::text("bank_reference"),
        Column::date("paid_date"),
        Column::text("reason"),
        Column::moment("sent_at"),
        Column::number("created_position"),
        Column::moment("created_at"),
        Column::text("created_by"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
    ];
    const CURRENCY: Option<&'static str> = Some("currency");

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.id);
        fields.put(&self.withdrawal);
        fields.put(&self.customer);
        fields.put(&self.wallet);
        fields.put(self.amount.currency());
        fields.put_amount(self.amount.amount());
        fields.put(&self.reference);
        fields.put(&self.destination.account_name);
        // As a text: its `Display` is masked.
        fields.put(self.destination.account_number.as_str());
        fields.put_option(self.destination.bank_name.as_ref());
        fields.put(self.adapter);
        fields.put_option(self.batch.as_ref());
        fields.put(self.state);
        fields.put_option(self.cause);
        put_doubt(self.doubt, fields);
        fields.put_option(self.bank_reference.as_ref());
        fields.put_optional_date(self.paid_date);
        fields.put_option(self.reason.as_ref());
        match self.sent_at {
            Some(at) => fields.put_moment(at),
            None => fields.put_null(),
        }
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

fn put_doubt(doubt: Option<PayoutDoubt>, fields: &mut Fields<'_>) {
    match doubt {
        Some(doubt) => fields.put_json(&doubt),
        None => fields.put_null(),
    }
}

impl KeyedRow for PayoutRow {
    const KEY_COLUMNS: usize = 1;
    type Key = PayoutId;

    fn key(&self) -> PayoutId {
        self.id.clone()
    }

    fn encode_key(key: &PayoutId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        let Destination { account_name, account_number, bank_name } = &self.destination;
        let bank = bank_name.as_ref().map_or(0, |name| name.as_str().len());
        let reason = self.reason.as_ref().map_or(0, |reason| reason.as_str().len());
        let number = self.bank_reference.as_ref().map_or(0, |reference| reference.as_str().len());
        let account = account_name.as_str().len() + account_number.as_str().len();
        self.reference.as_str().len() + account + bank + reason + number
    }
}

impl FromRow<'_, PgRow> for PayoutRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: spelled(row, "id")?,
            withdrawal: spelled(row, "withdrawal")?,
            customer: spelled(row, "customer")?,
            wallet: spelled(row, "wallet")?,
            amount: money(row, "amount", spelled(row, "currency")?)?,
            reference: spelled(row, "reference")?,
            destination: Destination {
                account_name: spelled(row, "account_name")?,
                account_number: spelled(row, "account_number")?,
                bank_name: optional(row, "bank_name")?,
            },
            adapter: spelled(row, "adapter")?,
            batch: optional(row, "batch")?,
            state: spelled(row, "state")?,
            cause: optional(row, "cause")?,
            doubt: stored_doubt(row)?,
            bank_reference: optional(row, "bank_reference")?,
            paid_date: row.try_get("paid_date")?,
            reason: optional(row, "reason")?,
            sent_at: row.try_get("sent_at")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}

fn stored_doubt(row: &PgRow) -> Result<Option<PayoutDoubt>, sqlx::Error> {
    let stored: Option<&str> = row.try_get("doubt")?;
    stored.map(|json| serde_json::from_str(json).map_err(|error| damaged("doubt", error))).transpose()
}

impl Row for PayoutStepRow {
    const TABLE: &'static str = "payout_steps";
    const COLUMNS: &'static [Column] = &[
        Column::text("payout"),
        Column::number("position"),
        Column::text("event"),
        Column::moment("at"),
        Column::text("by"),
        Column::text("cause"),
        Column::text("doubt"),
        Column::date("date"),
        Column::text("reason"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.payout);
        fields.put_count(self.step.position);
        fields.put(&self.step.event);
        fields.put_moment(self.step.at);
        fields.put(&self.step.by);
        fields.put_option(self.step.cause);
        put_doubt(self.step.doubt, fields);
        fields.put_optional_date(self.step.date);
        fields.put_option(self.step.reason.as_ref());
    }
}

impl FromRow<'_, PgRow> for PayoutStepRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let Stamp { position, at, by } = stamp(row, "position", "at", "by")?;
        let step = PayoutStep {
            event: row.try_get::<&str, _>("event").map(SmolStr::new)?,
            position,
            at,
            by,
            cause: optional(row, "cause")?,
            doubt: stored_doubt(row)?,
            date: row.try_get("date")?,
            reason: optional(row, "reason")?,
        };
        Ok(Self { payout: spelled(row, "payout")?, step })
    }
}
