//! Renminbi in Chinese capitals.
//!
//! Source: 中国人民银行《支付结算办法》(银发〔1997〕393号) 附件一《正确填写票据和结算凭证的基本规定》, sections 1 to 4. Where
//! it leaves a choice, the form it names first is written: nothing after 角, no 零 for a zero that only ends a group of
//! four digits, and 零 after 元 where the last digit of the yuan or the 角 is zero.

const DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];
/// The places of a group of four digits, from its first.
const PLACES: [(u128, &str); 4] = [(1000, "仟"), (100, "佰"), (10, "拾"), (1, "")];
/// The groups of four digits of the yuan, from the first.
const GROUPS: [(u128, Group); 4] =
    [(1_0000_0000_0000, Group::WanYi), (1_0000_0000, Group::Yi), (1_0000, Group::Wan), (1, Group::Yuan)];

#[derive(Clone, Copy)]
enum Group {
    WanYi,
    Yi,
    Wan,
    Yuan,
}

/// So many fen, without a sign and without 人民币. At most 10^17 fen, the bound of money.
pub(super) fn renminbi(fen: u128) -> String {
    let (yuan, jiao, fen) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut words = if yuan == 0 { String::new() } else { whole(yuan) + "元" };
    match (jiao, fen) {
        (0, 0) if yuan == 0 => return "零元整".to_owned(),
        (0, 0) => return words + "整",
        (_, _) => {}
    }
    if yuan > 0 && (jiao == 0 || yuan.is_multiple_of(10)) {
        words += "零";
    }
    for (digit, place) in [(jiao, "角"), (fen, "分")] {
        if digit > 0 {
            words += capital(digit);
            words += place;
        }
    }
    words
}

/// Whole yuan, of which there is at least one.
fn whole(yuan: u128) -> String {
    let mut words = String::new();
    // A zero is written when a digit follows it.
    let mut zero = false;
    for (unit, group) in GROUPS {
        let digits = yuan / unit % 1_0000;
        for (place, name) in PLACES {
            let digit = digits / place % 10;
            if digit == 0 {
                zero = true;
                continue;
            }
            if zero && !words.is_empty() {
                words += "零";
            }
            zero = false;
            words += capital(digit);
            words += name;
        }
        if digits > 0 {
            zero = false;
        }
        words += match group {
            Group::WanYi | Group::Wan if digits > 0 => "万",
            // 万 of 万亿 has been written already.
            Group::Yi if yuan >= unit => "亿",
            Group::WanYi | Group::Wan | Group::Yi | Group::Yuan => "",
        };
    }
    words
}

fn capital(digit: u128) -> &'static str {
    // Every digit of a decimal number is below ten.
    usize::try_from(digit).ok().and_then(|digit| DIGITS.get(digit)).copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::money::{Currency, Money};

    fn words(amount: &str) -> String {
        Money::parse(amount, Currency::CNY).unwrap().in_chinese_words().unwrap()
    }

    /// The examples of the rule itself, section 4.
    #[test]
    fn the_examples_of_the_rule() {
        assert_eq!(words("1409.50"), "人民币壹仟肆佰零玖元伍角");
        assert_eq!(words("6007.14"), "人民币陆仟零柒元壹角肆分");
        assert_eq!(words("1680.32"), "人民币壹仟陆佰捌拾元零叁角贰分");
        assert_eq!(words("107000.53"), "人民币壹拾万柒仟元零伍角叁分");
        assert_eq!(words("16409.02"), "人民币壹万陆仟肆佰零玖元零贰分");
        assert_eq!(words("325.04"), "人民币叁佰贰拾伍元零肆分");
    }

    #[test]
    fn whole_yuan_end_with_zheng() {
        assert_eq!(words("0"), "人民币零元整");
        assert_eq!(words("1"), "人民币壹元整");
        assert_eq!(words("10"), "人民币壹拾元整");
        assert_eq!(words("11"), "人民币壹拾壹元整");
        assert_eq!(words("20"), "人民币贰拾元整");
        assert_eq!(words("100"), "人民币壹佰元整");
        assert_eq!(words("105"), "人民币壹佰零伍元整");
        assert_eq!(words("110"), "人民币壹佰壹拾元整");
        assert_eq!(words("9876"), "人民币玖仟捌佰柒拾陆元整");
    }

    #[test]
    fn jiao_and_fen() {
        assert_eq!(words("0.01"), "人民币壹分");
        assert_eq!(words("0.10"), "人民币壹角");
        assert_eq!(words("0.53"), "人民币伍角叁分");
        assert_eq!(words("1.05"), "人民币壹元零伍分");
        assert_eq!(words("1.50"), "人民币壹元伍角");
        assert_eq!(words("10.05"), "人民币壹拾元零伍分");
        assert_eq!(words("10.50"), "人民币壹拾元零伍角");
        assert_eq!(words("12.34"), "人民币壹拾贰元叁角肆分");
    }

    #[test]
    fn zeros_inside_are_written_once() {
        assert_eq!(words("1001"), "人民币壹仟零壹元整");
        assert_eq!(words("1010"), "人民币壹仟零壹拾元整");
        assert_eq!(words("10000"), "人民币壹万元整");
        assert_eq!(words("10001"), "人民币壹万零壹元整");
        assert_eq!(words("10010"), "人民币壹万零壹拾元整");
        assert_eq!(words("11000"), "人民币壹万壹仟元整");
        assert_eq!(words("100100"), "人民币壹拾万零壹佰元整");
        assert_eq!(words("105000"), "人民币壹拾万伍仟元整");
        assert_eq!(words("1000005"), "人民币壹佰万零伍元整");
        assert_eq!(words("20500300"), "人民币贰仟零伍拾万零叁佰元整");
        assert_eq!(words("10203040.05"), "人民币壹仟零贰拾万叁仟零肆拾元零伍分");
    }

    #[test]
    fn up_to_the_bound_of_money() {
        assert_eq!(words("100000000"), "人民币壹亿元整");
        assert_eq!(words("100000001"), "人民币壹亿零壹元整");
        assert_eq!(words("100005000"), "人民币壹亿零伍仟元整");
        assert_eq!(words("110000000"), "人民币壹亿壹仟万元整");
        assert_eq!(words("101000000"), "人民币壹亿零壹佰万元整");
        assert_eq!(words("1000000000"), "人民币壹拾亿元整");
        assert_eq!(words("123456789012.34"), "人民币壹仟贰佰叁拾肆亿伍仟陆佰柒拾捌万玖仟零壹拾贰元叁角肆分");
        assert_eq!(words("1000000000000"), "人民币壹万亿元整");
        assert_eq!(words("1000000000001"), "人民币壹万亿零壹元整");
        assert_eq!(words("1000500000000"), "人民币壹万零伍亿元整");
        assert_eq!(words("1500000000000"), "人民币壹万伍仟亿元整");
        assert_eq!(
            words("999999999999999.99"),
            "人民币玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"
        );
        assert_eq!(words("1000000000000000"), "人民币壹仟万亿元整");
    }

    #[test]
    fn less_than_nothing_is_said() {
        assert_eq!(words("-1680.32"), "人民币负壹仟陆佰捌拾元零叁角贰分");
        assert_eq!(words("-0.05"), "人民币负伍分");
    }

    #[test]
    fn other_currencies_have_no_capitals() {
        let dollars = Money::parse("1.00", Currency::parse("USD").unwrap()).unwrap();
        assert_eq!(dollars.in_chinese_words(), None);
    }

    /// Reads words back, by what the characters mean and not by how they were written.
    fn read(words: &str) -> u128 {
        let (mut fen, mut yi, mut section, mut digit) = (0_u128, 0_u128, 0_u128, 0_u128);
        for character in words.trim_start_matches("人民币").chars() {
            match character {
                '零' | '整' => {}
                '拾' => (section, digit) = (section + digit * 10, 0),
                '佰' => (section, digit) = (section + digit * 100, 0),
                '仟' => (section, digit) = (section + digit * 1000, 0),
                '万' => (yi, section, digit) = (yi + (section + digit) * 1_0000, 0, 0),
                '亿' => (yi, section, digit) = ((yi + section + digit) * 1_0000_0000, 0, 0),
                '元' => (fen, yi, section, digit) = ((yi + section + digit) * 100, 0, 0, 0),
                '角' => (fen, digit) = (fen + digit * 10, 0),
                '分' => (fen, digit) = (fen + digit, 0),
                capital => {
                    let at = super::DIGITS.iter().position(|known| known.starts_with(capital)).unwrap();
                    digit = at as u128;
                }
            }
        }
        fen
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(digits in 0..=17_u32, number in 0..=100_000_000_000_000_000_u128) {
            let fen = number % 10_u128.pow(digits).max(1);
            let written = super::renminbi(fen);
            prop_assert_eq!(read(&written), fen, "{}", written);
            prop_assert!(!written.contains("零零"), "{}", written);
            prop_assert!(!written.ends_with('零'), "{}", written);
        }
    }
}
