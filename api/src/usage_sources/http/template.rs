//! The address of a source, with places for the customer and the month.
//!
//! Its path and parameters may be secrets; only the host is ever told.

use std::fmt;
use std::str::FromStr;

use hyper::Uri;
use tallybook_domain::customers::CustomerCode;
use tallybook_domain::{CustomerId, Month};

pub(super) struct Template {
    text: String,
    host: String,
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Template").field(&self.host).finish()
    }
}

impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let about_customer = text.contains("{customer}") || text.contains("{customer_code}");
        if !about_customer || !text.contains("{month}") {
            return Err("url must have {customer} or {customer_code}, and {month}".to_owned());
        }
        let sample = filled(text, "C00001", "C00001", "2026-10");
        if sample.contains(['{', '}']) {
            return Err("url may have {customer}, {customer_code} and {month} only".to_owned());
        }
        let uri: Uri = sample.parse().map_err(|_| "url is not an address".to_owned())?;
        if has_dots(&uri) {
            return Err("url may not have . or .. in its path".to_owned());
        }
        let host = uri.authority().filter(|_| matches!(uri.scheme_str(), Some("https" | "http")));
        let host = host.ok_or("url must begin with https:// or http:// and a host")?;
        // A name and a password may stand before it.
        let host = host.as_str().rsplit('@').next().unwrap_or_default().to_owned();
        if text.find("{").is_some_and(|place| place < text.find(&host).unwrap_or(usize::MAX)) {
            return Err("url may not have the customer or the month in its host".to_owned());
        }
        Ok(Self { text: text.to_owned(), host })
    }
}

impl Template {
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn fill(
        &self,
        customer: &CustomerId,
        code: Option<&CustomerCode>,
        month: Month,
    ) -> Result<Uri, String> {
        if code.is_none() && self.text.contains("{customer_code}") {
            return Err("the customer has no code".to_owned());
        }
        let code = encoded(code.map_or("", CustomerCode::as_str));
        let filled = filled(&self.text, &encoded(customer.as_str()), &code, &month.to_string());
        let uri = filled.parse().ok().filter(|uri| !has_dots(uri));
        uri.ok_or_else(|| "there is no address for this customer".to_owned())
    }
}

fn filled(text: &str, customer: &str, code: &str, month: &str) -> String {
    // The code last: whatever it contains is not looked at again.
    text.replace("{customer}", customer).replace("{month}", month).replace("{customer_code}", code)
}

/// Whether it names another place than it seems to.
fn has_dots(uri: &Uri) -> bool {
    uri.path().split('/').any(|part| matches!(part, "." | ".."))
}

/// Nothing in it means anything in an address.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(byte.into()),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

/// The next page, which has to be at the same place: secrets are not sent elsewhere.
pub(super) fn follow(from: &Uri, next: &str) -> Result<Uri, String> {
    let wrong = || "the address of the next page is none of the source's own".to_owned();
    let next: Uri = next.parse().map_err(|_| wrong())?;
    if next.authority().is_none() {
        let mut parts = from.clone().into_parts();
        parts.path_and_query = next.path_and_query().cloned();
        return Uri::from_parts(parts).map_err(|_| wrong());
    }
    if next.scheme() == from.scheme() && next.authority() == from.authority() {
        Ok(next)
    } else {
        Err(wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Result<Template, String> {
        text.parse()
    }

    #[test]
    fn customer_code_and_month_find_their_places() {
        let template =
            template("https://u:p@m.example:81/v1/{customer_code}/{customer}?m={month}&k=s3cret").unwrap();
        assert_eq!(template.host(), "m.example:81");
        assert!(!format!("{template:?}").contains("s3cret"));
        let (customer, month) = ("C00042".parse().unwrap(), "2026-10".parse().unwrap());
        let code: CustomerCode = "A/1?{month}".parse().unwrap();
        let uri = template.fill(&customer, Some(&code), month).unwrap().to_string();
        assert!(uri.ends_with("/v1/A%2F1%3F%7Bmonth%7D/C00042?m=2026-10&k=s3cret"), "{uri}");
        assert!(template.fill(&customer, None, month).is_err());
        for dots in [".", ".."] {
            let code: CustomerCode = dots.parse().unwrap();
            assert!(template.fill(&customer, Some(&code), month).is_err(), "{dots}");
        }
        let code: CustomerCode = "a..b".parse().unwrap();
        assert!(template.fill(&customer, Some(&code), month).is_ok());
    }

    #[test]
    fn what_is_no_address_of_a_source_is_refused() {
        for wrong in [
            "",
            "https://m.example/{customer}",
            "https://m.example/{month}",
            "https://m.example/{customer}/{month}/{year}",
            "ftp://m.example/{customer}/{month}",
            "/{customer}/{month}",
            "https://m.example/../{customer}/{month}",
            "https://{customer}.example/{month}",
        ] {
            assert!(template(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn pages_are_followed_within_the_source_only() {
        let from: Uri = "https://m.example/v1/x?page=1".parse().unwrap();
        assert_eq!(follow(&from, "/v1/x?page=2").unwrap(), "https://m.example/v1/x?page=2");
        assert_eq!(follow(&from, "https://m.example/y").unwrap(), "https://m.example/y");
        for elsewhere in ["https://evil.example/x", "http://m.example/x", "\u{7f}"] {
            assert!(follow(&from, elsewhere).is_err(), "{elsewhere}");
        }
    }
}
