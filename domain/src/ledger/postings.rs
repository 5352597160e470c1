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
use crate::channels::Channel;
use crate::deposits::{DepositMethod, WalletEvent, WithdrawalEvent};
use crate::event::BookEvent;
use crate::money::{Currency, Money};
use crate::orders::{OrderEvent, OrderRefundEvent, OrdersEvent, PaidWith, PaymentEvent, RefundGround};
use crate::settlement::write_off::{DifferenceReason, Leg, LegSource};
use crate::settlement::{CreditNoteEvent, ReceiptEvent, SettlementEvent};

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
        BookEvent::Customer(_)
        | BookEvent::Period(_)
        | BookEvent::ChannelNotification(_)
        | BookEvent::Risk(_)
        | BookEvent::Approvals(_)
        | BookEvent::Payouts(_) => Vec::new(),
        BookEvent::Wallet(event) => wallet_postings(event),
        BookEvent::Withdrawal(event) => withdrawal_postings(event),
        BookEvent::Billing(event) => billing_postings(event),
        BookEvent::Settlement(event) => settlement_postings(event),
        BookEvent::Orders(event) => orders_postings(event),
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
        // A hold moves nothing between accounts; what leaves or comes back is posted by the withdrawal's event, a payment
        // of a bill, there and back, by the bill's, and what came from a receipt by the receipt's; what paid an order by the
        // order's, and what came back of it by the refund's.
        WalletEvent::FundsHeld { .. }
        | WalletEvent::HoldReleased { .. }
        | WalletEvent::HoldPaidOut { .. }
        | WalletEvent::ReturnCredited { .. }
        | WalletEvent::BillPaid { .. }
        | WalletEvent::OrderPaymentTaken { .. }
        | WalletEvent::BillPaymentReturned { .. }
        | WalletEvent::OrderRefundCredited { .. }
        | WalletEvent::FundsApplied { .. }
        | WalletEvent::FundsFreed { .. }
        | WalletEvent::AdvanceCredited { .. }
        | WalletEvent::AdvanceReturned { .. } => Vec::new(),
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
        | BillingEvent::UsageQuarantine(_)
        | BillingEvent::CreditAlert(_)
        | BillingEvent::PendingOrders(_) => Vec::new(),
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
        BillEvent::BillApplied { leg, .. } => entry(paid_with(leg), Receivables, leg.amount),
        BillEvent::BillReopened { leg, .. } => entry(Receivables, paid_with(leg), leg.amount),
        BillEvent::BillDrafted { .. }
        | BillEvent::BillVoided { owed: None, .. }
        | BillEvent::BillDisputeOpened { .. }
        | BillEvent::BillDisputeClosed { .. }
        | BillEvent::BadDebtRequested { .. }
        | BillEvent::BadDebtRejected { .. } => Vec::new(),
    }
}

/// What pays a leg of a write-off: the account it lay in, or the one that says why nothing was paid.
fn paid_with(leg: &Leg) -> AccountCode {
    match leg.source {
        LegSource::Receipt(_) | LegSource::CreditNote(_) => AccountCode::CustomerAdvances,
        LegSource::Wallet(_) => AccountCode::CustomerWallets,
        LegSource::Difference(DifferenceReason::BadDebt) => AccountCode::BadDebtLosses,
        LegSource::Difference(
            DifferenceReason::BankFee
            | DifferenceReason::Rounding
            | DifferenceReason::Discount
            | DifferenceReason::Fx,
        ) => AccountCode::FinancialExpenses,
    }
}

/// What a leg of a write-off takes and gives back is posted by its bill, so that the bill says all that is owed of it.
fn settlement_postings(event: &SettlementEvent) -> Vec<Posting> {
    match event {
        SettlementEvent::Receipt(event) => receipt_postings(event),
        SettlementEvent::CreditNote(CreditNoteEvent::CreditGranted { amounts, .. }) => {
            credit(*amounts, (Side::Debit, Side::Credit))
        }
        SettlementEvent::CreditNote(CreditNoteEvent::CreditReversed { amounts, .. }) => {
            credit(*amounts, (Side::Credit, Side::Debit))
        }
        SettlementEvent::CreditNote(
            CreditNoteEvent::CreditProposed { .. }
            | CreditNoteEvent::CreditRejected { .. }
            | CreditNoteEvent::CreditApplied { .. }
            | CreditNoteEvent::CreditFreed { .. },
        )
        | SettlementEvent::WriteOff(_)
        | SettlementEvent::MatchingRules(_)
        | SettlementEvent::Statement(_) => Vec::new(),
    }
}

/// Money that came in is the customer's advance, or waits until somebody has said whose it is.
fn receipt_postings(event: &ReceiptEvent) -> Vec<Posting> {
    use AccountCode::{BankDeposits, CustomerAdvances, CustomerWallets, UnidentifiedReceipts};

    let owed_to = |known: bool| if known { CustomerAdvances } else { UnidentifiedReceipts };
    match event {
        ReceiptEvent::ReceiptRecorded { amount, method, customer, .. } => {
            entry(received_in(*method), owed_to(customer.is_some()), *amount)
        }
        ReceiptEvent::ReceiptReversed { amount, method, customer, .. } => {
            entry(owed_to(customer.is_some()), received_in(*method), *amount)
        }
        ReceiptEvent::ReceiptIdentified { amount, .. } => {
            entry(UnidentifiedReceipts, CustomerAdvances, *amount)
        }
        ReceiptEvent::AdvanceMovedToWallet { amount, .. } => {
            entry(CustomerAdvances, CustomerWallets, *amount)
        }
        // Paid back by bank, as a withdrawal is, whichever way it had come in.
        ReceiptEvent::AdvanceRefunded { amount, .. } => entry(CustomerAdvances, BankDeposits, *amount),
        ReceiptEvent::AdvanceMovedBack { amount, .. } => entry(CustomerWallets, CustomerAdvances, *amount),
        ReceiptEvent::AdvanceRefundReturned { amount, .. } => entry(BankDeposits, CustomerAdvances, *amount),
        ReceiptEvent::ReceiptApplied { .. }
        | ReceiptEvent::ReceiptFreed { .. }
        | ReceiptEvent::AdvanceRefundRequested { .. }
        | ReceiptEvent::AdvanceRefundRejected { .. } => Vec::new(),
    }
}

/// What is bound to no bill takes back no line's revenue: it is what keeping a customer costs.
fn credit(amounts: Amounts, (cost, owed): (Side, Side)) -> Vec<Posting> {
    let postings = [
        Posting { account: AccountCode::CustomerAdvances, side: owed, amount: amounts.total },
        Posting { account: AccountCode::TaxesPayable, side: cost, amount: amounts.tax },
        Posting { account: AccountCode::SellingExpenses, side: cost, amount: amounts.subtotal },
    ];
    postings.into_iter().filter(|posting| !posting.amount.is_zero()).collect()
}

fn orders_postings(event: &OrdersEvent) -> Vec<Posting> {
    match event {
        OrdersEvent::Order(event) => order_postings(event),
        OrdersEvent::Payment(event) => payment_postings(event),
        OrdersEvent::Refund(event) => refund_postings(event),
    }
}

/// Money lies at the channel until the company fetches it, less what the channel keeps. What is not an order's is owed to
/// whoever paid.
fn payment_postings(event: &PaymentEvent) -> Vec<Posting> {
    use AccountCode::{ContractLiabilities, FinancialExpenses, RefundsDue};

    match event {
        PaymentEvent::PaymentSucceeded { channel, amount, .. } => {
            entry(lies_at(*channel), ContractLiabilities, *amount)
        }
        PaymentEvent::ExcessPaymentReceived { channel, amount, .. } => {
            entry(lies_at(*channel), RefundsDue, *amount)
        }
        PaymentEvent::PaymentFeeCharged { channel, amount, .. } => {
            entry(FinancialExpenses, lies_at(*channel), *amount)
        }
        // What a refund moves is posted by the refund.
        PaymentEvent::PaymentBegun { .. }
        | PaymentEvent::PaymentToldEarly { .. }
        | PaymentEvent::PaymentClosed { .. }
        | PaymentEvent::PaymentDoubted { .. }
        | PaymentEvent::PaymentExceptionsResolved { .. }
        | PaymentEvent::PaymentRefundSubmitted { .. }
        | PaymentEvent::PaymentRefunded { .. }
        | PaymentEvent::PaymentRefundReleased { .. } => Vec::new(),
    }
}

fn refund_postings(event: &OrderRefundEvent) -> Vec<Posting> {
    match event {
        OrderRefundEvent::RefundSucceeded { ground, back_to, amount, .. } => {
            let owed = match ground {
                RefundGround::Order => AccountCode::ContractLiabilities,
                RefundGround::Excess => AccountCode::RefundsDue,
            };
            let paid_from = match back_to {
                PaidWith::Wallet { .. } => AccountCode::CustomerWallets,
                PaidWith::Channel { channel, .. } => lies_at(*channel),
            };
            entry(owed, paid_from, *amount)
        }
        OrderRefundEvent::RefundRequested { .. }
        | OrderRefundEvent::ExcessRefundDue { .. }
        | OrderRefundEvent::RefundApproved { .. }
        | OrderRefundEvent::RefundRejected { .. }
        | OrderRefundEvent::RefundSubmitted { .. }
        | OrderRefundEvent::RefundFailed { .. }
        | OrderRefundEvent::RefundFoundAbnormal { .. } => Vec::new(),
    }
}

/// The account of what lies at a channel.
fn lies_at(channel: Channel) -> AccountCode {
    match channel {
        Channel::WechatPay => AccountCode::WechatPay,
        Channel::Alipay => AccountCode::Alipay,
    }
}

/// What was paid beforehand is owed to the customer until the order is completed, whoever has the goods meanwhile. What
/// came in by a channel is posted by the payment.
fn order_postings(event: &OrderEvent) -> Vec<Posting> {
    use AccountCode::{ContractLiabilities, CustomerWallets};

    match event {
        OrderEvent::OrderPaid { paid_with: PaidWith::Wallet { .. }, amount, .. } => {
            entry(CustomerWallets, ContractLiabilities, *amount)
        }
        OrderEvent::OrderCompleted { amounts, .. } => earned(ContractLiabilities, *amounts, Side::Debit),
        // What a refund moves is posted by the refund; what is no longer earned is owed for it.
        OrderEvent::OrderRefunded { earned: Some(amounts), .. } => {
            earned(ContractLiabilities, *amounts, Side::Credit)
        }
        OrderEvent::OrderPaid { paid_with: PaidWith::Channel { .. }, .. }
        | OrderEvent::OrderPlaced { .. }
        | OrderEvent::OrderShipped { .. }
        | OrderEvent::OrderReceived { .. }
        | OrderEvent::OrderCancelled { .. }
        | OrderEvent::OrderRefundRequested { .. }
        | OrderEvent::OrderRefunded { earned: None, .. }
        | OrderEvent::OrderRefundReleased { .. }
        | OrderEvent::OrderClosed { .. } => Vec::new(),
    }
}

/// Receivables on one side, revenue and tax on the other; a bill over nothing posts nothing.
fn owed(amounts: Amounts, receivables: Side) -> Vec<Posting> {
    earned(AccountCode::Receivables, amounts, receivables)
}

/// Revenue and tax on one side, and on the other what they come from.
fn earned(from: AccountCode, amounts: Amounts, side: Side) -> Vec<Posting> {
    let revenue = match side {
        Side::Debit => Side::Credit,
        Side::Credit => Side::Debit,
    };
    let postings = [
        Posting { account: from, side, amount: amounts.total },
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
        BookEvent::Customer(_)
        | BookEvent::Period(_)
        | BookEvent::ChannelNotification(_)
        | BookEvent::Payouts(_)
        | BookEvent::Risk(_)
        | BookEvent::Approvals(_) => None,
        BookEvent::Orders(event) => match event {
            OrdersEvent::Order(event) => event.effective_date(),
            OrdersEvent::Payment(event) => event.effective_date(),
            OrdersEvent::Refund(event) => event.effective_date(),
        },
        BookEvent::Billing(event) => match event {
            BillingEvent::Numbers(_)
            | BillingEvent::Usage(_)
            | BillingEvent::PricePlan(_)
            | BillingEvent::Subscription(_)
            | BillingEvent::Run(_)
            | BillingEvent::Reminder(_)
            | BillingEvent::UsageSource(_)
            | BillingEvent::UsageQuarantine(_)
            | BillingEvent::CreditAlert(_)
            | BillingEvent::PendingOrders(_) => None,
            BillingEvent::Bill(event) => event.effective_date(),
        },
        BookEvent::Settlement(event) => match event {
            SettlementEvent::Receipt(event) => event.effective_date(),
            SettlementEvent::CreditNote(event) => event.effective_date(),
            SettlementEvent::WriteOff(event) => event.effective_date(),
            SettlementEvent::MatchingRules(_) | SettlementEvent::Statement(_) => None,
        },
        BookEvent::Wallet(event) => match event {
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
            | WalletEvent::AdvanceReturned { effective_date, .. } => Some(*effective_date),
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
