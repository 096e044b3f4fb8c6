// Work through a queue with the keyboard. Keys are off while somebody types in a field.
"use strict";

const CHOICES = { a: "accept", d: "adjust", y: "ask" };

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = document.getElementById("finding");
    if (form) form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const at = event.target;
  if (at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement || (at instanceof HTMLInputElement && at.type === "text")) return;
  const key = event.key.toLowerCase();
  const wanted = { j: "after", k: "before", n: "next" }[key] || "";
  const link = document.getElementById(wanted) || (key === "n" && document.getElementById("after"));
  if (link) link.click();
  const choice = document.getElementById(CHOICES[key] || "");
  if (choice) {
    choice.checked = true;
    choice.focus();
  }
});
