//! Numbers as people and machines write them: digits, at most twelve of them after the point, as a JSON string.
//!
//! Owns the one spelling all number types here share. Must never accept what would have to be rounded, nor a JSON
//! number, which most readers turn into a float.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::de::{self, Visitor};

/// The most decimals of quantities, prices and rates.
pub(super) const DECIMALS: u32 = 12;

/// Why a text or number is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDecimal {
    #[error("must be a number written like \"12.5\": digits, and after a point more digits")]
    Malformed,
    #[error("must have at most {decimals} decimals")]
    TooPrecise { decimals: u32 },
    #[error("must lie between {least} and {most}")]
    OutOfRange { least: &'static str, most: &'static str },
}

impl InvalidDecimal {
    /// A stable word for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TooPrecise { .. } => "too_precise",
            Self::OutOfRange { .. } => "out_of_range",
        }
    }
}

/// The digits of a number and how many of them stand after the point, without zeros at its end.
///
/// `None` for the number if it has more than 38 digits.
pub(super) fn read(text: &str, decimals: u32) -> Result<Option<(i128, u32)>, InvalidDecimal> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((_, "")) => return Err(InvalidDecimal::Malformed),
        Some(parts) => parts,
        None => (digits, ""),
    };
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Err(InvalidDecimal::Malformed);
    }
    let fraction = fraction.trim_end_matches('0');
    let scale = match u32::try_from(fraction.len()) {
        Ok(scale) if scale <= decimals => scale,
        Ok(_) | Err(_) => return Err(InvalidDecimal::TooPrecise { decimals }),
    };
    let number = whole
        .bytes()
        .chain(fraction.bytes())
        .try_fold(0_i128, |number, digit| number.checked_mul(10)?.checked_add(i128::from(digit - b'0')));
    Ok(number.map(|number| (if negative { -number } else { number }, scale)))
}

/// Reads a number of 0 to `most`; zeros at its end are dropped, so that each number has one spelling.
pub(super) fn parse(text: &str, most: Decimal, range: InvalidDecimal) -> Result<Decimal, InvalidDecimal> {
    let (digits, scale) = read(text, DECIMALS)?.ok_or(range)?;
    let number = Decimal::try_from_i128_with_scale(digits, scale).map_err(|_| range)?;
    check(number, most, range)
}

/// The same for a number that was not read from a text.
pub(super) fn check(
    number: Decimal,
    most: Decimal,
    range: InvalidDecimal,
) -> Result<Decimal, InvalidDecimal> {
    if number < Decimal::ZERO || number > most {
        return Err(range);
    }
    let number = number.normalize();
    if number.scale() > DECIMALS {
        Err(InvalidDecimal::TooPrecise { decimals: DECIMALS })
    } else {
        Ok(number)
    }
}

/// Reads a JSON string through `FromStr`.
pub(super) struct FromText<T>(pub(super) PhantomData<T>);

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for FromText<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number as a string, such as \"12.5\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// A type that is read and written as a string of digits.
macro_rules! written_as_text {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer
                    .deserialize_str($crate::billing::pricing::decimal::FromText(std::marker::PhantomData))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }
    };
}

/// A number type: 0 to `$most`, at most twelve decimals, kept without zeros at its end.
macro_rules! decimal_type {
    ($(#[$meta:meta])* $name:ident, $most:expr, $shown:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(rust_decimal::Decimal);

        impl $name {
            pub const ZERO: Self = Self(rust_decimal::Decimal::ZERO);

            pub(in crate::billing::pricing) const RANGE: $crate::billing::pricing::InvalidDecimal =
                $crate::billing::pricing::InvalidDecimal::OutOfRange { least: "0", most: $shown };

            /// Refuses a number outside its bounds or with more than twelve decimals.
            pub fn new(number: rust_decimal::Decimal) -> Result<Self, $crate::billing::pricing::InvalidDecimal> {
                $crate::billing::pricing::decimal::check(number, $most, Self::RANGE).map(Self)
            }

            pub fn value(self) -> rust_decimal::Decimal {
                self.0
            }

            pub fn is_zero(self) -> bool {
                self.0.is_zero()
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::billing::pricing::InvalidDecimal;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::billing::pricing::decimal::parse(text, $most, Self::RANGE).map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        $crate::billing::pricing::decimal::written_as_text!($name);
    };
}

pub(super) use {decimal_type, written_as_text};
