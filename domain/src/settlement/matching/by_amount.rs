//! The rules `exact_bill`, `exact_bills` and `within_tolerance`: bills that are owed what was paid, or nearly so.

use super::draft::{Asking, Claimant, Draft, Payment, pay};
use super::evidence::MatchGround;
use super::minor::{Minor, major, minor};
use super::rule_set::Tolerance;
use super::subset::search;
use super::{GivenUp, Matcher, OpenBill, RuleName};
use crate::money::MoneyError;

/// The oldest bills among which a set is looked for.
const LOOKED_AT: usize = 60;
/// Bills that are looked through for some that are not larger than the receipt.
const LOOKED_THROUGH: usize = 1_000;
/// Bills that are all paid with one receipt.
const MOST_OF_ALL: usize = 100;

/// One bill, the oldest of those that fit.
pub(super) fn exact_bill(asking: &Asking<'_>, claimant: &Claimant) -> Option<Draft> {
    let (free, currency) = (minor(asking.free), asking.free.currency());
    let mut fitting =
        asking.bills.at_least(&claimant.customer, currency, free).take_while(|bill| minor(bill.open) == free);
    let bill = fitting.next()?;
    let other = fitting.next().is_some().then_some(MatchGround::OtherBills);
    let grounds = grounds(MatchGround::AmountEqual, claimant, other);
    Some(of_bills([bill], free, claimant, grounds))
}

/// The only bill of the whole book of this amount, where nothing says that the money is of somebody who owes it.
pub(super) fn only_bill(matcher: &Matcher, asking: &Asking<'_>) -> Option<Draft> {
    let (free, currency) = (minor(asking.free), asking.free.currency());
    let only = matcher.bills.only_of_amount(currency, free)?;
    let bill = asking.bills.find(&only.bill).filter(|bill| minor(bill.open) == free)?;
    let customer = bill.bill.customer();
    let mut grounds = vec![MatchGround::AmountEqual];
    grounds.extend(matcher.who(asking, &customer));
    if matcher.taken.has_taken(asking.receipt.position, asking.free) {
        grounds.push(MatchGround::OtherBills);
    }
    Some(Draft { customer, payments: pay([bill], free, false), reason: None, grounds })
}

/// A set of bills, and whether the search was given up before it was known to be the only one.
pub(super) fn exact_bills(
    asking: &Asking<'_>,
    claimant: &Claimant,
    most: u8,
) -> (Option<Draft>, Option<GivenUp>) {
    let (free, currency, customer) = (minor(asking.free), asking.free.currency(), &claimant.customer);
    let most = usize::from(most);
    let count = asking.bills.count(customer, currency);
    let owed = asking.bills.sum(customer, currency).map_or(0, minor);
    if owed < free {
        return (None, None);
    }
    if owed == free && (2..=most).contains(&count) {
        let grounds = grounds(MatchGround::AllOwed { bills: count }, claimant, None);
        let all = asking.bills.oldest(customer, currency);
        return (Some(of_bills(all, free, claimant, grounds)), None);
    }
    let oldest = asking.bills.oldest(customer, currency).take(LOOKED_THROUGH);
    let mut small = oldest.filter(|bill| minor(bill.open) < free);
    let bills: Vec<&OpenBill> = small.by_ref().take(LOOKED_AT).collect();
    let unseen = small.next().is_some() || count > LOOKED_THROUGH;
    let amounts: Vec<Minor> = bills.iter().map(|bill| minor(bill.open)).collect();
    let found = search(&amounts, free, most);
    let given_up = (!found.another && (found.gave_up || unseen)).then(|| GivenUp {
        receipt: asking.receipt.receipt.clone(),
        customer: customer.clone(),
        rule: RuleName::ExactBills,
        looked_at: bills.len(),
        bills: count,
    });
    let draft = found.set.map(|set| {
        // As long as not every set was tried, another may fit.
        let other = (found.another || given_up.is_some()).then_some(MatchGround::OtherBills);
        let grounds = grounds(MatchGround::SetEqual { bills: set.len() }, claimant, other);
        of_bills(set.iter().filter_map(|place| bills.get(*place).copied()), free, claimant, grounds)
    });
    (draft, given_up)
}

/// The bill that is nearest, or all bills together.
pub(super) fn within_tolerance(
    asking: &Asking<'_>,
    claimant: &Claimant,
    tolerance: Tolerance<'_>,
) -> Result<Option<Draft>, MoneyError> {
    let (free, currency, customer) = (minor(asking.free), asking.free.currency(), &claimant.customer);
    let above = asking.bills.at_least(customer, currency, free);
    let mut above = above.take_while(|bill| minor(bill.open) - free <= tolerance.of(bill.open));
    let (short, other_short) = (above.next(), above.next());
    let over = asking.bills.largest_below(customer, currency, free);
    let over = over.filter(|bill| free - minor(bill.open) <= tolerance.of(bill.open));
    let nearest = match (short, over) {
        (Some(short), Some(over)) if minor(short.open) - free < free - minor(over.open) => Some(short),
        (Some(_), Some(over)) | (None, Some(over)) => Some(over),
        (short, None) => short,
    };
    if let Some(bill) = nearest {
        let others = other_short.is_some() || (short.is_some() && over.is_some());
        let amount = near(asking, minor(bill.open), tolerance)?;
        let grounds = grounds(amount, claimant, others.then_some(MatchGround::OtherBills));
        return Ok(Some(nearly([bill], free, claimant, tolerance, grounds)));
    }
    let owed = asking.bills.sum(customer, currency)?;
    let count = asking.bills.count(customer, currency);
    let apart = (minor(owed) - free).abs();
    if !(2..=MOST_OF_ALL).contains(&count) || apart > tolerance.of(owed) {
        return Ok(None);
    }
    let amount = near(asking, minor(owed), tolerance)?;
    let grounds = grounds(amount, claimant, None);
    let all = asking.bills.oldest(customer, currency);
    Ok(Some(nearly(all, free, claimant, tolerance, grounds)))
}

fn near(asking: &Asking<'_>, owed: Minor, tolerance: Tolerance<'_>) -> Result<MatchGround, MoneyError> {
    let (free, currency) = (minor(asking.free), asking.free.currency());
    Ok(match owed - free {
        0 => MatchGround::AmountEqual,
        short @ 1.. => MatchGround::Within { difference: major(short, currency)?, reason: tolerance.reason },
        over @ ..0 => MatchGround::OverWithin { free: major(-over, currency)? },
    })
}

fn grounds(amount: MatchGround, claimant: &Claimant, other: Option<MatchGround>) -> Vec<MatchGround> {
    std::iter::once(amount).chain(claimant.grounds.iter().cloned()).chain(other).collect()
}

fn of_bills<'a>(
    bills: impl IntoIterator<Item = &'a OpenBill>,
    free: Minor,
    claimant: &Claimant,
    grounds: Vec<MatchGround>,
) -> Draft {
    let (customer, payments) = (claimant.customer.clone(), pay(bills, free, false));
    Draft { customer, payments, reason: None, grounds }
}

fn nearly<'a>(
    bills: impl IntoIterator<Item = &'a OpenBill>,
    free: Minor,
    claimant: &Claimant,
    tolerance: Tolerance<'_>,
    grounds: Vec<MatchGround>,
) -> Draft {
    let payments = pay(bills, free, true);
    let forgiven = payments.iter().any(|Payment { difference, .. }| *difference > 0);
    let reason = forgiven.then_some(tolerance.reason);
    Draft { customer: claimant.customer.clone(), payments, reason, grounds }
}
