//! The settings in effect, secrets masked, each with what it means.

use actix_web::HttpResponse;
use askama::Template;

use crate::actions::view_rules::view_settings;
use crate::domain::setting::SettingLine;
use crate::web::WebError;
use crate::web::extract::Visitor;
use crate::web::frame::{Frame, Place};
use crate::web::page::ok;

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    frame: Frame,
    sections: Vec<Section>,
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
    let lines = visitor.run(view_settings).await?;
    let mut sections: Vec<Section> = Vec::new();
    for line in lines.iter() {
        match sections.iter_mut().find(|section| section.name == line.section) {
            Some(section) => section.lines.push(line.clone()),
            None => sections.push(Section { name: line.section.clone(), lines: vec![line.clone()] }),
        }
    }
    ok(&SettingsPage { frame: visitor.frame("Settings in effect", Place::Settings), sections })
}
