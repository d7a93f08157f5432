/* The switch of a kept edition learns of editions kept later when it is first opened; an edition that was copied away
   alone keeps the list that it was published with. */
(function () {
  "use strict";
  const menu = document.querySelector("details.as-of[data-list]");
  if (!menu) return;

  function extend() {
    const list = menu.querySelector("ul");
    const page = menu.dataset.page;
    const shown = new Map(Array.from(list.children, function (item) { return [item.textContent, item]; }));
    const current = list.firstElementChild;
    const items = (window.briefingEditions || []).map(function (edition) {
      const known = shown.get(edition[0]);
      if (known) return known;
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.textContent = edition[0];
      link.href = edition[1] + (edition[2].includes(page) ? page : "index.html");
      item.append(link);
      return item;
    });
    if (items.length) list.replaceChildren(current, ...items);
  }

  menu.addEventListener("toggle", function () {
    const script = document.createElement("script");
    script.src = menu.dataset.list;
    script.onload = extend;
    document.head.append(script);
  }, { once: true });
})();
