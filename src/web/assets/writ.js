// Keys and small comforts. Every page works without this file; nothing here decides anything.
"use strict";

const find = (selector) => document.querySelector(selector);
const isTyping = (element) => element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") !== null;

const KEYS = [
  ["j  k", "next, previous row"],
  ["Enter", "open the row"],
  ["a", "take the case of the row, or of the page"],
  ["x", "tick the row"],
  ["s", "the next step: its first open field, or its button"],
  ["/", "search"],
  ["n", "new case"],
  ["g  q", "queue"],
  ["g  a", "approvals"],
  ["g  t", "tasks"],
  ["g  l", "log"],
  ["g  k", "catalogue"],
  ["g  w", "rules"],
  ["g  u", "your account"],
  ["?", "all keys"],
  ["Esc", "close this"],
];

/** The row links of the list on the page, in order. */
function rows() {
  return [...document.querySelectorAll(".list .go")];
}

/** The row that has the focus somewhere in it. */
function row() {
  return document.activeElement?.closest(".list tr") ?? null;
}

function move(by) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.indexOf(row()?.querySelector(".go"));
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  all[next].focus();
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** The list of all keys: made once, when first asked for. */
function keysDialog() {
  const known = find("#keys");
  if (known) return known;
  const dialog = element("dialog", "keys-dialog");
  dialog.id = "keys";
  dialog.setAttribute("aria-labelledby", "keys-h");
  const heading = element("h2", "", "Keys");
  heading.id = "keys-h";
  const list = element("dl", "kv");
  for (const [keys, does] of KEYS) {
    const term = element("dt");
    for (const key of keys.split("  ")) term.append(element("kbd", "", key), " ");
    list.append(term, element("dd", "", does));
  }
  const form = element("form");
  form.method = "dialog";
  form.append(element("button", "btn small", "Close"));
  dialog.append(heading, list, form);
  document.body.append(dialog);
  return dialog;
}

function showKeys() {
  const dialog = keysDialog();
  if (!dialog.open) dialog.showModal();
}

function go(key) {
  const link = find(`a[data-go="${CSS.escape(key)}"]`);
  if (link) link.click();
}

/** Takes the case of the row in front, or the one that the page is about. */
function take() {
  const button = row() ? row().querySelector("[data-take]") : find(".assigned [data-take]");
  button?.click();
}

function tick() {
  row()?.querySelector("input[type=checkbox]")?.click();
}

/** Whether a field still waits for somebody to fill it in. */
function isOpen(field) {
  if (field.matches("button, [type=checkbox]") || !field.willValidate || !field.checkVisibility()) return false;
  if (field.type !== "radio") return field.value === "";
  return ![...field.form.elements].some((other) => other.name === field.name && other.checked);
}

/** Goes to the next step of the page: the first open field of its form, or its one button. */
function nextStep() {
  const button = find("main .next .btn.primary") ?? find("main form .btn.primary");
  const field = [...(button?.form?.elements ?? [])].find(isOpen);
  (field ?? button)?.focus();
}

let waitsForPlace = false;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(event.target) || find("dialog[open]")) return;
  if (waitsForPlace) {
    waitsForPlace = false;
    if (/^[a-z]$/.test(event.key)) {
      event.preventDefault();
      go(event.key);
    }
    return;
  }
  const acts = {
    j: () => move(1),
    k: () => move(-1),
    a: take,
    x: tick,
    s: nextStep,
    n: () => find('a.btn[href="/cases/new"]')?.click(),
    g: () => { waitsForPlace = true; setTimeout(() => { waitsForPlace = false; }, 1500); },
    "/": () => find("#find")?.focus(),
    "?": showKeys,
  };
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys]")) showKeys();
  // A menu closes when one looks elsewhere.
  for (const menu of document.querySelectorAll("details.drop[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" ? event.target.closest("details.drop[open]") : null;
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// Whoever leaves a form half filled in is asked first: nothing typed is lost by a stray click.
let isTypedIn = false;
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.method === "post" && event.target.type !== "password") isTypedIn = true;
});
window.addEventListener("beforeunload", (event) => {
  if (isTypedIn) event.preventDefault();
});

// A form goes once. The server sees to that by the form's id; this spares the second trip.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  isTypedIn = false;
  form.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

// Where one is stays in sight when a row of tabs is wider than the screen.
for (const here of document.querySelectorAll(".bar nav [aria-current], .views [aria-current], .tabs [aria-current]")) {
  const row = here.closest("ul, nav");
  const over = here.getBoundingClientRect().right - row.getBoundingClientRect().right;
  if (over > 0) row.scrollLeft += over + 12;
}

// Copies a text of the page, such as a letter.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const said = button.textContent;
  try {
    await navigator.clipboard.writeText(find(button.dataset.copy).textContent);
    button.textContent = "Copied";
  } catch {
    // Without the right to the clipboard the text is marked, so that it can be copied by hand.
    getSelection().selectAllChildren(find(button.dataset.copy));
    button.textContent = "Marked: copy it now";
  }
  setTimeout(() => { button.textContent = said; }, 2500);
});
