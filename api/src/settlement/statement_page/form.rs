//! The form a customer answers on: what was typed, what is wrong with it, and what of it is an answer.

use tallybook_domain::settlement::statement::{Signatory, StatementAnswer};
use tallybook_domain::text::{InvalidText, Remark};

use crate::print::Html;
use crate::request::FormInput;

/// What was typed, and what has to be put right; nothing, on a form nobody has sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::settlement) struct Form {
    answer: Option<StatementAnswer>,
    remark: String,
    answered_by: String,
    pub(super) mistakes: Vec<Mistake>,
}

/// Why what was typed is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mistake {
    AnswerMissing,
    RemarkMissing,
    RemarkUnusable,
    NameMissing,
    NameUnusable,
}

const HEAD: &str = "<form method=\"post\" accept-charset=\"utf-8\">\
    <h2>请确认<small>Please confirm</small></h2>\
    <p>请核对以上余额与明细。 Please compare the balances and the lines with your books.</p>";

const FOOT: &str = "<p class=\"note\">答复提交后不能更改，姓名与说明将长期保存。 \
    An answer cannot be changed; the name and the remark are kept for good.</p>\
    <p><button type=\"submit\">提交 Send</button></p></form>";

impl Form {
    pub(in crate::settlement) fn of(input: &FormInput) -> Self {
        Self::typed(input.text("answer"), input.text("remark"), input.text("answered_by"))
    }

    pub(super) fn typed(answer: &str, remark: &str, answered_by: &str) -> Self {
        // A remark is one line in the book, whatever keys were pressed.
        let remark = remark.split_whitespace().collect::<Vec<_>>().join(" ");
        let (answer, answered_by) = (answer.parse().ok(), answered_by.trim().to_owned());
        Self { answer, remark, answered_by, mistakes: Vec::new() }
    }

    /// The answer; `None` if there are mistakes, which are kept for the form to show.
    pub(in crate::settlement) fn read(&mut self) -> Option<(StatementAnswer, Option<Remark>, Signatory)> {
        let remark = (!self.remark.is_empty()).then(|| self.remark.parse::<Remark>());
        let answered_by = self.answered_by.parse::<Signatory>();
        let mistakes = [
            self.answer.is_none().then_some(Mistake::AnswerMissing),
            match (self.answer, &remark) {
                (_, Some(Err(_))) => Some(Mistake::RemarkUnusable),
                (Some(StatementAnswer::Disagrees), None) => Some(Mistake::RemarkMissing),
                (Some(StatementAnswer::Agrees) | None, None) | (_, Some(Ok(_))) => None,
            },
            match answered_by {
                Ok(_) => None,
                Err(InvalidText::Empty) => Some(Mistake::NameMissing),
                Err(_) => Some(Mistake::NameUnusable),
            },
        ];
        self.mistakes = mistakes.into_iter().flatten().collect();
        if !self.mistakes.is_empty() {
            return None;
        }
        Some((self.answer?, remark.transpose().ok()?, answered_by.ok()?))
    }

    pub(super) fn write(&self, html: &mut Html) {
        html.markup(HEAD);
        for mistake in &self.mistakes {
            html.within("<p class=\"wrong\" role=\"alert\">", mistake.words(), "</p>");
        }
        let choices = [
            (StatementAnswer::Agrees, "信息相符 We agree"),
            (StatementAnswer::Disagrees, "信息不符 We do not agree"),
        ];
        for (answer, words) in choices {
            html.within("<label><input type=\"radio\" name=\"answer\" value=\"", answer, "\" required");
            html.markup(if self.answer == Some(answer) { " checked> " } else { "> " });
            html.markup(words).markup("</label>");
        }
        html.markup("<label>说明（不符时必填） Remark, needed if you do not agree");
        html.markup("<textarea name=\"remark\" rows=\"4\" maxlength=\"500\">\n").text(&self.remark);
        html.markup("</textarea></label><label>您的姓名 Your name");
        html.markup("<input type=\"text\" name=\"answered_by\" maxlength=\"100\" autocomplete=\"name\" required value=\"");
        html.text(&self.answered_by).markup("\"></label>").markup(FOOT);
    }
}

impl Mistake {
    /// What to do about it.
    fn words(self) -> &'static str {
        match self {
            Self::AnswerMissing => "请选择相符或不符。 Say whether you agree.",
            Self::RemarkMissing => "请说明哪里不符。 Say what is wrong.",
            Self::RemarkUnusable => "说明不能超过 500 字。 A remark has 500 characters at most.",
            Self::NameMissing => "请填写您的姓名。 Give your name.",
            Self::NameUnusable => "姓名不能超过 100 字。 A name has 100 characters at most.",
        }
    }
}
