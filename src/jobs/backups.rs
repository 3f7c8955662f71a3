//! Backups by themselves: made when it is time, by one node for all, and thinned out. They have a thread of their own, so that
//! no mail waits for them.

use std::path::PathBuf;

use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};

use crate::actions::make_backup::{Asked, NoBackup, make_backup, record_backup};
use crate::actions::{ActionError, Ctx};
use crate::backup::{Manifest, Secret, Totals};
use crate::domain::backup::Rotation;
use crate::domain::staff::Actor;
use crate::vault::BackupShelf;

/// The job's name among turns and meters.
const JOB: &str = "backup";

/// A node that has begun a backup and was not heard of again has lost its turn after so long.
const LONGEST: TimeDelta = TimeDelta::hours(12);

/// After a backup that failed the next is tried after so long.
const AFTER_FAILURE: TimeDelta = TimeDelta::hours(1);

/// The files of the folder of keys, as they are at this moment.
pub type KeyFiles = Box<dyn Fn() -> std::io::Result<Vec<(String, Vec<u8>)>> + Send + Sync>;

/// Where backups go, and what they are made with.
pub struct Backups {
    /// The folder.
    pub shelf: BackupShelf,
    /// The database's URL.
    pub url: SecretString,
    /// The folder of PostgreSQL's programs; empty looks for them.
    pub tools: PathBuf,
    /// What they are encrypted with.
    pub secret: Secret,
    /// The keys that come along.
    pub keys: KeyFiles,
    /// After how long the next is made, and for how long they are kept; none where they are made by hand alone.
    pub schedule: Option<(TimeDelta, Rotation)>,
}

impl Backups {
    /// Makes one under this name.
    ///
    /// # Errors
    /// See [`NoBackup`]; then there is none.
    pub fn make(
        &self,
        ctx: &Ctx,
        by: Actor,
        name: &str,
        is_over: &dyn Fn() -> bool,
    ) -> Result<(Manifest, Totals), NoBackup> {
        let part = self.shelf.begin(name)?;
        let rotates = self.schedule.filter(|_| by == Actor::System(JOB));
        let asked = Asked {
            url: self.url.expose_secret(),
            tools: &self.tools,
            secret: &self.secret,
            keys: (self.keys)()?,
            kept_until: rotates.map(|(_, rotation)| rotation.last_day(ctx.now().day())),
            is_over,
        };
        let (mut part, manifest, totals) = make_backup(ctx, asked, part)?;
        part.sync()?;
        record_backup(ctx, by, &manifest)?;
        part.finish()?;
        Ok((manifest, totals))
    }

    /// Makes one if it is time and no other node does, and removes those whose time is over. Whether one was made.
    ///
    /// # Errors
    /// See [`NoBackup`].
    pub(super) fn keep(&self, ctx: &Ctx, is_over: &dyn Fn() -> bool) -> Result<bool, NoBackup> {
        let Some((every, rotation)) = self.schedule else { return Ok(false) };
        let now = ctx.now();
        let turn = |next_at| ctx.store.housekeep(|broom| broom.end_turn(JOB, next_at)).map_err(ActionError::from);
        let is_ours = ctx.store.housekeep(|broom| broom.take_turn(JOB, now, now.plus(LONGEST)))?;
        if !is_ours {
            return Ok(false);
        }
        let made = self.make(ctx, Actor::System("backup"), &BackupShelf::name(now), is_over);
        turn(match &made {
            Ok(_) => now.plus(every),
            Err(NoBackup::GivenUp) => now,
            Err(_) => now.plus(AFTER_FAILURE),
        })?;
        made?;
        let kept = self.shelf.made()?;
        for over in rotation.over(&kept.keys().copied().collect(), now.day()) {
            kept.get(&over).map_or(Ok(()), |name| self.shelf.remove(name))?;
        }
        Ok(true)
    }
}
