//! What is owed less by late usage: which lines of which of the month's bills are credited with it.
//!
//! The newest bill first, so that what late usage added goes first when it is taken back. All bills and notes together
//! come to what one bill would have, to the cent. Must never credit again what somebody credited by hand.

use super::credited_tax::{CreditedLines, CreditedTax};
use super::{LateUsage, LineDifference, PartDifference};
use crate::billing::BillId;
use crate::billing::bill::{BilledPart, NoteLine, OpenBill};
use crate::billing::pricing::Rate;
use crate::money::{Money, MoneyError};

/// A bill of the month that is issued, and what is left of it.
#[derive(Debug, Clone, Copy)]
pub struct StandingBill<'a> {
    pub bill: &'a BillId,
    pub amounts: &'a OpenBill,
}

/// The lines of a note for each bill that is credited, and what could not be credited, without tax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateCredits {
    pub notes: Vec<(BillId, Vec<NoteLine>)>,
    pub not_credited: Money,
}

impl LateUsage {
    /// How the parts of which less is owed are credited to the bills that stand, newest first.
    pub fn credits(&self, standing: &[StandingBill<'_>]) -> Result<LateCredits, MoneyError> {
        let mut credited: CreditedLines = standing.iter().map(|_| Vec::new()).collect();
        let mut not_credited = Money::zero(self.amounts.total.currency());
        for part in self.parts.iter().filter(|part| part.amounts.subtotal.is_negative()) {
            let rest = Crediting::of(part, standing)?.credit(standing, &mut credited)?;
            not_credited = not_credited.checked_add(rest)?;
        }
        let mut notes: Vec<(BillId, Vec<NoteLine>)> =
            standing.iter().map(|standing| (standing.bill.clone(), Vec::new())).collect();
        for rate in CreditedTax::at_rates(&self.parts, &self.rates_by_hand(standing)?, standing)? {
            for ((_, note), lines) in notes.iter_mut().zip(rate.notes(&credited)?) {
                note.extend(lines);
            }
        }
        notes.retain(|(_, lines)| !lines.is_empty());
        Ok(LateCredits { notes, not_credited })
    }

    /// The tax rates at which notes of somebody's own took something off.
    fn rates_by_hand(&self, standing: &[StandingBill<'_>]) -> Result<Vec<Option<Rate>>, MoneyError> {
        let mut rates = Vec::new();
        for part in &self.parts {
            if !credited_by_hand(part, standing)?.is_zero() {
                rates.push(part.tax_rate);
            }
        }
        Ok(rates)
    }
}

/// A part of which less is owed.
struct Crediting<'p> {
    part: &'p PartDifference,
    /// Without tax.
    wanted: Money,
    /// Of that, what is not credited already.
    allowed: Money,
}

impl<'p> Crediting<'p> {
    fn of(part: &'p PartDifference, standing: &[StandingBill<'_>]) -> Result<Self, MoneyError> {
        let wanted = part.amounts.subtotal.negate();
        let by_hand = credited_by_hand(part, standing)?;
        let missing = least(least(missing(part, standing)?, by_hand)?, wanted)?;
        let allowed = if missing.is_positive() { wanted.checked_sub(missing)? } else { wanted };
        Ok(Self { part, wanted, allowed })
    }

    /// Adds the lines that are credited of each of the bills; the answer is what of the wanted there is nothing left of.
    fn credit(
        &self,
        standing: &[StandingBill<'_>],
        credited: &mut CreditedLines,
    ) -> Result<Money, MoneyError> {
        let mut rest = self.allowed;
        for (StandingBill { amounts, .. }, credited) in standing.iter().zip(credited) {
            let Some(of_part) = amounts.part(&self.part.stretch) else { continue };
            let left = of_part.subtotal_left();
            if !rest.is_positive() || !left.is_positive() {
                continue;
            }
            if rest.covers(left)? {
                let all = amounts.lines_of(&self.part.stretch).map(|(line, _, left)| (line, left));
                credited.extend(all.filter(|(_, left)| !left.is_zero()));
                rest = rest.checked_sub(left)?;
            } else {
                credited.extend(self.some_lines(amounts, rest)?);
                rest = Money::zero(rest.currency());
            }
        }
        let credited = self.allowed.checked_sub(rest)?;
        self.wanted.checked_sub(credited)
    }

    /// Lines of a bill that come to so much: those that became less as far as they did, then whatever is left.
    fn some_lines(&self, amounts: &OpenBill, wanted: Money) -> Result<Vec<(u32, Money)>, MoneyError> {
        let zero = Money::zero(wanted.currency());
        let mut lines: Vec<_> = amounts
            .lines_of(&self.part.stretch)
            .filter(|(_, _, left)| left.is_positive())
            .map(|(line, code, left)| (line, code, left, zero))
            .collect();
        let mut rest = wanted;
        for only_less in [true, false] {
            for (_, code, left, taken) in &mut lines {
                let of_line = self.part.lines.iter().find(|line| line.code == **code);
                let most = match of_line.filter(|line| line.difference.is_negative()) {
                    Some(line) if only_less => least(*left, zero.checked_sub(line.difference)?)?,
                    None if only_less => zero,
                    Some(_) | None => left.checked_sub(*taken)?,
                };
                let take = least(most, rest)?;
                *taken = taken.checked_add(take)?;
                rest = rest.checked_sub(take)?;
            }
        }
        let taken = lines.into_iter().map(|(line, _, _, taken)| (line, taken));
        Ok(taken.filter(|(_, taken)| !taken.is_zero()).collect())
    }
}

/// What notes of somebody's own took off the part: what was billed of it in all, less what is left of it. Settling late
/// usage leaves both the same.
fn credited_by_hand(part: &PartDifference, standing: &[StandingBill<'_>]) -> Result<Money, MoneyError> {
    let parts = standing.iter().filter_map(|standing| standing.amounts.part(&part.stretch));
    parts
        .map(BilledPart::subtotal_left)
        .try_fold(part.billed_subtotal, |billed, left| billed.checked_sub(left))
}

/// What became less of lines of which too little is left for that.
fn missing(part: &PartDifference, standing: &[StandingBill<'_>]) -> Result<Money, MoneyError> {
    let zero = Money::zero(part.amounts.total.currency());
    let less = part.lines.iter().filter(|line| line.difference.is_negative());
    less.map(|LineDifference { code, difference, .. }| {
        let lines = standing.iter().flat_map(|standing| standing.amounts.lines_of(&part.stretch));
        let left = lines
            .filter(|(_, of, left)| *of == code && left.is_positive())
            .try_fold(zero, |sum, (_, _, left)| sum.checked_add(left))?;
        let missing = zero.checked_sub(*difference)?.checked_sub(left)?;
        Ok(if missing.is_positive() { missing } else { zero })
    })
    .try_fold(zero, |sum, missing: Result<Money, MoneyError>| sum.checked_add(missing?))
}

fn least(one: Money, other: Money) -> Result<Money, MoneyError> {
    Ok(if one.covers(other)? { other } else { one })
}
