//! Passwords and key secrets: hashed and compared with Argon2id, away from the request threads.
//!
//! Must never log, store or return a password, nor let anyone make more than a few hashes run at once.

use std::sync::{Arc, OnceLock};

use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::AccessError;

/// Each takes 19 MiB and some 20 ms of one core.
pub(super) const AT_ONCE: usize = 2;

/// Makes and compares hashes, a few at a time.
#[derive(Debug, Clone)]
pub(crate) struct Passwords {
    places: Arc<Semaphore>,
    decoy: Arc<OnceLock<String>>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)), decoy: Arc::default() }
    }
}

impl Passwords {
    pub(super) async fn hash(&self, password: String) -> Result<String, AccessError> {
        self.run(move || hash(&password)).await?
    }

    /// Whether the password is the one that was hashed. Without a hash it takes as long and is false, so that the
    /// time does not tell whether a user exists.
    pub(super) async fn matches(
        &self,
        password: String,
        stored: Option<String>,
    ) -> Result<bool, AccessError> {
        let decoy = Arc::clone(&self.decoy);
        self.run(move || match stored {
            Some(stored) => verify(&password, &stored),
            None => {
                let decoy = match decoy.get() {
                    Some(decoy) => decoy,
                    None => {
                        let made = hash("a password nobody has")?;
                        decoy.get_or_init(|| made)
                    }
                };
                verify(&password, decoy).map(|_| false)
            }
        })
        .await?
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AccessError> {
        let place = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map_err(|_| AccessError::Hashing("closed".into()))?;
        // The place goes along: a request that is given up does not let another hash start beside this one.
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        })
        .await
        .map_err(|error| AccessError::Hashing(error.to_string()))
    }
}

/// OWASP's recommendation for Argon2id: 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

fn hash(password: &str) -> Result<String, AccessError> {
    let salt = SaltString::generate(&mut OsRng);
    match argon2().hash_password(password.as_bytes(), &salt) {
        Ok(hash) => Ok(hash.to_string()),
        Err(error) => Err(AccessError::Hashing(error.to_string())),
    }
}

fn verify(password: &str, stored: &str) -> Result<bool, AccessError> {
    let stored = PasswordHash::new(stored).map_err(|error| AccessError::Hashing(error.to_string()))?;
    match argon2().verify_password(password.as_bytes(), &stored) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::Password) => Ok(false),
        Err(error) => Err(AccessError::Hashing(error.to_string())),
    }
}

/// NIST SP 800-63B: at least eight characters, no rules of composition.
pub(super) fn check_password(password: &str) -> Result<(), AccessError> {
    if (8..=200).contains(&password.chars().count()) { Ok(()) } else { Err(AccessError::InvalidPassword) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_matches() {
        let passwords = Passwords::default();
        let stored = passwords.hash("correct horse".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(passwords.matches("correct horse".into(), Some(stored.clone())).await.unwrap());
        assert!(!passwords.matches("correct mouse".into(), Some(stored)).await.unwrap());
        assert!(!passwords.matches("a password nobody has".into(), None).await.unwrap());
    }

    #[test]
    fn a_password_has_8_to_200_characters() {
        assert!(check_password("1234567").is_err());
        assert!(check_password("密码密码密码密码").is_ok());
        assert!(check_password(&"x".repeat(201)).is_err());
    }
}
