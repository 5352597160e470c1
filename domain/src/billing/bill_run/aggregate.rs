//! How far the bill run of a month has come.
//!
//! Who is billed is known from the bills; the run counts. Must never decide who is billed.

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{BillRunEvent, BillRunState, ParkedCustomer, RunTerms};
use crate::billing::BillingEvent;
use crate::dates::{EffectiveDateOutOfRange, check_follows};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::money::{Money, MoneyError};
use crate::month::Month;

/// The run of a month; by default one that never began.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillRun {
    period: Option<Month>,
    /// Started and not finished.
    under_way: bool,
    #[serde(default)]
    terms: RunTerms,
    /// Since it was started last.
    counts: RunCounts,
}

/// What a run has come to so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunCounts {
    pub customers: u64,
    pub billed: u64,
    pub skipped: u64,
    pub parked: u64,
    /// What the bills of this run come to, by currency.
    pub totals: Vec<Money>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BillRunCommand {
    /// One that is under way under the same terms goes on.
    Start {
        period: Month,
        customers: u64,
        terms: RunTerms,
        today: NaiveDate,
    },
    /// It goes on with so many customers that are not done yet; what is done stays.
    TakeUp {
        period: Month,
        left: u64,
    },
    /// What one of perhaps several processes has done.
    Progress {
        period: Month,
        billed: u64,
        totals: Vec<Money>,
        skipped: u64,
        parked: Vec<ParkedCustomer>,
    },
    Finish {
        period: Month,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BillRunRefusal {
    #[error("the bill run of {period} has never been started")]
    NotUnderWay { period: Month },
    #[error("another bill run of {period} is under way: begin when it is over")]
    UnderWay { period: Month },
    #[error("{period} is not over on {today}: what is used on its last days is not known")]
    NotOver { period: Month, today: NaiveDate },
    /// The issue date is before the month, or too far ahead.
    #[error(transparent)]
    IssueDate(#[from] EffectiveDateOutOfRange),
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl BillRun {
    /// The id of a month's run.
    pub fn stream_of(period: Month) -> String {
        format!("bill-run.{period}")
    }

    pub fn state(&self) -> BillRunState {
        match (self.period, self.under_way) {
            (None, _) => BillRunState::NotStarted,
            (Some(_), true) => BillRunState::Running,
            (Some(_), false) => BillRunState::Finished,
        }
    }

    /// Those it was started with last.
    pub fn terms(&self) -> &RunTerms {
        &self.terms
    }

    pub fn counts(&self) -> &RunCounts {
        &self.counts
    }
}

impl RunCounts {
    /// The sums with further amounts in them.
    pub fn totals_with(&self, more: impl IntoIterator<Item = Money>) -> Result<Vec<Money>, MoneyError> {
        let mut totals = self.totals.clone();
        for amount in more {
            match totals.iter_mut().find(|total| total.currency() == amount.currency()) {
                Some(total) => *total = total.checked_add(amount)?,
                None => totals.push(amount),
            }
        }
        Ok(totals)
    }

    /// At the end everyone is counted once: who was passed over only because the same run had just done it, in a process
    /// that was slower than another, was not skipped.
    pub fn close(&mut self) {
        let done = self.billed.saturating_add(self.parked);
        self.skipped = self.skipped.min(self.customers.saturating_sub(done));
    }
}

impl BillRun {
    fn start(
        &self,
        (period, today): (Month, NaiveDate),
        customers: u64,
        terms: RunTerms,
    ) -> Result<Option<BillRunEvent>, BillRunRefusal> {
        if self.under_way {
            return if terms == self.terms { Ok(None) } else { Err(BillRunRefusal::UnderWay { period }) };
        }
        if period.last_day() >= today {
            return Err(BillRunRefusal::NotOver { period, today });
        }
        check_issue_date(period, terms.issue_date, today)?;
        Ok(Some(BillRunEvent::BillRunStarted { period, customers, terms }))
    }

    /// Refuses terms no run of the month can have. One that is not over is judged as on the first day after it.
    pub fn check_terms(period: Month, terms: &RunTerms, today: NaiveDate) -> Result<(), BillRunRefusal> {
        let last = period.last_day();
        check_issue_date(period, terms.issue_date, today.max(last.succ_opt().unwrap_or(last)))
    }
}

fn check_issue_date(
    period: Month,
    issue_date: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<(), BillRunRefusal> {
    match issue_date {
        Some(issue_date) => Ok(check_follows(issue_date, period.first_day(), today)?),
        None => Ok(()),
    }
}

impl BillRun {
    /// Nothing changes where all who were counted so far are done and the rest is left.
    fn take_up(&self, period: Month, left: u64) -> Result<Option<BillRunEvent>, BillRunRefusal> {
        let RunCounts { customers: of, billed, skipped, parked, .. } = &self.counts;
        let customers = [*billed, *parked].iter().try_fold(left, |sum, done| sum.checked_add(*done));
        let customers = customers.ok_or(BillRunRefusal::NotUnderWay { period })?;
        let changes = self.under_way && (customers != *of || *skipped > 0);
        Ok(changes.then_some(BillRunEvent::BillRunTakenUp { period, customers }))
    }
}

impl EventSourced for BillRun {
    fn decide(&self, command: BillRunCommand) -> Result<Vec<BillRunEvent>, BillRunRefusal> {
        let event = match command {
            BillRunCommand::Start { period, customers, terms, today } => {
                self.start((period, today), customers, terms)?
            }
            BillRunCommand::TakeUp { period, .. }
            | BillRunCommand::Progress { period, .. }
            | BillRunCommand::Finish { period }
                if self.period.is_none() =>
            {
                return Err(BillRunRefusal::NotUnderWay { period });
            }
            BillRunCommand::TakeUp { period, left } => self.take_up(period, left)?,
            // Another process has come to the end first, and has left nothing to do.
            BillRunCommand::Progress { billed: 0, ref parked, .. }
                if !self.under_way && parked.is_empty() =>
            {
                None
            }
            BillRunCommand::Progress { period, billed, totals, skipped, parked } => {
                self.counts.totals_with(totals.iter().copied())?;
                Some(BillRunEvent::CustomersBilled { period, billed, totals, skipped, parked })
            }
            BillRunCommand::Finish { period } => {
                self.under_way.then_some(BillRunEvent::BillRunFinished { period })
            }
        };
        Ok(event.into_iter().collect())
    }

    fn evolve(&mut self, event: &BillRunEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: String| {
            let kind = event.kind().name;
            CorruptStream::new(Self::TYPE, format!("{kind} of {}: {detail}", event.period()))
        };
        if self.period.is_some_and(|own| own != event.period()) {
            return Err(corrupt("belongs to another month".into()));
        }
        let begun = self.period.is_some();
        self.period = Some(event.period());
        match (event, self.under_way) {
            (BillRunEvent::BillRunStarted { customers, terms, .. }, false) => {
                (self.under_way, self.terms) = (true, terms.clone());
                self.counts = RunCounts { customers: *customers, ..RunCounts::default() };
            }
            (BillRunEvent::BillRunTakenUp { customers, .. }, true) => {
                (self.counts.customers, self.counts.skipped) = (*customers, 0);
            }
            // What comes after the end is from another process, which will finish again.
            (BillRunEvent::CustomersBilled { billed, totals, skipped, parked, .. }, _) if begun => {
                self.under_way = true;
                self.counts.totals = self
                    .counts
                    .totals_with(totals.iter().copied())
                    .map_err(|error| corrupt(error.to_string()))?;
                let counts = &mut self.counts;
                for (count, more) in [
                    (&mut counts.billed, *billed),
                    (&mut counts.skipped, *skipped),
                    (&mut counts.parked, parked.len() as u64),
                ] {
                    *count = count.checked_add(more).ok_or_else(|| corrupt("counts too many".into()))?;
                }
            }
            (BillRunEvent::BillRunFinished { .. }, true) => {
                self.under_way = false;
                self.counts.close();
            }
            (BillRunEvent::BillRunStarted { .. }, true) => return Err(corrupt("started twice".into())),
            (BillRunEvent::CustomersBilled { .. }, _)
            | (BillRunEvent::BillRunTakenUp { .. } | BillRunEvent::BillRunFinished { .. }, false) => {
                return Err(corrupt("not under way".into()));
            }
        }
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&BillRunEvent> {
        match event {
            BookEvent::Billing(BillingEvent::Run(event)) => Some(event),
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

impl Aggregate for BillRun {
    const TYPE: &'static str = "bill_run";
    type Command = BillRunCommand;
    type Event = BillRunEvent;
    type Error = BillRunRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: BillRunCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), BillRunRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: BillRunEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
