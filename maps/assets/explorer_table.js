"use strict";
/* The list of plans that match: sorted by ranks from Python, a page at a time. */
const ExplorerTable = (() => {
  const ROWS = 12;
  const { byId, element, all } = Sharedview;
  let store = null, figures = [], choose = () => {}, changed = () => {};
  let plans = [], page = 0, sorted = { key: "over_best_gbp", down: 1 };

  function open(source, keys, onChoose, onChange) {
    store = source;
    figures = keys;
    choose = onChoose;
    changed = onChange;
    byId("page-before").addEventListener("click", () => turn(-1));
    byId("page-after").addEventListener("click", () => turn(1));
    for (const head of all("#table-plans th[data-rank]")) {
      head.firstElementChild.addEventListener("click", () => {
        const { rank } = head.dataset;
        sort(rank, sorted.key === rank ? -sorted.down : 1);
        changed();
      });
    }
  }

  function sort(key, down) {
    if (!figures.includes(key)) return;
    sorted = { key, down };
    page = 0;
    arrange();
  }

  function arrange() {
    const rank = store.stream(`rank_${sorted.key}`), cost = store.stream("rank_over_best_gbp");
    plans = plans.slice().sort((a, b) => sorted.down * (rank[a] - rank[b]) || cost[a] - cost[b] || a - b);
    for (const head of all("#table-plans th[data-rank]")) {
      if (head.dataset.rank === sorted.key) head.setAttribute("aria-sort", sorted.down > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
  }

  function list(matching) {
    plans = matching;
    page = 0;
    arrange();
  }

  function turn(by) {
    page += by;
    draw(chosen);
  }

  let chosen = -1;
  function draw(plan) {
    chosen = plan;
    const first = page * ROWS, shown = plans.slice(first, first + ROWS);
    document.querySelector("#table-plans tbody").replaceChildren(...shown.map(row));
    const last = first + shown.length, many = plans.length.toLocaleString("en-GB");
    byId("page-says").textContent = plans.length ? `${first + 1} to ${last} of ${many}` : "No plan matches";
    byId("page-before").disabled = page === 0;
    byId("page-after").disabled = last >= plans.length;
  }

  function row(plan) {
    const line = element("tr", null, plan === chosen ? "chosen" : ""), head = element("th");
    const button = element("button", store.texts.label[plan]);
    head.scope = "row";
    button.type = "button";
    button.dataset.plan = store.texts.id[plan];
    if (plan === chosen) button.setAttribute("aria-current", "true");
    head.append(button);
    line.append(head);
    for (const column of store.texts.cells) line.append(element("td", column[plan], "number"));
    return line;
  }

  /* Bring the page of a plan up, and its neighbour in the list. */
  function reveal(plan) {
    const place = plans.indexOf(plan);
    if (place >= 0) page = Math.floor(place / ROWS);
  }
  function beside(plan, by) {
    const place = plans.indexOf(plan);
    if (place < 0) return plans.length ? plans[0] : -1;
    return plans[Math.max(0, Math.min(plans.length - 1, place + by))];
  }

  return { open, list, draw, sort, reveal, beside, plans: () => plans, sorted: () => sorted, choose: (plan) => choose(plan) };
})();
