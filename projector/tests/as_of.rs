//! What people ask about the past, compared with folding only what counts: every read model, from many standpoints, on
//! a real PostgreSQL, with business dates in no order at all.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use support::TestBook;
use support::history::{busy, day, wallet_of};
use tallybook_domain::deposits::{WalletEvent, WithdrawalEvent};
use tallybook_domain::ledger::{AccountCode, Side, effective_date, postings};
use tallybook_domain::{BookEvent, Currency, EventMetadata, RecordedEvent, WalletId};
use tallybook_projector::{ProjectorSettings, every};
use tallybook_read_models::deposits::{
    WalletFilter, WalletRow, WalletStatements, Wallets, list_wallets, list_wallets_as_of, wallet_statement,
};
use tallybook_read_models::fold::{Share, Tables, fold};
use tallybook_read_models::ledger::{
    AccountFigures, Between, Changes, account_lines, accounts, restatement, trial_balance,
};
use tallybook_read_models::{
    AsOf, DateRange, Paging, Period, Projection, ReadError, Sort, Standpoint, Total,
};

const CUSTOMERS: u64 = 5;
const ROUNDS: u64 = 7;

/// A book, and its events as the journal has them.
struct Known {
    book: TestBook,
    events: Vec<RecordedEvent>,
}

/// Dates spread over sixty days by a seed, so that money leaves before it came and steps run backwards.
async fn book_with_dates(seed: u64) -> Known {
    let mut book = TestBook::new().await;
    let mut random = seed;
    let events: Vec<_> = busy(CUSTOMERS, ROUNDS)
        .into_iter()
        .map(|(id, mut event)| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            date_anew(&mut event, day("2026-01-15") + Days::new((random >> 33) % 60));
            (id, event)
        })
        .collect();
    book.record(events.clone()).await;
    let running = book.project(every(), ProjectorSettings::default());
    book.caught_up(&every().iter().map(|projection| projection.name).collect::<Vec<_>>()).await;
    running.stop().await;
    let mut sequences: HashMap<String, u64> = HashMap::new();
    let events = (1..).zip(events).map(|(position, (aggregate_id, event))| {
        let sequence = sequences.entry(aggregate_id.clone()).or_default();
        *sequence += 1;
        let metadata =
            EventMetadata { actor: "user:tester".into(), command_id: "c".into(), ..Default::default() };
        RecordedEvent {
            position,
            recorded_at: at(position),
            aggregate_id,
            sequence: *sequence,
            metadata,
            event,
        }
    });
    Known { events: events.collect(), book }
}

/// As `TestBook::record` has it.
fn at(position: u64) -> DateTime<Utc> {
    "2026-03-02T01:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(position as i64)
}

fn date_anew(event: &mut BookEvent, date: NaiveDate) {
    match event {
        BookEvent::Wallet(
            WalletEvent::DepositRecorded { effective_date, .. }
            | WalletEvent::DepositReversed { effective_date, .. }
            | WalletEvent::HoldPaidOut { effective_date, .. }
            | WalletEvent::ReturnCredited { effective_date, .. }
            | WalletEvent::BillPaid { effective_date, .. }
            | WalletEvent::OrderPaymentTaken { effective_date, .. }
            | WalletEvent::BillPaymentReturned { effective_date, .. }
            | WalletEvent::OrderRefundCredited { effective_date, .. }
            | WalletEvent::FundsApplied { effective_date, .. }
            | WalletEvent::FundsFreed { effective_date, .. }
            | WalletEvent::AdvanceCredited { effective_date, .. }
            | WalletEvent::AdvanceReturned { effective_date, .. },
        )
        | BookEvent::Withdrawal(
            WithdrawalEvent::WithdrawalSubmitted { effective_date, .. }
            | WithdrawalEvent::WithdrawalSucceeded { effective_date, .. }
            | WithdrawalEvent::WithdrawalFailed { effective_date, .. }
            | WithdrawalEvent::WithdrawalReturned { effective_date, .. },
        ) => *effective_date = date,
        BookEvent::Customer(_)
        | BookEvent::Wallet(_)
        | BookEvent::Withdrawal(_)
        | BookEvent::Period(_)
        | BookEvent::ChannelNotification(_)
        | BookEvent::Payouts(_)
        | BookEvent::Settlement(_)
        | BookEvent::Risk(_)
        | BookEvent::Orders(_)
        | BookEvent::Approvals(_)
        | BookEvent::Billing(_) => {}
    }
}

impl Known {
    fn head(&self) -> u64 {
        self.events.len() as u64
    }

    /// Beginning, middle and end, with and without a business date; days end at any moment.
    fn standpoints(&self) -> Vec<Standpoint> {
        let head = self.head();
        let positions =
            [None, Some(0), Some(1), Some(head / 4), Some(head / 2 + 1), Some(head - 1), Some(head)];
        let dates =
            [None, Some(("2026-01-20", 3)), Some(("2026-02-14", head / 2)), Some(("2026-04-01", head + 9))];
        let mut all = Vec::new();
        for known_at in positions {
            for date in dates {
                let as_of = date.map(|(date, ends)| AsOf { date: day(date), ends_at: at(ends) });
                all.push(Standpoint { as_of, known_at });
            }
        }
        all
    }

    fn until(&self, standpoint: Standpoint) -> &[RecordedEvent] {
        &self.events[..standpoint.known_at.unwrap_or(self.head()) as usize]
    }

    fn folded<P: Projection>(&self, standpoint: Standpoint) -> P::Tables {
        let mut tables = P::Tables::whole(Share::ALL);
        fold::<P>(self.until(standpoint), &mut tables).unwrap();
        tables
    }

    /// What each account was debited and credited with, day by day, as far as it counts.
    fn posted(&self, standpoint: Standpoint) -> Vec<(AccountCode, NaiveDate, Side, Decimal)> {
        let mut posted = Vec::new();
        for event in self.until(standpoint) {
            for posting in postings(&event.event) {
                let date = effective_date(&event.event).unwrap();
                if counts(date, standpoint) {
                    posted.push((posting.account, date, posting.side, posting.amount.amount()));
                }
            }
        }
        posted
    }

    async fn wallets(&self, standpoint: Standpoint, limit: u32) -> Vec<WalletRow> {
        let (all, sort) = (WalletFilter::default(), Sort::default());
        let (mut rows, mut cursor) = (Vec::new(), None);
        loop {
            let paging = Paging::new(Some(limit), cursor).unwrap();
            let page = list_wallets_as_of(&self.book.pool, &all, sort, standpoint, &paging).await.unwrap();
            assert_eq!(page.position, standpoint.known_at.unwrap_or(self.head()));
            rows.extend(page.data);
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => return rows,
            }
        }
    }
}

fn counts(date: NaiveDate, standpoint: Standpoint) -> bool {
    standpoint.as_of.is_none_or(|as_of| date <= as_of.date)
}

const SEEDS: [u64; 3] = [1, 20, 300];

#[tokio::test(flavor = "multi_thread")]
async fn wallets_known_at_a_position_are_those_folded_up_to_it() {
    for seed in SEEDS {
        let known = book_with_dates(seed).await;
        for position in 0..=known.head() {
            let standpoint = Standpoint { known_at: Some(position), as_of: None };
            let folded = known.folded::<Wallets>(standpoint);
            let mut folded: Vec<_> = folded.rows().cloned().collect();
            folded.sort_by(|one, other| one.id.cmp(&other.id));
            assert_eq!(known.wallets(standpoint, 2).await, folded, "seed {seed}, position {position}");
        }
        let live =
            list_wallets(&known.book.pool, &WalletFilter::default(), Sort::default(), &first(500)).await;
        let late = AsOf { date: day("2027-01-01"), ends_at: at(known.head() + 1) };
        for now in [None, Some(late)].map(|as_of| Standpoint { as_of, known_at: Some(known.head()) }) {
            assert_eq!(known.wallets(now, 500).await, live.as_ref().unwrap().data, "as of now is live");
        }
    }
}

/// A hold is looked at by itself: set aside before the day ends, and neither released by then nor paid out by date.
#[tokio::test(flavor = "multi_thread")]
async fn wallets_as_of_a_date_have_what_is_dated_until_then() {
    for seed in SEEDS {
        let known = book_with_dates(seed).await;
        for standpoint in known.standpoints() {
            let Some(as_of) = standpoint.as_of else { continue };
            let mut expected: BTreeMap<WalletId, [Decimal; 2]> = BTreeMap::new();
            let mut open: HashMap<String, (WalletId, Decimal)> = HashMap::new();
            for event in known.until(standpoint) {
                let (by_then, date) = (event.recorded_at < as_of.ends_at, effective_date(&event.event));
                let BookEvent::Wallet(change) = &event.event else { continue };
                let (wallet, amount) = (change.wallet().clone(), change.amount().amount());
                let dated = date.is_some_and(|date| date <= as_of.date);
                match change {
                    WalletEvent::DepositRecorded { .. }
                    | WalletEvent::ReturnCredited { .. }
                    | WalletEvent::BillPaymentReturned { .. }
                    | WalletEvent::OrderRefundCredited { .. }
                    | WalletEvent::FundsFreed { .. }
                    | WalletEvent::AdvanceCredited { .. }
                        if dated =>
                    {
                        expected.entry(wallet).or_default()[0] += amount;
                    }
                    WalletEvent::DepositReversed { .. }
                    | WalletEvent::BillPaid { .. }
                    | WalletEvent::OrderPaymentTaken { .. }
                    | WalletEvent::FundsApplied { .. }
                    | WalletEvent::AdvanceReturned { .. }
                        if dated =>
                    {
                        expected.entry(wallet).or_default()[0] -= amount;
                    }
                    WalletEvent::FundsHeld { withdrawal, .. } if by_then => {
                        open.insert(withdrawal.to_string(), (wallet, amount));
                    }
                    WalletEvent::HoldReleased { withdrawal, .. } if by_then => {
                        open.remove(withdrawal.as_str());
                    }
                    WalletEvent::HoldPaidOut { withdrawal, .. } if dated => {
                        open.remove(withdrawal.as_str());
                        expected.entry(wallet).or_default()[0] -= amount;
                    }
                    WalletEvent::DepositRecorded { .. }
                    | WalletEvent::ReturnCredited { .. }
                    | WalletEvent::DepositReversed { .. }
                    | WalletEvent::FundsHeld { .. }
                    | WalletEvent::HoldReleased { .. }
                    | WalletEvent::HoldPaidOut { .. }
                    | WalletEvent::BillPaid { .. }
                    | WalletEvent::OrderPaymentTaken { .. }
                    | WalletEvent::BillPaymentReturned { .. }
                    | WalletEvent::OrderRefundCredited { .. }
                    | WalletEvent::FundsApplied { .. }
                    | WalletEvent::FundsFreed { .. }
                    | WalletEvent::AdvanceCredited { .. }
                    | WalletEvent::AdvanceReturned { .. } => {}
                }
            }
            for (wallet, amount) in open.into_values() {
                // A wallet nothing is dated in by then is not listed.
                if let Some(funds) = expected.get_mut(&wallet) {
                    funds[1] += amount;
                }
            }
            let rows = known.wallets(standpoint, 3).await;
            let found = rows.into_iter().map(|row| {
                assert_eq!(row.available.amount(), row.balance.amount() - row.held.amount());
                (row.id, [row.balance.amount(), row.held.amount()])
            });
            assert_eq!(found.collect::<BTreeMap<_, _>>(), expected, "seed {seed}, {standpoint:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_has_the_lines_that_count_and_their_sums() {
    for seed in SEEDS {
        let known = book_with_dates(seed).await;
        for standpoint in known.standpoints() {
            let folded = known.folded::<WalletStatements>(standpoint);
            for range in ranges() {
                let wallet = wallet_of(2);
                let mut lines: Vec<_> = folded
                    .lines
                    .rows()
                    .iter()
                    .filter(|line| line.wallet == wallet && counts(line.effective_date, standpoint))
                    .map(|line| (line.effective_date, line.recorded.position, line.amount.amount()))
                    .collect();
                lines.sort();
                let before = range.from().unwrap_or(NaiveDate::MIN);
                let opening: Decimal =
                    lines.iter().filter(|(date, _, _)| *date < before).map(|(_, _, amount)| *amount).sum();
                lines.retain(|(date, _, _)| *date >= before && range.to().is_none_or(|to| *date <= to));
                let (mut found, mut cursor) = (Vec::new(), None);
                loop {
                    let paging = Paging::new(Some(2), cursor).unwrap();
                    let page = wallet_statement(&known.book.pool, &wallet, range, standpoint, &paging)
                        .await
                        .unwrap();
                    let statement = page.data;
                    let closing = lines.iter().fold(opening, |sum, (_, _, amount)| sum + amount);
                    assert_eq!(statement.opening, total(opening), "{standpoint:?} {range:?}");
                    assert_eq!(statement.closing, total(closing), "{standpoint:?} {range:?}");
                    assert_eq!(statement.line_count, lines.len() as u64);
                    for line in statement.lines {
                        found.push((line.effective_date, line.position, line.amount.amount()));
                        let so_far = found.iter().fold(opening, |sum, (_, _, amount)| sum + amount);
                        assert_eq!(line.balance, total(so_far), "{standpoint:?} {range:?}");
                    }
                    match page.next_cursor {
                        Some(next) => cursor = Some(next),
                        None => break,
                    }
                }
                assert_eq!(found, lines, "seed {seed}, {standpoint:?} {range:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_has_what_was_posted_until_then() {
    for seed in SEEDS {
        let known = book_with_dates(seed).await;
        for standpoint in known.standpoints() {
            let posted = known.posted(standpoint);
            for range in ranges() {
                let trial = trial_balance(&known.book.pool, range, None, standpoint).await.unwrap();
                assert_eq!(trial.position, standpoint.known_at.unwrap_or(known.head()));
                let lines = trial.data.currencies.iter().flat_map(|currency| &currency.accounts);
                let found: BTreeMap<_, _> = lines
                    .map(|line| (line.code, [line.opening, line.debit, line.credit, line.closing]))
                    .collect();
                let expected = figures(&posted, range);
                assert_eq!(found, expected, "seed {seed}, {standpoint:?} {range:?}");
                assert!(trial.data.currencies.iter().all(|currency| currency.balanced));
                summary_account(&known, range, standpoint, &expected).await;
            }
            let chart = accounts(&known.book.pool, standpoint).await.unwrap();
            for account in chart.data.iter().filter(|account| !account.summary) {
                let closing =
                    figures(&posted, DateRange::default()).get(&account.code).map(|figures| figures[3]);
                assert_eq!(account.balances.first().map(|balance| balance.balance), closing);
            }
        }
    }
}

/// The lines of 2241, page by page, lead from its opening to its closing balance.
async fn summary_account(
    known: &Known,
    range: DateRange,
    standpoint: Standpoint,
    expected: &BTreeMap<AccountCode, [Total; 4]>,
) {
    let parts = [AccountCode::CustomerWallets, AccountCode::WithdrawalsInTransit];
    let sum = |which: usize| {
        let totals =
            parts.iter().filter_map(|part| expected.get(part)).map(|figures| figures[which].amount());
        total(totals.sum())
    };
    let (mut cursor, mut last) = (None, None);
    loop {
        let paging = Paging::new(Some(9), cursor).unwrap();
        let account = (AccountCode::OtherPayables, Currency::CNY);
        let page = account_lines(&known.book.pool, account, range, standpoint, &paging).await.unwrap();
        assert_eq!((page.data.opening, page.data.closing), (sum(0), sum(3)), "{standpoint:?} {range:?}");
        assert!(page.data.lines.iter().all(|line| counts(line.effective_date, standpoint)));
        assert!(page.data.lines.iter().all(|line| line.position <= page.position));
        last = page.data.lines.last().map(|line| line.balance).or(last);
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(last.unwrap_or(sum(0)), sum(3), "{standpoint:?} {range:?}");
}

/// Opening, debit, credit and closing of each account that was posted to by the last day.
fn figures(
    posted: &[(AccountCode, NaiveDate, Side, Decimal)],
    range: DateRange,
) -> BTreeMap<AccountCode, [Total; 4]> {
    let mut sums: BTreeMap<AccountCode, [Decimal; 4]> = BTreeMap::new();
    for (account, date, side, amount) in posted {
        if range.to().is_some_and(|to| *date > to) {
            continue;
        }
        let sums = sums.entry(*account).or_default();
        let signed = if *side == Side::Debit { *amount } else { -*amount };
        match (range.from().is_some_and(|from| *date < from), side) {
            (true, _) => sums[0] += signed,
            (false, Side::Debit) => sums[1] += *amount,
            (false, Side::Credit) => sums[2] += *amount,
        }
        sums[3] += signed;
    }
    sums.into_iter().map(|(account, sums)| (account, sums.map(total))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restatement_lists_every_event_that_makes_the_difference() {
    let known = book_with_dates(7).await;
    let period = Period::new(day("2026-02-01"), day("2026-02-28")).unwrap();
    let head = known.head();
    for (known_at_1, known_at_2) in [(0, head), (head / 3, head / 2), (head / 2, head), (5, 5), (head, head)]
    {
        let figures_at = |known_at| {
            let standpoint = Standpoint { known_at: Some(known_at), as_of: None };
            figures(&known.posted(standpoint), period.into())
        };
        let (first, second) = (figures_at(known_at_1), figures_at(known_at_2));
        let between = Between { known_at_1, known_at_2 };
        let (mut events, mut cursor) = (Vec::new(), None);
        let restated = loop {
            let paging = Paging::new(Some(4), cursor).unwrap();
            let page = restatement(&known.book.pool, period, between, &paging).await.unwrap();
            events.extend(page.data.events.clone());
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => break page.data,
            }
        };
        let none = [Decimal::ZERO; 4].map(total);
        let at = |known: &BTreeMap<_, _>, code| *known.get(&code).unwrap_or(&none);
        let all = |figures: AccountFigures| [figures.opening, figures.debit, figures.credit, figures.closing];
        for account in &restated.accounts {
            assert_eq!(all(account.first), at(&first, account.code));
            assert_eq!(all(account.second), at(&second, account.code));
        }
        let changed = AccountCode::ALL.into_iter().filter(|code| at(&first, *code) != at(&second, *code));
        assert!(restated.accounts.iter().map(|account| account.code).eq(changed));
        // The events together are the difference, opening and movement each by themselves.
        let mut explained: BTreeMap<AccountCode, [Decimal; 3]> = BTreeMap::new();
        for event in &events {
            for posting in &event.postings {
                let sums = explained.entry(posting.account).or_default();
                let amount = posting.amount.amount();
                match (event.changes, posting.side) {
                    (Changes::Opening, Side::Debit) => sums[0] += amount,
                    (Changes::Opening, Side::Credit) => sums[0] -= amount,
                    (Changes::Period, Side::Debit) => sums[1] += amount,
                    (Changes::Period, Side::Credit) => sums[2] += amount,
                }
            }
        }
        for account in &restated.accounts {
            let difference = account.difference;
            let sums = explained[&account.code];
            assert_eq!([difference.opening, difference.debit, difference.credit], sums.map(total));
        }
        let expected: Vec<u64> = known.events[known_at_1 as usize..known_at_2 as usize]
            .iter()
            .filter(|event| !postings(&event.event).is_empty())
            .filter(|event| effective_date(&event.event).is_some_and(|date| date <= period.to()))
            .map(|event| event.position)
            .collect();
        assert!(events.iter().map(|event| event.position).eq(expected.iter().copied()));
        assert_eq!(restated.event_count, expected.len() as u64);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_folded_yet_is_not_answered() {
    let known = book_with_dates(1).await;
    let standpoint = Standpoint { known_at: Some(known.head() + 1), as_of: None };
    let asked = trial_balance(&known.book.pool, DateRange::default(), None, standpoint).await;
    assert!(matches!(asked, Err(ReadError::NotYet { wanted, .. }) if wanted == known.head() + 1));
    let (all, sort) = (WalletFilter::default(), Sort::default());
    let asked = list_wallets_as_of(&known.book.pool, &all, sort, standpoint, &first(1)).await;
    assert!(matches!(asked, Err(ReadError::NotYet { .. })));
}

/// Open and closed, with ends inside months and at theirs, within one and over several.
fn ranges() -> [DateRange; 8] {
    let between = |from: Option<&str>, to: Option<&str>| DateRange::new(from.map(day), to.map(day)).unwrap();
    [
        between(None, None),
        between(Some("2026-02-01"), Some("2026-02-20")),
        between(Some("2026-02-10"), None),
        between(None, Some("2026-02-05")),
        between(Some("2026-02-01"), Some("2026-02-28")),
        between(Some("2026-01-20"), Some("2026-03-04")),
        between(Some("2026-02-11"), Some("2026-02-13")),
        between(Some("2026-01-31"), Some("2026-03-01")),
    ]
}

fn first(limit: u32) -> Paging {
    Paging::new(Some(limit), None).unwrap()
}

fn total(amount: Decimal) -> Total {
    Total::new(amount, Currency::CNY)
}
