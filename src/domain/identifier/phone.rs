//! Phone numbers, kept in E.164: `+`, country code, national number.
//!
//! A number must be *possible*: a country code that exists and a length in use there. It need not be assigned:
//! numbering plans change, papers name numbers long given back, and invented numbers (+1 703 555 0142) must be
//! usable in examples. A number written with `+` is taken digit by digit, so nothing is ever cut from it but a
//! trunk zero in brackets, as in `+44 (0)20 …`.

use phonenumber::metadata::DATABASE;
use phonenumber::{Mode, Type, country};

use super::{IdentifierError, IdentifierKind};

pub(super) fn normalise(text: &str, region: Option<&str>) -> Result<String, IdentifierError> {
    let plain = plain(text)?;
    let number = match (plain.strip_prefix('+'), region) {
        (Some(international), _) => format!("+{}", digits(&without_trunk_zero(international))),
        (None, Some(region)) => from_national(&plain, region)?,
        (None, None) => return Err(IdentifierError::CountryNeeded),
    };
    refuse_impossible(&number)?;
    Ok(number)
}

/// The number in groups, as its country writes it to the world; as it is where that would change a digit.
pub(super) fn spaced(number: &str) -> String {
    match phonenumber::parse(None, number) {
        Ok(parsed) => {
            let spaced = parsed.format().mode(Mode::International).to_string();
            if digits(&spaced) == digits(number) { spaced } else { number.to_owned() }
        }
        Err(_) => number.to_owned(),
    }
}

/// One kind of blank and dash, no `tel:`; anything but digits and the marks between them is refused.
fn plain(text: &str) -> Result<String, IdentifierError> {
    let text = text.strip_prefix("tel:").unwrap_or(text).trim();
    let plain: String = text
        .chars()
        .map(|c| match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect();
    let mut after_first = plain.chars().skip(1);
    if plain.contains(|c: char| !c.is_ascii_digit() && !"+ -.()/".contains(c)) || after_first.any(|c| c == '+') {
        return Err(wrong(
            "it holds something other than digits, blanks, dashes, dots and brackets",
            "give one number, without words or extension",
        ));
    }
    Ok(plain)
}

/// `44 (0)20 …` without its `(0)`, where that stands right after a country code.
fn without_trunk_zero(international: &str) -> String {
    match international.split_once("(0)") {
        Some((code, rest)) if (1..=3).contains(&digits(code).len()) => format!("{code}{rest}"),
        _ => international.to_owned(),
    }
}

/// Reads a number as it is dialled in `region`. The library behind this cuts a trunk prefix from some numbers
/// twice, so its answer counts only where the digits given are the digits found, after a prefix cut once.
fn from_national(plain: &str, region: &str) -> Result<String, IdentifierError> {
    let region: country::Id = region.to_ascii_uppercase().parse().map_err(|_| IdentifierError::CountryNeeded)?;
    let parsed = phonenumber::parse(Some(region), plain).map_err(|_| impossible())?;
    let (code, national) = (parsed.code().value(), parsed.national().to_string());
    let given = digits(plain);
    let trunk = DATABASE.by_id(region.as_ref()).and_then(|country| country.national_prefix()).unwrap_or_default();
    let from_abroad = parsed.code().source() != country::Source::Default;
    let cut_once = given == national
        || given == format!("{trunk}{national}")
        || from_abroad && given.ends_with(&format!("{code}{national}"));
    if cut_once {
        return Ok(format!("+{code}{national}"));
    }
    Err(wrong(
        "it reads two ways as a national number",
        "write it with + and the country code, such as +1 703 555 0142",
    ))
}

fn refuse_impossible(number: &str) -> Result<(), IdentifierError> {
    let parsed = phonenumber::parse(None, number).map_err(|_| impossible())?;
    let code = parsed.code().value();
    let national = number.strip_prefix(&format!("+{code}")).ok_or_else(impossible)?;
    let countries = DATABASE.by_code(&code).unwrap_or_default();
    let lines = countries.iter().flat_map(|country| LINES.iter().filter_map(|line| country.descriptors().get(*line)));
    let mut lengths = lines.flat_map(|line| line.possible_length());
    if lengths.any(|length| usize::from(*length) == national.len()) { Ok(()) } else { Err(impossible()) }
}

/// The kinds of line a person can be reached on, or a service can know a person by.
const LINES: [Type; 7] = [
    Type::FixedLine,
    Type::Mobile,
    Type::TollFree,
    Type::PremiumRate,
    Type::SharedCost,
    Type::PersonalNumber,
    Type::Voip,
];

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn impossible() -> IdentifierError {
    wrong(
        "no number of that country has these digits or this length",
        "check the country code and count the digits against the paper",
    )
}

fn wrong(wrong: &'static str, cure: &'static str) -> IdentifierError {
    IdentifierError::Malformed { kind: IdentifierKind::Phone, wrong, cure }
}
