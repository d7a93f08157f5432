/* Scenarios: two side by side, medians and 90 % intervals at year ends on one scale. The table is in the page. */
(function () {
  "use strict";
  const place = document.querySelector("#scenario-choice");
  const holder = document.querySelector("script.scenario-data");
  if (!place || !holder) return;
  const data = JSON.parse(holder.textContent);
  if (data.scenarios.length < 2) return;
  const SVG = "http://www.w3.org/2000/svg";

  function element(tag, properties) {
    return Object.assign(document.createElement(tag), properties);
  }

  function drawn(tag, attributes) {
    const node = document.createElementNS(SVG, tag);
    Object.keys(attributes).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    return node;
  }

  function pick(label, start) {
    const control = element("select", {});
    data.scenarios.forEach(function (scenario, position) { control.append(new Option(scenario.title, position)); });
    control.value = String(start);
    control.addEventListener("change", show);
    const line = element("label", { textContent: label + " " });
    line.append(control);
    form.append(line);
    return control;
  }

  function million(value) { return (value / 1e6).toFixed(2); }

  const form = element("form", { className: "register-bar" });
  const asked = new URLSearchParams(location.search);
  function asking(key, otherwise) {
    const found = data.scenarios.findIndex(function (scenario) { return scenario.name === asked.get(key); });
    return found >= 0 ? found : otherwise;
  }
  const first = pick("Compare", asking("a", 0));
  const second = pick("with", asking("b", 1));
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  const out = element("div", {});
  out.setAttribute("aria-live", "polite");
  place.append(form, out);

  function bar(values, most, ink) {
    const svg = drawn("svg", { viewBox: "0 0 200 10", preserveAspectRatio: "none", "aria-hidden": "true", class: "scenario-bar" });
    const x = function (value) { return (200 * value / most).toFixed(1); };
    svg.append(
      drawn("rect", { class: "track", x: 0, y: 2, width: 200, height: 6 }),
      drawn("rect", { class: "range " + ink, x: x(values[0]), y: 2, width: Math.max(1, x(values[2]) - x(values[0])), height: 6 }),
      drawn("rect", { class: "middle " + ink, x: x(values[1]) - 0.9, y: 0, width: 1.8, height: 10 }));
    return svg;
  }

  function show() {
    const pair = [data.scenarios[first.value], data.scenarios[second.value]];
    const most = Math.max(...pair.flatMap(function (one) { return one.stock.map(function (values) { return values[2]; }); }));
    const table = element("table", { className: "scenario-table" });
    table.append(element("caption", { textContent: "Installed in China, million H100-equivalents: median and 90 % interval" }));
    const top = table.createTHead().insertRow();
    ["End of", pair[0].title, pair[1].title, "Medians, second over first"].forEach(function (text) {
      top.append(element("th", { scope: "col", textContent: text }));
    });
    const body = table.createTBody();
    data.years.forEach(function (year, position) {
      const row = body.insertRow();
      row.append(element("th", { scope: "row", textContent: year }));
      pair.forEach(function (one, side) {
        const values = one.stock[position];
        const cell = row.insertCell();
        cell.append(million(values[1]), bar(values, most, side ? "second" : "first"),
          element("small", { textContent: million(values[0]) + " to " + million(values[2]) }));
      });
      row.insertCell().textContent = (pair[1].stock[position][1] / pair[0].stock[position][1]).toFixed(2) + " times";
    });
    const scroll = element("div", { className: "table-scroll", tabIndex: 0 });
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", "Two scenarios");
    scroll.append(table);
    out.replaceChildren(scroll);
    asked.set("a", pair[0].name);
    asked.set("b", pair[1].name);
    try { history.replaceState(null, "", "?" + asked.toString() + location.hash); } catch (e) { /* a file */ }
  }
  show();
})();
