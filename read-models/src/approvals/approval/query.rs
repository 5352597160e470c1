//! Asking for approvals.

use chrono::{DateTime, Utc};
use sqlx::{PgPool, Postgres, QueryBuilder};
use tallybook_domain::approvals::{ApprovalId, ApprovalKind, ApprovalState};
use tallybook_domain::{Actor, CustomerId};

use super::{ApprovalRow, Approvals};
use crate::query::{
    Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read_key, spelled, write_cursor,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApprovalFilter {
    pub kind: Option<ApprovalKind>,
    pub state: Option<ApprovalState>,
    pub customer: Option<CustomerId>,
    pub requested_by: Option<Actor>,
    /// Asked for from then on.
    pub from: Option<DateTime<Utc>>,
    /// Asked for before then.
    pub before: Option<DateTime<Utc>>,
    /// Only what was approved or rejected.
    pub is_decided: bool,
    /// Decided from then on.
    pub decided_from: Option<DateTime<Utc>>,
    /// Decided before then.
    pub decided_before: Option<DateTime<Utc>>,
    /// Only what waits for this pair of eyes.
    pub waits_for: Option<Eyes>,
}

/// Somebody, and in whose places he may decide now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Eyes {
    pub person: Actor,
    /// Whether he may for himself.
    pub alone: bool,
    pub delegators: Vec<Actor>,
    pub now: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalOrder {
    /// As they were asked for.
    Requested,
}

impl SortKey for ApprovalOrder {
    const ALL: &'static [Self] = &[Self::Requested];
    const DEFAULT: Sort<Self> = Sort { by: Self::Requested, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
        }
    }
}

pub async fn list_approvals(
    pool: &PgPool,
    filter: &ApprovalFilter,
    sort: Sort<ApprovalOrder>,
    paging: &Paging,
) -> Result<Page<Vec<ApprovalRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM approvals WHERE true");
    narrow(&mut query, filter);
    if let Some([position, id]) = paging.after(sort)? {
        query.push(format!(" AND (created_position, id) {} (", sort.direction.after()));
        query.push_bind(read_key::<i64>(&position)?).push(", ").push_bind(id.clone()).push(")");
    }
    let direction = sort.direction.sql();
    query.push(format!(" ORDER BY created_position {direction}, id {direction} LIMIT "));
    query.push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<Approvals>(pool).await?;
    let position = snapshot.position_of::<Approvals>().await?;
    let mut rows: Vec<ApprovalRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging
        .cut(&mut rows, |last| write_cursor(sort, [last.created.position.to_string(), last.id.to_string()]));
    Ok(Page { data: rows, next_cursor, position })
}

fn narrow<'a>(query: &mut QueryBuilder<'a, Postgres>, filter: &'a ApprovalFilter) {
    if let Some(kind) = filter.kind {
        query.push(" AND kind = ").push_bind(kind.as_str());
    }
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.as_str());
    }
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(requested_by) = &filter.requested_by {
        query.push(" AND requested_by = ").push_bind(requested_by.as_str());
    }
    if filter.is_decided {
        query.push(" AND state IN ('approved', 'rejected')");
    }
    let moments = [
        (" AND created_at >= ", filter.from),
        (" AND created_at < ", filter.before),
        (" AND decided_at >= ", filter.decided_from),
        (" AND decided_at < ", filter.decided_before),
    ];
    for (condition, moment) in moments {
        if let Some(moment) = moment {
            query.push(condition).push_bind(moment);
        }
    }
    if let Some(eyes) = &filter.waits_for {
        wait_for(query, eyes);
    }
}

/// Open, in time, and free of what stands in his way: that he asked or has agreed, or the one in whose place he decides.
fn wait_for<'a>(query: &mut QueryBuilder<'a, Postgres>, eyes: &'a Eyes) {
    query.push(" AND state = 'open' AND expires_at > ").push_bind(eyes.now);
    has_no_part(query, &eyes.person);
    query.push(" AND (").push_bind(eyes.alone);
    for delegator in &eyes.delegators {
        query.push(" OR (true");
        has_no_part(query, delegator);
        query.push(")");
    }
    query.push(")");
}

fn has_no_part<'a>(query: &mut QueryBuilder<'a, Postgres>, person: &'a Actor) {
    query.push(" AND requested_by <> ").push_bind(person.as_str());
    for behind in ["key_made_by", "key_held_by"] {
        query.push(format!(" AND {behind} IS DISTINCT FROM ")).push_bind(person.as_str());
    }
    for member in ["by", "on_behalf_of"] {
        query.push(format!(" AND NOT given::jsonb @> jsonb_build_array(jsonb_build_object('{member}', "));
        query.push_bind(person.as_str()).push("::text))");
    }
}

pub async fn find_approval(pool: &PgPool, id: &ApprovalId) -> Result<Answer<Option<ApprovalRow>>, ReadError> {
    let mut snapshot = Snapshot::take::<Approvals>(pool).await?;
    let position = snapshot.position_of::<Approvals>().await?;
    let data: Option<ApprovalRow> = snapshot.row_of(id.as_str()).await?;
    Ok(Answer { data, position })
}

/// What nobody has decided in time, the longest overdue first.
pub async fn due_approvals(
    pool: &PgPool,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<ApprovalId>, ReadError> {
    let due = sqlx::query(
        "SELECT id FROM approvals WHERE state = 'open' AND expires_at <= $1 ORDER BY expires_at, id LIMIT $2",
    );
    let rows = due.bind(now).bind(limit).fetch_all(pool).await?;
    Ok(rows.iter().map(|row| spelled(row, "id")).collect::<Result<_, _>>()?)
}
