//! A wallet's statement with the events it is made of, each proved to be in the journal.
//!
//! Owns making a statement's figures from events alone. Must never take a figure from a read table: what is checked
//! here is what those are checked against.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tallybook_domain::deposits::{Wallet, WalletEvent};
use tallybook_domain::ledger::effective_date;
use tallybook_domain::{BookEvent, EventSourced, Money, WalletId, upcasters};
use thiserror::Error;

use super::document::{HexHash, included};
use super::event::ProvedEvent;
use super::harvest::Nodes;
use super::spans::{InvalidSpan, Span, inclusion_spans};
use super::tree::pick;
use crate::seal::Checkpoint;

/// A statement, and everything it takes to check it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementProof {
    /// The signed note.
    pub seal: String,
    #[serde(flatten)]
    pub statement: Statement,
    /// Every event of the wallet up to the seal, from the first on: what came before the period makes the opening
    /// balance.
    pub events: Vec<ProvedEvent>,
    /// The nodes of the tree that the paths of these events consist of, by positions: many paths share them.
    pub nodes: BTreeMap<String, HexHash>,
}

/// What moved a wallet's balance in a period, as it was known when it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    pub wallet: WalletId,
    /// The first business date; `None`: from the beginning.
    pub from: Option<NaiveDate>,
    /// The last one; `None`: to the end.
    pub to: Option<NaiveDate>,
    pub opening: Money,
    pub lines: Vec<Line>,
    pub closing: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub effective_date: NaiveDate,
    pub position: u64,
    pub event_type: String,
    /// Signed: what came in is positive.
    pub amount: Money,
    pub balance: Money,
}

/// What a statement file proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvedStatement {
    pub statement: Statement,
    /// Events of the wallet that are proved: its sequences 1 to this.
    pub events: u64,
    /// The position of the last of them. What follows it up to the seal is not proved to be nothing.
    pub last_position: u64,
}

/// A statement that its events do not make.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadStatement {
    #[error("it has no events")]
    NoEvents,
    #[error("its first date is after its last")]
    Period,
    #[error("event {position} is not of wallet {wallet}")]
    AnotherWallet { position: u64, wallet: WalletId },
    #[error(
        "event {position} has sequence {sequence} where {expected} comes: an event is missing, or out of order"
    )]
    Gap { position: u64, sequence: u64, expected: u64 },
    #[error("{0}")]
    NotIncluded(String),
    #[error("a node of the tree is missing for event {position}")]
    MissingNode { position: u64 },
    #[error("it has nodes of the tree that nothing in it needs")]
    NodesTooMany,
    #[error("{0:?}: {1}")]
    Node(String, InvalidSpan),
    #[error("event {position} does not read as one of a wallet: {why}")]
    Unreadable { position: u64, why: String },
    #[error("event {position} cannot have happened after those before it: {why}")]
    Impossible { position: u64, why: String },
    #[error("the {figure} is {stated} in the file, and {computed} by its events")]
    AnotherFigure { figure: &'static str, stated: String, computed: String },
}

impl StatementProof {
    pub(super) fn check(&self, seal: &Checkpoint) -> Result<ProvedStatement, BadStatement> {
        let nodes = self.nodes()?;
        let mut used = HashSet::new();
        let Statement { wallet, from, to, .. } = &self.statement;
        for (event, expected) in self.events.iter().zip(1..) {
            let position = event.position;
            if event.aggregate_type != <Wallet as cqrs_es::Aggregate>::TYPE
                || event.aggregate_id != wallet.as_str()
            {
                return Err(BadStatement::AnotherWallet { position, wallet: wallet.clone() });
            }
            if event.sequence != expected {
                return Err(BadStatement::Gap { position, sequence: event.sequence, expected });
            }
            let spans = inclusion_spans(position.saturating_sub(1), seal.size);
            let path = pick(&nodes, &spans).map_err(|_| BadStatement::MissingNode { position })?;
            included(event, &path, seal).map_err(|bad| BadStatement::NotIncluded(bad.to_string()))?;
            used.extend(spans);
        }
        if used.len() != self.nodes.len() {
            return Err(BadStatement::NodesTooMany);
        }
        let computed = Statement::of(wallet, (*from, *to), &self.events)?;
        self.statement.compare(&computed)?;
        let last = self.events.last().ok_or(BadStatement::NoEvents)?;
        Ok(ProvedStatement { statement: computed, events: last.sequence, last_position: last.position })
    }

    fn nodes(&self) -> Result<Nodes, BadStatement> {
        let node = |(span, hash): (&String, &HexHash)| match span.parse::<Span>() {
            Ok(span) => Ok((span, hash.0)),
            Err(invalid) => Err(BadStatement::Node(span.clone(), invalid)),
        };
        self.nodes.iter().map(node).collect()
    }
}

impl Statement {
    /// The statement that a wallet's events make, from its first on. They also have to be a history that the rules
    /// of wallets allow.
    pub(super) fn of(
        wallet: &WalletId,
        (from, to): (Option<NaiveDate>, Option<NaiveDate>),
        events: &[ProvedEvent],
    ) -> Result<Self, BadStatement> {
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            return Err(BadStatement::Period);
        }
        let zero = Money::zero(wallet.currency());
        let (mut replayed, mut opening, mut lines) = (Wallet::default(), zero, Vec::new());
        for event in events {
            let position = event.position;
            let impossible = |why: String| BadStatement::Impossible { position, why };
            let (change, date) = read(event)?;
            replayed.evolve(&change).map_err(|corrupt| impossible(corrupt.to_string()))?;
            let (Some(amount), Some(effective_date)) = (moved(&change), date) else { continue };
            if from.is_some_and(|from| effective_date < from) {
                opening = opening.checked_add(amount).map_err(|error| impossible(error.to_string()))?;
            } else if to.is_none_or(|to| effective_date <= to) {
                let event_type = event.event_type.clone();
                lines.push(Line { effective_date, position, event_type, amount, balance: zero });
            }
        }
        lines.sort_by_key(|line| (line.effective_date, line.position));
        let mut balance = opening;
        for line in &mut lines {
            let position = line.position;
            let added = balance.checked_add(line.amount);
            balance = added.map_err(|error| BadStatement::Impossible { position, why: error.to_string() })?;
            line.balance = balance;
        }
        Ok(Self { wallet: wallet.clone(), from, to, opening, lines, closing: balance })
    }

    fn compare(&self, computed: &Self) -> Result<(), BadStatement> {
        let differs = |figure, stated: String, computed: String| {
            if stated == computed {
                Ok(())
            } else {
                Err(BadStatement::AnotherFigure { figure, stated, computed })
            }
        };
        differs("opening balance", self.opening.to_string(), computed.opening.to_string())?;
        differs("closing balance", self.closing.to_string(), computed.closing.to_string())?;
        differs("number of lines", self.lines.len().to_string(), computed.lines.len().to_string())?;
        for (stated, line) in self.lines.iter().zip(&computed.lines) {
            differs("line", stated.words(), line.words())?;
        }
        Ok(())
    }
}

impl Line {
    fn words(&self) -> String {
        let Self { effective_date, position, event_type, amount, balance } = self;
        // Quoted: it may be anything.
        format!("{effective_date} {event_type:?} (event {position}) {amount}, balance {balance}")
    }
}

fn read(event: &ProvedEvent) -> Result<(WalletEvent, Option<NaiveDate>), BadStatement> {
    let ProvedEvent { position, aggregate_type, event_type, event_version, payload, .. } = event;
    let unreadable = |why: String| BadStatement::Unreadable { position: *position, why };
    let event = BookEvent::decode(aggregate_type, event_type, event_version, payload, &upcasters())
        .map_err(|error| unreadable(error.to_string()))?;
    let date = effective_date(&event);
    match event {
        BookEvent::Wallet(change) => Ok((change, date)),
        BookEvent::Customer(_)
        | BookEvent::Withdrawal(_)
        | BookEvent::Period(_)
        | BookEvent::ChannelNotification(_)
        | BookEvent::Payouts(_)
        | BookEvent::Settlement(_)
        | BookEvent::Risk(_)
        | BookEvent::Orders(_)
        | BookEvent::Approvals(_)
        | BookEvent::Billing(_) => Err(unreadable("it is of something else".into())),
    }
}

/// What an event adds to the balance; `None` if it leaves it as it is.
fn moved(change: &WalletEvent) -> Option<Money> {
    match change {
        WalletEvent::DepositRecorded { amount, .. }
        | WalletEvent::ReturnCredited { amount, .. }
        | WalletEvent::BillPaymentReturned { amount, .. }
        | WalletEvent::OrderRefundCredited { amount, .. }
        | WalletEvent::FundsFreed { amount, .. }
        | WalletEvent::AdvanceCredited { amount, .. } => Some(*amount),
        WalletEvent::DepositReversed { amount, .. }
        | WalletEvent::HoldPaidOut { amount, .. }
        | WalletEvent::BillPaid { amount, .. }
        | WalletEvent::OrderPaymentTaken { amount, .. }
        | WalletEvent::FundsApplied { amount, .. }
        | WalletEvent::AdvanceReturned { amount, .. } => Some(amount.negate()),
        WalletEvent::FundsHeld { .. } | WalletEvent::HoldReleased { .. } => None,
    }
}
