//! A row of `wallet_hold_lines`.

use chrono::NaiveDate;
use tallybook_domain::{Money, WalletId, WithdrawalId};

use crate::fold::{Column, Fields, Row, Stamp};

/// What happened to a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HoldKind {
    /// Set aside; the balance stays.
    Held,
    /// Available again; the balance stays.
    Released,
    /// Gone.
    PaidOut,
}

impl HoldKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Released => "released",
            Self::PaidOut => "paid_out",
        }
    }
}

/// One event of a hold. The amount is positive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldRow {
    pub wallet: WalletId,
    pub withdrawal: WithdrawalId,
    pub kind: HoldKind,
    pub amount: Money,
    /// The business date on which the money left; setting aside and setting free have none.
    pub effective_date: Option<NaiveDate>,
    pub recorded: Stamp,
}

impl Row for HoldRow {
    const TABLE: &'static str = "wallet_hold_lines";
    const COLUMNS: &'static [Column] = &[
        Column::text("wallet"),
        Column::number("position"),
        Column::text("withdrawal"),
        Column::text("kind"),
        Column::amount("amount"),
        Column::date("effective_date"),
        Column::moment("recorded_at"),
        Column::text("recorded_by"),
    ];
    const CURRENCY: Option<&'static str> = Some("split_part(wallet, '.', 2)");

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.wallet);
        fields.put_count(self.recorded.position);
        fields.put(&self.withdrawal);
        fields.put(self.kind.as_str());
        fields.put_amount(self.amount.amount());
        fields.put_optional_date(self.effective_date);
        fields.put_moment(self.recorded.at);
        fields.put(&self.recorded.by);
    }
}
