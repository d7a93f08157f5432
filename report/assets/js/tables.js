/* Registers: filter by words and by what the register offers, sort by any column, take the shown rows as CSV.
   The table itself is in the page; the filters stand in the address, so that a view can be linked to. */
(function () {
  "use strict";
  const MANY = 30;
  const registers = document.querySelectorAll(".register");
  const asked = new URLSearchParams(location.search);

  function element(tag, properties) {
    return Object.assign(document.createElement(tag), properties);
  }

  /* One field of CSV; text that a spreadsheet would read as a formula is marked as text. */
  function field(value) {
    const text = value === null || value === undefined ? "" : String(value);
    const plain = typeof value !== "number" && /^[=+@\t\r]|^-\D/.test(text) ? "'" + text : text;
    return /[",\n\r]/.test(plain) ? '"' + plain.replace(/"/g, '""') + '"' : plain;
  }

  /* What a part of a cell says; of a number written short, the number. */
  function exact(node) {
    const short = node.nodeName === "DATA" ? node : node.querySelector && node.querySelector("data");
    return short ? short.value : node.textContent.trim();
  }

  function save(name, lines) {
    const text = lines.map(function (line) { return line.map(field).join(","); }).join("\n") + "\n";
    const link = element("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: name });
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }

  function start(register) {
    const table = register.querySelector("table");
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    const heads = Array.from(table.tHead.rows[0].cells);
    const titles = heads.map(function (head) { return head.textContent.trim(); });
    const name = register.id.replace("register-", "");
    const prefix = registers.length > 1 ? name + "." : "";
    const words = rows.map(function (row) {
      return (row.textContent + " " + row.id + " " + Object.values(row.dataset).join(" ")).toLowerCase();
    });
    const holder = register.querySelector("script.register-data");
    const held = holder ? JSON.parse(holder.textContent) : null;
    let shown = rows;

    const bar = element("div", { className: "register-bar" });
    const box = element("input", { type: "search", placeholder: "Filter", value: asked.get(prefix + "q") || "" });
    box.setAttribute("aria-label", "Filter the rows by words");
    bar.append(box);

    function facet(title) {
      const column = titles.indexOf(title);
      const key = title.toLowerCase();
      const values = rows.map(function (row) {
        return column >= 0 ? row.cells[column].textContent.trim() : row.dataset[key] || "";
      });
      const distinct = Array.from(new Set(values)).filter(Boolean).sort();
      if (distinct.length < 2) return null;
      const wanted = asked.get(prefix + key) || "";
      let control;
      if (distinct.length <= MANY) {
        control = element("select", {});
        control.append(new Option(title + ": all", ""));
        distinct.forEach(function (value) { control.append(new Option(value, value)); });
        if (distinct.includes(wanted)) control.value = wanted;
        bar.append(control);
      } else {
        const list = element("datalist", { id: register.id + "-" + key });
        distinct.forEach(function (value) { list.append(new Option(value)); });
        control = element("input", { type: "text", placeholder: title + ": all", value: wanted, autocomplete: "off" });
        control.setAttribute("list", list.id);
        bar.append(control, list);
      }
      control.setAttribute("aria-label", title);
      return {
        key: key,
        control: control,
        fits: function (place) {
          const chosen = control.value.trim().toLowerCase();
          if (!chosen) return true;
          const value = values[place].toLowerCase();
          return control.tagName === "SELECT" ? value === chosen : value.includes(chosen);
        },
      };
    }

    const facets = (register.dataset.choose || "").split(";").filter(Boolean).map(facet).filter(Boolean);
    const clear = element("button", { type: "button", textContent: "Clear", hidden: true });
    const take = element("button", { type: "button", textContent: "CSV of these rows" });
    const count = element("span", {});
    count.setAttribute("role", "status");
    bar.append(clear, take, count);
    register.prepend(bar);

    function remember() {
      const now = new URLSearchParams(location.search);
      [["q", box]].concat(facets.map(function (one) { return [one.key, one.control]; })).forEach(function (pair) {
        if (pair[1].value) now.set(prefix + pair[0], pair[1].value);
        else now.delete(prefix + pair[0]);
      });
      const query = now.toString();
      try { history.replaceState(null, "", (query ? "?" + query : location.pathname) + location.hash); } catch (e) { /* a file */ }
    }

    function filter() {
      const wanted = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      shown = [];
      rows.forEach(function (row, place) {
        const fits = wanted.every(function (word) { return words[place].includes(word); }) &&
          facets.every(function (one) { return one.fits(place); });
        row.hidden = !fits;
        if (fits) shown.push(row);
      });
      count.textContent = shown.length.toLocaleString("en") + " of " + rows.length.toLocaleString("en") + " rows";
      clear.hidden = !wanted.length && facets.every(function (one) { return !one.control.value; });
    }

    function changed() { filter(); remember(); }
    box.addEventListener("input", changed);
    facets.forEach(function (one) {
      one.control.addEventListener(one.control.tagName === "SELECT" ? "change" : "input", changed);
    });
    clear.addEventListener("click", function () {
      box.value = "";
      facets.forEach(function (one) { one.control.value = ""; });
      changed();
      box.focus();
    });
    take.addEventListener("click", function () {
      const ids = new Set(shown.map(function (row) { return row.id; }));
      const order = Array.from(body.rows).filter(function (row) { return ids.has(row.id); });
      save(name + ".csv", held
        ? [["id"].concat(held.columns)].concat(order.map(function (row) { return [row.id].concat(held.rows[row.id] || []); }))
        : [["id"].concat(titles)].concat(order.map(function (row) {
          return [row.id].concat(Array.from(row.cells, function (cell) {
            return Array.from(cell.childNodes, exact).filter(Boolean).join(" | ");
          }));
        })));
    });
    filter();

    heads.forEach(function (head, place) {
      const button = element("button", { type: "button" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", function () {
        const up = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const sign = up ? 1 : -1;
        const numeric = head.classList.contains("n");
        const keys = new Map(rows.map(function (row) {
          const text = exact(row.cells[place].firstChild || row.cells[place]);
          const value = parseFloat(text.replace(/,/g, "").replace("−", "-"));
          return [row, numeric ? (isNaN(value) ? -Infinity : value) : text.toLowerCase()];
        }));
        rows.slice().sort(function (a, b) {
          const x = keys.get(a), y = keys.get(b);
          return x < y ? -sign : x > y ? sign : 0;
        }).forEach(function (row) { body.append(row); });
      });
    });
  }

  registers.forEach(start);
})();
