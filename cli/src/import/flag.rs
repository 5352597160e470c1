//! The column of some banks that tells money in from money out: 借贷标志.

/// Words for money in as banks write them: 贷 is the bank's credit, which is the account holder's money in.
const IN: [&str; 8] = ["贷", "贷方", "cr", "c", "收入", "存入", "转入", "credit"];
const OUT: [&str; 8] = ["借", "借方", "dr", "d", "支出", "支取", "转出", "debit"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    In,
    Out,
}

/// Which side a flag means. The words given for a side replace the usual ones. A flag is a word of a side as a whole,
/// or by the first of its words (`贷 Cr`).
pub(super) fn side(written: &str, given_in: &[String], given_out: &[String]) -> Result<Side, String> {
    let means = |given: &[String], usual: &[&str]| {
        let is = |word: &str| {
            let word = word.trim().to_lowercase();
            let flag = written.trim().to_lowercase();
            flag == word || flag.split_whitespace().next() == Some(word.as_str())
        };
        if given.is_empty() { usual.iter().any(|word| is(word)) } else { given.iter().any(|word| is(word)) }
    };
    match (means(given_in, &IN), means(given_out, &OUT)) {
        (true, false) => Ok(Side::In),
        (false, true) => Ok(Side::Out),
        (true, true) => Err(format!("flag {written:?}: means both in and out")),
        (false, false) => {
            Err(format!("flag {written:?}: means neither in nor out; say which with --flag-in or --flag-out"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_words_are_understood() {
        for word in ["贷", "贷 Cr", "CR", "收入"] {
            assert_eq!(side(word, &[], &[]), Ok(Side::In), "{word}");
        }
        for word in ["借", "借 Dr", "debit", "支出"] {
            assert_eq!(side(word, &[], &[]), Ok(Side::Out), "{word}");
        }
        assert!(side("", &[], &[]).is_err());
        assert!(side("冻结", &[], &[]).is_err());
    }

    #[test]
    fn given_words_replace_the_usual_ones_of_their_side() {
        let given = ["入".to_owned()];
        assert_eq!(side("入", &given, &[]), Ok(Side::In));
        assert_eq!(side("借", &given, &[]), Ok(Side::Out));
        assert!(side("贷", &given, &[]).is_err());
        // Seen from the account holder's own books, 借 is money in.
        assert_eq!(side("借", &["借".to_owned()], &["贷".to_owned()]), Ok(Side::In));
        assert!(side("借", &["借".to_owned()], &[]).unwrap_err().contains("both"));
    }
}
