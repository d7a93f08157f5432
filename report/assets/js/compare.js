/* Chips: up to four side by side, each number also as a multiple of the first chip's. Works from a file. */
(function () {
  "use strict";
  const register = document.querySelector("#register-accelerators");
  const panel = document.querySelector("#compare");
  const holder = register && register.querySelector("script.register-data");
  if (!panel || !holder) return;
  const MOST = 4;
  const held = JSON.parse(holder.textContent);
  const boxes = new Map();
  let chosen = (new URLSearchParams(location.search).get("compare") || "").split(",")
    .filter(function (id) { return held.rows[id]; }).slice(0, MOST);

  function element(tag, properties) {
    return Object.assign(document.createElement(tag), properties);
  }

  function written(value) {
    if (value === null || value === undefined || value === "") return "–";
    if (typeof value !== "number") return String(value);
    return value.toLocaleString("en", { maximumSignificantDigits: value >= 1000 ? 21 : 4, maximumFractionDigits: 3 });
  }

  function table() {
    const made = element("table", { className: "compare-table" });
    made.append(element("caption", { className: "visually-hidden", textContent: "Chips side by side" }));
    const top = made.createTHead().insertRow();
    top.append(element("th", { scope: "col", textContent: "Specification" }));
    chosen.forEach(function (id) {
      const head = element("th", { scope: "col", textContent: held.rows[id][0] + " " });
      const away = element("button", { type: "button", textContent: "Remove" });
      away.setAttribute("aria-label", "Remove " + held.rows[id][0]);
      away.addEventListener("click", function () { toggle(id, false); panel.focus(); });
      head.append(away);
      top.append(head);
    });
    const body = made.createTBody();
    held.columns.forEach(function (column, place) {
      if (place === 0 || column === "Sources") return;
      const values = chosen.map(function (id) { return held.rows[id][place]; });
      if (values.every(function (value) { return value === null || value === ""; })) return;
      const row = body.insertRow();
      row.append(element("th", { scope: "row", textContent: column }));
      values.forEach(function (value, position) {
        const cell = row.insertCell();
        cell.textContent = written(value);
        const first = values[0];
        if (position && typeof value === "number" && typeof first === "number" && first > 0) {
          cell.append(" ", element("small", { textContent: written(Number((value / first).toPrecision(2))) + " times" }));
        }
      });
    });
    return made;
  }

  function show() {
    panel.replaceChildren();
    boxes.forEach(function (box, id) {
      box.checked = chosen.includes(id);
      box.disabled = !box.checked && chosen.length >= MOST;
    });
    const said = chosen.length ? chosen.length + (chosen.length === 1 ? " chip chosen" : " chips chosen")
      : "Tick up to four chips to see them side by side.";
    const line = element("p", { textContent: said + (chosen.length === 1 ? "; tick another." : "") });
    line.setAttribute("role", "status");
    panel.append(line);
    if (chosen.length) {
      const scroll = element("div", { className: "table-scroll", tabIndex: 0 });
      scroll.setAttribute("role", "region");
      scroll.setAttribute("aria-label", "Their specifications");
      scroll.append(table());
      panel.append(scroll);
    }
    const now = new URLSearchParams(location.search);
    if (chosen.length) now.set("compare", chosen.join(","));
    else now.delete("compare");
    const query = now.toString();
    try { history.replaceState(null, "", (query ? "?" + query : location.pathname) + location.hash); } catch (e) { /* a file */ }
  }

  function toggle(id, on) {
    chosen = chosen.filter(function (other) { return other !== id; });
    if (on && chosen.length < MOST) chosen.push(id);
    show();
  }

  register.querySelectorAll("tbody tr").forEach(function (row) {
    const label = element("label", { className: "pick" });
    const box = element("input", { type: "checkbox" });
    box.setAttribute("aria-label", "Compare " + held.rows[row.id][0]);
    box.addEventListener("change", function () { toggle(row.id, box.checked); });
    label.append(box, " compare");
    row.cells[0].append(label);
    boxes.set(row.id, box);
  });
  show();
})();
