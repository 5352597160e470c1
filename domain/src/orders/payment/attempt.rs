//! What is known of an attempt: what came of it, what of that went back, and what a person has still to look at.
//!
//! Invariant: what was refunded and what the channel is asked to refund are together at most what came.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{DoubtReason, ExcessReason, PaymentAttempt, PaymentReference, PaymentState};
use crate::channels::{Channel, ChannelNumber};
use crate::ids::CustomerId;
use crate::money::{Money, MoneyError};
use crate::orders::{OrderId, PaymentId, RefundId};
use crate::requester::Requester;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Attempt {
    pub(super) payment: PaymentId,
    pub(super) order: OrderId,
    pub(super) customer: CustomerId,
    pub(super) channel: Channel,
    pub(super) merchant: ChannelNumber,
    pub(super) reference: PaymentReference,
    pub(super) amount: Money,
    pub(super) state: PaymentState,
    /// By the channel's number of each, all that came under it.
    pub(super) transactions: BTreeMap<ChannelNumber, Money>,
    /// What has paid the order.
    pub(super) captured: Money,
    /// The person whose word it is that the order is paid; `None`: the channel's own.
    #[serde(default)]
    pub(super) confirmed_by: Option<Requester>,
    /// What came beside.
    pub(super) excess: Money,
    /// By the channel's number of it.
    pub(super) excesses: BTreeMap<ChannelNumber, (Money, ExcessReason)>,
    /// What the channel is asked to pay back.
    pub(super) refunding: BTreeMap<RefundId, Money>,
    pub(super) refunded: Money,
    /// Refunds of which the channel has said what was not believed, and nobody has looked yet.
    #[serde(default)]
    pub(super) doubted_refunds: BTreeSet<RefundId>,
    /// Those of which it has said that it paid back what this book takes for unpaid.
    #[serde(default)]
    pub(super) said_refunded: BTreeSet<RefundId>,
    pub(super) fee: Option<Money>,
    /// What a person has still to look at.
    pub(super) open_exceptions: u32,
    /// The business date of the first money that came.
    pub(super) since: Option<NaiveDate>,
}

/// What cannot be if every event was decided by the rules.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error("the amount is not positive")]
    NotPositive,
    #[error("it was begun before")]
    BegunBefore,
    #[error("it has paid the order already")]
    SucceededTwice,
    #[error("it is not pending")]
    NotPending,
    #[error("the channel's payment has come in excess already")]
    ExcessTwice,
    #[error("its fee is recorded already")]
    FeeTwice,
    #[error("more would be refunded than came")]
    RefundAbovePayment,
    #[error("the refund is submitted already, or of another amount")]
    RefundOtherwise,
    #[error("there is no such refund")]
    NoSuchRefund,
    #[error("there are too many exceptions")]
    TooManyExceptions,
}

impl Attempt {
    pub(super) fn of(attempt: PaymentAttempt) -> Self {
        let PaymentAttempt { payment, order, customer, channel, merchant, reference, amount } = attempt;
        let zero = Money::zero(amount.currency());
        Self {
            payment,
            order,
            customer,
            channel,
            merchant,
            reference,
            amount,
            state: PaymentState::Pending,
            transactions: BTreeMap::new(),
            captured: zero,
            confirmed_by: None,
            excess: zero,
            excesses: BTreeMap::new(),
            refunding: BTreeMap::new(),
            refunded: zero,
            doubted_refunds: BTreeSet::new(),
            said_refunded: BTreeSet::new(),
            fee: None,
            open_exceptions: 0,
            since: None,
        }
    }

    /// All that came.
    pub(super) fn received(&self) -> Result<Money, MoneyError> {
        self.captured.checked_add(self.excess)
    }

    /// What the channel is asked to pay back, but for this one.
    pub(super) fn refunding_beside(&self, refund: &RefundId) -> Result<Money, MoneyError> {
        let others = self.refunding.iter().filter(|(other, _)| *other != refund);
        let nothing = Money::zero(self.amount.currency());
        others.map(|(_, amount)| *amount).try_fold(nothing, |sum, amount| sum.checked_add(amount))
    }

    /// What of it this refund may be, beside all others.
    pub(super) fn left_for(&self, refund: &RefundId) -> Result<Money, MoneyError> {
        self.received()?.checked_sub(self.refunded)?.checked_sub(self.refunding_beside(refund)?)
    }

    pub(super) fn succeed(
        &mut self,
        transaction: &ChannelNumber,
        amount: Money,
        date: NaiveDate,
    ) -> Result<(), Broken> {
        if self.state == PaymentState::Succeeded {
            return Err(Broken::SucceededTwice);
        }
        self.take(transaction, amount, date)?;
        self.captured = amount;
        self.state = PaymentState::Succeeded;
        Ok(())
    }

    pub(super) fn exceed(
        &mut self,
        transaction: &ChannelNumber,
        (amount, why): (Money, ExcessReason),
        date: NaiveDate,
    ) -> Result<(), Broken> {
        self.take(transaction, amount, date)?;
        self.excess = self.excess.checked_add(amount)?;
        if self.excesses.insert(transaction.clone(), (amount, why)).is_some() {
            return Err(Broken::ExcessTwice);
        }
        self.raise()
    }

    fn take(&mut self, transaction: &ChannelNumber, amount: Money, date: NaiveDate) -> Result<(), Broken> {
        positive(amount)?;
        let before = self.transactions.get(transaction).copied().unwrap_or(Money::zero(amount.currency()));
        self.transactions.insert(transaction.clone(), before.checked_add(amount)?);
        self.since = Some(self.since.map_or(date, |since| since.min(date)));
        Ok(())
    }

    pub(super) fn doubt(
        &mut self,
        refund: Option<&RefundId>,
        (why, amount): (DoubtReason, Option<Money>),
    ) -> Result<(), Broken> {
        if let Some(refund) = refund {
            self.doubted_refunds.insert(refund.clone());
            if why == DoubtReason::RefundContradicted && amount.is_some() {
                self.said_refunded.insert(refund.clone());
            }
        }
        self.raise()
    }

    /// A person has looked at all that stands out. What the channel has said, it has said all the same.
    pub(super) fn resolve(&mut self) {
        self.open_exceptions = 0;
        self.doubted_refunds.clear();
    }

    pub(super) fn raise(&mut self) -> Result<(), Broken> {
        self.open_exceptions = self.open_exceptions.checked_add(1).ok_or(Broken::TooManyExceptions)?;
        Ok(())
    }

    pub(super) fn close(&mut self) -> Result<(), Broken> {
        if self.state != PaymentState::Pending {
            return Err(Broken::NotPending);
        }
        self.state = PaymentState::Closed;
        Ok(())
    }

    pub(super) fn charge(&mut self, fee: Money) -> Result<(), Broken> {
        positive(fee)?;
        match self.fee.replace(fee) {
            None => Ok(()),
            Some(_) => Err(Broken::FeeTwice),
        }
    }

    pub(super) fn submit_refund(&mut self, refund: &RefundId, amount: Money) -> Result<(), Broken> {
        self.expect_left(refund, amount)?;
        match self.refunding.insert(refund.clone(), amount) {
            None => Ok(()),
            Some(_) => Err(Broken::RefundOtherwise),
        }
    }

    /// Also of one that nobody had said was submitted: the channel's word is enough.
    pub(super) fn refund(&mut self, refund: &RefundId, amount: Money) -> Result<(), Broken> {
        self.expect_left(refund, amount)?;
        if self.refunding.remove(refund).is_some_and(|submitted| submitted != amount) {
            return Err(Broken::RefundOtherwise);
        }
        self.refunded = self.refunded.checked_add(amount)?;
        self.said_refunded.remove(refund);
        Ok(())
    }

    pub(super) fn release_refund(&mut self, refund: &RefundId) -> Result<(), Broken> {
        self.refunding.remove(refund).map(|_| ()).ok_or(Broken::NoSuchRefund)
    }

    fn expect_left(&self, refund: &RefundId, amount: Money) -> Result<(), Broken> {
        positive(amount)?;
        if self.left_for(refund)?.covers(amount)? { Ok(()) } else { Err(Broken::RefundAbovePayment) }
    }
}

fn positive(amount: Money) -> Result<(), Broken> {
    if amount.is_positive() { Ok(()) } else { Err(Broken::NotPositive) }
}
