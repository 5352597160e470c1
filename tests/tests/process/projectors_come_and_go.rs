//! Several projector processes, started and killed at random while people work.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;
use tallybook_tests::answer::{number, text};
use tallybook_tests::program::{Program, done};
use tallybook_tests::{Client, truths};

use crate::book::Processes;
use crate::load::Load;

/// What the design promises: within this time of its leader's death a projection moves again.
const MOVES_WITHIN: Duration = Duration::from_secs(10);
const AT_MOST: usize = 4;

/// Projectors come and go for as long as commands come in. Whatever leader dies, its projections move again in time,
/// under another; and what they all made together is what one process makes of the journal.
#[tokio::test(flavor = "multi_thread")]
async fn projectors_that_come_and_go_make_what_one_makes() {
    let seed = seed();
    eprintln!("TEST_SEED={seed}");
    let book = Processes::on_the_server();
    let api = book.api();
    let load = Load::prepare(book.people(&api.address).await, vec![api.address.clone()], 2_500).await;
    let load = load.over(Duration::from_secs(35));
    let mut crowd = Crowd::of_three(&book, load.auditor(), seed);
    tokio::select! {
        () = load.run() => {}
        () = crowd.come_and_go() => {}
    }
    let Watch { deaths, takeovers, longest, .. } = &crowd.watch;
    eprintln!("{deaths} leaders died, {takeovers} were replaced; longest standstills: {longest:?}");
    assert!(*deaths >= 8 && *takeovers >= 8, "too little happened to say anything");

    crowd.all_reach_the_head().await;
    load.happened_exactly_once().await;
    let verified: Value =
        serde_json::from_str(&done(book.command(&["projector", "verify", "--json"]))).unwrap();
    assert_eq!(verified.as_array().unwrap().len(), crowd.watch.longest.len(), "{verified}");
    // One process folds the whole journal, and anything that differs is a failure.
    let rebuilt = done(book.command(&["projector", "rebuild", "--all", "--expect-equal"]));
    assert_eq!(rebuilt.matches("nothing changes").count(), crowd.watch.longest.len(), "{rebuilt}");
    truths::hold(&book.witness(load.auditor())).await;
}

/// The projectors of a book, and who looks at them through the API's door.
struct Crowd<'b> {
    book: &'b Processes,
    auditor: Client,
    alive: Vec<Program>,
    dice: u64,
    watch: Watch,
}

/// What was seen of each projection.
#[derive(Default)]
struct Watch {
    seen: BTreeMap<String, Seen>,
    deaths: usize,
    takeovers: usize,
    longest: BTreeMap<String, Duration>,
}

struct Seen {
    position: u64,
    leader: Option<u32>,
    /// Since when it has not moved though there was something to fold, or since its leader died.
    still_since: Instant,
    leader_is_dead: bool,
}

impl<'b> Crowd<'b> {
    fn of_three(book: &'b Processes, auditor: Client, seed: u64) -> Self {
        let alive = (0..3).map(|_| book.projector()).collect();
        Self { book, auditor, alive, dice: seed, watch: Watch::default() }
    }

    async fn come_and_go(&mut self) {
        loop {
            // Shorter and longer than it takes to notice that a leader is gone.
            let pause = Duration::from_millis(500 + u64::try_from(self.roll(6_000)).unwrap());
            self.look_for(pause).await;
            if self.alive.len() > 1 || self.roll(3) == 0 {
                self.kill_one().await;
            }
            while self.alive.is_empty() || (self.alive.len() < AT_MOST && self.roll(2) == 0) {
                self.alive.push(self.book.projector());
            }
        }
    }

    /// Most often one that leads something: who only waits for its turn is missed by nobody.
    async fn kill_one(&mut self) {
        let leads =
            |program: &Program| self.watch.seen.values().any(|seen| seen.leader == Some(program.id()));
        let leading: Vec<_> = (0..self.alive.len()).filter(|&at| leads(&self.alive[at])).collect();
        let any = self.roll(self.alive.len());
        let at = match leading.len() {
            0 => any,
            several if self.roll(4) > 0 => leading[self.roll(several)],
            _ => any,
        };
        let mut victim = self.alive.swap_remove(at);
        victim.kill();
        let died = Instant::now();
        // A dead process stays the leader until it is replaced.
        self.look().await;
        self.watch.leader_died(victim.id(), died);
    }

    async fn look_for(&mut self, time: Duration) {
        let begun = Instant::now();
        while begun.elapsed() < time {
            self.look().await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn look(&mut self) {
        for status in self.statuses().await {
            self.watch.take(&status);
        }
    }

    async fn statuses(&self) -> Vec<Value> {
        self.auditor.get("/v1/projections").await.data().as_array().unwrap().clone()
    }

    async fn all_reach_the_head(&self) {
        let begun = Instant::now();
        while self.statuses().await.iter().any(|status| status["lag"] != 0) {
            assert!(begun.elapsed() < MOVES_WITHIN, "not all come to the end of the journal");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.dice >> 33).unwrap() % sides
    }
}

impl Watch {
    fn take(&mut self, status: &Value) {
        let (name, now) = (text(status, "name"), Instant::now());
        // Between a leader's death and the next one nobody leads, and the status says so; none may stop.
        let expected = if status["led"] == true { "running" } else { "not_led" };
        assert_eq!(status["status"], expected, "{status}");
        let position = number(status, "position");
        let leader =
            status["leader"].as_str().map(|leader| leader.split_once('.').unwrap().0.parse().unwrap());
        let seen = self.seen.entry(name.to_owned()).or_insert(Seen {
            position,
            leader,
            still_since: now,
            leader_is_dead: false,
        });
        let still = now - seen.still_since;
        assert!(position >= seen.position, "{name} went back");
        assert!(still < MOVES_WITHIN, "{name} has not moved for {still:?}: {status}");
        if leader != seen.leader && seen.leader_is_dead {
            (seen.leader_is_dead, seen.leader) = (false, leader);
            self.takeovers += 1;
        }
        seen.leader = leader;
        let longest = self.longest.entry(name.to_owned()).or_default();
        *longest = still.max(*longest);
        if position > seen.position || status["lag"] == 0 {
            (seen.position, seen.still_since) = (position, now);
        }
    }

    fn leader_died(&mut self, process: u32, died: Instant) {
        for seen in self.seen.values_mut().filter(|seen| seen.leader == Some(process)) {
            (seen.leader_is_dead, seen.still_since) = (true, died);
            self.deaths += 1;
        }
    }
}

/// `TEST_SEED` does again what was done.
fn seed() -> u64 {
    match std::env::var("TEST_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => uuid::Uuid::now_v7().as_u64_pair().1,
    }
}
