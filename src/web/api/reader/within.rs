//! Objects and lists within an object.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Reader;
use crate::domain::text::Line;

impl<'v> Reader<'v> {
    /// An object within.
    pub fn object<T>(&mut self, name: &str, read: impl FnOnce(&mut Reader<'v>) -> Option<T>) -> Option<T> {
        let value = self.value(name)?;
        self.within(name, value, read)
    }

    /// An object within that must be given.
    pub fn required_object<T>(&mut self, name: &str, read: impl FnOnce(&mut Reader<'v>) -> Option<T>) -> Option<T> {
        self.must(name)?;
        self.object(name, read)
    }

    /// A list of objects, at most `most` long; empty where it is not given.
    pub fn objects<T>(
        &mut self,
        name: &str,
        most: usize,
        read: impl Fn(&mut Reader<'v>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let items = self.list(name, most)?;
        let all = items.iter().enumerate().map(|(n, item)| self.within(&format!("{name}.{n}"), item, &read));
        // Every item is read before one that failed ends it, so that no error is missed.
        all.collect::<Vec<_>>().into_iter().collect()
    }

    /// A list of lines, at most `most` long; empty where it is not given.
    pub fn lines(&mut self, name: &str, most: usize) -> Option<Vec<Line>> {
        let items = self.list(name, most)?;
        let mut lines = Vec::new();
        for (n, item) in items.iter().enumerate() {
            let at = format!("{name}.{n}");
            let line = Line::parse(&self.full(&at), item.as_str().unwrap_or_default());
            lines.push(self.take(line));
        }
        lines.into_iter().collect()
    }

    /// Values by name, taken as they are; empty where none are given.
    pub fn map(&mut self, name: &str) -> BTreeMap<String, Value> {
        match self.value(name) {
            None => BTreeMap::new(),
            Some(Value::Object(all)) => all.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            Some(_) => {
                self.wrong(name, "Give an object.");
                BTreeMap::new()
            }
        }
    }

    fn list(&mut self, name: &str, most: usize) -> Option<&'v [Value]> {
        match self.value(name) {
            None => Some(&[]),
            Some(Value::Array(items)) if items.len() <= most => Some(items),
            Some(Value::Array(_)) => {
                self.wrong(name, &format!("Give at most {most} at a time."));
                None
            }
            Some(_) => {
                self.wrong(name, "Give a list.");
                None
            }
        }
    }

    fn within<T>(
        &mut self,
        name: &str,
        value: &'v Value,
        read: impl FnOnce(&mut Reader<'v>) -> Option<T>,
    ) -> Option<T> {
        let Value::Object(fields) = value else {
            self.wrong(name, "Give an object.");
            return None;
        };
        let at = format!("{}.", self.full(name));
        let mut inner = Reader::new(at, fields, self.are_texts);
        let read = read(&mut inner);
        self.errors.extend(inner.finish());
        read
    }
}
