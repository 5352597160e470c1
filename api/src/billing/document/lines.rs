//! The lines of a bill as a table, each with the tiers it used.

use rust_decimal::Decimal;
use tallybook_domain::billing::bill::{BillPart, number_lines};
use tallybook_domain::billing::pricing::{
    BilledBefore, Bound, ChargeKind, EventsCharged, ExactAmount, PricedLine, Quantity, Rate, TierUsed,
};

use crate::print::{Grouped, Html};

const HEAD: &str = "<table class=\"lines\"><thead><tr><th>序号<small>No.</small></th>\
    <th class=\"wide\">项目<small>Item</small></th><th>数量<small>Quantity</small></th>\
    <th>单价<small>Unit price</small></th><th>金额<small>Amount</small></th></tr></thead>";

pub(super) fn write_lines(parts: &[BillPart], html: &mut Html) {
    html.markup(HEAD);
    let mut lines = number_lines(parts).peekable();
    for part in parts {
        html.markup("<tbody><tr class=\"part\"><td colspan=\"5\">");
        html.text(part.from).markup(" – ").text(part.to).markup(" · 价格方案 Price plan ");
        html.text(&part.plan).markup(" v").text(part.plan_version).markup("</td></tr>");
        while let Some((number, _, line)) = lines.next_if(|(_, of, _)| std::ptr::eq(*of, part)) {
            write_line(number, line, html);
        }
        html.markup("</tbody>");
    }
    html.markup("</table>");
}

fn write_line(number: u32, line: &PricedLine, html: &mut Html) {
    let only_tier = only_tier(line);
    html.within("<tr class=\"line\"><td>", number, "</td><td class=\"wide\">").text(&line.name);
    let (chinese, english) = kind(line.charge);
    html.markup("<small>").text(chinese).markup(" ").text(english);
    if let Some(meter) = &line.meter {
        html.markup(" · ").text(meter);
    }
    html.markup("</small></td><td class=\"number\">");
    if let Some(quantity) = line.quantity {
        html.text(grouped(quantity));
    }
    html.markup("</td><td class=\"number\">");
    if let Some(tier) = only_tier {
        html.text(Grouped(tier.unit_price.to_string()));
    }
    html.within("</td><td class=\"number\">", Grouped::money(line.amount), "</td></tr>");
    if let Some(included) = line.included.filter(|included| !included.is_zero()) {
        note("含免费 Included free of charge", Some(included), html);
    }
    if only_tier.is_none() {
        line.tiers.iter().for_each(|tier| write_tier(line.charge, tier, html));
    }
    if let Some(events) = &line.events {
        write_events(events, html);
    }
    write_remarks(line, html);
}

/// A tier that says no more than the line: everything at one price, and nothing that came off first.
fn only_tier(line: &PricedLine) -> Option<&TierUsed> {
    match line.tiers.as_slice() {
        [tier]
            if tier.flat_fee.is_none()
                && Some(tier.quantity) == line.quantity
                && line.billed_before.is_none() =>
        {
            Some(tier)
        }
        _ => None,
    }
}

fn write_tier(charge: ChargeKind, tier: &TierUsed, html: &mut Html) {
    html.markup("<tr class=\"tier\"><td></td><td class=\"wide\">");
    match tier.up_to {
        Some(up_to) => html.text(grouped(tier.from)).markup(" – ").text(grouped(up_to)),
        None if charge == ChargeKind::Package => html.markup("包数 Packages"),
        None if tier.from.is_zero() => html.markup("计费数量 Charged"),
        None => html.markup("&gt; ").text(grouped(tier.from)),
    };
    if let Some(fee) = tier.flat_fee.filter(|fee| !fee.value().is_zero()) {
        html.markup(" + 固定费 flat fee ").text(Grouped(fee.value().normalize().to_string()));
    }
    html.within("</td><td class=\"number\">", grouped(tier.quantity), "</td><td class=\"number\">");
    html.text(Grouped(tier.unit_price.to_string())).markup("</td><td class=\"number\">");
    html.text(exact(tier.amount)).markup("</td></tr>");
}

fn write_events(events: &EventsCharged, html: &mut Html) {
    html.markup("<tr class=\"tier\"><td></td><td colspan=\"4\">笔数 Events ").text(events.count);
    html.markup(" · 计费 charged ").text(events.charged);
    html.markup(" · 计费金额 charged amount ").text(grouped(events.charged_amount));
    if let Some(rate) = events.rate.and_then(percent) {
        html.markup(" · 费率 rate ").text(rate).markup("%");
    }
    if let Some(fee) = events.fee_per_event {
        html.markup(" · 每笔 per event ").text(Grouped(fee.to_string()));
    }
    html.markup("</td></tr>");
}

/// What made the amount another than the tiers' sum.
fn write_remarks(line: &PricedLine, html: &mut Html) {
    if let Some(share) = line.share {
        html.markup("<tr class=\"tier\"><td></td><td colspan=\"4\">按天折算 Prorated: ");
        html.text(share.days()).markup("/").text(share.of()).markup(" 天 days</td></tr>");
    }
    match line.bounded_by {
        Some(Bound::Minimum) => note("按最低收费 Minimum charge", None, html),
        Some(Bound::Maximum) => note("按最高收费 Maximum charge", None, html),
        None => {}
    }
    if let Some(before) = &line.billed_before {
        write_billed_before(before, html);
    }
    if line.exact_amount != ExactAmount::from(line.amount.amount()) {
        html.markup("<tr class=\"tier\"><td></td><td colspan=\"4\">舍入前 Before rounding: ");
        html.text(exact(line.exact_amount)).markup("</td></tr>");
    }
}

/// What earlier bills of the month had of the line: the amount is what is left without it.
fn write_billed_before(before: &BilledBefore, html: &mut Html) {
    html.markup("<tr class=\"tier\"><td></td><td class=\"wide\">减已出账 Less billed before</td><td class=\"number\">");
    if let Some(quantity) = before.quantity {
        html.text(grouped(quantity));
    }
    html.markup("</td><td></td><td class=\"number\">");
    html.text(Grouped::money(before.amount.negate())).markup("</td></tr>");
}

fn note(words: &'static str, quantity: Option<Quantity>, html: &mut Html) {
    html.markup("<tr class=\"tier\"><td></td><td class=\"wide\">").markup(words);
    html.markup("</td><td class=\"number\">");
    if let Some(quantity) = quantity {
        html.text(grouped(quantity));
    }
    html.markup("</td><td></td><td></td></tr>");
}

/// A rate in hundredths; it has fewer digits than would be lost.
pub(super) fn percent(rate: Rate) -> Option<Decimal> {
    Some(rate.value().checked_mul(Decimal::ONE_HUNDRED)?.normalize())
}

fn grouped(quantity: Quantity) -> Grouped {
    Grouped(quantity.to_string())
}

fn exact(amount: ExactAmount) -> Grouped {
    Grouped(amount.to_string())
}

fn kind(kind: ChargeKind) -> (&'static str, &'static str) {
    match kind {
        ChargeKind::Flat => ("固定费", "flat fee"),
        ChargeKind::PerUnit => ("单价计费", "per unit"),
        ChargeKind::Graduated => ("阶梯计费", "graduated"),
        ChargeKind::Volume => ("总量计费", "volume"),
        ChargeKind::Package => ("按包计费", "packages"),
        ChargeKind::Percentage => ("按比例计费", "percentage"),
        ChargeKind::TrueUp => ("最低消费补足", "up to the minimum"),
    }
}
