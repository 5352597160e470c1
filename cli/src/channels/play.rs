//! `channels play`: a notification as WeChat Pay would send it, signed with a key of one's own.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, anyhow};
use clap::Args;
use serde_json::{Value, json};
use tallybook_channels::InvalidApiV3Key;
use tallybook_channels::played::{PlayedWechatPay, SignedNotification, SigningKey};
use tallybook_domain::channels::ChannelNumber;
use tallybook_domain::{Currency, Money, MoneyError};

use crate::environment;
use crate::failure::Failure;
use crate::output::say;

/// Sign a notification of a payment as WeChat Pay would, with a key of your own
///
/// For trying things out: a book whose settings list the certificate of that key takes it for WeChat Pay's word, so never list
/// one where money is real. Nothing is sent. What is printed is for curl: it reads the headers and the body with `-K -`. A
/// signature counts for five minutes.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  tallybook channels play --private-key wechat-pay.key.pem --serial 0A5157F09EFDC096DE15EBE81A47057A7201 \\
    --api-v3-key wechat-pay-api-v3-key --merchant 1230000109 --app wxd678efh567hg6787 \\
    --reference SO-1-001 --transaction 4200001234202611225678901234 --amount 99.00 |
  curl -sSK - http://localhost:8080/v1/channels/wechat_pay/notifications")]
pub(super) struct PlayCommand {
    /// The private key in PEM (PKCS #8), whose certificate or public key the settings list
    #[arg(long, value_name = "FILE")]
    private_key: PathBuf,
    /// The serial number of that certificate, or the id of the public key
    #[arg(long)]
    serial: ChannelNumber,
    /// A file with the APIv3 key of the settings
    #[arg(long, value_name = "FILE")]
    api_v3_key: PathBuf,
    /// The merchant of the settings (mchid)
    #[arg(long)]
    merchant: ChannelNumber,
    /// One of its apps (appid)
    #[arg(long)]
    app: ChannelNumber,
    /// Our number of the payment (out_trade_no): the `reference` of the attempt
    #[arg(long)]
    reference: ChannelNumber,
    /// WeChat Pay's number of the payment (transaction_id)
    #[arg(long)]
    transaction: ChannelNumber,
    /// What was paid, in yuan
    #[arg(long, value_parser = yuan)]
    amount: Money,
    /// WeChat Pay's number of the notification; that of the payment, if left out
    #[arg(long)]
    id: Option<ChannelNumber>,
    /// Headers and body as one JSON object
    #[arg(long)]
    json: bool,
}

fn yuan(text: &str) -> Result<Money, MoneyError> {
    Money::parse(text, Currency::CNY)
}

impl PlayCommand {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let notification = self.sign()?;
        let SignedNotification { timestamp, nonce, signature, serial, body } = notification;
        let body = String::from_utf8(body).context("the body of a notification is a text")?;
        let headers = [
            ("Wechatpay-Timestamp", timestamp),
            ("Wechatpay-Nonce", nonce),
            ("Wechatpay-Signature", signature),
            ("Wechatpay-Serial", serial),
            ("Content-Type", "application/json".to_owned()),
        ];
        if self.json {
            let headers: serde_json::Map<String, Value> =
                headers.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
            say(json!({ "headers": headers, "body": body }));
            return Ok(());
        }
        for (name, value) in headers {
            say(format!("header = {}", quoted(&format!("{name}: {value}"))));
        }
        say(format!("data-binary = {}", quoted(&body)));
        Ok(())
    }

    fn sign(&self) -> Result<SignedNotification, Failure> {
        let read = |file: &PathBuf| {
            let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()));
            text.map_err(Failure::usage)
        };
        let key = SigningKey::new(&read(&self.private_key)?)
            .map_err(|error| Failure::usage(anyhow!("{}: {error}", self.private_key.display())))?;
        let api_v3_key = read(&self.api_v3_key)?;
        let api_v3_key = api_v3_key.trim_end_matches(['\r', '\n']).as_bytes();
        let api_v3_key = api_v3_key.try_into().map_err(|_| Failure::usage(InvalidApiV3Key))?;
        let now = environment::now();
        let resource = json!({
            "mchid": self.merchant,
            "appid": self.app,
            "out_trade_no": self.reference,
            "transaction_id": self.transaction,
            "trade_type": "JSAPI",
            "trade_state": "SUCCESS",
            "success_time": now.to_rfc3339(),
            "payer": { "openid": "played" },
            "amount": { "total": fen(self.amount)?, "currency": self.amount.currency() },
        });
        let id = self.id.as_ref().unwrap_or(&self.transaction);
        let wechat_pay = PlayedWechatPay::new(key, self.serial.as_str(), api_v3_key);
        Ok(wechat_pay.notify("TRANSACTION.SUCCESS", id.as_str(), &resource, now))
    }
}

/// As WeChat Pay counts: whole fen.
fn fen(amount: Money) -> Result<i64, Failure> {
    let too_much = || Failure::usage(anyhow!("--amount {amount} is more than WeChat Pay could say"));
    i64::try_from(amount.amount().mantissa()).map_err(|_| too_much())
}

/// As curl reads a text in its settings.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
