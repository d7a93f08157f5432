/* Runs before the first paint: the reader's choice of light or dark wins over the system's. */
(function () {
  "use strict";
  let chosen = null;
  try { chosen = localStorage.getItem("briefing-theme"); } catch (e) { /* storage may be closed to files */ }
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  document.documentElement.classList.add("scripted");
})();
