//! Our number of a refund, as the channel is given it.

use smol_str::{SmolStr, format_smolstr};

use crate::channels::ChannelNumber;
use crate::orders::RefundId;
use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// `out_refund_no` (WeChat Pay), `out_request_no` (Alipay): the refund's id, and from the second time on that it is
    /// given to the channel `-2`, `-3` …
    RefundNumber,
    |text| if read(&text).is_some() { Ok(text) } else { Err(NUMBER) }
);
shown_as_written!(RefundNumber);

const NUMBER: InvalidText = InvalidText::Malformed { expected: "F01K7RA8ZAYFGXSMRSF9FMC3M05" };

impl RefundNumber {
    pub fn new(refund: &RefundId, attempt: u32) -> Self {
        Self(match attempt {
            0 | 1 => SmolStr::new(refund),
            2.. => format_smolstr!("{refund}-{attempt}"),
        })
    }

    /// How often it had been given to the channel under another number, and once more.
    pub fn attempt(&self) -> u32 {
        read(&self.0).map_or(1, |(_, attempt)| attempt)
    }

    /// If it is one of ours: of which refund, and which attempt at it.
    pub fn of(number: &ChannelNumber) -> Option<(RefundId, u32)> {
        read(number.as_str())
    }
}

fn read(text: &str) -> Option<(RefundId, u32)> {
    let Some((refund, attempt)) = text.split_once('-') else { return Some((text.parse().ok()?, 1)) };
    let number: u32 = attempt.parse().ok()?;
    (number > 1 && number.to_string() == attempt).then_some((refund.parse().ok()?, number))
}
