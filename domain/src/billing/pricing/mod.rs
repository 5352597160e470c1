//! Pricing: from a plan's terms and what was used to lines, tax and total.
//!
//! Owns the models, the order in which their parts apply, and rounding. A pure calculation: the same terms and usage
//! cost the same for ever. Must never lose a digit on the way: amounts are exact until each line is rounded, once.

mod charge;
mod code;
mod decimal;
mod exact_amount;
mod fault;
mod fee;
mod flat;
mod graduated;
mod item;
mod limits;
mod line;
mod model;
mod package;
mod per_unit;
mod percentage;
mod period_share;
mod plan_terms;
mod quantity;
mod quote;
mod rate;
mod refusal;
mod tax_on_sum;
#[cfg(test)]
mod tests;
mod tier;
mod unit_price;
mod usage;
mod volume;

pub use charge::{EventsCharged, TierUsed};
pub use code::{ItemCode, ItemName, Meter};
pub use decimal::InvalidDecimal;
pub use exact_amount::ExactAmount;
pub use fault::{InvalidTerms, TermsFault};
pub use fee::Fee;
pub use item::{PriceItem, ZeroUsage};
pub use limits::{MOST_ITEMS, MOST_TIERS};
pub use line::{BilledBefore, Bound, ChargeKind, PricedLine};
pub use model::PriceModel;
pub use percentage::Percentage;
pub use period_share::{InvalidPeriod, PeriodShare};
pub use plan_terms::PlanTerms;
pub use quantity::Quantity;
pub use quote::Quote;
pub use rate::Rate;
pub use refusal::PricingRefusal;
pub use tax_on_sum::TaxOnSum;
pub use tier::Tier;
pub use unit_price::UnitPrice;
pub use usage::Metered;
