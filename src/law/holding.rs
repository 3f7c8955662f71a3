//! What the catalogue says of the data asked for: not law, so no rule, but a fact that every answer carries.

use super::dates;
use super::ground::Ground;
use crate::domain::assessment::Finding;

/// The finding that what is asked is not held, or not from the first day asked; it does not stop the rest.
pub fn not_held(ground: &Ground<'_>) -> Option<Finding> {
    let known = |path: &str| ground.get(ground.schema.slot(path)?);
    let text = |path: &str| known(path).and_then(|value| value.as_str());
    let (name, rule) = (text("holding.name")?, format!("catalogue {}", text("holding.catalogue")?));
    if known("holding.kept").is_some_and(|kept| kept == false) {
        return Some(Finding::not_held(name, rule));
    }
    let earliest = text("holding.from").and_then(dates::day_of)?;
    Some(Finding::not_held_before(earliest, name, rule))
}
