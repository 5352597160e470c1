//! Which PostgreSQL a subcommand works on: a server that was named, the embedded one, or the one another tallybook
//! is running in the same data directory.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, anyhow};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tallybook_event_store::Book;
use tokio_util::sync::CancellationToken;

use crate::environment;
use crate::failure::Failure;
use crate::postgres::{DataDirectory, EmbeddedPostgres, PostgresError, Tuning, attach};
use crate::settings::Settings;

/// How long the embedded server may take to stop in an orderly way.
const STOP_PATIENCE: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub enum Database {
    /// `DATABASE_URL`.
    Server(PgConnectOptions),
    /// Started by this process, and stopped by it.
    Embedded(EmbeddedPostgres),
    /// Run by another process; this one is a guest.
    Attached(PgConnectOptions),
}

impl Database {
    /// For work on a book that is there: joins it if it runs, otherwise starts the embedded server for the while.
    /// Makes nothing: in the wrong directory it says so.
    pub async fn open(settings: &Settings) -> Result<Self, Failure> {
        let data = &settings.data.value;
        if settings.server().is_none() && !DataDirectory::has_cluster(data) {
            return Err(Failure::Environment(anyhow!(
                "there is no data in {}: name its directory with --data, or begin with `tallybook up`",
                data.display()
            )));
        }
        Self::open_or_make(settings).await
    }

    /// The same, but a data directory without a cluster gets one.
    pub async fn open_or_make(settings: &Settings) -> Result<Self, Failure> {
        match settings.server() {
            Some(url) => Self::server(url).await,
            None => match Self::embedded(&settings.data.value).await {
                Err(PostgresError::DirectoryInUse { directory, .. }) => {
                    Ok(Self::Attached(attach(&directory)?))
                }
                started => Ok(started?),
            },
        }
    }

    /// For the process that is the book: a data directory another one runs is refused.
    pub async fn open_alone(settings: &Settings) -> Result<Self, Failure> {
        match settings.server() {
            Some(url) => Self::server(url).await,
            None => Ok(Self::embedded(&settings.data.value).await?),
        }
    }

    async fn server(url: &str) -> Result<Self, Failure> {
        let connect = PgConnectOptions::from_str(url)
            .context("DATABASE_URL is no address such as postgres://user:password@host/database")
            .map_err(Failure::Usage)?;
        let failed = |error: sqlx::Error| {
            let place = connect.get_socket().map_or_else(
                || format!("{}:{}", connect.get_host(), connect.get_port()),
                |socket| socket.display().to_string(),
            );
            let next = "check that the server runs and that DATABASE_URL names it, or unset DATABASE_URL to use the embedded one";
            Failure::Environment(anyhow!("the server at {place} does not let us in: {error}; {next}"))
        };
        let connection = connect.connect().await.map_err(failed)?;
        connection.close().await.map_err(failed)?;
        Ok(Self::Server(connect))
    }

    async fn embedded(data: &Path) -> Result<Self, PostgresError> {
        let held = DataDirectory::hold(data)?;
        let search_path = environment::search_path();
        EmbeddedPostgres::start(held, &Tuning::for_this_machine(), &search_path).await.map(Self::Embedded)
    }

    pub fn connect_options(&self) -> &PgConnectOptions {
        match self {
            Self::Server(connect) | Self::Attached(connect) => connect,
            Self::Embedded(postgres) => postgres.connect_options(),
        }
    }

    /// Opens the book, which has to have been made.
    pub async fn open_book(&self, settings: &Settings) -> Result<Book, Failure> {
        Ok(Book::open(self.connect_options(), settings.book_settings()).await?)
    }

    /// Notes for others that try the same data directory where this process serves.
    pub fn note_address(&mut self, address: &str) -> Result<(), Failure> {
        match self {
            Self::Embedded(postgres) => Ok(postgres.data_directory().note_address(address)?),
            Self::Server(_) | Self::Attached(_) => Ok(()),
        }
    }

    /// Stops the embedded server if it is ours.
    pub async fn close(self) {
        match self {
            Self::Embedded(postgres) => postgres.stop(STOP_PATIENCE).await,
            Self::Server(_) | Self::Attached(_) => {}
        }
    }
}

/// Does something with the open book. An embedded server that was started for it is stopped again.
pub async fn in_book<T>(
    settings: &Settings,
    work: impl AsyncFnOnce(&Book) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let database = Database::open(settings).await?;
    let done = match database.open_book(settings).await {
        Ok(book) => {
            let done = work(&book).await;
            book.shutdown().await;
            done
        }
        Err(failure) => Err(failure),
    };
    database.close().await;
    done
}

/// The same, for work that can be dropped at any point, which it is when this process is asked to stop.
pub async fn in_book_until<T>(
    settings: &Settings,
    stop: &CancellationToken,
    work: impl AsyncFnOnce(&Book) -> Result<T, Failure>,
) -> Result<T, Failure> {
    in_book(settings, async |book| {
        tokio::select! {
            done = work(book) => done,
            () = stop.cancelled() => Err(Failure::Reported),
        }
    })
    .await
}

/// Where the data is, for people.
pub fn place(database: &Database, settings: &Settings) -> String {
    match database {
        Database::Server(connect) => {
            let name = connect.get_database().unwrap_or("the user's database");
            format!("database {name} at {} (DATABASE_URL), schema {}", connect.get_host(), settings.schema())
        }
        Database::Embedded(_) | Database::Attached(_) => {
            let data = settings.data.value.canonicalize();
            data.as_deref().unwrap_or(&settings.data.value).display().to_string()
        }
    }
}
