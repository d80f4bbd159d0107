"""The built pages as a reader meets them, in a real browser with the network cut."""

import random

import numpy as np
import pytest

import gdlib as gd
from gdlib import landscapes
from tests.pages import (
    MOST_KIB,
    MOST_REQUESTS,
    has_figure,
    html_pages,
    weigh,
)

PAGES = html_pages()
FIGURE_PAGES = [path for path in PAGES if has_figure(path)]
FLAGSHIP = "basics/gradient-descent.html"
OPTIMIZERS = {cls.rule.__name__: cls for cls in gd.Optimizer.__subclasses__()}
LANDSCAPES = {land.title: land for land in landscapes.LANDSCAPES.values()}


def test_there_are_pages_and_figures():
    assert "index.html" in FIGURE_PAGES and FLAGSHIP in FIGURE_PAGES


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_and_is_accessible(visit, path, width, theme):
    opened = visit(path, width=width, theme=theme)
    if has_figure(path):
        opened.figures()
    page = opened.page
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not page.evaluate(CUT_FORMULAS)
    captions = page.locator("figcaption").all()
    assert all(caption.is_visible() for caption in captions)
    pictures = page.locator(".bd-article img").all()
    assert all(picture.is_visible() for picture in pictures if drawn_for(picture, theme, width))
    assert not page.evaluate(BROKEN)
    assert not page.evaluate(TOO_SMALL)
    assert not page.evaluate(OUT_OF_SHAPE)
    assert not page.evaluate(NOT_QUITE_CLOSED)
    if width == 1280:  # what axe finds does not depend on the width, and on the theme the contrast
        assert not opened.axe(only=["color-contrast"] if theme == "dark" else ())


OUT_OF_SHAPE = """() => [...document.querySelectorAll(".bd-article img")].filter((img) => {
  const { width, height } = img.getBoundingClientRect();
  const shape = img.getAttribute("width") / img.getAttribute("height");
  return width && shape && Math.abs(width / height / shape - 1) > 0.02;
}).map((img) => img.src)"""
NOT_QUITE_CLOSED = """() => [...document.querySelectorAll(".toggle-hidden")].filter((box) => {
  const [title] = box.querySelectorAll(".admonition-title");
  return title && box.getBoundingClientRect().bottom > title.getBoundingClientRect().bottom + 2;
}).map((box) => box.textContent.slice(0, 60))"""
CUT_FORMULAS = """() => [...document.querySelectorAll(".katex-display")].filter((formula) => {
  const edge = formula.getBoundingClientRect().right + 1, parts = formula.querySelectorAll(".base");
  return [...parts].some((part) => part.getBoundingClientRect().right > edge);
}).map((formula) => formula.querySelector("annotation").textContent)"""


# Drawn so much wider than they are shown that their text, of 10 points or so, is hard to read.
TOO_SMALL = """() => [...document.querySelectorAll(".gd-twins img")].filter((img) => {
  const { width } = img.getBoundingClientRect();
  return width && width < 0.8 * img.getAttribute("width");
}).map((img) => img.src)"""


BROKEN = """async () => {
  const shown = [...document.querySelectorAll(".bd-article img")].filter((img) => img.offsetWidth);
  const drawn = await Promise.allSettled(shown.map((img) => (img.loading = "eager", img.decode())));
  return shown.filter((img, k) => drawn[k].status == "rejected").map((img) => img.src);
}"""


def drawn_for(picture, theme, width):
    """Whether a picture is to be seen: not the other theme's or width's, nor a stand-in."""
    other = {"light": "only-dark", "dark": "only-light"}[theme]
    size = "gd-wide" if width < 576 else "gd-narrow"
    hidden = f"img.matches('.{other}, .{size}') || img.closest('.gd-replaced')"
    return not picture.evaluate(f"(img) => {hidden}")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_light(browser, site, path):
    kib, requests = weigh(browser, site + path)
    assert kib <= MOST_KIB and requests <= MOST_REQUESTS


@pytest.mark.parametrize("path", ["index.html", FLAGSHIP])
def test_choosing_a_landscape_draws_it_from_its_own_start(visit, path):
    for figure in visit(path).figures():
        choice = figure.live.get_by_label("Landscape", exact=True)
        for name in choice.locator("option").all_inner_texts() if choice.count() else []:
            choice.select_option(name)
            figure.rest()
            x, _ = LANDSCAPES[name].start
            assert figure.start.get_attribute("aria-valuetext").startswith("x ")
            assert float(figure.start.get_attribute("aria-valuenow")) == x


def test_play_step_and_reset(visit):
    figure = visit(FLAGSHIP).figures()[0]
    data = figure.figure
    figure.button("Step").click()
    assert data.get_attribute("data-shown") == "1"
    figure.button("Step").click()
    assert data.get_attribute("data-shown") == "2"
    figure.button("Play").click()
    figure.page.wait_for_timeout(400)
    figure.button("Pause").click()
    assert 2 < int(data.get_attribute("data-shown")) < 100
    first = figure.sliders()[0].input_value()
    figure.sliders()[0].press("ArrowRight")
    assert figure.rest().sliders()[0].input_value() != first
    figure.button("Reset").click()
    assert figure.rest().sliders()[0].input_value() == first
    assert data.get_attribute("data-shown") == "100"


def test_who_wants_less_motion_gets_the_end_at_once(visit):
    figure = visit(FLAGSHIP, reduced_motion="reduce").figures()[0]
    figure.button("Step").click()
    figure.button("Play").click()
    assert figure.figure.get_attribute("data-shown") == "100"


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_the_rule_can_be_edited(visit, scheme):
    figure = visit(FLAGSHIP, scheme=scheme).figures()[0]
    figure.live.locator("summary").click()
    original, before = figure.source.input_value(), figure.rest().drawn()
    assert "return theta - lr * grad, state" in original

    sign = original.replace("lr * grad", "lr * np.sign(grad)")
    figure.edit(sign)
    signed = figure.drawn()
    assert signed[1] != before[1] and not figure.fault.inner_text()

    figure.edit(original.replace("lr * grad", "lr * gradd"))
    line = 1 + original.split("\n").index("    return theta - lr * grad, state")
    assert f"Line {line}: NameError" in figure.fault.inner_text()
    assert "NameError" in figure.live.locator(".gd-mark").inner_text()
    assert figure.source.get_attribute("aria-invalid") == "true"
    assert figure.drawn()[1] == signed[1], "the last good path stays"

    figure.edit(original.replace("return theta", "return (theta"))
    assert "SyntaxError" in figure.fault.inner_text()

    figure.button("Restore the rule").click()
    figure.page.wait_for_timeout(250)
    assert figure.rest().drawn() == before
    assert not figure.fault.inner_text() and figure.source.input_value() == original


def test_a_rule_with_a_memory_of_its_own(visit):
    figure = visit(FLAGSHIP).figures()[0]
    before = figure.rest().drawn()
    figure.edit(
        "def gradient_descent(theta, grad, state, t, lr):\n"
        "    (v,) = state\n    v = 0.5 * v + grad\n    return theta - lr * v, (v,)"
    )
    assert not figure.fault.inner_text() and figure.drawn()[1] != before[1]


def test_an_endless_rule_is_stopped_and_named(visit):
    opened = visit(FLAGSHIP)
    figure = opened.figures()[0]
    before = figure.rest().drawn()
    figure.edit("def gradient_descent(theta, grad, state, t, lr):\n    while True:\n        pass")
    opened.page.wait_for_function(
        "(live) => live.textContent.includes('stopped')", arg=figure.live.element_handle()
    )
    assert "more than 1 s" in figure.fault.inner_text()
    assert figure.drawn()[1] == before[1]
    figure.button("Restore the rule").click()
    opened.page.wait_for_timeout(250)
    figure.sliders()[0].press("ArrowRight")
    assert figure.rest().drawn()[1] != before[1], "and the figure goes on"


def test_a_link_carries_the_setting(visit):
    first = visit(FLAGSHIP)
    figure = first.figures()[0]
    figure.live.get_by_label("Landscape", exact=True).select_option("Himmelblau")
    for _ in range(9):
        figure.sliders()[0].press("ArrowLeft")
    figure.start.press("ArrowUp")
    figure.rest()
    figure.button("Copy link").click()
    first.page.wait_for_url("**#*")
    fragment = first.page.url.split("#")[1]
    second = visit(f"{FLAGSHIP}#{fragment}").figures()[0]
    second.page.wait_for_function("record.length > 0")
    assert second.rest().drawn() == figure.drawn()


@pytest.mark.parametrize(
    "setting", ["lr=banana", "lr=-1", "landscape=Nowhere", "start=1e9,0", "start=,", "%"]
)
def test_a_link_that_makes_no_sense_does_no_harm(visit, setting):
    figure = visit(f"{FLAGSHIP}#flagship?{setting}").figures()[0]
    figure.sliders()[0].press("ArrowRight")
    assert "NaN" not in "".join(figure.rest().drawn())


def test_a_link_never_brings_a_rule(visit):
    rule = "def gradient_descent(theta, grad, state, t, lr): return theta, state"
    opened = visit(f"{FLAGSHIP}#flagship?lr=0.1&source={rule}")
    figure = opened.figures()[0]
    opened.page.wait_for_function("record.length > 0")
    assert "lr * grad" in figure.source.input_value()
    assert not opened.answers(-1)[0]["asked"][3]["source"]


def test_without_javascript_there_are_pictures_and_formulas(visit):
    for path in FIGURE_PAGES:
        page = visit(path, java_script_enabled=False).page
        pictures = page.locator(".gd-static img:visible")
        assert pictures.count() > 0
        for k in range(pictures.count()):
            assert len(pictures.nth(k).get_attribute("alt")) > 60
    page = visit(FLAGSHIP, java_script_enabled=False).page
    assert page.locator(".katex math").count() > 20 and "$$" not in page.inner_text("main")


def test_without_webassembly_the_picture_stays_and_a_line_says_why(browser, site):
    context = browser.new_context()
    context.add_init_script("delete globalThis.WebAssembly")
    page = context.new_page()
    page.goto(site + FLAGSHIP)
    page.wait_for_selector(".gd-note")
    assert "WebAssembly" in page.locator(".gd-note").first.inner_text()
    assert page.locator(".gd-static img:visible").count() > 0
    assert page.locator(".gd-figure").count() == 0
    context.close()


def test_the_page_draws_the_path_of_minimize(visit):
    """For random settings: the same numbers to the last bit, drawn where they belong."""
    opened = visit(FLAGSHIP)
    figure = opened.figures()[0]
    draw = random.Random(1)
    names = figure.live.get_by_label("Landscape", exact=True).locator("option").all_inner_texts()
    for _ in range(25):
        figure.live.get_by_label("Landscape", exact=True).select_option(draw.choice(names))
        slider = figure.sliders()[0]
        slider.fill(str(draw.randrange(int(slider.get_attribute("max")) + 1)))
        figure.rest()  # so that the map is that of the landscape chosen
        box = opened.page.locator(".gd-frame").first.bounding_box()
        place = {"x": box["width"] * draw.random(), "y": box["height"] * draw.random()}
        opened.page.locator(".gd-frame").first.click(position=place, force=True)
        figure.rest()
    answers = opened.answers()
    assert len(answers) >= 50
    ends = set()
    for each in answers:
        (_, _, given, inputs, rule), drawing = each["asked"], each["answer"]
        land = LANDSCAPES[inputs["landscape"]]
        assert tuple(given["lands"][inputs["landscape"]]["shape"]) == land.shape
        optimizer = OPTIMIZERS[rule["name"]](**{key: inputs[key] for key in rule["hyper"]})
        trace = gd.minimize(land, inputs["start"] or land.start, optimizer, given["steps"])
        path = np.array([drawing["x"], drawing["y"]], float).T
        assert np.array_equal(path, trace.theta)
        assert np.array_equal(np.array(drawing["loss"], float), trace.loss)
        ends.add(drawing["end"])
    assert {"diverged", "descending"} <= ends

    frame = opened.page.locator("rect.gd-frame").first.evaluate(
        "(r) => ['x', 'y', 'width', 'height'].map((k) => +r.getAttribute(k))"
    )
    (x_low, x_high), _ = land.domain
    d = figure.live.locator("path.gd-line").first.get_attribute("d")
    points = np.array([p.split() for p in d[1:].split("L")], float)
    inside = [k for k in range(len(points)) if x_low <= drawing["x"][k] <= x_high]
    for k in inside:
        u = (drawing["x"][k] - x_low) / (x_high - x_low)
        assert points[k][0] == pytest.approx(frame[0] + u * frame[2], abs=0.06)
