//! The ambient: environment variables, the clock, randomness, who runs this. The one place in the command line that
//! reads them.

use std::ffi::OsString;

use anyhow::Context;
use chrono::{DateTime, Utc};
use nix::unistd::{Uid, User};
use tallybook_domain::Actor;
use uuid::Uuid;

/// Where programs are looked for.
#[expect(clippy::disallowed_methods, reason = "the environment is read here and handed on")]
pub fn search_path() -> OsString {
    std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into())
}

/// A variable that has no flag because it is a secret: a command line shows in the list of processes.
#[expect(clippy::disallowed_methods, reason = "the environment is read here and handed on")]
pub fn secret(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[expect(clippy::disallowed_methods, reason = "the clock is read here and handed on")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The person at the keyboard, as the machine knows them: `cli:` and the user's name.
pub fn actor() -> anyhow::Result<Actor> {
    let uid = Uid::current();
    let name = User::from_uid(uid).ok().flatten().map_or_else(|| uid.to_string(), |user| user.name);
    format!("cli:{name}").parse().context("the name of the user who runs this")
}

#[expect(clippy::disallowed_methods, reason = "ids are made at the edge, and this is one")]
pub fn fresh_uuid() -> Uuid {
    Uuid::now_v7()
}

/// A password nobody can guess: 20 letters and digits without look-alikes.
#[expect(clippy::disallowed_methods, reason = "randomness is read at the edge, and this is one")]
pub fn fresh_password() -> String {
    use rand::Rng;
    const SIGNS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut random = rand::rng();
    (0..20).map(|_| char::from(SIGNS[random.random_range(0..SIGNS.len())])).collect()
}

/// What a key is made of.
#[expect(clippy::disallowed_methods, reason = "randomness is read at the edge, and this is one")]
pub fn fresh_seed() -> [u8; 32] {
    use rand::RngCore;
    let mut seed = [0; 32];
    rand::rng().fill_bytes(&mut seed);
    seed
}
