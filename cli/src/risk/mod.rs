//! `tallybook risk`: the rules by which withdrawals are judged, and what others would have made of the past.

mod replay;
mod rules;

use clap::{Args, Subcommand};
use tokio_util::sync::CancellationToken;

use self::replay::ReplayCommand;
use self::rules::RulesCommand;
use crate::failure::Failure;
use crate::settings::Settings;

/// Judge withdrawals by rules, and try rules on past months
#[derive(Debug, Args)]
pub struct RiskCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Replay(ReplayCommand),
    Rules(RulesCommand),
}

impl RiskCommand {
    pub async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        match self.what {
            What::Replay(replay) => replay.run(settings, stop).await,
            What::Rules(rules) => rules.run(settings, stop).await,
        }
    }
}
