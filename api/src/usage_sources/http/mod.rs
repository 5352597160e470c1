//! A source that answers over HTTP with JSON.

mod client;
mod mapping;
mod secret;
mod settings;
mod template;

use futures::future::BoxFuture;
use tallybook_domain::billing::usage_source::SourceName;
use tallybook_event_store::Book;

use self::client::{Client, Page};
use self::mapping::Mapping;
use self::secret::Secret;
pub(super) use self::settings::HttpSettings;
use self::template::Template;
use super::{Ask, Asked, Brought, Ended, Unanswered};

/// Pages of one answer, at most.
const MOST_PAGES: usize = 100;

#[derive(Debug)]
pub(super) struct HttpSource {
    url: Template,
    headers: Vec<(String, Secret)>,
    client: Client,
    mapping: Mapping,
}

impl HttpSource {
    pub(super) fn open(
        settings: &HttpSettings,
        name: &SourceName,
        secret: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, String> {
        let headers = settings.headers.iter().map(|(header, value)| {
            let value = Secret::of(value, secret).map_err(|reason| format!("header {header}: {reason}"))?;
            Ok((header.clone(), value))
        });
        Ok(Self {
            url: settings.url.parse()?,
            headers: headers.collect::<Result<_, String>>()?,
            client: Client::new(settings.timeout_seconds, settings.answer_limit_bytes)?,
            mapping: Mapping::new(&settings.records, name)?,
        })
    }

    async fn answer(&self, asked: &Asked) -> Result<Brought, Unanswered> {
        let Asked::Month { customer, code, month } = asked else {
            return Err(Unanswered::for_good("the source has no files"));
        };
        let mut url = self.url.fill(customer, code.as_ref(), *month).map_err(Unanswered::for_good)?;
        let mut brought = Brought::default();
        for _ in 0..MOST_PAGES {
            let Page { text } = self.client.get(&url, &self.headers).await?;
            let next =
                self.mapping.read(&text, customer, *month, &mut brought).map_err(Unanswered::for_good)?;
            match next {
                Some(next) => url = template::follow(&url, &next).map_err(Unanswered::for_good)?,
                None => return Ok(brought),
            }
        }
        Err(Unanswered::for_good(format!("the answer has more than {MOST_PAGES} pages")))
    }
}

impl Ask for HttpSource {
    fn kind(&self) -> &'static str {
        "http"
    }

    fn place(&self) -> String {
        self.url.host().to_owned()
    }

    fn asks_by_month(&self) -> bool {
        true
    }

    fn comes(&self) -> Result<bool, Unanswered> {
        Ok(false)
    }

    fn offers(&self) -> BoxFuture<'_, Result<Vec<Asked>, Unanswered>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn ask<'a>(&'a self, _: &'a Book, asked: &'a Asked) -> BoxFuture<'a, Result<Brought, Unanswered>> {
        Box::pin(self.answer(asked))
    }

    fn settle<'a>(&'a self, _: &'a Asked, _: &'a Ended) -> BoxFuture<'a, Result<(), Unanswered>> {
        Box::pin(async { Ok(()) })
    }
}
