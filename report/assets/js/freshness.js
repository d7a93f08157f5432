// Says which evidence is old, against the reader's own day; the page itself is the same on every day.
(() => {
  "use strict";
  const DAY = 86400000;
  const day = (text) => new Date(text + "T00:00:00Z").toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  for (const box of document.querySelectorAll(".freshness[data-series]")) {
    const old = JSON.parse(box.dataset.series)
      .map((row) => ({ ...row, days: Math.floor((Date.now() - Date.parse(row.newest + "T00:00:00Z")) / DAY) }))
      .filter((row) => row.days >= row.warn)
      .sort((a, b) => b.days - a.days);
    if (!old.length) continue;
    const lead = document.createElement("p");
    lead.textContent = old.some((row) => row.days >= row.error)
      ? "Some evidence on this page is too old to lean on:"
      : "Some evidence on this page is getting old:";
    const list = document.createElement("ul");
    for (const row of old) {
      const item = document.createElement("li");
      item.textContent = `${row.title}: newest of ${day(row.newest)}, ${row.days} days ago`;
      list.append(item);
    }
    box.append(lead, list);
    box.hidden = false;
  }
})();
