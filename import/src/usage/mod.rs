//! Lists of usage: which column means what, what each row says was used, and what became of it.

mod customer;
mod field;
mod load;
mod reading;
mod report;
mod row;
mod template;
#[cfg(test)]
mod tests;
mod words;

pub use field::{Field, GivenOfUsage};
pub use load::{Fate, Loader};
pub use reading::{Readings, readings};
pub use report::{UsageImportReport, UsageRowOutcome, UsageRowResult};
pub use row::{ToldQuantity, UsageRow};
pub use template::template;

use crate::list::{List, Mapping};

pub type UsageList = List<UsageRow>;
pub type UsageMapping = Mapping<Field>;
