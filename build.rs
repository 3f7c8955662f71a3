//! Migrations are built into the program: a new one must make it build anew.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
