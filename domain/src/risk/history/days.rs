//! What was asked for on each of the last days.
//!
//! Bounded: as many days as the longest window has, and on each the currencies that were asked for.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money, MoneyError};
use crate::risk::{Requests, RequestsSoFar, Window};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RecentDays(BTreeMap<NaiveDate, Vec<OfDay>>);

/// In one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct OfDay {
    count: u32,
    amount: Money,
}

impl RecentDays {
    pub(super) fn before(
        &self,
        today: NaiveDate,
        currency: Currency,
        ever: u64,
    ) -> Result<RequestsSoFar, MoneyError> {
        let within = |window| self.within(window, today, currency);
        let (day, week, month) = (within(Window::Day)?, within(Window::Week)?, within(Window::Month)?);
        Ok(RequestsSoFar { ever, day, week, month })
    }

    /// A clock that went back leaves days that have not come yet: they count as today.
    fn within(&self, window: Window, today: NaiveDate, currency: Currency) -> Result<Requests, MoneyError> {
        let mut sum = Requests { count: 0, in_currency: 0, amount: Money::zero(currency) };
        for of_day in self.0.range(first_of(window, today)..).flat_map(|(_, of_day)| of_day) {
            sum.count = sum.count.saturating_add(of_day.count);
            if of_day.amount.currency() == currency {
                sum.in_currency = sum.in_currency.saturating_add(of_day.count);
                sum.amount = sum.amount.checked_add(of_day.amount)?;
            }
        }
        Ok(sum)
    }

    pub(super) fn add(&mut self, date: NaiveDate, amount: Money) -> Result<(), MoneyError> {
        let of_day = self.0.entry(date).or_default();
        match of_day.iter_mut().find(|known| known.amount.currency() == amount.currency()) {
            Some(known) => {
                known.count = known.count.saturating_add(1);
                known.amount = known.amount.checked_add(amount)?;
            }
            None => of_day.push(OfDay { count: 1, amount }),
        }
        let first = first_of(Window::Month, date);
        self.0.retain(|date, _| *date >= first);
        Ok(())
    }
}

fn first_of(window: Window, today: NaiveDate) -> NaiveDate {
    today.checked_sub_days(Days::new(window.days() - 1)).unwrap_or(NaiveDate::MIN)
}
