//! The sources of a process, opened: their secrets at hand.

use std::fmt;
use std::sync::Arc;

use tallybook_domain::billing::usage_source::SourceName;

use super::folder::Folder;
use super::http::HttpSource;
use super::settings::{KindSettings, SourceSettings, UsualSettings};
use super::{Ask, Asked};

/// An outside system that usage is collected from.
#[derive(Debug)]
pub struct Source {
    pub usual: UsualSettings,
    outside: Box<dyn Ask>,
}

/// All of them. Cloning shares them.
#[derive(Debug, Clone, Default)]
pub struct Sources(Arc<Vec<Source>>);

/// Why the settings describe no source; says nothing that could be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("usage source {name}: {reason}")]
pub struct InvalidSource {
    name: SourceName,
    reason: String,
}

impl Source {
    /// `secret` reads a variable of the environment.
    pub fn open(
        settings: &SourceSettings,
        secret: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, InvalidSource> {
        let usual = settings.usual.clone();
        let outside: Result<Box<dyn Ask>, String> = match &settings.kind {
            KindSettings::Http(http) => {
                HttpSource::open(http, &usual.name, secret).map(|source| Box::new(source) as _)
            }
            KindSettings::Folder(folder) => Folder::open(folder).map(|folder| Box::new(folder) as _),
        };
        match outside {
            Ok(outside) => Ok(Self { usual, outside }),
            Err(reason) => Err(InvalidSource { name: usual.name, reason }),
        }
    }

    pub fn name(&self) -> &SourceName {
        &self.usual.name
    }

    /// Whether what is offered is taken whenever it comes, at no set time.
    pub(super) fn is_watched(&self) -> bool {
        self.usual.at.is_none() && !self.outside.asks_by_month()
    }

    pub fn outside(&self) -> &dyn Ask {
        self.outside.as_ref()
    }
}

impl Sources {
    /// Each with a name of its own.
    pub fn open(
        settings: &[SourceSettings],
        secret: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, InvalidSource> {
        let sources: Vec<Source> =
            settings.iter().map(|one| Source::open(one, secret)).collect::<Result<_, _>>()?;
        for (place, source) in sources.iter().enumerate() {
            if sources.iter().take(place).any(|before| before.name() == source.name()) {
                let reason = "there are two of this name".to_owned();
                return Err(InvalidSource { name: source.name().clone(), reason });
            }
        }
        Ok(Self(Arc::new(sources)))
    }

    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.0.iter()
    }

    pub fn get(&self, name: &SourceName) -> Option<&Source> {
        self.iter().find(|source| source.name() == name)
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month { customer, month, .. } => write!(f, "{customer} {month}"),
            Self::File(file) => write!(f, "{}", file.name),
        }
    }
}
