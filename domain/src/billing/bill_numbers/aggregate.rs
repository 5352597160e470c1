//! The last bill number of a year.
//!
//! Numbers are taken in the decision that issues the bills, so a refused issue takes none and there is never a gap.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::BillNumbersEvent;
use crate::billing::BillingEvent;
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};

/// The numbers of one year; by default none has been taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillNumbers {
    last: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BillNumbersCommand {
    /// For so many bills, issued in this year.
    Take { year: i32, bills: u64 },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BillNumbersRefusal {
    #[error("{year} has no bill numbers left")]
    Exhausted { year: i32 },
}

impl BillNumbers {
    /// The stream of a year's numbers.
    pub fn stream_of(year: i32) -> String {
        format!("bills.{year:04}")
    }

    /// The last number taken; 0 if none was.
    pub fn last(&self) -> u64 {
        self.last
    }
}

impl EventSourced for BillNumbers {
    fn decide(&self, command: BillNumbersCommand) -> Result<Vec<BillNumbersEvent>, BillNumbersRefusal> {
        let BillNumbersCommand::Take { year, bills } = command;
        let exhausted = BillNumbersRefusal::Exhausted { year };
        let last =
            self.last.checked_add(bills).filter(|last| i64::try_from(*last).is_ok()).ok_or(exhausted)?;
        if bills == 0 {
            return Ok(Vec::new());
        }
        Ok(vec![BillNumbersEvent::BillNumbersTaken { year, first: self.last + 1, last }])
    }

    fn evolve(&mut self, event: &BillNumbersEvent) -> Result<(), CorruptStream> {
        let BillNumbersEvent::BillNumbersTaken { first, last, .. } = event;
        if *first != self.last + 1 || last < first {
            let detail = format!("{first} to {last} taken after {}", self.last);
            return Err(CorruptStream::new(Self::TYPE, detail));
        }
        self.last = *last;
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&BillNumbersEvent> {
        match event {
            BookEvent::Billing(BillingEvent::Numbers(event)) => Some(event),
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

impl Aggregate for BillNumbers {
    const TYPE: &'static str = "bill_numbers";
    type Command = BillNumbersCommand;
    type Event = BillNumbersEvent;
    type Error = BillNumbersRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: BillNumbersCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), BillNumbersRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: BillNumbersEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;

    use super::*;

    fn taken(first: u64, last: u64) -> BillNumbersEvent {
        BillNumbersEvent::BillNumbersTaken { year: 2026, first, last }
    }

    fn given(events: Vec<BillNumbersEvent>) -> cqrs_es::test::AggregateTestExecutor<BillNumbers> {
        TestFramework::with(()).given(events)
    }

    #[test]
    fn numbers_follow_each_other_without_gaps() {
        given(vec![])
            .when(BillNumbersCommand::Take { year: 2026, bills: 3 })
            .then_expect_events(vec![taken(1, 3)]);
        given(vec![taken(1, 3)])
            .when(BillNumbersCommand::Take { year: 2026, bills: 1 })
            .then_expect_events(vec![taken(4, 4)]);
        given(vec![taken(1, 3)])
            .when(BillNumbersCommand::Take { year: 2026, bills: 0 })
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_gap_or_a_repeat_is_corruption() {
        for (first, last) in [(1, 2), (5, 6), (4, 3)] {
            let mut numbers = BillNumbers { last: 3 };
            assert!(numbers.evolve(&taken(first, last)).is_err(), "{first} to {last}");
        }
    }

    #[test]
    fn numbers_run_out_before_they_overflow() {
        let numbers = BillNumbers { last: i64::MAX.unsigned_abs() };
        let take = BillNumbersCommand::Take { year: 2026, bills: 1 };
        assert_eq!(numbers.decide(take), Err(BillNumbersRefusal::Exhausted { year: 2026 }));
    }
}
