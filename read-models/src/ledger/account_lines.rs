//! Asking for the lines of an account (明细账).

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use smol_str::SmolStr;
use sqlx::{PgPool, QueryBuilder};
use tallybook_domain::ledger::{AccountCode, Side};
use tallybook_domain::{Currency, Money};
use utoipa::ToSchema;

use super::accounts::account_and_parents;
use super::{GeneralLedger, LedgerLineRow};
use crate::query::{DateRange, Page, Paging, ReadError, Snapshot, Total, counted, read_key, write_cursor};
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

/// The account as it is stored: itself and, for a sum, its sub-accounts.
struct Scope {
    code: AccountCode,
    currency: Currency,
    codes: Vec<String>,
    range: DateRange,
}

/// A line's place in the list: date, position, posting.
type Place = (NaiveDate, i64, i64);

/// A sum of sub-accounts shows their lines.
pub async fn account_lines(
    pool: &PgPool,
    code: AccountCode,
    currency: Currency,
    range: DateRange,
    paging: &Paging,
) -> Result<Page<AccountLines>, ReadError> {
    let after: Option<Place> = match paging.after(ORDER)? {
        Some([date, position, posting]) => {
            Some((read_key(&date)?, read_key(&position)?, read_key(&posting)?))
        }
        None => None,
    };
    let codes = AccountCode::ALL
        .into_iter()
        .filter(|part| account_and_parents(*part).any(|whole| whole == code))
        .map(|part| part.code().to_owned())
        .collect();
    let scope = Scope { code, currency, codes, range };

    let mut snapshot = Snapshot::take::<GeneralLedger>(pool).await?;
    let position = snapshot.position_of::<GeneralLedger>().await?;
    let mut answer = frame(&mut snapshot, &scope).await?;
    let mut lines = lines(&mut snapshot, &scope, after, paging.rows_to_fetch()).await?;
    let next_cursor = paging.cut(&mut lines, |last| {
        let LedgerLineRow { effective_date, recorded, posting, .. } = last;
        write_cursor(ORDER, [effective_date.to_string(), recorded.position.to_string(), posting.to_string()])
    });
    let mut balance = match after {
        Some(after) => balance_at(&mut snapshot, &scope, after).await?,
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

/// The answer without its lines.
async fn frame(snapshot: &mut Snapshot, scope: &Scope) -> Result<AccountLines, ReadError> {
    let sums = sqlx::query!(
        r#"SELECT coalesce(sum(debit - credit) FILTER (WHERE effective_date < $3), 0) AS "opening!",
                  coalesce(sum(debit) FILTER (WHERE effective_date >= $3 OR $3 IS NULL), 0) AS "debit!",
                  coalesce(sum(credit) FILTER (WHERE effective_date >= $3 OR $3 IS NULL), 0) AS "credit!",
                  coalesce(sum(line_count) FILTER (WHERE effective_date >= $3 OR $3 IS NULL), 0)::bigint AS "line_count!"
             FROM ledger_days
            WHERE account = ANY ($1) AND currency = $2 AND (effective_date <= $4 OR $4 IS NULL)"#,
        &scope.codes,
        scope.currency.code(),
        scope.range.from(),
        scope.range.to(),
    )
    .fetch_one(snapshot.connection())
    .await?;
    let total = |amount: Decimal| Total::new(amount, scope.currency);
    let (opening, debit, credit) = (total(sums.opening), total(sums.debit), total(sums.credit));
    Ok(AccountLines {
        code: scope.code,
        currency: scope.currency,
        from: scope.range.from(),
        to: scope.range.to(),
        opening,
        debit,
        credit,
        closing: opening.plus(debit)?.minus(credit)?,
        line_count: counted(sums.line_count)?,
        lines: Vec::new(),
    })
}

async fn lines(
    snapshot: &mut Snapshot,
    scope: &Scope,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<LedgerLineRow>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM ledger_lines WHERE ");
    // One account by equality, so that its lines come from the index in their order.
    match scope.codes.as_slice() {
        [code] => query.push("account = ").push_bind(code),
        codes => query.push("account = ANY(").push_bind(codes).push(")"),
    };
    query.push(" AND currency = ").push_bind(scope.currency.code());
    scope.range.narrow(&mut query);
    if let Some((date, position, posting)) = after {
        query.push(" AND (effective_date, position, posting) > (").push_bind(date);
        query.push(", ").push_bind(position).push(", ").push_bind(posting).push(")");
    }
    query.push(" ORDER BY effective_date, position, posting LIMIT ").push_bind(limit);
    Ok(query.build_query_as().fetch_all(snapshot.connection()).await?)
}

/// The balance after a line: the days before its day, and what that day has up to it.
async fn balance_at(
    snapshot: &mut Snapshot,
    scope: &Scope,
    (date, position, posting): Place,
) -> Result<Total, ReadError> {
    let balance = sqlx::query_scalar!(
        r#"SELECT coalesce((SELECT sum(debit - credit) FROM ledger_days
                             WHERE account = ANY ($1) AND currency = $2 AND effective_date < $3), 0)
                + coalesce((SELECT sum(CASE side WHEN 'debit' THEN amount ELSE -amount END) FROM ledger_lines
                             WHERE account = ANY ($1) AND currency = $2 AND effective_date = $3
                               AND (position, posting) <= ($4, $5)), 0) AS "balance!""#,
        &scope.codes,
        scope.currency.code(),
        date,
        position,
        posting,
    )
    .fetch_one(snapshot.connection())
    .await?;
    Ok(Total::new(balance, scope.currency))
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
