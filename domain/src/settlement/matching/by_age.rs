//! The rule `oldest_first`: what is left pays the oldest bills of a customer who settles so.

use std::collections::BTreeSet;

use super::draft::{Asking, Claimant, Draft, pay};
use super::evidence::MatchGround;
use super::minor::minor;
use crate::ids::CustomerId;

/// Bills that are paid at once.
const MOST: usize = 100;

/// Only of money that is known to be the customer's. Customers settle so whom the rule names, and in whose files it is
/// said; without names everybody's money is used, and those are surer.
pub(super) fn draft(
    asking: &Asking<'_>,
    claimant: &Claimant,
    (named, by_file): (Option<&[CustomerId]>, &BTreeSet<CustomerId>),
) -> Option<Draft> {
    let customer = claimant.customer.clone();
    let is_named = named.is_some_and(|customers| customers.contains(&customer));
    let settles_so = is_named || by_file.contains(&customer);
    if asking.receipt.customer.is_none() || (named.is_some() && !settles_so) {
        return None;
    }
    let bills = asking.bills.oldest(&customer, asking.free.currency()).take(MOST);
    let payments = pay(bills, minor(asking.free), false);
    let mut grounds = vec![MatchGround::OldestFirst];
    grounds.extend(settles_so.then_some(MatchGround::SettlesSo));
    grounds.extend(claimant.grounds.iter().cloned());
    (!payments.is_empty()).then_some(Draft { customer, payments, reason: None, grounds })
}
