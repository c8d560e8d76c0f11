"use strict";
/* Runs a page: selection, search, layers, labels, sorting, downloads, links. It works no figure out:
   every number arrives as text from Python. Text is only ever set as text, never as HTML. */
const Sharedview = (() => {
  const DATA = JSON.parse(document.getElementById("page-data").textContent);
  const FADE_ZOOM = 12;
  const INK = "#0b1f33";
  const LABEL_SHIFTS = [0, 18, -18, 26, -26];
  const panes = new Map();
  const extensions = []; // of pages with controls of their own
  let selected = -1, guard = false, moved = false, hashTimer = 0;

  const byId = (id) => document.getElementById(id);
  const all = (query) => Array.from(document.querySelectorAll(query));

  function element(name, text, className) {
    const node = document.createElement(name);
    if (text !== undefined && text !== null) node.textContent = text;
    if (className) node.className = className;
    return node;
  }

  function sentence(parts) {
    const node = element("p");
    for (const [text, bold] of parts) node.append(bold ? element("strong", text) : text);
    return node;
  }

  /* Leaflet takes HTML for its credit line. */
  const textOf = (text) => element("span", text).innerHTML;

  function say(text) {
    const status = byId("status");
    if (status) status.textContent = text;
  }

  /* ---- maps ---- */
  /* Where the page opens: at what was studied, if that is a small part of the areas. */
  function fit(bounds = L.latLngBounds(DATA.focus || DATA.bounds)) {
    guard = true;
    let zoom = Infinity;
    for (const { map } of panes.values()) {
      map.invalidateSize({ animate: false });
      zoom = Math.min(zoom, map.getBoundsZoom(bounds, false, L.point(DATA.pad, DATA.pad)));
    }
    // A pane without room (a folded window, a print preview) gives no zoom to go to.
    if (Number.isFinite(zoom)) {
      for (const { map } of panes.values()) map.setView(bounds.getCenter(), zoom, { animate: false });
    }
    guard = false;
  }

  function zoomTo(bounds, most) {
    moved = true;
    for (const { map } of panes.values()) {
      map.fitBounds(bounds, { padding: [24, 24], maxZoom: most, animate: false });
      break; // the other maps follow
    }
  }

  function follow(source) {
    if (guard) return;
    guard = true;
    for (const { map } of panes.values()) {
      if (map !== source) map.setView(source.getCenter(), source.getZoom(), { animate: false });
    }
    guard = false;
  }

  function fillOpacity(pane) {
    if (pane.clear) return 0;
    const near = (pane.tiles || pane.packs.length + pane.ground.length > 0) && pane.map.getZoom() >= FADE_ZOOM;
    const under = Object.entries(pane.groups).some(([key, group]) => key.startsWith("depth") && pane.map.hasLayer(group));
    return near || under ? 0.14 : DATA.fill_opacity;
  }

  function paintAreas(pane) {
    const fills = pane.fills;
    pane.layers.forEach((layer, index) => {
      const chosen = index === selected;
      layer.setStyle({
        fillColor: fills[index],
        fillOpacity: fillOpacity(pane),
        color: chosen ? INK : "#ffffff",
        weight: chosen ? 3 : 1,
      });
    });
    if (pane.layers[selected]) pane.layers[selected].bringToFront();
    for (const layer of pane.above) if (pane.map.hasLayer(layer)) layer.bringToFront();
  }

  function openPane(name, handles) {
    const given = DATA.panes[name];
    const { map } = handles;
    const pane = {
      name, map, layers: [], packs: [], above: handles.above || [], groups: handles.groups || {},
      fills: given.measures[0].fills, measures: given.measures,
    };
    panes.set(name, pane);
    handles.areas.eachLayer((layer) => { pane.layers[layer.feature.properties.i] = layer; });
    const box = map.getContainer();
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", given.label);
    box.setAttribute("tabindex", "0");
    map.attributionControl.setPrefix(false);
    for (const credit of given.credits) map.attributionControl.addAttribution(textOf(credit));
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
    pane.layers.forEach((layer, index) => {
      const hint = element("span", DATA.areas[index].name);
      const brief = given.briefs[index];
      if (brief) hint.append(element("br"), brief);
      layer.bindTooltip(hint, { sticky: true, direction: "top", opacity: 0.95 });
      layer.on("click", (event) => {
        L.DomEvent.stopPropagation(event);
        press(pane, event.latlng, index);
      });
    });
    map.on("click", (event) => press(pane, event.latlng, -1));
    pane.tiles = given.tiles && L.tileLayer(given.tiles, { maxZoom: 20, maxNativeZoom: 19 }).addTo(map);
    pane.ground = Ground.lay(map, given.ground);
    for (const meta of given.packs) addPack(pane, meta);
    const faded = { before: fillOpacity(pane) };
    map.on("zoomend", () => {
      const now = fillOpacity(pane);
      if (now !== faded.before) {
        faded.before = now;
        paintAreas(pane);
      }
      placeLabels(pane);
      nearNote();
    });
    map.on("move zoom", () => follow(map));
    map.on("dragstart zoomstart", () => { if (!guard) moved = true; });
    makeWhere(pane);
    map.on("moveend", () => {
      placeLabels(pane);
      tellWhere(pane);
      remember();
    });
    makeLabels(pane, given);
    paintAreas(pane);
  }

  function addPack(pane, meta) {
    const layer = new PackedLayer.Layer(meta.name, meta, "packed");
    pane.packs.push(layer);
    if (!PackedLayer.supported) {
      byId("old-browser").hidden = false;
      return;
    }
    layer.addTo(pane.map);
    layer.on("painted", () => {
      if (!meta.quiet && !document.documentElement.dataset.painted) {
        document.documentElement.dataset.painted = Math.round(performance.now());
      }
    });
    layer.load().then(() => {
      document.documentElement.dataset.unpacked = Math.round(performance.now());
    }, () => { byId("old-browser").hidden = false; });
  }

  function nearNote() {
    const note = byId("zoom-note");
    if (!note) return;
    const [pane] = panes.values();
    note.hidden = pane.packs.some((pack) => pack.visible());
  }

  /* ---- where the middle of the map is: an area, and the nearest name on the ground ---- */
  function inside(latlng, layer) {
    const bounds = layer.getBounds();
    if (!bounds.contains(latlng)) return false;
    let odd = false;
    const walk = (part) => {
      if (!(part[0] instanceof L.LatLng)) return part.forEach(walk);
      for (let i = 0, j = part.length - 1; i < part.length; j = i, i += 1) {
        const [a, b] = [part[i], part[j]];
        if (a.lat > latlng.lat !== b.lat > latlng.lat
          && latlng.lng < ((b.lng - a.lng) * (latlng.lat - a.lat)) / (b.lat - a.lat) + a.lng) odd = !odd;
      }
      return undefined;
    };
    walk(layer.getLatLngs());
    return odd;
  }

  function makeWhere(pane) {
    const control = L.control({ position: "topright" });
    control.onAdd = () => element("p", null, "where");
    control.addTo(pane.map);
    pane.where = control.getContainer();
  }

  function tellWhere(pane) {
    const { map } = pane, centre = map.getCenter();
    const at = pane.layers.findIndex((layer) => layer && inside(centre, layer));
    const near = map.getZoom() >= 14 ? Ground.nearest(map, pane.ground, centre) : "";
    const text = map.getZoom() < 12 ? "" : [near, at >= 0 ? DATA.areas[at].name : ""].filter(Boolean).join(", ");
    pane.where.textContent = text;
    pane.where.hidden = !text;
  }

  /* ---- labels: greedy against collisions, largest areas first ---- */
  function makeLabels(pane, given) {
    const holder = pane.map.createPane("labels");
    holder.style.zIndex = 620;
    holder.style.pointerEvents = "none";
    holder.setAttribute("aria-hidden", "true");
    pane.labels = given.labels ? DATA.areas.map((area) => {
      const node = element("span", area.name, "area-label");
      holder.append(node);
      return { node, at: L.latLng(area.at), rank: area.rank };
    }).sort((a, b) => a.rank - b.rank) : [];
  }

  function placeLabels(pane) {
    const taken = roomBoxes(pane);
    const clear = (box) => taken.every((other) =>
      box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3]);
    for (const label of pane.labels) {
      const point = pane.map.latLngToLayerPoint(label.at);
      const half = label.node.offsetWidth / 2 + 2, high = label.node.offsetHeight / 2 + 1;
      const boxes = LABEL_SHIFTS.map((shift) =>
        [point.x - half, point.y - high + shift, point.x + half, point.y + high + shift]);
      const box = boxes.find(clear);
      label.node.style.visibility = box ? "visible" : "hidden";
      if (!box) continue;
      taken.push(box);
      L.DomUtil.setPosition(label.node, L.point(Math.round(box[0] + 2), Math.round(box[1] + 1)));
    }
  }

  function roomBoxes(pane) {
    const boxes = [];
    if (pane.groups.rooms) {
      pane.groups.rooms.eachLayer((marker) => {
        const point = pane.map.latLngToLayerPoint(marker.getLatLng());
        boxes.push([point.x - 12, point.y - 12, point.x + 12, point.y + 12]);
      });
    }
    return boxes;
  }

  /* ---- selection ---- */
  async function press(pane, latlng, index) {
    for (const pack of pane.packs) {
      const hits = pack.hits(latlng);
      if (hits.length) {
        if (index >= 0) select(index, { zoom: false });
        openViews(pane, latlng, pack, hits);
        return;
      }
    }
    if (index >= 0) select(index, { zoom: false });
  }

  async function openViews(pane, latlng, pack, hits) {
    const body = element("div", null, "views");
    const list = element("dl");
    const label = element("p", null, "views-count");
    const next = element("button", "Next view here");
    next.type = "button";
    body.append(label, list);
    if (hits.length > 1) body.append(next);
    let place = 0;
    const fill = async () => {
      list.replaceChildren();
      for (const old of body.querySelectorAll("figure")) old.remove();
      for (const [name, text] of await pack.texts(hits[place])) {
        if (!text) continue;
        if (name === "Picture") body.insertBefore(pictureOf(JSON.parse(text)), list.nextSibling);
        else list.append(element("dt", name), element("dd", text));
      }
      label.textContent = `View ${place + 1} of ${hits.length} at this point`;
    };
    next.addEventListener("click", () => {
      place = (place + 1) % hits.length;
      fill();
    });
    await fill();
    L.popup({ maxWidth: 300, minWidth: 200, maxHeight: pane.map.getSize().y - 50 }).setLatLng(latlng).setContent(body).openOn(pane.map);
  }

  /* What a view's picture looks like: horizon, and a person where each level ends. */
  function pictureOf([shape, left, right, people]) {
    const width = 240;
    const height = Math.round(width / Math.max(shape, 0.5));
    const make = (name, given, text) => {
      const node = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(given)) node.setAttribute(key, value);
      if (text) node.textContent = text;
      return node;
    };
    const x = (at) => ((at + 1) / 2) * width;
    const y = (at) => ((1 - at) / 2) * height;
    const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, class: "shot", role: "img" });
    const far = people.map(([name, metres]) => `${name} to ${metres} m`).join(", ");
    svg.append(make("title", {}, `Picture of this view: ${far || "no level ends in it"}`));
    svg.append(make("rect", { width, height, class: "sky" }));
    const ground = [[0, y(left)], [width, y(right)], [width, 9 * height], [0, 9 * height]];
    svg.append(make("polygon", { points: ground.map((each) => each.join(",")).join(" "), class: "ground" }));
    people.forEach(([, metres, footX, footY, headX, headY], nth) => {
      // Side by side, along the horizon: a step to the side changes neither depth nor size.
      const aside = (2 * (nth + 0.5)) / people.length - 1;
      const rise = (aside * (right - left)) / 2;
      const [fx, fy, hx, hy] = [x(footX + aside), y(footY + rise), x(headX + aside), y(headY + rise)];
      const size = Math.hypot(hx - fx, hy - fy);
      const neck = [hx + 0.16 * (fx - hx), hy + 0.16 * (fy - hy)];
      svg.append(
        make("line", { x1: fx, y1: fy, x2: neck[0], y2: neck[1], "stroke-width": Math.max(size / 5, 1), class: "person" }),
        make("circle", { cx: (hx + neck[0]) / 2, cy: (hy + neck[1]) / 2, r: Math.max(size / 11, 1), class: "head" }),
        make("text", { x: hx, y: Math.min(Math.max(hy - 4, 10), height - 4), class: "far" }, `${metres} m`),
      );
    });
    const figure = element("figure", null, "picture");
    const words = people.length
      ? `People of 1.7 m, side by side, at the distance straight ahead to which each level holds: ${far}.`
      : "No level of quality ends within this picture straight ahead.";
    figure.append(svg, element("figcaption", words));
    return figure;
  }

  function select(index, { zoom }) {
    selected = index;
    const area = DATA.areas[index];
    const panel = byId("panel-body");
    panel.replaceChildren(element("h3", area.name));
    for (const parts of area.sentences) panel.append(sentence(parts));
    if (area.facts.length) {
      const list = element("dl", null, "facts");
      for (const [name, value] of area.facts) list.append(element("dt", name), element("dd", value));
      panel.append(list);
    }
    for (const each of extensions) panel.append(...each.describe(index));
    for (const pane of panes.values()) paintAreas(pane);
    for (const row of all("tr[data-area]")) row.classList.toggle("chosen", row.dataset.area === String(index));
    if (zoom) zoomTo(area.bounds, 13);
    say(`${area.name} selected`);
    remember();
  }

  function clearSelection() {
    selected = -1;
    byId("panel-body").replaceChildren(...[element("p", DATA.panel_hint)]);
    for (const pane of panes.values()) paintAreas(pane);
    for (const row of all("tr.chosen")) row.classList.remove("chosen");
  }

  const fold = (text) => text.trim().toLocaleLowerCase("en-GB");

  const RESULTS = 8;
  const KINDS = {
    place: "place", rail_station: "station", docking_station: "cycle docking station", main: "street", street: "street",
    path: "path", rail: "railway", park: "park", water: "water", building: "building",
  };

  /* What a text may mean: areas, then names on the ground, cameras, and a grid reference. */
  async function candidates(text) {
    const wanted = fold(text), found = [];
    const score = (name) => {
      const folded = fold(name);
      return folded === wanted ? 0 : folded.startsWith(wanted) ? 1 : folded.includes(wanted) ? 2 : -1;
    };
    DATA.areas.forEach((area, index) => {
      const rank = fold(area.code) === wanted ? 0 : score(area.name);
      if (rank >= 0) found.push({ rank, name: area.name, kind: DATA.noun, go: () => select(index, { zoom: true }) });
    });
    const [pane] = panes.values();
    const grid = GridReference.parse(text);
    if (grid) {
      const at = L.latLng(GridReference.toLatLng(grid));
      found.push({ rank: 0, name: text.trim(), kind: "grid reference", go: () => show(at.toBounds(Math.max(grid.size, 60)), at) });
    }
    for (const layer of pane.ground) {
      if (!layer.names) continue;
      const seen = new Map();
      layer.names.forEach((name, f) => {
        if (!name || score(name) < 0) return;
        const kind = layer.meta.categories[layer.data.category[f]].key, key = `${kind} ${name}`;
        if (seen.has(key)) seen.get(key).extend(layer.boundsOf(f));
        else seen.set(key, layer.boundsOf(f));
        if (seen.get(key) && !found.some((each) => each.key === key)) {
          found.push({ rank: score(name) + 0.3, name, kind: KINDS[kind], key, go: () => show(seen.get(key)) });
        }
      });
    }
    for (const pack of pane.packs) {
      if (pack.meta.quiet || !pack.data || !pack.data.marks) continue;
      const ids = await pack.namesOf("Camera");
      for (let f = 0; f < ids.length && found.length < 200; f += 1) {
        const rank = score(ids[f]);
        if (rank < 0 || rank > 1) continue;
        const at = pack.markAt(f);
        found.push({ rank: rank + 0.5, name: ids[f], kind: "camera", go: () => { show(at.toBounds(80)); openViews(pane, at, pack, [f]); } });
      }
    }
    return found.sort((a, b) => a.rank - b.rank).slice(0, RESULTS);
  }

  let pin = null;
  function show(bounds, at) {
    zoomTo(bounds, 18);
    const [pane] = panes.values();
    if (pin) pin.remove();
    pin = L.circleMarker(at || bounds.getCenter(), { radius: 14, color: "#b3005e", weight: 3, fill: false, interactive: false });
    pin.addTo(pane.map);
    byId("maps").scrollIntoView({ block: "nearest" });
  }

  let asked = 0;
  async function offer(text) {
    const list = byId("found"), turn = asked += 1;
    const found = fold(text).length < 2 ? [] : await candidates(text);
    if (turn !== asked) return found; // a later question is being answered
    list.replaceChildren(...found.map((each) => {
      const item = element("li"), button = element("button", each.name);
      button.type = "button";
      button.addEventListener("click", () => {
        list.hidden = true;
        each.go();
        say(`${each.name}, ${each.kind}`);
      });
      item.append(button, " ", element("span", each.kind));
      return item;
    }));
    if (!found.length && fold(text)) list.append(element("li", "Nothing of that name on this page"));
    list.hidden = !fold(text);
    return found;
  }

  async function search() {
    const text = byId("search").value, wanted = fold(text);
    if (!wanted) return;
    const exact = DATA.areas.findIndex((area) => fold(area.name) === wanted || fold(area.code) === wanted);
    if (exact >= 0) {
      byId("found").hidden = true;
      select(exact, { zoom: true });
      return;
    }
    const [first] = await offer(text);
    if (!first) say("Nothing of that name on this page");
    else if (first.rank < 2 || DATA.areas.some((area) => area.name === first.name)) {
      byId("found").hidden = true;
      first.go();
    }
  }

  /* ---- measures and layers ---- */
  function measure(key) {
    for (const pane of panes.values()) {
      const found = pane.measures.find((each) => each.key === key);
      if (!found) return;
      pane.fills = found.fills;
      paintAreas(pane);
    }
    for (const legend of all("[data-legend]")) legend.hidden = legend.dataset.legend !== key;
    remember();
  }

  function toggle(key, on) {
    for (const pane of panes.values()) {
      for (const pack of pane.packs) pack.show(key, on);
      const group = pane.groups[key];
      if (!group) continue;
      if (on) group.addTo(pane.map);
      else group.remove();
      paintAreas(pane);
      for (const top of pane.above) if (pane.map.hasLayer(top)) top.bringToFront();
    }
    remember();
  }

  let spot = null;
  function place(index) {
    const { bounds, rings, line } = DATA.places[index];
    if (spot) spot.remove();
    zoomTo(bounds, 17);
    const [pane] = panes.values();
    spot = line ? L.polyline(rings, { color: "#b3005e", weight: 6, opacity: 0.8, interactive: false }) : L.polygon(rings, {
      color: "#b3005e", weight: 3, dashArray: "6 5", fill: true, fillColor: "url(#hatch-gap)", fillOpacity: 1,
      interactive: false,
    });
    spot.addTo(pane.map);
    byId("maps").scrollIntoView({ block: "nearest" });
  }

  /* ---- tables ---- */
  function sortTable(button) {
    const head = button.closest("th"), table = button.closest("table");
    const column = Array.from(head.parentNode.children).indexOf(head);
    const down = head.getAttribute("aria-sort") === "descending" ? 1 : -1;
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down === 1 ? "ascending" : "descending");
    const value = (row) => row.children[column].dataset.sort;
    const numeric = head.dataset.numeric === "1";
    const rows = Array.from(table.tBodies[0].rows);
    rows.sort((a, b) => {
      const one = value(a), two = value(b);
      if (!numeric) return down * one.localeCompare(two, "en-GB");
      if (one === "" || two === "") return (one === "") - (two === "");
      return down * (Number(one) - Number(two));
    });
    table.tBodies[0].append(...rows);
  }

  function saveText({ name, text }) {
    const link = element("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  /* ---- the address restores the view ---- */
  function address() {
    const state = new URLSearchParams();
    const [pane] = panes.values();
    if (pane) {
      const centre = pane.map.getCenter();
      if (moved) state.set("at", `${centre.lat.toFixed(5)},${centre.lng.toFixed(5)},${pane.map.getZoom()}`);
    }
    if (selected >= 0) state.set("area", DATA.areas[selected].code);
    const choice = byId("measure");
    if (choice && choice.selectedIndex > 0) state.set("measure", choice.value);
    const changed = all("input[data-switch]").filter((box) => box.checked !== box.defaultChecked);
    if (changed.length) state.set("layers", changed.map((box) => (box.checked ? "+" : "-") + box.dataset.switch).join(","));
    for (const each of extensions) each.address(state);
    return state.toString();
  }

  function remember() {
    clearTimeout(hashTimer);
    hashTimer = setTimeout(() => {
      try {
        history.replaceState(null, "", `#${address()}`);
      } catch { /* some viewers forbid it; the copied link still holds the view */ }
    }, 200);
  }

  function restore() {
    const state = new URLSearchParams(location.hash.slice(1));
    const choice = byId("measure");
    if (choice && state.has("measure")) {
      choice.value = state.get("measure");
      if (choice.selectedIndex < 0) choice.selectedIndex = 0;
      measure(choice.value);
    }
    for (const part of (state.get("layers") || "").split(",")) {
      const box = all("input[data-switch]").find((each) => each.dataset.switch === part.slice(1));
      if (box) {
        box.checked = part[0] === "+";
        toggle(box.dataset.switch, box.checked);
      }
    }
    const index = DATA.areas.findIndex((area) => area.code === state.get("area"));
    if (index >= 0) select(index, { zoom: false });
    for (const each of extensions) each.restore(state);
    const at = (state.get("at") || "").split(",").map(Number);
    if (at.length === 3 && at.every(Number.isFinite) && Math.abs(at[0]) <= 85) {
      moved = true;
      const [pane] = panes.values();
      pane.map.setView([at[0], at[1]], at[2], { animate: false });
      follow(pane.map);
    }
  }

  async function copyLink() {
    const link = `${location.href.split("#")[0]}#${address()}`;
    try {
      await navigator.clipboard.writeText(link);
      say("Link copied: it opens this view");
    } catch {
      const field = element("input");
      field.value = link;
      field.setAttribute("aria-label", "Link to this view");
      byId("actions").append(field);
      field.select();
      const done = document.execCommand("copy");
      if (done) field.remove();
      say(done ? "Link copied: it opens this view" : "Copy the link from the field");
    }
  }

  function listen() {
    const on = (id, event, action) => byId(id) && byId(id).addEventListener(event, action);
    on("copy-link", "click", copyLink);
    on("print", "click", () => window.print());
    on("whole", "click", () => {
      moved = false;
      if (spot) spot.remove();
      clearSelection();
      fit(L.latLngBounds(DATA.bounds));
      remember();
    });
    on("search-form", "submit", (event) => {
      event.preventDefault();
      search();
    });
    on("search", "input", (event) => { offer(event.target.value); });
    on("search-form", "keydown", (event) => { if (event.key === "Escape") byId("found").hidden = true; });
    on("measure", "change", (event) => measure(event.target.value));
    for (const box of all("input[data-switch]")) box.addEventListener("change", () => toggle(box.dataset.switch, box.checked));
    for (const button of all("button[data-area]")) {
      button.addEventListener("click", () => {
        select(Number(button.dataset.area), { zoom: true });
        byId("maps").scrollIntoView({ block: "nearest" });
      });
    }
    for (const link of all("a[data-carry]")) {
      for (const event of ["pointerdown", "focus", "click"]) link.addEventListener(event, () => carry(link));
    }
    for (const button of all("button[data-place]")) button.addEventListener("click", () => place(Number(button.dataset.place)));
    for (const button of all("button[data-csv]")) button.addEventListener("click", () => saveText(DATA.csv[Number(button.dataset.csv)]));
    for (const button of all("th[data-numeric] > button")) button.addEventListener("click", () => sortTable(button));
  }

  function start(handles) {
    listen();
    foldRows();
    document.documentElement.style.setProperty("--top", `${document.querySelector(".top").offsetHeight}px`);
    for (const [name, each] of Object.entries(handles)) openPane(name, each);
    if (!panes.size) return;
    for (const each of extensions) each.start(panes);
    fit();
    nearNote();
    restore();
    for (const box of all("input[data-switch]")) if (!box.checked) toggle(box.dataset.switch, false);
    for (const pane of panes.values()) {
      placeLabels(pane);
      pane.map.on("resize", () => {
        if (!moved && !guard) fit();
      });
    }
    window.addEventListener("hashchange", restore);
    window.addEventListener("beforeprint", () => paper(true));
    window.addEventListener("afterprint", () => paper(false));
    document.documentElement.dataset.ready = Math.round(performance.now());
  }

  /* Lay the maps out for paper: what is on the screen, at its scale, with its north. */
  function paper(on) {
    document.documentElement.classList.toggle("printing", on);
    guard = true;
    for (const pane of panes.values()) {
      const { map } = pane;
      map.closePopup();
      map.invalidateSize({ animate: false });
      if (pane.north) pane.north.remove();
      pane.north = null;
      if (!on) continue;
      pane.north = L.control({ position: "bottomright" });
      pane.north.onAdd = () => {
        const mark = element("p", null, "north");
        mark.append("\u25B2", element("br"), "N");
        return mark;
      };
      pane.north.addTo(map);
    }
    guard = false;
    if (on && !moved) fit();
    for (const pane of panes.values()) {
      pane.map.fire("moveend");
      placeLabels(pane);
    }
    const [pane] = panes.values(), note = byId("paper");
    if (!pane || !note) return;
    // A pixel of CSS is 1/96 inch; the web map is larger than the ground away from the equator.
    const { lat } = pane.map.getCenter(), metres = (40075016.686 * Math.cos((lat * Math.PI) / 180)) / 2 ** (pane.map.getZoom() + 8);
    const scale = (size) => Number(((metres * 96) / 0.0254 / size).toPrecision(2)).toLocaleString("en-GB");
    note.textContent = `Scale in the middle of the map about 1 : ${scale(1)} on A4, 1 : ${scale(1.4142)} on A3. North is up.`;
  }

  /* Rows of areas with nothing to tell fold away. */
  function foldRows() {
    for (const table of all("table")) {
      const quiet = Array.from(table.querySelectorAll("tbody tr[data-area]")).filter((row) => DATA.areas[row.dataset.area].quiet);
      if (quiet.length < 3) continue;
      const button = element("button", null, "fold");
      button.type = "button";
      const show = (open) => {
        for (const row of quiet) row.hidden = !open;
        button.textContent = `${open ? "Hide" : "Show"} ${quiet.length} rows without a camera or a view`;
        button.setAttribute("aria-expanded", String(open));
      };
      button.addEventListener("click", () => show(quiet[0].hidden));
      show(false);
      table.parentNode.after(button);
    }
  }

  /* Links to the other pages carry the place and the area that are looked at. */
  function carry(link) {
    const here = new URLSearchParams(address()), state = new URLSearchParams();
    for (const key of ["at", "area"]) if (here.has(key)) state.set(key, here.get(key));
    link.href = link.href.split("#")[0] + (state.size ? `#${state}` : "");
  }

  /* What a page's own script may use, and what it hands in: start, describe, address, restore. */
  return {
    start, panes, element, say, byId, all, remember, measure, sentence, fillOpacity, paintAreas, placeLabels, saveText, DATA,
    selected: () => selected,
    reselect: () => { if (selected >= 0) select(selected, { zoom: false }); },
    extend: (extension) => extensions.push(extension),
  };
})();
