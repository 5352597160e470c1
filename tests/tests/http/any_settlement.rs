//! Whatever is asked about bills, receipts and write-offs, on whatever business date, while months are closed: nothing is
//! negative on any day, nothing is applied twice, and what is owed and left is what the ledger says.

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tallybook_tests::answer::text;
use tallybook_tests::settlement::{receipt, sums, undo, with_fee};
use tallybook_tests::{Role, TestBook, bodies};

/// What is asked; all of it may be refused.
#[derive(Debug, Clone)]
enum Ask {
    Receive { customer: Option<Index>, cents: u32, reference: u8, days_ago: u64 },
    Identify { receipt: Index, customer: Index },
    WriteOff { source: Source, bill: Index, cents: u32, fee: u32, days_ago: u64 },
    Undo { write_off: Index, leg: Option<u32>, days_ago: u64 },
    ReverseReceipt { receipt: Index, with_write_offs: bool, days_ago: u64 },
    Grant { customer: Index, cents: u32, days_ago: u64 },
    Decide { which: Proposal, index: Index, step: &'static str },
    ToWallet { receipt: Index, cents: u32 },
    Refund { receipt: Index, cents: u32 },
    CreditBill { bill: Index, cents: u32 },
    Void { bill: Index },
    Close { months_ago: u32 },
}

#[derive(Debug, Clone)]
enum Source {
    Receipt(Index),
    Wallet(Index),
    CreditNote(Index),
}

/// What waits for somebody else.
#[derive(Debug, Clone, Copy)]
enum Proposal {
    WriteOff,
    CreditNote,
    Refund,
}

fn any_source() -> impl Strategy<Value = Source> {
    let index = any::<Index>;
    prop_oneof![
        6 => index().prop_map(Source::Receipt),
        1 => index().prop_map(Source::Wallet),
        1 => index().prop_map(Source::CreditNote),
    ]
}

fn any_ask() -> impl Strategy<Value = Ask> {
    let index = any::<Index>;
    let proposal = select(vec![Proposal::WriteOff, Proposal::CreditNote, Proposal::Refund]);
    prop_oneof![
        6 => (prop::option::weighted(0.8, index()), 1..20_000_u32, 0..24_u8, 0..70_u64).prop_map(
            |(customer, cents, reference, days_ago)| Ask::Receive { customer, cents, reference, days_ago }),
        2 => (index(), index()).prop_map(|(receipt, customer)| Ask::Identify { receipt, customer }),
        12 => (any_source(), index(), 1..12_000_u32, select(vec![0, 0, 0, 500, 4_000]), 0..50_u64).prop_map(
            |(source, bill, cents, fee, days_ago)| Ask::WriteOff { source, bill, cents, fee, days_ago }),
        6 => (index(), prop::option::of(1..3_u32), 0..50_u64)
            .prop_map(|(write_off, leg, days_ago)| Ask::Undo { write_off, leg, days_ago }),
        2 => (index(), any::<bool>(), 0..50_u64).prop_map(
            |(receipt, with_write_offs, days_ago)| Ask::ReverseReceipt { receipt, with_write_offs, days_ago }),
        2 => (index(), 1..9_000_u32, 0..50_u64)
            .prop_map(|(customer, cents, days_ago)| Ask::Grant { customer, cents, days_ago }),
        5 => (proposal, index(), select(vec!["approve", "approve", "approve", "reject"]))
            .prop_map(|(which, index, step)| Ask::Decide { which, index, step }),
        1 => (index(), 1..9_000_u32).prop_map(|(receipt, cents)| Ask::ToWallet { receipt, cents }),
        1 => (index(), 1..9_000_u32).prop_map(|(receipt, cents)| Ask::Refund { receipt, cents }),
        1 => (index(), 1..9_000_u32).prop_map(|(bill, cents)| Ask::CreditBill { bill, cents }),
        1 => index().prop_map(|bill| Ask::Void { bill }),
        1 => (1..4_u32).prop_map(|months_ago| Ask::Close { months_ago }),
    ]
}

#[test]
fn what_is_owed_and_left_is_what_the_ledger_says_on_any_day() {
    all_hold(3);
}

#[test]
#[ignore = "takes minutes"]
fn what_is_owed_and_left_is_what_the_ledger_says_on_any_day_of_many() {
    all_hold(40);
}

fn all_hold(histories: u32) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = ProptestConfig {
        cases: histories,
        // A history that fails leaves its connections open.
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let any = prop::collection::vec(any_ask(), 40..120);
    TestRunner::new(config)
        .run(&any, |asks| {
            runtime.block_on(holds(asks));
            Ok(())
        })
        .unwrap();
}

async fn holds(asks: Vec<Ask>) {
    let book = TestBook::start().await;
    let mut history = History::begin(&book).await;
    for (number, ask) in asks.into_iter().enumerate() {
        history.take(ask).await;
        if number % 20 == 19 {
            history.check().await;
        }
    }
    history.check().await;
    assert!(history.accepted > 5, "a history in which everything is refused says nothing");
    book.finish().await;
}

/// What there is to ask about.
struct History<'a> {
    book: &'a TestBook,
    customers: Vec<String>,
    bills: Vec<String>,
    receipts: Vec<String>,
    write_offs: Vec<String>,
    credit_notes: Vec<String>,
    accepted: usize,
}

/// A request, and where the id of what it makes is kept.
struct Request {
    by: Role,
    path: String,
    body: Value,
    makes: Option<Kind>,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Receipt,
    WriteOff,
    CreditNote,
}

impl<'a> History<'a> {
    async fn begin(book: &'a TestBook) -> Self {
        let (mut customers, mut bills) = (Vec::new(), Vec::new());
        for name in ["Acme", "Bolt"] {
            let customer = book.customer(name).await;
            let back = std::iter::successors(Some(book.this_month()), |month| month.previous());
            let months: Vec<_> = back.take(4).collect();
            for (pair, amount) in months.windows(2).rev().zip(["80", "200", "100"]) {
                let [issued, month] = pair else { unreachable!() };
                bills.push(book.bill_over(&customer, (*month, amount), Some(issued.first_day())).await);
            }
            book.deposit(&customer, "60.00", &format!("D-{name}")).await;
            customers.push(customer);
        }
        let nothing = Vec::new;
        Self {
            book,
            customers,
            bills,
            receipts: nothing(),
            write_offs: nothing(),
            credit_notes: nothing(),
            accepted: 0,
        }
    }

    async fn take(&mut self, ask: Ask) {
        let Some(Request { by, path, body, makes }) = self.spelled(ask) else { return };
        let body = match path.strip_suffix("/refund/approve") {
            Some(receipt) => json!({ "amount": self.asked_back(receipt).await }),
            None => body,
        };
        let answer = self.book.as_role(by).post(&path, &body).await;
        assert!(matches!(answer.status, 200 | 201 | 409 | 422), "{path} {body}: {}", answer.text);
        if answer.status >= 300 {
            return;
        }
        self.accepted += 1;
        let made = match makes {
            Some(Kind::Receipt) => &mut self.receipts,
            Some(Kind::WriteOff) => &mut self.write_offs,
            Some(Kind::CreditNote) => &mut self.credit_notes,
            None => return,
        };
        let id = text(&answer.body, "id").to_owned();
        if !made.contains(&id) {
            made.push(id);
        }
    }

    /// What an approver sees of a receipt.
    async fn asked_back(&self, receipt: &str) -> Value {
        let found = self.book.auditor().get(&format!("{receipt}?{}", self.book.fresh().await)).await;
        found.data()["refund_asked"].clone()
    }

    fn date(&self, days_ago: u64) -> Value {
        json!(self.book.today() - Days::new(days_ago))
    }

    fn source(&self, source: Source) -> Option<(&'static str, String)> {
        Some(match source {
            Source::Receipt(index) => ("receipt", one_of(&self.receipts, index)?),
            Source::Wallet(index) => ("wallet", format!("{}.CNY", one_of(&self.customers, index)?)),
            Source::CreditNote(index) => ("credit_note", one_of(&self.credit_notes, index)?),
        })
    }

    /// As it is sent, if there is what it is about.
    fn spelled(&self, ask: Ask) -> Option<Request> {
        let finance = |path: String, body, makes| Some(Request { by: Role::Finance, path, body, makes });
        let dated = |body, days_ago| bodies::with(body, "effective_date", Some(self.date(days_ago)));
        match ask {
            Ask::Receive { customer, cents, reference, days_ago } => {
                let customer = customer.and_then(|index| one_of(&self.customers, index));
                let body = receipt(customer.as_deref(), &yuan(cents), &format!("R-{reference}"));
                let body = bodies::with(body, "received_date", Some(self.date(days_ago)));
                finance("/v1/receipts".to_owned(), body, Some(Kind::Receipt))
            }
            Ask::Identify { receipt, customer } => {
                let body = json!({ "customer": one_of(&self.customers, customer)? });
                finance(format!("/v1/receipts/{}/identify", one_of(&self.receipts, receipt)?), body, None)
            }
            Ask::WriteOff { source, bill, cents, fee, days_ago } => {
                let (kind, id) = self.source(source)?;
                let bill = one_of(&self.bills, bill)?;
                let body = sums(&[(kind, &id, &yuan(cents))], &[(&bill, &yuan(cents + fee))]);
                let body = if fee > 0 { with_fee(body, &yuan(fee)) } else { body };
                finance("/v1/write-offs".to_owned(), dated(body, days_ago), Some(Kind::WriteOff))
            }
            Ask::Undo { write_off, leg, days_ago } => {
                let path = format!("/v1/write-offs/{}/reverse", one_of(&self.write_offs, write_off)?);
                finance(path, dated(undo(leg), days_ago), None)
            }
            Ask::ReverseReceipt { receipt, with_write_offs, days_ago } => {
                let path = format!("/v1/receipts/{}/reverse", one_of(&self.receipts, receipt)?);
                let body = json!({ "reason": "recalled", "with_write_offs": with_write_offs });
                finance(path, dated(body, days_ago), None)
            }
            Ask::Grant { customer, cents, days_ago } => {
                let body = json!({
                    "customer": one_of(&self.customers, customer)?, "subtotal": bodies::yuan(&yuan(cents)),
                    "reason": "goodwill",
                });
                finance("/v1/credit-notes".to_owned(), dated(body, days_ago), Some(Kind::CreditNote))
            }
            Ask::Decide { which, index, step } => {
                let path = match which {
                    Proposal::WriteOff => format!("/v1/write-offs/{}", one_of(&self.write_offs, index)?),
                    Proposal::CreditNote => {
                        format!("/v1/credit-notes/{}", one_of(&self.credit_notes, index)?)
                    }
                    Proposal::Refund => format!("/v1/receipts/{}/refund", one_of(&self.receipts, index)?),
                };
                let body = if step == "reject" { bodies::because("no") } else { json!({}) };
                Some(Request { by: Role::Approver, path: format!("{path}/{step}"), body, makes: None })
            }
            Ask::ToWallet { receipt, cents } => {
                let path = format!("/v1/receipts/{}/move-to-wallet", one_of(&self.receipts, receipt)?);
                finance(path, json!({ "amount": bodies::yuan(&yuan(cents)) }), None)
            }
            Ask::Refund { receipt, cents } => {
                let path = format!("/v1/receipts/{}/refund", one_of(&self.receipts, receipt)?);
                let body = json!({ "amount": bodies::yuan(&yuan(cents)), "reason": "paid twice" });
                finance(path, body, None)
            }
            Ask::CreditBill { bill, cents } => {
                let path = format!("/v1/bills/{}/credit-notes", one_of(&self.bills, bill)?);
                let line = json!({ "line": 1, "amount": bodies::yuan(&yuan(cents)) });
                finance(path, json!({ "lines": [line], "reason": "too much" }), None)
            }
            Ask::Void { bill } => {
                let path = format!("/v1/bills/{}/void", one_of(&self.bills, bill)?);
                finance(path, bodies::because("wrong plan"), None)
            }
            Ask::Close { months_ago } => {
                let month = (0..months_ago).try_fold(self.book.this_month(), |month, _| month.previous())?;
                finance(format!("/v1/ledger/periods/{month}/close"), json!({}), None)
            }
        }
    }

    /// On some days, from before the first of them to today.
    async fn check(&self) {
        let today = self.book.today();
        for days_ago in [0, 1, 3, 9, 20, 33, 47, 69] {
            self.check_on(today - Days::new(days_ago)).await;
        }
    }

    async fn check_on(&self, date: NaiveDate) {
        let (reader, fresh) = (self.book.auditor(), self.book.fresh().await);
        let ageing = reader.get(&format!("/v1/receivables/ageing?as_of={date}&{fresh}")).await;
        for currency in ageing.data()["currencies"].as_array().unwrap() {
            assert_eq!(currency["agrees"], true, "{date}: {currency}");
        }
        for item in reader.all(&format!("/v1/receivables?as_of={date}&{fresh}")).await {
            assert!(!text(&item["open"], "amount").starts_with('-'), "{date}: {item}");
        }
        let trial = reader.get(&format!("/v1/ledger/trial-balance?as_of={date}&{fresh}")).await;
        for currency in trial.data()["currencies"].as_array().unwrap() {
            for line in currency["accounts"].as_array().unwrap() {
                let is_owed_to_us = line["code"] == "1122";
                let is_owed_by_us = line["code"] == "2203" || line["code"] == "2241.03";
                let closing = text(&line["closing"], "amount");
                let is_zero = closing.chars().all(|c| matches!(c, '0' | '.' | '-'));
                assert!(is_zero || !is_owed_to_us || !closing.starts_with('-'), "{date}: {line}");
                assert!(is_zero || !is_owed_by_us || closing.starts_with('-'), "{date}: {line}");
            }
        }
    }
}

/// One of the latest: the others are mostly done with.
fn one_of(made: &[String], which: Index) -> Option<String> {
    let latest = &made[made.len().saturating_sub(8)..];
    if latest.is_empty() { None } else { Some(which.get(latest).clone()) }
}

fn yuan(cents: u32) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
