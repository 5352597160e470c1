use tallybook_domain::billing::bill::{Amounts, BillPart, Dispute, NoteLine, sum_of};
use tallybook_domain::billing::pricing::{BilledBefore, Meter, Metered, PeriodShare, PlanTerms};
use tallybook_domain::billing::{BillId, BillState};
use tallybook_domain::{Currency, Money};
use tallybook_read_models::billing::{BillNote, BillRow, BillVoiding, NoteKind};
use tallybook_read_models::fold::Stamp;

use super::page::Document;
use crate::print::{Party, Seller};

/// A graduated meter of 25 units, a packaged one of 121, a fee for a part of the month, and 6 % of tax.
fn part(from: &str, to: &str) -> BillPart {
    let terms: PlanTerms = serde_json::from_value(serde_json::json!({
        "currency": "CNY", "tax_rate": "0.06", "minimum": "20000",
        "items": [
            {"code": "calls", "name": "<script>alert(1)</script> & 调用", "meter": "api_calls",
             "model": "graduated", "tiers": [
                {"up_to": "5", "unit_price": "7", "flat_fee": "2"}, {"up_to": "10", "unit_price": "6.5"},
                {"up_to": null, "unit_price": "0.123456789012"}]},
            {"code": "storage", "name": "存储", "meter": "storage", "included": "10",
             "model": "package", "package_size": "10", "package_price": "100"},
            {"code": "base", "name": "基础费", "model": "flat", "fee": "6000"},
            {"code": "single", "name": "短信", "meter": "sms", "model": "per_unit", "unit_price": "0.035"}
        ]
    }))
    .unwrap();
    let share = PeriodShare::between(
        ("2026-10-01".parse().unwrap(), "2026-10-31".parse().unwrap()),
        Some(from.parse().unwrap()),
        Some(to.parse().unwrap()),
    )
    .unwrap();
    let used = |meter: &Meter| {
        let used = [("api_calls", "25"), ("storage", "121"), ("sms", "12000")];
        let (_, quantity) = used.into_iter().find(|(name, _)| *name == meter.as_str())?;
        Some(Metered::Total(quantity.parse().unwrap()))
    };
    let quote = terms.price(used, share).unwrap();
    let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
    BillPart { plan: "STANDARD".parse().unwrap(), plan_version: 3, from, to, quote }
}

fn bill() -> BillRow {
    let parts = vec![part("2026-10-08", "2026-10-31")];
    let Amounts { subtotal, tax, total } = sum_of(&parts, Currency::CNY).unwrap();
    let stamp = Stamp { position: 7, at: "2026-11-01T01:00:00Z".parse().unwrap(), by: "user:fin".into() };
    let id: BillId = "C00042.2026-10".parse().unwrap();
    BillRow {
        customer: id.customer(),
        period: id.month(),
        id,
        number: Some("2026-000042".parse().unwrap()),
        state: BillState::Issued,
        dispute: Dispute::None,
        subtotal,
        tax,
        total,
        settled: Money::zero(Currency::CNY),
        written_off: Money::zero(Currency::CNY),
        open: total,
        issue_date: Some("2026-11-01".parse().unwrap()),
        due_date: Some("2026-12-01".parse().unwrap()),
        replaces: None,
        replaced_by: None,
        amends: None,
        amended_by: Vec::new(),
        voided: None,
        bad_debt: None,
        parts,
        notes: Vec::new(),
        created: stamp.clone(),
        updated: stamp,
    }
}

fn seller() -> Seller {
    Seller {
        name: Some("云程数据服务(上海)有限公司".into()),
        tax_number: Some("91310000MA1FL0XY8R".into()),
        contact: Some("上海市浦东新区 1 号 · 021-5555 0100".into()),
        bank: Some("示例银行上海分行 6222 0200 0000 0001".into()),
    }
}

fn page(bill: &BillRow) -> String {
    let customer = Party {
        id: bill.customer.clone(),
        name: "青松 <贸易> 有限公司".into(),
        tax_number: Some("91310000MA1FL0XY8R".into()),
    };
    Document { bill, seller: &seller(), customer, position: 99 }.html().unwrap()
}

fn assert_shows(page: &str, expected: &[&str]) {
    for text in expected {
        assert!(page.contains(text), "{text:?} is missing in {page}");
    }
}

#[test]
fn a_bill_shows_all_that_stands_on_it() {
    let page = page(&bill());
    assert_shows(
        &page,
        &["云程数据服务(上海)有限公司", "2026-000042", "C00042.2026-10", "2026-10-01 – 2026-10-31"],
    );
    assert_shows(&page, &["2026-11-01", "2026-12-01", "STANDARD", " v3", "2026-10-08 – 2026-10-31"]);
    // 5 × 7 + 2, 5 × 6.5, 15 × 0.123456789012, which is 71.35185183518 together.
    assert_shows(&page, &["0 – 5 + 固定费 flat fee 2", "5 – 10", "&gt; 10", "32.5", "0.123456789012"]);
    assert_shows(&page, &["1.85185183518", "舍入前 Before rounding: 71.35185183518", "71.35"]);
    assert_shows(&page, &["Included free of charge", "24/31", "4,645.16", "6%", "12,000", "0.035", "420.00"]);
    // 71.35 + 1,200.00 + 4,645.16 + 420.00 and what is missing to 24/31 of 20,000, which is 15,483.87.
    assert_shows(&page, &["最低消费补足", "9,147.36", "15,483.87", "929.03", "16,412.90"]);
    assert_shows(&page, &["人民币壹万陆仟肆佰壹拾贰元玖角"]);
    assert_shows(&page, &["CNY sixteen thousand four hundred and twelve and 90/100"]);
    assert_shows(&page, &["<th>版次 Revision</th><td>1</td>"]);
    assert!(!page.contains("mark\"") && !page.contains("across\""), "{page}");
}

#[test]
fn nothing_anyone_typed_becomes_markup() {
    let page = page(&bill());
    assert_shows(&page, &["&lt;script&gt;alert(1)&lt;/script&gt; &amp; 调用", "青松 &lt;贸易&gt; 有限公司"]);
    for forbidden in ["<script", "<img", "<link", "<a ", "http:", "https:", "url(", "@import"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn a_voided_bill_and_a_draft_are_plainly_marked() {
    let (reason, effective_date) = ("价格 <有误>".parse().unwrap(), "2026-11-05".parse().unwrap());
    let voided = page(&BillRow {
        state: BillState::Voided,
        open: Money::zero(Currency::CNY),
        voided: Some(BillVoiding { reason, effective_date }),
        replaced_by: Some("C00042.2026-10.r2".parse().unwrap()),
        ..bill()
    });
    assert_shows(&voided, &["已作废 VOID", "本账单已作废", "作废日期 Voided on 2026-11-05"]);
    assert_shows(&voided, &["原因 Reason: 价格 &lt;有误&gt;", "替代账单 Replaced by C00042.2026-10.r2"]);
    assert!(!voided.contains("应付金额"));
    let draft = page(&BillRow { state: BillState::Draft, number: None, issue_date: None, ..bill() });
    assert_shows(&draft, &["草稿 DRAFT", "<th>账单编号 Number</th><td>—</td>"]);
    assert!(!draft.contains("应付金额"));
    let disputed = page(&BillRow { dispute: Dispute::Open, ..bill() });
    assert_shows(&disputed, &["争议处理中"]);
}

#[test]
fn notes_and_payments_lead_to_what_is_due() {
    let yuan = |amount: &str| Money::parse(amount, Currency::CNY).unwrap();
    let amounts = Amounts::new(yuan("100.00"), yuan("6.00")).unwrap();
    let lines = vec![NoteLine { line: 1, amount: amounts.subtotal, tax: amounts.tax }];
    let reason = "价格 <有误>".parse().unwrap();
    let effective_date = "2026-11-05".parse().unwrap();
    let note = BillNote { note: 1, kind: NoteKind::Credit, lines, amounts, reason, effective_date };
    let total = yuan("16306.90");
    let (settled, written_off, open) = (yuan("6206.90"), yuan("100.00"), yuan("10000.00"));
    let page = page(&BillRow { total, settled, written_off, open, notes: vec![note], ..bill() });
    assert_shows(
        &page,
        &["16,412.90", "-106.00", "16,306.90", "-6,206.90", "10,000.00", "价格 &lt;有误&gt;"],
    );
    assert_shows(&page, &["坏账与折让 Written off</th><td class=\"number\">-100.00"]);
    assert_shows(&page, &["人民币负壹佰零陆元整", "人民币壹万陆仟叁佰零陆元玖角"]);
}

#[test]
fn the_words_stand_at_the_total_they_are_of() {
    let yuan = |amount: &str| Money::parse(amount, Currency::CNY).unwrap();
    let (settled, open) = (yuan("6412.90"), yuan("10000.00"));
    let page = page(&BillRow { settled, open, ..bill() });
    let after_total = page.split_once("价税合计 Total").unwrap().1;
    let (of_total, below) = after_total.split_once("已结清 Settled").unwrap();
    assert_shows(of_total, &["16,412.90", "人民币壹万陆仟肆佰壹拾贰元玖角"]);
    assert!(!below.contains("人民币"), "{below}");
}

#[test]
fn stretches_with_one_rate_have_one_row_of_tax() {
    let (mut first, mut second) = (part("2026-10-01", "2026-10-15"), part("2026-10-16", "2026-10-31"));
    let yuan = |amount: &str| Money::parse(amount, Currency::CNY).unwrap();
    (first.quote.tax, second.quote.tax) = (yuan("300.00"), yuan("400.11"));
    let page = page(&BillRow { parts: vec![first, second], ..bill() });
    assert_eq!(page.matches("税额 Tax").count(), 1);
    assert_shows(&page, &["税额 Tax 6%</th><td class=\"number\">700.11"]);
}

#[test]
fn a_bill_of_late_usage_shows_what_was_billed_before() {
    let mut bill = bill();
    let line = &mut bill.parts[0].quote.lines[3];
    let (quantity, tiers) = (Some("10000".parse().unwrap()), line.tiers.clone());
    let amount = Money::parse("350.00", Currency::CNY).unwrap();
    line.billed_before = Some(BilledBefore { quantity, tiers, exact_amount: line.exact_amount, amount });
    assert_shows(&page(&bill), &["减已出账 Less billed before", "10,000", "-350.00"]);
}

#[test]
fn a_bill_of_late_usage_and_the_months_bill_name_each_other() {
    let (month, delta): (BillId, BillId) = (bill().id, "C00042.2026-10.d1".parse().unwrap());
    let amending = page(&BillRow { id: delta.clone(), amends: Some(month.clone()), ..bill() });
    assert_shows(&amending, &["补充原账单 Amends</th><td>C00042.2026-10<", "after bill C00042.2026-10<"]);
    let amended = page(&BillRow { amended_by: vec![delta], ..bill() });
    assert_shows(&amended, &["补充账单 Amended by</th><td>C00042.2026-10.d1<"]);
}
