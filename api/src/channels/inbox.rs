//! The answers of the inbox, in the words each channel understands.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tallybook_channels::{Answer, NotificationRefusal};
use tallybook_domain::channels::Channel;

use crate::problem::{Problem, ProblemKind};

/// A notification that was turned away: beside the answer, for the record of who was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RefusedNotification {
    pub(crate) channel: Channel,
    /// Whether it was the channel itself.
    pub(crate) signed: bool,
    pub(crate) reason: &'static str,
}

/// It is kept, and need not come again.
pub(super) fn accepted(channel: Channel) -> Response {
    response(Answer::accepted(channel))
}

/// It is not the channel's word, or not to us, or nothing we know.
pub(super) fn refused(channel: Channel, refusal: &NotificationRefusal) -> Response {
    let mut response = response(refusal.answer(channel));
    response.extensions_mut().insert(RefusedNotification { channel, signed: false, reason: refusal.code() });
    response
}

/// It could not be read, or not be kept. A refusal is recorded, a failure logged; of either the channel learns no more
/// than the kind.
pub(super) fn failed(channel: Channel, problem: Problem, signed: bool) -> Response {
    let (status, kind) = (problem.status(), problem.kind());
    let mut response = response(Answer::refused(channel, status.as_u16(), kind.slug()));
    let cause = std::mem::take(problem.into_response().extensions_mut());
    response.extensions_mut().extend(cause);
    if status.is_client_error() {
        response.extensions_mut().insert(RefusedNotification { channel, signed, reason: kind.slug() });
    }
    response
}

/// There is nobody to take it in.
pub(crate) fn not_set_up(channel: Channel) -> Problem {
    Problem::new(ProblemKind::ChannelNotFound, "The channel is not set up.").with("channel", channel.as_str())
}

fn response(answer: Answer) -> Response {
    let Answer { status, content_type, body } = answer;
    let Ok(status) = StatusCode::from_u16(status) else {
        return Problem::internal(format_args!("{status} is no status")).into_response();
    };
    let mut response = (status, Body::from(body)).into_response();
    if let Some(content_type) = content_type {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    response
}
