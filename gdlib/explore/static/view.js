// Draws a descent: map and path, loss curve, playback, and the rule's own source to edit.
// Nothing is computed here. `drawing` comes from the kernel, or on the built page from page.js.

const BOX = 1000; // the scenery's paths are drawn in a box of this size
const PAD = { left: 58, right: 12, top: 12, bottom: 40 };
const ENDS = {
  arrived: (k) => `arrived at step ${k}: the loss has fallen to a millionth of its start`,
  descending: (k) => `still descending at step ${k}`,
  rising: (k) => `the loss has risen by step ${k}`,
  diverged: (k) => `diverged at step ${k}`,
  left: (k) => `left the map, downhill, at step ${k}`,
  stuck: () => "the gradient is zero here: it does not move",
};
let figures = 0; // numbers the figures of a page, for ids

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

const minus = (text) => text.replace("-", "−");
function say(value, digits = 3) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    return minus(`${mantissa}\u00a0×\u00a010`) + superscript(+exponent);
  }
  return minus(String(+value.toPrecision(digits)));
}
const superscript = (n) => String(n).replace(/./g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);

// Round ticks, about `count` of them, that lie in [low, high].
function ticks(low, high, count = 5) {
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= rough);
  const all = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) all.push(k * step);
  return all;
}

// A panel: a frame with ticks and axis titles, in pixels of its own size, and a group to draw in.
class Panel {
  constructor(parent, id, label, xTitle, yTitle) {
    this.svg = svg("svg", { role: "group", "aria-label": label, class: "gd-panel" });
    this.clip = svg("rect", {}, svg("clipPath", { id }, svg("defs", {}, this.svg)));
    this.inner = svg("g", { "clip-path": `url(#${id})` }, this.svg);
    this.axes = svg("g", { class: "gd-axes", "aria-hidden": "true" }, this.svg);
    this.titles = [xTitle, yTitle];
    parent.append(this.svg);
  }

  resize(width, height) {
    Object.assign(this, { x0: PAD.left, x1: width - PAD.right, y0: height - PAD.bottom, y1: PAD.top });
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.setAttribute("height", height);
    for (const [key, value] of Object.entries({
      x: this.x0, y: this.y1, width: this.x1 - this.x0, height: this.y0 - this.y1,
    })) this.clip.setAttribute(key, value);
  }

  // xScale, yScale: {low, high, ticks: [[value, text], ...]}
  scale(xScale, yScale) {
    const { x0, x1, y0, y1 } = this;
    this.x = (v) => x0 + ((v - xScale.low) / (xScale.high - xScale.low)) * (x1 - x0);
    this.y = (v) => y0 - ((v - yScale.low) / (yScale.high - yScale.low)) * (y0 - y1);
    const g = this.axes;
    g.replaceChildren();
    svg("rect", { x: x0, y: y1, width: x1 - x0, height: y0 - y1, class: "gd-frame" }, g);
    const text = (x, y, string, attributes) => { svg("text", { x, y, ...attributes }, g).textContent = string; };
    for (const [v, string] of xScale.ticks) {
      svg("path", { d: `M${this.x(v)} ${y0}v4` }, g);
      text(this.x(v), y0 + 17, string, { "text-anchor": "middle" });
    }
    for (const [v, string] of yScale.ticks) {
      svg("path", { d: `M${x0} ${this.y(v)}h-4` }, g);
      text(x0 - 7, this.y(v) + 4, string, { "text-anchor": "end" });
    }
    text((x0 + x1) / 2, y0 + 35, this.titles[0], { "text-anchor": "middle", class: "gd-title" });
    const middle = (y0 + y1) / 2;
    text(12, middle, this.titles[1], { "text-anchor": "middle", class: "gd-title", transform: `rotate(-90 12 ${middle})` });
  }
}

const linear = (low, high, count) => ({ low, high, ticks: ticks(low, high, count).map((v) => [v, say(v)]) });

// The points of a path that can be drawn: none farther than 20 maps away, where a last step is cut.
function drawable(drawing, [[xLow, xHigh], [yLow, yHigh]], last) {
  const points = [], far = 20;
  for (let k = 0; k <= last; k++) {
    const x = drawing.x[k], y = drawing.y[k];
    const u = (x - xLow) / (xHigh - xLow) - 0.5, w = (y - yLow) / (yHigh - yLow) - 0.5;
    const reach = Math.max(Math.abs(u), Math.abs(w));
    if (reach <= far || k === 0) { points.push([x, y]); continue; }
    const [px, py] = points[points.length - 1];
    const long = Math.max(Math.abs(x - px) / (xHigh - xLow), Math.abs(y - py) / (yHigh - yLow));
    points.push([px + ((x - px) / long) * far, py + ((y - py) / long) * far]);
    break;
  }
  return points;
}

function render({ model, el }) {
  const id = `gd-${++figures}`;
  const spec = model.get("spec"), scenery = model.get("scenery");
  const input = (key) => model.get("inputs")[key];
  const set = (changes) => {
    model.set("inputs", { ...model.get("inputs"), ...changes });
    model.save_changes();
  };
  const land = () => spec.landscapes[input("landscape")];
  const start = () => input("start") || land().start;

  const root = html("div", { class: "gd-figure", role: "group", "aria-label": spec.title,
    "data-lm-suppress-shortcuts": "" /* JupyterLab's own keys */ });
  const panels = html("div", { class: "gd-panels" });
  const map = new Panel(panels, `${id}-map`, "Map of the loss, with the path", "x", "y");
  const curve = new Panel(panels, `${id}-curve`, "Loss at each step", "step", "loss");
  const legend = html("p", { class: "gd-legend", "aria-hidden": "true" });
  legend.innerHTML = [
    ["gd-key-start", "start: drag it, or click on the map"], ["gd-key-path", "path"],
    ["gd-key-now", "step shown"], ["gd-key-minimum", "minimum"],
  ].map(([key, text]) => `<span><i class="${key}"></i>${text}</span>`).join("");

  // What is drawn, from back to front
  const ground = svg("g", { class: "gd-ground", "aria-hidden": "true" }, map.inner);
  const path = svg("path", { class: "gd-path" }, map.inner);
  const dots = svg("path", { class: "gd-dots" }, map.inner);
  const minima = svg("path", { class: "gd-minimum" }, map.inner);
  const now = svg("circle", { r: 4.5, class: "gd-now" }, map.inner);
  const handle = svg("g", {
    class: "gd-start", tabindex: 0, role: "slider", "aria-roledescription": "point to move with the arrow keys",
    "aria-label": "Start of the path",
  }, map.inner);
  svg("circle", { r: 22, class: "gd-grip" }, handle);
  svg("circle", { r: 7.5 }, handle);
  const exit = svg("text", { class: "gd-exit", "aria-hidden": "true" }, map.svg);
  const line = svg("path", { class: "gd-path" }, curve.inner);
  const cursor = svg("path", { class: "gd-cursor" }, curve.inner);
  const level = svg("circle", { r: 4.5, class: "gd-now", "aria-hidden": "true" }, curve.svg);

  // Playback
  let shown = spec.steps, frame = 0;
  const playing = () => frame !== 0;
  const play = button("Play", () => (playing() ? pause() : run()), { class: "gd-play" });
  const forward = button("Step", () => { pause(); show(shown >= last() ? 1 : shown + 1); });
  const reset = button("Reset", () => { pause(); shown = spec.steps; set(spec.initial); restore(); });
  const scrub = html("input", { type: "range", min: 0, step: 1, id: `${id}-step` });
  const count = html("output", { for: scrub.id });
  scrub.addEventListener("input", () => { pause(); show(+scrub.value); });
  const tools = html("div", { class: "gd-tools" }, play, forward, reset,
    html("span", { class: "gd-scrub" }, html("label", { for: scrub.id }, "Step shown"), scrub, count));
  const words = html("p", { class: "gd-words" });
  const heard = html("p", { class: "gd-heard", "aria-live": "polite" });

  const last = () => model.get("drawing").x.length - 1;
  function run() {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) { show(last()); return; }
    const first = shown >= last() ? 0 : shown, pace = Math.max(12, Math.min(80, 4000 / last()));
    let began;
    play.textContent = "Pause";
    const tick = (time) => {
      began ??= time;
      show(Math.min(last(), first + Math.floor((time - began) / pace)));
      if (shown < last()) frame = requestAnimationFrame(tick); else pause();
    };
    frame = requestAnimationFrame(tick);
  }
  function pause() {
    cancelAnimationFrame(frame);
    frame = 0;
    play.textContent = "Play";
  }
  function show(step) {
    shown = step >= last() ? spec.steps : step; // at the end, stay at the end of every path to come
    draw();
  }

  // The rule
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
  const restore = () => { source.value = original; fit(); edited(0); };
  const edited = (delay) => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      const text = source.value.trimEnd();
      set({ source: text === original ? "" : text });
    }, delay);
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
  const rule = html("details", { class: "gd-rule" },
    html("summary", {}, "Edit the rule"),
    html("p", {}, "This Python moves every step above. Change it, and the path follows as you type."),
    html("div", { class: "gd-editor" }, numbers, html("div", { class: "gd-code" }, mark, source)), fault,
    button("Restore the rule", restore));
  source.value = input("source") || original;
  fit();

  function complain() {
    const { problem, line: at } = model.get("problem") || {};
    const found = Boolean(problem), where = Math.min(at || 0, lines());
    source.setAttribute("aria-invalid", found);
    mark.hidden = !where;
    if (where) {
      mark.style.setProperty("--gd-line", where - 1);
      mark.replaceChildren(html("span", {}, problem));
    }
    fault.textContent = found ? `${where ? `Line ${where}: ` : ""}${problem}. The last good path stays.` : "";
    root.dataset.problem = found;
  }

  // Drawing
  let scene = "";
  function layout() {
    const width = panels.clientWidth;
    if (!width) return;
    const two = width >= 560, each = two ? Math.floor((width - 16) / 2) : width;
    map.resize(each, each - (PAD.left + PAD.right) + PAD.top + PAD.bottom);
    curve.resize(each, two ? each - (PAD.left + PAD.right) + PAD.top + PAD.bottom : Math.min(each, 260));
    const [[xLow, xHigh], [yLow, yHigh]] = land().domain;
    map.scale(linear(xLow, xHigh), linear(yLow, yHigh));
    scene = input("landscape");
    ground.replaceChildren(...scenery[scene].ground.map((d) => svg("path", { d })));
    const wide = (map.x1 - map.x0) / BOX, high = (map.y0 - map.y1) / BOX;
    ground.setAttribute("transform", `translate(${map.x0} ${map.y1}) scale(${wide} ${high})`);
    minima.setAttribute("d", scenery[scene].minima.map(([x, y]) => star(map.x(x), map.y(y))).join(""));
    draw();
  }

  function lossScale(drawing, lowest) {
    if (lowest === null) {
      const inside = drawing.loss.filter((v) => Math.abs(v) < 1e3);
      const low = Math.min(...inside), high = Math.max(...inside), room = (high - low || 1) * 0.08;
      return { ...linear(low - room, high + room), of: (v) => v };
    }
    const log = (v) => Math.log10(Math.max(v - lowest, 1e-16));
    const top = Math.min(6, Math.ceil(log(drawing.loss[0]) + 0.5));
    const least = Math.floor(drawing.loss.reduce((low, v) => Math.min(low, log(v)), top));
    const low = Math.min(least, top - 3), each = Math.ceil((top - low) / 6);
    const decades = [];
    for (let k = top; k >= low; k -= each) decades.push([k, `10${superscript(k)}`]);
    return { low, high: top, ticks: decades, of: log };
  }

  const at = (x, y) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  function draw() {
    const drawing = model.get("drawing"), { domain, lowest } = land(), end = last();
    if (!map.x || !drawing.x) return;
    const k = Math.min(shown, end);
    const points = drawable(drawing, domain, k).map(([x, y]) => at(map.x(x), map.y(y)));
    path.setAttribute("d", `M${points.join("L")}`);
    dots.setAttribute("d", points.map((p) => `M${p}h0`).join(""));
    const tip = points[points.length - 1].split(" ");
    now.setAttribute("cx", tip[0]); now.setAttribute("cy", tip[1]);

    const [x, y] = start(), [[xLow, xHigh], [yLow, yHigh]] = domain;
    handle.setAttribute("transform", `translate(${map.x(x)} ${map.y(y)})`);
    handle.setAttribute("aria-valuemin", xLow); handle.setAttribute("aria-valuemax", xHigh);
    handle.setAttribute("aria-valuenow", x);
    handle.setAttribute("aria-valuetext", `x ${say(x)}, y ${say(y)}`);

    const scale = lossScale(drawing, lowest);
    curve.titles[1] = lowest ? "loss above its minimum" : "loss";
    curve.scale(linear(0, spec.steps), scale);
    const heights = drawing.loss.map((v, j) => at(curve.x(j), curve.y(clamp(scale.of(v), scale.low - 1, scale.high + 1))));
    line.setAttribute("d", `M${heights.join("L")}`);
    const [cx, cy] = heights[k].split(" ");
    level.setAttribute("cx", cx); level.setAttribute("cy", cy);
    cursor.setAttribute("d", `M${cx} ${curve.y0}V${curve.y1}`);

    const ended = ENDS[drawing.end](drawing.step), out = drawing.end === "diverged" && k >= drawing.step;
    exit.textContent = out ? ended : "";
    exit.setAttribute("x", map.x0 + 10); exit.setAttribute("y", map.y1 + 20);
    scrub.max = end; scrub.value = k;
    scrub.setAttribute("aria-valuetext", `step ${k} of ${end}`);
    count.textContent = `${k} of ${spec.steps}`;
    const place = `Step ${k}: x\u00a0=\u00a0${say(drawing.x[k])}, y\u00a0=\u00a0${say(drawing.y[k])}, loss ${say(drawing.loss[k])}`;
    const setting = spec.hyper.filter((key) => key !== "eps")
      .map((key) => `${spec.labels[key].replace(/^[A-Z]/, (c) => c.toLowerCase())} ${say(input(key))}`).join(", ");
    const text = `With ${setting}: ${ended}. ${place}.`;
    words.textContent = text;
    speak(text);
    Object.assign(root.dataset, { end: drawing.end, step: drawing.step, shown: k, ready: true });
  }
  let speaking = 0;
  const speak = (text) => { // once the reader has come to rest, and not at all while it plays
    clearTimeout(speaking);
    if (!playing()) speaking = setTimeout(() => { heard.textContent = text; }, 700);
  };

  // Moving the start
  const move = (x, y) => {
    const [[xLow, xHigh], [yLow, yHigh]] = land().domain;
    set({ start: [clamp(x, xLow, xHigh), clamp(y, yLow, yHigh)] });
  };
  const under = (event) => {
    const box = map.svg.getBoundingClientRect(), [[xLow, xHigh], [yLow, yHigh]] = land().domain;
    const ratio = map.svg.viewBox.baseVal.width / box.width;
    const u = ((event.clientX - box.left) * ratio - map.x0) / (map.x1 - map.x0);
    const w = ((event.clientY - box.top) * ratio - map.y0) / (map.y1 - map.y0);
    return [xLow + u * (xHigh - xLow), yLow + w * (yHigh - yLow), u >= 0 && u <= 1 && w >= 0 && w <= 1];
  };
  let held = false;
  handle.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false }); // no scrolling
  handle.addEventListener("pointerdown", (event) => {
    held = true; handle.setPointerCapture(event.pointerId); handle.focus({ preventScroll: true });
    event.preventDefault();
  });
  handle.addEventListener("pointermove", (event) => { if (held) { const [x, y] = under(event); move(x, y); } });
  for (const stop of ["pointerup", "pointercancel"]) handle.addEventListener(stop, () => { held = false; });
  map.svg.addEventListener("click", (event) => {
    if (handle.contains(event.target)) return;
    const [x, y, inside] = under(event);
    if (inside) move(x, y);
  });
  handle.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way) return;
    event.preventDefault(); event.stopPropagation();
    const [x, y] = start(), [[xLow, xHigh], [yLow, yHigh]] = land().domain, part = event.shiftKey ? 0.1 : 0.01;
    move(x + way[0] * part * (xHigh - xLow), y + way[1] * part * (yHigh - yLow));
  });

  let queued = 0;
  const soon = () => { queued ||= requestAnimationFrame(() => { queued = 0; scene === input("landscape") ? draw() : layout(); }); };
  const listeners = [["change:drawing", soon], ["change:inputs", () => {
    if (!input("source") && source.value.trimEnd() !== original && document.activeElement !== source) { source.value = original; fit(); }
  }], ["change:problem", complain]];
  for (const [event, listener] of listeners) model.on(event, listener);
  const resized = new ResizeObserver(() => layout());
  resized.observe(panels);

  root.append(panels, legend, tools, words, heard, rule);
  el.append(root);
  complain();
  return () => {
    pause(); clearTimeout(typing); clearTimeout(speaking); cancelAnimationFrame(queued); resized.disconnect();
    for (const [event, listener] of listeners) model.off(event, listener);
  };
}

const clamp = (v, low, high) => Math.min(Math.max(v, low), high);

function star(x, y, size = 10) {
  const corner = (k) => {
    const angle = (Math.PI / 5) * k - Math.PI / 2, r = k % 2 ? size * 0.42 : size;
    return `${(x + r * Math.cos(angle)).toFixed(1)} ${(y + r * Math.sin(angle)).toFixed(1)}`;
  };
  return `M${Array.from({ length: 10 }, (_, k) => corner(k)).join("L")}Z`;
}

export default { render };
