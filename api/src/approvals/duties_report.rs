//! The segregation of duties, page by page: for the API and for who exports it at the machine.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use sqlx::PgPool;
use tallybook_domain::approvals::ApprovalKind;
use tallybook_event_store::Book;
use tallybook_read_models::approvals::{
    ApprovalDelegationRow, ApprovalFilter, ApprovalOrder, DelegationFilter, DelegationOrder, list_approvals,
    list_delegations,
};
use tallybook_read_models::{DateRange, Page, Paging, Sort, SortKey};

use super::duties::{Duties, People};
use crate::access::{all_keys, list_users};
use crate::problem::Problem;
use crate::request::{day_after, day_begins};

/// What was decided when.
#[derive(Debug, Clone, Copy)]
pub struct DutiesScope {
    /// The book's days on which it was decided.
    pub range: DateRange,
    pub kind: Option<ApprovalKind>,
}

#[derive(Debug)]
pub(crate) struct DutiesReport {
    people: People,
    filter: ApprovalFilter,
    zone: Tz,
}

impl DutiesReport {
    /// The people of the book, and the delegations as `pool` shows them.
    pub(crate) async fn of(book: &Book, pool: &PgPool, scope: DutiesScope) -> Result<Self, Problem> {
        let DutiesScope { range, kind } = scope;
        let (users, keys) = (list_users(book.pool()).await?, all_keys(book.pool()).await?);
        let people = People { users, keys, delegations: delegations(pool, range).await? };
        let zone = book.time_zone();
        let filter = ApprovalFilter {
            kind,
            is_decided: true,
            decided_from: range.from().and_then(|first| day_begins(first, zone)),
            decided_before: range.to().and_then(|last| day_begins(day_after(last)?, zone)),
            ..ApprovalFilter::default()
        };
        Ok(Self { people, filter, zone })
    }

    pub(crate) async fn page(
        &self,
        pool: &PgPool,
        sort: Sort<ApprovalOrder>,
        paging: &Paging,
    ) -> Result<Page<Vec<Duties>>, Problem> {
        let Page { data, next_cursor, position } = list_approvals(pool, &self.filter, sort, paging).await?;
        let rows = data.into_iter().map(|row| {
            let decided_on = row.decided_at.map(|at| (at, self.day(at)));
            self.people.duties(row, decided_on)
        });
        Ok(Page { data: rows.collect(), next_cursor, position })
    }

    fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }
}

/// Those some day of which is in the range.
async fn delegations(pool: &PgPool, range: DateRange) -> Result<Vec<ApprovalDelegationRow>, Problem> {
    let filter = DelegationFilter { from: range.from(), to: range.to(), ..DelegationFilter::default() };
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let paging = Paging::new(Some(Paging::MAX_LIMIT), cursor).map_err(Problem::internal)?;
        let page = list_delegations(pool, &filter, DelegationOrder::DEFAULT, &paging).await?;
        all.extend(page.data);
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => return Ok(all),
        }
    }
}
