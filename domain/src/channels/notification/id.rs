//! What a notification is called in the journal.

use sha2::{Digest, Sha256};

use crate::base32::{is_spelled, spelled};
use crate::channels::{Channel, ChannelNumber};
use crate::text::{InvalidText, shown_as_written, text_type};

text_type!(
    /// A notification: `M` and 26 characters that follow from its channel and the channel's number of it, so that a
    /// repeat meets the first.
    ChannelNotificationId,
    |text| if is_spelled(&text, 'M', CHARACTERS) { Ok(text) } else { Err(NOTIFICATION) }
);
shown_as_written!(ChannelNotificationId);

const NOTIFICATION: InvalidText = InvalidText::Malformed { expected: "M3387SCTDHQHR41AZ8PN8A4DSCC" };

/// 128 bits, five to a character.
const CHARACTERS: usize = 26;

impl ChannelNotificationId {
    /// The first 128 bits of SHA-256 over the channel, a zero byte (which no number has) and the number.
    pub fn of(channel: Channel, event_id: &ChannelNumber) -> Self {
        let hash = Sha256::new()
            .chain_update(channel.as_str())
            .chain_update([0])
            .chain_update(event_id.as_str())
            .finalize();
        let bits = hash.iter().take(16).fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        Self(spelled('M', bits, 26))
    }
}
