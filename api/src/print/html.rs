//! HTML that is written piece by piece.
//!
//! Markup comes from this program alone and everything else is escaped, so nothing anyone typed can become markup.

use std::fmt::{self, Display, Write};

#[derive(Debug, Default)]
pub(crate) struct Html(String);

impl Html {
    /// Markup, which is written in this program.
    pub(crate) fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Whatever it says, as text.
    pub(crate) fn text(&mut self, text: impl Display) -> &mut Self {
        let written = write!(Escaped(&mut self.0), "{text}");
        debug_assert!(written.is_ok(), "a String takes all that is written to it");
        self
    }

    /// A text between two pieces of markup.
    pub(crate) fn within(
        &mut self,
        open: &'static str,
        text: impl Display,
        close: &'static str,
    ) -> &mut Self {
        self.markup(open).text(text).markup(close)
    }

    pub(crate) fn finish(self) -> String {
        self.0
    }
}

struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                other => self.0.push(other),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anyone_typed_stays_text() {
        let mut html = Html::default();
        html.within("<b>", "<script>alert('1' & \"2\")</script>", "</b>");
        assert_eq!(
            html.finish(),
            "<b>&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)&lt;/script&gt;</b>"
        );
    }
}
