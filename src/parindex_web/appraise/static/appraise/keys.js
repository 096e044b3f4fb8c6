// Work through a queue with the keyboard. Single keys are off while somebody types in a field.
"use strict";

const byId = (id) => document.getElementById(id);
const CHOICES = { a: "accept", d: "adjust", y: "ask" };
const LINKS = { j: "after", k: "before", n: "next", u: "undo", q: "queue", l: "unit-lines", c: "close" };

const finding = byId("finding");
const wide = window.matchMedia("(min-width: 901px)");
const looking = byId("looking");
const papers = [...document.querySelectorAll("a.look")];
let looked = -1;

function writes(at) {
  return at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement || (at instanceof HTMLInputElement && at.type === "text");
}

function home() {
  const first = finding && (finding.querySelector("[aria-invalid='true']") || finding.querySelector("input[name=outcome]:checked") || finding.querySelector("input[name=outcome]"));
  if (first) first.focus({ preventScroll: true });
}

function take(number) {
  const reason = byId("reason");
  const button = document.querySelectorAll("#at-hand button")[number - 1];
  if (!reason || !button) return false;
  const text = button.dataset.reason;
  if (!reason.value.includes(text)) reason.value = [reason.value.trim(), text].filter(Boolean).join(" ");
  reason.focus();
  reason.setSelectionRange(reason.value.length, reason.value.length);
  return true;
}

function look(number) {
  looked = number;
  looking.classList.add("open");
  byId("look-no-more").hidden = false;
  document.querySelector(".screen").classList.add("reading");
  papers.forEach((each, at) => each.toggleAttribute("aria-current", at === number));
}

function lookNoMore() {
  looking.classList.remove("open");
  byId("look-no-more").hidden = true;
  document.querySelector(".screen").classList.remove("reading");
  papers.forEach((each) => each.removeAttribute("aria-current"));
  looked = -1;
  home();
}

if (byId("at-hand")) {
  // The numbered list does what the list to choose from does without scripts.
  byId("at-hand").hidden = false;
  byId("kept-field").hidden = true;
  document.querySelectorAll("#at-hand button").forEach((button, at) => button.addEventListener("click", () => take(at + 1)));
}
papers.forEach((each, at) => each.addEventListener("click", () => look(at)));
if (looking) byId("look-no-more").addEventListener("click", lookNoMore);
if (finding && wide.matches) home();

document.addEventListener("keydown", (event) => {
  const at = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    if (finding) finding.requestSubmit();
    return;
  }
  if (event.altKey && /^[1-9]$/.test(event.key)) {
    if (take(Number(event.key))) event.preventDefault();
    return;
  }
  if (event.key === "Escape") {
    if (writes(at)) home();
    else if (looked >= 0) lookNoMore();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || writes(at)) return;
  const key = event.key.toLowerCase();
  if (/^[1-9]$/.test(key)) {
    if (take(Number(key))) event.preventDefault();
    return;
  }
  if (key === "?") {
    const keys = byId("keys");
    if (keys) {
      keys.open = !keys.open;
      keys.querySelector("summary").focus();
    }
    return;
  }
  if (key === "e" && papers.length) {
    papers[(looked + 1) % papers.length].click();
    return;
  }
  const field = { r: "reason", p: "points" }[key];
  if (field && byId(field)) {
    if (field === "points" && byId("adjust")) byId("adjust").checked = true;
    byId(field).focus();
    event.preventDefault(); // the letter is no text
    return;
  }
  const link = byId(LINKS[key] || "") || (key === "n" && byId("after"));
  if (link) {
    if (link instanceof HTMLButtonElement) link.focus(); // an act is pressed by whoever means it
    else link.click();
    return;
  }
  const choice = byId(CHOICES[key] || "");
  if (choice) {
    choice.checked = true;
    choice.focus({ preventScroll: true });
  }
});
