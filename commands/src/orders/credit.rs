//! What an order uses of its customer's credit from its placing on, until it is paid or cancelled.

use tallybook_domain::billing::{
    CountedOrder, CreditAlert, CreditAlertCommand, CreditAlertId, CreditLimitRefusal, CreditPolicy,
    CreditSubject, PassedLimit, PendingOrders, PendingOrdersCommand,
};
use tallybook_domain::customers::Customer;
use tallybook_domain::orders::{Order, OrderId};
use tallybook_domain::{CustomerId, Money, Month, Refusal};
use tallybook_event_store::{Book, Decision, StoreError};

use super::placed_orders::placed_orders;
use crate::billing::{hold_alert, holds_what_is_owed, limit_of, limit_passed_by, still_to_be_held};

/// The orders of a customer that waited for their payment before any was counted.
#[derive(Debug, Clone)]
pub(super) struct EarlierOrders {
    orders: Vec<OrderId>,
    /// How many events the customer's file had before they were looked for. Once there are more, an order may have been
    /// placed that nobody counted, while there was no limit.
    file: u64,
}

impl EarlierOrders {
    pub(super) async fn of(book: &Book, customer: &CustomerId, file: u64) -> Result<Self, StoreError> {
        Ok(Self { orders: placed_orders(book, customer, &["OrderPaid", "OrderCancelled"]).await?, file })
    }
}

/// Counts an order that was just placed, and looks at the limit: what passes it is refused, or somebody is told.
pub(super) fn check_placed(
    decision: &mut Decision<'_>,
    order: &OrderId,
    (customer, amount): (&CustomerId, Money),
    (policy, earlier): (CreditPolicy, Option<&EarlierOrders>),
) -> Result<Option<PassedLimit>, Refusal> {
    let is_counted = decision.state::<PendingOrders>(&PendingOrders::stream_of(customer)).is_counted();
    if !is_counted && limit_of(decision, customer).is_none() {
        return Ok(None);
    }
    let subject = CreditSubject::from(order.clone());
    // What bills alone refuse needs no search for earlier orders.
    if !is_counted
        && policy == CreditPolicy::Block
        && let Some(passed) = limit_passed_by(decision, customer, amount, &subject)?
    {
        return Err(CreditLimitRefusal::Passed { subject, passed }.into());
    }
    count(decision, order, customer, earlier)?;
    match (limit_passed_by(decision, customer, amount, &subject)?, policy) {
        (None, _) => Ok(None),
        (Some(passed), CreditPolicy::Warn) => {
            raise(decision, (order, customer), policy, passed)?;
            Ok(Some(passed))
        }
        (Some(passed), CreditPolicy::Block) => Err(CreditLimitRefusal::Passed { subject, passed }.into()),
    }
}

/// Counts an order, and leaves out those that wait no more.
fn count(
    decision: &mut Decision<'_>,
    order: &OrderId,
    customer: &CustomerId,
    earlier: Option<&EarlierOrders>,
) -> Result<(), Refusal> {
    let stream = PendingOrders::stream_of(customer);
    let pending = decision.state::<PendingOrders>(&stream);
    let (is_counted, counted) = (pending.is_counted(), pending.orders().cloned().collect::<Vec<_>>());
    let earlier = if is_counted { Vec::new() } else { still_true(decision, customer, earlier)? };
    check_number(customer, earlier.len())?;
    let month = Month::nearest(decision.today());
    let mut held = holds_what_is_owed(decision, customer, month);
    for other in counted.iter().chain(&earlier) {
        held &= decision.holds::<Order>(other.as_str());
    }
    if !held {
        return Err(still_to_be_held(&order.clone().into()));
    }
    let waits = |order: &OrderId| decision.state::<Order>(order.as_str()).awaits_payment();
    check_number(customer, counted.iter().chain(&earlier).filter(|order| waits(order)).count())?;
    let count = PendingOrdersCommand::Count(CountedOrder {
        customer: customer.clone(),
        order: order.clone(),
        earlier: earlier.into_iter().filter(waits).collect(),
        ended: counted.into_iter().filter(|order| !waits(order)).collect(),
    });
    decision.decide::<PendingOrders>(&stream, count)?;
    Ok(())
}

/// Refuses one more than may wait.
fn check_number(customer: &CustomerId, waiting: usize) -> Result<(), CreditLimitRefusal> {
    let at_most = PendingOrders::AT_MOST;
    if waiting < at_most {
        return Ok(());
    }
    Err(CreditLimitRefusal::TooManyOrders { customer: customer.clone(), waiting, at_most })
}

/// What was found, unless the customer's file has changed since.
fn still_true(
    decision: &Decision<'_>,
    customer: &CustomerId,
    earlier: Option<&EarlierOrders>,
) -> Result<Vec<OrderId>, CreditLimitRefusal> {
    let file = decision.sequence::<Customer>(customer.as_str());
    match earlier {
        Some(earlier) if earlier.file == file => Ok(earlier.orders.clone()),
        Some(_) | None => Err(CreditLimitRefusal::OrdersNotCounted { customer: customer.clone(), file }),
    }
}

fn raise(
    decision: &mut Decision<'_>,
    (order, customer): (&OrderId, &CustomerId),
    policy: CreditPolicy,
    passed: PassedLimit,
) -> Result<(), Refusal> {
    let subject = order.clone().into();
    hold_alert(decision, &subject)?;
    let (order, customer, date) = (order.clone(), customer.clone(), decision.today());
    let raise = CreditAlertCommand::RaiseForOrder { order, customer, policy, passed, date };
    decision.decide::<CreditAlert>(CreditAlertId::of(&subject).as_str(), raise)?;
    Ok(())
}
