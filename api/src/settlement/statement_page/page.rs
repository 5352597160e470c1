//! A statement as a page, in Chinese and English.
//!
//! Shows what it was issued with and calculates nothing. Must never have a script in it, nor load anything.

use std::fmt::Display;

use tallybook_domain::MoneyError;
use tallybook_domain::settlement::StatementState;
use tallybook_domain::settlement::statement::StatementAnswer;
use tallybook_read_models::Total;
use tallybook_read_models::settlement::{CustomerBalance, CustomerStatementLine};

use super::Shown;
use super::form::Form;
use super::words::called;
use crate::print::{Grouped, Html, Seller, begin, fact, write_parties, write_words};

/// What the page shows.
pub(in crate::settlement) struct StatementPage<'a> {
    pub(in crate::settlement) shown: &'a Shown,
    pub(in crate::settlement) seller: &'a Seller,
    pub(in crate::settlement) ending: Ending<'a>,
}

/// How the customer answers.
pub(in crate::settlement) enum Ending<'a> {
    /// With stamp and signature, or where the link leads, if it may be seen.
    Paper(Option<&'a str>),
    /// On the page itself.
    Online(&'a Form),
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(in crate::settlement) enum PageFault {
    #[error("a line of the statement is {kind} of {document}, which has no name")]
    UnknownLine { kind: String, document: String },
    #[error(transparent)]
    Money(#[from] MoneyError),
}

const STYLE: &str = concat!("<style>", include_str!("style.css"), "</style>");

const LINES_HEAD: &str = "<div class=\"scroll\"><table class=\"lines\"><thead><tr>\
    <th class=\"date\">日期<small>Date</small></th><th class=\"wide\">摘要<small>What happened</small></th>\
    <th>应收<small>Receivable</small></th><th>预收<small>Advance</small></th>\
    <th>余额<small>Balance</small></th></tr></thead><tbody>";

const TO_SIGN: &str = "<h2>客户确认<small>Confirmation</small></h2><div class=\"sign\">\
    <div><h3>信息相符<small>Agreed</small></h3><p class=\"stamp\">（盖章 Stamp）</p>\
    <p>经办人 Name ______________</p><p>日期 Date ______________</p></div>\
    <div><h3>信息不符，请列明<small>Not agreed; please say what differs</small></h3>\
    <p class=\"stamp\">（盖章 Stamp）</p><p>经办人 Name ______________</p>\
    <p>日期 Date ______________</p></div></div>";

impl StatementPage<'_> {
    pub(in crate::settlement) fn html(&self) -> Result<String, PageFault> {
        let Shown { row, lines, customer, .. } = self.shown;
        let mut html = begin("对账单 Statement", &row.id);
        html.markup("<meta name=\"robots\" content=\"noindex\">").markup(STYLE).markup("</head><body>");
        self.write_head(&mut html);
        self.write_marks(&mut html);
        let (issuer, receiver) = ("出具方<small>From</small>", "客户<small>To</small>");
        write_parties((issuer, self.seller), (receiver, customer), &mut html);
        self.write_balances(&mut html);
        html.markup("<h2>明细<small>Lines</small></h2>").markup(LINES_HEAD);
        write_balance_line("期初 Opening balance", row.from, row.opening.balance, &mut html);
        for line in lines {
            write_line(line, &mut html)?;
        }
        write_balance_line("期末 Closing balance", row.to, row.closing.balance, &mut html);
        html.markup("</tbody></table></div>");
        self.write_in_words(&mut html)?;
        self.write_ending(&mut html);
        html.within("<footer>账簿位置 Book position ", row.known_at, "</footer></body></html>\n");
        Ok(html.finish())
    }

    fn write_head(&self, html: &mut Html) {
        let Shown { row, issued_on, .. } = self.shown;
        html.markup("<header><h1>对账单<small>Statement of account</small></h1><table class=\"facts\">");
        fact("编号 Reference", Some(&row.id), html);
        fact("期间 Period", Some(format_args!("{} – {}", row.from, row.to)), html);
        fact("出具日期 Issued on", Some(issued_on), html);
        fact("币种 Currency", Some(row.currency), html);
        fact("明细行数 Lines", Some(row.line_count), html);
        html.markup("</table></header>");
    }

    fn write_marks(&self, html: &mut Html) {
        match self.shown.row.state {
            StatementState::Issued | StatementState::Agreed | StatementState::Disagreed => {}
            StatementState::Withdrawn => {
                html.markup("<div class=\"across\" aria-hidden=\"true\">已撤回 WITHDRAWN</div>");
                html.markup(
                    "<p class=\"mark\">本对账单已撤回 · WITHDRAWN: this statement does not count</p>",
                );
            }
        }
    }

    /// What is owed, what is left, and the difference, before and after.
    fn write_balances(&self, html: &mut Html) {
        let row = &self.shown.row;
        html.markup("<table class=\"balances\"><thead><tr><th></th><th>应收<small>Receivable</small></th>");
        html.markup(
            "<th>预收<small>Advance</small></th><th>余额<small>Balance</small></th></tr></thead><tbody>",
        );
        write_standing("期初<small>Opening</small>", &row.opening, html);
        write_standing("期末<small>Closing</small>", &row.closing, html);
        html.markup("</tbody></table><p class=\"note\">余额 = 应收 − 预收，负数为我方应付 · ");
        html.markup(
            "The balance is what you owe us less what we hold of yours; negative where we owe you</p>",
        );
    }

    /// Who owes whom how much.
    fn write_in_words(&self, html: &mut Html) -> Result<(), PageFault> {
        let row = &self.shown.row;
        let balance = row.closing.standing()?.balance()?;
        html.within("<p class=\"owes\">截至 As of ", row.to, "：");
        let amount = if balance.is_negative() { balance.negate() } else { balance };
        if balance.is_negative() {
            html.markup("我方应付贵方 we owe you ");
        } else if balance.is_zero() {
            html.markup("双方互不相欠 nothing is owed by either of us");
        } else {
            html.markup("贵方应付我方 you owe us ");
        }
        if !balance.is_zero() {
            html.markup("<b>").text(row.currency).markup(" ").text(Grouped::money(amount)).markup("</b>");
        }
        html.markup("</p>");
        write_words(amount, html);
        Ok(())
    }

    /// The answer, or how to give it.
    fn write_ending(&self, html: &mut Html) {
        let row = &self.shown.row;
        if let Some(answer) = row.answer {
            return self.write_answer(answer, html);
        }
        match (&self.ending, row.state) {
            (Ending::Online(form), StatementState::Issued) => form.write(html),
            (Ending::Paper(link), StatementState::Issued) => {
                html.markup(TO_SIGN);
                if let Some(link) = link {
                    html.within("<p class=\"note\">在线确认 Confirm online: <a href=\"", link, "\">");
                    html.text(link).markup("</a></p>");
                }
            }
            (_, StatementState::Agreed | StatementState::Disagreed | StatementState::Withdrawn) => {}
        }
    }

    fn write_answer(&self, answer: StatementAnswer, html: &mut Html) {
        let Shown { row, answered_at, .. } = self.shown;
        html.markup("<h2>客户答复<small>Answer</small></h2><table class=\"facts answer\">");
        let said = match answer {
            StatementAnswer::Agrees => "信息相符 Agreed",
            StatementAnswer::Disagrees => "信息不符 Not agreed",
        };
        fact("答复 Answer", Some(said), html);
        fact("说明 Remark", row.remark.as_ref(), html);
        fact("姓名 Name", row.answered_by.as_ref(), html);
        fact("时间 At", answered_at.map(|at| at.format("%Y-%m-%d %H:%M")), html);
        html.markup("</table>");
    }
}

fn write_standing(name: &'static str, balance: &CustomerBalance, html: &mut Html) {
    html.markup("<tr><th>").markup(name).markup("</th>");
    for total in [balance.receivable, balance.advance, balance.balance] {
        html.within("<td class=\"number\">", grouped(total), "</td>");
    }
    html.markup("</tr>");
}

fn write_balance_line(name: &'static str, date: impl Display, balance: Total, html: &mut Html) {
    html.within("<tr class=\"part\"><td class=\"date\">", date, "</td><td colspan=\"3\">").markup(name);
    html.within("</td><td class=\"number\">", grouped(balance), "</td></tr>");
}

fn write_line(line: &CustomerStatementLine, html: &mut Html) -> Result<(), PageFault> {
    let unknown =
        || PageFault::UnknownLine { kind: line.kind.to_string(), document: line.document.to_string() };
    let (chinese, english) = called(line).ok_or_else(unknown)?;
    html.within("<tr class=\"line\"><td class=\"date\">", line.effective_date, "</td><td class=\"wide\">");
    html.markup(chinese).markup(" ").markup(english).within("<small>", &line.document, "");
    if let Some(reference) = &line.reference {
        html.within(" · ", reference, "");
    }
    html.markup("</small></td>");
    for total in [line.receivable, line.advance] {
        html.markup("<td class=\"number\">");
        if !total.is_zero() {
            html.text(grouped(total));
        }
        html.markup("</td>");
    }
    html.within("<td class=\"number\">", grouped(line.balance), "</td></tr>");
    Ok(())
}

fn grouped(total: Total) -> Grouped {
    Grouped(total.written().to_string())
}
