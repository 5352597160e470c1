use std::collections::HashSet;

use tallybook_domain::customers::{Edit, SettlementMode};

use super::*;
use crate::list::{ListField, folded_name};
use crate::{Limits, SourceFile};

fn file(text: &str) -> SourceFile {
    SourceFile::read(text.as_bytes().to_vec(), &Limits::SHORT).unwrap()
}

fn list(text: &str) -> CustomerList {
    CustomerList::read(&file(text), &CustomerMapping::default()).unwrap()
}

fn row(text: &str) -> CustomerRow {
    list(text).rows.remove(0).read.unwrap()
}

/// Row and what is wrong with it.
fn wrong(list: &CustomerList) -> Vec<(usize, String)> {
    let bad = list.rows.iter().filter_map(|row| Some((row.number, row.read.as_ref().err()?)));
    bad.map(|(number, errors)| {
        (number, errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    })
    .collect()
}

#[test]
fn no_name_of_a_column_means_two_fields() {
    let mut seen = HashSet::new();
    for field in Field::ALL {
        for name in [field.as_str(), field.chinese(), field.english()] {
            assert!(field.is_called(&folded_name(name)), "{field}: {name}");
            let others = Field::ALL.iter().filter(|other| other.is_called(&folded_name(name)));
            assert_eq!(others.count(), 1, "{name}");
        }
        assert!(seen.insert(field.as_str()));
        assert_eq!(field.as_str().parse(), Ok(*field));
        assert_eq!(serde_json::to_value(field).unwrap(), field.as_str());
    }
}

#[test]
fn columns_are_found_in_chinese_and_english_wherever_the_header_is() {
    for (text, header) in [
        ("客户全称,客户编码,联系电话\nA,1,13800138000\n", 1),
        ("Full Name,customer-code,PHONE\nA,1,13800138000\n", 1),
        ("客户名单\n\n*客户名称（必填）,编码,手机\nA,1,13800138000\n", 3),
        ("客户全称 Full name,客户编码 Customer code,Phone 联系电话\nA,1,13800138000\n", 1),
        ("基本信息,,联系信息\n客户名称,客户代码,电话\nA,1,13800138000\n", 2),
        // 客户名称 is merged down from the row above.
        ("客户名称,基本信息,联系信息\n,客户代码,电话\nA,1,13800138000\n", 2),
    ] {
        let list = list(text);
        assert_eq!(list.columns.header, header, "{text}");
        let fields: Vec<Field> = list.columns.places.keys().copied().collect();
        assert_eq!(fields, [Field::Code, Field::Name, Field::Phone], "{text}");
        assert_eq!(list.rows.len(), 1, "{text}");
        assert!(list.rows[0].read.is_ok(), "{text}");
    }
}

#[test]
fn what_is_no_list_or_not_clear_is_said() {
    let refused = |text: &str| CustomerList::read(&file(text), &CustomerMapping::default()).unwrap_err();
    assert!(refused("a,b\n1,2\n").contains("客户全称"));
    let unclear = refused("名称,电话,手机\nA,1,2\n");
    assert!(unclear.contains("电话") && unclear.contains("手机"), "{unclear}");
    let mut mapping = CustomerMapping::default();
    mapping.columns.insert(Field::Phone, "手机".into());
    let list = CustomerList::read(&file("名称,电话,手机\nA,1,13800138000\n"), &mapping).unwrap();
    assert_eq!(
        (list.columns.places[&Field::Phone].0, list.columns.ignored.as_slice()),
        (2, &["电话".to_owned()][..])
    );
    mapping.columns.insert(Field::Code, "nowhere".into());
    let refused = CustomerList::read(&file("名称,手机\nA,1\n"), &mapping).unwrap_err();
    assert!(refused.contains("nowhere"), "{refused}");
}

#[test]
fn every_field_is_read_as_people_write_it() {
    let row = row(
        "name,code,short_name,industry,level,客户经理,联系人,phone,email,address,tax_number,开户行,银行账号,\
         settlement_mode,计费周期,账期,信用额度,先进先出,币种,tags,remarks,external_ids\n\
         青松,00042,青,零售,A,李雷,王芳,'+86 138 0013 8000,w@x.com,上海市闵行区,91350100m000100y43,中国银行,6222 0210,\
         预付费,按月,30天,\"5,000.00\",是,人民币,vip；北方,好,crm=A-77; erp:9\n",
    );
    let profile = serde_json::to_value(&row.profile).unwrap();
    assert_eq!(
        profile,
        serde_json::json!({
            "code": {"set": "00042"}, "short_name": {"set": "青"}, "industry": {"set": "零售"}, "level": {"set": "A"},
            "tax_number": {"set": "91350100M000100Y43"}, "bank_name": {"set": "中国银行"},
            "settlement_mode": {"set": "prepaid"}, "billing_cycle": {"set": "monthly"},
            "payment_term_days": {"set": 30},
            "credit_limit": {"set": {"amount": "5000.00", "currency": "CNY"}}, "oldest_first": {"set": true}, "currency": {"set": "CNY"},
            "tags": {"set": ["vip", "北方"]}, "remarks": {"set": "好"},
            "external_ids": {"set": {"crm": "A-77", "erp": "9"}}
        })
    );
    assert_eq!(row.account_manager, Edit::Set("李雷".parse().unwrap()));
    assert!(row.masked.is_empty());
}

#[test]
fn an_empty_cell_wishes_nothing_and_a_mask_is_no_value() {
    let row = row("name,code,结算方式,phone,联系人,email\nA,-,,138****1234,王*,z***@x.com\n");
    assert_eq!(row.profile.code, Edit::Keep);
    assert_eq!(row.profile.settlement_mode, Edit::<SettlementMode>::Keep);
    assert_eq!(row.masked, [Field::ContactPerson, Field::Phone, Field::Email]);
}

#[test]
fn everything_that_is_wrong_with_a_row_is_told_at_once() {
    let list = list("name,税号,phone,账期,信用额度\nA,91350100M000100Y44,1.38E+10,400,1.234\n");
    let wrong = wrong(&list);
    assert_eq!(wrong.len(), 1);
    let (number, told) = &wrong[0];
    assert_eq!(*number, 2);
    for said in ["税号: ", "check character", "phone: ", "rounded", "账期: ", "信用额度: "] {
        assert!(told.contains(said), "{said} is not in {told}");
    }
}

#[test]
fn of_rows_with_the_same_name_code_or_id_the_first_counts() {
    let list = list("id,name,code\n,Acme,K1\n,ＡＣＭＥ,K2\n,Beta,k1\nC00007,,\nC00007,Gamma,\n");
    let numbers: Vec<usize> = wrong(&list).iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [3, 4, 6]);
    assert!(wrong(&list)[0].1.contains("row 2 has the same"), "{:?}", wrong(&list));
}

#[test]
fn words_are_kept_as_the_mapping_says_and_no_others_are_taken() {
    let mapping = CustomerMapping::parse(
        "required = [\"code\"]\n[words.industry]\nIT = \"信息技术\"\n\"零售业\" = \"零售\"\n",
    )
    .unwrap();
    let text = "name,code,行业\nA,1,IT\nB,2,零售\nC,3,农业\nD,,IT\n";
    let list = CustomerList::read(&file(text), &mapping).unwrap();
    let industry = |place: usize| list.rows[place].read.as_ref().unwrap().profile.industry.clone();
    assert_eq!(industry(0), Edit::Set("信息技术".parse().unwrap()));
    assert_eq!(industry(1), Edit::Set("零售".parse().unwrap()));
    let wrong = wrong(&list);
    assert_eq!(wrong.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [4, 5]);
    assert!(wrong[0].1.contains("农业") && wrong[0].1.contains("IT"), "{wrong:?}");
    assert!(wrong[1].1.contains("code"), "{wrong:?}");
    assert_eq!(CustomerMapping::parse(&mapping.to_toml().unwrap()).unwrap(), mapping);
}

#[test]
fn a_quotation_mark_out_of_place_spoils_its_own_rows_only() {
    let list = list("name,code\nA,1\n\"B,2\nC,3\n\"D\",4\nE,5\n");
    assert!(list.rows[0].read.is_ok());
    assert!(wrong(&list)[0].1.contains("quotation mark"), "{:?}", wrong(&list));
    assert!(list.rows.last().unwrap().read.is_ok());
}

#[test]
fn the_template_is_a_list_without_rows() {
    let file = SourceFile::read(template().unwrap(), &Limits::SHORT).unwrap();
    let list = CustomerList::read(&file, &CustomerMapping::default()).unwrap();
    assert_eq!(list.rows.len(), 0);
    assert_eq!(list.columns.ignored, [""; 0]);
    assert_eq!(list.columns.places.len(), Field::ALL.len() - 1, "all but the id");
}
