//! How much memory this process holds, as the kernel tells it.

/// Resident memory in bytes, where there is a `/proc`.
#[allow(clippy::disallowed_methods, reason = "the kernel tells it in a file, and the command line may read files")]
pub fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().trim_end_matches(" kB").trim().parse().ok()?;
    kib.checked_mul(1024)
}
