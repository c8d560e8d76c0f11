"use strict";
/* Unpacks blocks of whole numbers and draws polygons from one on a canvas. Written by maps/shell/packed.py. */
const PackedLayer = (() => {
  const ARRAYS = { i2: Int16Array, i4: Int32Array, u1: Uint8Array, u2: Uint16Array, u4: Uint32Array };
  const PADDING = 0.15;

  /* Pixels of a canvas for each of CSS; paper shows more of them than a screen. */
  function density() {
    const screen = window.devicePixelRatio || 1;
    return document.documentElement.classList.contains("printing") ? Math.max(screen, 3) : screen;
  }

  async function unzip(id) {
    const text = atob(document.getElementById(id).textContent);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).arrayBuffer();
  }

  /* A reader of the named streams of a block. */
  function streams(layout, buffer) {
    return (name) => {
      const [coding, offset, length] = layout[name];
      return new ARRAYS[coding](buffer, offset, length);
    };
  }

  function decode(meta, buffer) {
    const stream = streams(meta.layout, buffer);
    const firstX = stream("ring_first_x"), firstY = stream("ring_first_y");
    const sizes = stream("ring_size"), rings = stream("rings");
    const stepX = stream("step_x"), stepY = stream("step_y");
    const n = meta.features;
    const xs = new Int32Array(meta.vertices), ys = new Int32Array(meta.vertices);
    const ringStart = new Uint32Array(sizes.length + 1), featureRing = new Uint32Array(n + 1);
    const box = new Int32Array(4 * n);
    let vertex = 0, step = 0, ring = 0, startX = 0, startY = 0;
    for (let f = 0; f < n; f += 1) {
      featureRing[f] = ring;
      let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
      for (const end = ring + rings[f]; ring < end; ring += 1) {
        ringStart[ring] = vertex;
        startX += firstX[ring];
        startY += firstY[ring];
        let x = startX, y = startY;
        for (let k = 0; k < sizes[ring]; k += 1) {
          if (k > 0) {
            x += stepX[step];
            y += stepY[step];
            step += 1;
          }
          xs[vertex] = x;
          ys[vertex] = y;
          vertex += 1;
          if (x < west) west = x;
          if (x > east) east = x;
          if (y < north) north = y;
          if (y > south) south = y;
        }
      }
      box.set([west, north, east, south], 4 * f);
    }
    ringStart[ring] = vertex;
    featureRing[n] = ring;
    return { n, xs, ys, ringStart, featureRing, box, category: stream("category"), marks: marks(meta, stream) };
  }

  /* Where the cameras stand, and the way they look: clockwise degrees, 360 for none. */
  function marks(meta, stream) {
    if (!meta.layout.mark_x) return null;
    const x = Int32Array.from(stream("mark_x")), y = Int32Array.from(stream("mark_y"));
    for (let f = 1; f < x.length; f += 1) {
      x[f] += x[f - 1];
      y[f] += y[f - 1];
    }
    const some = (name) => (meta.layout[name] ? stream(name) : null);
    return { x, y, azimuth: stream("mark_azimuth"), near: some("near"), wide: some("wide"), far: (meta.variants || []).map((_, i) => stream(`far_${i}`)) };
  }

  const MARK_PX = 5.5;
  const MARKS = {
    public: (c, r) => c.arc(0, 0, r, 0, 2 * Math.PI),
    private: (c, r) => c.rect(-r * 0.9, -r * 0.9, r * 1.8, r * 1.8),
    unknown: (c, r) => { c.moveTo(0, -r * 1.25); c.lineTo(r * 1.25, 0); c.lineTo(0, r * 1.25); c.lineTo(-r * 1.25, 0); c.closePath(); },
    reach: (c, r) => c.arc(0, 0, r, 0, 2 * Math.PI),
  };

  const Layer = L.Layer.extend({
    initialize(id, meta, pane) {
      this.id = id;
      this.meta = meta;
      this.shown = meta.categories.map((each) => each.on);
      this.paneName = pane;
      this.data = null;
    },
    async load() {
      this.data = decode(this.meta, await unzip(`pack-${this.id}`));
      this._draw();
    },
    async texts(feature) {
      if (!this._texts) {
        this._texts = JSON.parse(new TextDecoder().decode(await unzip(`pack-${this.id}-texts`)));
      }
      return Object.entries(this._texts).map(([label, values]) => [label, values[feature]]);
    },
    onAdd(map) {
      if (!map.getPane(this.paneName)) {
        const pane = map.createPane(this.paneName);
        pane.style.zIndex = 450;
        pane.style.pointerEvents = "none";
      }
      this.canvas = L.DomUtil.create("canvas", "leaflet-zoom-animated packed", map.getPane(this.paneName));
      this.canvas.setAttribute("aria-hidden", "true");
      this.canvas.dataset.layer = this.id;
      this._draw();
    },
    onRemove() {
      this.canvas.remove();
    },
    getEvents() {
      return { moveend: this._draw, viewreset: this._draw, resize: this._draw, zoomanim: this._animate };
    },
    show(key, on) {
      const index = this.meta.categories.findIndex((each) => each.key === key);
      if (index < 0) return false;
      this.shown[index] = on;
      this._draw();
      return true;
    },
    /* Cut every shape to how far it reaches in a variant; null for none. */
    cutAt(name) {
      const place = (this.meta.variants || []).indexOf(name);
      this.cut = place < 0 ? null : place;
      this._draw();
    },
    _far(f) {
      const { marks: at } = this.data;
      return at && this.cut !== null && this.cut !== undefined ? at.far[this.cut][f] : Infinity;
    },
    visible() {
      return this._map && this._map.getZoom() >= this.meta.minZoom;
    },
    _animate(event) {
      const scale = this._map.getZoomScale(event.zoom);
      const offset = this._map._latLngBoundsToNewLayerBounds(this._bounds, event.zoom, event.center).min;
      L.DomUtil.setTransform(this.canvas, offset, scale);
    },
    _draw() {
      const map = this._map;
      if (!map) return;
      const size = map.getSize(), corner = size.multiplyBy(-PADDING).round();
      const extent = size.add(corner.multiplyBy(-2)), ratio = density();
      const topLeft = map.containerPointToLayerPoint(corner);
      this.offset = topLeft; // of the canvas, for who clips it
      this._bounds = L.latLngBounds(
        map.layerPointToLatLng(topLeft), map.layerPointToLatLng(topLeft.add(extent)));
      L.DomUtil.setTransform(this.canvas, topLeft, 1);
      this.canvas.width = extent.x * ratio;
      this.canvas.height = extent.y * ratio;
      this.canvas.style.width = `${extent.x}px`;
      this.canvas.style.height = `${extent.y}px`;
      if (!this.data || !this.visible()) return;
      const began = performance.now();
      const context = this.canvas.getContext("2d");
      const origin = map.getPixelBounds().min.add(corner);
      const scale = 2 ** (map.getZoom() - this.meta.zoom) * ratio;
      const drawn = this._paint(context, scale, origin.x * ratio, origin.y * ratio);
      this.canvas.dataset.drawn = drawn;
      this.canvas.dataset.ms = Math.round(performance.now() - began);
      this.fire("painted");
    },
    _paint(context, scale, left, top) {
      const { n, xs, ys, ringStart, featureRing, box, category } = this.data;
      const west = left / scale, north = top / scale;
      const east = west + this.canvas.width / scale, south = north + this.canvas.height / scale;
      const outlines = this._map.getZoom() >= 15, tiny = 2.5 / scale;
      let drawn = 0, style = -1, current = null;
      for (let f = 0; f < n; f += 1) {
        const b = 4 * f;
        if (!this.shown[category[f]]) continue;
        if (box[b] > east || box[b + 2] < west || box[b + 1] > south || box[b + 3] < north) continue;
        if (category[f] !== style) {
          style = category[f];
          current = this.meta.categories[style];
          context.fillStyle = current.fill;
          context.strokeStyle = current.line;
          context.lineWidth = Math.max(1, (density()));
          context.setLineDash(current.dashed ? [5, 4] : []);
        }
        drawn += 1;
        if (current.fill && box[b + 2] - box[b] < tiny && box[b + 3] - box[b + 1] < tiny) {
          if (this._far(f) === 0) continue;
          context.globalAlpha = 0.85; // a dot of two pixels, or it would not be seen at all
          context.fillRect(box[b] * scale - left, box[b + 1] * scale - top, 2, 2);
          continue;
        }
        const far = this._far(f) * scale;
        if (far < Infinity) {
          const { x, y } = this.data.marks;
          context.save();
          context.beginPath();
          context.arc(x[f] * scale - left, y[f] * scale - top, far, 0, 2 * Math.PI);
          context.clip();
        }
        if (outlines && current.fill) this._paintBlind(context, f, scale, left, top, current);
        context.beginPath();
        for (let r = featureRing[f]; r < featureRing[f + 1]; r += 1) {
          const end = ringStart[r + 1];
          let v = ringStart[r];
          context.moveTo(xs[v] * scale - left, ys[v] * scale - top);
          for (v += 1; v < end; v += 1) context.lineTo(xs[v] * scale - left, ys[v] * scale - top);
          if (this.meta.closed) context.closePath();
        }
        if (current.fill) {
          context.globalAlpha = current.alpha;
          context.fill();
        }
        if (outlines || !current.fill) {
          context.globalAlpha = 0.8;
          context.stroke();
        }
        if (far < Infinity) {
          context.restore();
          style = -1; // restoring took the colours back
        }
      }
      context.globalAlpha = 1;
      context.setLineDash([]);
      if (this.marked()) this._paintMarks(context, scale, left, top);
      return drawn;
    },
    /* The ground between a camera and its view, lightly: it looks over it. */
    _paintBlind(context, f, scale, left, top, current) {
      const { marks: at } = this.data;
      if (!at || !at.near || !at.near[f] || at.azimuth[f] >= 360 || at.wide[f] >= 360) return;
      const x = at.x[f] * scale - left, y = at.y[f] * scale - top;
      const middle = ((at.azimuth[f] - 90) * Math.PI) / 180, half = (at.wide[f] * Math.PI) / 360;
      context.beginPath();
      context.moveTo(x, y);
      context.arc(x, y, at.near[f] * scale, middle - half, middle + half);
      context.closePath();
      context.globalAlpha = current.alpha * 0.3;
      context.fill();
    },
    marked() {
      return this.data && this.data.marks && this._map.getZoom() >= this.meta.marksFrom;
    },
    _paintMarks(context, scale, left, top) {
      const { n, category, marks: at } = this.data, ratio = density();
      const radius = MARK_PX * ratio, wide = this.canvas.width, high = this.canvas.height;
      for (let f = 0; f < n; f += 1) {
        const style = this.meta.categories[category[f]];
        if (!this.shown[category[f]] && style.fill) continue; // reach may be off: the camera is there
        const x = at.x[f] * scale - left, y = at.y[f] * scale - top;
        if (x < 0 || y < 0 || x > wide || y > high) continue;
        context.save();
        context.translate(x, y);
        context.lineWidth = 1.6 * ratio;
        context.strokeStyle = "#ffffff";
        context.fillStyle = style.fill ? style.line : "#ffffff";
        if (at.azimuth[f] < 360) {
          context.save();
          context.rotate((at.azimuth[f] * Math.PI) / 180);
          context.beginPath();
          context.moveTo(-radius * 0.75, -radius * 0.9);
          context.lineTo(0, -radius * 2.3);
          context.lineTo(radius * 0.75, -radius * 0.9);
          context.closePath();
          context.stroke();
          context.fill();
          context.restore();
        }
        context.beginPath();
        (MARKS[style.key] || MARKS.unknown)(context, radius);
        context.fill();
        if (!style.fill) context.strokeStyle = style.line;
        context.stroke();
        context.restore();
      }
    },
    /* The rows whose mark is at a point. */
    _marksAt(latlng) {
      if (!this.marked()) return [];
      const { n, category, marks: at } = this.data, point = this._map.project(latlng, this.meta.zoom);
      const near = (MARK_PX + 4) * 2 ** (this.meta.zoom - this._map.getZoom());
      const found = [];
      for (let f = n - 1; f >= 0; f -= 1) {
        const shown = this.shown[category[f]] || !this.meta.categories[category[f]].fill;
        if (shown && Math.hypot(at.x[f] - point.x, at.y[f] - point.y) < near) found.push(f);
      }
      return found;
    },
    /* Where the mark of a row stands, if there are marks. */
    markAt(feature) {
      const { marks: at } = this.data;
      return at ? this._map.unproject(L.point(at.x[feature], at.y[feature]), this.meta.zoom) : null;
    },
    /* The corners of a row's box. */
    boundsOf(feature) {
      const { box } = this.data, b = 4 * feature;
      const corner = (x, y) => this._map.unproject(L.point(x, y), this.meta.zoom);
      return L.latLngBounds(corner(box[b], box[b + 3]), corner(box[b + 2], box[b + 1]));
    },
    async namesOf(label = "name") {
      await this.texts(0);
      return this._texts[label];
    },
    /* The polygons under a point, topmost first; marks come before all. */
    hits(latlng) {
      if (this.meta.quiet || !this.data || !this.visible()) return [];
      const point = this._map.project(latlng, this.meta.zoom);
      const { data } = this;
      const { n, xs, ys, ringStart, featureRing, box, category } = data;
      const found = this._marksAt(latlng);
      for (let f = n - 1; f >= 0; f -= 1) {
        const b = 4 * f;
        if (!this.shown[category[f]]) continue;
        if (point.x < box[b] || point.x > box[b + 2] || point.y < box[b + 1] || point.y > box[b + 3]) continue;
        let inside = false;
        for (let r = featureRing[f]; r < featureRing[f + 1]; r += 1) {
          const start = ringStart[r], end = ringStart[r + 1];
          for (let i = start, j = end - 1; i < end; j = i, i += 1) {
            if ((ys[i] > point.y) !== (ys[j] > point.y)
              && point.x < ((xs[j] - xs[i]) * (point.y - ys[i])) / (ys[j] - ys[i]) + xs[i]) inside = !inside;
          }
        }
        const away = data.marks ? Math.hypot(data.marks.x[f] - point.x, data.marks.y[f] - point.y) : 0;
        if (inside && away <= this._far(f) && !found.includes(f)) found.push(f);
      }
      return found;
    },
  });

  return { Layer, streams, unzip, density, supported: typeof DecompressionStream === "function" };
})();
