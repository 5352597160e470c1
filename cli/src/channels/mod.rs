//! `tallybook channels`, and the payment channels of the settings, with their keys.

mod play;

use clap::{Args, Subcommand};
use tallybook_api::channels::Channels;

use self::play::PlayCommand;
use crate::environment;
use crate::failure::Failure;
use crate::settings::Settings;

/// Those that are set up. A key that cannot be read or used is said at once, not when a channel notifies.
pub fn open(settings: &Settings) -> Result<Channels, Failure> {
    Channels::open(&settings.channels.value, &environment::secret)
        .map_err(|error| Failure::usage(anyhow::Error::new(error)))
}

/// Try payment channels out
#[derive(Debug, Args)]
pub struct ChannelsCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Play(PlayCommand),
}

impl ChannelsCommand {
    pub fn run(self) -> Result<(), Failure> {
        match self.what {
            What::Play(play) => play.run(),
        }
    }
}
