//! The form a notification comes as: its fields as bytes, which are signed, and as texts, which are read.
//!
//! Bytes become text by the `charset` the form names. They are never turned back: the signature is over what came.
//! The signed text does not say where a value ends: `a=1&b=2` can be two fields, or one with the value `1&b=2`. So a
//! field is read only if the signed text can be meant in no other way.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDateTime, Utc};
use encoding_rs::{Encoding, UTF_8};
use percent_encoding::percent_decode;

use crate::refusal::NotificationRefusal;

/// Alipay's times have no offset; they are those of Shanghai.
const SHANGHAI: FixedOffset = FixedOffset::east_opt(8 * 3600).expect("eight hours are less than a day");

pub(super) struct Form {
    fields: BTreeMap<Vec<u8>, Vec<u8>>,
    /// All fields but the signature's own, by name, decoded, each as `&name=value`.
    signed: Vec<u8>,
    encoding: &'static Encoding,
}

impl Form {
    /// Refuses a form that has a field twice: which of them is meant would be anyone's guess.
    pub(super) fn parse(body: &[u8]) -> Result<Self, NotificationRefusal> {
        let mut fields = BTreeMap::new();
        for field in body.split(|byte| *byte == b'&').filter(|field| !field.is_empty()) {
            let end = field.iter().position(|byte| *byte == b'=').unwrap_or(field.len());
            let value = field.get(end + 1..).unwrap_or(b"");
            if fields.insert(decoded(&field[..end]), decoded(value)).is_some() {
                return Err(Self::wrong("the form"));
            }
        }
        let signed = fields.iter().filter(|(name, _)| !matches!(name.as_slice(), b"sign" | b"sign_type"));
        let signed = signed.flat_map(|(name, value)| [b"&", name.as_slice(), b"=", value]).flatten();
        let signed = signed.copied().collect();
        let form = Self { fields, signed, encoding: UTF_8 };
        let Some(charset) = form.text("charset")? else { return Ok(form) };
        let encoding = Encoding::for_label(charset.as_bytes()).ok_or(Self::wrong("charset"))?;
        Ok(Self { encoding, ..form })
    }

    /// What is signed: `name=value`, joined with `&`.
    pub(super) fn signed_text(&self) -> &[u8] {
        self.signed.strip_prefix(b"&").unwrap_or(&self.signed)
    }

    /// A field's text; `None` if it is missing or empty.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<String>, NotificationRefusal> {
        let written = [b"&", name.as_bytes(), b"="].concat();
        let times = self.signed.windows(written.len()).filter(|part| *part == written).count();
        if times != usize::from(self.fields.contains_key(name.as_bytes())) {
            return Err(Self::wrong(name));
        }
        let text = self.beside(name)?;
        // It would make two readings of the signed text: this value, or the beginning of it and another field.
        if text.as_ref().is_some_and(|text| text.contains('&')) {
            return Err(Self::wrong(name));
        }
        Ok(text)
    }

    /// The text of a field that stands beside what is signed: `sign` or `sign_type`.
    pub(super) fn beside(&self, name: &'static str) -> Result<Option<String>, NotificationRefusal> {
        let Some(bytes) = self.fields.get(name.as_bytes()).filter(|bytes| !bytes.is_empty()) else {
            return Ok(None);
        };
        let text = self.encoding.decode_without_bom_handling_and_without_replacement(bytes);
        text.map(|text| Some(text.into_owned())).ok_or(Self::wrong(name))
    }

    pub(super) fn required(&self, name: &'static str) -> Result<String, NotificationRefusal> {
        self.text(name)?.ok_or(Self::wrong(name))
    }

    /// A time, written `2015-04-28 15:45:57`, with or without milliseconds.
    pub(super) fn moment(&self, name: &'static str) -> Result<Option<DateTime<Utc>>, NotificationRefusal> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let local = NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S%.f");
        let moment = local.ok().and_then(|local| local.and_local_timezone(SHANGHAI).single());
        moment.map(|moment| Some(moment.to_utc())).ok_or(Self::wrong(name))
    }

    pub(super) fn wrong(what: &'static str) -> NotificationRefusal {
        NotificationRefusal::Malformed { what }
    }
}

fn decoded(encoded: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = encoded.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The order of fields, what is left out and how values are decoded, as the documentation shows them.
    #[test]
    fn what_is_signed_is_sorted_decoded_and_without_the_signature() {
        let form =
            Form::parse(b"total_amount=2.00&sign=x%2By&body=&subject=a+b%26c%3D%2B&sign_type=RSA2").unwrap();
        assert_eq!(
            std::str::from_utf8(form.signed_text()).unwrap(),
            "body=&subject=a b&c=+&total_amount=2.00"
        );
        assert_eq!(form.beside("sign").unwrap().as_deref(), Some("x+y"));
        assert_eq!((form.text("body").unwrap(), form.text("nothing").unwrap()), (None, None));
    }

    #[test]
    fn a_text_is_read_in_the_charset_the_form_names() {
        let gbk = Form::parse(b"charset=GBK&subject=%BA%C3").unwrap();
        assert_eq!(gbk.required("subject").unwrap(), "好");
        assert_eq!(gbk.signed_text(), b"charset=GBK&subject=\xBA\xC3");
        let utf_8 = Form::parse(b"subject=%BA%C3").unwrap();
        assert_eq!(utf_8.required("subject"), Err(NotificationRefusal::Malformed { what: "subject" }));
        assert!(Form::parse(b"charset=klingon").is_err());
    }

    #[test]
    fn a_field_that_is_there_twice_is_refused() {
        let twice = Form::parse(b"out_trade_no=1&out%5Ftrade_no=2");
        assert_eq!(twice.err(), Some(NotificationRefusal::Malformed { what: "the form" }));
    }

    /// All of these are signed as `a=1&b=2&c=3`.
    #[test]
    fn a_field_is_read_only_where_the_signed_text_means_nothing_else() {
        let number = |form: &[u8], name| Form::parse(form).unwrap().text(name);
        let wrong = |what| Err(NotificationRefusal::Malformed { what });
        assert_eq!(number(b"a=1&b=2&c=3", "b"), Ok(Some("2".to_owned())));
        assert_eq!(number(b"a=1%26b=2&c=3", "b"), wrong("b"));
        assert_eq!(number(b"a=1&b%3D2%26c=3", "b"), wrong("b"));
        assert_eq!(number(b"a=1&b=2%26c=3", "c"), wrong("c"));
        assert_eq!(number(b"a=1%26b=2%26c=3", "a"), wrong("a"));
    }

    #[test]
    fn times_are_those_of_shanghai() {
        let form = Form::parse(b"a=2015-04-28+15%3A45%3A57&b=2015-04-28 15:45:57.320&c=2015-04-28T15:45:57Z")
            .unwrap();
        let at = |text: &str| Some(text.parse::<DateTime<Utc>>().unwrap());
        assert_eq!(form.moment("a").unwrap(), at("2015-04-28T07:45:57Z"));
        assert_eq!(form.moment("b").unwrap(), at("2015-04-28T07:45:57.320Z"));
        assert_eq!(form.moment("c"), Err(NotificationRefusal::Malformed { what: "c" }));
    }
}
