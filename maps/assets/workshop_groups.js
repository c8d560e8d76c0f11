"use strict";
/* Every group of areas that the limits allow, each once, with its cost: the table that plans are
   chosen from. A group is two whole numbers of 32 bits, so there are at most 64 areas. */
const GroupTable = (() => {
  const MOST = 40000; // groups that are costed in every draw while somebody waits
  const VISITS = 5;
  const bitOf = (i) => (i < 32 ? [1 << i, 0] : [0, 1 << (i - 32)]);

  class TooMany extends Error {}

  function masks(lists) {
    return lists.map((list) => list.reduce(([a, b], i) => {
      const [lo, hi] = bitOf(i);
      return [a | lo, b | hi];
    }, [0, 0]));
  }

  /* Lists the groups: grown from their first area by one neighbour at a time, as Python does. */
  function list(territory, limits, upTo = MOST) {
    const { n, places } = territory, { cameras, km } = places, given = territory.given;
    if (n > 64) throw new TooMany();
    const everyone = Array.from({ length: n }, (_, i) => i);
    const near = limits.contiguity === "none"
      ? everyone.map((i) => everyone.filter((j) => j !== i)) : given.neighbours[limits.contiguity];
    const next = masks(near);
    const most = limits.max_link_km === null ? Infinity : limits.max_link_km + 1e-9;
    const reach = masks(everyone.map((i) =>
      everyone.filter((j) => km[i * n + j] <= most && !limits.forbidden_rooms.includes(j))));
    const unit = limits.footprint && given.units[limits.footprint];
    const apart = masks(everyone.map((i) => everyone.filter((j) =>
      (i !== j && limits.fixed_rooms.includes(i) && limits.fixed_rooms.includes(j)) || (unit && unit[i] !== unit[j]))));
    const posts = limits.capacity_posts === null ? Infinity : limits.capacity_posts * territory.rates.cameras_per_operator;
    const capacity = Math.min(territory.capacity(limits), posts);
    const room = Number.isFinite(capacity) ? capacity + 1e-9 * Math.max(1, Math.abs(capacity)) : capacity;
    const largest = limits.max_group_size === null ? n : limits.max_group_size;
    const lows = [], highs = [];
    let visits = VISITS * upTo;
    for (let first = 0; first < n; first += 1) {
      if (cameras[first] > room) continue;
      const [lo, hi] = bitOf(first);
      const outLo = apart[first][0] | (first < 32 ? lo | (lo - 1) : -1);
      const outHi = apart[first][1] | (first < 32 ? 0 : hi | (hi - 1));
      const stack = [[lo, hi, next[first][0] & ~outLo, next[first][1] & ~outHi, outLo, outHi, cameras[first], 1, ...reach[first]]];
      while (stack.length) {
        let [inLo, inHi, canLo, canHi, noLo, noHi, load, size, siteLo, siteHi] = stack.pop();
        visits -= 1;
        lows.push(inLo);
        highs.push(inHi);
        if (lows.length > upTo || visits < 0) throw new TooMany();
        if (size === largest) continue;
        while (canLo || canHi) {
          const area = canLo ? 31 - Math.clz32(canLo & -canLo) : 63 - Math.clz32(canHi & -canHi);
          const [bitLo, bitHi] = bitOf(area);
          canLo &= ~bitLo; canHi &= ~bitHi; noLo |= bitLo; noHi |= bitHi;
          const more = load + cameras[area];
          const sLo = siteLo & reach[area][0], sHi = siteHi & reach[area][1];
          if (more > room || !(sLo || sHi)) continue;
          const xLo = noLo | apart[area][0], xHi = noHi | apart[area][1];
          stack.push([
            inLo | bitLo, inHi | bitHi,
            (canLo | next[area][0]) & ~xLo & ~inLo, (canHi | next[area][1]) & ~xHi & ~inHi,
            xLo, xHi, more, size + 1, sLo, sHi,
          ]);
        }
      }
    }
    return { lows, highs };
  }

  function areasOf(lo, hi, n) {
    const areas = [];
    for (let i = 0; i < n; i += 1) if (((i < 32 ? lo >>> i : hi >>> (i - 32)) & 1) === 1) areas.push(i);
    return areas;
  }

  /* Groups that the limits allow, each with its cost by the scenario's objective. */
  function costed(territory, masksOfGroups, limits, { known = new Map(), progress = () => {} } = {}) {
    const groups = [], capacity = territory.capacity(limits), point = territory.given.kind === "point";
    for (const [lo, hi] of masksOfGroups) {
      const areas = areasOf(lo, hi, territory.n), sites = territory.sites(areas, limits);
      if (!sites.length) continue;
      const stated = territory.cost(territory.stated, areas, sites);
      if (limits.capacity_posts !== null && stated.posts > limits.capacity_posts) continue;
      groups.push({ lo, hi, areas, sites, stated });
    }
    if (!point) drawnCosts(territory, groups, { capacity, known, progress });
    const most = territory.given.most_overflow_share;
    return point || most >= 1 ? groups : groups.filter((group) => group.overflow <= most + 1e-12);
  }

  const table = (territory, groups) => new Table(territory, groups, territory.given.kind === "point");

  /* The table of the limits: members, sites, and the cost by the scenario's objective. */
  function make(territory, limits, options = {}) {
    const { lows, highs } = list(territory, limits);
    return table(territory, costed(territory, lows.map((lo, g) => [lo, highs[g]]), limits, options));
  }

  /* Mean cost over the draws that choose, each group at its site of least mean cost and as it would be
     built. A group is costed at each of its areas, once under the same prices and capacity: wishes
     about sites then only choose among them. */
  function drawnCosts(territory, groups, { capacity, known, progress }) {
    const draws = territory.draws("chosen"), { once, before } = territory.pace;
    for (const group of groups) group.key = `${group.lo} ${group.hi} ${capacity}`;
    const waiting = groups.filter((group) => !known.has(group.key));
    if (waiting.length) everySite(territory, waiting, { capacity, known, progress });
    for (const group of groups) {
      const { totals, today, excess, over } = known.get(group.key);
      let least = Infinity;
      for (const site of group.sites) {
        const total = totals[group.areas.indexOf(site)];
        if (total < least) { least = total; group.site = site; }
      }
      const extra = territory.kept(group.areas, group.site) ? 0 : excess;
      group.mean = (once * (least + extra) + before * today) / draws.length;
      group.overflow = over / draws.length;
    }
  }

  /* Sums over the draws of what groups cost at each of their areas. */
  function everySite(territory, groups, { capacity, known, progress }) {
    const starts = new Int32Array(groups.length + 1), areas = [], changes = [];
    const excess = new Float64Array(groups.length), over = new Int32Array(groups.length);
    groups.forEach((group, g) => {
      for (const area of group.areas) {
        areas.push(area);
        changes.push(territory.changes(group.areas, 0, group.areas.length, area) ? 1 : 0);
      }
      starts[g + 1] = areas.length;
    });
    const each = Int32Array.from(areas), total = new Float64Array(areas.length);
    const batch = {
      areas: each, changes: Uint8Array.from(changes), starts,
      staffed: Uint8Array.from(groups, (group) => (group.stated.staffed ? 1 : 0)),
    };
    const { n } = territory, { table, room, change, running } = territory.linear(), draws = territory.draws("chosen");
    for (let g = 0; g < groups.length; g += 1) {
      for (let p = starts[g]; p < starts[g + 1]; p += 1) {
        const site = each[p];
        for (let q = starts[g]; q < starts[g + 1]; q += 1) total[p] += table[site * n + each[q]];
        if (batch.staffed[g]) total[p] += room[site];
        if (changes[p]) total[p] += change[site];
      }
    }
    draws.forEach((pricing, d) => {
      if (d % 20 === 0) progress(d / draws.length);
      pricing.addWhole(batch, capacity, { total, excess, over });
    });
    groups.forEach((group, g) => {
      let today = 0;
      for (const area of group.areas) today += running[area];
      known.set(group.key, { totals: total.subarray(starts[g], starts[g + 1]), today, excess: excess[g], over: over[g] });
    });
  }

  /* Columns of the choice. */
  class Table {
    constructor(territory, groups, point) {
      this.n = territory.n;
      this.territory = territory;
      this.groups = groups;
      this.point = point;
      const m = groups.length;
      this.lo = Int32Array.from(groups, (group) => group.lo);
      this.hi = Int32Array.from(groups, (group) => group.hi);
      this.cost = Float64Array.from(groups, (group) => (point ? group.stated.npv : group.mean));
      this.counted = Int32Array.from(groups, (group) => (group.stated.staffed ? 1 : 0));
      this.posts = Int32Array.from(groups, (group) => group.stated.posts);
      this.moved = Int32Array.from(groups, (group) =>
        territory.moved(group.areas, 0, group.areas.length, group.site === undefined ? group.stated.site : group.site));
      this.starts = new Int32Array(m + 1);
      groups.forEach((group, g) => { this.starts[g + 1] = this.starts[g] + group.areas.length; });
      this.members = Int32Array.from(groups.flatMap((group) => group.areas));
    }

  }

  /* Rows of a table or list that the wishes about boroughs leave. */
  function rowsOf({ lo: los, hi: his }, wishes) {
    const pairs = (kind) => wishes.filter((wish) => wish.kind === kind).map((wish) => masks(wish.areas.map((i) => [i])));
    const together = pairs("together"), apart = pairs("apart");
    const kept = wishes.filter((wish) => wish.kind === "group").map((wish) => masks([wish.areas])[0]);
    const inside = (g, [lo, hi]) => (los[g] & lo) !== 0 || (his[g] & hi) !== 0;
    const rows = [];
    for (let g = 0; g < los.length; g += 1) {
      if (together.some((areas) => areas.some((one) => inside(g, one) !== inside(g, areas[0])))) continue;
      if (apart.some(([one, two]) => inside(g, one) && inside(g, two))) continue;
      if (kept.some(([lo, hi]) => inside(g, [lo, hi]) && !(los[g] === lo && his[g] === hi))) continue;
      rows.push(g);
    }
    return Int32Array.from(rows);
  }

  return { make, list, costed, table, rowsOf, areasOf, TooMany, MOST };
})();
if (typeof module !== "undefined") module.exports = GroupTable;
