//! Settings in three layers: flags win over the environment, the environment over `tallybook.toml`.
//!
//! Owns every setting's name, default and source. Nothing else in the program reads the environment for settings.

mod file;
mod flags;
mod layers;
mod orders;
mod public_url;
mod sample;
#[cfg(test)]
mod tests;
mod time_of_day;

pub use flags::{
    BillingFlags, BookFlags, Flags, NewBookFlags, PersonalDataFlags, ProjectFlags, ReminderFlags, SealFlags,
    ServeFlags, WriteOffFlags,
};
pub use layers::{Layered, Settings, Source};
pub use orders::OrderSettings;
pub use public_url::PublicUrl;
pub use sample::SampleSize;
pub use time_of_day::TimeOfDay;
