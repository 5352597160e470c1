//! `tallybook up`: everything in one process, with its own PostgreSQL unless another is named.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::OnceLock;

use clap::Args;
use tallybook_commands::customers::personal::PersonalKeys;
use tallybook_event_store::Book;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{listen, parts, ready};
use crate::database::{self, Database};
use crate::demo::{self, DemoUser};
use crate::failure::Failure;
use crate::output::say;
use crate::personal_data;
use crate::seals::{KeyFile, default_name};
use crate::settings::{
    BillingFlags, NewBookFlags, PersonalDataFlags, ProjectFlags, ReminderFlags, SealFlags, ServeFlags,
    Settings, WriteOffFlags,
};

/// Run everything: PostgreSQL, migrations, API and projector
///
/// Without --database-url it keeps a PostgreSQL of its own in the data directory, reachable through a local socket
/// only. Ctrl-C (or SIGTERM) stops all of it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tallybook up
  tallybook up --data /var/lib/tallybook --port 8080 --demo
  DATABASE_URL=postgres://tallybook@db/tallybook tallybook up --host 0.0.0.0")]
pub struct UpCommand {
    /// Fill a new book with customers, deposits, withdrawals and users to try things with
    #[arg(long)]
    pub demo: bool,
    #[command(flatten)]
    pub new_book: NewBookFlags,
    #[command(flatten)]
    pub serve: ServeFlags,
    #[command(flatten)]
    pub billing: BillingFlags,
    #[command(flatten)]
    pub write_off: WriteOffFlags,
    #[command(flatten)]
    pub seals: SealFlags,
    #[command(flatten)]
    pub project: ProjectFlags,
    #[command(flatten)]
    pub personal_data: PersonalDataFlags,
    #[command(flatten)]
    pub reminders: ReminderFlags,
}

/// What to tell the user when everything runs.
struct Welcome {
    address: SocketAddr,
    place: String,
    admin_password: Option<String>,
    demo: &'static [DemoUser],
    /// Where the keys of the channel are that is played.
    played: Option<PathBuf>,
    /// Set once it has been told.
    told: OnceLock<()>,
}

impl UpCommand {
    pub async fn run(self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        tallybook_api::metrics::install();
        let listener = listen::bind(settings).await?;
        let mut database = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            opened = Database::open_alone(settings) => opened?,
        };
        let serving = self.serve(&mut database, listener, settings, &stop);
        let served = parts::until_stopped(&stop, serving).await;
        database.close().await;
        if served.is_ok() {
            tracing::info!("stopped");
        }
        served
    }

    async fn serve(
        &self,
        database: &mut Database,
        listener: TcpListener,
        settings: &Settings,
        stop: &CancellationToken,
    ) -> Result<(), Failure> {
        let address = listener.local_addr()?;
        database.note_address(&listen::url(address))?;
        let (book, admin_password) = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            made = parts::make_book(database, settings) => made?,
        };
        let demo: &[DemoUser] = if self.demo { demo::USERS } else { &[] };
        let place = database::place(database, settings);
        let mut welcome =
            Welcome { address, place, admin_password, demo, played: None, told: OnceLock::new() };
        let served = match self.prepare(&book, settings).await {
            Ok((settings, played)) => {
                welcome.played = played;
                run(&book, listener, &settings, &welcome, stop).await
            }
            Err(failure) => Err(failure),
        };
        book.shutdown().await;
        // The book is there, whatever became of the rest, and nobody will ever be told again.
        if let (None, Some(password)) = (welcome.told.get(), &welcome.admin_password) {
            say(format!(
                "A book was made. Its administrator: admin / {password}   (shown this once: keep it)"
            ));
        }
        served
    }

    /// The keys a book has from the beginning, and in a demonstration a channel to try; with it, where its keys are.
    async fn prepare(
        &self,
        book: &Book,
        settings: &Settings,
    ) -> Result<(Settings, Option<PathBuf>), Failure> {
        make_keys(settings)?;
        let mut settings = settings.clone();
        let played = if self.demo { demo::play_wechat_pay(book, &mut settings).await? } else { None };
        Ok((settings, played))
    }
}

fn make_keys(settings: &Settings) -> Result<(), Failure> {
    make_key(settings);
    if settings.personal_data_key_file.value.is_some() || settings.data.value.is_dir() {
        personal_data::make(settings)?;
    }
    Ok(())
}

/// A book has a key from the beginning, so that it is sealed from the first night on. It can do without.
fn make_key(settings: &Settings) {
    let file = KeyFile::of(settings);
    let place = settings.seal_key.value.is_some() || settings.data.value.is_dir();
    let made = match file.read() {
        Ok(None) if place => default_name(settings).and_then(|name| file.make(name)).map(Some),
        known => known,
    };
    if let Err(failure) = made {
        tracing::warn!(error = %failure, "the book is not sealed at night");
    }
}

/// Runs the parts side by side until asked to stop, or until one of them fails: then all stop.
async fn run(
    book: &Book,
    listener: TcpListener,
    settings: &Settings,
    welcome: &Welcome,
    stop: &CancellationToken,
) -> Result<(), Failure> {
    let address = welcome.address;
    // Stopped by the signal, and by whichever part ends first.
    let stop = stop.child_token();
    let _stop_the_others = stop.clone().drop_guard();
    let projector = tokio::spawn({
        let (book, settings, stop) = (book.clone(), settings.clone(), stop.clone());
        async move { parts::run_projector(&book, &settings, stop).await }
    });
    let filled = async {
        if !welcome.demo.is_empty() {
            let master = personal_data::read(settings)?.map(std::sync::Arc::new);
            demo::fill(book, &PersonalKeys::new(book.pool().clone(), master)).await?;
        }
        ready::ready(address).await;
        greet(welcome);
        std::future::pending::<Result<(), Failure>>().await
    };
    let served = tokio::select! {
        served = parts::serve_api(listener, book.clone(), settings, stop.clone()) => served,
        failed = filled => failed,
    };
    stop.cancel();
    if let Err(error) = projector.await {
        tracing::error!(%error, "the projector failed");
    }
    served
}

fn greet(welcome: &Welcome) {
    let url = listen::url(welcome.address);
    say("");
    say("Tallybook is ready.");
    say("");
    say(format!("  API       {url}"));
    say(format!("  Docs      {url}/docs"));
    say(format!("  Data      {}", welcome.place));
    welcome.told.get_or_init(|| ());
    match &welcome.admin_password {
        Some(password) => say(format!("  Sign in   admin / {password}   (shown this once: keep it)")),
        None => say(
            "  Sign in   admin, with the password set when the book was made (new one: tallybook user passwd admin)",
        ),
    }
    for (index, user) in welcome.demo.iter().enumerate() {
        let label = if index == 0 { "Demo" } else { "" };
        say(format!("  {label:<9} {} / {}   ({})", user.name, user.password, user.what));
    }
    if let Some(keys) = &welcome.played {
        say(format!("  WeChat    played by `tallybook channels play`, with the keys in {}", keys.display()));
    }
    say("");
    say("Ctrl-C stops it.");
}
