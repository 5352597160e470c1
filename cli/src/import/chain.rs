//! Whether a statement's balances follow from its amounts: a missing or changed row shows as a gap.

use std::cmp::Ordering;

use tallybook_domain::{Currency, Money};

use super::row::Entry;
use super::statement::Line;

/// In which order a file lists its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    OldestFirst,
    NewestFirst,
}

/// The balances of one currency.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chain {
    pub(super) opening: Money,
    pub(super) closing: Money,
    pub(super) gaps: Vec<Gap>,
}

/// Two rows between which money is missing, or too much.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) line: usize,
    pub(super) expected: Money,
    pub(super) found: Money,
}

/// The way most neighbours go; where that says nothing (all on one day), whichever way leaves fewer gaps.
pub(super) fn order(lines: &[Line]) -> Order {
    let (mut forward, mut backward) = (0_usize, 0_usize);
    for pair in lines.windows(2) {
        let [before, after] = pair else { continue };
        let moment = |line: &Line| (line.entry.date, line.entry.time.clone());
        match moment(before).cmp(&moment(after)) {
            Ordering::Less => forward += 1,
            Ordering::Greater => backward += 1,
            Ordering::Equal => {}
        }
    }
    let gaps = |order| chains(lines, order).iter().map(|chain| chain.gaps.len()).sum::<usize>();
    match forward.cmp(&backward) {
        Ordering::Greater => Order::OldestFirst,
        Ordering::Less => Order::NewestFirst,
        Ordering::Equal if gaps(Order::NewestFirst) < gaps(Order::OldestFirst) => Order::NewestFirst,
        Ordering::Equal => Order::OldestFirst,
    }
}

/// The chain of each currency that has balances.
pub(super) fn chains(lines: &[Line], order: Order) -> Vec<Chain> {
    currencies(lines).into_iter().filter_map(|currency| chain(lines, order, currency)).collect()
}

fn currencies(lines: &[Line]) -> Vec<Currency> {
    let mut found: Vec<Currency> =
        lines.iter().filter_map(|line| line.entry.balance).map(|b| b.currency()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn chain(lines: &[Line], order: Order, currency: Currency) -> Option<Chain> {
    let mut links: Vec<(usize, Money, Money)> = lines
        .iter()
        .filter_map(|line| {
            let (amount, balance) = link(&line.entry, currency)?;
            Some((line.line, amount, balance))
        })
        .collect();
    if order == Order::NewestFirst {
        links.reverse();
    }
    let (_, first_amount, first_balance) = *links.first()?;
    let (_, _, closing) = *links.last()?;
    let opening = first_balance.checked_sub(first_amount).ok()?;
    let mut gaps = Vec::new();
    for pair in links.windows(2) {
        let [(_, _, before), (line, amount, found)] = *pair else { continue };
        let expected = before.checked_add(amount).ok()?;
        if expected != found {
            gaps.push(Gap { line, expected, found });
        }
    }
    Some(Chain { opening, closing, gaps })
}

fn link(entry: &Entry, currency: Currency) -> Option<(Money, Money)> {
    let balance = entry.balance.filter(|balance| balance.currency() == currency)?;
    Some((entry.amount.unwrap_or_else(|| Money::zero(currency)), balance))
}
