//! Revenue, receivables, bills and the ledger tell one story, whatever happened to the bills, on a real PostgreSQL.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;
use sqlx::PgPool;
use support::TestBook;
use support::history::day;
use support::rebuilding::{finds_nothing, folded};
use tallybook_domain::billing::bill::{BillPart, NoteLines, StepDate};
use tallybook_domain::billing::pricing::{Meter, Metered, PeriodShare, PlanTerms};
use tallybook_domain::billing::{Bill, BillCommand, BillId, BillNumber};
use tallybook_domain::ledger::AccountCode;
use tallybook_domain::{
    BookEvent, Currency, CustomerId, EventSourced, Money, WalletId, customers::CustomerEvent,
};
use tallybook_read_models::billing::{
    AgeingBounds, AgeingScope, DaysOverdue, OpenItem, OpenItemFilter, OpenItemOrder, ReceivablesScope,
    RevenueBy, RevenueScope, list_open_items, receivables_ageing, receivables_summary, revenue,
};
use tallybook_read_models::ledger::trial_balance;
use tallybook_read_models::{AsOf, DateRange, Paging, SortKey as _, Standpoint};

const CUSTOMERS: u64 = 4;

#[derive(Debug, Clone)]
enum Wish {
    /// The next revision, of parts with so many lines each.
    Draft(Vec<Vec<i64>>),
    Issue,
    Void,
    CreditWhole,
    Credit(u32, i64),
    Debit(u32, i64),
    Pay(i64),
    GiveUp(i64),
}

fn any_wish() -> impl Strategy<Value = Wish> {
    let cents = 1..30_000_i64;
    let parts = prop::collection::vec(prop::collection::vec(0..20_000_i64, 1..4), 1..3);
    prop_oneof![
        4 => parts.prop_map(Wish::Draft),
        4 => Just(Wish::Issue),
        1 => Just(Wish::Void),
        1 => Just(Wish::CreditWhole),
        2 => (1..6_u32, cents.clone()).prop_map(|(line, cents)| Wish::Credit(line, cents)),
        2 => (1..6_u32, cents.clone()).prop_map(|(line, cents)| Wish::Debit(line, cents)),
        2 => cents.clone().prop_map(Wish::Pay),
        1 => cents.prop_map(Wish::GiveUp),
    ]
}

fn any_history() -> impl Strategy<Value = Vec<(u64, u64, Wish)>> {
    prop::collection::vec((0..CUSTOMERS, 0..60_u64, any_wish()), 30..80)
}

/// Bills as their aggregate decides; what it refuses leaves no trace.
#[derive(Default)]
struct Bills {
    /// The bill of each customer that was drafted last, and how many there were.
    last: BTreeMap<u64, (Bill, u32)>,
    numbers: u64,
    events: Vec<(String, BookEvent)>,
}

fn currency_of(customer: u64) -> Currency {
    if customer == 0 { Currency::parse("USD").unwrap() } else { Currency::CNY }
}

/// A line without a meter first, then of one meter after the other; every second part is taxed.
fn part(number: usize, cents: &[i64], currency: Currency) -> BillPart {
    let items: Vec<_> = cents
        .iter()
        .enumerate()
        .map(|(at, cents)| {
            let price = Decimal::new(*cents, 2).to_string();
            if at == 0 {
                serde_json::json!({"code": "base", "name": "Base", "model": "flat", "fee": price})
            } else {
                let meter = format!("meter_{at}");
                serde_json::json!({"code": meter, "name": "Use", "meter": meter, "model": "per_unit",
                                   "unit_price": price})
            }
        })
        .collect();
    let mut terms = serde_json::json!({"currency": currency.code(), "items": items});
    if number.is_multiple_of(2) {
        terms["tax_rate"] = serde_json::json!("0.06");
    }
    let terms: PlanTerms = serde_json::from_value(terms).unwrap();
    let used = |_: &Meter| Some(Metered::Total("1".parse().unwrap()));
    let quote = terms.price(used, PeriodShare::WHOLE).unwrap();
    let (plan, plan_version) = (format!("PLAN-{number}").parse().unwrap(), 1);
    BillPart { plan, plan_version, from: day("2026-10-01"), to: day("2026-10-31"), quote }
}

impl Bills {
    fn wish(&mut self, customer: u64, days: u64, wish: &Wish) {
        let date = day("2026-11-01") + Days::new(days);
        let currency = currency_of(customer);
        let money = |cents: &i64| Money::new(Decimal::new(*cents, 2), currency).unwrap();
        let (_, drafts) = self.last.entry(customer).or_default();
        let revision = *drafts + u32::from(matches!(wish, Wish::Draft(_)));
        let first = BillId::new(&CustomerId::from_number(customer), "2026-10".parse().unwrap());
        let Some(bill) = first.revised(revision) else { return };
        let reason: tallybook_domain::text::Reason = "so it is".parse().unwrap();
        let (effective_date, step) = (date, StepDate { given: None, today: date });
        match wish {
            Wish::Draft(parts) => {
                let parts = (0..).zip(parts).map(|(number, cents)| part(number, cents, currency)).collect();
                self.last.insert(customer, (Bill::default(), revision));
                self.ask(customer, BillCommand::Draft { bill, currency, parts, replaces: None });
            }
            Wish::Issue => {
                self.numbers += 1;
                let (number, due_date) = (BillNumber::new(2026, self.numbers), date + Days::new(30));
                self.ask(customer, BillCommand::Issue { bill, number, issue_date: date, due_date });
            }
            Wish::Void => self.ask(customer, BillCommand::Void { bill, reason, date: step }),
            Wish::CreditWhole => {
                let lines = NoteLines::Whole;
                self.ask(customer, BillCommand::Credit { bill, lines, reason, date: step });
            }
            Wish::Credit(line, cents) => {
                let lines = NoteLines::Lines(vec![(*line, money(cents)), (1, money(&1))]);
                self.ask(customer, BillCommand::Credit { bill, lines, reason, date: step });
            }
            Wish::Debit(line, cents) => {
                let lines = NoteLines::Lines(vec![(*line, money(cents))]);
                self.ask(customer, BillCommand::Debit { bill, lines, reason, date: step });
            }
            Wish::Pay(cents) => {
                let wallet = WalletId::new(&bill.customer(), currency);
                let amount = money(cents);
                self.ask(customer, BillCommand::PayFromWallet { bill, wallet, amount, effective_date });
            }
            Wish::GiveUp(cents) => {
                let (amount, requested_by) = (money(cents), "user:li".parse().unwrap());
                let approved_by = "user:wang".parse().unwrap();
                let request =
                    BillCommand::RequestBadDebt { bill: bill.clone(), amount, reason, requested_by };
                self.ask(customer, request);
                self.ask(
                    customer,
                    BillCommand::ApproveBadDebt { bill, amount: None, approved_by, date: step },
                );
            }
        }
    }

    fn ask(&mut self, customer: u64, command: BillCommand) {
        let (bill, _) = self.last.get_mut(&customer).unwrap();
        for event in bill.decide(command).unwrap_or_default() {
            bill.evolve(&event).unwrap();
            self.events.push((event.bill().to_string(), event.into()));
        }
    }
}

type Sums = BTreeMap<Currency, Decimal>;

fn of(amounts: impl IntoIterator<Item = (Currency, Decimal)>) -> Sums {
    let mut sums = Sums::new();
    for (currency, amount) in amounts {
        *sums.entry(currency).or_default() += amount;
    }
    sums.retain(|_, amount| !amount.is_zero());
    sums
}

/// What the ledger says of an account: its credits, its debits, and its closing balance, debits positive.
async fn ledger(pool: &PgPool, account: AccountCode, range: DateRange, standpoint: Standpoint) -> [Sums; 3] {
    let balance = trial_balance(pool, range, None, standpoint).await.unwrap().data;
    let lines: Vec<_> = balance
        .currencies
        .iter()
        .flat_map(|currency| currency.accounts.iter().map(|line| (currency.currency, line)))
        .filter(|(_, line)| line.code == account)
        .collect();
    [
        of(lines.iter().map(|(currency, line)| (*currency, line.credit.amount()))),
        of(lines.iter().map(|(currency, line)| (*currency, line.debit.amount()))),
        of(lines.iter().map(|(currency, line)| (*currency, line.closing.amount()))),
    ]
}

async fn check_revenue(book: &TestBook, range: DateRange, standpoint: Standpoint) {
    let [credits, debits, _] = ledger(&book.pool, AccountCode::Revenue, range, standpoint).await;
    for by in RevenueBy::ALL {
        let scope = RevenueScope { by, range, currency: None, limit: None };
        let report = revenue(&book.pool, scope, standpoint).await.unwrap().data;
        let said = format!("{by:?} {range:?} {standpoint:?}");
        for currency in &report.currencies {
            let groups = &currency.groups;
            assert_eq!(groups.len() as u64, currency.group_count, "{said}");
            let sum: Decimal = groups.iter().map(|group| group.revenue.amount()).sum();
            assert_eq!(sum, currency.revenue.amount(), "{said}");
            for group in groups {
                let more = group.issued.amount() + group.debit_notes.amount();
                let less = group.credit_notes.amount() + group.voided.amount();
                assert_eq!(group.revenue.amount(), more - less, "{said}");
            }
        }
        let sum = |amount: fn(&tallybook_read_models::billing::RevenueOfCurrency) -> Decimal| {
            of(report.currencies.iter().map(|currency| (currency.currency, amount(currency))))
        };
        assert_eq!(sum(|sums| sums.issued.amount() + sums.debit_notes.amount()), credits, "{said}");
        assert_eq!(sum(|sums| sums.credit_notes.amount() + sums.voided.amount()), debits, "{said}");
    }
}

async fn check_receivables(book: &TestBook, on: NaiveDate, standpoint: Standpoint) {
    let [_, _, closing] =
        ledger(&book.pool, AccountCode::Receivables, DateRange::default(), standpoint).await;
    let scope = ReceivablesScope { on, currency: None, limit: None };
    let summary = receivables_summary(&book.pool, scope, standpoint).await.unwrap().data;
    for currency in &summary.currencies {
        let open: Decimal = currency.customers.iter().map(|customer| customer.ageing.open.amount()).sum();
        assert_eq!(open, currency.ageing.open.amount());
        for customer in &currency.customers {
            let ageing = customer.ageing;
            let buckets = [
                ageing.not_due,
                ageing.overdue_1_30,
                ageing.overdue_31_60,
                ageing.overdue_61_90,
                ageing.overdue_over_90,
            ];
            let sum: Decimal = buckets.iter().map(|bucket| bucket.amount()).sum();
            assert_eq!(sum, ageing.open.amount(), "{customer:?}");
        }
    }
    let open = summary.currencies.iter().map(|currency| (currency.currency, currency.ageing.open.amount()));
    assert_eq!(of(open), closing, "{on} {standpoint:?}");
    check_ageing(book, on, standpoint, &closing).await;
}

/// Whatever the buckets, they sum up to the ledger, and so do the open items in them.
async fn check_ageing(book: &TestBook, on: NaiveDate, standpoint: Standpoint, closing: &Sums) {
    for bounds in ["0,30,60,90", "0", "3,10,40"] {
        let bounds: AgeingBounds = bounds.parse().unwrap();
        let scope =
            AgeingScope { on, currency: None, limit: Some(1), bounds: bounds.clone(), window_days: 90 };
        let ageing = receivables_ageing(&book.pool, &scope, standpoint).await.unwrap().data;
        let mut buckets = Vec::new();
        for currency in &ageing.currencies {
            assert!(currency.agrees && currency.ledger == currency.owed.open, "{on} {standpoint:?}");
            assert!(currency.customers.len() as u64 == currency.customer_count.min(1));
            for bucket in &currency.owed.buckets {
                buckets.push((currency.currency, bucket.open.amount()));
                let items = open_items(book, (on, bucket.days, currency.currency), standpoint).await;
                let sum: Decimal = items.iter().map(|item| item.open.amount()).sum();
                assert_eq!((items.len() as u64, sum), (bucket.bill_count, bucket.open.amount()));
            }
        }
        assert_eq!(&of(buckets), closing, "{bounds} {on} {standpoint:?}");
    }
}

/// In pages of two.
async fn open_items(
    book: &TestBook,
    (on, days, currency): (NaiveDate, DaysOverdue, Currency),
    standpoint: Standpoint,
) -> Vec<OpenItem> {
    let filter = OpenItemFilter { on, customer: None, currency: Some(currency), overdue: None, days };
    let mut items = Vec::new();
    let mut cursor = None;
    loop {
        let paging = Paging::new(Some(2), cursor).unwrap();
        let sort = OpenItemOrder::DEFAULT;
        let page = list_open_items(&book.pool, &filter, standpoint, sort, &paging).await.unwrap();
        items.extend(page.data);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return items;
        }
    }
}

/// The bills as they are now, against both reports.
async fn check_bills(book: &TestBook) {
    let bills: Vec<(String, Decimal, Decimal)> =
        sqlx::query_as("SELECT currency, subtotal, open FROM bills WHERE state = 'issued'")
            .fetch_all(&book.pool)
            .await
            .unwrap();
    let bills: Vec<_> =
        bills.into_iter().map(|(currency, net, open)| (currency.parse().unwrap(), net, open)).collect();
    let (range, now) = (DateRange::default(), Standpoint::default());
    let [_, _, revenue] = ledger(&book.pool, AccountCode::Revenue, range, now).await;
    assert_eq!(of(bills.iter().map(|(currency, net, _)| (*currency, -*net))), revenue);
    let [_, _, receivables] = ledger(&book.pool, AccountCode::Receivables, range, now).await;
    assert_eq!(of(bills.iter().map(|(currency, _, open)| (*currency, *open))), receivables);
}

fn as_of(date: NaiveDate) -> Option<AsOf> {
    Some(AsOf { date, ends_at: "2026-12-31T00:00:00Z".parse().unwrap() })
}

#[tokio::test(flavor = "multi_thread")]
async fn revenue_and_receivables_are_the_ledgers_after_any_history() {
    let mut runner = TestRunner::deterministic();
    let history = any_history();
    for _ in 0..8 {
        let mut bills = Bills::default();
        for (customer, days, wish) in history.new_tree(&mut runner).unwrap().current() {
            bills.wish(customer, days, &wish);
        }
        let count = bills.events.len() as u64;
        assert!(count > 10, "{count} events say little");
        let book = folded(bills.events).await;
        check_bills(&book).await;
        for (from, to) in [(0, 90), (0, 10), (15, 15), (20, 45)] {
            let date = |days| day("2026-11-01") + Days::new(days);
            let range = DateRange::new(Some(date(from)), Some(date(to))).unwrap();
            for known_at in [None, Some(count / 2), Some(count)] {
                check_revenue(&book, range, Standpoint { as_of: None, known_at }).await;
                check_revenue(&book, DateRange::default(), Standpoint { as_of: as_of(date(to)), known_at })
                    .await;
                check_receivables(&book, date(to), Standpoint { as_of: as_of(date(to)), known_at }).await;
                check_receivables(&book, date(to), Standpoint { as_of: None, known_at }).await;
            }
        }
        assert!(finds_nothing(&book).await, "the tables made afresh are the same");
    }
}

fn registered(number: u64) -> (String, BookEvent) {
    let customer = CustomerId::from_number(number);
    let name = format!("Customer {number}").parse().unwrap();
    (customer.to_string(), CustomerEvent::CustomerRegistered { customer, name }.into())
}

/// Three customers billed 300.00, 200.00 and 100.00 on 1 November, due on 1 December.
async fn three_bills() -> TestBook {
    let mut bills = Bills { events: (1..4).map(registered).collect(), ..Bills::default() };
    for (customer, cents) in [(1, 30_000), (2, 20_000), (3, 10_000)] {
        bills.wish(customer, 0, &Wish::Draft(vec![vec![cents - 1_000, 1_000]]));
        bills.wish(customer, 0, &Wish::Issue);
    }
    bills.wish(3, 2, &Wish::Pay(600));
    folded(bills.events).await
}

#[tokio::test(flavor = "multi_thread")]
async fn revenue_is_put_together_by_what_is_asked_for() {
    let book = three_bills().await;
    let groups = async |by, limit| {
        let scope = RevenueScope { by, range: DateRange::default(), currency: None, limit };
        let report = revenue(&book.pool, scope, Standpoint::default()).await.unwrap().data;
        let [currency] = report.currencies.as_slice() else { panic!("{report:?}") };
        assert_eq!(currency.revenue.written().to_string(), "600.00");
        let shown = |group: &tallybook_read_models::billing::RevenueLine| {
            let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "-".into());
            format!(
                "{} {} {} {}",
                name(&group.key),
                name(&group.name),
                group.bill_count,
                group.revenue.written()
            )
        };
        (currency.groups.iter().map(shown).collect::<Vec<_>>(), currency.group_count)
    };
    let customers =
        ["C00001 Customer 1 1 300.00", "C00002 Customer 2 1 200.00", "C00003 Customer 3 1 100.00"];
    assert_eq!(groups(RevenueBy::Customer, None).await, (customers.map(String::from).into(), 3));
    assert_eq!(groups(RevenueBy::Customer, Some(1)).await, (vec![customers[0].into()], 3));
    assert_eq!(groups(RevenueBy::Plan, None).await.0, ["PLAN-0 - 3 600.00"]);
    assert_eq!(groups(RevenueBy::Meter, None).await.0, ["- - 3 570.00", "meter_1 - 3 30.00"]);
    assert_eq!(groups(RevenueBy::Industry, None).await.0, ["- - 3 600.00"]);
    assert_eq!(groups(RevenueBy::AccountManager, None).await.0, ["- - 3 600.00"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_owed_grows_old_by_the_day() {
    let book = three_bills().await;
    let on = async |on: &str| {
        let scope = ReceivablesScope { on: day(on), currency: None, limit: None };
        let summary = receivables_summary(&book.pool, scope, Standpoint::default()).await.unwrap().data;
        let [currency] = summary.currencies.as_slice() else { panic!("{summary:?}") };
        assert_eq!((currency.customer_count, currency.bill_count), (3, 3));
        assert_eq!(currency.customers[0].name.as_deref(), Some("Customer 1"));
        let ageing = currency.ageing;
        [
            ageing.not_due,
            ageing.overdue_1_30,
            ageing.overdue_31_60,
            ageing.overdue_61_90,
            ageing.overdue_over_90,
        ]
        .map(|bucket| bucket.written().to_string())
    };
    let (none, all) = ("0.00", "630.00");
    for (date, expected) in [
        ("2026-11-01", [all, none, none, none, none]),
        ("2026-12-01", [all, none, none, none, none]),
        ("2026-12-02", [none, all, none, none, none]),
        ("2026-12-31", [none, all, none, none, none]),
        ("2027-01-01", [none, none, all, none, none]),
        ("2027-01-30", [none, none, all, none, none]),
        ("2027-01-31", [none, none, none, all, none]),
        ("2027-03-01", [none, none, none, all, none]),
        ("2027-03-02", [none, none, none, none, all]),
    ] {
        assert_eq!(on(date).await, expected, "{date}");
    }
}
