"use strict";
/* A workshop: wishes, moves by hand and prices; each answer is worked out here, with its proof. */
const Workshop = (() => {
  const { element, byId, say, DATA } = Sharedview;
  const GIVEN = DATA.workshop, W = WorkshopWords, POINT = GIVEN.territory.kind === "point";
  const ONE_OF_A_KIND = ["capacity", "share", "size", "posts", "link", "contiguity", "footprint", "rooms", "moved"];
  const LARGEST = 64; // areas up to which plans are worked out here
  const MANY = "There are too many groups of boroughs to work this out in a page. Take the scenario file and run: sharedview consolidate --scenario workshop.toml --out FOLDER";
  const territory = new RoomCosts.Territory(WorkshopData.territory(GIVEN.territory));
  const names = GIVEN.territory.names;
  let state = null, history = [], at = -1, options = [], best = null, charges = null, chips = new Map();
  let worker = null, asked = 0, applies = false, ready = false, pending = null, solving = false, next = 1, timer = 0;

  const copy = (value) => JSON.parse(JSON.stringify(value));
  const wishesOn = () => state.wishes.filter((wish) => wish.on);
  const limits = () => Wishes.limits(wishesOn());
  const planOf = (groups) => territory.plan(groups, limits());
  const sorted = (groups) => groups.map((areas) => areas.slice().sort((a, b) => a - b)).sort((a, b) => a[0] - b[0]);
  const mean = (values) => values.reduce((total, value) => total + value, 0) / values.length;
  const costOf = (room) => (POINT ? room.npv : mean(room.chosen));

  /* Today's rooms, each where it stands. */
  let todayKept = null;
  function today() {
    if (!todayKept || todayKept.prices !== territory.prices) {
      const free = Wishes.limits([]);
      todayKept = { prices: territory.prices, plan: territory.plan(territory.today(), free, { stay: true }) };
    }
    return todayKept.plan;
  }

  /* ---- the worker ---- */
  function hire() {
    if (worker) worker.terminate();
    worker = null;
    if (territory.n > LARGEST) return;
    worker = new Worker(URL.createObjectURL(new Blob([WORKSHOP_ENGINE], { type: "text/javascript" })));
    worker.postMessage({ kind: "open", territory: GIVEN.territory });
    worker.onmessage = ({ data }) => { if (data.id === asked) HEARD[data.kind](data); };
    worker.onerror = (event) => { verdict(`This page failed: ${event.message}`); busy(false); };
  }

  function ask(apply) {
    applies = apply;
    chips = new Map();
    best = null;
    charges = null;
    byId("conflict").hidden = true;
    if (!worker) { many(); return; }
    asked += 1;
    busy(true);
    worker.postMessage({ kind: "ask", id: asked, prices: state.prices, wishes: wishesOn() });
  }

  function many() {
    busy(false);
    best = { status: "many" };
    if (state.how.kind === "before") state.how = { kind: "open" };
    keepState();
    show();
  }

  const HEARD = {
    progress({ share }) { byId("progress-bar").value = share; },
    answer({ found }) {
      busy(false);
      if (found.status === "many") { many(); return; }
      best = found;
      if (found.status === "solved") {
        charges = found.charges;
        if (applies) {
          state.plan = sorted(found.groups);
          state.how = { kind: "solved" };
        }
      } else if (state.how.kind === "before") state.how = { kind: found.status };
      keepState();
      show();
      document.documentElement.dataset.solved = String(asked);
    },
    conflict({ wishes }) {
      const said = state.wishes.filter((wish) => wishes.includes(wish.id)).map((wish) => W.wish(wish, names));
      const box = byId("conflict");
      box.textContent = `No plan keeps all wishes. These cannot all hold; without any one of them there is a plan: ${said.join("; ")}.`;
      box.hidden = false;
      byId("chips").querySelectorAll("[data-wish]").forEach((chip) => chip.classList.toggle("clash", wishes.includes(chip.dataset.wish)));
    },
    price({ wish, price, status }) {
      chips.set(wish, { price, status });
      const chip = byId("chips").querySelector(`[data-wish="${wish}"] .price`);
      if (chip) chip.textContent = priceOf(wish);
    },
    priced() { document.documentElement.dataset.priced = String(asked); },
  };

  function priceOf(id) {
    const found = chips.get(id);
    if (!found) return best && best.status === "solved" && wishesOn().some((wish) => wish.id === id) ? "price …" : "";
    if (found.status === "many") return "price not worked out: too many groups without it";
    return found.price === null ? "price not proved" : W.price(found.price);
  }

  function busy(on) {
    solving = on;
    byId("progress").hidden = !on;
    byId("progress-bar").removeAttribute("value");
  }

  /* ---- what is done, and undone ---- */
  function keepState() {
    if (at < 0) return;
    const plan = planOf(state.plan);
    Object.assign(history[at], { state: copy(state), cost: plan.cost, rooms: plan.count });
    Sharedview.remember();
  }

  function act(what, change) {
    change();
    history = history.slice(0, at + 1);
    history.push({ what, who: byId("who").value.trim(), state: copy(state) });
    at = history.length - 1;
    say(what);
  }

  function jump(to) {
    if (to < 0 || to >= history.length) return;
    at = to;
    state = copy(history[at].state);
    reprice();
    show();
    ask(state.how.kind === "before");
    say(`Back at: ${history[at].what}`);
  }

  function reprice() {
    if (JSON.stringify(territory.prices) !== JSON.stringify(state.prices)) territory.reprice(state.prices);
  }

  function solve(what, change) {
    act(what, () => { change(); state.how = { kind: "before" }; });
    show();
    ask(true);
  }

  function addWish(wish) {
    if (!wish) return;
    const made = { id: `w${next}`, on: true, own: false, who: byId("who").value.trim(), ...wish };
    next += 1;
    solve(`Wish: ${W.wish(made, names)}`, () => {
      if (ONE_OF_A_KIND.includes(made.kind)) {
        const alike = made.kind === "share" ? ["share", "capacity"] : made.kind === "capacity" ? ["share", "capacity"] : [made.kind];
        for (const each of state.wishes) if (alike.includes(each.kind)) each.on = false;
      }
      state.wishes.push(made);
    });
  }

  /* Puts an area into the room of another, or into one of its own. */
  function move(area, target) {
    const groups = state.plan.map((areas) => areas.filter((each) => each !== area));
    const from = state.plan.find((areas) => areas.includes(area));
    let to = null;
    if (target === area) groups.push([area]);
    else {
      const place = state.plan.findIndex((areas) => areas.includes(target));
      if (state.plan[place] === from) return;
      groups[place].push(area);
      to = territory.room(groups[place].slice().sort((a, b) => a - b), limits()).site;
    }
    if (target === area && from.length === 1) return;
    const what = to === null ? `${names[area]} moved into a room of its own` : `${names[area]} moved to the room in ${names[to]}`;
    act(what, () => {
      state.plan = sorted(groups.filter((areas) => areas.length));
      state.touched = [...new Set([...(state.how.kind === "hand" ? state.touched : []), area])];
      state.how = { kind: "hand" };
    });
    keepState();
    show();
    say(`${what}: ${W.millions(planOf(state.plan).cost)}`);
  }

  /* Keeps the rooms that hands have changed and finds the best for all else. */
  function fromHere() {
    const rooms = state.plan.filter((areas) => (state.touched || []).some((area) => areas.includes(area)));
    if (!rooms.length || state.how.kind !== "hand") {
      say("Move a borough first");
      verdict("Move a borough first: the rooms that you change are kept, and the best is found for all others.");
      return;
    }
    solve(`Best from here: ${rooms.map((areas) => W.listed(areas.map((area) => names[area]))).join("; ")} kept`, () => {
      for (const areas of rooms) {
        state.wishes.push({ id: `w${next}`, kind: "group", areas, on: true, own: false, who: byId("who").value.trim() });
        next += 1;
      }
    });
  }

  function setPrice(what, change) {
    act(what, () => {
      state.prices = copy(state.prices);
      change(state.prices);
      if (["solved", "none", "open", "before"].includes(state.how.kind)) state.how = { kind: "before" };
    });
    reprice();
    show();
    ask(state.how.kind === "before");
  }

  /* ---- what the page says ---- */
  function verdict(text) { byId("verdict").textContent = text; }

  function say2() {
    if (best && best.status === "many") return MANY;
    if (solving && state.how.kind === "before") return "Working out the best plan …";
    if (!best) return solving ? "Working out the best plan under the wishes …" : "";
    if (best.status === "none") return "No plan keeps all of these wishes.";
    if (best.status === "open") return "The search ended before a proof. Take the scenario file and run sharedview consolidate.";
    return `Best under the wishes: ${W.millions(best.cost)}, proved: ${W.number(best.considered)} groups of boroughs, ${W.number(best.nodes)} steps.`;
  }

  function heading(plan) {
    const rooms = W.count(plan.count, "room");
    const beyond = best && best.status === "solved" ? plan.cost - best.cost : null;
    const more = beyond === null || beyond < 0.005 ? "" : ` It costs ${W.pounds(beyond)} more than the best under the wishes.`;
    const less = beyond !== null && beyond < -0.5 ? ` It costs ${W.pounds(-beyond)} less than the best that keeps the wishes, because it breaks some.` : "";
    const texts = {
      solved: [`Best plan under the wishes: ${rooms}`, `Proved: no plan that keeps the wishes costs less${POINT ? " at the values as stated" : " in expectation"}.`],
      hand: [`Plan by hand: ${rooms}`, `Costed as it stands.${more}${less}`],
      listed: [`${state.how.name || "Listed plan"}: ${rooms}`, `A listed plan, not an answer to the wishes.${more}${less}`],
      before: [`The plan before: ${rooms}`, "A new one is being worked out; this one need not keep the wishes."],
      none: [`The plan before: ${rooms}`, "No plan keeps the wishes; this one was there before them."],
      open: [`The plan before: ${rooms}`, "No plan was worked out for these wishes; this one was there before them."],
    };
    return texts[state.how.kind];
  }

  function show() {
    if (!ready) return;
    const plan = planOf(state.plan), [title, remark] = heading(plan), base = today();
    const spread = RoomCosts.spread(plan.unseen.map((cost, d) => base.unseen[d] - cost));
    byId("plan-name").textContent = title;
    byId("plan-remark").textContent = remark;
    byId("objective-says").textContent = GIVEN.note;
    byId("objective-says").hidden = !GIVEN.note;
    const broken = Wishes.broken(territory, plan, wishesOn());
    byId("plan-broken").hidden = !broken.length;
    byId("plan-broken").replaceChildren(...broken.map((wish) => element("li", `Breaks: ${W.wish(wish, names)}`)));
    byId("money-label").textContent = POINT ? "Cost as stated" : "Expected cost";
    byId("money").textContent = W.millions(plan.cost);
    byId("saving").textContent = W.millions(spread.mean);
    range(byId("range"), spread);
    byId("range-says").textContent = `Over ${plan.unseen.length} draws that chose nothing, ${territory.pace.years > 1 ? `built over ${territory.pace.years} years` : "all built at once"}: ${W.range(spread)}. Chance of a saving ${W.number(spread.chance * 100)}%; mean of the worst tenth ${W.millions(spread.worst)}.`;
    byId("plan-stats").replaceChildren(...[
      ["Rooms", W.number(plan.count)], ["Operators on duty", W.number(plan.posts)], ["Boroughs moved", W.number(plan.moved)],
      ["Links", `${W.number(plan.link)} km`], ["Cost a year, as stated", W.millions(plan.perYear)], ["One-off, as stated", W.millions(plan.once)],
    ].map(([label, value]) => {
      const box = element("div");
      box.append(element("dt", label), element("dd", value));
      return box;
    }));
    showBudgets(plan, base);
    document.documentElement.dataset.how = state.how.kind;
    verdict(say2());
    WorkshopMap.draw(plan);
    showWishes();
    showRooms(plan);
    showPay(plan, base);
    showPrices();
    showTray();
    showHistory();
    fillTargets();
    Sharedview.reselect();
    byId("undo").disabled = at <= 0;
    byId("redo").disabled = at >= history.length - 1;
  }

  const BUDGETS = { councils: "Councils", police: "Officers’ ways for footage (the Met)", both: "Both together" };

  /* Whose money a saving is; what the page makes least is marked. */
  function showBudgets(plan, base) {
    const aim = territory.given.officers && territory.given.officers.counted ? "both" : "councils";
    byId("table-budgets").tBodies[0].replaceChildren(...Object.entries(territory.budgets(plan, base)).map(([name, saved]) => {
      const spread = RoomCosts.spread(saved), label = `${BUDGETS[name]}${name === aim ? ": what the page looks for" : ""}`;
      return cells(element("tr"), [label, W.millions(spread.mean), `${W.millions(spread.low)} to ${W.millions(spread.high)}`], "th");
    }));
  }

  /* A bar from P10 to P90 on a scale that holds 0 and the plans at hand. */
  function range(box, spread) {
    const far = Math.max(...[spread, ...options.map((each) => each.spread).filter(Boolean)].flatMap((each) => [Math.abs(each.low), Math.abs(each.high)]), 1e6) * 1.1;
    const place = (value) => `${(50 + (50 * value) / far).toFixed(2)}%`;
    box.style.setProperty("--low", place(spread.low));
    box.style.setProperty("--wide", `${((50 * (spread.high - spread.low)) / far).toFixed(2)}%`);
    box.style.setProperty("--middle", place(spread.middle));
  }

  function showWishes() {
    byId("chips").replaceChildren(...state.wishes.map((wish) => {
      const chip = element("li", null, `wish${wish.on ? "" : " off"}${wish.own ? " own" : ""}`), label = element("label"), box = element("input");
      chip.dataset.wish = wish.id;
      box.type = "checkbox";
      box.checked = wish.on;
      box.addEventListener("change", () => {
        const words = W.wish(wish, names);
        solve(`${box.checked ? "Wish on" : "Wish off"}: ${words}`, () => {
          const found = state.wishes.find((each) => each.id === wish.id);
          found.on = box.checked;
        });
        const again = byId("chips").querySelector(`[data-wish="${wish.id}"] input`);
        if (again) again.focus();
      });
      label.append(box, ` ${W.wish(wish, names)}`);
      chip.append(label);
      if (wish.who) chip.append(element("span", wish.who, "who"));
      chip.append(element("span", wish.on ? priceOf(wish.id) : "off", "price"));
      if (!wish.own) {
        const gone = element("button", "×");
        gone.type = "button";
        gone.setAttribute("aria-label", `Take out: ${W.wish(wish, names)}`);
        gone.addEventListener("click", () => solve(`Taken out: ${W.wish(wish, names)}`, () => {
          state.wishes = state.wishes.filter((each) => each.id !== wish.id);
        }));
        chip.append(gone);
      }
      return chip;
    }));
  }

  function cells(line, texts, first = "td") {
    texts.forEach((text, place) => {
      const cell = element(place ? "td" : first, text, place ? "number" : "");
      if (!place && first === "th") cell.scope = "row";
      line.append(cell);
    });
    return line;
  }

  function showRooms(plan) {
    const rooms = plan.rooms.slice().sort((a, b) => b.cameras - a.cameras);
    byId("table-plan-rooms").tBodies[0].replaceChildren(...rooms.map((room) => {
      const line = element("tr"), head = element("th");
      head.scope = "row";
      const swatch = element("span", WorkshopMap.letter(room.site), "letter");
      swatch.style.background = WorkshopMap.colour(room.site);
      head.append(swatch, ` ${names[room.site]}`);
      line.append(head, element("td", W.listed(room.areas.map((area) => names[area]))));
      for (const text of [W.number(room.cameras), W.number(room.posts), W.pounds(room.perYear), W.pounds(room.once)]) line.append(element("td", text, "number"));
      return line;
    }));
  }

  /* What each pays: today, by cameras in its new room, and by the charge that no group betters by leaving. */
  function showPay(plan, base) {
    const pays = (each) => {
      const found = new Float64Array(territory.n);
      for (const room of each.rooms) {
        const load = room.areas.reduce((total, area) => total + territory.places.cameras[area], 0);
        for (const area of room.areas) found[area] = costOf(room) * (load ? territory.places.cameras[area] / load : 1 / room.areas.length);
      }
      return found;
    };
    const before = pays(base), after = pays(plan), stable = state.how.kind === "solved" && charges;
    const lose = names.filter((_, area) => before[area] - after[area] < -1);
    const gap = stable ? plan.cost - charges.reduce((total, value) => total + value, 0) : 0;
    let says = `${POINT ? "Cost as stated" : "Expected cost"} over ${territory.years} years. Shared by cameras in each room, ${lose.length ? `${W.count(lose.length, "borough")} pay more than today: ${W.listed(lose)}.` : "nobody pays more than today."}`;
    if (stable) says += ` Under the stable charge no group of boroughs would pay less in a room of its own${gap > 1 ? `, once ${W.pounds(gap)} comes from outside` : ""}.`;
    else says += " The stable charge is known for a proved best plan with the number of rooms and moves left open.";
    byId("pay-says").textContent = says;
    byId("table-pay").tBodies[0].replaceChildren(...names.map((name, area) => cells(element("tr"), [
      name, W.pounds(before[area]), W.pounds(after[area]), W.pounds(before[area] - after[area]),
      stable ? W.pounds(charges[area]) : "not known", stable ? W.pounds(before[area] - charges[area]) : "",
    ], "th")));
  }

  function showPrices() {
    const { rates = {}, cameras = {} } = state.prices;
    const current = (slider) => {
      if (slider.key === "years") return territory.years;
      return slider.key === "discount" ? territory.discount : territory.rates[slider.key];
    };
    for (const slider of GIVEN.sliders) {
      const value = current(slider);
      byId(`price-${slider.key}`).value = value;
      byId(`price-${slider.key}-says`).textContent = W.number(value * slider.times, slider.digits) + slider.unit;
    }
    const changed = GIVEN.sliders.filter((slider) => slider.key in rates || (slider.key === "years" && state.prices.years) || (slider.key === "discount" && state.prices.discount !== undefined));
    byId("changed").replaceChildren(
      ...changed.map((slider) => element("li", `${slider.label}: ${W.number(current(slider) * slider.times, slider.digits)}${slider.unit} (scenario: ${W.number(slider.value * slider.times, slider.digits)}${slider.unit})`, "wish")),
      ...Object.entries(cameras).map(([area, cameraCount]) => element("li", `${names[area]}: ${W.count(cameraCount, "camera")} (scenario: ${W.number(GIVEN.counts[area])})`, "wish")),
    );
  }

  function showTray() {
    const table = byId("table-options"), shown = options.map((each) => {
      const plan = planOf(each.groups), base = today();
      each.plan = plan;
      each.spread = RoomCosts.spread(plan.unseen.map((cost, d) => base.unseen[d] - cost));
      return each;
    });
    byId("tray-says").hidden = shown.length > 0;
    table.parentNode.hidden = !shown.length;
    if (!shown.length) { byId("differs").textContent = ""; return; }
    const head = element("tr");
    head.append(element("th", "Figure"));
    head.firstChild.scope = "col";
    shown.forEach((each, place) => {
      const cell = element("th", null, "number"), look = element("button", each.name), gone = element("button", "×");
      cell.scope = "col";
      for (const button of [look, gone]) button.type = "button";
      gone.setAttribute("aria-label", `Take out option ${each.name}`);
      look.addEventListener("click", () => lookAt(each.name, each.groups, "option"));
      gone.addEventListener("click", () => { options.splice(place, 1); show(); Sharedview.remember(); });
      cell.append(look, " ", gone);
      head.append(cell);
    });
    table.tHead.replaceChildren(head);
    const cheapest = Math.min(...shown.map((each) => each.plan.cost));
    table.tBodies[0].replaceChildren(...[
      [POINT ? "Cost as stated" : "Expected cost", (each) => W.millions(each.plan.cost)],
      ["More than the cheapest here", (each) => W.pounds(each.plan.cost - cheapest)],
      ["Saving, 1 draw in 10 below", (each) => W.millions(each.spread.low)],
      ["Saving, middle", (each) => W.millions(each.spread.middle)],
      ["Saving, 1 draw in 10 above", (each) => W.millions(each.spread.high)],
      ["Chance of a saving", (each) => `${W.number(each.spread.chance * 100)}%`],
      ...(territory.given.officers ? [
        ["Expected saving, councils", (each) => W.millions(mean(territory.budgets(each.plan, today()).councils))],
        ["Expected saving, officers’ ways (the Met)", (each) => W.millions(mean(territory.budgets(each.plan, today()).police))],
        ["Expected saving, both", (each) => W.millions(mean(territory.budgets(each.plan, today()).both))],
      ] : []),
      ["Rooms", (each) => W.number(each.plan.count)],
      ["Operators on duty", (each) => W.number(each.plan.posts)],
      ["Boroughs moved", (each) => W.number(each.plan.moved)],
      ["One-off, as stated", (each) => W.millions(each.plan.once)],
      ["Cost a year, as stated", (each) => W.millions(each.plan.perYear)],
      ["Wishes broken", (each) => W.number(Wishes.broken(territory, each.plan, wishesOn()).length)],
    ].map(([label, text]) => cells(element("tr"), [label, ...shown.map(text)], "th")));
    const company = (each, area) => each.groups.find((areas) => areas.includes(area)).join();
    const apart = names.filter((_, area) => new Set(shown.map((each) => company(each, area))).size > 1);
    byId("differs").textContent = shown.length < 2 ? "" : apart.length
      ? `${W.count(apart.length, "borough")} share with others from option to option: ${W.listed(apart)}.` : "These options are the same plan.";
  }

  function showHistory() {
    byId("history").replaceChildren(...history.map((each, place) => {
      const line = element("li"), button = element("button", each.what);
      button.type = "button";
      if (place === at) button.setAttribute("aria-current", "step");
      button.addEventListener("click", () => jump(place));
      line.append(button, element("span", `${each.who ? ` asked for by ${each.who}` : ""}${each.cost ? `, ${W.millions(each.cost)}` : ""}`));
      return line;
    }));
  }

  function fillTargets() {
    const area = Number(byId("move-area").value), plan = planOf(state.plan), select = byId("move-to"), before = select.value;
    const near = GIVEN.territory.neighbours[Object.keys(GIVEN.territory.neighbours)[0]];
    const beside = (areas) => areas.some((each) => near && near[area].includes(each));
    const rooms = plan.rooms.filter((room) => !room.areas.includes(area)).sort((a, b) => Number(beside(b.areas)) - Number(beside(a.areas)));
    select.replaceChildren(
      Object.assign(element("option", "a room of its own"), { value: String(area) }),
      ...rooms.map((room) => Object.assign(
        element("option", `the room in ${names[room.site]} (${WorkshopMap.letter(room.site)})${beside(room.areas) ? "" : ", not next to it"}`), { value: String(room.areas[0]) })),
    );
    if (Array.from(select.options).some((option) => option.value === before)) select.value = before;
  }

  function lookAt(name, groups, kind) {
    act(kind === "option" ? `Looked at option ${name}` : `Looked at the listed plan ${name}`, () => {
      state.plan = sorted(groups);
      state.how = { kind: "listed", name };
    });
    keepState();
    show();
  }

  /* ---- the wish form ---- */
  const FIELDS = {
    together: ["a", "b"], apart: ["a", "b"], keep: ["a"], alone: ["a"], host: ["a"], nohost: ["a"], rooms: ["number"],
    atmost: ["number"], atleast: ["number"], moved: ["number"], capacity: ["number"], size: ["number"], posts: ["number"],
    link: ["number"], contiguity: ["way"], footprint: ["way"],
  };

  function fields() {
    const kind = byId("wish-kind").value, used = FIELDS[kind];
    for (const part of ["a", "b", "number", "way"]) byId(`wish-${part}`).hidden = !used.includes(part);
    if (!used.includes("way")) return;
    const ways = kind === "contiguity"
      ? [...Object.keys(GIVEN.territory.neighbours), "none"].map((way) => [way, W.WAYS[way]])
      : Object.keys(GIVEN.territory.units).map((unit) => [unit, unit === "met_bcu" ? "Met units" : "London Plan sub-regions"]);
    byId("wish-way").replaceChildren(...ways.map(([value, label]) => Object.assign(element("option", label), { value })));
  }

  function wished() {
    const kind = byId("wish-kind").value, a = Number(byId("wish-a").value), b = Number(byId("wish-b").value);
    const amount = Number(byId("wish-number").value), way = byId("wish-way").value;
    if (FIELDS[kind].includes("number") && (byId("wish-number").value === "" || !(amount >= 0))) {
      verdict("Give a number.");
      byId("wish-number").focus();
      return null;
    }
    if (FIELDS[kind].includes("b") && a === b) {
      verdict("Choose two different boroughs.");
      return null;
    }
    const whole = Math.round(amount), areas = [a, b].sort((x, y) => x - y);
    const made = {
      together: () => ({ kind, areas }), apart: () => ({ kind, areas }),
      keep: () => ({ kind: "group", areas: state.plan.find((each) => each.includes(a)) }),
      alone: () => ({ kind: "group", areas: [a] }), host: () => ({ kind, areas: [a] }), nohost: () => ({ kind, areas: [a] }),
      rooms: () => ({ kind: "rooms", low: whole, high: whole }), atmost: () => ({ kind: "rooms", low: null, high: whole }),
      atleast: () => ({ kind: "rooms", low: whole, high: null }), moved: () => ({ kind, most: whole }),
      capacity: () => ({ kind, most: amount }), size: () => ({ kind, most: whole }), posts: () => ({ kind, most: whole }),
      link: () => ({ kind, km: amount }), contiguity: () => ({ kind, way }), footprint: () => ({ kind, way }),
    };
    return made[kind]();
  }

  /* ---- listening ---- */
  function listen() {
    const on = (id, event, action) => byId(id).addEventListener(event, action);
    const submit = (id, action) => on(id, "submit", (event) => { event.preventDefault(); action(); });
    submit("wish-form", () => addWish(wished()));
    on("wish-kind", "change", fields);
    on("solve", "click", () => solve("Best plan under the wishes", () => {}));
    on("from-here", "click", fromHere);
    on("undo", "click", () => jump(at - 1));
    on("redo", "click", () => jump(at + 1));
    on("stop", "click", () => {
      hire();
      asked += 1;
      busy(false);
      if (state.how.kind === "before") state.how = { kind: "open" };
      keepState();
      show();
      verdict("Stopped. The plan on the map is the one before.");
    });
    on("present", "click", () => {
      const shown = document.body.classList.toggle("presenting");
      byId("present").setAttribute("aria-pressed", String(shown));
      window.dispatchEvent(new Event("resize"));
    });
    submit("move-form", () => move(Number(byId("move-area").value), Number(byId("move-to").value)));
    on("move-area", "change", fillTargets);
    on("draggable", "change", (event) => WorkshopMap.draggable(event.target.checked));
    submit("keep-form", () => {
      const name = byId("option-name").value.trim() || `Option ${"ABCD"[options.length] || options.length + 1}`;
      if (options.length === 4) { verdict("Four options are kept already: take one out first."); return; }
      options.push({ name, groups: copy(state.plan) });
      byId("option-name").value = "";
      say(`${name} kept`);
      show();
      Sharedview.remember();
    });
    for (const slider of GIVEN.sliders) {
      const input = byId(`price-${slider.key}`);
      input.addEventListener("input", () => { byId(`price-${slider.key}-says`).textContent = W.number(Number(input.value) * slider.times, slider.digits) + slider.unit; });
      input.addEventListener("change", () => {
        clearTimeout(timer);
        const value = Number(input.value);
        timer = setTimeout(() => setPrice(`${slider.label}: ${W.number(value * slider.times, slider.digits)}${slider.unit}`, (prices) => {
          if (slider.key === "years" || slider.key === "discount") prices[slider.key] = value;
          else prices.rates = { ...(prices.rates || {}), [slider.key]: value };
        }), 80);
      });
    }
    on("count-area", "change", () => { byId("count").value = territory.places.cameras[Number(byId("count-area").value)]; });
    on("set-count", "click", () => {
      const area = Number(byId("count-area").value), value = Number(byId("count").value);
      if (byId("count").value === "" || !(value >= 0)) return;
      setPrice(`${names[area]}: ${W.count(value, "camera")}`, (prices) => { prices.cameras = { ...(prices.cameras || {}), [area]: value }; });
    });
    on("reset-prices", "click", () => setPrice("Prices as in the scenario", (prices) => { for (const key of Object.keys(prices)) delete prices[key]; }));
    on("listed", "change", (event) => {
      const found = GIVEN.listed[event.target.value];
      event.target.value = "";
      if (found) lookAt(found.label, found.groups, "listed");
    });
    on("out-toml", "click", () => WorkshopOut.save("workshop.toml", new Blob([scenario()], { type: "text/plain" })));
    on("out-plans", "click", () => {
      const shown = options.length ? options : [{ name: byId("plan-name").textContent, plan: planOf(state.plan) }];
      Sharedview.saveText({ name: "workshop_options.csv", text: WorkshopOut.plans({ ...GIVEN.territory }, shown) });
    });
    on("out-record", "click", () => Sharedview.saveText({ name: "workshop_record.csv", text: WorkshopOut.record(GIVEN, history) }));
    on("out-map", "click", () => {
      WorkshopMap.picture(byId("plan-name").textContent, `${W.millions(planOf(state.plan).cost)} over ${territory.years} years. Contains OS data © Crown copyright and database right`)
        .toBlob((blob) => WorkshopOut.save("workshop_map.png", blob), "image/png");
    });
    on("out-page", "click", () => window.print());
    const printing = (is) => {
      document.body.classList.toggle("printing", is);
      window.dispatchEvent(new Event("resize"));
    };
    window.addEventListener("beforeprint", () => printing(true));
    window.addEventListener("afterprint", () => printing(false));
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || /INPUT|SELECT|TEXTAREA/.test(event.target.tagName)) return;
      if (event.key === "z" && !event.shiftKey) { event.preventDefault(); jump(at - 1); }
      if (event.key === "y" || (event.key === "z" && event.shiftKey)) { event.preventDefault(); jump(at + 1); }
    });
  }

  const scenario = () => WorkshopOut.toml({ ...GIVEN, codes: GIVEN.territory.codes, names }, wishesOn(), state.prices, territory);

  /* ---- the address: wishes, prices, plan and options ---- */
  const spell = (groups) => {
    const room = [];
    groups.forEach((areas, place) => areas.forEach((area) => { room[area] = place.toString(36); }));
    return room.join(".");
  };
  const read = (text) => {
    const groups = new Map();
    text.split(".").forEach((room, area) => { groups.set(room, [...(groups.get(room) || []), area]); });
    return sorted([...groups.values()]);
  };
  const isStart = () => at <= 0 && !options.length;

  function address(found) {
    if (!ready) { if (pending) found.set("workshop", pending); return; }
    if (isStart()) return;
    found.set("workshop", JSON.stringify({
      w: state.wishes, p: state.prices, g: spell(state.plan), h: state.how, t: state.touched || [],
      o: options.map((each) => [each.name, spell(each.groups)]),
    }));
  }

  function apply(text) {
    try {
      const held = JSON.parse(text), plan = read(held.g);
      if (plan.flat().length !== territory.n) return;
      state = { wishes: held.w, prices: held.p, plan, how: held.h, touched: held.t };
      options = held.o.map(([name, groups]) => ({ name, groups: read(groups) }));
      next = 1 + Math.max(0, ...held.w.map((wish) => Number(wish.id.slice(1)) || 0));
      // Whoever sends a link may claim a proof: it is made anew.
      if (state.how.kind === "solved") state.how = { kind: "before" };
      history = [{ what: "Opened from a link", who: "", state: copy(state) }];
      at = 0;
      reprice();
    } catch { say("The link does not hold a plan of this page"); }
  }

  function begin() {
    state = { wishes: copy(GIVEN.wishes), prices: {}, plan: sorted(GIVEN.plan), how: copy(GIVEN.how), touched: [] };
    history = [{ what: "Opened", who: "", state: copy(state) }];
    at = 0;
    if (pending) apply(pending);
    pending = null;
    ready = true;
    hire();
    keepState();
    show();
    ask(state.how.kind === "before");
    document.documentElement.dataset.costed = Math.round(performance.now());
  }

  Sharedview.extend({
    start(panes) {
      WorkshopMap.open(panes.get("main"), GIVEN.map, move);
      WorkshopMap.draggable(true);
      fields();
      listen();
      byId("count").value = territory.places.cameras[0];
      byId("wish-b").selectedIndex = Math.min(1, territory.n - 1);
      document.documentElement.style.setProperty("--desk", `${document.querySelector(".desk").offsetHeight}px`);
      setTimeout(begin, 0);
    },
    describe(place) {
      const area = GIVEN.map.places.indexOf(place);
      if (!ready || area < 0) return [];
      byId("move-area").value = String(area);
      byId("wish-a").value = String(area);
      fillTargets();
      const room = planOf(state.plan).rooms.find((each) => each.areas.includes(area)), text = element("p");
      const others = room.areas.filter((each) => each !== area).map((each) => names[each]);
      text.append("Watched from ", element("strong", room.site === area ? "its own room" : names[room.site]),
        others.length ? `, together with ${W.listed(others)}.` : ", on its own.");
      return [text];
    },
    address,
    restore(found) {
      if (!found.has("workshop")) return;
      if (!ready) { pending = found.get("workshop"); return; }
    },
  });
  return { state: () => state, scenario, territory };
})();
