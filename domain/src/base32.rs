//! Crockford's base 32, in which ids are written that follow from many bits: no letter that looks like a digit.

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// So many characters for the last bits, five to each, with a letter before them that says what it is.
pub(crate) fn spelled(kind: char, bits: u128, characters: u32) -> smol_str::SmolStr {
    let letter = |place: u32| {
        let five = bits.checked_shr(5 * place).unwrap_or(0) & 31;
        ALPHABET.get(five as usize).map_or('0', |letter| char::from(*letter))
    };
    std::iter::once(kind).chain((0..characters).rev().map(letter)).collect()
}

/// Whether it is such a text.
pub(crate) fn is_spelled(text: &str, kind: char, characters: usize) -> bool {
    text.strip_prefix(kind).is_some_and(|letters| {
        letters.len() == characters && letters.bytes().all(|letter| ALPHABET.contains(&letter))
    })
}
