//! What a rule says, in words: the figures it looked at, and where its limit is.

use rust_decimal::Decimal;

use super::{Ratio, Window};
use crate::money::Money;

pub(super) const NOT_KNOWN: &str = "what came in was not known in time";

pub(super) fn within(window: Window) -> &'static str {
    match window {
        Window::Day => "today",
        Window::Week => "within 7 days",
        Window::Month => "within 30 days",
    }
}

/// How many times one is the other, to four decimals.
pub(super) fn rate(part: Money, of: Money) -> String {
    match part.amount().checked_div(of.amount()) {
        Some(rate) => rate.round_dp(4).normalize().to_string(),
        None => "no rate".to_owned(),
    }
}

pub(super) fn withdrawal_rate(withdrawn: Money, came_in: Money, (window, above): (Window, Ratio)) -> String {
    let (rate, within) = (rate(withdrawn, came_in), within(window));
    format!("{withdrawn} asked for of {came_in} that came in {within}: {rate}, the limit is {above}")
}

pub(super) fn too_small(from: Money) -> String {
    format!("less than the {from} from which on it counts")
}

pub(super) fn average(sum: Money, count: u32) -> String {
    match sum.amount().checked_div(Decimal::from(count)) {
        Some(average) => format!("{} {}", average.round_dp(sum.currency().minor_units()), sum.currency()),
        None => "nothing".to_owned(),
    }
}
