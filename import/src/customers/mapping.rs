//! What a list's columns and words mean, where the program does not know it by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use tallybook_domain::Currency;

use super::Field;

/// How to read one company's lists. Everything may be left out: the usual names of columns are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CustomerMapping {
    /// Of amounts, where no column says it. CNY without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Fields each row must have, besides the name.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub required: BTreeSet<Field>,
    /// The column of a field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<Field, String>,
    /// The words of a field, as the list writes them and as they are kept. A field that is here takes no others.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<Field, BTreeMap<String, String>>,
}

/// One `--column FIELD=NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnChoice {
    pub field: Field,
    pub name: String,
}

/// One `--word FIELD:WRITTEN=KEPT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordChoice {
    pub field: Field,
    pub written: String,
    pub kept: String,
}

impl CustomerMapping {
    /// Reads the TOML form.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    /// This mapping, where `chosen` says nothing else.
    #[must_use]
    pub fn overridden_by(mut self, chosen: Self) -> Self {
        self.columns.extend(chosen.columns);
        self.required.extend(chosen.required);
        for (field, words) in chosen.words {
            self.words.entry(field).or_default().extend(words);
        }
        Self { currency: chosen.currency.or(self.currency), ..self }
    }

    /// What a field's word is kept as, or the words there are.
    pub(super) fn word(&self, field: Field, written: &str) -> Result<String, String> {
        let Some(words) = self.words.get(&field) else { return Ok(written.to_owned()) };
        let same = |word: &str| word.trim() == written;
        let kept = words.iter().find(|(word, kept)| same(word) || same(kept)).map(|(_, kept)| kept.clone());
        kept.ok_or_else(|| {
            let known: Vec<&str> = words.keys().map(String::as_str).collect();
            format!("{written:?} is not one of {}", known.join(", "))
        })
    }
}

impl FromStr for ColumnChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (field, name) = text.split_once('=').ok_or("write it as FIELD=NAME")?;
        match name.trim() {
            "" => Err("the column's name is missing after =".into()),
            name => Ok(Self { field: field.parse()?, name: name.to_owned() }),
        }
    }
}

impl FromStr for WordChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = "write it as FIELD:WRITTEN=KEPT, such as industry:IT=信息技术";
        let (field, words) = text.split_once(':').ok_or(wrong)?;
        let (written, kept) = words.split_once('=').ok_or(wrong)?;
        if written.trim().is_empty() || kept.trim().is_empty() {
            return Err(wrong.into());
        }
        let (written, kept) = (written.trim().to_owned(), kept.trim().to_owned());
        Ok(Self { field: field.parse()?, written, kept })
    }
}
