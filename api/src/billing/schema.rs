//! How terms and priced lines look in OpenAPI. But for the names of models, described here only; never made or read.
#![expect(dead_code, reason = "describes tallybook_domain::billing::pricing")]

use std::str::FromStr;

use chrono::NaiveDate;
use tallybook_domain::InvalidText;
use tallybook_read_models::schema::Money;
use utoipa::ToSchema;

/// The way in which usage becomes an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(as = PriceModelName, rename_all = "snake_case")]
pub(super) enum ModelName {
    Flat,
    PerUnit,
    Graduated,
    Volume,
    Package,
    Percentage,
}

impl FromStr for ModelName {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "flat" => Ok(Self::Flat),
            "per_unit" => Ok(Self::PerUnit),
            "graduated" => Ok(Self::Graduated),
            "volume" => Ok(Self::Volume),
            "package" => Ok(Self::Package),
            "percentage" => Ok(Self::Percentage),
            _ => Err(InvalidText::Malformed {
                expected: "flat, per_unit, graduated, volume, package or percentage",
            }),
        }
    }
}

/// Whether flat fees are charged for a period without a unit to pay for: `charge`, if left out.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum ZeroUsage {
    Charge,
    Skip,
}

/// One thing a plan charges for. Which members it has besides is the model's: `fee` of `flat`, `unit_price` of
/// `per_unit`, `tiers` of `graduated` and `volume`, `package_size` and `package_price` of `package`, the others of
/// `percentage`.
#[derive(Debug, ToSchema)]
pub(super) struct PriceItem {
    model: ModelName,
    /// Once per plan; the meter or the model, if left out.
    #[schema(example = "api_calls", max_length = 64)]
    code: Option<String>,
    /// As on the bill; the code, if left out.
    #[schema(max_length = 200)]
    name: Option<String>,
    /// What is counted. Only a flat fee may do without.
    #[schema(example = "api_calls", max_length = 64)]
    meter: Option<String>,
    /// Units that are free in each period. Not of `flat` and `percentage`.
    #[schema(example = "10")]
    included: Option<String>,
    /// The least the item costs in a period.
    minimum: Option<String>,
    /// The most the item costs in a period.
    maximum: Option<String>,
    zero_usage: Option<ZeroUsage>,
    #[schema(example = "6000")]
    fee: Option<String>,
    #[schema(example = "0.5")]
    unit_price: Option<String>,
    #[schema(min_items = 1, max_items = 100)]
    tiers: Option<Vec<Tier>>,
    #[schema(example = "10")]
    package_size: Option<String>,
    #[schema(example = "100")]
    package_price: Option<String>,
    /// Of each event's amount; `0.013` is 1.3 %.
    #[schema(example = "0.013")]
    rate: Option<String>,
    fee_per_event: Option<String>,
    /// How many events are free. With `free_amount`, whichever is used up first.
    free_events: Option<u32>,
    free_amount: Option<String>,
    minimum_per_event: Option<String>,
    maximum_per_event: Option<String>,
}

/// Holds from the end of the tier before it up to and including `up_to`.
#[derive(Debug, ToSchema)]
#[schema(as = PriceTier)]
pub(super) struct Tier {
    /// `null` of the last tier, and of it alone.
    #[schema(example = "100")]
    up_to: Option<String>,
    #[schema(example = "0.5")]
    unit_price: String,
    /// Charged once when the tier is entered.
    flat_fee: Option<String>,
}

/// The days of a period, first and last included, and those of them on which the plan was in force.
#[derive(Debug, ToSchema)]
pub(super) struct QuotedPeriod {
    #[schema(example = "2026-10-01")]
    from: NaiveDate,
    #[schema(example = "2026-10-31")]
    to: NaiveDate,
    #[schema(example = "2026-10-08")]
    active_from: Option<NaiveDate>,
    active_to: Option<NaiveDate>,
}

/// What a meter counted: either a `quantity`, or `events` one by one.
#[derive(Debug, ToSchema)]
pub(super) struct QuotedUsage {
    #[schema(example = "api_calls")]
    meter: String,
    #[schema(example = "121")]
    quantity: Option<String>,
    /// The amount of each, in their order. Percentages need them.
    #[schema(max_items = 1_000)]
    events: Option<Vec<String>>,
}

/// A period priced.
#[derive(Debug, ToSchema)]
pub(super) struct Quote {
    lines: Vec<PricedLine>,
    /// The sum of the rounded lines.
    subtotal: Money,
    #[schema(nullable = false)]
    tax_rate: Option<String>,
    /// Of the subtotal, rounded once.
    tax: Money,
    total: Money,
}

/// One item priced, or the difference to the plan's minimum.
#[derive(Debug, ToSchema)]
pub(super) struct PricedLine {
    code: String,
    name: String,
    charge: ChargeKind,
    #[schema(nullable = false)]
    meter: Option<String>,
    /// What was used, included units and all.
    #[schema(nullable = false)]
    quantity: Option<String>,
    /// Units that came off first because they are free.
    #[schema(nullable = false)]
    included: Option<String>,
    /// Where what is left fell. A model without tiers has one without end; of packages, it counts the packages.
    tiers: Vec<TierUsed>,
    #[schema(nullable = false)]
    events: Option<EventsCharged>,
    #[schema(nullable = false)]
    share: Option<PeriodShare>,
    #[schema(nullable = false)]
    bounded_by: Option<Bound>,
    /// On a bill of late usage, what bills before it had of the line: the amounts are what is more than that.
    #[schema(nullable = false)]
    billed_before: Option<BilledBefore>,
    /// Before rounding.
    #[schema(example = "4645.16129032258")]
    exact_amount: String,
    /// Rounded half up to the currency's minor units.
    amount: Money,
}

/// What was billed of a line before.
#[derive(Debug, ToSchema)]
pub(super) struct BilledBefore {
    #[schema(nullable = false)]
    quantity: Option<String>,
    tiers: Vec<TierUsed>,
    exact_amount: String,
    amount: Money,
}

/// How a line came about: by a model, or by the plan's minimum.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum ChargeKind {
    Flat,
    PerUnit,
    Graduated,
    Volume,
    Package,
    Percentage,
    TrueUp,
}

/// Which of the item's bounds made the amount.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum Bound {
    Minimum,
    Maximum,
}

/// A tier and what fell into it.
#[derive(Debug, ToSchema)]
pub(super) struct TierUsed {
    /// Where the tier before it ended.
    from: String,
    up_to: Option<String>,
    quantity: String,
    unit_price: String,
    #[schema(nullable = false)]
    flat_fee: Option<String>,
    /// Quantity times price, and the flat fee.
    amount: String,
}

/// The events a percentage was taken of.
#[derive(Debug, ToSchema)]
pub(super) struct EventsCharged {
    count: u64,
    /// Those that were not wholly free.
    charged: u64,
    /// What of their amounts was not free.
    charged_amount: String,
    /// What was taken of it; bills of before 2026-11-22 do not say.
    #[schema(example = "0.013")]
    rate: Option<String>,
    /// On top, for each event charged.
    fee_per_event: Option<String>,
}

/// The days for which a fee was charged, of the period's days.
#[derive(Debug, ToSchema)]
pub(super) struct PeriodShare {
    days: u32,
    of: u32,
}
