//! What every command owes, whatever it does: a dry run and a refusal write nothing, and a retry happens once.

use reqwest::Method;
use serde_json::Value;

use crate::client::Request;
use crate::{Answer, Client, TestBook};

/// All that a command may write, short enough to compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    position: i64,
    root: Vec<u8>,
    commands: i64,
    claims: i64,
}

/// What is in the book now.
pub async fn written(book: &TestBook) -> Written {
    let (position, root, commands, claims) = sqlx::query_as(
        "SELECT position, root, (SELECT count(*) FROM commands), (SELECT count(*) FROM claims) FROM book_head",
    )
    .fetch_one(book.pool())
    .await
    .unwrap();
    Written { position, root, commands, claims }
}

impl TestBook {
    /// Has a new thing recorded (201), as `command` does.
    pub async fn creates(&self, client: &Client, path: &str, body: &Value) -> Value {
        self.command(client, Method::POST, (path, body), 201).await
    }

    /// Has something changed (200), as `command` does.
    pub async fn changes(&self, client: &Client, path: &str, body: &Value) -> Value {
        self.command(client, Method::POST, (path, body), 200).await
    }

    /// Sends a command in all the ways it can be sent: as a dry run, in earnest, again, and its key with another
    /// body. Answers with what was answered in earnest.
    pub async fn command(
        &self,
        client: &Client,
        method: Method,
        (path, body): (&str, &Value),
        status: u16,
    ) -> Value {
        let before = written(self).await;
        let dry = client.send(method.clone(), &format!("{path}?dry_run=true"), body).await;
        let dry = dry.ok().clone();
        assert_eq!(dry["dry_run"], true);
        assert_eq!(written(self).await, before, "a dry run writes nothing");

        let key = format!("test-{}", uuid::Uuid::now_v7());
        let first = client.send(method.clone(), path, body).key(&key).await;
        let answer = first.expect(status).clone();
        assert!(!first.replayed());
        assert_eq!(first.header("tallybook-position"), answer["position"].to_string());
        let after = written(self).await;
        self.recorded_as_tried(&dry, before.position, after.position).await;

        let again = client.send(method.clone(), path, body).key(&key).await;
        assert_eq!(
            (again.expect(status), again.replayed()),
            (&answer, true),
            "a retry gets the first answer"
        );
        assert_eq!(again.header("tallybook-position"), first.header("tallybook-position"));
        assert_eq!(written(self).await, after, "a retry writes nothing");

        if let Some(other) = another(body) {
            let reused = client.send(method, path, &other).key(&key).await;
            reused.problem(422, "idempotency-key-reused");
            assert_eq!(written(self).await, after, "a key is good for one request");
        }
        answer
    }

    /// A dry run names the events that the command then records.
    async fn recorded_as_tried(&self, dry: &Value, before: i64, after: i64) {
        let recorded: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT aggregate_type, event_type, event_version FROM events
              WHERE position > $1 AND position <= $2 ORDER BY position",
        )
        .bind(before)
        .bind(after)
        .fetch_all(self.pool())
        .await
        .unwrap();
        let tried = dry["events"].as_array().unwrap().iter();
        let tried: Vec<_> = tried
            .map(|event| {
                ["aggregate_type", "event_type", "event_version"].map(|it| event[it].as_str().unwrap())
            })
            .map(|[aggregate, event, version]| (aggregate.to_owned(), event.to_owned(), version.to_owned()))
            .collect();
        assert_eq!(tried, recorded);
    }

    /// The request is refused with this problem, and nothing is written.
    pub async fn refuses(&self, request: Request, status: u16, kind: &str) -> Answer {
        let before = written(self).await;
        let answer = request.await;
        answer.problem(status, kind);
        assert_eq!(written(self).await, before, "a refused command changes nothing");
        answer
    }

    /// The request is refused with everything that is wrong with it, and nothing is written.
    pub async fn refuses_values(&self, request: Request, errors: &[(&str, &str)]) {
        let before = written(self).await;
        request.await.invalid(errors);
        assert_eq!(written(self).await, before, "a refused command changes nothing");
    }
}

/// A body as good as this one that asks for something else, where one can be made without knowing the route.
fn another(body: &Value) -> Option<Value> {
    let member = ["name", "reference", "reason"].into_iter().find(|member| body[member].is_string())?;
    let mut other = body.clone();
    other[member] = format!("{} too", body[member].as_str()?).into();
    Some(other)
}
