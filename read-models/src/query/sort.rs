//! The orders a list can be read in: a key by its name, `-` before it for descending.

use std::fmt;
use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

/// The keys one list can be sorted by.
pub trait SortKey: Copy + Eq + 'static {
    const ALL: &'static [Self];
    const DEFAULT: Sort<Self>;

    fn name(self) -> &'static str;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort<K> {
    pub by: K,
    pub direction: Direction,
}

/// A sort no list of this kind knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be one of {}, with - before it for descending", known.join(", "))]
pub struct UnknownSort {
    pub known: Vec<&'static str>,
}

impl<K: SortKey> Default for Sort<K> {
    fn default() -> Self {
        K::DEFAULT
    }
}

impl<K: SortKey> FromStr for Sort<K> {
    type Err = UnknownSort;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (direction, name) = match text.strip_prefix('-') {
            Some(name) => (Direction::Descending, name),
            None => (Direction::Ascending, text),
        };
        match K::ALL.iter().find(|key| key.name() == name) {
            Some(by) => Ok(Self { by: *by, direction }),
            None => Err(UnknownSort { known: K::ALL.iter().map(|key| key.name()).collect() }),
        }
    }
}

/// The spelling `from_str` reads.
impl<K: SortKey> fmt::Display for Sort<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.direction {
            Direction::Ascending => f.write_str(self.by.name()),
            Direction::Descending => write!(f, "-{}", self.by.name()),
        }
    }
}

impl Direction {
    /// For `ORDER BY`.
    pub(crate) fn sql(self) -> &'static str {
        match self {
            Self::Ascending => "ASC",
            Self::Descending => "DESC",
        }
    }

    /// What comes after a row in this direction.
    pub(crate) fn after(self) -> &'static str {
        match self {
            Self::Ascending => ">",
            Self::Descending => "<",
        }
    }
}
