//! A book of its own for each test: a fresh schema on the PostgreSQL that DATABASE_URL names, an API and a projector.

use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgPool;
use sqlx::postgres::PgConnectOptions;
use tallybook_api::access::Role;
use tallybook_api::{ApiSettings, ApiState, MasterKey};
use tallybook_event_store::schema::{NewBook, provision};
use tallybook_event_store::seal::{PrivateKey, Seal, Sealed, seal};
use tallybook_event_store::{Book, BookSettings};
use tallybook_projector::ProjectorSettings;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::Client;
pub use crate::seed::PASSWORD;
use crate::seed::{self, Seed};
use crate::truths::{self, Witness};

/// A running book. `finish` must end every test with one: it checks the truths.
#[derive(Debug)]
pub struct TestBook {
    connect: PgConnectOptions,
    book: Book,
    address: String,
    parts: Vec<JoinHandle<()>>,
    shutdown: CancellationToken,
    checked: bool,
    _place: Option<SemaphorePermit<'static>>,
}

/// A running book takes up to some 30 connections, and so does one more process on it, of 600 there are; so only so many
/// tests run at once, however many processors there are.
static PLACES: Semaphore = Semaphore::const_new(8);

/// How a test's book differs from others.
#[derive(Debug, Clone, Default)]
pub struct Differently {
    pub api: ApiSettings,
    /// The journal's clock.
    pub clock: Option<fn() -> DateTime<Utc>>,
    /// Without one, nothing is ever read.
    pub no_projector: bool,
    pub queue_capacity: Option<usize>,
    /// Without one, personal fields are locked.
    pub no_personal_data_key: bool,
}

pub fn database() -> PgConnectOptions {
    let url = std::env::var("DATABASE_URL").expect(
        "DATABASE_URL is not set: run `make test`, or put `scripts/with-postgres` before the command",
    );
    PgConnectOptions::from_str(&url).unwrap()
}

impl TestBook {
    /// A new book with a user of each role, each called by the role's name.
    pub async fn start() -> Self {
        Self::start_differently(Differently::default()).await
    }

    pub async fn start_differently(differently: Differently) -> Self {
        let seed = Seed::get();
        let place = PLACES.acquire().await.unwrap();
        let (connect, schema) = (database(), fresh_schema());
        provision(&connect, &schema, &NewBook::default()).await.unwrap();
        seed.copy_into(&connect, &schema).await;
        let mut book = Self::open(connect, &schema, differently).await;
        book._place = Some(place);
        book
    }

    pub(crate) async fn unseeded() -> Self {
        let (connect, schema) = (database(), fresh_schema());
        provision(&connect, &schema, &NewBook::default()).await.unwrap();
        Self::open(connect, &schema, Differently::default()).await
    }

    /// One more process, so to speak, on the same book: what it keeps in memory is its own.
    pub async fn another(&self, differently: Differently) -> Self {
        let mut another = Self::open(self.connect.clone(), self.schema(), differently).await;
        // The first one's `finish` checks what both have done.
        another.checked = true;
        another
    }

    async fn open(connect: PgConnectOptions, schema: &str, differently: Differently) -> Self {
        let defaults = BookSettings::new(schema);
        let settings = BookSettings {
            clock: differently.clock.unwrap_or(defaults.clock),
            queue_capacity: differently.queue_capacity.unwrap_or(defaults.queue_capacity),
            ..defaults
        };
        let book = Book::open(&connect, settings).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let shutdown = CancellationToken::new();
        let personal_data_key =
            (!differently.no_personal_data_key).then(|| Arc::new(MasterKey::new([9; 32])));
        let api = ApiSettings { personal_data_key, ..differently.api };
        let state = ApiState::new(book.clone(), api);
        let serving = tallybook_api::serve(listener, state, shutdown.clone());
        let mut parts = vec![tokio::spawn(async { serving.await.unwrap() })];
        if !differently.no_projector {
            parts.push(tokio::spawn(tallybook_projector::run(
                book.pool().clone(),
                schema.to_owned(),
                tallybook_projector::every(),
                ProjectorSettings { connections: 4, ..ProjectorSettings::default() },
                shutdown.clone(),
            )));
        }
        Self { connect, book, address, parts, shutdown, checked: false, _place: None }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn schema(&self) -> &str {
        self.book.schema()
    }

    pub fn witness(&self) -> Witness {
        Witness::new(self.auditor(), &self.connect, self.schema())
    }

    /// For looking, never for doing.
    pub fn pool(&self) -> &PgPool {
        self.book.pool()
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.book.now()
    }

    /// Today's business date.
    pub fn today(&self) -> NaiveDate {
        self.book.today()
    }

    /// Seals the book as it is, as `tallybook audit seal` does.
    pub async fn seal(&self) -> Seal {
        match seal(self.pool(), &sealing_key(), &[], self.now()).await.unwrap() {
            Sealed::New(seal) | Sealed::Already(seal) => seal,
        }
    }

    /// Without a token.
    pub fn anyone(&self) -> Client {
        Client::new(&self.address)
    }

    pub fn as_role(&self, role: Role) -> Client {
        self.anyone().with_token(Seed::get().token(role))
    }

    pub fn admin(&self) -> Client {
        self.as_role(Role::Admin)
    }

    pub fn finance(&self) -> Client {
        self.as_role(Role::Finance)
    }

    pub fn approver(&self) -> Client {
        self.as_role(Role::Approver)
    }

    pub fn operator(&self) -> Client {
        self.as_role(Role::Operator)
    }

    pub fn auditor(&self) -> Client {
        self.as_role(Role::Auditor)
    }

    /// Makes one more user, with the seed's password, and signs in; answers with the access token.
    pub async fn add_user(&self, name: &str, role: Role) -> String {
        seed::user(self, name, role).await
    }

    /// Checks the truths, and stops.
    pub async fn finish(mut self) {
        truths::hold(&self.witness()).await;
        self.checked = true;
        self.stop().await;
    }

    /// Stops without looking back: for parts of a test.
    pub async fn stop(mut self) {
        self.checked = true;
        self.shutdown.cancel();
        for part in self.parts.drain(..) {
            part.await.unwrap();
        }
        self.book.shutdown().await;
    }
}

impl Drop for TestBook {
    fn drop(&mut self) {
        assert!(self.checked || std::thread::panicking(), "the test did not call TestBook::finish");
    }
}

/// What tests seal with.
pub fn sealing_key() -> PrivateKey {
    PrivateKey::new("tallybook/test".parse().unwrap(), &[7; 32])
}

fn fresh_schema() -> String {
    format!("test_{}", uuid::Uuid::now_v7().simple())
}
