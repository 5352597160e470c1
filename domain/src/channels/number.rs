//! The numbers by which a channel and we know a payment.

use smol_str::SmolStr;

use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// A number of a merchant, payment, refund or notification, exactly as the channel writes it: 1 to 128 characters.
    ChannelNumber,
    check
);
shown_as_written!(ChannelNumber);

/// The longest text a channel identifies anything with: Alipay's `notify_id`.
const LONGEST: usize = 128;

/// Not trimmed as other texts are: it was signed as it is.
fn check(number: SmolStr) -> Result<SmolStr, InvalidText> {
    if number.is_empty() {
        return Err(InvalidText::Empty);
    }
    if number.len() > LONGEST && number.chars().count() > LONGEST {
        return Err(InvalidText::TooLong { max: LONGEST });
    }
    if number.chars().any(char::is_control) {
        return Err(InvalidText::ControlCharacter);
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_what_the_channel_wrote() {
        for good in ["4200001", " 4200001 ", "好", &"9".repeat(128), &"好".repeat(128)] {
            assert_eq!(good.parse::<ChannelNumber>().unwrap().as_str(), good);
        }
        assert_eq!("".parse::<ChannelNumber>(), Err(InvalidText::Empty));
        assert_eq!("好".repeat(129).parse::<ChannelNumber>(), Err(InvalidText::TooLong { max: 128 }));
        assert_eq!("4200\n001".parse::<ChannelNumber>(), Err(InvalidText::ControlCharacter));
    }
}
