//! Parts that more than one page has.

use std::fmt::Display;

use tallybook_domain::Money;

use super::{Grouped, Html, Party, Seller};

const STYLE: &str = concat!("<style>", include_str!("style.css"), "</style>");

/// Everything up to the title, which ends with the name of what is shown.
pub(crate) fn begin(title: &'static str, name: impl Display) -> Html {
    let mut html = Html::default();
    html.markup("<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">");
    html.markup("<meta name=\"viewport\" content=\"width=device-width\"><title>").markup(title);
    html.markup(" ").text(name).markup("</title>").markup(STYLE);
    html
}

/// Who issues it and whom it is for, each under a heading.
pub(crate) fn write_parties(
    (issuer, seller): (&'static str, &Seller),
    (receiver, customer): (&'static str, &Party),
    html: &mut Html,
) {
    html.markup("<div class=\"parties\"><div><h2>").markup(issuer).markup("</h2><table class=\"facts\">");
    fact("名称 Name", seller.name.as_ref(), html);
    fact("税号 Tax number", seller.tax_number.as_ref(), html);
    fact("地址、电话 Contact", seller.contact.as_ref(), html);
    html.markup("</table></div><div><h2>").markup(receiver).markup("</h2><table class=\"facts\">");
    fact("名称 Name", Some(&customer.name), html);
    fact("税号 Tax number", customer.tax_number.as_ref(), html);
    fact("客户编号 Customer", Some(&customer.id), html);
    html.markup("</table></div></div>");
}

/// An amount in capitals (大写) and in English words.
pub(crate) fn write_words(amount: Money, html: &mut Html) {
    html.markup("<div class=\"words\">");
    write_both(amount, html);
    html.markup("</div>");
}

/// The same right below the total it is of, where other amounts follow.
pub(crate) fn words_row(amount: Money, html: &mut Html) {
    html.markup("<tr class=\"in-words\"><td colspan=\"2\">");
    write_both(amount, html);
    html.markup("</td></tr>");
}

fn write_both(amount: Money, html: &mut Html) {
    if let Some(words) = amount.in_chinese_words() {
        html.within("<p><small>金额大写 </small>", words, "</p>");
    }
    html.within("<p><small>Amount in words </small>", amount.in_english_words(), "</p>");
}

pub(crate) fn fact(name: &'static str, value: Option<impl Display>, html: &mut Html) {
    html.markup("<tr><th>").markup(name).markup("</th><td>");
    match value {
        Some(value) => html.text(value),
        None => html.markup("—"),
    };
    html.markup("</td></tr>");
}

pub(crate) fn sum(name: &'static str, amount: Money, html: &mut Html) {
    html.markup("<tr><th>").markup(name);
    html.within("</th><td class=\"number\">", Grouped::money(amount), "</td></tr>");
}

pub(crate) fn total(name: &'static str, amount: Money, html: &mut Html) {
    html.markup("<tr class=\"total\"><th>").markup(name);
    html.within("</th><td class=\"number\">", Grouped::money(amount), "</td></tr>");
}
