use super::*;
use crate::text::InvalidText;

/// Codes that companies print on their own web pages, and the example in the standard.
const REAL: [&str; 5] = [
    "91350100M000100Y43",
    "914403001922038216",
    "9144030071526726XG",
    "91330100799655058B",
    "91110000802100433B",
];

#[test]
fn a_tax_number_has_the_check_character_of_the_standard() {
    for real in REAL {
        assert_eq!(real.parse::<TaxNumber>().unwrap().as_str(), real);
    }
}

#[test]
fn one_wrong_character_in_a_tax_number_is_seen() {
    for real in REAL {
        for at in (0..2).chain(8..18) {
            let mut wrong = real.as_bytes().to_vec();
            wrong[at] = if wrong[at] == b'1' { b'2' } else { b'1' };
            let wrong = String::from_utf8(wrong).unwrap();
            assert_eq!(wrong.parse::<TaxNumber>(), Err(InvalidText::WrongCheckDigit), "{wrong}");
        }
    }
    for swapped in ["914403001922032816", "91330100799655085B"] {
        assert_eq!(swapped.parse::<TaxNumber>(), Err(InvalidText::WrongCheckDigit), "{swapped}");
    }
}

#[test]
fn a_tax_number_has_one_spelling() {
    for odd in
        ["", "9144030071526726xg", "914403O0192203821", "91440300192203821I", "9144 0300 1922 0382", "税"]
    {
        assert!(matches!(odd.parse::<TaxNumber>(), Err(InvalidText::Malformed { .. })), "{odd}");
    }
    assert_eq!(" 914403001922038216 ".parse::<TaxNumber>().unwrap().as_str(), "914403001922038216");
}

#[test]
fn a_payment_term_is_up_to_a_year() {
    assert_eq!("30".parse::<PaymentTermDays>().unwrap().get(), 30);
    assert_eq!(PaymentTermDays::try_from(0).unwrap().get(), 0);
    for odd in ["", "-1", "+1", "1.5", "366", "70000"] {
        assert!(odd.parse::<PaymentTermDays>().is_err(), "{odd}");
    }
    assert!(serde_json::from_str::<PaymentTermDays>("366").is_err());
}

#[test]
fn modes_and_cycles_have_one_spelling_everywhere() {
    for mode in SettlementMode::ALL {
        assert_eq!(serde_json::to_string(&mode).unwrap(), format!("\"{mode}\""));
        assert_eq!(mode.as_str().parse(), Ok(mode));
    }
    for cycle in BillingCycle::ALL {
        assert_eq!(serde_json::to_string(&cycle).unwrap(), format!("\"{cycle}\""));
        assert_eq!(cycle.as_str().parse(), Ok(cycle));
    }
    assert!("Prepaid".parse::<SettlementMode>().is_err() && "weekly".parse::<BillingCycle>().is_err());
}

#[test]
fn tags_and_ids_are_never_an_empty_list() {
    assert!(serde_json::from_str::<Tags>("[]").is_err());
    assert!(serde_json::from_str::<ExternalIds>("{}").is_err());
    let tags: Tags = serde_json::from_str(r#"["vip","north","vip"]"#).unwrap();
    assert_eq!(serde_json::to_string(&tags).unwrap(), r#"["north","vip"]"#);
    let many: Vec<String> = (0..51).map(|number| number.to_string()).collect();
    assert!(serde_json::from_value::<Tags>(serde_json::to_value(many).unwrap()).is_err());
}

#[test]
fn what_is_sealed_is_base64_and_nothing_a_person_would_type() {
    assert!("kNQ2+/a=".parse::<Sealed>().is_ok());
    for clear in ["", "王小明", "138 0013 8000", "w@x.com"] {
        assert!(clear.parse::<Sealed>().is_err(), "{clear}");
    }
}

#[test]
fn codes_that_look_the_same_have_the_same_key() {
    let key = |code: &str| code.parse::<CustomerCode>().unwrap().claim_key();
    assert_eq!(key("kh-001"), key("ＫＨ-００１"));
    assert_ne!(key("KH-001"), key("KH-002"));
}
