//! The names of countries: what a file or a table calls them, and what a report calls them. The table
//! `countries.tsv` has ISO 3166-1 codes with a short English name and other names in use.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use icu_normalizer::DecomposingNormalizerBorrowed;

use super::agency::Country;

const TABLE: &str = include_str!("countries.tsv");

static NAMES: LazyLock<BTreeMap<&'static str, &'static str>> =
    LazyLock::new(|| lines().map(|(code, name, _)| (code, name)).collect());

static CODES: LazyLock<BTreeMap<String, &'static str>> = LazyLock::new(|| {
    let named = |(code, name, others): (&'static str, &'static str, &'static str)| {
        [code, name].into_iter().chain(others.split('|').filter(|o| !o.is_empty())).map(move |n| (folded(n), code))
    };
    lines().flat_map(named).collect()
});

/// The country that a code or a name stands for; none when it stands for none.
pub fn find_country(given: &str) -> Option<Country> {
    let code = CODES.get(&folded(given))?;
    Country::parse("country", code).ok()
}

/// The short English name of a country, or its code where the table has no name.
pub fn country_name(code: &str) -> &str {
    NAMES.get(code).copied().unwrap_or(code)
}

fn lines() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    TABLE.lines().filter_map(|line| {
        let mut cells = line.split('\t');
        Some((cells.next()?, cells.next()?, cells.next().unwrap_or_default()))
    })
}

/// Lower case, without accents, dots, and the small words that names are written with or without.
fn folded(name: &str) -> String {
    let plain = DecomposingNormalizerBorrowed::new_nfkd().normalize(name);
    let kept = plain.to_lowercase().replace(['.', '\'', '’'], "");
    let letters: String = kept
        .chars()
        .filter(|c| !('\u{0300}'..='\u{036f}').contains(c))
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let words = letters.split_whitespace().filter(|word| !["the", "and", "of"].contains(word));
    words.map(|word| if word == "st" { "saint" } else { word }).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_use_lead_to_the_code_and_back_to_one_name() {
        for (given, code) in [
            ("United States", "US"),
            ("the U.S.", "US"),
            ("us", "US"),
            ("Korea", "KR"),
            ("KOREA, REPUBLIC OF", "KR"),
            ("Czech Republic", "CZ"),
            ("Russian Federation", "RU"),
            ("Trinidad & Tobago", "TT"),
            ("St. Lucia", "LC"),
            ("Cote d’Ivoire", "CI"),
            ("Turkiye", "TR"),
            (" French  Southern Territories ", "TF"),
        ] {
            assert_eq!(find_country(given).as_ref().map(Country::as_str), Some(code), "{given}");
        }
        for unknown in ["", "TOTAL", "Atlantis", "ZZ", "Republic"] {
            assert_eq!(find_country(unknown), None, "{unknown}");
        }
        assert_eq!((country_name("KR"), country_name("QQ")), ("South Korea", "QQ"));
    }

    #[test]
    fn the_table_has_each_country_once_and_no_name_for_two() {
        assert_eq!(NAMES.len(), lines().count());
        for (code, name, others) in lines() {
            for name in [name].into_iter().chain(others.split('|').filter(|o| !o.is_empty())) {
                assert_eq!(find_country(name).as_ref().map(Country::as_str), Some(code), "{name}");
            }
        }
    }
}
