//! Whether a wallet is frozen, and why.
//!
//! Must never hold money: what is in the wallet is the wallet's, and both are decided together.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use super::{WalletFreezeEvent, WalletFreezeRefusal};
use crate::event::BookEvent;
use crate::event_sourced::{CorruptStream, EventSourced};
use crate::ids::WalletId;
use crate::risk::RiskEvent;
use crate::text::Reason;

/// By default a wallet nobody has frozen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletFreeze {
    wallet: Option<WalletId>,
    /// Why it is frozen, while it is.
    reason: Option<Reason>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WalletFreezeCommand {
    Freeze { wallet: WalletId, reason: Reason },
    Unfreeze { wallet: WalletId, reason: Reason },
}

impl WalletFreeze {
    /// The id of a wallet's: `C00042.CNY.freeze`.
    pub fn stream(wallet: &WalletId) -> String {
        format!("{wallet}.freeze")
    }

    /// Why it is frozen, while it is.
    pub fn reason(&self) -> Option<&Reason> {
        self.reason.as_ref()
    }

    /// Accepts that money goes out, unless the wallet is frozen.
    pub fn check_not_frozen(&self, wallet: &WalletId) -> Result<(), WalletFreezeRefusal> {
        match &self.reason {
            Some(reason) => {
                Err(WalletFreezeRefusal::Frozen { wallet: wallet.clone(), reason: reason.clone() })
            }
            None => Ok(()),
        }
    }
}

impl EventSourced for WalletFreeze {
    /// What is so already stays so: the first reason stands.
    fn decide(&self, command: WalletFreezeCommand) -> Result<Vec<WalletFreezeEvent>, WalletFreezeRefusal> {
        Ok(match (command, &self.reason) {
            (WalletFreezeCommand::Freeze { wallet, reason }, None) => {
                vec![WalletFreezeEvent::WalletFrozen { wallet, reason }]
            }
            (WalletFreezeCommand::Unfreeze { wallet, reason }, Some(_)) => {
                vec![WalletFreezeEvent::WalletUnfrozen { wallet, reason }]
            }
            (WalletFreezeCommand::Freeze { .. }, Some(_)) | (WalletFreezeCommand::Unfreeze { .. }, None) => {
                Vec::new()
            }
        })
    }

    fn evolve(&mut self, event: &WalletFreezeEvent) -> Result<(), CorruptStream> {
        let corrupt = |detail: &str| {
            CorruptStream::new(Self::TYPE, format!("{} of {}: {detail}", event.kind().name, event.wallet()))
        };
        if self.wallet.get_or_insert_with(|| event.wallet().clone()) != event.wallet() {
            return Err(corrupt("belongs to another wallet"));
        }
        match (event, &self.reason) {
            (WalletFreezeEvent::WalletFrozen { reason, .. }, None) => self.reason = Some(reason.clone()),
            (WalletFreezeEvent::WalletUnfrozen { .. }, Some(_)) => self.reason = None,
            (WalletFreezeEvent::WalletFrozen { .. }, Some(_)) => return Err(corrupt("frozen twice")),
            (WalletFreezeEvent::WalletUnfrozen { .. }, None) => return Err(corrupt("not frozen")),
        }
        Ok(())
    }

    fn pick(event: &BookEvent) -> Option<&WalletFreezeEvent> {
        match event {
            BookEvent::Risk(RiskEvent::Freeze(event)) => Some(event),
            BookEvent::Risk(_)
            | BookEvent::Orders(_)
            | BookEvent::Approvals(_)
            | BookEvent::Customer(_)
            | BookEvent::Wallet(_)
            | BookEvent::Withdrawal(_)
            | BookEvent::Period(_)
            | BookEvent::ChannelNotification(_)
            | BookEvent::Payouts(_)
            | BookEvent::Billing(_)
            | BookEvent::Settlement(_) => None,
        }
    }
}

impl Aggregate for WalletFreeze {
    const TYPE: &'static str = "wallet_freeze";
    type Command = WalletFreezeCommand;
    type Event = WalletFreezeEvent;
    type Error = WalletFreezeRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: WalletFreezeCommand,
        _: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), WalletFreezeRefusal> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: WalletFreezeEvent) {
        self.evolve(&event).unwrap_or_else(|corrupt| corrupt.stop());
    }
}
