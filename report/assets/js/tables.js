/* Registers: filter by words and by one column, sort by any. The table itself is in the page. */
(function () {
  "use strict";
  document.querySelectorAll(".register").forEach(function (register) {
    const table = register.querySelector("table");
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    const heads = Array.from(table.tHead.rows[0].cells);
    const words = rows.map(function (row) { return row.textContent.toLowerCase() + " " + row.id; });

    const bar = document.createElement("div");
    bar.className = "register-bar";
    const box = document.createElement("input");
    box.type = "search";
    box.placeholder = "Filter";
    box.setAttribute("aria-label", "Filter the rows by words");
    bar.append(box);

    let pick = null;
    let column = -1;
    if (register.dataset.choose) {
      column = heads.findIndex(function (head) { return head.textContent.trim() === register.dataset.choose; });
    }
    if (column >= 0) {
      pick = document.createElement("select");
      pick.setAttribute("aria-label", register.dataset.choose);
      const values = Array.from(new Set(rows.map(function (row) { return row.cells[column].textContent.trim(); }))).sort();
      pick.append(new Option(register.dataset.choose + ": all", ""));
      values.forEach(function (value) { pick.append(new Option(value, value)); });
      bar.append(pick);
    }
    const count = document.createElement("span");
    count.setAttribute("role", "status");
    bar.append(count);
    register.prepend(bar);

    function filter() {
      const wanted = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach(function (row, place) {
        const fits = wanted.every(function (word) { return words[place].includes(word); }) &&
          (!pick || !pick.value || row.cells[column].textContent.trim() === pick.value);
        row.hidden = !fits;
        if (fits) shown += 1;
      });
      count.textContent = shown.toLocaleString("en") + " of " + rows.length.toLocaleString("en") + " rows";
    }
    box.addEventListener("input", filter);
    if (pick) pick.addEventListener("change", filter);
    filter();

    heads.forEach(function (head, place) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", function () {
        const up = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const sign = up ? 1 : -1;
        const numeric = head.classList.contains("n");
        const key = function (row) {
          const text = (row.cells[place].firstChild || row.cells[place]).textContent.trim();
          if (!numeric) return text.toLowerCase();
          const value = parseFloat(text.replace(/,/g, "").replace("−", "-"));
          return isNaN(value) ? -Infinity : value;
        };
        rows.slice().sort(function (a, b) {
          const x = key(a), y = key(b);
          return x < y ? -sign : x > y ? sign : 0;
        }).forEach(function (row) { body.append(row); });
      });
    });
  });
})();
