//! WeChat Pay as the demonstration plays it: nobody's merchant, with keys that are made where the book is.
//!
//! Must never be set up for a book that did not begin as a demonstration, nor in place of a channel of the settings: whoever has the
//! private key can say that anything was paid.

use std::fs::DirBuilder;
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use serde_json::json;
use tallybook_api::channels::ChannelSettings;
use tallybook_domain::channels::Channel;
use tallybook_event_store::Book;
use tempfile::NamedTempFile;

use super::tell::refuse_real_book;
use crate::environment;
use crate::failure::Failure;
use crate::settings::Settings;

/// The merchant and the app of WeChat Pay's own documentation.
const MERCHANT: &str = "1230000109";
const APP: &str = "wxd678efh567hg6787";
const KEY_ID: &str = "PUB_KEY_ID_DEMO";

/// Sets it up for this process; answers with the directory of its keys. `None`: WeChat Pay is set up already, there is no
/// data directory, or no key can be made, which the demonstration can do without.
pub async fn play_wechat_pay(book: &Book, settings: &mut Settings) -> Result<Option<PathBuf>, Failure> {
    refuse_real_book(book).await?;
    let data = &settings.data.value;
    if settings.channels.value.has(Channel::WechatPay) || !data.is_dir() {
        return Ok(None);
    }
    match played_in(&data.join("demo")) {
        Ok((directory, played)) => {
            settings.channels.value = std::mem::take(&mut settings.channels.value).or(played);
            Ok(Some(directory))
        }
        Err(error) => {
            tracing::warn!(error = %format_args!("{error:#}"), "the demonstration has no WeChat Pay to try");
            Ok(None)
        }
    }
}

/// The channel with the keys of this directory, which are made where they are missing.
fn played_in(directory: &Path) -> anyhow::Result<(PathBuf, ChannelSettings)> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let directory = directory.canonicalize()?;
    let [private, public, api_v3] = ["wechat-pay.key.pem", "wechat-pay.pub.pem", "wechat-pay-api-v3-key"]
        .map(|name| directory.join(name));
    let new_key = ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
    keep(&private, || openssl(Command::new("openssl").args(new_key)))?;
    keep(&public, || openssl(Command::new("openssl").args(["pkey", "-pubout", "-in"]).arg(&private)))?;
    keep(&api_v3, || Ok(hex::encode(&environment::fresh_seed()[..16]).into_bytes()))?;
    let wechat_pay = json!({
        "merchant": MERCHANT,
        "apps": [APP],
        "keys": [{ "file": public, "id": KEY_ID }],
        "api_v3_key": { "file": api_v3 },
    });
    Ok((directory, serde_json::from_value(json!({ "wechat_pay": wechat_pay }))?))
}

/// Makes a file where there is none: whole, and for its owner alone.
fn keep(file: &Path, make: impl FnOnce() -> anyhow::Result<Vec<u8>>) -> anyhow::Result<()> {
    if file.exists() {
        return Ok(());
    }
    let written = || -> anyhow::Result<()> {
        let mut made = NamedTempFile::new_in(file.parent().unwrap_or(Path::new(".")))?;
        made.write_all(&make()?)?;
        made.persist(file)?;
        Ok(())
    };
    written().with_context(|| format!("{} cannot be made", file.display()))
}

/// Nothing that is built in makes a key for RSA.
fn openssl(command: &mut Command) -> anyhow::Result<Vec<u8>> {
    let output = command.stdin(Stdio::null()).output().context("openssl cannot be run: install it")?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    bail!("openssl ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use tallybook_api::channels::Channels;

    use super::*;

    #[test]
    fn keys_are_made_once_for_their_owner_alone_and_set_the_channel_up() {
        let place = tempfile::tempdir().unwrap();
        let (directory, played) = played_in(&place.path().join("demo")).unwrap();
        assert_eq!(played.shown(), format!("wechat_pay {MERCHANT}"));
        Channels::open(&played, &|_| None).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&directory), 0o700);
        let key = directory.join("wechat-pay.key.pem");
        assert_eq!(mode(&key), 0o600);
        let made = std::fs::read(&key).unwrap();
        assert_eq!(played_in(&place.path().join("demo")).unwrap(), (directory, played));
        assert_eq!(std::fs::read(&key).unwrap(), made);
    }

    #[test]
    fn what_could_not_be_made_whole_is_not_there() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("key");
        let failed = keep(&file, || openssl(Command::new("openssl").arg("unknown-command")));
        assert!(failed.unwrap_err().to_string().contains("cannot be made"));
        assert!(!file.exists());
    }
}
