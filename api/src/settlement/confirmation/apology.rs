//! What people see who do not get what they asked for: a page in place of a problem, with the same status.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::print::{POLICY, begin, page};
use crate::problem::ProblemKind;

const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Nothing that is answered here is indexed, and no address of it is told to another server.
pub(super) async fn page_for_people(response: Response) -> Response {
    let mut response = match response.extensions().get::<ProblemKind>() {
        Some(_) => apology(response),
        None => response,
    };
    let headers = response.headers_mut();
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(ROBOTS, HeaderValue::from_static("noindex, nofollow"));
    response
}

/// What the boundary looks at stays with it.
fn apology(problem: Response) -> Response {
    let (parts, _) = problem.into_parts();
    let mut html = begin("对账单 Statement", parts.status.as_u16());
    let (chinese, english) = words(parts.status);
    html.markup("</head><body><h1>对账单<small>Statement of account</small></h1>");
    html.within("<p>", chinese, "</p>").within("<p>", english, "</p></body></html>\n");
    let mut response = page(html.finish(), POLICY);
    *response.status_mut() = parts.status;
    if let Some(retry) = parts.headers.get(header::RETRY_AFTER) {
        response.headers_mut().insert(header::RETRY_AFTER, retry.clone());
    }
    *response.extensions_mut() = parts.extensions;
    response
}

fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => (
            "链接无效。请核对链接是否完整，或与我们联系。",
            "This link leads nowhere. See whether it is complete, or ask us.",
        ),
        StatusCode::GONE => {
            ("本对账单已撤回，无需答复。", "This statement was withdrawn. There is nothing to answer.")
        }
        StatusCode::CONFLICT => (
            "本对账单已有答复，不能更改。如有疑问，请与我们联系。",
            "This statement is answered already, and the answer cannot be changed. If it is wrong, ask us.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("提交的内容无法读取。请返回重试。", "What was sent cannot be read. Go back and try again.")
        }
        status if status.is_client_error() => {
            ("请求无法处理。请返回重试。", "This cannot be done. Go back and try again.")
        }
        _ => ("暂时无法显示，请稍后重试。", "This cannot be shown now. Try again in a few minutes."),
    }
}
