//! What holds after any history of bills, receipts, write-offs and reversals, in whatever order and on whatever days:
//! nothing is below nothing, nothing is applied twice, and the ledger says what bills, receipts and wallets say. By
//! business date, too, but for wallets, which have no such bound.

#![expect(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use rust_decimal::Decimal;
use tallybook_domain::billing::bill::{Amounts, StepDate};
use tallybook_domain::billing::{Bill, BillCommand, BillEvent, BillId};
use tallybook_domain::deposits::{DepositMethod, Wallet, WalletCommand};
use tallybook_domain::ledger::{AccountCode, Side, check_balanced, effective_date, postings};
use tallybook_domain::settlement::receipt::{Payer, ReceivedMoney};
use tallybook_domain::settlement::write_off::{
    DifferenceLimits, DifferenceReason, Leg, LegSource, StandingDifferences, WriteOffTerms, pair,
};
use tallybook_domain::settlement::{
    Receipt, ReceiptCommand, ReceiptEvent, ReceiptId, WriteOff, WriteOffCommand, WriteOffEvent, WriteOffId,
};
use tallybook_domain::{BookEvent, Currency, CustomerId, EventSourced, Money, Refusal, Requester, WalletId};

const BILLS: u8 = 3;
const RECEIPTS: u8 = 3;
/// Cents of bank fees that one person may write off on a bill.
const FEE_ALONE: i64 = 1_000;

/// Something asked for, with its business date as days after the first of November.
#[derive(Debug, Clone)]
struct Dated {
    ask: Ask,
    after: u64,
}

#[derive(Debug, Clone)]
enum Ask {
    Receive { receipt: u8, cents: i64, known: bool },
    Identify { receipt: u8 },
    WriteOff { sources: Vec<(u8, i64)>, bills: Vec<u8> },
    ReverseLeg { write_off: usize, leg: u32 },
    ReverseReceipt { receipt: u8 },
    MoveToWallet { receipt: u8, cents: i64 },
    MoveBack { receipt: u8, cents: i64 },
}

fn any_ask() -> impl Strategy<Value = Ask> {
    let source = (0..RECEIPTS + 2, 1..9_000_i64);
    prop_oneof![
        3 => (0..RECEIPTS, 1..9_000_i64, prop::bool::weighted(0.8))
            .prop_map(|(receipt, cents, known)| Ask::Receive { receipt, cents, known }),
        1 => (0..RECEIPTS).prop_map(|receipt| Ask::Identify { receipt }),
        6 => (prop::collection::vec(source, 1..4), prop::collection::vec(0..BILLS, 1..3))
            .prop_map(|(sources, bills)| Ask::WriteOff { sources, bills }),
        4 => (0_usize..8, 1..5_u32).prop_map(|(write_off, leg)| Ask::ReverseLeg { write_off, leg }),
        1 => (0..RECEIPTS).prop_map(|receipt| Ask::ReverseReceipt { receipt }),
        1 => (0..RECEIPTS, 1..4_000_i64).prop_map(|(receipt, cents)| Ask::MoveToWallet { receipt, cents }),
        1 => (0..RECEIPTS, 1..2_000_i64).prop_map(|(receipt, cents)| Ask::MoveBack { receipt, cents }),
    ]
}

fn any_dated() -> impl Strategy<Value = Dated> {
    (any_ask(), 0..10_u64).prop_map(|(ask, after)| Dated { ask, after })
}

/// A book in memory. What a decision did is kept as a whole or not at all.
#[derive(Debug, Default, Clone)]
struct Memory {
    bills: BTreeMap<BillId, Bill>,
    receipts: BTreeMap<ReceiptId, Receipt>,
    wallet: Wallet,
    write_offs: Vec<(WriteOffId, WriteOff)>,
    events: Vec<BookEvent>,
}

fn today() -> NaiveDate {
    "2026-11-10".parse().unwrap()
}

fn day(after: u64) -> NaiveDate {
    "2026-11-01".parse::<NaiveDate>().unwrap().checked_add_days(Days::new(after)).unwrap()
}

fn yuan(cents: i64) -> Money {
    Money::new(Decimal::new(cents, 2), Currency::CNY).unwrap()
}

fn customer() -> CustomerId {
    CustomerId::from_number(42)
}

fn wallet() -> WalletId {
    WalletId::new(&customer(), Currency::CNY)
}

fn bill(number: u8) -> BillId {
    format!("C00042.2026-{:02}", number + 1).parse().unwrap()
}

fn received(number: u8, cents: i64, (known, received_date): (bool, NaiveDate)) -> ReceivedMoney {
    ReceivedMoney {
        account: "ICBC-0123".parse().unwrap(),
        reference: number.to_string().parse().unwrap(),
        amount: yuan(cents),
        method: DepositMethod::BankTransfer,
        received_date: Some(received_date),
        effective_date: None,
        customer: known.then(customer),
        payer: Payer::default(),
        text: None,
        again: true,
    }
}

fn receipt(number: u8) -> ReceiptId {
    received(number, 1, (false, today())).receipt()
}

fn keep<A: EventSourced>(
    aggregate: &mut A,
    events: &mut Vec<BookEvent>,
    command: A::Command,
) -> Result<(), Refusal>
where
    A::Event: Into<BookEvent> + Clone,
    A::Error: Into<Refusal>,
{
    for event in aggregate.decide(command).map_err(Into::into)? {
        aggregate.evolve(&event).unwrap();
        events.push(event.into());
    }
    Ok(())
}

impl Memory {
    /// Bills over 80.
    fn with_bills() -> Self {
        let mut memory = Self::default();
        for number in 0..BILLS {
            let (id, mut state) = (bill(number), Bill::default());
            let amounts = Amounts::new(yuan(7_547), yuan(453)).unwrap();
            let (of, issue_date) = (id.clone(), "2026-11-01".parse().unwrap());
            let drafted =
                BillEvent::BillDrafted { bill: of, parts: vec![], amounts, replaces: None, amends: None };
            state.evolve(&drafted).unwrap();
            let number = format!("2026-{number:06}", number = u32::from(number) + 1).parse().unwrap();
            let (of, due_date) = (id.clone(), "2026-12-01".parse().unwrap());
            let issue = BillCommand::Issue { bill: of, number, issue_date, due_date };
            keep(&mut state, &mut memory.events, issue).unwrap();
            memory.bills.insert(id, state);
        }
        memory
    }

    fn take(&mut self, Dated { ask, after }: Dated) {
        let mut tried = self.clone();
        if tried.try_take(ask, day(after)).is_ok() {
            *self = tried;
        }
    }

    fn receipt(&mut self, id: &ReceiptId, command: ReceiptCommand) -> Result<(), Refusal> {
        keep(self.receipts.entry(id.clone()).or_default(), &mut self.events, command)
    }

    fn try_take(&mut self, ask: Ask, effective_date: NaiveDate) -> Result<(), Refusal> {
        let today = today();
        match ask {
            Ask::Receive { receipt: number, cents, known } => {
                let received = received(number, cents, (known, effective_date));
                self.receipt(
                    &receipt(number),
                    ReceiptCommand::Record { received, holds_reference: false, today },
                )
            }
            Ask::Identify { receipt: number } => {
                let (receipt, customer) = (receipt(number), customer());
                let identify = ReceiptCommand::Identify {
                    receipt: receipt.clone(),
                    customer,
                    matched: None,
                    effective_date,
                    today,
                };
                self.receipt(&receipt, identify)
            }
            Ask::ReverseReceipt { receipt: number } => {
                let (id, reason) = (receipt(number), "a slip".parse().unwrap());
                let receipt = id.clone();
                self.receipt(
                    &id,
                    ReceiptCommand::Reverse { receipt, entry: None, reason, effective_date, today },
                )
            }
            Ask::MoveToWallet { receipt: number, cents } => {
                let (id, amount) = (receipt(number), yuan(cents));
                let receipt = id.clone();
                self.receipt(&id, ReceiptCommand::MoveToWallet { receipt, amount, effective_date, today })?;
                let credit =
                    WalletCommand::CreditAdvance { wallet: wallet(), receipt: id, amount, effective_date };
                keep(&mut self.wallet, &mut self.events, credit)
            }
            Ask::MoveBack { receipt: number, cents } => {
                let (id, amount) = (receipt(number), yuan(cents));
                let receipt = id.clone();
                let come = ReceiptCommand::ReturnFromWallet { receipt, amount, effective_date, today };
                self.receipt(&id, come)?;
                let leave =
                    WalletCommand::ReturnAdvance { wallet: wallet(), receipt: id, amount, effective_date };
                keep(&mut self.wallet, &mut self.events, leave)
            }
            Ask::WriteOff { sources, bills } => self.write_off(&sources, &bills, effective_date),
            Ask::ReverseLeg { write_off, leg } => self.reverse_leg(write_off, leg, effective_date),
        }
    }

    fn write_off(
        &mut self,
        sources: &[(u8, i64)],
        bills: &[u8],
        effective_date: NaiveDate,
    ) -> Result<(), Refusal> {
        let sources: Vec<_> =
            sources.iter().map(|(source, cents)| (source_of(*source), yuan(*cents))).collect();
        let total = sources.iter().fold(yuan(0), |sum, (_, amount)| sum.checked_add(*amount).unwrap());
        // All on the last bill, but a cent for each before it.
        let (last, first) = bills.split_last().unwrap();
        let mut of_bills: Vec<_> = first.iter().map(|number| (bill(*number), yuan(1))).collect();
        let rest = total.checked_sub(yuan(first.len() as i64)).unwrap();
        of_bills.push((bill(*last), rest));
        let legs = pair(&sources, &of_bills)?;
        let id: WriteOffId = format!("W{:026}", self.write_offs.len()).parse().unwrap();
        let standing = StandingDifferences::new(self.fees());
        let terms = WriteOffTerms {
            write_off: id.clone(),
            customer: customer(),
            legs,
            effective_date,
            matched: None,
        };
        let limits = DifferenceLimits::new([(DifferenceReason::BankFee, yuan(FEE_ALONE))]);
        let requested_by: Requester = "user:li".parse().unwrap();
        let (mut state, today) = (WriteOff::default(), today());
        let make = WriteOffCommand::Make { terms, requested_by, limits, standing, today };
        keep(&mut state, &mut self.events, make)?;
        for leg in state.live_legs().cloned().collect::<Vec<_>>() {
            self.apply(&id, leg, effective_date)?;
        }
        self.write_offs.push((id, state));
        Ok(())
    }

    /// What stands on the bills that nobody paid.
    fn fees(&self) -> Vec<(BillId, DifferenceReason, Money)> {
        let fees = self.bills.iter().flat_map(|(id, bill)| {
            let differences = bill.amounts().unwrap().differences.iter();
            differences.map(|(reason, amount)| (id.clone(), *reason, *amount))
        });
        fees.collect()
    }

    fn apply(&mut self, id: &WriteOffId, leg: Leg, effective_date: NaiveDate) -> Result<(), Refusal> {
        let (write_off, customer, today) = (id.clone(), customer(), today());
        let Leg { leg: number, source, bill, amount } = leg.clone();
        match source {
            LegSource::Receipt(receipt) => {
                let of = receipt.clone();
                let apply = ReceiptCommand::Apply {
                    receipt,
                    customer,
                    write_off,
                    leg: number,
                    amount,
                    effective_date,
                    today,
                };
                self.receipt(&of, apply)?;
            }
            LegSource::Wallet(wallet) => {
                let bill = bill.clone();
                let apply =
                    WalletCommand::Apply { wallet, write_off, leg: number, bill, amount, effective_date };
                keep(&mut self.wallet, &mut self.events, apply)?;
            }
            LegSource::Difference(_) => {}
            LegSource::CreditNote(_) => unreachable!("there are none here"),
        }
        let date = StepDate { given: Some(effective_date), today };
        let settle = BillCommand::Apply { write_off: id.clone(), leg, date };
        keep(self.bills.get_mut(&bill).unwrap(), &mut self.events, settle)
    }

    fn reverse_leg(&mut self, write_off: usize, leg: u32, effective_date: NaiveDate) -> Result<(), Refusal> {
        let Some((id, state)) = self.write_offs.get_mut(write_off) else { return Ok(()) };
        let (id, reason, today) = (id.clone(), "a slip".parse().unwrap(), today());
        let (of, before) = (id.clone(), self.events.len());
        let reverse = WriteOffCommand::ReverseLeg { write_off: of, leg, reason, effective_date, today };
        keep(state, &mut self.events, reverse)?;
        for undone in undone_legs(&self.events[before..]) {
            self.give_back(&id, undone, effective_date)?;
        }
        Ok(())
    }

    fn give_back(&mut self, id: &WriteOffId, leg: Leg, effective_date: NaiveDate) -> Result<(), Refusal> {
        let Leg { leg: number, source, bill, amount } = leg.clone();
        let write_off = id.clone();
        match source {
            LegSource::Receipt(receipt) => {
                let of = receipt.clone();
                let free = ReceiptCommand::Free { receipt, write_off, leg: number, amount, effective_date };
                self.receipt(&of, free)?;
            }
            LegSource::Wallet(wallet) => {
                let bill = bill.clone();
                let free =
                    WalletCommand::Free { wallet, write_off, leg: number, bill, amount, effective_date };
                keep(&mut self.wallet, &mut self.events, free)?;
            }
            LegSource::Difference(_) => {}
            LegSource::CreditNote(_) => unreachable!("there are none here"),
        }
        let reopen = BillCommand::Reopen { write_off: id.clone(), leg, effective_date };
        keep(self.bills.get_mut(&bill).unwrap(), &mut self.events, reopen)
    }

    /// Debits less credits, over everything.
    fn balance(&self, account: AccountCode) -> Money {
        balance(self.events.iter(), account)
    }

    /// What has a business date up to this day.
    fn as_of(&self, day: NaiveDate) -> impl Iterator<Item = &BookEvent> + Clone {
        let until = move |event: &&BookEvent| effective_date(event).is_some_and(|date| date <= day);
        self.events.iter().filter(until)
    }

    fn unapplied(&self, known: bool) -> Money {
        let receipts = self.receipts.values().filter(|receipt| receipt.customer().is_some() == known);
        let unapplied = receipts.filter_map(|receipt| receipt.unapplied().unwrap());
        unapplied.fold(yuan(0), |sum, left| sum.checked_add(left).unwrap())
    }
}

/// Debits less credits.
fn balance<'a>(events: impl Iterator<Item = &'a BookEvent>, account: AccountCode) -> Money {
    let lines = events.flat_map(postings).filter(|line| line.account == account);
    lines.fold(yuan(0), |sum, line| match line.side {
        Side::Debit => sum.checked_add(line.amount).unwrap(),
        Side::Credit => sum.checked_sub(line.amount).unwrap(),
    })
}

/// What of a receipt is free by these events: those of another are not looked at.
fn free_of<'a>(events: impl Iterator<Item = &'a BookEvent>, receipt: &ReceiptId) -> Money {
    let mut free = yuan(0);
    for event in events.filter_map(Receipt::pick).filter(|event| event.receipt() == receipt) {
        free = match event {
            ReceiptEvent::ReceiptRecorded { amount, .. }
            | ReceiptEvent::ReceiptFreed { amount, .. }
            | ReceiptEvent::AdvanceMovedBack { amount, .. }
            | ReceiptEvent::AdvanceRefundReturned { amount, .. } => free.checked_add(*amount),
            ReceiptEvent::ReceiptApplied { amount, .. }
            | ReceiptEvent::ReceiptReversed { amount, .. }
            | ReceiptEvent::AdvanceMovedToWallet { amount, .. }
            | ReceiptEvent::AdvanceRefunded { amount, .. } => free.checked_sub(*amount),
            ReceiptEvent::ReceiptIdentified { .. }
            | ReceiptEvent::AdvanceRefundRequested { .. }
            | ReceiptEvent::AdvanceRefundRejected { .. } => Ok(free),
        }
        .unwrap();
    }
    free
}

/// Whether a receipt was recorded anew before it was reversed.
fn stands_twice<'a>(events: impl Iterator<Item = &'a BookEvent>, receipt: &ReceiptId) -> bool {
    let of_receipt = events.filter_map(Receipt::pick).filter(|event| event.receipt() == receipt);
    let standing = of_receipt.fold(0, |standing, event| {
        let begun = matches!(event, ReceiptEvent::ReceiptRecorded { .. });
        let ended = matches!(event, ReceiptEvent::ReceiptReversed { .. });
        standing + i32::from(begun) - i32::from(ended)
    });
    standing > 1
}

fn undone_legs(events: &[BookEvent]) -> Vec<Leg> {
    let undone = events.iter().filter_map(WriteOff::pick).filter_map(|event| match event {
        WriteOffEvent::WriteOffLegReversed { leg, .. } => Some(leg.clone()),
        WriteOffEvent::WriteOffProposed { .. }
        | WriteOffEvent::WriteOffPosted { .. }
        | WriteOffEvent::WriteOffRejected { .. } => None,
    });
    undone.collect()
}

/// Receipts, then the wallet, then a difference.
fn source_of(number: u8) -> LegSource {
    match number {
        RECEIPTS => LegSource::Wallet(wallet()),
        number if number > RECEIPTS => LegSource::Difference(DifferenceReason::BankFee),
        number => LegSource::Receipt(receipt(number)),
    }
}

/// The legs that stand, by write-off and number.
fn standing(memory: &Memory) -> BTreeMap<(WriteOffId, u32), Leg> {
    let mut legs = BTreeMap::new();
    for event in &memory.events {
        let BookEvent::Settlement(tallybook_domain::settlement::SettlementEvent::WriteOff(event)) = event
        else {
            continue;
        };
        match event {
            WriteOffEvent::WriteOffPosted { write_off, legs: posted, .. } => {
                legs.extend(posted.iter().map(|leg| ((write_off.clone(), leg.leg), leg.clone())));
            }
            WriteOffEvent::WriteOffLegReversed { write_off, leg, .. } => {
                assert!(legs.remove(&(write_off.clone(), leg.leg)).is_some(), "undone twice");
            }
            WriteOffEvent::WriteOffProposed { .. } | WriteOffEvent::WriteOffRejected { .. } => {}
        }
    }
    legs
}

proptest! {
    #[test]
    fn bills_receipts_and_ledger_agree(asks in prop::collection::vec(any_dated(), 1..40)) {
        let mut memory = Memory::with_bills();
        for ask in asks {
            memory.take(ask);
            for event in &memory.events {
                prop_assert!(check_balanced(&postings(event)).is_ok());
            }
            let open: Vec<Money> =
                memory.bills.values().map(|bill| bill.open().unwrap().unwrap()).collect();
            prop_assert!(open.iter().all(|open| !open.is_negative()));
            let owed = open.iter().fold(yuan(0), |sum, open| sum.checked_add(*open).unwrap());
            prop_assert_eq!(memory.balance(AccountCode::Receivables), owed);
            prop_assert!(!memory.unapplied(true).is_negative());
            prop_assert_eq!(memory.balance(AccountCode::CustomerAdvances), memory.unapplied(true).negate());
            prop_assert_eq!(memory.balance(AccountCode::UnidentifiedReceipts), memory.unapplied(false).negate());
            let funds = memory.wallet.balance(Currency::CNY);
            prop_assert!(!funds.is_negative());
            prop_assert_eq!(memory.balance(AccountCode::CustomerWallets), funds.negate());
            let standing = standing(&memory);
            for (id, bill) in &memory.bills {
                let of_bill = standing.values().filter(|leg| leg.bill == *id);
                let settled = of_bill.fold(yuan(0), |sum, leg| sum.checked_add(leg.amount).unwrap());
                prop_assert_eq!(bill.amounts().unwrap().settled, settled);
            }
            let taken = memory.receipts.values().flat_map(Receipt::live_legs).count();
            let from_receipts =
                standing.values().filter(|leg| matches!(leg.source, LegSource::Receipt(_))).count();
            prop_assert_eq!(taken, from_receipts);
            for (bill, _, fee) in memory.fees() {
                prop_assert!(!fee.is_negative() && yuan(FEE_ALONE).covers(fee).unwrap(), "{} on {}", fee, bill);
            }
            for ((write_off, _), leg) in &standing {
                let beside = standing.iter().filter(|((other, _), _)| other == write_off).map(|(_, leg)| leg);
                let paid = beside.filter(|other| other.bill == leg.bill).any(|other| other.source.is_money());
                prop_assert!(paid, "a difference without money");
            }
        }
        for after in 0..10 {
            let day = day(after);
            let has = |account| balance(memory.as_of(day), account);
            for id in memory.bills.keys() {
                let of_bill = memory.as_of(day).filter(|event| Bill::pick(event).is_some_and(|event| event.bill() == id));
                prop_assert!(!balance(of_bill, AccountCode::Receivables).is_negative(), "{} on {}", id, day);
            }
            for id in memory.receipts.keys() {
                prop_assert!(!free_of(memory.as_of(day), id).is_negative(), "{} on {}", id, day);
            }
            // As much as the receipts that stand: none is there twice.
            let received = memory.as_of(day).filter(|event| Receipt::pick(event).is_some());
            let twice = memory.receipts.keys().find(|id| stands_twice(received.clone(), id));
            prop_assert_eq!(twice, None, "on {}", day);
            prop_assert!(!has(AccountCode::CustomerAdvances).is_positive());
            prop_assert!(!has(AccountCode::UnidentifiedReceipts).is_positive());
        }
    }
}

/// The random histories are worth something only if they reach every step.
#[test]
fn random_histories_reach_every_step() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..100 {
        let mut memory = Memory::with_bills();
        let asks = prop::collection::vec(any_dated(), 80).new_tree(&mut runner).unwrap().current();
        asks.into_iter().for_each(|ask| memory.take(ask));
        seen.extend(memory.events.iter().map(BookEvent::event_type));
    }
    let expected = [
        "AdvanceCredited",
        "AdvanceMovedBack",
        "AdvanceMovedToWallet",
        "AdvanceReturned",
        "BillApplied",
        "BillIssued",
        "BillReopened",
        "FundsApplied",
        "FundsFreed",
        "ReceiptApplied",
        "ReceiptFreed",
        "ReceiptIdentified",
        "ReceiptRecorded",
        "ReceiptReversed",
        "WriteOffLegReversed",
        "WriteOffPosted",
        "WriteOffProposed",
    ];
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), expected);
}
