//! A bank's gateway outside: a small real HTTP server that takes orders and is asked about them, and is as unreliable as
//! it is told to be. How it behaves to an order, the order's own reference says: `drops_after-1`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tallybook_api::ApiSettings;
use tallybook_api::payouts::Payouts;
use tallybook_api::webhook_secret::WebhookSecret;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::book::Differently;

const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// How long an endpoint takes that is slow.
pub const THINKING: Duration = Duration::from_secs(3);
/// Long enough for whoever waits for the answer to be gone before it comes.
const HESITATION: Duration = Duration::from_millis(400);
/// After its answer is given up, and before it is believed that the order never came.
const BACKLOG: Duration = Duration::from_millis(1500);

#[derive(Debug, Clone)]
pub struct Bank {
    address: SocketAddr,
    ledger: Arc<Mutex<Ledger>>,
}

#[derive(Debug, Default)]
struct Ledger {
    /// What became of each order, as the bank tells it.
    orders: BTreeMap<String, Value>,
    /// What came about each, in order, whatever became of that.
    requests: BTreeMap<String, Vec<Asked>>,
    /// What it says of these it thinks over.
    slow: BTreeSet<String>,
    /// Nothing is answered at all.
    down: bool,
    /// What was wrong with what it was sent.
    wrong: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Question,
    Order,
}

/// What goes back over the line.
enum Reply {
    Json(u16, Value),
    /// After a while.
    Late(Duration, u16, Value),
    /// After a while it is booked, and then said.
    Booked(Duration, Value),
    /// The connection is closed without a word.
    Drop,
    /// No answer before anybody's patience is at its end.
    Never,
    Garbage,
}

impl Bank {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let bank = Self { address: listener.local_addr().unwrap(), ledger: Arc::default() };
        let ledger = bank.ledger.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, ledger.clone()));
            }
        });
        bank
    }

    /// Settings with this bank as the endpoint; `more` is added to those of the endpoint.
    pub fn settings(&self, submit: &str, more: &Value) -> Payouts {
        let mut http = json!({
            "endpoint": format!("http://{}/orders", self.address),
            "key": { "env": "PAYOUT_KEY" },
            "timeout_seconds": 1,
            "ask_after_seconds": 1,
            "not_found_after_seconds": 1,
        });
        for (key, value) in more.as_object().unwrap() {
            http[key] = value.clone();
        }
        let settings = json!({ "adapter": "http", "submit": submit, "http": http, "debtor": debtor() });
        Payouts::open(&serde_json::from_value(settings).unwrap(), &|_| Some(KEY.to_owned())).unwrap()
    }

    /// A book that pays out through this bank, when somebody asks for it.
    pub fn paying(&self) -> Differently {
        self.paying_like("by_hand", &json!({}))
    }

    pub fn paying_like(&self, submit: &str, more: &Value) -> Differently {
        let api = ApiSettings { payouts: self.settings(submit, more), ..ApiSettings::default() };
        Differently { api, ..Differently::default() }
    }

    /// The settings file, in this directory, of a process that pays out through this bank by itself.
    pub fn settings_file(&self, directory: &Path) -> PathBuf {
        let (settings, key) = (directory.join("tallybook.toml"), directory.join("payout-key"));
        std::fs::write(&key, KEY).unwrap();
        let text = format!(
            "[payouts]\nadapter = \"http\"\nsubmit = \"automatically\"\n\n[payouts.http]\n\
             endpoint = \"http://{}/orders\"\nkey = {{ file = \"{}\" }}\n\
             timeout_seconds = 1\nask_after_seconds = 1\nnot_found_after_seconds = 4\n",
            self.address,
            key.display()
        );
        std::fs::write(&settings, text).unwrap();
        settings
    }

    /// How often a payout was posted.
    pub fn posts(&self, payout: &str) -> usize {
        self.ledger.lock().unwrap().requests.get(payout).map_or(0, |requests| orders(requests))
    }

    /// How often any was.
    pub fn posts_in_all(&self) -> usize {
        self.ledger.lock().unwrap().requests.values().map(|requests| orders(requests)).sum()
    }

    pub fn questions(&self) -> usize {
        let ledger = self.ledger.lock().unwrap();
        ledger.requests.values().map(|requests| requests.len() - orders(requests)).sum()
    }

    /// Every payout it has heard of in any way.
    pub fn heard_of(&self) -> BTreeSet<String> {
        self.ledger.lock().unwrap().requests.keys().cloned().collect()
    }

    /// What became of a payout, by its books: nothing, if it is not in them.
    pub fn status(&self, payout: &str) -> Option<String> {
        let ledger = self.ledger.lock().unwrap();
        Some(ledger.orders.get(payout)?["status"].as_str().unwrap().to_owned())
    }

    /// From now on it tells this of a payout.
    pub fn tell(&self, payout: &str, member: &str, value: Value) {
        let mut ledger = self.ledger.lock().unwrap();
        ledger.orders.get_mut(payout).unwrap()[member] = value;
    }

    /// It has paid something, as it says.
    pub fn knows(&self, payout: &str, amount: &str) {
        let order =
            json!({ "payout_id": payout, "amount": amount, "currency": "CNY", "status": "succeeded" });
        self.ledger.lock().unwrap().orders.insert(payout.to_owned(), order);
    }

    /// It knows nothing of a payout any more.
    pub fn forget(&self, payout: &str) {
        self.ledger.lock().unwrap().orders.remove(payout);
    }

    pub fn set_down(&self, down: bool) {
        self.ledger.lock().unwrap().down = down;
    }

    /// Nothing was posted twice, nor before it was asked about; and all that came was signed and well written.
    pub fn check(&self) {
        let ledger = self.ledger.lock().unwrap();
        assert!(ledger.wrong.is_empty(), "{:#?}", ledger.wrong);
        for (payout, requests) in &ledger.requests {
            assert!(orders(requests) <= 1, "{payout} was posted twice: {requests:?}");
            assert_eq!(requests[0], Asked::Question, "{payout} was posted unasked");
        }
    }
}

fn orders(requests: &[Asked]) -> usize {
    requests.iter().filter(|request| **request == Asked::Order).count()
}

/// Whose account pays.
pub fn debtor() -> Value {
    json!({ "name": "示例公司", "account": "1100100200300400", "bank_code": "102100099996" })
}

/// A book whose payouts go to the bank in files.
pub fn by_hand() -> Differently {
    let settings = json!({ "debtor": debtor() });
    let payouts = Payouts::open(&serde_json::from_value(settings).unwrap(), &|_| None).unwrap();
    Differently { api: ApiSettings { payouts, ..ApiSettings::default() }, ..Differently::default() }
}

async fn converse(stream: TcpStream, ledger: Arc<Mutex<Ledger>>) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let mut head = String::new();
    while read.read_line(&mut head).await? > 2 {}
    if head.is_empty() {
        return Ok(());
    }
    let length = header(&head, "content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    read.read_exact(&mut body).await?;
    let reply = ledger.lock().unwrap().reply(&head, &body);
    let (status, body) = match reply {
        Reply::Json(status, body) => (status, body.to_string()),
        Reply::Late(pause, status, body) => {
            tokio::time::sleep(pause).await;
            (status, body.to_string())
        }
        Reply::Booked(pause, order) => {
            tokio::time::sleep(pause).await;
            let payout = order["payout_id"].as_str().unwrap().to_owned();
            let answer = order.to_string();
            ledger.lock().unwrap().orders.insert(payout, order);
            (200, answer)
        }
        Reply::Garbage => (200, "<html>ok</html>".to_owned()),
        Reply::Drop => return Ok(()),
        Reply::Never => {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            return Ok(());
        }
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} x\r\nlocation: /elsewhere\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    write.write_all(head.as_bytes()).await
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (given, value) = line.split_once(':')?;
        given.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

impl Ledger {
    fn reply(&mut self, head: &str, body: &[u8]) -> Reply {
        if self.down {
            return Reply::Drop;
        }
        let mut first = head.split(' ');
        let (method, path) = (first.next().unwrap(), first.next().unwrap());
        let id = header(head, "webhook-id").unwrap_or_default().to_owned();
        self.check_signature(head, &id, body);
        match (method, path.strip_prefix("/orders")) {
            ("POST", Some("")) => self.order(&id, body),
            ("GET", Some(rest)) if rest.strip_prefix('/') == Some(&id) => {
                self.requests.entry(id.clone()).or_default().push(Asked::Question);
                match self.orders.get(&id) {
                    None if self.slow.contains(&id) => {
                        Reply::Late(THINKING, 404, json!({ "payout_id": id, "status": "not_found" }))
                    }
                    Some(order) => Reply::Json(200, order.clone()),
                    None => Reply::Json(404, json!({ "payout_id": id, "status": "not_found" })),
                }
            }
            _ => {
                self.wrong.push(format!("{method} {path}"));
                Reply::Json(404, json!({ "error": "no route" }))
            }
        }
    }

    fn check_signature(&mut self, head: &str, id: &str, body: &[u8]) {
        let timestamp = header(head, "webhook-timestamp").and_then(|text| text.parse().ok()).unwrap_or(0);
        let expected = KEY.parse::<WebhookSecret>().unwrap().sign(id, timestamp, body).unwrap();
        if header(head, "webhook-signature") != Some(&expected) {
            self.wrong.push(format!("the signature of {id}"));
        }
    }

    fn order(&mut self, id: &str, body: &[u8]) -> Reply {
        self.requests.entry(id.to_owned()).or_default().push(Asked::Order);
        let order: Value = serde_json::from_slice(body).unwrap_or_default();
        if order["payout_id"] != id || order["destination"]["account_number"].is_null() {
            self.wrong.push(format!("the order {order}"));
        }
        let known = |status: &str| {
            json!({ "payout_id": id, "amount": order["amount"], "currency": order["currency"], "status": status,
                "bank_reference": format!("BANK-{id}") })
        };
        let mut remember = |status: &str| {
            self.orders.insert(id.to_owned(), known(status));
            known(status)
        };
        let reference = order["reference"].as_str().unwrap_or_default();
        let (manner, _) = reference.split_once('-').unwrap_or((reference, ""));
        match manner {
            "accepts" => Reply::Json(202, remember("accepted")),
            "fails" => Reply::Json(200, remember("failed")),
            "refuses" => {
                Reply::Json(422, json!({ "payout_id": id, "status": "failed", "reason": "no such account" }))
            }
            "drops_before" => Reply::Drop,
            "drops_after" => {
                remember("succeeded");
                Reply::Drop
            }
            "late" => {
                remember("succeeded");
                Reply::Never
            }
            "hesitates" => Reply::Late(HESITATION, 200, remember("succeeded")),
            "books_late" => Reply::Booked(BACKLOG, known("succeeded")),
            "late_before" => {
                self.slow.insert(id.to_owned());
                Reply::Never
            }
            "breaks" => {
                remember("succeeded");
                Reply::Json(500, json!({ "error": "after paying" }))
            }
            "breaks_before" => Reply::Json(503, json!({ "error": "too busy" })),
            "redirects" => Reply::Json(307, known("failed")),
            "mumbles" => {
                remember("succeeded");
                Reply::Garbage
            }
            "lies_about_the_amount" => {
                let mut lie = remember("succeeded");
                lie["amount"] = json!("3000.00");
                Reply::Json(200, lie)
            }
            "lies_about_the_payout" => {
                let mut lie = remember("succeeded");
                lie["payout_id"] = json!("Y00000000000000000000000000");
                Reply::Json(200, lie)
            }
            _ => Reply::Json(200, remember("succeeded")),
        }
    }
}
