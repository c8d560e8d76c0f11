"use strict";
/* The cheapest plan, proved: groups of a table that hold each area once, under limits on sums over
   them (rooms, boroughs moved, operators). A linear programme (revised simplex, columns priced in
   portions) gives prices and a bound; a plan costs the bound plus the reduced costs of its groups,
   so a search over groups of small reduced cost, with memory, finds the best and leaves nothing out. */
const PlanSolver = (() => {
  const MEMORY = 1 << 18;
  const PORTION = 400; // columns that are priced again and again before all are
  const TINY = 1e-9;

  class Stopped extends Error {}

  /* Linear bound, or null where even fractions of groups make no plan. */
  function relax(table, rows, sides, cost) {
    const found = programme(table, rows, sides, cost);
    return found.feasible ? found : null;
  }

  /* Prices and bound, best for `rows`; without any plan the prices that prove it. `sides`: [{ values, low, high }] with low <= Σ values <= high, high perhaps Infinity. */
  function programme(table, rows, sides, cost) {
    const n = table.n, S = sides.length, R = n + S, k = rows.length;
    let unit = 1;
    for (const g of rows) unit = Math.max(unit, Math.abs(cost[g]));
    const range = sides.map((side) => side.high - side.low);
    const rhs = new Float64Array(R);
    let seed = 12345;
    for (let i = 0; i < n; i += 1) { // a little off 1, so that steps are not of length 0
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      rhs[i] = 1 + 1e-6 * (1 + seed / 0x7fffffff);
    }
    sides.forEach((side, s) => { rhs[n + s] = side.low; });
    // Columns: groups, then a slack for each side row, then one artificial each row, of either sign.
    const first = k + S, inverse = new Float64Array(R * R), basis = new Int32Array(R), inBasis = new Uint8Array(first + R);
    const sign = new Float64Array(R).fill(1), upper = new Uint8Array(S), x = new Float64Array(R);
    const start = rhs.slice();
    for (let r = 0; r < R; r += 1) {
      sign[r] = start[r] < 0 ? -1 : 1;
      basis[r] = first + r;
      inBasis[first + r] = 1;
      inverse[r * R + r] = sign[r];
    }
    let phase = 1;
    const price = (j) => (phase === 1 ? (j >= first ? 1 : 0) : (j < k ? cost[rows[j]] / unit : 0));
    const most = (j) => (j < k ? Infinity : j < first ? range[j - k] : phase === 1 ? Infinity : 0);
    const column = (j, v) => {
      v.fill(0);
      if (j >= first) v[j - first] = sign[j - first];
      else if (j >= k) v[n + j - k] = -1;
      else {
        const g = rows[j];
        for (let t = table.starts[g]; t < table.starts[g + 1]; t += 1) v[table.members[t]] = 1;
        for (let s = 0; s < S; s += 1) v[n + s] = sides[s].values[g];
      }
    };
    const recompute = () => {
      const b = rhs.slice();
      for (let s = 0; s < S; s += 1) if (upper[s] && !inBasis[k + s]) b[n + s] += range[s];
      for (let r = 0; r < R; r += 1) {
        let z = 0;
        for (let i = 0; i < R; i += 1) z += inverse[r * R + i] * b[i];
        x[r] = z;
      }
    };
    const y = new Float64Array(R), col = new Float64Array(R), d = new Float64Array(R);
    const reduced = (j) => {
      const g = rows[j];
      let z = phase === 1 ? 0 : cost[g] / unit;
      for (let s = 0; s < S; s += 1) z -= y[n + s] * sides[s].values[g];
      for (let t = table.starts[g], e = table.starts[g + 1]; t < e; t += 1) z -= y[table.members[t]];
      return z;
    };
    let portion = [];
    const enterGroup = () => {
      for (let turn = 0; turn < 2; turn += 1) {
        let best = -TINY, found = -1;
        for (const j of portion) {
          if (inBasis[j]) continue;
          const z = reduced(j);
          if (z < best) { best = z; found = j; }
        }
        if (found >= 0) return [found, best];
        if (turn) break;
        const all = [];
        for (let j = 0; j < k; j += 1) {
          if (inBasis[j]) continue;
          const z = reduced(j);
          if (z < -TINY) all.push([z, j]);
        }
        if (!all.length) return [-1, 0];
        all.sort((a, b) => a[0] - b[0]);
        portion = all.slice(0, PORTION).map((each) => each[1]);
      }
      return [-1, 0];
    };
    const run = () => {
      for (let steps = 0; steps < 20000; steps += 1) {
        y.fill(0);
        for (let r = 0; r < R; r += 1) {
          const c = price(basis[r]);
          if (c) for (let i = 0; i < R; i += 1) y[i] += c * inverse[r * R + i];
        }
        let [enter, best] = enterGroup(), way = 1;
        for (let s = 0; s < S; s += 1) {
          if (inBasis[k + s] || range[s] <= 0) continue;
          const z = y[n + s];
          if (!upper[s] && z < best - TINY) { best = z; enter = k + s; way = 1; }
          if (upper[s] && -z < best - TINY) { best = -z; enter = k + s; way = -1; }
        }
        if (enter < 0) return;
        column(enter, col);
        let step = most(enter), leave = -1, atTop = false;
        for (let r = 0; r < R; r += 1) {
          let z = 0;
          for (let i = 0; i < R; i += 1) z += inverse[r * R + i] * col[i];
          d[r] = z * way;
          if (d[r] > TINY) {
            const far = Math.max(0, x[r]) / d[r];
            if (far < step) { step = far; leave = r; atTop = false; }
          } else if (d[r] < -TINY && most(basis[r]) < Infinity) {
            const far = Math.max(0, most(basis[r]) - x[r]) / -d[r];
            if (far < step) { step = far; leave = r; atTop = true; }
          }
        }
        if (leave < 0) {
          if (step === Infinity) return;
          upper[enter - k] ^= 1;
          recompute();
          continue;
        }
        const old = basis[leave];
        if (old >= k && old < first) upper[old - k] = atTop ? 1 : 0;
        if (enter >= k) upper[enter - k] = 0;
        inBasis[old] = 0;
        inBasis[enter] = 1;
        basis[leave] = enter;
        const pivot = d[leave] * way;
        for (let i = 0; i < R; i += 1) inverse[leave * R + i] /= pivot;
        for (let r = 0; r < R; r += 1) {
          const f = d[r] * way;
          if (r === leave || f === 0) continue;
          for (let i = 0; i < R; i += 1) inverse[r * R + i] -= f * inverse[leave * R + i];
        }
        recompute();
      }
    };
    // Whatever the prices, they bound every plan once no group has a negative reduced cost; a plan
    // has at most n groups, so what is negative by rounding is taken off n times.
    const bound = () => {
      const rc = new Float64Array(k);
      let low = 0, value = 0;
      for (let j = 0; j < k; j += 1) {
        rc[j] = reduced(j);
        if (rc[j] < low) low = rc[j];
      }
      for (let i = 0; i < n; i += 1) value += y[i];
      for (let s = 0; s < S; s += 1) {
        const price = y[n + s];
        if (price > 0) value += price * sides[s].low;
        else if (price < 0) value += Number.isFinite(sides[s].high) ? price * sides[s].high : -Infinity;
      }
      for (let j = 0; j < k; j += 1) rc[j] = (rc[j] - low) * unit;
      return { rc, value: (value + n * low) * unit, base: value * unit };
    };
    recompute();
    run();
    // Artificials that cannot all go: no plan of these groups.
    if (bound().value / unit > 1e-6) return { feasible: false, prices: y.slice(0, n), sidePrices: y.slice(n) };
    phase = 2;
    portion = [];
    run();
    // A price of the wrong sign on an open side row comes of rounding alone.
    for (let s = 0; s < S; s += 1) if (y[n + s] < 0 && !Number.isFinite(sides[s].high)) y[n + s] = 0;
    const inPounds = (from, to) => Float64Array.from(y.subarray(from, to), (value) => value * unit);
    return { feasible: true, ...bound(), prices: inPounds(0, n), sidePrices: inPounds(n, R) };
  }

  /* The cheapest exact cover that costs at most `most`, by depth, with what is left worked out once. */
  function cover(table, rows, sides, cost, bound, most, counter) {
    const n = table.n, S = sides.length, slack = 1e-11 * (Math.abs(most) + Math.abs(bound.value));
    let budget = most - bound.value + slack;
    const order = [];
    for (let j = 0; j < rows.length; j += 1) if (bound.rc[j] <= budget) order.push(j);
    order.sort((a, b) => bound.rc[a] - bound.rc[b]);
    const K = order.length, keep = Int32Array.from(order, (j) => rows[j]), rc = Float64Array.from(order, (j) => bound.rc[j]);
    const lo = Int32Array.from(keep, (g) => table.lo[g]), hi = Int32Array.from(keep, (g) => table.hi[g]);
    const size = Int32Array.from(keep, (g) => table.starts[g + 1] - table.starts[g]);
    const side = sides.map(({ values }) => Int32Array.from(keep, (g) => values[g]));
    const live = Array.from({ length: n + 2 }, () => new Int32Array(K));
    const ends = new Int32Array(n + 2), at = new Int32Array(n + 2), branch = new Int32Array(n + 2), taken = new Int32Array(n + 2);
    const spent = new Float64Array(n + 2), cheapest = new Float64Array(n + 2), sums = sides.map(() => new Int32Array(n + 2));
    const inLo = new Int32Array(n + 2), inHi = new Int32Array(n + 2), place = new Int32Array(n + 2).fill(-1);
    const keyLo = new Int32Array(MEMORY), keyHi = new Int32Array(MEMORY), keySum = new Float64Array(MEMORY).fill(-1), left = new Float64Array(MEMORY);
    const count = new Int32Array(n), share = new Float64Array(n);
    for (let q = 0; q < K; q += 1) live[0][q] = q;
    ends[0] = K;
    let depth = 0, entering = true, open = n, plan = null, least = Infinity;
    while (depth >= 0) {
      if (entering) {
        entering = false;
        counter.nodes += 1;
        if (counter.nodes > counter.most) throw new Stopped();
        cheapest[depth] = Infinity;
        count.fill(0);
        share.fill(Infinity);
        const L = live[depth];
        for (let q = 0, e = ends[depth]; q < e; q += 1) {
          const c = L[q], g = keep[c], part = rc[c] / size[c];
          for (let t = table.starts[g]; t < table.starts[g + 1]; t += 1) {
            const i = table.members[t];
            count[i] += 1;
            if (part < share[i]) share[i] = part;
          }
        }
        let few = K + 1, rest = spent[depth];
        for (let i = 0; i < n; i += 1) {
          if (((i < 32 ? inLo[depth] >>> i : inHi[depth] >>> (i - 32)) & 1) === 1) continue;
          rest += share[i];
          if (count[i] < few) { few = count[i]; branch[depth] = i; }
        }
        at[depth] = rest <= budget ? 0 : ends[depth];
      }
      let down = false;
      const b = branch[depth], L = live[depth];
      while (at[depth] < ends[depth] && !down) {
        const c = L[at[depth]];
        at[depth] += 1;
        if (((b < 32 ? lo[c] >>> b : hi[c] >>> (b - 32)) & 1) === 0) continue;
        const total = spent[depth] + rc[c];
        if (total > budget) { at[depth] = ends[depth]; break; }
        taken[depth] = c;
        let over = false, under = false, key = 0;
        for (let s = 0; s < S; s += 1) {
          const sum = sums[s][depth] + side[s][c];
          sums[s][depth + 1] = sum;
          if (sum > sides[s].high) over = true;
          if (sum < sides[s].low) under = true;
          key = key * 4096 + sum;
        }
        if (over) continue;
        if (size[c] === open) {
          if (under) continue;
          let z = 0;
          for (let q = 0; q <= depth; q += 1) z += cost[keep[taken[q]]];
          cheapest[depth] = Math.min(cheapest[depth], total);
          if (z <= most && z < least) {
            least = z;
            plan = Array.from(taken.slice(0, depth + 1), (q) => keep[q]);
            budget = Math.min(budget, least - bound.value + slack);
            if (counter.any) return { plan, cost: least };
          }
          continue;
        }
        const nextLo = inLo[depth] | lo[c], nextHi = inHi[depth] | hi[c];
        let hash = Math.imul(nextLo, 0x9E3779B1) ^ Math.imul(nextHi + key * 131, 0x85EBCA6B);
        hash ^= hash >>> 15;
        hash = Math.imul(hash, 0xC2B2AE35);
        hash ^= hash >>> 13;
        const slot = hash & (MEMORY - 1);
        if (keySum[slot] === key && keyLo[slot] === nextLo && keyHi[slot] === nextHi && total + left[slot] > budget + slack) continue;
        place[depth + 1] = slot;
        const N = live[depth + 1];
        let kept = 0;
        for (let q = 0, e = ends[depth]; q < e; q += 1) {
          const o = L[q];
          if (total + rc[o] > budget) break;
          if (!(lo[o] & lo[c]) && !(hi[o] & hi[c])) { N[kept] = o; kept += 1; }
        }
        ends[depth + 1] = kept;
        spent[depth + 1] = total;
        inLo[depth + 1] = nextLo;
        inHi[depth + 1] = nextHi;
        down = true;
      }
      if (down) {
        open -= size[taken[depth]];
        depth += 1;
        entering = true;
        continue;
      }
      if (depth > 0) {
        const slot = place[depth];
        keyLo[slot] = inLo[depth];
        keyHi[slot] = inHi[depth];
        keySum[slot] = sides.reduce((key, _, s) => key * 4096 + sums[s][depth], 0);
        left[slot] = Math.min(cheapest[depth], budget) - spent[depth];
      }
      depth -= 1;
      if (depth >= 0) {
        cheapest[depth] = Math.min(cheapest[depth], cheapest[depth + 1]);
        open += size[taken[depth]];
      }
    }
    return { plan, cost: least };
  }

  /* Limits on sums over the groups of a plan: rooms and boroughs moved. */
  function sidesOf(table, { rooms: [low, high], moved }) {
    const sides = [];
    if (low !== null || high !== null) sides.push({ values: table.counted, low: low || 0, high: high === null ? table.n : high });
    if (moved !== null) sides.push({ values: table.moved, low: 0, high: moved });
    return sides;
  }

  /* Best plan among rows. `posts` cuts the plans into cells of one number of operators, where costs jump
     with it (values as stated); expected costs need no cells. */
  function solve(table, rows, { rooms = [null, null], moved = null, known = Infinity, any = false, nodes = 4e6 } = {}) {
    const sides = sidesOf(table, { rooms, moved }), cost = table.cost;
    const counter = { nodes: 0, most: nodes, any };
    const answer = { plan: null, cost: Infinity, bound: -Infinity, nodes: 0, proved: false, prices: null };
    const search = (own, bound, upTo) => {
      let width = 1e-4 * Math.abs(bound.value);
      for (;;) {
        const level = Math.min(bound.value + width, upTo, answer.cost);
        const found = cover(table, rows, own, cost, bound, level, counter);
        if (found.plan && found.cost < answer.cost) {
          answer.plan = found.plan;
          answer.cost = found.cost;
        }
        if (found.plan || level >= Math.min(upTo, answer.cost) || width > 1e3 * Math.abs(bound.value)) return;
        width *= 4;
      }
    };
    try {
      if (!table.point) {
        const bound = relax(table, rows, sides, cost);
        if (bound) {
          answer.prices = bound.prices;
          answer.bound = bound.value;
          search(sides, bound, known);
        }
      } else {
        const { territory } = table;
        let watched = 0;
        territory.places.monitored.forEach((is, i) => { if (is) watched += territory.places.cameras[i]; });
        const least = watched || territory.places.monitored.some(Boolean) ? territory.stated.posts(watched) : 0;
        for (let posts = least; ; posts += 1) {
          const tail = relax(table, rows, [{ values: table.posts, low: posts, high: Infinity }, ...sides], cost);
          if (!tail) break;
          if (answer.prices === null) { answer.prices = tail.prices; answer.bound = tail.value; }
          if (tail.value >= Math.min(answer.cost, known)) break;
          const own = [{ values: table.posts, low: posts, high: posts }, ...sides];
          const cell = relax(table, rows, own, cost);
          if (cell && cell.value < Math.min(answer.cost, known)) search(own, cell, known);
          if (any && answer.plan) break;
        }
      }
      answer.proved = !any;
      if (answer.plan && !any) answer.bound = answer.cost;
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    }
    answer.nodes = counter.nodes;
    return answer;
  }

  return { solve, programme, sides: sidesOf };
})();
if (typeof module !== "undefined") module.exports = PlanSolver;
