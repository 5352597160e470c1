//! What a route's path names.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use crate::problem::{Problem, ProblemKind};
use crate::state::ApiState;

/// The text in the path where the route has a parameter.
#[derive(Debug, Clone)]
pub(crate) struct PathId(String);

impl FromRequestParts<ApiState> for PathId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Self::Rejection> {
        let Ok(parameters) = RawPathParams::from_request_parts(parts, state).await else {
            return Err(Problem::new(ProblemKind::UnknownRoute, "The address is not valid text."));
        };
        match parameters.iter().next() {
            Some((_, text)) => Ok(Self(text.to_owned())),
            None => Err(Problem::internal("a handler asked for a path parameter its route does not have")),
        }
    }
}

/// The texts in the path of a route with two parameters.
#[derive(Debug, Clone)]
pub(crate) struct PathPair(pub(crate) String, pub(crate) String);

impl FromRequestParts<ApiState> for PathPair {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Self::Rejection> {
        let Ok(parameters) = RawPathParams::from_request_parts(parts, state).await else {
            return Err(Problem::new(ProblemKind::UnknownRoute, "The address is not valid text."));
        };
        let mut texts = parameters.iter().map(|(_, text)| text.to_owned());
        match (texts.next(), texts.next()) {
            (Some(first), Some(second)) => Ok(Self(first, second)),
            (_, _) => {
                Err(Problem::internal("a handler asked for two path parameters its route does not have"))
            }
        }
    }
}

impl PathId {
    /// The id, or that there is no such thing: what is not spelt as an id names nothing.
    pub(crate) fn parse<T: FromStr>(&self, otherwise: ProblemKind) -> Result<T, Problem> {
        self.0
            .parse()
            .map_err(|_| Problem::new(otherwise, format!("{}.", otherwise.title())).with("id", &self.0))
    }
}
