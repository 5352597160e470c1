//! The projections a command names.

use anyhow::anyhow;
use tallybook_projector::{Registered, every};

use crate::failure::Failure;

/// Those named, or every one if none is. All names are known before anything is done.
pub(super) fn chosen(names: &[String]) -> Result<Vec<Registered>, Failure> {
    let every = every();
    if names.is_empty() {
        return Ok(every);
    }
    let mut chosen: Vec<Registered> = Vec::with_capacity(names.len());
    for name in names {
        let Some(found) = every.iter().find(|projection| projection.name == name) else {
            let known: Vec<&str> = every.iter().map(|projection| projection.name).collect();
            let unknown = anyhow!("there is no projection {name:?}; there are {}", known.join(", "));
            return Err(Failure::refused(unknown));
        };
        if chosen.iter().all(|projection| projection.name != name) {
            chosen.push(*found);
        }
    }
    Ok(chosen)
}
