//! Proofs about the journal's Merkle tree: that an event is in it, and that an earlier tree is the beginning of a
//! later one (RFC 9162, sections 2.1.3 and 2.1.4).
//!
//! Owns which nodes a proof consists of, finding them in one pass over the stored leaf hashes, and checking. Must
//! never hold all leaves, and must never need the database to check.

mod check;
mod document;
mod event;
mod harvest;
mod make;
mod spans;
mod statement;
#[cfg(test)]
mod tests;
mod tree;

pub use check::{BadProof, check_consistency, check_inclusion};
pub use document::{BadFile, ConsistencyProof, HexHash, InclusionProof, NotProved, Proof, Proved};
pub use event::ProvedEvent;
pub use harvest::Nodes;
pub use make::{ProofError, prove_consistency, prove_event, prove_statement};
pub use spans::{InvalidSpan, Span, consistency_spans, inclusion_spans};
pub use statement::{BadStatement, Line, ProvedStatement, Statement, StatementProof};
pub use tree::{Tree, TreeError, pick};
