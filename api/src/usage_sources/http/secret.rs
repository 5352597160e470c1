//! The value of a header, which may be a secret. Must never be logged or shown.

use std::fmt;
use std::path::PathBuf;

use hyper::header::HeaderValue;

use super::settings::{FromEnvironment, FromFile, HeaderSetting};

pub(super) enum Secret {
    Known(HeaderValue),
    /// Read anew for each request, so that it can be changed while the process runs.
    File {
        path: PathBuf,
        prefix: String,
    },
}

impl Secret {
    pub(super) fn of(
        setting: &HeaderSetting,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, String> {
        match setting {
            HeaderSetting::Text(text) => value(text).map(Self::Known),
            HeaderSetting::Environment(FromEnvironment { env, prefix }) => {
                let secret = environment(env).ok_or_else(|| format!("the variable {env} is not set"))?;
                value(&format!("{prefix}{secret}")).map(Self::Known)
            }
            HeaderSetting::File(FromFile { file, prefix }) => {
                let (path, prefix) = (file.clone(), prefix.clone());
                std::fs::read_to_string(&path)
                    .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
                Ok(Self::File { path, prefix })
            }
        }
    }

    pub(super) async fn value(&self) -> Result<HeaderValue, String> {
        match self {
            Self::Known(known) => Ok(known.clone()),
            Self::File { path, prefix } => {
                let secret = tokio::fs::read_to_string(path)
                    .await
                    .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
                value(&format!("{prefix}{}", secret.trim_end_matches(['\r', '\n'])))
            }
        }
    }
}

fn value(text: &str) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::from_str(text).map_err(|_| "its value cannot be sent".to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_secret_comes_from_a_file_or_a_variable_and_is_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "s3cret\n").unwrap();
        let from_file = HeaderSetting::File(FromFile { file: file.clone(), prefix: "Bearer ".into() });
        let from_file = Secret::of(&from_file, &|_| None).unwrap();
        assert_eq!(from_file.value().await.unwrap(), "Bearer s3cret");
        std::fs::write(&file, "another").unwrap();
        assert_eq!(from_file.value().await.unwrap(), "Bearer another");

        let setting = FromEnvironment { env: "TOKEN".into(), prefix: String::new() };
        let setting = HeaderSetting::Environment(setting);
        let known = Secret::of(&setting, &|name| (name == "TOKEN").then(|| "s3cret".to_owned())).unwrap();
        assert_eq!(known.value().await.unwrap(), "s3cret");
        assert_eq!(format!("{known:?} {:?}", known.value().await.unwrap()), "Secret(…) Sensitive");
        assert!(Secret::of(&setting, &|_| None).unwrap_err().contains("TOKEN"));
    }
}
