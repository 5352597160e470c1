//! Showing how far a rebuild or a check is, while it goes on.

use std::future::Future;
use std::time::Duration;

use tallybook_projector::{Blocker, Phase, Progress as Folding, ProgressReport};

use crate::progress::Progress;

const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

pub(super) async fn watched<T>(folding: &Folding, work: impl Future<Output = T>) -> T {
    let bar = Progress::over(0, "events", false);
    let watching = async {
        loop {
            let report = folding.report();
            bar.reach(report.events, report.events_to_fold, doing(&report));
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    };
    let done = tokio::select! {
        done = work => done,
        () = watching => unreachable!("it watches for ever"),
    };
    bar.finish();
    done
}

fn doing(report: &ProgressReport) -> String {
    match report.phase {
        Phase::WaitingToSwap => waiting(&report.waits_for),
        phase @ (Phase::Waiting
        | Phase::Folding
        | Phase::Indexing
        | Phase::CatchingUp
        | Phase::Comparing
        | Phase::Swapping
        | Phase::Done) => phase.name().to_owned(),
    }
}

/// Whose transactions a swap waits for.
pub(super) fn waiting(blockers: &[Blocker]) -> String {
    if blockers.is_empty() {
        return "waits for the swap, tries again".to_owned();
    }
    let named: Vec<String> = blockers.iter().map(named).collect();
    format!("waits for the swap until this is over: {}", named.join("; "))
}

fn named(blocker: &Blocker) -> String {
    let pid = blocker.pid.map_or_else(|| "a prepared transaction".to_owned(), |pid| format!("pid {pid}"));
    let program = blocker.application_name.as_deref().unwrap_or("a program without a name");
    let user = blocker.user.as_deref().map_or_else(String::new, |user| format!(" of {user}"));
    let time = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d %H:%M:%SZ");
    let since = blocker.since.map_or_else(String::new, |at| format!(", in a transaction since {}", time(at)));
    let query = blocker.query_started_at.map_or_else(String::new, |at| format!(", query since {}", time(at)));
    format!("{pid} ({program}{user}{since}{query})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_in_the_way_is_named_as_far_as_it_is_known() {
        let blocker: Blocker = serde_json::from_value(serde_json::json!({
            "pid": 17, "application_name": "pg_dump", "user": "backup",
            "since": "2026-03-01T01:02:03Z", "query_started_at": "2026-03-01T01:05:00Z",
        }))
        .unwrap();
        assert_eq!(
            waiting(&[blocker]),
            "waits for the swap until this is over: pid 17 (pg_dump of backup, in a transaction since 2026-03-01 \
             01:02:03Z, query since 2026-03-01 01:05:00Z)"
        );
        assert!(waiting(&[]).contains("tries again"));
    }
}
