//! What holds after any history of payouts, whoever sends, whatever the bank says, and whoever dies in between: a bank is
//! given each order once at most, and what is held is what the open withdrawals ask for.

#![expect(clippy::unwrap_used, reason = "a test stops where its own material is wrong")]

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use proptest::prelude::*;
use tallybook_domain::deposits::{
    DepositMethod, Wallet, WalletCommand, Withdrawal, WithdrawalCommand, WithdrawalState,
};
use tallybook_domain::payouts::{
    AnsweredStatus, Heard, Payout, PayoutAdapterKind, PayoutAnswer, PayoutCommand, PayoutEvent, PayoutId,
    PayoutState, Prepared, UnknownCause,
};
use tallybook_domain::{
    BookEvent, Currency, CustomerId, EventSourced, Money, Refusal, WalletId, WithdrawalId,
};

const WITHDRAWALS: usize = 3;
const PROCESSES: usize = 2;

fn today() -> NaiveDate {
    "2026-03-10".parse().unwrap()
}

fn ten() -> Money {
    Money::parse("10.00", Currency::CNY).unwrap()
}

fn wallet_id() -> WalletId {
    WalletId::new(&CustomerId::from_number(42), Currency::CNY)
}

fn withdrawal_id(index: usize) -> WithdrawalId {
    format!("0199f0a4-7d5e-7c3b-9a63-{index:012x}").parse().unwrap()
}

#[derive(Debug, Clone)]
enum Step {
    /// Requested, approved and prepared.
    Prepare,
    /// A process takes it upon itself to send.
    Begin(usize),
    /// Its order gets to the bank, if it was told to send; the bank may pay, and the answer may get lost.
    Deliver {
        process: usize,
        pays: bool,
        answered: bool,
    },
    /// A process dies with whatever it was about to do.
    Die(usize),
    /// Somebody finds it in `sending` for too long.
    Interrupted,
    /// The bank is asked, and tells the truth.
    Ask,
    /// Somebody says something that need not be true.
    Lie {
        status: AnsweredStatus,
        payout: bool,
        amount: bool,
    },
    /// A person says what became of it.
    Succeed,
    Fail,
    Return,
}

fn any_step() -> impl Strategy<Value = (usize, Step)> {
    let process = || 0..PROCESSES;
    let status = prop::sample::select(AnsweredStatus::ALL.to_vec());
    let step = prop_oneof![
        3 => Just(Step::Prepare),
        5 => process().prop_map(Step::Begin),
        5 => (process(), any::<bool>(), any::<bool>())
            .prop_map(|(process, pays, answered)| Step::Deliver { process, pays, answered }),
        1 => process().prop_map(Step::Die),
        2 => Just(Step::Interrupted),
        4 => Just(Step::Ask),
        2 => (status, any::<bool>(), any::<bool>())
            .prop_map(|(status, payout, amount)| Step::Lie { status, payout, amount }),
        1 => Just(Step::Succeed),
        1 => Just(Step::Fail),
        1 => Just(Step::Return),
    ];
    (0..WITHDRAWALS, step)
}

/// One withdrawal with its payout, and who was told to send it and has not yet.
#[derive(Debug, Clone, Default)]
struct Paper {
    withdrawal: Withdrawal,
    payout: Payout,
    told: BTreeSet<usize>,
}

#[derive(Debug, Clone, Default)]
struct World {
    wallet: Wallet,
    papers: Vec<Paper>,
    /// How often the bank was given each order, and what it did with it.
    orders: BTreeMap<usize, (usize, AnsweredStatus)>,
    events: Vec<BookEvent>,
}

fn decide<A: EventSourced>(
    aggregate: &mut A,
    command: A::Command,
    events: &mut Vec<BookEvent>,
) -> Result<usize, Refusal> {
    let decided = aggregate.decide(command).map_err(Into::into)?;
    for event in &decided {
        aggregate.evolve(event).unwrap();
    }
    let count = decided.len();
    events.extend(decided.into_iter().map(Into::into));
    Ok(count)
}

impl World {
    fn new() -> Self {
        let mut world = Self { papers: vec![Paper::default(); WITHDRAWALS], ..Self::default() };
        let deposit = WalletCommand::RecordDeposit {
            wallet: wallet_id(),
            amount: Money::parse("100.00", Currency::CNY).unwrap(),
            reference: "R-1".parse().unwrap(),
            method: DepositMethod::BankTransfer,
            effective_date: today(),
            remark: None,
            today: today(),
        };
        decide(&mut world.wallet, deposit, &mut world.events).unwrap();
        world
    }

    /// All of it or nothing, as the lane does.
    fn take(&mut self, index: usize, step: &Step) {
        let before = self.clone();
        if self.try_take(index, step).is_err() {
            *self = before;
        }
    }

    fn try_take(&mut self, index: usize, step: &Step) -> Result<(), Refusal> {
        match step {
            Step::Prepare => self.prepare(index),
            Step::Begin(process) => {
                let paper = &mut self.papers[index];
                decide(&mut paper.payout, PayoutCommand::BeginSending, &mut self.events)?;
                paper.told.insert(*process);
                Ok(())
            }
            Step::Deliver { process, pays, answered } => {
                if !self.papers[index].told.remove(process) {
                    return Ok(());
                }
                let status = if *pays { AnsweredStatus::Succeeded } else { AnsweredStatus::Failed };
                self.orders.entry(index).or_insert((0, status)).0 += 1;
                let heard = if *answered {
                    Heard::Answer(answer(index, status))
                } else {
                    Heard::Nothing(UnknownCause::BrokenOff)
                };
                self.hear(index, heard)
            }
            Step::Die(process) => {
                for paper in &mut self.papers {
                    paper.told.remove(process);
                }
                Ok(())
            }
            Step::Interrupted if self.papers[index].payout.state() == Some(PayoutState::Sending) => {
                self.hear(index, Heard::Nothing(UnknownCause::Interrupted))
            }
            Step::Interrupted => Ok(()),
            Step::Ask => match self.orders.get(&index) {
                Some((_, status)) => self.hear(index, Heard::Answer(answer(index, *status))),
                None => self.hear(index, Heard::NotFound),
            },
            Step::Lie { status, payout, amount } => {
                let other = PayoutId::of(&withdrawal_id(99));
                let truth = answer(index, *status);
                self.hear(
                    index,
                    Heard::Answer(PayoutAnswer {
                        payout: if *payout { Some(other) } else { truth.payout.clone() },
                        amount: if *amount { ten().checked_add(ten()).ok() } else { truth.amount },
                        ..truth
                    }),
                )
            }
            Step::Succeed => self.succeed(index, Some(PayoutCommand::Succeed { paid_date: today() })),
            Step::Fail => self.fail(index, Some(PayoutCommand::Fail { reason: "no".parse().unwrap() })),
            Step::Return => {
                let reason = "no".parse().unwrap();
                self.come_back(index, Some(PayoutCommand::Return { reason, returned_date: today() }))
            }
        }
    }

    fn prepare(&mut self, index: usize) -> Result<(), Refusal> {
        let (withdrawal, wallet) = (withdrawal_id(index), wallet_id());
        let destination: tallybook_domain::deposits::Destination =
            serde_json::from_str(r#"{"account_name":"李雷","account_number":"6222021234567890123"}"#)
                .unwrap();
        let request = WithdrawalCommand::Request {
            withdrawal: withdrawal.clone(),
            wallet: wallet.clone(),
            amount: ten(),
            reference: "W-1".parse().unwrap(),
            destination: destination.clone(),
            requested_by: "user:han".parse().unwrap(),
        };
        let (effective_date, channel_reference) = (today(), None);
        let (paper, events) = (&mut self.papers[index], &mut self.events);
        decide(&mut paper.withdrawal, request, events)?;
        let hold =
            WalletCommand::Hold { wallet: wallet.clone(), withdrawal: withdrawal.clone(), amount: ten() };
        decide(&mut self.wallet, hold, events)?;
        let approve =
            WithdrawalCommand::Approve { withdrawal: withdrawal.clone(), by: "user:mei".parse().unwrap() };
        decide(&mut paper.withdrawal, approve, events)?;
        let submit = WithdrawalCommand::Submit {
            withdrawal: withdrawal.clone(),
            channel_reference,
            effective_date,
            today: today(),
        };
        decide(&mut paper.withdrawal, submit, events)?;
        let order = Prepared {
            payout: PayoutId::of(&withdrawal),
            withdrawal,
            wallet,
            amount: ten(),
            reference: "W-1".parse().unwrap(),
            destination,
            adapter: PayoutAdapterKind::Http,
            batch: None,
            submitted_date: today(),
        };
        decide(&mut paper.payout, PayoutCommand::Prepare(order), events)?;
        Ok(())
    }

    /// As the use case does: what the payout makes of it, the withdrawal and the wallet do too.
    fn hear(&mut self, index: usize, heard: Heard) -> Result<(), Refusal> {
        let before = self.papers[index].payout.state();
        let hear = PayoutCommand::Hear { heard, today: today() };
        decide(&mut self.papers[index].payout, hear, &mut self.events)?;
        let after = self.papers[index].payout.state();
        if before == after {
            return Ok(());
        }
        match after {
            Some(PayoutState::Succeeded) => self.succeed(index, None),
            Some(PayoutState::Failed) => self.fail(index, None),
            Some(PayoutState::Returned) => {
                if before != Some(PayoutState::Succeeded) {
                    self.succeed(index, None)?;
                }
                self.come_back(index, None)
            }
            Some(
                PayoutState::Prepared
                | PayoutState::Sending
                | PayoutState::Unknown
                | PayoutState::Accepted
                | PayoutState::Doubted,
            )
            | None => Ok(()),
        }
    }

    fn said(&mut self, index: usize, said: Option<PayoutCommand>) -> Result<(), Refusal> {
        if let Some(said) = said {
            decide(&mut self.papers[index].payout, said, &mut self.events)?;
        }
        Ok(())
    }

    fn succeed(&mut self, index: usize, said: Option<PayoutCommand>) -> Result<(), Refusal> {
        let (withdrawal, effective_date) = (withdrawal_id(index), today());
        let step =
            WithdrawalCommand::Succeed { withdrawal: withdrawal.clone(), effective_date, today: today() };
        if decide(&mut self.papers[index].withdrawal, step, &mut self.events)? > 0 {
            self.said(index, said)?;
            let pay_out = WalletCommand::PayOut { withdrawal, effective_date };
            decide(&mut self.wallet, pay_out, &mut self.events)?;
        }
        Ok(())
    }

    fn fail(&mut self, index: usize, said: Option<PayoutCommand>) -> Result<(), Refusal> {
        let (withdrawal, effective_date, reason) = (withdrawal_id(index), today(), "no".parse().unwrap());
        let step = WithdrawalCommand::Fail {
            withdrawal: withdrawal.clone(),
            reason,
            effective_date,
            today: today(),
        };
        if decide(&mut self.papers[index].withdrawal, step, &mut self.events)? > 0 {
            self.said(index, said)?;
            decide(&mut self.wallet, WalletCommand::ReleaseHold { withdrawal }, &mut self.events)?;
        }
        Ok(())
    }

    fn come_back(&mut self, index: usize, said: Option<PayoutCommand>) -> Result<(), Refusal> {
        let (withdrawal, effective_date, reason) = (withdrawal_id(index), today(), "no".parse().unwrap());
        let step = WithdrawalCommand::Return {
            withdrawal: withdrawal.clone(),
            reason,
            effective_date,
            today: today(),
        };
        if decide(&mut self.papers[index].withdrawal, step, &mut self.events)? > 0 {
            self.said(index, said)?;
            let credit = WalletCommand::CreditReturn {
                wallet: wallet_id(),
                withdrawal,
                amount: ten(),
                effective_date,
            };
            decide(&mut self.wallet, credit, &mut self.events)?;
        }
        Ok(())
    }

    fn check(&self) {
        for (index, (posts, _)) in &self.orders {
            assert_eq!(*posts, 1, "order {index} was given to the bank more than once");
        }
        for (index, paper) in self.papers.iter().enumerate() {
            let id = PayoutId::of(&withdrawal_id(index));
            let began = self.events.iter().filter(|event| {
                matches!(Payout::pick(event), Some(PayoutEvent::PayoutSendingBegan { payout }) if *payout == id)
            });
            assert!(began.count() <= 1, "sending {id} began more than once");
            // The two papers tell the same.
            let expected = paper.payout.state().map(|state| match state {
                PayoutState::Succeeded => WithdrawalState::Succeeded,
                PayoutState::Failed => WithdrawalState::Failed,
                PayoutState::Returned => WithdrawalState::Returned,
                PayoutState::Prepared
                | PayoutState::Sending
                | PayoutState::Unknown
                | PayoutState::Accepted
                | PayoutState::Doubted => WithdrawalState::Submitted,
            });
            assert_eq!(paper.withdrawal.state(), expected, "{id}");
        }
        let is_open = |paper: &&Paper| paper.withdrawal.state() == Some(WithdrawalState::Submitted);
        let held = sum(self.papers.iter().filter(is_open).count());
        assert_eq!(self.wallet.held(Currency::CNY), held, "held = Σ open withdrawals");
        let gone = self
            .papers
            .iter()
            .filter(|paper| paper.withdrawal.state() == Some(WithdrawalState::Succeeded))
            .count();
        assert_eq!(self.wallet.balance(Currency::CNY), sum(10 - gone), "what has gone has gone once");
    }
}

fn sum(times: usize) -> Money {
    (0..times).fold(Money::zero(Currency::CNY), |sum, _| sum.checked_add(ten()).unwrap())
}

fn answer(index: usize, status: AnsweredStatus) -> PayoutAnswer {
    PayoutAnswer {
        payout: Some(PayoutId::of(&withdrawal_id(index))),
        amount: Some(ten()),
        status,
        bank_reference: None,
        reason: None,
        paid_date: None,
    }
}

proptest! {
    #[test]
    fn nothing_is_paid_out_twice_and_what_is_held_is_what_is_open(
        steps in prop::collection::vec(any_step(), 1..80)
    ) {
        let mut world = World::new();
        for (index, step) in &steps {
            world.take(*index, step);
            world.check();
        }
    }
}

/// The random histories are worth something only if they reach every event.
#[test]
fn random_histories_reach_every_state() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..200 {
        let steps = prop::collection::vec(any_step(), 80).new_tree(&mut runner).unwrap().current();
        let mut world = World::new();
        for (index, step) in &steps {
            world.take(*index, step);
        }
        seen.extend(world.events.iter().map(BookEvent::event_type));
    }
    for kind in PayoutEvent::KINDS.iter().filter(|kind| kind.name != "PayoutDoubtResolved") {
        assert!(seen.contains(kind.name), "{}", kind.name);
    }
}
