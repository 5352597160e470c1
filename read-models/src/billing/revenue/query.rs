//! Asking for revenue (营业收入): by customer, plan, meter, or what the customers' files say.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder};
use tallybook_domain::{Currency, InvalidText};
use utoipa::ToSchema;

use super::Revenue;
use crate::billing::PricePlans;
use crate::customers::Customers;
use crate::query::{Answer, DateRange, ReadError, Snapshot, Standpoint, Total, counted, signed, tables_of};
use crate::schema;

/// What revenue is put together by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RevenueBy {
    Customer,
    Plan,
    Meter,
    /// As the customer's file says now.
    Industry,
    /// As the customer's file says now.
    AccountManager,
}

impl RevenueBy {
    pub const ALL: [Self; 5] =
        [Self::Customer, Self::Plan, Self::Meter, Self::Industry, Self::AccountManager];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Plan => "plan",
            Self::Meter => "meter",
            Self::Industry => "industry",
            Self::AccountManager => "account_manager",
        }
    }

    /// What a group is called, the amount of a row that belongs to it, and where rows come from.
    fn rows(self) -> (&'static str, &'static str, &'static str) {
        const OF_LINES: &str = "CASE WHEN e.line IS NOT NULL THEN e.amount \
             WHEN e.kind = 'voided' THEN -l.amount ELSE l.amount END";
        const LINES: &str =
            "JOIN billed_lines AS l ON l.bill = e.bill AND (e.line IS NULL OR l.line = e.line)";
        const FILES: &str = "LEFT JOIN customers AS c ON c.id = e.customer";
        match self {
            Self::Customer => ("e.customer", "e.amount", ""),
            Self::Plan => ("l.plan", OF_LINES, LINES),
            Self::Meter => ("l.meter", OF_LINES, LINES),
            Self::Industry => ("c.industry", "e.amount", FILES),
            Self::AccountManager => ("c.account_manager", "e.amount", FILES),
        }
    }

    /// What a group is also known as, and where that is told.
    fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Customer => ("n.name", "LEFT JOIN customers AS n ON n.id = g.key"),
            Self::Plan => ("n.name", "LEFT JOIN price_plans AS n ON n.code = g.key"),
            Self::Meter | Self::Industry | Self::AccountManager => ("NULL::text", ""),
        }
    }
}

impl std::str::FromStr for RevenueBy {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let expected = "customer, plan, meter, industry or account_manager";
        Self::ALL.into_iter().find(|by| by.as_str() == word).ok_or(InvalidText::Malformed { expected })
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevenueScope {
    pub by: RevenueBy,
    pub range: DateRange,
    pub currency: Option<Currency>,
    /// How many groups of each currency; those with the most revenue. All, if left out.
    pub limit: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RevenueReport {
    #[schema(value_type = schema::RevenueBy)]
    pub group_by: RevenueBy,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub currencies: Vec<RevenueOfCurrency>,
}

/// The groups of a currency, the one with the most revenue first, and the sums over all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RevenueOfCurrency {
    #[schema(value_type = String, example = "CNY")]
    pub currency: Currency,
    pub groups: Vec<RevenueLine>,
    /// How many groups there are, shown or not.
    pub group_count: u64,
    #[schema(value_type = schema::Money)]
    pub issued: Total,
    #[schema(value_type = schema::Money)]
    pub debit_notes: Total,
    #[schema(value_type = schema::Money)]
    pub credit_notes: Total,
    #[schema(value_type = schema::Money)]
    pub voided: Total,
    /// What the ledger says of 6001 for the same dates.
    #[schema(value_type = schema::Money)]
    pub revenue: Total,
}

/// Without tax: revenue = issued + debit notes − credit notes − voided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RevenueLine {
    /// The customer, plan, meter, industry or account manager. `null`: a fee without a meter; a file that does not say.
    pub key: Option<String>,
    /// Of customers and plans.
    pub name: Option<String>,
    /// Bills that were issued and have lines of the group.
    pub bill_count: u64,
    #[schema(value_type = schema::Money)]
    pub issued: Total,
    #[schema(value_type = schema::Money)]
    pub debit_notes: Total,
    #[schema(value_type = schema::Money)]
    pub credit_notes: Total,
    #[schema(value_type = schema::Money)]
    pub voided: Total,
    #[schema(value_type = schema::Money)]
    pub revenue: Total,
}

#[derive(FromRow)]
struct GroupRow {
    key: Option<String>,
    name: Option<String>,
    currency: String,
    bill_count: i64,
    issued: Decimal,
    debit_notes: Decimal,
    credit_notes: Decimal,
    voided: Decimal,
    revenue: Decimal,
    group_count: i64,
    all_issued: Decimal,
    all_debit_notes: Decimal,
    all_credit_notes: Decimal,
    all_voided: Decimal,
    all_revenue: Decimal,
}

/// By effective date.
pub async fn revenue(
    pool: &PgPool,
    scope: RevenueScope,
    standpoint: Standpoint,
) -> Result<Answer<RevenueReport>, ReadError> {
    let mut tables = tables_of::<Revenue>();
    tables.extend(tables_of::<Customers>());
    tables.extend(tables_of::<PricePlans>());
    let mut snapshot = Snapshot::of_tables(pool, &tables).await?;
    let position = snapshot.stand::<Revenue>(&standpoint).await?;
    let scope = RevenueScope { range: standpoint.narrow(scope.range), ..scope };
    let mut query = scope.statement(standpoint.known_at)?;
    let rows: Vec<GroupRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;

    let mut currencies: Vec<RevenueOfCurrency> = Vec::new();
    for row in rows {
        let currency = Currency::parse(&row.currency)
            .map_err(|_| ReadError::Corrupt(format!("there is revenue in {:?}", row.currency)))?;
        if currencies.last().is_none_or(|last| last.currency != currency) {
            currencies.push(row.of_currency(currency)?);
        }
        if let Some(last) = currencies.last_mut() {
            last.groups.push(row.line(currency)?);
        }
    }
    let RevenueScope { by: group_by, range, .. } = scope;
    Ok(Answer { data: RevenueReport { group_by, from: range.from(), to: range.to(), currencies }, position })
}

impl RevenueScope {
    fn statement(&self, known_at: Option<u64>) -> Result<QueryBuilder<'static, Postgres>, ReadError> {
        let (key, amount, source) = self.by.rows();
        let (name, names) = self.by.name();
        let mut query = QueryBuilder::new(format!(
            "WITH counted AS (SELECT {key} AS key, e.currency, e.bill, e.kind, {amount} AS amount \
             FROM revenue_entries AS e {source} WHERE true"
        ));
        self.range.narrow(&mut query);
        if let Some(known_at) = known_at {
            query.push(" AND e.position <= ").push_bind(signed(known_at)?);
        }
        if let Some(currency) = self.currency {
            query.push(" AND e.currency = ").push_bind(currency.code());
        }
        query.push(
            "), grouped AS (SELECT key, currency, \
             count(DISTINCT bill) FILTER (WHERE kind = 'issued') AS bill_count, \
             coalesce(sum(amount) FILTER (WHERE kind = 'issued'), 0) AS issued, \
             coalesce(sum(amount) FILTER (WHERE kind = 'debit_note'), 0) AS debit_notes, \
             coalesce(-sum(amount) FILTER (WHERE kind = 'credit_note'), 0) AS credit_notes, \
             coalesce(-sum(amount) FILTER (WHERE kind = 'voided'), 0) AS voided, \
             sum(amount) AS revenue FROM counted GROUP BY key, currency), \
             ranked AS (SELECT *, row_number() OVER (PARTITION BY currency ORDER BY revenue DESC, key) AS rank, \
             count(*) OVER of_currency AS group_count, sum(issued) OVER of_currency AS all_issued, \
             sum(debit_notes) OVER of_currency AS all_debit_notes, \
             sum(credit_notes) OVER of_currency AS all_credit_notes, \
             sum(voided) OVER of_currency AS all_voided, sum(revenue) OVER of_currency AS all_revenue \
             FROM grouped WINDOW of_currency AS (PARTITION BY currency)) ",
        );
        query.push(format!("SELECT g.*, {name} AS name FROM ranked AS g {names} WHERE true"));
        if let Some(limit) = self.limit {
            query.push(" AND g.rank <= ").push_bind(i64::from(limit));
        }
        query.push(" ORDER BY g.currency, g.rank");
        Ok(query)
    }
}

impl GroupRow {
    fn of_currency(&self, currency: Currency) -> Result<RevenueOfCurrency, ReadError> {
        let total = |amount| Total::new(amount, currency);
        Ok(RevenueOfCurrency {
            currency,
            groups: Vec::new(),
            group_count: counted(self.group_count)?,
            issued: total(self.all_issued),
            debit_notes: total(self.all_debit_notes),
            credit_notes: total(self.all_credit_notes),
            voided: total(self.all_voided),
            revenue: total(self.all_revenue),
        })
    }

    fn line(self, currency: Currency) -> Result<RevenueLine, ReadError> {
        let total = |amount| Total::new(amount, currency);
        Ok(RevenueLine {
            key: self.key,
            name: self.name,
            bill_count: counted(self.bill_count)?,
            issued: total(self.issued),
            debit_notes: total(self.debit_notes),
            credit_notes: total(self.credit_notes),
            voided: total(self.voided),
            revenue: total(self.revenue),
        })
    }
}
