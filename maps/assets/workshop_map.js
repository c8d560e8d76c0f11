"use strict";
/* The plan on the map: fills, borders, rooms and links; boroughs are dragged from room to room. */
const WorkshopMap = (() => {
  const { element, DATA } = Sharedview;
  const FAR = 8; // pixels after which a press is a drag
  let pane = null, given = null, shown = null, onMove = () => {}, borders = null, links = null, rooms = null, canDrag = true, chosen = new Map();

  function open(main, data, move) {
    pane = main;
    given = data;
    onMove = move;
    borders = L.polyline([], { color: given.ink, weight: 2.5, opacity: 0.9, interactive: false });
    links = L.polyline([], { color: given.ink, weight: 1.6, opacity: 0.75, interactive: false });
    rooms = L.layerGroup();
    for (const layer of [borders, links, rooms]) layer.addTo(pane.map);
    pane.above.push(borders, links);
    pane.groups.rooms = rooms;
    pane.groups.links = links;
    pane.layers.forEach((layer, area) => drag(layer.getElement(), area));
  }

  /* A room has the letter of its site, and its colour unless a room beside it has that already. */
  const letter = (site) => given.letters[site];
  const colour = (site) => chosen.get(site) || given.colours[site];

  function paint(plan, room) {
    const beside = plan.rooms.map(() => new Set());
    for (const [one, two] of given.arcs) {
      if (two < 0 || room[one] === room[two] || room[one] < 0 || room[two] < 0) continue;
      beside[room[one]].add(room[two]);
      beside[room[two]].add(room[one]);
    }
    const order = plan.rooms.map((_, place) => place).sort((a, b) => plan.rooms[b].areas.length - plan.rooms[a].areas.length);
    chosen = new Map();
    for (const place of order) {
      const { site } = plan.rooms[place], taken = [...beside[place]].map((other) => chosen.get(plan.rooms[other].site));
      const free = [given.colours[site], ...given.palette].find((each) => !taken.includes(each));
      chosen.set(site, free || given.colours[site]);
    }
  }

  function draw(plan) {
    shown = plan;
    const room = new Int32Array(DATA.areas.length).fill(-1);
    plan.rooms.forEach((each, place) => each.areas.forEach((area) => { room[given.places[area]] = place; }));
    paint(plan, room);
    pane.fills = Array.from(room, (place) => (place < 0 ? given.none : colour(plan.rooms[place].site)));
    borders.setLatLngs(given.arcs.filter(([one, two]) => two < 0 || room[one] !== room[two]).flatMap((arc) => arc[2]));
    const lines = [];
    rooms.clearLayers();
    for (const each of plan.rooms) {
      const icon = L.divIcon({ html: element("span", letter(each.site)), className: "room-letter", iconSize: [22, 22], iconAnchor: [11, 11] });
      rooms.addLayer(L.marker(given.sites[each.site], { icon, interactive: false, keyboard: false }));
      for (const area of each.areas) if (area !== each.site) lines.push([given.sites[area], given.sites[each.site]]);
    }
    links.setLatLngs(lines);
    Sharedview.paintAreas(pane);
    Sharedview.placeLabels(pane);
    pane.layers.forEach((layer, place) => {
      const hint = element("span", DATA.areas[place].name);
      if (room[place] >= 0) {
        const { site } = plan.rooms[room[place]];
        hint.append(element("br"), `watched from ${given.names[site]} (${letter(site)})`);
      }
      layer.setTooltipContent(hint);
    });
  }

  /* Press on a borough, drag it onto another: it joins that one's room. */
  function drag(path, place) {
    const area = given.places.indexOf(place);
    if (!path || area < 0) return;
    path.addEventListener("pointerdown", (down) => {
      if (!canDrag || down.button !== 0) return;
      pane.map.dragging.disable();
      let ghost = null, over = -1;
      const move = (event) => {
        if (!ghost && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < FAR) return;
        if (!ghost) {
          ghost = element("span", `${given.names[area]} →`, "ghost");
          document.body.append(ghost);
        }
        const under = document.elementFromPoint(event.clientX, event.clientY);
        over = pane.layers.findIndex((layer) => layer.getElement() === under);
        const target = over >= 0 ? given.places.indexOf(over) : -1;
        ghost.textContent = target < 0 ? given.names[area] : target === area ? `${given.names[area]}: a room of its own`
          : `${given.names[area]} → ${given.names[shown.rooms.find((each) => each.areas.includes(target)).site]}`;
        ghost.style.left = `${event.clientX + 12}px`;
        ghost.style.top = `${event.clientY + 12}px`;
      };
      const end = (event) => {
        for (const [name, act] of [["pointermove", move], ["pointerup", end], ["pointercancel", end]]) window.removeEventListener(name, act);
        pane.map.dragging.enable();
        if (!ghost) return;
        ghost.remove();
        const target = over >= 0 ? given.places.indexOf(over) : -1;
        // The click that follows a drag is no choice of a borough.
        window.addEventListener("click", (click) => click.stopPropagation(), { capture: true, once: true });
        setTimeout(() => window.dispatchEvent(new Event("click")), 0);
        if (event.type === "pointerup" && target >= 0) onMove(area, target);
      };
      for (const [name, act] of [["pointermove", move], ["pointerup", end], ["pointercancel", end]]) window.addEventListener(name, act);
    });
  }

  function draggable(on) {
    canDrag = on;
    pane.map.getContainer().classList.toggle("draggable", on);
  }

  /* The map as a picture: areas, borders, rooms and names, drawn anew at twice the size. */
  function picture(title, foot) {
    const size = pane.map.getSize(), scale = 2, top = 34, canvas = element("canvas");
    canvas.width = size.x * scale;
    canvas.height = (size.y + top + 24) * scale;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, size.x, size.y + top + 24);
    pen.fillStyle = given.ink;
    pen.font = "600 16px system-ui, sans-serif";
    pen.fillText(title, 12, 22);
    pen.font = "11px system-ui, sans-serif";
    pen.fillText(foot, 12, size.y + top + 16);
    pen.translate(0, top);
    const at = (latlng) => pane.map.latLngToContainerPoint(latlng);
    const trace = (rings) => {
      for (const ring of rings) {
        if (Array.isArray(ring)) trace(ring);
        else { const point = at(ring); if (ring === rings[0]) pen.moveTo(point.x, point.y); else pen.lineTo(point.x, point.y); }
      }
    };
    pane.layers.forEach((layer, place) => {
      pen.beginPath();
      trace(layer.getLatLngs());
      pen.fillStyle = pane.fills[place];
      pen.fill("evenodd");
      pen.strokeStyle = "#ffffff";
      pen.stroke();
    });
    const strokes = (layer, width) => {
      pen.beginPath();
      trace(layer.getLatLngs());
      pen.strokeStyle = given.ink;
      pen.lineWidth = width;
      pen.stroke();
    };
    strokes(borders, 2.5);
    strokes(links, 1.4);
    pen.textAlign = "center";
    pen.font = "600 11px system-ui, sans-serif";
    pen.lineWidth = 3;
    // Names that show on the page, where they stand there.
    for (const { node } of pane.labels.filter((each) => each.node.style.visibility !== "hidden")) {
      const corner = pane.map.layerPointToContainerPoint(L.DomUtil.getPosition(node));
      const x = corner.x + node.offsetWidth / 2, y = corner.y + node.offsetHeight / 2 + 4;
      pen.strokeStyle = "#ffffffcc";
      pen.strokeText(node.textContent, x, y);
      pen.fillStyle = given.ink;
      pen.fillText(node.textContent, x, y);
    }
    for (const each of shown.rooms) {
      const point = at(given.sites[each.site]);
      pen.beginPath();
      pen.arc(point.x, point.y, 11, 0, 7);
      pen.fillStyle = "#ffffff";
      pen.fill();
      pen.lineWidth = 2;
      pen.strokeStyle = given.ink;
      pen.stroke();
      pen.fillStyle = given.ink;
      pen.font = "700 12px system-ui, sans-serif";
      pen.fillText(letter(each.site), point.x, point.y + 4);
    }
    return canvas;
  }

  return { open, draw, draggable, picture, letter: (site) => letter(site), colour: (site) => colour(site) };
})();
