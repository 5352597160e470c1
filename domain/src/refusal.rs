//! Why something may not happen: one enum per aggregate, gathered here.
//!
//! A refusal carries facts; what a caller is told about them is the API's business, in one exhaustive match.

use crate::approvals::{ApprovalDelegationsRefusal, ApprovalRefusal, ApprovalRulesRefusal};
use crate::billing::{
    BillNumbersRefusal, BillRefusal, BillRunRefusal, CreditLimitRefusal, MonthRefusal, PricePlanRefusal,
    SubscriptionRefusal, UsageQuarantineRefusal, UsageRefusal, UsageSourceRefusal,
};
use crate::channels::ChannelNotificationRefusal;
use crate::customers::CustomerRefusal;
use crate::deposits::{WalletRefusal, WithdrawalRefusal};
use crate::ledger::periods::PeriodRefusal;
use crate::orders::{OrderRefundRefusal, OrderRefusal, PaymentRefusal};
use crate::payouts::{PayoutBatchRefusal, PayoutRefusal};
use crate::risk::{
    PayeeRefusal, RiskAlertRefusal, RiskHistoryRefusal, RiskRulesRefusal, WalletFreezeRefusal,
};
use crate::settlement::{
    CreditNoteRefusal, MatchingRulesRefusal, ReceiptRefusal, StatementRefusal, WriteOffRefusal,
};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Customer(#[from] CustomerRefusal),
    #[error(transparent)]
    Wallet(#[from] WalletRefusal),
    #[error(transparent)]
    Withdrawal(#[from] WithdrawalRefusal),
    #[error(transparent)]
    Period(#[from] PeriodRefusal),
    #[error(transparent)]
    BillNumbers(#[from] BillNumbersRefusal),
    #[error(transparent)]
    PricePlan(#[from] PricePlanRefusal),
    #[error(transparent)]
    Subscription(#[from] SubscriptionRefusal),
    #[error(transparent)]
    Bill(#[from] BillRefusal),
    #[error(transparent)]
    Month(#[from] MonthRefusal),
    #[error(transparent)]
    BillRun(#[from] BillRunRefusal),
    #[error(transparent)]
    CreditLimit(#[from] CreditLimitRefusal),
    #[error(transparent)]
    Usage(#[from] UsageRefusal),
    #[error(transparent)]
    UsageSource(#[from] UsageSourceRefusal),
    #[error(transparent)]
    UsageQuarantine(#[from] UsageQuarantineRefusal),
    #[error(transparent)]
    Receipt(#[from] ReceiptRefusal),
    #[error(transparent)]
    CreditNote(#[from] CreditNoteRefusal),
    #[error(transparent)]
    WriteOff(#[from] WriteOffRefusal),
    #[error(transparent)]
    MatchingRules(#[from] MatchingRulesRefusal),
    #[error(transparent)]
    RiskRules(#[from] RiskRulesRefusal),
    #[error(transparent)]
    RiskHistory(#[from] RiskHistoryRefusal),
    #[error(transparent)]
    Payee(#[from] PayeeRefusal),
    #[error(transparent)]
    RiskAlert(#[from] RiskAlertRefusal),
    #[error(transparent)]
    Statement(#[from] StatementRefusal),
    #[error(transparent)]
    WalletFreeze(#[from] WalletFreezeRefusal),
    #[error(transparent)]
    ChannelNotification(#[from] ChannelNotificationRefusal),
    #[error(transparent)]
    Order(#[from] OrderRefusal),
    #[error(transparent)]
    Payment(#[from] PaymentRefusal),
    #[error(transparent)]
    OrderRefund(#[from] OrderRefundRefusal),
    #[error(transparent)]
    ApprovalRules(#[from] ApprovalRulesRefusal),
    #[error(transparent)]
    Approval(#[from] ApprovalRefusal),
    #[error(transparent)]
    ApprovalDelegations(#[from] ApprovalDelegationsRefusal),
    #[error(transparent)]
    Payout(#[from] PayoutRefusal),
    #[error(transparent)]
    PayoutBatch(#[from] PayoutBatchRefusal),
    #[error(transparent)]
    Batch(#[from] RefusedBatch),
}

/// Of what refuses nothing.
impl From<std::convert::Infallible> for Refusal {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

/// A batch is recorded whole or not at all: what of it was refused, in the batch's order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {} of the batch: {}", first.index, first.refusal)]
pub struct RefusedBatch {
    pub first: RefusedEntry,
    pub others: Vec<RefusedEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedEntry {
    /// Its place in the batch, from 0.
    pub index: usize,
    pub refusal: Box<Refusal>,
}

impl RefusedBatch {
    /// `None` if nothing was refused.
    pub fn of(refused: impl IntoIterator<Item = (usize, Refusal)>) -> Option<Self> {
        let mut entries =
            refused.into_iter().map(|(index, refusal)| RefusedEntry { index, refusal: Box::new(refusal) });
        Some(Self { first: entries.next()?, others: entries.collect() })
    }

    pub fn entries(&self) -> impl Iterator<Item = &RefusedEntry> {
        std::iter::once(&self.first).chain(&self.others)
    }
}
