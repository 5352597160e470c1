//! Whatever the wallets decide, every read model tells the same story about it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;
use tallybook_domain::deposits::{DepositFacts, DepositMethod, DepositState, Wallet, WalletCommand};
use tallybook_domain::{BookEvent, Currency, DepositId, EventSourced, Money, WalletId};

use super::{DailyTotals, Deposits, HoldKind, WalletHolds, WalletStatements, Wallets};
use crate::ledger::GeneralLedger;
use crate::testing::{day, folded, wallet, withdrawal, yuan};

#[derive(Debug, Clone)]
enum Wish {
    Deposit(i64),
    /// The deposit that is this entry, if it is one.
    Reverse(u64),
    Hold(u64, i64),
    Release(u64),
    PayOut(u64),
    Return(u64, i64),
}

fn wish() -> impl Strategy<Value = (u64, Wish)> {
    let amount = 1..10_000i64;
    let wish = prop_oneof![
        3 => amount.clone().prop_map(Wish::Deposit),
        1 => (1..20u64).prop_map(Wish::Reverse),
        2 => (0..6u64, amount.clone()).prop_map(|(number, amount)| Wish::Hold(number, amount)),
        1 => (0..6u64).prop_map(Wish::Release),
        2 => (0..6u64).prop_map(Wish::PayOut),
        1 => (0..6u64, amount).prop_map(|(number, amount)| Wish::Return(number, amount)),
    ];
    (1..4u64, wish)
}

#[derive(Default)]
struct Book {
    wallets: BTreeMap<WalletId, Wallet>,
    streams: BTreeMap<WalletId, Vec<tallybook_domain::deposits::WalletEvent>>,
    events: Vec<BookEvent>,
}

impl Book {
    /// Does what the wallet allows; what it refuses leaves no trace.
    fn wish(&mut self, number: u64, wish: Wish) {
        let id = wallet(number);
        let Some(command) = self.command(&id, wish) else { return };
        let state = self.wallets.entry(id.clone()).or_default();
        for event in state.decide(command).unwrap_or_default() {
            state.evolve(&event).unwrap();
            self.streams.entry(id.clone()).or_default().push(event.clone());
            self.events.push(event.into());
        }
    }

    fn command(&self, id: &WalletId, wish: Wish) -> Option<WalletCommand> {
        let money = |cents| Money::new(Decimal::new(cents, 2), Currency::CNY).unwrap();
        let (today, effective_date) = (day("2026-03-10"), day("2026-03-09"));
        let wallet = id.clone();
        Some(match wish {
            Wish::Deposit(cents) => WalletCommand::RecordDeposit {
                wallet,
                amount: money(cents),
                reference: "R-1".parse().unwrap(),
                method: DepositMethod::ALL[cents as usize % 4],
                effective_date,
                remark: None,
                today,
            },
            Wish::Reverse(entry) => {
                let deposit = DepositId::new(id, entry);
                let recorded = self.streams.get(id)?.get(entry as usize - 1)?;
                let deposit = DepositFacts::from_event(&deposit, recorded)?;
                let reason = "wrong customer".parse().unwrap();
                WalletCommand::ReverseDeposit { deposit, reason, effective_date: today, today }
            }
            Wish::Hold(number, cents) => {
                WalletCommand::Hold { wallet, withdrawal: withdrawal(number), amount: money(cents) }
            }
            Wish::Release(number) => WalletCommand::ReleaseHold { withdrawal: withdrawal(number) },
            Wish::PayOut(number) => {
                WalletCommand::PayOut { withdrawal: withdrawal(number), effective_date: today }
            }
            Wish::Return(number, cents) => {
                let (withdrawal, amount) = (withdrawal(number), money(cents));
                WalletCommand::CreditReturn { wallet, withdrawal, amount, effective_date: today }
            }
        })
    }
}

proptest! {
    #[test]
    fn every_read_model_agrees_with_the_wallets(wishes in prop::collection::vec(wish(), 0..80)) {
        let mut book = Book::default();
        for (number, wish) in wishes {
            book.wish(number, wish);
        }
        let wallets = folded::<Wallets>(book.events.clone());
        let deposits = folded::<Deposits>(book.events.clone());
        let statement = folded::<WalletStatements>(book.events.clone());
        let holds = folded::<WalletHolds>(book.events.clone());
        for (id, state) in &book.wallets {
            let zero = yuan("0.00");
            let row = wallets.get(id).map_or((zero, zero, zero), |row| (row.balance, row.held, row.available));
            let cny = Currency::CNY;
            prop_assert_eq!(row, (state.balance(cny), state.held(cny), state.available(cny)));

            let lines = statement.lines.rows().iter().filter(|line| line.wallet == *id);
            let sum: Decimal = lines.map(|line| line.amount.amount()).sum();
            prop_assert_eq!(sum, state.balance(cny).amount());
            let held: Decimal = holds
                .rows()
                .iter()
                .filter(|line| line.wallet == *id)
                .map(|line| match line.kind {
                    HoldKind::Held => line.amount.amount(),
                    HoldKind::Released | HoldKind::PaidOut => -line.amount.amount(),
                })
                .sum();
            prop_assert_eq!(held, state.held(cny).amount());
            let months = statement.months.rows().filter(|month| month.wallet == *id);
            let sum: Decimal = months.map(|month| month.credits - month.debits).sum();
            prop_assert_eq!(sum, state.balance(cny).amount());
        }
        let kept: Decimal = deposits
            .rows()
            .filter(|row| row.state == DepositState::Recorded)
            .map(|row| row.amount.amount())
            .sum();
        let days = folded::<DailyTotals>(book.events.clone());
        let net: Decimal = days.rows().map(|day| day.net).sum();
        prop_assert_eq!(net, kept, "without withdrawals the net is what was kept");
        let ledger = folded::<GeneralLedger>(book.events);
        let sum: Decimal = ledger.days.rows().map(|day| day.debit - day.credit).sum();
        prop_assert_eq!(sum, Decimal::ZERO);
    }
}
