//! A leg of a write-off: so much from one source to one bill.

use serde::{Deserialize, Serialize};

use crate::billing::BillId;
use crate::ids::{CreditNoteId, WalletId};
use crate::money::Money;
use crate::settlement::receipt::ReceiptId;
use crate::text::{self, InvalidText};

/// Where the money of a leg comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegSource {
    Receipt(ReceiptId),
    Wallet(WalletId),
    CreditNote(CreditNoteId),
    /// From nowhere: what the customer need not pay.
    Difference(DifferenceReason),
}

impl LegSource {
    /// Whether something pays: money that came in, or a credit.
    pub fn is_money(&self) -> bool {
        match self {
            Self::Receipt(_) | Self::Wallet(_) | Self::CreditNote(_) => true,
            Self::Difference(_) => false,
        }
    }
}

/// Why a bill is settled with less money than is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceReason {
    BankFee,
    Rounding,
    Discount,
    BadDebt,
    Fx,
}

impl DifferenceReason {
    pub const ALL: [Self; 5] = [Self::BankFee, Self::Rounding, Self::Discount, Self::BadDebt, Self::Fx];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::BankFee => "bank_fee",
            Self::Rounding => "rounding",
            Self::Discount => "discount",
            Self::BadDebt => "bad_debt",
            Self::Fx => "fx",
        }
    }

    /// Whether the customer need not pay it, and it is not paid in another way either.
    pub fn is_given_up(self) -> bool {
        match self {
            Self::Discount | Self::BadDebt => true,
            Self::BankFee | Self::Rounding | Self::Fx => false,
        }
    }
}

impl std::fmt::Display for DifferenceReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for DifferenceReason {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        text::word(word, Self::ALL, Self::as_str, "bank_fee, rounding, discount, bad_debt or fx")
    }
}

/// So much of one source settles so much of one bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenLeg")]
pub struct Leg {
    /// From 1, within its write-off.
    pub leg: u32,
    #[serde(flatten)]
    pub source: LegSource,
    pub bill: BillId,
    pub amount: Money,
}

/// A leg as it is written: with one source, no more.
#[derive(Deserialize)]
struct WrittenLeg {
    leg: u32,
    receipt: Option<ReceiptId>,
    wallet: Option<WalletId>,
    credit_note: Option<CreditNoteId>,
    difference: Option<DifferenceReason>,
    bill: BillId,
    amount: Money,
}

#[derive(Debug, thiserror::Error)]
#[error("a leg has one source: a receipt, a wallet, a credit note or a difference")]
struct NotOneSource;

impl TryFrom<WrittenLeg> for Leg {
    type Error = NotOneSource;

    fn try_from(written: WrittenLeg) -> Result<Self, NotOneSource> {
        let WrittenLeg { leg, receipt, wallet, credit_note, difference, bill, amount } = written;
        let named = [
            receipt.map(LegSource::Receipt),
            wallet.map(LegSource::Wallet),
            credit_note.map(LegSource::CreditNote),
            difference.map(LegSource::Difference),
        ];
        let mut sources = named.into_iter().flatten();
        match (sources.next(), sources.next()) {
            (Some(source), None) => Ok(Self { leg, source, bill, amount }),
            (Some(_), Some(_)) | (None, _) => Err(NotOneSource),
        }
    }
}
