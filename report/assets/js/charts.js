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

  function tip(handler, event, item, value) {
    if (value === null || value === undefined || value === "") { card.hidden = true; return; }
    card.replaceChildren();
    if (typeof value === "object") {
      Object.keys(value).forEach(function (key) {
        const line = document.createElement("div");
        const name = document.createElement("span");
        name.textContent = key;
        line.append(name, " " + String(value[key]));
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
