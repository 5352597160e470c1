//! What the settings say of a source that answers over HTTP.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct HttpSettings {
    /// With `{customer}` or `{customer_code}`, and `{month}`.
    pub(super) url: String,
    #[serde(default, deserialize_with = "headers")]
    pub(super) headers: BTreeMap<String, HeaderSetting>,
    pub(super) records: RecordSettings,
    /// For a whole answer, from the connection to its last byte.
    #[serde(default = "thirty")]
    pub(super) timeout_seconds: u16,
    #[serde(default = "four_mebibytes")]
    pub(super) answer_limit_bytes: u32,
}

fn thirty() -> u16 {
    30
}

fn four_mebibytes() -> u32 {
    4 << 20
}

/// A list would be taken for a table without its keys, and a secret in it for the name of a variable, which is told.
fn headers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, HeaderSetting>, D::Error> {
    let headers = BTreeMap::<String, Value>::deserialize(deserializer)?;
    let read = |(name, value): (String, Value)| {
        let value = if value.is_array() { Value::Null } else { value };
        Ok((name, serde_json::from_value(value).map_err(D::Error::custom)?))
    };
    headers.into_iter().map(read).collect()
}

/// The value of a header, or where it is kept.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected a text for each, or a table with env or file, and prefix if need be")]
pub(super) enum HeaderSetting {
    Text(String),
    Environment(FromEnvironment),
    File(FromFile),
}

#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FromEnvironment {
    pub(super) env: String,
    #[serde(default)]
    pub(super) prefix: String,
}

#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FromFile {
    pub(super) file: PathBuf,
    #[serde(default)]
    pub(super) prefix: String,
}

/// Where in an answer what is. Names that lie deeper are written with dots.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordSettings {
    /// The list of records; the whole answer, if left out.
    #[serde(default)]
    pub(super) path: String,
    pub(super) meter: FieldSetting,
    pub(super) date: FieldSetting,
    pub(super) quantity: FieldSetting,
    /// The source's name, if left out.
    #[serde(default)]
    pub(super) reference: Option<FieldSetting>,
    /// The address of the next page.
    #[serde(default)]
    pub(super) next: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected where in a record it is, or a table with constant")]
pub(super) enum FieldSetting {
    Named(String),
    Same(Constant),
}

#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Constant {
    pub(super) constant: String,
}
