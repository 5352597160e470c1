//! How long orders wait for their next step: the table `[orders]` of the settings file.

use std::fmt;

use serde::Deserialize;
use tallybook_domain::orders::OrderTimes;

/// All three may be left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct OrderSettings {
    times: OrderTimes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    payment_timeout_minutes: Option<u32>,
    receive_after_days: Option<u32>,
    refund_window_days: Option<u32>,
}

/// A month.
const MOST_MINUTES: u32 = 31 * 24 * 60;
/// A year.
const MOST_DAYS: u32 = 366;

impl OrderSettings {
    pub fn times(self) -> OrderTimes {
        self.times
    }
}

impl TryFrom<Written> for OrderSettings {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let usual = OrderTimes::default();
        let days = |name: &str, given: Option<u32>, usual: u32| match given {
            Some(days) if days > MOST_DAYS => Err(format!("{name} must be at most {MOST_DAYS}")),
            Some(days) => Ok(days),
            None => Ok(usual),
        };
        let payment_timeout_minutes = match written.payment_timeout_minutes {
            Some(minutes) if !(1..=MOST_MINUTES).contains(&minutes) => {
                return Err(format!("payment_timeout_minutes must be 1 to {MOST_MINUTES}"));
            }
            Some(minutes) => minutes,
            None => usual.payment_timeout_minutes,
        };
        let receive_after_days =
            days("receive_after_days", written.receive_after_days, usual.receive_after_days)?;
        let refund_window_days =
            days("refund_window_days", written.refund_window_days, usual.refund_window_days)?;
        Ok(Self { times: OrderTimes { payment_timeout_minutes, receive_after_days, refund_window_days } })
    }
}

impl fmt::Display for OrderSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OrderTimes { payment_timeout_minutes, receive_after_days, refund_window_days } = self.times;
        write!(
            f,
            "paid within {payment_timeout_minutes} min, received after {receive_after_days} days, refunds for {refund_window_days} days"
        )
    }
}
