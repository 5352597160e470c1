//! A bill as a page to print, in Chinese and English.
//!
//! Shows what the read model says and calculates nothing but sums. Must never have a script in it, nor load anything.

use tallybook_domain::billing::BillState;
use tallybook_domain::billing::bill::{BillPart, Dispute, sum_of};
use tallybook_domain::billing::pricing::Rate;
use tallybook_domain::{Money, MoneyError};
use tallybook_read_models::billing::{BillRow, BillVoiding, NoteKind};

use super::lines::{percent, write_lines};
use crate::print::{Grouped, Html, Party, Seller, begin, fact, sum, total, words_row, write_parties};

/// What the page shows.
pub(super) struct Document<'a> {
    pub(super) bill: &'a BillRow,
    pub(super) seller: &'a Seller,
    pub(super) customer: Party,
    /// Up to which event of the book it is true.
    pub(super) position: u64,
}

impl Document<'_> {
    pub(super) fn html(&self) -> Result<String, MoneyError> {
        let mut html = match &self.bill.number {
            Some(number) => begin("账单 Bill", number),
            None => begin("账单 Bill", &self.bill.id),
        };
        html.markup("</head><body>");
        self.write_head(&mut html);
        self.write_marks(&mut html);
        let (seller, customer) = ("销售方<small>Seller</small>", "购买方<small>Customer</small>");
        write_parties((seller, self.seller), (customer, &self.customer), &mut html);
        html.markup("<h2>明细<small>Lines</small></h2>");
        write_lines(&self.bill.parts, &mut html);
        self.write_sums(&mut html)?;
        self.write_notes(&mut html);
        self.write_foot(&mut html);
        html.markup("</body></html>\n");
        Ok(html.finish())
    }

    fn write_head(&self, html: &mut Html) {
        let bill = self.bill;
        html.markup("<header><h1>账单<small>Bill</small></h1><table class=\"facts\">");
        fact("账单编号 Number", bill.number.as_ref(), html);
        fact("账单标识 Reference", Some(&bill.id), html);
        let (first, last) = (bill.period.first_day(), bill.period.last_day());
        fact("账期 Period", Some(format_args!("{first} – {last}")), html);
        if let Some(revision) = bill.id.revision() {
            fact("版次 Revision", Some(revision), html);
        }
        fact("开具日期 Issue date", bill.issue_date, html);
        fact("到期日 Due date", bill.due_date, html);
        fact("币种 Currency", Some(bill.total.currency()), html);
        if let Some(replaced) = &bill.replaces {
            fact("替代作废账单 Replaces", Some(replaced), html);
        }
        if let Some(amended) = &bill.amends {
            fact("补充原账单 Amends", Some(amended), html);
        }
        for delta in &bill.amended_by {
            fact("补充账单 Amended by", Some(delta), html);
        }
        html.markup("</table></header>");
    }

    fn write_marks(&self, html: &mut Html) {
        if let Some(amended) = &self.bill.amends {
            html.within("<p class=\"note\">仅收取账单 ", amended, " 开具后补报的用量差额 · ");
            html.within("Only the difference that usage made which came after bill ", amended, "</p>");
        }
        match self.bill.state {
            BillState::Issued => {}
            BillState::Draft => {
                html.markup("<div class=\"across\" aria-hidden=\"true\">草稿 DRAFT</div>");
                html.markup("<p class=\"mark\">草稿，尚未开具，无需付款 · DRAFT: not issued, not owed</p>");
            }
            BillState::Voided => {
                html.markup("<div class=\"across\" aria-hidden=\"true\">已作废 VOID</div>");
                html.markup("<p class=\"mark\">本账单已作废，无需付款 · VOID: this bill is not owed</p>");
                self.write_voiding(html);
            }
        }
        match self.bill.dispute {
            Dispute::Open => {
                html.markup("<p class=\"mark\">争议处理中 · IN DISPUTE</p>");
            }
            Dispute::None | Dispute::Won | Dispute::Lost => {}
        }
    }

    /// When and why, and what stands in its place.
    fn write_voiding(&self, html: &mut Html) {
        if let Some(BillVoiding { reason, effective_date }) = &self.bill.voided {
            html.within("<p class=\"note\">作废日期 Voided on ", effective_date, " · ");
            html.within("原因 Reason: ", reason, "</p>");
        }
        if let Some(next) = &self.bill.replaced_by {
            html.within("<p class=\"note\">替代账单 Replaced by ", next, "</p>");
        }
    }

    fn write_sums(&self, html: &mut Html) -> Result<(), MoneyError> {
        let bill = self.bill;
        let drafted = sum_of(&bill.parts, bill.total.currency())?;
        html.markup("<table class=\"sums\">");
        sum("小计 Subtotal", drafted.subtotal, html);
        for (rate, tax) in taxes(&bill.parts)? {
            html.markup("<tr><th>税额 Tax");
            if let Some(rate) = rate.and_then(percent) {
                html.markup(" ").text(rate).markup("%");
            }
            html.within("</th><td class=\"number\">", Grouped::money(tax), "</td></tr>");
        }
        total("价税合计 Total", drafted.total, html);
        if bill.notes.is_empty() {
            words_row(drafted.total, html);
        }
        for note in &bill.notes {
            match note.kind {
                NoteKind::Credit => sum("贷项通知 Credit note", note.amounts.total.negate(), html),
                NoteKind::Debit => sum("借项通知 Debit note", note.amounts.total, html),
            }
        }
        if !bill.notes.is_empty() {
            total("调整后合计 Total after notes", bill.total, html);
            words_row(bill.total, html);
        }
        if bill.state == BillState::Issued {
            if !bill.settled.is_zero() {
                sum("已结清 Settled", bill.settled.negate(), html);
            }
            if !bill.written_off.is_zero() {
                sum("坏账与折让 Written off", bill.written_off.negate(), html);
            }
            total("应付金额 Amount due", bill.open, html);
        }
        html.markup("</table>");
        Ok(())
    }

    fn write_notes(&self, html: &mut Html) {
        if self.bill.notes.is_empty() {
            return;
        }
        html.markup("<h2>贷项与借项通知<small>Credit and debit notes</small></h2>");
        for note in &self.bill.notes {
            let (kind, amount) = match note.kind {
                NoteKind::Credit => ("贷项通知 Credit note ", note.amounts.total.negate()),
                NoteKind::Debit => ("借项通知 Debit note ", note.amounts.total),
            };
            html.markup("<p class=\"note\">")
                .markup(kind)
                .text(note.note)
                .markup(" · ")
                .text(note.effective_date);
            html.markup(" · ").text(Grouped::money(amount)).markup(" · ").text(&note.reason);
            html.markup("<small>");
            if let Some(words) = amount.in_chinese_words() {
                html.text(words).markup(" · ");
            }
            html.text(amount.in_english_words()).markup("</small></p>");
        }
    }

    fn write_foot(&self, html: &mut Html) {
        if let Some(bank) = &self.seller.bank {
            html.markup("<div class=\"pay\"><h2>付款信息<small>Payment</small></h2><table class=\"facts\">");
            fact("户名 Account name", self.seller.name.as_ref(), html);
            fact("开户行及账号 Bank and account", Some(bank), html);
            fact("付款附言 Reference", self.bill.number.as_ref(), html);
            html.markup("</table></div>");
        }
        html.within("<footer>账簿位置 Book position ", self.position, "</footer>");
    }
}

/// What is taxed at each rate together, in the order of the parts: that of one part alone says nothing.
fn taxes(parts: &[BillPart]) -> Result<Vec<(Option<Rate>, Money)>, MoneyError> {
    let mut taxes: Vec<(Option<Rate>, Money)> = Vec::new();
    for BillPart { quote, .. } in parts.iter().filter(|part| !part.quote.tax.is_zero()) {
        match taxes.iter_mut().find(|(rate, _)| *rate == quote.tax_rate) {
            Some((_, tax)) => *tax = tax.checked_add(quote.tax)?,
            None => taxes.push((quote.tax_rate, quote.tax)),
        }
    }
    Ok(taxes)
}
