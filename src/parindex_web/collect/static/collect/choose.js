// The whole list at once, and how many are ticked. Without this file each is ticked by itself.
"use strict";

(() => {
  const all = document.getElementById("all");
  if (!all) return;
  const said = document.getElementById("chosen");
  const each = [...document.querySelectorAll("input[name=node]")];
  const box = all.querySelector("input");
  all.hidden = false;

  function count() {
    const ticked = each.filter((one) => one.checked).length;
    box.checked = ticked === each.length;
    box.indeterminate = ticked > 0 && ticked < each.length;
    said.textContent = ticked ? `${ticked} ${said.dataset.says}` : "";
  }

  box.addEventListener("change", () => {
    for (const one of each) one.checked = box.checked;
    count();
  });
  for (const one of each) one.addEventListener("change", count);
  count();
})();
