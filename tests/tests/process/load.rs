//! Many clients who send commands and do not give up: what is not answered is sent again, with its key.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, RwLock};
use std::time::{Duration, Instant};

use serde_json::Value;
use tallybook_tests::answer::{number, text};
use tallybook_tests::truths::journal::events_after;
use tallybook_tests::{Answer, Client, bodies};

use crate::book::People;

const CLIENTS: usize = 24;
/// Long enough for anything to come up again.
const PATIENCE: Duration = Duration::from_secs(60);

/// Deposits of 1.00 and requests of 0.50, as many of each, for customers who have enough.
pub(crate) struct Load {
    people: People,
    /// Where the book is served, at the moment.
    addresses: RwLock<Vec<String>>,
    customers: Vec<String>,
    commands: usize,
    /// Between the commands of a client.
    pause: Duration,
    answered: Mutex<BTreeMap<usize, Value>>,
    unanswered: AtomicUsize,
}

impl Load {
    pub(crate) async fn prepare(people: People, addresses: Vec<String>, commands: usize) -> Self {
        let mut customers = Vec::new();
        for name in ["A", "B", "C", "D"] {
            let customer = people.operator.post("/v1/customers", &bodies::customer(name)).await;
            customers.push(text(customer.created(), "id").to_owned());
            let first = bodies::deposit(customers.last().unwrap(), "10000.00", &format!("first of {name}"));
            people.operator.post("/v1/deposits", &first).await.created();
        }
        Self {
            people,
            addresses: RwLock::new(addresses),
            customers,
            commands,
            pause: Duration::ZERO,
            answered: Mutex::default(),
            unanswered: AtomicUsize::new(0),
        }
    }

    /// Its commands come evenly over this time, not as fast as they can.
    pub(crate) fn over(self, time: Duration) -> Self {
        let each = u32::try_from(self.commands / CLIENTS).unwrap();
        Self { pause: time / each, ..self }
    }

    /// Sends every command until it is answered. Whatever else is answered than that it is done, or that it may be
    /// tried again, is a failure of the book.
    pub(crate) async fn run(&self) {
        let clients = (0..CLIENTS).map(|client| async move {
            for command in (client..self.commands).step_by(CLIENTS) {
                tokio::time::sleep(self.pause).await;
                let answer = self.until_answered(command).await;
                self.answered.lock().unwrap().insert(command, answer.created().clone());
            }
        });
        futures::future::join_all(clients).await;
    }

    async fn until_answered(&self, command: usize) -> Answer {
        let begun = Instant::now();
        let mut maybe_done = false;
        for attempt in 0.. {
            match self.send(command, attempt).await {
                Ok(answer) if answer.status != 503 => {
                    assert!(maybe_done || !answer.replayed(), "what was said not to be done was done");
                    return answer;
                }
                Ok(again) => {
                    let kind = again.kind();
                    assert!(matches!(kind, "busy" | "unavailable" | "outcome-unknown"), "{}", again.text);
                    assert_ne!(again.header("retry-after"), "");
                    maybe_done |= kind == "outcome-unknown";
                }
                Err(error) => {
                    assert!(begun.elapsed() < PATIENCE, "{error}");
                    maybe_done = true;
                }
            }
            assert!(begun.elapsed() < PATIENCE, "command {command} is not answered");
            self.unanswered.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        unreachable!("attempts do not end");
    }

    async fn send(&self, command: usize, attempt: usize) -> Result<Answer, reqwest::Error> {
        let customer = &self.customers[command / 2 % self.customers.len()];
        let (path, body) = match command % 2 {
            0 => ("/v1/deposits", bodies::deposit(customer, "1.00", &format!("R{command}"))),
            _ => ("/v1/withdrawals", bodies::withdrawal(customer, "0.50", &format!("W{command}"))),
        };
        let address = {
            let addresses = self.addresses.read().unwrap();
            addresses[(command + attempt) % addresses.len()].clone()
        };
        self.people.finance.at(address).post(path, &body).key(&key(command)).attempt().await
    }

    pub(crate) fn serve_at(&self, addresses: Vec<String>) {
        *self.addresses.write().unwrap() = addresses;
    }

    /// Returns when so many hundredths of the commands are answered.
    pub(crate) async fn reaches(&self, percent: usize) {
        let begun = Instant::now();
        while self.answered.lock().unwrap().len() < self.commands * percent / 100 {
            assert!(begun.elapsed() < PATIENCE, "the load does not get to {percent} %");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// How often a command had to be sent again.
    pub(crate) fn unanswered(&self) -> usize {
        self.unanswered.load(Ordering::Relaxed)
    }

    pub(crate) fn auditor(&self) -> Client {
        self.people.auditor.at(self.addresses.read().unwrap()[0].clone())
    }

    /// Every command that was answered is in the journal exactly once, where the answer said; sent again it gets
    /// that answer; and the wallets hold what they must.
    pub(crate) async fn happened_exactly_once(&self) {
        let answered = self.answered.lock().unwrap().clone();
        assert_eq!(answered.len(), self.commands, "everything was answered in the end");
        let mut recorded: HashMap<String, Vec<(u64, String)>> = HashMap::new();
        for event in events_after(&self.auditor(), 0).await {
            let metadata: Value = serde_json::from_str(event.metadata.get()).unwrap();
            recorded
                .entry(text(&metadata, "command_id").to_owned())
                .or_default()
                .push((event.position, event.event_type.clone()));
        }
        for (command, answer) in &answered {
            let events = &recorded[&format!("user:finance:{}", key(*command))];
            let asked = ["DepositRecorded", "WithdrawalRequested"][command % 2];
            let times = events.iter().filter(|(_, event_type)| event_type == asked).count();
            assert_eq!(times, 1, "command {command} is recorded once");
            assert_eq!(events.last().map(|(position, _)| *position), Some(number(answer, "position")));
        }
        // The first customers and deposits, and nothing nobody asked for.
        assert_eq!(recorded.len(), self.commands + 2 * self.customers.len());
        for (command, answer) in &answered {
            let again = self.send(*command, 0).await.unwrap();
            assert_eq!((again.replayed(), again.created()), (true, answer), "command {command}");
        }
        self.wallets_hold_what_they_must().await;
    }

    async fn wallets_hold_what_they_must(&self) {
        let last = events_after(&self.auditor(), 0).await.last().unwrap().position;
        for (number, customer) in self.customers.iter().enumerate() {
            let of_this = |command: &usize| command / 2 % self.customers.len() == number;
            let (requests, deposits): (Vec<_>, Vec<_>) =
                (0..self.commands).filter(of_this).partition(|command| command % 2 == 1);
            let path = format!("/v1/customers/{customer}/wallets?min_position={last}&wait_ms=30000");
            let wallet = self.auditor().get(&path).await.data()[0].clone();
            let balance = format!("{}.00", 10_000 + deposits.len());
            let held = format!("{}.{}0", requests.len() / 2, requests.len() % 2 * 5);
            assert_eq!(
                (&wallet["balance"], &wallet["held"]),
                (&bodies::yuan(&balance), &bodies::yuan(&held))
            );
        }
    }
}

fn key(command: usize) -> String {
    format!("load-{command}")
}
