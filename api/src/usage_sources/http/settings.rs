//! What the settings say of a source that answers over HTTP.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct HttpSettings {
    /// With `{customer}` or `{customer_code}`, and `{month}`.
    pub(super) url: String,
    #[serde(default)]
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

/// The value of a header, or where it is kept.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
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
#[serde(untagged)]
pub(super) enum FieldSetting {
    Named(String),
    Same(Constant),
}

#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Constant {
    pub(super) constant: String,
}
