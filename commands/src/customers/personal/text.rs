//! A personal field as a person typed it, and how it is masked.

use std::fmt;

use tallybook_domain::InvalidText;
use tallybook_domain::customers::PersonalField;
use zeroize::Zeroizing;

/// A personal field in the clear: trimmed, bounded, in memory only. It shows itself to nobody by accident, and is
/// overwritten when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonalText(Zeroizing<String>);

impl PersonalText {
    /// Checks what the field allows: a phone number has digits, an e-mail address an `@`, an account number no words.
    pub fn new(field: PersonalField, text: &str) -> Result<Self, InvalidText> {
        let text = text.trim();
        let max = longest(field);
        if text.is_empty() {
            return Err(InvalidText::Empty);
        }
        if text.chars().count() > max {
            return Err(InvalidText::TooLong { max });
        }
        if text.chars().any(char::is_control) {
            return Err(InvalidText::ControlCharacter);
        }
        let fits = match field {
            PersonalField::ContactPerson | PersonalField::Address => true,
            PersonalField::Phone => is_phone(text),
            PersonalField::Email => is_email(text),
            PersonalField::BankAccount => is_account(text),
        };
        if fits {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(InvalidText::Malformed { expected: example(field) })
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonalText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalText(…)")
    }
}

fn longest(field: PersonalField) -> usize {
    match field {
        PersonalField::ContactPerson => 100,
        PersonalField::Phone => 40,
        PersonalField::Email => 254,
        PersonalField::Address => 500,
        PersonalField::BankAccount => 60,
    }
}

fn example(field: PersonalField) -> &'static str {
    match field {
        PersonalField::ContactPerson => "a name",
        PersonalField::Phone => "138 0013 8000",
        PersonalField::Email => "name@example.com",
        PersonalField::Address => "an address",
        PersonalField::BankAccount => "6222 0210 0111 6245 702",
    }
}

/// Digits with what people put between them, perhaps an extension.
fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits >= 5 && text.chars().all(|c| c.is_ascii_digit() || "+-() ./,#*x转".contains(c))
}

fn is_email(text: &str) -> bool {
    let whole = !text.chars().any(char::is_whitespace);
    whole && text.rsplit_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

fn is_account(text: &str) -> bool {
    let signs = text.chars().filter(char::is_ascii_alphanumeric).count();
    signs >= 4 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ' || c == '-')
}

/// The text as those see it who may not see it: enough to recognise it, not to use it.
///
/// `138****1234`, `王*`, `z***@x.com`, the first six characters of an address, the last four of an account.
pub(super) fn mask(field: PersonalField, text: &str) -> String {
    let first = |count: usize| text.chars().take(count).collect::<String>();
    let last =
        |count: usize| text.chars().skip(text.chars().count().saturating_sub(count)).collect::<String>();
    match field {
        PersonalField::ContactPerson => format!("{}*", first(1)),
        PersonalField::Phone if text.chars().count() >= 11 => format!("{}****{}", first(3), last(4)),
        PersonalField::Phone => format!("****{}", last(2)),
        PersonalField::Email => {
            let host = text.rsplit_once('@').map_or("", |(_, host)| host);
            format!("{}***@{host}", first(1))
        }
        PersonalField::Address if text.chars().count() >= 12 => format!("{}****", first(6)),
        PersonalField::Address => "****".into(),
        PersonalField::BankAccount if text.chars().count() >= 8 => format!("****{}", last(4)),
        PersonalField::BankAccount => "****".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_shows_enough_to_recognise_and_no_more() {
        for (field, text, masked) in [
            (PersonalField::Phone, "13800131234", "138****1234"),
            (PersonalField::Phone, "6234567", "****67"),
            (PersonalField::ContactPerson, "王小明", "王*"),
            (PersonalField::Email, "zhang.wei@x.com", "z***@x.com"),
            (PersonalField::Address, "上海市闵行区虹梅路1535号1幢", "上海市闵行区****"),
            (PersonalField::Address, "虹梅路1535号", "****"),
            (PersonalField::BankAccount, "6222021001116245702", "****5702"),
            (PersonalField::BankAccount, "12345", "****"),
        ] {
            assert_eq!(mask(field, text), masked);
        }
    }

    #[test]
    fn a_field_takes_what_it_is_for() {
        for (field, text) in [
            (PersonalField::Phone, "+86 (21) 6432-1000 转 12"),
            (PersonalField::Email, "zhang.wei@example.com"),
            (PersonalField::BankAccount, "DE89 3704 0044 0532 0130 00"),
            (PersonalField::ContactPerson, " 王小明 "),
            (PersonalField::Address, "上海市"),
        ] {
            assert_eq!(PersonalText::new(field, text).unwrap().as_str(), text.trim());
        }
        for (field, text) in [
            (PersonalField::Phone, "call me"),
            (PersonalField::Phone, "12"),
            (PersonalField::Email, "zhang.wei"),
            (PersonalField::Email, "zhang wei@x.com"),
            (PersonalField::BankAccount, "招商银行"),
            (PersonalField::ContactPerson, " "),
            (PersonalField::Address, "a\nb"),
        ] {
            assert!(PersonalText::new(field, text).is_err(), "{text}");
        }
        let long = "a".repeat(101);
        assert_eq!(
            PersonalText::new(PersonalField::ContactPerson, &long),
            Err(InvalidText::TooLong { max: 100 })
        );
    }

    #[test]
    fn a_personal_text_does_not_show_itself() {
        let text = PersonalText::new(PersonalField::Phone, "13800131234").unwrap();
        assert_eq!(format!("{text:?}"), "PersonalText(…)");
    }
}
