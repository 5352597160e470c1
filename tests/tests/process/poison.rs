//! An event that no fold understands, seen through every door: who it stops, who goes on, and how all go on again.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tallybook_tests::answer::{number, text};
use tallybook_tests::program::{Program, done};
use tallybook_tests::{Client, bodies, truths};

use crate::book::{People, Processes};
use crate::unreadable::Unreadable;

/// What reads wallets; `customers` and `withdrawals` do not.
const CONCERNED: [&str; 7] = [
    "daily_totals",
    "deposits",
    "general_ledger",
    "risk_flows",
    "wallet_holds",
    "wallet_statement",
    "wallets",
];

/// A running book with two customers who have a wallet each.
struct Shop {
    api: Program,
    projector: Program,
    people: People,
    customers: [String; 2],
    /// Goes last: the others log to its place.
    book: Processes,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poison_event_stops_what_reads_it_and_nothing_else_until_it_can_be_read() {
    let mut shop = Shop::open().await;
    let (owner, schema) = shop.book.owner();
    let wallet = format!("{}.CNY", shop.customers[0]);
    let poison = Unreadable::deposit(&owner, &schema, &wallet).await;
    let position = poison.position;

    shop.business_goes_on("after the event").await;
    shop.stopped_at(position, "running").await;
    shop.every_door_says_so(position).await;

    // A restart tries the event again, and does not skip it; nor does who resumes without a reason.
    let leader = shop.status("wallets").await["leader"].clone();
    assert_eq!(shop.projector.stop(), Some(0));
    shop.projector = shop.book.projector();
    shop.until(|statuses| of(statuses, "wallets")["leader"] != leader).await;
    shop.stopped_at(position, "running").await;
    let resumed = done(shop.command(&["resume", "wallets"]));
    assert!(resumed.contains(&format!("wallets goes on from position {}.", position - 1)), "{resumed}");
    shop.stopped_at(position, "running").await;
    shop.business_goes_on("after the restart").await;
    assert!(
        !shop.book.command(&["audit", "verify"]).output().unwrap().status.success(),
        "its bytes are not its leaf"
    );

    // The fixed build is another process: it takes the old one's place, and nobody has to resume anything.
    assert_eq!(shop.projector.stop(), Some(0));
    shop.stopped_at(position, "not_led").await;
    poison.read_by_a_fixed_build().await;
    shop.projector = shop.book.projector();
    let well = |status: &Value| status["status"] == "running" && status["lag"] == 0;
    shop.until(|statuses| statuses.iter().all(well)).await;
    shop.all_is_well(position).await;
}

impl Shop {
    async fn open() -> Self {
        let book = Processes::on_the_server();
        let (projector, api) = (book.projector(), book.api());
        let people = book.people(&api.address).await;
        let mut customers = Vec::new();
        for name in ["A", "B"] {
            let customer = people.operator.post("/v1/customers", &bodies::customer(name)).await;
            let id = text(customer.created(), "id").to_owned();
            let deposit = bodies::deposit(&id, "100.00", &format!("first of {name}"));
            people.operator.post("/v1/deposits", &deposit).await.created();
            customers.push(id);
        }
        let shop = Self { api, projector, people, customers: customers.try_into().unwrap(), book };
        shop.until(|statuses| {
            statuses.len() == tallybook_projector::every().len()
                && statuses.iter().all(|status| status["lag"] == 0)
        })
        .await;
        shop
    }

    /// Commands go through for everyone but whose wallet holds the event: what it did to the wallet is not known, so
    /// nothing is decided on it.
    async fn business_goes_on(&self, when: &str) {
        let People { finance, operator, .. } = &self.people;
        let [poisoned, sound] = &self.customers;
        operator.post("/v1/customers", &bodies::customer(when)).await.created();
        let sound = finance.post("/v1/deposits", &bodies::deposit(sound, "1.00", when)).await;
        let position = number(sound.created(), "position");
        let blind =
            finance.post("/v1/deposits", &bodies::deposit(poisoned, "1.00", &format!("{when}, blind"))).await;
        blind.problem(500, "internal");
        let customers = format!("/v1/customers?min_position={position}&wait_ms=10000");
        let found = finance.get(&customers).await;
        assert!(found.data().as_array().unwrap().iter().any(|customer| customer["name"] == when));
    }

    /// What reads the event has stopped before it; the others are as `others` says.
    async fn stopped_at(&self, position: u64, others: &str) {
        let expected = |status: &Value| {
            let concerned = CONCERNED.contains(&text(status, "name"));
            status["status"] == if concerned { "stopped" } else { others }
        };
        self.until(|statuses| statuses.iter().all(expected)).await;
        for status in self.statuses().await {
            let stopped = CONCERNED.contains(&text(&status, "name"));
            if stopped {
                assert_eq!(number(&status, "position"), position - 1, "{status}");
                assert_eq!(status["error_position"], position);
                assert!(
                    text(&status, "error").contains("DepositRecorded has version 2.0, newer than the 1.0"),
                    "{status}"
                );
            } else {
                assert_eq!(status["status"], others);
                assert_eq!((&status["error"], &status["error_position"]), (&Value::Null, &Value::Null));
            }
        }
    }

    async fn every_door_says_so(&self, position: u64) {
        let json = self.command(&["status", "--json"]).output().unwrap();
        assert_eq!(json.status.code(), Some(1));
        let json: Vec<Value> = serde_json::from_slice(&json.stdout).unwrap();
        let shown = self.command(&["status"]).output().unwrap();
        assert_eq!(shown.status.code(), Some(1));
        let shown = String::from_utf8(shown.stdout).unwrap();
        // What is told to anyone is kept for a second.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        let anyone = Client::new(&self.api.address);
        let ready = anyone.get("/health/ready").await;
        let (detail, figures) = (text(ready.ok(), "detail").to_owned(), anyone.get("/metrics").await.text);
        for status in self.statuses().await {
            let name = text(&status, "name");
            let figure = |figure: &str, value: u64| {
                let line = format!("tallybook_projection_{figure}{{projection=\"{name}\"}} {value}\n");
                assert!(figures.contains(&line), "{line}{figures}");
            };
            let stopped = CONCERNED.contains(&name);
            let error_position = if stopped { json!(position) } else { Value::Null };
            assert_eq!(of(&json, name)["error_position"], error_position);
            assert_eq!(of(&json, name)["error"], status["error"]);
            let told = of(ready.body["projections"].as_array().unwrap(), name);
            assert_eq!((&told["status"], &told["error_position"]), (&status["status"], &error_position));
            assert_eq!(
                detail.contains(&format!("{name} has stopped at position {position}")),
                stopped,
                "{detail}"
            );
            assert_eq!(shown.contains(&format!("tallybook projector resume {name}\n")), stopped, "{shown}");
            figure("running", u64::from(!stopped));
            figure("led", 1);
            figure("error_position", if stopped { position } else { 0 });
            if stopped {
                figure("position", position - 1);
            }
        }
        assert!(
            shown.contains(&format!("stopped at position {position}: DepositRecorded has version 2.0")),
            "{shown}"
        );
        // What was folded can be read, but not passed off as newer than it is.
        let wallets = self.people.auditor.get("/v1/wallets").await;
        assert_eq!(wallets.data().as_array().unwrap().len(), 2);
        assert_eq!(wallets.body["position"], position - 1);
        let newer = self.people.auditor.get(&format!("/v1/wallets?min_position={position}")).await;
        let problem = newer.problem(503, "projection-stopped");
        assert_eq!((&problem["projection"], &problem["position"]), (&json!("wallets"), &json!(position - 1)));
        // The journal shows it as it is.
        let event = self.people.auditor.get(&format!("/v1/events/{position}")).await;
        assert_eq!(event.data()["event_version"], "2.0");
    }

    /// The event counts, once, and so does what came after it.
    async fn all_is_well(&self, position: u64) {
        done(self.command(&["status"]));
        done(self.command(&["verify"]));
        done(self.book.command(&["audit", "verify"]));
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        let anyone = Client::new(&self.api.address);
        assert_eq!(anyone.get("/health/ready").await.ok()["detail"], Value::Null);
        let figures = anyone.get("/metrics").await.text;
        assert!(
            figures.contains("tallybook_projection_error_position{projection=\"wallets\"} 0\n"),
            "{figures}"
        );
        let [poisoned, sound] = &self.customers;
        let deposit = bodies::deposit(poisoned, "0.50", "at last");
        self.people.finance.post("/v1/deposits", &deposit).await.created();
        let sound = self.people.finance.post("/v1/deposits", &bodies::deposit(sound, "0.50", "too")).await;
        let head = number(sound.created(), "position");
        for (customer, balance) in self.customers.iter().zip(["107.50", "102.50"]) {
            let path = format!("/v1/customers/{customer}/wallets?min_position={head}&wait_ms=10000");
            assert_eq!(self.people.auditor.get(&path).await.data()[0]["balance"], bodies::yuan(balance));
        }
        let event = self.people.auditor.get(&format!("/v1/events/{position}")).await;
        assert_eq!(event.data()["event_version"], "1.0");
        truths::hold(&self.book.witness(self.people.auditor.clone())).await;
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.book.command(&[&["projector"], arguments].concat())
    }

    async fn statuses(&self) -> Vec<Value> {
        self.people.auditor.get("/v1/projections").await.data().as_array().unwrap().clone()
    }

    async fn status(&self, name: &str) -> Value {
        of(&self.statuses().await, name).clone()
    }

    async fn until(&self, so: impl Fn(&[Value]) -> bool) {
        let begun = Instant::now();
        loop {
            let statuses = self.statuses().await;
            if so(&statuses) {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "{}", json!(statuses));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[track_caller]
fn of<'s>(statuses: &'s [Value], name: &str) -> &'s Value {
    statuses.iter().find(|status| status["name"] == name).unwrap_or(&Value::Null)
}
