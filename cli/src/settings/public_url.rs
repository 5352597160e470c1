//! Where people outside reach this server.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// What an address of this server begins with, such as `https://ledger.example`, without a `/` at its end.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PublicUrl(String);

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim_end_matches('/');
        let server = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let plain = |sign: char| sign.is_ascii_alphanumeric() || "-._~:/[]%".contains(sign);
        match server {
            Some(server)
                if server.starts_with(|sign: char| sign.is_ascii_alphanumeric() || sign == '[')
                    && server.chars().all(plain) =>
            {
                Ok(Self(text.to_owned()))
            }
            Some(_) | None => Err("must be an address such as https://ledger.example".to_owned()),
        }
    }
}

impl TryFrom<String> for PublicUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_where_a_server_is() {
        for good in ["https://ledger.example", "http://10.0.0.1:8080", "https://a.example/books"] {
            assert_eq!(good.parse::<PublicUrl>().unwrap().to_string(), good);
        }
        assert_eq!("https://a.example/".parse::<PublicUrl>().unwrap().to_string(), "https://a.example");
        for wrong in ["", "ledger.example", "https://", "javascript:alert(1)", "https://a b", "https://a?x=1"]
        {
            assert!(wrong.parse::<PublicUrl>().is_err(), "{wrong}");
        }
    }
}
