//! What people do with their own account, and admins with the sessions and tokens of others.

pub mod view_account;

pub mod change_password;
pub mod end_sessions;
pub mod make_token;
pub mod feed;
pub mod revoke_token;
