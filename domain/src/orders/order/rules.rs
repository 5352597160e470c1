//! Which step an order may take, and when.
//!
//! A step that was taken already decides nothing: it is a retry. A step of time decides nothing before its time, nor
//! when somebody was faster: whoever is first in the lane has taken it.

use chrono::{DateTime, NaiveDate, Utc};

use super::standing::Standing;
use super::{
    Order, OrderAction, OrderCommand, OrderEvent, OrderRefusal, OrderState, OrderTerms, PaidWith,
    ShippedPart, StepBy,
};
use crate::billing::pricing::Quantity;
use crate::dates::{check_effective, check_follows};
use crate::money::Money;
use crate::orders::{OrderId, RefundId};

type Decided = Result<Vec<OrderEvent>, OrderRefusal>;

/// The business date of a step and the book's today.
type Dates = (NaiveDate, NaiveDate);

pub(super) fn decide(state: &Order, command: OrderCommand) -> Decided {
    use OrderCommand as Command;
    use OrderEvent as Event;

    if let Command::Place { order, terms, pay_by, today } = command {
        return place(state, (order, terms), pay_by, today);
    }
    let standing = placed(state, command.order())?;
    match command {
        Command::Place { .. } => Ok(Vec::new()),
        Command::Pay { paid_with, amount, effective_date, today, .. } => {
            pay(standing, paid_with, amount, (effective_date, today))
        }
        Command::Cancel { order, reason } => {
            let customer = standing.terms.customer.clone();
            let cancelled = Event::OrderCancelled { order, customer, by: StepBy::Person, reason };
            take(standing, OrderAction::Cancel, OrderState::Cancelled, cancelled)
        }
        Command::Ship { order, parts, carrier, tracking_no, last, receive_by } => {
            check_shipment(standing, &parts, last)?;
            let is_last = last || standing.is_rest(&parts);
            let receive_by = is_last.then_some(receive_by);
            Ok(vec![Event::OrderShipped { order, parts, carrier, tracking_no, receive_by }])
        }
        Command::Receive { order, complete_by } => {
            let received = Event::OrderReceived { order, by: StepBy::Person, complete_by };
            take(standing, OrderAction::Receive, OrderState::Received, received)
        }
        Command::TakeDueStep { now, complete_by, effective_date, today, .. } => {
            if standing.due_at.is_none_or(|due_at| now < due_at) {
                return Ok(Vec::new());
            }
            due_step(standing, complete_by, (effective_date, today))
        }
        Command::RequestRefund { order, refund, amount } => request_refund(standing, order, refund, amount),
        Command::Refund { order, refund, effective_date, today } => {
            refund_paid(standing, (order, refund), (effective_date, today))
        }
        Command::RefundAfterAll { refund, amount, effective_date, today, .. } => {
            refund_after_all(standing, (refund, amount), (effective_date, today))
        }
        Command::ReleaseRefund { order, refund } => {
            let amount = open_refund(standing, &refund)?;
            Ok(vec![Event::OrderRefundReleased { order, refund, amount }])
        }
    }
}

/// The same order again is a retry, whenever it would have to be paid; another cannot have its number.
fn place(
    state: &Order,
    (order, terms): (OrderId, OrderTerms),
    pay_by: DateTime<Utc>,
    today: NaiveDate,
) -> Decided {
    match &state.placed {
        None => Ok(vec![OrderEvent::OrderPlaced { order, terms, placed_date: today, pay_by }]),
        Some(standing) if *standing.terms == terms => Ok(Vec::new()),
        Some(_) => Err(OrderRefusal::NumberTaken { order, order_no: terms.order_no }),
    }
}

fn pay(standing: &Standing, paid_with: PaidWith, amount: Money, (effective_date, today): Dates) -> Decided {
    if standing.paid_with.as_ref() == Some(&paid_with) {
        return Ok(Vec::new());
    }
    check_state(standing, OrderAction::Pay)?;
    let order = standing.order.clone();
    if amount != standing.terms.amount {
        return Err(OrderRefusal::PaidOtherwise { order, amount: standing.terms.amount, paid: amount });
    }
    check_effective(effective_date, today)?;
    let (customer, placed_date) = (standing.terms.customer.clone(), standing.placed_date);
    Ok(vec![OrderEvent::OrderPaid { order, customer, paid_with, amount, placed_date, effective_date }])
}

/// The step if it may be taken now, nothing if it was taken already.
fn take(standing: &Standing, action: OrderAction, target: OrderState, event: OrderEvent) -> Decided {
    if standing.state == target {
        return Ok(Vec::new());
    }
    check_state(standing, action)?;
    Ok(vec![event])
}

/// Each line once, and no more of it than is left. Nothing can be in a shipment only to say that what went was all.
fn check_shipment(standing: &Standing, parts: &[ShippedPart], last: bool) -> Result<(), OrderRefusal> {
    check_state(standing, OrderAction::Ship)?;
    let order = || standing.order.clone();
    let ends = last && standing.state == OrderState::PartlyShipped;
    if parts.is_empty() && !ends {
        return Err(OrderRefusal::NothingShipped { order: order() });
    }
    for (place, ShippedPart { line, quantity }) in parts.iter().enumerate() {
        let (line, requested) = (*line, *quantity);
        let unshipped =
            standing.unshipped(line).ok_or_else(|| OrderRefusal::NoSuchLine { order: order(), line })?;
        if requested == Quantity::ZERO || parts[..place].iter().any(|earlier| earlier.line == line) {
            return Err(OrderRefusal::NothingShipped { order: order() });
        }
        if requested > unshipped {
            return Err(OrderRefusal::AboveUnshipped { order: order(), line, unshipped, requested });
        }
    }
    Ok(())
}

/// The step whose time has come. While a refund is open, nobody knows what is earned.
fn due_step(standing: &Standing, complete_by: DateTime<Utc>, (effective_date, today): Dates) -> Decided {
    let (order, by) = (standing.order.clone(), StepBy::Timer);
    let customer = standing.terms.customer.clone();
    Ok(match standing.state {
        OrderState::PendingPayment => {
            vec![OrderEvent::OrderCancelled { order, customer, by, reason: None }]
        }
        OrderState::Shipped => vec![OrderEvent::OrderReceived { order, by, complete_by }],
        OrderState::Received if standing.open_refunds.is_empty() => {
            check_follows(effective_date, standing.last_effective.unwrap_or(effective_date), today)?;
            let kept = standing.captured.checked_sub(standing.refunded)?;
            let amounts = standing.terms.amounts_of(kept)?;
            vec![OrderEvent::OrderCompleted { order, customer, amounts, effective_date }]
        }
        OrderState::Received
        | OrderState::Paid
        | OrderState::PartlyShipped
        | OrderState::Completed
        | OrderState::Cancelled
        | OrderState::Closed => Vec::new(),
    })
}

fn request_refund(standing: &Standing, order: OrderId, refund: RefundId, requested: Money) -> Decided {
    check_state(standing, OrderAction::Refund)?;
    if let Some(open) = standing.open_refunds.get(&refund) {
        let (again, amount) = (*open == requested, *open);
        return if again {
            Ok(Vec::new())
        } else {
            Err(OrderRefusal::RefundAlreadyOpen { order, refund, amount })
        };
    }
    if !requested.is_positive() {
        return Err(OrderRefusal::RefundNotPositive { amount: requested });
    }
    check_refundable(standing, requested)?;
    Ok(vec![OrderEvent::OrderRefundRequested { order, refund, amount: requested }])
}

fn check_refundable(standing: &Standing, requested: Money) -> Result<(), OrderRefusal> {
    if standing.refundable()?.covers(requested)? {
        return Ok(());
    }
    let (captured, refunded, pending) = (standing.captured, standing.refunded, standing.pending()?);
    let order = standing.order.clone();
    Err(OrderRefusal::RefundAboveCaptured { order, captured, refunded, pending, requested })
}

fn refund_paid(
    standing: &Standing,
    (order, refund): (OrderId, RefundId),
    (effective_date, today): Dates,
) -> Decided {
    let amount = open_refund(standing, &refund)?;
    check_follows(effective_date, standing.last_effective.unwrap_or(effective_date), today)?;
    let Some(paid_with) = standing.paid_with.clone() else {
        return Err(not_in_state(standing, OrderAction::Refund));
    };
    let in_full = standing.refunded.checked_add(amount)? == standing.captured;
    let customer = standing.terms.customer.clone();
    let closed = in_full.then(|| OrderEvent::OrderClosed { order: order.clone() });
    let earned = None;
    let refunded =
        OrderEvent::OrderRefunded { order, customer, refund, paid_with, amount, effective_date, earned };
    Ok([Some(refunded), closed].into_iter().flatten().collect())
}

/// Set aside and gone at once. What a completed order had earned of it is not earned.
fn refund_after_all(
    standing: &Standing,
    (refund, amount): (RefundId, Money),
    (effective_date, today): Dates,
) -> Decided {
    let completed = standing.state == OrderState::Completed;
    if !completed {
        check_state(standing, OrderAction::Refund)?;
    }
    check_refundable(standing, amount)?;
    check_follows(effective_date, standing.last_effective.unwrap_or(effective_date), today)?;
    let Some(paid_with) = standing.paid_with.clone() else {
        return Err(not_in_state(standing, OrderAction::Refund));
    };
    let (order, customer) = (standing.order.clone(), standing.terms.customer.clone());
    let kept = standing.captured.checked_sub(standing.refunded)?;
    let left = kept.checked_sub(amount)?;
    let earned = if completed {
        Some(standing.terms.amounts_of(kept)?.checked_sub(standing.terms.amounts_of(left)?)?)
    } else {
        None
    };
    let closed = (left.is_zero() && !completed).then(|| OrderEvent::OrderClosed { order: order.clone() });
    let asked = OrderEvent::OrderRefundRequested { order: order.clone(), refund: refund.clone(), amount };
    let refunded =
        OrderEvent::OrderRefunded { order, customer, refund, paid_with, amount, effective_date, earned };
    Ok([Some(asked), Some(refunded), closed].into_iter().flatten().collect())
}

fn open_refund(standing: &Standing, refund: &RefundId) -> Result<Money, OrderRefusal> {
    let (order, refund) = (standing.order.clone(), refund.clone());
    let amount = standing.open_refunds.get(&refund).copied();
    amount.ok_or(OrderRefusal::RefundNotOpen { order, refund })
}

fn check_state(standing: &Standing, action: OrderAction) -> Result<(), OrderRefusal> {
    if action.is_open_from(standing.state) { Ok(()) } else { Err(not_in_state(standing, action)) }
}

fn not_in_state(standing: &Standing, action: OrderAction) -> OrderRefusal {
    OrderRefusal::NotInState { order: standing.order.clone(), state: standing.state, action }
}

fn placed<'a>(state: &'a Order, order: &OrderId) -> Result<&'a Standing, OrderRefusal> {
    state.placed.as_ref().ok_or_else(|| OrderRefusal::NotFound { order: order.clone() })
}
