//! The key of seals in files: the private one for its owner alone, the public ones for everyone.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use tallybook_event_store::seal::{KeyName, PrivateKey, PublicKey};

use crate::environment;
use crate::failure::Failure;
use crate::settings::Settings;

/// Where the keys of a book are: `NAME.key`, and beside it `NAME.pub` with the public key of every private one that
/// was ever made there, one in a line.
#[derive(Debug, Clone)]
pub struct KeyFile {
    private: PathBuf,
    book: String,
}

impl KeyFile {
    pub fn of(settings: &Settings) -> Self {
        Self { private: settings.seal_key(), book: settings.book.value.clone() }
    }

    pub fn path(&self) -> &Path {
        &self.private
    }

    fn public(&self) -> PathBuf {
        self.private.with_extension("pub")
    }

    /// The private key, if there is one.
    pub fn read(&self) -> Result<Option<PrivateKey>, Failure> {
        let text = match std::fs::read_to_string(&self.private) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed("cannot be read", error)),
        };
        let mode = std::fs::metadata(&self.private).map(|file| file.permissions().mode());
        if mode.is_ok_and(|mode| mode & 0o077 != 0) {
            let file = self.private.display();
            tracing::warn!(%file, "others can read the key of seals: chmod 600 it, or make a new one");
        }
        let key: PrivateKey = text.trim_end().parse().map_err(|error| self.failed("holds no key", error))?;
        self.check_name(key.public().name())?;
        Ok(Some(key))
    }

    /// Makes a key, where there is none, and tells its public half in `NAME.pub`.
    pub fn make(&self, name: KeyName) -> Result<PrivateKey, Failure> {
        self.check_name(&name)?;
        let key = PrivateKey::new(name, &environment::fresh_seed());
        self.write(&key).map_err(|error| self.failed("cannot be written", error))?;
        Ok(key)
    }

    /// The name is all that a seal says of whose it is: a key that sealed two books would make them one.
    fn check_name(&self, name: &KeyName) -> Result<(), Failure> {
        let Self { private, book } = self;
        if name.as_str().rsplit('/').next() == Some(book) {
            return Ok(());
        }
        let place = private.display();
        Err(Failure::usage(anyhow!(
            "the key {name} ({place}) is not for the book {book}: its name must be {book}, or end in /{book}"
        )))
    }

    fn write(&self, key: &PrivateKey) -> std::io::Result<()> {
        if let Some(directory) = self.private.parent().filter(|path| !path.as_os_str().is_empty()) {
            DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        }
        // Never over another key: what it signed could no longer be gone on from by its owner.
        let mut private = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.private)?;
        writeln!(private, "{}", key.to_secret_text())?;
        private.sync_all()?;
        let mut public = OpenOptions::new().append(true).create(true).mode(0o644).open(self.public())?;
        writeln!(public, "{}", key.public())?;
        public.sync_all()
    }

    /// The public keys that are known here; none if no key was ever made here.
    pub fn known(&self) -> Result<Vec<PublicKey>, Failure> {
        if self.public().exists() {
            return public_keys(&self.public());
        }
        Ok(self.read()?.map(|key| key.public().clone()).into_iter().collect())
    }

    fn failed(&self, what: &str, error: impl Into<anyhow::Error>) -> Failure {
        let file = self.private.display();
        Failure::Environment(error.into().context(format!("the key of seals {file} {what}")))
    }
}

/// What a book's key is called unless it is given a name of its own.
pub fn default_name(settings: &Settings) -> Result<KeyName, Failure> {
    let name = format!("tallybook/{}", settings.book.value);
    name.parse().with_context(|| format!("{name:?} cannot name a key")).map_err(Failure::Usage)
}

/// Public keys out of a file, one in a line.
pub fn public_keys(file: &Path) -> Result<Vec<PublicKey>, Failure> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the public keys in {} cannot be read", file.display()))
        .map_err(Failure::Usage)?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let keys = lines.map(str::parse).collect::<Result<Vec<PublicKey>, _>>();
    let keys = keys.with_context(|| format!("the public keys in {}", file.display()));
    match keys.map_err(Failure::Usage)? {
        keys if keys.is_empty() => Err(Failure::usage(anyhow!("there is no key in {}", file.display()))),
        keys => Ok(keys),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_file(private: PathBuf) -> KeyFile {
        KeyFile { private, book: "main".into() }
    }

    #[test]
    fn a_key_is_made_once_for_its_owner_alone_and_its_public_half_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let file = key_file(directory.path().join("keys/main.key"));
        assert!(file.read().unwrap().is_none() && file.known().unwrap().is_empty());
        let name: KeyName = "tallybook/main".parse().unwrap();
        let made = file.make(name.clone()).unwrap();
        let mode = std::fs::metadata(file.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(file.read().unwrap().unwrap().public(), made.public());
        assert_eq!(file.known().unwrap(), [made.public().clone()]);
        assert!(matches!(file.make(name.clone()), Err(Failure::Environment(_))), "not over another");

        let other = KeyFile { book: "other".into(), ..file.clone() };
        assert!(matches!(other.read(), Err(Failure::Usage(_))), "a key is of one book");
        assert!(matches!(other.make("tallybook/another".parse().unwrap()), Err(Failure::Usage(_))));

        std::fs::remove_file(file.path()).unwrap();
        let second = file.make(name).unwrap();
        assert_eq!(file.known().unwrap(), [made.public().clone(), second.public().clone()]);
    }

    #[test]
    fn what_is_no_key_is_said() {
        let directory = tempfile::tempdir().unwrap();
        let file = key_file(directory.path().join("x.key"));
        std::fs::write(file.path(), "nonsense").unwrap();
        assert!(file.read().unwrap_err().to_string().contains("holds no key"));
        std::fs::write(directory.path().join("x.pub"), "\n").unwrap();
        assert!(matches!(file.known(), Err(Failure::Usage(_))));
    }
}
