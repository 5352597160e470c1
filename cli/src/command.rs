//! The command line as a whole: subcommands, and the settings each is given.

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::audit::AuditCommand;
use crate::bench::BenchCommand;
use crate::bill_run::BillRunCommand;
use crate::channels::ChannelsCommand;
use crate::check_config::CheckConfigCommand;
use crate::customer::CustomerCommand;
use crate::export::ExportCommand;
use crate::failure::Failure;
use crate::import::ImportCommand;
use crate::logging;
use crate::migrate::MigrateCommand;
use crate::output::say;
use crate::projector::ProjectorCommand;
use crate::risk::RiskCommand;
use crate::serve::{ApiCommand, UpCommand};
use crate::settings::{BookFlags, Flags, Settings};
use crate::signals::stop_on_signal;
use crate::usage::UsageCommand;
use crate::user::UserCommand;
use crate::write_off::WriteOffCommand;

/// The settlement ledger: deposits, withdrawals and every figure made of them, as immutable events in PostgreSQL
///
/// Settings come from flags, then the environment (TALLYBOOK_…, DATABASE_URL), then tallybook.toml.
/// Exit codes: 0 done, 1 refused or a difference found, 2 wrong usage, 3 environment (no database, …).
#[derive(Debug, Parser)]
#[command(name = "tallybook", version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = "Begin with:
  tallybook up --demo      everything running, with data to try things on")]
pub struct CommandLine {
    #[command(flatten)]
    book: BookFlags,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Up(UpCommand),
    Api(ApiCommand),
    Projector(ProjectorCommand),
    Migrate(MigrateCommand),
    User(UserCommand),
    Customer(CustomerCommand),
    Import(ImportCommand),
    BillRun(BillRunCommand),
    Usage(UsageCommand),
    Risk(RiskCommand),
    WriteOff(WriteOffCommand),
    Export(ExportCommand),
    Audit(AuditCommand),
    Channels(ChannelsCommand),
    CheckConfig(CheckConfigCommand),
    /// Print the API's OpenAPI document
    #[command(after_help = "Example:
  tallybook openapi > openapi.json")]
    Openapi,
    Bench(BenchCommand),
}

impl CommandLine {
    /// Reads the process's arguments; clap itself answers `--help` and wrong usage (exit code 2).
    pub fn read() -> (Self, ArgMatches) {
        let matches = Self::command().get_matches();
        match Self::from_arg_matches(&matches) {
            Ok(line) => (line, matches),
            Err(error) => error.exit(),
        }
    }

    pub async fn run(self, matches: &ArgMatches) -> Result<(), Failure> {
        let deepest = deepest(matches);
        let settings = Settings::resolve(self.what.flags(self.book), deepest)?;
        if let What::CheckConfig(check) = &self.what {
            return check.run(&settings);
        }
        logging::start(&settings.log.value)?;
        let stop = stop_on_signal()?;
        match self.what {
            What::Up(up) => up.run(&settings, stop).await,
            What::Api(api) => api.run(&settings, stop).await,
            What::Projector(projector) => projector.run(&settings, stop).await,
            What::Migrate(migrate) => migrate.run(&settings).await,
            What::User(user) => user.run(&settings).await,
            What::Customer(customer) => customer.run(&settings).await,
            What::Import(import) => import.run(&settings, stop).await,
            What::BillRun(bill_run) => bill_run.run(&settings, stop).await,
            What::Usage(usage) => usage.run(&settings, stop).await,
            What::Risk(risk) => risk.run(&settings, stop).await,
            What::WriteOff(write_off) => write_off.run(&settings, stop).await,
            What::Export(export) => export.run(&settings, stop).await,
            What::Audit(audit) => audit.run(&settings, stop).await,
            What::Channels(channels) => channels.run(),
            What::CheckConfig(check) => check.run(&settings),
            What::Openapi => {
                say(tallybook_api::openapi_json().trim_end());
                Ok(())
            }
            What::Bench(bench) => bench.run(&settings, stop).await,
        }
    }
}

impl What {
    /// The settings of the subcommand, besides those that all have.
    fn flags(&self, book: BookFlags) -> Flags {
        let flags = Flags { book, ..Flags::default() };
        match self {
            Self::Up(up) => {
                let (new_book, serve) = (up.new_book.clone(), up.serve.clone());
                let (billing, write_off) = (up.billing.clone(), up.write_off.clone());
                let (seals, project) = (up.seals.clone(), up.project.clone());
                let (personal_data, reminders) = (up.personal_data.clone(), up.reminders.clone());
                Flags {
                    new_book,
                    serve,
                    billing,
                    write_off,
                    seals,
                    project,
                    personal_data,
                    reminders,
                    ..flags
                }
            }
            Self::Api(api) => {
                let (serve, billing) = (api.serve.clone(), api.billing.clone());
                let (write_off, personal_data) = (api.write_off.clone(), api.personal_data.clone());
                Flags { serve, billing, write_off, personal_data, ..flags }
            }
            Self::BillRun(bill_run) => Flags { billing: bill_run.billing.clone(), ..flags },
            Self::WriteOff(write_off) => Flags { write_off: write_off.flags(), ..flags },
            Self::Projector(projector) => projector.flags(flags),
            Self::Migrate(migrate) => Flags { new_book: migrate.new_book.clone(), ..flags },
            Self::Audit(audit) => Flags { seals: audit.seal_flags(), ..flags },
            Self::CheckConfig(check) => {
                let (new_book, serve) = (check.new_book.clone(), check.serve.clone());
                let (billing, write_off) = (check.billing.clone(), check.write_off.clone());
                let (seals, project) = (check.seals.clone(), check.project.clone());
                let (personal_data, reminders) = (check.personal_data.clone(), check.reminders.clone());
                Flags {
                    new_book,
                    serve,
                    billing,
                    write_off,
                    seals,
                    project,
                    personal_data,
                    reminders,
                    ..flags
                }
            }
            Self::User(_)
            | Self::Customer(_)
            | Self::Import(_)
            | Self::Export(_)
            | Self::Usage(_)
            | Self::Risk(_)
            | Self::Channels(_)
            | Self::Openapi
            | Self::Bench(_) => flags,
        }
    }
}

/// The matches of the innermost subcommand, which know the source of every flag, global ones too.
fn deepest(matches: &ArgMatches) -> &ArgMatches {
    match matches.subcommand() {
        Some((_, inner)) => deepest(inner),
        None => matches,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        CommandLine::command().debug_assert();
    }

    /// What a person reads who asks for help: every subcommand shows how it is used, and each argument what it means.
    #[test]
    fn every_subcommand_has_examples_and_every_argument_a_meaning() {
        fn check(command: &clap::Command) {
            let name = command.get_name();
            assert!(command.get_about().is_some(), "{name} says what it does");
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{name}: {} says what it means", argument.get_id());
            }
            if command.has_subcommands() {
                command.get_subcommands().for_each(check);
            } else {
                let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(after.contains("tallybook "), "{name} shows examples");
            }
        }
        check(&CommandLine::command());
    }

    #[test]
    fn settings_may_stand_before_and_after_the_subcommand() {
        for arguments in
            [["tallybook", "--book", "x", "user", "list"], ["tallybook", "user", "list", "--book", "x"]]
        {
            let matches = CommandLine::command().get_matches_from(arguments);
            let line = CommandLine::from_arg_matches(&matches).unwrap();
            assert_eq!(line.book.book.as_deref(), Some("x"));
        }
    }
}
