//! A form that a browser sends (`application/x-www-form-urlencoded`).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderValue, header};

use super::command::collect_body;
use super::context::RequestContext;
use crate::problem::{Problem, ProblemKind};
use crate::state::ApiState;

/// Three texts and some room: of a Chinese character nine bytes come.
const FORM_LIMIT: usize = 16 * 1024;
const FORM_WITHIN: Duration = Duration::from_secs(30);

/// What was typed, by field, and who sent it, as far as that is known of anyone.
#[derive(Debug)]
pub(crate) struct FormInput {
    pub(crate) context: Arc<RequestContext>,
    fields: Vec<(String, String)>,
}

impl FromRequest<ApiState> for FormInput {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, Self::Rejection> {
        let (mut parts, body) = request.into_parts();
        let context = Arc::<RequestContext>::from_request_parts(&mut parts, state).await?;
        if !parts.headers.get(header::CONTENT_TYPE).is_some_and(is_form) {
            return Err(Problem::new(ProblemKind::UnsupportedMediaType, "Send the form as it is."));
        }
        let body = collect_body(body, FORM_LIMIT, FORM_WITHIN).await?;
        Ok(Self { context, fields: form_urlencoded::parse(&body).into_owned().collect() })
    }
}

impl FormInput {
    /// What was typed into a field; nothing, if it was left out.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.fields.iter().find(|(given, _)| given == name).map_or("", |(_, text)| text)
    }
}

fn is_form(content_type: &HeaderValue) -> bool {
    let bytes = content_type.as_bytes();
    let essence = bytes.split(|byte| *byte == b';').next().unwrap_or(bytes).trim_ascii();
    essence.eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}
