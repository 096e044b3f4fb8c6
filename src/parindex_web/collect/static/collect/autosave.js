// Saves each line a moment after typing stops. Nothing typed is lost: until the server has taken it, what stands in
// the fields is kept in this browser, and a save that got no answer is sent again as it was, with the same number,
// before anything typed after it.
"use strict";

const PAUSE = 900;
const RETRY = [2000, 5000, 10000, 20000];
const person = document.body.dataset.person || "";
const states = new WeakMap();

function of(form) {
  if (!states.has(form)) states.set(form, { timer: 0, sending: false, pending: null, composing: false });
  return states.get(form);
}

function storeName(form) {
  return `parindex ${person} ${form.action}`;
}

function fields(form) {
  return [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
}

function typed(entries) {
  return JSON.stringify(entries.filter(([name, value]) => name !== "seen" && name !== "key" && value !== ""));
}

function keep(form) {
  const now = fields(form);
  if (form.dataset.seenBefore) {
    // A conflict that is not decided: opened again it must be a conflict again.
    now.find(([name]) => name === "seen")[1] = form.dataset.seenBefore;
  }
  try {
    localStorage.setItem(storeName(form), JSON.stringify({ now, pending: of(form).pending }));
  } catch {
    // A browser without storage: saving at once is all that can be done.
    later(form, 0);
  }
}

function forget(form) {
  localStorage.removeItem(storeName(form));
}

function show(id, visible) {
  const note = document.getElementById(id);
  if (note) note.hidden = !visible;
}

function later(form, delay, attempt = 0) {
  const state = of(form);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => send(form, attempt), delay);
}

function changed(form) {
  form.closest(".line").classList.add("waiting");
  sayState();
  keep(form);
  if (!("conflict" in form.dataset)) later(form, PAUSE);
}

// In the head of the page: being saved, not saved and where, or when the newest save was. Each line says the same aloud.
function sayState(saved) {
  const place = document.getElementById("saved-state");
  if (!place) return;
  const failed = [...document.querySelectorAll(".line.failed")];
  const waiting = !failed.length && document.querySelector(".line.waiting");
  place.classList.toggle("failed", failed.length > 0);
  place.classList.toggle("waiting", Boolean(waiting));
  if (saved) place.dataset.saved = saved;
  if (!("saved" in place.dataset)) place.dataset.saved = place.textContent;
  if (!failed.length) {
    place.textContent = waiting ? place.dataset.waiting : place.dataset.saved;
    return;
  }
  place.textContent = place.dataset.failed;
  for (const line of failed) {
    const link = document.createElement("a");
    link.href = `#${line.id}`;
    link.textContent = line.id.replace(/^line-/, "");
    place.append(" ", link);
  }
}

async function send(form, attempt = 0) {
  const state = of(form);
  clearTimeout(state.timer);
  if (state.sending) return; // its answer will find that more was typed
  if (state.composing) {
    later(form, PAUSE, attempt);
    return;
  }
  if (!state.pending) {
    state.pending = fields(form);
    keep(form);
  }
  state.sending = true;
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const [name, value] of state.pending) body.append(name, value);
  let answer = null;
  let said = null;
  try {
    answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(body),
      headers: { Accept: "application/json" },
      redirect: "manual",
      credentials: "same-origin",
    });
    if ((answer.headers.get("Content-Type") || "").startsWith("application/json")) said = await answer.json();
  } catch {
    answer = null;
  }
  state.sending = false;
  if (answer === null || answer.status >= 500 || (answer.ok && !said)) {
    show("no-connection", true);
    later(form, RETRY[Math.min(attempt, RETRY.length - 1)], attempt + 1);
    return;
  }
  show("no-connection", false);
  if (!said) {
    // No answer of ours: signed out, signed in anew with other tokens, or no longer allowed to see the page.
    const here = await renewTokens();
    show("session-over", here === "signed out");
    show("not-allowed", here === "refused" || (here === "renewed" && attempt > 0));
    later(form, here === "renewed" && attempt === 0 ? 0 : 10000, attempt + 1);
    return;
  }
  show("session-over", false);
  show("not-allowed", false);
  const sent = state.pending;
  state.pending = null;
  take(form, said, sent);
}

// After signing in again in another tab every form needs the token of the new session.
async function renewTokens() {
  let page;
  try {
    page = await fetch(location.href, { redirect: "manual", credentials: "same-origin" });
  } catch {
    return "signed out";
  }
  if (page.type === "opaqueredirect") return "signed out";
  if (!page.ok) return "refused";
  const holder = document.createElement("template");
  holder.innerHTML = await page.text();
  const fresh = holder.content.querySelector("input[name=csrfmiddlewaretoken]");
  if (!fresh) return "signed out";
  for (const each of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) each.value = fresh.value;
  return "renewed";
}

function take(form, said, sent) {
  const meanwhile = typed(fields(form)) !== typed(sent);
  const line = form.closest(".line");
  if (said.status === 200) around(said.around);
  if (meanwhile && [200, 409, 422].includes(said.status)) {
    // Keep what is being typed; only the version and the number of the next save change.
    if (said.status === 200) form.elements.seen.value = said.version;
    form.elements.key.value = crypto.randomUUID();
    keep(form);
    later(form, said.status === 200 ? 0 : PAUSE);
    return;
  }
  if ([400, 403, 413, 423, 429].includes(said.status)) {
    refuse(form, line, said.problem);
    if (said.status === 429) later(form, 60000);
    return;
  }
  if (said.status === 200) forget(form);
  const fresh = draw(line, said.html);
  sayState(said.status === 200 ? fresh.querySelector(".saved").textContent.trim() : "");
  const again = fresh.querySelector("form[data-save]");
  if (!again) return;
  if (said.status === 409) again.dataset.seenBefore = sent.find(([name]) => name === "seen")[1];
  if (said.status !== 200) keep(again);
  listen(again);
}

function draw(line, html) {
  const focused = line.contains(document.activeElement) ? document.activeElement : null;
  const same = focused && focused !== line ? sameAs(focused) : "";
  const at = focused ? focused.selectionStart : null;
  const open = [...line.querySelectorAll("details[open]")].map((each) => each.className);
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const fresh = holder.content.querySelector(".line");
  line.replaceWith(fresh);
  for (const each of fresh.querySelectorAll("details")) each.open = open.includes(each.className);
  const again = same ? fresh.querySelector(same) : focused && fresh;
  if (again) {
    if (again.closest("details")) again.closest("details").open = true;
    if (again === fresh) fresh.tabIndex = -1;
    again.focus({ preventScroll: true });
    if (at !== null && at !== undefined && again.setSelectionRange) again.setSelectionRange(at, at);
  }
  return fresh;
}

// How the element that has the focus is found in the line drawn anew.
function sameAs(element) {
  const named = (name) => (element.getAttribute(name) ? `[${name}="${CSS.escape(element.getAttribute(name))}"]` : "");
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.localName === "summary") return `details.${element.parentElement.className} > summary`;
  if (element.localName === "button") return element.className ? "button.main" : "button[formaction]";
  return element.localName + named("name") + (element.type === "radio" ? `[value="${CSS.escape(element.value)}"]` : named("href"));
}

function around(parts) {
  for (const [id, html] of Object.entries(parts || {})) {
    const old = document.getElementById(id);
    if (!old || old.contains(document.activeElement)) continue;
    const holder = document.createElement("template");
    holder.innerHTML = html;
    old.replaceWith(holder.content.firstElementChild);
  }
}

// The file was closed, or the right to write was taken back: the fields stay as typed, and say why nothing is saved.
function refuse(form, line, problem) {
  line.classList.remove("waiting");
  line.classList.add("failed");
  sayState();
  let note = line.querySelector("[data-refused]");
  if (!note) {
    note = document.createElement("div");
    note.className = "note bad";
    note.dataset.refused = "";
    note.setAttribute("role", "alert");
    form.before(note);
  }
  const text = document.createElement("p");
  text.textContent = problem;
  note.replaceChildren(text);
  keep(form);
}

function restore(form) {
  const kept = localStorage.getItem(storeName(form));
  if (!kept) return;
  const old = JSON.parse(kept);
  if (typed(old.now) === typed(fields(form))) {
    forget(form);
    return;
  }
  put(form, old.now);
  // As it was when it was typed: if it arrived after all it is kept once, and if others saved since, both are shown.
  of(form).pending = old.pending;
  form.closest(".line").classList.add("waiting");
  sayState();
  later(form, 0);
}

function put(form, entries) {
  const lists = new Map();
  for (const [name, value] of entries) lists.set(name, [...(lists.get(name) || []), value]);
  for (const [name, values] of lists) {
    const named = () => form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
    if (!named().length) continue;
    if (named()[0].type === "radio") {
      for (const each of named()) each.checked = each.value === values[0];
      continue;
    }
    while (named().length < values.length) addRow(form);
    named().forEach((each, at) => {
      each.value = at < values.length ? values[at] : "";
      if (each.value && each.closest("details")) each.closest("details").open = true;
    });
  }
}

function addRow(form) {
  const rows = form.querySelectorAll(".cite");
  const last = rows[rows.length - 1];
  const row = last.cloneNode(true);
  for (const extra of row.querySelectorAll("a, .wrong")) extra.remove();
  for (const input of row.querySelectorAll("input")) {
    input.value = "";
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
    input.id = input.id.replace(/\d+$/, String(rows.length));
    input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/ \d+$/, ` ${rows.length + 1}`));
  }
  last.after(row);
}

function listen(form) {
  const state = of(form);
  form.addEventListener("compositionstart", () => {
    state.composing = true;
  });
  form.addEventListener("compositionend", () => {
    state.composing = false;
  });
  form.addEventListener("input", (event) => {
    const rows = form.querySelectorAll(".cite");
    if (rows.length && rows[rows.length - 1].contains(event.target) && event.target.value) addRow(form);
    changed(form);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    delete form.dataset.conflict;
    delete form.dataset.seenBefore;
    send(form);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.ctrlKey) return;
    event.preventDefault();
    if ("conflict" in form.dataset) {
      // Which of the two stays is decided by a button that says so.
      form.querySelector("button.main").focus();
      return;
    }
    const forms = [...document.querySelectorAll("form[data-save]")];
    const next = forms[forms.indexOf(form) + 1];
    // A line that stands saved as it is needs no further version.
    if (localStorage.getItem(storeName(form)) || of(form).pending) send(form);
    const first = next
      ? next.querySelector("input:checked, input:not([type=hidden], [type=radio]), textarea")
      : document.querySelector("#hand-in-all button");
    if (first) first.focus();
  });
  const discard = form.querySelector("[data-discard]");
  if (discard) {
    discard.addEventListener("click", (event) => {
      event.preventDefault();
      forget(form);
      location.hash = new URL(discard.href).hash;
      location.reload();
    });
  }
}

for (const form of document.querySelectorAll("form[data-save]")) {
  listen(form);
  restore(form);
}
window.addEventListener("online", () => {
  for (const form of document.querySelectorAll("form[data-save]")) {
    if (localStorage.getItem(storeName(form)) && !("conflict" in form.dataset)) later(form, 0);
  }
});

// Another button of the page (hand in, sign out, the language) waits until everything typed is saved: what is handed
// in is what stands on the screen. What cannot be saved says why at its field, and the button is pressed again.
function unsaved() {
  return [...document.querySelectorAll("form[data-save]")].filter((form) => localStorage.getItem(storeName(form)));
}

document.addEventListener("submit", async (event) => {
  const asked = event.target;
  if (asked.matches("form[data-save]") || !unsaved().length) return;
  event.preventDefault();
  const pressed = event.submitter;
  const name = (pressed && pressed.getAttribute("formaction")) || asked.getAttribute("action");
  const given = [...new FormData(asked)].filter(([field]) => field !== "csrfmiddlewaretoken");
  for (const form of unsaved()) if (!("conflict" in form.dataset)) send(form);
  for (let waited = 0; unsaved().length && waited < 8000; waited += 100) {
    await new Promise((done) => setTimeout(done, 100));
  }
  if (unsaved().length) {
    unsaved()[0].closest(".line").scrollIntoView({ block: "center" });
    return;
  }
  // The line was drawn anew by its save, and its buttons with it.
  const button = pressed && [...document.querySelectorAll("button")].find((each) => {
    const address = each.getAttribute("formaction") || (each.form && each.form.getAttribute("action"));
    return address === name && each.value === pressed.value;
  });
  const again = button ? button.form : [...document.forms].find((form) => form.getAttribute("action") === name);
  if (!again) return;
  for (const [field, value] of given) {
    if (again.elements[field] && typeof value === "string" && "value" in again.elements[field]) again.elements[field].value = value;
  }
  again.requestSubmit(button);
});
