//! The description of the API (OpenAPI 3.1), made from the handlers and committed as `docs/openapi.json`.
//!
//! Handlers describe what is their own; what all commands, all reads and all refusals share is added here.

mod shared;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::OnceLock;

use axum::http::Method;
use utoipa::ToSchema;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder};

use crate::answer::{DryRunEventSchema, DryRunSchema};
use crate::problem::{FieldError, ProblemSchema};
use crate::router::described;

const TAGS: [(&str, &str); 26] = [
    ("access", "Sign-in, users and API keys"),
    ("customers", "Whose money the book keeps"),
    ("deposits", "Money that came in (入金)"),
    ("withdrawals", "Money that goes out (出金): requested, approved by another, submitted, paid"),
    (
        "risk",
        "The risk of withdrawals: by which rules they are judged, and who looks at those that do not pass",
    ),
    (
        "approvals",
        "What waits for a second person: withdrawals, refunds, differences, credits, bad debt, periods",
    ),
    ("receipts", "Money that pays bills (收款): whose it is, and what of it is left"),
    (
        "write-offs",
        "Which money settled which bills (核销), leg by leg, and how that is undone; credit notes",
    ),
    ("orders", "What customers buy and pay for beforehand (订单), until it is delivered or refunded"),
    ("payouts", "How withdrawals get to the bank (出金付款), once each, and what became of them"),
    ("channels", "What payment channels (支付渠道) tell us of payments and refunds"),
    ("payments", "Orders paid through channels: each attempt, what came of it, and what stands out"),
    (
        "refunds",
        "Money of orders that goes back (退款): requested, approved by another, submitted, confirmed",
    ),
    ("receivables", "What customers owe (应收账款), and for how long it has been due"),
    ("statements", "What is sent to a customer (对账单) to be agreed with, and the answer"),
    ("wallets", "What each customer has, and how it came about"),
    ("usage", "What customers used (用量), as meters counted it"),
    ("price-plans", "What customers are billed by (价格方案), and from when"),
    ("pricing", "What usage costs under a price plan's terms"),
    ("bills", "What customers owe for a month (账单), and the runs that bill them"),
    ("reports", "Revenue (营业收入) and receivables (应收账款), put together"),
    ("ledger", "Double entry: the chart of accounts, the trial balance, the lines of an account"),
    ("periods", "Months that are closed (关账), and how they are opened again"),
    ("dashboard", "The figures of the days"),
    ("journal", "Events as they were recorded, and seals"),
    ("operation", "Health, figures, projections"),
];

/// The description.
pub fn openapi() -> OpenApi {
    let mut description = described().into_openapi();
    shared::add(&mut description);
    description
}

/// The text of `docs/openapi.json`.
pub fn openapi_json() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| match openapi().to_pretty_json() {
        Ok(text) => text + "\n",
        Err(error) => unreachable!("the description is plain data: {error}"),
    })
}

/// What the description says before the routes.
pub(crate) fn head() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Tallybook")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(include_str!("description.md").trim()))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()));
    let tags =
        TAGS.map(|(name, description)| TagBuilder::new().name(name).description(Some(description)).build());
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An access token (`tba_…`) or an API key (`tbk_…`)"))
        .build();
    let components = ComponentsBuilder::new()
        .schema_from::<FieldError>()
        .schema_from::<ProblemSchema>()
        .schema_from::<DryRunEventSchema>()
        .schema_from::<DryRunSchema>()
        .security_scheme("bearer", SecurityScheme::Http(bearer));
    OpenApiBuilder::new()
        .info(info.build())
        .components(Some(components.build()))
        .security(Some([SecurityRequirement::new("bearer", [] as [&str; 0])]))
        .tags(Some(tags))
        .build()
}

/// Every route of a description, by method.
pub(crate) fn routes(description: &OpenApi) -> impl Iterator<Item = (Method, String)> {
    description.paths.paths.iter().flat_map(|(path, item)| {
        operations(item).into_iter().flatten().map(move |(method, _)| (method, path.clone()))
    })
}

/// The operations of a path; the API has these methods only.
fn operations(item: &PathItem) -> [Option<(Method, &Operation)>; 3] {
    let PathItem { get, post, patch, .. } = item;
    [
        get.as_ref().map(|operation| (Method::GET, operation)),
        post.as_ref().map(|operation| (Method::POST, operation)),
        patch.as_ref().map(|operation| (Method::PATCH, operation)),
    ]
}

/// The name of a schema among the components.
fn schema_name<T: ToSchema>() -> String {
    T::name().into_owned()
}
