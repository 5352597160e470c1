//! The credit alert of one bill or order: that the limit was passed with it, and whether somebody has seen to it.
//!
//! The same is raised once as long as nobody has acknowledged it, however often a bill is tried.

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{CreditAlertEvent, CreditLimitRefusal, CreditPolicy, CreditSubject, PassedLimit};
use crate::billing::{BillId, BillingEvent};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ids::CustomerId;
use crate::orders::OrderId;
use crate::text::Remark;

/// By default that of a bill or an order which passed no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditAlert {
    raised: Option<Raised>,
}

/// What was raised last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Raised {
    #[serde(alias = "bill")]
    subject: CreditSubject,
    policy: CreditPolicy,
    note: Option<u32>,
    acknowledged: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreditAlertCommand {
    /// With the bill's issue, or with one of its debit notes.
    Raise {
        bill: BillId,
        policy: CreditPolicy,
        passed: PassedLimit,
        note: Option<u32>,
        date: NaiveDate,
    },
    /// With the order's placing.
    RaiseForOrder {
        order: OrderId,
        customer: CustomerId,
        policy: CreditPolicy,
        passed: PassedLimit,
        date: NaiveDate,
    },
    Acknowledge {
        subject: CreditSubject,
        remark: Remark,
    },
}

impl CreditAlert {
    /// `None` if none was raised.
    pub fn is_acknowledged(&self) -> Option<bool> {
        self.raised.as_ref().map(|raised| raised.acknowledged)
    }

    fn waits_with(&self, policy: CreditPolicy, note: Option<u32>) -> bool {
        let same = |raised: &Raised| (raised.policy, raised.note) == (policy, note) && !raised.acknowledged;
        self.raised.as_ref().is_some_and(same)
    }
}

impl EventSourced for CreditAlert {
    /// A second acknowledgement is a retry of the first, whose remark stands.
    fn decide(&self, command: CreditAlertCommand) -> Result<Vec<CreditAlertEvent>, CreditLimitRefusal> {
        match (command, self.is_acknowledged()) {
            (CreditAlertCommand::Raise { policy, note, .. }, _) if self.waits_with(policy, note) => {
                Ok(Vec::new())
            }
            (CreditAlertCommand::Raise { bill, policy, passed, note, date }, _) => {
                let PassedLimit { limit, exposure } = passed;
                Ok(vec![CreditAlertEvent::CreditLimitPassed { bill, policy, limit, exposure, note, date }])
            }
            (CreditAlertCommand::RaiseForOrder { policy, .. }, _) if self.waits_with(policy, None) => {
                Ok(Vec::new())
            }
            (CreditAlertCommand::RaiseForOrder { order, customer, policy, passed, date }, _) => {
                let PassedLimit { limit, exposure } = passed;
                let passed = CreditAlertEvent::CreditLimitPassedByOrder {
                    order,
                    customer,
                    policy,
                    limit,
                    exposure,
                    date,
                };
                Ok(vec![passed])
            }
            (CreditAlertCommand::Acknowledge { subject, .. }, None) => {
                Err(CreditLimitRefusal::NoAlert { subject })
            }
            (CreditAlertCommand::Acknowledge { .. }, Some(true)) => Ok(Vec::new()),
            (CreditAlertCommand::Acknowledge { subject, remark }, Some(false)) => Ok(vec![match subject {
                CreditSubject::Bill(bill) => CreditAlertEvent::CreditAlertAcknowledged { bill, remark },
                CreditSubject::Order(order) => {
                    CreditAlertEvent::OrderCreditAlertAcknowledged { order, remark }
                }
            }]),
        }
    }

    fn evolve(&mut self, event: &CreditAlertEvent) -> Result<(), CorruptStream> {
        let subject = event.subject();
        let corrupt = |detail: &str| {
            CorruptStream::new(Self::TYPE, format!("{} of {subject}: {detail}", event.kind().name))
        };
        if self.raised.as_ref().is_some_and(|raised| raised.subject != subject) {
            return Err(corrupt("belongs to another"));
        }
        match (event, &mut self.raised) {
            (CreditAlertEvent::CreditLimitPassed { policy, note, .. }, raised) => {
                *raised = Some(Raised { subject, policy: *policy, note: *note, acknowledged: false });
            }
            (CreditAlertEvent::CreditLimitPassedByOrder { policy, .. }, raised) => {
                *raised = Some(Raised { subject, policy: *policy, note: None, acknowledged: false });
            }
            (
                CreditAlertEvent::CreditAlertAcknowledged { .. }
                | CreditAlertEvent::OrderCreditAlertAcknowledged { .. },
                Some(raised),
            ) if !raised.acknowledged => {
                raised.acknowledged = true;
            }
            (
                CreditAlertEvent::CreditAlertAcknowledged { .. }
                | CreditAlertEvent::OrderCreditAlertAcknowledged { .. },
                _,
            ) => {
                return Err(corrupt("there is nothing to acknowledge"));
            }
        }
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&CreditAlertEvent> {
        match event {
            BookEvent::Billing(BillingEvent::CreditAlert(event)) => Some(event),
            BookEvent::Billing(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_) => None,
        }
    }
}

impl Aggregate for CreditAlert {
    const TYPE: &'static str = "credit_alert";
    type Command = CreditAlertCommand;
    type Event = CreditAlertEvent;
    type Error = CreditLimitRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: CreditAlertCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), CreditLimitRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: CreditAlertEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
