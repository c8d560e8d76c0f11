"use strict";
/* The explorer: unpacks the plans, filters them, and keeps map, charts and list together.
   It compares whole numbers and shows texts, both from Python; it works no figure out. */
const Explorer = (() => {
  const { DATA, byId, all, element, say } = Sharedview;
  const GIVEN = DATA.explorer;
  const SLIDERS = ["rooms-min", "rooms-max", "within", "moved"];
  let store = null, chosen = -1, match = null, wishes = [], pending = new URLSearchParams(location.hash.slice(1));

  /* ---- unpacking ---- */
  const json = async (id) => JSON.parse(new TextDecoder().decode(await PackedLayer.unzip(id)));

  async function load() {
    const [block, texts] = await Promise.all([PackedLayer.unzip("pack-plans"), json("pack-plans-texts")]);
    const stream = PackedLayer.streams(GIVEN.layout, block);
    const starts = (counts) => {
      const first = new Uint32Array(counts.length + 1);
      counts.forEach((count, place) => { first[place + 1] = first[place] + count; });
      return first;
    };
    const planStart = starts(stream("room_count")), roomStart = starts(stream("member_count"));
    const rows = stream("room_rows"), members = stream("members");
    store = {
      count: GIVEN.plans, texts, stream, site: stream("site"), shade: stream("shade"),
      rooms: stream("rooms"), moved: stream("moved"), step: stream("step"), families: stream("families"),
      roomRows: (plan) => rows.subarray(planStart[plan], planStart[plan + 1]),
      members: (row) => members.subarray(roomStart[row], roomStart[row + 1]),
      place: new Map(texts.id.map((id, plan) => [id, plan])),
    };
    ExplorerCharts.open(store, GIVEN, choose);
    ExplorerTable.open(store, GIVEN.figures, choose, () => { refresh(); Sharedview.remember(); });
    listen();
    apply(pending);
    pending = null;
    document.documentElement.dataset.unpacked = Math.round(performance.now());
  }

  /* ---- filters ---- */
  const value = (id) => Number(byId(id).value);

  function says() {
    for (const id of SLIDERS) {
      const text = id === "within" ? GIVEN.stops[value(id)] : byId(id).value;
      byId(`${id}-says`).textContent = text;
      byId(id).setAttribute("aria-valuetext", text);
    }
  }

  function together({ a, b }) {
    const has = new Uint8Array(GIVEN.rooms);
    for (let row = 0; row < GIVEN.rooms; row += 1) {
      const members = store.members(row);
      has[row] = members.includes(a) && members.includes(b) ? 1 : 0;
    }
    return has;
  }

  function filter() {
    const least = value("rooms-min"), most = value("rooms-max"), within = value("within"), moved = value("moved");
    const bits = Number(byId("family").value);
    const asked = wishes.map((wish) => ({ has: together(wish), share: wish.share }));
    match = new Uint8Array(store.count);
    const found = [];
    for (let plan = 0; plan < store.count; plan += 1) {
      if (!(store.families[plan] & bits) || store.rooms[plan] < least || store.rooms[plan] > most) continue;
      if (store.step[plan] > within || store.moved[plan] > moved) continue;
      const rows = store.roomRows(plan);
      if (!asked.every(({ has, share }) => rows.some((row) => has[row]) === share)) continue;
      match[plan] = 1;
      found.push(plan);
    }
    ExplorerTable.list(found);
    says();
    chips();
    byId("found").textContent = `${found.length.toLocaleString("en-GB")} of ${store.count.toLocaleString("en-GB")} plans match`;
    refresh();
  }

  /* After a filter the map shows a plan that matches: the cheapest, unless the one shown does. */
  function change() {
    filter();
    if (!match[chosen]) choose(cheapest());
    Sharedview.remember();
  }

  function cheapest() {
    const cost = store.stream("rank_over_best_gbp");
    return ExplorerTable.plans().reduce((best, plan) => (best < 0 || cost[plan] < cost[best] ? plan : best), -1);
  }

  function refresh() {
    ExplorerTable.draw(chosen);
    ExplorerCharts.draw({ match, chosen });
    byId("plan-after").disabled = byId("plan-before").disabled = !ExplorerTable.plans().length;
    byId("plan-remark").textContent = remark();
  }

  function remark() {
    if (chosen < 0) return "";
    const outside = match[chosen] ? "" : " It is not among the plans that match.";
    return store.texts.remark[chosen] + outside;
  }

  function wish(share) {
    const [a, b] = ["pair-a", "pair-b"].map((id) => byId(id).value);
    if (a === "" || b === "" || a === b) {
      say("Choose two different boroughs first");
      byId(a === "" ? "pair-a" : "pair-b").focus();
      return;
    }
    want(Number(a), Number(b), share);
    for (const id of ["pair-a", "pair-b"]) byId(id).value = "";
  }

  function want(one, two, share) {
    const a = Math.min(one, two), b = Math.max(one, two);
    wishes = wishes.filter((each) => each.a !== a || each.b !== b);
    wishes.push({ a, b, share });
    change();
  }

  function chips() {
    byId("chips").replaceChildren(...wishes.map((each) => {
      const item = element("li"), [one, two] = [each.a, each.b].map((area) => DATA.areas[area].name);
      const text = `${one} ${each.share ? "with" : "not with"} ${two}`;
      const button = element("button", `${text} ✕`, each.share ? "chip" : "chip part");
      button.type = "button";
      button.setAttribute("aria-label", `Remove the wish: ${text}`);
      button.addEventListener("click", () => {
        wishes = wishes.filter((other) => other !== each);
        change();
        byId("pair-a").focus();
      });
      item.append(button);
      return item;
    }));
  }

  /* ---- the plan that shows ---- */
  function choose(plan) {
    if (!(plan >= 0)) return;
    chosen = plan;
    byId("plan-name").textContent = store.texts.label[plan];
    byId("plan-stats").replaceChildren(...GIVEN.stats.map(([key, label, before, after]) => {
      const item = element("div");
      item.append(element("dt", label), element("dd", before + store.texts.cells[GIVEN.figures.indexOf(key)][plan] + after));
      return item;
    }));
    ExplorerMap.draw(plan, store);
    ExplorerTable.reveal(plan);
    refresh();
    Sharedview.reselect();
    Sharedview.remember();
  }

  const chooseId = (id) => store.place.has(id) && choose(store.place.get(id));

  async function download() {
    const lines = await json("pack-plans-csv");
    const text = lines[0] + ExplorerTable.plans().map((plan) => lines[plan + 1]).join("");
    Sharedview.saveText({ name: "plans.csv", text });
  }

  /* ---- listening ---- */
  function listen() {
    const on = (id, event, action) => byId(id) && byId(id).addEventListener(event, action);
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    on("family", "change", change);
    for (const id of SLIDERS) on(id, "input", () => { keepOrder(id); change(); });
    on("must-share", "click", () => wish(true));
    on("must-part", "click", () => wish(false));
    on("reset", "click", () => { reset(); change(); });
    on("fold", "click", () => fold(byId("fields").hidden));
    on("plan-before", "click", () => choose(ExplorerTable.beside(chosen, -1)));
    on("plan-after", "click", () => choose(ExplorerTable.beside(chosen, 1)));
    on("csv-plans", "click", download);
    on("chart", "change", (event) => { ExplorerCharts.show(event.target.value); Sharedview.remember(); });
    on("shortlist", "change", (event) => { chooseId(event.target.value); event.target.value = ""; });
    document.addEventListener("click", (event) => {
      const plan = event.target.closest("[data-plan]"), pair = event.target.closest("[data-pair]");
      if (plan) {
        const listed = plan.closest("#table-plans"); // its rows are about to be drawn anew
        chooseId(plan.dataset.plan);
        const again = listed && listed.querySelector(`[data-plan="${CSS.escape(plan.dataset.plan)}"]`);
        if (again) again.focus({ preventScroll: true });
        else byId("maps").scrollIntoView({ block: "nearest" });
      } else if (pair) {
        const [a, b] = pair.dataset.pair.split("-").map(Number);
        want(a, b, true);
        byId("filters").scrollIntoView({ block: "nearest" });
        say(`${DATA.areas[a].name} must share with ${DATA.areas[b].name}`);
      }
    });
  }

  function fold(open) {
    byId("fields").hidden = !open;
    byId("fold").setAttribute("aria-expanded", String(open));
  }

  function keepOrder(id) {
    if (value("rooms-min") <= value("rooms-max")) return;
    if (id === "rooms-min") byId("rooms-max").value = byId(id).value;
    else byId("rooms-min").value = byId("rooms-max").value;
  }

  function reset() {
    for (const id of SLIDERS) byId(id).value = byId(id).defaultValue;
    byId("family").selectedIndex = 0;
    wishes = [];
  }

  /* ---- the address ---- */
  function address(state) {
    if (pending) {
      for (const [key, text] of pending) if (!["at", "area", "layers", "measure"].includes(key)) state.set(key, text);
      return;
    }
    if (chosen > 0) state.set("plan", store.texts.id[chosen]);
    for (const id of SLIDERS) if (byId(id).value !== byId(id).defaultValue) state.set(id, byId(id).value);
    for (const id of ["family", "chart"]) if (byId(id).selectedIndex > 0) state.set(id, byId(id).value);
    for (const [key, share] of [["share", true], ["apart", false]]) {
      const codes = wishes.filter((each) => each.share === share).map(({ a, b }) => `${DATA.areas[a].code}-${DATA.areas[b].code}`);
      if (codes.length) state.set(key, codes.join(","));
    }
    const { key, down } = ExplorerTable.sorted();
    if (key !== "over_best_gbp" || down < 0) state.set("sort", (down < 0 ? "-" : "") + key);
  }

  function apply(state) {
    reset();
    for (const id of SLIDERS) if (state.has(id)) byId(id).value = state.get(id);
    keepOrder("rooms-min");
    for (const id of ["family", "chart"]) {
      if (state.has(id)) byId(id).value = state.get(id);
      if (byId(id).selectedIndex < 0) byId(id).selectedIndex = 0;
    }
    const place = (code) => DATA.areas.findIndex((area) => area.code === code);
    for (const [key, share] of [["share", true], ["apart", false]]) {
      for (const pair of (state.get(key) || "").split(",")) {
        const [a, b] = pair.split("-").map(place).sort((one, two) => one - two);
        if (a >= 0 && b > a) wishes.push({ a, b, share });
      }
    }
    const sort = state.get("sort") || "over_best_gbp";
    ExplorerTable.sort(sort.replace(/^-/, ""), sort.startsWith("-") ? -1 : 1);
    ExplorerCharts.show(byId("chart").value);
    filter();
    choose(store.place.has(state.get("plan")) ? store.place.get(state.get("plan")) : 0);
  }

  Sharedview.extend({
    start(panes) {
      fold(window.matchMedia("(min-width: 62rem)").matches);
      document.documentElement.style.setProperty("--bar", `${byId("filters").offsetHeight}px`);
      ExplorerMap.open(panes.get("main"), GIVEN.map);
      if (PackedLayer.supported) load().catch((fault) => { byId("old-browser").hidden = false; throw fault; });
      else byId("old-browser").hidden = false;
    },
    describe: (area) => (store ? ExplorerMap.describe(area, chosen) : []),
    address,
    restore(state) {
      if (store) apply(state);
      else pending = state;
    },
  });
})();
