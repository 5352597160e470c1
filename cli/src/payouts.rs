//! The way of payouts to the bank, as the settings have it, with its key.

use tallybook_api::payouts::Payouts;

use crate::environment;
use crate::failure::Failure;
use crate::settings::Settings;

/// A key that cannot be read or used is said at once, not when money is to go out.
pub fn open(settings: &Settings) -> Result<Payouts, Failure> {
    Payouts::open(&settings.payouts.value, &environment::secret)
        .map_err(|error| Failure::usage(anyhow::Error::new(error)))
}
