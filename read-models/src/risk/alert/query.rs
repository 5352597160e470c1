//! Asking for alerts.

use serde::Serialize;
use sqlx::{PgPool, Postgres, QueryBuilder};
use tallybook_domain::risk::{AlertState, Assessment, RiskOutcome};
use tallybook_domain::{Actor, CustomerId, WithdrawalId};
use utoipa::ToSchema;

use super::{RiskAlertRow, RiskAlerts};
use crate::query::{
    Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read_key, tables_of, write_cursor,
};
use crate::risk::{AssessmentRow, RiskAssessments};
use crate::schema;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertFilter {
    pub customer: Option<CustomerId>,
    pub state: Option<AlertState>,
    pub outcome: Option<RiskOutcome>,
    pub claimed_by: Option<Actor>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertOrder {
    /// As they were raised.
    Raised,
}

impl SortKey for AlertOrder {
    const ALL: &'static [Self] = &[Self::Raised];
    const DEFAULT: Sort<Self> = Sort { by: Self::Raised, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Raised => "raised",
        }
    }
}

/// An alert with the judgement it was raised by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RiskAlertDetail {
    #[serde(flatten)]
    pub row: RiskAlertRow,
    /// What was known of the withdrawal, and what each rule said.
    #[schema(value_type = schema::Assessment)]
    pub assessment: Assessment,
}

pub async fn list_alerts(
    pool: &PgPool,
    filter: &AlertFilter,
    sort: Sort<AlertOrder>,
    paging: &Paging,
) -> Result<Page<Vec<RiskAlertRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM risk_alerts WHERE true");
    narrow(&mut query, filter);
    if let Some([position]) = paging.after(sort)? {
        query.push(format!(" AND created_position {} ", sort.direction.after()));
        query.push_bind(read_key::<i64>(&position)?);
    }
    query.push(format!(" ORDER BY created_position {} LIMIT ", sort.direction.sql()));
    query.push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<RiskAlerts>(pool).await?;
    let position = snapshot.position_of::<RiskAlerts>().await?;
    let mut rows: Vec<RiskAlertRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(sort, [last.created.position.to_string()]));
    Ok(Page { data: rows, next_cursor, position })
}

fn narrow<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a AlertFilter) {
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.as_str());
    }
    if let Some(outcome) = filter.outcome {
        query.push(" AND outcome = ").push_bind(outcome.as_str());
    }
    if let Some(claimed_by) = &filter.claimed_by {
        query.push(" AND claimed_by = ").push_bind(claimed_by.as_str());
    }
}

/// The judgement never changes, so it does not matter if its table is ahead; if it is behind, the alert is not there
/// yet. The position is that of the alerts.
pub async fn find_alert(
    pool: &PgPool,
    id: &WithdrawalId,
) -> Result<Answer<Option<RiskAlertDetail>>, ReadError> {
    let tables = [tables_of::<RiskAlerts>(), tables_of::<RiskAssessments>()].concat();
    let mut snapshot = Snapshot::of_tables(pool, &tables).await?;
    let position = snapshot.position_of::<RiskAlerts>().await?;
    let row: Option<RiskAlertRow> = snapshot.row_of(id.as_str()).await?;
    let judged: Option<AssessmentRow> = snapshot.row_of(id.as_str()).await?;
    let data = row.zip(judged).map(|(row, judged)| RiskAlertDetail { row, assessment: judged.assessment });
    Ok(Answer { data, position })
}
