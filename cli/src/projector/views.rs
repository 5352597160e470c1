//! `tallybook projector as-of` and `tallybook projector views`: the read side as it stood.

use anyhow::{Context, anyhow};
use chrono::{DateTime, Utc};
use clap::{ArgGroup, Args, Subcommand};
use tallybook_event_store::{Book, journal};
use tallybook_projector::{View, ViewError, ViewName, drop_view, find_view, views};
use tokio_util::sync::CancellationToken;

use super::rebuild::ResourceArguments;
use super::watch::watched;
use crate::argument::{self, position_reached};
use crate::environment;
use crate::failure::Failure;
use crate::output::{moment, say, say_json};

/// Make a view: the whole read side as it stood at a position or a moment
///
/// It is folded into tables of its own, beside the live ones, and does not change any more. Every read of the API
/// shows it with view=NAME.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("when").required(true))]
#[command(after_help = "Examples:
  tallybook projector as-of --position 1200 --into before_import
  tallybook projector as-of --time 2026-04-05T18:00:00+08:00 --into march")]
pub(super) struct ProjectorAsOf {
    /// The last position the view shows
    #[arg(long, value_name = "N", value_parser = position_reached, group = "when")]
    position: Option<u64>,
    /// The last moment the view shows, such as 2026-04-05T18:00:00+08:00
    #[arg(long, value_name = "TIME", value_parser = argument::moment, group = "when")]
    time: Option<DateTime<Utc>>,
    /// The view's name: up to 40 lower-case letters, digits and _
    #[arg(long, value_name = "NAME")]
    into: ViewName,
    /// Check that the view can be made, and make nothing
    #[arg(long)]
    dry_run: bool,
    /// The view as JSON
    #[arg(long, conflicts_with = "dry_run")]
    json: bool,
    #[command(flatten)]
    resources: ResourceArguments,
}

/// List the views, or drop one
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:
  tallybook projector views
  tallybook projector views --json
  tallybook projector views drop march")]
pub(super) struct ProjectorViews {
    /// As one JSON array
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    what: Option<ViewsCommand>,
}

#[derive(Debug, Subcommand)]
enum ViewsCommand {
    /// Drop a view; the journal and the live tables know nothing of it
    #[command(after_help = "Example:
  tallybook projector views drop march")]
    Drop {
        /// As `projector views` shows it
        name: ViewName,
        /// Say what would be dropped, and drop nothing
        #[arg(long)]
        dry_run: bool,
    },
}

impl ProjectorAsOf {
    pub(super) async fn run(self, book: &Book, stop: &CancellationToken) -> Result<(), Failure> {
        let position = match (self.position, self.time) {
            (Some(position), _) => position,
            (None, Some(time)) => recorded_by(book, time).await?,
            (None, None) => return Err(Failure::usage(anyhow!("give --position or --time"))),
        };
        let rebuilder = self.resources.rebuilder(book, stop);
        if self.dry_run {
            rebuilder.check_view(&self.into, position).await.map_err(Failure::refused)?;
            say(format!("Would make the view {} of the book as of position {position}.", self.into));
            return Ok(());
        }
        let by = environment::actor().map_err(Failure::environment)?;
        let making = rebuilder.view(&self.into, position, &by);
        let view = watched(&rebuilder.progress, making).await.map_err(Failure::refused)?;
        if self.json {
            say_json(&view).context("the view")?;
        } else {
            say(format!(
                "The view {} shows the book as of position {}{}.",
                view.name,
                view.position,
                view.recorded_at.map_or_else(String::new, |at| format!(", recorded {}", moment(at)))
            ));
            say(format!("Read it with view={0}, such as GET /v1/wallets?view={0}.", view.name));
        }
        Ok(())
    }
}

/// What was recorded by then; of a time to come nobody can say.
async fn recorded_by(book: &Book, time: DateTime<Utc>) -> Result<u64, Failure> {
    if time > book.now() {
        return Err(Failure::refused(anyhow!("{} is still to come", moment(time))));
    }
    Ok(journal::position_at(book.pool(), time).await?)
}

impl ProjectorViews {
    pub(super) async fn run(self, book: &Book) -> Result<(), Failure> {
        match &self.what {
            None => list(book, self.json).await,
            Some(ViewsCommand::Drop { name, dry_run: true }) => would_drop(book, name).await,
            Some(ViewsCommand::Drop { name, dry_run: false }) => {
                drop_view(book.pool(), book.schema(), name).await.map_err(Failure::refused)?;
                say(format!("The view {name} is dropped."));
                Ok(())
            }
        }
    }
}

async fn would_drop(book: &Book, name: &ViewName) -> Result<(), Failure> {
    let found = find_view(book.pool(), book.schema(), name).await?;
    let view = found.ok_or_else(|| Failure::refused(ViewError::Unknown { name: name.to_string() }))?;
    say(format!(
        "Would drop the view {} of position {}, {} KB.",
        view.name,
        view.position,
        view.bytes.div_ceil(1024)
    ));
    Ok(())
}

async fn list(book: &Book, json: bool) -> Result<(), Failure> {
    let views = views(book.pool(), book.schema()).await?;
    if json {
        say_json(&views).context("the views")?;
        return Ok(());
    }
    if views.is_empty() {
        say("There are no views. `tallybook projector as-of` makes one.");
        return Ok(());
    }
    say(format!(
        "{:<20} {:>12}  {:<27} {:>10}  {:<27} {}",
        "NAME", "POSITION", "RECORDED", "KB", "MADE", "BY"
    ));
    views.iter().for_each(tell);
    Ok(())
}

fn tell(view: &View) {
    let recorded = view.recorded_at.map_or_else(|| "-".to_owned(), moment);
    say(format!(
        "{:<20} {:>12}  {recorded:<27} {:>10}  {:<27} {}",
        view.name,
        view.position,
        view.bytes.div_ceil(1024),
        moment(view.made_at),
        view.made_by
    ));
}
