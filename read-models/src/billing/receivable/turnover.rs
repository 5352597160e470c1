//! How fast what is owed is paid: days sales outstanding (应收账款周转天数) and the collection rate (回款率).

use std::collections::BTreeMap;

use chrono::Days;
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::FromRow;
use tallybook_domain::Currency;
use utoipa::ToSchema;

use super::owed::Seen;
use crate::query::{ReadError, Snapshot, Total, rounded};
use crate::schema;

/// What was billed and what was paid in the days up to the day that is looked at, that day included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceivablesTurnover {
    #[schema(example = 90)]
    pub window_days: u32,
    /// What was owed before the first of these days.
    #[schema(value_type = schema::Money)]
    pub opening: Total,
    /// Bills and debit notes, less credit notes of bills and what was voided, with tax.
    #[schema(value_type = schema::Money)]
    pub billed: Total,
    /// What money settled: receipts and wallets, less what was undone. Credit notes, differences and bad debt are no
    /// money.
    #[schema(value_type = schema::Money)]
    pub collected: Total,
    /// What is owed, in days of what was billed: `open / billed × window_days`, to a tenth of a day. `null` where nothing
    /// was billed.
    #[schema(value_type = Option<String>, example = "41.5")]
    pub dso_days: Option<Decimal>,
    /// `collected / (opening + billed)`, to four decimals. `null` where there was nothing to collect.
    #[schema(value_type = Option<String>, example = "0.8125")]
    pub collection_rate: Option<Decimal>,
}

/// What the entries of these days come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Turned {
    billed: Decimal,
    collected: Decimal,
    /// By how much more is owed after the days than before.
    change: Decimal,
}

#[derive(FromRow)]
struct TurnedRow {
    currency: String,
    billed: Decimal,
    collected: Decimal,
    change: Decimal,
}

pub(super) async fn turned(
    snapshot: &mut Snapshot,
    seen: Seen,
    window_days: u32,
) -> Result<BTreeMap<Currency, Turned>, ReadError> {
    let before = seen.on.checked_sub_days(Days::new(window_days.into())).unwrap_or(chrono::NaiveDate::MIN);
    let rows = sqlx::query_as!(
        TurnedRow,
        r#"SELECT currency,
                  coalesce(sum(amount) FILTER (WHERE kind IN ('issued', 'debit_note', 'credit_note', 'voided')), 0)
                      AS "billed!",
                  coalesce(-sum(amount) FILTER (WHERE kind IN ('applied', 'reopened', 'paid_from_wallet',
                                                               'returned_to_wallet')), 0) AS "collected!",
                  sum(amount) AS "change!"
             FROM receivable_entries
            WHERE effective_date > $1 AND (effective_date <= $2 OR $2 IS NULL) AND (position <= $3 OR $3 IS NULL)
              AND (currency = $4 OR $4 IS NULL)
            GROUP BY currency"#,
        before,
        seen.date,
        seen.known_at,
        seen.currency.map(Currency::code),
    )
    .fetch_all(snapshot.connection())
    .await?;
    let turned = rows.into_iter().map(|row| {
        let currency = Currency::parse(&row.currency)
            .map_err(|_| ReadError::Corrupt(format!("something is owed in {:?}", row.currency)))?;
        Ok((currency, Turned { billed: row.billed, collected: row.collected, change: row.change }))
    });
    turned.collect()
}

impl Turned {
    pub(super) fn turnover(self, window_days: u32, open: Total) -> Result<ReceivablesTurnover, ReadError> {
        let total = |amount| Total::new(amount, open.currency());
        let opening = open.minus(total(self.change))?;
        let billed = total(self.billed);
        let share = |part: Decimal, whole: Total| {
            if whole.amount() > Decimal::ZERO { part.checked_div(whole.amount()) } else { None }
        };
        let in_days = open.amount().checked_mul(window_days.into()).and_then(|owed| share(owed, billed));
        let collected = share(self.collected, opening.plus(billed)?);
        Ok(ReceivablesTurnover {
            window_days,
            opening,
            billed,
            collected: total(self.collected),
            dso_days: in_days.map(|days| rounded(days, 1)),
            collection_rate: collected.map(|rate| rounded(rate, 4)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turnover(billed: i64, collected: i64, change: i64, open: i64) -> ReceivablesTurnover {
        let turned = Turned { billed: billed.into(), collected: collected.into(), change: change.into() };
        turned.turnover(90, Total::new(open.into(), Currency::CNY)).unwrap()
    }

    #[test]
    fn what_is_owed_is_told_in_days_of_sales_and_what_was_paid_as_a_share() {
        // 100 was owed before, 300 was billed, 250 paid: 150 is left.
        let figures = turnover(300, 250, 50, 150);
        assert_eq!(figures.opening.written().to_string(), "100.00");
        assert_eq!(figures.dso_days.unwrap().to_string(), "45.0");
        assert_eq!(figures.collection_rate.unwrap().to_string(), "0.6250");
    }

    #[test]
    fn where_nothing_was_billed_there_are_no_days_of_sales() {
        let figures = turnover(0, 100, -100, 0);
        assert_eq!((figures.dso_days, figures.collection_rate.unwrap().to_string()), (None, "1.0000".into()));
        let nothing = turnover(0, 0, 0, 0);
        assert_eq!((nothing.dso_days, nothing.collection_rate), (None, None));
    }
}
