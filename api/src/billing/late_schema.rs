//! How late usage and bills made after the run look in OpenAPI. Described here only; never made or read.
#![expect(
    dead_code,
    reason = "describes tallybook_commands::billing and tallybook_domain::billing::late_usage"
)]

use chrono::NaiveDate;
use tallybook_read_models::schema::{BillState, Money};
use utoipa::ToSchema;

use super::schema::PricedLine;

/// A bill that was just issued.
#[derive(Debug, ToSchema)]
pub(crate) struct IssuedBill {
    #[schema(example = "C00042.2026-10.d1")]
    id: String,
    state: BillState,
    #[schema(example = "2026-000043")]
    number: Option<String>,
    /// What is owed of it; `null` once it is voided.
    open: Option<Money>,
    total: Money,
    due_date: Option<NaiveDate>,
}

/// The bill in a voided one's place.
#[derive(Debug, ToSchema)]
pub(crate) struct RegeneratedBill {
    #[schema(example = "C00042.2026-10.r2")]
    id: String,
    state: BillState,
    #[schema(example = "2026-000043")]
    number: Option<String>,
    /// What is owed of it; `null` once it is voided.
    open: Option<Money>,
    total: Money,
    due_date: Option<NaiveDate>,
    #[schema(example = "C00042.2026-10")]
    replaces: String,
    /// False if it was there already.
    new: bool,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// What was done about late usage: nothing, if nothing was left to do.
#[derive(Debug, ToSchema)]
pub(crate) struct SettledLateUsage {
    /// The month's bill.
    #[schema(example = "C00042.2026-10")]
    id: String,
    /// With tax: more than nothing if more is owed, less if less.
    difference: Money,
    /// The bill of what is owed more.
    bill: Option<IssuedBill>,
    /// Over what is owed less, one for each bill it was billed by.
    credit_notes: Vec<LateNote>,
    /// Without tax: what other notes had taken off the lines already.
    not_credited: Money,
    /// Where in the journal the command is recorded.
    position: u64,
}

/// A note, and its bill as the command left it.
#[derive(Debug, ToSchema)]
pub(crate) struct LateNote {
    /// The bill's.
    #[schema(example = "C00042.2026-10")]
    id: String,
    state: BillState,
    /// From 1, among the notes of this bill.
    note: u32,
    /// What the note comes to without tax.
    subtotal: Money,
    tax: Money,
    total: Money,
    /// What is owed of the bill now.
    open: Money,
    /// What the customer's wallet had paid and has back by this note.
    returned: Option<Money>,
}

/// What a billed month would come to now, less what was billed.
#[derive(Debug, ToSchema)]
pub(super) struct LateUsage {
    /// The month's bill.
    #[schema(example = "C00042.2026-10")]
    id: String,
    parts: Vec<PartDifference>,
    /// Without tax; less than nothing if less is owed.
    subtotal: Money,
    tax: Money,
    total: Money,
}

/// What changed in the days under one version of one plan.
#[derive(Debug, ToSchema)]
pub(super) struct PartDifference {
    plan: String,
    plan_version: u32,
    from: NaiveDate,
    to: NaiveDate,
    lines: Vec<LineDifference>,
    /// Without tax, as it was billed, all bills together.
    billed_subtotal: Money,
    #[schema(nullable = false, example = "0.06")]
    tax_rate: Option<String>,
    subtotal: Money,
    tax: Money,
    total: Money,
}

/// A line as it was billed, all bills together, and as it would be now.
#[derive(Debug, ToSchema)]
pub(super) struct LineDifference {
    code: String,
    name: String,
    #[schema(nullable = false)]
    meter: Option<String>,
    /// `null` of a true-up that was not needed.
    billed: Option<PricedLine>,
    /// `null` of a true-up that is not needed any more.
    now: Option<PricedLine>,
    tiers: Vec<TierDifference>,
    difference: Money,
}

/// What fell into a tier, and what does now.
#[derive(Debug, ToSchema)]
pub(super) struct TierDifference {
    from: String,
    up_to: Option<String>,
    unit_price: String,
    billed_quantity: String,
    quantity: String,
    billed_amount: String,
    amount: String,
    difference: String,
}
