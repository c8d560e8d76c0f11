"use strict";
/* The best plan among more groups than can be costed one by one. Every group gets a lower bound of its
   mean cost first; a linear programme over the bounds leaves few groups that a best plan can hold, and
   only those are costed in every draw. What is left out cannot be in any plan as cheap as the one found. */
const GroupScreen = (() => {
  const LISTED = 1500000; // groups that are bounded
  const COSTED = 40000; // groups that are costed in every draw
  const FIRST = 4000; // of the smallest reduced cost, to find a good plan among
  const PORTION = 10000; // groups between two looks at what else is asked
  const COLUMNS = 3000; // that enter the linear programme at once
  const POUND = 1;
  const TINY = 1e-7;
  const ROUNDING = 0.01; // pounds that sums of this many numbers may be off

  /* Means over the draws of all that is linear in a group's areas, and each draw's operators. */
  class Means {
    constructor(territory) {
      const { n } = territory, draws = territory.draws("chosen"), D = draws.length;
      this.n = n;
      this.draws = draws;
      this.territory = territory;
      const zeros = (size) => new Float64Array(size);
      const form = (parts) => {
        const mean = { room: zeros(n), change: zeros(n), table: zeros(n * n), post: Array.from({ length: n }, () => zeros(D)), uniform: true };
        draws.forEach((pricing, d) => {
          const { room, change, post, part } = parts(pricing);
          for (let j = 0; j < n; j += 1) {
            mean.room[j] += room[j] / D;
            mean.change[j] += change[j] / D;
            mean.post[j][d] = post[j] / D;
            if (post[j] !== post[0]) mean.uniform = false;
            for (let i = 0; i < n; i += 1) mean.table[j * n + i] += part(i, j) / D;
          }
        });
        return mean;
      };
      this.main = form((pricing) => ({ ...pricing, part: (i, j) => pricing.table[j * n + i], room: pricing.room, change: pricing.change, post: pricing.post }));
      // The mean of the largest is no less than the largest of the means; an amount of a room is not negative.
      this.largest = [];
      draws[0].others.forEach((other, place) => {
        if (!other.largest) return;
        this.largest.push(other.largest.map((_, k) => form((pricing) => {
          const each = pricing.others[place].largest[k];
          return { ...each, part: (i, j) => (each.area ? each.area[i] : 0) + (each.member ? each.member(i, j) : 0) };
        })));
      });
      this.counts = Array.from({ length: n }, (_, i) => Float64Array.from(draws, (pricing) => pricing.places.cameras[i]));
      this.running = zeros(n);
      for (const pricing of draws) pricing.running.forEach((cost, i) => { this.running[i] += cost / D; });
      this.posts = zeros(D);
      this.load = zeros(D);
    }

    /* No site of a group has a smaller mean cost. */
    bound(areas, sites) {
      const { n, territory, draws, posts, load } = this, D = draws.length, { once, before } = territory.pace;
      const staffed = territory.watched(areas, 0, areas.length);
      posts.fill(0);
      if (staffed) {
        load.fill(0);
        for (const area of areas) {
          const counts = this.counts[area];
          for (let d = 0; d < D; d += 1) load[d] += counts[d];
        }
        for (let d = 0; d < D; d += 1) posts[d] = CostTerms.posts(load[d], draws[d].rate);
      }
      const dot = (values) => {
        let total = 0;
        for (let d = 0; d < D; d += 1) total += posts[d] * values[d];
        return total;
      };
      const at = (form, j, changes, post) => {
        let value = post;
        for (const area of areas) value += form.table[j * n + area];
        if (staffed) value += form.room[j];
        if (changes) value += form.change[j];
        return value;
      };
      const same = this.largest.map((forms) => forms.map((form) => (staffed && form.uniform ? dot(form.post[0]) : 0)));
      let least = Infinity;
      for (const j of sites) {
        const changes = territory.changes(areas, 0, areas.length, j);
        let value = at(this.main, j, changes, staffed ? dot(this.main.post[j]) : 0);
        this.largest.forEach((forms, place) => {
          let most = 0;
          forms.forEach((form, k) => {
            const post = form.uniform || !staffed ? same[place][k] : dot(form.post[j]);
            most = Math.max(most, at(form, j, changes, post));
          });
          value += most;
        });
        if (value < least) least = value;
      }
      let today = 0;
      for (const area of areas) today += this.running[area];
      return once * least + before * today - ROUNDING;
    }
  }

  /* Lists and bounds the groups of the limits; null where there are too many even for that. */
  async function bounded(territory, limits, { pause, progress }) {
    let found;
    try {
      found = GroupTable.list(territory, limits, LISTED);
    } catch (error) {
      if (error instanceof GroupTable.TooMany) return null;
      throw error;
    }
    const means = new Means(territory), { n } = territory, m = found.lows.length;
    const lo = [], hi = [], cost = [], counted = [], moved = [], starts = [0], members = [];
    for (let g = 0; g < m; g += 1) {
      if (g % PORTION === 0) {
        progress(g / m);
        await pause();
      }
      const areas = GroupTable.areasOf(found.lows[g], found.highs[g], n), sites = territory.sites(areas, limits);
      if (!sites.length) continue;
      lo.push(found.lows[g]);
      hi.push(found.highs[g]);
      cost.push(means.bound(areas, sites));
      counted.push(territory.watched(areas, 0, areas.length) ? 1 : 0);
      moved.push(Math.min(...sites.map((site) => territory.moved(areas, 0, areas.length, site))));
      for (const area of areas) members.push(area);
      starts.push(members.length);
    }
    return {
      n, lo: Int32Array.from(lo), hi: Int32Array.from(hi), cost: Float64Array.from(cost), counted: Int32Array.from(counted),
      moved: Int32Array.from(moved), starts: Int32Array.from(starts), members: Int32Array.from(members),
    };
  }

  /* Reduced costs of all rows at prices that are best for the bounds, by generating columns. */
  async function priced(list, rows, asked, pause) {
    const sides = PlanSolver.sides(list, asked), rc = new Float64Array(rows.length), { n } = list;
    const inside = new Uint8Array(rows.length), columns = [];
    const add = (places) => places.forEach((j) => { if (!inside[j]) { inside[j] = 1; columns.push(j); } });
    const cheap = (values, count) => {
      const order = Int32Array.from(values.keys());
      if (order.length <= count) return Array.from(order);
      const level = Float64Array.from(values).sort()[count];
      return Array.from(order.filter((j) => values[j] <= level)).slice(0, 2 * count);
    };
    // Begin with groups that cost little for each area they hold, and a few for every area.
    const share = Float64Array.from(rows, (g) => list.cost[g] / (list.starts[g + 1] - list.starts[g]));
    add(cheap(share, COLUMNS));
    const kept = new Int32Array(n);
    for (let j = 0; j < rows.length; j += 1) {
      const g = rows[j];
      for (let t = list.starts[g]; t < list.starts[g + 1]; t += 1) {
        if (kept[list.members[t]] < 60) { kept[list.members[t]] += 1; add([j]); }
      }
    }
    for (;;) {
      await pause();
      const dual = PlanSolver.programme(list, Int32Array.from(columns, (j) => rows[j]), sides, list.cost);
      const level = dual.feasible ? -POUND : -TINY; // without a plan the prices say which groups could make one
      let low = 0;
      const negative = [];
      for (let j = 0; j < rows.length; j += 1) {
        const g = rows[j];
        let z = dual.feasible ? list.cost[g] : 0;
        for (let t = list.starts[g]; t < list.starts[g + 1]; t += 1) z -= dual.prices[list.members[t]];
        sides.forEach((side, s) => { z -= dual.sidePrices[s] * side.values[g]; });
        rc[j] = z;
        if (z < level && !inside[j]) negative.push(j);
        if (z < low) low = z;
      }
      if (!negative.length && !dual.feasible) return null;
      if (!negative.length) {
        for (let j = 0; j < rows.length; j += 1) rc[j] -= low;
        return { rc, value: dual.base + n * low };
      }
      const values = Float64Array.from(negative, (j) => rc[j]);
      add(cheap(values, COLUMNS).map((place) => negative[place]));
    }
  }

  /* The best plan, proved, of a list of bounded groups; `most` is a cost that some plan is known to have. */
  async function solve(territory, list, wishes, { limits, asked, known, most = Infinity, pause }) {
    const rows = GroupTable.rowsOf(list, wishes);
    const found = await priced(list, rows, asked, pause);
    if (!found) return { status: "none", nodes: 0 };
    const { rc, value } = found;
    const table = async (places) => {
      const groups = [];
      for (let from = 0; from < places.length; from += PORTION / 10) {
        await pause();
        groups.push(...GroupTable.costed(territory, places.slice(from, from + PORTION / 10)
          .map((j) => [list.lo[rows[j]], list.hi[rows[j]]]), limits, { known }));
      }
      return GroupTable.table(territory, groups);
    };
    const best = async (places) => {
      const made = await table(places), all = GroupTable.rowsOf(made, wishes);
      await pause();
      return { ...PlanSolver.solve(made, all, asked), made };
    };
    const within = (budget) => Array.from(rc.keys()).filter((j) => rc[j] <= budget);
    let level = most - value, places = Number.isFinite(level) ? within(level) : null;
    for (let size = FIRST; !places || places.length > size; size *= 3) {
      if (size > COSTED) return { status: "many" };
      const bar = Float64Array.from(rc).sort()[Math.min(size, rc.length - 1)];
      const first = await best(within(bar));
      if (first.plan) level = Math.min(level, first.cost - value);
      if (Number.isFinite(level)) places = within(level + POUND);
      else if (size >= rc.length) return { status: first.proved ? "none" : "open", nodes: first.nodes };
      if (places && places.length <= COSTED) break;
    }
    const last = await best(places);
    if (!last.plan) return { status: "open", nodes: last.nodes };
    return {
      status: last.proved ? "solved" : "open", cost: last.cost, bound: last.bound, nodes: last.nodes, considered: rows.length,
      groups: last.plan.map((g) => last.made.groups[g].areas), charges: null,
    };
  }

  return { bounded, solve };
})();
if (typeof module !== "undefined") module.exports = GroupScreen;
