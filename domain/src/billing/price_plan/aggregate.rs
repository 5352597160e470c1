//! A price plan and its versions.
//!
//! A version is never changed: what was billed by it can be calculated again for ever.

use std::sync::Arc;

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{PlanCode, PlanName, PlanVersionRequest, PricePlanEvent, PricePlanRefusal};
use crate::actor::Actor;
use crate::billing::BillingEvent;
use crate::billing::pricing::PlanTerms;
use crate::dates::{EARLIEST_EFFECTIVE_DATE, EffectiveDateOutOfRange};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::text::Reason;

/// The end of the last month there is.
const LATEST_MONTH_END: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(date) => date,
    None => panic!("9999-12-31 is a date"),
};

/// A price plan; by default one that does not exist.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricePlan {
    plan: Option<PlanCode>,
    versions: Vec<PlanVersion>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) requested: Option<PlanVersionRequest>,
}

/// What a plan says from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanVersion {
    /// From 1.
    pub version: u32,
    pub effective_from: NaiveDate,
    pub terms: Arc<PlanTerms>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PricePlanCommand {
    /// The plan and its first version.
    Create {
        plan: PlanCode,
        name: PlanName,
        effective_from: NaiveDate,
        terms: PlanTerms,
    },
    AddVersion {
        plan: PlanCode,
        effective_from: NaiveDate,
        terms: PlanTerms,
    },
    /// A version that somebody else has to approve.
    RequestVersion {
        plan: PlanCode,
        request: PlanVersionRequest,
    },
    ApproveVersion {
        plan: PlanCode,
        approved_by: Actor,
    },
    /// Whoever asked takes it back this way.
    RejectVersion {
        plan: PlanCode,
        rejected_by: Actor,
        reason: Reason,
    },
}

impl PricePlan {
    /// Refuses what is asked about a plan that does not exist.
    pub fn check_exists(&self, plan: &PlanCode) -> Result<(), PricePlanRefusal> {
        match self.plan {
            Some(_) => Ok(()),
            None => Err(PricePlanRefusal::NotFound { plan: plan.clone() }),
        }
    }

    /// The versions by the day from which they are in force.
    pub fn versions(&self) -> &[PlanVersion] {
        &self.versions
    }

    /// The version in force on a day, if the plan had begun.
    pub fn in_force_on(&self, day: NaiveDate) -> Option<&PlanVersion> {
        self.versions.iter().rev().find(|version| version.effective_from <= day)
    }

    pub(super) fn add_version(
        &self,
        plan: PlanCode,
        effective_from: NaiveDate,
        terms: PlanTerms,
    ) -> Result<PricePlanEvent, PricePlanRefusal> {
        self.check_exists(&plan)?;
        check_believable(effective_from)?;
        let Some(last) = self.versions.last() else { return Err(PricePlanRefusal::NotFound { plan }) };
        if effective_from <= last.effective_from {
            let (version, latest) = (last.version, last.effective_from);
            return Err(PricePlanRefusal::NotLater { plan, version, latest });
        }
        let (expected, given) = (last.terms.currency(), terms.currency());
        if expected != given {
            return Err(PricePlanRefusal::CurrencyDiffers { plan, expected, given });
        }
        let version = last.version + 1;
        Ok(PricePlanEvent::PricePlanVersionAdded { plan, version, effective_from, terms })
    }
}

/// A plan may begin long ago or in years, but not before business dates do.
fn check_believable(effective_from: NaiveDate) -> Result<(), EffectiveDateOutOfRange> {
    if (EARLIEST_EFFECTIVE_DATE..=LATEST_MONTH_END).contains(&effective_from) {
        return Ok(());
    }
    Err(EffectiveDateOutOfRange {
        effective_date: effective_from,
        earliest: EARLIEST_EFFECTIVE_DATE,
        latest: LATEST_MONTH_END,
    })
}

impl EventSourced for PricePlan {
    fn decide(&self, command: PricePlanCommand) -> Result<Vec<PricePlanEvent>, PricePlanRefusal> {
        match command {
            PricePlanCommand::Create { plan, .. } if self.plan.is_some() => {
                Err(PricePlanRefusal::AlreadyExists { plan })
            }
            PricePlanCommand::Create { plan, name, effective_from, terms } => {
                check_believable(effective_from)?;
                Ok(vec![
                    PricePlanEvent::PricePlanCreated { plan: plan.clone(), name },
                    PricePlanEvent::PricePlanVersionAdded { plan, version: 1, effective_from, terms },
                ])
            }
            PricePlanCommand::AddVersion { plan, effective_from, terms } => {
                self.check_nothing_requested(&plan)?;
                Ok(vec![self.add_version(plan, effective_from, terms)?])
            }
            PricePlanCommand::RequestVersion { plan, request } => self.request_version(plan, request),
            PricePlanCommand::ApproveVersion { plan, approved_by } => self.approve_version(plan, approved_by),
            PricePlanCommand::RejectVersion { plan, rejected_by, reason } => {
                self.reject_version(plan, rejected_by, reason)
            }
        }
    }

    fn evolve(&mut self, event: &PricePlanEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: &str| {
            let kind = event.kind().name;
            CorruptStream::new(Self::TYPE, format!("{kind} of {}: {detail}", event.plan()))
        };
        match (&self.plan, event) {
            (None, PricePlanEvent::PricePlanCreated { plan, .. }) => self.plan = Some(plan.clone()),
            (Some(_), PricePlanEvent::PricePlanCreated { .. }) => return Err(corrupt("created twice")),
            (
                None,
                PricePlanEvent::PricePlanVersionAdded { .. }
                | PricePlanEvent::PricePlanVersionRequested { .. }
                | PricePlanEvent::PricePlanVersionApproved { .. }
                | PricePlanEvent::PricePlanVersionRejected { .. },
            ) => return Err(corrupt("never created")),
            (Some(own), PricePlanEvent::PricePlanVersionAdded { plan, version, effective_from, terms }) => {
                let follows = self.versions.last().is_none_or(|last| {
                    last.version.checked_add(1) == Some(*version) && last.effective_from < *effective_from
                });
                if own != plan || !follows {
                    return Err(corrupt("does not follow the version before it"));
                }
                let (version, effective_from, terms) = (*version, *effective_from, Arc::new(terms.clone()));
                self.versions.push(PlanVersion { version, effective_from, terms });
            }
            (
                Some(own),
                PricePlanEvent::PricePlanVersionRequested {
                    plan,
                    effective_from,
                    terms,
                    reason,
                    requested_by,
                },
            ) => {
                if own != plan || self.requested.is_some() {
                    return Err(corrupt("another version is asked for"));
                }
                let (effective_from, terms) = (*effective_from, Arc::new(terms.clone()));
                let (reason, requested_by) = (reason.clone(), requested_by.clone());
                self.requested = Some(PlanVersionRequest { effective_from, terms, reason, requested_by });
            }
            (
                Some(own),
                PricePlanEvent::PricePlanVersionApproved { plan, .. }
                | PricePlanEvent::PricePlanVersionRejected { plan, .. },
            ) => {
                if own != plan || self.requested.take().is_none() {
                    return Err(corrupt("nobody has asked for a version"));
                }
            }
        }
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&PricePlanEvent> {
        match event {
            BookEvent::Billing(BillingEvent::PricePlan(event)) => Some(event),
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

impl Aggregate for PricePlan {
    const TYPE: &'static str = "price_plan";
    type Command = PricePlanCommand;
    type Event = PricePlanEvent;
    type Error = PricePlanRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: PricePlanCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), PricePlanRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: PricePlanEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
