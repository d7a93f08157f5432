/* Page furniture: theme switch, menus, number cards, tabs. Every page works without it. */
(function () {
  "use strict";
  const root = document.documentElement;

  const toggle = document.querySelector(".theme-toggle");
  function label() {
    const next = root.dataset.theme === "dark" ? "light" : "dark";
    toggle.setAttribute("aria-label", "Switch to " + next + " theme");
  }
  if (toggle) {
    toggle.hidden = false;
    label();
    toggle.addEventListener("click", function () {
      root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
      try { localStorage.setItem("briefing-theme", root.dataset.theme); } catch (e) { /* kept for this page only */ }
      label();
      document.dispatchEvent(new Event("briefing:theme"));
    });
  }

  /* Menus in the header close on Escape and when focus or pointer leaves them. */
  document.querySelectorAll("header details").forEach(function (menu) {
    menu.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); }
    });
    menu.addEventListener("focusout", function (event) {
      if (!menu.contains(event.relatedTarget)) menu.open = false;
    });
  });

  /* Number cards: Escape puts the card away until the number is left; a card stays inside the window. */
  document.querySelectorAll(".num").forEach(function (number) {
    const card = number.querySelector(".num-card");
    function place() {
      card.style.removeProperty("--shift");
      const box = card.getBoundingClientRect();
      const over = box.right - (document.documentElement.clientWidth - 12);
      if (over > 0) card.style.setProperty("--shift", -over + "px");
    }
    number.addEventListener("pointerenter", place);
    number.addEventListener("focusin", place);
    number.addEventListener("keydown", function (event) {
      if (event.key === "Escape") number.classList.add("closed");
    });
    ["pointerleave", "focusout"].forEach(function (name) {
      number.addEventListener(name, function () { number.classList.remove("closed"); });
    });
  });

  /* Tab sets as both renderers write them; without scripts every panel is shown. */
  document.querySelectorAll(".panel-tabset").forEach(function (set) {
    const links = Array.from(set.querySelectorAll(":scope > ul [role=tab], :scope > ul a"));
    const panes = Array.from(set.querySelectorAll(":scope > .tab-content > *"));
    if (!links.length || links.length !== panes.length) return;
    function show(chosen, focus) {
      links.forEach(function (link, place) {
        const on = place === chosen;
        link.setAttribute("aria-selected", String(on));
        link.tabIndex = on ? 0 : -1;
        panes[place].hidden = !on;
      });
      if (focus) links[chosen].focus();
    }
    links.forEach(function (link, place) {
      link.setAttribute("role", "tab");
      link.addEventListener("click", function (event) { event.preventDefault(); show(place, false); });
      link.addEventListener("keydown", function (event) {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) { event.preventDefault(); show((place + step + links.length) % links.length, true); }
      });
    });
    show(0, false);
  });

  /* An address that points into a closed part opens it. */
  function reveal() {
    const id = decodeURIComponent(location.hash.slice(1));
    let part = id && document.getElementById(id);
    while (part) {
      if (part.tagName === "DETAILS") part.open = true;
      part = part.parentElement;
    }
  }
  addEventListener("hashchange", reveal);
  reveal();

  /* A citation names the address the reader is at; a permalink is copied where the browser lets it be. */
  const said = document.createElement("div");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  document.body.append(said);

  function copy(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const box = document.createElement("textarea");
    box.value = text;
    box.className = "visually-hidden";
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done ? Promise.resolve() : Promise.reject(new Error("not copied"));
  }

  document.querySelectorAll("figure[data-exhibit]").forEach(function (figure) {
    const address = location.href.split("#")[0] + "#" + figure.id;
    const cite = figure.querySelector(".exhibit-cite");
    if (cite && location.protocol !== "file:") {
      cite.querySelector("p").append(" " + address);
      const entry = cite.querySelector("pre");
      if (entry) entry.textContent = entry.textContent.replace(/\n}$/, ",\n  url    = {" + address + "}\n}");
    }
    const link = figure.querySelector(".exhibit-link");
    const word = link && link.querySelector("span");
    if (!word) return;
    word.textContent = "Copy link";
    link.addEventListener("click", function () {
      copy(address).then(function () {
        word.textContent = "Link copied";
        said.textContent = "Link copied";
        setTimeout(function () { word.textContent = "Copy link"; said.textContent = ""; }, 2500);
      }, function () { word.textContent = "Link"; });
    });
  });
})();
