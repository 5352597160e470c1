//! Payouts, and what became of them.

use tallybook_domain::payouts::{
    Debtor, PayoutAdapterKind, PayoutBatchEvent, PayoutDoubt, PayoutEvent, PayoutId, Prepared, UnknownCause,
};
use tallybook_domain::{BookEvent, WithdrawalId};

use super::history::{money, streamed};

/// One that is sent and comes back, one that is doubted, one that fails, in one batch.
pub fn paid_out() -> Vec<(String, BookEvent)> {
    let day = || "2026-02-10".parse().unwrap();
    let reason = || "account closed".parse().unwrap();
    let withdrawals = [1, 2, 3]
        .map(|number| -> WithdrawalId { format!("0199f0a4-7d5e-7c3b-9a64-{number:012x}").parse().unwrap() });
    let [first, second, third] = withdrawals.clone().map(|withdrawal| PayoutId::of(&withdrawal));
    let mut events: Vec<BookEvent> =
        withdrawals.iter().map(|withdrawal| prepared(withdrawal).into()).collect();
    let payouts = vec![first.clone(), second.clone(), third.clone()];
    let batch = "B01K7RA8ZAYFGXSMRSF9FMC3M05".parse().unwrap();
    let debtor = Debtor {
        name: "示例公司".parse().unwrap(),
        account: "1100100200300400".parse().unwrap(),
        bank_code: "ICBKCNBJ".parse().unwrap(),
    };
    let made = PayoutBatchEvent::PayoutBatchMade { batch, debtor, execution_date: day(), payouts };
    let bank_reference = Some("B-1".parse().unwrap());
    events.push(made.into());
    events.extend(
        [
            PayoutEvent::PayoutSendingBegan { payout: first.clone() },
            PayoutEvent::PayoutOutcomeUnknown { payout: first.clone(), cause: UnknownCause::TimedOut },
            PayoutEvent::PayoutAccepted { payout: first.clone(), bank_reference: None },
            PayoutEvent::PayoutSucceeded { payout: first.clone(), bank_reference, paid_date: day() },
            PayoutEvent::PayoutReturned { payout: first, reason: reason(), returned_date: day() },
            PayoutEvent::PayoutSendingBegan { payout: second.clone() },
            PayoutEvent::PayoutDoubted {
                payout: second,
                doubt: PayoutDoubt::AnotherAmount { amount: money("30.01") },
            },
            PayoutEvent::PayoutFailed { payout: third.clone(), reason: reason(), by_hand: true },
            PayoutEvent::PayoutDoubted { payout: third.clone(), doubt: PayoutDoubt::AnotherPayout },
            PayoutEvent::PayoutDoubtResolved { payout: third, reason: reason() },
        ]
        .map(BookEvent::from),
    );
    streamed(events)
}

fn prepared(withdrawal: &WithdrawalId) -> PayoutEvent {
    PayoutEvent::PayoutPrepared(Prepared {
        payout: PayoutId::of(withdrawal),
        withdrawal: withdrawal.clone(),
        wallet: "C00001.CNY".parse().unwrap(),
        amount: money("30.00"),
        reference: "W-1".parse().unwrap(),
        destination: serde_json::from_str(
            r#"{"account_name":"李雷","account_number":"6222021234567890123"}"#,
        )
        .unwrap(),
        adapter: PayoutAdapterKind::Http,
        batch: Some("B01K7RA8ZAYFGXSMRSF9FMC3M05".parse().unwrap()),
        submitted_date: "2026-02-10".parse().unwrap(),
    })
}
