//! Asking for bills.

use chrono::NaiveDate;
use sqlx::{PgPool, Postgres, QueryBuilder};
use tallybook_domain::billing::BillId;
use tallybook_domain::{CustomerId, InvalidText, Month};

use super::{BillRow, Bills};
use crate::query::{
    Answer, Direction, Page, Paging, ReadError, Snapshot, Sort, SortKey, read_key, write_cursor,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BillFilter {
    pub customer: Option<CustomerId>,
    pub period: Option<Month>,
    /// How it stands, and on which day.
    pub standing: Option<(BillStanding, NaiveDate)>,
    /// Owed, and due before this day.
    pub due_before: Option<NaiveDate>,
}

/// How a bill stands. What is settled or overdue follows from the open amount and the day, and is decided nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillStanding {
    Draft,
    /// Owed and untouched.
    Issued,
    PartlySettled,
    Settled,
    /// Owed after its due date.
    Overdue,
    Voided,
}

impl BillStanding {
    pub const ALL: [Self; 6] =
        [Self::Draft, Self::Issued, Self::PartlySettled, Self::Settled, Self::Overdue, Self::Voided];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Issued => "issued",
            Self::PartlySettled => "partly_settled",
            Self::Settled => "settled",
            Self::Overdue => "overdue",
            Self::Voided => "voided",
        }
    }

    /// Narrows a query to bills that stand so on a day.
    fn narrow(self, today: NaiveDate, query: &mut QueryBuilder<'_, Postgres>) {
        match self {
            Self::Draft => query.push(" AND state = 'draft'"),
            Self::Issued => query.push(" AND state = 'issued' AND open > 0 AND settled = 0"),
            Self::PartlySettled => query.push(" AND state = 'issued' AND open > 0 AND settled > 0"),
            Self::Settled => query.push(" AND state = 'issued' AND open = 0"),
            Self::Overdue => query.push(" AND open > 0 AND due_date < ").push_bind(today),
            Self::Voided => query.push(" AND state = 'voided'"),
        };
    }
}

impl std::str::FromStr for BillStanding {
    type Err = InvalidText;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let expected = "draft, issued, partly_settled, settled, overdue or voided";
        Self::ALL
            .into_iter()
            .find(|standing| standing.as_str() == word)
            .ok_or(InvalidText::Malformed { expected })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillOrder {
    /// As the book wrote them down.
    Recorded,
}

impl SortKey for BillOrder {
    const ALL: &'static [Self] = &[Self::Recorded];
    const DEFAULT: Sort<Self> = Sort { by: Self::Recorded, direction: Direction::Descending };

    fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
        }
    }
}

pub async fn list_bills(
    pool: &PgPool,
    filter: &BillFilter,
    sort: Sort<BillOrder>,
    paging: &Paging,
) -> Result<Page<Vec<BillRow>>, ReadError> {
    let mut query = QueryBuilder::new("SELECT * FROM bills WHERE true");
    if let Some(customer) = &filter.customer {
        query.push(" AND customer = ").push_bind(customer.as_str());
    }
    if let Some(period) = filter.period {
        query.push(" AND period = ").push_bind(period.to_string());
    }
    if let Some((standing, today)) = filter.standing {
        standing.narrow(today, &mut query);
    }
    if let Some(due_before) = filter.due_before {
        query.push(" AND open > 0 AND due_date < ").push_bind(due_before);
    }
    let (after, direction) = (sort.direction.after(), sort.direction.sql());
    if let Some([position]) = paging.after(sort)? {
        query.push(format!(" AND created_position {after} ")).push_bind(read_key::<i64>(&position)?);
    }
    query.push(format!(" ORDER BY created_position {direction} LIMIT ")).push_bind(paging.rows_to_fetch());

    let mut snapshot = Snapshot::take::<Bills>(pool).await?;
    let position = snapshot.position_of::<Bills>().await?;
    let mut rows: Vec<BillRow> = query.build_query_as().fetch_all(snapshot.connection()).await?;
    let next_cursor = paging.cut(&mut rows, |last| write_cursor(sort, [last.created.position.to_string()]));
    Ok(Page { data: rows, next_cursor, position })
}

pub async fn find_bill(pool: &PgPool, id: &BillId) -> Result<Answer<Option<BillRow>>, ReadError> {
    let mut snapshot = Snapshot::take::<Bills>(pool).await?;
    let position = snapshot.position_of::<Bills>().await?;
    Ok(Answer { data: snapshot.row_of(id.as_str()).await?, position })
}
