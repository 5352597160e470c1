//! The refund: what was asked for, and how far it has come.

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{
    OrderRefundAction, OrderRefundCommand, OrderRefundEvent, OrderRefundRefusal, OrderRefundState,
    RefundGround, RefundNumber, rules,
};
use crate::actor::Actor;
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ids::CustomerId;
use crate::money::Money;
use crate::orders::{OrderId, OrdersEvent, PaidWith, RefundId};
use crate::requester::Requester;

/// A refund; by default one nobody has asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRefund {
    pub(super) paper: Option<Paper>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Paper {
    pub(super) refund: RefundId,
    pub(super) order: OrderId,
    pub(super) customer: CustomerId,
    pub(super) ground: RefundGround,
    pub(super) back_to: PaidWith,
    pub(super) amount: Money,
    /// Nobody asked for the refund of excess money; but if it is excess by a person's word alone, he stands for it.
    pub(super) requested_by: Option<Requester>,
    pub(super) since: NaiveDate,
    pub(super) state: OrderRefundState,
    /// Who approved or rejected it.
    pub(super) decided_by: Option<Actor>,
    /// How many numbers the channel was given for it.
    pub(super) attempts: u32,
    /// That it failed is a person's word, not the channel's.
    #[serde(default)]
    pub(super) given_up: bool,
}

impl Paper {
    /// Whether this step may be taken now. What a person has called failed, the channel may still settle.
    pub(super) fn is_open_to(&self, action: OrderRefundAction) -> bool {
        let settled = matches!(action, OrderRefundAction::Succeed | OrderRefundAction::Fail);
        action.is_open_from(self.state, self.ground == RefundGround::Excess)
            || (settled && self.is_given_up())
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.state == OrderRefundState::Failed && self.given_up
    }

    /// The number it is given to the channel under next. A channel pays a number once, so only what the channel itself has
    /// said it will not pay gets another.
    pub(super) fn next_number(&self) -> RefundNumber {
        let last = self.attempts.max(1);
        let closed = self.state == OrderRefundState::Failed && !self.given_up;
        RefundNumber::new(&self.refund, if closed { last.saturating_add(1) } else { last })
    }
}

impl OrderRefund {
    /// `None` before it is asked for, as of all below.
    pub fn state(&self) -> Option<OrderRefundState> {
        self.paper.as_ref().map(|paper| paper.state)
    }

    pub fn order(&self) -> Option<&OrderId> {
        self.paper.as_ref().map(|paper| &paper.order)
    }

    pub fn customer(&self) -> Option<&CustomerId> {
        self.paper.as_ref().map(|paper| &paper.customer)
    }

    pub fn ground(&self) -> Option<RefundGround> {
        self.paper.as_ref().map(|paper| paper.ground)
    }

    pub fn back_to(&self) -> Option<&PaidWith> {
        self.paper.as_ref().map(|paper| &paper.back_to)
    }

    pub fn amount(&self) -> Option<Money> {
        self.paper.as_ref().map(|paper| paper.amount)
    }

    /// Who asked for it, while it waits for somebody else to approve it.
    pub fn waits_for_approval(&self) -> Option<&Requester> {
        let waiting = self.paper.as_ref().filter(|paper| paper.state == OrderRefundState::Requested);
        waiting.and_then(|paper| paper.requested_by.as_ref())
    }

    /// The number the channel was last given; before that, the one it will be given.
    pub fn number(&self) -> Option<RefundNumber> {
        self.paper.as_ref().map(|paper| RefundNumber::new(&paper.refund, paper.attempts))
    }

    /// Whether a person has called it failed, and the channel has not.
    pub fn is_given_up(&self) -> bool {
        self.paper.as_ref().is_some_and(Paper::is_given_up)
    }

    /// How many numbers the channel was given for it.
    pub fn attempts(&self) -> u32 {
        self.paper.as_ref().map_or(0, |paper| paper.attempts)
    }

    /// The business date of a step nobody gave one: today, or the day the money came, if that is later.
    pub fn effective_date_by_default(&self, today: NaiveDate) -> NaiveDate {
        self.paper.as_ref().map_or(today, |paper| paper.since.max(today))
    }
}

/// The step an event is the trace of; `None` for the request itself.
fn step(event: &OrderRefundEvent) -> Option<(OrderRefundAction, Option<&Actor>)> {
    use OrderRefundAction as Action;

    match event {
        OrderRefundEvent::RefundRequested { .. } | OrderRefundEvent::ExcessRefundDue { .. } => None,
        OrderRefundEvent::RefundApproved { approved_by, .. } => Some((Action::Approve, Some(approved_by))),
        OrderRefundEvent::RefundRejected { rejected_by, .. } => Some((Action::Reject, Some(rejected_by))),
        OrderRefundEvent::RefundSubmitted { .. } => Some((Action::Submit, None)),
        OrderRefundEvent::RefundSucceeded { .. } => Some((Action::Succeed, None)),
        OrderRefundEvent::RefundFailed { .. } => Some((Action::Fail, None)),
        OrderRefundEvent::RefundFoundAbnormal { .. } => Some((Action::FindAbnormal, None)),
    }
}

/// The state in which it begins. Excess money needs nobody's approval, as it is not ours, unless that is a person's word.
fn begin(event: &OrderRefundEvent) -> Option<Paper> {
    let paper = |(refund, order, customer): (&RefundId, &OrderId, &CustomerId),
                 back_to: &PaidWith,
                 amount: Money,
                 since: NaiveDate| Paper {
        refund: refund.clone(),
        order: order.clone(),
        customer: customer.clone(),
        ground: RefundGround::Excess,
        back_to: back_to.clone(),
        amount,
        requested_by: None,
        since,
        state: OrderRefundState::Approved,
        decided_by: None,
        attempts: 0,
        given_up: false,
    };
    match event {
        OrderRefundEvent::RefundRequested {
            refund,
            order,
            customer,
            back_to,
            amount,
            requested_by,
            since,
            ..
        } => Some(Paper {
            ground: RefundGround::Order,
            requested_by: Some(requested_by.clone()),
            state: OrderRefundState::Requested,
            ..paper((refund, order, customer), back_to, *amount, *since)
        }),
        OrderRefundEvent::ExcessRefundDue {
            refund,
            order,
            customer,
            back_to,
            amount,
            confirmed_by,
            since,
            ..
        } => {
            let begun = paper((refund, order, customer), back_to, *amount, *since);
            Some(match confirmed_by {
                Some(person) => {
                    Paper { requested_by: Some(person.clone()), state: OrderRefundState::Requested, ..begun }
                }
                None => begun,
            })
        }
        OrderRefundEvent::RefundApproved { .. }
        | OrderRefundEvent::RefundRejected { .. }
        | OrderRefundEvent::RefundSubmitted { .. }
        | OrderRefundEvent::RefundSucceeded { .. }
        | OrderRefundEvent::RefundFailed { .. }
        | OrderRefundEvent::RefundFoundAbnormal { .. } => None,
    }
}

impl EventSourced for OrderRefund {
    fn decide(&self, command: OrderRefundCommand) -> Result<Vec<OrderRefundEvent>, OrderRefundRefusal> {
        Ok(rules::decide(self, command)?.into_iter().collect())
    }

    fn evolve(&mut self, event: &OrderRefundEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: &str| {
            let kind = event.kind().name;
            CorruptStream::new(Self::TYPE, format!("{kind} of {}: {detail}", event.refund()))
        };
        match (&mut self.paper, step(event)) {
            (None, None) => self.paper = begin(event),
            (Some(_), None) => return Err(corrupt("asked for twice")),
            (None, Some(_)) => return Err(corrupt("never asked for")),
            (Some(paper), Some((action, by))) => {
                if paper.refund != *event.refund() {
                    return Err(corrupt("belongs to another refund"));
                }
                if !paper.is_open_to(action) {
                    return Err(corrupt("not a step from the state it met"));
                }
                paper.state = action.target();
                if by.is_some() {
                    paper.decided_by = by.cloned();
                }
                if let OrderRefundEvent::RefundSubmitted { number, .. } = event {
                    if number.attempt() < paper.attempts {
                        return Err(corrupt("under a number of before"));
                    }
                    paper.attempts = number.attempt();
                }
                if let OrderRefundEvent::RefundFailed { reason, .. } = event {
                    paper.given_up = reason.is_some();
                }
            }
        }
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&OrderRefundEvent> {
        match event {
            BookEvent::Orders(OrdersEvent::Refund(event)) => Some(event),
            BookEvent::Orders(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_)
            | BookEvent::Risk(_)
            | BookEvent::Approvals(_)
            | BookEvent::Payouts(_) => None,
        }
    }
}

impl Aggregate for OrderRefund {
    const TYPE: &'static str = "order_refund";
    type Command = OrderRefundCommand;
    type Event = OrderRefundEvent;
    type Error = OrderRefundRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: OrderRefundCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), OrderRefundRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: OrderRefundEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
