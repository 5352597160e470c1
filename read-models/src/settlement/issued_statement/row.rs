//! A row of `statements`.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row as _};
use tallybook_domain::settlement::StatementId;
use tallybook_domain::settlement::statement::{Signatory, StatementAnswer, StatementState};
use tallybook_domain::text::{Reason, Remark};
use tallybook_domain::{Currency, CustomerId};
use utoipa::ToSchema;

use super::CustomerBalance;
use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{Total, count, optional, spelled, stamp};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementRow {
    #[schema(value_type = String, example = "S01K7RA8ZAYFGXSMRSF9FMC3M04")]
    pub id: StatementId,
    #[schema(value_type = String, example = "C00042")]
    pub customer: CustomerId,
    #[schema(value_type = String, example = "CNY")]
    pub currency: Currency,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// The last event of the book that counts: with it as `known_at`, the customer's statement is this one for ever.
    pub known_at: u64,
    /// Before the first day.
    pub opening: CustomerBalance,
    /// After the last day.
    pub closing: CustomerBalance,
    pub line_count: u64,
    #[schema(value_type = schema::StatementState)]
    pub state: StatementState,
    /// What the customer says; `null` before that.
    #[schema(value_type = Option<schema::StatementAnswer>)]
    pub answer: Option<StatementAnswer>,
    #[schema(value_type = Option<String>)]
    pub remark: Option<Remark>,
    /// Whoever had the link, by the name that was typed.
    #[schema(value_type = Option<String>)]
    pub answered_by: Option<Signatory>,
    pub answered_at: Option<DateTime<Utc>>,
    /// Why it was withdrawn.
    #[schema(value_type = Option<String>)]
    pub end_reason: Option<Reason>,
    pub created: Stamp,
    pub updated: Stamp,
}

impl Row for StatementRow {
    const TABLE: &'static str = "statements";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("customer"),
        Column::text("currency"),
        Column::date("from_date"),
        Column::date("to_date"),
        Column::number("known_at"),
        Column::amount("opening_receivable"),
        Column::amount("opening_advance"),
        Column::amount("closing_receivable"),
        Column::amount("closing_advance"),
        Column::number("line_count"),
        Column::text("state"),
        Column::text("answer"),
        Column::text("remark"),
        Column::text("answered_by"),
        Column::moment("answered_at"),
        Column::text("end_reason"),
        Column::number("created_position"),
        Column::moment("created_at"),
        Column::text("created_by"),
        Column::number("updated_position"),
        Column::moment("updated_at"),
        Column::text("updated_by"),
    ];
    const CURRENCY: Option<&'static str> = Some("currency");

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.id);
        fields.put(&self.customer);
        fields.put(self.currency);
        fields.put_date(self.from);
        fields.put_date(self.to);
        fields.put_count(self.known_at);
        for CustomerBalance { receivable, advance, .. } in [self.opening, self.closing] {
            fields.put_amount(receivable.amount());
            fields.put_amount(advance.amount());
        }
        fields.put_count(self.line_count);
        fields.put(self.state);
        fields.put_option(self.answer);
        fields.put_option(self.remark.as_ref());
        fields.put_option(self.answered_by.as_ref());
        match self.answered_at {
            Some(at) => fields.put_moment(at),
            None => fields.put_null(),
        }
        fields.put_option(self.end_reason.as_ref());
        self.created.encode(fields);
        self.updated.encode(fields);
    }
}

impl KeyedRow for StatementRow {
    const KEY_COLUMNS: usize = 1;
    type Key = StatementId;

    fn key(&self) -> StatementId {
        self.id.clone()
    }

    fn encode_key(key: &StatementId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        let remark = self.remark.as_ref().map_or(0, |remark| remark.as_str().len());
        let answered_by = self.answered_by.as_ref().map_or(0, |name| name.as_str().len());
        remark + answered_by + self.end_reason.as_ref().map_or(0, |reason| reason.as_str().len())
    }
}

impl FromRow<'_, PgRow> for StatementRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let currency: Currency = spelled(row, "currency")?;
        let total = |column: &str| Ok::<_, sqlx::Error>(Total::new(row.try_get(column)?, currency));
        let balance = |receivable: &str, advance: &str| {
            CustomerBalance::between(total(receivable)?, total(advance)?)
                .map_err(|error| sqlx::Error::Decode(error.into()))
        };
        Ok(Self {
            id: spelled(row, "id")?,
            customer: spelled(row, "customer")?,
            currency,
            from: row.try_get("from_date")?,
            to: row.try_get("to_date")?,
            known_at: count(row, "known_at")?,
            opening: balance("opening_receivable", "opening_advance")?,
            closing: balance("closing_receivable", "closing_advance")?,
            line_count: count(row, "line_count")?,
            state: spelled(row, "state")?,
            answer: optional(row, "answer")?,
            remark: optional(row, "remark")?,
            answered_by: optional(row, "answered_by")?,
            answered_at: row.try_get("answered_at")?,
            end_reason: optional(row, "end_reason")?,
            created: stamp(row, "created_position", "created_at", "created_by")?,
            updated: stamp(row, "updated_position", "updated_at", "updated_by")?,
        })
    }
}
