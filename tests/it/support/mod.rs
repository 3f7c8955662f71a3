//! What the stories share: a world with people and papers in it, and the databases below.

pub mod calls;
pub mod chance;
pub mod hand;
pub mod lines;
pub mod meridiana;
pub mod pages;
pub mod papers;
pub mod people;
pub mod postgres;
pub mod raw;
pub mod server;
pub mod site;
pub mod skipped;
pub mod statements;
pub mod until;
pub mod world;

pub use world::World;

/// Makes two tests of each story: `sqlite::NAME` and `postgres::NAME`. A story is a `fn NAME(world: &World)`.
macro_rules! on_both {
    ($($story:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $story() {
                crate::support::World::sqlite().tell(super::$story);
            })+
        }
        mod postgres {
            $(#[test]
            fn $story() {
                if let Some(world) = crate::support::World::postgres() {
                    world.tell(super::$story);
                }
            })+
        }
    };
}
pub(crate) use on_both;
