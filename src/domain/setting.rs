//! A setting as an admin reads it: plain text, with secrets masked before it gets here.

/// One setting in effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingLine {
    /// Its section, as the settings file spells it.
    pub section: String,
    /// Its key within the section.
    pub key: String,
    /// Its value in effect; of a secret only whether there is one.
    pub value: String,
    /// Whether it is the built-in default.
    pub is_default: bool,
    /// What it means, as `config/default.toml` says.
    pub means: String,
}

impl SettingLine {
    /// The environment variable that overrides it.
    pub fn variable(&self) -> String {
        format!("WRIT__{}__{}", self.section.to_uppercase(), self.key.to_uppercase())
    }
}
