//! Events for tests of folds, made by hand: recorded one second apart by `user:tester`.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use tallybook_domain::deposits::{DepositMethod, WalletEvent};
use tallybook_domain::ledger::periods::ACCOUNTING_PERIODS;
use tallybook_domain::settlement::{ReceiptId, WriteOffId};
use tallybook_domain::{
    BookEvent, Currency, CustomerId, DepositId, EventMetadata, Money, RecordedEvent, WalletId, WithdrawalId,
};

use crate::fold::{FoldError, Projection, Share, Tables, fold};

pub(crate) fn at(position: u64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-03-02T01:00:00Z".parse().unwrap();
    start + TimeDelta::seconds(i64::try_from(position).unwrap())
}

/// Gives events their positions and their places in their streams.
pub(crate) fn recorded(events: impl IntoIterator<Item = BookEvent>) -> Vec<RecordedEvent> {
    let mut sequences: HashMap<String, u64> = HashMap::new();
    (1..)
        .zip(events)
        .map(|(position, event)| {
            let aggregate_id = match &event {
                BookEvent::Customer(event) => event.customer().to_string(),
                BookEvent::Wallet(event) => event.wallet().to_string(),
                BookEvent::Withdrawal(event) => event.withdrawal().to_string(),
                BookEvent::Period(_) => ACCOUNTING_PERIODS.to_owned(),
                BookEvent::ChannelNotification(event) => event.notification().to_string(),
                BookEvent::Settlement(event) => event.stream(),
                BookEvent::Billing(event) => event.stream(),
                BookEvent::Risk(event) => event.stream(),
                BookEvent::Orders(event) => event.stream(),
                BookEvent::Approvals(event) => event.stream(),
                BookEvent::Payouts(event) => event.stream(),
            };
            let sequence = sequences.entry(aggregate_id.clone()).or_insert(0);
            *sequence += 1;
            let metadata =
                EventMetadata { actor: "user:tester".into(), command_id: "c".into(), ..Default::default() };
            let recorded_at = at(position);
            RecordedEvent { position, recorded_at, aggregate_id, sequence: *sequence, metadata, event }
        })
        .collect()
}

pub(crate) fn folded<P: Projection>(events: impl IntoIterator<Item = BookEvent>) -> P::Tables {
    try_folded::<P>(events).unwrap()
}

pub(crate) fn try_folded<P: Projection>(
    events: impl IntoIterator<Item = BookEvent>,
) -> Result<P::Tables, FoldError> {
    let mut tables = P::Tables::whole(Share::ALL);
    fold::<P>(&recorded(events), &mut tables)?;
    Ok(tables)
}

pub(crate) fn yuan(amount: &str) -> Money {
    Money::parse(amount, Currency::CNY).unwrap()
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn customer(number: u64) -> CustomerId {
    CustomerId::from_number(number)
}

pub(crate) fn wallet(number: u64) -> WalletId {
    WalletId::new(&customer(number), Currency::CNY)
}

pub(crate) fn withdrawal(number: u64) -> WithdrawalId {
    format!("0199f0a4-7d5e-7c3b-9a63-{number:012x}").parse().unwrap()
}

pub(crate) fn deposited(wallet: &WalletId, amount: Money, date: &str) -> BookEvent {
    WalletEvent::DepositRecorded {
        wallet: wallet.clone(),
        amount,
        reference: "R-1".parse().unwrap(),
        method: DepositMethod::BankTransfer,
        effective_date: day(date),
        remark: Some("货款".parse().unwrap()),
    }
    .into()
}

/// Reverses the deposit that is this entry of the wallet.
pub(crate) fn reversed(wallet: &WalletId, entry: u64, amount: Money, date: &str) -> BookEvent {
    WalletEvent::DepositReversed {
        wallet: wallet.clone(),
        deposit: DepositId::new(wallet, entry),
        amount,
        reference: "R-1".parse().unwrap(),
        method: DepositMethod::BankTransfer,
        deposited_date: day("2026-03-01"),
        effective_date: day(date),
        reason: "wrong customer".parse().unwrap(),
    }
    .into()
}

pub(crate) fn held(wallet: &WalletId, number: u64, amount: Money) -> BookEvent {
    WalletEvent::FundsHeld { wallet: wallet.clone(), withdrawal: withdrawal(number), amount }.into()
}

pub(crate) fn released(wallet: &WalletId, number: u64, amount: Money) -> BookEvent {
    WalletEvent::HoldReleased { wallet: wallet.clone(), withdrawal: withdrawal(number), amount }.into()
}

pub(crate) fn paid_out(wallet: &WalletId, number: u64, amount: Money, date: &str) -> BookEvent {
    let (wallet, withdrawal) = (wallet.clone(), withdrawal(number));
    WalletEvent::HoldPaidOut { wallet, withdrawal, amount, effective_date: day(date) }.into()
}

pub(crate) fn credited(wallet: &WalletId, number: u64, amount: Money, date: &str) -> BookEvent {
    let (wallet, withdrawal) = (wallet.clone(), withdrawal(number));
    WalletEvent::ReturnCredited { wallet, withdrawal, amount, effective_date: day(date) }.into()
}

pub(crate) fn bill_paid(wallet: &WalletId, bill: &str, amount: Money, date: &str) -> BookEvent {
    let (wallet, bill) = (wallet.clone(), bill.parse().unwrap());
    WalletEvent::BillPaid { wallet, bill, amount, effective_date: day(date) }.into()
}

pub(crate) fn bill_payment_returned(wallet: &WalletId, bill: &str, amount: Money, date: &str) -> BookEvent {
    let (wallet, bill) = (wallet.clone(), bill.parse().unwrap());
    WalletEvent::BillPaymentReturned { wallet, bill, amount, effective_date: day(date) }.into()
}

pub(crate) fn write_off_id() -> WriteOffId {
    "W01K7RA8ZAYFGXSMRSF9FMC3M01".parse().unwrap()
}

pub(crate) fn receipt_id() -> ReceiptId {
    ReceiptId::of(&"ICBC-0123".parse().unwrap(), &"R-77".parse().unwrap())
}

pub(crate) fn funds_applied(wallet: &WalletId, bill: &str, amount: Money, date: &str) -> BookEvent {
    let (wallet, bill, effective_date) = (wallet.clone(), bill.parse().unwrap(), day(date));
    WalletEvent::FundsApplied { wallet, write_off: write_off_id(), leg: 1, bill, amount, effective_date }
        .into()
}

pub(crate) fn funds_freed(wallet: &WalletId, bill: &str, amount: Money, date: &str) -> BookEvent {
    let (wallet, bill, effective_date) = (wallet.clone(), bill.parse().unwrap(), day(date));
    WalletEvent::FundsFreed { wallet, write_off: write_off_id(), leg: 1, bill, amount, effective_date }.into()
}

pub(crate) fn advance_credited(wallet: &WalletId, amount: Money, date: &str) -> BookEvent {
    let (wallet, receipt) = (wallet.clone(), receipt_id());
    WalletEvent::AdvanceCredited { wallet, receipt, amount, effective_date: day(date) }.into()
}

pub(crate) fn advance_returned(wallet: &WalletId, amount: Money, date: &str) -> BookEvent {
    let (wallet, receipt) = (wallet.clone(), receipt_id());
    WalletEvent::AdvanceReturned { wallet, receipt, amount, effective_date: day(date) }.into()
}

/// What happens to a withdrawal, one function per event.
pub(crate) mod risk {
    use tallybook_domain::BookEvent;
    use tallybook_domain::risk::{
        Assessment, DestinationUse, PayeeId, Requests, RequestsSoFar, RiskHistoryEvent, RiskInputs,
        RiskRuleSet,
    };

    use super::{at, customer, day, wallet, withdrawal, yuan};

    /// Of the first customer, with this score.
    pub(crate) fn assessed(number: u64, amount: &str, score: u32) -> BookEvent {
        let none = Requests { count: 0, in_currency: 0, amount: yuan("0.00") };
        let inputs = RiskInputs {
            amount: yuan(amount),
            requested_at: at(number),
            before: RequestsSoFar { ever: 0, day: none, week: none, month: none },
            destination: DestinationUse { used_before: false, others_used: false, other_customers: 0 },
            known: None,
        };
        let outcome = RiskRuleSet::beginning().outcome(score);
        RiskHistoryEvent::WithdrawalAssessed {
            customer: customer(1),
            withdrawal: withdrawal(number),
            wallet: wallet(1),
            date: day("2026-03-02"),
            payee: PayeeId::of(&"6222021234567890123".parse().unwrap()),
            assessment: Box::new(Assessment {
                rules_version: 0,
                inputs,
                results: Vec::new(),
                score,
                outcome,
            }),
        }
        .into()
    }
}

pub(crate) mod withdrawals {
    use tallybook_domain::BookEvent;
    use tallybook_domain::deposits::WithdrawalEvent;

    use super::{day, wallet, withdrawal, yuan};

    pub(crate) fn requested(number: u64) -> BookEvent {
        WithdrawalEvent::WithdrawalRequested {
            withdrawal: withdrawal(number),
            wallet: wallet(1),
            amount: yuan("30.00"),
            reference: format!("W-{number}").parse().unwrap(),
            destination: serde_json::from_str(
                r#"{"account_name":"李雷","account_number":"6222021234567890123","bank_name":"工商银行"}"#,
            )
            .unwrap(),
            requested_by: "user:li".parse().unwrap(),
        }
        .into()
    }

    pub(crate) fn approved(number: u64) -> BookEvent {
        WithdrawalEvent::WithdrawalApproved {
            withdrawal: withdrawal(number),
            approved_by: "user:wang".parse().unwrap(),
        }
        .into()
    }

    pub(crate) fn rejected(number: u64) -> BookEvent {
        WithdrawalEvent::WithdrawalRejected {
            withdrawal: withdrawal(number),
            rejected_by: "user:wang".parse().unwrap(),
            reason: "no contract".parse().unwrap(),
        }
        .into()
    }

    pub(crate) fn cancelled(number: u64) -> BookEvent {
        WithdrawalEvent::WithdrawalCancelled { withdrawal: withdrawal(number), reason: None }.into()
    }

    pub(crate) fn submitted(number: u64, date: &str) -> BookEvent {
        WithdrawalEvent::WithdrawalSubmitted {
            withdrawal: withdrawal(number),
            wallet: wallet(1),
            amount: yuan("30.00"),
            effective_date: day(date),
            channel_reference: Some("PAY-7".parse().unwrap()),
        }
        .into()
    }

    pub(crate) fn succeeded(number: u64, date: &str) -> BookEvent {
        WithdrawalEvent::WithdrawalSucceeded {
            withdrawal: withdrawal(number),
            wallet: wallet(1),
            amount: yuan("30.00"),
            effective_date: day(date),
        }
        .into()
    }

    pub(crate) fn failed(number: u64, date: &str) -> BookEvent {
        WithdrawalEvent::WithdrawalFailed {
            withdrawal: withdrawal(number),
            wallet: wallet(1),
            amount: yuan("30.00"),
            reason: "account closed".parse().unwrap(),
            effective_date: day(date),
        }
        .into()
    }

    pub(crate) fn returned(number: u64, date: &str) -> BookEvent {
        WithdrawalEvent::WithdrawalReturned {
            withdrawal: withdrawal(number),
            wallet: wallet(1),
            amount: yuan("30.00"),
            reason: "wrong name".parse().unwrap(),
            effective_date: day(date),
        }
        .into()
    }
}
