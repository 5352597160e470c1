//! Figures for Prometheus.

use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use metrics::{counter, describe_counter, describe_gauge, gauge};
use tallybook_event_store::seal::{Standing, standing};
use tallybook_projector::Status;

use crate::metrics::recorder;
use crate::problem::{Problem, ProblemKind};
use crate::state::ApiState;

/// Figures
///
/// In the text format of Prometheus: requests by route, the lane, the lag of the projections, the age of the newest
/// seal. Can be switched off.
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
    measure_seals(&state).await;
    const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, TEXT)], recorder.render()).into_response())
}

/// What each figure means, for whoever reads them.
pub(crate) fn describe() {
    for (name, help) in COUNTERS {
        describe_counter!(name, help);
    }
    for (name, help) in GAUGES {
        describe_gauge!(name, help);
    }
}

const COUNTERS: [(&str, &str); 5] = [
    ("tallybook_lane_batches_total", "Appends sent to the database."),
    ("tallybook_lane_commands_total", "Commands in them, again for each time they had to be sent again."),
    (
        "tallybook_lane_conflicts_total",
        "Appends that met another process's, a repeated key or a taken claim, and were decided again.",
    ),
    (
        "tallybook_lane_recoveries_total",
        "Times the connection was lost or the database refused an append, and was asked where it stands.",
    ),
    (
        "tallybook_sample_differences_total",
        "Rows found in samples that are not what the journal folds to, since the process began.",
    ),
];

const GAUGES: [(&str, &str); 17] = [
    ("tallybook_lane_cached_aggregates", "Customers, wallets, bills and other aggregates kept in memory."),
    ("tallybook_lane_waiting_commands", "Commands that wait to be decided."),
    ("tallybook_journal_position", "The last position of the journal this process knows."),
    ("tallybook_projection_error_position", "The event a read model has stopped at; 0 while it runs."),
    ("tallybook_projection_lag", "Events a read model has still to fold."),
    ("tallybook_projection_position", "The position a read model has come to."),
    ("tallybook_projection_led", "1 if a process runs a read model, else 0."),
    ("tallybook_projection_running", "1, or 0 if a read model has stopped at an event it cannot fold."),
    (
        "tallybook_sample_checked_at_seconds",
        "When a sample of a read model's rows was last checked, since 1970.",
    ),
    ("tallybook_sample_differences", "Rows of the last sample that are not what the journal folds to."),
    ("tallybook_sample_differed_at_seconds", "When a sample last had such rows, since 1970."),
    ("tallybook_sample_position", "The position the rows of that sample were compared at."),
    ("tallybook_sample_rows", "Rows in that sample."),
    ("tallybook_seal_at_seconds", "When the book's newest seal says it was made, since 1970."),
    ("tallybook_seal_size", "Events the newest seal covers."),
    (
        "tallybook_unsealed_seconds",
        "How long ago the first event was recorded that no seal covers; 0 if there is none.",
    ),
    ("tallybook_ready", "1 if /health/ready answers 200, else 0."),
];

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
                let (running, led) = match projection.status {
                    Status::Running => (1.0, 1.0),
                    Status::NotLed => (1.0, 0.0),
                    Status::Stopped => (0.0, f64::from(projection.led)),
                };
                let error = projection.error_position.unwrap_or(0);
                gauge!("tallybook_projection_error_position", "projection" => name.clone()).set(error as f64);
                gauge!("tallybook_projection_led", "projection" => name.clone()).set(led);
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

/// Taken from the seals in the book as they are: whether a key has signed them is for `audit verify`.
#[expect(
    clippy::cast_precision_loss,
    reason = "gauges are floats by format; sizes and times stay below 2^53"
)]
async fn measure_seals(state: &ApiState) {
    const WITHIN: Duration = Duration::from_secs(3);
    let now = state.book().now();
    match tokio::time::timeout(WITHIN, standing(state.book().pool())).await {
        Ok(Ok(Standing { newest, unsealed_since })) => {
            if let Some((size, sealed_at)) = newest {
                gauge!("tallybook_seal_at_seconds").set(sealed_at.timestamp() as f64);
                gauge!("tallybook_seal_size").set(size as f64);
            }
            let unsealed = unsealed_since.map_or(0, |since| (now - since).num_seconds().max(0));
            gauge!("tallybook_unsealed_seconds").set(unsealed as f64);
        }
        Ok(Err(error)) => tracing::debug!(%error, "the age of the newest seal is unknown"),
        Err(_) => {
            tracing::debug!("the age of the newest seal is unknown: the database did not answer in time")
        }
    }
}
