//! `writ law guidelines`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use pulldown_cmark::{Event, Options, Parser, html};

use crate::cli::place;
use crate::law::guidelines::Guidelines;
use crate::letters::guidelines::markdown;
use crate::settings::Settings;

/// Print the provider's public guidelines.
#[derive(Args)]
pub struct PrintGuidelines {
    /// Settings file that names the provider, the packs and the catalogue; the built-in ones without it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// As a page, or as text
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
    /// A folder with facts.toml and packs to use instead
    #[arg(long = "packs", value_name = "DIR")]
    folder: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Markdown,
    Html,
}

impl PrintGuidelines {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let settings = match &self.config {
            Some(file) => Settings::from_file(file)?,
            None => Settings::for_folder(Path::new("."), "guidelines")?,
        };
        let folder = self.folder.unwrap_or_else(|| settings.law.folder.clone());
        let (book, catalogue) = (place::rulebook(&folder)?, place::catalogue(&settings.catalogue.file)?);
        let guidelines = Guidelines::of(&book, &catalogue, &settings.provider);
        let text = markdown(&guidelines);
        match self.format {
            Format::Markdown => print!("{text}"),
            Format::Html => print!("{}", page(&guidelines.entity, &text)),
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A page that needs nothing but itself.
fn page(entity: &str, markdown: &str) -> String {
    let mut body = String::new();
    html::push_html(&mut body, as_text(Parser::new_ext(markdown, Options::ENABLE_TABLES)));
    let mut title = String::new();
    html::push_html(&mut title, as_text(Parser::new(&format!("Guidelines of {entity}"))));
    let title = title.trim().trim_start_matches("<p>").trim_end_matches("</p>");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
}

/// What looks like markup in the settings or the catalogue is text as any other.
fn as_text<'t>(events: impl Iterator<Item = Event<'t>>) -> impl Iterator<Item = Event<'t>> {
    events.map(|event| match event {
        Event::Html(markup) | Event::InlineHtml(markup) => Event::Text(markup),
        other => other,
    })
}

const STYLE: &str = "\
    :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; } \
    body { margin: 0; } main { max-width: 76rem; margin: 0 auto; padding: 1.5rem; } \
    h1 { font-size: 1.6rem; line-height: 1.25; } h2 { margin-top: 2.25rem; font-size: 1.25rem; } h3 { margin-top: 1.5rem; } \
    table { border-collapse: collapse; width: 100%; font-size: 0.875rem; } \
    th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding: 0.4rem 0.6rem; \
    text-align: left; vertical-align: top; } th { vertical-align: bottom; } \
    td:first-child { min-width: 14rem; } p, li { max-width: 46rem; } \
    @media (max-width: 60rem) { table { display: block; overflow-x: auto; } }";
