//! A CSV file cut into records, each with the line it stands on and its own unchanged text.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// A file as records. The text is kept, so that a copy differs from it only where it has to.
#[derive(Debug)]
pub struct Sheet {
    text: String,
    pub records: Vec<Record>,
}

#[derive(Debug)]
pub struct Record {
    /// Counted from 1 in the file, as an editor counts.
    pub line: usize,
    pub cells: Vec<String>,
    span: Range<usize>,
}

impl Sheet {
    pub fn read(text: String) -> Result<Self, csv::Error> {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut records = Vec::new();
        let mut lines = LineCounter { text: &text, at: 0, line: 1 };
        for record in reader.records() {
            let record = record?;
            let begins = record.position().and_then(|position| usize::try_from(position.byte()).ok());
            // The reader counts empty lines to the record after them.
            let start = begins.map_or(0, |begins| begins + blank_prefix(&text[begins..]));
            let line = lines.line_at(start);
            let cells = record.iter().map(clean).collect();
            records.push(Record { line, cells, span: start..text.len() });
        }
        for index in 1..records.len() {
            records[index - 1].span.end = records[index].span.start;
        }
        Ok(Self { text, records })
    }

    /// What stands before the first record: empty lines only.
    pub fn before(&self) -> &str {
        self.records.first().map_or(&self.text, |first| &self.text[..first.span.start])
    }

    /// The record as it stands in the file, without its line end; and the line end with any empty lines after it.
    pub fn text_of(&self, record: &Record) -> (&str, &str) {
        let whole = &self.text[record.span.clone()];
        whole.split_at(whole.trim_end_matches(['\r', '\n']).len())
    }

    /// Whether a quotation mark went wrong such that the record swallowed lines that are not its own.
    pub fn is_torn(&self, record: &Record) -> bool {
        let (text, _) = self.text_of(record);
        text.contains(['\n', '\r']) && !quotes_are_closed(text)
    }
}

/// The cell without padding and without the `="…"` that keeps spreadsheets from rounding long numbers.
fn clean(cell: &str) -> String {
    let trimmed = cell.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    trimmed.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(trimmed).trim().to_owned()
}

/// A name as it is compared: full-width and half-width forms are one.
pub fn folded(name: &str) -> String {
    name.nfkc().filter(|c| !c.is_whitespace()).collect()
}

fn blank_prefix(text: &str) -> usize {
    text.len() - text.trim_start_matches(['\r', '\n']).len()
}

struct LineCounter<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl LineCounter<'_> {
    fn line_at(&mut self, offset: usize) -> usize {
        let passed = &self.text.as_bytes()[self.at..offset];
        let ends = passed.iter().enumerate().filter(|(index, byte)| match byte {
            b'\n' => true,
            b'\r' => passed.get(index + 1) != Some(&b'\n'),
            _ => false,
        });
        self.line += ends.count();
        self.at = offset;
        self.line
    }
}

/// RFC 4180, strictly: a quoted field ends with a mark that a comma or the end of the line follows.
fn quotes_are_closed(text: &str) -> bool {
    let mut characters = text.chars().peekable();
    let mut field_begins = true;
    while let Some(character) = characters.next() {
        if character == '"' && field_begins {
            loop {
                match characters.next() {
                    None => return false,
                    Some('"') if characters.peek() == Some(&'"') => {
                        characters.next();
                    }
                    Some('"') => break,
                    Some(_) => {}
                }
            }
            if !matches!(characters.peek(), None | Some(',' | '\r' | '\n' | ' ' | '\t')) {
                return false;
            }
        }
        field_begins = matches!(character, ',' | '\n' | '\r');
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(usize, Vec<String>)> {
        let sheet = Sheet::read(text.to_owned()).unwrap();
        sheet.records.into_iter().map(|record| (record.line, record.cells)).collect()
    }

    #[test]
    fn empty_lines_and_every_line_end_keep_the_count() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["", "title", "", "", "a,b", "\"x\ny\",2", "3,4"].join(end);
            let numbers: Vec<usize> = lines(&text).into_iter().map(|(line, _)| line).collect();
            assert_eq!(numbers, [2, 5, 6, 8], "{end:?}");
        }
    }

    #[test]
    fn padding_tabs_and_spreadsheet_wrapping_are_taken_off() {
        let cells = lines("\u{feff} a \t,\"88.60   \t\",　全角　,=\"00123\",\n").remove(0).1;
        assert_eq!(cells, ["a", "88.60", "全角", "00123", ""]);
    }

    #[test]
    fn the_pieces_put_together_are_the_file() {
        let text = "\r\ntitle\r\n\r\na,b\r\n\"x\r\ny\",2\r\n3,4";
        let sheet = Sheet::read(text.to_owned()).unwrap();
        let mut copy = sheet.before().to_owned();
        for record in &sheet.records {
            let (own, end) = sheet.text_of(record);
            copy.push_str(own);
            copy.push_str(end);
        }
        assert_eq!(copy, text);
    }

    #[test]
    fn a_quotation_mark_that_swallows_lines_is_noticed() {
        let torn = Sheet::read("a,b\n\"1,2\n3,4\n\"5\",6\n7,8\n".to_owned()).unwrap();
        assert!(torn.is_torn(&torn.records[1]));
        let whole = Sheet::read("a,b\n\"1\n2\",\"say \"\"no\"\"\"\n7,8\n".to_owned()).unwrap();
        assert!(whole.records.iter().all(|record| !whole.is_torn(record)));
        assert_eq!(whole.records.len(), 3);
    }

    #[test]
    fn names_are_compared_without_their_width() {
        assert_eq!(folded("记账金额（收入）"), folded("记账金额(收入)"));
        assert_eq!(folded("账　　号"), "账号");
    }
}
