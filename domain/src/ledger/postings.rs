//! From an event to its postings: the one function, without exceptions elsewhere.
//!
//! What the company owes its customers is in 2241.01 until a payment order is given, then in 2241.02 until the bank
//! has paid, so at any moment the sum of all wallet balances is the credit balance of the two together.
//!
//! "At any moment" means in the order of recording, in which no wallet goes below zero. By business date a balance can
//! be negative for a while: a withdrawal may be recorded after the deposit it takes from, and dated before it.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::AccountCode;
use crate::billing::bill::Amounts;
use crate::billing::{BillEvent, BillingEvent};
use crate::deposits::{DepositMethod, WalletEvent, WithdrawalEvent};
use crate::event::BookEvent;
use crate::money::{Currency, Money};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Debit,
    Credit,
}

/// One side of an entry. The amount is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    pub account: AccountCode,
    pub side: Side,
    pub amount: Money,
}

/// What an event posts; nothing if no money moves between accounts.
pub fn postings(event: &BookEvent) -> Vec<Posting> {
    match event {
        BookEvent::Customer(_) | BookEvent::Period(_) => Vec::new(),
        BookEvent::Wallet(event) => wallet_postings(event),
        BookEvent::Withdrawal(event) => withdrawal_postings(event),
        BookEvent::Billing(event) => billing_postings(event),
    }
}

fn wallet_postings(event: &WalletEvent) -> Vec<Posting> {
    match event {
        WalletEvent::DepositRecorded { amount, method, .. } => {
            entry(received_in(*method), AccountCode::CustomerWallets, *amount)
        }
        WalletEvent::DepositReversed { amount, method, .. } => {
            entry(AccountCode::CustomerWallets, received_in(*method), *amount)
        }
        // A hold moves nothing between accounts; what leaves or comes back is posted by the withdrawal's event, and a
        // payment of a bill, there and back, by the bill's.
        WalletEvent::FundsHeld { .. }
        | WalletEvent::HoldReleased { .. }
        | WalletEvent::HoldPaidOut { .. }
        | WalletEvent::ReturnCredited { .. }
        | WalletEvent::BillPaid { .. }
        | WalletEvent::BillPaymentReturned { .. } => Vec::new(),
    }
}

/// Money goes out by bank (1002) whichever way it had come in: the destination of a withdrawal is a bank account. What
/// lies in 1012 or 1001 gets to the bank by a transfer of the company's own.
fn withdrawal_postings(event: &WithdrawalEvent) -> Vec<Posting> {
    use AccountCode::{BankDeposits, CustomerWallets, WithdrawalsInTransit};

    match event {
        WithdrawalEvent::WithdrawalRequested { .. }
        | WithdrawalEvent::WithdrawalApproved { .. }
        | WithdrawalEvent::WithdrawalRejected { .. }
        | WithdrawalEvent::WithdrawalCancelled { .. } => Vec::new(),
        WithdrawalEvent::WithdrawalSubmitted { amount, .. } => {
            entry(CustomerWallets, WithdrawalsInTransit, *amount)
        }
        WithdrawalEvent::WithdrawalSucceeded { amount, .. } => {
            entry(WithdrawalsInTransit, BankDeposits, *amount)
        }
        WithdrawalEvent::WithdrawalFailed { amount, .. } => {
            entry(WithdrawalsInTransit, CustomerWallets, *amount)
        }
        WithdrawalEvent::WithdrawalReturned { amount, .. } => entry(BankDeposits, CustomerWallets, *amount),
    }
}

fn billing_postings(event: &BillingEvent) -> Vec<Posting> {
    match event {
        BillingEvent::Numbers(_)
        | BillingEvent::Usage(_)
        | BillingEvent::PricePlan(_)
        | BillingEvent::Subscription(_)
        | BillingEvent::Run(_)
        | BillingEvent::Reminder(_)
        | BillingEvent::UsageSource(_)
        | BillingEvent::UsageQuarantine(_) => Vec::new(),
        BillingEvent::Bill(event) => bill_postings(event),
    }
}

/// What customers owe is revenue and tax from the issue on, and no longer once it is taken back, paid or given up.
fn bill_postings(event: &BillEvent) -> Vec<Posting> {
    use AccountCode::{BadDebtLosses, CustomerWallets, Receivables};

    match event {
        BillEvent::BillIssued { amounts, .. } | BillEvent::DebitNoteIssued { amounts, .. } => {
            owed(*amounts, Side::Debit)
        }
        BillEvent::CreditNoteIssued { amounts, .. } | BillEvent::BillVoided { owed: Some(amounts), .. } => {
            owed(*amounts, Side::Credit)
        }
        BillEvent::BadDebtWrittenOff { amount, .. } => entry(BadDebtLosses, Receivables, *amount),
        BillEvent::BillPaidFromWallet { amount, .. } => entry(CustomerWallets, Receivables, *amount),
        BillEvent::BillPaymentReturnedToWallet { amount, .. } => entry(Receivables, CustomerWallets, *amount),
        BillEvent::BillDrafted { .. }
        | BillEvent::BillVoided { owed: None, .. }
        | BillEvent::BillDisputeOpened { .. }
        | BillEvent::BillDisputeClosed { .. }
        | BillEvent::BadDebtRequested { .. }
        | BillEvent::BadDebtRejected { .. } => Vec::new(),
    }
}

/// Receivables on one side, revenue and tax on the other; a bill over nothing posts nothing.
fn owed(amounts: Amounts, receivables: Side) -> Vec<Posting> {
    let revenue = match receivables {
        Side::Debit => Side::Credit,
        Side::Credit => Side::Debit,
    };
    let postings = [
        Posting { account: AccountCode::Receivables, side: receivables, amount: amounts.total },
        Posting { account: AccountCode::TaxesPayable, side: revenue, amount: amounts.tax },
        Posting { account: AccountCode::Revenue, side: revenue, amount: amounts.subtotal },
    ];
    postings.into_iter().filter(|posting| !posting.amount.is_zero()).collect()
}

fn entry(debit: AccountCode, credit: AccountCode, amount: Money) -> Vec<Posting> {
    vec![
        Posting { account: debit, side: Side::Debit, amount },
        Posting { account: credit, side: Side::Credit, amount },
    ]
}

/// The account in which money that came in this way lies.
fn received_in(method: DepositMethod) -> AccountCode {
    match method {
        DepositMethod::BankTransfer => AccountCode::BankDeposits,
        DepositMethod::WechatPay => AccountCode::WechatPay,
        DepositMethod::Alipay => AccountCode::Alipay,
        DepositMethod::Cash => AccountCode::CashOnHand,
    }
}

/// The business date of an event on which money moves, in the ledger or in a wallet.
pub fn effective_date(event: &BookEvent) -> Option<NaiveDate> {
    match event {
        BookEvent::Customer(_) | BookEvent::Period(_) => None,
        BookEvent::Billing(event) => match event {
            BillingEvent::Numbers(_)
            | BillingEvent::Usage(_)
            | BillingEvent::PricePlan(_)
            | BillingEvent::Subscription(_)
            | BillingEvent::Run(_)
            | BillingEvent::Reminder(_)
            | BillingEvent::UsageSource(_)
            | BillingEvent::UsageQuarantine(_) => None,
            BillingEvent::Bill(event) => event.effective_date(),
        },
        BookEvent::Wallet(event) => match event {
            WalletEvent::DepositRecorded { effective_date, .. }
            | WalletEvent::DepositReversed { effective_date, .. }
            | WalletEvent::HoldPaidOut { effective_date, .. }
            | WalletEvent::ReturnCredited { effective_date, .. }
            | WalletEvent::BillPaid { effective_date, .. }
            | WalletEvent::BillPaymentReturned { effective_date, .. } => Some(*effective_date),
            WalletEvent::FundsHeld { .. } | WalletEvent::HoldReleased { .. } => None,
        },
        BookEvent::Withdrawal(event) => match event {
            WithdrawalEvent::WithdrawalSubmitted { effective_date, .. }
            | WithdrawalEvent::WithdrawalSucceeded { effective_date, .. }
            | WithdrawalEvent::WithdrawalFailed { effective_date, .. }
            | WithdrawalEvent::WithdrawalReturned { effective_date, .. } => Some(*effective_date),
            WithdrawalEvent::WithdrawalRequested { .. }
            | WithdrawalEvent::WithdrawalApproved { .. }
            | WithdrawalEvent::WithdrawalRejected { .. }
            | WithdrawalEvent::WithdrawalCancelled { .. } => None,
        },
    }
}

/// Postings that may not be recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unbalanced {
    #[error("debits of {debits} and credits of {credits} in {currency}")]
    Unequal { currency: Currency, debits: Decimal, credits: Decimal },
    #[error("{amount} on {account} is not positive")]
    NotPositive { account: AccountCode, amount: Money },
    #[error("{account} is a sum of its sub-accounts and takes no postings")]
    Summary { account: AccountCode },
    #[error("the sum in {currency} is too large")]
    TooLarge { currency: Currency },
}

/// Accepts postings whose debits equal their credits in each currency.
pub fn check_balanced(postings: &[Posting]) -> Result<(), Unbalanced> {
    for (index, posting) in postings.iter().enumerate() {
        let Posting { account, amount, .. } = *posting;
        if !amount.is_positive() {
            return Err(Unbalanced::NotPositive { account, amount });
        }
        if account.is_summary() {
            return Err(Unbalanced::Summary { account });
        }
        let currency = amount.currency();
        if postings[..index].iter().any(|earlier| earlier.amount.currency() == currency) {
            continue;
        }
        let debits = total(postings, currency, Side::Debit)?;
        let credits = total(postings, currency, Side::Credit)?;
        if debits != credits {
            return Err(Unbalanced::Unequal { currency, debits, credits });
        }
    }
    Ok(())
}

fn total(postings: &[Posting], currency: Currency, side: Side) -> Result<Decimal, Unbalanced> {
    postings
        .iter()
        .filter(|posting| posting.side == side && posting.amount.currency() == currency)
        .try_fold(Decimal::ZERO, |sum, posting| sum.checked_add(posting.amount.amount()))
        .ok_or(Unbalanced::TooLarge { currency })
}
