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
  function list(territory, limits) {
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
    let visits = VISITS * MOST;
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
        if (lows.length > MOST || visits < 0) throw new TooMany();
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

  /* The table of the limits: members, sites, and the cost by the scenario's objective. */
  function make(territory, limits, { known = new Map(), progress = () => {} } = {}) {
    const { lows, highs } = list(territory, limits), n = territory.n;
    const groups = [], capacity = territory.capacity(limits);
    for (let g = 0; g < lows.length; g += 1) {
      const areas = [];
      for (let i = 0; i < n; i += 1) if (((i < 32 ? lows[g] >>> i : highs[g] >>> (i - 32)) & 1) === 1) areas.push(i);
      const sites = territory.sites(areas, limits);
      if (!sites.length) continue;
      const stated = territory.cost(territory.stated, areas, sites);
      if (limits.capacity_posts !== null && stated.posts > limits.capacity_posts) continue;
      groups.push({ lo: lows[g], hi: highs[g], areas, sites, stated });
    }
    const point = territory.given.kind === "point";
    if (!point) drawnCosts(territory, groups, { capacity, known, progress });
    const most = territory.given.most_overflow_share;
    const kept = point || most >= 1 ? groups : groups.filter((group) => group.overflow <= most + 1e-12);
    return new Table(territory, kept, point);
  }

  /* Mean cost over the draws that choose, each group at its site of least mean cost and as it would be
     built. What was worked out before under the same prices is taken from there. */
  function drawnCosts(territory, groups, { capacity, known, progress }) {
    const waiting = [];
    for (const group of groups) {
      group.key = `${group.lo} ${group.hi} ${group.sites.length === group.areas.length ? "" : group.sites} ${capacity}`;
      const before = known.get(group.key);
      if (before) [group.mean, group.overflow, group.site] = before;
      else waiting.push(group);
    }
    if (!waiting.length) return;
    const starts = new Int32Array(waiting.length + 1), siteStarts = new Int32Array(waiting.length + 1);
    const areas = [], sites = [], changes = [];
    const excess = new Float64Array(waiting.length), over = new Int32Array(waiting.length);
    waiting.forEach((group, g) => {
      for (const area of group.areas) areas.push(area);
      starts[g + 1] = areas.length;
      for (const site of group.sites) {
        sites.push(site);
        changes.push(territory.changes(group.areas, 0, group.areas.length, site) ? 1 : 0);
      }
      siteStarts[g + 1] = sites.length;
    });
    const batch = {
      areas: Int32Array.from(areas), sites: Int32Array.from(sites), changes: Uint8Array.from(changes), starts, siteStarts,
      staffed: Uint8Array.from(waiting, (group) => (group.stated.staffed ? 1 : 0)),
    };
    const draws = territory.draws("chosen"), total = new Float64Array(sites.length), running = new Float64Array(territory.n);
    draws.forEach((pricing, d) => {
      if (d % 20 === 0) progress(d / draws.length);
      pricing.add(batch, capacity, { total, excess, over });
      pricing.running.forEach((cost, area) => { running[area] += cost; });
    });
    const { once, before } = territory.pace;
    waiting.forEach((group, g) => {
      let best = siteStarts[g], today = 0;
      for (let p = best + 1; p < siteStarts[g + 1]; p += 1) if (total[p] < total[best]) best = p;
      for (const area of group.areas) today += running[area];
      group.site = sites[best];
      const extra = territory.kept(group.areas, group.site) ? 0 : excess[g];
      group.mean = (once * (total[best] + extra) + before * today) / draws.length;
      group.overflow = over[g] / draws.length;
      known.set(group.key, [group.mean, group.overflow, group.site]);
    });
  }

  /* Columns of the choice. `only` keeps some rows. */
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

    /* Rows that the wishes about boroughs leave. */
    rows(wishes) {
      const pairs = (kind) => wishes.filter((wish) => wish.kind === kind).map((wish) => masks(wish.areas.map((i) => [i])));
      const together = pairs("together"), apart = pairs("apart");
      const kept = wishes.filter((wish) => wish.kind === "group").map((wish) => masks([wish.areas])[0]);
      const inside = (g, [lo, hi]) => (this.lo[g] & lo) !== 0 || (this.hi[g] & hi) !== 0;
      const rows = [];
      for (let g = 0; g < this.lo.length; g += 1) {
        if (together.some((areas) => areas.some((one) => inside(g, one) !== inside(g, areas[0])))) continue;
        if (apart.some(([one, two]) => inside(g, one) && inside(g, two))) continue;
        if (kept.some(([lo, hi]) => inside(g, [lo, hi]) && !(this.lo[g] === lo && this.hi[g] === hi))) continue;
        rows.push(g);
      }
      return Int32Array.from(rows);
    }
  }

  return { make, TooMany, MOST };
})();
if (typeof module !== "undefined") module.exports = GroupTable;
