//! The rules of counting, as they stand on the page and in the JSON.

/// How requests are counted, one sentence or two each.
pub const RULES: &[&str] = &[
    "One paper served is one request; the same paper served twice is two, also where the register links the two \
     cases. It is counted in the half-year in which it was received, for good: what happens \
     later restates that half-year.",
    "Each request is counted once, in one column: the highest outcome any of its demands reached, or pending while \
     there is none. So the eight columns always add up to the requests.",
    "Preserved only are requests to keep data, after which nothing left.",
    "An account named twice in one request counts once; named in two requests, twice. Accounts add up to no column.",
    "Redirected counts only where the paper was taken back or the customer answered; otherwise what followed counts.",
    "Enterprise are accounts of organisations, public ones included. Data of theirs given after the customer agreed, or \
     because its contract allows it, is counted apart from data given on the paper alone.",
    "A request counts under each service it names, in the column of what its demands on that service came to and with \
     the accounts they name; so the table by service adds up to more than the requests. Of an imported request only the \
     outcome as a whole is known, and each of its services has that.",
    "Overridden are requests in which a legal reviewer decided beyond the verdict of the rules, with a reason that stands \
     in the log. They are in the columns like all others.",
    "Imported requests were closed before Writ and come from an older register or a published table. They passed no \
     gate of this register. Where a table gives accounts per country only, the sum of the country is exact.",
    "National-security process is in no row and no total. It is published in bands of its own, if at all.",
    "Small rows are shown as they are. Before a table is published, merge countries whose few requests could point at a \
     case.",
];
