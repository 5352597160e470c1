//! Ids of what a channel can speak of before we do, or more than once: they follow from its numbers.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::channels::{Channel, ChannelNumber};
use crate::ids::{PaymentId, RefundId};

impl PaymentId {
    /// The first 128 bits of SHA-256 over the channel, a zero byte (which no number has) and our number of the payment:
    /// a notification finds its payment, and one that comes first is found.
    pub fn of(channel: Channel, reference: &ChannelNumber) -> Self {
        Self::from_bits(first_bits(channel.as_str(), reference))
    }
}

impl RefundId {
    /// Of money that is not the order's: the first 128 bits of SHA-256 over the payment, a zero byte and the channel's
    /// number of the money, so that it is refunded once however often the channel speaks of it.
    pub fn of_excess(payment: &PaymentId, transaction: &ChannelNumber) -> Self {
        Self::from_uuid(Uuid::from_u128(first_bits(payment.as_str(), transaction)))
    }
}

fn first_bits(of: &str, number: &ChannelNumber) -> u128 {
    let hash = Sha256::new().chain_update(of).chain_update([0]).chain_update(number.as_str()).finalize();
    hash.iter().take(16).fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte))
}
