"use strict";
/* Draws the ground under a map (water, parks, streets, buildings) and writes names on it. Names are
   text on a canvas: whatever a name holds, it is never markup. Written by maps/shell/ground.py. */
const Ground = (() => {
  const FROM_ZOOM = { park: 11, water: 11, main: 11, rail: 12, street: 13, path: 15, building: 15 };
  const NAMED_FROM = {
    place: 11, rail_station: 15, docking_station: 16, main: 14, street: 15, path: 17, park: 14, water: 13, building: 17,
  };
  const FIRST = ["place", "rail_station", "main", "water", "park", "street", "docking_station", "building", "path"];
  const SIZE = { place: 13, main: 12 };
  const DOTTED_FROM = { rail_station: 13, docking_station: 16 };
  const DOTTED = new Set(Object.keys(DOTTED_FROM));
  const APART_PX = 260; // between two writings of one street's name
  const MOST = 220;
  const ALONG = [0.5, 0.35, 0.65, 0.2, 0.8];

  const WIDTHS_PX = { main: [1.6, 9], street: [0.8, 6], path: [0.5, 1.6], rail: [0.8, 2] }; // at zoom 12 and 18

  function widthPx(kind, zoom) {
    const [low, high] = WIDTHS_PX[kind];
    return low * (high / low) ** ((Math.min(Math.max(zoom, 11), 19) - 12) / 6);
  }

  const Shapes = PackedLayer.Layer.extend({
    _paint(context, scale, left, top) {
      const { n, xs, ys, ringStart, featureRing, box, category } = this.data;
      const zoom = this._map.getZoom(), ratio = PackedLayer.density();
      const west = left / scale, north = top / scale;
      const east = west + this.canvas.width / scale, south = north + this.canvas.height / scale;
      const trace = (f) => {
        for (let r = featureRing[f]; r < featureRing[f + 1]; r += 1) {
          let v = ringStart[r];
          context.moveTo(xs[v] * scale - left, ys[v] * scale - top);
          for (v += 1; v < ringStart[r + 1]; v += 1) context.lineTo(xs[v] * scale - left, ys[v] * scale - top);
          if (this.meta.closed) context.closePath();
        }
      };
      let drawn = 0;
      this.meta.categories.forEach((style, index) => {
        if (!this.shown[index] || !(zoom >= FROM_ZOOM[style.key])) return;
        context.beginPath();
        for (let f = 0; f < n; f += 1) {
          const b = 4 * f;
          if (category[f] !== index) continue;
          if (box[b] > east || box[b + 2] < west || box[b + 1] > south || box[b + 3] < north) continue;
          trace(f);
          drawn += 1;
        }
        if (this.meta.closed) {
          context.fillStyle = style.fill;
          context.fill("nonzero");
          context.strokeStyle = style.line;
          context.lineWidth = ratio * 0.7;
          if (zoom >= 16) context.stroke();
          return;
        }
        const wide = widthPx(style.key, zoom) * ratio;
        context.lineJoin = "round";
        context.lineCap = "round";
        if (wide > 2 * ratio && style.fill !== style.line) {
          context.strokeStyle = style.line;
          context.lineWidth = wide + 1.6 * ratio;
          context.stroke();
        }
        context.strokeStyle = wide > 2 * ratio ? style.fill : style.line;
        context.lineWidth = wide;
        context.setLineDash(style.key === "rail" ? [7 * ratio, 4 * ratio] : []);
        context.stroke();
        context.setLineDash([]);
      });
      return drawn;
    },
  });

  /* The names of all layers, on one canvas over the views. */
  const Names = L.Layer.extend({
    initialize() {
      this.layers = [];
    },
    add(layer) {
      this.layers.push(layer);
      if (this._map) this._draw();
    },
    onAdd(map) {
      const pane = map.createPane("groundnames");
      pane.style.zIndex = 610;
      pane.style.pointerEvents = "none";
      this.canvas = L.DomUtil.create("canvas", "leaflet-zoom-hide", pane);
      this.canvas.setAttribute("aria-hidden", "true");
      this._draw();
    },
    onRemove() {
      this.canvas.remove();
    },
    getEvents() {
      return { moveend: this._draw, viewreset: this._draw, resize: this._draw };
    },
    _draw() {
      const map = this._map, size = map.getSize(), ratio = PackedLayer.density();
      L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint([0, 0]));
      this.canvas.width = size.x * ratio;
      this.canvas.height = size.y * ratio;
      this.canvas.style.width = `${size.x}px`;
      this.canvas.style.height = `${size.y}px`;
      const context = this.canvas.getContext("2d");
      context.scale(ratio, ratio);
      const zoom = map.getZoom(), origin = map.getPixelBounds().min;
      const written = { circles: [], at: new Map(), count: 0 };
      const view = { context, size, origin, zoom };
      for (const kind of FIRST) {
        if (!(zoom >= (DOTTED_FROM[kind] || NAMED_FROM[kind]))) continue;
        for (const layer of this.layers) {
          const index = layer.meta.categories.findIndex((each) => each.key === kind);
          if (index >= 0 && layer.data && layer.names) writeKind(view, layer, index, kind, written);
        }
      }
      this.canvas.dataset.names = written.count;
    },
  });

  function writeKind(view, layer, index, kind, written) {
    const { context, size, origin, zoom } = view;
    const { n, xs, ys, ringStart, featureRing, box, category } = layer.data;
    const scale = 2 ** (zoom - layer.meta.zoom), high = SIZE[kind] || 11;
    context.font = `${kind === "place" || kind === "rail_station" ? "600 " : ""}${high}px system-ui, "Segoe UI", Arial, sans-serif`;
    for (let f = 0; f < n && written.count < MOST; f += 1) {
      const b = 4 * f, name = layer.names[f];
      if (category[f] !== index) continue;
      const x0 = box[b] * scale - origin.x, x1 = box[b + 2] * scale - origin.x;
      const y0 = box[b + 1] * scale - origin.y, y1 = box[b + 3] * scale - origin.y;
      if (x1 < 0 || y1 < 0 || x0 > size.x || y0 > size.y) continue;
      if (DOTTED.has(kind)) dot(context, x0, y0, kind);
      if (!name || zoom < NAMED_FROM[kind]) continue;
      const wide = context.measureText(name).width;
      let spot = null;
      if (layer.meta.closed) {
        if (x1 - x0 > wide * 0.8) spot = { x: (x0 + x1) / 2, y: (y0 + y1) / 2, turn: 0 };
      } else if (x0 === x1 && y0 === y1) {
        spot = { x: x0, y: y0 + (DOTTED.has(kind) ? high : 0), turn: 0 };
      } else {
        const path = [];
        for (let v = ringStart[featureRing[f]]; v < ringStart[featureRing[f] + 1]; v += 1) {
          path.push([xs[v] * scale - origin.x, ys[v] * scale - origin.y]);
        }
        spot = along(path, wide, size);
      }
      if (spot && free(spot, wide, high, name, written)) write(context, name, spot, kind);
    }
  }

  /* A place along a line that is long and straight enough for a text, in the part that shows. */
  function along(path, wide, size) {
    const lengths = [0];
    for (let i = 1; i < path.length; i += 1) {
      lengths.push(lengths[i - 1] + Math.hypot(path[i][0] - path[i - 1][0], path[i][1] - path[i - 1][1]));
    }
    const whole = lengths[lengths.length - 1];
    if (whole < wide) return null;
    const at = (s) => {
      let i = 1;
      while (i < lengths.length - 1 && lengths[i] < s) i += 1;
      const t = (s - lengths[i - 1]) / (lengths[i] - lengths[i - 1] || 1);
      return [path[i - 1][0] + t * (path[i][0] - path[i - 1][0]), path[i - 1][1] + t * (path[i][1] - path[i - 1][1])];
    };
    for (const share of ALONG) {
      const middle = Math.min(Math.max(share * whole, wide / 2), whole - wide / 2);
      const [a, c] = [at(middle - wide / 2), at(middle + wide / 2)];
      const chord = Math.hypot(c[0] - a[0], c[1] - a[1]);
      const x = (a[0] + c[0]) / 2, y = (a[1] + c[1]) / 2;
      if (chord < 0.96 * wide || x < 0 || y < 0 || x > size.x || y > size.y) continue;
      let turn = Math.atan2(c[1] - a[1], c[0] - a[0]);
      if (Math.abs(turn) > Math.PI / 2) turn += Math.PI; // never upside down
      return { x, y, turn };
    }
    return null;
  }

  function free(spot, wide, high, name, written) {
    const before = written.at.get(name) || [];
    if (before.some((each) => Math.hypot(each.x - spot.x, each.y - spot.y) < APART_PX)) return false;
    const radius = high / 2 + 2, steps = Math.max(1, Math.ceil(wide / high));
    const circles = [];
    for (let i = 0; i <= steps; i += 1) {
      const s = (i / steps - 0.5) * wide;
      circles.push([spot.x + s * Math.cos(spot.turn), spot.y + s * Math.sin(spot.turn), radius]);
    }
    const hit = circles.some(([x, y, r]) => written.circles.some(([u, v, q]) => Math.hypot(x - u, y - v) < r + q));
    if (hit) return false;
    written.circles.push(...circles);
    written.at.set(name, [...before, spot]);
    written.count += 1;
    return true;
  }

  function write(context, name, spot, kind) {
    context.save();
    context.translate(spot.x, spot.y);
    context.rotate(spot.turn);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 3;
    context.strokeStyle = "rgba(255, 255, 255, 0.9)";
    context.strokeText(name, 0, 0);
    context.fillStyle = kind === "water" ? "#2f5f86" : kind === "park" ? "#3d6b34" : "#2b3a4c";
    context.fillText(name, 0, 0);
    context.restore();
  }

  function dot(context, x, y, kind) {
    context.beginPath();
    context.arc(x, y, kind === "rail_station" ? 3.2 : 2.2, 0, 2 * Math.PI);
    context.fillStyle = "#ffffff";
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = kind === "rail_station" ? "#44556a" : "#8695a6";
    context.stroke();
  }

  /* Lay the ground of a pane; returns what the search may find there once it is unpacked. */
  function lay(map, metas) {
    const names = new Names();
    if (!metas.length || !PackedLayer.supported) return [];
    map.createPane("ground").style.zIndex = 350;
    names.addTo(map);
    const layers = metas.map((meta) => new Shapes(meta.name, meta, "ground"));
    for (const layer of layers) {
      layer.addTo(map);
      layer.load().then(async () => {
        layer.names = await layer.namesOf();
        names.add(layer);
        map.fire("moveend"); // the place has a name now
        map.getContainer().dataset.ground = Number(map.getContainer().dataset.ground || 0) + 1;
      });
    }
    return layers;
  }

  /* The named thing on the ground nearest to a point, if it is within 300 m. */
  function nearest(map, layers, latlng) {
    let best = "", least = 300 * 1.6 * 2 ** (20 - 17.26); // in pixels at zoom 20, in Britain
    for (const layer of layers) {
      if (!layer.names || !layer.data) continue;
      const { n, xs, ys, ringStart, featureRing, box, category } = layer.data;
      const point = map.project(latlng, layer.meta.zoom);
      for (let f = 0; f < n; f += 1) {
        const b = 4 * f, kind = layer.meta.categories[category[f]].key;
        if (!layer.names[f] || kind === "building") continue;
        const dx = Math.max(box[b] - point.x, 0, point.x - box[b + 2]);
        const dy = Math.max(box[b + 1] - point.y, 0, point.y - box[b + 3]);
        if (Math.hypot(dx, dy) >= least) continue;
        let away = Infinity;
        for (let r = featureRing[f]; r < featureRing[f + 1]; r += 1) {
          for (let v = ringStart[r]; v < ringStart[r + 1]; v += 1) {
            const w = Math.min(v + 1, ringStart[r + 1] - 1);
            const [ux, uy] = [xs[w] - xs[v], ys[w] - ys[v]];
            const t = Math.min(1, Math.max(0, ((point.x - xs[v]) * ux + (point.y - ys[v]) * uy) / (ux * ux + uy * uy || 1)));
            away = Math.min(away, Math.hypot(xs[v] + t * ux - point.x, ys[v] + t * uy - point.y));
          }
        }
        if (away < least) [least, best] = [away, layer.names[f]];
      }
    }
    return best;
  }

  return { lay, nearest };
})();
