//! Links that nobody can guess: made from a key of the book and what they lead to, so that nothing of them is stored.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use sqlx::PgPool;
use tallybook_domain::settlement::StatementId;

use crate::problem::{Problem, ProblemKind};
use crate::request::PathPair;
use crate::state::ApiState;

/// What links are made with.
pub(crate) struct LinkKey(Vec<u8>);

impl std::fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkKey(…)")
    }
}

impl LinkKey {
    pub(crate) async fn read(pool: &PgPool) -> Result<Self, Problem> {
        let key = sqlx::query_scalar!("SELECT key FROM link_keys WHERE purpose = 'statement'")
            .fetch_one(pool)
            .await?;
        Ok(Self(key))
    }

    /// The same for a statement every time.
    pub(crate) fn path(&self, statement: &StatementId) -> String {
        let token = URL_SAFE_NO_PAD.encode(self.mac(statement).finalize().into_bytes());
        format!("/statements/{statement}/{token}")
    }

    /// In the same time, however much of it is right.
    fn opens(&self, statement: &StatementId, token: &str) -> bool {
        URL_SAFE_NO_PAD.decode(token).is_ok_and(|token| self.mac(statement).verify_slice(&token).is_ok())
    }

    fn mac(&self, statement: &StatementId) -> Hmac<Sha256> {
        let mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.chain_update("statement:").chain_update(statement.as_str())
    }
}

/// The statement that a link leads to, as far as the link itself says. No database is asked for one that is wrong.
pub(super) async fn followed(state: &ApiState, path: &PathPair) -> Result<StatementId, Problem> {
    let PathPair(id, token) = path;
    let key = state.link_key().await?;
    id.parse().ok().filter(|statement| key.opens(statement, token)).ok_or_else(leads_nowhere)
}

/// A wrong link, and that of a statement that is not there.
pub(super) fn leads_nowhere() -> Problem {
    let title = ProblemKind::StatementNotFound.title();
    Problem::new(ProblemKind::StatementNotFound, format!("{title}, or the link is wrong."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(last: char) -> StatementId {
        format!("S01K7RA8ZAYFGXSMRSF9FMC3M0{last}").parse().unwrap()
    }

    #[test]
    fn a_link_opens_its_own_statement_in_its_own_book() {
        let (key, other) = (LinkKey(vec![7; 32]), LinkKey(vec![8; 32]));
        let path = key.path(&id('4'));
        let token = path.strip_prefix("/statements/S01K7RA8ZAYFGXSMRSF9FMC3M04/").unwrap();
        assert_eq!(token.len(), 43, "256 bits");
        assert_eq!(key.path(&id('4')), path, "a retry gives the same link");
        assert!(key.opens(&id('4'), token));
        assert!(!key.opens(&id('5'), token) && !other.opens(&id('4'), token));
        let mut changed = token.to_owned();
        changed.replace_range(0..1, if token.starts_with('A') { "B" } else { "A" });
        for wrong in [&changed, "", "A", &token[..42], &format!("{token}="), &format!("{token}A")] {
            assert!(!key.opens(&id('4'), wrong), "{wrong}");
        }
        assert!(!format!("{key:?}").contains('7'));
    }

    #[test]
    fn a_link_is_the_hmac_that_is_documented() {
        let key = LinkKey((0..32).collect());
        // printf %s statement:S01K7RA8ZAYFGXSMRSF9FMC3M04 |
        //     openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1f -binary | basenc --base64url
        assert_eq!(
            key.path(&id('4')),
            "/statements/S01K7RA8ZAYFGXSMRSF9FMC3M04/sSw_YdKLwhZ7fXmcIE44pn3DD7kxAO4rQmC3lH0TmW8"
        );
    }
}
