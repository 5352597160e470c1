//! A customer's plans by the days they are in force on.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::successors;

use chrono::{Days, NaiveDate};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{PlanChangeRequest, SubscriptionEvent, SubscriptionRefusal};
use crate::actor::Actor;
use crate::billing::BillingEvent;
use crate::billing::price_plan::PlanCode;
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ids::CustomerId;
use crate::month::Month;
use crate::text::Reason;

/// A subscription; by default to nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    customer: Option<CustomerId>,
    /// What is in force from each day on; `None`: no plan.
    changes: BTreeMap<NaiveDate, Option<PlanCode>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) requested: Option<PlanChangeRequest>,
}

/// Days on which one plan is in force, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanPeriod {
    pub plan: PlanCode,
    pub from: NaiveDate,
    pub to: NaiveDate,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubscriptionCommand {
    Assign {
        customer: CustomerId,
        plan: PlanCode,
        from: NaiveDate,
    },
    End {
        customer: CustomerId,
        from: NaiveDate,
    },
    /// Either, if somebody else approves.
    RequestChange {
        customer: CustomerId,
        request: PlanChangeRequest,
    },
    ApproveChange {
        customer: CustomerId,
        approved_by: Actor,
    },
    /// Whoever asked takes it back this way.
    RejectChange {
        customer: CustomerId,
        rejected_by: Actor,
        reason: Reason,
    },
}

impl Subscription {
    /// The id of a customer's subscription.
    pub fn stream_of(customer: &CustomerId) -> String {
        format!("{customer}.plan")
    }

    /// The plan in force on a day.
    pub fn in_force_on(&self, day: NaiveDate) -> Option<&PlanCode> {
        self.changes.range(..=day).next_back().and_then(|(_, plan)| plan.as_ref())
    }

    /// The plans in force between two days, both included, in order: one period for days on end under the same plan.
    pub fn between(&self, first: NaiveDate, last: NaiveDate) -> Vec<PlanPeriod> {
        let before = self.in_force_on(first).map(|plan| (first, Some(plan)));
        let after = first.checked_add_days(Days::new(1)).filter(|day| *day <= last);
        let changes = after.into_iter().flat_map(|day| self.changes.range(day..=last));
        let changes = changes.map(|(from, plan)| (*from, plan.as_ref()));
        let starts: Vec<_> = before.into_iter().chain(changes).collect();
        let ends = starts.iter().skip(1).map(|(from, _)| from.pred_opt().unwrap_or(*from)).chain([last]);
        let mut periods: Vec<PlanPeriod> = Vec::new();
        for ((from, plan), to) in starts.iter().zip(ends) {
            match (plan, periods.last_mut()) {
                (None, _) => {}
                (Some(plan), Some(last)) if last.plan == **plan && last.to.succ_opt() == Some(*from) => {
                    last.to = to
                }
                (Some(plan), _) => {
                    periods.push(PlanPeriod { plan: PlanCode::clone(plan), from: *from, to });
                }
            }
        }
        periods
    }

    /// The months, up to one, of which some day is under a plan: only they can have bills.
    pub fn months_until(&self, last: Month) -> BTreeSet<Month> {
        let Some((begin, _)) = self.changes.first_key_value() else { return BTreeSet::new() };
        let periods = self.between(*begin, last.last_day());
        let months = periods.iter().flat_map(|period| {
            let months = successors(Some(Month::nearest(period.from)), |month| month.next());
            months.take_while(|month| month.first_day() <= period.to)
        });
        months.collect()
    }

    /// The first plan in force on a day or after it.
    pub fn in_force_from(&self, day: NaiveDate) -> Option<&PlanCode> {
        let later = || self.changes.range(day..).find_map(|(_, plan)| plan.as_ref());
        self.in_force_on(day).or_else(later)
    }

    /// What is so already is no change.
    pub(super) fn change(
        &self,
        customer: &CustomerId,
        plan: Option<PlanCode>,
        from: NaiveDate,
    ) -> Result<Vec<SubscriptionEvent>, SubscriptionRefusal> {
        let changed = self.changed(customer, plan, from)?;
        if changed.is_some() {
            self.check_nothing_requested(customer)?;
        }
        Ok(changed.into_iter().collect())
    }

    /// The same, whatever waits.
    pub(super) fn changed(
        &self,
        customer: &CustomerId,
        plan: Option<PlanCode>,
        from: NaiveDate,
    ) -> Result<Option<SubscriptionEvent>, SubscriptionRefusal> {
        let (customer, is_so) = (customer.clone(), self.is_so(plan.as_ref(), from));
        match plan {
            Some(_) if is_so => Ok(None),
            Some(plan) => Ok(Some(SubscriptionEvent::PricePlanAssigned { customer, plan, from })),
            None if is_so && self.changes.contains_key(&from) => Ok(None),
            None if is_so => Err(SubscriptionRefusal::NothingToEnd { customer, from }),
            None => Ok(Some(SubscriptionEvent::PricePlanEnded { customer, from })),
        }
    }

    /// Whether exactly this is in force from the day on.
    fn is_so(&self, plan: Option<&PlanCode>, from: NaiveDate) -> bool {
        self.in_force_on(from) == plan && self.changes.range(from..).all(|(day, _)| *day == from)
    }
}

impl EventSourced for Subscription {
    fn decide(&self, command: SubscriptionCommand) -> Result<Vec<SubscriptionEvent>, SubscriptionRefusal> {
        match command {
            SubscriptionCommand::Assign { customer, plan, from } => self.change(&customer, Some(plan), from),
            SubscriptionCommand::End { customer, from } => self.change(&customer, None, from),
            SubscriptionCommand::RequestChange { customer, request } => {
                self.request_change(customer, request)
            }
            SubscriptionCommand::ApproveChange { customer, approved_by } => {
                self.approve_change(customer, approved_by)
            }
            SubscriptionCommand::RejectChange { customer, rejected_by, reason } => {
                self.reject_change(customer, rejected_by, reason)
            }
        }
    }

    fn evolve(&mut self, event: &SubscriptionEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: &str| {
            CorruptStream::new(Self::TYPE, format!("{} of {}: {detail}", event.kind().name, event.customer()))
        };
        if self.customer.as_ref().is_some_and(|own| own != event.customer()) {
            return Err(corrupt("another's"));
        }
        self.customer = Some(event.customer().clone());
        let (from, plan) = match event {
            SubscriptionEvent::PricePlanAssigned { plan, from, .. } => (*from, Some(plan.clone())),
            SubscriptionEvent::PricePlanEnded { from, .. } => (*from, None),
            SubscriptionEvent::PricePlanChangeRequested { plan, from, reason, requested_by, .. } => {
                if self.requested.is_some() {
                    return Err(corrupt("another change is asked for"));
                }
                let (plan, reason) = (plan.clone(), reason.clone());
                let requested_by = requested_by.clone();
                self.requested = Some(PlanChangeRequest { plan, from: *from, reason, requested_by });
                return Ok(());
            }
            SubscriptionEvent::PricePlanChangeApproved { .. }
            | SubscriptionEvent::PricePlanChangeRejected { .. } => {
                if self.requested.take().is_none() {
                    return Err(corrupt("nobody has asked for a change"));
                }
                return Ok(());
            }
        };
        self.changes.split_off(&from);
        self.changes.insert(from, plan);
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&SubscriptionEvent> {
        match event {
            BookEvent::Billing(BillingEvent::Subscription(event)) => Some(event),
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

impl Aggregate for Subscription {
    const TYPE: &'static str = "subscription";
    type Command = SubscriptionCommand;
    type Event = SubscriptionEvent;
    type Error = SubscriptionRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: SubscriptionCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), SubscriptionRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: SubscriptionEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
