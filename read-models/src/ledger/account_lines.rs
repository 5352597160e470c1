//! Asking for the lines of an account (明细账).

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use smol_str::SmolStr;
use sqlx::{PgPool, QueryBuilder};
use tallybook_domain::ledger::{AccountCode, Side};
use tallybook_domain::{Currency, Money};
use utoipa::ToSchema;

use super::accounts::parts_of;
use super::sums::{Sums, SumsOf};
use super::{GeneralLedger, LedgerLineRow};
use crate::query::{
    DateRange, Page, Paging, ReadError, Snapshot, Standpoint, Total, read_key, signed, write_cursor,
};
use crate::schema;

/// What was posted to an account in a period. Balances and totals are those of the whole period; the lines may be a
/// part of it. Balances are positive for a debit balance, negative for a credit balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccountLines {
    #[schema(value_type = String, example = "1002")]
    pub code: AccountCode,
    #[schema(value_type = String, example = "CNY")]
    pub currency: Currency,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    #[schema(value_type = schema::Money)]
    pub opening: Total,
    #[schema(value_type = schema::Money)]
    pub debit: Total,
    #[schema(value_type = schema::Money)]
    pub credit: Total,
    #[schema(value_type = schema::Money)]
    pub closing: Total,
    pub line_count: u64,
    pub lines: Vec<LedgerLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LedgerLine {
    #[schema(value_type = String, example = "1002")]
    pub account: AccountCode,
    pub effective_date: NaiveDate,
    pub position: u64,
    /// Its place among the postings of its event: 0, 1 …
    pub posting: u64,
    pub recorded_at: DateTime<Utc>,
    #[schema(value_type = String)]
    pub recorded_by: SmolStr,
    #[schema(value_type = String, example = "DepositRecorded")]
    pub event_type: SmolStr,
    #[schema(value_type = String, example = "wallet")]
    pub source_type: SmolStr,
    /// The aggregate the event belongs to.
    pub source: String,
    #[schema(value_type = schema::Side)]
    pub side: Side,
    #[schema(value_type = schema::Money)]
    pub amount: Money,
    /// The account's balance after this line, in the order of the list.
    #[schema(value_type = schema::Money)]
    pub balance: Total,
}

const ORDER: &str = "effective_date";

/// The account as it is stored: itself and, for a sum, its sub-accounts; and what of it counts.
struct Scope {
    code: AccountCode,
    currency: Currency,
    codes: Vec<String>,
    range: DateRange,
    known_at: Option<u64>,
}

/// A line's place in the list: date, position, posting.
type Place = (NaiveDate, i64, i64);

/// A sum of sub-accounts shows their lines.
pub async fn account_lines(
    pool: &PgPool,
    (code, currency): (AccountCode, Currency),
    range: DateRange,
    standpoint: Standpoint,
    paging: &Paging,
) -> Result<Page<AccountLines>, ReadError> {
    let after: Option<Place> = match paging.after(ORDER)? {
        Some([date, position, posting]) => {
            Some((read_key(&date)?, read_key(&position)?, read_key(&posting)?))
        }
        None => None,
    };
    let codes = parts_of(code).map(|part| part.code().to_owned()).collect();
    let (range, known_at) = (standpoint.narrow(range), standpoint.known_at);
    let scope = Scope { code, currency, codes, range, known_at };

    let mut snapshot = Snapshot::take::<GeneralLedger>(pool).await?;
    let position = snapshot.stand::<GeneralLedger>(&standpoint).await?;
    let mut answer = scope.frame(&mut snapshot).await?;
    let mut lines = scope.lines(&mut snapshot, after, paging.rows_to_fetch()).await?;
    let next_cursor = paging.cut(&mut lines, |last| {
        let LedgerLineRow { effective_date, recorded, posting, .. } = last;
        write_cursor(ORDER, [effective_date.to_string(), recorded.position.to_string(), posting.to_string()])
    });
    let mut balance = match after {
        Some(after) => scope.balance_at(&mut snapshot, after).await?,
        None => answer.opening,
    };
    for line in lines {
        balance = match line.side {
            Side::Debit => balance.plus(line.amount.into())?,
            Side::Credit => balance.minus(line.amount.into())?,
        };
        answer.lines.push(shown(line, balance));
    }
    Ok(Page { data: answer, next_cursor, position })
}

impl Scope {
    /// The answer without its lines.
    async fn frame(&self, snapshot: &mut Snapshot) -> Result<AccountLines, ReadError> {
        let zero = Total::zero(self.currency);
        let (mut opening, mut debit, mut credit, mut line_count) = (zero, zero, zero, 0);
        for sums in self.sums(snapshot, self.range).await? {
            opening = opening.plus(sums.opening)?;
            debit = debit.plus(sums.debit)?;
            credit = credit.plus(sums.credit)?;
            line_count += sums.line_count;
        }
        Ok(AccountLines {
            code: self.code,
            currency: self.currency,
            from: self.range.from(),
            to: self.range.to(),
            opening,
            debit,
            credit,
            closing: opening.plus(debit)?.minus(credit)?,
            line_count,
            lines: Vec::new(),
        })
    }

    /// Of each account it is stored as.
    async fn sums(&self, snapshot: &mut Snapshot, range: DateRange) -> Result<Vec<Sums>, ReadError> {
        let of = SumsOf { accounts: Some(&self.codes), currency: Some(self.currency), range };
        of.known_at(self.known_at, snapshot).await
    }

    async fn lines(
        &self,
        snapshot: &mut Snapshot,
        after: Option<Place>,
        limit: i64,
    ) -> Result<Vec<LedgerLineRow>, ReadError> {
        // Each account by itself, so that its lines come from the index in their order.
        let mut query = QueryBuilder::new("SELECT line.* FROM unnest(");
        query.push_bind(&self.codes).push(
            ") AS part (code) CROSS JOIN LATERAL (SELECT * FROM ledger_lines WHERE account = part.code",
        );
        query.push(" AND currency = ").push_bind(self.currency.code());
        self.range.narrow(&mut query);
        if let Some(position) = self.known_at {
            query.push(" AND position <= ").push_bind(signed(position)?);
        }
        if let Some((date, position, posting)) = after {
            query.push(" AND (effective_date, position, posting) > (").push_bind(date);
            query.push(", ").push_bind(position).push(", ").push_bind(posting).push(")");
        }
        const ORDER_BY: &str = " ORDER BY effective_date, position, posting LIMIT ";
        query.push(ORDER_BY).push_bind(limit).push(") AS line").push(ORDER_BY).push_bind(limit);
        Ok(query.build_query_as().fetch_all(snapshot.connection()).await?)
    }

    /// The balance after a line: what was before its day, and what that day has up to it.
    async fn balance_at(
        &self,
        snapshot: &mut Snapshot,
        (date, position, posting): Place,
    ) -> Result<Total, ReadError> {
        let mut balance = Total::zero(self.currency);
        if let Some(eve) = date.pred_opt() {
            for sums in self.sums(snapshot, DateRange::default().up_to(eve)).await? {
                balance = balance.plus(sums.closing()?)?;
            }
        }
        let on_the_day = sqlx::query_scalar!(
            r#"SELECT coalesce(sum(CASE side WHEN 'debit' THEN amount ELSE -amount END), 0) AS "sum!"
                 FROM ledger_lines
                WHERE account = ANY ($1) AND currency = $2 AND effective_date = $3
                  AND (position, posting) <= ($4, $5)"#,
            &self.codes,
            self.currency.code(),
            date,
            position,
            posting,
        )
        .fetch_one(snapshot.connection())
        .await?;
        balance.plus(Total::new(on_the_day, self.currency))
    }
}

fn shown(line: LedgerLineRow, balance: Total) -> LedgerLine {
    LedgerLine {
        account: line.account,
        effective_date: line.effective_date,
        position: line.recorded.position,
        posting: line.posting,
        recorded_at: line.recorded.at,
        recorded_by: line.recorded.by,
        event_type: line.event_type,
        source_type: line.source_type,
        source: line.source,
        side: line.side,
        amount: line.amount,
        balance,
    }
}
