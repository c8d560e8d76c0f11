"use strict";
/* Draws plans as points: where each stands comes from Python; this only fits it to the screen. */
const ExplorerCharts = (() => {
  const FULL = 65000, ABSENT = 65535;
  const PALE = "#d3dae2", INK = "#0b1f33", LINE = "#004c86", RING = "#c2185b", GIVEN = "#e69f00";
  const NEAR_PX = 14, TOUCH_PX = 26;
  let store = null, given = null, view = null, choose = () => {};

  function open(plans, data, onChoose) {
    store = plans;
    given = data;
    choose = onChoose;
    for (const chart of given.charts) {
      chart.xs = store.stream(`x_${chart.key}`);
      chart.ys = store.stream(`y_${chart.key}`);
      chart.canvas = document.querySelector(`[data-chart="${chart.key}"] canvas`);
      chart.tip = document.querySelector(`[data-chart="${chart.key}"] .tip`);
      chart.lined = new Set(chart.line);
      new ResizeObserver(() => paint(chart)).observe(chart.canvas);
      chart.canvas.addEventListener("click", (event) => {
        const plan = nearest(chart, event);
        if (plan >= 0) choose(plan);
      });
      chart.canvas.addEventListener("pointermove", (event) => hint(chart, event));
      chart.canvas.addEventListener("pointerleave", () => { chart.tip.hidden = true; });
    }
  }

  function show(key) {
    for (const chart of given.charts) {
      chart.canvas.closest("figure").hidden = chart.key !== key;
    }
  }

  /* state: { match, chosen } */
  function draw(state) {
    view = state;
    for (const chart of given.charts) paint(chart);
  }

  const at = (chart, plan, width, height) => [
    (chart.xs[plan] / FULL) * width, height - (chart.ys[plan] / FULL) * height,
  ];
  const drawn = (chart, plan) => chart.xs[plan] !== ABSENT && chart.ys[plan] !== ABSENT;

  function paint(chart) {
    const { canvas } = chart, ratio = window.devicePixelRatio || 1;
    const width = canvas.clientWidth, height = canvas.clientHeight;
    if (!view || !width || !height) return;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    const special = new Set([...chart.line, ...chart.marked.map(([plan]) => plan)]);
    let count = 0;
    for (const matching of [false, true]) {
      const side = matching ? 4 : 2.5;
      for (let plan = 0; plan < store.count; plan += 1) {
        if (Boolean(view.match[plan]) !== matching || special.has(plan) || !drawn(chart, plan)) continue;
        const [x, y] = at(chart, plan, width, height);
        context.fillStyle = matching ? given.shades[store.shade[plan]] : PALE;
        context.fillRect(x - side / 2, y - side / 2, side, side);
        count += matching;
      }
    }
    count += paintSpecial(chart, context, width, height);
    canvas.dataset.drawn = count;
    if (view.chosen >= 0 && drawn(chart, view.chosen)) {
      const [x, y] = at(chart, view.chosen, width, height);
      context.lineWidth = 3;
      context.strokeStyle = "#fff";
      dot(context, x, y, 9.5);
      context.stroke();
      context.strokeStyle = RING;
      dot(context, x, y, 7.5);
      context.stroke();
    }
  }

  function dot(context, x, y, radius) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }

  const box = (x, y, wide, high) => [x - wide / 2, y - high / 2, x + wide / 2, y + high / 2];

  function paintSpecial(chart, context, width, height) {
    let count = 0;
    context.strokeStyle = LINE;
    context.lineWidth = 1.5;
    context.beginPath();
    chart.line.forEach((plan, place) => {
      const [x, y] = at(chart, plan, width, height);
      if (place) context.lineTo(x, y);
      else context.moveTo(x, y);
    });
    context.stroke();
    for (const plan of chart.line) {
      const on = view.match[plan];
      dot(context, ...at(chart, plan, width, height), on ? 4.5 : 3);
      context.fillStyle = on ? LINE : PALE;
      context.fill();
      count += on ? 1 : 0;
    }
    context.font = "600 12px system-ui, sans-serif";
    context.textBaseline = "middle";
    const here = chart.marked.filter(([plan]) => drawn(chart, plan));
    const taken = here.map(([plan]) => box(...at(chart, plan, width, height), 14, 14));
    for (const [plan, label] of here) {
      const on = view.match[plan], [x, y] = at(chart, plan, width, height);
      context.beginPath();
      for (const [dx, dy] of [[0, -6], [6, 0], [0, 6], [-6, 0]]) context.lineTo(x + dx, y + dy);
      context.closePath();
      context.fillStyle = on ? GIVEN : PALE;
      context.strokeStyle = on ? INK : PALE;
      context.lineWidth = 1.5;
      context.fill();
      context.stroke();
      count += on && !chart.lined.has(plan) ? 1 : 0;
      const wide = context.measureText(label).width, away = wide / 2 + 10;
      const level = Math.max(wide / 2, Math.min(width - wide / 2, x));
      const places = [[x + away, y], [x - away, y], [level, y - 14], [level, y + 14]];
      const place = places.find(([cx, cy]) => {
        const own = box(cx, cy, wide, 12);
        return own[0] >= 0 && own[2] <= width && own[1] >= 0 && taken.every((other) =>
          own[2] < other[0] || own[0] > other[2] || own[3] < other[1] || own[1] > other[3]);
      });
      if (!place) continue; // the point's own hint still names it
      taken.push(box(...place, wide, 12));
      context.textAlign = "center";
      context.lineWidth = 3;
      context.strokeStyle = "#fff";
      context.strokeText(label, ...place);
      context.fillStyle = on ? INK : "#66758a";
      context.fillText(label, ...place);
    }
    return count;
  }

  function nearest(chart, event) {
    const box = chart.canvas.getBoundingClientRect();
    const px = event.clientX - box.left, py = event.clientY - box.top;
    const reach = event.pointerType === "touch" ? TOUCH_PX : NEAR_PX;
    let best = -1, least = reach * reach;
    for (let plan = 0; plan < store.count; plan += 1) {
      if (!view.match[plan] || !drawn(chart, plan)) continue;
      const [x, y] = at(chart, plan, box.width, box.height);
      const away = (x - px) ** 2 + (y - py) ** 2;
      if (away < least) {
        least = away;
        best = plan;
      }
    }
    return best;
  }

  function hint(chart, event) {
    const plan = nearest(chart, event), box = chart.canvas.getBoundingClientRect();
    chart.tip.hidden = plan < 0;
    chart.canvas.style.cursor = plan < 0 ? "default" : "pointer";
    if (plan < 0) return;
    const cell = (key) => store.texts.cells[given.figures.indexOf(key)][plan];
    chart.tip.textContent = `${store.texts.label[plan]} · £${cell("npv_gbp")} m · ${cell("boroughs_moved")} moved · ${cell("link_km")}`;
    const [x, y] = at(chart, plan, box.width, box.height);
    const half = chart.tip.offsetWidth / 2;
    chart.tip.style.left = `${Math.max(half, Math.min(box.width - half, x))}px`;
    chart.tip.style.top = `${y > 44 ? y - 38 : y + 14}px`;
  }

  return { open, draw, show };
})();
