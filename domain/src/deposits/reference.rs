//! The references by which the outside world knows a movement of money.
//!
//! That a reference is used once is a claim in the journal, not known here.

use smol_str::SmolStr;

use crate::text::{self, shown_as_written, text_type};

text_type!(
    /// The bank's or channel's number of a payment that came in: 1 to 128 characters, once per book.
    BankReference,
    |reference: SmolStr| text::line(reference, 128)
);

text_type!(
    /// The client's own number of a withdrawal: 1 to 128 characters, once per book.
    WithdrawalReference,
    |reference: SmolStr| text::line(reference, 128)
);

text_type!(
    /// The bank's or channel's number of a payment that went out: 1 to 128 characters.
    ChannelReference,
    |reference: SmolStr| text::line(reference, 128)
);

shown_as_written!(BankReference, WithdrawalReference, ChannelReference);
