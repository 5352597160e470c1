//! Judging a withdrawal in the decision that asks for it, and raising an alert if somebody has to look.

use tallybook_domain::deposits::Destination;
use tallybook_domain::risk::{
    Known, Payee, PayeeCommand, PayeeId, RiskAlert, RiskAlertCommand, RiskHistory, RiskHistoryCommand,
    RiskOutcome, RiskRules,
};
use tallybook_domain::{Money, Refusal, Requester};
use tallybook_event_store::{Decision, StreamKey};

use crate::deposits::Parties;

/// The withdrawal's id was just made, so nobody has raised an alert about it.
pub(crate) fn streams_of_judgement(parties: &Parties, destination: &Destination) -> [StreamKey; 4] {
    [
        StreamKey::existing::<RiskRules>(RiskRules::STREAM),
        StreamKey::existing::<RiskHistory>(RiskHistory::stream(&parties.customer)),
        StreamKey::existing::<Payee>(PayeeId::of(&destination.account_number)),
        StreamKey::fresh::<RiskAlert>(RiskAlert::stream(&parties.withdrawal)),
    ]
}

/// By the rules that count now, and by what the book and the read tables know.
pub(crate) fn judge(
    decision: &mut Decision<'_>,
    parties: &Parties,
    (amount, destination): (Money, &Destination),
    requested_by: &Requester,
    known: Option<Known>,
) -> Result<(), Refusal> {
    let payee = PayeeId::of(&destination.account_number);
    let customer = parties.customer.clone();
    let other_customers = decision.state::<Payee>(payee.as_str()).other_customers(&customer);
    let rules = decision.state::<RiskRules>(RiskRules::STREAM);
    let assess = RiskHistoryCommand::Assess {
        withdrawal: parties.withdrawal.clone(),
        wallet: parties.wallet.clone(),
        amount,
        payee: payee.clone(),
        other_customers,
        known,
        rules: rules.rules(),
        rules_version: rules.version(),
        now: decision.now(),
        today: decision.today(),
    };
    let history = RiskHistory::stream(&customer);
    decision.decide::<RiskHistory>(&history, assess)?;
    let latest = decision.state::<RiskHistory>(&history).latest();
    decision.decide::<Payee>(payee.as_str(), PayeeCommand::Use { payee: payee.clone(), customer })?;
    match latest {
        None | Some((RiskOutcome::Pass, _)) => {}
        Some((outcome @ (RiskOutcome::Review | RiskOutcome::Block), score)) => {
            let raise = RiskAlertCommand::Raise {
                withdrawal: parties.withdrawal.clone(),
                wallet: parties.wallet.clone(),
                amount,
                outcome,
                score,
                requested_by: requested_by.clone(),
            };
            decision.decide::<RiskAlert>(&RiskAlert::stream(&parties.withdrawal), raise)?;
        }
    }
    Ok(())
}
