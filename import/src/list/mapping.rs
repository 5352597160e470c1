//! What a list's columns and words mean, where the program does not know it by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::ListField;

/// What can be said of a whole list, where no column says it.
pub trait Given: Debug + Clone + Default + PartialEq + Serialize + DeserializeOwned + Send + Sync {
    /// This, where `chosen` says nothing else.
    #[must_use]
    fn overridden_by(self, chosen: Self) -> Self;
}

/// How to read one company's lists. Everything may be left out: the usual names of columns are known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, bound = "")]
pub struct Mapping<F: ListField> {
    #[serde(flatten)]
    pub given: F::Given,
    /// Fields each row must have, besides those that no row can do without.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub required: BTreeSet<F>,
    /// The column of a field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<F, String>,
    /// The words of a field, as the list writes them and as they are kept. A field that is here takes no others.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<F, BTreeMap<String, String>>,
}

/// One `--column FIELD=NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnChoice<F> {
    pub field: F,
    pub name: String,
}

/// One `--word FIELD:WRITTEN=KEPT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordChoice<F> {
    pub field: F,
    pub written: String,
    pub kept: String,
}

impl<F: ListField> Default for Mapping<F> {
    fn default() -> Self {
        Self {
            given: F::Given::default(),
            required: BTreeSet::new(),
            columns: BTreeMap::new(),
            words: BTreeMap::new(),
        }
    }
}

impl<F: ListField> Mapping<F> {
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
        Self { given: self.given.overridden_by(chosen.given), ..self }
    }

    /// What a field's word is kept as, or the words there are.
    pub(super) fn word(&self, field: F, written: &str) -> Result<String, String> {
        let Some(words) = self.words.get(&field) else { return Ok(written.to_owned()) };
        let same = |word: &str| word.trim() == written;
        let kept = words.iter().find(|(word, kept)| same(word) || same(kept)).map(|(_, kept)| kept.clone());
        kept.ok_or_else(|| {
            let known: Vec<&str> = words.keys().map(String::as_str).collect();
            format!("{written:?} is not one of {}", known.join(", "))
        })
    }
}

impl<F: ListField> FromStr for ColumnChoice<F> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (field, name) = text.split_once('=').ok_or("write it as FIELD=NAME")?;
        match name.trim() {
            "" => Err("the column's name is missing after =".into()),
            name => Ok(Self { field: field.parse()?, name: name.to_owned() }),
        }
    }
}

impl<F: ListField> FromStr for WordChoice<F> {
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
