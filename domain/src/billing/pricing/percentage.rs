//! `percentage`: a part of each event's amount, and what goes with it.

use serde::{Deserialize, Serialize};

use super::charge::{Charge, EventsCharged};
use super::fault::Faults;
use super::{ExactAmount, Quantity, Rate, UnitPrice};

/// What is taken of each event, and what is free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Percentage {
    /// Of the event's amount.
    pub rate: Rate,
    /// On top, for each event that is not wholly free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_per_event: Option<UnitPrice>,
    /// How many events are free, from the first one on. With `free_amount`, whichever is used up first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_events: Option<u32>,
    /// What of the amounts is free, from the first event on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_amount: Option<Quantity>,
    /// The least an event costs that is not wholly free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_per_event: Option<UnitPrice>,
    /// The most an event costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_per_event: Option<UnitPrice>,
}

impl Percentage {
    pub(super) fn check(&self, faults: &mut Faults<'_>) {
        if let (Some(minimum), Some(maximum)) = (self.minimum_per_event, self.maximum_per_event)
            && minimum > maximum
        {
            let detail = format!("must not be less than the minimum per event, {minimum}");
            faults.add("/maximum_per_event", "out_of_range", detail);
        }
    }

    /// What an event costs of whose amount this much is not free.
    fn event(&self, amount: Quantity) -> Option<ExactAmount> {
        let mut cost = ExactAmount::product(amount.value(), self.rate.value())?;
        if let Some(fee) = self.fee_per_event {
            cost = cost.checked_add(fee.value().into())?;
        }
        if let Some(minimum) = self.minimum_per_event {
            cost = cost.max(minimum.value().into());
        }
        if let Some(maximum) = self.maximum_per_event {
            cost = cost.min(maximum.value().into());
        }
        Some(cost)
    }

    fn allowance(&self) -> Allowance {
        match (self.free_events, self.free_amount) {
            (None, None) => Allowance { events: Some(0), amount: None },
            (events, amount) => Allowance { events, amount },
        }
    }
}

/// What is still free: so many events, so much of their amounts. `None` is no limit.
struct Allowance {
    events: Option<u32>,
    amount: Option<Quantity>,
}

impl Allowance {
    /// Takes an event out of it and says what of its amount is left to pay; `None` if it is wholly free. When either
    /// limit is reached, nothing is free any more.
    fn take(&mut self, amount: Quantity) -> Option<Quantity> {
        let used_up = self.events == Some(0) || self.amount.is_some_and(Quantity::is_zero);
        if used_up {
            return Some(amount);
        }
        self.events = self.events.map(|events| events.saturating_sub(1));
        match self.amount {
            None => None,
            Some(free) => {
                self.amount = Some(free.less(amount));
                Some(amount.less(free)).filter(|rest| !rest.is_zero())
            }
        }
    }
}

/// `None` if the sum has too many digits.
pub(super) fn charge(terms: &Percentage, events: &[Quantity]) -> Option<Charge> {
    let mut allowance = terms.allowance();
    let mut amount = ExactAmount::ZERO;
    let (mut charged, mut charged_amount) = (0, rust_decimal::Decimal::ZERO);
    for event in events {
        if let Some(to_pay) = allowance.take(*event) {
            charged += 1;
            charged_amount = charged_amount.checked_add(to_pay.value())?;
            amount = amount.checked_add(terms.event(to_pay)?)?;
        }
    }
    let count = u64::try_from(events.len()).ok()?;
    let charged_amount = Quantity::new(charged_amount).ok()?;
    let (rate, fee_per_event) = (Some(terms.rate), terms.fee_per_event);
    let events = Some(EventsCharged { count, charged, charged_amount, rate, fee_per_event });
    Some(Charge { amount, events, ..Charge::default() })
}
