//! How a rebuild of several projections ended, for each of them.

use serde::Serialize;

use super::{RebuildError, RebuildOutcome};
use crate::Registered;
use crate::generation::TableDifference;

/// What became of one of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndState {
    Swapped,
    /// A dry run.
    Compared,
    Failed,
    Cancelled,
    /// Another one failed before it could be swapped: its tables are as they were.
    NotBegun,
}

/// How it ended for one projection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ending {
    pub projection: String,
    pub state: EndState,
    /// Why it failed.
    pub error: Option<String>,
    pub position: Option<u64>,
    pub replaced_position: Option<u64>,
    pub differences: Option<Vec<TableDifference>>,
    pub swapped: bool,
    pub dependents: Vec<String>,
}

/// A rebuild that did not come to its end for every projection.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub struct Unfinished {
    /// Why, or the first reason of several.
    pub cause: Box<RebuildError>,
    /// Of every projection that was to be rebuilt.
    pub endings: Vec<Ending>,
}

/// What came of the swap of one.
pub(super) type Ended = (&'static str, Result<RebuildOutcome, RebuildError>);

impl Unfinished {
    /// Nothing was swapped.
    pub(super) fn before_all(projections: &[Registered], cause: RebuildError) -> Self {
        let endings =
            projections.iter().map(|projection| Ending::of_error(projection.name, &cause)).collect();
        Self { cause: Box::new(cause), endings }
    }

    /// Some are done, the next has failed, and the others were not begun.
    pub(super) fn after(done: &[RebuildOutcome], left: &[Registered], cause: RebuildError) -> Self {
        let mut endings: Vec<Ending> = done.iter().map(Ending::from).collect();
        for (number, projection) in left.iter().enumerate() {
            let ending = Ending::of_error(projection.name, &cause);
            let not_begun = Ending { state: EndState::NotBegun, error: None, ..ending.clone() };
            endings.push(if number == 0 { ending } else { not_begun });
        }
        Self { cause: Box::new(cause), endings }
    }
}

/// The outcomes, if all are good.
pub(super) fn all_or_each(ended: Vec<Ended>) -> Result<Vec<RebuildOutcome>, Unfinished> {
    let endings: Vec<Ending> = ended
        .iter()
        .map(|(name, ended)| match ended {
            Ok(outcome) => Ending::from(outcome),
            Err(error) => Ending::of_error(name, error),
        })
        .collect();
    match ended.into_iter().map(|(_, ended)| ended).collect() {
        Ok(outcomes) => Ok(outcomes),
        Err(cause) => Err(Unfinished { cause: Box::new(cause), endings }),
    }
}

impl Ending {
    /// An error about another projection has only kept this one from its beginning.
    fn of_error(projection: &str, error: &RebuildError) -> Self {
        let state = match error.name() {
            _ if error.is_cancelled() => EndState::Cancelled,
            Some(name) if name != projection => EndState::NotBegun,
            Some(_) | None => EndState::Failed,
        };
        let reason = (state == EndState::Failed).then(|| error.to_string());
        match error.outcome_of(projection) {
            Some(outcome) => Self { state, error: reason, ..Self::from(&outcome) },
            None => Self {
                projection: projection.to_owned(),
                state,
                error: reason,
                position: None,
                replaced_position: None,
                differences: None,
                swapped: false,
                dependents: Vec::new(),
            },
        }
    }
}

impl From<&RebuildOutcome> for Ending {
    fn from(outcome: &RebuildOutcome) -> Self {
        let RebuildOutcome { projection, position, differences, swapped, replaced_position, dependents } =
            outcome.clone();
        let state = if swapped { EndState::Swapped } else { EndState::Compared };
        let (error, position) = (None, Some(position));
        Self { projection, state, error, position, replaced_position, differences, swapped, dependents }
    }
}
