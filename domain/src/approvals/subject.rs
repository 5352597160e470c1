//! What an approval is about: one thing of one kind.

use std::fmt;
use std::str::FromStr;

use super::ApprovalKind;
use crate::billing::{BillId, PlanCode};
use crate::ids::{CreditNoteId, CustomerId, WithdrawalId, WriteOffId};
use crate::month::Month;
use crate::orders::RefundId;
use crate::settlement::ReceiptId;
use crate::text::InvalidText;

/// Written `withdrawal.0199f0a4-…`, which is also the id of its stream: the same thing asked for again opens the same
/// stream again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ApprovalSubject {
    Withdrawal(WithdrawalId),
    Refund(ReceiptId),
    WriteOff(WriteOffId),
    CreditNote(CreditNoteId),
    BadDebt(BillId),
    PeriodReopening(Month),
    OrderRefund(RefundId),
    /// Of this plan.
    PricePlanVersion(PlanCode),
    /// Of this customer.
    PricePlanChange(CustomerId),
}

impl ApprovalSubject {
    pub fn kind(&self) -> ApprovalKind {
        match self {
            Self::Withdrawal(_) => ApprovalKind::Withdrawal,
            Self::Refund(_) => ApprovalKind::Refund,
            Self::WriteOff(_) => ApprovalKind::WriteOff,
            Self::CreditNote(_) => ApprovalKind::CreditNote,
            Self::BadDebt(_) => ApprovalKind::BadDebt,
            Self::PeriodReopening(_) => ApprovalKind::PeriodReopening,
            Self::OrderRefund(_) => ApprovalKind::OrderRefund,
            Self::PricePlanVersion(_) => ApprovalKind::PricePlanVersion,
            Self::PricePlanChange(_) => ApprovalKind::PricePlanChange,
        }
    }

    /// The id of the thing itself.
    pub fn id(&self) -> String {
        match self {
            Self::Withdrawal(id) => id.to_string(),
            Self::Refund(id) => id.to_string(),
            Self::WriteOff(id) => id.to_string(),
            Self::CreditNote(id) => id.to_string(),
            Self::BadDebt(id) => id.to_string(),
            Self::PeriodReopening(month) => month.to_string(),
            Self::OrderRefund(id) => id.to_string(),
            Self::PricePlanVersion(plan) => plan.to_string(),
            Self::PricePlanChange(customer) => customer.to_string(),
        }
    }
}

impl fmt::Display for ApprovalSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind(), self.id())
    }
}

impl FromStr for ApprovalSubject {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = "withdrawal.0199f0a4-7d5e-7c3b-9a63-2f4be8c1d000";
        let (kind, id) = text.split_once('.').ok_or(InvalidText::Malformed { expected })?;
        Ok(match kind.parse()? {
            ApprovalKind::Withdrawal => Self::Withdrawal(id.parse()?),
            ApprovalKind::Refund => Self::Refund(id.parse()?),
            ApprovalKind::WriteOff => Self::WriteOff(id.parse()?),
            ApprovalKind::CreditNote => Self::CreditNote(id.parse()?),
            ApprovalKind::BadDebt => Self::BadDebt(id.parse()?),
            ApprovalKind::PeriodReopening => Self::PeriodReopening(id.parse()?),
            ApprovalKind::OrderRefund => Self::OrderRefund(id.parse()?),
            ApprovalKind::PricePlanVersion => Self::PricePlanVersion(id.parse()?),
            ApprovalKind::PricePlanChange => Self::PricePlanChange(id.parse()?),
        })
    }
}
