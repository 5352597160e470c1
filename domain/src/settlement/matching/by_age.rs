//! The rule `oldest_first`: what is left pays the oldest bills of a customer who settles so.

use super::draft::{Asking, Claimant, Draft, pay};
use super::evidence::MatchGround;
use super::minor::minor;
use crate::ids::CustomerId;

/// Bills that are paid at once.
const MOST: usize = 100;

/// Only of money that is known to be the customer's.
pub(super) fn draft(
    asking: &Asking<'_>,
    claimant: &Claimant,
    settling_so: Option<&[CustomerId]>,
) -> Option<Draft> {
    let customer = claimant.customer.clone();
    let named = settling_so.map(|customers| customers.contains(&customer));
    if asking.receipt.customer.is_none() || named == Some(false) {
        return None;
    }
    let bills = asking.bills.oldest(&customer, asking.free.currency()).take(MOST);
    let payments = pay(bills, minor(asking.free), false);
    let mut grounds = vec![MatchGround::OldestFirst];
    grounds.extend(named.map(|_| MatchGround::SettlesSo));
    grounds.extend(claimant.grounds.iter().cloned());
    (!payments.is_empty()).then_some(Draft { customer, payments, reason: None, grounds })
}
