//! What people ask, from events in the journal to the answer, on a real PostgreSQL.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::collections::BTreeSet;

use support::history::{busy, day, deposited, money, registered, wallet_of};
use support::rebuilding::{fold, folded};
use tallybook_domain::customers::{CustomerEvent, CustomerStatus};
use tallybook_domain::deposits::{DepositMethod, DepositState, WithdrawalState};
use tallybook_domain::ledger::AccountCode;
use tallybook_domain::{Currency, CustomerId, Money};
use tallybook_read_models::customers::{CustomerFilter, CustomerOrder, find_customer, list_customers};
use tallybook_read_models::deposits::{
    DepositFilter, DepositOrder, DepositRow, WalletFilter, WithdrawalFilter, daily_totals, find_deposit,
    find_wallet, find_withdrawal, list_deposits, list_wallets, list_withdrawals, wallet_statement,
};
use tallybook_read_models::ledger::{account_lines, accounts, trial_balance};
use tallybook_read_models::{DateRange, Paging, Period, ReadError, Sort, Standpoint, Total};

const CUSTOMERS: u64 = 7;
const ROUNDS: u64 = 12;

const NOW: Standpoint = Standpoint { as_of: None, known_at: None };

fn first(limit: u32) -> Paging {
    Paging::new(Some(limit), None).unwrap()
}

fn next(limit: u32, cursor: Option<String>) -> Paging {
    Paging::new(Some(limit), Some(cursor.expect("there is more"))).unwrap()
}

fn between(from: &str, to: &str) -> DateRange {
    DateRange::new(Some(day(from)), Some(day(to))).unwrap()
}

fn total(amount: &str) -> Total {
    money(amount).into()
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_are_found_by_id_name_and_status() {
    let mut events: Vec<_> = (1..=5).map(registered).collect();
    let customer = CustomerId::from_number(3);
    let (reason, name) = ("court order".parse().unwrap(), "极光%贸易".parse().unwrap());
    let old_name = "Customer 3".parse().unwrap();
    let id = customer.to_string();
    events.push((
        id.clone(),
        CustomerEvent::CustomerRenamed { customer: customer.clone(), old_name, new_name: name }.into(),
    ));
    events.push((id, CustomerEvent::CustomerSuspended { customer: customer.clone(), reason }.into()));
    let book = folded(events).await;

    let by_name = async |text: &str| {
        let filter = CustomerFilter { name_contains: Some(text.into()), ..Default::default() };
        let page = list_customers(&book.pool, &filter, Sort::default(), &first(50)).await.unwrap();
        page.data.into_iter().map(|row| row.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(by_name("CUSTOMER").await, ["C00001", "C00002", "C00004", "C00005"]);
    assert_eq!(by_name("光%").await, ["C00003"], "% and _ mean themselves");
    assert!(by_name("_").await.is_empty());

    let filter = CustomerFilter { status: Some(CustomerStatus::Suspended), ..Default::default() };
    let page = list_customers(&book.pool, &filter, Sort::default(), &first(50)).await.unwrap();
    assert_eq!(page.data.len(), 1);
    assert_eq!((page.position, page.next_cursor), (7, None));
    assert_eq!(page.data[0].suspension_reason.as_ref().unwrap().as_str(), "court order");

    let answer = find_customer(&book.pool, &customer).await.unwrap();
    assert_eq!((answer.data, answer.position), (Some(page.data[0].clone()), 7));
    assert_eq!(find_customer(&book.pool, &CustomerId::from_number(9)).await.unwrap().data, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_come_page_by_page_in_every_order() {
    let book = folded((1..=7).map(registered).collect()).await;
    for sort in ["id", "-id", "name", "-name"] {
        let sort: Sort<CustomerOrder> = sort.parse().unwrap();
        let all = CustomerFilter::default();
        let mut page = list_customers(&book.pool, &all, sort, &first(3)).await.unwrap();
        let mut seen = page.data;
        while page.next_cursor.is_some() {
            page = list_customers(&book.pool, &all, sort, &next(3, page.next_cursor)).await.unwrap();
            seen.extend(page.data);
        }
        let whole = list_customers(&book.pool, &all, sort, &first(50)).await.unwrap().data;
        assert_eq!(seen, whole, "{sort}");
        assert_eq!(seen.len(), 7);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_another_order_is_refused() {
    let book = folded((1..=3).map(registered).collect()).await;
    let all = CustomerFilter::default();
    let page = list_customers(&book.pool, &all, Sort::default(), &first(1)).await.unwrap();
    let paging = next(1, page.next_cursor);
    let by_name = "name".parse().unwrap();
    let refused = list_customers(&book.pool, &all, by_name, &paging).await.unwrap_err();
    assert!(matches!(refused, ReadError::Cursor(_)), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wallets_are_found_by_customer_and_currency() {
    let yen = Currency::parse("JPY").unwrap();
    let date = day("2026-03-01");
    let abroad = tallybook_domain::WalletId::new(&CustomerId::from_number(1), yen);
    let book = folded(vec![
        deposited(&wallet_of(1), money("12.30"), "A", date),
        deposited(&wallet_of(2), money("1.00"), "B", date),
        deposited(&abroad, Money::parse("500", yen).unwrap(), "C", date),
    ])
    .await;
    let ids = async |filter: WalletFilter| {
        let page = list_wallets(&book.pool, &filter, Sort::default(), &first(50)).await.unwrap();
        page.data.into_iter().map(|row| row.id.to_string()).collect::<Vec<_>>()
    };
    let customer = Some(CustomerId::from_number(1));
    assert_eq!(ids(WalletFilter::default()).await, ["C00001.CNY", "C00001.JPY", "C00002.CNY"]);
    assert_eq!(
        ids(WalletFilter { customer: customer.clone(), currency: None }).await,
        ["C00001.CNY", "C00001.JPY"]
    );
    assert_eq!(ids(WalletFilter { customer: None, currency: Some(yen) }).await, ["C00001.JPY"]);
    let row = find_wallet(&book.pool, &abroad).await.unwrap().data.unwrap();
    let json = serde_json::to_value(&row).unwrap();
    assert_eq!(json["available"], serde_json::json!({"amount": "500", "currency": "JPY"}));
    assert_eq!(json["created"]["position"], 3);
    assert_eq!(json["created"]["by"], "user:tester");
}

#[tokio::test(flavor = "multi_thread")]
async fn deposits_are_found_by_every_filter() {
    let book = folded(busy(CUSTOMERS, ROUNDS)).await;
    let found = async |filter: DepositFilter| {
        list_deposits(&book.pool, &filter, Sort::default(), &first(500)).await.unwrap().data
    };
    let all = found(DepositFilter::default()).await;
    assert_eq!(all.len() as u64, CUSTOMERS * ROUNDS);
    assert!(all.is_sorted_by(|a, b| a.created.position > b.created.position), "the last recorded first");

    let check = async |filter: DepositFilter, wanted: &dyn Fn(&DepositRow) -> bool| {
        let expected: Vec<_> = all.iter().filter(|row| wanted(row)).cloned().collect();
        assert!(!expected.is_empty() && expected.len() < all.len(), "{filter:?} tells something");
        assert_eq!(found(filter).await, expected);
    };
    let customer = CustomerId::from_number(2);
    let of_customer = DepositFilter { customer: Some(customer.clone()), ..Default::default() };
    check(of_customer, &|row| row.customer == customer).await;
    let by_cash = DepositFilter { method: Some(DepositMethod::Cash), ..Default::default() };
    check(by_cash, &|row| row.method == DepositMethod::Cash).await;
    let reversed = DepositFilter { state: Some(DepositState::Reversed), ..Default::default() };
    check(reversed, &|row| row.reversal.is_some()).await;
    let named = DepositFilter { reference: Some("R-2-3".parse().unwrap()), ..Default::default() };
    check(named, &|row| row.reference.as_str() == "R-2-3").await;
    let effective = between("2026-01-05", "2026-01-09");
    let dates = day("2026-01-05")..=day("2026-01-09");
    check(DepositFilter { effective, ..Default::default() }, &|row| dates.contains(&row.effective_date))
        .await;
    let yen = DepositFilter { currency: Some(Currency::parse("JPY").unwrap()), ..Default::default() };
    assert!(found(yen).await.is_empty());

    let one = find_deposit(&book.pool, &all[0].id).await.unwrap();
    assert_eq!((one.data.as_ref(), one.position), (Some(&all[0]), book.head()));
}

/// Rows that arrive while someone turns pages neither repeat nor hide others.
#[tokio::test(flavor = "multi_thread")]
async fn turning_pages_is_stable_while_deposits_arrive() {
    for (sort, sorted_by_date) in
        [("recorded", false), ("-recorded", false), ("effective_date", true), ("-effective_date", true)]
    {
        let mut book = folded(busy(3, 6)).await;
        let sort: Sort<DepositOrder> = sort.parse().unwrap();
        let all = DepositFilter::default();
        let before = list_deposits(&book.pool, &all, sort, &first(500)).await.unwrap().data;
        let mut page = list_deposits(&book.pool, &all, sort, &first(4)).await.unwrap();
        let mut seen = page.data;
        for n in 0.. {
            if page.next_cursor.is_none() {
                break;
            }
            let reference = format!("LATE-{n}");
            book.record([deposited(&wallet_of(1), money("1.00"), &reference, day("2026-01-10"))]).await;
            fold(&book).await;
            page = list_deposits(&book.pool, &all, sort, &next(4, page.next_cursor)).await.unwrap();
            seen.extend(page.data);
        }
        let ids: BTreeSet<_> = seen.iter().map(|row| row.id.clone()).collect();
        assert_eq!(ids.len(), seen.len(), "{sort}: none twice");
        assert!(before.iter().all(|row| ids.contains(&row.id)), "{sort}: none hidden");
        if sorted_by_date {
            assert!(
                seen.is_sorted_by_key(|row| row.effective_date)
                    || seen.iter().rev().is_sorted_by_key(|row| row.effective_date)
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn withdrawals_are_found_with_the_way_they_took() {
    let book = folded(busy(CUSTOMERS, ROUNDS)).await;
    let all = list_withdrawals(&book.pool, &WithdrawalFilter::default(), Sort::default(), &first(500))
        .await
        .unwrap();
    assert_eq!(all.position, book.head());
    for state in WithdrawalState::ALL {
        let filter = WithdrawalFilter { state: Some(state), ..Default::default() };
        let found = list_withdrawals(&book.pool, &filter, Sort::default(), &first(500)).await.unwrap().data;
        let expected: Vec<_> = all.data.iter().filter(|w| w.row.state == state).cloned().collect();
        assert_eq!(found, expected, "{state}");
        for withdrawal in found {
            let states: Vec<_> = withdrawal.steps.iter().map(|step| step.state).collect();
            assert_eq!((states.first(), states.last()), (Some(&WithdrawalState::Requested), Some(&state)));
        }
    }
    let one = &all.data[3];
    let found = find_withdrawal(&book.pool, &one.row.id).await.unwrap();
    assert_eq!(found.data.as_ref(), Some(one));
    let json = serde_json::to_value(one).unwrap();
    assert_eq!(json["id"], one.row.id.as_str(), "the row is flat beside its steps");
    assert_eq!(json["steps"][0]["state"], "requested");

    let asked_at = one.row.created.at;
    let filter = WithdrawalFilter {
        customer: Some(one.row.customer.clone()),
        reference: Some(one.row.reference.clone()),
        currency: Some(Currency::CNY),
        requested_from: Some(asked_at),
        requested_before: Some(asked_at + chrono::TimeDelta::microseconds(1)),
        state: None,
    };
    let found = list_withdrawals(&book.pool, &filter, Sort::default(), &first(50)).await.unwrap().data;
    assert_eq!(found.as_slice(), std::slice::from_ref(one));
    let earlier = WithdrawalFilter { requested_before: Some(asked_at), ..filter };
    assert!(
        list_withdrawals(&book.pool, &earlier, Sort::default(), &first(50)).await.unwrap().data.is_empty()
    );

    let paged =
        list_withdrawals(&book.pool, &WithdrawalFilter::default(), Sort::default(), &first(5)).await.unwrap();
    let rest = next(500, paged.next_cursor);
    let rest =
        list_withdrawals(&book.pool, &WithdrawalFilter::default(), Sort::default(), &rest).await.unwrap();
    assert_eq!([paged.data, rest.data].concat(), all.data);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_opens_where_the_period_before_closed() {
    let book = folded(busy(CUSTOMERS, ROUNDS)).await;
    let wallet = wallet_of(3);
    let balance = find_wallet(&book.pool, &wallet).await.unwrap().data.unwrap().balance;
    let statement = async |range, paging: &Paging| {
        wallet_statement(&book.pool, &wallet, range, NOW, paging).await.unwrap()
    };

    let whole = statement(DateRange::default(), &first(500)).await.data;
    assert_eq!((whole.opening, whole.closing), (total("0"), balance.into()));
    assert_eq!(whole.lines.len() as u64, whole.line_count);
    assert_eq!(whole.lines.last().unwrap().balance, whole.closing);
    assert!(whole.lines.is_sorted_by_key(|line| (line.effective_date, line.position)));

    let early = statement(between("2026-01-01", "2026-01-12"), &first(500)).await.data;
    let middle = statement(between("2026-01-13", "2026-01-25"), &first(500)).await.data;
    let late = statement(DateRange::new(Some(day("2026-01-26")), None).unwrap(), &first(500)).await.data;
    assert_eq!((early.closing, middle.closing), (middle.opening, late.opening));
    assert_eq!(late.closing, whole.closing);
    assert_eq!([early.lines, middle.lines.clone(), late.lines].concat(), whole.lines);

    let mut page = statement(between("2026-01-13", "2026-01-25"), &first(1)).await;
    assert_eq!(page.position, book.head());
    let mut lines = page.data.lines;
    while page.next_cursor.is_some() {
        page = statement(between("2026-01-13", "2026-01-25"), &next(1, page.next_cursor)).await;
        assert_eq!((page.data.opening, page.data.closing), (middle.opening, middle.closing));
        lines.extend(page.data.lines);
    }
    assert_eq!(lines, middle.lines, "page by page with the same running balances");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_without_events_has_a_statement_of_zeros() {
    let book = folded(vec![registered(1)]).await;
    let page =
        wallet_statement(&book.pool, &wallet_of(1), DateRange::default(), NOW, &first(10)).await.unwrap();
    assert_eq!((page.data.opening, page.data.closing, page.data.line_count), (total("0"), total("0"), 0));
    assert!(page.data.lines.is_empty() && page.next_cursor.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trial_balance_sums_to_zero_in_every_period() {
    let book = folded(busy(CUSTOMERS, ROUNDS)).await;
    for range in [
        DateRange::default(),
        between("2026-01-10", "2026-01-20"),
        DateRange::new(None, Some(day("2026-01-15"))).unwrap(),
        DateRange::new(Some(day("2026-01-15")), None).unwrap(),
    ] {
        let answer = trial_balance(&book.pool, range, None, NOW).await.unwrap();
        let [cny] = answer.data.currencies.as_slice() else { panic!("one currency") };
        assert!(cny.balanced, "{range:?}");
        assert_eq!((cny.opening, cny.closing), (total("0"), total("0")));
        assert_eq!(cny.debit, cny.credit);
    }
    let whole = trial_balance(&book.pool, DateRange::default(), Some(Currency::CNY), NOW).await.unwrap();
    let owed = whole.data.currencies[0]
        .accounts
        .iter()
        .filter(|line| line.code.account().parent == Some("2241"))
        .map(|line| line.closing.amount())
        .sum::<rust_decimal::Decimal>();
    let wallets =
        list_wallets(&book.pool, &WalletFilter::default(), Sort::default(), &first(500)).await.unwrap();
    let held: rust_decimal::Decimal = wallets.data.iter().map(|row| row.balance.amount()).sum();
    assert_eq!(owed, -held, "what is owed to customers is what their wallets hold");
    let yen = Currency::parse("JPY").unwrap();
    assert!(
        trial_balance(&book.pool, DateRange::default(), Some(yen), NOW)
            .await
            .unwrap()
            .data
            .currencies
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chart_shows_sums_of_sub_accounts() {
    let book = folded(busy(CUSTOMERS, ROUNDS)).await;
    let chart = accounts(&book.pool, NOW).await.unwrap().data;
    assert_eq!(chart.len(), AccountCode::ALL.len());
    for summary in chart.iter().filter(|account| account.summary) {
        let parts = chart.iter().filter(|account| account.parent == Some(summary.code.code()));
        let sum: rust_decimal::Decimal =
            parts.flat_map(|part| &part.balances).map(|balance| balance.balance.amount()).sum();
        assert_eq!(summary.balances[0].balance.amount(), sum, "{}", summary.code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_an_account_run_from_its_opening_to_its_closing_balance() {
    let book = folded(busy(CUSTOMERS, ROUNDS)).await;
    let balances = trial_balance(&book.pool, DateRange::default(), None, NOW).await.unwrap().data;
    for line in &balances.currencies[0].accounts {
        let whole =
            account_lines(&book.pool, (line.code, Currency::CNY), DateRange::default(), NOW, &first(500))
                .await
                .unwrap();
        assert_eq!((whole.data.debit, whole.data.credit), (line.debit, line.credit));
        assert_eq!(whole.data.closing, line.closing);
        assert_eq!(whole.data.lines.last().unwrap().balance, line.closing, "{}", line.code);
        assert_eq!(whole.data.lines.len() as u64, whole.data.line_count);
    }
    // A sum of sub-accounts shows the lines of all of them, with one balance, page by page too.
    let range = between("2026-01-10", "2026-01-20");
    let owed = async |paging: &Paging| {
        account_lines(&book.pool, (AccountCode::OtherPayables, Currency::CNY), range, NOW, paging)
            .await
            .unwrap()
    };
    let whole = owed(&first(500)).await.data;
    let codes: BTreeSet<_> = whole.lines.iter().map(|line| line.account).collect();
    assert_eq!(codes, BTreeSet::from([AccountCode::CustomerWallets, AccountCode::WithdrawalsInTransit]));
    let mut page = owed(&first(7)).await;
    let mut lines = page.data.lines;
    while page.next_cursor.is_some() {
        page = owed(&next(7, page.next_cursor)).await;
        lines.extend(page.data.lines);
    }
    assert_eq!(lines, whole.lines);
    assert_eq!(lines.last().unwrap().balance, whole.closing);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_has_every_day_and_its_totals() {
    let book = folded(busy(CUSTOMERS, ROUNDS)).await;
    let period = Period::new(day("2025-12-30"), day("2026-01-20")).unwrap();
    let dashboard = daily_totals(&book.pool, period, None).await.unwrap();
    assert_eq!(dashboard.position, book.head());
    let [cny] = dashboard.data.currencies.as_slice() else { panic!("one currency") };
    assert_eq!(cny.days.len(), 22);
    assert_eq!(cny.days[0].turnover.deposit_count, 0, "a day without movement is there");
    let sum: rust_decimal::Decimal = cny.days.iter().map(|day| day.turnover.deposits.amount()).sum();
    assert_eq!(cny.totals.deposits.amount(), sum);

    let filter = DepositFilter { effective: between("2025-12-30", "2026-01-20"), ..Default::default() };
    let deposits = list_deposits(&book.pool, &filter, Sort::default(), &first(500)).await.unwrap().data;
    assert_eq!(cny.totals.deposit_count as usize, deposits.len());
    let turnover = cny.totals;
    let net = turnover.deposits.amount() - turnover.reversals.amount() - turnover.withdrawals.amount()
        + turnover.returns.amount();
    assert_eq!(turnover.net.amount(), net);

    let yen = Currency::parse("JPY").unwrap();
    let quiet = daily_totals(&book.pool, period, Some(yen)).await.unwrap().data;
    assert_eq!((quiet.currencies.len(), quiet.currencies[0].days.len()), (1, 22));
}
