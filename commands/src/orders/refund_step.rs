//! What all steps of a refund have in common: whose money it is, and that order, payment and wallet are asked too.

use chrono::NaiveDate;
use tallybook_domain::customers::Customer;
use tallybook_domain::deposits::{Wallet, WalletCommand, WithdrawalRefusal};
use tallybook_domain::ledger::periods::{ACCOUNTING_PERIODS, AccountingPeriods};
use tallybook_domain::orders::{
    Order, OrderCommand, OrderId, OrderRefund, OrderRefundCommand, OrderRefundRefusal, PaidWith, Payment,
    PaymentCommand, PaymentId, RefundGround, RefundId,
};
use tallybook_domain::text::Reason;
use tallybook_domain::{CustomerId, Money, MoneyError, Refusal};
use tallybook_event_store::Decision;

/// A refund and whose it is.
#[derive(Debug, Clone)]
pub(super) struct RefundParties {
    pub(super) refund: RefundId,
    pub(super) order: OrderId,
    pub(super) customer: CustomerId,
    pub(super) ground: RefundGround,
    pub(super) back_to: PaidWith,
    pub(super) amount: Money,
}

impl RefundParties {
    /// All that a step of it may need is at hand after this. If it is not yet, the refusal is dropped with the rest, and
    /// the command decided anew.
    pub(super) fn of(decision: &mut Decision<'_>, refund: &RefundId) -> Result<Self, Refusal> {
        let not_found = || Refusal::from(OrderRefundRefusal::NotFound { refund: refund.clone() });
        if !decision.holds::<OrderRefund>(refund.as_str()) {
            return Err(not_found());
        }
        let state = decision.state::<OrderRefund>(refund.as_str());
        let (Some(order), Some(customer), Some(ground), Some(back_to), Some(amount)) =
            (state.order(), state.customer(), state.ground(), state.back_to(), state.amount())
        else {
            return Err(not_found());
        };
        let parties = Self {
            refund: refund.clone(),
            order: order.clone(),
            customer: customer.clone(),
            ground,
            back_to: back_to.clone(),
            amount,
        };
        let source = match &parties.back_to {
            PaidWith::Wallet { wallet } => decision.holds::<Wallet>(wallet.as_str()),
            PaidWith::Channel { payment, .. } => decision.holds::<Payment>(payment.as_str()),
        };
        let order = decision.holds::<Order>(parties.order.as_str());
        let customer = decision.holds::<Customer>(parties.customer.as_str());
        if source && order && customer { Ok(parties) } else { Err(not_found()) }
    }

    /// The business date of a step that is said to have happened on `day`: that day, or the one of what it follows, if
    /// that is later; today, if either is in a closed period.
    pub(super) fn date_of_step(&self, decision: &Decision<'_>, day: NaiveDate) -> NaiveDate {
        let refund = decision.state::<OrderRefund>(self.refund.as_str());
        let order = decision.state::<Order>(self.order.as_str());
        let follows = |day| order.effective_date_by_default(refund.effective_date_by_default(day));
        let date = follows(day);
        let periods = decision.state::<AccountingPeriods>(ACCOUNTING_PERIODS);
        if periods.check_open(date).is_ok() { date } else { follows(decision.today()) }
    }
}

/// Money goes out only for a customer who is not suspended; into a wallet, only while its customer is one.
pub(super) fn check_may_go(decision: &Decision<'_>, parties: &RefundParties) -> Result<(), Refusal> {
    let customer = decision.state::<Customer>(parties.customer.as_str());
    match parties.back_to {
        PaidWith::Wallet { .. } => Ok(customer.check_open(&parties.customer)?),
        PaidWith::Channel { .. } if customer.may_withdraw() => Ok(()),
        PaidWith::Channel { .. } => {
            Err(WithdrawalRefusal::WalletSuspended { customer: parties.customer.clone() }.into())
        }
    }
}

/// The money is back where it came from. A second time decides nothing.
pub(super) fn succeed(
    decision: &mut Decision<'_>,
    parties: &RefundParties,
    effective_date: NaiveDate,
) -> Result<(), Refusal> {
    let RefundParties { refund, order, ground, back_to, amount, .. } = parties.clone();
    let today = decision.today();
    let succeed = OrderRefundCommand::Succeed { refund: refund.clone(), effective_date, today };
    if decision.decide::<OrderRefund>(refund.as_str(), succeed)? == 0 {
        return Ok(());
    }
    match back_to {
        PaidWith::Wallet { wallet } => {
            let id = wallet.clone();
            let (order, refund) = (order.clone(), refund.clone());
            let credit = WalletCommand::CreditOrderRefund { wallet, order, refund, amount, effective_date };
            decision.decide::<Wallet>(id.as_str(), credit)?;
        }
        PaidWith::Channel { payment, .. } => refunded(decision, payment, (refund.clone(), amount))?,
    }
    if ground == RefundGround::Order {
        let id = order.clone();
        let refunded = OrderCommand::Refund { order, refund, effective_date, today };
        decision.decide::<Order>(id.as_str(), refunded)?;
    }
    Ok(())
}

fn refunded(
    decision: &mut Decision<'_>,
    payment: PaymentId,
    (refund, amount): (RefundId, Money),
) -> Result<(), Refusal> {
    let id = payment.clone();
    decision.decide::<Payment>(id.as_str(), PaymentCommand::Refund { payment, refund, amount })?;
    Ok(())
}

/// Whether the money of a refund that a person has called failed is still there to have gone back: neither the payment nor
/// the order has given it, or promised it, to another.
pub(super) fn may_succeed_after_all(
    decision: &Decision<'_>,
    parties: &RefundParties,
) -> Result<bool, MoneyError> {
    let left = match &parties.back_to {
        PaidWith::Channel { payment, .. } => {
            decision.state::<Payment>(payment.as_str()).left_for(&parties.refund)?
        }
        PaidWith::Wallet { .. } => None,
    };
    let Some(left) = left else { return Ok(false) };
    let of_order = match parties.ground {
        RefundGround::Order => {
            decision.state::<Order>(parties.order.as_str()).may_refund_after_all(parties.amount)?
        }
        RefundGround::Excess => true,
    };
    Ok(of_order && left.covers(parties.amount)?)
}

/// The channel has paid back what a person had called failed.
pub(super) fn succeed_after_all(
    decision: &mut Decision<'_>,
    parties: &RefundParties,
    effective_date: NaiveDate,
) -> Result<(), Refusal> {
    let RefundParties { refund, order, ground, back_to, amount, .. } = parties.clone();
    let today = decision.today();
    let succeed = OrderRefundCommand::SucceedAfterAll { refund: refund.clone(), effective_date, today };
    if decision.decide::<OrderRefund>(refund.as_str(), succeed)? == 0 {
        return Ok(());
    }
    if let PaidWith::Channel { payment, .. } = back_to {
        refunded(decision, payment, (refund.clone(), amount))?;
    }
    if ground == RefundGround::Order {
        let id = order.clone();
        let refunded = OrderCommand::RefundAfterAll { order, refund, amount, effective_date, today };
        decision.decide::<Order>(id.as_str(), refunded)?;
    }
    Ok(())
}

/// The money stayed here, and can be asked back again. A second time decides nothing; nor does it release anything twice
/// when the channel says what a person has said before.
pub(super) fn fail(
    decision: &mut Decision<'_>,
    parties: &RefundParties,
    reason: Option<Reason>,
) -> Result<(), Refusal> {
    let refund = parties.refund.clone();
    let given_up = decision.state::<OrderRefund>(refund.as_str()).is_given_up();
    let failed = OrderRefundCommand::Fail { refund: refund.clone(), reason };
    if decision.decide::<OrderRefund>(refund.as_str(), failed)? == 0 || given_up {
        return Ok(());
    }
    if let PaidWith::Channel { payment, .. } = parties.back_to.clone() {
        let id = payment.clone();
        decision.decide::<Payment>(id.as_str(), PaymentCommand::ReleaseRefund { payment, refund })?;
    }
    release(decision, parties)
}

/// The order's money is no longer set aside for it.
pub(super) fn release(decision: &mut Decision<'_>, parties: &RefundParties) -> Result<(), Refusal> {
    let RefundParties { refund, order, ground, .. } = parties.clone();
    if ground == RefundGround::Order {
        let id = order.clone();
        decision.decide::<Order>(id.as_str(), OrderCommand::ReleaseRefund { order, refund })?;
    }
    Ok(())
}
