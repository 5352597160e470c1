//! Showing how far a rebuild or a check is, while it goes on.

use std::future::Future;
use std::time::Duration;

use tallybook_projector::Progress as Folding;

use crate::progress::Progress;

const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

pub(super) async fn watched<T>(folding: &Folding, work: impl Future<Output = T>) -> T {
    let bar = Progress::over(0, "events", false);
    let watching = async {
        loop {
            let report = folding.report();
            bar.reach(report.events, report.events_to_fold, report.phase.name());
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
