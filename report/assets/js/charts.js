/* Charts are drawn in the page. The first pointer over one loads Vega and gives it tooltips; nothing is evaluated:
   expressions are compiled to a syntax tree and interpreted. */
(function () {
  "use strict";
  const waiting = {};
  const palette = {};

  function load(src) {
    if (!waiting[src]) {
      waiting[src] = new Promise(function (done, failed) {
        const script = document.createElement("script");
        script.src = src;
        script.onload = done;
        script.onerror = failed;
        document.head.append(script);
      });
    }
    return waiting[src];
  }

  /* The specification is written in the light colours; each becomes the page's colour of the same name. */
  function colours() {
    const page = getComputedStyle(document.documentElement);
    (page.getPropertyValue("--palette") || "").split(",").forEach(function (pair) {
      const parts = pair.trim().replace(/"/g, "").split("=");
      if (parts.length === 2) palette[parts[1].toLowerCase()] = page.getPropertyValue("--" + parts[0]).trim();
    });
  }

  function recolour(node) {
    if (typeof node === "string") return palette[node.toLowerCase()] || node;
    if (Array.isArray(node)) return node.map(recolour);
    if (node && typeof node === "object") {
      const copy = {};
      Object.keys(node).forEach(function (key) { copy[key] = recolour(node[key]); });
      return copy;
    }
    return node;
  }

  const card = document.createElement("div");
  card.className = "chart-tip";
  card.hidden = true;
  card.setAttribute("aria-hidden", "true");
  document.body.append(card);

  /* What a tooltip leaves out because it only draws, what names the mark, what needs no name, and names in words. */
  const SILENT = /^(_.*|colour|tint|shade|strength|x|zero|one|end|side|hit|kind|filled|entity_order)$/;
  const NAMES = ["row", "label", "name", "short", "factor", "chip", "title", "line", "scenario"];
  const ALONE = ["entity", "country"];
  const NOBODY = ["ink", "others"];
  const WORDS = { p50: "median", day: "date", date_text: "date", chips_affected: "chips", pd: "TPP per mm²", tpp: "TPP" };

  /* A number as the charts write it: three figures, four from a thousand on; a year and a text stay as they are. */
  function written(key, value) {
    const text = String(value);
    const number = /^[-−]?\d+(\.\d+)?$/.test(text) && !/^(year|date|day)$/.test(key) ? Number(text.replace("−", "-")) : NaN;
    if (isNaN(number)) return text.replace(/_/g, " ");
    return number.toLocaleString("en", { maximumSignificantDigits: Math.abs(number) >= 1000 ? 4 : 3 });
  }

  function tip(handler, event, item, value) {
    if (value === null || value === undefined || value === "") { card.hidden = true; return; }
    card.replaceChildren();
    if (typeof value === "object") {
      const told = Object.keys(value).filter(function (key) {
        return !SILENT.test(key) && !NOBODY.includes(value[key]) && !/^(#[0-9a-f]{6}|null|undefined|NaN|Invalid Date|)$/i.test(String(value[key]));
      });
      told.sort(function (a, b) { return NAMES.includes(b) - NAMES.includes(a); });
      told.forEach(function (key) {
        const line = document.createElement(NAMES.includes(key) ? "strong" : "div");
        const name = document.createElement("span");
        if (line.tagName === "DIV" && !ALONE.includes(key)) name.textContent = WORDS[key] || key.replace(/_/g, " ");
        line.append(name, " " + (NAMES.includes(key) ? String(value[key]).replace(/_/g, " ") : written(key, value[key])));
        card.append(line);
      });
    } else {
      card.textContent = String(value);
    }
    card.hidden = false;
    const box = card.getBoundingClientRect();
    const width = document.documentElement.clientWidth;
    card.style.left = Math.max(8, Math.min(event.clientX + 14, width - box.width - 8)) + "px";
    card.style.top = Math.max(8, event.clientY - box.height - 12) + "px";
  }

  /* Vega, and the specification of a chart: "wide" and "narrow". */
  async function specification(id) {
    await Promise.all([load("assets/vendor/vega.min.js"), load("exhibits/" + id + ".js")]);
    await load("assets/vendor/vega-interpreter.js");
    return window.briefingCharts[id];
  }

  function viewOf(spec, options) {
    const interpreted = { expr: vega.expressionInterpreter, logLevel: vega.Error };
    return new vega.View(vega.parse(spec, null, { ast: true }), Object.assign(interpreted, options));
  }

  async function enliven(chart) {
    try {
      const both = await specification(chart.closest("figure").dataset.exhibit);
      colours();
      const narrow = getComputedStyle(chart.querySelector(".narrow")).display !== "none";
      const live = document.createElement("div");
      live.className = "live";
      live.setAttribute("aria-hidden", "true");
      const view = viewOf(recolour(both[narrow ? "narrow" : "wide"]), {
        renderer: "svg", container: live, hover: true,
      });
      view.tooltip(tip);
      await view.runAsync();
      live.querySelectorAll("[role],[tabindex]").forEach(function (node) {
        node.removeAttribute("role");
        node.removeAttribute("tabindex");
      });
      const old = chart.querySelector(".live");
      if (old) old.remove();
      chart.append(live);
      chart.classList.add("enlivened");
    } catch (failed) {
      chart.classList.remove("enlivened");
    }
  }

  window.briefingVega = { specification: specification, viewOf: viewOf };

  const charts = document.querySelectorAll(".exhibit > .exhibit-chart");
  charts.forEach(function (chart) {
    chart.addEventListener("pointerenter", function () {
      if (!(navigator.connection && navigator.connection.saveData)) enliven(chart);
    }, { once: true });
    chart.addEventListener("pointerleave", function () { card.hidden = true; });
  });
  document.addEventListener("briefing:theme", function () {
    charts.forEach(function (chart) { if (chart.classList.contains("enlivened")) enliven(chart); });
  });
  const narrowed = matchMedia("(max-width: 600px)");
  narrowed.addEventListener("change", function () {
    charts.forEach(function (chart) { if (chart.classList.contains("enlivened")) enliven(chart); });
  });
})();
