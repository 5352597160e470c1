//! The payment channels of the settings, with their keys.

use tallybook_api::channels::Channels;

use crate::environment;
use crate::failure::Failure;
use crate::settings::Settings;

/// Those that are set up. A key that cannot be read or used is said at once, not when a channel notifies.
pub fn open(settings: &Settings) -> Result<Channels, Failure> {
    Channels::open(&settings.channels.value, &environment::secret)
        .map_err(|error| Failure::usage(anyhow::Error::new(error)))
}
