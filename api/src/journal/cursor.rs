//! Where a page of the journal begins: after a position, or after a sequence within a stream.

use crate::answer::invalid_cursor;
use crate::problem::Problem;

/// The last position a journal, and the last sequence a stream can have.
pub(super) const LAST: u64 = i64::MAX.unsigned_abs();

/// The number after which the page begins.
pub(super) fn read_cursor(cursor: &str) -> Result<u64, Problem> {
    let digits = cursor.bytes().all(|byte| byte.is_ascii_digit());
    match cursor.parse() {
        Ok(number) if digits && number <= LAST => Ok(number),
        Ok(_) | Err(_) => Err(invalid_cursor("the cursor is not one of this list")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_a_number_the_journal_can_have() {
        for good in ["0", "7", "9223372036854775807"] {
            assert_eq!(read_cursor(good).unwrap().to_string(), good);
        }
        for bad in ["", "-1", "+1", "9223372036854775808", "18446744073709551616", "x"] {
            assert!(read_cursor(bad).is_err(), "{bad}");
        }
    }
}
