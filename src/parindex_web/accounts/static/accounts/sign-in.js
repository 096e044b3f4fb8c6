/* Says beside the button what a passkey or key did not do; allauth's own script only writes it to the console. */
(function () {
  "use strict";

  document.addEventListener("allauth.error", function (event) {
    event.preventDefault();
    var place = document.getElementById("key-trouble");
    if (!place) { return; }
    var name = event.detail && event.detail.exception ? event.detail.exception.name : "";
    var known = { NotAllowedError: "stopped", AbortError: "stopped", InvalidStateError: "twice", SecurityError: "address", NotSupportedError: "none" };
    place.textContent = place.dataset[known[name] || "other"] || place.dataset.other;
    place.hidden = false;
    place.focus();
  });

  if (!window.PublicKeyCredential) {
    document.querySelectorAll("[data-needs-keys]").forEach(function (each) { each.hidden = true; });
    document.querySelectorAll("[data-no-keys]").forEach(function (each) { each.hidden = false; });
  }
})();
