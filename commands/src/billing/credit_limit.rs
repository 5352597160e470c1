//! Whether a customer may owe so much more, asked of the book itself, inside the decision.
//!
//! A bill is of a month under a plan, and its id follows from the month. So the decision looks at every bill there can
//! be, and the streams of those that are not there are held too, empty: one that is issued at the same moment comes
//! before and is counted, or after and counts this one. A customer without a limit costs nothing.

use tallybook_domain::billing::{
    Bill, BillId, BillRefusal, BillState, CreditAlert, CreditAlertCommand, CreditAlertId, CreditLimitRefusal,
    CreditPolicy, PassedLimit, Subscription,
};
use tallybook_domain::customers::Customer;
use tallybook_domain::{CustomerId, Money, Month, Refusal};
use tallybook_event_store::Decision;

use super::issue_drafted::not_held;

/// The limit a customer would pass that owes this for something new, on top of what is open of its bills `besides`. What
/// is in another currency than the limit counts for nothing. Advances are not netted: they are for somebody to apply.
pub(super) fn limit_passed_by(
    decision: &mut Decision<'_>,
    customer: &CustomerId,
    new: Money,
    besides: &BillId,
) -> Result<Option<PassedLimit>, Refusal> {
    let Some(limit) = limit_of(decision, customer).filter(|limit| limit.currency() == new.currency()) else {
        return Ok(None);
    };
    let Some(bills) = bills_there_can_be(decision, customer, besides.month()) else {
        return Err(not_held(besides));
    };
    let mut owed = Money::zero(limit.currency());
    for bill in bills.iter().filter(|bill| *bill != besides) {
        let open = decision.state::<Bill>(bill.as_str()).open().map_err(BillRefusal::from)?;
        if let Some(open) = open.filter(|open| open.currency() == limit.currency()) {
            owed = owed.checked_add(open).map_err(CreditLimitRefusal::from)?;
        }
    }
    Ok(PassedLimit::of(limit, owed, new).map_err(CreditLimitRefusal::from)?)
}

/// Whether everything can be looked at that a customer's limit asks for; if not, all of it is asked for at once.
pub(super) fn holds_bills(decision: &mut Decision<'_>, customer: &CustomerId, month: Month) -> bool {
    limit_of(decision, customer).is_none() || bills_there_can_be(decision, customer, month).is_some()
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
    match (limit_passed_by(decision, &bill.customer(), open, bill)?, policy) {
        (None, _) => Ok(()),
        (Some(passed), CreditPolicy::Warn) => raise(decision, bill, note, policy, passed),
        (Some(passed), CreditPolicy::Block) => {
            Err(CreditLimitRefusal::Passed { bill: bill.clone(), passed }.into())
        }
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
    hold_alert(decision, bill)?;
    let (alert, date) = (CreditAlertId::of(bill), decision.today());
    let raise = CreditAlertCommand::Raise { bill: bill.clone(), policy, passed, note, date };
    decision.decide::<CreditAlert>(alert.as_str(), raise)?;
    Ok(())
}

/// Has the alert held that a bill raises.
pub(super) fn hold_alert(decision: &mut Decision<'_>, bill: &BillId) -> Result<(), Refusal> {
    let held = decision.holds::<CreditAlert>(CreditAlertId::of(bill).as_str());
    if held { Ok(()) } else { Err(not_held(bill)) }
}

fn limit_of(decision: &Decision<'_>, customer: &CustomerId) -> Option<Money> {
    decision.state::<Customer>(customer.as_str()).profile().and_then(|profile| profile.credit_limit)
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
