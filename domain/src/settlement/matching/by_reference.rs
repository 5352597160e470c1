//! The rule `reference`: bills the payer has named.

use super::draft::{Asking, Draft, pay};
use super::evidence::MatchGround;
use super::minor::{Minor, major, minor};
use super::{Matcher, OpenBill};
use crate::ids::CustomerId;
use crate::money::MoneyError;
use crate::settlement::write_off::DifferenceReason;

/// Named bills that are paid at once.
const MOST: usize = 100;

/// Of the customer whose bills are named most often, if nobody knows whose money it is. A number says more than a name:
/// of customers who are called the same, it is the one whose bill is named.
pub(super) fn draft(matcher: &Matcher, asking: &Asking<'_>) -> Result<Option<Draft>, MoneyError> {
    let receipt = asking.receipt;
    let owed = asking.named.iter().filter_map(|named| asking.bills.named(named));
    let mut bills: Vec<&OpenBill> = Vec::new();
    for bill in owed.filter(|bill| bill.open.is_positive() && bill.open.currency() == asking.free.currency())
    {
        // By its id and by its number.
        if !bills.iter().any(|known| known.bill == bill.bill) {
            bills.push(bill);
        }
    }
    let Some(customer) = receipt.customer.clone().or_else(|| most_named(&bills)) else { return Ok(None) };
    bills.retain(|bill| bill.bill.customer() == customer);
    bills.truncate(MOST);
    if bills.is_empty() {
        return Ok(None);
    }
    bills.sort_by(|one, other| (one.due_date, &one.bill).cmp(&(other.due_date, &other.bill)));
    let owed: Minor = bills.iter().map(|bill| minor(bill.open)).sum();
    let (amount, reason) = amount_ground(matcher, asking, owed, bills.len())?;
    let payments = pay(bills.iter().copied(), minor(asking.free), reason.is_some());
    let mut grounds = vec![amount];
    grounds.extend(matcher.who(asking, &customer));
    grounds.extend(bills.iter().map(|bill| MatchGround::Named { bill: bill.bill.clone() }));
    Ok(Some(Draft { customer, payments, reason, grounds }))
}

fn most_named(bills: &[&OpenBill]) -> Option<CustomerId> {
    let times = |customer: &CustomerId| bills.iter().filter(|bill| bill.bill.customer() == *customer).count();
    let mut customers: Vec<CustomerId> = bills.iter().map(|bill| bill.bill.customer()).collect();
    customers.sort();
    customers.dedup();
    customers.into_iter().rev().max_by_key(times)
}

type AmountGround = (MatchGround, Option<DifferenceReason>);

fn amount_ground(
    matcher: &Matcher,
    asking: &Asking<'_>,
    owed: Minor,
    bills: usize,
) -> Result<AmountGround, MoneyError> {
    let (free, currency) = (minor(asking.free), asking.free.currency());
    if free == owed {
        let ground = if bills == 1 { MatchGround::AmountEqual } else { MatchGround::SetEqual { bills } };
        return Ok((ground, None));
    }
    if free > owed {
        return Ok((MatchGround::Over { free: major(free - owed, currency)? }, None));
    }
    let short = major(owed - free, currency)?;
    let within = matcher.rules.tolerance().filter(|tolerance| match major(owed, currency) {
        Ok(owed) => tolerance.of(owed) >= minor(short),
        Err(_) => false,
    });
    Ok(match within {
        Some(tolerance) => {
            let reason = tolerance.reason;
            (MatchGround::Within { difference: short, reason }, Some(reason))
        }
        None => (MatchGround::Short { open: short }, None),
    })
}
