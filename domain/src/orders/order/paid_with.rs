//! Which money paid an order: there it goes back to.

use serde::{Deserialize, Serialize};

use crate::channels::Channel;
use crate::ids::WalletId;
use crate::orders::PaymentId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum PaidWith {
    Wallet { wallet: WalletId },
    Channel { channel: Channel, payment: PaymentId },
}

impl PaidWith {
    /// In one word, as it is stored and listed.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Wallet { .. } => "wallet",
            Self::Channel { channel, .. } => channel.as_str(),
        }
    }
}
