//! The list of notifications of channels.

use axum::extract::State;
use axum::response::Response;
use chrono::NaiveDate;
use tallybook_read_models::channels::{
    ChannelNotificationFilter, ChannelNotificationRow, ChannelNotifications,
    list_channel_notifications as read,
};
use tallybook_read_models::{DateRange, Page, Projection, schema};
use utoipa::IntoParams;

use crate::access::{Action, Caller};
use crate::answer::{Cell, Tabular, list};
use crate::problem::Problem;
use crate::request::{ListParameters, ReadInput, day_after, day_begins};
use crate::state::ApiState;

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes in OpenAPI what the handler reads")]
pub(super) struct ChannelNotificationParameters {
    /// `received`, with `-` before it for descending; `-received` by default.
    sort: Option<String>,
    channel: Option<schema::Channel>,
    /// Our number of the payment.
    reference: Option<String>,
    state: Option<schema::ChannelNotificationState>,
    /// The first day on which it was received.
    from: Option<NaiveDate>,
    /// The last day on which it was received.
    to: Option<NaiveDate>,
}

impl Tabular for ChannelNotificationRow {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "channel",
        "event_id",
        "merchant",
        "reference",
        "transaction",
        "said",
        "refund",
        "amount",
        "currency",
        "happened_at",
        "state",
        "received_at",
        "received_by",
    ];

    fn cells(&self) -> Vec<Cell> {
        let amount = self.said.amount();
        vec![
            Cell::text(&self.id),
            Cell::text(self.channel),
            Cell::text(&self.event_id),
            Cell::text(&self.merchant),
            Cell::text(&self.reference),
            Cell::text(&self.transaction),
            Cell::text(self.said.kind()),
            Cell::optional(self.said.refund()),
            amount.map_or(Cell::Empty, Cell::money),
            Cell::optional(amount.map(|amount| amount.currency()).as_ref()),
            Cell::at(self.happened_at),
            Cell::text(self.state),
            Cell::at(self.received.at),
            Cell::text(&self.received.by),
        ]
    }
}

/// List notifications of channels
///
/// Each that was kept, once. One `waiting` is about a payment that is not known here yet.
#[utoipa::path(get, path = "/v1/channels/notifications", tag = "channels",
    params(ListParameters, ChannelNotificationParameters),
    responses((status = 200, body = Page<Vec<ChannelNotificationRow>>)))]
pub(super) async fn list_channel_notifications(
    State(state): State<ApiState>,
    caller: Caller,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let mut query = input.query();
    let received: DateRange = query.dates();
    let zone = state.book().time_zone();
    let filter = ChannelNotificationFilter {
        channel: query.optional("channel"),
        reference: query.optional("reference"),
        state: query.optional("state"),
        received_from: received.from().and_then(|first| day_begins(first, zone)),
        received_before: received.to().and_then(|last| day_begins(day_after(last)?, zone)),
    };
    let sort = query.sort();
    let view = query.view();
    let listing = input.listing(query)?;
    let pool = state.reading(&[ChannelNotifications::NAME], view.as_ref(), listing.fresh).await?;
    list(&state, listing, move |page| {
        let (pool, filter) = (pool.clone(), filter.clone());
        async move { Ok(read(&pool, &filter, sort, &page.paging()?).await?) }
    })
    .await
}
