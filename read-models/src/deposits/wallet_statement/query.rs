//! Asking for a wallet's statement.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use smol_str::SmolStr;
use sqlx::{PgPool, QueryBuilder};
use tallybook_domain::{Money, WalletId};
use utoipa::ToSchema;

use super::row::month_of;
use super::{LineKind, LineRow, WalletStatements};
use crate::query::{
    DateRange, Page, Paging, ReadError, Snapshot, Standpoint, Total, counted, read_key, signed, write_cursor,
};
use crate::schema;

/// What moved a wallet's balance in a period. Balances and totals are those of the whole period; the lines may be a
/// part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WalletStatement {
    #[schema(value_type = String, example = "C00042.CNY")]
    pub wallet: WalletId,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// The balance before the first day.
    #[schema(value_type = schema::Money)]
    pub opening: Total,
    #[schema(value_type = schema::Money)]
    pub credits: Total,
    #[schema(value_type = schema::Money)]
    pub debits: Total,
    /// The balance after the last day.
    #[schema(value_type = schema::Money)]
    pub closing: Total,
    pub line_count: u64,
    pub lines: Vec<StatementLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementLine {
    pub effective_date: NaiveDate,
    pub position: u64,
    pub recorded_at: DateTime<Utc>,
    #[schema(value_type = String)]
    pub recorded_by: SmolStr,
    pub kind: LineKind,
    /// The deposit or withdrawal.
    pub source: String,
    /// The bank's or channel's number of a deposit.
    pub reference: Option<String>,
    /// A deposit's remark, or why it was reversed.
    pub remark: Option<String>,
    /// Signed: what came in is positive.
    #[schema(value_type = schema::Money)]
    pub amount: Money,
    /// The balance after this line, in the order of the statement.
    #[schema(value_type = schema::Money)]
    pub balance: Total,
}

const ORDER: &str = "effective_date";

/// A wallet without events has a statement of zeros.
pub async fn wallet_statement(
    pool: &PgPool,
    wallet: &WalletId,
    range: DateRange,
    standpoint: Standpoint,
    paging: &Paging,
) -> Result<Page<WalletStatement>, ReadError> {
    let after = match paging.after(ORDER)? {
        Some([date, position]) => Some((read_key(&date)?, read_key(&position)?)),
        None => None,
    };
    let mut snapshot = Snapshot::take::<WalletStatements>(pool).await?;
    let position = snapshot.stand::<WalletStatements>(&standpoint).await?;
    let scope = Scope { wallet, range: standpoint.narrow(range), known_at: standpoint.known_at };
    let mut statement = scope.frame(&mut snapshot).await?;
    let mut lines = scope.lines(&mut snapshot, after, paging.rows_to_fetch()).await?;
    let next_cursor = paging.cut(&mut lines, |last| {
        write_cursor(ORDER, [last.effective_date.to_string(), last.recorded.position.to_string()])
    });
    let mut balance = match after {
        Some(after) => scope.balance_at(&mut snapshot, after).await?,
        None => statement.opening,
    };
    for line in lines {
        balance = balance.plus(line.amount.into())?;
        statement.lines.push(shown(line, balance));
    }
    Ok(Page { data: statement, next_cursor, position })
}

/// What of a wallet counts.
struct Scope<'a> {
    wallet: &'a WalletId,
    range: DateRange,
    known_at: Option<u64>,
}

/// What came before a period, and what moved in it.
struct Sums {
    opening: Decimal,
    credits: Decimal,
    debits: Decimal,
    line_count: i64,
}

/// What moved a wallet's balance up to somewhere.
#[derive(Default)]
struct Moved {
    credits: Decimal,
    debits: Decimal,
    line_count: i64,
}

impl Scope<'_> {
    /// The statement without its lines.
    async fn frame(&self, snapshot: &mut Snapshot) -> Result<WalletStatement, ReadError> {
        let sums = match self.known_at {
            None => self.sums_of_months(snapshot).await?,
            Some(position) => self.sums_of_lines(snapshot, signed(position)?).await?,
        };
        let total = |amount: Decimal| Total::new(amount, self.wallet.currency());
        let (opening, credits, debits) = (total(sums.opening), total(sums.credits), total(sums.debits));
        Ok(WalletStatement {
            wallet: self.wallet.clone(),
            from: self.range.from(),
            to: self.range.to(),
            opening,
            credits,
            debits,
            closing: opening.plus(credits)?.minus(debits)?,
            line_count: counted(sums.line_count)?,
            lines: Vec::new(),
        })
    }

    /// Of whole months their sums; of the one each end of the period falls into, the lines.
    async fn sums_of_months(&self, snapshot: &mut Snapshot) -> Result<Sums, ReadError> {
        // Nothing is effective after the last day there is.
        let end = self.range.to().and_then(|to| to.succ_opt());
        let by_then = self.moved_before(snapshot, end).await?;
        let before = match self.range.from() {
            // A standpoint before the period leaves nothing of it.
            Some(from) => self.moved_before(snapshot, Some(end.map_or(from, |end| from.min(end)))).await?,
            None => Moved::default(),
        };
        let sum = |left: Decimal, right: Decimal| {
            left.checked_sub(right).ok_or_else(|| ReadError::Corrupt("a wallet's sums".into()))
        };
        Ok(Sums {
            opening: sum(before.credits, before.debits)?,
            credits: sum(by_then.credits, before.credits)?,
            debits: sum(by_then.debits, before.debits)?,
            line_count: by_then.line_count - before.line_count,
        })
    }

    /// Everything before a day, or everything.
    async fn moved_before(
        &self,
        snapshot: &mut Snapshot,
        day: Option<NaiveDate>,
    ) -> Result<Moved, sqlx::Error> {
        sqlx::query_as!(
            Moved,
            r#"SELECT coalesce(sum(credits), 0) AS "credits!", coalesce(sum(debits), 0) AS "debits!",
                      coalesce(sum(line_count), 0)::bigint AS "line_count!"
                 FROM (SELECT credits, debits, line_count FROM wallet_statement_months
                        WHERE wallet = $1 AND (month < $2 OR $2 IS NULL)
                        UNION ALL
                       SELECT greatest(amount, 0), greatest(-amount, 0), 1 FROM wallet_statement_lines
                        WHERE wallet = $1 AND effective_date >= $2 AND effective_date < $3) AS parts"#,
            self.wallet.as_str(),
            day.map(month_of),
            day,
        )
        .fetch_one(snapshot.connection())
        .await
    }

    /// What [`Self::sums_of_months`] says, from the lines up to a position.
    async fn sums_of_lines(&self, snapshot: &mut Snapshot, known_at: i64) -> Result<Sums, sqlx::Error> {
        sqlx::query_as!(
            Sums,
            r#"SELECT coalesce(sum(amount) FILTER (WHERE effective_date < $2), 0) AS "opening!",
                      coalesce(sum(amount) FILTER (WHERE amount > 0 AND (effective_date >= $2 OR $2 IS NULL)), 0) AS "credits!",
                      coalesce(-sum(amount) FILTER (WHERE amount < 0 AND (effective_date >= $2 OR $2 IS NULL)), 0) AS "debits!",
                      count(*) FILTER (WHERE effective_date >= $2 OR $2 IS NULL) AS "line_count!"
                 FROM wallet_statement_lines
                WHERE wallet = $1 AND (effective_date <= $3 OR $3 IS NULL) AND position <= $4"#,
            self.wallet.as_str(),
            self.range.from(),
            self.range.to(),
            known_at,
        )
        .fetch_one(snapshot.connection())
        .await
    }

    async fn lines(
        &self,
        snapshot: &mut Snapshot,
        after: Option<(NaiveDate, i64)>,
        limit: i64,
    ) -> Result<Vec<LineRow>, ReadError> {
        let mut query = QueryBuilder::new("SELECT * FROM wallet_statement_lines WHERE wallet = ");
        query.push_bind(self.wallet.as_str());
        self.range.narrow(&mut query);
        if let Some(position) = self.known_at {
            query.push(" AND position <= ").push_bind(signed(position)?);
        }
        if let Some((date, position)) = after {
            query.push(" AND (effective_date, position) > (").push_bind(date);
            query.push(", ").push_bind(position).push(")");
        }
        query.push(" ORDER BY effective_date, position LIMIT ").push_bind(limit);
        Ok(query.build_query_as().fetch_all(snapshot.connection()).await?)
    }

    /// The balance after a line: what was before its day, and what that day has up to it.
    async fn balance_at(
        &self,
        snapshot: &mut Snapshot,
        (date, position): (NaiveDate, i64),
    ) -> Result<Total, ReadError> {
        let before = date.pred_opt().map(|eve| DateRange::default().up_to(eve));
        let opening = match before {
            Some(range) => Scope { range, ..*self }.frame(snapshot).await?.closing,
            None => Total::zero(self.wallet.currency()),
        };
        let on_the_day = sqlx::query_scalar!(
            r#"SELECT coalesce(sum(amount), 0) AS "sum!" FROM wallet_statement_lines
                WHERE wallet = $1 AND effective_date = $2 AND position <= $3"#,
            self.wallet.as_str(),
            date,
            position,
        )
        .fetch_one(snapshot.connection())
        .await?;
        opening.plus(Total::new(on_the_day, self.wallet.currency()))
    }
}

fn shown(line: LineRow, balance: Total) -> StatementLine {
    StatementLine {
        effective_date: line.effective_date,
        position: line.recorded.position,
        recorded_at: line.recorded.at,
        recorded_by: line.recorded.by,
        kind: line.kind,
        source: line.source,
        reference: line.reference,
        remark: line.remark,
        amount: line.amount,
        balance,
    }
}
