//! Whether a customer may owe so much more, asked of the book itself, inside the decision.
//!
//! A bill is of a month under a plan, and its id follows from the month. So the decision looks at every bill there can
//! be, and the streams of those that are not there are held too, empty: one that is issued at the same moment comes
//! before and is counted, or after and counts this one. The orders that wait for their payment are in a stream of the
//! customer's, which is held just the same. A customer without a limit costs nothing.

use tallybook_domain::billing::{
    Bill, BillId, BillRefusal, BillState, CreditAlert, CreditAlertCommand, CreditAlertId, CreditLimitRefusal,
    CreditPolicy, CreditSubject, PassedLimit, PendingOrders, Subscription,
};
use tallybook_domain::customers::Customer;
use tallybook_domain::orders::{Order, OrderId, OrderRefusal};
use tallybook_domain::{CustomerId, Money, Month, Refusal};
use tallybook_event_store::Decision;

use super::issue_drafted::not_held;

/// The limit a customer would pass with so much that is new, on top of what is open of its bills and waits for the
/// payment of its orders `besides`. What is in another currency than the limit counts for nothing. Advances and wallets
/// are not netted: they are for somebody to apply.
pub(crate) fn limit_passed_by(
    decision: &mut Decision<'_>,
    customer: &CustomerId,
    new: Money,
    besides: &CreditSubject,
) -> Result<Option<PassedLimit>, Refusal> {
    let Some(limit) = limit_of(decision, customer).filter(|limit| limit.currency() == new.currency()) else {
        return Ok(None);
    };
    let month = match besides {
        CreditSubject::Bill(bill) => bill.month(),
        CreditSubject::Order(_) => Month::nearest(decision.today()),
    };
    let bills = bills_there_can_be(decision, customer, month);
    let (Some(bills), true) = (bills, holds_pending_orders(decision, customer)) else {
        return Err(still_to_be_held(besides));
    };
    let mut used = Money::zero(limit.currency());
    for bill in bills.iter().filter(|bill| bill.as_str() != besides.as_str()) {
        let open = decision.state::<Bill>(bill.as_str()).open().map_err(BillRefusal::from)?;
        used = with(used, open)?;
    }
    for order in pending_orders(decision, customer).filter(|order| order.as_str() != besides.as_str()) {
        used = with(used, waits_for(decision, order))?;
    }
    Ok(PassedLimit::of(limit, used, new).map_err(CreditLimitRefusal::from)?)
}

/// Whether everything can be looked at that a customer's limit asks for; if not, all of it is asked for at once.
pub(crate) fn holds_what_is_owed(decision: &mut Decision<'_>, customer: &CustomerId, month: Month) -> bool {
    if limit_of(decision, customer).is_none() {
        return true;
    }
    let bills = bills_there_can_be(decision, customer, month).is_some();
    holds_pending_orders(decision, customer) && bills
}

/// What is answered as long as not everything a decision needs is held: it is dropped, and the decision made again.
pub(crate) fn still_to_be_held(subject: &CreditSubject) -> Refusal {
    match subject {
        CreditSubject::Bill(bill) => not_held(bill),
        CreditSubject::Order(order) => OrderRefusal::NotFound { order: order.clone() }.into(),
    }
}

/// Looks at a bill that was just issued, or of which a debit note just was, once a wallet has paid of it: what passes the
/// limit is refused, or somebody is told.
pub(super) fn check_issued(
    decision: &mut Decision<'_>,
    bill: &BillId,
    note: Option<u32>,
    policy: CreditPolicy,
) -> Result<(), Refusal> {
    let open = decision.state::<Bill>(bill.as_str()).open().map_err(BillRefusal::from)?;
    let Some(open) = open else { return Ok(()) };
    let subject = bill.clone().into();
    match (limit_passed_by(decision, &bill.customer(), open, &subject)?, policy) {
        (None, _) => Ok(()),
        (Some(passed), CreditPolicy::Warn) => raise(decision, bill, note, policy, passed),
        (Some(passed), CreditPolicy::Block) => Err(CreditLimitRefusal::Passed { subject, passed }.into()),
    }
}

/// Tells that a limit was passed with this bill.
pub(super) fn raise(
    decision: &mut Decision<'_>,
    bill: &BillId,
    note: Option<u32>,
    policy: CreditPolicy,
    passed: PassedLimit,
) -> Result<(), Refusal> {
    let subject = bill.clone().into();
    hold_alert(decision, &subject)?;
    let (alert, date) = (CreditAlertId::of(&subject), decision.today());
    let raise = CreditAlertCommand::Raise { bill: bill.clone(), policy, passed, note, date };
    decision.decide::<CreditAlert>(alert.as_str(), raise)?;
    Ok(())
}

/// Has the alert held that a bill or an order raises.
pub(crate) fn hold_alert(decision: &mut Decision<'_>, subject: &CreditSubject) -> Result<(), Refusal> {
    let held = decision.holds::<CreditAlert>(CreditAlertId::of(subject).as_str());
    if held { Ok(()) } else { Err(still_to_be_held(subject)) }
}

pub(crate) fn limit_of(decision: &Decision<'_>, customer: &CustomerId) -> Option<Money> {
    decision.state::<Customer>(customer.as_str()).profile().and_then(|profile| profile.credit_limit)
}

/// More by what is in the same currency.
fn with(sum: Money, more: Option<Money>) -> Result<Money, CreditLimitRefusal> {
    let more = more.filter(|more| more.currency() == sum.currency());
    Ok(more.map_or(Ok(sum), |more| sum.checked_add(more))?)
}

/// What an order waits for, if it does.
fn waits_for(decision: &Decision<'_>, order: &OrderId) -> Option<Money> {
    let order = decision.state::<Order>(order.as_str());
    order.amount().filter(|_| order.awaits_payment())
}

/// Whether it can be looked at which orders a customer has that may wait for their payment, and at each of them.
fn holds_pending_orders(decision: &mut Decision<'_>, customer: &CustomerId) -> bool {
    let stream = PendingOrders::stream_of(customer);
    if !decision.holds::<PendingOrders>(&stream) {
        return false;
    }
    let orders: Vec<OrderId> = decision.state::<PendingOrders>(&stream).orders().cloned().collect();
    let mut held = true;
    for order in &orders {
        held &= decision.holds::<Order>(order.as_str());
    }
    held
}

fn pending_orders<'a>(
    decision: &'a Decision<'_>,
    customer: &CustomerId,
) -> impl Iterator<Item = &'a OrderId> {
    decision.state::<PendingOrders>(&PendingOrders::stream_of(customer)).orders()
}

/// Every bill of the months under a plan up to today's, and to `month`. `None`: something has to be loaded first.
fn bills_there_can_be(
    decision: &mut Decision<'_>,
    customer: &CustomerId,
    month: Month,
) -> Option<Vec<BillId>> {
    let stream = Subscription::stream_of(customer);
    if !decision.holds::<Subscription>(&stream) {
        return None;
    }
    let last = Month::nearest(decision.today()).max(month);
    let months = decision.state::<Subscription>(&stream).months_until(last);
    let (mut bills, mut held) = (Vec::new(), true);
    for month in months {
        let first = BillId::new(customer, month);
        let revisions = (1..).map_while(|number| first.revised(number));
        held &= look_at(decision, revisions, is_followed_by_a_revision, &mut bills);
        let deltas = (1..).map_while(|number| first.delta(number));
        held &= look_at(decision, deltas, |state| state.is_some(), &mut bills);
    }
    held.then_some(bills)
}

/// Looks at bills in their order, up to the first that has none after it. `false`: one has to be loaded first.
fn look_at(
    decision: &mut Decision<'_>,
    numbered: impl Iterator<Item = BillId>,
    is_followed: fn(Option<BillState>) -> bool,
    bills: &mut Vec<BillId>,
) -> bool {
    for bill in numbered {
        if !decision.holds::<Bill>(bill.as_str()) {
            return false;
        }
        let state = decision.state::<Bill>(bill.as_str()).state();
        bills.push(bill);
        if !is_followed(state) {
            break;
        }
    }
    true
}

/// A month is billed again only once its bill is taken back, and that is for ever.
fn is_followed_by_a_revision(state: Option<BillState>) -> bool {
    match state {
        Some(BillState::Voided) => true,
        Some(BillState::Draft | BillState::Issued) | None => false,
    }
}
