use tallybook_domain::Currency;
use tallybook_domain::settlement::statement::{Signatory, StatementAnswer, StatementState};
use tallybook_domain::text::Remark;
use tallybook_read_models::fold::Stamp;
use tallybook_read_models::settlement::CustomerBalance;

use super::form::Mistake;
use super::*;
use crate::print::Seller;

fn total(amount: &str) -> Total {
    Total::new(amount.parse().unwrap(), Currency::CNY)
}

fn balance(receivable: &str, advance: &str, balance: &str) -> CustomerBalance {
    CustomerBalance { receivable: total(receivable), advance: total(advance), balance: total(balance) }
}

fn line(kind: &str, document: &str, [receivable, advance, balance]: [&str; 3]) -> CustomerStatementLine {
    CustomerStatementLine {
        effective_date: "2026-10-05".parse().unwrap(),
        position: 7,
        kind: kind.into(),
        document: document.into(),
        reference: Some("2026-<42>".into()),
        receivable: total(receivable),
        advance: total(advance),
        balance: total(balance),
    }
}

/// 1,234.50 of a bill, 200.00 received, of which 150.00 settle a part of it.
fn lines() -> Vec<CustomerStatementLine> {
    vec![
        line("issued", "C00042.2026-09", ["1234.50", "0.00", "1334.50"]),
        line("received", "RP3XP6RJ5HNHZQAV0", ["0.00", "200.00", "1134.50"]),
        line("applied", "RP3XP6RJ5HNHZQAV0", ["0.00", "-150.00", "1284.50"]),
        line("applied", "C00042.2026-09", ["-150.00", "0.00", "1134.50"]),
    ]
}

fn shown() -> Shown {
    let stamp = Stamp { position: 80, at: "2026-11-01T01:00:00Z".parse().unwrap(), by: "user:fin".into() };
    let row = StatementRow {
        id: "S01K7RA8ZAYFGXSMRSF9FMC3M04".parse().unwrap(),
        customer: "C00042".parse().unwrap(),
        currency: Currency::CNY,
        from: "2026-10-01".parse().unwrap(),
        to: "2026-10-31".parse().unwrap(),
        known_at: 77,
        opening: balance("100.00", "0.00", "100.00"),
        closing: balance("1184.50", "50.00", "1134.50"),
        line_count: 4,
        state: StatementState::Issued,
        answer: None,
        remark: None,
        answered_by: None,
        answered_at: None,
        end_reason: None,
        created: stamp.clone(),
        updated: stamp,
    };
    let customer =
        Party { id: row.customer.clone(), name: "青松 <贸易> 有限公司".into(), tax_number: None };
    Shown { row, lines: lines(), customer, issued_on: "2026-11-01".parse().unwrap(), answered_at: None }
}

fn printed(shown: &Shown, ending: Ending<'_>) -> String {
    let seller = Seller { name: Some("云程数据服务(上海)有限公司".into()), ..Seller::default() };
    StatementPage { shown, seller: &seller, ending }.html().unwrap()
}

#[track_caller]
fn assert_shows(page: &str, expected: &[&str]) {
    for text in expected {
        assert!(page.contains(text), "{text:?} is missing in {page}");
    }
}

#[test]
fn a_statement_shows_balances_lines_and_how_to_answer() {
    let link = "https://ledger.example/statements/S01K7RA8ZAYFGXSMRSF9FMC3M04/t\"o&k";
    let page = printed(&shown(), Ending::Paper(Some(link)));
    assert_shows(&page, &["云程数据服务(上海)有限公司", "2026-10-01 – 2026-10-31", "2026-11-01", "C00042"]);
    assert_shows(&page, &["账单 Bill<small>C00042.2026-09", "收款 Money received<small>RP3XP6RJ5HNHZQAV0"]);
    assert_shows(&page, &["用于核销账单 Used for a bill", "收款核销 Settled with money received"]);
    assert_shows(&page, &["1,234.50", "-150.00", "1,284.50", "1,184.50"]);
    assert_shows(&page, &["贵方应付我方 you owe us <b>CNY 1,134.50</b>", "人民币壹仟壹佰叁拾肆元伍角"]);
    assert_shows(&page, &["（盖章 Stamp）", "/t&quot;o&amp;k\">", "账簿位置 Book position 77"]);
    assert!(!page.contains("<form"), "paper has no form");
    let unlinked = printed(&shown(), Ending::Paper(None));
    assert!(!unlinked.contains("<a "), "who may not answer sees no link");
}

#[test]
fn nothing_anyone_typed_becomes_markup() {
    let mut shown = shown();
    shown.row.state = StatementState::Disagreed;
    shown.row.answer = Some(StatementAnswer::Disagrees);
    shown.row.remark = "<script>alert(1)</script>".parse::<Remark>().ok();
    shown.row.answered_by = "<img src=x>".parse::<Signatory>().ok();
    shown.answered_at = "2026-11-02T18:30:00".parse().ok();
    let page = printed(&shown, Ending::Online(&Form::default()));
    assert_shows(&page, &["青松 &lt;贸易&gt; 有限公司", "2026-&lt;42&gt;", "&lt;script&gt;alert(1)"]);
    assert_shows(&page, &["信息不符 Not agreed", "&lt;img src=x&gt;", "2026-11-02 18:30"]);
    for forbidden in ["<script", "<img", "<link", "<a ", "http:", "https:", "url(", "@import", "<form"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn a_withdrawn_statement_is_plainly_marked() {
    let mut shown = shown();
    shown.row.state = StatementState::Withdrawn;
    let page = printed(&shown, Ending::Paper(None));
    assert_shows(&page, &["已撤回 WITHDRAWN", "this statement does not count"]);
    assert!(!page.contains("盖章"), "there is nothing to sign");
}

#[test]
fn it_says_who_owes_whom() {
    let mut shown = shown();
    shown.row.closing = balance("10.00", "40.50", "-30.50");
    let owed = printed(&shown, Ending::Paper(None));
    assert_shows(&owed, &["我方应付贵方 we owe you <b>CNY 30.50</b>", "人民币叁拾元零伍角"]);
    shown.row.closing = balance("0.00", "0.00", "0.00");
    assert_shows(&printed(&shown, Ending::Paper(None)), &["双方互不相欠"]);
}

#[test]
fn lines_that_do_not_make_the_figures_are_not_shown() {
    let row = shown().row;
    let statement = |lines: Vec<CustomerStatementLine>| CustomerStatement {
        customer: row.customer.clone(),
        currency: row.currency,
        from: Some(row.from),
        to: Some(row.to),
        opening: row.opening,
        closing: row.closing,
        line_count: row.line_count,
        lines,
    };
    assert!(is_as_issued(&row, &statement(lines())));
    let mut cent = lines();
    cent[0].receivable = total("1234.51");
    let mut money = lines();
    money[1].advance = total("199.99");
    let mut fewer = lines();
    fewer.pop();
    for wrong in [cent, money, fewer] {
        assert!(!is_as_issued(&row, &statement(wrong)));
    }
    let later = CustomerStatement { closing: balance("1184.50", "0.00", "1184.50"), ..statement(lines()) };
    assert!(!is_as_issued(&row, &later), "what is known now is something else");
}

#[test]
fn a_form_keeps_what_was_typed_and_says_what_to_do() {
    let mut form = Form::typed("disagrees", "", "");
    assert_eq!(form.read(), None);
    assert_eq!(form.mistakes, [Mistake::RemarkMissing, Mistake::NameMissing]);
    let mut form = Form::typed("maybe", &"字".repeat(501), "李\u{7}雷 \"<");
    assert_eq!(form.read(), None);
    let unusable = [Mistake::AnswerMissing, Mistake::RemarkUnusable, Mistake::NameUnusable];
    assert_eq!(form.mistakes, unusable);
    let page = printed(&shown(), Ending::Online(&form));
    assert_shows(&page, &["请选择相符或不符", "500 characters at most", "100 characters at most"]);
    assert_shows(&page, &["value=\"李\u{7}雷 &quot;&lt;\"", &"字".repeat(501), "<form method=\"post\""]);
    assert!(!page.contains(" checked") && !page.contains("盖章"), "{page}");
    let mut form = Form::typed("disagrees", " 差 5 元\r\n见附件 ", " 李雷 ");
    let (answer, remark, by) = form.read().unwrap();
    assert_eq!((answer, by.as_str()), (StatementAnswer::Disagrees, "李雷"));
    assert_eq!(remark.unwrap().as_str(), "差 5 元 见附件", "a remark is one line");
    assert_shows(&printed(&shown(), Ending::Online(&form)), &["value=\"disagrees\" required checked"]);
    assert_eq!(Form::typed("agrees", "", "李雷").read().unwrap().1, None);
}
