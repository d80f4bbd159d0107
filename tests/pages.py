"""What the tests of the built pages share: the site, a browser, and a page that keeps a record."""

import functools
import gzip
import http.server
import json
import re
import threading
from pathlib import Path

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build" / "html"
MOST_KIB, MOST_REQUESTS = 600, 30  # for a page to weigh, gzipped, and to ask for
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]

# Rules that the theme or myst-nb break in our part of the page, beyond our reach:
THEMES = ["label-content-name-mismatch"]  # myst-nb names the summary of a folded cell anew
DOCUTILS = ".citation-list"  # gives its entries a role that ARIA has withdrawn

# Every figure's questions to Python and the answers, as the page's worker sees them.
RECORD = """
globalThis.record = [];
if (globalThis.Worker) globalThis.Worker = class extends Worker {
  constructor(...args) {
    super(...args);
    this.addEventListener("message", ({ data }) => {
      if (!data.answer) return;
      record.push([this.asked, data.answer]);
    });
  }
  postMessage(text) { this.asked = text; super.postMessage(text); }
};
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def serve(folder=SITE):
    """Serve `folder` on a free port of this machine; return the server and its address."""
    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}/"


def html_pages(folder=SITE):
    """The book's own pages, relative to `folder`: not the search, the index or what Sphinx adds."""
    added = {"genindex.html", "search.html", "py-modindex.html"}
    found = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.html"))
    return [p for p in found if p not in added and not p.startswith(("_static", "_modules"))]


def has_figure(path):
    return "application/vnd.jupyter.widget-view+json" in (SITE / path).read_text("utf-8")


def weigh(browser, address):
    """Return the gzipped KiB and the number of the requests that a page makes by itself."""
    context = browser.new_context()
    page, bodies = context.new_page(), []
    page.on("response", lambda response: bodies.append(response))
    page.goto(address, wait_until="networkidle")
    bodies = [response for response in bodies if not response.url.startswith("blob:")]
    sizes = [len(gzip.compress(response.body(), 9)) for response in bodies]
    context.close()
    return sum(sizes) / 1024, len(sizes)


class Visit:
    """One page in one window: what it asked of other hosts, and what its console said."""

    def __init__(self, browser, address, width=1280, theme="light", **options):
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, **options
        )
        self.context.add_init_script(RECORD)
        self.outside, self.console = [], []
        self.context.route("**/*", self._route)
        self.page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda e: self.console.append(f"error: {e}"))
        self.page.goto(address)

    def _hear(self, message):
        if message.type in ("error", "warning"):
            self.console.append(f"{message.type}: {message.text}")

    def _route(self, route):
        url = route.request.url
        if url.startswith(("http://127.0.0.1:", "file:", "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(url)
            route.abort()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.context.close()

    def figures(self):
        """Wait until all figures are drawn; return them, each with its controls."""
        self.page.wait_for_selector("html[data-gd=ready]")
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('.gd-figure')].every((f) => f.dataset.ready)"
        )
        live = self.page.locator(".gd-live")
        return [Figure(live.nth(k)) for k in range(live.count())]

    def asked(self):
        """How many questions have been answered so far."""
        return self.page.evaluate("record.length")

    def answers(self, since=0):
        """All questions and answers from the one with the number `since` on."""
        texts = self.page.evaluate(f"record.slice({since})")
        return [{"asked": json.loads(a), "answer": json.loads(b)} for a, b in texts]

    def axe(self, only=()):
        """What axe finds wrong in the page's own part; the frame around it is the theme's.

        `only` names the rules to apply; without it, all but those that the theme breaks.
        """
        self.page.add_script_tag(path=str(AXE))
        rules = {rule: {"enabled": False} for rule in THEMES}
        options = json.dumps({"runOnly": list(only)} if only else {"rules": rules})
        ours = json.dumps({"include": ".bd-article", "exclude": DOCUTILS})
        found = self.page.evaluate(f"axe.run({ours}, {options})")
        return [
            f"{v['id']}: {node['html'][:160]}" for v in found["violations"] for node in v["nodes"]
        ]


class Figure:
    """An explorable on a page, as its reader meets it."""

    def __init__(self, live):
        self.live = live
        self.page = live.page
        self.figure = live.locator(".gd-figure")
        self.start = live.locator(".gd-handle[tabindex]")
        self.words = live.locator(".gd-words")
        self.fault = live.locator(".gd-fault")
        self.source = live.locator("textarea")

    def all(self, selector):
        found = self.live.locator(selector)
        return [found.nth(k) for k in range(found.count())]

    def sliders(self):
        return self.all(".gd-row input[type=range]")

    def choices(self):
        return self.all(".gd-row select")

    def switches(self):
        return self.all(".gd-row input[type=checkbox]")

    def handles(self):
        return self.all(".gd-handle[tabindex]")

    def readers(self):
        return self.all(".gd-reader")

    def presets(self):
        return self.all(".gd-presets button")

    def optima(self):
        return [button for button in self.all(".gd-optimum") if button.is_visible()]

    def button(self, name):
        return self.live.get_by_role("button", name=name, exact=True)

    def rest(self):
        """Wait until nothing is being computed and what was is drawn."""
        self.page.wait_for_function(
            "(live) => !live.querySelector('[data-busy]')", arg=self.live.element_handle()
        )
        self.page.evaluate(
            "() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))"
        )
        return self

    def picture(self):
        """What is drawn, apart from readings: all shapes and numbers of its panels."""
        return self.live.evaluate(PICTURE)

    def drawn(self):
        """What can be seen: the readout, and what is drawn."""
        return self.words.inner_text(), self.picture()

    def edit(self, source):
        rule = self.live.locator("details.gd-rule")
        if rule.get_attribute("open") is None:
            rule.locator("summary").click()
        self.source.fill(source)
        self.page.wait_for_timeout(250)  # the page waits for a pause in the typing
        return self.rest()


PICTURE = """(live) => [...live.querySelectorAll(".gd-panel")].map((panel) => {
  const copy = panel.cloneNode(true);
  copy.querySelectorAll(".gd-reader").forEach((reader) => reader.remove());
  return copy.innerHTML;
}).join("")"""


# --- the gallery ---

GALLERY = "explorables/gallery.html"
SAVED_STATE = re.compile(r'application/vnd.jupyter.widget-state\+json">(.*?)</script>', re.S)


def saved():
    """The state of the gallery's widgets, by their ids."""
    text = SAVED_STATE.search((SITE / GALLERY).read_text("utf-8"))[1]
    return json.loads(text.replace("<\\/", "</"))["state"]


FIGURES = [m["state"] for m in saved().values() if m["model_name"] == "AnyModel"]
NAMES = [figure["name"] for figure in FIGURES]
PRESETS = {figure["name"]: [label for label, _ in figure["spec"]["presets"]] for figure in FIGURES}


def figure_of(opened, name):
    opened.figures()
    figure = Figure(opened.page.locator(f".gd-live:has(#{name})"))
    figure.live.scroll_into_view_if_needed()
    figure.button("Reset").click()
    return figure.rest()


def centre(box):
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
