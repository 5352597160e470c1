//! Asking for wallets as they stood.
//!
//! A balance is the sum of the wallet's statement, what is held that of its holds, both as far as they count. By
//! business date a hold begins on the day it was recorded, and ends on the day it was released or on the business
//! date on which the money left; a hold that was recorded after the money had left by its date never was.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use smol_str::SmolStr;
use sqlx::PgPool;
use tallybook_domain::Money;

use super::query::{WalletFilter, WalletOrder, select};
use super::{WalletRow, Wallets};
use crate::deposits::{WalletHolds, WalletStatements};
use crate::fold::Stamp;
use crate::query::{
    Page, Paging, ReadError, Snapshot, Sort, Standpoint, counted, signed, tables_of, write_cursor,
};

/// The wallets there were, with what they had then. Seen by business date, what is available may be negative: money
/// can leave a wallet on a date before the one on which it came.
pub async fn list_wallets_as_of(
    pool: &PgPool,
    filter: &WalletFilter,
    sort: Sort<WalletOrder>,
    standpoint: Standpoint,
    paging: &Paging,
) -> Result<Page<Vec<WalletRow>>, ReadError> {
    let tables =
        [tables_of::<Wallets>(), tables_of::<WalletStatements>(), tables_of::<WalletHolds>()].concat();
    let mut snapshot = Snapshot::of_tables(pool, &tables).await?;
    let position = snapshot
        .stand::<Wallets>(&standpoint)
        .await?
        .min(snapshot.stand::<WalletStatements>(&standpoint).await?)
        .min(snapshot.stand::<WalletHolds>(&standpoint).await?);
    let mut query = select(filter);
    query.push(" AND created_position <= ").push_bind(signed(position)?);
    if let Some(date) = standpoint.date() {
        query.push(
            " AND EXISTS (SELECT FROM wallet_statement_lines WHERE wallet = wallets.id AND position <= ",
        );
        query.push_bind(signed(position)?).push(" AND effective_date <= ").push_bind(date).push(")");
    }
    super::query::page(&mut query, sort, paging)?;
    let mut rows: Vec<WalletRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(sort, [last.id.to_string()]));
    let mut then = funds(&mut snapshot, &rows, standpoint, signed(position)?).await?;
    for row in &mut rows {
        let Some(funds) = then.remove(row.id.as_str()) else {
            return Err(ReadError::Corrupt(format!("the wallet {} was not found twice", row.id)));
        };
        row.take_back_to(funds)?;
    }
    Ok(Page { data: rows, next_cursor, position })
}

/// What a wallet had, and the last event that counts.
struct Funds {
    wallet: String,
    balance: Decimal,
    held: Decimal,
    position: Option<i64>,
    recorded_at: Option<DateTime<Utc>>,
    recorded_by: Option<String>,
}

async fn funds(
    snapshot: &mut Snapshot,
    rows: &[WalletRow],
    standpoint: Standpoint,
    known_at: i64,
) -> Result<HashMap<String, Funds>, ReadError> {
    let wallets: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
    let funds = sqlx::query_as!(
        Funds,
        r#"SELECT page.wallet AS "wallet!", coalesce(moved.balance, 0) AS "balance!",
                  coalesce(holds.held, 0) AS "held!", last.position AS "position?",
                  last.recorded_at AS "recorded_at?", last.recorded_by AS "recorded_by?"
             FROM unnest($1::text[]) AS page (wallet)
             CROSS JOIN LATERAL (
                  SELECT sum(amount) AS balance, max(position) AS last FROM wallet_statement_lines
                   WHERE wallet = page.wallet AND position <= $2 AND (effective_date <= $3 OR $3 IS NULL)
                  ) AS moved
             CROSS JOIN LATERAL (
                  SELECT sum(greatest(left_over, 0)) AS held, max(last) AS last
                    FROM (SELECT sum(CASE kind WHEN 'held' THEN amount ELSE -amount END) AS left_over,
                                 max(position) AS last
                            FROM wallet_hold_lines
                           WHERE wallet = page.wallet AND position <= $2
                             AND ($3 IS NULL OR coalesce(effective_date <= $3, recorded_at < $4))
                           GROUP BY withdrawal) AS each_hold
                  ) AS holds
             LEFT JOIN LATERAL (
                  SELECT position, recorded_at, recorded_by FROM wallet_statement_lines
                   WHERE wallet = page.wallet AND position = greatest(moved.last, holds.last)
                   UNION ALL
                  SELECT position, recorded_at, recorded_by FROM wallet_hold_lines
                   WHERE wallet = page.wallet AND position = greatest(moved.last, holds.last)
                   LIMIT 1
                  ) AS last ON true"#,
        &wallets,
        known_at,
        standpoint.date(),
        standpoint.as_of.map(|as_of| as_of.ends_at),
    )
    .fetch_all(snapshot.connection())
    .await?;
    Ok(funds.into_iter().map(|funds| (funds.wallet.clone(), funds)).collect())
}

impl WalletRow {
    fn take_back_to(&mut self, funds: Funds) -> Result<(), ReadError> {
        let no_money = |error| ReadError::Corrupt(format!("what was in the wallet {}: {error}", self.id));
        let balance = Money::new(funds.balance, self.currency).map_err(no_money)?;
        let held = Money::new(funds.held, self.currency).map_err(no_money)?;
        let available = balance.checked_sub(held).map_err(no_money)?;
        (self.balance, self.held, self.available) = (balance, held, available);
        if let (Some(position), Some(at), Some(by)) = (funds.position, funds.recorded_at, funds.recorded_by) {
            self.updated = Stamp { position: counted(position)?, at, by: SmolStr::new(by) };
        }
        Ok(())
    }
}
