//! Whatever is asked of a book, in pages of any size, by projectors that die at any moment: what was folded live, what
//! is rebuilt and what is as of now are the same, byte for byte.

use std::time::Duration;

use chrono::Days;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use tallybook_projector::{ProjectorSettings, RebuildRequest, Rebuilder, every, view_schema, wait_for};
use tallybook_tests::answer::text;
use tallybook_tests::book::Differently;
use tallybook_tests::scenario::{step_body, step_path};
use tallybook_tests::{Answer, Role, TestBook, bodies};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

#[derive(Debug, Clone)]
enum Turn {
    /// It may be refused.
    Command(Command),
    /// The last command comes again, with its key.
    Repeat,
    /// A process projects, if it does not yet.
    Begin { process: usize, pages: Pages },
    /// A process that projects ends a moment later, in the middle of whatever it is doing.
    Kill { process: usize, milliseconds: u64 },
}

#[derive(Debug, Clone)]
enum Command {
    Deposit { customer: Index, cents: u32, reference: u8, days_ago: u64 },
    Reverse { deposit: Index, days_ago: u64 },
    Request { customer: Index, cents: u32, reference: u8 },
    Step { withdrawal: Index, step: &'static str },
    Customer { customer: Index, step: &'static str },
    Rename { customer: Index, name: u8 },
}

/// Those that project, at most; each has a connection for every projection.
const PROCESSES: usize = 2;

#[derive(Debug, Clone)]
struct Pages {
    size: u32,
    small_write: usize,
    cached_rows: usize,
}

fn any_pages() -> impl Strategy<Value = Pages> {
    (1..40_u32, select(vec![0, 3, 250]), select(vec![0, 2, 20_000]))
        .prop_map(|(size, small_write, cached_rows)| Pages { size, small_write, cached_rows })
}

fn any_command() -> impl Strategy<Value = Command> {
    let index = any::<Index>;
    let step = select(vec![
        "approve", "approve", "approve", "submit", "submit", "submit", "succeed", "succeed", "reject",
        "cancel", "fail", "return",
    ]);
    prop_oneof![
        6 => (index(), 1..30_000_u32, any::<u8>(), 0..60_u64).prop_map(
            |(customer, cents, reference, days_ago)| Command::Deposit { customer, cents, reference, days_ago }),
        2 => (index(), 0..60_u64).prop_map(|(deposit, days_ago)| Command::Reverse { deposit, days_ago }),
        4 => (index(), 1..9_000_u32, any::<u8>())
            .prop_map(|(customer, cents, reference)| Command::Request { customer, cents, reference }),
        12 => (index(), step).prop_map(|(withdrawal, step)| Command::Step { withdrawal, step }),
        1 => (index(), select(vec!["suspend", "reactivate", "reactivate"]))
            .prop_map(|(customer, step)| Command::Customer { customer, step }),
        1 => (index(), 0..4_u8).prop_map(|(customer, name)| Command::Rename { customer, name }),
    ]
}

fn any_turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        26 => any_command().prop_map(Turn::Command),
        1 => Just(Turn::Repeat),
        6 => (0..PROCESSES, any_pages()).prop_map(|(process, pages)| Turn::Begin { process, pages }),
        4 => (0..PROCESSES, 0..25_u64)
            .prop_map(|(process, milliseconds)| Turn::Kill { process, milliseconds }),
    ]
}

#[test]
fn live_and_rebuilt_and_as_of_now_are_the_same() {
    all_end_the_same(2);
}

#[test]
#[ignore = "takes minutes"]
fn live_and_rebuilt_and_as_of_now_are_the_same_of_many() {
    all_end_the_same(24);
}

fn all_end_the_same(histories: u32) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = ProptestConfig {
        cases: histories,
        max_shrink_iters: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let any = (prop::collection::vec(any_turn(), 60..250), any_pages(), 12_u32..20);
    TestRunner::new(config)
        .run(&any, |(turns, pages, memory)| {
            runtime.block_on(ends_the_same(turns, pages, 1 << memory));
            Ok(())
        })
        .unwrap();
}

async fn ends_the_same(turns: Vec<Turn>, pages: Pages, memory: usize) {
    let book =
        TestBook::start_differently(Differently { no_projector: true, ..Differently::default() }).await;
    let mut history = History::begin(&book).await;
    for turn in turns {
        history.take(turn).await;
    }
    // Whoever is left comes to the end of the journal.
    history.project(0, &pages);
    let head = head(book.pool()).await;
    let names: Vec<&str> = every().iter().map(|projection| projection.name).collect();
    wait_for(book.pool(), &names, head, Duration::from_secs(30)).await.unwrap();
    let live = tables(book.pool(), book.schema()).await;
    book.make_view("now", head).await;
    let view = view_schema(book.schema(), &"now".parse().unwrap());
    same(&live, &tables(book.pool(), &view).await, "as of now");
    let rebuilder = Rebuilder::new(book.pool().clone(), book.schema(), CancellationToken::new());
    let request = RebuildRequest { dry_run: false, expect_equal: false };
    let outcomes = rebuilder.with_resources(2, memory).rebuild(&every(), request).await.unwrap();
    assert!(outcomes.iter().all(|outcome| outcome.swapped));
    same(&live, &tables(book.pool(), book.schema()).await, "rebuilt");
    for process in 0..PROCESSES {
        history.kill(process).await;
    }
    book.finish().await;
}

/// Every row of every read table as text, in a fixed order.
type Tables = Vec<(String, Vec<String>)>;

/// Those of the book, or of a view of it.
async fn tables(pool: &PgPool, schema: &str) -> Tables {
    let mut tables = Vec::new();
    for projection in every() {
        for table in projection.table_names() {
            let select = format!("SELECT t::text FROM {schema}.{table} AS t ORDER BY 1");
            tables.push((table.to_owned(), sqlx::query_scalar(&select).fetch_all(pool).await.unwrap()));
        }
    }
    tables
}

fn same(live: &Tables, other: &Tables, what: &str) {
    for ((table, expected), (_, found)) in live.iter().zip(other) {
        assert_eq!(found, expected, "{table} {what}");
    }
}

async fn head(pool: &PgPool) -> u64 {
    let head: i64 = sqlx::query_scalar("SELECT position FROM book_head").fetch_one(pool).await.unwrap();
    head.try_into().unwrap()
}

/// What has been asked of a book so far, and who projects it.
struct History<'a> {
    book: &'a TestBook,
    customers: Vec<String>,
    deposits: Vec<String>,
    withdrawals: Vec<String>,
    /// Path and body of each command; its place is its key.
    asked: Vec<Asked>,
    projectors: [Option<JoinHandle<()>>; PROCESSES],
}

#[derive(Debug, Clone)]
struct Asked {
    by: Role,
    method: Method,
    path: String,
    body: Value,
}

impl<'a> History<'a> {
    async fn begin(book: &'a TestBook) -> Self {
        let (mut customers, nothing) = (Vec::new(), Vec::new);
        for name in ["Acme", "Bolt", "Cog"] {
            customers.push(book.customer(name).await);
        }
        Self {
            book,
            customers,
            deposits: nothing(),
            withdrawals: nothing(),
            asked: Vec::new(),
            projectors: [None, None],
        }
    }

    async fn take(&mut self, turn: Turn) {
        match turn {
            Turn::Command(command) => {
                if let Some(command) = self.spelled(command) {
                    self.asked.push(command.clone());
                    let answer = self.send(&command).await;
                    self.remember(&command, &answer);
                }
            }
            Turn::Repeat => {
                if let Some(last) = self.asked.last() {
                    self.send(last).await;
                }
            }
            Turn::Begin { process, pages } => self.project(process, &pages),
            Turn::Kill { process, milliseconds } => {
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                self.kill(process).await;
            }
        }
    }

    /// As it is sent, if there is what it is about.
    fn spelled(&self, command: Command) -> Option<Asked> {
        let customer = |index: Index| index.get(&self.customers).clone();
        let date = |days_ago| json!(self.book.today() - Days::new(days_ago));
        let (by, path, body) = match command {
            Command::Deposit { customer: whose, cents, reference, days_ago } => {
                let body = bodies::deposit(&customer(whose), &yuan(cents), &format!("R{}", reference));
                let body = bodies::with(body, "effective_date", Some(date(days_ago)));
                (Role::Operator, "/v1/deposits".to_owned(), body)
            }
            Command::Reverse { deposit, days_ago } => {
                let deposit = one_of(&self.deposits, deposit)?;
                let body = bodies::with(bodies::because("twice"), "effective_date", Some(date(days_ago)));
                (Role::Finance, format!("/v1/deposits/{deposit}/reverse"), body)
            }
            Command::Request { customer: whose, cents, reference } => {
                let reference = format!("W{}", reference);
                let body = bodies::withdrawal(&customer(whose), &yuan(cents), &reference);
                (Role::Finance, "/v1/withdrawals".to_owned(), body)
            }
            Command::Step { withdrawal, step } => {
                let by = if matches!(step, "approve" | "reject") { Role::Approver } else { Role::Finance };
                (by, step_path(one_of(&self.withdrawals, withdrawal)?, step), step_body(step))
            }
            Command::Customer { customer: whose, step } => {
                let body = if step == "suspend" { bodies::because("a dispute") } else { json!({}) };
                (Role::Operator, format!("/v1/customers/{}/{step}", customer(whose)), body)
            }
            Command::Rename { customer: whose, name } => {
                let path = format!("/v1/customers/{}", customer(whose));
                let body = bodies::customer(&format!("Name {name}"));
                return Some(Asked { by: Role::Operator, method: Method::PATCH, path, body });
            }
        };
        Some(Asked { by, method: Method::POST, path, body })
    }

    /// A command may be refused, but never fail.
    async fn send(&self, command: &Asked) -> Answer {
        let Asked { by, method, path, body } = command;
        let key = format!("K{}", self.asked.len());
        let answer = self.book.as_role(*by).send(method.clone(), path, body).key(&key).await;
        assert!(matches!(answer.status, 200 | 201 | 409 | 422), "{path}: {}", answer.text);
        answer
    }

    fn remember(&mut self, command: &Asked, answer: &Answer) {
        if answer.status == 201 {
            let made = match command.path.as_str() {
                "/v1/deposits" => &mut self.deposits,
                "/v1/withdrawals" => &mut self.withdrawals,
                path => panic!("{path} makes nothing new"),
            };
            made.push(text(&answer.body, "id").to_owned());
        }
    }

    fn project(&mut self, process: usize, pages: &Pages) {
        if self.projectors[process].is_some() {
            return;
        }
        let settings = ProjectorSettings {
            // The same name again, so that no lease has to run out first.
            leader: format!("process {process}"),
            page_size: pages.size,
            small_write: pages.small_write,
            cached_rows: pages.cached_rows,
            pace: Duration::from_millis(2),
            lease: Duration::from_millis(300),
            renew_every: Duration::from_millis(100),
            ..ProjectorSettings::default()
        };
        let (pool, schema) = (self.book.pool().clone(), self.book.schema().to_owned());
        let run = tallybook_projector::run(pool, schema, every(), settings, CancellationToken::new());
        self.projectors[process] = Some(tokio::spawn(run));
    }

    async fn kill(&mut self, process: usize) {
        if let Some(projector) = self.projectors[process].take() {
            projector.abort();
            assert!(projector.await.unwrap_err().is_cancelled());
        }
    }
}

/// One of the latest: the others are mostly done with.
fn one_of(made: &[String], which: Index) -> Option<&String> {
    let latest = &made[made.len().saturating_sub(6)..];
    if latest.is_empty() { None } else { Some(which.get(latest)) }
}

fn yuan(cents: u32) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
