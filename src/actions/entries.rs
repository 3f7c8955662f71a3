//! Log entries in words: their kinds, and who acted.

use std::collections::BTreeMap;

use crate::domain::id::StaffId;

/// The parts of the program that act by themselves, as entries name them after `system:`.
pub const SYSTEM_PARTS: &[&str] = &[
    "backup",
    "checkpoints",
    "clocks",
    "console",
    "demo",
    "erasure",
    "generate",
    "mail",
    "setup",
    "sign-in",
    "store",
    "verification",
];

/// The name behind an entry's actor.
pub fn actor_name(actor: &str, names: &BTreeMap<StaffId, String>) -> String {
    let id = actor.strip_prefix("staff:").and_then(|id| id.parse::<StaffId>().ok());
    match id.and_then(|id| names.get(&id)) {
        Some(name) => name.clone(),
        None => actor.strip_prefix("system:").map_or_else(|| actor.to_owned(), |part| format!("Writ ({part})")),
    }
}

/// A refusal's code in words, as lists say it.
pub fn refusal_words(code: &str) -> String {
    match code {
        "not_stepped_up" => "wrong password".to_owned(),
        other => other.replace('_', " "),
    }
}

macro_rules! kinds {
    (match kind { $($kind:literal => $label:literal,)+ other => other, }) => {
        /// Every kind of entry, in the order of a case's life.
        pub const KINDS: &[&str] = &[$($kind),+];

        /// What an entry's kind means, in words.
        pub fn kind_label(kind: &str) -> &str {
            match kind {
                $($kind => $label,)+
                other => other,
            }
        }
    };
}

kinds! {
    match kind {
        "register.created" => "register created",
        "law.proposed" => "rules proposed",
        "law.adopted" => "rules adopted",
        "law.declined" => "rules declined or withdrawn",
        "register.generated" => "cases generated for trials and measurements",
        "installation.key_rotated" => "installation's key changed",
        "installation.key_protected" => "installation's key kept another way",
        "backup.made" => "backup made",
        "register.restored" => "register restored from a backup",
        "team.added" => "team added",
        "staff.added" => "member of staff added",
        "token.added" => "API token made",
        "staff.changed" => "member of staff changed",
        "staff.change_asked" => "change to the staff asked for",
        "staff.change_confirmed" => "change to the staff confirmed",
        "staff.change_declined" => "change to the staff declined or withdrawn",
        "staff.deactivated" => "member of staff deactivated",
        "staff.reactivated" => "member of staff reactivated",
        "password.changed" => "own password changed",
        "password.reset" => "one-time password made",
        "session.ended" => "session ended by its owner or an admin",
        "token.revoked" => "API token revoked",
        "team.renamed" => "team renamed",
        "staff.signed_in" => "signed in",
        "staff.sign_in_failed" => "sign-in failed",
        "staff.signed_out" => "signed out",
        "agency.added" => "agency added to the directory",
        "officer.added" => "officer added to the directory",
        "document.received" => "document received",
        "case.opened" => "case opened",
        "case.amended" => "particulars amended",
        "document.attached" => "document attached",
        "requester.checked" => "requester checked",
        "demand.added" => "demand added",
        "demands.added" => "demands added",
        "demand.changed" => "demand changed",
        "demand.split" => "period of a demand split",
        "demand.removed" => "demand removed",
        "secrecy.recorded" => "secrecy order recorded",
        "case.assessed" => "legal basis checked",
        "decision.drafted" => "decision drafted",
        "decision.approved" => "scope approved",
        "decision.returned" => "draft returned",
        "collection.recorded" => "collection result recorded",
        "production.released" => "production released",
        "case.closed" => "case closed",
        "case.withdrawn" => "demand withdrawn",
        "case.assigned" => "case assigned",
        "wait.started" => "wait started",
        "wait.ended" => "wait ended",
        "clocks.counted" => "clocks counted",
        "clock.moved" => "clock moved",
        "clock.settled" => "clock done with",
        "feed.added" => "calendar address made",
        "feed.revoked" => "calendar address ended",
        "checklist.ticked" => "checklist ticked",
        "redirect.answered" => "redirect answered",
        "comment.added" => "comment added",
        "case.linked" => "case linked",
        "case.unlinked" => "link taken away",
        "register.searched" => "register searched",
        "list.exported" => "list exported",
        "case.viewed" => "case viewed",
        "document.viewed" => "document viewed",
        "task.viewed" => "collection task viewed",
        "log.viewed" => "log viewed",
        "log.verified" => "log verified",
        "alarm.raised" => "alarm raised",
        "alarm.acknowledged" => "alarm acknowledged",
        "bundle.exported" => "log taken away as a bundle",
        "log.exported" => "log taken away as a file",
        "archive.exported" => "case taken away as an archive",
        "entry.unsealed" => "entry unsealed",
        "sample.drawn" => "random sample drawn",
        "sample.ticked" => "item of a sample looked at",
        "note.added" => "audit note written",
        "finding.raised" => "audit finding raised",
        "finding.viewed" => "audit finding read",
        "finding.answered" => "audit finding answered",
        "finding.closed" => "audit finding closed",
        "hold.placed" => "litigation hold placed",
        "hold.lifted" => "litigation hold lifted",
        "erasure.proposed" => "erasure proposed",
        "erasure.approved" => "erasure approved",
        "erasure.declined" => "erasure declined or withdrawn",
        "erasure.passed_over" => "case kept from an erasure",
        "checkpoint.signed" => "checkpoint signed",
        "checkpoint.cosigned" => "checkpoint cosigned by a witness",
        "key.handed_over" => "log key replaced",
        "report.drawn" => "report drawn up",
        "case.imported" => "past case imported",
        "mail.sent" => "mail sent",
        "mail.retried" => "mail tried again",
        "action.refused" => "act refused",
        "sealed.act" => "sealed act",
        "payload.erased" => "personal data erased",
        other => other,
    }
}
