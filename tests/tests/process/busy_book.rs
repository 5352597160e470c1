//! A book in which much has happened, and what it says of itself.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::program::{Program, done};
use tallybook_tests::{Client, bodies, truths};

use crate::book::{People, Processes};

/// Account and currency, and what is in it; debits count positive.
pub(crate) type Balances = BTreeMap<(String, String), Decimal>;

/// Three customers, three currencies, a year and a month of business, entered in no order of its dates.
pub(crate) struct BusyBook {
    /// Ends before the place it logs to is gone.
    _up: Program,
    pub(crate) book: Processes,
    people: People,
    first_day: NaiveDate,
    place: tempfile::TempDir,
}

impl BusyBook {
    pub(crate) async fn start() -> Self {
        let book = Processes::on_the_server();
        let up = book.up();
        let people = book.people(&up.address).await;
        let first_day = chrono::Utc::now().date_naive() - Days::new(400);
        let place = tempfile::tempdir().unwrap();
        let busy = Self { _up: up, book, people, first_day, place };
        let mut customers = Vec::new();
        for name in ["A", "B", "C"] {
            let customer = busy.people.operator.post("/v1/customers", &bodies::customer(name)).await;
            customers.push(text(customer.created(), "id").to_owned());
        }
        let customers = customers.iter().map(String::as_str);
        futures::future::join_all(customers.map(|customer| busy.trade(customer))).await;
        busy
    }

    async fn trade(&self, customer: &str) {
        let methods = ["bank_transfer", "wechat_pay", "alipay", "cash"];
        let amounts =
            [("1234.56", "CNY"), ("98765", "JPY"), ("12.345", "KWD"), ("0.01", "CNY"), ("700.00", "CNY")];
        for number in 0..40_u64 {
            let (amount, currency) = amounts[usize::try_from(number % 5).unwrap()];
            let day = number * 97 % 380;
            let body = json!({
                "customer": customer, "amount": { "amount": amount, "currency": currency },
                "reference": format!("{customer} {number}"), "method": methods[usize::try_from(number % 4).unwrap()],
                "effective_date": self.day(day),
            });
            let deposit = self.send(&self.people.operator, "/v1/deposits", &body, 201).await;
            if number % 7 == 3 {
                let reversal = json!({ "reason": "recalled; \"by\" C:\\bank, twice", "effective_date": self.day(day + 9) });
                let path = format!("/v1/deposits/{}/reverse", text(&deposit, "id"));
                self.send(&self.people.finance, &path, &reversal, 200).await;
            }
            if number % 8 == 7 {
                self.withdraw(customer, number, day).await;
            }
        }
    }

    /// Left on its way, paid, failed or returned.
    async fn withdraw(&self, customer: &str, number: u64, day: u64) {
        let body = bodies::withdrawal(customer, "100.10", &format!("W {customer} {number}"));
        let id = self.send(&self.people.finance, "/v1/withdrawals", &body, 201).await;
        let step = async |client: &Client, step: &str, body: &Value| {
            let path = format!("/v1/withdrawals/{}/{step}", text(&id, "id"));
            self.send(client, &path, body, 200).await;
        };
        let on = |day| json!({ "effective_date": self.day(day) });
        let back = json!({ "effective_date": self.day(day + 20), "reason": "account closed" });
        step(&self.people.approver, "approve", &json!({})).await;
        step(&self.people.finance, "submit", &on(day)).await;
        match number % 5 {
            0 => {}
            1 => step(&self.people.finance, "fail", &back).await,
            2 => {
                step(&self.people.finance, "succeed", &on(day + 1)).await;
                step(&self.people.finance, "return", &back).await;
            }
            _ => step(&self.people.finance, "succeed", &on(day + 1)).await,
        }
    }

    async fn send(&self, client: &Client, path: &str, body: &Value, status: u16) -> Value {
        client.post(path, body).header("X-Request-Id", "=\"a,b\"%").await.expect(status).clone()
    }

    fn day(&self, number: u64) -> NaiveDate {
        self.first_day + Days::new(number)
    }

    /// Everything, a part in the middle, and all from a day or up to a day within a month.
    pub(crate) fn periods(&self) -> [(Option<NaiveDate>, Option<NaiveDate>); 4] {
        let (from, to) = (Some(self.day(133)), Some(self.day(251)));
        [(None, None), (from, to), (from, None), (None, to)]
    }

    pub(crate) fn export(&self, format: &str, (from, to): (Option<NaiveDate>, Option<NaiveDate>)) -> PathBuf {
        let file = self.place.path().join(format!("book.{format}"));
        let mut export = self.book.command(&["export", "journal", "--format", format]);
        export.arg("--output").arg(&file);
        for (flag, date) in [("--from", from), ("--to", to)] {
            export.args(date.map(|date| format!("{flag}={date}")));
        }
        let said = done(export);
        assert!(said.contains("postings, up to position"), "{said}");
        file
    }

    /// What the API says each account holds at the end of this day.
    pub(crate) async fn trial_balance(&self, to: Option<NaiveDate>) -> Balances {
        let head = truths::journal::events_after(&self.people.auditor, 0).await.last().unwrap().position;
        let to = to.map(|to| format!("&to={to}"));
        let path = format!(
            "/v1/ledger/trial-balance?min_position={head}&wait_ms=30000{}",
            to.as_deref().unwrap_or("")
        );
        let trial = self.people.auditor.get(&path).await;
        let mut balances = Balances::new();
        for currency in trial.data()["currencies"].as_array().unwrap() {
            for line in currency["accounts"].as_array().unwrap() {
                let account = (text(line, "code").to_owned(), text(currency, "currency").to_owned());
                add(&mut balances, account, text(&line["closing"], "amount").parse().unwrap());
            }
        }
        balances
    }

    pub(crate) async fn finish(self) {
        truths::hold(&self.book.witness(self.people.auditor.clone())).await;
    }
}

/// An account that nothing is in is as good as one that is not there.
pub(crate) fn add(balances: &mut Balances, account: (String, String), amount: Decimal) {
    let sum = balances.entry(account.clone()).or_default();
    *sum = sum.checked_add(amount).unwrap();
    if sum.is_zero() {
        balances.remove(&account);
    }
}
