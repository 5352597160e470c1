//! The cluster's settings: durable always, and sized to the machine.

use std::fmt::Write;

const MEGABYTE: u64 = 1024 * 1024;

/// PostgreSQL settings of the embedded cluster, written to `tallybook.conf` in its directory at every start.
/// `local.conf` beside it is the operator's and wins.
#[derive(Debug, Clone)]
pub struct Tuning {
    settings: Vec<(&'static str, String)>,
}

impl Tuning {
    /// For the memory of this machine, or of the container this process runs in.
    pub fn for_this_machine() -> Self {
        Self::for_memory(memory_bytes())
    }

    /// Takes an eighth of the memory for shared buffers, between 64 MB and 4 GB: the rest is the page cache's
    /// and the application's.
    pub fn for_memory(bytes: u64) -> Self {
        let buffers = (bytes / 8 / MEGABYTE).clamp(64, 4096);
        let page_cache = (bytes / 2 / MEGABYTE).clamp(128, 65_536);
        let fixed = [
            ("fsync", "on"),
            ("synchronous_commit", "on"),
            ("full_page_writes", "on"),
            // Compressing whole pages was a seventh of what a rebuild cost PostgreSQL, and cores are scarcer than disk.
            ("wal_compression", "off"),
            ("wal_buffers", "16MB"),
            ("max_wal_size", "4GB"),
            // A log file made anew is written twice, one used again once: keep enough for a busy while.
            ("min_wal_size", "1GB"),
            ("checkpoint_timeout", "15min"),
            ("checkpoint_completion_target", "0.9"),
            ("max_connections", "200"),
            ("random_page_cost", "1.1"),
            // The statements are short and prepared: compiling them costs more than it gains.
            ("jit", "off"),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            ("log_min_messages", "warning"),
            ("log_line_prefix", "%m [%p] "),
            ("lc_messages", "C"),
        ];
        let mut settings: Vec<_> = fixed.map(|(name, value)| (name, value.to_owned())).into();
        settings.push(("shared_buffers", format!("{buffers}MB")));
        settings.push(("effective_cache_size", format!("{page_cache}MB")));
        Self { settings }
    }

    /// Small and quick to start, as durable as the others: for tests that run several clusters.
    pub fn small() -> Self {
        Self::for_memory(0)
    }

    /// The same with one setting more, which wins over an earlier one.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.settings.push((name, value.into()));
        self
    }

    /// As a PostgreSQL configuration file.
    pub(super) fn to_conf(&self) -> String {
        let mut conf = String::from(
            "# Written by tallybook at every start: changes here are lost. Put your own settings into local.conf.\n",
        );
        for (name, value) in &self.settings {
            let quoted = value.replace('\'', "''");
            writeln!(conf, "{name} = '{quoted}'").expect("writing to a string cannot fail");
        }
        conf
    }
}

/// The machine's memory, or the container's share of it. 1 GB where neither can be read.
pub fn memory_bytes() -> u64 {
    let machine = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| parse_meminfo(&text));
    let container = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        .iter()
        .find_map(|path| std::fs::read_to_string(path).ok()?.trim().parse().ok());
    machine.into_iter().chain(container).min().unwrap_or(1024 * MEGABYTE)
}

fn parse_meminfo(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_decides_the_buffers_within_bounds() {
        assert!(Tuning::for_memory(0).to_conf().contains("shared_buffers = '64MB'"));
        assert!(Tuning::for_memory(24 * 1024 * MEGABYTE).to_conf().contains("shared_buffers = '3072MB'"));
        assert!(Tuning::for_memory(u64::MAX).to_conf().contains("shared_buffers = '4096MB'"));
    }

    #[test]
    fn every_tuning_is_durable() {
        for tuning in [Tuning::small(), Tuning::for_memory(u64::MAX)] {
            let conf = tuning.to_conf();
            for setting in ["fsync = 'on'", "synchronous_commit = 'on'", "full_page_writes = 'on'"] {
                assert!(conf.contains(setting), "{setting} missing in {conf}");
            }
        }
    }

    #[test]
    fn meminfo_is_read_in_kilobytes() {
        assert_eq!(parse_meminfo("MemTotal:       24682484 kB\nMemFree: 1 kB\n"), Some(24_682_484 * 1024));
        assert_eq!(parse_meminfo("nothing"), None);
    }
}
