//! What was posted, summed up per account and currency, as far as it was known at a position.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use tallybook_domain::Currency;
use tallybook_domain::ledger::AccountCode;

use super::GeneralLedger;
use super::accounts::parts_of;
use crate::query::{DateRange, ReadError, Snapshot, Standpoint, Total, counted, signed};

/// What is summed up.
#[derive(Debug, Clone, Copy)]
pub(super) struct SumsOf<'a> {
    /// Codes of accounts that are posted to; all, if left out.
    pub(super) accounts: Option<&'a [String]>,
    pub(super) currency: Option<Currency>,
    pub(super) range: DateRange,
}

/// The sums of an account in a currency. Balances are positive for a debit balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) account: AccountCode,
    pub(super) currency: Currency,
    /// Before the first day.
    pub(super) opening: Total,
    pub(super) debit: Total,
    pub(super) credit: Total,
    pub(super) line_count: u64,
}

struct SumsRow {
    account: String,
    currency: String,
    opening: Decimal,
    debit: Decimal,
    credit: Decimal,
    line_count: i64,
}

impl SumsOf<'_> {
    /// By account. Accounts without postings up to the last day are left out.
    pub(super) async fn known_at(
        &self,
        known_at: Option<u64>,
        snapshot: &mut Snapshot,
    ) -> Result<Vec<Sums>, ReadError> {
        let rows = match known_at {
            None => self.now(snapshot).await?,
            Some(known_at) => {
                let position = snapshot.position_of::<GeneralLedger>().await?;
                self.then(signed(known_at)?, signed(position)?, snapshot).await?
            }
        };
        rows.into_iter().map(Sums::try_from).collect()
    }

    async fn now(&self, snapshot: &mut Snapshot) -> Result<Vec<SumsRow>, sqlx::Error> {
        sqlx::query_as!(
            SumsRow,
            r#"SELECT account, currency,
                      coalesce(sum(debit - credit) FILTER (WHERE effective_date < $1), 0) AS "opening!",
                      coalesce(sum(debit) FILTER (WHERE effective_date >= $1 OR $1 IS NULL), 0) AS "debit!",
                      coalesce(sum(credit) FILTER (WHERE effective_date >= $1 OR $1 IS NULL), 0) AS "credit!",
                      coalesce(sum(line_count) FILTER (WHERE effective_date >= $1 OR $1 IS NULL), 0)::bigint AS "line_count!"
                 FROM ledger_days
                WHERE (effective_date <= $2 OR $2 IS NULL) AND (currency = $3 OR $3 IS NULL)
                  AND (account = ANY ($4) OR $4 IS NULL)
                GROUP BY account, currency ORDER BY account"#,
            self.range.from(),
            self.range.to(),
            self.currency.map(Currency::code),
            self.accounts,
        )
        .fetch_all(snapshot.connection())
        .await
    }

    /// From whichever is less: the days without the lines after the position, or the lines up to it alone.
    async fn then(
        &self,
        known_at: i64,
        position: i64,
        snapshot: &mut Snapshot,
    ) -> Result<Vec<SumsRow>, sqlx::Error> {
        let from_the_days = known_at > position / 2;
        let (after, up_to, sign) =
            if from_the_days { (known_at, position, -1_i64) } else { (0, known_at, 1) };
        sqlx::query_as!(
            SumsRow,
            r#"SELECT account AS "account!", currency AS "currency!",
                      coalesce(sum(debit - credit) FILTER (WHERE effective_date < $1), 0) AS "opening!",
                      coalesce(sum(debit) FILTER (WHERE effective_date >= $1 OR $1 IS NULL), 0) AS "debit!",
                      coalesce(sum(credit) FILTER (WHERE effective_date >= $1 OR $1 IS NULL), 0) AS "credit!",
                      coalesce(sum(line_count) FILTER (WHERE effective_date >= $1 OR $1 IS NULL), 0)::bigint AS "line_count!"
                 FROM (SELECT account, currency, effective_date, debit, credit, line_count
                         FROM ledger_days
                        WHERE $5
                        UNION ALL
                       SELECT account, currency, effective_date,
                              CASE side WHEN 'debit' THEN $8::bigint * amount ELSE 0 END,
                              CASE side WHEN 'credit' THEN $8::bigint * amount ELSE 0 END, $8::bigint
                         FROM ledger_lines
                        WHERE position > $6 AND position <= $7) AS known
                WHERE (effective_date <= $2 OR $2 IS NULL) AND (currency = $3 OR $3 IS NULL)
                  AND (account = ANY ($4) OR $4 IS NULL)
                GROUP BY account, currency HAVING sum(line_count) > 0 ORDER BY account"#,
            self.range.from(),
            self.range.to(),
            self.currency.map(Currency::code),
            self.accounts,
            from_the_days,
            after,
            up_to,
            sign,
        )
        .fetch_all(snapshot.connection())
        .await
    }
}

/// The balance of an account in each currency that was posted to it, positive for a debit balance.
pub(crate) async fn closing_of(
    account: AccountCode,
    currency: Option<Currency>,
    standpoint: Standpoint,
    snapshot: &mut Snapshot,
) -> Result<BTreeMap<Currency, Total>, ReadError> {
    let accounts: Vec<String> = parts_of(account).map(|part| part.code().to_owned()).collect();
    let range = standpoint.narrow(DateRange::default());
    let of = SumsOf { accounts: Some(&accounts), currency, range };
    let mut balances = BTreeMap::new();
    for sums in of.known_at(standpoint.known_at, snapshot).await? {
        let balance = balances.entry(sums.currency).or_insert_with(|| Total::zero(sums.currency));
        *balance = balance.plus(sums.closing()?)?;
    }
    Ok(balances)
}

impl Sums {
    /// After the last day.
    pub(super) fn closing(&self) -> Result<Total, ReadError> {
        self.opening.plus(self.debit)?.minus(self.credit)
    }
}

impl TryFrom<SumsRow> for Sums {
    type Error = ReadError;

    fn try_from(row: SumsRow) -> Result<Self, ReadError> {
        let unknown =
            || ReadError::Corrupt(format!("the ledger has account {} in {}", row.account, row.currency));
        let currency = Currency::parse(&row.currency).map_err(|_| unknown())?;
        let total = |amount| Total::new(amount, currency);
        Ok(Self {
            account: row.account.parse().map_err(|_| unknown())?,
            currency,
            opening: total(row.opening),
            debit: total(row.debit),
            credit: total(row.credit),
            line_count: counted(row.line_count)?,
        })
    }
}
