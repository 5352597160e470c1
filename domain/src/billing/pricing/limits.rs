//! How large a plan may be, so that a bill can be read and a decision stays quick.

/// The most items of a plan.
pub const MOST_ITEMS: usize = 200;
/// The most tiers of an item.
pub const MOST_TIERS: usize = 100;
