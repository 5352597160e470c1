//! Who asked for something that somebody else has to approve.
//!
//! Two pairs of eyes are two people: what an API key asks for, the person behind the key has asked for. Must never find
//! out who that is; whoever asks says so.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::text::InvalidText;

/// An actor, and the person behind it where it is an API key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requester {
    #[serde(rename = "requested_by")]
    actor: Actor,
    /// Who made the key.
    #[serde(rename = "key_made_by", default, skip_serializing_if = "Option::is_none")]
    behind: Option<Actor>,
}

impl Requester {
    pub fn of_key(key: Actor, made_by: Actor) -> Self {
        Self { actor: key, behind: Some(made_by) }
    }

    /// As the journal names it.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Who made it, if it is an API key.
    pub fn behind(&self) -> Option<&Actor> {
        self.behind.as_ref()
    }

    /// Whether this is the one who asked, or who is behind it.
    pub fn is(&self, actor: &Actor) -> bool {
        self.actor == *actor || self.behind.as_ref() == Some(actor)
    }
}

impl From<Actor> for Requester {
    fn from(actor: Actor) -> Self {
        Self { actor, behind: None }
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

    #[test]
    fn who_is_behind_a_key_has_asked_too() {
        let actor = |text: &str| text.parse::<Actor>().unwrap();
        let key = Requester::of_key(actor("key:erp"), actor("user:li"));
        assert!(key.is(&actor("key:erp")) && key.is(&actor("user:li")) && !key.is(&actor("user:wang")));
        let stored = serde_json::to_string(&key).unwrap();
        assert_eq!(stored, r#"{"requested_by":"key:erp","key_made_by":"user:li"}"#);
        assert_eq!(serde_json::from_str::<Requester>(&stored).unwrap(), key);
        let person = "user:li".parse::<Requester>().unwrap();
        assert_eq!(serde_json::to_string(&person).unwrap(), r#"{"requested_by":"user:li"}"#);
        assert!(person.is(&actor("user:li")) && !person.is(&actor("key:erp")));
    }
}
