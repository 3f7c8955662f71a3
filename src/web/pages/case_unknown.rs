//! What nobody has looked at yet, as fields to fill in beside the verdicts that ask for it.

use actix_web::HttpResponse;

use super::amend::{again_with, read};
use super::case_parts::Words;
use super::case_why::{MissingLine, missing};
use super::choices::Choice;
use super::fact_fields::field_of;
use super::paper_form::{FACIAL, filled, keep_known, parse_paper};
use crate::actions::amend_case::amend_case;
use crate::actions::assess_case::assess_case;
use crate::actions::on_case::OnCase;
use crate::domain::case::Case;
use crate::domain::demand::{Demand, numbered};
use crate::law::schema::FactKind;
use crate::web::WebError;
use crate::web::extract::{OfCase, Visitor};
use crate::web::fields::{Errors, Fields};
use crate::web::once::post_once;

/// Facts that the last check asks for.
pub struct Unknown {
    /// Those that stand on the paper, as fields.
    pub fields: Vec<UnknownField>,
    /// The others, each with where it is given.
    pub elsewhere: Vec<MissingLine>,
}

/// One fact as a field.
pub struct UnknownField {
    /// The field's name.
    pub name: String,
    /// The name of the tick that the paper states none.
    pub none: String,
    /// What is asked.
    pub label: String,
    /// How it is answered.
    pub control: Control,
    /// The demands whose verdict asks for it, in words.
    pub on: String,
}

/// How a fact is answered.
pub enum Control {
    /// Yes or no; open means that nobody has looked.
    YesNo,
    /// A day.
    Day,
    /// A day that the paper may not state.
    StatedDay,
    /// A line that the paper may not state.
    StatedLine,
    /// One of these words.
    Words(Vec<Choice>),
    /// A text: a number, a country, a name.
    Text,
}

impl UnknownField {
    fn new(name: String, label: String, control: Control, on: String) -> UnknownField {
        UnknownField { none: format!("{name}_none"), name, label, control, on }
    }
}

impl Unknown {
    /// What the last check of a case asks for; none where nothing is missing.
    pub fn new(case: &Case, words: Words<'_>) -> Option<Unknown> {
        let mut asked: Vec<(&str, Vec<&Demand>)> = Vec::new();
        for demand in &case.demands {
            let answer = case.assessed().and_then(|assessed| assessed.on(demand.id));
            for path in answer.map(|answer| answer.missing_facts.as_slice()).unwrap_or_default() {
                match asked.iter_mut().find(|(known, _)| known == path) {
                    Some((_, on)) => on.push(demand),
                    None => asked.push((path, vec![demand])),
                }
            }
        }
        let (mut fields, mut elsewhere) = (Vec::new(), Vec::new());
        for (path, on) in asked {
            match field(path, &on, words) {
                Some(field) => fields.push(field),
                None => elsewhere.extend(on.first().map(|demand| missing(path, (case, demand), words))),
            }
        }
        (!fields.is_empty() || !elsewhere.is_empty()).then_some(Unknown { fields, elsewhere })
    }

    /// How many facts are asked for.
    pub fn count(&self) -> usize {
        self.fields.len() + self.elsewhere.len()
    }
}

/// The field of a fact that stands on the paper; none for what another form gives.
fn field(path: &str, on: &[&Demand], words: Words<'_>) -> Option<UnknownField> {
    let on = numbered(&on.iter().map(|demand| demand.position).collect::<Vec<_>>());
    if let Some(known) = field_of(path) {
        let control = match known.id() {
            id if FACIAL.iter().any(|(name, _)| *name == id) => Control::YesNo,
            "issued_on" => Control::Day,
            "return_by" | "execute_by" | "authorised_from" | "authorised_to" => Control::StatedDay,
            "docket" | "legal_basis" => Control::StatedLine,
            _ => return None,
        };
        let is_of_paper = !known.is_of_demand;
        return is_of_paper.then(|| UnknownField::new(known.id().to_owned(), known.label.to_owned(), control, on));
    }
    let is_set_elsewhere = ["ndo.", "policy.", "holding."].iter().any(|head| path.starts_with(head));
    let rulebook = words.ctx.rulebook();
    let fact = rulebook.schema().fact(path).filter(|_| !is_set_elsewhere)?;
    let control = match fact.kind() {
        FactKind::Bool => Control::YesNo,
        FactKind::Day => Control::Day,
        FactKind::Word => {
            let choices = fact.words().iter().map(|word| Choice::new(word.clone(), crate::law::words::label(word), ""));
            Control::Words(choices.collect())
        }
        FactKind::Object | FactKind::Prose | FactKind::Words | FactKind::Names | FactKind::Instant => return None,
        _ => Control::Text,
    };
    Some(UnknownField::new(format!("more.{path}"), words.fact(path), control, on))
}

/// `POST /cases/{reference}/facts`: fills in what was not known of the paper, and checks again.
///
/// # Errors
/// As [`amend_case`] and [`assess_case`].
pub async fn fill_in(visitor: Visitor, case: OfCase, fields: Fields) -> Result<HttpResponse, WebError> {
    let (view, agencies) = read(&visitor, &case).await?;
    let all = laid_over(&filled(&view.case.paper, view.officer.as_ref()), &fields);
    let mut errors = Errors::default();
    let entry = parse_paper(&all, &mut errors).filter(|_| errors.is_empty());
    if let Some(mut entry) = entry {
        keep_known(&mut entry, &view.case.paper, &view.agency, view.officer.as_ref());
        let on = case.seen_in(&fields);
        let done = post_once(&visitor, &fields, || async {
            let amended = visitor.run(move |ctx, who| amend_case(ctx, who, &on, entry)).await?;
            let on = OnCase { reference: amended.reference.clone(), version: Some(amended.version) };
            visitor.run(move |ctx, who| assess_case(ctx, who, &on)).await?;
            Ok(format!("{}#demands", case.href()))
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            Err(error) => errors = error.into_invalid()?,
        }
    }
    again_with(&visitor, &view, &agencies, all, errors)
}

/// What is known, with what somebody filled in over it.
fn laid_over(known: &Fields, given: &Fields) -> Fields {
    let typed: Vec<(&str, &str)> = given.iter().filter(|(_, value)| !value.trim().is_empty()).collect();
    let is_typed = |name: &str| {
        let bare = name.trim_end_matches("_none");
        typed.iter().any(|(typed, _)| typed.trim_end_matches("_none") == bare)
    };
    let kept = known.iter().filter(|(name, _)| !is_typed(name));
    Fields::filled(kept.chain(typed.iter().copied()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_takes_the_place_of_what_was_known_and_of_its_tick() {
        let known = Fields::filled([("return_by_none", "yes"), ("is_signed", ""), ("docket", "26-1")]);
        let given = Fields::filled([("return_by", "2026-12-01"), ("is_signed", "yes"), ("docket", " ")]);
        let all = laid_over(&known, &given);
        let mut pairs: Vec<(&str, &str)> = all.iter().collect();
        pairs.sort_unstable();
        assert_eq!(pairs, [("docket", "26-1"), ("is_signed", "yes"), ("return_by", "2026-12-01")]);
    }
}
