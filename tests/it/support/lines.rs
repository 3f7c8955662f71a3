//! Two hundred accounts as somebody pastes them.

/// Seven ways to mistype an identifier, by the line they stand on, and what the paper has.
pub const BAD: &[(usize, &str, &str)] = &[
    (5, "user5 at example.com", "user5@example.com"),
    (23, "user23@", "user23@example.com"),
    (60, "+1 555", "+1 202 555 0160"),
    (101, "417", "user101@example.com"),
    (150, "203.0.113.7 at noon", "203.0.113.7 at 2026-02-03T10:11:12Z"),
    (177, "https:// example.com/people/177", "https://example.com/people/177"),
    (200, "user200@exa mple.com", "user200@example.com"),
];

/// One account a line, seven of them mistyped.
pub fn two_hundred_lines() -> String {
    let line = |n: usize| match BAD.iter().find(|(at, ..)| *at == n) {
        Some((_, bad, _)) => (*bad).to_owned(),
        None => format!("user{n}@example.com"),
    };
    (1..=200).map(line).collect::<Vec<_>>().join("\n")
}
