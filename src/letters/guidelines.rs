//! The provider's public guidelines for those who ask, in Markdown.

use crate::law::guidelines::{CategoryLine, Guidelines, Reaches};

/// The guidelines as Markdown with tables. The same rules and catalogue give the same text.
pub fn markdown(from: &Guidelines) -> String {
    let mut text = vec![
        format!("# Guidelines for those who ask {} for customer data", from.entity),
        format!(
            "These guidelines say which legal paper reaches which data that {} ({}) keeps. They are made from the rules by \
             which each demand is checked; a demand is decided item by item on its own facts, and by people. They promise \
             nothing and waive no objection.",
            from.entity, from.place
        ),
        "## What we ask you to mend".to_owned(),
        "Where a paper falls short, we ask back before anything is decided. Most often:".to_owned(),
        list(from.cures.iter().map(String::as_str)),
        "## Which paper reaches which data".to_owned(),
        "“Yes”: the paper reaches it. “Needs …”: a stronger paper does. “Case by case”: a person looks at the paper first. \
         “No”: not on this paper."
            .to_owned(),
    ];
    let heads: Vec<String> = from.papers.iter().map(|paper| cell(&paper.title)).collect();
    for service in &from.services {
        text.push(format!("### {}", service.name));
        text.push(table(
            &[vec!["Data".to_owned()], heads.clone()].concat(),
            &service.categories.iter().map(row).collect::<Vec<_>>(),
        ));
    }
    text.push("## What the answers rest on, and what the customer is told".to_owned());
    let papers =
        from.papers.iter().map(|paper| vec![cell(&paper.title), told(&paper.notice), cell(&paper.cites.join("; "))]);
    text.push(table(&["Paper", "The customer", "Law"].map(str::to_owned), &papers.collect::<Vec<_>>()));
    if !from.clocks.is_empty() {
        text.push("## By when".to_owned());
        let clocks = from.clocks.iter().map(|clock| vec![cell(&clock.title), cell(&clock.says), cell(&clock.cites)]);
        text.push(table(&["What", "Rule", "Law"].map(str::to_owned), &clocks.collect::<Vec<_>>()));
    }
    if !from.policy.is_empty() {
        text.push("## Our own rules beside the law".to_owned());
        text.push(list(from.policy.iter().map(String::as_str)));
    }
    text.push("## Which rules these are".to_owned());
    let packs: Vec<String> = from.packs.iter().map(|pack| format!("{} {}", pack.pack, pack.version)).collect();
    let (all, open) = from.rules;
    text.push(format!("{}. Of {all} rules counsel has not yet confirmed {open}.", packs.join(", ")));
    text.join("\n\n") + "\n"
}

fn row(category: &CategoryLine) -> Vec<String> {
    let kept = if category.kept.is_empty() { String::new() } else { format!(" *Kept: {}.*", category.kept) };
    let data = format!("**{}**: {}{kept}", cell(&category.name), cell(&category.holds));
    let answers = category.answers.iter().map(|answer| match answer {
        Reaches::Yes => "Yes".to_owned(),
        Reaches::Needs(process) => format!("Needs {}", cell(process)),
        Reaches::No => "No".to_owned(),
        Reaches::CaseByCase => "Case by case".to_owned(),
    });
    std::iter::once(data).chain(answers).collect()
}

fn told(notice: &str) -> String {
    match notice {
        "allowed" => "is told before anything leaves, unless a court forbids it",
        "forbidden" | "forbidden_until_court_orders" => "is not told",
        "issuing_authority_informs" => "is told by the authority that asks",
        "notify_enterprise_customer" => "the organisation is told",
        word if word.starts_with("forbidden_until:") => "is not told while an order forbids it",
        // No rule says, or says it in words that are not known here.
        _ => "is told as the law of the paper has it",
    }
    .to_owned()
}

fn list<'t>(lines: impl Iterator<Item = &'t str>) -> String {
    lines.map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n")
}

fn table(heads: &[String], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let rule = format!("|{}", "---|".repeat(heads.len()));
    let rows = rows.iter().map(|row| line(row));
    [line(heads), rule].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

/// A text that stays within its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
