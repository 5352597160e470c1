//! Something is heard of a payout; what it means for the withdrawal happens in the same decision.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::Refusal;
use tallybook_domain::deposits::{Wallet, Withdrawal, WithdrawalRefusal};
use tallybook_domain::ledger::periods::{ACCOUNTING_PERIODS, AccountingPeriods};
use tallybook_domain::payouts::{Heard, Payout, PayoutCommand, PayoutId, PayoutState, Prepared};
use tallybook_event_store::{Book, CommandError, Decision, Receipt};

use super::PayoutOutcome;
use super::order::parties_of;
use crate::CommandContext;
use crate::deposits::{Parties, come_back, fail, submit_after_all, succeed};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HearOfPayout {
    pub payout: PayoutId,
    pub heard: Option<Heard>,
}

/// A bank's fact, so it is recorded for a suspended customer too. What changes nothing records nothing, and `None`
/// changes nothing.
pub async fn hear_of_payout(
    book: &Book,
    context: CommandContext,
    order: Prepared,
    heard: Option<Heard>,
) -> Result<Receipt<PayoutOutcome>, CommandError> {
    let request = context
        .request("hear_of_payout", &HearOfPayout { payout: order.payout.clone(), heard: heard.clone() })?;
    let parties = parties_of(&order);
    book.execute(request, parties.streams_with_payout(), move |decision| {
        if let Some(heard) = &heard {
            hear(decision, &parties, heard.clone())?;
        }
        PayoutOutcome::of(decision, &parties)
    })
    .await
}

fn hear(decision: &mut Decision<'_>, parties: &Parties, heard: Heard) -> Result<(), Refusal> {
    let (payout, today) = (parties.payout(), decision.today());
    let answer = match &heard {
        Heard::Answer(answer) => Some(answer.clone()),
        Heard::NotFound | Heard::Nothing(_) => None,
    };
    let before = decision.state::<Payout>(payout.as_str()).state();
    let hear = match heard {
        Heard::Answer(answer) if covers_what_was_given_up(decision, parties)? => {
            PayoutCommand::HearAfterAll { answer, today }
        }
        heard @ (Heard::Answer(_) | Heard::NotFound | Heard::Nothing(_)) => {
            PayoutCommand::Hear { heard, today }
        }
    };
    decision.decide::<Payout>(payout.as_str(), hear)?;
    let after = decision.state::<Payout>(payout.as_str()).state();
    let Some(answer) = answer.filter(|_| before != after) else { return Ok(()) };
    let paid_date = answer.paid_date.unwrap_or(today);
    match after {
        Some(PayoutState::Succeeded) if before == Some(PayoutState::Failed) => {
            submit_after_all(decision, parties)?;
            succeed(decision, parties, booked(decision, parties, today), None)?;
        }
        Some(PayoutState::Succeeded) => {
            succeed(decision, parties, booked(decision, parties, paid_date), None)?;
        }
        Some(PayoutState::Failed) => {
            let date = booked(decision, parties, today);
            fail(decision, parties, (answer.explained(), date), None)?;
        }
        Some(PayoutState::Returned) => {
            if before != Some(PayoutState::Succeeded) {
                succeed(decision, parties, booked(decision, parties, paid_date), None)?;
            }
            let date = booked(decision, parties, today);
            come_back(decision, parties, (answer.explained(), date), None)?;
        }
        Some(
            PayoutState::Prepared
            | PayoutState::Sending
            | PayoutState::Unknown
            | PayoutState::Accepted
            | PayoutState::Doubted,
        )
        | None => {}
    }
    Ok(())
}

/// Whether a person has called it failed, and the wallet, which has had the money back since, has it still.
fn covers_what_was_given_up(decision: &Decision<'_>, parties: &Parties) -> Result<bool, Refusal> {
    let given_up = decision.state::<Payout>(parties.payout().as_str()).is_given_up();
    match decision.state::<Withdrawal>(parties.withdrawal.as_str()).amount() {
        Some(amount) if given_up => {
            let wallet = decision.state::<Wallet>(parties.wallet.as_str());
            Ok(wallet.available(amount.currency()).covers(amount).map_err(WithdrawalRefusal::from)?)
        }
        Some(_) | None => Ok(false),
    }
}

/// The business date of what the bank did on a day: never before the step it follows; and not in a month that is closed,
/// for what a bank did cannot be refused.
fn booked(decision: &Decision<'_>, parties: &Parties, bank_date: NaiveDate) -> NaiveDate {
    let withdrawal = decision.state::<Withdrawal>(parties.withdrawal.as_str());
    let date = withdrawal.effective_date_by_default(bank_date);
    let periods = decision.state::<AccountingPeriods>(ACCOUNTING_PERIODS);
    if periods.check_open(date).is_ok() {
        date
    } else {
        withdrawal.effective_date_by_default(decision.today())
    }
}
