//! Figures as people read them.

/// A number with commas between the thousands: `37,196`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let (head, tail) = digits.split_at(digits.len() % 3);
    let groups = tail.as_bytes().chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    let head = (!head.is_empty()).then(|| head.to_owned());
    head.into_iter().chain(groups).collect::<Vec<_>>().join(",")
}

/// A part of a whole in percent with one digit, rounded to the nearest: `12.4 %`. Of nothing, nothing is a part.
pub fn share(part: u64, whole: u64) -> String {
    match part.saturating_mul(2000).saturating_add(whole).checked_div(whole.saturating_mul(2)) {
        Some(tenths) => format!("{}.{} %", tenths / 10, tenths % 10),
        None => "–".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!(
            [0, 7, 999, 1000, 37_196, 1_000_001].map(thousands),
            ["0", "7", "999", "1,000", "37,196", "1,000,001"]
        );
        assert_eq!(
            [(1, 3), (2, 3), (3, 3), (0, 5), (817, 37_195)].map(|(a, b)| share(a, b)),
            ["33.3 %", "66.7 %", "100.0 %", "0.0 %", "2.2 %"]
        );
        assert_eq!(share(0, 0), "–");
    }
}
