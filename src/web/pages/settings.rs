//! The settings in effect, secrets masked, each with what it means; and what became of backups.

use actix_web::HttpResponse;
use askama::Template;

use crate::actions::view_backups::{Backups, view_backups};
use crate::actions::view_rules::view_settings;
use crate::domain::setting::SettingLine;
use crate::domain::time::Instant;
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::frame::{Frame, Place};
use crate::web::page::ok;
use crate::web::times::relative;

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    frame: Frame,
    sections: Vec<Section>,
    backup: String,
    restored: Option<String>,
}

struct Section {
    name: String,
    lines: Vec<SettingLine>,
}

/// `GET /settings`
///
/// # Errors
/// A refusal for people who do not read the settings.
pub async fn show(visitor: Visitor) -> Result<HttpResponse, WebError> {
    let (lines, backups) = visitor.run(|ctx, who| Ok((view_settings(ctx, who)?, view_backups(ctx, who)?))).await?;
    let mut sections: Vec<Section> = Vec::new();
    for line in lines.iter() {
        match sections.iter_mut().find(|section| section.name == line.section) {
            Some(section) => section.lines.push(line.clone()),
            None => sections.push(Section { name: line.section.clone(), lines: vec![line.clone()] }),
        }
    }
    let frame = visitor.frame("Settings in effect", Place::Settings);
    let (backup, restored) = in_words(&backups, visitor.now());
    ok(&SettingsPage { frame, sections, backup, restored })
}

fn in_words(backups: &Backups, now: Instant) -> (String, Option<String>) {
    let backup = match &backups.made {
        Some(made) => format!(
            "The last backup was made {} ({}), with {} entries of the log and {} documents.",
            made.at.for_people(),
            relative(made.at, now),
            made.size,
            made.documents
        ),
        None => "No backup of this register was made yet.".to_owned(),
    };
    let restored = backups.restored.as_ref().map(|restored| {
        let missing = match restored.missing {
            0 => "No checkpoint kept elsewhere was at hand that covers more.".to_owned(),
            1 => "1 entry that came after it is missing, as a checkpoint kept elsewhere shows.".to_owned(),
            count => format!("{count} entries that came after it are missing, as a checkpoint kept elsewhere shows."),
        };
        format!(
            "This register was restored {} from a backup with {} entries. {missing}",
            restored.at.for_people(),
            restored.size
        )
    });
    (backup, restored)
}
