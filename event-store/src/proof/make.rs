//! Making proofs out of the book. Each is checked as its reader will check it before it is handed out.

use std::collections::HashSet;

use chrono::NaiveDate;
use cqrs_es::Aggregate;
use sqlx::PgPool;
use tallybook_domain::WalletId;
use tallybook_domain::deposits::Wallet;
use thiserror::Error;

use super::document::{ConsistencyProof, HexHash, InclusionProof, NotProved, Proof};
use super::event::ProvedEvent;
use super::spans::{Span, inclusion_spans};
use super::statement::{BadStatement, Statement, StatementProof};
use super::tree::{Tree, TreeError, pick};
use crate::journal;
use crate::merkle::Hash;
use crate::seal::{InvalidKey, Seal};

/// No proof can be made.
#[derive(Debug, Error)]
pub enum ProofError {
    #[error(transparent)]
    Tree(#[from] TreeError),
    #[error("PostgreSQL: {0}")]
    Database(#[from] sqlx::Error),
    #[error("there is no event {position} yet: the journal ends at {head}")]
    NoEvent { position: u64, head: u64 },
    #[error("event {position} is not covered by the seal of {size} events")]
    NotSealed { position: u64, size: u64 },
    #[error("the seal of {older} events is not older than that of {newer}")]
    NotOlder { older: u64, newer: u64 },
    #[error("wallet {wallet} has no events that the seal covers")]
    NoWallet { wallet: WalletId },
    #[error("the events of the wallet do not make a statement: {0}")]
    Statement(#[from] BadStatement),
    /// Someone changed what was sealed.
    #[error("what is stored is not what was sealed: {0}")]
    Altered(#[from] NotProved),
    #[error("the key kept with the seal is none: {0}")]
    Key(#[from] InvalidKey),
}

/// Proves that an event was in the journal when it was sealed.
pub async fn prove_event(tree: &Tree, seal: &Seal, position: u64) -> Result<Proof, ProofError> {
    let event = event_at(tree.pool(), position).await?;
    if position > seal.size {
        return Err(ProofError::NotSealed { position, size: seal.size });
    }
    let nodes = tree.inclusion(&[position], (seal.size, &seal.root)).await?;
    let path = pick(&nodes, &inclusion_spans(position - 1, seal.size))
        .map_err(|bad| NotProved::Inclusion { position, bad })?;
    let proof = InclusionProof { seal: seal.note.clone(), event, path: in_hexadecimal(&path) };
    checked(Proof::Inclusion(proof), &[seal])
}

/// Proves that what was sealed first is the beginning of what was sealed later.
pub async fn prove_consistency(tree: &Tree, older: &Seal, newer: &Seal) -> Result<Proof, ProofError> {
    if older.size > newer.size {
        return Err(ProofError::NotOlder { older: older.size, newer: newer.size });
    }
    let path = tree.consistency((older.size, &older.root), (newer.size, &newer.root)).await?;
    let proof = ConsistencyProof {
        older: older.note.clone(),
        newer: newer.note.clone(),
        path: in_hexadecimal(&path),
    };
    checked(Proof::Consistency(proof), &[older, newer])
}

/// A wallet's statement, as it was known when it was sealed, with the events it is made of.
pub async fn prove_statement(
    tree: &Tree,
    seal: &Seal,
    wallet: &WalletId,
    period: (Option<NaiveDate>, Option<NaiveDate>),
) -> Result<Proof, ProofError> {
    let events = events_of(tree.pool(), wallet, seal.size).await?;
    if events.is_empty() {
        return Err(ProofError::NoWallet { wallet: wallet.clone() });
    }
    let statement = Statement::of(wallet, period, &events)?;
    let positions: Vec<u64> = events.iter().map(|event| event.position).collect();
    let nodes = tree.inclusion(&positions, (seal.size, &seal.root)).await?;
    // Not the leaves themselves: whoever checks makes those of the events.
    let paths: HashSet<Span> =
        positions.iter().flat_map(|position| inclusion_spans(position - 1, seal.size)).collect();
    let nodes = nodes
        .into_iter()
        .filter(|(span, _)| paths.contains(span))
        .map(|(span, hash)| (span.to_string(), HexHash(hash)))
        .collect();
    let proof = StatementProof { seal: seal.note.clone(), statement, events, nodes };
    checked(Proof::Statement(proof), &[seal])
}

/// With the keys the book keeps: whoever receives it decides which he trusts.
fn checked(proof: Proof, seals: &[&Seal]) -> Result<Proof, ProofError> {
    let keys = seals.iter().map(|seal| seal.key.parse()).collect::<Result<Vec<_>, _>>()?;
    proof.check(&keys)?;
    Ok(proof)
}

fn in_hexadecimal(path: &[Hash]) -> Vec<HexHash> {
    path.iter().map(|hash| HexHash(*hash)).collect()
}

/// There is none at 0, nor beyond what a position can be.
async fn event_at(pool: &PgPool, position: u64) -> Result<ProvedEvent, ProofError> {
    let before = position.checked_sub(1).filter(|_| i64::try_from(position).is_ok());
    let found = match before {
        Some(before) => journal::page(pool, before, 1).await?.pop(),
        None => None,
    };
    match found {
        Some(event) if event.position == position => Ok(event.into()),
        Some(_) | None => Err(ProofError::NoEvent { position, head: journal::head_position(pool).await? }),
    }
}

async fn events_of(pool: &PgPool, wallet: &WalletId, up_to: u64) -> Result<Vec<ProvedEvent>, ProofError> {
    let events = journal::stream_up_to(pool, Wallet::TYPE, wallet.as_str(), up_to).await?;
    Ok(events.into_iter().map(ProvedEvent::from).collect())
}
