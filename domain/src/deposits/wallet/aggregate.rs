//! The wallet's rules: money comes in, is set aside, leaves and comes back, and is never spent twice.
//!
//! Must never remember its deposits one by one: its state grows with the holds that are open and with the deposits
//! that were reversed, not with its history.

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::funds::{Broken, Funds};
use super::{DepositFacts, WalletCommand, WalletEvent, WalletRefusal};
use crate::dates::{check_effective, check_follows};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ids::{WalletId, WithdrawalId};
use crate::money::{Currency, Money, MoneyError};
use crate::text::Reason;

/// A wallet; by default one into which nothing has come yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wallet {
    funds: Option<Funds>,
}

impl Wallet {
    /// Whether anything has come into it ever.
    pub fn is_opened(&self) -> bool {
        self.funds.is_some()
    }

    /// What is in the wallet, held money included. A wallet without events holds nothing in any currency.
    pub fn balance(&self, currency: Currency) -> Money {
        self.funds.as_ref().map_or(Money::zero(currency), |funds| funds.balance)
    }

    /// What of the balance is set aside for withdrawals.
    pub fn held(&self, currency: Currency) -> Money {
        self.funds.as_ref().map_or(Money::zero(currency), |funds| funds.held)
    }

    /// Balance less held.
    pub fn available(&self, currency: Currency) -> Money {
        self.funds.as_ref().map_or(Money::zero(currency), Funds::available)
    }

    /// The withdrawals for which money is set aside.
    pub fn open_holds(&self) -> impl Iterator<Item = (&WithdrawalId, Money)> {
        self.funds.iter().flat_map(Funds::open_holds)
    }

    fn check_credit(&self, wallet: &WalletId, amount: Money) -> Result<(), WalletRefusal> {
        check_amount(wallet, amount)?;
        self.balance(amount.currency()).checked_add(amount)?;
        Ok(())
    }

    /// A second reversal is a retry of the first, whose date and reason stand: it decides nothing.
    fn reverse(
        &self,
        deposit: DepositFacts,
        reason: Reason,
        effective_date: NaiveDate,
        today: NaiveDate,
    ) -> Result<Option<WalletEvent>, WalletRefusal> {
        let DepositFacts { deposit, amount, reference, method, effective_date: deposited_date } = deposit;
        let wallet = deposit.wallet();
        let Some(funds) = self.funds.as_ref().filter(|funds| funds.wallet == wallet) else {
            return Err(WalletRefusal::DepositNotFound { deposit });
        };
        if funds.is_reversed(deposit.entry()) {
            return Ok(None);
        }
        check_follows(effective_date, deposited_date, today)?;
        let available = funds.available();
        if !available.covers(amount)? {
            return Err(WalletRefusal::ReversalWouldOverdraw { available, requested: amount });
        }
        Ok(Some(WalletEvent::DepositReversed {
            wallet,
            deposit,
            amount,
            reference,
            method,
            deposited_date,
            effective_date,
            reason,
        }))
    }

    fn hold(
        &self,
        wallet: WalletId,
        withdrawal: WithdrawalId,
        amount: Money,
    ) -> Result<WalletEvent, WalletRefusal> {
        check_amount(&wallet, amount)?;
        if self.held_for(&withdrawal).is_ok() {
            return Err(WalletRefusal::AlreadyHeld { withdrawal });
        }
        self.check_available(amount)?;
        Ok(WalletEvent::FundsHeld { wallet, withdrawal, amount })
    }

    /// What is set aside or not there cannot be spent.
    fn check_available(&self, amount: Money) -> Result<(), WalletRefusal> {
        let available = self.available(amount.currency());
        if available.covers(amount)? {
            Ok(())
        } else {
            Err(WalletRefusal::InsufficientFunds { available, requested: amount })
        }
    }

    fn held_for(&self, withdrawal: &WithdrawalId) -> Result<(WalletId, Money), WalletRefusal> {
        self.funds
            .as_ref()
            .and_then(|funds| Some((funds.wallet.clone(), funds.hold(withdrawal)?)))
            .ok_or_else(|| WalletRefusal::HoldNotFound { withdrawal: withdrawal.clone() })
    }
}

fn check_amount(wallet: &WalletId, amount: Money) -> Result<(), WalletRefusal> {
    let (expected, given) = (wallet.currency(), amount.currency());
    if expected != given {
        return Err(MoneyError::CurrencyMismatch { expected, given }.into());
    }
    if !amount.is_positive() {
        return Err(WalletRefusal::AmountNotPositive { amount });
    }
    Ok(())
}

impl EventSourced for Wallet {
    fn decide(&self, command: WalletCommand) -> Result<Vec<WalletEvent>, WalletRefusal> {
        let event = match command {
            WalletCommand::RecordDeposit {
                wallet,
                amount,
                reference,
                method,
                effective_date,
                remark,
                today,
            } => {
                self.check_credit(&wallet, amount)?;
                check_effective(effective_date, today)?;
                WalletEvent::DepositRecorded { wallet, amount, reference, method, effective_date, remark }
            }
            WalletCommand::ReverseDeposit { deposit, reason, effective_date, today } => {
                return Ok(self.reverse(deposit, reason, effective_date, today)?.into_iter().collect());
            }
            WalletCommand::Hold { wallet, withdrawal, amount } => self.hold(wallet, withdrawal, amount)?,
            WalletCommand::ReleaseHold { withdrawal } => {
                let (wallet, amount) = self.held_for(&withdrawal)?;
                WalletEvent::HoldReleased { wallet, withdrawal, amount }
            }
            WalletCommand::PayOut { withdrawal, effective_date } => {
                let (wallet, amount) = self.held_for(&withdrawal)?;
                WalletEvent::HoldPaidOut { wallet, withdrawal, amount, effective_date }
            }
            WalletCommand::CreditReturn { wallet, withdrawal, amount, effective_date } => {
                self.check_credit(&wallet, amount)?;
                WalletEvent::ReturnCredited { wallet, withdrawal, amount, effective_date }
            }
            WalletCommand::PayBill { wallet, bill, amount, effective_date } => {
                check_amount(&wallet, amount)?;
                self.check_available(amount)?;
                WalletEvent::BillPaid { wallet, bill, amount, effective_date }
            }
            WalletCommand::ReturnBillPayment { wallet, bill, amount, effective_date } => {
                self.check_credit(&wallet, amount)?;
                WalletEvent::BillPaymentReturned { wallet, bill, amount, effective_date }
            }
            WalletCommand::Apply { wallet, write_off, leg, bill, amount, effective_date } => {
                check_amount(&wallet, amount)?;
                self.check_available(amount)?;
                WalletEvent::FundsApplied { wallet, write_off, leg, bill, amount, effective_date }
            }
            WalletCommand::Free { wallet, write_off, leg, bill, amount, effective_date } => {
                self.check_credit(&wallet, amount)?;
                WalletEvent::FundsFreed { wallet, write_off, leg, bill, amount, effective_date }
            }
            WalletCommand::CreditAdvance { wallet, receipt, amount, effective_date } => {
                self.check_credit(&wallet, amount)?;
                WalletEvent::AdvanceCredited { wallet, receipt, amount, effective_date }
            }
            WalletCommand::ReturnAdvance { wallet, receipt, amount, effective_date } => {
                check_amount(&wallet, amount)?;
                self.check_available(amount)?;
                WalletEvent::AdvanceReturned { wallet, receipt, amount, effective_date }
            }
            WalletCommand::PayOrder { wallet, order, amount, effective_date } => {
                check_amount(&wallet, amount)?;
                self.check_available(amount)?;
                WalletEvent::OrderPaymentTaken { wallet, order, amount, effective_date }
            }
            WalletCommand::CreditOrderRefund { wallet, order, refund, amount, effective_date } => {
                self.check_credit(&wallet, amount)?;
                WalletEvent::OrderRefundCredited { wallet, order, refund, amount, effective_date }
            }
        };
        Ok(vec![event])
    }

    fn evolve(&mut self, event: &WalletEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: &dyn std::fmt::Display| {
            CorruptStream::new(Self::TYPE, format!("{} of {}: {detail}", event.kind().name, event.wallet()))
        };
        let funds = self.funds.get_or_insert_with(|| Funds::none(event.wallet()));
        if funds.wallet != *event.wallet() {
            return Err(corrupt(&format_args!("the stream is that of {}", funds.wallet)));
        }
        if !event.amount().is_positive() {
            return Err(corrupt(&"the amount is not positive"));
        }
        take_in(funds, event).map_err(|broken| corrupt(&broken))
    }

    fn pick(event: &BookEvent) -> Option<&WalletEvent> {
        match event {
            BookEvent::Wallet(event) => Some(event),
            BookEvent::Customer(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Billing(_) => None,
        }
    }
}

fn take_in(funds: &mut Funds, event: &WalletEvent) -> Result<(), Broken> {
    match event {
        WalletEvent::DepositRecorded { amount, .. }
        | WalletEvent::ReturnCredited { amount, .. }
        | WalletEvent::BillPaymentReturned { amount, .. }
        | WalletEvent::OrderRefundCredited { amount, .. }
        | WalletEvent::FundsFreed { amount, .. }
        | WalletEvent::AdvanceCredited { amount, .. } => funds.credit(*amount),
        WalletEvent::DepositReversed { deposit, amount, .. } => funds.reverse(deposit.entry(), *amount),
        WalletEvent::FundsHeld { withdrawal, amount, .. } => funds.set_aside(withdrawal, *amount),
        WalletEvent::HoldReleased { withdrawal, amount, .. } => funds.release(withdrawal, *amount),
        WalletEvent::HoldPaidOut { withdrawal, amount, .. } => funds.pay_out(withdrawal, *amount),
        WalletEvent::BillPaid { amount, .. }
        | WalletEvent::OrderPaymentTaken { amount, .. }
        | WalletEvent::FundsApplied { amount, .. }
        | WalletEvent::AdvanceReturned { amount, .. } => funds.debit(*amount),
    }
}

impl Aggregate for Wallet {
    const TYPE: &'static str = "wallet";
    type Command = WalletCommand;
    type Event = WalletEvent;
    type Error = WalletRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: WalletCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), WalletRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: WalletEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
