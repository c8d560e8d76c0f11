"use strict";
/* Shows one run left of a divider and another right of it. The slider takes the arrow keys; the
   divider can be dragged too. */
(() => {
  const { DATA, byId, element } = Sharedview;
  const given = DATA.swipe, FAR = 1e5, START = "50";
  let pane = null, line = null;

  const share = () => Number(byId("swipe").value) / 100;
  const place = () => Math.round(pane.map.getSize().x * share());

  /* What lies on both sides, such as buildings, is whole. */
  const parted = () => pane.packs.filter((pack) => pack.id === "before" || pack.id === "after");

  /* Clip in the coordinates that each part is drawn in. */
  function clip() {
    const x = place(), { map } = pane;
    line.style.left = `${x}px`;
    const at = map.containerPointToLayerPoint([x, 0]).x;
    for (const [side, edge] of [["before", -FAR], ["after", FAR]]) {
      map.getPane(side).style.clipPath =
        `polygon(${at}px ${-FAR}px, ${edge}px ${-FAR}px, ${edge}px ${FAR}px, ${at}px ${FAR}px)`;
    }
    for (const pack of parted()) {
      if (!pack.offset) continue;
      const from = at - pack.offset.x, width = parseFloat(pack.canvas.style.width);
      pack.canvas.style.clipPath = pack.id === "after"
        ? `inset(0 0 0 ${Math.max(from, 0)}px)` : `inset(0 ${Math.max(width - from, 0)}px 0 0)`;
    }
  }

  function slide() {
    clip();
    const bar = byId("swipe");
    bar.setAttribute("aria-valuetext", `${bar.value}% of the map shows ${given.before}, the rest ${given.after}`);
    Sharedview.remember();
  }

  /* The sides fade as areas do near by; a difference has no sides, so the page's own areas show. */
  function paint() {
    const choice = byId("measure");
    const sided = !choice || choice.value === "share";
    pane.clear = false;
    const opacity = Sharedview.fillOpacity(pane);
    pane.clear = sided;
    for (const side of ["before", "after"]) pane.groups[side].setStyle({ fillOpacity: sided ? opacity : 0 });
    Sharedview.paintAreas(pane);
  }

  function drag(event) {
    const box = pane.map.getContainer().getBoundingClientRect();
    byId("swipe").value = Math.round((100 * (event.clientX - box.left)) / box.width);
    slide();
  }

  function makeLine() {
    line = element("div", null, "swipe-line");
    line.setAttribute("aria-hidden", "true");
    const [left, right] = [element("span", given.before, "swipe-tag"), element("span", given.after, "swipe-tag")];
    left.style.right = "calc(50% + 0.6rem)";
    right.style.left = "calc(50% + 0.6rem)";
    line.append(left, right);
    pane.map.getContainer().append(line);
    L.DomEvent.disableClickPropagation(line);
    line.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      line.setPointerCapture(event.pointerId);
      line.onpointermove = drag;
    });
    for (const name of ["pointerup", "pointercancel"]) line.addEventListener(name, () => { line.onpointermove = null; });
  }

  /* A click finds the views of its own side only. */
  function partHits(pack) {
    const hits = pack.hits.bind(pack);
    pack.hits = (latlng) => {
      const right = pane.map.latLngToContainerPoint(latlng).x >= place();
      return right === (pack.id === "after") ? hits(latlng) : [];
    };
  }

  Sharedview.extend({
    start(panes) {
      [pane] = panes.values();
      makeLine();
      parted().forEach(partHits);
      parted().forEach((pack) => pack.on("painted", clip));
      byId("swipe").addEventListener("input", slide);
      if (byId("measure")) byId("measure").addEventListener("change", paint);
      pane.map.on("move zoomend resize viewreset", clip);
      pane.map.on("zoomend", paint);
    },
    describe: () => [],
    address(state) {
      if (byId("swipe").value !== START) state.set("swipe", byId("swipe").value);
    },
    restore(state) {
      const wanted = Number(state.get("swipe") ?? START);
      byId("swipe").value = Number.isFinite(wanted) ? wanted : START;
      paint();
      slide();
    },
  });
})();
