//! Rows of `channel_notifications`.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::FromRow;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tallybook_domain::channels::{
    Channel, ChannelNotificationId, ChannelNotificationState, ChannelNumber, Said,
};
use utoipa::ToSchema;

use crate::fold::{Column, Fields, KeyedRow, Row, Stamp};
use crate::query::{spelled, stamp, stored_json};
use crate::schema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChannelNotificationRow {
    #[schema(value_type = String, example = "M3387SCTDHQHR41AZ8PN8A4DSCC")]
    pub id: ChannelNotificationId,
    #[schema(value_type = schema::Channel)]
    pub channel: Channel,
    /// The channel's number of the notification.
    #[schema(value_type = String)]
    pub event_id: ChannelNumber,
    /// The channel's number of the merchant the money belongs to.
    #[schema(value_type = String)]
    pub merchant: ChannelNumber,
    /// Our number of the payment, as the channel was given it (`out_trade_no`).
    #[schema(value_type = String)]
    pub reference: ChannelNumber,
    /// The channel's number of the payment.
    #[schema(value_type = String)]
    pub transaction: ChannelNumber,
    #[schema(value_type = schema::Said)]
    pub said: Said,
    /// When it happened at the channel; when it was told, where the channel does not say.
    pub happened_at: DateTime<Utc>,
    #[schema(value_type = schema::ChannelNotificationState)]
    pub state: ChannelNotificationState,
    pub received: Stamp,
}

impl Row for ChannelNotificationRow {
    const TABLE: &'static str = "channel_notifications";
    const COLUMNS: &'static [Column] = &[
        Column::text("id"),
        Column::text("channel"),
        Column::text("event_id"),
        Column::text("merchant"),
        Column::text("reference"),
        Column::text("transaction"),
        Column::text("said"),
        Column::moment("happened_at"),
        Column::text("state"),
        Column::number("received_position"),
        Column::moment("received_at"),
        Column::text("received_by"),
    ];
    const CURRENCY: Option<&'static str> = None;

    fn encode(&self, fields: &mut Fields<'_>) {
        fields.put(&self.id);
        fields.put(self.channel);
        fields.put(&self.event_id);
        fields.put(&self.merchant);
        fields.put(&self.reference);
        fields.put(&self.transaction);
        fields.put_json(&self.said);
        fields.put_moment(self.happened_at);
        fields.put(self.state);
        self.received.encode(fields);
    }
}

impl KeyedRow for ChannelNotificationRow {
    const KEY_COLUMNS: usize = 1;
    type Key = ChannelNotificationId;

    fn key(&self) -> ChannelNotificationId {
        self.id.clone()
    }

    fn encode_key(key: &ChannelNotificationId, fields: &mut Fields<'_>) {
        fields.put(key);
    }

    fn texts(&self) -> usize {
        let refund = self.said.refund().map_or(0, |refund| refund.as_str().len());
        [&self.event_id, &self.merchant, &self.reference, &self.transaction]
            .into_iter()
            .fold(refund, |sum, number| sum.saturating_add(number.as_str().len()))
    }
}

impl FromRow<'_, PgRow> for ChannelNotificationRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: spelled(row, "id")?,
            channel: spelled(row, "channel")?,
            event_id: spelled(row, "event_id")?,
            merchant: spelled(row, "merchant")?,
            reference: spelled(row, "reference")?,
            transaction: spelled(row, "transaction")?,
            said: stored_json(row, "said")?,
            happened_at: row.try_get("happened_at")?,
            state: spelled(row, "state")?,
            received: stamp(row, "received_position", "received_at", "received_by")?,
        })
    }
}
