/* The reader's sliders: multilinear interpolation in a lattice that the model computed. Works from a file, no eval. */
(function (root) {
  "use strict";

  /* Where a score stands along the levels of one factor: linear in its table. */
  function along(scores, places, score) {
    if (score <= scores[0]) return places[0];
    for (let i = 1; i < scores.length; i += 1) {
      if (score <= scores[i]) {
        const part = (score - scores[i - 1]) / (scores[i] - scores[i - 1]);
        return places[i - 1] + part * (places[i] - places[i - 1]);
      }
    }
    return places[places.length - 1];
  }

  /* The stock in H100e, [year][p5, p50, p95], at one standard normal score per factor. */
  function interpolate(lattice, point) {
    const levels = lattice.levels;
    const cell = lattice.years.length * 3;
    const size = lattice.factors.length;
    const corners = [{ weight: 1, index: 0 }];
    for (let f = 0; f < size; f += 1) {
      const place = along(lattice.scores, lattice.factors[f].places, point[f]);
      const left = Math.min(Math.floor(place), levels - 2);
      const part = place - left;
      const before = corners.splice(0, corners.length);
      before.forEach(function (corner) {
        [[left, 1 - part], [left + 1, part]].forEach(function (step) {
          if (step[1] !== 0) corners.push({ weight: corner.weight * step[1], index: corner.index * levels + step[0] });
        });
      });
    }
    const found = new Array(cell).fill(0);
    corners.forEach(function (corner) {
      for (let k = 0; k < cell; k += 1) found[k] += corner.weight * lattice.stock[corner.index * cell + k];
    });
    return lattice.years.map(function (_, year) {
      return found.slice(3 * year, 3 * year + 3).map(function (value) { return value * 1000; });
    });
  }

  function short(value) {
    const size = Math.abs(value);
    if (size >= 1e6) return (value / 1e6).toFixed(size < 2e7 ? 1 : 0) + " million";
    if (size >= 1e3) return (value / 1e3).toFixed(size < 2e4 ? 1 : 0) + " thousand";
    return String(Number(value.toPrecision(2)));
  }

  function start(section) {
    const lattice = JSON.parse(section.querySelector(".capacity-lattice").textContent);
    const sliders = Array.from(section.querySelectorAll("input[type=range]"));
    const rows = Array.from(section.querySelectorAll("tbody tr"));
    const status = section.querySelector("[role=status]");
    const last = lattice.scores.length - 1;
    const most = lattice.stock.reduce(function (a, b) { return Math.max(a, b); }, 0) * 1000;

    /* A slider runs over the table's steps, ten places to a step. */
    function table(values, slider) {
      const at = Number(slider.value) / 10;
      const left = Math.min(Math.floor(at), last - 1);
      return values[left] + (at - left) * (values[left + 1] - values[left]);
    }

    function show() {
      const stock = interpolate(lattice, sliders.map(function (slider) { return table(lattice.scores, slider); }));
      sliders.forEach(function (slider, place) {
        const factor = lattice.factors[place];
        const text = short(table(factor.values, slider)) + " " + factor.unit.replace("H100e", "H100-equivalents");
        slider.nextElementSibling.textContent = text;
        slider.setAttribute("aria-valuetext", text);
      });
      rows.forEach(function (row, year) {
        ["p5", "p50", "p95"].forEach(function (name, place) {
          row.querySelector("[data-out=" + name + "]").textContent = (stock[year][place] / 1e6).toFixed(2);
        });
        const at = stock[year].map(function (value) { return 100 * value / most; });
        const range = row.querySelector(".range");
        range.setAttribute("x", at[0].toFixed(2));
        range.setAttribute("width", (at[2] - at[0]).toFixed(2));
        row.querySelector(".middle").setAttribute("x", (at[1] - 0.5).toFixed(2));
      });
    }

    function written() {
      return "#capacity=" + sliders.map(function (slider) { return slider.value; }).join(",");
    }

    function read() {
      const found = /[#&]capacity=([\d,]+)/.exec(root.location.hash);
      if (!found) return false;
      found[1].split(",").slice(0, sliders.length).forEach(function (value, place) { sliders[place].value = value; });
      return true;
    }

    function keep() {
      try { root.history.replaceState(null, "", written()); } catch (error) { /* some browsers refuse it for files */ }
    }

    section.querySelector("form").addEventListener("submit", function (event) { event.preventDefault(); });
    sliders.forEach(function (slider) {
      slider.disabled = false;
      slider.addEventListener("input", show);
      slider.addEventListener("change", keep);
    });
    const buttons = section.querySelector(".capacity-buttons");
    buttons.hidden = false;
    buttons.querySelector("[data-do=reset]").addEventListener("click", function () {
      sliders.forEach(function (slider) { slider.value = 5 * last; });
      show();
      keep();
      status.textContent = "All five are back in the middle.";
    });
    buttons.querySelector("[data-do=copy]").addEventListener("click", function () {
      keep();
      const address = root.location.href.split("#")[0] + written();
      const said = function () { status.textContent = "Copied."; };
      const refused = function () { status.textContent = "The link is in the address bar."; };
      if (root.navigator.clipboard) root.navigator.clipboard.writeText(address).then(said, refused);
      else refused();
    });
    root.addEventListener("hashchange", function () { if (read()) show(); });
    if (read()) section.scrollIntoView();
    show();
  }

  if (typeof module !== "undefined" && module.exports) module.exports = { interpolate: interpolate, along: along };
  else root.document.querySelectorAll(".capacity-controls").forEach(start);
})(typeof window !== "undefined" ? window : globalThis);
