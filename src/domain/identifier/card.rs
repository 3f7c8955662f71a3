//! Payment card numbers. The key is the bare digits: a card must be found by its whole number. Screens show the
//! last four only, and the digits go when the case's personal data goes.

use super::{IdentifierError, IdentifierKind};

pub(super) fn normalise(text: &str) -> Result<String, IdentifierError> {
    if text.contains(|c: char| !c.is_ascii_digit() && c != '-' && !c.is_whitespace()) {
        return Err(wrong("it holds something other than digits, blanks and dashes", WHOLE));
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if !(13..=19).contains(&digits.len()) {
        return Err(wrong("a card number has 13 to 19 digits", WHOLE));
    }
    if !passes_luhn(&digits) || digits.bytes().all(|b| b == b'0') {
        return Err(wrong("its check digit does not fit", "compare each digit with the paper"));
    }
    Ok(digits)
}

const WHOLE: &str = "give the whole number; if the paper has only the last digits, enter them as another identifier";

/// The check-digit rule of ISO/IEC 7812: every second digit from the right counts double.
fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .zip([1, 2].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    sum.is_multiple_of(10)
}

fn wrong(wrong: &'static str, cure: &'static str) -> IdentifierError {
    IdentifierError::Malformed { kind: IdentifierKind::Card, wrong, cure }
}
