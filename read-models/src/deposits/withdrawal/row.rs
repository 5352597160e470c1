//! Rows of `withdrawals` and `withdrawal_steps`, and the two put together.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use smol_str::SmolStr;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use tallybook_domain::deposits::{
    ChannelReference, Destination, WithdrawalEvent, WithdrawalReference, WithdrawalState,
};
use tallybook_domain::ledger::effective_date;
use tallybook_domain::risk::RiskOutcome;
use tallybook_domain::text::Reason;
use tallybook_domain::{Actor, CustomerId, Money, RecordedEvent, WalletId, WithdrawalId};
use utoipa::ToSchema;

use super::state_after;
use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{money, optional, optional_points, spelled, stamp};
use crate::schema;

/// A withdrawal with the way it took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Withdrawal {
    #[serde(flatten)]
    pub row: WithdrawalRow,
    /// The states it reached, first to last.
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WithdrawalRow {
    #[schema(value_type = String, format = Uuid)]
    pub id: WithdrawalId,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    #[schema(value_type = String, example = "C00042.CNY")]
    pub wallet: WalletId,
    #[schema(value_type = schema::Money)]
    pub amount: Money,
    /// The client's own number.
    #[schema(value_type = String)]
    pub reference: WithdrawalReference,
    #[schema(value_type = schema::Destination)]
    pub destination: Destination,
    #[schema(value_type = schema::WithdrawalState)]
    pub state: WithdrawalState,
    /// The one who may not approve it.
    #[schema(value_type = String, example = "user:li")]
    pub requested_by: Actor,
    /// The bank's or channel's number of the payment, once one is given.
    #[schema(value_type = Option<String>)]
    pub channel_reference: Option<ChannelReference>,
    /// How its risk was judged when it was asked for; `null` before the book had rules of risk.
    #[schema(value_type = Option<schema::RiskOutcome>)]
    pub risk_outcome: Option<RiskOutcome>,
    pub risk_score: Option<u32>,
    pub created: Stamp,
    pub updated: Stamp,
}

/// A state a withdrawal reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Step {
    #[schema(value_type = schema::WithdrawalState)]
    pub state: WithdrawalState,
    pub position: u64,
    pub at: DateTime<Utc>,
    #[schema(value_type = String, example = "user:wang")]
    pub by: SmolStr,
    /// The business date, where money moved.
    pub effective_date: Option<NaiveDate>,
    #[schema(value_type = Option<String>)]
    pub reason: Option<Reason>,
}

/// A row of `withdrawal_steps`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRow {
    pub withdrawal: WithdrawalId,
    pub step: Step,
}

impl Step {
    pub(super) fn of(event: &RecordedEvent, step: &WithdrawalEvent) -> Self {
        let reason = match step {
            WithdrawalEvent::WithdrawalRejected { reason, .. }
            | WithdrawalEvent::WithdrawalFailed { reason, .. }
            | WithdrawalEvent::WithdrawalReturned { reason, .. } => Some(reason.clone()),
            WithdrawalEvent::WithdrawalCancelled { reason, .. } => reason.clone(),
            WithdrawalEvent::WithdrawalRequested { .. }
            | WithdrawalEvent::WithdrawalApproved { .. }
            | WithdrawalEvent::WithdrawalSubmitted { .. }
            | WithdrawalEvent::WithdrawalSucceeded { .. } => None,
        };
        let Stamp { position, at, by } = Stamp::of(event);
        Self {
            state: state_after(step),
            position,
            at,
            by,
            effective_date: effective_date(&event.event),
            reason,
        }
    }
}

impl Row for WithdrawalRow {
    const TABLE: &'static str = "withdrawals";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("customer"),
        Column::text("wallet"),
        Column::text("currency"),
        Column::amount("amount"),
        Column::text("reference"),
        Column::text("account_name"),
        Column::text("account_number"),
        Column::text("bank_name"),
        Column::text("state"),
        Column::text("requested_by"),
        Column::text("channel_reference"),
        Column::text("risk_outcome"),
        Column::number("risk_score"),
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
        fields.put(&self.customer);
        fields.put(&self.wallet);
        fields.put(self.amount.currency());
        fields.put_amount(self.amount.amount());
        fields.put(&self.reference);
        fields.put(&self.destination.account_name);
        // As a text: its `Display` is masked.
        fields.put(self.destination.account_number.as_str());
        fields.put_option(self.destination.bank_name.as_ref());
        fields.put(self.state);
        fields.put(&self.requested_by);
        fields.put_option(self.channel_reference.as_ref());
        fields.put_option(self.risk_outcome);
        match self.risk_score {
            Some(score) => fields.put_count(u64::from(score)),
            None => fields.put_null(),
        }
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for WithdrawalRow {
    const KEY_COLUMNS: usize = 1;
    type Key = WithdrawalId;

    fn key(&self) -> WithdrawalId {
        self.id.clone()
    }

    fn encode_key(key: &WithdrawalId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        let Destination { account_name, account_number, bank_name } = &self.destination;
        let bank = bank_name.as_ref().map_or(0, |name| name.as_str().len());
        let channel = self.channel_reference.as_ref().map_or(0, |reference| reference.as_str().len());
        let account = account_name.as_str().len() + account_number.as_str().len();
        self.reference.as_str().len() + account + bank + channel
    }
}

impl FromRow<'_, PgRow> for WithdrawalRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: spelled(row, "id")?,
            customer: spelled(row, "customer")?,
            wallet: spelled(row, "wallet")?,
            amount: money(row, "amount", spelled(row, "currency")?)?,
            reference: spelled(row, "reference")?,
            destination: Destination {
                account_name: spelled(row, "account_name")?,
                account_number: spelled(row, "account_number")?,
                bank_name: optional(row, "bank_name")?,
            },
            state: spelled(row, "state")?,
            requested_by: spelled(row, "requested_by")?,
            channel_reference: optional(row, "channel_reference")?,
            risk_outcome: optional(row, "risk_outcome")?,
            risk_score: optional_points(row, "risk_score")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}

impl Row for StepRow {
    const TABLE: &'static str = "withdrawal_steps";
    const COLUMNS: &'static [Column] = &[
        Column::text("withdrawal"),
        Column::number("position"),
        Column::text("state"),
        Column::moment("at"),
        Column::text("by"),
        Column::date("effective_date"),
        Column::text("reason"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.withdrawal);
        fields.put_count(self.step.position);
        fields.put(self.step.state);
        fields.put_moment(self.step.at);
        fields.put(&self.step.by);
        fields.put_optional_date(self.step.effective_date);
        fields.put_option(self.step.reason.as_ref());
    }
}
