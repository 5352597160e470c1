//! A row of `risk_flows`.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row as _};
use tallybook_domain::{Currency, Money, WalletId};

use crate::fold::{Column, Fields, FoldFault, KeyedRow, Row};
use crate::query::spelled;

/// One hour of a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowRow {
    pub wallet: WalletId,
    /// When it begins.
    pub hour: DateTime<Utc>,
    /// Less what was taken back as a mistake: it can be below nothing.
    pub came_in: Decimal,
    /// When money came in for the first time in this hour.
    pub first_at: Option<DateTime<Utc>>,
    pub asked_for: Decimal,
    /// Asked for, and did not leave after all, or came back.
    pub given_back: Decimal,
}

/// Which way money went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    CameIn,
    TakenBack,
    AskedFor,
    GivenBack,
}

/// A moment within what chrono can tell is within an hour it can tell.
pub(super) fn hour_of(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::hours(1)).unwrap_or(at)
}

impl FlowRow {
    pub(super) fn empty(wallet: &WalletId, hour: DateTime<Utc>) -> Self {
        let zero = Decimal::ZERO;
        Self {
            wallet: wallet.clone(),
            hour,
            came_in: zero,
            first_at: None,
            asked_for: zero,
            given_back: zero,
        }
    }

    pub(super) fn add(&mut self, flow: Flow, amount: Money, at: DateTime<Utc>) -> Result<(), FoldFault> {
        let (sum, amount) = match flow {
            Flow::CameIn => {
                self.first_at.get_or_insert(at);
                (&mut self.came_in, amount.amount())
            }
            Flow::TakenBack => (&mut self.came_in, -amount.amount()),
            Flow::AskedFor => (&mut self.asked_for, amount.amount()),
            Flow::GivenBack => (&mut self.given_back, amount.amount()),
        };
        *sum = sum.checked_add(amount).ok_or(FoldFault::Overflow { what: "the hour's sum" })?;
        Ok(())
    }

    fn currency(&self) -> Currency {
        self.wallet.currency()
    }
}

impl Row for FlowRow {
    const TABLE: &'static str = "risk_flows";
    const COLUMNS: &'static [Column] = &[
        Column::text("wallet"),
        Column::moment("hour"),
        Column::text("currency"),
        Column::amount("came_in"),
        Column::moment("first_at"),
        Column::amount("asked_for"),
        Column::amount("given_back"),
    ];
    const CURRENCY: Option<&'static str> = Some("currency");

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.wallet);
        fields.put_moment(self.hour);
        fields.put(self.currency());
        fields.put_amount(self.came_in);
        match self.first_at {
            Some(at) => fields.put_moment(at),
            None => fields.put_null(),
        }
        fields.put_amount(self.asked_for);
        fields.put_amount(self.given_back);
    }
}

impl KeyedRow for FlowRow {
    const KEY_COLUMNS: usize = 2;
    type Key = (WalletId, DateTime<Utc>);

    fn key(&self) -> (WalletId, DateTime<Utc>) {
        (self.wallet.clone(), self.hour)
    }

    fn encode_key((wallet, hour): &(WalletId, DateTime<Utc>), fields: &mut Fields<'_>) {
        fields.put(wallet);
        fields.put_moment(*hour);
    }

    fn texts(&self) -> usize {
        0
    }
}

impl FromRow<'_, PgRow> for FlowRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            wallet: spelled(row, "wallet")?,
            hour: row.try_get("hour")?,
            came_in: row.try_get("came_in")?,
            first_at: row.try_get("first_at")?,
            asked_for: row.try_get("asked_for")?,
            given_back: row.try_get("given_back")?,
        })
    }
}
