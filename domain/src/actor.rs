//! Who did something: a person, an API key or the command line.
//!
//! Owns the spelling only. Must never decide what an actor may do; that is the door's business.

use smol_str::SmolStr;

use crate::text::{self, InvalidText, shown_as_written, text_type};

text_type!(
    /// `kind:name`, such as `user:admin`, `key:erp` or `cli:root`; at most 200 characters.
    Actor,
    check
);
shown_as_written!(Actor);

fn check(text: SmolStr) -> Result<SmolStr, InvalidText> {
    let text = text::line(text, 200)?;
    match text.split_once(':') {
        Some((kind, name))
            if !kind.is_empty()
                && kind.bytes().all(|byte| byte.is_ascii_lowercase())
                && !name.is_empty()
                && name.trim().len() == name.len() =>
        {
            Ok(text)
        }
        Some(_) | None => Err(InvalidText::Malformed { expected: "user:admin" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_has_a_kind_and_a_name() {
        for good in ["user:admin", "key:erp", "cli:root", "user:李雷", "key:a:b"] {
            assert_eq!(good.parse::<Actor>().unwrap().as_str(), good);
        }
        for bad in ["admin", ":admin", "user:", "User:admin", "user: admin", "us er:admin"] {
            assert_eq!(bad.parse::<Actor>(), Err(InvalidText::Malformed { expected: "user:admin" }), "{bad}");
        }
        assert_eq!("".parse::<Actor>(), Err(InvalidText::Empty));
        assert_eq!("user:a\u{7}b".parse::<Actor>(), Err(InvalidText::ControlCharacter));
        assert_eq!(
            format!("user:{}", "x".repeat(196)).parse::<Actor>(),
            Err(InvalidText::TooLong { max: 200 })
        );
    }
}
