//! Asking for price plans.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder};
use tallybook_domain::Currency;
use tallybook_domain::billing::PlanCode;
use utoipa::ToSchema;

use super::{PricePlanRow, PricePlanVersionRow, PricePlans, RequestedVersion};
use crate::query::{
    Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, optional_count, read_key, spelled,
    write_cursor,
};

/// A plan without what its versions say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PricePlanSummary {
    #[serde(flatten)]
    pub plan: PricePlanRow,
    /// ISO 4217; the same in all versions.
    #[schema(value_type = String, example = "CNY")]
    pub currency: Currency,
    /// The version that counts today; `null` before the first begins.
    pub version_in_force: Option<u64>,
}

impl FromRow<'_, PgRow> for PricePlanSummary {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            plan: PricePlanRow::from_row(row)?,
            currency: spelled(row, "currency")?,
            version_in_force: optional_count(row, "version_in_force")?,
        })
    }
}

/// A plan and all it ever said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PricePlan {
    #[serde(flatten)]
    pub summary: PricePlanSummary,
    /// By the day on which they begin.
    pub versions: Vec<PricePlanVersionRow>,
    /// The version that waits for somebody else to approve.
    pub requested: Option<RequestedVersion>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PricePlanOrder {
    Code,
    /// As the book wrote them down.
    Created,
}

impl SortKey for PricePlanOrder {
    const ALL: &'static [Self] = &[Self::Code, Self::Created];
    const DEFAULT: Sort<Self> = Sort { by: Self::Code, direction: Direction::Ascending };

    fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Created => "created",
        }
    }
}

/// A plan is there once it has its first version, which comes with it. Between the two goes today.
const SELECT: &str = "
    SELECT plans.*, latest.currency,
           (SELECT max(version) FROM price_plan_versions WHERE plan = code AND effective_from <= ";
const FROM: &str = ") AS version_in_force
      FROM price_plans AS plans
      JOIN price_plan_versions AS latest ON latest.plan = code AND latest.version = latest_version
     WHERE true";

fn select<'a>(today: NaiveDate) -> QueryBuilder<'a, Postgres> {
    let mut query = QueryBuilder::new(SELECT);
    query.push_bind(today).push(FROM);
    query
}

pub async fn list_price_plans(
    pool: &PgPool,
    today: NaiveDate,
    sort: Sort<PricePlanOrder>,
    paging: &Paging,
) -> Result<Page<Vec<PricePlanSummary>>, ReadError> {
    let mut query = select(today);
    in_order(&mut query, sort, paging)?;
    let mut snapshot = Snapshot::take::<PricePlans>(pool).await?;
    let position = snapshot.position_of::<PricePlans>().await?;
    let mut rows: Vec<PricePlanSummary> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| cursor_at(&last.plan, sort));
    Ok(Page { data: rows, next_cursor, position })
}

fn in_order(
    query: &mut QueryBuilder<'_, Postgres>,
    sort: Sort<PricePlanOrder>,
    paging: &Paging,
) -> Result<(), ReadError> {
    let (after, direction) = (sort.direction.after(), sort.direction.sql());
    match sort.by {
        PricePlanOrder::Code => {
            if let Some([code]) = paging.after(sort)? {
                query.push(format!(" AND code {after} ")).push_bind(code);
            }
            query.push(format!(" ORDER BY code {direction}"));
        }
        PricePlanOrder::Created => {
            if let Some([position]) = paging.after(sort)? {
                query.push(format!(" AND plans.created_position {after} "));
                query.push_bind(read_key::<i64>(&position)?);
            }
            query.push(format!(" ORDER BY plans.created_position {direction}"));
        }
    }
    query.push(" LIMIT ").push_bind(paging.rows_to_fetch());
    Ok(())
}

fn cursor_at(row: &PricePlanRow, sort: Sort<PricePlanOrder>) -> String {
    match sort.by {
        PricePlanOrder::Code => write_cursor(sort, [row.code.to_string()]),
        PricePlanOrder::Created => write_cursor(sort, [row.created.position.to_string()]),
    }
}

pub async fn find_price_plan(
    pool: &PgPool,
    code: &PlanCode,
    today: NaiveDate,
) -> Result<Answer<Option<PricePlan>>, ReadError> {
    let mut query = select(today);
    query.push(" AND code = ").push_bind(code.as_str());
    let mut snapshot = Snapshot::take::<PricePlans>(pool).await?;
    let position = snapshot.position_of::<PricePlans>().await?;
    let summary: Option<PricePlanSummary> =
        query.build_query_as().fetch_optional(snapshot.connection()).await?;
    let Some(summary) = summary else { return Ok(Answer { data: None, position }) };
    // A whole row is decoded by its own `FromRow` alone, as in the lists.
    let versions = sqlx::query_as("SELECT * FROM price_plan_versions WHERE plan = $1 ORDER BY version")
        .bind(code.as_str())
        .fetch_all(snapshot.connection())
        .await?;
    let requested = summary.plan.requested.clone();
    Ok(Answer { data: Some(PricePlan { summary, versions, requested }), position })
}
