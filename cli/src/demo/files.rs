//! What is known of the demonstration's customers. None of the people, numbers and places exist.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use tallybook_commands::customers::RegisterCustomer;
use tallybook_commands::customers::personal::{PersonalEdits, PersonalText};
use tallybook_domain::customers::{
    BillingCycle, Edit, ExternalIds, PaymentTermDays, PersonalField, ProfileEdits, SettlementMode, Tags,
};
use tallybook_domain::{Currency, Money};

use super::story::CUSTOMERS;
use super::tell::parse;
use crate::failure::Failure;

/// Short name, industry, level, account manager, contact person, tax number.
const FILES: [[&str; 6]; 12] = [
    ["青松商贸", "零售", "A", "李雷", "王小明", "91310000DEM000001H"],
    ["蓝鹭科技", "信息技术", "A", "李雷", "陈晨", "91310000DEM000002L"],
    ["Willow", "零售", "B", "韩梅梅", "Ada Finch", "91310000DEM000003P"],
    ["海棠餐饮", "餐饮", "C", "韩梅梅", "周岚", "91310000DEM000004T"],
    ["北辰物流", "物流", "A", "李雷", "孙毅", "91310000DEM000005X"],
    ["Lantern", "零售", "C", "韩梅梅", "Tom Lamp", "91310000DEM0000061"],
    ["云溪传媒", "文化传媒", "B", "李雷", "吴桐", "91310000DEM0000074"],
    ["Harbour", "物流", "B", "韩梅梅", "Uwe Hafen", "91310000DEM0000087"],
    ["竹里茶业", "零售", "C", "李雷", "郑茗", "91310000DEM000009A"],
    ["晨星教育", "教育", "B", "韩梅梅", "冯晓", "91310000DEM000010F"],
    ["Copper", "餐饮", "B", "李雷", "Kim Copper", "91310000DEM000011J"],
    ["南湾渔业", "渔业", "C", "韩梅梅", "何帆", "91310000DEM000012M"],
];

/// The registration of a customer with its whole file. Personal fields only where they can be sealed.
pub(super) fn registration(number: usize, with_personal: bool) -> Result<RegisterCustomer, Failure> {
    let [short_name, industry, level, manager, contact, tax_number] = FILES[number];
    let mode = SettlementMode::ALL[number % SettlementMode::ALL.len()];
    let limit = Money::parse(&format!("{}0000", number + 1), Currency::CNY).context("a credit limit")?;
    let term = PaymentTermDays::try_from([15, 30, 45][number % 3]).context("a payment term")?;
    let profile = ProfileEdits {
        code: Edit::Set(parse(&format!("KH-{:04}", number + 1))?),
        short_name: Edit::Set(parse(short_name)?),
        industry: Edit::Set(parse(industry)?),
        level: Edit::Set(parse(level)?),
        tax_number: Edit::Set(parse(tax_number)?),
        bank_name: Edit::Set(parse("示例银行 / Demo Bank")?),
        settlement_mode: Edit::Set(mode),
        billing_cycle: Edit::Set(BillingCycle::Monthly),
        payment_term_days: Edit::Set(term),
        credit_limit: Edit::Set(limit),
        currency: Edit::Set(Currency::CNY),
        tags: Edit::Set(tags(["demo", if number.is_multiple_of(2) { "north" } else { "south" }])?),
        remarks: Edit::Set(parse("示例客户 / demonstration")?),
        external_ids: Edit::Set(crm_id(number)?),
        ..ProfileEdits::default()
    };
    let personal = if with_personal { personal(number, contact)? } else { PersonalEdits::default() };
    Ok(RegisterCustomer {
        name: parse(CUSTOMERS[number])?,
        account_manager: Some(parse(manager)?),
        profile: Box::new(profile),
        personal,
    })
}

fn personal(number: usize, contact: &str) -> Result<PersonalEdits, Failure> {
    let mut personal = PersonalEdits::default();
    for field in PersonalField::ALL {
        let text = match field {
            PersonalField::ContactPerson => contact.to_owned(),
            PersonalField::Phone => format!("1380000{:04}", number + 1),
            PersonalField::Email => format!("contact{:02}@demo.example", number + 1),
            PersonalField::Address => format!("上海市闵行区示例路{}号 101 室", number + 1),
            PersonalField::BankAccount => format!("62220000000000{number:04}"),
        };
        let text = PersonalText::new(field, &text).context("a personal field of the demonstration")?;
        personal.set(field, Edit::Set(text));
    }
    Ok(personal)
}

fn tags(words: [&str; 2]) -> Result<Tags, Failure> {
    let tags: BTreeSet<_> = words.into_iter().map(parse).collect::<Result<_, _>>()?;
    Ok(Tags::try_from(tags).context("the tags of the demonstration")?)
}

fn crm_id(number: usize) -> Result<ExternalIds, Failure> {
    let ids = BTreeMap::from([(parse("crm")?, parse(&format!("A-{:03}", number + 1))?)]);
    Ok(ExternalIds::try_from(ids).context("the ids of the demonstration")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_customer_has_a_whole_file() {
        for number in 0..CUSTOMERS.len() {
            let RegisterCustomer { profile, account_manager, .. } = registration(number, true).unwrap();
            assert!(account_manager.is_some());
            // Personal fields are sealed later; all others are set.
            let set = serde_json::to_value(&profile).unwrap();
            assert_eq!(set.as_object().unwrap().len(), 14, "{set}");
        }
    }
}
