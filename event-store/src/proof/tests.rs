//! Every proof of every small tree, against the definitions of RFC 9162 word for word.

use proptest::prelude::*;

use super::harvest::Harvest;
use super::spans::{Span, consistency_spans, inclusion_spans};
use super::{BadProof, check_consistency, check_inclusion};
use crate::merkle::{CompactRange, Hash, node_hash};

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|number| [u8::try_from(number % 251).unwrap(); 32]).collect()
}

fn split(leaves: &[Hash]) -> usize {
    leaves.len().next_power_of_two() / 2
}

/// MTH, section 2.1.1.
fn tree(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => CompactRange::default().root(),
        [leaf] => *leaf,
        _ => node_hash(&tree(&leaves[..split(leaves)]), &tree(&leaves[split(leaves)..])),
    }
}

/// PATH, section 2.1.3.1.
fn path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves));
    if index < left.len() {
        [path(index, left), vec![tree(right)]].concat()
    } else {
        [path(index - left.len(), right), vec![tree(left)]].concat()
    }
}

/// SUBPROOF, section 2.1.4.1.
fn subproof(older: usize, leaves: &[Hash], known: bool) -> Vec<Hash> {
    if older == leaves.len() {
        return if known { Vec::new() } else { vec![tree(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves));
    if older <= left.len() {
        [subproof(older, left, known), vec![tree(right)]].concat()
    } else {
        [subproof(older - left.len(), right, false), vec![tree(left)]].concat()
    }
}

/// The hashes of nodes, picked while the leaves go by.
fn picked(leaves: &[Hash], spans: &[Span]) -> Vec<Hash> {
    let mut harvest = Harvest::of(spans.iter().copied());
    leaves.iter().for_each(|leaf| harvest.append(*leaf));
    let (nodes, root) = harvest.finish();
    assert_eq!(root.unwrap_or_else(|| CompactRange::default().root()), tree(leaves));
    spans.iter().map(|span| nodes[span]).collect()
}

#[test]
fn every_leaf_of_every_small_tree_is_proved_as_the_definition_says() {
    for size in 1..=70_u64 {
        let leaves = leaves(size);
        let root = tree(&leaves);
        for index in 0..size {
            let proof = picked(&leaves, &inclusion_spans(index, size));
            let at = usize::try_from(index).unwrap();
            assert_eq!(proof, path(at, &leaves), "{index} of {size}");
            check_inclusion(&leaves[at], (index, size), &proof, &root).unwrap();
        }
    }
}

#[test]
fn every_beginning_of_every_small_tree_is_proved_as_the_definition_says() {
    for newer in 1..=70_u64 {
        let leaves = leaves(newer);
        let root = tree(&leaves);
        for older in 1..newer {
            let beginning = &leaves[..usize::try_from(older).unwrap()];
            let proof = picked(&leaves, &consistency_spans(older, newer));
            assert_eq!(proof, subproof(beginning.len(), &leaves, true), "{older} of {newer}");
            check_consistency((older, &tree(beginning)), (newer, &root), &proof).unwrap();
        }
    }
}

#[test]
fn the_trees_drawn_in_the_rfc_have_the_proofs_it_lists() {
    let spans = |texts: &[&str]| -> Vec<Span> { texts.iter().map(|text| text.parse().unwrap()).collect() };
    // Section 2.1.5: leaves d0 to d6; k is the node over d4 and d5, and so on.
    assert_eq!(inclusion_spans(0, 7), spans(&["2", "3-4", "5-7"]));
    assert_eq!(inclusion_spans(3, 7), spans(&["3", "1-2", "5-7"]));
    assert_eq!(inclusion_spans(4, 7), spans(&["6", "7", "1-4"]));
    assert_eq!(inclusion_spans(6, 7), spans(&["5-6", "1-4"]));
    assert_eq!(consistency_spans(3, 7), spans(&["3", "4", "1-2", "5-7"]));
    assert_eq!(consistency_spans(4, 7), spans(&["5-7"]));
    assert_eq!(consistency_spans(6, 7), spans(&["5-6", "7", "1-4"]));
    for text in ["", "0", "3-2", "1-", "a", "-1"] {
        assert!(text.parse::<Span>().is_err(), "{text:?}");
    }
}

#[test]
fn there_is_nothing_to_prove_of_the_same_tree_and_of_none() {
    let (one, other) = ([1; 32], [2; 32]);
    assert_eq!(check_consistency((3, &one), (3, &one), &[]), Ok(()));
    assert_eq!(check_consistency((0, &one), (3, &other), &[]), Ok(()));
    assert_eq!(check_consistency((3, &one), (3, &other), &[]), Err(BadProof::AnotherRoot));
    assert_eq!(check_consistency((3, &one), (3, &one), &[one]), Err(BadProof::WrongLength));
    assert_eq!(
        check_consistency((4, &one), (3, &one), &[]),
        Err(BadProof::NotABeginning { older: 4, newer: 3 })
    );
    assert_eq!(check_inclusion(&one, (3, 3), &[], &one), Err(BadProof::OutsideTheTree { index: 3, size: 3 }));
}

#[test]
fn subtrees_may_come_whole_where_nothing_below_is_wanted() {
    let leaves = leaves(70);
    let wanted = inclusion_spans(20, 70);
    let mut harvest = Harvest::of(wanted.iter().copied());
    for (block, start) in leaves.chunks(16).zip((0..).step_by(16)) {
        // The last block is not full, so its node is wanted as it is.
        let one_by_one = harvest.wants_below(16);
        assert_eq!(one_by_one, start == 16 || start == 64, "{start}");
        if !one_by_one {
            harvest.append_perfect(16, tree(block));
        } else {
            block.iter().for_each(|leaf| harvest.append(*leaf));
        }
    }
    let (nodes, root) = harvest.finish();
    let proof: Vec<Hash> = wanted.iter().map(|span| nodes[span]).collect();
    assert_eq!((proof, root), (path(20, &leaves), Some(tree(&leaves))));
}

proptest! {
    /// A proof with any hash changed, missing or added, or for another place, proves nothing.
    #[test]
    fn a_proof_that_was_touched_is_refused(
        size in 2..200_u64, index in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(),
    ) {
        let index = u64::try_from(index.index(usize::try_from(size).unwrap())).unwrap();
        let leaves = leaves(size);
        let (root, leaf) = (tree(&leaves), leaves[usize::try_from(index).unwrap()]);
        let proof = picked(&leaves, &inclusion_spans(index, size));
        let check = |proof: &[Hash]| check_inclusion(&leaf, (index, size), proof, &root);
        prop_assert_eq!(check(&proof), Ok(()));
        let at = at.index(proof.len());
        let mut touched = proof.clone();
        touched[at][7] ^= 1;
        prop_assert_eq!(check(&touched), Err(BadProof::AnotherRoot));
        let mut shorter = proof.clone();
        shorter.remove(at);
        prop_assert!(check(&shorter).is_err());
        let mut longer = proof.clone();
        longer.insert(at, root);
        prop_assert!(check(&longer).is_err());
        prop_assert!(check_inclusion(&[255; 32], (index, size), &proof, &root).is_err());
    }

    #[test]
    fn a_consistency_proof_that_was_touched_is_refused(
        newer in 2..200_u64, older in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(),
    ) {
        let older = 1 + u64::try_from(older.index(usize::try_from(newer - 1).unwrap())).unwrap();
        let leaves = leaves(newer);
        let (root, beginning) = (tree(&leaves), tree(&leaves[..usize::try_from(older).unwrap()]));
        let proof = picked(&leaves, &consistency_spans(older, newer));
        let check = |proof: &[Hash]| check_consistency((older, &beginning), (newer, &root), proof);
        prop_assert_eq!(check(&proof), Ok(()));
        let at = at.index(proof.len());
        let mut touched = proof.clone();
        touched[at][7] ^= 1;
        prop_assert!(check(&touched).is_err());
        let mut shorter = proof.clone();
        shorter.remove(at);
        prop_assert!(check(&shorter).is_err());
        prop_assert!(check_consistency((older, &root), (newer, &root), &proof).is_err());
    }
}
