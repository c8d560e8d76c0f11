"use strict";
/* What leaves the page: the wishes and prices as a scenario file, plans as CSV, the map as a picture. */
const WorkshopOut = (() => {
  const { element } = Sharedview;
  const text = (value) => JSON.stringify(value); // a basic string of TOML is one of JSON
  const KEYS = { size: "max_group_size", posts: "capacity_posts" };

  function save(name, blob) {
    const link = element("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  /* A scenario file that `sharedview consolidate --scenario` reads: wishes that are on, and prices. */
  function toml(given, wishes, prices, territory) {
    const { codes, names } = given, asked = Wishes.limits(wishes), { rooms, moved } = Wishes.sums(wishes);
    const together = [], apart = [];
    for (const wish of wishes) {
      if (wish.kind === "together") together.push(wish.areas);
      if (wish.kind === "apart") apart.push(wish.areas);
      if (wish.kind !== "group") continue;
      const [one, ...others] = wish.areas;
      for (const other of others) together.push([one, other]);
      codes.forEach((_, area) => { if (!wish.areas.includes(area)) apart.push([one, area]); });
    }
    const unique = (pairs) => [...new Map(pairs.map((pair) => {
      const [a, b] = pair.slice().sort((x, y) => x - y);
      return [`${a} ${b}`, [a, b]];
    })).values()];
    const pairs = (key, list) => (list.length
      ? [`${key} = [`, ...unique(list).map(([a, b]) => `  [${text(codes[a])}, ${text(codes[b])}],  # ${names[a]}, ${names[b]}`), "]"]
      : [`${key} = []`]);
    const places = (key, list) => [`${key} = [${list.map((area) => text(codes[area])).join(", ")}]${list.length ? `  # ${list.map((area) => names[area]).join(", ")}` : ""}`];
    const optional = (key, value) => (value === null ? [] : [`${key} = ${typeof value === "string" ? text(value) : value}`]);
    const lines = [
      "# Made by the workshop page. Run: sharedview consolidate --scenario workshop.toml --out FOLDER",
      ...given.run.map((line) => `# ${line}`),
      ...wishes.filter((wish) => !wish.own).map((wish) => `# Wish: ${WorkshopWords.wish(wish, names)}${wish.who ? ` (asked for by ${wish.who.replace(/\s+/g, " ")})` : ""}`),
      given.toml.top,
      ...optional("contiguity", asked.contiguity),
      ...optional("capacity_cameras", asked.capacity_cameras),
      ...optional("capacity_share", asked.capacity_cameras === null ? asked.capacity_share : null),
      ...optional("capacity_posts", asked.capacity_posts),
      ...optional("max_group_size", asked.max_group_size),
      ...optional("footprint", asked.footprint),
      ...optional("max_link_km", asked.max_link_km),
      ...pairs("must_share", together),
      ...pairs("must_not_share", apart),
      ...places("fixed_rooms", asked.fixed_rooms),
      ...places("forbidden_rooms", asked.forbidden_rooms),
      ...optional("rooms_min", rooms[0]),
      ...optional("rooms_max", rooms[1]),
      ...optional("most_moved", moved),
      `horizon_years = ${territory.years}`,
      `discount_rate = ${territory.discount}`,
    ];
    const table = (name, values) => {
      const entries = Object.entries(values);
      if (entries.length) lines.push("", `[${name}]`, ...entries.map(([key, value]) => `${key} = ${value}`));
    };
    table("coefficients", { ...given.coefficients, ...(prices.rates || {}) });
    const counts = Object.entries(prices.cameras || {}).map(([area, cameras]) => [codes[area], cameras]);
    table("camera_counts", { ...given.camera_counts, ...Object.fromEntries(counts) });
    lines.push("", given.toml.tables);
    return `${lines.join("\n").trimEnd()}\n`;
  }

  const cell = (value) => {
    const safe = /^[=+\-@\t\r]/.test(value) && !/^-?[\d.]+$/.test(value) ? `'${value}` : String(value);
    return /[",\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  const rows = (lines) => `${lines.map((line) => line.map(cell).join(",")).join("\n")}\n`;

  /* Options as `sharedview compare` reads plans: a row a borough, the room's borough beside it. */
  function plans(given, options) {
    const lines = [["plan_id", "plan", "borough_code", "borough", "room_code", "room"]];
    options.forEach(({ name, plan }, place) => {
      for (const room of plan.rooms) {
        for (const area of room.areas) {
          lines.push([`option_${place + 1}`, name, given.codes[area], given.names[area], given.codes[room.site], given.names[room.site]]);
        }
      }
    });
    return rows(lines);
  }

  function record(given, history) {
    return rows([["step", "who", "what", "expected_cost_gbp", "rooms"], ...history.map((each, place) =>
      [place + 1, each.who || "", each.what, each.cost === undefined ? "" : each.cost.toFixed(2), each.rooms || ""])]);
  }

  return { save, toml, plans, record };
})();
