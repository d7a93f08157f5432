/* Search over pages, exhibits, facts and sources. The index loads when the box opens; it works from a file too. */
(function () {
  "use strict";
  const open = document.querySelector(".search-open");
  const dialog = document.querySelector("dialog.search");
  if (!open || !dialog || !dialog.showModal) return;
  const box = dialog.querySelector("input");
  const list = dialog.querySelector("ul");
  const count = dialog.querySelector("[role=status]");
  let entries = null;

  function start() {
    if (entries) return;
    const script = document.createElement("script");
    script.src = "search-index.js";
    script.onload = function () {
      entries = window.briefingSearch.map(function (row) {
        return { kind: row[0], title: row[1], text: row[2], href: row[3], words: (row[1] + " " + row[2]).toLowerCase() };
      });
      find();
    };
    document.head.append(script);
  }

  function score(entry, wanted) {
    let points = 0;
    const title = entry.title.toLowerCase();
    for (const word of wanted) {
      if (title.includes(word)) points += 3;
      else if (entry.words.includes(word)) points += 1;
      else return 0;
    }
    return points + ({ Page: 2, Exhibit: 2, Section: 1 }[entry.kind] || 0);
  }

  function find() {
    list.replaceChildren();
    const wanted = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (!entries || !wanted.length) { count.textContent = ""; return; }
    const found = entries.map(function (entry) { return [score(entry, wanted), entry]; })
      .filter(function (pair) { return pair[0] > 0; })
      .sort(function (a, b) { return b[0] - a[0]; });
    count.textContent = found.length + (found.length === 1 ? " result" : " results");
    found.slice(0, 30).forEach(function (pair) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const kind = document.createElement("small");
      const text = document.createElement("small");
      link.href = pair[1].href;
      link.textContent = pair[1].title;
      kind.textContent = pair[1].kind;
      const words = pair[1].text;
      text.textContent = words.length > 140 ? words.slice(0, 140).replace(/\s+\S*$/, "") + " …" : words;
      link.addEventListener("click", function () { dialog.close(); });
      item.append(kind, link, text);
      list.append(item);
    });
  }

  /* Up and down walk from the box through the results; above the first one lies the box again. */
  function walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [box].concat(Array.from(list.querySelectorAll("a")));
    const next = stops[stops.indexOf(document.activeElement) + step];
    event.preventDefault();
    if (next) next.focus();
  }

  open.hidden = false;
  dialog.addEventListener("keydown", walk);
  open.addEventListener("click", function () { start(); dialog.showModal(); box.focus(); });
  box.addEventListener("input", find);
  document.addEventListener("keydown", function (event) {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !dialog.open) { event.preventDefault(); open.click(); }
  });
  dialog.addEventListener("click", function (event) { if (event.target === dialog) dialog.close(); });
})();
