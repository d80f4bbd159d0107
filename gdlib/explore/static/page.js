// The built page's stand-in for Jupyter: draws saved ipywidgets as native controls, and computes the
// figures with MicroPython, from the very Python files of the library, when the reader first touches one.
// A classic script, so that it also works from file://. It asks nothing of any other host.
(() => {
  "use strict";
  const BASE = document.currentScript.src.replace(/[^/]*$/, "");
  const PATIENCE = 1000; // milliseconds that an edited rule may take
  const REF = "IPY_MODEL_";
  let ids = 0;

  const html = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    node.append(...children);
    return node;
  };

  // ---- Python ----------------------------------------------------------------------------------

  const script = (name) => new Promise((resolve, reject) => {
    const node = html("script", { src: BASE + name });
    node.addEventListener("load", resolve);
    node.addEventListener("error", () => reject(new Error(`${name} could not be loaded`)));
    document.head.append(node);
  });

  // What the worker runs once MicroPython's own text stands before it. It says hello when it is ready;
  // then it answers each request, a JSON text, with another.
  const WORKER = `
    const python = await loadMicroPython({ url: WASM, heapsize: 8 << 20, stdout() {}, stderr() {} });
    for (const path in FILES) {
      path.split("/").slice(0, -1).reduce((at, name) => {
        if (!python.FS.analyzePath(at + name).exists) python.FS.mkdir(at + name);
        return at + name + "/";
      }, "/");
      python.FS.writeFile("/" + path, FILES[path]);
    }
    python.runPython(\`
import sys
sys.path.insert(0, "/")
import gc, json
from gdlib.explore.run import draw
def answer(text):
    gc.collect()
    return json.dumps(draw(*json.loads(text)))
\`);
    const answer = python.globals.get("answer");
    globalThis.onmessage = ({ data }) => {
      try { postMessage({ answer: answer(data) }); } catch (error) { postMessage({ error: String(error) }); }
    };
    postMessage({ hello: true });
  `;

  class Python {
    constructor() { this.waiting = new Map(); this.worker = null; this.busy = null; }

    // Load and start it, once. A module worker, an imported and a fetched blob all fail under file://:
    // so one classic worker, with everything in its text.
    start() {
      return this.started ??= this.begin().catch((error) => { this.started = null; throw error; });
    }
    async begin() {
      if (!globalThis.GD_MICROPYTHON) await Promise.all([script("micropython.js"), script("formulas.js")]);
      const { mjs, wasm } = globalThis.GD_MICROPYTHON;
      const text = mjs.replace(/\bexport default \w+;/, "").replace(/\bexport (?=async function|function|const|class)/g, "")
        .replaceAll("import.meta.url", '""');
      const given = `const WASM = "data:application/wasm;base64,${wasm}", FILES = ${JSON.stringify(globalThis.GD_PYTHON)};`;
      const run = `(async () => { ${given} ${text}\n${WORKER} })().catch((error) => postMessage({ error: String(error) }));`;
      const url = URL.createObjectURL(new Blob([run], { type: "text/javascript" }));
      this.worker = new Worker(url);
      await new Promise((resolve, reject) => {
        this.worker.onmessage = ({ data }) => (data.hello ? resolve() : reject(new Error(data.error)));
        this.worker.onerror = (event) => { event.preventDefault(); reject(new Error(event.message || "no worker")); };
      }).finally(() => URL.revokeObjectURL(url));
      this.worker.onmessage = ({ data }) => this.settle(data);
    }

    // The answer to `request`; undefined where a later request under the same key has overtaken it.
    ask(key, request, patience) {
      return new Promise((resolve, reject) => {
        this.waiting.get(key)?.resolve(undefined);
        this.waiting.set(key, { request, patience, resolve, reject });
        this.next();
      });
    }
    async next() {
      if (this.busy || !this.waiting.size) return;
      const [key, job] = this.waiting.entries().next().value;
      this.waiting.delete(key);
      this.busy = job;
      try { await this.start(); } catch (error) { this.settle({ error: error.message }); return; }
      if (job.patience) job.timer = setTimeout(() => this.stop(), job.patience);
      this.worker.postMessage(JSON.stringify(job.request));
    }
    settle({ answer, error }) {
      const job = this.busy;
      if (!job) return;
      this.busy = null;
      clearTimeout(job.timer);
      if (error) job.reject(new Error(error)); else job.resolve(JSON.parse(answer));
      this.next();
    }
    stop() { // an edited rule that never ends: end the worker; the next request starts another
      this.worker.terminate();
      this.started = null;
      this.settle({ answer: JSON.stringify({ problem: `TimeoutError: stopped: the rule ran for more than ${PATIENCE / 1000} s`, line: 0 }) });
      this.start().catch(() => {});
    }
  }
  const python = new Python();

  // ---- Widgets ---------------------------------------------------------------------------------

  class Model { // as much of a Jupyter widget's model as anywidget's views use
    constructor(record) {
      this.name = record.model_name; this.state = record.state; this.listeners = {}; this.changed = new Set();
    }
    get(key) { return this.state[key]; }
    set(key, value) {
      if (Object.is(this.state[key], value)) return;
      this.state[key] = value;
      this.changed.add(key);
      this.emit(`change:${key}`);
    }
    save_changes() { if (this.changed.size) { this.changed.clear(); this.emit("change"); } }
    on(event, listener) { (this.listeners[event] ??= []).push(listener); }
    off(event, listener) { this.listeners[event] = (this.listeners[event] || []).filter((other) => other !== listener); }
    emit(event) { for (const listener of [...(this.listeners[event] || [])]) listener(); }
  }

  function shown(format, value) {
    const [, digits, kind] = /^\.(\d+)([fge])$/.exec(format || "") || [0, 4, "g"];
    if (kind === "f") return value.toFixed(digits);
    if (kind === "e") return value.toExponential(digits);
    const [, mantissa, exponent] = value.toExponential(digits - 1).match(/^(.*)e(.*)$/);
    return exponent < -4 || exponent >= +digits ? `${+mantissa}e${exponent}` : String(+value.toPrecision(digits));
  }

  function row(model, input, output) {
    input.id = `gd-control-${++ids}`;
    input.disabled = Boolean(model.get("disabled"));
    output?.setAttribute("for", input.id);
    return html("div", { class: "gd-row" }, html("label", { for: input.id }, model.get("description")), input, ...(output ? [output] : []));
  }

  // A slider on whole numbers 0..n, so that the browser's own arrow keys take the widget's own steps.
  function slider(model, fromPlace, toPlace) {
    const { min, max, step } = model.state, n = Math.round((max - min) / step);
    const input = html("input", { type: "range", min: 0, max: n, step: 1 }), output = html("output");
    const best = html("button", { type: "button", class: "gd-optimum", hidden: "" }, "optimal");
    const follow = () => {
      input.value = Math.round((toPlace(model.get("value")) - min) / step);
      output.textContent = shown(model.get("readout_format"), model.get("value"));
      input.setAttribute("aria-valuetext", output.textContent);
    };
    input.addEventListener("input", () => {
      model.set("value", fromPlace(Math.min(max, min + input.value * step)));
      model.save_changes();
    });
    model.on("change:value", follow);
    model.read = (text) => { // the number itself where the slider reaches, else the nearest end
      const place = text === "" ? NaN : toPlace(+text);
      return place < min ? fromPlace(min) : place > max ? fromPlace(max) : Number.isFinite(place) ? +text : undefined;
    };
    let optimum;
    best.addEventListener("click", () => { model.set("value", optimum); model.save_changes(); });
    model.best = (value) => { // a mark to click, where theory names a best value; hidden beyond the slider
      if (value === undefined) { best.style.visibility = "hidden"; return; }
      const part = (toPlace(value) - min) / (max - min), there = part >= -1e-9 && part <= 1 + 1e-9;
      optimum = value;
      best.hidden = false;
      best.style.setProperty("--gd-part", there ? part.toFixed(4) : 0);
      best.style.visibility = there ? "visible" : "hidden";
      best.setAttribute("aria-label", `Set ${model.get("description")} to its optimal value, ${+value.toPrecision(3)}`);
    };
    follow();
    const line = row(model, input, output);
    line.append(best);
    return line;
  }
  const same = (value) => value;

  const VIEWS = {
    FloatLogSliderModel: (m) => slider(m, (place) => m.get("base") ** place, (value) => Math.log(value) / Math.log(m.get("base"))),
    FloatSliderModel: (m) => slider(m, (place) => +place.toPrecision(12), same),
    IntSliderModel: (m) => slider(m, Math.round, same),
    DropdownModel: (m) => {
      const labels = m.get("_options_labels"), select = html("select");
      labels.forEach((label) => select.append(html("option", {}, label)));
      const follow = () => { select.selectedIndex = m.get("index"); m.state.value = labels[m.get("index")]; m.emit("change:value"); };
      select.addEventListener("change", () => { m.set("index", select.selectedIndex); m.save_changes(); });
      m.on("change:index", follow);
      m.write = (label) => m.set("index", labels.indexOf(label));
      m.read = (text) => (labels.includes(text) ? text : undefined);
      follow();
      return row(m, select);
    },
    CheckboxModel: (m) => {
      const input = html("input", { type: "checkbox" }), follow = () => { input.checked = m.get("value"); };
      input.addEventListener("change", () => { m.set("value", input.checked); m.save_changes(); });
      m.on("change:value", follow);
      m.read = (text) => ({ true: true, false: false })[text];
      follow();
      return row(m, input);
    },
    VBoxModel: (m, page) => html("div", { class: "gd-vbox" }, ...page.children(m)),
    HBoxModel: (m, page) => html("div", { class: "gd-hbox" }, ...page.children(m)),
    AnyModel: (m, page) => page.figure(m),
  };

  class Page {
    constructor(saved) {
      this.models = new Map(Object.entries(saved.state).map(([id, record]) => [id, new Model(record)]));
      this.names = new Map();
      this.drawn = []; // the figures' models, in the order of the page
    }
    model(reference) { return this.models.get(reference.replace(REF, "")); }
    children(model) { return model.get("children").map((child) => this.view(this.model(child))); }
    view(model) {
      const make = VIEWS[model.name];
      if (!make) throw new Error(`the page cannot draw a ${model.name}`);
      return make(model, this);
    }

    figure(model) {
      const el = html("div", { class: "gd-host" }), name = model.get("name");
      const before = this.names.get(name) || 0; // the same figure may stand on a page more than once
      this.names.set(name, before + 1);
      el.id = model.link = before ? `${name}-${before + 1}` : name;
      this.bind(model, el);
      this.drawn.push(model);
      model.start = () => {
        globalThis.GD_VIEW.render({ model, el });
        el.querySelector(".gd-tools")?.append(linkButton(model));
      };
      return el;
    }

    // Inputs and controls move each other, and a change of the inputs is computed.
    bind(model, el) {
      const controls = Object.entries(model.get("controls")).map(([key, reference]) => [key, this.model(reference)]);
      const inputs = () => model.get("inputs"), key = ++ids;
      for (const [name, control] of controls) {
        control.on("change:value", () => {
          if (control.get("value") === inputs()[name]) return;
          const reset = Object.fromEntries((model.get("spec").resets[name] || []).map((other) => [other, null]));
          model.set("inputs", { ...inputs(), [name]: control.get("value"), ...reset });
        });
      }
      const compute = async () => {
        el.dataset.busy = "";
        try {
          const request = ["program", "function", "given", "inputs", "rule"].map((trait) => model.get(trait));
          const drawing = await python.ask(key, request, inputs().source ? PATIENCE : 0);
          if (!drawing) return; // overtaken
          if (drawing.problem) model.set("problem", drawing);
          else { model.set("drawing", drawing); model.set("problem", {}); }
        } catch (error) {
          giveUp(el, error);
        }
        delete el.dataset.busy;
      };
      model.on("change:inputs", () => {
        for (const [name, control] of controls) {
          if (control.get("value") === inputs()[name]) continue;
          if (control.write) control.write(inputs()[name]); else control.set("value", inputs()[name]);
        }
        compute();
        remember(model);
      });
      for (const event of ["pointerenter", "focusin", "touchstart"]) {
        el.addEventListener(event, () => python.start().catch(() => {}), { once: true, passive: true });
      }
      model.controls = controls;
      model.fail = (error) => giveUp(el, error);
      model.showBest = (best) => { for (const [name, control] of controls) control.best?.(best[name]); };
    }
  }

  // ---- Links to a setting: page.html#name?landscape=Beale&lr=0.02&start=1,1.5 --------------------

  function fragment(model) {
    const setting = new URLSearchParams();
    for (const [key, value] of Object.entries(model.get("inputs"))) {
      if (key !== "source" && value !== null) setting.set(key, value);
    }
    return `#${model.link}?${String(setting).replaceAll("%2C", ",")}`;
  }

  let remembering = 0;
  function remember(model) { // the address follows the figure that was touched last, once it has come to rest
    clearTimeout(remembering);
    remembering = setTimeout(() => history.replaceState(null, "", fragment(model)), 600);
  }

  function linkButton(model) {
    const button = html("button", { type: "button" }, "Copy link");
    button.addEventListener("click", async () => {
      history.replaceState(null, "", fragment(model));
      const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
      button.textContent = copied ? "Link copied" : "Link is in the address bar";
      setTimeout(() => { button.textContent = "Copy link"; }, 2500);
    });
    return button;
  }

  // A setting from a link; what makes no sense in it is passed over. An edited rule is never taken
  // from a link: a page must not run a stranger's program.
  function linked(model) {
    const [name, text] = location.hash.slice(1).split("?"); // URLSearchParams decodes the rest
    if (name !== model.link || !text) return null;
    const setting = new URLSearchParams(text), inputs = { ...model.get("inputs") }, held = new Map(model.controls);
    for (const key of Object.keys(inputs)) {
      if (key === "source" || !setting.has(key)) continue;
      const value = held.has(key) ? held.get(key).read(setting.get(key)) : point(setting.get(key), typeof inputs[key] === "number");
      if (value !== undefined) inputs[key] = value;
    }
    return inputs;
  }
  function point(text, alone) {
    const parts = text.split(",").map((part) => (part.trim() ? +part : NaN));
    if (parts.length !== (alone ? 1 : 2) || !parts.every((v) => Math.abs(v) < 1e6)) return undefined;
    return alone ? parts[0] : parts;
  }

  // ---- The page --------------------------------------------------------------------------------

  function giveUp(el, error) {
    const place = el.closest(".gd-live") || el;
    if (place.dataset.failed) return;
    place.dataset.failed = "";
    place.prepend(html("p", { class: "gd-note", role: "status" }, `This figure cannot be computed in this browser (${error.message}). Here is its picture.`));
    place.parentElement?.querySelectorAll(".gd-static").forEach((picture) => picture.classList.remove("gd-replaced"));
  }

  function mount(view, page) {
    const place = html("div", { class: "gd-live" });
    view.before(place);
    try {
      if (!globalThis.WebAssembly || !globalThis.Worker) throw new Error("WebAssembly or workers are missing");
      const model = page.models.get(JSON.parse(view.textContent).model_id);
      if (!model) throw new Error("its state was not saved");
      const first = page.drawn.length;
      place.append(page.view(model));
      view.parentElement.querySelectorAll(".gd-static").forEach((picture) => picture.classList.add("gd-replaced"));
      for (const figure of page.drawn.slice(first)) figure.start();
    } catch (error) {
      giveUp(place, error);
    }
  }

  function follow(page) { // the link that the page was opened with, or has been changed to
    for (const model of page.drawn) {
      const inputs = linked(model);
      if (!inputs) continue;
      model.set("inputs", inputs);
      document.getElementById(model.link)?.scrollIntoView({ block: "start" });
    }
  }

  // This script stands in the head, after the saved state: each figure is drawn as soon as the parser
  // has come to it, before it is first painted, so that nothing on the page jumps.
  function go() {
    const saved = document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]');
    if (!saved) return;
    const page = new Page(JSON.parse(saved.textContent)), seen = new Set();
    const look = () => {
      for (const view of document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]')) {
        if (seen.has(view) || !view.textContent.trim().endsWith("}")) continue; // the parser may stand in the midst of it
        seen.add(view);
        mount(view, page);
      }
    };
    const done = () => {
      look();
      follow(page);
      addEventListener("hashchange", () => follow(page));
      document.documentElement.dataset.gd = "ready";
      globalThis.gdReady = performance.now();
    };
    if (document.readyState !== "loading") { done(); return; }
    const parsed = new MutationObserver(look);
    parsed.observe(document, { childList: true, subtree: true });
    addEventListener("DOMContentLoaded", () => { parsed.disconnect(); done(); });
  }
  go();
})();
