// Draws an explorable from its description: panels of marks, legend, presets, playback, readout, and
// the rule's own source to edit. Nothing is computed here: `drawing` comes from the kernel, or on the
// built page from page.js. The marks are those of marks.py, under the same names.

const BOX = 1000; // the ground's paths are drawn in a box of this size
const PAD = { left: 58, right: 14, top: 14, bottom: 42 };
const FAR = 20; // frames: how far beyond its own a line is drawn

// ---- Elements ------------------------------------------------------------------------------------

const SVG = "http://www.w3.org/2000/svg";
function svg(tag, attributes = {}, parent) {
  const node = document.createElementNS(SVG, tag);
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  parent?.append(node);
  return node;
}
function html(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  node.append(...children);
  return node;
}
const button = (text, action, attributes = {}) => {
  const node = html("button", { type: "button", ...attributes }, text);
  node.addEventListener("click", action);
  return node;
};
const put = (node, attributes) => { for (const key in attributes) node.setAttribute(key, attributes[key]); };
const clamp = (v, low, high) => Math.min(Math.max(v, low), high);
const lower = (text) => text.replace(/^[A-Z](?![A-Z])/, (c) => c.toLowerCase());

// ---- Numbers -------------------------------------------------------------------------------------

const minus = (text) => text.replace("-", "−");
const superscript = (n) => String(n).replace(/./g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);
function say(value, digits = 3) { // as words.py does
  if (value === null || value === undefined) return "none";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    return minus(`${mantissa}\u00a0×\u00a010`) + superscript(+exponent);
  }
  return minus(String(+value.toPrecision(digits)));
}
const worded = (value) => (typeof value === "string" ? value : typeof value === "boolean" ? (value ? "on" : "off") : say(value));

// Numbers packed by store.py: 8 or 16 bits each, in even steps from `low`.
class Packed {
  constructor(shape, whole, low, step) { Object.assign(this, { shape, whole, low, step }); }
  static async from({ shape, low, step, bits, data }) {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const buffer = await new Response(plain).arrayBuffer();
    return new Packed(shape, bits === 8 ? new Uint8Array(buffer) : new Uint16Array(buffer), low, step);
  }
  get length() { return this.shape[0]; }
  at(k) {
    const [n, ...rest] = this.shape, size = rest.reduce((a, b) => a * b, 1), i = k < 0 ? k + n : k;
    if (!rest.length) return this.low + this.step * this.whole[i];
    return new Packed(rest, this.whole.subarray(i * size, (i + 1) * size), this.low, this.step);
  }
  list() { return Array.from({ length: this.shape[0] }, (_, k) => (this.shape.length > 1 ? this.at(k).list() : this.at(k))); }
}

// Looks names up for marks, as Data in marks.py: in what was drawn, in the inputs, in the store.
class Data {
  constructor(drawing, inputs, store, clock) { Object.assign(this, { drawing, inputs, store, clock }); }
  named(name) {
    if (name === "clock") return this.clock;
    for (const place of [this.drawing, this.inputs, this.store]) if (place && name in place) return place[name];
    throw new Error(`there is no ${name} to draw`);
  }
  get(reference) {
    if (typeof reference !== "string") return reference;
    const [, name, keys] = /^([^[\]]+)(?:\[(.*)\])?$/.exec(reference);
    let value = this.named(name);
    for (const key of keys ? keys.split(",") : []) {
      const k = this.named(key.trim());
      value = typeof value.at === "function" ? value.at(k) : value[k];
    }
    return value;
  }
  list(reference) {
    const value = this.get(reference);
    return value instanceof Packed ? value.list() : Array.isArray(value) ? value : [value];
  }
  text(template) { return (template || "").replace(/\{([^{}]+)\}/g, (_, name) => worded(this.get(name))); }
}

// ---- Axes ----------------------------------------------------------------------------------------

// Round ticks, about `count` of them, that lie in [low, high].
function ticks(low, high, count, every) {
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = every || power * [1, 2, 5, 10].find((m) => m * power >= rough * (1 - 1e-9));
  const all = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) all.push(k * step);
  return all.map((v) => [v, say(v)]);
}
function logTicks(low, high, count) {
  const first = Math.ceil(Math.log10(low) - 1e-9), last = Math.floor(Math.log10(high) + 1e-9);
  const plain = first >= -3 && last <= 4, each = Math.max(1, Math.ceil((last - first + 1) / count));
  const all = [];
  if (last - first < 2) {
    for (let k = first - 1; k <= last; k++) for (const m of [1, 2, 5]) all.push(m * 10 ** k);
    return all.filter((v) => v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9)).map((v) => [v, say(v)]);
  }
  for (let k = last; k >= first; k -= each) all.push([10 ** k, plain ? say(10 ** k) : `10${superscript(k)}`]);
  return all;
}

// From values to 0..1, with ticks. Without given ends it spans `values`.
function scaleOf(spec, data, values, count) {
  const log = Boolean(data.get(spec.log));
  let [low, high] = [data.get(spec.low), data.get(spec.high)];
  if (low === null || high === null) {
    const drawn = values().filter((v) => Number.isFinite(v) && (!log || v > 0));
    const [least, most] = drawn.length ? [Math.min(...drawn), Math.max(...drawn)] : [log ? 1 : 0, log ? 10 : 1];
    const room = log ? 1 : (most - least || Math.abs(most) || 1) * 0.06;
    low ??= log ? 10 ** Math.floor(Math.log10(least) + 1e-9) : least - room;
    high ??= log ? 10 ** Math.ceil(Math.log10(most) - 1e-9) : most + room;
    if (high <= low) high = log ? low * 10 : low + 1;
  }
  const to = log ? (v) => Math.log10(v) : (v) => v, [from, until] = [to(low), to(high)];
  return {
    low, high, log, ticks: (log ? logTicks : ticks)(low, high, count, spec.every),
    part: (v) => (v === null ? NaN : log && v <= 0 ? -FAR : (to(v) - from) / (until - from)),
    value: (part) => (log ? 10 ** (from + part * (until - from)) : low + part * (high - low)),
  };
}

// ---- Panels --------------------------------------------------------------------------------------

// A panel: a frame with ticks and axis titles, in pixels of its own size, and its marks in it.
class Panel {
  constructor(spec, figure, id) {
    Object.assign(this, { spec, figure });
    this.svg = svg("svg", { role: "group", "aria-label": spec.label, class: "gd-panel" });
    this.clip = svg("rect", {}, svg("clipPath", { id }, svg("defs", {}, this.svg)));
    this.inner = svg("g", { "clip-path": `url(#${id})` }, this.svg);
    this.axes = svg("g", { class: "gd-axes", "aria-hidden": "true" }, this.svg);
    this.over = svg("g", {}, this.svg); // not clipped
    this.bars = spec.marks.filter((mark) => mark.kind === "bar");
    this.marks = spec.marks.map((mark) => MARKS[mark.kind](mark, this, figure));
    if (spec.reads) this.marks.push(reader(this, figure));
  }

  resize(width, height) {
    Object.assign(this, { x0: PAD.left, x1: width - PAD.right, y0: height - PAD.bottom, y1: PAD.top });
    put(this.svg, { viewBox: `0 0 ${width} ${height}`, width, height });
    put(this.clip, { x: this.x0, y: this.y1, width: this.x1 - this.x0, height: this.y0 - this.y1 });
    this.drawn = "";
  }

  values(way, data) { // of all marks that an axis without ends has to span
    const names = { x: ["x"], y: ["y", "low", "high"] }[way], found = [];
    for (const mark of this.spec.marks) {
      if (!["line", "dots", "band", "level", "bar"].includes(mark.kind) || (mark.kind === "bar" && way === "x")) continue;
      for (const name of names) if (mark[name] !== undefined) found.push(...data.list(mark[name]).flat());
    }
    return found.filter((v) => typeof v === "number");
  }

  draw(data) {
    const { spec, x0, x1, y0, y1 } = this;
    if (this.bars.length) this.names = data.list(this.bars[0].x);
    const x = this.names
      ? { low: -0.5, high: this.names.length - 0.5, log: false, ticks: some(this.names, (x1 - x0) / 34) }
      : scaleOf(spec.x, data, () => this.values("x", data), (x1 - x0) / (data.get(spec.x.log) ? 48 : 75));
    if (this.names) Object.assign(x, { part: (v) => (v + 0.5) / this.names.length, value: (p) => p * this.names.length - 0.5 });
    const y = scaleOf(spec.y, data, () => this.values("y", data), (y0 - y1) / (data.get(spec.y.log) ? 30 : 45));
    Object.assign(this, { xScale: x, yScale: y });
    this.x = (v) => x0 + x.part(v) * (x1 - x0);
    this.y = (v) => y0 - y.part(v) * (y0 - y1);
    const titles = [data.text(spec.x.title), data.text(spec.y.title)];
    const now = JSON.stringify([x.ticks, y.ticks, x.low, x.high, y.low, y.high, titles]);
    if (now !== this.drawn) { this.drawn = now; this.frame(titles); }
    for (const draw of this.marks) draw?.(data);
  }

  frame(titles) {
    const { x0, x1, y0, y1, axes } = this;
    axes.replaceChildren();
    svg("rect", { x: x0, y: y1, width: x1 - x0, height: y0 - y1, class: "gd-frame" }, axes);
    const text = (x, y, string, attributes) => { svg("text", { x, y, ...attributes }, axes).textContent = string; };
    for (const [v, string] of this.xScale.ticks) {
      svg("path", { d: `M${this.x(v)} ${y0}v4` }, axes);
      text(this.x(v), y0 + 17, string, { "text-anchor": "middle" });
    }
    for (const [v, string] of this.yScale.ticks) {
      svg("path", { d: `M${x0} ${this.y(v)}h-4` }, axes);
      text(x0 - 7, this.y(v) + 4, string, { "text-anchor": "end" });
    }
    text((x0 + x1) / 2, y0 + 36, titles[0], { "text-anchor": "middle", class: "gd-title" });
    const middle = (y0 + y1) / 2;
    text(13, middle, titles[1], { "text-anchor": "middle", class: "gd-title", transform: `rotate(-90 13 ${middle})` });
  }

  // Where the pointer is, in values; and whether it is inside.
  under(event) {
    const box = this.svg.getBoundingClientRect(), ratio = this.svg.viewBox.baseVal.width / box.width;
    const u = ((event.clientX - box.left) * ratio - this.x0) / (this.x1 - this.x0);
    const w = 1 - ((event.clientY - box.top) * ratio - this.y1) / (this.y0 - this.y1);
    return { x: this.xScale.value(u), y: this.yScale.value(w), inside: u >= 0 && u <= 1 && w >= 0 && w <= 1 };
  }
}

const some = (names, most) => {
  const each = Math.ceil(names.length / most);
  return names.map((name, k) => [k, worded(name)]).filter((_, k) => k % each === 0);
};
const place = (x, y) => `${x.toFixed(1)} ${y.toFixed(1)}`;

// One line or several: pairs of lists.
function linesOf(x, y) {
  if (!Array.isArray(y[0])) return [[x, y]];
  return y.map((each, k) => [Array.isArray(x[0]) ? x[k] : x, each]);
}

// The line as an SVG path, in pieces where there are gaps, cut where it goes far beyond the frame.
function pathOf(panel, x, y, end) {
  const wide = panel.x1 - panel.x0, high = panel.y0 - panel.y1, parts = [];
  let before = null;
  for (let k = 0; k <= end; k++) {
    let u = panel.x(x[k]), w = panel.y(y[k]);
    if (!Number.isFinite(u) || !Number.isFinite(w)) { before = null; continue; }
    const beyond = Math.max(Math.abs(u - panel.x0) / wide, Math.abs(w - panel.y1) / high) > FAR;
    if (beyond && !before) continue;
    if (beyond) {
      const long = Math.max(Math.abs(u - before[0]) / wide, Math.abs(w - before[1]) / high);
      if (long > FAR) { u = before[0] + ((u - before[0]) / long) * FAR; w = before[1] + ((w - before[1]) / long) * FAR; }
    }
    parts.push((before ? "L" : "M") + place(u, w));
    if (beyond && !panel.yScale.log) break;
    before = [u, w];
  }
  return parts;
}

// ---- Marks: each returns what draws it anew ------------------------------------------------------

const MARKS = {
  line(mark, panel) {
    const path = svg("path", { class: `gd-line gd-${mark.colour} gd-${mark.dash}`, style: `stroke-width: ${mark.width}` }, panel.inner);
    const dots = mark.dots && svg("path", { class: `gd-dots gd-${mark.colour}` }, panel.inner);
    return (data) => {
      const parts = linesOf(data.list(mark.x), data.list(mark.y)).map(([x, y]) => {
        const last = Math.min(x.length, y.length) - 1;
        return pathOf(panel, x, y, mark.grows ? Math.min(data.clock, last) : last);
      }).flat();
      path.setAttribute("d", parts.join(""));
      dots?.setAttribute("d", parts.map((p) => `M${p.slice(1)}h0`).join(""));
    };
  },
  dots(mark, panel) {
    const path = svg("path", { class: `gd-point gd-${mark.colour} gd-${mark.shape}` }, panel.inner);
    return (data) => {
      const x = data.list(mark.x), y = data.list(mark.y);
      path.setAttribute("d", x.map((v, k) => [panel.x(v), panel.y(y[k])]).filter((p) => p.every(Number.isFinite))
        .map(([u, w]) => SHAPES[mark.shape](u, w, mark.size / 2)).join(""));
    };
  },
  now(mark, panel) {
    const line = mark.drop && svg("path", { class: `gd-cursor gd-${mark.colour}` }, panel.inner);
    const dot = svg("circle", { r: 4.5, class: `gd-now gd-${mark.colour}`, "aria-hidden": "true" }, panel.over);
    return (data) => {
      const x = data.list(mark.x), y = data.list(mark.y), k = Math.min(data.clock, x.length - 1, y.length - 1);
      const u = panel.x(x[k]), w = panel.y(y[k]), inside = w >= panel.y1 - 1 && w <= panel.y0 + 1 && u >= panel.x0 - 1 && u <= panel.x1 + 1;
      put(dot, { cx: inside ? u.toFixed(1) : 0, cy: inside ? w.toFixed(1) : 0, visibility: inside ? "visible" : "hidden" });
      line?.setAttribute("d", Number.isFinite(u) ? `M${u.toFixed(1)} ${panel.y0}V${panel.y1}` : "");
    };
  },
  band(mark, panel) {
    const path = svg("path", { class: `gd-band gd-${mark.colour}` }, panel.inner);
    return (data) => {
      const x = data.list(mark.x), end = (ref) => { const all = data.list(ref); return all.length === 1 ? x.map(() => all[0]) : all; };
      const low = end(mark.low), high = end(mark.high);
      const edge = (y) => x.map((v, k) => [panel.x(v), clamp(panel.y(y[k]), -9999, 9999)]).filter((p) => p.every(Number.isFinite)).map(([u, w]) => place(u, w));
      path.setAttribute("d", `M${[...edge(high), ...edge(low).reverse()].join("L")}Z`);
    };
  },
  level(mark, panel) {
    const line = svg("path", { class: `gd-line gd-level gd-${mark.colour} gd-${mark.dash}` }, panel.inner);
    const text = svg("text", { class: `gd-level-text gd-${mark.colour}`, "aria-hidden": "true" }, panel.inner);
    return (data) => {
      const upright = mark.x !== undefined, value = data.get(upright ? mark.x : mark.y);
      const at = value === null ? NaN : (upright ? panel.x(value) : panel.y(value)), there = Number.isFinite(at);
      line.setAttribute("d", !there ? "" : upright ? `M${at} ${panel.y0}V${panel.y1}` : `M${panel.x0} ${at}H${panel.x1}`);
      text.textContent = there ? data.text(mark.label) : "";
      if (!there) return;
      const left = upright && at < panel.x0 + 20; // no room on its left
      put(text, upright
        ? { x: at, y: panel.y1 + 6, "text-anchor": "end", transform: `rotate(-90 ${at} ${panel.y1 + 6}) translate(0 ${left ? 14 : -5})` }
        : { x: panel.x1 - 6, y: at < panel.y1 + 20 ? at + 14 : at - 5, "text-anchor": "end" });
    };
  },
  bar(mark, panel) {
    const path = svg("path", { class: `gd-bar gd-${mark.colour}` }, panel.inner), k = panel.bars.indexOf(mark), n = panel.bars.length;
    return (data) => {
      const wide = (panel.x1 - panel.x0) / panel.names.length, each = (0.8 * wide) / n;
      path.setAttribute("d", data.list(mark.y).map((v, j) => {
        const top = clamp(panel.y(v), panel.y1 - 9, panel.y0);
        return Number.isFinite(top) ? `M${(panel.x0 + (j + 0.1) * wide + k * each).toFixed(1)} ${panel.y0}v${(top - panel.y0).toFixed(1)}h${each.toFixed(1)}V${panel.y0}z` : "";
      }).join(""));
    };
  },
  heat(mark, panel, figure) {
    const image = svg("image", { preserveAspectRatio: "none", "aria-hidden": "true", class: mark.palette === "classes" ? "gd-pixels" : "" }, panel.inner);
    const canvas = document.createElement("canvas");
    let shown = null;
    return (data) => {
      const field = data.get(mark.field), theme = figure.colours(mark.palette).join();
      const state = [field, theme, panel.x0, panel.x1, panel.y0, panel.y1];
      if (shown?.every((v, k) => v === state[k])) return;
      shown = state;
      const rows = field instanceof Packed ? field.list() : field, n = rows[0].length, m = rows.length;
      Object.assign(canvas, { width: n, height: m });
      const context = canvas.getContext("2d"), pixels = context.createImageData(n, m), ramp = figure.ramp(mark.palette);
      rows.forEach((row, j) => row.forEach((v, i) => {
        const colour = ramp(mark.palette === "classes" ? Math.round(v) : clamp((v - mark.low) / (mark.high - mark.low), 0, 1));
        pixels.data.set([...colour, 255], 4 * ((m - 1 - j) * n + i));
      }));
      context.putImageData(pixels, 0, 0);
      const halfX = (panel.x1 - panel.x0) / (n - 1) / 2, halfY = (panel.y0 - panel.y1) / (m - 1) / 2; // values stand at cells' middles
      put(image, { x: panel.x0 - halfX, y: panel.y1 - halfY, width: panel.x1 - panel.x0 + 2 * halfX, height: panel.y0 - panel.y1 + 2 * halfY, href: canvas.toDataURL() });
    };
  },
  ground(mark, panel) {
    const group = svg("g", { class: "gd-ground", "aria-hidden": "true" }, panel.inner);
    let shown = null;
    return (data) => {
      const paths = data.get(mark.paths);
      if (paths !== shown) { shown = paths; group.replaceChildren(...paths.map((d) => svg("path", { d }))); }
      const wide = (panel.x1 - panel.x0) / BOX, high = (panel.y0 - panel.y1) / BOX;
      group.setAttribute("transform", `translate(${panel.x0} ${panel.y1}) scale(${wide} ${high})`);
    };
  },
  arrow(mark, panel) {
    const path = svg("path", { class: `gd-arrow gd-${mark.colour}` }, panel.inner);
    return (data) => {
      const [x, y, dx, dy] = [mark.x, mark.y, mark.dx, mark.dy].map((ref) => data.get(ref));
      const [u, w] = [panel.x(x), panel.y(y)], [a, b] = [panel.x(x + dx) - u, panel.y(y + dy) - w], long = Math.hypot(a, b);
      const head = Math.min(11, long), [c, s] = long ? [a / long, b / long] : [0, 0];
      const wing = (side) => place(u + a - head * c - side * head * 0.45 * s, w + b - head * s + side * head * 0.45 * c);
      path.setAttribute("d", long > 0.5 && Number.isFinite(long) ? `M${place(u, w)}L${place(u + a, w + b)}M${wing(1)}L${place(u + a, w + b)}L${wing(-1)}` : "");
    };
  },
  note(mark, panel) {
    const text = svg("text", { class: "gd-note-text", "aria-hidden": "true" }, panel.svg);
    return (data) => { text.textContent = data.text(mark.label); put(text, { x: panel.x0 + 10, y: panel.y1 + 20 }); };
  },
  handle,
};

const SHAPES = {
  circle: (x, y, r) => `M${place(x - r, y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
  square: (x, y, r) => `M${place(x - r, y - r)}h${2 * r}v${2 * r}h${-2 * r}z`,
  cross: (x, y, r) => `M${place(x - r, y - r)}l${2 * r} ${2 * r}M${place(x - r, y + r)}l${2 * r} ${-2 * r}`,
  star(x, y, r) {
    const corner = (k) => {
      const angle = (Math.PI / 5) * k - Math.PI / 2, reach = k % 2 ? r * 0.45 : r * 1.3;
      return place(x + reach * Math.cos(angle), y + reach * Math.sin(angle));
    };
    return `M${Array.from({ length: 10 }, (_, k) => corner(k)).join("L")}Z`;
  },
};

// A point that the reader moves, by mouse, touch or arrow keys.
function handle(mark, panel, figure) {
  const cross = mark.cross && svg("path", { class: "gd-hair", "aria-hidden": "true" }, panel.inner);
  const grip = svg("g", { class: "gd-handle", tabindex: 0, role: "slider", "aria-label": mark.label,
    "aria-roledescription": "point to move with the arrow keys" }, panel.over);
  svg("circle", { r: 22, class: "gd-grip" }, grip);
  svg("circle", { r: 7.5 }, grip);
  const free = { x: Boolean(mark.pair || mark.x), y: Boolean(mark.pair || mark.y) };
  const at = () => {
    const data = figure.data();
    if (mark.pair) return data.inputs[mark.pair] || data.drawing[mark.pair];
    return [data.get(mark.x ?? mark.shown_x), data.get(mark.y ?? mark.shown_y)];
  };
  const move = (x, y) => {
    const inside = (scale, v) => (Number.isFinite(v) ? clamp(v, scale.low, scale.high) : scale.low);
    const [u, w] = [inside(panel.xScale, x), inside(panel.yScale, y)];
    figure.set(mark.pair ? { [mark.pair]: [u, w] } : { ...(mark.x && { [mark.x]: u }), ...(mark.y && { [mark.y]: w }) });
  };

  let held = false;
  grip.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false }); // no scrolling
  grip.addEventListener("pointerdown", (event) => {
    held = true; grip.setPointerCapture(event.pointerId); grip.focus({ preventScroll: true });
    event.preventDefault();
  });
  grip.addEventListener("pointermove", (event) => { if (held) { const { x, y } = panel.under(event); move(x, y); } });
  for (const stop of ["pointerup", "pointercancel"]) grip.addEventListener(stop, () => { held = false; });
  if (!panel.handles) { // a click on the panel calls its nearest handle
    panel.handles = [];
    panel.svg.addEventListener("click", (event) => {
      const { x, y, inside } = panel.under(event);
      if (!inside || event.target.closest(".gd-handle")) return;
      const far = ({ at }) => Math.hypot(panel.x(at()[0]) - panel.x(x), panel.y(at()[1]) - panel.y(y));
      panel.handles.reduce((a, b) => (far(b) < far(a) ? b : a)).move(x, y);
    });
  }
  panel.handles.push({ at, move });
  grip.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way) return;
    event.preventDefault(); event.stopPropagation();
    const one = free.x !== free.y, go = one ? [way[0] + way[1], way[0] + way[1]] : way; // either arrow, where there is one way
    const [x, y] = at(), part = event.shiftKey ? 0.1 : 0.01;
    const step = (scale, v, sign) => scale.value(clamp(scale.part(v), 0, 1) + sign * part);
    move(step(panel.xScale, x, free.x ? go[0] : 0), step(panel.yScale, y, free.y ? go[1] : 0));
  });
  return () => {
    const [x, y] = at(), u = clamp(panel.x(x), panel.x0, panel.x1), w = clamp(panel.y(y), panel.y1, panel.y0);
    const scale = free.x ? panel.xScale : panel.yScale, value = free.x ? x : y;
    put(grip, { transform: `translate(${place(u, w)})`, "aria-valuemin": scale.low, "aria-valuemax": scale.high, "aria-valuenow": value,
      "aria-valuetext": [free.x && `${titleOf(panel, "x")} ${say(x)}`, free.y && `${titleOf(panel, "y")} ${say(y)}`].filter(Boolean).join(", ") });
    cross?.setAttribute("d", `M${panel.x0} ${w}H${panel.x1}M${u} ${panel.y0}V${panel.y1}`);
  };
}
const titleOf = (panel, way) => panel.figure.data().text(panel.spec[way].title);

// Reads values off a panel's lines or bars: by hovering, by touch, or by arrow keys.
function reader(panel, figure) {
  const all = panel.spec.marks.filter((mark) => mark.kind === "line" || mark.kind === "bar");
  const marks = all.some((mark) => mark.colour !== "muted") ? all.filter((mark) => mark.colour !== "muted") : all; // the background is not read
  if (!marks.length) return null;
  const group = svg("g", { class: "gd-reader", tabindex: 0, role: "slider", "aria-label": `Read off: ${lower(panel.spec.label)}`,
    "aria-roledescription": "reading, moved with the arrow keys" });
  panel.svg.insertBefore(group, panel.over); // below the handles
  const area = svg("rect", { class: "gd-area" }, group), line = svg("path", { class: "gd-cursor gd-ink" }, group);
  const box = svg("g", { class: "gd-reading", "aria-hidden": "true" }, group);
  let k = 0, active = false;

  const xs = (data) => (panel.names ? panel.names.map((_, i) => i) : [linesOf(data.list(marks[0].x), data.list(marks[0].y))[0][0]][0]);
  const rows = (data, x) => {
    const said = [`${titleOf(panel, "x")} ${panel.names ? worded(panel.names[k]) : say(x)}`];
    for (const mark of marks) {
      for (const [across, up] of linesOf(panel.names ? panel.names.map((_, i) => i) : data.list(mark.x), data.list(mark.y))) {
        const i = across.length === xs(data).length ? k : nearest(across, x, panel);
        if (up[i] === undefined || up[i] === null) continue;
        said.push(`${data.text(mark.label) || titleOf(panel, "y")} ${say(up[i])}`);
      }
    }
    return said.slice(0, 7);
  };
  const draw = (data) => {
    put(area, { x: panel.x0, y: panel.y1, width: panel.x1 - panel.x0, height: panel.y0 - panel.y1 });
    const all = xs(data);
    k = clamp(k, 0, all.length - 1);
    const said = rows(data, all[k]), u = panel.x(all[k]);
    put(group, { "aria-valuemin": 0, "aria-valuemax": all.length - 1, "aria-valuenow": k, "aria-valuetext": said.join(", ") });
    group.classList.toggle("gd-active", active);
    if (!active || !Number.isFinite(u)) return;
    line.setAttribute("d", `M${u.toFixed(1)} ${panel.y0}V${panel.y1}`);
    box.replaceChildren();
    const back = svg("rect", {}, box), texts = said.map((text, row) => {
      const node = svg("text", { x: 8, y: 18 + 17 * row }, box);
      node.textContent = text;
      return node;
    });
    const wide = Math.max(...texts.map((text) => text.getComputedTextLength())) + 16;
    put(back, { width: wide, height: 10 + 17 * said.length, rx: 4 });
    const left = u + 10 + wide > panel.x1 ? Math.max(panel.x0 + 2, u - 10 - wide) : u + 10;
    box.setAttribute("transform", `translate(${left.toFixed(1)} ${panel.y1 + 6})`);
  };
  const again = () => draw(figure.data());
  const point = (event) => { k = nearest(xs(figure.data()), panel.under(event).x, panel); active = true; again(); };
  group.addEventListener("pointermove", point);
  group.addEventListener("pointerdown", point);
  group.addEventListener("pointerleave", () => { active = document.activeElement === group; again(); });
  group.addEventListener("focus", () => { active = group.matches(":focus-visible") || active; again(); });
  group.addEventListener("blur", () => { active = false; again(); });
  group.addEventListener("keydown", (event) => {
    const n = xs(figure.data()).length, far = Math.max(1, Math.round(n / 10));
    const to = { ArrowLeft: k - 1, ArrowDown: k - 1, ArrowRight: k + 1, ArrowUp: k + 1, PageDown: k - far, PageUp: k + far, Home: 0, End: n - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault(); event.stopPropagation();
    k = clamp(to, 0, n - 1); active = true; again();
  });
  return draw;
}
function nearest(all, x, panel) {
  const part = panel.xScale.part, goal = part(x);
  let best = 0, least = Infinity;
  all.forEach((v, k) => { // no gap is near
    const far = Math.abs(part(v) - goal);
    if (far < least) [best, least] = [k, far];
  });
  return best;
}

// ---- Legend --------------------------------------------------------------------------------------

const KEYS = { // what stands before a mark's label
  line: (mark) => `<path d="M1 7H25" class="gd-line gd-${mark.colour} gd-${mark.dash}" style="stroke-width: ${mark.width}"/>`,
  dots: (mark) => `<path d="${SHAPES[mark.shape](13, 7, Math.min(mark.size / 2, 5.5))}" class="gd-point gd-${mark.colour} gd-${mark.shape}"/>`,
  now: (mark) => `<circle cx="13" cy="7" r="4.5" class="gd-now gd-${mark.colour}"/>`,
  band: (mark) => `<rect x="2" y="2" width="22" height="10" class="gd-band gd-${mark.colour}"/>`,
  bar: (mark) => `<rect x="6" y="1" width="12" height="12" class="gd-bar gd-${mark.colour}"/>`,
  arrow: (mark) => `<path d="M2 7H24M18 3L24 7L18 11" class="gd-arrow gd-${mark.colour}"/>`,
  handle: () => '<g class="gd-handle"><circle cx="13" cy="7" r="5.5"/></g>',
};
function legendOf(panels, clock, node) {
  const entries = [], seen = new Set();
  const add = (key, label) => { if (label && !seen.has(label)) { seen.add(label); entries.push([key, label]); } };
  for (const { marks } of panels) {
    for (const mark of marks) {
      if (mark.kind === "heat") {
        if (mark.palette === "classes") mark.classes.forEach((name, k) => add(`<rect x="4" y="1" width="18" height="12" class="gd-class-${k % 5}"/>`, name));
        else add("", "");
      } else if (KEYS[mark.kind]) add(KEYS[mark.kind](mark), mark.kind === "now" ? clock && `${clock.unit} shown` : mark.label);
    }
  }
  const spans = entries.map(([key, label]) => {
    const text = html("span", {});
    const item = html("span", { class: "gd-entry" });
    item.innerHTML = `<svg width="26" height="14" viewBox="0 0 26 14">${key}</svg>`;
    item.append(text);
    return [item, text, label];
  });
  const ramps = panels.flatMap(({ marks }) => marks.filter((mark) => mark.kind === "heat" && mark.palette !== "classes")).map((mark) => {
    const item = html("span", { class: "gd-entry" }), text = html("span");
    item.append(html("span", {}, say(mark.low ?? 0)), html("span", { class: `gd-ramp gd-ramp-${mark.palette}` }), html("span", {}, say(mark.high ?? 1)), text);
    return [item, text, mark.label];
  });
  const all = [...spans, ...ramps];
  node.replaceChildren(...all.map(([item]) => item));
  return (data) => { for (const [, text, label] of all) { const now = data.text(label); if (text.textContent !== now) text.textContent = now; } };
}

// ---- The figure ----------------------------------------------------------------------------------

function render({ model, el }) {
  const id = `gd-${document.gdFigures = (document.gdFigures || 0) + 1}`; // Jupyter loads this file once for each figure
  const spec = model.get("spec"), clock = spec.clock;
  const inputs = () => model.get("inputs");
  const packed = Object.entries(model.get("store")).filter(([, value]) => value?.data && value.shape);
  let store = model.get("store"), shown = Infinity, frame = 0, broken = false, unpacked = !packed.length;
  const set = (changes) => { model.set("inputs", { ...inputs(), ...changes }); model.save_changes(); };
  const last = () => (clock ? figure.data(0).list(clock.of).length - 1 : 0);
  const data = (at) => new Data(model.get("drawing"), inputs(), store, at ?? Math.min(shown, last()));

  const root = html("div", { class: "gd-figure", role: "group", "aria-label": spec.title,
    "data-lm-suppress-shortcuts": "" /* JupyterLab's own keys */ });
  const cache = {};
  const colours = (palette) => { // as the theme has them now
    const theme = `${document.documentElement.dataset.theme} ${document.body.dataset.jpThemeLight}`;
    if (cache.theme !== theme) Object.keys(cache).forEach((key) => delete cache[key]);
    cache.theme = theme;
    return cache[palette] ??= PALETTES[palette].map((name) => getComputedStyle(root).getPropertyValue(name).trim());
  };
  const ramp = (palette) => {
    const stops = colours(palette).map(rgb), between = (a, b, u) => a.map((v, k) => Math.round(v + (b[k] - v) * u));
    if (palette === "classes") return (k) => stops[k % stops.length];
    const bands = 14;
    return (u) => {
      const part = Math.min(bands - 1, Math.floor(u * bands)) / (bands - 1);
      const k = Math.min(stops.length - 2, Math.floor(part * (stops.length - 1)));
      return between(stops[k], stops[k + 1], part * (stops.length - 1) - k);
    };
  };
  const figure = { data, set, colours, ramp };
  const stage = html("div", { class: "gd-panels" });
  const panels = spec.panels.map((each, k) => new Panel(each, figure, `${id}-clip-${k}`));
  stage.append(...panels.map((panel) => panel.svg));
  const legend = html("p", { class: "gd-legend", "aria-hidden": "true" });
  const label = legendOf(spec.panels, clock, legend);

  // Presets, and what is optimal here
  const presets = html("div", { class: "gd-presets", role: "group", "aria-label": "Settings to try" });
  const preset = spec.presets.map(([name, setting]) => {
    const node = button(name, () => { pause(); set({ ...setting, ...("source" in inputs() && { source: inputs().source }) }); });
    return [node, setting];
  });
  const best = html("span", { class: "gd-best" });
  presets.append(...preset.map(([node]) => node), best);
  const same = (a, b) => (typeof a === "number" && typeof b === "number" // a slider in Jupyter goes to its nearest place
    ? Math.abs(a - b) <= 0.025 * Math.max(Math.abs(a), Math.abs(b)) : JSON.stringify(a) === JSON.stringify(b));
  function pressed() {
    for (const [node, setting] of preset) {
      node.setAttribute("aria-pressed", Object.keys(setting).every((key) => key === "source" || same(setting[key], inputs()[key])));
    }
  }
  function optimal() {
    const found = Object.entries(model.get("drawing").best || {}).filter(([, value]) => value !== null);
    if (model.showBest) return model.showBest(Object.fromEntries(found)); // the page marks its sliders
    best.replaceChildren(...found.map(([key, value]) => button(`Optimal ${lower(spec.labels?.[key] || key)}: ${say(value)}`, () => set({ [key]: value }))));
  }

  // Playback
  const tools = html("div", { class: "gd-tools" });
  const play = button("Play", () => (frame ? pause() : run()), { class: "gd-play" });
  const scrub = html("input", { type: "range", min: 0, step: 1, id: `${id}-clock` }), count = html("output", { for: scrub.id });
  if (clock) {
    scrub.addEventListener("input", () => { pause(); show(+scrub.value); });
    tools.append(play, button("Step", () => { pause(); show(Math.min(shown, last()) >= last() ? 1 : shown + 1); }));
  }
  tools.append(button("Reset", () => { pause(); shown = Infinity; set(spec.initial); restore(); }));
  if (clock) tools.append(html("span", { class: "gd-scrub" }, html("label", { for: scrub.id }, `${clock.unit[0].toUpperCase()}${clock.unit.slice(1)} shown`), scrub, count));
  function run() {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) { show(last()); return; }
    const first = shown >= last() ? 0 : shown, pace = clamp(4000 / last(), 12, 160);
    let began;
    play.textContent = "Pause";
    const tick = (time) => {
      began ??= time;
      show(Math.min(last(), first + Math.floor((time - began) / pace)));
      if (shown < last()) frame = requestAnimationFrame(tick); else pause();
    };
    frame = requestAnimationFrame(tick);
  }
  function pause() { cancelAnimationFrame(frame); frame = 0; play.textContent = "Play"; }
  function show(step) { shown = step >= last() ? Infinity : step; draw(); } // at the end, stay at the end of what is to come

  // The readout: seen at once, heard once the reader has come to rest, and not while it plays
  const words = html("p", { class: "gd-words" }), heard = html("p", { class: "gd-heard", "aria-live": "polite" });
  let speaking = 0;
  function speak(text) {
    clearTimeout(speaking);
    if (!frame) speaking = setTimeout(() => { heard.textContent = text; }, 700);
  }
  function readout(now) {
    const moment = clock?.words && clock.words.replace(/\{([^{}]+)\}/g, (_, name) => (name === "k" ? now.clock : worded(now.list(name)[now.clock])));
    const text = [now.get("words"), moment].filter(Boolean).join(" ");
    words.textContent = text;
    speak(text);
  }

  // The rule
  const { rule, complain, restore, follow } = editor(model, id, set, root);

  // Drawing
  function layout() {
    const width = stage.clientWidth;
    if (!width || broken) return;
    const n = panels.length, gap = 16;
    const columns = n === 1 ? 1 : width >= 540 ? (n > 2 && width >= 840 ? Math.min(n, 3) : 2) : 1;
    const each = Math.floor((width - gap * (columns - 1)) / columns), square = spec.panels.some((panel) => panel.square);
    const beside = Math.min(each, 480) - (PAD.left + PAD.right) + PAD.top + PAD.bottom;
    spec.panels.forEach((panel, k) => {
      const alone = columns === 2 && n % 2 === 1 && k === n - 1; // the last of an odd number has a row to itself
      const wide = Math.min(alone ? width : each, panel.square ? 480 : 720);
      const high = columns > 1 ? (square ? beside : clamp(each * 0.75, 240, 360)) : clamp(each * 0.56, 250, 380);
      panels[k].resize(wide, panel.square ? wide - (PAD.left + PAD.right) + PAD.top + PAD.bottom : high);
    });
    words.style.minHeight = "";
    draw();
  }
  function draw() {
    if (broken || !panels[0].x1) return;
    try {
      if (!unpacked) { // the place of it all, while numbers are still being unpacked
        try { readout(data()); } catch { words.textContent = model.get("drawing").words; }
        optimal();
        return;
      }
      const now = data();
      for (const panel of panels) panel.draw(now);
      label(now);
      if (clock) {
        put(scrub, { max: last(), "aria-valuetext": `${clock.unit} ${now.clock} of ${last()}` });
        scrub.value = now.clock;
        count.textContent = `${now.clock} of ${last()}`;
      }
      readout(now);
      pressed();
      optimal();
      words.style.minHeight = `${Math.max(words.offsetHeight, parseFloat(words.style.minHeight) || 0)}px`; // it only grows: nothing below jumps
      Object.assign(root.dataset, { shown: now.clock, ready: true });
      for (const key of ["end", "at"]) if (key in now.drawing) root.dataset[key] = now.drawing[key];
    } catch (error) {
      broken = true;
      pause();
      if (model.fail) model.fail(error); else { root.replaceChildren(html("p", { role: "status" }, `This figure cannot be drawn: ${error.message}`)); }
    }
  }

  let queued = 0;
  const soon = () => { queued ||= requestAnimationFrame(() => { queued = 0; draw(); }); };
  const listeners = [["change:drawing", soon], ["change:inputs", () => { follow(); soon(); }], ["change:problem", complain]];
  for (const [event, listener] of listeners) model.on(event, listener);
  const resized = new ResizeObserver(layout);
  const themed = new MutationObserver(soon); // heat maps are pictures, in the theme's colours
  themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });

  root.append(...(preset.length ? [presets] : [best]), stage, legend, tools, words, heard, ...(rule ? [rule] : []));
  el.append(root);
  complain();
  resized.observe(stage);
  layout();
  if (packed.length) {
    Promise.all(packed.map(async ([name, value]) => [name, await Packed.from(value)]))
      .then((all) => { store = { ...store, ...Object.fromEntries(all) }; unpacked = true; layout(); })
      .catch((error) => { broken = true; model.fail?.(error); });
  }
  return () => {
    pause(); clearTimeout(speaking); cancelAnimationFrame(queued); resized.disconnect(); themed.disconnect();
    for (const [event, listener] of listeners) model.off(event, listener);
  };
}

const PALETTES = {
  heights: ["--gd-low", "--gd-high"],
  split: ["--gd-split-0", "--gd-split-1", "--gd-split-2", "--gd-split-3"],
  classes: ["--gd-class-0", "--gd-class-1", "--gd-class-2", "--gd-class-3", "--gd-class-4"],
};
const rgb = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));

// The rule's own source, to be edited.
function editor(model, id, set, root) {
  const spec = model.get("spec"), none = () => {};
  if (!spec.source) return { rule: null, complain: none, restore: none, follow: none };
  const source = html("textarea", {
    id: `${id}-rule`, spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off",
    "aria-label": "Python source of the update rule", "aria-describedby": `${id}-fault`,
  });
  const numbers = html("div", { class: "gd-numbers", "aria-hidden": "true" });
  const mark = html("div", { class: "gd-mark", hidden: "" });
  const fault = html("p", { class: "gd-fault", id: `${id}-fault`, role: "status" });
  const original = spec.source.trimEnd();
  let typing = 0;
  const lines = () => source.value.split("\n").length;
  const fit = () => {
    source.rows = lines() + 1;
    numbers.textContent = Array.from({ length: lines() }, (_, k) => k + 1).join("\n");
  };
  const edited = (delay) => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      const text = source.value.trimEnd();
      set({ source: text === original ? "" : text });
    }, delay);
  };
  const restore = () => { source.value = original; fit(); edited(0); };
  const follow = () => { // the setting was changed elsewhere
    if (model.get("inputs").source || source.value.trimEnd() === original || document.activeElement === source) return;
    source.value = original;
    fit();
  };
  source.addEventListener("input", () => { fit(); edited(150); });
  source.addEventListener("keydown", (event) => { // a new line keeps the indentation
    if (event.key !== "Enter" || event.isComposing) return;
    const before = source.value.slice(0, source.selectionStart).split("\n").pop();
    const indent = before.match(/^\s*/)[0] + (before.trimEnd().endsWith(":") ? "    " : "");
    event.preventDefault();
    source.setRangeText(`\n${indent}`, source.selectionStart, source.selectionEnd, "end");
    source.dispatchEvent(new Event("input"));
  });
  source.addEventListener("scroll", () => { mark.scrollLeft = source.scrollLeft; });
  const rule = html("details", { class: "gd-rule", "aria-label": "The update rule" },
    html("summary", {}, "Edit the rule"),
    html("p", {}, "This Python moves every step above. Change it, and the path follows as you type."),
    html("div", { class: "gd-editor" }, numbers, html("div", { class: "gd-code" }, mark, source)), fault,
    button("Restore the rule", restore));
  source.value = model.get("inputs").source || original;
  fit();
  const complain = () => {
    const { problem, line: at } = model.get("problem") || {}, found = Boolean(problem), where = Math.min(at || 0, lines());
    source.setAttribute("aria-invalid", found);
    mark.hidden = !where;
    if (where) {
      mark.style.setProperty("--gd-line", where - 1);
      mark.replaceChildren(html("span", {}, problem));
    }
    fault.textContent = found ? `${where ? `Line ${where}: ` : ""}${problem}. The last good path stays.` : "";
    root.dataset.problem = found;
  };
  return { rule, complain, restore, follow };
}

export default { render };
