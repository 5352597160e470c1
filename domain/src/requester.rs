//! Who asked for something that somebody else has to approve.
//!
//! Two pairs of eyes are two people: what an API key asks for, the people behind the key have asked for, who made it and
//! who holds it. Must never find out who they are; whoever asks says so.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::text::InvalidText;

/// An actor, and the people behind it where it is an API key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requester {
    #[serde(rename = "requested_by")]
    actor: Actor,
    /// Who made the key.
    #[serde(rename = "key_made_by", default, skip_serializing_if = "Option::is_none")]
    made_by: Option<Actor>,
    /// The person it was made for.
    #[serde(rename = "key_held_by", default, skip_serializing_if = "Option::is_none")]
    held_by: Option<Actor>,
}

impl Requester {
    pub fn of_key(key: Actor, made_by: Actor, held_by: Option<Actor>) -> Self {
        Self { actor: key, made_by: Some(made_by), held_by }
    }

    /// As the journal names it.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Who made it, if it is an API key.
    pub fn made_by(&self) -> Option<&Actor> {
        self.made_by.as_ref()
    }

    /// Who holds it, if it is an API key of which that is known.
    pub fn held_by(&self) -> Option<&Actor> {
        self.held_by.as_ref()
    }

    /// Whether this is the one who asked, or one of those behind it.
    pub fn is(&self, actor: &Actor) -> bool {
        let behind = [&self.made_by, &self.held_by].into_iter().flatten();
        std::iter::once(&self.actor).chain(behind).any(|asked| asked == actor)
    }
}

impl From<Actor> for Requester {
    fn from(actor: Actor) -> Self {
        Self { actor, made_by: None, held_by: None }
    }
}

impl std::str::FromStr for Requester {
    type Err = InvalidText;

    fn from_str(actor: &str) -> Result<Self, Self::Err> {
        Ok(Self::from(actor.parse::<Actor>()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(name: &str) -> Actor {
        name.parse().unwrap()
    }

    #[test]
    fn who_is_behind_a_key_has_asked_too() {
        let key = Requester::of_key(actor("key:erp"), actor("user:li"), None);
        assert!(key.is(&actor("key:erp")) && key.is(&actor("user:li")) && !key.is(&actor("user:wang")));
        let stored = serde_json::to_string(&key).unwrap();
        assert_eq!(stored, r#"{"requested_by":"key:erp","key_made_by":"user:li"}"#);
        assert_eq!(serde_json::from_str::<Requester>(&stored).unwrap(), key);
        let person = "user:li".parse::<Requester>().unwrap();
        assert_eq!(serde_json::to_string(&person).unwrap(), r#"{"requested_by":"user:li"}"#);
        assert!(person.is(&actor("user:li")) && !person.is(&actor("key:erp")));
    }

    #[test]
    fn who_holds_a_key_has_asked_too() {
        let held = Requester::of_key(actor("key:erp"), actor("user:admin"), Some(actor("user:anna")));
        for asked in ["key:erp", "user:admin", "user:anna"] {
            assert!(held.is(&actor(asked)), "{asked}");
        }
        assert!(!held.is(&actor("user:wang")));
        let stored = serde_json::to_string(&held).unwrap();
        let expected = r#"{"requested_by":"key:erp","key_made_by":"user:admin","key_held_by":"user:anna"}"#;
        assert_eq!(stored, expected);
        assert_eq!(serde_json::from_str::<Requester>(&stored).unwrap(), held);
    }
}
