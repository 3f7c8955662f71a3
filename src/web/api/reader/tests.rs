use serde_json::{Value, json};

use super::{Reader, read};
use crate::actions::ActionError;
use crate::domain::staff::Role;
use crate::domain::stated::Stated;
use crate::web::WebError;

fn errors<T>(body: &Value, with: impl FnOnce(&mut Reader<'_>) -> Option<T>) -> Vec<String> {
    match read(body.as_object().unwrap(), false, with) {
        Ok(_) => Vec::new(),
        Err(WebError::Action(ActionError::Invalid(errors))) => {
            errors.into_iter().map(|e| format!("{}: {}", e.field, e.reason)).collect()
        }
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once_with_its_place() {
    let body = json!({"role": "king", "on": "2026-02-30", "items": [{"n": 1}, {"n": "2", "x": 0}, 7], "odd": 1});
    let said = errors(&body, |r| {
        let name = r.required_line("name");
        let (role, on) = (r.word::<Role>("role"), r.date("on"));
        let items = r.objects("items", 5, |r| r.number::<i32>("n"));
        name.zip(role).zip(on).zip(items)
    });
    let fields: Vec<&str> = said.iter().map(|e| e.split(':').next().unwrap()).collect();
    assert_eq!(fields, ["name", "role", "on", "items.1.n", "items.1.x", "items.2", "odd"]);
}

#[test]
fn what_a_paper_states_has_three_answers() {
    let body = json!({"a": {"is": "2026-11-23"}, "b": "none", "c": "unknown", "d": null});
    let said = read(body.as_object().unwrap(), false, |r| Some(["a", "b", "c", "d", "e"].map(|n| r.stated_date(n))));
    let [a, b, c, d, e] = said.unwrap();
    assert!(a.value().is_some() && b == Stated::None && [c, d, e].iter().all(Stated::is_unknown));
    let wrong = json!({"a": "2026-11-23", "b": {"is": 1}, "c": {"is": "x", "y": 1}, "d": []});
    assert_eq!(errors(&wrong, |r| Some(["a", "b", "c", "d"].map(|n| r.stated_date(n)))).len(), 4);
}

#[test]
fn numbers_stay_within_their_range() {
    for body in [json!({"n": 1e30}), json!({"n": -99999999999i64}), json!({"n": "1"}), json!({"n": 1.5})] {
        assert_eq!(errors(&body, |r| r.number::<i32>("n")).len(), 1, "{body}");
    }
    assert!(errors(&json!({"n": 7}), |r| r.number::<i32>("n")).is_empty());
}
