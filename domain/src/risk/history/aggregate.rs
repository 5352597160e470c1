//! What a customer has asked for lately, and the judgement of the next request.
//!
//! Must never grow with the number of withdrawals: it keeps days, and the last accounts used.

use chrono::{DateTime, NaiveDate, Utc};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::days::RecentDays;
use super::{RiskHistoryEvent, RiskHistoryRefusal};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ids::{CustomerId, WalletId, WithdrawalId};
use crate::money::Money;
use crate::risk::{DestinationUse, Known, PayeeId, RiskEvent, RiskInputs, RiskOutcome, RiskRuleSet, assess};

/// By default that of a customer who has asked for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskHistory {
    customer: Option<CustomerId>,
    /// Withdrawals that were judged.
    assessed: u64,
    days: RecentDays,
    /// The last accounts used, the latest at the end.
    payees: Vec<PayeeId>,
    /// How the latest was judged, and its score.
    latest: Option<(RiskOutcome, u32)>,
}

/// Accounts that are remembered.
const PAYEES: usize = 8;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RiskHistoryCommand {
    Assess {
        withdrawal: WithdrawalId,
        wallet: WalletId,
        amount: Money,
        payee: PayeeId,
        /// Who else has used the account. That is the account's to know.
        other_customers: u32,
        known: Option<Known>,
        rules: RiskRuleSet,
        rules_version: u32,
        /// The moment of the request, and the book's day.
        now: DateTime<Utc>,
        today: NaiveDate,
    },
}

impl RiskHistory {
    /// The id of a customer's: `C00042.risk`.
    pub fn stream(customer: &CustomerId) -> String {
        format!("{customer}.risk")
    }

    /// How the latest withdrawal was judged, and its score; `None` before the first.
    pub fn latest(&self) -> Option<(RiskOutcome, u32)> {
        self.latest
    }

    fn destination(&self, payee: &PayeeId, other_customers: u32) -> DestinationUse {
        DestinationUse {
            used_before: self.payees.contains(payee),
            others_used: self.payees.iter().any(|used| used != payee),
            other_customers,
        }
    }
}

impl EventSourced for RiskHistory {
    fn decide(&self, command: RiskHistoryCommand) -> Result<Vec<RiskHistoryEvent>, RiskHistoryRefusal> {
        let RiskHistoryCommand::Assess {
            withdrawal,
            wallet,
            amount,
            payee,
            other_customers,
            known,
            rules,
            rules_version,
            now,
            today,
        } = command;
        let customer = wallet.customer();
        if self.customer.as_ref().is_some_and(|known| *known != customer) {
            return Err(RiskHistoryRefusal::OfAnother { withdrawal });
        }
        let before = self.days.before(today, amount.currency(), self.assessed)?;
        before.month.amount.checked_add(amount)?;
        let destination = self.destination(&payee, other_customers);
        let inputs = RiskInputs { amount, requested_at: now, before, destination, known };
        let assessment = Box::new(assess(&rules, rules_version, inputs)?);
        let date = today;
        Ok(vec![RiskHistoryEvent::WithdrawalAssessed {
            customer,
            withdrawal,
            wallet,
            date,
            payee,
            assessment,
        }])
    }

    fn evolve(&mut self, event: &RiskHistoryEvent) -> Result<(), CorruptStream> {
        let RiskHistoryEvent::WithdrawalAssessed { customer, withdrawal, date, payee, assessment, .. } =
            event;
        let corrupt = |detail: &dyn std::fmt::Display| {
            CorruptStream::new(Self::TYPE, format!("{withdrawal}: {detail}"))
        };
        if self.customer.get_or_insert_with(|| customer.clone()) != customer {
            return Err(corrupt(&"belongs to another customer"));
        }
        self.days.add(*date, event.amount()).map_err(|error| corrupt(&error))?;
        self.assessed = self.assessed.checked_add(1).ok_or_else(|| corrupt(&"too many"))?;
        self.payees.retain(|used| used != payee);
        self.payees.push(payee.clone());
        if self.payees.len() > PAYEES {
            self.payees.remove(0);
        }
        self.latest = Some((assessment.outcome, assessment.score));
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&RiskHistoryEvent> {
        match event {
            BookEvent::Risk(RiskEvent::History(event)) => Some(event),
            BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_) => None,
        }
    }
}

impl Aggregate for RiskHistory {
    const TYPE: &'static str = "risk_history";
    type Command = RiskHistoryCommand;
    type Event = RiskHistoryEvent;
    type Error = RiskHistoryRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: RiskHistoryCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), RiskHistoryRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: RiskHistoryEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
