use std::fmt;

/// A pack, the list of facts, or the facts of a demand that cannot be taken as they stand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ParseError {
    /// The file, or `facts` where the facts of a demand are at fault.
    pub file: String,
    /// The rule at fault, where one is.
    pub rule: Option<String>,
    /// The line, where it is known.
    pub line: Option<usize>,
    /// What is wrong and what to do about it.
    pub says: String,
}

impl ParseError {
    /// An error in a file, not yet pinned to a rule or a line.
    pub fn new(file: &str, says: impl Into<String>) -> ParseError {
        ParseError { file: file.to_owned(), rule: None, line: None, says: says.into() }
    }

    /// The same error, pinned to a rule.
    #[must_use]
    pub fn in_rule(mut self, rule: &str) -> ParseError {
        self.rule = Some(rule.to_owned());
        self
    }

    /// The same error, pinned to the line on which `needle` first stands in `text`.
    #[must_use]
    pub fn at_line_of(mut self, text: &str, needle: &str) -> ParseError {
        self.line = text.lines().position(|line| line.contains(needle)).map(|index| index + 1);
        self
    }

    /// The same error, pinned to the line of its rule that it speaks of: the first line with a word it quotes, else
    /// the line with the rule's id.
    #[must_use]
    pub fn in_text(mut self, text: &str) -> ParseError {
        let Some(rule) = &self.rule else { return self };
        let named = format!("\"{rule}\"");
        let mut lines = (1..).zip(text.lines()).skip_while(|(_, line)| !line.contains(&named)).peekable();
        let first = lines.peek().map(|(number, _)| *number);
        let of_rule: Vec<_> =
            lines.enumerate().take_while(|(n, (_, line))| *n == 0 || line.trim() != "[[rule]]").collect();
        let quoted =
            self.says.split('“').skip(1).filter_map(|rest| rest.split('”').next()).filter(|word| *word != rule);
        let speaks_of = |word: &str| of_rule.iter().find(|(_, (_, line))| line.contains(word)).map(|(_, (n, _))| *n);
        self.line = quoted.into_iter().find_map(speaks_of).or(first);
        self
    }

    /// An error of the TOML reader, with the line it points at.
    pub fn from_toml(file: &str, text: &str, error: &toml::de::Error) -> ParseError {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map(|read| read.matches('\n').count() + 1);
        ParseError { file: file.to_owned(), rule: None, line, says: error.message().to_owned() }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(rule) = &self.rule {
            write!(f, ", rule “{rule}”")?;
        }
        write!(f, ": {}", self.says)
    }
}
