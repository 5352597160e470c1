//! All routes, and what happens to a request that finds none.

use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use utoipa_axum::router::OpenApiRouter;

use crate::boundary::boundary;
use crate::problem::{Problem, ProblemKind};
use crate::state::ApiState;
use crate::{
    access, approvals, billing, channels, customers, dashboard, deposits, explain, journal, ledger, openapi,
    operations, orders, payouts, projections, risk, settlement, views,
};

/// The whole API. `serve` puts it on the network; a test may call it.
pub fn router(state: ApiState) -> Router {
    let (routes, description) = described().split_for_parts();
    state.figures().know(openapi::routes(&description));
    routes
        .merge(operations::pages())
        .merge(settlement::pages())
        .fallback(unknown_route)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(axum::middleware::from_fn_with_state(state.clone(), boundary))
        .with_state(state)
}

/// The routes with their description, in the order in which the description lists them.
pub(crate) fn described() -> OpenApiRouter<ApiState> {
    OpenApiRouter::with_openapi(openapi::head())
        .merge(access::routes())
        .merge(customers::routes())
        .merge(deposits::routes())
        .merge(risk::routes())
        .merge(approvals::routes())
        .merge(settlement::routes())
        .merge(channels::routes())
        .merge(orders::routes())
        .merge(payouts::routes())
        .merge(billing::routes())
        .merge(ledger::routes())
        .merge(dashboard::routes())
        .merge(explain::routes())
        .merge(journal::routes())
        .merge(projections::routes())
        .merge(views::routes())
        .merge(operations::routes())
}

async fn unknown_route() -> Problem {
    Problem::new(
        ProblemKind::UnknownRoute,
        "There is nothing at this address. GET /docs shows what there is.",
    )
}

async fn method_not_allowed(method: Method, request: Request) -> Problem {
    let detail = format!("{} does not take {method}.", request.uri().path());
    Problem::new(ProblemKind::MethodNotAllowed, detail)
}
