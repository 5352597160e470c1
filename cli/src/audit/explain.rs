//! `audit explain`: the events that make up a figure, and whether they do.

use std::io::{self, BufWriter, Write};
use std::time::Duration;

use anyhow::{Context, anyhow};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::PgPool;
use tallybook_domain::ledger::AccountCode;
use tallybook_domain::{Currency, WalletId};
use tallybook_event_store::Book;
use tallybook_projector::{WaitError, wait_for};
use tallybook_read_models::explain::{
    ExplainError, ExplainedFigure, ExplainingEvent, Figure, TurnoverPart, WalletPart, explain,
    explaining_events, standing,
};
use tallybook_read_models::{DateRange, Paging, ReadError};
use tokio_util::sync::CancellationToken;

use crate::argument::{date, in_order};
use crate::database::in_book_until;
use crate::failure::Failure;
use crate::output::{Lines, ended};
use crate::settings::Settings;

/// Show the events that make up a figure; exit code 1 if their sum is not the figure
///
/// The figure is taken from its own read table, the sum from elsewhere: that of a wallet from its events alone, those
/// of accounts and days from the lines of the ledger, each held against its event.
#[derive(Debug, Args)]
pub(super) struct AuditExplain {
    #[command(subcommand)]
    what: Explainable,
}

#[derive(Debug, Subcommand)]
enum Explainable {
    /// The balance of a wallet, what of it is held or what is available
    #[command(after_help = "Examples:
  tallybook audit explain wallet C00042.CNY
  tallybook audit explain wallet C00042.CNY --figure held --json")]
    Wallet {
        /// The wallet, such as C00042.CNY
        wallet: WalletId,
        /// balance, held or available
        #[arg(long, default_value = "balance")]
        figure: WalletPart,
        #[command(flatten)]
        shown: Shown,
    },
    /// The balance of an account of the ledger
    #[command(after_help = "Examples:
  tallybook audit explain account 1002 --currency CNY
  tallybook audit explain account 2241.01 --currency CNY --as-of 2026-03-31")]
    Account {
        /// Its code; of a summary account, its sub-accounts together
        code: AccountCode,
        /// The currency, such as CNY
        #[arg(long)]
        currency: Currency,
        /// The last effective date that counts [default: all]
        #[arg(long, value_name = "DATE", value_parser = date)]
        as_of: Option<NaiveDate>,
        #[command(flatten)]
        shown: Shown,
    },
    /// A figure of the dashboard
    #[command(after_help = "Examples:
  tallybook audit explain dashboard deposits --currency CNY --from 2026-03-31 --to 2026-03-31
  tallybook audit explain dashboard net --currency CNY --from 2026-03-01 --to 2026-03-31")]
    Dashboard {
        /// deposits, reversals, withdrawals, returns or net
        figure: TurnoverPart,
        /// The currency, such as CNY
        #[arg(long)]
        currency: Currency,
        /// The first effective date [default: the beginning]
        #[arg(long, value_name = "DATE", value_parser = date)]
        from: Option<NaiveDate>,
        /// The last effective date [default: the end]
        #[arg(long, value_name = "DATE", value_parser = date)]
        to: Option<NaiveDate>,
        #[command(flatten)]
        shown: Shown,
    },
}

#[derive(Debug, Clone, Copy, Args)]
struct Shown {
    /// A JSON object on each line: figure and sum first, then each event
    #[arg(long)]
    json: bool,
}

impl AuditExplain {
    pub(super) async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let (figure, name, shown) = self.what.figure()?;
        in_book_until(settings, &stop, async |book| tell(book, &figure, &name, shown.json).await).await
    }
}

impl Explainable {
    /// The figure, and what it is called.
    fn figure(self) -> Result<(Figure, String, Shown), Failure> {
        match self {
            Self::Wallet { wallet, figure: part, shown } => {
                let what = match part {
                    WalletPart::Balance => "balance",
                    WalletPart::Held => "amount held",
                    WalletPart::Available => "amount available",
                };
                let name = format!("{what} of wallet {wallet}");
                Ok((Figure::Wallet { wallet, part }, name, shown))
            }
            Self::Account { code: account, currency, as_of, shown } => {
                let until = as_of.map_or_else(String::new, |date| format!(" as of {date}"));
                let name = format!("balance of account {account} in {currency}{until}");
                Ok((Figure::Account { account, currency, as_of }, name, shown))
            }
            Self::Dashboard { figure: part, currency, from, to, shown } => {
                in_order(from, to)?;
                let range = DateRange::new(from, to).map_err(Failure::usage)?;
                let day = |date: Option<NaiveDate>, open: &str| {
                    date.map_or_else(|| open.to_owned(), |date| date.to_string())
                };
                let (first, last) = (day(from, "the beginning"), day(to, "the end"));
                let name = format!("{} of the dashboard in {currency} from {first} to {last}", part.as_str());
                Ok((Figure::Turnover { part, currency, range }, name, shown))
            }
        }
    }
}

#[derive(Serialize)]
struct Head<'a> {
    name: &'a str,
    position: u64,
    #[serde(flatten)]
    explained: &'a ExplainedFigure,
}

async fn tell(book: &Book, figure: &Figure, name: &str, json: bool) -> Result<(), Failure> {
    let pool = book.pool();
    let standing = standing(pool, figure).await.map_err(of_reading)?;
    wait_for_lines(pool, figure, standing.position).await?;
    let explained = explain(pool, figure, standing).await.map_err(unexplained)?;
    let mut out = BufWriter::new(io::stdout());
    if ended(head(&mut out, &Head { name, position: standing.position, explained: &explained }, json))?
        == Lines::NobodyReads
    {
        return Ok(());
    }
    let (mut sum, mut differing, mut cursor) = (Decimal::ZERO, 0_u64, None);
    loop {
        let paging = Paging::new(Some(Paging::MAX_LIMIT), cursor).context("a page")?;
        let (events, next) =
            explaining_events(pool, figure, standing.position, &paging).await.map_err(unexplained)?;
        for event in &events {
            sum = sum.checked_add(event.amount.amount()).context("the sum is too large")?;
            differing += u64::from(event.differing_line.is_some());
        }
        if ended(rows(&mut out, &events, json))? == Lines::NobodyReads {
            return Ok(());
        }
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    verdict(&explained, sum, differing)
}

/// A difference is a failure, said in one line.
fn verdict(explained: &ExplainedFigure, shown: Decimal, differing: u64) -> Result<(), Failure> {
    let ExplainedFigure { figure, sum, .. } = explained;
    if !explained.equal {
        let agrees = shown == figure.amount();
        let (figure, sum) = (figure.written(), sum.written());
        return Err(Failure::refused(if agrees {
            anyhow!(
                "the figure is what its events come to, {figure}, but the lines of the ledger come to {sum}"
            )
        } else {
            anyhow!("the figure is {figure}, but its events come to {sum}")
        }));
    }
    if differing > 0 {
        let lines = if differing == 1 { "1 line" } else { &format!("{differing} lines") };
        return Err(Failure::refused(anyhow!("{lines} of the ledger differ from what their events say")));
    }
    if shown != sum.amount() {
        let sum = sum.written();
        return Err(Failure::refused(anyhow!("the events listed come to {shown}, not to {sum}")));
    }
    Ok(())
}

fn head(out: &mut impl Write, head: &Head<'_>, json: bool) -> io::Result<()> {
    let Head { name, position, explained } = head;
    if json {
        serde_json::to_writer(&mut *out, head)?;
        writeln!(out)?;
    } else {
        let ExplainedFigure { figure, sum, equal, event_count } = explained;
        let verdict = if *equal { "equal" } else { "NOT EQUAL" };
        let currency = figure.currency();
        writeln!(out, "The {name}, at position {position}: {verdict}")?;
        writeln!(out, "  figure  {:>20} {currency}", figure.written())?;
        writeln!(out, "  sum     {:>20} {currency}, of {event_count} events\n", sum.written())?;
        let columns = ["POSITION", "DATE", "EVENT", "OF", "ACTOR", "REQUEST", "AMOUNT"];
        writeln!(out, "{}", row(columns))?;
    }
    out.flush()
}

fn rows(out: &mut impl Write, events: &[ExplainingEvent], json: bool) -> io::Result<()> {
    for event in events {
        if json {
            serde_json::to_writer(&mut *out, event)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{}", told(event))?;
        }
    }
    out.flush()
}

fn told(event: &ExplainingEvent) -> String {
    let date = event.effective_date.map_or_else(|| "-".to_owned(), |date| date.to_string());
    let (position, amount) = (event.position.to_string(), event.amount.written().to_string());
    let request = event.request_id.as_deref().unwrap_or("-");
    let line =
        row([&position, &date, &event.event_type, &event.aggregate_id, &event.actor, request, &amount]);
    match event.differing_line {
        Some(line_says) => format!("{line}  but the ledger has {}", line_says.written()),
        None => line,
    }
}

fn row([position, date, event, of, actor, request, amount]: [&str; 7]) -> String {
    format!("{position:>9}  {date:<10}  {event:<19}  {of:<36}  {actor:<16}  {request:<36}  {amount:>16}")
}

/// The ledger may be folded a moment later than what is shown.
async fn wait_for_lines(pool: &PgPool, figure: &Figure, position: u64) -> Result<(), Failure> {
    const PATIENCE: Duration = Duration::from_secs(5);
    let Some(lines) = figure.lines_of() else { return Ok(()) };
    wait_for(pool, &[lines], position, PATIENCE).await.map_err(|error| match error {
        WaitError::Database(error) => error.into(),
        WaitError::Behind { .. } | WaitError::Stopped { .. } => {
            let next = "the figure is from a later position; see `tallybook projector status`";
            Failure::environment(anyhow::Error::new(error).context(next))
        }
    })
}

fn of_reading(error: ReadError) -> Failure {
    match error {
        ReadError::Database(error) => error.into(),
        ReadError::Corrupt(_) => Failure::refused(error),
        ReadError::Cursor(_) | ReadError::NotYet { .. } => Failure::environment(error),
    }
}

fn unexplained(error: ExplainError) -> Failure {
    match error {
        ExplainError::Read(error) => of_reading(error),
        ExplainError::Unreadable { .. } | ExplainError::UnknownWallet(_) => Failure::refused(error),
    }
}
