use tallybook_domain::BookEvent;
use tallybook_domain::risk::{AlertState, Resolution, RiskAlertEvent, RiskOutcome, WithdrawalEnd};

use super::RiskAlerts;
use crate::testing::{folded, try_folded, wallet, withdrawal, yuan};

fn raised(number: u64) -> BookEvent {
    RiskAlertEvent::RiskAlertRaised {
        withdrawal: withdrawal(number),
        wallet: wallet(1),
        amount: yuan("60000.00"),
        outcome: RiskOutcome::Block,
        score: 120,
        requested_by: "user:li".parse().unwrap(),
    }
    .into()
}

fn claimed(number: u64) -> BookEvent {
    let claimed_by = "user:wang".parse().unwrap();
    RiskAlertEvent::RiskAlertClaimed { withdrawal: withdrawal(number), claimed_by }.into()
}

fn resolved(number: u64, resolution: Resolution) -> BookEvent {
    let (resolved_by, reason) = ("user:wang".parse().unwrap(), "phoned".parse().unwrap());
    RiskAlertEvent::RiskAlertResolved { withdrawal: withdrawal(number), resolved_by, resolution, reason }
        .into()
}

#[test]
fn an_alert_says_who_looked_and_what_was_decided() {
    let alerts = folded::<RiskAlerts>([raised(1), raised(2), claimed(1), resolved(1, Resolution::Released)]);
    let first = alerts.get(&withdrawal(1)).unwrap();
    assert_eq!((first.state, first.outcome, first.score), (AlertState::Released, RiskOutcome::Block, 120));
    assert_eq!(first.claimed_by.as_ref().unwrap().as_str(), "user:wang");
    assert_eq!(first.reason.as_ref().unwrap().as_str(), "phoned");
    assert_eq!((first.created.position, first.updated.position), (1, 4));
    assert_eq!(first.requested_by.as_str(), "user:li");
    let second = alerts.get(&withdrawal(2)).unwrap();
    assert_eq!((second.state, &second.claimed_by), (AlertState::Open, &None));
}

#[test]
fn an_alert_ends_with_its_withdrawal() {
    let closed =
        RiskAlertEvent::RiskAlertClosed { withdrawal: withdrawal(1), ended: WithdrawalEnd::Cancelled };
    let alerts = folded::<RiskAlerts>([raised(1), closed.into()]);
    assert_eq!(alerts.get(&withdrawal(1)).unwrap().state, AlertState::Closed);
    assert!(try_folded::<RiskAlerts>([claimed(1)]).is_err());
}
