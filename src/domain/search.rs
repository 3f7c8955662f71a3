//! What finds a case. Texts are folded and cut into words here, the same for both databases, which then compare
//! bytes. Accounts, dockets, officers and documents are found by keys.

use std::collections::{BTreeMap, BTreeSet};

use icu_normalizer::DecomposingNormalizerBorrowed;

use super::agency::{Agency, Officer};
use super::case::Case;
use super::identifier::{Identifier, IdentifierKind};
use super::words::closed_words;

closed_words! {
    /// Where a word of a case stands.
    pub enum WordSource {
        Docket = "docket", "docket";
        Agency = "agency", "agency";
        Officer = "officer", "officer";
        Paper = "paper", "paper";
        Demand = "demand", "demands";
        File = "file", "file name";
        Note = "note", "notes";
        Comment = "comment", "comments";
    }
}

closed_words! {
    /// What a key of a case is. Two cases that share a key belong together.
    pub enum KeyKind {
        /// An account, named exactly so.
        Identifier = "identifier", "same identifier";
        /// An account, under another spelling.
        Likeness = "likeness", "same identifier, other spelling";
        /// A gamertag without the number behind it.
        Stem = "stem", "same gamertag, with or without its number";
        /// A docket, case or file number.
        Docket = "docket", "same docket";
        /// An officer of the directory, or their mail address or telephone number.
        Officer = "officer", "same officer";
        /// A document's bytes.
        Document = "document", "same document";
    }
}

/// A key of a case.
pub type Key = (KeyKind, String);

/// Words cut to this many characters; nobody types longer ones.
const LONGEST: usize = 48;
/// At most this many words of a search count.
const MOST_SOUGHT: usize = 12;
/// From this many characters on, a word finds what begins with it.
const PREFIX_FROM: usize = 3;

/// A text as it is compared: compatibility forms made plain, lower case, accents and strokes taken off.
pub fn fold(text: &str) -> String {
    let plain = DecomposingNormalizerBorrowed::new_nfkd().normalize(text).to_lowercase();
    let plain = DecomposingNormalizerBorrowed::new_nfkd().normalize(&plain).into_owned();
    let mut folded = String::with_capacity(plain.len());
    for letter in plain.chars().filter(|&c| !is_mark(c)) {
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            'ħ' => folded.push('h'),
            other => folded.push(other),
        }
    }
    folded
}

/// Accents that stand apart from their letter.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}'
        | '\u{FE20}'..='\u{FE2F}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{02BC}' | '\u{02B9}')
}

/// The words of a text, to be found by: letters and digits of any script. `O'Brien` is found by `obrien` and by
/// `brien`.
pub fn words(text: &str) -> BTreeSet<String> {
    let folded = fold(text);
    let mut words = BTreeSet::new();
    for token in folded.split(|c: char| !c.is_alphanumeric() && !is_apostrophe(c)) {
        let parts: Vec<&str> = token.split(is_apostrophe).filter(|part| !part.is_empty()).collect();
        words.insert(cut(&parts.concat()));
        words.extend(parts.iter().map(|part| cut(part)));
    }
    words.remove("");
    words
}

/// A word that is looked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SoughtWord {
    /// The word or its beginning.
    pub text: String,
    /// Whether longer words that begin with it count too.
    pub is_beginning: bool,
}

impl SoughtWord {
    /// Whether a word of a case answers it.
    pub fn fits(&self, word: &str) -> bool {
        if self.is_beginning { word.starts_with(&self.text) } else { word == self.text }
    }
}

/// The words that a person looks for, each once. All of them must be found.
pub fn sought_words(text: &str) -> Vec<SoughtWord> {
    let joined: String = fold(text).chars().filter(|&c| !is_apostrophe(c)).collect();
    let found: BTreeSet<String> =
        joined.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(cut).collect();
    let sought = |text: String| SoughtWord { is_beginning: text.chars().count() >= PREFIX_FROM, text };
    found.into_iter().take(MOST_SOUGHT).map(sought).collect()
}

fn cut(word: &str) -> String {
    word.chars().take(LONGEST).collect()
}

/// A docket number as it is compared: letters and digits only, so that `3:26-mj-00452` is `326mj00452` however it is
/// typed. Too short a number names nothing.
pub fn docket_key(docket: &str) -> Option<String> {
    let key: String = fold(docket).chars().filter(|c| c.is_alphanumeric()).collect();
    (key.chars().count() >= 4).then_some(key)
}

/// The key of an account named exactly so.
pub fn identifier_key(identifier: &Identifier) -> String {
    format!("{}:{}", identifier.kind, identifier.normalised)
}

/// The keys a case has by itself: its accounts, docket, officer and documents.
pub fn keys_of(case: &Case, officer: Option<&Officer>) -> BTreeSet<Key> {
    let mut keys = BTreeSet::new();
    for demand in &case.demands {
        let identifier = &demand.asked.identifier;
        keys.insert((KeyKind::Identifier, identifier_key(identifier)));
        if let Some(likeness) = identifier.likeness() {
            keys.insert((KeyKind::Likeness, likeness.key));
            keys.extend(likeness.stem.map(|stem| (KeyKind::Stem, stem)));
        }
    }
    let docket = case.paper.docket.value().and_then(|docket| docket_key(docket.as_str()));
    keys.extend(docket.map(|docket| (KeyKind::Docket, docket)));
    keys.extend(case.documents.iter().map(|document| (KeyKind::Document, document.sha256.clone())));
    keys.extend(
        officer.map(|officer| officer_keys(officer, case.paper.requester.country.as_str())).unwrap_or_default(),
    );
    keys
}

/// The keys of an officer: the entry of the directory, the mail address, the telephone number. The same person may
/// stand in the directory twice.
fn officer_keys(officer: &Officer, country: &str) -> Vec<Key> {
    let read = |kind, text: &Option<super::text::Line>| {
        let identifier = Identifier::parse(kind, text.as_ref()?.as_str(), Some(country)).ok()?;
        identifier.likeness().map(|likeness| likeness.key)
    };
    let by_mail = read(IdentifierKind::Email, &officer.email);
    let by_phone = read(IdentifierKind::Phone, &officer.phone);
    let id = Some(format!("id:{}", officer.id));
    [id, by_mail, by_phone].into_iter().flatten().map(|key| (KeyKind::Officer, key)).collect()
}

/// The words of a case by where they stand. Comments stand beside a case and are not among them.
pub fn words_of(
    case: &Case,
    agency: Option<&Agency>,
    officer: Option<&Officer>,
) -> BTreeMap<WordSource, BTreeSet<String>> {
    let mut all: BTreeMap<WordSource, BTreeSet<String>> = BTreeMap::new();
    let mut add = |source, text: &str| all.entry(source).or_default().extend(words(text));
    let paper = &case.paper;
    paper.docket.value().into_iter().for_each(|docket| add(WordSource::Docket, docket.as_str()));
    agency.into_iter().for_each(|agency| add(WordSource::Agency, agency.name.as_str()));
    if let Some(officer) = officer {
        let lines = [Some(&officer.name), officer.title.as_ref(), officer.email.as_ref(), officer.phone.as_ref()];
        lines.into_iter().flatten().for_each(|line| add(WordSource::Officer, line.as_str()));
    }
    add(WordSource::Paper, paper.instrument.label());
    let lines = [paper.issuer.as_ref(), paper.legal_basis.value()];
    lines.into_iter().flatten().for_each(|line| add(WordSource::Paper, line.as_str()));
    for demand in &case.demands {
        let asked = &demand.asked;
        // A card is found by its whole number alone.
        if asked.identifier.kind != IdentifierKind::Card {
            add(WordSource::Demand, &asked.identifier.received);
        }
        let organisation = asked.organisation.as_ref();
        let lines =
            [asked.words.as_ref(), organisation.map(|o| &o.name), organisation.and_then(|o| o.contact.as_ref())];
        lines.into_iter().flatten().for_each(|line| add(WordSource::Demand, line.as_str()));
    }
    case.documents.iter().for_each(|document| add(WordSource::File, document.file_name.as_str()));
    notes_of(case).into_iter().for_each(|note| add(WordSource::Note, note));
    all
}

/// What people wrote on a case in the course of their acts.
fn notes_of(case: &Case) -> Vec<&str> {
    let mut notes: Vec<&str> = case.checks.iter().map(|check| check.account.as_str()).collect();
    for order in &case.secrecy {
        let lines = [order.issuer.as_ref(), order.docket.as_ref()];
        notes.extend(lines.into_iter().flatten().map(|line| line.as_str()));
        notes.extend(order.grounds.as_ref().map(|grounds| grounds.as_str()));
    }
    for on in case.draft().map(|draft| draft.decisions.as_slice()).unwrap_or_default() {
        let lines = [on.redirect_to.as_ref(), on.note.as_ref()];
        notes.extend(lines.into_iter().flatten().map(|line| line.as_str()));
        notes.extend(on.override_reason.as_ref().map(|reason| reason.as_str()));
    }
    notes.extend(case.ticks.iter().filter_map(|tick| tick.note.as_ref()).map(|note| note.as_str()));
    notes.extend(case.redirects.iter().map(|answer| answer.account.as_str()));
    notes.extend(case.results().iter().map(|result| result.account.as_str()));
    notes.extend(case.wait.as_ref().map(|wait| wait.because.as_str()));
    notes.extend(case.progress.returned().map(|returned| returned.because.as_str()));
    notes.extend(case.released().map(|release| release.to.as_str()));
    notes.extend(case.closing().and_then(|closing| closing.note.as_ref()).map(|note| note.as_str()));
    notes
}

#[cfg(test)]
mod tests {
    use super::{docket_key, sought_words, words};

    fn cut(text: &str) -> Vec<String> {
        words(text).into_iter().collect()
    }

    #[test]
    fn texts_are_cut_into_plain_words() {
        assert_eq!(cut("Señor José GARCÍA-Márquez"), ["garcia", "jose", "marquez", "senor"]);
        assert_eq!(cut("Straße, Łódź; Ærø ﬁle"), ["aero", "file", "lodz", "strasse"]);
        assert_eq!(cut("O'Brien and O’Brien"), ["and", "brien", "o", "obrien"]);
        assert_eq!(cut("100%_done \"now\" 50 % \\ _"), ["100", "50", "done", "now"]);
        assert_eq!(cut("Прокуратура 東京"), ["прокуратура", "東京"]);
        assert_eq!(cut("%_'\"--;"), Vec::<String>::new());
    }

    #[test]
    fn short_words_are_whole_and_long_ones_begin() {
        let sought = sought_words("O'Brien of 26-mj-00452 OF");
        let told: Vec<_> = sought.iter().map(|w| (w.text.as_str(), w.is_beginning)).collect();
        assert_eq!(told, [("00452", true), ("26", false), ("mj", false), ("obrien", true), ("of", false)]);
    }

    #[test]
    fn a_docket_is_its_letters_and_digits() {
        assert_eq!(docket_key("3:26-mj-00452"), docket_key("326 MJ 00452"));
        assert_eq!(docket_key("12"), None);
    }
}
