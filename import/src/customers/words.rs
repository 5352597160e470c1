//! What people write for the words the book has of its own.

/// (written, kept), compared without case.
type Words = &'static [(&'static str, &'static str)];

const SETTLEMENT_MODES: Words = &[
    ("预付", "prepaid"),
    ("预付费", "prepaid"),
    ("预存", "prepaid"),
    ("后付", "postpaid"),
    ("后付费", "postpaid"),
    ("月结", "postpaid"),
    ("套餐", "package"),
    ("包年包月", "package"),
];

const BILLING_CYCLES: Words =
    &[("月", "monthly"), ("按月", "monthly"), ("每月", "monthly"), ("月度", "monthly")];

pub(super) fn settlement_mode(written: &str) -> String {
    kept(SETTLEMENT_MODES, written)
}

pub(super) fn billing_cycle(written: &str) -> String {
    kept(BILLING_CYCLES, written)
}

/// `true` or `false`, or what people write for them.
pub(super) fn yes_or_no(written: &str) -> Result<bool, String> {
    match written.to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "是" | "真" => Ok(true),
        "false" | "no" | "n" | "0" | "否" | "假" => Ok(false),
        other => Err(format!("{other:?} must be true or false")),
    }
}

fn kept(words: Words, written: &str) -> String {
    let known = words.iter().find(|(word, _)| *word == written);
    known.map_or_else(|| written.to_lowercase(), |(_, kept)| (*kept).to_owned())
}

/// A number of days: `30`, `30天`, `30 days`, `net 30`.
pub(super) fn days(written: &str) -> String {
    let lower = written.to_lowercase();
    let bare = lower.trim().trim_end_matches('天').trim_end_matches('日');
    let bare = bare.trim_end_matches("days").trim_end_matches("day").trim_start_matches("net");
    bare.trim().to_owned()
}

/// The parts of a cell that holds several.
pub(super) fn parts(written: &str) -> impl Iterator<Item = &str> {
    written.split([';', '；', ',', '，', '、', '|']).map(str::trim).filter(|part| !part.is_empty())
}
