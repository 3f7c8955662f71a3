//! Every page of the list, in every light: fit for everyone, and never wider than the screen.

use std::path::{Path, PathBuf};

use crate::driver::{Browser, Look, Violation, journey};
use crate::support::World;
use crate::support::pages::{PAGES, Place, Tour};
use crate::support::people::Person;
use crate::visit::Visit;

#[tokio::test]
async fn every_page_is_fit_for_everyone_in_every_light() {
    let world = World::sqlite();
    let (tour, site) = (Tour::small(&world), world.serves());
    let album = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/browser/every_page");
    let _ = std::fs::remove_dir_all(&album);
    journey("every_page", Look::LIGHT, async |b| {
        let mut places: Vec<&Place> = PAGES.iter().collect();
        // One session for each person.
        places.sort_by_key(|place| place.1);
        let visit = Visit { browser: b, url: site.url().to_owned() };
        let (mut person, mut problems) = ("", Vec::new());
        for place in places {
            if person != place.1 {
                person = place.1;
                signs_in(&visit, &world.person(person)).await;
            }
            visit.goes_to(&tour.address(place)).await;
            let name = format!("{person}{}", place.2.replace(['/', '?', '&', '=', '{', '}'], "-"));
            looks_at(b, &album.join(name), &format!("{} as {person}", place.2), &mut problems).await;
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    })
    .await;
}

/// Takes the place of whoever is signed in.
async fn signs_in(visit: &Visit<'_>, person: &Person<'_>) {
    visit.goes_to("/sign-in").await;
    visit.browser.forget_cookies().await;
    visit.signs_in_as(person).await;
}

/// In light everything is checked; other colours can only make it unreadable; what is narrow is laid out anew.
async fn looks_at(b: &Browser, picture: &Path, page: &str, problems: &mut Vec<String>) {
    let file = |light: &str| picture.with_file_name(format!("{}-{light}.png", picture.file_name().unwrap().display()));
    let mut note = |light: &str, found: Vec<Violation>| {
        problems.extend(found.into_iter().map(|v| format!("{page}, {light}: {} {:?}", v.help, v.places)));
    };
    b.present_as(Look::LIGHT).await;
    note("light", b.violations().await);
    b.keeps(&file("light")).await;
    b.present_as(Look::DARK).await;
    note("dark", b.illegible().await);
    b.keeps(&file("dark")).await;
    b.present_on_paper().await;
    note("printed", b.illegible().await);
    b.keeps(&file("printed")).await;
    b.present_as(Look::NARROW).await;
    note("narrow", b.violations().await);
    b.keeps(&file("narrow")).await;
    let wide = b.script("return document.documentElement.scrollWidth").await;
    if wide.as_u64() > Some(320) {
        problems.push(format!("{page} is {wide} pixels wide on a screen of 320"));
    }
}
