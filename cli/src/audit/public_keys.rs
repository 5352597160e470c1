//! Public keys on the command line: as they are, or in a file.

use std::path::Path;

use tallybook_event_store::seal::PublicKey;

use crate::failure::Failure;
use crate::seals::public_keys;

/// Keys that were given: each a verifier key, or a file with one in each line.
pub(super) fn given(keys: &[String]) -> Result<Vec<PublicKey>, Failure> {
    let mut given = Vec::new();
    for key in keys {
        match key.parse::<PublicKey>() {
            Ok(key) => given.push(key),
            Err(_) if Path::new(key).exists() => given.extend(public_keys(Path::new(key))?),
            Err(error) => {
                let context = format!("--key {key:?} is neither a public key nor a file of them");
                return Err(Failure::Usage(anyhow::Error::new(error).context(context)));
            }
        }
    }
    Ok(given)
}
