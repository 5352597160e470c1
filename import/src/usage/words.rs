//! What people write for yes and no.

const YES: [&str; 9] = ["是", "更正", "修正", "y", "yes", "true", "1", "√", "x"];
const NO: [&str; 7] = ["否", "新增", "n", "no", "false", "0", "×"];

pub(super) fn yes_or_no(written: &str) -> Result<bool, String> {
    let lower = written.to_lowercase();
    match (YES.contains(&lower.as_str()), NO.contains(&lower.as_str())) {
        (true, _) => Ok(true),
        (false, true) => Ok(false),
        (false, false) => Err(format!("{written:?} is neither yes nor no (是, 否)")),
    }
}
