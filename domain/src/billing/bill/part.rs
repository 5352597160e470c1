//! What a bill is made of: for each stretch of the month under one version of one plan, its lines.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Amounts;
use crate::billing::price_plan::PlanCode;
use crate::billing::pricing::{PricedLine, Quote};
use crate::money::{Currency, MoneyError};

/// Days of the month in which one version of a plan was in force, and what they cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillPart {
    pub plan: PlanCode,
    pub plan_version: u32,
    /// First and last day, both included.
    pub from: NaiveDate,
    pub to: NaiveDate,
    #[serde(flatten)]
    pub quote: Quote,
}

/// Which days of a month were under which version of which plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    pub plan: PlanCode,
    pub plan_version: u32,
    /// First and last day, both included.
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl BillPart {
    pub fn stretch(&self) -> Stretch {
        let Self { plan, plan_version, from, to, quote: _ } = self;
        Stretch { plan: plan.clone(), plan_version: *plan_version, from: *from, to: *to }
    }
}

/// The lines of all parts with their numbers on the bill, from 1.
pub fn number_lines(parts: &[BillPart]) -> impl Iterator<Item = (u32, &BillPart, &PricedLine)> {
    let lines = parts.iter().flat_map(|part| part.quote.lines.iter().map(move |line| (part, line)));
    (1..).zip(lines).map(|(number, (part, line))| (number, part, line))
}

/// What all parts come to.
pub fn sum_of(parts: &[BillPart], currency: Currency) -> Result<Amounts, MoneyError> {
    parts.iter().try_fold(Amounts::zero(currency), |sum, part| {
        sum.checked_add(Amounts::new(part.quote.subtotal, part.quote.tax)?)
    })
}
