"use strict";
/* Draws one plan of many on the page's map: fills, borders of groups, rooms and links. */
const ExplorerMap = (() => {
  const { element } = Sharedview;
  let pane = null, given = null, store = null;
  let borders = null, links = null, rooms = null;

  function open(main, data) {
    pane = main;
    given = data;
    borders = L.polyline([], { color: given.ink, weight: 2.5, opacity: 0.9, interactive: false });
    links = L.polyline([], { color: given.ink, weight: 1.6, opacity: 0.75, interactive: false });
    rooms = L.layerGroup();
    for (const layer of [borders, links, rooms]) layer.addTo(pane.map);
    pane.above.push(borders, links);
    pane.groups.rooms = rooms;
    pane.groups.links = links;
  }

  function letterMark(site) {
    const mark = element("span", given.letters[site]);
    const icon = L.divIcon({ html: mark, className: "room-letter", iconSize: [22, 22], iconAnchor: [11, 11] });
    return L.marker(given.sites[site], { icon, interactive: false, keyboard: false });
  }

  /* The room of each area in a plan, as rows of the store's rooms; -1 where it has none. */
  function serving(plan) {
    const room = new Int32Array(Sharedview.DATA.areas.length).fill(-1);
    for (const row of store.roomRows(plan)) for (const area of store.members(row)) room[area] = row;
    return room;
  }

  function draw(plan, plans) {
    store = plans;
    const room = serving(plan);
    const site = (area) => (room[area] < 0 ? -1 : store.site[room[area]]);
    pane.fills = Array.from(room, (row, area) => (row < 0 ? given.none : given.colours[site(area)]));
    const parted = given.arcs.filter(([one, two]) => two < 0 || room[one] !== room[two]);
    borders.setLatLngs(parted.flatMap((arc) => arc[2]));
    const lines = [];
    rooms.clearLayers();
    for (const row of store.roomRows(plan)) {
      const home = store.site[row];
      rooms.addLayer(letterMark(home));
      for (const area of store.members(row)) if (area !== home) lines.push([given.sites[area], given.sites[home]]);
    }
    links.setLatLngs(lines);
    Sharedview.paintAreas(pane);
    Sharedview.placeLabels(pane);
    pane.layers.forEach((layer, area) => {
      const hint = element("span", Sharedview.DATA.areas[area].name);
      if (room[area] >= 0) hint.append(element("br"), `watched from ${name(site(area))} (${given.letters[site(area)]})`);
      layer.setTooltipContent(hint);
    });
    fillRooms(plan);
  }

  const name = (area) => Sharedview.DATA.areas[area].name;

  function fillRooms(plan) {
    const body = document.querySelector("#table-plan-rooms tbody");
    body.replaceChildren(...Array.from(store.roomRows(plan), (row) => {
      const site = store.site[row], line = element("tr"), head = element("th");
      head.scope = "row";
      const swatch = element("span", given.letters[site], "letter");
      swatch.style.background = given.colours[site];
      head.append(swatch, ` ${name(site)}`);
      line.append(head);
      store.texts.rooms[row].forEach((text, place) => {
        line.append(element("td", text, place ? "number" : ""));
      });
      return line;
    }));
  }

  /* What the panel says of an area in the plan that shows. */
  function describe(area, plan) {
    if (!store || plan < 0) return [];
    const row = serving(plan)[area];
    if (row < 0) return [element("p", "Not part of this plan.")];
    const site = store.site[row], text = element("p");
    const others = Array.from(store.members(row)).filter((each) => each !== area).map(name);
    text.append("Watched from ", element("strong", site === area ? "its own room" : name(site)), ` (group ${given.letters[site]})`);
    text.append(others.length ? `, together with ${others.join(", ")}.` : ", on its own.");
    const facts = element("dl", null, "facts");
    const [, , cameras, posts, cost, once] = store.texts.rooms[row];
    for (const [label, value] of [
      ["Cameras in the room", cameras], ["Operators on duty", posts],
      ["Room’s cost a year", cost], ["Room’s one-off cost", once],
    ]) facts.append(element("dt", label), element("dd", value));
    return [text, facts];
  }

  return { open, draw, describe };
})();
