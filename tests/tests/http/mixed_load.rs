//! Everything at once through two processes: people who register, record, reverse, ask, decide, settle and rename on
//! the same few customers, with the same few references. Refusals are fine, failures are not; and in the end every
//! truth holds.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::json;
use tallybook_tests::answer::text;
use tallybook_tests::book::Differently;
use tallybook_tests::scenario::{step_body, step_path};
use tallybook_tests::{Answer, Client, TestBook, bodies};

const PEOPLE: usize = 16;
const COMMANDS_EACH: usize = 60;
const STEPS: [&str; 7] = ["approve", "reject", "cancel", "submit", "succeed", "fail", "return"];

/// What everyone knows of.
#[derive(Default)]
struct Known {
    customers: Vec<String>,
    deposits: Mutex<Vec<String>>,
    withdrawals: Mutex<Vec<String>>,
    answers: Mutex<BTreeMap<String, usize>>,
}

/// Someone with a will of his own, the same every time.
struct Person {
    dice: u64,
    finance: Client,
    approver: Client,
}

impl Person {
    fn roll(&mut self, sides: usize) -> usize {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.dice >> 33).unwrap() % sides
    }

    fn pick(&mut self, from: &Mutex<Vec<String>>) -> Option<String> {
        let from = from.lock().unwrap();
        if from.is_empty() { None } else { Some(from[self.roll(from.len())].clone()) }
    }

    /// Does one thing; answers with what was said about it.
    async fn act(&mut self, known: &Known) -> Option<Answer> {
        let customer = known.customers[self.roll(known.customers.len())].clone();
        let amount = format!("{}.{:02}", self.roll(40), self.roll(99) + 1);
        let reference = format!("R{}", self.roll(12));
        match self.roll(12) {
            0..3 => {
                let body = bodies::deposit(&customer, &amount, &reference);
                let answer = self.finance.post("/v1/deposits", &body).await;
                remember(&known.deposits, &answer);
                Some(answer)
            }
            3..5 => {
                let path = format!("/v1/deposits/{}/reverse", self.pick(&known.deposits)?);
                Some(self.finance.post(&path, &bodies::because("recalled")).await)
            }
            5..7 => {
                let reference = format!("W{}", self.roll(400));
                let body = bodies::withdrawal(&customer, &amount, &reference);
                let answer = self.finance.post("/v1/withdrawals", &body).await;
                remember(&known.withdrawals, &answer);
                Some(answer)
            }
            7..11 => {
                let (id, step) = (self.pick(&known.withdrawals)?, STEPS[self.roll(STEPS.len())]);
                let client =
                    if matches!(step, "approve" | "reject") { &self.approver } else { &self.finance };
                Some(client.post(&step_path(&id, step), &step_body(step)).await)
            }
            _ => {
                let path = format!("/v1/customers/{customer}");
                Some(match self.roll(6) {
                    0 => self.finance.post(&format!("{path}/suspend"), &bodies::because("a doubt")).await,
                    1 | 2 => self.finance.post(&format!("{path}/reactivate"), &json!({})).await,
                    _ => {
                        let name = format!("Name {}", self.roll(5));
                        self.finance.patch(&path, &bodies::customer(&name)).await
                    }
                })
            }
        }
    }
}

fn remember(list: &Mutex<Vec<String>>, answer: &Answer) {
    if answer.status == 201 {
        list.lock().unwrap().push(text(&answer.body, "id").to_owned());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_at_once_through_two_processes_adds_up() {
    let book = TestBook::start().await;
    let another = book.another(Differently::default()).await;
    let mut known = Known::default();
    for name in ["A", "B", "C"] {
        known.customers.push(book.customer(name).await);
    }
    let known = &known;
    let people = (0..PEOPLE).map(|number| {
        let address = [book.address(), another.address()][number % 2].to_owned();
        let (finance, approver) = (book.finance().at(&address), book.approver().at(&address));
        let mut person = Person { dice: 20_260_310 + u64::try_from(number).unwrap(), finance, approver };
        async move {
            for _ in 0..COMMANDS_EACH {
                let Some(answer) = person.act(known).await else { continue };
                assert!(matches!(answer.status, 200 | 201 | 404 | 409 | 422), "{}", answer.text);
                if answer.status >= 400 {
                    answer.problem(answer.status, answer.kind());
                }
                let said = if answer.status < 300 { "done" } else { answer.kind() };
                *known.answers.lock().unwrap().entry(said.to_owned()).or_default() += 1;
            }
        }
    });
    futures::future::join_all(people).await;
    let answers = known.answers.lock().unwrap().clone();
    for said in
        ["done", "reference-taken", "insufficient-funds", "withdrawal-not-in-state", "customer-name-taken"]
    {
        assert!(answers.contains_key(said), "nobody heard {said}: {answers:?}");
    }
    another.stop().await;
    book.finish().await;
}
