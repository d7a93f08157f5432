/* Design a chip: inputs by slider, number or keyboard, the status at any rule date by assets/js/rules.js.
   The rules, dates and real chips stand in the page as JSON; without this script the panel says where else to ask. */
(function () {
  "use strict";
  const panel = document.querySelector(".designer");
  const engine = window.briefingRules;
  if (!panel || !engine) return;
  const data = JSON.parse(panel.querySelector("script[type='application/json']").textContent);
  const book = data.book;
  const SVG = "http://www.w3.org/2000/svg";
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = "assets/css/policy.css";
  document.head.append(sheet);

  /* spec: the specification as the engine reads it: a real chip with all its rates and ranges, until it is edited. */
  const state = { spec: {}, day: data.dates[data.dates.length - 1].day };
  const controls = {};

  function make(tag, attributes, ...children) {
    const node = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) {
      if (name === "text") node.textContent = attributes[name];
      else if (attributes[name] !== false) node.setAttribute(name, attributes[name]);
    });
    node.append(...children);
    return node;
  }
  function drawn(tag, attributes) {
    const node = document.createElementNS(SVG, tag);
    Object.keys(attributes).forEach(function (name) { node.setAttribute(name, attributes[name]); });
    return node;
  }

  /* Numbers: a slider on a logarithmic scale, a box for the exact value, and "not known". */
  const STEPS = 400;
  function toSlider(value, input) {
    if (value <= input.low) return 0;
    return Math.round(STEPS * Math.log(value / input.low) / Math.log(input.high / input.low));
  }
  function fromSlider(place, input) {
    if (place <= 0 && input.zero) return 0;
    const value = input.low * Math.pow(input.high / input.low, place / STEPS);
    return Number(value.toPrecision(value >= 1000 ? 4 : 3));
  }

  function numberControl(input) {
    const id = "designer-" + input.field;
    const slider = make("input", { type: "range", min: 0, max: STEPS, step: 1, id: id, "aria-describedby": id + "-unit" });
    const box = make("input", { type: "number", min: 0, step: "any", inputmode: "decimal", "aria-label": input.label + ", " + input.unit });
    const unknown = make("input", { type: "checkbox", id: id + "-unknown" });
    const unit = make("span", { class: "designer-unit", id: id + "-unit", text: input.unit });
    const sources = make("span", { class: "designer-sources", hidden: "" });
    const row = make("div", { class: "designer-row" },
      make("label", { for: id, text: input.label }), slider, box, unit,
      make("label", { class: "designer-unknown", for: id + "-unknown" }, unknown, " not known"), sources);
    function said() { slider.setAttribute("aria-valuetext", box.value + " " + input.unit); }
    function changed() { sources.hidden = true; said(); edited(input.field); }
    slider.addEventListener("input", function () { box.value = fromSlider(Number(slider.value), input); changed(); });
    box.addEventListener("input", function () { slider.value = toSlider(Number(box.value), input); changed(); });
    unknown.addEventListener("change", function () {
      slider.disabled = box.disabled = unknown.checked;
      changed();
    });
    controls[input.field] = {
      get: function () {
        const value = box.value === "" ? NaN : Number(box.value);
        return unknown.checked || !(value >= 0) ? null : value;
      },
      set: function (value) {
        unknown.checked = value === null || value === undefined;
        slider.disabled = box.disabled = unknown.checked;
        const disputed = Array.isArray(value) && value[0] !== value[1];
        sources.hidden = !disputed;
        if (disputed) sources.textContent = "sources differ: " + ends(value) + " " + input.unit;
        if (!unknown.checked) {
          box.value = Array.isArray(value) ? value[0] : value;
          slider.value = toSlider(Number(box.value), input);
          said();
        }
      },
    };
    return row;
  }

  function choiceControl(field, label, options) {
    const id = "designer-" + field;
    const select = make("select", { id: id });
    options.forEach(function (option) { select.append(new Option(option.text, option.value)); });
    select.addEventListener("change", field === "day" ? update : function () { edited(field); });
    controls[field] = {
      get: function () { return select.value; },
      set: function (value) { select.value = value; },
    };
    return make("div", { class: "designer-row" }, make("label", { for: id, text: label }), select);
  }

  function truth(text) { return text === "yes" ? true : text === "no" ? false : null; }

  /* An input that was changed goes into the specification; the others stay as they were, ranges included. */
  const READ = {
    vendor: function (spec, value) {
      spec.vendor = value || null;
      spec.vendor_hq = value === "China" ? "CN" : value ? "US" : null;
    },
    market: function (spec, value) { spec.market = value || null; },
    die_area_mm2: function (spec, value) { spec.die_area_mm2 = value || null; },
    host_io_gbs: function (spec, value) { spec.host_io_gbs = value === "" ? null : Number(value); },
    commercially_available_us: function (spec, value) { spec.commercially_available_us = truth(value); },
  };
  function read(field) {
    if (field === "rate" || field === "format") {
      book.formats.forEach(function (format) { delete state.spec[format.field]; });
      state.spec[controls.format.get()] = controls.rate.get();
    } else if (READ[field]) READ[field](state.spec, controls[field].get());
    else state.spec[field] = controls[field].get();
  }

  const CHOICES = [
    { field: "market", label: "Sold for", options: data.markets },
    { field: "vendor", label: "Maker", options: data.vendors },
    { field: "commercially_available_us", label: data.saleLabel, options: data.answers },
  ];

  function figure(value) {
    if (!isFinite(value)) return "any";
    return value.toLocaleString("en", { maximumSignificantDigits: value >= 1000 ? 6 : 4 });
  }
  function ends(found) {
    if (found === engine.ABSENT) return "none";
    if (!Array.isArray(found)) return found === null ? "unknown" : found ? "yes" : "no";
    if (found[0] === found[1]) return figure(found[0]);
    if (found[0] === 0 && !isFinite(found[1])) return "unknown";
    return figure(found[0]) + " to " + figure(found[1]);
  }

  function leavesOf(tree) {
    if (!tree) return [];
    if (tree.all || tree.any) return (tree.all || tree.any).flatMap(leavesOf);
    return tree.not ? leavesOf(tree.not) : [tree];
  }

  function inWords(status) { return data.statuses[status]; }

  /* 2026-10-09 as the pages write it: 9 Oct 2026. */
  function dayWords(iso) {
    const parts = iso.split("-");
    const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
    return Number(parts[2]) + " " + months[Number(parts[1]) - 1] + " " + parts[0];
  }

  function statusWord(status) { return make("span", { class: "designer-status " + status, text: inWords(status) }); }

  /* Where the answer changes along one unknown input: scan, then halve the gaps. */
  function turningPoints(spec, input) {
    const answer = function (value) {
      const changed = Object.assign({}, spec);
      changed[input.key || input.field] = value;
      return engine.judge(changed, book, state.day).possible.map(inWords).join(" or ");
    };
    const found = [{ from: 0, answer: answer(input.zero ? 0 : input.low / 2) }];
    let before = input.zero ? 0 : input.low / 2;
    for (let place = 1; place <= 240; place += 1) {
      const value = input.low * Math.pow(2 * input.high / input.low, place / 240);
      const said = answer(value);
      if (said !== found[found.length - 1].answer) {
        let low = before, high = value;
        for (let turn = 0; turn < 50; turn += 1) {
          const middle = (low + high) / 2;
          if (answer(middle) === found[found.length - 1].answer) low = middle; else high = middle;
        }
        found.push({ from: high, answer: answer(value) });
      }
      before = value;
    }
    return found;
  }

  function missing(spec, judged) {
    const list = make("ul", {});
    data.numbers.forEach(function (input) {
      const key = input.field === "rate" ? controls.format.get() : input.field;
      if (spec[key] !== null && spec[key] !== undefined) return;
      const points = turningPoints(spec, Object.assign({}, input, { key: key }));
      if (points.length === 1 && points[0].answer === judged.possible.map(inWords).join(" or ")) return;
      const words = points.map(function (point, place) {
        const next = points[place + 1];
        const range = point.from === 0 ? (next ? "up to " + figure(Number(next.from.toPrecision(4))) : "any value")
          : "from " + figure(Number(point.from.toPrecision(4)));
        return range + " " + input.unit + ": " + point.answer;
      });
      list.append(make("li", { text: input.label + ": " + words.join("; ") }));
    });
    CHOICES.forEach(function (choice) {
      if (spec[choice.field] !== null && spec[choice.field] !== undefined) return;
      const words = choice.options.filter(function (option) { return option.value !== ""; }).map(function (option) {
        const changed = Object.assign({}, spec);
        READ[choice.field](changed, option.value);
        return { option: option.text, answer: engine.judge(changed, book, state.day).possible.map(inWords).join(" or ") };
      });
      if (words.every(function (word) { return word.answer === judged.possible.map(inWords).join(" or "); })) return;
      list.append(make("li", { text: choice.label + ": " +
        words.map(function (word) { return word.option + ": " + word.answer; }).join("; ") }));
    });
    return list;
  }

  function ruleRows(judged) {
    const body = make("tbody", {});
    judged.verdicts.forEach(function (verdict) {
      if (verdict.bound === false) return;
      const result = verdict.met === null ? "open" : verdict.met ? "met"
        : verdict.tested === true && verdict.excluded === true ? "excluded" : "not met";
      const tests = make("td", {});
      const said = new Set();
      leavesOf(verdict.rule.tests).forEach(function (leaf) {
        if (leaf.op === "==") return;
        const found = judged.measured[leaf.metric];
        const limit = engine.threshold(leaf);
        const percent = Array.isArray(found) && isFinite(found[1]) && limit[0] > 0
          ? " (" + (found[1] >= limit[0] ? "+" : "−") + Math.abs(100 * (found[1] / limit[0] - 1)).toFixed(1) + " %)" : "";
        const sign = { ">=": "≥", "<=": "≤" }[leaf.op] || leaf.op;
        said.add(book.metrics[leaf.metric].symbol + " " + ends(found) + ", test " + sign + " " + figure(limit[0]) + percent);
      });
      said.forEach(function (text) { tests.append(make("div", { text: text })); });
      body.append(make("tr", {}, make("th", { scope: "row", text: verdict.rule.short }), make("td", { text: result }), tests));
    });
    return body;
  }

  /* The plane of compute and density on the chosen date, with this design on it. */
  const PLANE = { width: 340, height: 220, tpp: [200, 80000], pd: [0.5, 40] };
  function place(value, range, length) {
    return length * Math.log(Math.min(Math.max(value, range[0]), range[1]) / range[0]) / Math.log(range[1] / range[0]);
  }
  function steps(metrics, range) {
    const limits = new Set(range);
    book.rules.forEach(function (rule) {
      [rule.tests].concat(rule.exclusions.map(function (entry) { return entry.when; })).flatMap(leavesOf)
        .forEach(function (leaf) {
          if (metrics.includes(leaf.metric) && leaf.op !== "==") {
            engine.threshold(leaf).forEach(function (limit) {
              if (limit > range[0] && limit < range[1]) limits.add(limit);
            });
          }
        });
    });
    return Array.from(limits).sort(function (a, b) { return a - b; });
  }
  const plain = book.formats.find(function (format) { return format.bits_low === format.bits_high; });
  const tppSteps = steps(["tpp", "tops_x_bits_2022"], PLANE.tpp);
  const pdSteps = steps(["pd"], PLANE.pd);

  function plane(spec, judged) {
    const svg = drawn("svg", {
      viewBox: "-44 -8 " + (PLANE.width + 52) + " " + (PLANE.height + 44), class: "designer-plane", role: "img",
      "aria-label": "Compute against density on " + dayWords(state.day) + ": the shaded regions are the statuses, the dot is this design",
    });
    for (let i = 0; i + 1 < tppSteps.length; i += 1) {
      for (let j = 0; j + 1 < pdSteps.length; j += 1) {
        const tpp = Math.sqrt(tppSteps[i] * tppSteps[i + 1]);
        const density = Math.sqrt(pdSteps[j] * pdSteps[j + 1]);
        const cell = Object.assign({}, spec, { die_area_mm2: tpp / density });
        book.formats.forEach(function (format) { delete cell[format.field]; });
        cell[plain.field] = tpp / plain.bits_low;
        const left = place(tppSteps[i], PLANE.tpp, PLANE.width), right = place(tppSteps[i + 1], PLANE.tpp, PLANE.width);
        const low = place(pdSteps[j], PLANE.pd, PLANE.height), high = place(pdSteps[j + 1], PLANE.pd, PLANE.height);
        svg.append(drawn("rect", {
          x: left, y: PLANE.height - high, width: right - left, height: high - low,
          class: "region " + engine.judge(cell, book, state.day).status,
        }));
      }
    }
    [1600, 4800, 21000].forEach(function (value) {
      const text = drawn("text", { x: place(value, PLANE.tpp, PLANE.width), y: PLANE.height + 16, "text-anchor": "middle" });
      text.textContent = value.toLocaleString("en");
      svg.append(text);
    });
    [1.6, 3.2, 5.92, 20].forEach(function (value) {
      const text = drawn("text", { x: -6, y: PLANE.height - place(value, PLANE.pd, PLANE.height) + 4, "text-anchor": "end" });
      text.textContent = value;
      svg.append(text);
    });
    const caption = drawn("text", { x: PLANE.width / 2, y: PLANE.height + 32, "text-anchor": "middle" });
    caption.textContent = "TPP (across), TPP per mm² (up)";
    svg.append(caption);
    const tpp = judged.measured.tpp, pd = judged.measured.pd;
    if (isFinite(tpp[1]) && Array.isArray(pd) && isFinite(pd[1])) {
      svg.append(drawn("circle", {
        cx: place(tpp[1], PLANE.tpp, PLANE.width), cy: PLANE.height - place(pd[1], PLANE.pd, PLANE.height), r: 6, class: "design",
      }));
    }
    return svg;
  }

  const answer = make("p", { class: "designer-answer", role: "status", "aria-live": "polite" });
  const detail = make("div", { class: "designer-detail" });
  const history = make("ol", { class: "designer-history" });

  let waiting = null;
  function update() {
    if (waiting) return;
    waiting = requestAnimationFrame(function () { waiting = null; show(); });
  }

  /* A chip that is changed is no longer the one that a letter names. */
  function edited(field) {
    state.spec.named_in = [];
    read(field);
    update();
  }

  function show() {
    state.day = controls.day.get();
    const spec = state.spec;
    const judged = engine.judge(spec, book, state.day);
    answer.replaceChildren(statusWord(judged.status),
      judged.status === "undetermined" ? " between " + judged.possible.map(inWords).join(" and ") : "",
      " on " + dayWords(state.day) + "; TPP " + ends(judged.measured.tpp) + ", density " + ends(judged.measured.pd));
    const open = missing(spec, judged);
    const table = make("table", {}, make("caption", { text: "Rules in force that reach this maker, and the margin to each threshold" }),
      make("thead", {}, make("tr", {}, make("th", { scope: "col", text: "Rule" }), make("th", { scope: "col", text: "Result" }),
        make("th", { scope: "col", text: "Tests" }))), ruleRows(judged));
    detail.replaceChildren(plane(spec, judged));
    if (judged.status === "undetermined" && open.children.length) detail.append(make("p", { text: "Not known, and from what value on it matters:" }), open);
    detail.append(table);
    history.replaceChildren();
    data.dates.forEach(function (date) {
      history.append(make("li", {}, make("span", { text: dayWords(date.day) + ", " + date.label }), " ",
        statusWord(engine.judge(spec, book, date.day).status)));
    });
  }

  function start(preset) {
    const spec = preset.spec;
    state.spec = Object.assign({}, spec);
    controls.format.set(preset.format);
    controls.rate.set(spec[preset.format]);
    ["die_area_mm2", "memory_bw_gbs", "interconnect_gbs"].forEach(function (field) { controls[field].set(spec[field]); });
    const host = spec.host_io_gbs;
    controls.host_io_gbs.set(host === null || host === undefined ? "" : String(Array.isArray(host) ? host[0] : host));
    controls.market.set(spec.market || "");
    controls.vendor.set(data.makers.includes(spec.vendor) ? spec.vendor : spec.vendor_hq === "CN" ? "China" : "another US maker");
    const sold = spec.commercially_available_us;
    controls.commercially_available_us.set(sold === true ? "yes" : sold === false ? "no" : "");
    update();
  }

  const presets = make("select", { id: "designer-preset" });
  data.presets.forEach(function (preset, number) { presets.append(new Option(preset.name, String(number))); });
  presets.addEventListener("change", function () { start(data.presets[Number(presets.value)]); });

  const form = make("div", { class: "designer-form", role: "group", "aria-label": "Inputs" });
  form.append(make("div", { class: "designer-row" }, make("label", { for: "designer-preset", text: "Start from" }), presets));
  form.append(make("p", { class: "designer-note", text: "As sold, a chip keeps all its rates, what sources dispute, and the letters that name it. A changed figure makes it another chip." }));
  form.append(choiceControl("format", "Format of the rate", data.formats));
  data.numbers.forEach(function (input) { form.append(numberControl(input)); });
  const asksSale = book.rules.some(function (rule) {
    return leavesOf(rule.tests).some(function (leaf) { return leaf.metric === "commercially_available_us"; });
  });
  const sale = choiceControl("commercially_available_us", data.saleLabel, data.answers);
  form.append(
    choiceControl("host_io_gbs", "Host interface", data.hosts),
    choiceControl("market", "Sold for", data.markets),
    choiceControl("vendor", "Maker", data.vendors),
    ...(asksSale ? [sale] : []),
    choiceControl("day", "Date of export", data.dates.map(function (date) {
      return { value: date.day, text: dayWords(date.day) + ": " + date.label };
    })));
  controls.day.set(state.day);
  const live = panel.querySelector(".designer-live");
  live.append(form, make("div", { class: "designer-out" }, answer, detail,
    make("h4", { text: "The same design on every rule date" }), history));
  live.hidden = false;
  panel.querySelector(".designer-still").hidden = true;
  start(data.presets[0]);
})();
