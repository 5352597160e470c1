//! What holds after any history of deposits, withdrawals and payments of bills, whatever was asked for and in whatever order.

#![expect(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

use std::collections::BTreeMap;

use chrono::NaiveDate;
use proptest::prelude::*;
use rust_decimal::Decimal;
use tallybook_domain::billing::{BillEvent, BillId};
use tallybook_domain::deposits::{
    DepositFacts, DepositMethod, Destination, Wallet, WalletCommand, WalletEvent, Withdrawal,
    WithdrawalCommand, WithdrawalState,
};
use tallybook_domain::ledger::{AccountCode, Side, check_balanced, postings};
use tallybook_domain::{
    BookEvent, Currency, CustomerId, DepositId, EventSourced, Money, Refusal, WalletId, WithdrawalId,
    upcasters,
};

const WALLETS: usize = 2;

#[derive(Debug, Clone)]
enum Ask {
    Deposit { wallet: usize, minor: i64, method: DepositMethod },
    Reverse { wallet: usize, entry: usize },
    Request { wallet: usize, minor: i64 },
    PayBill { wallet: usize, minor: i64 },
    ReturnPayment { wallet: usize, minor: i64 },
    Step { withdrawal: usize, step: Step },
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Approve,
    Reject,
    Cancel,
    Submit,
    Succeed,
    Fail,
    Return,
}

fn any_ask() -> impl Strategy<Value = Ask> {
    let step = prop::sample::select(vec![
        Step::Approve,
        Step::Approve,
        Step::Submit,
        Step::Submit,
        Step::Succeed,
        Step::Succeed,
        Step::Reject,
        Step::Cancel,
        Step::Fail,
        Step::Return,
    ]);
    let method = prop::sample::select(DepositMethod::ALL.to_vec());
    prop_oneof![
        3 => (0..WALLETS, -1_i64..10_000, method)
            .prop_map(|(wallet, minor, method)| Ask::Deposit { wallet, minor, method }),
        1 => (0..WALLETS, 0_usize..8).prop_map(|(wallet, entry)| Ask::Reverse { wallet, entry }),
        3 => (0..WALLETS, -1_i64..6_000).prop_map(|(wallet, minor)| Ask::Request { wallet, minor }),
        1 => (0..WALLETS, -1_i64..6_000).prop_map(|(wallet, minor)| Ask::PayBill { wallet, minor }),
        1 => (0..WALLETS, -1_i64..6_000).prop_map(|(wallet, minor)| Ask::ReturnPayment { wallet, minor }),
        8 => (0_usize..12, step).prop_map(|(withdrawal, step)| Ask::Step { withdrawal, step }),
    ]
}

/// A book in memory: the streams, and the events in the order they happened.
#[derive(Default, Clone)]
struct Memory {
    wallets: [(Wallet, Vec<WalletEvent>); WALLETS],
    withdrawals: Vec<Withdrawal>,
    /// By bill: what its wallet paid and did not get back.
    paid: [i64; WALLETS],
    events: Vec<BookEvent>,
}

fn today() -> NaiveDate {
    "2026-03-10".parse().unwrap()
}

fn wallet_id(wallet: usize) -> WalletId {
    WalletId::new(&CustomerId::from_number(wallet as u64), Currency::CNY)
}

fn withdrawal_id(withdrawal: usize) -> WithdrawalId {
    format!("0199f0a4-7d5e-7c3b-9a63-2f4be8c1{withdrawal:04}").parse().unwrap()
}

fn cny(minor: i64) -> Money {
    Money::new(Decimal::new(minor, 2), Currency::CNY).unwrap()
}

impl Memory {
    fn ask(&mut self, ask: &Ask) -> Result<(), Refusal> {
        match ask {
            Ask::Deposit { wallet, minor, method } => self.wallet(
                *wallet,
                WalletCommand::RecordDeposit {
                    wallet: wallet_id(*wallet),
                    amount: cny(*minor),
                    reference: format!("R{}", self.events.len()).parse().unwrap(),
                    method: *method,
                    effective_date: today(),
                    remark: None,
                    today: today(),
                },
            ),
            Ask::Reverse { wallet, entry } => {
                let id = DepositId::new(&wallet_id(*wallet), *entry as u64 + 1);
                let recorded = self.wallets[*wallet].1.get(*entry);
                let Some(deposit) = recorded.and_then(|event| DepositFacts::from_event(&id, event)) else {
                    return Ok(());
                };
                let reason = "wrong customer".parse().unwrap();
                let (effective_date, today) = (today(), today());
                self.wallet(*wallet, WalletCommand::ReverseDeposit { deposit, reason, effective_date, today })
            }
            Ask::Request { wallet, minor } => self.request(*wallet, cny(*minor)),
            Ask::PayBill { wallet, minor } => self.pay_bill(*wallet, *minor),
            Ask::ReturnPayment { wallet, minor } => self.return_payment(*wallet, *minor),
            Ask::Step { withdrawal, step } => {
                let Some(id) = (!self.withdrawals.is_empty()).then(|| withdrawal % self.withdrawals.len())
                else {
                    return Ok(());
                };
                self.step(id, *step)
            }
        }
    }

    fn wallet(&mut self, wallet: usize, command: WalletCommand) -> Result<(), Refusal> {
        let (state, stream) = &mut self.wallets[wallet];
        for event in state.decide(command)? {
            state.evolve(&event).unwrap();
            stream.push(event.clone());
            self.events.push(event.into());
        }
        Ok(())
    }

    fn withdrawal(&mut self, withdrawal: usize, command: WithdrawalCommand) -> Result<usize, Refusal> {
        let events = self.withdrawals[withdrawal].decide(command)?;
        for event in &events {
            self.withdrawals[withdrawal].evolve(event).unwrap();
            self.events.push(event.clone().into());
        }
        Ok(events.len())
    }

    fn request(&mut self, wallet: usize, amount: Money) -> Result<(), Refusal> {
        let number = self.withdrawals.len();
        self.withdrawals.push(Withdrawal::default());
        let (withdrawal, id) = (withdrawal_id(number), wallet_id(wallet));
        self.withdrawal(
            number,
            WithdrawalCommand::Request {
                withdrawal: withdrawal.clone(),
                wallet: id.clone(),
                amount,
                reference: format!("W{number}").parse().unwrap(),
                destination: Destination {
                    account_name: "李雷".parse().unwrap(),
                    account_number: "6222021234567890123".parse().unwrap(),
                    bank_name: None,
                },
                requested_by: "user:han".parse().unwrap(),
            },
        )?;
        self.wallet(wallet, WalletCommand::Hold { wallet: id, withdrawal, amount })
    }

    /// The wallet's part in it, and what the bill posts for both.
    fn pay_bill(&mut self, wallet: usize, minor: i64) -> Result<(), Refusal> {
        let (id, amount, effective_date) = (wallet_id(wallet), cny(minor), today());
        let bill = BillId::new(&id.customer(), "2026-02".parse().unwrap());
        let pay = WalletCommand::PayBill { wallet: id.clone(), bill: bill.clone(), amount, effective_date };
        self.wallet(wallet, pay)?;
        let paid = BillEvent::BillPaidFromWallet { bill, wallet: id, amount, effective_date };
        self.events.push(paid.into());
        self.paid[wallet] += minor;
        Ok(())
    }

    /// The same the other way round, up to what was paid, as the bill sees to.
    fn return_payment(&mut self, wallet: usize, minor: i64) -> Result<(), Refusal> {
        let (id, minor, effective_date) = (wallet_id(wallet), minor.min(self.paid[wallet]), today());
        let (bill, amount) = (BillId::new(&id.customer(), "2026-02".parse().unwrap()), cny(minor));
        let (wallet_of, of) = (id.clone(), bill.clone());
        let back = WalletCommand::ReturnBillPayment { wallet: wallet_of, bill: of, amount, effective_date };
        self.wallet(wallet, back)?;
        let returned = BillEvent::BillPaymentReturnedToWallet { bill, wallet: id, amount, effective_date };
        self.events.push(returned.into());
        self.paid[wallet] -= minor;
        Ok(())
    }

    fn step(&mut self, number: usize, step: Step) -> Result<(), Refusal> {
        let withdrawal = withdrawal_id(number);
        let request = &self.withdrawals[number];
        let (wallet, amount) = (request.wallet().unwrap().clone(), request.amount().unwrap());
        let index = (0..WALLETS).find(|index| wallet_id(*index) == wallet).unwrap();
        let (reason, by) = ("no".parse().unwrap(), "user:mei".parse().unwrap());
        let (effective_date, today) = (today(), today());
        let id = withdrawal.clone();
        let command = match step {
            Step::Approve => WithdrawalCommand::Approve { withdrawal: id, by },
            Step::Reject => WithdrawalCommand::Reject { withdrawal: id, by, reason },
            Step::Cancel => WithdrawalCommand::Cancel { withdrawal: id, reason: None },
            Step::Submit => {
                WithdrawalCommand::Submit { withdrawal: id, channel_reference: None, effective_date, today }
            }
            Step::Succeed => WithdrawalCommand::Succeed { withdrawal: id, effective_date, today },
            Step::Fail => WithdrawalCommand::Fail { withdrawal: id, reason, effective_date, today },
            Step::Return => WithdrawalCommand::Return { withdrawal: id, reason, effective_date, today },
        };
        if self.withdrawal(number, command)? == 0 {
            return Ok(());
        }
        match step {
            Step::Approve | Step::Submit => Ok(()),
            Step::Reject | Step::Cancel | Step::Fail => {
                self.wallet(index, WalletCommand::ReleaseHold { withdrawal })
            }
            Step::Succeed => self.wallet(index, WalletCommand::PayOut { withdrawal, effective_date }),
            Step::Return => {
                self.wallet(index, WalletCommand::CreditReturn { wallet, withdrawal, amount, effective_date })
            }
        }
    }

    /// Debits less credits, by account.
    fn trial_balance(&self) -> BTreeMap<AccountCode, Decimal> {
        let mut balances = BTreeMap::new();
        for posting in self.events.iter().flat_map(postings) {
            let balance: &mut Decimal = balances.entry(posting.account).or_default();
            let amount = posting.amount.amount();
            *balance = match posting.side {
                Side::Debit => balance.checked_add(amount).unwrap(),
                Side::Credit => balance.checked_sub(amount).unwrap(),
            };
        }
        balances
    }

    fn check(&self) {
        for (wallet, _) in &self.wallets {
            let (balance, held) = (wallet.balance(Currency::CNY), wallet.held(Currency::CNY));
            assert!(!held.is_negative() && balance.covers(held).unwrap(), "never overdrawn");
            assert!(!wallet.available(Currency::CNY).is_negative());
            assert_eq!(held, sum(wallet.open_holds().map(|(_, amount)| amount)), "held = Σ open holds");
        }
        let open = self.withdrawals.iter().filter(|withdrawal| match withdrawal.state() {
            Some(WithdrawalState::Requested | WithdrawalState::Approved | WithdrawalState::Submitted) => true,
            Some(
                WithdrawalState::Rejected
                | WithdrawalState::Cancelled
                | WithdrawalState::Succeeded
                | WithdrawalState::Failed
                | WithdrawalState::Returned,
            )
            | None => false,
        });
        let held = sum(self.wallets.iter().map(|(wallet, _)| wallet.held(Currency::CNY)));
        assert_eq!(held, sum(open.filter_map(Withdrawal::amount)), "held = Σ open withdrawals");

        let trial_balance = self.trial_balance();
        let of = |account| trial_balance.get(&account).copied().unwrap_or(Decimal::ZERO);
        assert_eq!(trial_balance.values().sum::<Decimal>(), Decimal::ZERO);
        let owed = of(AccountCode::CustomerWallets) + of(AccountCode::WithdrawalsInTransit);
        let balances = sum(self.wallets.iter().map(|(wallet, _)| wallet.balance(Currency::CNY)));
        let paid = Decimal::new(self.paid.iter().sum(), 2);
        assert_eq!(of(AccountCode::Receivables), -paid, "what wallets paid and did not get back");
        assert_eq!(balances.amount(), -owed, "Σ balances = −(2241.01 + 2241.02)");
    }
}

fn sum(amounts: impl Iterator<Item = Money>) -> Money {
    amounts.fold(Money::zero(Currency::CNY), |sum, amount| sum.checked_add(amount).unwrap())
}

/// The state as another process would see it: folded afresh from the stored texts.
fn refolded(events: &[BookEvent], wallet: &WalletId) -> Wallet {
    events.iter().fold(Wallet::default(), |mut state, event| {
        let text = event.to_payload().unwrap();
        let read = BookEvent::decode(
            event.aggregate_type(),
            event.event_type(),
            event.event_version(),
            &text,
            &upcasters(),
        )
        .unwrap();
        assert_eq!(read, *event);
        if let Some(event) = Wallet::pick(&read).filter(|event| event.wallet() == wallet) {
            state.evolve(event).unwrap();
        }
        state
    })
}

proptest! {
    #[test]
    fn the_books_agree_after_any_history(asks in prop::collection::vec(any_ask(), 1..80)) {
        let mut memory = Memory::default();
        for ask in &asks {
            let before = memory.clone();
            if memory.ask(ask).is_err() {
                memory = before;
            }
            memory.check();
        }
        for event in &memory.events {
            prop_assert_eq!(check_balanced(&postings(event)), Ok(()));
        }
        for (index, (wallet, _)) in memory.wallets.iter().enumerate() {
            prop_assert_eq!(&refolded(&memory.events, &wallet_id(index)), wallet);
        }
    }
}

/// The random histories are worth something only if they reach every event.
#[test]
fn random_histories_reach_every_state() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..100 {
        let asks = prop::collection::vec(any_ask(), 80).new_tree(&mut runner).unwrap().current();
        let mut memory = Memory::default();
        for ask in &asks {
            let before = memory.clone();
            if memory.ask(ask).is_err() {
                memory = before;
            }
        }
        seen.extend(memory.events.iter().map(BookEvent::event_type));
    }
    let unseen: Vec<&str> = BookEvent::KINDS
        .iter()
        .filter(|(aggregate_type, _)| ["wallet", "withdrawal"].contains(aggregate_type))
        .flat_map(|(_, kinds)| kinds.iter().map(|kind| kind.name))
        // Those of write-offs and orders are reached in their own histories.
        .filter(|name| !["FundsApplied", "FundsFreed", "AdvanceCredited", "AdvanceReturned"].contains(name))
        .filter(|name| !["OrderPaymentTaken", "OrderRefundCredited"].contains(name))
        .filter(|name| !seen.contains(name))
        .collect();
    assert!(unseen.is_empty(), "{unseen:?}");
}
