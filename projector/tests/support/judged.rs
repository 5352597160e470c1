//! How withdrawals were judged, and who looked at every other one.

use tallybook_domain::BookEvent;
use tallybook_domain::deposits::WithdrawalEvent;
use tallybook_domain::risk::{
    Assessment, DestinationUse, Known, PayeeEvent, PayeeId, Requests, RequestsSoFar, Resolution,
    RiskAlertEvent, RiskEvent, RiskHistoryEvent, RiskInputs, RiskOutcome, RiskRuleSet, RiskRulesEvent,
};
use tallybook_domain::{Actor, Money};

use super::history::day;

/// Of each withdrawal among these that was asked for; before them, two versions of the rules.
pub fn judged(events: &[(String, BookEvent)]) -> Vec<(String, BookEvent)> {
    let asked = events.iter().filter_map(|(_, event)| match event {
        BookEvent::Withdrawal(event @ WithdrawalEvent::WithdrawalRequested { .. }) => Some(event),
        BookEvent::Withdrawal(_)
        | BookEvent::Customer(_)
        | BookEvent::Wallet(_)
        | BookEvent::Period(_)
        | BookEvent::ChannelNotification(_)
        | BookEvent::Payouts(_)
        | BookEvent::Billing(_)
        | BookEvent::Settlement(_)
        | BookEvent::Risk(_)
        | BookEvent::Orders(_)
        | BookEvent::Approvals(_) => None,
    });
    let judged = (0..).zip(asked).flat_map(|(number, event)| judged_one(number, event));
    let events = [1, 2].map(rules).into_iter().chain(judged);
    events.map(|event| (event.stream(), BookEvent::Risk(event))).collect()
}

fn rules(version: u32) -> RiskEvent {
    let RiskRuleSet { review_from, block_from, rules } = RiskRuleSet::beginning();
    RiskEvent::Rules(RiskRulesEvent::RiskRulesChanged { version, review_from, block_from, rules })
}

fn judged_one(number: u64, asked: &WithdrawalEvent) -> Vec<RiskEvent> {
    let WithdrawalEvent::WithdrawalRequested {
        withdrawal, wallet, amount, destination, requested_by, ..
    } = asked
    else {
        return Vec::new();
    };
    let none = Requests { count: 0, in_currency: 0, amount: Money::zero(wallet.currency()) };
    let inputs = RiskInputs {
        amount: *amount,
        requested_at: "2026-01-02T03:04:05Z".parse().unwrap(),
        before: RequestsSoFar { ever: number, day: none, week: none, month: none },
        destination: DestinationUse { used_before: false, others_used: false, other_customers: 0 },
        known: (number.is_multiple_of(3)).then(|| Known::nothing(number, wallet.currency())),
    };
    let outcome = if number.is_multiple_of(2) { RiskOutcome::Block } else { RiskOutcome::Pass };
    let assessment = Assessment { rules_version: 2, inputs, results: Vec::new(), score: 120, outcome };
    let payee = PayeeId::of(&destination.account_number);
    let mut events = vec![RiskEvent::History(RiskHistoryEvent::WithdrawalAssessed {
        customer: wallet.customer(),
        withdrawal: withdrawal.clone(),
        wallet: wallet.clone(),
        date: day("2026-01-02"),
        payee: payee.clone(),
        assessment: Box::new(assessment),
    })];
    if number == 0 {
        events.push(RiskEvent::Payee(PayeeEvent::PayeeUsed { payee, customer: wallet.customer() }));
    }
    if outcome == RiskOutcome::Block {
        let (withdrawal, by): (_, Actor) = (withdrawal.clone(), "user:wang".parse().unwrap());
        events.extend([
            RiskEvent::Alert(RiskAlertEvent::RiskAlertRaised {
                withdrawal: withdrawal.clone(),
                wallet: wallet.clone(),
                amount: *amount,
                outcome,
                score: 120,
                requested_by: requested_by.clone(),
            }),
            RiskEvent::Alert(RiskAlertEvent::RiskAlertClaimed {
                withdrawal: withdrawal.clone(),
                claimed_by: by.clone(),
            }),
        ]);
        if number.is_multiple_of(4) {
            let (resolution, reason) = (Resolution::Released, "phoned \\ 已电话核实".parse().unwrap());
            events.push(RiskEvent::Alert(RiskAlertEvent::RiskAlertResolved {
                withdrawal,
                resolved_by: by,
                resolution,
                reason,
            }));
        }
    }
    events
}
