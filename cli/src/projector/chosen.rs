//! The projections a command names.

use tallybook_projector::{Registered, every};

/// A projection of this program. No book knows others, so a name that is none is wrong usage.
pub(super) fn projection(name: &str) -> Result<Registered, String> {
    let every = every();
    every.iter().find(|projection| projection.name == name).copied().ok_or_else(|| {
        let known: Vec<&str> = every.iter().map(|projection| projection.name).collect();
        format!("must be one of {}", known.join(", "))
    })
}

/// Those named, each once, or every one if none is.
pub(super) fn chosen(named: &[Registered]) -> Vec<Registered> {
    if named.is_empty() {
        return every();
    }
    let mut chosen: Vec<Registered> = Vec::with_capacity(named.len());
    for projection in named {
        if chosen.iter().all(|before| before.name != projection.name) {
            chosen.push(*projection);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_projection_named_twice_is_chosen_once_and_none_means_every_one() {
        let named = ["wallets", "customers", "wallets"].map(|name| projection(name).unwrap());
        assert_eq!(
            chosen(&named).iter().map(|chosen| chosen.name).collect::<Vec<_>>(),
            ["wallets", "customers"]
        );
        assert_eq!(chosen(&[]).len(), every().len());
        assert!(projection("walets").unwrap_err().contains("customers, "));
    }
}
