//! Which months a source is asked for, and about whom.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use sqlx::PgPool;
use tallybook_commands::billing::RunBills;
use tallybook_domain::billing::bill_run::RunTerms;
use tallybook_domain::billing::usage_source::UsageRunTerms;
use tallybook_domain::customers::{CustomerCode, CustomerStatus};
use tallybook_domain::{CustomerId, Month};
use tallybook_event_store::Book;
use tallybook_read_models::customers::codes_and_states;

use super::{Asked, UsageSourceError};
use crate::bill_runs::billable;

/// The month of a day, and the one before during its first days.
pub fn months_to_ask(today: NaiveDate, previous_month_days: u8) -> Vec<Month> {
    let Some(month) = Month::of(today) else { return Vec::new() };
    let before = month.previous().filter(|_| today.day() <= u32::from(previous_month_days));
    before.into_iter().chain([month]).collect()
}

/// A request for each month of every active customer with a plan in it, or of those who are named.
pub(super) async fn requests(book: &Book, terms: &UsageRunTerms) -> Result<Vec<Asked>, UsageSourceError> {
    let mut asked = Vec::new();
    for month in &terms.months {
        let run_terms = RunTerms { customers: terms.customers.clone(), ..RunTerms::default() };
        let run = RunBills::of(*month, run_terms);
        let customers: Vec<CustomerId> =
            billable(book, &run).await?.into_iter().map(|billable| billable.customer).collect();
        let known = known(book.pool(), &customers).await?;
        for customer in customers {
            let code = match known.get(&customer) {
                Some((_, CustomerStatus::Suspended | CustomerStatus::Closed))
                    if terms.customers.is_empty() =>
                {
                    continue;
                }
                Some((code, _)) => code.clone(),
                None => None,
            };
            asked.push(Asked::Month { customer, code, month: *month });
        }
    }
    Ok(asked)
}

type Known = HashMap<CustomerId, (Option<CustomerCode>, CustomerStatus)>;

async fn known(pool: &PgPool, customers: &[CustomerId]) -> Result<Known, UsageSourceError> {
    let rows = codes_and_states(pool, customers).await?;
    Ok(rows.into_iter().map(|(customer, code, status)| (customer, (code, status))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_month_before_is_asked_for_in_the_first_days() {
        let months = |today: &str, days| {
            months_to_ask(today.parse().unwrap(), days).iter().map(Month::to_string).collect::<Vec<_>>()
        };
        assert_eq!(months("2026-11-03", 3), ["2026-10", "2026-11"]);
        assert_eq!(months("2026-11-04", 3), ["2026-11"]);
        assert_eq!(months("2027-01-01", 1), ["2026-12", "2027-01"]);
        assert_eq!(months("2026-11-01", 0), ["2026-11"]);
    }
}
