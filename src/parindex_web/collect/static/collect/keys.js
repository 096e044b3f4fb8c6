// From line to line without a mouse. Letters work outside of text fields only, and can be switched off.
"use strict";

(() => {
  const STORE = "parindex letters";
  const keys = document.getElementById("keys");
  const letters = document.getElementById("letters");
  const TEXT = "textarea, select, input:not([type=radio], [type=checkbox])";
  keys.hidden = false;
  letters.checked = localStorage.getItem(STORE) !== "off";
  letters.addEventListener("change", () => localStorage.setItem(STORE, letters.checked ? "on" : "off"));

  const lines = () => [...document.querySelectorAll(".line")];

  function hold(line) {
    line.tabIndex = -1;
    line.focus({ preventScroll: true });
  }

  function go(line) {
    hold(line);
    line.scrollIntoView({ block: "start" });
  }

  function beside(step, choose = () => true) {
    const all = lines();
    const here = document.activeElement.closest(".line");
    // Nothing has the focus: begin with what the reader sees.
    const from = here ? all.indexOf(here) : all.findIndex((each) => each.getBoundingClientRect().bottom > 140) - (step > 0 ? 1 : 0);
    for (let at = from + step; at >= 0 && at < all.length; at += step) if (choose(all[at])) return go(all[at]);
  }

  function toDo() {
    const nodes = new Set([...document.querySelectorAll("#mend a")].map((each) => each.hash.slice(1)));
    beside(1, (line) => nodes.has(decodeURIComponent(line.id)) || nodes.has(line.id));
  }

  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (event.key === "Escape" && keys.open) {
      keys.open = false;
      keys.firstElementChild.focus();
    } else if (event.key === "Escape" && at.closest("form[data-save]")) {
      hold(at.closest(".line"));
    } else if (event.key === "Enter" && at.matches(".line")) {
      const first = at.querySelector("form[data-save] input:checked, form[data-save] input:not([type=hidden], [type=radio]), form[data-save] textarea");
      if (!first) return;
      event.preventDefault();
      first.focus();
    } else if (letters.checked && !at.matches(TEXT)) {
      const does = { j: () => beside(1), k: () => beside(-1), n: toDo, "?": () => { keys.open = !keys.open; } }[event.key];
      if (!does) return;
      event.preventDefault();
      does();
    }
  });

  // A link to a line gives it the focus, on this page or from another: the next key goes on from there.
  function arrive() {
    const line = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (line && line.matches(".line")) hold(line);
  }
  window.addEventListener("hashchange", arrive);
  arrive();
})();
