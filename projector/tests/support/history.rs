//! Made-up but possible histories of a book.

use std::collections::{HashMap, HashSet, VecDeque};

use chrono::{Days, NaiveDate};
use tallybook_domain::billing::bill::{Amounts, BillPart};
use tallybook_domain::billing::bill_run::{BillRunEvent, ParkedCustomer, RunTerms};
use tallybook_domain::billing::pricing::{Metered, PeriodShare, PlanTerms};
use tallybook_domain::billing::quarantine::{HeldUsage, QuarantineReason};
use tallybook_domain::billing::usage::UsageRecord;
use tallybook_domain::billing::usage_source::{CollectedCounts, FailedCollection, UsageRunId, UsageRunTerms};
use tallybook_domain::billing::{
    BillEvent, BillId, BillNumber, CountedOrder, CreditAlertEvent, CreditPolicy, PendingOrdersEvent,
    PlanCode, PricePlanEvent, ReminderChannel, ReminderEvent, ReminderStep, SubscriptionEvent, UsageEvent,
    UsageId, UsageQuarantineEvent, UsageQuarantineId, UsageSourceEvent,
};
use tallybook_domain::customers::CustomerEvent;
use tallybook_domain::deposits::{DepositMethod, WalletEvent, WithdrawalEvent};
use tallybook_domain::ledger::periods::{ACCOUNTING_PERIODS, PeriodEvent};
use tallybook_domain::orders::OrderId;
use tallybook_domain::{
    Actor, BookEvent, Currency, CustomerId, DepositId, Money, Month, WalletId, WithdrawalId,
};

pub fn money(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn wallet_of(number: u64) -> WalletId {
    WalletId::new(&CustomerId::from_number(number), Currency::CNY)
}

pub fn registered(number: u64) -> (String, BookEvent) {
    let customer = CustomerId::from_number(number);
    let name = format!("Customer {number}").parse().unwrap();
    (customer.to_string(), CustomerEvent::CustomerRegistered { customer, name }.into())
}

fn renamed(number: u64, time: usize) -> (String, BookEvent) {
    let customer = CustomerId::from_number(number);
    let old_name = format!("Customer {number}").parse().unwrap();
    let new_name = format!("Customer {number}, {time}").parse().unwrap();
    (customer.to_string(), CustomerEvent::CustomerRenamed { customer, old_name, new_name }.into())
}

pub fn deposited(wallet: &WalletId, amount: Money, reference: &str, date: NaiveDate) -> (String, BookEvent) {
    let event = WalletEvent::DepositRecorded {
        wallet: wallet.clone(),
        amount,
        reference: reference.parse().unwrap(),
        method: DepositMethod::BankTransfer,
        effective_date: date,
        remark: None,
    };
    (wallet.to_string(), event.into())
}

/// Deposits only, spread over the wallets: what a cold projector has most of to catch up with.
pub fn deposits(count: u64, wallets: u64) -> impl Iterator<Item = (String, BookEvent)> {
    (0..count).map(move |n| {
        let date = day("2026-01-01") + Days::new(n * 60 / count);
        deposited(&wallet_of(n * 7919 % wallets), money("12.34"), &format!("BANK-REF-{n:012}"), date)
    })
}

/// Customers, deposits, reversals and withdrawals in every state, mixed by a seed.
pub fn busy(customers: u64, rounds: u64) -> Vec<(String, BookEvent)> {
    let mut book = Busy { events: Vec::new(), entries: vec![0; usize::try_from(customers).unwrap()] };
    book.events.extend((0..customers).map(registered));
    for round in 0..rounds {
        for customer in 0..customers {
            book.round(customer, round);
        }
    }
    book.events
}

/// Two values that were not believed: one was then, the other never.
fn put_aside(customer: &CustomerId, month: Month) -> [BookEvent; 3] {
    let (quarantine, run) = (UsageQuarantineId::new(customer, month), "meters.1".parse().unwrap());
    let held = |given: &str, reason, average: Option<&str>| HeldUsage {
        meter: "calls".parse().unwrap(),
        date: month.first_day(),
        reference: "gw-2".parse().unwrap(),
        given: given.parse().unwrap(),
        reason,
        recorded: None,
        average: average.map(|average| average.parse().unwrap()),
    };
    let held = vec![
        held("-5", QuarantineReason::Negative, None),
        held("700", QuarantineReason::AboveAverage, Some("7")),
    ];
    let (first, quantity) = (1, "70".parse().unwrap());
    let quarantined =
        UsageQuarantineEvent::UsageQuarantined { quarantine: quarantine.clone(), run, first, held };
    let dismissed =
        UsageQuarantineEvent::QuarantinedUsageDismissed { quarantine: quarantine.clone(), number: 1 };
    let accepted = UsageQuarantineEvent::QuarantinedUsageAccepted { quarantine, number: 2, quantity };
    [quarantined.into(), dismissed.into(), accepted.into()]
}

/// An alert that was acknowledged, and raised again; and one of an order.
fn above_the_limit(bill: BillId, exposure: Money, date: NaiveDate) -> [BookEvent; 6] {
    let passed = |policy, note| CreditAlertEvent::CreditLimitPassed {
        bill: bill.clone(),
        policy,
        limit: money("1.00"),
        exposure,
        note,
        date,
    };
    let remark = "they pay on Friday".parse().unwrap();
    let acknowledged = CreditAlertEvent::CreditAlertAcknowledged { bill: bill.clone(), remark };
    let (order, customer) = (OrderId::of(&bill.as_str().parse().unwrap()), bill.customer());
    let counted = CountedOrder {
        customer: customer.clone(),
        order: order.clone(),
        earlier: Vec::new(),
        ended: Vec::new(),
    };
    let by_order = CreditAlertEvent::CreditLimitPassedByOrder {
        order: order.clone(),
        customer,
        policy: CreditPolicy::Warn,
        limit: money("1.00"),
        exposure,
        date,
    };
    let remark = "they pay on Friday".parse().unwrap();
    let seen_to = CreditAlertEvent::OrderCreditAlertAcknowledged { order, remark };
    [
        passed(CreditPolicy::Block, None).into(),
        acknowledged.into(),
        passed(CreditPolicy::Warn, Some(1)).into(),
        PendingOrdersEvent::PendingOrderCounted(counted).into(),
        by_order.into(),
        seen_to.into(),
    ]
}

/// A run that was taken up once, and one that was given up.
fn collected(month: Month) -> [BookEvent; 7] {
    let run = |number: u64| UsageRunId::new(&"meters".parse().unwrap(), number);
    let terms = UsageRunTerms { months: vec![month], scheduled: true, ..UsageRunTerms::default() };
    let failed = vec![
        FailedCollection::because("the source answered 404").of_month(CustomerId::from_number(99), month),
    ];
    let counts = CollectedCounts { recorded: 1, held: 1, quarantined: 2, ..CollectedCounts::default() };
    let brought = |failed| UsageSourceEvent::UsageCollected { run: run(1), asked: 1, counts, failed };
    [
        UsageSourceEvent::UsageRunStarted { run: run(1), terms }.into(),
        brought(failed).into(),
        UsageSourceEvent::UsageRunResumed { run: run(1) }.into(),
        brought(Vec::new()).into(),
        UsageSourceEvent::UsageRunFinished { run: run(1), given_up: None }.into(),
        UsageSourceEvent::UsageRunStarted { run: run(2), terms: UsageRunTerms::default() }.into(),
        UsageSourceEvent::UsageRunFinished { run: run(2), given_up: Some("nobody answers".parse().unwrap()) }
            .into(),
    ]
}

/// A reminder of a bill that was sent by e-mail, and whose webhook is tried again.
fn reminded(bill: BillId, number: u64, open: Money, due_date: NaiveDate) -> [BookEvent; 5] {
    let (step, channel, attempt) = (ReminderStep::Due, ReminderChannel::Email, 1);
    let at = |second: u32| due_date.and_hms_opt(9, 0, second).unwrap().and_utc();
    let raised = ReminderEvent::ReminderRaised {
        bill: bill.clone(),
        step,
        channels: vec![ReminderChannel::Email, ReminderChannel::Webhook],
        number: BillNumber::new(2026, number),
        due_date,
        open,
        date: due_date,
    };
    let attempted =
        ReminderEvent::ReminderAttempted { bill: bill.clone(), step, channel, attempt, until: at(50) };
    let sent = ReminderEvent::ReminderSent { bill: bill.clone(), step, channel, attempts: attempt };
    let other = ReminderChannel::Webhook;
    let (reason, retry_at) = ("refused".parse().unwrap(), at(5));
    let tried =
        ReminderEvent::ReminderAttempted { bill: bill.clone(), step, channel: other, attempt, until: at(50) };
    let failed =
        ReminderEvent::ReminderAttemptFailed { bill, step, channel: other, attempt, reason, retry_at };
    [raised.into(), attempted.into(), sent.into(), tried.into(), failed.into()]
}

/// A change of the plan that waits, that is approved or that is rejected.
fn asked_for(plan: &PlanCode, customer: &CustomerId, number: u64) -> Vec<BookEvent> {
    let wang = || "user:wang".parse().unwrap();
    let requested = SubscriptionEvent::PricePlanChangeRequested {
        customer: customer.clone(),
        plan: number.is_multiple_of(2).then(|| plan.clone()),
        from: day("2026-07-01"),
        reason: number.is_multiple_of(2).then(|| "a \\ larger contract".parse().unwrap()),
        requested_by: "user:li".parse().unwrap(),
    };
    let customer = customer.clone();
    let decided = match number % 3 {
        0 => None,
        1 => Some(SubscriptionEvent::PricePlanChangeApproved { customer, approved_by: wang() }),
        _ => {
            let (rejected_by, reason) = (wang(), "no".parse().unwrap());
            Some(SubscriptionEvent::PricePlanChangeRejected { customer, rejected_by, reason })
        }
    };
    std::iter::once(requested).chain(decided).map(BookEvent::from).collect()
}

/// A plan, and for each customer a subscription to it, a month of usage and its bill, paid in part from a wallet in
/// which there is enough; then the run they came of, with somebody parked, and the month closed.
pub fn billed(customers: u64) -> Vec<(String, BookEvent)> {
    let plan: PlanCode = "standard".parse().unwrap();
    let terms: PlanTerms = serde_json::from_str(
        r#"{"currency":"CNY","tax_rate":"0.06","items":[{"code":"base","name":"Base","model":"flat","fee":"100"}]}"#,
    )
    .unwrap();
    let quote = terms.price(|_| None::<Metered<'_>>, PeriodShare::WHOLE).unwrap();
    let dearer = terms.clone();
    let (name, effective_from) = ("Standard".parse().unwrap(), day("2026-01-01"));
    let created = PricePlanEvent::PricePlanCreated { plan: plan.clone(), name };
    let version =
        PricePlanEvent::PricePlanVersionAdded { plan: plan.clone(), version: 1, effective_from, terms };
    let waiting = PricePlanEvent::PricePlanVersionRequested {
        plan: plan.clone(),
        effective_from: day("2026-07-01"),
        terms: dearer,
        reason: None,
        requested_by: "user:li".parse().unwrap(),
    };
    let mut events: Vec<BookEvent> = vec![created.into(), version.into(), waiting.into()];
    for number in 0..customers {
        let customer = wallet_of(number).customer();
        let (from, month) = (effective_from, Month::of(effective_from).unwrap());
        let (usage, bill) = (UsageId::new(&customer, month), BillId::new(&customer, month));
        let record = UsageRecord {
            meter: "calls".parse().unwrap(),
            date: from,
            quantity: "7".parse().unwrap(),
            reference: "gw-1".parse().unwrap(),
        };
        let parts = vec![BillPart {
            plan: plan.clone(),
            plan_version: 1,
            from,
            to: month.last_day(),
            quote: quote.clone(),
        }];
        let amounts = Amounts::new(quote.subtotal, quote.tax).unwrap();
        let wallet = wallet_of(number);
        events.extend([
            SubscriptionEvent::PricePlanAssigned { customer, plan: plan.clone(), from }.into(),
            UsageEvent::UsageRecorded { usage: usage.clone(), records: vec![record], late: false }.into(),
            BillEvent::BillDrafted { bill: bill.clone(), parts, amounts, replaces: None, amends: None }
                .into(),
            BillEvent::BillIssued {
                bill: bill.clone(),
                number: BillNumber::new(2026, number + 1),
                amounts,
                issue_date: month.last_day(),
                due_date: month.last_day(),
            }
            .into(),
            UsageEvent::UsageBilled { usage, bill: bill.clone(), through: 1 }.into(),
            BillEvent::BillPaidFromWallet {
                bill: bill.clone(),
                wallet: wallet.clone(),
                amount: quote.tax,
                effective_date: from,
            }
            .into(),
            WalletEvent::BillPaid {
                wallet: wallet.clone(),
                bill: bill.clone(),
                amount: quote.tax,
                effective_date: from,
            }
            .into(),
            BillEvent::BillPaymentReturnedToWallet {
                bill: bill.clone(),
                wallet: wallet.clone(),
                amount: quote.tax,
                effective_date: month.last_day(),
            }
            .into(),
            WalletEvent::BillPaymentReturned {
                wallet,
                bill: bill.clone(),
                amount: quote.tax,
                effective_date: month.last_day(),
            }
            .into(),
        ]);
        events.extend(asked_for(&plan, &wallet_of(number).customer(), number));
        events.extend(above_the_limit(bill.clone(), quote.subtotal, month.last_day()));
        events.extend(reminded(bill, number + 1, quote.subtotal, month.last_day()));
        events.extend(put_aside(&wallet_of(number).customer(), month));
    }
    let period = Month::of(effective_from).unwrap();
    events.extend(collected(period));
    let parked =
        vec![ParkedCustomer { customer: CustomerId::from_number(99), reason: "it is suspended".into() }];
    events.extend([
        BillRunEvent::BillRunStarted { period, customers: customers + 1, terms: RunTerms::default() }.into(),
        BillRunEvent::CustomersBilled { period, billed: customers, totals: vec![], skipped: 0, parked }
            .into(),
        BillRunEvent::BillRunFinished { period }.into(),
        PeriodEvent::PeriodClosed { period }.into(),
    ]);
    streamed(events)
}

/// Each with the id of its stream.
pub fn streamed(events: impl IntoIterator<Item = BookEvent>) -> Vec<(String, BookEvent)> {
    let stream = |event: &BookEvent| match event {
        BookEvent::Billing(event) => event.stream().to_string(),
        BookEvent::Wallet(event) => event.wallet().to_string(),
        BookEvent::Period(_) => ACCOUNTING_PERIODS.to_owned(),
        BookEvent::ChannelNotification(event) => event.notification().to_string(),
        BookEvent::Settlement(event) => event.stream(),
        BookEvent::Risk(event) => event.stream(),
        BookEvent::Orders(event) => event.stream(),
        BookEvent::Approvals(event) => event.stream(),
        BookEvent::Payouts(event) => event.stream(),
        BookEvent::Customer(_) | BookEvent::Withdrawal(_) => {
            panic!("{} is not of billing", event.event_type())
        }
    };
    events.into_iter().map(|event| (stream(&event), event)).collect()
}

/// The same, with the customers' rounds in the order given.
pub fn mixed(customers: u64, order: &[u64]) -> Vec<(String, BookEvent)> {
    let mut book = Busy { events: Vec::new(), entries: vec![0; usize::try_from(customers).unwrap()] };
    book.events.extend((0..customers).map(registered));
    for (customer, round) in order.iter().zip(0..) {
        book.round(*customer, round);
    }
    book.events
}

/// The same, but a customer is registered when the first round begins, rounds are gone on with in any order, and some
/// only after all have begun. `choose` answers a number below the one it is given.
pub fn interleaved(
    customers: u64,
    order: &[u64],
    mut choose: impl FnMut(usize) -> usize,
) -> Vec<(String, BookEvent)> {
    let mut book = Interleaved::default();
    let mut rounds = rounds(mixed(customers, order).split_off(usize::try_from(customers).unwrap()));
    let (mut begun, mut late) = (Vec::new(), Vec::new());
    let mut known = HashSet::new();
    for (customer, round) in order.iter().zip(rounds.drain(..)) {
        match (known.insert(*customer), choose(3)) {
            (true, _) => book.record(registered(*customer)),
            (false, 0) => book.record(renamed(*customer, known.len())),
            (false, _) => {}
        }
        let to = if choose(4) == 0 { &mut late } else { &mut begun };
        book.go_on(to, round);
        for _ in 0..choose(7) {
            if !begun.is_empty() {
                let round = begun.swap_remove(choose(begun.len()));
                book.go_on(&mut begun, round);
            }
        }
    }
    begun.append(&mut late);
    while !begun.is_empty() {
        let round = begun.swap_remove(choose(begun.len()));
        book.go_on(&mut begun, round);
    }
    book.events
}

type Round = VecDeque<(String, BookEvent)>;

/// Each begins with its deposit.
fn rounds(events: Vec<(String, BookEvent)>) -> Vec<Round> {
    let mut rounds: Vec<Round> = Vec::new();
    for event in events {
        if let BookEvent::Wallet(WalletEvent::DepositRecorded { .. }) = event.1 {
            rounds.push(Round::new());
        }
        rounds.last_mut().unwrap().push_back(event);
    }
    rounds
}

#[derive(Default)]
struct Interleaved {
    events: Vec<(String, BookEvent)>,
    /// How many events each wallet has.
    entries: HashMap<WalletId, u64>,
    /// Deposits are called after their place among the events of their wallet.
    deposits: HashMap<String, DepositId>,
}

impl Interleaved {
    /// Records the next event of a round, and puts the round back if there are more.
    fn go_on(&mut self, rounds: &mut Vec<Round>, mut round: Round) {
        if let Some(event) = round.pop_front() {
            self.record(event);
        }
        if !round.is_empty() {
            rounds.push(round);
        }
    }

    fn record(&mut self, (id, mut event): (String, BookEvent)) {
        if let BookEvent::Wallet(event) = &mut event {
            let entry = self.entries.entry(event.wallet().clone()).or_default();
            *entry += 1;
            if let WalletEvent::DepositRecorded { wallet, reference, .. } = event {
                self.deposits.insert(reference.to_string(), DepositId::new(wallet, *entry));
            }
            if let WalletEvent::DepositReversed { deposit, reference, .. } = event {
                *deposit = self.deposits[&reference.to_string()].clone();
            }
        }
        self.events.push((id, event));
    }
}

struct Busy {
    events: Vec<(String, BookEvent)>,
    /// How many events each customer's wallet has.
    entries: Vec<u64>,
}

impl Busy {
    fn wallet(&mut self, customer: u64, event: WalletEvent) -> u64 {
        let entry = &mut self.entries[usize::try_from(customer).unwrap()];
        *entry += 1;
        self.events.push((wallet_of(customer).to_string(), event.into()));
        *entry
    }

    fn withdrawal(&mut self, event: WithdrawalEvent) {
        self.events.push((event.withdrawal().to_string(), event.into()));
    }

    fn round(&mut self, customer: u64, round: u64) {
        let wallet = wallet_of(customer);
        let date = day("2026-01-01") + Days::new((round * 3 + customer) % 40);
        let entry = self.wallet(customer, deposit_event(&wallet, customer, round, date));
        match (round + customer) % 5 {
            0 => {
                self.wallet(
                    customer,
                    WalletEvent::DepositReversed {
                        deposit: DepositId::new(&wallet, entry),
                        wallet,
                        amount: money("100.01"),
                        reference: format!("R-{customer}-{round}").parse().unwrap(),
                        method: DepositMethod::BankTransfer,
                        deposited_date: date,
                        effective_date: date + Days::new(1),
                        reason: "wrong customer \\ 退回".parse().unwrap(),
                    },
                );
            }
            way => self.withdraw(customer, round, way, date),
        }
    }

    fn withdraw(&mut self, customer: u64, round: u64, way: u64, date: NaiveDate) {
        let (wallet, amount) = (wallet_of(customer), money("3.50"));
        let id = format!("0199f0a4-{:04x}-7c3b-9a63-{:012x}", round & 0xffff, customer);
        let withdrawal: WithdrawalId = id.parse().unwrap();
        let by: Actor = "user:tester".parse().unwrap();
        let reason = || "as the customer wished".parse().unwrap();
        self.withdrawal(WithdrawalEvent::WithdrawalRequested {
            withdrawal: withdrawal.clone(),
            wallet: wallet.clone(),
            amount,
            reference: format!("W-{customer}-{round}").parse().unwrap(),
            destination: serde_json::from_str(
                r#"{"account_name":"李雷","account_number":"6222021234567890123"}"#,
            )
            .unwrap(),
            requested_by: by.clone().into(),
        });
        self.wallet(
            customer,
            WalletEvent::FundsHeld { wallet: wallet.clone(), withdrawal: withdrawal.clone(), amount },
        );
        if way == 1 {
            self.withdrawal(WithdrawalEvent::WithdrawalRejected {
                withdrawal: withdrawal.clone(),
                rejected_by: by,
                reason: reason(),
            });
            self.wallet(customer, WalletEvent::HoldReleased { wallet, withdrawal, amount });
            return;
        }
        self.withdrawal(WithdrawalEvent::WithdrawalApproved {
            withdrawal: withdrawal.clone(),
            approved_by: by,
        });
        self.withdrawal(WithdrawalEvent::WithdrawalSubmitted {
            withdrawal: withdrawal.clone(),
            wallet: wallet.clone(),
            amount,
            effective_date: date,
            channel_reference: None,
        });
        if way == 2 {
            self.withdrawal(WithdrawalEvent::WithdrawalFailed {
                withdrawal: withdrawal.clone(),
                wallet: wallet.clone(),
                amount,
                reason: reason(),
                effective_date: date,
            });
            self.wallet(customer, WalletEvent::HoldReleased { wallet, withdrawal, amount });
            return;
        }
        self.withdrawal(WithdrawalEvent::WithdrawalSucceeded {
            withdrawal: withdrawal.clone(),
            wallet: wallet.clone(),
            amount,
            effective_date: date,
        });
        self.wallet(
            customer,
            WalletEvent::HoldPaidOut {
                wallet: wallet.clone(),
                withdrawal: withdrawal.clone(),
                amount,
                effective_date: date,
            },
        );
        if way == 3 {
            let later = date + Days::new(2);
            self.withdrawal(WithdrawalEvent::WithdrawalReturned {
                withdrawal: withdrawal.clone(),
                wallet: wallet.clone(),
                amount,
                reason: reason(),
                effective_date: later,
            });
            self.wallet(
                customer,
                WalletEvent::ReturnCredited { wallet, withdrawal, amount, effective_date: later },
            );
        }
    }
}

fn deposit_event(wallet: &WalletId, customer: u64, round: u64, date: NaiveDate) -> WalletEvent {
    WalletEvent::DepositRecorded {
        wallet: wallet.clone(),
        amount: money("100.01"),
        reference: format!("R-{customer}-{round}").parse().unwrap(),
        method: DepositMethod::ALL[usize::try_from(round % 4).unwrap()],
        effective_date: date,
        remark: round.is_multiple_of(2).then(|| "货款 \"a\\b\"".parse().unwrap()),
    }
}
