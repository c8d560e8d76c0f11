"use strict";
/* What rooms cost, from the cost terms (CostTerms, written from Python's own): as stated, and in draws
   of what is uncertain. Runs in the page and in its worker; knows no document. */
const RoomCosts = (() => {
  const DENSE = 64; // areas up to which a table of areas and sites is filled once a pricing
  const PENNY_SHARE = 1e-6; // amounts below a millionth of a pound are rounding

  /* Net present value of £1 a year. */
  function annuity(years, rate, timing) {
    let total = 0;
    const first = timing === "start" ? 0 : 1;
    for (let t = first; t < first + years; t += 1) total += (1 + rate) ** -t;
    return total;
  }

  /* What money is worth around changes that are spread evenly over the first years. */
  function pace(build, years, rate, timing) {
    const starts = Math.min(build, years);
    let before = 0, once = 0;
    for (let t = 0; t < starts; t += 1) {
      before += annuity(t, rate, timing);
      once += (1 + rate) ** -t;
    }
    before /= starts;
    return { once: once / starts, before, after: annuity(years, rate, timing) - before, years: starts };
  }

  /* Coefficients and places made ready to cost any group of areas. */
  class Pricing {
    constructor(rate, places, factor) {
      const n = places.cameras.length;
      this.n = n;
      this.rate = rate;
      this.places = places;
      this.factor = factor;
      this.terms = CostTerms.terms(rate, places);
      this.weights = this.terms.map((term) => (term.when === "per_year" ? factor : 1) * (1 + term.bias));
      this.room = new Float64Array(n);
      this.change = new Float64Array(n);
      this.post = new Float64Array(n);
      this.others = [];
      const members = [];
      this.terms.forEach((term, place) => {
        const weight = this.weights[place];
        if (!term.form) {
          this.others.push({
            weight, ofRoom: term.ofRoom,
            largest: term.largest && term.largest.map((form) => this.ready(form, weight)),
          });
          return;
        }
        for (const key of ["room", "change", "post"]) {
          if (term.form[key]) for (let j = 0; j < n; j += 1) this[key][j] += weight * term.form[key](j);
        }
        if (term.form.area || term.form.member) members.push([weight, term.form.area || term.form.member]);
      });
      this.member = (i, j) => {
        let total = 0;
        for (const [weight, part] of members) total += weight * part(i, j);
        return total;
      };
      this.table = null;
      if (n > DENSE) return;
      this.table = new Float64Array(n * n);
      for (let j = 0; j < n; j += 1) for (let i = 0; i < n; i += 1) this.table[j * n + i] = this.member(i, j);
    }

    /* A form's parts as arrays, so that a group's cost is a few additions. */
    ready(form, weight) {
      const filled = (part) => Float64Array.from({ length: this.n }, (_, k) => (part ? weight * part(k) : 0));
      const member = form.member && ((i, j) => weight * form.member(i, j));
      return { room: filled(form.room), change: filled(form.change), post: filled(form.post), area: form.area && filled(form.area), member };
    }

    /* An amount that is not a form, for a group at a site. */
    other(other, areas, from, to, site, facts) {
      if (other.ofRoom) return other.weight * other.ofRoom(facts.cameras, facts.posts);
      let most = PENNY_SHARE;
      for (const form of other.largest) {
        let value = facts.posts * form.post[site];
        if (facts.staffed) value += form.room[site];
        if (facts.changes) value += form.change[site];
        if (form.area) for (let q = from; q < to; q += 1) value += form.area[areas[q]];
        if (form.member) for (let q = from; q < to; q += 1) value += form.member(areas[q], site);
        if (value > most) most = value;
      }
      return most > PENNY_SHARE ? most : 0;
    }

    /* Net present cost of a group at a site; `areas` may be a part of a longer array. */
    at(areas, from, to, site, facts) {
      const { n, table } = this;
      let total = facts.posts * this.post[site];
      if (table) for (let q = from; q < to; q += 1) total += table[site * n + areas[q]];
      else for (let q = from; q < to; q += 1) total += this.member(areas[q], site);
      if (facts.staffed) total += this.room[site];
      if (facts.changes) total += this.change[site];
      for (const other of this.others) total += this.other(other, areas, from, to, site, facts);
      return total;
    }

    /* Amounts that are not forms, by how they are worked out for many groups: once a group where they
       are the same at every site, from a table of sites where no area counts, else one by one. */
    sorted() {
      const same = (values) => values.every((value) => value === values[0]), nothing = (values) => values.every((value) => value === 0);
      const found = { once: [], tables: [], each: [] }, { n } = this;
      for (const other of this.others) {
        if (other.ofRoom || other.largest.every((form) => !form.member && same(form.room) && same(form.post) && nothing(form.change))) {
          found.once.push(other);
        } else if (other.largest.some((form) => form.area || form.member)) found.each.push(other);
        else {
          const size = other.largest.length, fixed = new Float64Array(4 * n * size), slope = new Float64Array(n * size);
          other.largest.forEach((form, k) => {
            slope.set(form.post, k * n);
            for (let way = 0; way < 4; way += 1) {
              for (let j = 0; j < n; j += 1) fixed[(4 * k + way) * n + j] = (way & 2 ? form.room[j] : 0) + (way & 1 ? form.change[j] : 0);
            }
          });
          found.tables.push({ size, fixed, slope });
        }
      }
      return found;
    }

    /* Adds to `total` what is not linear in the areas of many groups at each of their areas, to `excess`
       what does not fit, and counts overflows. */
    addWhole({ areas, starts, changes, staffed }, capacity, { total, excess, over }) {
      const { n, post, rate } = this, { cameras } = this.places, finite = Number.isFinite(capacity);
      const { once, tables, each } = this.sorted();
      const facts = { cameras: 0, posts: 0, staffed: false, changes: false };
      for (let g = 0; g < excess.length; g += 1) {
        const from = starts[g], to = starts[g + 1], full = staffed[g] === 1;
        let load = 0, base = 0;
        for (let q = from; q < to; q += 1) load += cameras[areas[q]];
        const posts = full ? CostTerms.posts(load, rate) : 0;
        facts.cameras = load; facts.posts = posts; facts.staffed = full;
        for (let k = 0; k < once.length; k += 1) base += this.other(once[k], areas, from, to, areas[from], facts);
        for (let p = from; p < to; p += 1) {
          const site = areas[p], way = (full ? 2 : 0) + changes[p];
          let value = base + posts * post[site];
          for (let t = 0; t < tables.length; t += 1) {
            const { size, fixed, slope } = tables[t];
            let most = PENNY_SHARE;
            for (let k = 0; k < size; k += 1) {
              const amount = fixed[(4 * k + way) * n + site] + posts * slope[k * n + site];
              if (amount > most) most = amount;
            }
            if (most > PENNY_SHARE) value += most;
          }
          facts.changes = changes[p] === 1;
          for (let k = 0; k < each.length; k += 1) value += this.other(each[k], areas, from, to, site, facts);
          total[p] += value;
        }
        if (finite && load > capacity) {
          excess[g] += CostTerms.overflow(load, capacity, rate, this.factor);
          if (load > capacity * (1 + 1e-9)) over[g] += 1;
        }
      }
    }

    load(areas, from, to) {
      let total = 0;
      for (let q = from; q < to; q += 1) total += this.places.cameras[areas[q]];
      return total;
    }

    posts(cameras) {
      return CostTerms.posts(cameras, this.rate);
    }

    /* Every cost line of a group at a site, in pounds: yearly and one-off, the allowance apart. */
    lines(areas, site, { cameras, posts, staffed, changes }) {
      const found = { yearly: {}, oneOff: {}, allowance: 0 };
      const part = (form) => {
        let value = 0;
        const member = form.area || form.member;
        if (member) for (const i of areas) value += member(i, site);
        if (form.room && staffed) value += form.room(site);
        if (form.change && changes) value += form.change(site);
        if (form.post) value += posts * form.post(site);
        return value;
      };
      for (const term of this.terms) {
        let value = 0;
        if (term.form) value = part(term.form);
        else if (term.ofRoom) value = term.ofRoom(cameras, posts);
        else value = Math.max(0, ...term.largest.map(part));
        if (!term.form && value <= PENNY_SHARE) value = 0;
        (term.when === "per_year" ? found.yearly : found.oneOff)[term.line] = value;
        found.allowance += term.bias * value;
      }
      return found;
    }
  }

  const half = (value) => { // to the nearest whole number, halves to the even one, as Python does
    const low = Math.floor(value), rest = value - low;
    return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1;
  };

  /* A territory with its draws, under prices that somebody may change. */
  class Territory {
    constructor(given) {
      this.given = given;
      this.n = given.codes.length;
      this.reprice({});
    }

    /* prices: { rates: {name: value}, years, discount, cameras: {area: count} }, what differs only. */
    reprice(prices) {
      const { given, n } = this;
      this.prices = prices;
      this.rates = { ...given.rates, ...(prices.rates || {}) };
      this.years = prices.years || given.years;
      this.discount = prices.discount === undefined ? given.discount : prices.discount;
      this.factor = annuity(this.years, this.discount, given.timing);
      const cameras = Float64Array.from(given.places.cameras);
      for (const [area, count] of Object.entries(prices.cameras || {})) cameras[area] = count;
      this.places = { ...given.places, cameras };
      this.pace = pace(given.build, this.years, this.discount, given.timing);
      this.stated = new Pricing(this.rates, this.places, this.factor);
      this.drawn = {};
      this.sums = null;
      this.wayCosts = null;
      this.memo = {};
      this.total = 0;
      for (let k = 0; k < n; k += 1) this.total += cameras[k];
      this.hosts = new Map(this.today().map((areas) => [areas.join(), this.places.room_today[areas[0]]]));
    }

    /* The pricings of a set of draws: "chosen" (those that choose plans) or "unseen" (those that judge). */
    draws(name) {
      if (!this.drawn[name]) {
        const set = this.given.draws[name];
        this.drawn[name] = Array.from({ length: set.count }, (_, d) => this.draw(set, d));
      }
      return this.drawn[name];
    }

    /* Sums over the draws that choose of all that is linear in a group's areas, by site. */
    linear() {
      if (this.sums) return this.sums;
      const { n } = this, found = { table: new Float64Array(n * n), room: new Float64Array(n), change: new Float64Array(n), running: new Float64Array(n) };
      for (const pricing of this.draws("chosen")) {
        for (const [name, values] of Object.entries(found)) pricing[name].forEach((value, k) => { values[k] += value; });
      }
      this.sums = found;
      return found;
    }

    /* A drawn value under changed prices: its range moves with the coefficient. */
    scaled(name, value) {
      const { given } = this, scale = given.rates[name] ? this.rates[name] / given.rates[name] : 1;
      return given.whole.includes(name) ? half(value * scale) : value * scale;
    }

    draw(set, d) {
      const { given, n } = this, rate = { ...this.rates }, width = set.names.length;
      let stretch = 1;
      set.names.forEach((name, k) => {
        const value = set.coefficients[d * width + k];
        if (name === "detour_factor") {
          stretch = value / given.detour;
          return;
        }
        rate[name] = this.scaled(name, value);
      });
      const row = (array) => array.subarray(d * n, (d + 1) * n);
      const cameras = Float64Array.from(row(set.counts), (count, k) => {
        const before = given.places.cameras[k], now = this.places.cameras[k];
        return before === now ? count : before ? count * (now / before) : now;
      });
      const places = { ...this.places, cameras };
      for (const name of Object.keys(set.factors)) places[name] = row(set.factors[name]);
      if (stretch !== 1) places.km = Float64Array.from(this.places.km, (km) => km * stretch);
      // A year's cost is weighed against a one-off one as the years of building do.
      const pricing = new Pricing(rate, places, this.pace.after / this.pace.once);
      pricing.running = this.running(pricing);
      return pricing;
    }

    /* Yearly cost of each area's part of its room of today; a room that is kept costs nothing once. */
    running(pricing) {
      const found = new Float64Array(this.n);
      for (const areas of this.today()) {
        const to = areas.length, site = this.places.room_today[areas[0]], cameras = pricing.load(areas, 0, to);
        const staffed = this.watched(areas, 0, to), posts = staffed ? pricing.posts(cameras) : 0;
        const cost = pricing.at(areas, 0, to, site, { cameras, posts, staffed, changes: false }) / pricing.factor;
        let all = 0;
        for (const area of areas) all += this.places.cameras[area];
        for (const area of areas) found[area] = cost * (all > 0 ? this.places.cameras[area] / all : 1 / to);
      }
      return found;
    }

    /* Whether a group is a room of today where it is: that one holds what it holds. */
    kept(areas, site) {
      return this.hosts.get(areas.join()) === site;
    }

    /* Whether anybody watches a group, and what of it does not hang on the site. */
    watched(areas, from, to) {
      if (to - from > 1) return true;
      return Boolean(this.places.monitored[areas[from]]);
    }

    changes(areas, from, to, site) {
      for (let q = from; q < to; q += 1) if (this.places.room_today[areas[q]] !== site) return true;
      return false;
    }

    moved(areas, from, to, site) {
      let count = 0;
      for (let q = from; q < to; q += 1) if (this.places.room_today[areas[q]] !== site) count += 1;
      return count;
    }

    /* Sites of a group that the limits let host its room; all of them where none may (`forced`). */
    sites(areas, limits, { forced = false } = {}) {
      const { n } = this, km = this.places.km, most = limits.max_link_km === null ? Infinity : limits.max_link_km + 1e-9;
      const pins = areas.filter((area) => limits.fixed_rooms.includes(area));
      const allowed = areas.filter((site) =>
        !limits.forbidden_rooms.includes(site)
        && (limits.fixed_rooms.length === 0 || pins.length === (pins.includes(site) ? 1 : 0))
        && areas.every((area) => area === site || km[area * n + site] <= most));
      return allowed.length || !forced ? allowed : areas.slice();
    }

    /* Cost of a group in a pricing at the cheapest of some sites, as if it changed at once. */
    cost(pricing, areas, sites) {
      const to = areas.length, cameras = pricing.load(areas, 0, to), staffed = this.watched(areas, 0, to);
      const posts = staffed ? pricing.posts(cameras) : 0;
      let npv = Infinity, best = -1;
      for (const site of sites) {
        const changes = this.changes(areas, 0, to, site);
        const value = pricing.at(areas, 0, to, site, { cameras, posts, staffed, changes });
        if (value < npv) { npv = value; best = site; }
      }
      return { npv, site: best, cameras, posts, staffed };
    }

    /* Cost of a group in a draw as it would be built: today's rooms run on until then. */
    asBuilt(pricing, areas, site, capacity) {
      const { npv, cameras } = this.cost(pricing, areas, [site]);
      const fits = !Number.isFinite(capacity) || this.kept(areas, site);
      const over = fits ? 0 : CostTerms.overflow(cameras, capacity, pricing.rate, pricing.factor);
      let before = 0;
      for (const area of areas) before += pricing.running[area];
      return this.pace.once * (npv + over) + this.pace.before * before;
    }

    /* The site of least mean cost over the draws that choose; as stated where no draw does. */
    site(areas, sites) {
      if (sites.length === 1) return sites[0];
      if (this.given.kind === "point") return this.cost(this.stated, areas, sites).site;
      const total = new Float64Array(sites.length);
      for (const pricing of this.draws("chosen")) {
        sites.forEach((site, q) => { total[q] += this.cost(pricing, areas, [site]).npv; });
      }
      return sites[total.indexOf(Math.min(...total))];
    }

    capacity(limits) {
      if (limits.capacity_cameras !== null) return limits.capacity_cameras;
      return limits.capacity_share === null ? Infinity : limits.capacity_share * this.total;
    }

    /* A room: its lines as stated, its cost in every draw as it would be built. */
    room(areas, limits, host = -1) {
      const sites = host < 0 ? this.sites(areas, limits, { forced: true }) : [host], capacity = this.capacity(limits);
      const key = `${areas} ${sites} ${capacity}`;
      if (this.memo[key]) return this.memo[key];
      const site = this.site(areas, sites), to = areas.length;
      const { npv, cameras, posts, staffed } = this.cost(this.stated, areas, [site]);
      const changes = this.changes(areas, 0, to, site);
      const { yearly, oneOff, allowance } = this.stated.lines(areas, site, { cameras, posts, staffed, changes });
      const sum = (lines) => Object.values(lines).reduce((total, value) => total + value, 0);
      let link = 0;
      for (const area of areas) link += this.places.km[area * this.n + site];
      const room = {
        areas, site, cameras, posts, staffed, npv, yearly, oneOff, allowance, link,
        perYear: sum(yearly), once: sum(oneOff) + allowance, moved: this.moved(areas, 0, to, site),
      };
      for (const name of Object.keys(this.given.draws)) {
        room[name] = Float64Array.from(this.draws(name), (pricing) => this.asBuilt(pricing, areas, site, capacity));
      }
      this.memo[key] = room;
      return room;
    }

    /* A plan as its rooms, with sums over them; rooms of today stay where they stand if asked. */
    plan(groups, limits, { stay = false } = {}) {
      const rooms = groups.map((areas) => this.room(areas, limits, stay ? this.places.room_today[areas[0]] : -1));
      const plan = { rooms, npv: 0, perYear: 0, once: 0, posts: 0, moved: 0, link: 0, count: 0 };
      for (const room of rooms) {
        for (const key of ["npv", "perYear", "once", "posts", "moved", "link"]) plan[key] += room[key];
        if (room.staffed) plan.count += 1;
      }
      for (const name of Object.keys(this.given.draws)) {
        plan[name] = new Float64Array(this.given.draws[name].count);
        for (const room of rooms) room[name].forEach((cost, d) => { plan[name][d] += cost; });
      }
      const costs = this.given.kind === "point" ? null : plan.chosen;
      plan.cost = costs ? costs.reduce((total, cost) => total + cost, 0) / costs.length : plan.npv;
      return plan;
    }

    /* What a plan saves of officers' ways to the rooms in each draw that judges it: the police's money. */
    officers(plan) {
      const { officers } = this.given, { km, room_today: host } = this.places;
      if (!officers) return null;
      let crimeKm = 0;
      for (const room of plan.rooms) {
        for (const area of room.areas) crimeKm += officers.crimes[area] * (km[area * this.n + host[area]] - km[area * this.n + room.site]);
      }
      return this.ways().map((each) => each * crimeKm * this.pace.after);
    }

    /* What a recorded crime a year costs officers in ways for each kilometre to the room, in each draw:
       the police's terms for two places a kilometre apart. */
    ways() {
      if (this.wayCosts) return this.wayCosts;
      const { officers, draws: { unseen } } = this.given, two = {}, width = unseen.names.length;
      for (const name of Object.keys(this.places)) two[name] = this.places[name].slice(0, 2);
      Object.assign(two, { km: Float64Array.of(0, 1, 1, 0), crimes_per_year: Float64Array.of(1, 1), room_today: Float64Array.of(0, 1) });
      const detour = unseen.names.indexOf("detour_factor");
      this.wayCosts = Float64Array.from({ length: unseen.count }, (_, d) => {
        const rate = { ...this.rates };
        officers.names.forEach((name, k) => { rate[name] = this.scaled(name, officers.coefficients[d * officers.names.length + k]); });
        const stretch = detour < 0 ? 1 : unseen.coefficients[d * width + detour] / this.given.detour;
        return CostTerms.terms(rate, two).filter((term) => officers.lines.includes(term.line))
          .reduce((total, term) => total + stretch * term.form.member(0, 1), 0);
      });
      return this.wayCosts;
    }

    /* A plan's saving in each draw that judges it, by budget: councils', the police's where known, both. */
    budgets(plan, today) {
      const saved = plan.unseen.map((cost, d) => today.unseen[d] - cost), police = this.officers(plan);
      if (!police) return { councils: saved };
      const { counted } = this.given.officers;
      const councils = counted ? saved.map((value, d) => value - police[d]) : saved;
      return { councils, police, both: councils.map((value, d) => value + police[d]) };
    }

    /* The rooms that there are. */
    today() {
      const rooms = new Map();
      this.places.room_today.forEach((host, area) => {
        if (!rooms.has(host)) rooms.set(host, []);
        rooms.get(host).push(area);
      });
      return Array.from(rooms.values());
    }
  }

  /* Quantile of numbers, by straight lines between them, as numpy does. */
  function quantile(values, share) {
    const sorted = Float64Array.from(values).sort(), at = (sorted.length - 1) * share, low = Math.floor(at);
    return low + 1 < sorted.length ? sorted[low] + (sorted[low + 1] - sorted[low]) * (at - low) : sorted[low];
  }

  /* How a saving stands over draws: middle, range, chance that there is any, mean of the worst tenth. */
  function spread(saved) {
    const sorted = Float64Array.from(saved).sort(), worst = Math.max(1, Math.round(sorted.length / 10));
    const mean = (values) => values.reduce((total, value) => total + value, 0) / values.length;
    return {
      mean: mean(sorted), middle: quantile(sorted, 0.5), low: quantile(sorted, 0.1), high: quantile(sorted, 0.9),
      chance: sorted.filter((value) => value > 1).length / sorted.length, worst: mean(sorted.subarray(0, worst)),
    };
  }

  return { Territory, Pricing, annuity, pace, quantile, spread };
})();
if (typeof module !== "undefined") module.exports = RoomCosts;
