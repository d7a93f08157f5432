/* A chart to take away as PNG, drawn when a reader asks: on white, in the light colours, at twice the size, with its
   finding above and its date and sources below, as in the SVG. */
(function () {
  "use strict";
  const MARGIN = 16;
  const SCALE = 2;
  const TITLE = { size: 19, line: 25, weight: 600, ink: "ink" };
  const SUBTITLE = { size: 13, line: 18, weight: 400, ink: "sub" };
  const FOOT = { size: 11, line: 15, weight: 400, ink: "sub" };

  /* The light colour of a name, whatever the page's theme is. */
  function light(name) {
    const palette = getComputedStyle(document.documentElement).getPropertyValue("--palette");
    return palette.match(new RegExp("\\b" + name + "=(#[0-9a-fA-F]{6})"))[1];
  }

  function font(style) {
    return style.weight + " " + style.size + "px Inter, system-ui, sans-serif";
  }

  function wrapped(pen, text, style, width) {
    pen.font = font(style);
    const lines = [];
    text.trim().split(/\s+/).forEach(function (word) {
      const longer = lines.length ? lines[lines.length - 1] + " " + word : word;
      if (lines.length && pen.measureText(longer).width <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    });
    return { lines: lines, style: style, height: lines.length * style.line + 3 };
  }

  function write(pen, block, top) {
    pen.font = font(block.style);
    pen.fillStyle = light(block.style.ink);
    block.lines.forEach(function (line, place) {
      pen.fillText(line, MARGIN, top + block.style.size + place * block.style.line);
    });
    return top + block.height;
  }

  async function paint(figure) {
    const both = await window.briefingVega.specification(figure.dataset.exhibit);
    await Promise.all([TITLE, SUBTITLE].map(function (style) { return document.fonts.load(font(style)); }));
    const chart = await window.briefingVega.viewOf(both.wide, { renderer: "none" }).toCanvas(SCALE);
    const width = chart.width / SCALE;
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d");
    const title = wrapped(pen, figure.querySelector(".exhibit-title").textContent, TITLE, width);
    const subtitle = wrapped(pen, figure.querySelector(".exhibit-subtitle").textContent, SUBTITLE, width);
    const foot = wrapped(pen, figure.querySelector(".exhibit-chart").dataset.credit, FOOT, width);
    const above = MARGIN + title.height + subtitle.height + 10;
    const below = above + chart.height / SCALE + 8;
    canvas.width = SCALE * (width + 2 * MARGIN);
    canvas.height = SCALE * (below + foot.height + MARGIN - 4);
    pen.scale(SCALE, SCALE);
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    write(pen, subtitle, write(pen, title, MARGIN));
    write(pen, foot, below);
    pen.drawImage(chart, MARGIN, above, width, chart.height / SCALE);
    return canvas;
  }

  function hand(canvas, name) {
    return new Promise(function (done) {
      canvas.toBlob(function (picture) {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(picture);
        link.download = name;
        link.click();
        setTimeout(function () { URL.revokeObjectURL(link.href); }, 60000);
        done();
      }, "image/png");
    });
  }

  document.querySelectorAll("figure[data-exhibit]").forEach(function (figure) {
    const svg = figure.querySelector('.exhibit-file[href$=".svg"]');
    if (!svg) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "exhibit-png";
    const about = document.createElement("span");
    about.className = "visually-hidden";
    about.textContent = " of: " + figure.querySelector(".exhibit-title").textContent;
    button.append("PNG", about);
    svg.after(button);
    button.addEventListener("click", function () {
      button.disabled = true;
      paint(figure).then(function (canvas) { return hand(canvas, figure.dataset.exhibit + ".png"); })
        .then(function () { button.disabled = false; }, function () { button.firstChild.data = "No PNG; take the SVG"; });
    });
  });
})();
