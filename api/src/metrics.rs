//! Figures for Prometheus: the recorder of the process, and what is counted of requests.
//!
//! Handles are made once, so that counting a request costs a few atomic additions and no allocation.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use metrics::{Counter, Histogram, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::operations::describe_figures;

const REQUESTS: &str = "tallybook_http_requests_total";
const SECONDS: &str = "tallybook_http_request_seconds";

const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Installs the recorder of the process, once; further calls do nothing. Call it before anything is counted.
pub fn install() {
    recorder();
}

/// The recorder, unless the process has another one already.
pub(crate) fn recorder() -> Option<&'static PrometheusHandle> {
    RECORDER
        .get_or_init(|| {
            let builder =
                PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &BUCKETS);
            let recorder = match builder {
                Ok(builder) => builder.build_recorder(),
                Err(error) => {
                    tracing::error!(%error, "figures are not collected");
                    return None;
                }
            };
            let handle = recorder.handle();
            match metrics::set_global_recorder(recorder) {
                Ok(()) => {
                    describe();
                    Some(handle)
                }
                Err(error) => {
                    tracing::warn!(%error, "figures are collected by another recorder");
                    None
                }
            }
        })
        .as_ref()
}

fn describe() {
    metrics::describe_counter!(REQUESTS, "Requests answered, by route and class of status.");
    metrics::describe_histogram!(SECONDS, Unit::Seconds, "Time from a request's head to its answer's head.");
    describe_figures();
}

/// What is counted of requests, by method and route template.
#[derive(Debug)]
pub(crate) struct HttpFigures {
    routes: OnceLock<HashMap<String, Vec<(Method, RouteFigures)>>>,
    unmatched: RouteFigures,
}

#[derive(Debug)]
struct RouteFigures {
    seconds: Histogram,
    /// 1xx to 5xx.
    answered: [Counter; 5],
}

impl HttpFigures {
    pub(crate) fn new() -> Self {
        install();
        Self { routes: OnceLock::new(), unmatched: RouteFigures::new("any", "unmatched") }
    }

    /// Makes the handles for the routes there are.
    pub(crate) fn know(&self, routes: impl Iterator<Item = (Method, String)>) {
        self.routes.get_or_init(|| {
            let mut known: HashMap<String, Vec<(Method, RouteFigures)>> = HashMap::new();
            for (method, route) in routes {
                let figures = RouteFigures::new(method.as_str(), &route);
                known.entry(route).or_default().push((method, figures));
            }
            known
        });
    }

    pub(crate) fn answered(&self, method: &Method, route: Option<&str>, status: StatusCode, took: Duration) {
        let figures = self.of(method, route).unwrap_or(&self.unmatched);
        figures.seconds.record(took);
        let class = usize::from(status.as_u16() / 100).clamp(1, 5);
        figures.answered[class - 1].increment(1);
    }

    fn of(&self, method: &Method, route: Option<&str>) -> Option<&RouteFigures> {
        let known = self.routes.get()?.get(route?)?;
        known.iter().find(|(known, _)| known == method).map(|(_, figures)| figures)
    }
}

impl RouteFigures {
    fn new(method: &str, route: &str) -> Self {
        let (method, route) = (method.to_owned(), route.to_owned());
        let answered = ["1xx", "2xx", "3xx", "4xx", "5xx"].map(
            |status| metrics::counter!(REQUESTS, "method" => method.clone(), "route" => route.clone(), "status" => status),
        );
        Self { seconds: metrics::histogram!(SECONDS, "method" => method, "route" => route), answered }
    }
}
