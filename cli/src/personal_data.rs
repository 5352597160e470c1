//! The master key of personal fields in its file, for its owner alone.
//!
//! Must never write over a key: what it wrapped could not be opened any more.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use anyhow::Context;
use tallybook_commands::customers::personal::MasterKey;
use zeroize::Zeroizing;

use crate::environment;
use crate::failure::Failure;
use crate::settings::Settings;

/// The key, if there is a file. One that was named and is not there is an error; the usual one may be missing.
pub fn read(settings: &Settings) -> Result<Option<MasterKey>, Failure> {
    let key = read_file(&settings.personal_data_key_file())?;
    match (&key, &settings.personal_data_key_file.value) {
        (None, Some(named)) => {
            let named = named.display();
            Err(Failure::usage(anyhow::anyhow!("there is no key of personal data in {named}")))
        }
        (Some(_), _) | (None, None) => Ok(key),
    }
}

/// What would be refused later is said now.
pub fn check(settings: &Settings) -> Result<(), Failure> {
    read_file(&settings.personal_data_key_file()).map(|_| ())
}

/// Makes a key where there is none.
pub fn make(settings: &Settings) -> Result<(), Failure> {
    let file = settings.personal_data_key_file();
    match read_file(&file)? {
        Some(_) => Ok(()),
        None => write(&file, &MasterKey::new(environment::fresh_seed()))
            .with_context(|| format!("the key of personal data {} cannot be written", file.display()))
            .map_err(Failure::Environment),
    }
}

fn read_file(file: &Path) -> Result<Option<MasterKey>, Failure> {
    let place = file.display();
    let text = match std::fs::read_to_string(file) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let context = format!("the key of personal data {place} cannot be read");
            return Err(Failure::Environment(anyhow::Error::new(error).context(context)));
        }
    };
    let mode = std::fs::metadata(file).map(|file| file.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o077 != 0) {
        tracing::warn!(file = %place, "others can read the key of personal data: chmod 600 it");
    }
    let key = text.parse().with_context(|| format!("the key of personal data {place}"));
    key.map(Some).map_err(Failure::Environment)
}

fn write(file: &Path, key: &MasterKey) -> std::io::Result<()> {
    let directory = file.parent().filter(|path| !path.as_os_str().is_empty());
    if let Some(directory) = directory {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    }
    let mut made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    writeln!(made, "{}", *key.to_secret_text())?;
    made.sync_all()?;
    // The name of the file has to last, too: what it wraps cannot be opened without it.
    directory.map_or(Ok(()), |directory| std::fs::File::open(directory)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("keys/personal-data.key");
        assert!(read_file(&file).unwrap().is_none());
        write(&file, &MasterKey::new([3; 32])).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let read = read_file(&file).unwrap().unwrap();
        assert_eq!(read.to_secret_text(), MasterKey::new([3; 32]).to_secret_text());
        assert!(write(&file, &MasterKey::new([4; 32])).is_err(), "not over another");
    }

    #[test]
    fn what_is_no_key_is_said_without_showing_it() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("x.key");
        std::fs::write(&file, "nonsense").unwrap();
        let failure = read_file(&file).unwrap_err().to_string();
        assert!(failure.contains("x.key") && !failure.contains("nonsense"), "{failure}");
    }
}
