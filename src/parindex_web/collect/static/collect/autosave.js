// Saves each line a moment after typing stops. Nothing typed is lost: until the server has answered, what stands in
// the fields is kept in this browser, and a save that got no answer is sent again with the same number.
"use strict";

const PAUSE = 900;
const RETRY = [2000, 5000, 10000, 20000];
const waiting = new Map();

function storeName(form) {
  return "parindex " + form.action;
}

function fields(form) {
  return [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
}

function keep(form) {
  try {
    localStorage.setItem(storeName(form), JSON.stringify(fields(form)));
  } catch {
    // A browser without storage saves at once instead.
    send(form);
  }
}

function forget(form) {
  localStorage.removeItem(storeName(form));
}

function show(id, visible) {
  const note = document.getElementById(id);
  if (note) note.hidden = !visible;
}

function changed(form) {
  form.closest(".line").classList.add("waiting");
  keep(form);
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => send(form), PAUSE));
}

async function send(form, attempt = 0) {
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  if (form.dataset.sending) return; // its answer will find that more was typed
  form.dataset.sending = "1";
  const sent = JSON.stringify(fields(form));
  let answer = null;
  try {
    answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
      redirect: "manual",
      credentials: "same-origin",
    });
  } catch {
    answer = null;
  }
  delete form.dataset.sending;
  if (answer === null || answer.status >= 500) {
    show("no-connection", true);
    waiting.set(form, setTimeout(() => send(form, attempt + 1), RETRY[Math.min(attempt, RETRY.length - 1)]));
    return;
  }
  show("no-connection", false);
  if (answer.type === "opaqueredirect" || answer.status === 403) {
    const signedIn = await renewTokens();
    show("session-over", !signedIn);
    waiting.set(form, setTimeout(() => send(form, attempt + 1), signedIn && attempt === 0 ? 0 : 10000));
    return;
  }
  show("session-over", false);
  const body = await answer.json();
  take(form, body, sent);
}

// After signing in again in another tab every form needs the token of the new session.
async function renewTokens() {
  let page;
  try {
    page = await fetch(location.href, { redirect: "manual", credentials: "same-origin" });
  } catch {
    return false;
  }
  if (!page.ok) return false;
  const holder = document.createElement("template");
  holder.innerHTML = await page.text();
  const fresh = holder.content.querySelector("input[name=csrfmiddlewaretoken]");
  if (!fresh) return false;
  for (const each of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) each.value = fresh.value;
  return true;
}

function take(form, body, sent) {
  const typedMeanwhile = JSON.stringify(fields(form)) !== sent;
  const line = form.closest(".line");
  if (body.status === 200 && typedMeanwhile) {
    // Keep what is being typed; only the version and the number of the next save change.
    form.elements.seen.value = body.version;
    form.elements.key.value = crypto.randomUUID();
    send(form);
    return;
  }
  const focused = line.contains(document.activeElement) ? document.activeElement.id : "";
  const at = focused ? document.activeElement.selectionStart : null;
  const holder = document.createElement("template");
  holder.innerHTML = body.html;
  const fresh = holder.content.querySelector(".line");
  forget(form);
  line.replaceWith(fresh);
  watch(fresh);
  if (focused) {
    const again = document.getElementById(focused);
    if (again) {
      again.focus({ preventScroll: true });
      if (at !== null && again.setSelectionRange) again.setSelectionRange(at, at);
    }
  }
}

function restore(form) {
  const kept = localStorage.getItem(storeName(form));
  if (!kept) return;
  const old = Object.fromEntries(JSON.parse(kept));
  let differs = false;
  for (const element of form.elements) {
    if (!element.name || element.type === "hidden" || !(element.name in old)) continue;
    if (element.type === "radio") {
      if (element.checked !== (old[element.name] === element.value)) differs = true;
      element.checked = old[element.name] === element.value;
    } else if (element.value !== old[element.name]) {
      differs = true;
      element.value = old[element.name];
    }
  }
  if (differs) {
    // The number of the lost save: if it arrived after all, it is kept once.
    if (old.seen === form.elements.seen.value) form.elements.key.value = old.key;
    changed(form);
  } else {
    forget(form);
  }
}

function watch(root) {
  for (const form of root.querySelectorAll("form[data-save]")) {
    form.addEventListener("input", () => changed(form));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
    restore(form);
  }
}

watch(document);
window.addEventListener("online", () => {
  for (const form of document.querySelectorAll("form[data-save]")) {
    if (localStorage.getItem(storeName(form))) send(form);
  }
});
