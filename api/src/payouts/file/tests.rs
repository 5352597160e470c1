use tallybook_domain::deposits::Destination;
use tallybook_domain::payouts::{Debtor, PayoutAdapterKind, PayoutId, PayoutState};
use tallybook_domain::{Money, WithdrawalId};
use tallybook_read_models::fold::Stamp;
use tallybook_read_models::payouts::{PayoutBatchRow, PayoutRow};

use super::FileFormat;

fn stamp() -> Stamp {
    Stamp { position: 7, at: "2026-03-10T01:02:03.456789Z".parse().unwrap(), by: "user:han".into() }
}

fn batch() -> PayoutBatchRow {
    PayoutBatchRow {
        id: "B01K7RA8ZAYFGXSMRSF9FMC3M05".parse().unwrap(),
        debtor: Debtor {
            name: "示例 & 公司".parse().unwrap(),
            account: "1100 1002 0030 0400".parse().unwrap(),
            bank_code: "102100099996".parse().unwrap(),
        },
        execution_date: "2026-03-11".parse().unwrap(),
        payouts: 3,
        created: stamp(),
    }
}

fn payout(number: u64, amount: &str, currency: &str, destination: (&str, &str, Option<&str>)) -> PayoutRow {
    let withdrawal: WithdrawalId = format!("0199f0a4-7d5e-7c3b-9a63-{number:012x}").parse().unwrap();
    let (name, account, bank) = destination;
    PayoutRow {
        id: PayoutId::of(&withdrawal),
        withdrawal,
        customer: "C00042".parse().unwrap(),
        wallet: "C00042.CNY".parse().unwrap(),
        amount: Money::parse(amount, currency.parse().unwrap()).unwrap(),
        reference: format!("W-{number}").parse().unwrap(),
        destination: Destination {
            account_name: name.parse().unwrap(),
            account_number: account.parse().unwrap(),
            bank_name: bank.map(|bank| bank.parse().unwrap()),
        },
        adapter: PayoutAdapterKind::Manual,
        batch: Some("B01K7RA8ZAYFGXSMRSF9FMC3M05".parse().unwrap()),
        state: PayoutState::Prepared,
        cause: None,
        doubt: None,
        bank_reference: None,
        paid_date: None,
        reason: None,
        sent_at: None,
        created: stamp(),
        updated: stamp(),
    }
}

fn payouts() -> Vec<PayoutRow> {
    vec![
        payout(1, "30.00", "CNY", ("李雷", "6222 0212-3456 7890123", Some("工商银行"))),
        payout(2, "1000", "JPY", ("<Müller>", "DE89 3704 0044 0532 0130 00", None)),
        payout(3, "0.05", "CNY", ("=1+1", "li@example.com", None)),
    ]
}

fn written(format: FileFormat, payouts: &[PayoutRow]) -> String {
    String::from_utf8(format.write(&batch(), payouts).unwrap()).unwrap()
}

#[test]
fn a_batch_is_a_table_that_holds_no_formula() {
    assert_eq!(
        written(FileFormat::Csv, &payouts()),
        "payout_id,account_name,account_number,bank_name,amount,currency,reference,execution_date\r\n\
         Y01K7RA8ZAYFGXSMRR0000000001,李雷,6222 0212-3456 7890123,工商银行,30.00,CNY,W-1,2026-03-11\r\n\
         Y01K7RA8ZAYFGXSMRR0000000002,<Müller>,DE89 3704 0044 0532 0130 00,,1000,JPY,W-2,2026-03-11\r\n\
         Y01K7RA8ZAYFGXSMRR0000000003,'=1+1,li@example.com,,0.05,CNY,W-3,2026-03-11\r\n"
            .replace("Y01K7RA8ZAYFGXSMRR0000000001", payouts()[0].id.as_str())
            .replace("Y01K7RA8ZAYFGXSMRR0000000002", payouts()[1].id.as_str())
            .replace("Y01K7RA8ZAYFGXSMRR0000000003", payouts()[2].id.as_str())
    );
}

/// To the byte: a bank has the file, and the next download must be the same.
#[test]
fn a_batch_is_a_credit_transfer_initiation() {
    let [first, second, third] = [0, 1, 2].map(|index| payouts()[index].id.to_string());
    let expected = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">
<CstmrCdtTrfInitn>
<GrpHdr><MsgId>B01K7RA8ZAYFGXSMRSF9FMC3M05</MsgId><CreDtTm>2026-03-10T01:02:03Z</CreDtTm><NbOfTxs>3</NbOfTxs><CtrlSum>1030.05</CtrlSum><InitgPty><Nm>示例 &amp; 公司</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>B01K7RA8ZAYFGXSMRSF9FMC3M05.CNY</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>2</NbOfTxs><CtrlSum>30.05</CtrlSum><ReqdExctnDt><Dt>2026-03-11</Dt></ReqdExctnDt><Dbtr><Nm>示例 &amp; 公司</Nm></Dbtr><DbtrAcct><Id><Othr><Id>1100100200300400</Id></Othr></Id><Ccy>CNY</Ccy></DbtrAcct><DbtrAgt><FinInstnId><ClrSysMmbId><ClrSysId><Cd>CNAPS</Cd></ClrSysId><MmbId>102100099996</MmbId></ClrSysMmbId></FinInstnId></DbtrAgt>
<CdtTrfTxInf><PmtId><InstrId>{first}</InstrId><EndToEndId>{first}</EndToEndId></PmtId><Amt><InstdAmt Ccy="CNY">30.00</InstdAmt></Amt><CdtrAgt><FinInstnId><Nm>工商银行</Nm></FinInstnId></CdtrAgt><Cdtr><Nm>李雷</Nm></Cdtr><CdtrAcct><Id><Othr><Id>6222021234567890123</Id></Othr></Id></CdtrAcct><RmtInf><Ustrd>W-1</Ustrd></RmtInf></CdtTrfTxInf>
<CdtTrfTxInf><PmtId><InstrId>{third}</InstrId><EndToEndId>{third}</EndToEndId></PmtId><Amt><InstdAmt Ccy="CNY">0.05</InstdAmt></Amt><Cdtr><Nm>=1+1</Nm></Cdtr><CdtrAcct><Id><Othr><Id>li@example.com</Id></Othr></Id></CdtrAcct><RmtInf><Ustrd>W-3</Ustrd></RmtInf></CdtTrfTxInf>
</PmtInf>
<PmtInf><PmtInfId>B01K7RA8ZAYFGXSMRSF9FMC3M05.JPY</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>1</NbOfTxs><CtrlSum>1000</CtrlSum><ReqdExctnDt><Dt>2026-03-11</Dt></ReqdExctnDt><Dbtr><Nm>示例 &amp; 公司</Nm></Dbtr><DbtrAcct><Id><Othr><Id>1100100200300400</Id></Othr></Id><Ccy>JPY</Ccy></DbtrAcct><DbtrAgt><FinInstnId><ClrSysMmbId><ClrSysId><Cd>CNAPS</Cd></ClrSysId><MmbId>102100099996</MmbId></ClrSysMmbId></FinInstnId></DbtrAgt>
<CdtTrfTxInf><PmtId><InstrId>{second}</InstrId><EndToEndId>{second}</EndToEndId></PmtId><Amt><InstdAmt Ccy="JPY">1000</InstdAmt></Amt><Cdtr><Nm>&lt;Müller&gt;</Nm></Cdtr><CdtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></CdtrAcct><RmtInf><Ustrd>W-2</Ustrd></RmtInf></CdtTrfTxInf>
</PmtInf>
</CstmrCdtTrfInitn>
</Document>
"#
    );
    assert_eq!(written(FileFormat::Pain001, &payouts()), expected);
}

/// The order of the schema's sequences (PaymentInstruction30, CreditTransferTransaction34), and its lengths.
#[test]
fn elements_come_in_the_order_of_the_schema() {
    let xml = written(FileFormat::Pain001, &payouts());
    for (within, order) in [
        ("GrpHdr", &["MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "InitgPty"][..]),
        (
            "PmtInf",
            &[
                "PmtInfId",
                "PmtMtd",
                "NbOfTxs",
                "CtrlSum",
                "ReqdExctnDt",
                "Dbtr",
                "DbtrAcct",
                "DbtrAgt",
                "CdtTrfTxInf",
            ],
        ),
        ("CdtTrfTxInf", &["PmtId", "Amt", "CdtrAgt", "Cdtr", "CdtrAcct", "RmtInf"]),
    ] {
        let (open, close) = (format!("<{within}>"), format!("</{within}>"));
        let inside = xml.split(&open).nth(1).and_then(|rest| rest.split(&close).next()).unwrap();
        let places: Vec<usize> =
            order.iter().map(|name| inside.find(&format!("<{name}>")).expect(name)).collect();
        assert!(places.is_sorted(), "{within}: {places:?}");
    }
    for name in ["MsgId", "PmtInfId", "InstrId", "EndToEndId", "MmbId"] {
        for text in xml.split(&format!("<{name}>")).skip(1) {
            assert!(text.split('<').next().unwrap().len() <= 35, "{name} is a Max35Text");
        }
    }
}

#[test]
fn whom_money_goes_to_is_never_shortened() {
    let long = "名".repeat(141);
    for destination in [(long.as_str(), "6222021234567890123", None), ("李雷", &"1".repeat(35), None)] {
        let unfit = payout(1, "30.00", "CNY", destination);
        assert!(FileFormat::Pain001.write(&batch(), std::slice::from_ref(&unfit)).is_err());
        assert!(FileFormat::Csv.write(&batch(), &[unfit]).is_ok(), "a table has room");
    }
}
