//! What a column of a list can mean, and what people call it.

use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use unicode_normalization::UnicodeNormalization;

use super::Given;

/// The fields of one kind of list.
pub trait ListField:
    Copy
    + Ord
    + Hash
    + Debug
    + Display
    + FromStr<Err = String>
    + Serialize
    + DeserializeOwned
    + Send
    + Sync
    + 'static
{
    /// What such lists are called, and their mappings kept under.
    const LIST: &'static str;
    const ALL: &'static [Self];
    /// A row that has no column for any of these does not have the names of the columns.
    const KEYS: &'static [Self];
    /// What can be said of a whole list, where no column says it.
    type Given: Given;

    /// As JSON, lists and mappings spell it.
    fn as_str(self) -> &'static str;

    /// The name of its column in the template.
    fn chinese(self) -> &'static str;

    fn english(self) -> &'static str;

    /// What else such columns are called.
    fn others(self) -> &'static [&'static str];

    /// Whether a column of this name means this.
    fn is_called(self, folded: &str) -> bool {
        let (chinese, english) = (folded_name(self.chinese()), folded_name(self.english()));
        let both = [format!("{chinese}{english}"), format!("{english}{chinese}")];
        both.iter().any(|both| both == folded)
            || chinese == folded
            || english == folded
            || folded_name(self.as_str()) == folded
            || self.others().iter().any(|other| folded_name(other) == folded)
    }
}

/// Makes of one list the fields, their names in programs and what columns are called.
macro_rules! fields {
    (
        $list:literal, found by [$($key:ident),+], given $given:ty;
        $($field:ident $name:literal $chinese:literal $english:literal [$($other:literal),*],)+
    ) => {
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum Field {
            $($field,)+
        }

        impl $crate::list::ListField for Field {
            const LIST: &'static str = $list;
            const ALL: &'static [Self] = &[$(Self::$field,)+];
            const KEYS: &'static [Self] = &[$(Self::$key,)+];
            type Given = $given;

            fn as_str(self) -> &'static str {
                match self {
                    $(Self::$field => $name,)+
                }
            }

            fn chinese(self) -> &'static str {
                match self {
                    $(Self::$field => $chinese,)+
                }
            }

            fn english(self) -> &'static str {
                match self {
                    $(Self::$field => $english,)+
                }
            }

            fn others(self) -> &'static [&'static str] {
                match self {
                    $(Self::$field => &[$($other),*],)+
                }
            }
        }

        impl std::fmt::Display for Field {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::list::ListField::as_str(*self))
            }
        }

        impl std::str::FromStr for Field {
            type Err = String;

            fn from_str(name: &str) -> Result<Self, String> {
                $crate::list::named(name)
            }
        }
    };
}

pub(crate) use fields;

/// The field that programs call so.
pub(crate) fn named<F: ListField>(name: &str) -> Result<F, String> {
    F::ALL.iter().find(|field| field.as_str() == name.trim()).copied().ok_or_else(|| {
        let names: Vec<&str> = F::ALL.iter().map(|field| field.as_str()).collect();
        format!("there is no field {name:?}; fields are {}", names.join(", "))
    })
}

/// A column's name without what differs between two people who write it.
pub(crate) fn folded_name(name: &str) -> String {
    let folded: String = name.nfkc().flat_map(char::to_lowercase).collect();
    let bare = folded.replace("(必填)", "").replace("(required)", "").replace("(选填)", "");
    bare.chars().filter(|c| c.is_alphanumeric()).collect()
}
