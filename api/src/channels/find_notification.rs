//! One notification of a channel.

use axum::extract::State;
use axum::response::Response;
use tallybook_domain::channels::ChannelNotificationId;
use tallybook_read_models::channels::{
    ChannelNotificationRow, ChannelNotifications, find_channel_notification as find,
};
use tallybook_read_models::{Answer, Projection};

use crate::access::{Action, Caller};
use crate::answer::found;
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, ReadInput};
use crate::state::ApiState;

/// See a notification of a channel
#[utoipa::path(get, path = "/v1/channels/notifications/{id}", tag = "channels",
    params(("id" = String, Path, example = "M3387SCTDHQHR41AZ8PN8A4DSCC")),
    responses((status = 200, body = Answer<ChannelNotificationRow>)))]
pub(super) async fn find_channel_notification(
    State(state): State<ApiState>,
    caller: Caller,
    path: PathId,
    input: ReadInput,
) -> Result<Response, Problem> {
    caller.may(Action::ReadModels)?;
    let id: ChannelNotificationId = path.parse(ProblemKind::ChannelNotificationNotFound)?;
    let mut query = input.query();
    let view = query.view();
    let fresh = input.finish(query)?;
    let pool = state.reading(&[ChannelNotifications::NAME], view.as_ref(), fresh).await?;
    found(find(&pool, &id).await?, ProblemKind::ChannelNotificationNotFound, &id)
}
