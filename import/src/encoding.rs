//! Bytes of a text file to text and back, without changing any of it.

use encoding_rs::{GB18030, UTF_8};

/// How a file was written; its copy with errors is written the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf8Bom,
    /// Also covers GBK and GB 2312, which it extends.
    Gb18030,
}

/// Bytes that are text in none of the encodings.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownEncoding {
    #[error("the file is UTF-16: save it as CSV in UTF-8 or GB18030")]
    Utf16,
    #[error("the file is neither UTF-8 nor GB18030 (line {utf8_line} is not UTF-8): is it a CSV file?")]
    Neither { utf8_line: usize },
}

const BOM: &[u8] = b"\xef\xbb\xbf";

impl Encoding {
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8Bom => "UTF-8 with BOM",
            Self::Gb18030 => "GB18030",
        }
    }

    pub fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf8Bom => [BOM, text.as_bytes()].concat(),
            // Every character has a place in GB18030, so nothing is replaced.
            Self::Gb18030 => GB18030.encode(text).0.into_owned(),
        }
    }
}

/// Text that is UTF-8 is taken as such: GB18030 with Chinese in it practically never is.
pub fn decode(bytes: &[u8]) -> Result<(Encoding, String), UnknownEncoding> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(UnknownEncoding::Utf16);
    }
    let (encoding, rest) = match bytes.strip_prefix(BOM) {
        Some(rest) => (Encoding::Utf8Bom, rest),
        None => (Encoding::Utf8, bytes),
    };
    if let Some(text) = UTF_8.decode_without_bom_handling_and_without_replacement(rest) {
        return Ok((encoding, text.into_owned()));
    }
    match GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok((Encoding::Gb18030, text.into_owned())),
        None => {
            let valid = std::str::from_utf8(rest).map_or_else(|error| error.valid_up_to(), str::len);
            let newlines = rest[..valid].iter().filter(|byte| **byte == b'\n').count();
            Err(UnknownEncoding::Neither { utf8_line: newlines + 1 })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_is_recognised_and_written_back_byte_for_byte() {
        let text = "交易日期,金额\n2026-03-10,1.00\n";
        for encoding in [Encoding::Utf8, Encoding::Utf8Bom, Encoding::Gb18030] {
            let bytes = encoding.encode(text);
            assert_eq!(decode(&bytes), Ok((encoding, text.to_owned())));
        }
        assert_eq!(Encoding::Gb18030.encode("收入"), b"\xca\xd5\xc8\xeb");
    }

    #[test]
    fn rare_characters_survive_gb18030() {
        let text = "𠮷野家,€,㐀\n";
        assert_eq!(decode(&Encoding::Gb18030.encode(text)), Ok((Encoding::Gb18030, text.to_owned())));
    }

    #[test]
    fn what_is_no_text_is_refused_with_the_line() {
        assert_eq!(decode(b"\xff\xfea\0"), Err(UnknownEncoding::Utf16));
        assert_eq!(decode(b"a,b\n1,2\n\xff\xff\n"), Err(UnknownEncoding::Neither { utf8_line: 3 }));
        assert_eq!(decode(b""), Ok((Encoding::Utf8, String::new())));
    }
}
