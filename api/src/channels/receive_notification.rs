//! The door by which channels notify us.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::Response;
use tallybook_commands::CommandContext;
use tallybook_commands::channels::receive_notification as receive;
use tallybook_domain::Actor;
use tallybook_domain::channels::Channel;

use super::inbox::{accepted, failed, not_set_up, refused};
use crate::problem::{Problem, ProblemKind};
use crate::request::{PathId, RequestContext, collect_body};
use crate::state::ApiState;

/// The most a notification may have: many times what a channel sends.
const LIMIT: usize = 64 * 1024;
/// How long it may take to arrive. A channel itself waits no longer than five seconds for the answer.
const WITHIN: Duration = Duration::from_secs(10);

/// Notify of a payment or a refund
///
/// For payment channels alone: WeChat Pay (API v3) and Alipay (RSA2) send here what became of a payment. There is no
/// sign-in; the signature is verified with the keys that are set up. A notification is kept once, however often it
/// comes, and answered in the channel's own words: 204, or 200 with `success`, once it is durable; everything else it
/// sends again. A channel that is not set up has no such route: 404.
#[utoipa::path(post, path = "/v1/channels/{channel}/notifications", tag = "channels", security(()),
    params(("channel" = tallybook_read_models::schema::Channel, Path)),
    request_body(description = "As the channel sends it", content(
        (String = "application/json"), (String = "application/x-www-form-urlencoded"))),
    responses((status = 200, description = "Alipay's is kept", content_type = "text/plain", body = String,
            example = "success"),
        (status = 204, description = "WeChat Pay's is kept"),
        (status = "4XX", description = "Refused, in the channel's words: `{\"code\": \"FAIL\", \"message\": …}`, or `failure`")))]
pub(super) async fn receive_notification(
    State(state): State<ApiState>,
    path: PathId,
    context: Arc<RequestContext>,
    request: Request,
) -> Result<Response, Problem> {
    let channel: Channel = path.parse(ProblemKind::ChannelNotFound)?;
    let channels = &state.settings().channels;
    if !channels.has(channel) {
        return Err(not_set_up(channel));
    }
    let (parts, body) = request.into_parts();
    let body = match collect_body(body, LIMIT, WITHIN).await {
        Ok(body) => body,
        Err(problem) => return Ok(failed(channel, problem, false)),
    };
    let told = channels.read(channel, &parts.headers, &body, state.book().now());
    let told = match told.ok_or_else(|| not_set_up(channel))? {
        Ok(told) => told,
        Err(refusal) => return Ok(refused(channel, &refusal)),
    };
    let context = CommandContext {
        actor: actor(channel)?,
        // What it is called is known by its stream: a repeat meets the first there.
        idempotency_key: None,
        request_id: Some(context.request_id.clone()),
        client_address: context.client_address(),
        dry_run: false,
    };
    match receive(state.book(), context, told).await {
        Ok(_) => Ok(accepted(channel)),
        Err(error) => Ok(failed(channel, error.into(), true)),
    }
}

fn actor(channel: Channel) -> Result<Actor, Problem> {
    format!("channel:{channel}").parse().map_err(Problem::internal)
}
