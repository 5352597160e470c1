//! `tallybook write-off`: receipts matched with bills by rules, and the rules themselves.

mod auto;
mod backtest;
mod rules;

use clap::{Args, Subcommand};
use tokio_util::sync::CancellationToken;

use self::auto::AutoCommand;
use self::backtest::BacktestCommand;
use self::rules::RulesCommand;
use crate::failure::Failure;
use crate::settings::{Settings, WriteOffFlags};

/// Write off by rules, and try rules on past months
#[derive(Debug, Args)]
pub struct WriteOffCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Auto(AutoCommand),
    Backtest(BacktestCommand),
    Rules(RulesCommand),
}

impl WriteOffCommand {
    /// The settings that count for what it does.
    pub fn flags(&self) -> WriteOffFlags {
        match &self.what {
            What::Auto(auto) => auto.settings.clone(),
            What::Backtest(_) | What::Rules(_) => WriteOffFlags::default(),
        }
    }

    pub async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        match self.what {
            What::Auto(auto) => auto.run(settings, stop).await,
            What::Backtest(backtest) => backtest.run(settings, stop).await,
            What::Rules(rules) => rules.run(settings, stop).await,
        }
    }
}
