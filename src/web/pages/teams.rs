//! The teams: who is in them, adding one, renaming one.

use actix_web::HttpResponse;
use askama::Template;

use crate::actions::teams::{Teams, add_team, list_teams, rename_team};
use crate::actions::{ActionError, Ctx, SignedIn};
use crate::domain::id::{StaffId, TeamId};
use crate::domain::text::{Line, ParseError};
use crate::web::WebError;
use crate::web::extract::{Visitor, WithId};
use crate::web::fields::{Errors, Fields, Form};
use crate::web::frame::{Frame, Place};
use crate::web::once::post_once;
use crate::web::page::{again, ok};

#[derive(Template)]
#[template(path = "teams.html")]
struct TeamsPage {
    frame: Frame,
    teams: Vec<TeamCard>,
    form: Form,
}

struct TeamCard {
    /// Where it is renamed.
    href: String,
    /// The field of its name.
    field: String,
    name: String,
    /// What stands in the field: as typed where the form came back.
    typed: String,
    people: Vec<(StaffId, String)>,
}

/// `GET /teams`
///
/// # Errors
/// A refusal for people who do not manage staff; when the store fails.
pub async fn show(visitor: Visitor) -> Result<HttpResponse, WebError> {
    ok(&build(&visitor, Form::default()).await?)
}

/// `POST /teams`
///
/// # Errors
/// As [`add_team`].
pub async fn add(visitor: Visitor, fields: Fields) -> Result<HttpResponse, WebError> {
    answer(&visitor, fields, "name".to_owned(), add_team).await
}

/// `POST /teams/{id}`
///
/// # Errors
/// As [`rename_team`].
pub async fn rename(visitor: Visitor, id: WithId<TeamId>, fields: Fields) -> Result<HttpResponse, WebError> {
    let WithId(id) = id;
    answer(&visitor, fields, field(id), move |ctx, who, name| rename_team(ctx, who, id, name)).await
}

async fn answer(
    visitor: &Visitor,
    fields: Fields,
    field: String,
    act: impl FnOnce(&Ctx, &SignedIn, Line) -> Result<(), ActionError> + Send + 'static,
) -> Result<HttpResponse, WebError> {
    let mut errors = Errors::default();
    if let Some(name) = fields.required_line(&field, &mut errors) {
        let done = post_once(visitor, &fields, || async {
            visitor.run(move |ctx, who| act(ctx, who, name)).await?;
            Ok("/teams".to_owned())
        });
        match done.await {
            Ok(answer) => return Ok(answer),
            // The error belongs to the field of the team that the form was about.
            Err(error) => {
                let wrong = error.into_invalid()?;
                wrong.iter().for_each(|e| errors.add(field.as_str(), e.reason.clone()));
            }
        }
    }
    again(&build(visitor, Form::again(fields, errors)).await?)
}

async fn build(visitor: &Visitor, form: Form) -> Result<TeamsPage, WebError> {
    let Teams { teams, mut people } = visitor.run(list_teams).await?;
    let card = |team: crate::actions::staff::Team| {
        let field = field(team.id);
        let is_typed = form.fields.iter().any(|(name, _)| name == field);
        let typed = if is_typed { form.value(&field).to_owned() } else { team.name.to_string() };
        let href = format!("/teams/{}", team.id);
        TeamCard {
            href,
            field,
            typed,
            name: team.name.to_string(),
            people: people.remove(&team.id).unwrap_or_default(),
        }
    };
    let teams = teams.into_iter().map(card).collect();
    Ok(TeamsPage { frame: visitor.frame("Teams", Place::Teams), teams, form })
}

fn field(team: TeamId) -> String {
    format!("name-{team}")
}

impl TeamsPage {
    /// What is wrong, with the field said as people say it.
    fn wrong(&self) -> Vec<&ParseError> {
        self.form.problems()
    }
}
