//! Asking why a period looks different now from how it looked then (追溯调整): the accounts that changed, and every
//! event recorded in between that counts for it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use smol_str::SmolStr;
use sqlx::PgPool;
use tallybook_domain::ledger::{AccountCode, AccountKind, Side};
use tallybook_domain::{Currency, Money};
use utoipa::ToSchema;

use super::sums::{Sums, SumsOf};
use super::{GeneralLedger, LedgerLineRow};
use crate::query::{
    DateRange, Page, Paging, Period, ReadError, Snapshot, Standpoint, Total, counted, read_key, signed,
    write_cursor,
};
use crate::schema;

/// What became of a period between two positions: the later is what is explained, the earlier what it is compared to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Between {
    pub known_at_1: u64,
    pub known_at_2: u64,
}

/// The difference, and the events that make it up. The accounts and the count are those of the whole; the events may
/// be a part of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Restatement {
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Accounts of which any figure changed.
    pub accounts: Vec<RestatedAccount>,
    pub event_count: u64,
    #[serde(skip)]
    #[schema(ignore)]
    pub events: Vec<LaterEvent>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct RestatedAccount {
    #[schema(value_type = String, example = "1002")]
    pub code: AccountCode,
    pub name_zh: &'static str,
    pub name_en: &'static str,
    #[schema(value_type = schema::AccountKind)]
    pub kind: AccountKind,
    #[schema(value_type = String, example = "CNY")]
    pub currency: Currency,
    pub first: AccountFigures,
    pub second: AccountFigures,
    /// The second less the first.
    pub difference: AccountFigures,
}

/// Opening and closing are positive for a debit balance, negative for a credit balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccountFigures {
    #[schema(value_type = schema::Money)]
    pub opening: Total,
    #[schema(value_type = schema::Money)]
    pub debit: Total,
    #[schema(value_type = schema::Money)]
    pub credit: Total,
    #[schema(value_type = schema::Money)]
    pub closing: Total,
}

/// An event that was recorded after the first position and counts for the period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LaterEvent {
    pub position: u64,
    pub recorded_at: DateTime<Utc>,
    pub effective_date: NaiveDate,
    #[schema(value_type = String, example = "DepositRecorded")]
    pub event_type: SmolStr,
    #[schema(value_type = String, example = "wallet")]
    pub aggregate_type: SmolStr,
    #[schema(example = "C00042.CNY")]
    pub aggregate_id: String,
    #[schema(value_type = String, example = "user:admin")]
    pub actor: SmolStr,
    pub changes: Changes,
    pub postings: Vec<LaterPosting>,
}

/// Which figures an event changes, besides the closing balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Changes {
    /// It is dated before the period: what the period begins with.
    Opening,
    /// It is dated within the period: what moved in it.
    Period,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct LaterPosting {
    #[schema(value_type = String, example = "1002")]
    pub account: AccountCode,
    #[schema(value_type = schema::Side)]
    pub side: Side,
    #[schema(value_type = schema::Money)]
    pub amount: Money,
}

const ORDER: &str = "position";

/// The events in the order they were recorded in.
pub async fn restatement(
    pool: &PgPool,
    period: Period,
    between: Between,
    paging: &Paging,
) -> Result<Page<Restatement>, ReadError> {
    let after: Option<i64> = match paging.after(ORDER)? {
        Some([position]) => Some(read_key(&position)?),
        None => None,
    };
    let mut snapshot = Snapshot::take::<GeneralLedger>(pool).await?;
    let last = Standpoint { known_at: Some(between.known_at_2), ..Standpoint::default() };
    let position = snapshot.stand::<GeneralLedger>(&last).await?;
    let (from, to) = (period.from(), period.to());
    let accounts = accounts(&mut snapshot, period, between).await?;
    let first = signed(between.known_at_1)?;
    let later = Later { from, to, after: first, up_to: signed(between.known_at_2)? };
    let event_count = later.count(&mut snapshot).await?;
    let rest = Later { after: after.map_or(first, |after| after.max(first)), ..later };
    let mut positions = rest.positions(&mut snapshot, paging.rows_to_fetch()).await?;
    let next_cursor = paging.cut(&mut positions, |last| write_cursor(ORDER, [last.to_string()]));
    let events = rest.events(&mut snapshot, &positions).await?;
    Ok(Page { data: Restatement { from, to, accounts, event_count, events }, next_cursor, position })
}

async fn accounts(
    snapshot: &mut Snapshot,
    period: Period,
    between: Between,
) -> Result<Vec<RestatedAccount>, ReadError> {
    let range: DateRange = period.into();
    let of = SumsOf { accounts: None, currency: None, range };
    let mut known: BTreeMap<(AccountCode, Currency), [Option<Sums>; 2]> = BTreeMap::new();
    for (which, known_at) in [between.known_at_1, between.known_at_2].into_iter().enumerate() {
        for sums in of.known_at(Some(known_at), snapshot).await? {
            known.entry((sums.account, sums.currency)).or_default()[which] = Some(sums);
        }
    }
    let mut restated = Vec::new();
    for ((code, currency), sums) in known {
        let [first, second] = sums.map(|sums| AccountFigures::of(sums, currency));
        let (first, second) = (first?, second?);
        if first != second {
            let difference = second.minus(first)?;
            let account = code.account();
            let (name_zh, name_en, kind) = (account.name_zh, account.name_en, account.kind);
            restated.push(RestatedAccount {
                code,
                name_zh,
                name_en,
                kind,
                currency,
                first,
                second,
                difference,
            });
        }
    }
    Ok(restated)
}

impl AccountFigures {
    /// Of an account that may not have been posted to.
    fn of(sums: Option<Sums>, currency: Currency) -> Result<Self, ReadError> {
        let zero = Total::zero(currency);
        let Some(sums) = sums else {
            return Ok(Self { opening: zero, debit: zero, credit: zero, closing: zero });
        };
        let closing = sums.closing()?;
        Ok(Self { opening: sums.opening, debit: sums.debit, credit: sums.credit, closing })
    }

    fn minus(self, other: Self) -> Result<Self, ReadError> {
        Ok(Self {
            opening: self.opening.minus(other.opening)?,
            debit: self.debit.minus(other.debit)?,
            credit: self.credit.minus(other.credit)?,
            closing: self.closing.minus(other.closing)?,
        })
    }
}

/// Events after one position up to another, dated no later than the last day. Each is found by its first posting.
#[derive(Debug, Clone, Copy)]
struct Later {
    from: NaiveDate,
    to: NaiveDate,
    after: i64,
    up_to: i64,
}

impl Later {
    async fn count(&self, snapshot: &mut Snapshot) -> Result<u64, ReadError> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM ledger_lines
                WHERE position > $1 AND position <= $2 AND effective_date <= $3 AND posting = 0"#,
            self.after,
            self.up_to,
            self.to,
        )
        .fetch_one(snapshot.connection())
        .await?;
        counted(count)
    }

    async fn positions(&self, snapshot: &mut Snapshot, limit: i64) -> Result<Vec<i64>, sqlx::Error> {
        sqlx::query_scalar!(
            "SELECT position FROM ledger_lines
              WHERE position > $1 AND position <= $2 AND effective_date <= $3 AND posting = 0
              ORDER BY position LIMIT $4",
            self.after,
            self.up_to,
            self.to,
            limit,
        )
        .fetch_all(snapshot.connection())
        .await
    }

    async fn events(
        &self,
        snapshot: &mut Snapshot,
        positions: &[i64],
    ) -> Result<Vec<LaterEvent>, sqlx::Error> {
        // Not `query!`: a whole row is decoded by its own `FromRow` alone.
        let lines: Vec<LedgerLineRow> =
            sqlx::query_as("SELECT * FROM ledger_lines WHERE position = ANY ($1) ORDER BY position, posting")
                .bind(positions)
                .fetch_all(snapshot.connection())
                .await?;
        let mut events: Vec<LaterEvent> = Vec::new();
        for line in lines {
            let posting = LaterPosting { account: line.account, side: line.side, amount: line.amount };
            match events.last_mut() {
                Some(event) if event.position == line.recorded.position => event.postings.push(posting),
                Some(_) | None => events.push(self.event(line, posting)),
            }
        }
        Ok(events)
    }

    fn event(&self, line: LedgerLineRow, first: LaterPosting) -> LaterEvent {
        let changes = if line.effective_date < self.from { Changes::Opening } else { Changes::Period };
        LaterEvent {
            position: line.recorded.position,
            recorded_at: line.recorded.at,
            effective_date: line.effective_date,
            event_type: line.event_type,
            aggregate_type: line.source_type,
            aggregate_id: line.source,
            actor: line.recorded.by,
            changes,
            postings: vec![first],
        }
    }
}
