"use strict";
/* Wishes, what they allow, the best plan under them, what each costs, and which contradict each other.
   Runs in the page and in its worker. A wish: { id, kind, areas | most | low, high | km | way, on, own }. */
const Wishes = (() => {
  const NONE = {
    contiguity: "none", capacity_cameras: null, capacity_share: null, capacity_posts: null, max_group_size: null,
    max_link_km: null, footprint: null, fixed_rooms: [], forbidden_rooms: [],
  };

  /* The limits on groups and sites that some wishes come to. */
  function limits(wishes) {
    const found = { ...NONE, fixed_rooms: [], forbidden_rooms: [] };
    const least = (key, value) => { found[key] = found[key] === null ? value : Math.min(found[key], value); };
    for (const wish of wishes) {
      if (wish.kind === "capacity") least("capacity_cameras", wish.most);
      if (wish.kind === "share") least("capacity_share", wish.most);
      if (wish.kind === "size") least("max_group_size", wish.most);
      if (wish.kind === "posts") least("capacity_posts", wish.most);
      if (wish.kind === "link") least("max_link_km", wish.km);
      if (wish.kind === "contiguity") found.contiguity = wish.way;
      if (wish.kind === "footprint") found.footprint = wish.way;
      if (wish.kind === "host") found.fixed_rooms.push(...wish.areas);
      if (wish.kind === "nohost") found.forbidden_rooms.push(...wish.areas);
    }
    for (const key of ["fixed_rooms", "forbidden_rooms"]) found[key] = [...new Set(found[key])].sort((a, b) => a - b);
    return found;
  }

  function sums(wishes) {
    let [low, high, moved] = [null, null, null];
    for (const wish of wishes) {
      if (wish.kind === "rooms") {
        if (wish.low !== null) low = Math.max(low === null ? wish.low : low, wish.low);
        if (wish.high !== null) high = Math.min(high === null ? wish.high : high, wish.high);
      }
      if (wish.kind === "moved") moved = moved === null ? wish.most : Math.min(moved, wish.most);
    }
    return { rooms: [low, high], moved };
  }

  /* Whether wishes contradict each other whatever groups there are: seen without a list of them. */
  function contradict(territory, wishes) {
    const of = (kind) => wishes.filter((wish) => wish.kind === kind).map((wish) => wish.areas);
    const root = Array.from({ length: territory.n }, (_, area) => area);
    const find = (area) => (root[area] === area ? area : find(root[area]));
    for (const [one, ...others] of [...of("together"), ...of("group")]) {
      for (const other of others) root[find(other)] = find(one);
    }
    if (of("apart").some(([one, two]) => find(one) === find(two))) return true;
    const hosts = [...new Set(of("host").flat())], barred = new Set(of("nohost").flat());
    if (hosts.some((host) => barred.has(host)) || new Set(hosts.map(find)).size < hosts.length) return true;
    // A room by itself holds all that any wish joins to it, and nobody else.
    if (of("group").some((areas) => root.some((_, area) => find(area) === find(areas[0]) && !areas.includes(area)))) return true;
    const { rooms: [low, high] } = sums(wishes), limit = limits(wishes);
    if (high === null) return false;
    if (low !== null && low > high) return true;
    // So many rooms at most have so many places for boroughs and cameras that somebody watches.
    const { monitored, cameras } = territory.places;
    let areas = 0, load = 0;
    monitored.forEach((is, area) => { if (is) { areas += 1; load += cameras[area]; } });
    const posts = limit.capacity_posts === null ? Infinity : limit.capacity_posts * territory.rates.cameras_per_operator;
    const capacity = Math.min(territory.capacity(limit), posts) * (1 + 1e-9);
    return (limit.max_group_size !== null && high * limit.max_group_size < areas) || high * capacity < load;
  }

  const REJOINED = 12; // tables that are kept
  const RELISTED = 2; // long lists that are kept

  /* Answers questions on one territory; keeps tables and costs that can serve again. */
  class Desk {
    constructor(territory) {
      this.territory = territory;
      this.forget();
    }

    forget() {
      this.known = new Map();
      this.tables = new Map();
      this.lists = new Map();
    }

    reprice(prices) {
      const before = JSON.stringify(this.territory.prices), now = JSON.stringify(prices);
      if (before === now) return;
      this.territory.reprice(prices);
      this.forget();
    }

    table(wishes, progress) {
      const asked = limits(wishes), key = JSON.stringify(asked);
      if (!this.tables.has(key)) {
        let table = null;
        try {
          table = GroupTable.make(this.territory, asked, { known: this.known, progress });
        } catch (error) {
          if (!(error instanceof GroupTable.TooMany)) throw error;
        }
        if (this.tables.size >= REJOINED) this.tables.delete(this.tables.keys().next().value);
        this.tables.set(key, table);
      }
      return this.tables.get(key);
    }

    /* Best plan under wishes: status solved, none, many (too many groups) or open (search ended early). */
    answer(wishes, { progress, any = false } = {}) {
      if (contradict(this.territory, wishes)) return { status: "none", nodes: 0 };
      const table = this.table(wishes, progress);
      if (!table) return { status: "many" };
      const rows = GroupTable.rowsOf(table, wishes), found = PlanSolver.solve(table, rows, { ...sums(wishes), any });
      if (!found.plan) return { status: found.proved ? "none" : "open", nodes: found.nodes };
      return {
        status: found.proved || any ? "solved" : "open", cost: found.cost, bound: found.bound, nodes: found.nodes,
        groups: found.plan.map((g) => table.groups[g].areas), considered: rows.length,
        // A charge that no group can better by leaving needs plans free in number and moves.
        charges: sums(wishes).rooms.every((end) => end === null) && sums(wishes).moved === null ? Array.from(found.prices) : null,
      };
    }

    /* The same where there are too many groups to cost them all: bounds first. `most` is a cost that
       some plan under the wishes is known to have; `pause` lets a newer question in. */
    async answerMany(wishes, { most, pause, progress = () => {} }) {
      if (this.territory.given.kind === "point" || this.territory.n > 64) return { status: "many" };
      const asked = limits(wishes), key = JSON.stringify(asked);
      if (!this.lists.has(key)) {
        const list = await GroupScreen.bounded(this.territory, asked, { pause, progress });
        if (this.lists.size >= RELISTED) this.lists.delete(this.lists.keys().next().value);
        this.lists.set(key, list);
      }
      const list = this.lists.get(key);
      if (!list) return { status: "many" };
      return GroupScreen.solve(this.territory, list, wishes, { limits: asked, asked: sums(wishes), known: this.known, most, pause });
    }

    mayHavePlan(wishes) {
      const found = this.answer(wishes, { any: true });
      return found.status !== "none";
    }

    /* A smallest set of wishes that cannot all hold: without any one of them there is a plan. What
       the scenario started with is left out first, so that it does not stand in for the room's wishes. */
    conflict(wishes) {
      let kept = wishes.slice();
      const asked = kept.filter((wish) => !wish.own);
      if (asked.length < kept.length && asked.length && !this.mayHavePlan(asked)) kept = asked;
      for (const wish of kept.slice().reverse()) {
        const others = kept.filter((each) => each !== wish);
        if (!this.mayHavePlan(others)) kept = others;
      }
      return kept.map((wish) => wish.id);
    }
  }

  /* The wishes that a plan breaks. */
  function broken(territory, plan, wishes) {
    const room = new Map();
    plan.rooms.forEach((each) => each.areas.forEach((area) => room.set(area, each)));
    const near = (way) => territory.given.neighbours[way];
    const whole = (areas, way) => {
      if (way === "none" || !near(way)) return true;
      const seen = new Set([areas[0]]), waiting = [areas[0]];
      while (waiting.length) {
        for (const next of near(way)[waiting.pop()]) {
          if (areas.includes(next) && !seen.has(next)) { seen.add(next); waiting.push(next); }
        }
      }
      return seen.size === areas.length;
    };
    const every = (test) => plan.rooms.every(test);
    const tests = {
      together: (wish) => wish.areas.every((area) => room.get(area) === room.get(wish.areas[0])),
      apart: ({ areas: [one, two] }) => room.get(one) !== room.get(two),
      group: (wish) => room.get(wish.areas[0]).areas.join() === wish.areas.join(),
      host: (wish) => wish.areas.every((area) => room.get(area).site === area),
      nohost: (wish) => wish.areas.every((area) => !plan.rooms.some((each) => each.site === area)),
      rooms: ({ low, high }) => (low === null || plan.count >= low) && (high === null || plan.count <= high),
      moved: ({ most }) => plan.moved <= most,
      capacity: ({ most }) => every((each) => each.cameras <= most * (1 + 1e-9)),
      share: ({ most }) => every((each) => each.cameras <= most * territory.total * (1 + 1e-9)),
      size: ({ most }) => every((each) => each.areas.length <= most),
      posts: ({ most }) => every((each) => each.posts <= most),
      link: ({ km }) => every((each) => each.areas.every((area) =>
        area === each.site || territory.places.km[area * territory.n + each.site] <= km + 1e-9)),
      contiguity: ({ way }) => every((each) => whole(each.areas, way)),
      footprint: ({ way }) => every((each) => new Set(each.areas.map((area) => territory.given.units[way][area])).size === 1),
    };
    return wishes.filter((wish) => !tests[wish.kind](wish));
  }

  return { limits, sums, Desk, broken };
})();

/* The worker: answers the newest question, then prices its wishes one by one until a newer comes. */
if (typeof document === "undefined" && typeof self !== "undefined" && typeof postMessage === "function") {
  let desk = null, newest = 0;
  class Newer extends Error {}
  const breathe = () => new Promise((done) => { setTimeout(done, 0); });
  const reply = async ({ id, prices, wishes }) => {
    const pause = async () => {
      await breathe();
      if (id !== newest) throw new Newer();
    };
    await pause();
    desk.reprice(prices);
    const progress = (share) => postMessage({ id, kind: "progress", share });
    let found = desk.answer(wishes, { progress });
    if (found.status === "many") found = await desk.answerMany(wishes, { pause, progress });
    postMessage({ id, kind: "answer", found });
    if (found.status === "none") {
      await pause();
      postMessage({ id, kind: "conflict", wishes: desk.conflict(wishes) });
    }
    if (found.status !== "solved") return;
    const price = (wish, free) => postMessage({
      id, kind: "price", wish: wish.id, status: free.status, price: free.status === "solved" ? Math.max(0, found.cost - free.cost) : null,
    });
    const slow = [];
    for (const wish of wishes) {
      await pause();
      const free = desk.answer(wishes.filter((each) => each !== wish));
      if (free.status === "many") slow.push(wish);
      else price(wish, free);
    }
    for (const wish of slow) price(wish, await desk.answerMany(wishes.filter((each) => each !== wish), { most: found.cost, pause }));
    postMessage({ id, kind: "priced" });
  };
  self.onmessage = ({ data }) => {
    if (data.kind === "open") {
      desk = new Wishes.Desk(new RoomCosts.Territory(WorkshopData.territory(data.territory)));
      return;
    }
    newest = data.id;
    reply(data).catch((error) => { if (!(error instanceof Newer)) throw error; });
  };
}
