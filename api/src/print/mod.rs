//! What pages to print have in common: how markup is written, who issues them, what they look like.
//!
//! A page in Chinese and English that loads nothing and has no scripts, whatever a name or a reason contains.

mod figures;
mod html;
mod parts;
mod party;
mod seller;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

pub(crate) use figures::Grouped;
pub(crate) use html::Html;
pub(crate) use parts::{begin, fact, sum, total, words_row, write_parties, write_words};
pub(crate) use party::Party;
pub use seller::Seller;

/// No scripts, nothing loaded, nothing sent, in nobody's frame.
pub(crate) const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// A page, and what it may do.
pub(crate) fn page(html: String, policy: HeaderValue) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, html).into_response()
}
