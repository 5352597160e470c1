//! Tokens that were verified a moment ago, so that a request costs neither a query nor a hash.
//!
//! Bounded. Must never let a token live longer than `KEEP` after the database said so, nor at all once this process
//! has revoked it.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;

use super::principal::Principal;
use super::token::TokenDigest;

/// How long the database's word is good for.
const KEEP: Duration = Duration::from_secs(5);
/// From this age on, the next request has it asked again while it goes on with what is known.
const ASK_AGAIN: Duration = Duration::from_secs(4);

const CAPACITY: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

pub(super) struct VerifiedTokens {
    entries: Mutex<LruCache<TokenDigest, Entry>>,
    /// Counts revocations: what was read before one must not be kept after it.
    epoch: AtomicU64,
}

struct Entry {
    principal: Arc<Principal>,
    checked_at: Instant,
    /// Someone is asking again already.
    asking: bool,
}

/// A token the database is being asked about. To be made before it is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    pub(super) digest: TokenDigest,
    pub(super) epoch: u64,
    pub(super) at: Instant,
}

/// What is known of a token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Known {
    Good(Arc<Principal>),
    /// Good still, and it falls to the one who gets this to ask again.
    AskAgain(Arc<Principal>),
    /// Was good once: its secret need not be compared again, all else must be.
    Stale,
    Unknown,
}

impl VerifiedTokens {
    pub(super) fn new() -> Self {
        Self { entries: Mutex::new(LruCache::new(CAPACITY)), epoch: AtomicU64::new(0) }
    }

    pub(super) fn look_up(&self, token: &TokenDigest, now: Instant) -> Known {
        let mut entries = self.lock();
        let Some(entry) = entries.get_mut(token) else { return Known::Unknown };
        let age = now.saturating_duration_since(entry.checked_at);
        if age >= KEEP {
            Known::Stale
        } else if age >= ASK_AGAIN && !entry.asking {
            entry.asking = true;
            Known::AskAgain(Arc::clone(&entry.principal))
        } else {
            Known::Good(Arc::clone(&entry.principal))
        }
    }

    /// How many revocations there were.
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// Keeps what the database said, unless something was revoked since it was asked.
    pub(super) fn keep(&self, question: Question, principal: Arc<Principal>) {
        let mut entries = self.lock();
        if self.epoch() == question.epoch {
            entries.put(question.digest, Entry { principal, checked_at: question.at, asking: false });
        }
    }

    /// The database knows the token no more.
    pub(super) fn forget(&self, token: &TokenDigest) {
        self.lock().pop(token);
    }

    /// Forgets all tokens of whoever was just revoked or changed.
    pub(super) fn revoke(&self, whose: impl Fn(&Principal) -> bool) {
        let mut entries = self.lock();
        self.epoch.fetch_add(1, Ordering::AcqRel);
        let gone: Vec<_> =
            entries.iter().filter(|(_, entry)| whose(&entry.principal)).map(|(token, _)| *token).collect();
        for token in gone {
            entries.pop(&token);
        }
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<TokenDigest, Entry>> {
        // No code that can panic runs under the lock, so what a poisoned one guards is whole.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for VerifiedTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedTokens").field("entries", &self.lock().len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::principal::Credential;
    use super::super::role::Role;
    use super::*;

    fn principal(user: &str) -> Arc<Principal> {
        Arc::new(Principal {
            actor: format!("user:{user}").parse().unwrap(),
            role: Role::Finance,
            credential: Credential::Session { id: Uuid::nil(), user: user.into() },
        })
    }

    fn question(tokens: &VerifiedTokens, digest: u8, at: Instant) -> Question {
        Question { digest: [digest; 32], epoch: tokens.epoch(), at }
    }

    #[test]
    fn a_verified_token_is_good_for_five_seconds() {
        let (tokens, start) = (VerifiedTokens::new(), Instant::now());
        let lei = principal("lei");
        assert_eq!(tokens.look_up(&[1; 32], start), Known::Unknown);
        tokens.keep(question(&tokens, 1, start), Arc::clone(&lei));
        assert_eq!(
            tokens.look_up(&[1; 32], start + Duration::from_millis(3999)),
            Known::Good(Arc::clone(&lei))
        );
        assert_eq!(
            tokens.look_up(&[1; 32], start + Duration::from_secs(4)),
            Known::AskAgain(Arc::clone(&lei))
        );
        assert_eq!(tokens.look_up(&[1; 32], start + Duration::from_secs(4)), Known::Good(Arc::clone(&lei)));
        assert_eq!(tokens.look_up(&[1; 32], start + Duration::from_secs(5)), Known::Stale);
    }

    #[test]
    fn a_revoked_token_is_unknown_at_once() {
        let (tokens, start) = (VerifiedTokens::new(), Instant::now());
        tokens.keep(question(&tokens, 1, start), principal("lei"));
        tokens.keep(question(&tokens, 2, start), principal("mei"));
        tokens.revoke(|principal| principal.user() == Some("lei"));
        assert_eq!(tokens.look_up(&[1; 32], start), Known::Unknown);
        assert_eq!(tokens.look_up(&[2; 32], start), Known::Good(principal("mei")));
    }

    #[test]
    fn what_was_read_before_a_revocation_is_not_kept_after_it() {
        let (tokens, start) = (VerifiedTokens::new(), Instant::now());
        let asked_before = question(&tokens, 1, start);
        tokens.revoke(|_| true);
        tokens.keep(asked_before, principal("lei"));
        assert_eq!(tokens.look_up(&[1; 32], start), Known::Unknown);
    }
}
