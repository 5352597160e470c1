//! Figures for Prometheus.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use metrics::{counter, gauge};
use tallybook_projector::Status;

use crate::metrics::recorder;
use crate::problem::{Problem, ProblemKind};
use crate::state::ApiState;

/// Figures
///
/// In the text format of Prometheus: requests by route, the lane, the lag of the projections. Can be switched off.
#[utoipa::path(get, path = "/metrics", tag = "operation", security(()),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(super) async fn figures(State(state): State<ApiState>) -> Result<Response, Problem> {
    if !state.settings().metrics {
        return Err(Problem::new(ProblemKind::UnknownRoute, "Figures are switched off."));
    }
    let Some(recorder) = recorder() else {
        return Err(Problem::internal("figures are collected by another recorder"));
    };
    count_lane(&state);
    measure_lag(&state).await;
    const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, TEXT)], recorder.render()).into_response())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "gauges are floats by format; sizes and positions stay below 2^53"
)]
fn count_lane(state: &ApiState) {
    let lane = state.book().figures();
    counter!("tallybook_lane_batches_total").absolute(lane.batches());
    counter!("tallybook_lane_commands_total").absolute(lane.commands());
    counter!("tallybook_lane_conflicts_total").absolute(lane.conflicts());
    counter!("tallybook_lane_recoveries_total").absolute(lane.recoveries());
    gauge!("tallybook_lane_cached_aggregates").set(lane.cached_aggregates() as f64);
    gauge!("tallybook_lane_waiting_commands").set(lane.waiting_commands() as f64);
    gauge!("tallybook_journal_position").set(state.book().head() as f64);
}

/// Without the database there is no lag to tell, but still all the rest.
#[expect(clippy::cast_precision_loss, reason = "gauges are floats by format; positions stay below 2^53")]
async fn measure_lag(state: &ApiState) {
    match state.readiness().of(state).await {
        Ok(ready) => {
            gauge!("tallybook_ready").set(1.0);
            for projection in &ready.projections {
                let name = projection.name.clone();
                let running = match projection.status {
                    Status::Running => 1.0,
                    Status::Stopped => 0.0,
                };
                gauge!("tallybook_projection_lag", "projection" => name.clone()).set(projection.lag as f64);
                gauge!("tallybook_projection_position", "projection" => name.clone())
                    .set(projection.position as f64);
                gauge!("tallybook_projection_running", "projection" => name).set(running);
            }
        }
        Err(problem) => {
            gauge!("tallybook_ready").set(0.0);
            tracing::debug!(cause = problem.cause(), "the lag of the projections is unknown");
        }
    }
}
