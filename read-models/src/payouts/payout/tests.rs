use tallybook_domain::BookEvent;
use tallybook_domain::payouts::{
    AnsweredStatus, PayoutAdapterKind, PayoutBatchEvent, PayoutDoubt, PayoutEvent, PayoutId, PayoutState,
    Prepared, UnknownCause,
};

use super::Payouts;
use crate::testing::{at, day, folded, try_folded, wallet, withdrawal, yuan};

fn payout(number: u64) -> PayoutId {
    PayoutId::of(&withdrawal(number))
}

fn prepared(number: u64) -> BookEvent {
    PayoutEvent::PayoutPrepared(Prepared {
        payout: payout(number),
        withdrawal: withdrawal(number),
        wallet: wallet(1),
        amount: yuan("30.00"),
        reference: "W-1".parse().unwrap(),
        destination: serde_json::from_str(
            r#"{"account_name":"李雷","account_number":"6222021234567890123"}"#,
        )
        .unwrap(),
        adapter: PayoutAdapterKind::Http,
        batch: None,
        submitted_date: day("2026-03-02"),
    })
    .into()
}

fn began(number: u64) -> BookEvent {
    PayoutEvent::PayoutSendingBegan { payout: payout(number) }.into()
}

fn unknown(number: u64, cause: UnknownCause) -> BookEvent {
    PayoutEvent::PayoutOutcomeUnknown { payout: payout(number), cause }.into()
}

fn succeeded(number: u64) -> BookEvent {
    let bank_reference = Some("B-1".parse().unwrap());
    PayoutEvent::PayoutSucceeded { payout: payout(number), bank_reference, paid_date: day("2026-03-03") }
        .into()
}

fn doubted(number: u64, doubt: PayoutDoubt) -> BookEvent {
    PayoutEvent::PayoutDoubted { payout: payout(number), doubt }.into()
}

#[test]
fn a_payout_shows_how_far_it_has_come_and_why_it_is_not_known() {
    let tables = folded::<Payouts>([prepared(1), prepared(2), began(1), unknown(1, UnknownCause::TimedOut)]);
    let row = tables.payouts.get(&payout(1)).unwrap();
    assert_eq!((row.state, row.cause), (PayoutState::Unknown, Some(UnknownCause::TimedOut)));
    assert_eq!((row.sent_at, row.withdrawal.clone()), (Some(at(3)), withdrawal(1)));
    assert_eq!((row.created.position, row.updated.position), (1, 4));
    let waiting = tables.payouts.get(&payout(2)).unwrap();
    assert_eq!((waiting.state, waiting.sent_at), (PayoutState::Prepared, None));
}

#[test]
fn what_was_found_out_takes_the_place_of_what_was_not_known() {
    let returned = PayoutEvent::PayoutReturned {
        payout: payout(1),
        reason: "account closed".parse().unwrap(),
        returned_date: day("2026-03-05"),
    };
    let tables = folded::<Payouts>([
        prepared(1),
        began(1),
        unknown(1, UnknownCause::BrokenOff),
        succeeded(1),
        returned.into(),
    ]);
    let row = tables.payouts.get(&payout(1)).unwrap();
    assert_eq!((row.state, row.cause, row.paid_date), (PayoutState::Returned, None, Some(day("2026-03-03"))));
    assert_eq!(row.bank_reference.as_ref().unwrap().as_str(), "B-1");
    assert_eq!(row.reason.as_ref().unwrap().as_str(), "account closed");
    let events: Vec<&str> = tables.steps.rows().iter().map(|row| row.step.event.as_str()).collect();
    assert_eq!(
        events,
        ["PayoutPrepared", "PayoutSendingBegan", "PayoutOutcomeUnknown", "PayoutSucceeded", "PayoutReturned"]
    );
}

#[test]
fn a_doubt_stays_until_a_person_has_decided() {
    let lie = PayoutDoubt::Contradiction { status: AnsweredStatus::Failed };
    let after = folded::<Payouts>([prepared(1), began(1), succeeded(1), doubted(1, lie)]);
    let row = after.payouts.get(&payout(1)).unwrap();
    assert_eq!((row.state, row.doubt), (PayoutState::Succeeded, Some(lie)));
    let before =
        folded::<Payouts>([prepared(1), began(1), doubted(1, PayoutDoubt::AnotherPayout), succeeded(1)]);
    assert_eq!(before.payouts.get(&payout(1)).unwrap().doubt, None);
    let open = folded::<Payouts>([prepared(1), began(1), doubted(1, PayoutDoubt::AnotherPayout)]);
    assert_eq!(open.payouts.get(&payout(1)).unwrap().state, PayoutState::Doubted);
    let resolved = PayoutEvent::PayoutDoubtResolved { payout: payout(1), reason: "phoned".parse().unwrap() };
    let seen = folded::<Payouts>([prepared(1), began(1), succeeded(1), doubted(1, lie), resolved.into()]);
    assert_eq!(seen.payouts.get(&payout(1)).unwrap().doubt, None);
}

#[test]
fn a_batch_counts_its_payouts() {
    let made = PayoutBatchEvent::PayoutBatchMade {
        batch: "B01K7RA8ZAYFGXSMRSF9FMC3M05".parse().unwrap(),
        debtor: serde_json::from_str(
            r#"{"name":"示例公司","account":"1100100200300400","bank_code":"ICBKCNBJ"}"#,
        )
        .unwrap(),
        execution_date: day("2026-03-04"),
        payouts: vec![payout(1), payout(2)],
    };
    let tables = folded::<Payouts>([prepared(1), prepared(2), made.clone().into()]);
    let row = tables.batches.get(made.batch()).unwrap();
    assert_eq!((row.payouts, row.execution_date, row.created.position), (2, day("2026-03-04"), 3));
    assert!(try_folded::<Payouts>([began(1)]).is_err());
}
