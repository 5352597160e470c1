//! The events behind an account's balance or a day's turnover, found by the lines of the ledger.

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::PgPool;
use tallybook_domain::BookEvent;
use tallybook_domain::ledger::{AccountCode, Posting, Side, effective_date, postings};

use super::event::{EventRow, ExplainingEvent};
use super::{ExplainError, Figure, TurnoverPart};
use crate::ledger::parts_of;
use crate::query::{DateRange, Paging, ReadError, Total, counted, read_key, write_cursor};

const ORDER: &str = "effective_date";
/// Before every business date.
const FIRST: NaiveDate = NaiveDate::from_ymd_opt(1, 1, 1).expect("a day of the calendar");

/// Lines that count towards a figure: of one account, and of some types of event. Debits less credits make the
/// figure, or credits less debits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lines {
    pub(super) account: AccountCode,
    /// All, if none is named.
    pub(super) event_types: &'static [&'static str],
    pub(super) credits_count: bool,
}

/// What of the ledger a figure is made of, and in which days.
pub(super) fn lines_of(figure: &Figure) -> (Vec<Lines>, DateRange) {
    match figure {
        Figure::Wallet { .. } => (Vec::new(), DateRange::default()),
        Figure::Account { account, as_of, .. } => {
            let whole = |account| Lines { account, event_types: &[], credits_count: false };
            (parts_of(*account).map(whole).collect(), DateRange::until(*as_of))
        }
        Figure::Turnover { part, range, .. } => (of_turnover(*part), *range),
    }
}

/// Where the flows of the dashboard stand in the ledger: on the customers' side, whatever account the money is in.
/// Each account once: a page is read from each, and a rare type by itself would be looked for to the end every time.
fn of_turnover(part: TurnoverPart) -> Vec<Lines> {
    use AccountCode::{CustomerWallets, WithdrawalsInTransit};
    let lines = |account, event_types, credits_count| Lines { account, event_types, credits_count };
    match part {
        TurnoverPart::Deposits => vec![lines(CustomerWallets, &["DepositRecorded"], true)],
        TurnoverPart::Reversals => vec![lines(CustomerWallets, &["DepositReversed"], false)],
        TurnoverPart::Withdrawals => vec![lines(WithdrawalsInTransit, &["WithdrawalSucceeded"], false)],
        TurnoverPart::Returns => vec![lines(CustomerWallets, &["WithdrawalReturned"], true)],
        TurnoverPart::Net => vec![
            lines(CustomerWallets, &["DepositRecorded", "DepositReversed", "WithdrawalReturned"], true),
            lines(WithdrawalsInTransit, &["WithdrawalSucceeded"], true),
        ],
    }
}

impl Lines {
    /// A posting's part in the figure.
    pub(super) fn signed(&self, side: Side, amount: Decimal) -> Decimal {
        match (side, self.credits_count) {
            (Side::Debit, false) | (Side::Credit, true) => amount,
            (Side::Debit, true) | (Side::Credit, false) => -amount,
        }
    }

    pub(super) fn takes(&self, event: &BookEvent, posting: &Posting) -> bool {
        let of_type = self.event_types.is_empty() || self.event_types.contains(&event.event_type());
        posting.account == self.account && of_type
    }

    fn type_names(&self) -> Vec<String> {
        self.event_types.iter().map(|&name| name.to_owned()).collect()
    }
}

pub(super) async fn sum(pool: &PgPool, figure: &Figure, position: u64) -> Result<(Total, u64), ExplainError> {
    let (parts, range) = lines_of(figure);
    let (mut sum, mut count) = (Total::zero(figure.currency()), 0);
    for part in parts {
        let row = sqlx::query!(
            r#"SELECT coalesce(sum(CASE side WHEN 'debit' THEN amount ELSE -amount END), 0) AS "debits!",
                      count(*) AS "count!"
                 FROM ledger_lines
                WHERE account = $1 AND currency = $2 AND position <= $3
                  AND (event_type = ANY ($4) OR cardinality($4::text[]) = 0)
                  AND (effective_date >= $5 OR $5 IS NULL) AND (effective_date <= $6 OR $6 IS NULL)"#,
            part.account.code(),
            figure.currency().code(),
            i64::try_from(position).unwrap_or(i64::MAX),
            &part.type_names(),
            range.from(),
            range.to()
        )
        .fetch_one(pool)
        .await?;
        sum = sum.plus(Total::new(part.signed(Side::Debit, row.debits), figure.currency()))?;
        count += counted(row.count)?;
    }
    Ok((sum, count))
}

/// A line's place: date, position, posting.
type Place = (NaiveDate, i64, i64);

struct Line {
    effective_date: NaiveDate,
    position: i64,
    posting: i64,
    debit: bool,
    amount: Decimal,
}

impl Line {
    fn place(&self) -> Place {
        (self.effective_date, self.position, self.posting)
    }
}

pub(super) async fn page(
    pool: &PgPool,
    figure: &Figure,
    position: u64,
    paging: &Paging,
) -> Result<(Vec<ExplainingEvent>, Option<String>), ExplainError> {
    let (parts, range) = lines_of(figure);
    let begin: Place = (range.from().unwrap_or(FIRST), -1, -1);
    let after = match paging.after(ORDER).map_err(ReadError::from)? {
        Some(keys) => begin.max(place(&keys)?),
        None => begin,
    };
    let last = (range.to(), i64::try_from(position).unwrap_or(i64::MAX));
    let mut found: Vec<(Lines, Line)> = Vec::new();
    for part in parts {
        let lines = lines(pool, (figure, part), after, last, paging.rows_to_fetch()).await?;
        found.extend(lines.into_iter().map(|line| (part, line)));
    }
    found.sort_by_key(|(_, line)| line.place());
    found.truncate(usize::try_from(paging.rows_to_fetch()).unwrap_or(usize::MAX));
    let next = paging.cut(&mut found, |(_, line)| {
        let (date, position, posting) = line.place();
        write_cursor(ORDER, [date.to_string(), position.to_string(), posting.to_string()])
    });
    Ok((with_events(pool, figure, found).await?, next))
}

fn place([date, position, posting]: &[String; 3]) -> Result<Place, ReadError> {
    Ok((read_key(date)?, read_key(position)?, read_key(posting)?))
}

/// The lines of one part after a place. That bound is never open, so that the index leads to it.
async fn lines(
    pool: &PgPool,
    (figure, part): (&Figure, Lines),
    after: Place,
    (to, position): (Option<NaiveDate>, i64),
    limit: i64,
) -> Result<Vec<Line>, sqlx::Error> {
    sqlx::query_as!(
        Line,
        r#"SELECT effective_date, position, posting, side = 'debit' AS "debit!", amount
             FROM ledger_lines
            WHERE account = $1 AND currency = $2 AND position <= $3
              AND (event_type = ANY ($4) OR cardinality($4::text[]) = 0)
              AND (effective_date, position, posting) > ($5, $6, $7) AND (effective_date <= $8 OR $8 IS NULL)
            ORDER BY effective_date, position, posting LIMIT $9"#,
        part.account.code(),
        figure.currency().code(),
        position,
        &part.type_names(),
        after.0,
        after.1,
        after.2,
        to,
        limit
    )
    .fetch_all(pool)
    .await
}

/// Each line with the event it was made of. A line without an event is damage.
async fn with_events(
    pool: &PgPool,
    figure: &Figure,
    lines: Vec<(Lines, Line)>,
) -> Result<Vec<ExplainingEvent>, ExplainError> {
    let positions: Vec<i64> = lines.iter().map(|(_, line)| line.position).collect();
    let events = sqlx::query_as!(
        EventRow,
        r#"SELECT position, sequence, recorded_at, aggregate_type, aggregate_id, event_type, event_version,
                  payload::text AS "payload!", metadata::text AS "metadata!"
             FROM events WHERE position = ANY ($1)"#,
        &positions
    )
    .fetch_all(pool)
    .await?;
    let events: HashMap<i64, EventRow> = events.into_iter().map(|event| (event.position, event)).collect();
    lines
        .into_iter()
        .map(|(part, line)| match events.get(&line.position) {
            Some(event) => shown(figure, part, &line, event),
            None => {
                let position = line.position;
                Err(ReadError::Corrupt(format!("there is no event at the position {position} of a line"))
                    .into())
            }
        })
        .collect()
}

/// What the event itself says counts; the line is told beside it if it says otherwise.
fn shown(figure: &Figure, part: Lines, line: &Line, row: &EventRow) -> Result<ExplainingEvent, ExplainError> {
    let event = row.decode()?;
    let total = |amount| Total::new(amount, figure.currency());
    let said = total(part.signed(if line.debit { Side::Debit } else { Side::Credit }, line.amount));
    let posted = usize::try_from(line.posting).ok().and_then(|at| postings(&event).get(at).copied());
    let amount = match posted.filter(|posting| part.takes(&event, posting)) {
        Some(posting) if posting.amount.currency() == figure.currency() => {
            total(part.signed(posting.side, posting.amount.amount()))
        }
        Some(_) | None => Total::zero(figure.currency()),
    };
    let same = amount == said && effective_date(&event) == Some(line.effective_date);
    row.shown(&event, amount, (!same).then_some(said))
}
