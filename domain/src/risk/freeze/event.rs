//! What has happened to the freezing of a wallet.

use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use crate::event::EventKind;
use crate::ids::WalletId;
use crate::text::Reason;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum WalletFreezeEvent {
    WalletFrozen { wallet: WalletId, reason: Reason },
    WalletUnfrozen { wallet: WalletId, reason: Reason },
}

const FROZEN: EventKind = EventKind::first_version("WalletFrozen");
const UNFROZEN: EventKind = EventKind::first_version("WalletUnfrozen");

impl WalletFreezeEvent {
    pub const KINDS: [EventKind; 2] = [FROZEN, UNFROZEN];

    pub fn kind(&self) -> EventKind {
        match self {
            Self::WalletFrozen { .. } => FROZEN,
            Self::WalletUnfrozen { .. } => UNFROZEN,
        }
    }

    pub fn wallet(&self) -> &WalletId {
        match self {
            Self::WalletFrozen { wallet, .. } | Self::WalletUnfrozen { wallet, .. } => wallet,
        }
    }
}

impl DomainEvent for WalletFreezeEvent {
    fn event_type(&self) -> String {
        self.kind().name.into()
    }

    fn event_version(&self) -> String {
        self.kind().version.into()
    }
}
