//! The short texts of a profile, each its own type.

use super::super::name::likeness;
use crate::text::{self, shown_as_written, text_type};

text_type!(
    /// A customer's code in the company's own files: 1 to 40 characters.
    CustomerCode,
    |code| text::line(code, 40)
);

text_type!(
    /// What people call the customer among themselves: 1 to 60 characters.
    ShortName,
    |name| text::line(name, 60)
);

text_type!(
    /// 行业: a word of the company's own list, 1 to 60 characters.
    Industry,
    |industry| text::line(industry, 60)
);

text_type!(
    /// 客户等级: a word of the company's own list, 1 to 40 characters.
    Level,
    |level| text::line(level, 40)
);

text_type!(
    /// 客户经理: who looks after the customer, 1 to 60 characters.
    AccountManager,
    |name| text::line(name, 60)
);

text_type!(
    /// The customer's bank: 1 to 100 characters.
    BankName,
    |name| text::line(name, 100)
);

text_type!(
    /// A word to find customers by: 1 to 40 characters.
    Tag,
    |tag| text::line(tag, 40)
);

text_type!(
    /// Another system that knows the customer: 1 to 40 characters, such as `crm`.
    SystemName,
    |name| text::line(name, 40)
);

text_type!(
    /// What another system calls the customer: 1 to 100 characters.
    ExternalId,
    |id| text::line(id, 100)
);

shown_as_written!(
    CustomerCode,
    ShortName,
    Industry,
    Level,
    AccountManager,
    BankName,
    Tag,
    SystemName,
    ExternalId
);

impl CustomerCode {
    /// What must be unique in a book: the code without differences of width, case and spacing.
    pub fn claim_key(&self) -> String {
        likeness(self.as_str())
    }
}
