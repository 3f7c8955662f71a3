//! The post of a world: its jobs, with a mailer that keeps what it is given.

use std::sync::Arc;

use writ::actions::Ctx;
use writ::jobs::Jobs;
use writ::mail::{Mailer, Memory};
use writ::seal::Key;
use writ::store::Store;

use crate::support::world::World;

pub struct Post {
    pub jobs: Jobs,
    pub memory: Arc<Memory>,
}

/// Mails that went in one round, in the order of their addresses.
pub struct Round(pub Vec<Letter>);

pub struct Letter {
    pub to: String,
    pub subject: String,
    pub raw: String,
}

impl Post {
    pub fn of(world: &World) -> Post {
        Post::with(world.ctx.clone())
    }

    /// The same register from another node: connections and writer of its own.
    pub fn elsewhere(world: &World) -> Post {
        Post::with(Ctx { store: Store::open(&world.url, Key::new([9; 32]), 2).unwrap(), ..world.ctx.clone() })
    }

    fn with(ctx: Ctx) -> Post {
        let memory = Arc::new(Memory::default());
        let mailer = Mailer::to_memory("Writ <writ@writ.example>", memory.clone()).unwrap();
        let public_url = Some("https://writ.example".to_owned());
        Post { jobs: Jobs { public_url, ..Jobs::new(ctx, mailer) }, memory }
    }

    /// Reminds, sends, and gives what went.
    pub fn goes(&self) -> Round {
        let before = self.memory.mails().len();
        self.jobs.run_once().unwrap();
        let mut mails: Vec<Letter> = self.all().skip(before).collect();
        mails.sort_by(|a, b| a.to.cmp(&b.to));
        Round(mails)
    }

    pub fn all(&self) -> impl Iterator<Item = Letter> {
        self.memory.mails().into_iter().map(Letter::read)
    }
}

impl Round {
    pub fn to(&self) -> Vec<&str> {
        self.0.iter().map(|mail| mail.to.as_str()).collect()
    }

    pub fn subjects(&self) -> Vec<&str> {
        self.0.iter().map(|mail| mail.subject.as_str()).collect()
    }
}

impl Letter {
    pub fn read(raw: String) -> Letter {
        Letter { to: header(&raw, "To"), subject: header(&raw, "Subject"), raw }
    }

    pub fn id(&self) -> String {
        header(&self.raw, "Message-ID")
    }

    pub fn header(&self, name: &str) -> String {
        header(&self.raw, name)
    }
}

fn header(raw: &str, name: &str) -> String {
    let start = format!("{name}: ");
    let found = raw.lines().take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix(&start));
    found.unwrap_or_else(|| panic!("no {name} in {raw}")).trim_end().to_owned()
}
