//! Asking for a customer's statement (对账单): bills, receipts and what settled what, with the balances before and after.
//!
//! It is put together from what is owed of the customer's bills and what is left of its receipts and credit notes, so it
//! agrees with both, and they with 1122 and 2203.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use smol_str::SmolStr;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments as _, FromRow, PgPool, QueryBuilder, Row as _};
use tallybook_domain::{Currency, CustomerId};
use utoipa::ToSchema;

use super::{Advances, CustomerBalance};
use crate::billing::{Bills, Receivables};
use crate::query::{
    DateRange, Page, Paging, ReadError, Snapshot, Standpoint, Total, count, counted, read_key, signed,
    tables_of, text, write_cursor,
};
use crate::schema;

/// What happened between a customer and us in a period. Balances are those of the whole period; the lines may be a part
/// of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerStatement {
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    #[schema(value_type = String, example = "CNY")]
    pub currency: Currency,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// Before the first day.
    pub opening: CustomerBalance,
    /// After the last day.
    pub closing: CustomerBalance,
    pub line_count: u64,
    pub lines: Vec<CustomerStatementLine>,
}

/// One event. What a write-off takes of a receipt is a line, and what it settles of a bill another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomerStatementLine {
    pub effective_date: NaiveDate,
    pub position: u64,
    /// Of a bill `issued`, `debit_note`, `credit_note`, `voided`, `paid_from_wallet`, `returned_to_wallet`,
    /// `written_off`, `applied`, `reopened`, `credit_applied`, `credit_reopened`, `difference_applied` or
    /// `difference_reopened`; of a receipt or a credit note `received`, `identified`, `granted`, `applied`, `freed`,
    /// `moved_to_wallet`, `moved_back`, `refunded`, `refund_returned` or `reversed`.
    #[schema(value_type = String, example = "issued")]
    pub kind: SmolStr,
    /// The bill, the receipt or the credit note.
    #[schema(value_type = String, example = "C00042.2026-10")]
    pub document: SmolStr,
    /// The bill's number, or the bank's number of the money.
    pub reference: Option<String>,
    /// What it made of what is owed.
    #[schema(value_type = schema::Money)]
    pub receivable: Total,
    /// What it made of what is left with us.
    #[schema(value_type = schema::Money)]
    pub advance: Total,
    /// After this line, in the order of the statement.
    #[schema(value_type = schema::Money)]
    pub balance: Total,
}

const ORDER: &str = "effective_date";

/// With `$1` the customer, `$2` the currency, `$3` the last day and `$4` the last position that count. An entry belongs to
/// whoever its receipt belonged to then: a reversed one may be recorded again for another.
const LINES: &str = "SELECT e.effective_date, e.position, e.kind, e.bill AS document, b.number AS reference,
           e.amount AS receivable, 0::numeric AS advance
      FROM receivables AS r JOIN receivable_entries AS e ON e.bill = r.bill LEFT JOIN bills AS b ON b.id = r.bill
     WHERE r.customer = $1 AND r.currency = $2 AND (e.effective_date <= $3::date OR $3 IS NULL)
       AND (e.position <= $4::bigint OR $4 IS NULL)
     UNION ALL
    SELECT a.effective_date, a.position, a.kind, a.source, owner.reference, 0, a.amount
      FROM advance_entries AS a CROSS JOIN LATERAL (
               SELECT o.customer, (SELECT n.reference FROM advance_entries AS n
                                    WHERE n.source = a.source AND n.reference IS NOT NULL LIMIT 1) AS reference
                 FROM advance_entries AS o
                WHERE o.source = a.source AND o.position <= a.position
                  AND (o.customer IS NOT NULL OR o.kind = 'received')
                ORDER BY o.position DESC LIMIT 1) AS owner
     WHERE a.source IN (SELECT source FROM advance_entries WHERE customer = $1) AND owner.customer = $1
       AND a.currency = $2 AND (a.effective_date <= $3 OR $3 IS NULL) AND (a.position <= $4 OR $4 IS NULL)";

/// What of a customer counts.
struct Scope<'a> {
    customer: &'a CustomerId,
    currency: Currency,
    range: DateRange,
    known_at: Option<i64>,
}

/// A customer without bills and receipts has a statement of zeros.
pub async fn customer_statement(
    pool: &PgPool,
    (customer, currency): (&CustomerId, Currency),
    range: DateRange,
    standpoint: Standpoint,
    paging: &Paging,
) -> Result<Page<CustomerStatement>, ReadError> {
    let after: Option<(NaiveDate, i64)> = match paging.after(ORDER)? {
        Some([date, position]) => Some((read_key(&date)?, read_key(&position)?)),
        None => None,
    };
    let tables = [tables_of::<Receivables>(), tables_of::<Bills>(), tables_of::<Advances>()].concat();
    let mut snapshot = Snapshot::of_tables(pool, &tables).await?;
    let owed_at = snapshot.stand::<Receivables>(&standpoint).await?;
    let position = owed_at.min(snapshot.stand::<Advances>(&standpoint).await?);
    let range = standpoint.narrow(range);
    // One read model may have come further than the other.
    let scope = Scope { customer, currency, range, known_at: Some(signed(position)?) };
    let mut statement = scope.frame(&mut snapshot).await?;
    let mut rows = scope.rows(&mut snapshot, after, paging.rows_to_fetch()).await?;
    let next_cursor = paging.cut(&mut rows, |last| {
        write_cursor(ORDER, [last.effective_date.to_string(), last.position.to_string()])
    });
    let before = match after {
        Some(after) => scope.balance_at(&mut snapshot, after).await?,
        None => statement.opening.balance,
    };
    statement.lines = scope.lines(rows, before)?;
    Ok(Page { data: statement, next_cursor, position })
}

/// The same with all its lines, as it was known at a position.
pub async fn whole_customer_statement(
    pool: &PgPool,
    (customer, currency): (&CustomerId, Currency),
    range: DateRange,
    known_at: u64,
) -> Result<CustomerStatement, ReadError> {
    let standpoint = Standpoint { as_of: None, known_at: Some(known_at) };
    let tables = [tables_of::<Receivables>(), tables_of::<Bills>(), tables_of::<Advances>()].concat();
    let mut snapshot = Snapshot::of_tables(pool, &tables).await?;
    snapshot.stand::<Receivables>(&standpoint).await?;
    snapshot.stand::<Advances>(&standpoint).await?;
    let scope = Scope { customer, currency, range, known_at: Some(signed(known_at)?) };
    let mut statement = scope.frame(&mut snapshot).await?;
    let rows = scope.rows(&mut snapshot, None, i64::MAX).await?;
    statement.lines = scope.lines(rows, statement.opening.balance)?;
    Ok(statement)
}

#[derive(FromRow)]
struct Sums {
    opening_receivable: Decimal,
    opening_advance: Decimal,
    closing_receivable: Decimal,
    closing_advance: Decimal,
    line_count: i64,
}

struct LineRow {
    effective_date: NaiveDate,
    position: u64,
    kind: SmolStr,
    document: SmolStr,
    reference: Option<String>,
    receivable: Decimal,
    advance: Decimal,
}

impl FromRow<'_, PgRow> for LineRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            effective_date: row.try_get("effective_date")?,
            position: count(row, "position")?,
            kind: text(row, "kind")?,
            document: text(row, "document")?,
            reference: row.try_get("reference")?,
            receivable: row.try_get("receivable")?,
            advance: row.try_get("advance")?,
        })
    }
}

impl Scope<'_> {
    fn total(&self, amount: Decimal) -> Total {
        Total::new(amount, self.currency)
    }

    /// `$1` to `$4` of the lines.
    fn arguments(&self) -> Result<PgArguments, ReadError> {
        let mut arguments = PgArguments::default();
        arguments.add(self.customer.as_str()).map_err(sqlx::Error::Encode)?;
        arguments.add(self.currency.code()).map_err(sqlx::Error::Encode)?;
        arguments.add(self.range.to()).map_err(sqlx::Error::Encode)?;
        arguments.add(self.known_at).map_err(sqlx::Error::Encode)?;
        Ok(arguments)
    }

    /// The statement without its lines.
    async fn frame(&self, snapshot: &mut Snapshot) -> Result<CustomerStatement, ReadError> {
        let mut query = QueryBuilder::with_arguments(
            format!("WITH lines AS ({LINES}), placed AS (SELECT *, effective_date < "),
            self.arguments()?,
        );
        query.push_bind(self.range.from()).push(
            "::date IS TRUE AS is_before FROM lines)
             SELECT coalesce(sum(receivable) FILTER (WHERE is_before), 0) AS opening_receivable,
                    coalesce(sum(advance) FILTER (WHERE is_before), 0) AS opening_advance,
                    coalesce(sum(receivable), 0) AS closing_receivable,
                    coalesce(sum(advance), 0) AS closing_advance,
                    count(*) FILTER (WHERE NOT is_before) AS line_count FROM placed",
        );
        let sums: Sums = query.build_query_as().fetch_one(snapshot.connection()).await?;
        Ok(CustomerStatement {
            customer: self.customer.clone(),
            currency: self.currency,
            from: self.range.from(),
            to: self.range.to(),
            opening: self.balance(sums.opening_receivable, sums.opening_advance)?,
            closing: self.balance(sums.closing_receivable, sums.closing_advance)?,
            line_count: counted(sums.line_count)?,
            lines: Vec::new(),
        })
    }

    fn balance(&self, receivable: Decimal, advance: Decimal) -> Result<CustomerBalance, ReadError> {
        CustomerBalance::between(self.total(receivable), self.total(advance))
    }

    /// Each with the balance after it.
    fn lines(&self, rows: Vec<LineRow>, before: Total) -> Result<Vec<CustomerStatementLine>, ReadError> {
        let mut balance = before;
        let line = |row: LineRow| {
            let (receivable, advance) = (self.total(row.receivable), self.total(row.advance));
            balance = balance.plus(receivable)?.minus(advance)?;
            let LineRow { effective_date, position, kind, document, reference, .. } = row;
            Ok(CustomerStatementLine {
                effective_date,
                position,
                kind,
                document,
                reference,
                receivable,
                advance,
                balance,
            })
        };
        rows.into_iter().map(line).collect()
    }

    async fn rows(
        &self,
        snapshot: &mut Snapshot,
        after: Option<(NaiveDate, i64)>,
        limit: i64,
    ) -> Result<Vec<LineRow>, ReadError> {
        let lines = format!("SELECT * FROM ({LINES}) AS lines WHERE true");
        let mut query = QueryBuilder::with_arguments(lines, self.arguments()?);
        if let Some(from) = self.range.from() {
            query.push(" AND effective_date >= ").push_bind(from);
        }
        if let Some((date, position)) = after {
            query.push(" AND (effective_date, position) > (").push_bind(date);
            query.push(", ").push_bind(position).push(")");
        }
        query.push(" ORDER BY effective_date, position LIMIT ").push_bind(limit);
        Ok(query.build_query_as().fetch_all(snapshot.connection()).await?)
    }

    /// After a line: all that came before it, and itself.
    async fn balance_at(
        &self,
        snapshot: &mut Snapshot,
        (date, position): (NaiveDate, i64),
    ) -> Result<Total, ReadError> {
        let sum = format!("SELECT coalesce(sum(receivable - advance), 0) FROM ({LINES}) AS lines");
        let mut query = QueryBuilder::with_arguments(sum, self.arguments()?);
        query.push(" WHERE (effective_date, position) <= (").push_bind(date);
        query.push(", ").push_bind(position).push(")");
        let sum = query.build_query_scalar().fetch_one(snapshot.connection()).await?;
        Ok(self.total(sum))
    }
}
