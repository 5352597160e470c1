//! What a period costs: lines, their sum, tax, total.

use serde::{Deserialize, Serialize};

use super::line::{ChargeKind, PricedLine};
use super::{ItemCode, ItemName, Meter, Metered, PeriodShare, PlanTerms, PricingRefusal, Rate, TaxOnSum};
use crate::money::Money;

/// A period priced. The subtotal is the sum of the rounded lines, the total that and the tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub lines: Vec<PricedLine>,
    pub subtotal: Money,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_rate: Option<Rate>,
    /// Of the subtotal, rounded once; on a bill, of all that has its rate together, of which this is what it adds.
    pub tax: Money,
    pub total: Money,
}

impl PlanTerms {
    /// Prices what each meter counted in a period of which the plan was in force for a share.
    ///
    /// `used` is asked for each item with a meter; of what it knows nothing, nothing was used.
    pub fn price<'u>(
        &self,
        used: impl Fn(&Meter) -> Option<Metered<'u>>,
        share: PeriodShare,
    ) -> Result<Quote, PricingRefusal> {
        let currency = self.currency();
        let mut lines = Vec::with_capacity(self.items().len() + 1);
        let mut subtotal = Money::zero(currency);
        for item in self.items() {
            let line = item.price(item.meter.as_ref().and_then(&used), share, currency)?;
            subtotal = sum(subtotal, line.amount)?;
            lines.push(line);
        }
        if let Some(line) = self.true_up(subtotal, share)? {
            subtotal = sum(subtotal, line.amount)?;
            lines.push(line);
        }
        let zero = Money::zero(currency);
        let untaxed = Quote { lines, subtotal, tax_rate: self.tax_rate(), tax: zero, total: subtotal };
        untaxed.taxed(&mut TaxOnSum::default())
    }

    /// The line that brings the lines so far up to the plan's minimum, if they are below it.
    fn true_up(&self, subtotal: Money, share: PeriodShare) -> Result<Option<PricedLine>, PricingRefusal> {
        let Some(minimum) = self.minimum() else { return Ok(None) };
        let missing = share.of_fee(minimum).and_then(|minimum| minimum.checked_sub(subtotal.amount().into()));
        let exact_amount = missing.ok_or(PricingRefusal::TotalOutOfRange)?;
        let amount = exact_amount.round(self.currency()).ok_or(PricingRefusal::TotalOutOfRange)?;
        if !amount.is_positive() {
            return Ok(None);
        }
        Ok(Some(PricedLine {
            code: ItemCode::TRUE_UP,
            name: ItemName::TRUE_UP,
            charge: ChargeKind::TrueUp,
            meter: None,
            quantity: None,
            included: None,
            tiers: Vec::new(),
            events: None,
            share: (!share.is_whole()).then_some(share),
            bounded_by: None,
            billed_before: None,
            exact_amount,
            amount,
        }))
    }
}

impl Quote {
    /// Taxed together with what stands on the same bill already.
    pub fn taxed(self, sums: &mut TaxOnSum) -> Result<Self, PricingRefusal> {
        let tax = sums.add(self.tax_rate, self.subtotal)?;
        Ok(Self { tax, total: sum(self.subtotal, tax)?, ..self })
    }
}

fn sum(one: Money, other: Money) -> Result<Money, PricingRefusal> {
    one.checked_add(other).map_err(|_| PricingRefusal::TotalOutOfRange)
}
