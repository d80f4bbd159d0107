"""Every explorable for everyone: by touch, by ear, small and large, printed, linked and broken."""

import json
import random

import pytest

from tests.pages import GALLERY, NAMES, SITE, Visit, centre, figure_of


@pytest.mark.parametrize("name", NAMES)
def test_it_answers_a_finger_on_a_phone(gallery, name):
    opened = gallery(width=390, has_touch=True, is_mobile=True)
    figure, page = figure_of(opened, name), opened.page
    touch = opened.context.new_cdp_session(page)

    def drag(target, dx, dy):
        target.scroll_into_view_if_needed()
        x, y = centre(target.bounding_box())
        scrolled, before = page.evaluate("scrollY"), figure.rest().picture()
        points = [(x + dx * k / 5, y + dy * k / 5) for k in range(6)]
        for k, (px, py) in enumerate(points):
            kind = "touchMove" if k else "touchStart"
            touch.send(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": px, "y": py}]}
            )
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert figure.rest().picture() != before
        assert page.evaluate("scrollY") == scrolled, "the page scrolled under the finger"

    for handle in figure.handles():
        drag(handle, 22, -30)
    for slider in figure.sliders():
        slider.scroll_into_view_if_needed()
        before, box = figure.rest().picture(), slider.bounding_box()
        place = int(slider.input_value()) / int(slider.get_attribute("max"))
        far = 0.2 if place > 0.5 else 0.8
        page.touchscreen.tap(box["x"] + box["width"] * far, centre(box)[1])
        assert figure.rest().picture() != before
    before = figure.picture()
    figure.presets()[-1].tap()
    figure.rest()
    assert figure.presets()[-1].get_attribute("aria-pressed") == "true"


ROLES = {"slider", "button", "combobox", "checkbox", "group", "textbox", "DisclosureTriangle"}


def heard_in(opened, figure):
    """Role, name and value of every control, as the browser hands them to screen readers."""
    session = opened.context.new_cdp_session(opened.page)
    figure.live.evaluate("(live) => { globalThis.heard = live; }")
    found = session.send("Runtime.evaluate", {"expression": "heard"})["result"]["objectId"]
    tree = session.send("Accessibility.queryAXTree", {"objectId": found})["nodes"]
    told = [
        (n["role"]["value"], n.get("name", {}).get("value"), str(n.get("value", {}).get("value")))
        for n in tree
        if not n["ignored"]
    ]
    return [each for each in told if each[0] in ROLES]


@pytest.mark.parametrize("name", NAMES)
def test_a_screen_reader_hears_names_and_values(gallery, name):
    opened = gallery()
    figure = figure_of(opened, name)
    heard = heard_in(opened, figure)
    assert heard
    for role, said, value in heard:
        assert said, f"a {role} without a name"
        if role == "slider":
            assert value and "NaN" not in value and "undefined" not in value, said
    assert {role for role, *_ in heard} >= {"slider", "button", "group"}
    words = figure.words.inner_text()
    figure.page.wait_for_function(
        "([live, words]) => live.querySelector('[aria-live]').innerText.trim() === words.trim()",
        arg=[figure.live.element_handle(), words],
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_link_carries_the_setting(gallery, visit, name):
    first = gallery()
    figure = figure_of(first, name)
    draw = random.Random(name)
    for slider in figure.sliders():
        slider.fill(str(draw.randrange(int(slider.get_attribute("max")) + 1)))
        figure.rest()
    for handle in figure.handles():
        handle.press("Shift+ArrowLeft")
        figure.rest()
    first.page.wait_for_function(f"location.hash.startsWith('#{name}?')")
    first.page.wait_for_timeout(700)
    second = visit(f"{GALLERY}#{first.page.url.split('#')[1]}")
    (again,) = [f for f in second.figures() if f.live.locator(f"#{name}").count()]
    second.page.wait_for_function("record.length > 0")
    assert again.rest().words.inner_text() == figure.rest().words.inner_text()


@pytest.mark.parametrize("width, scale", [(320, 1), (390, 1), (640, 2), (1280, 1)])
def test_nothing_is_cut_or_too_small(visit, width, scale):
    """640 pixels, each twice as large, are a window of 1280 at 200 %."""
    opened = visit(GALLERY, width=width, device_scale_factor=scale)
    figures = opened.figures()
    page = opened.page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for figure in figures:
        assert not figure.live.evaluate(CUT), figure.words.inner_text()
        small = figure.live.evaluate(SMALL)
        assert not small, small
    if width in (320, 1280):
        assert not opened.axe()


CUT = """(live) => {
  const frame = live.getBoundingClientRect();
  const parts = live.querySelectorAll(".gd-axes text, .gd-row, .gd-tools button, .gd-presets *");
  return [...parts].filter((node) => node.textContent).filter((node) => {
    const box = node.getBoundingClientRect();
    return box.width && (box.left < frame.left - 8 || box.right > frame.right + 8);
  }).map((node) => node.textContent);
}"""
SMALL = """(live) => [...live.querySelectorAll("text, span, button, label, output, p, select")]
  .filter((node) => node.getBoundingClientRect().width && node.textContent.trim())
  .map((node) => {
    const panel = node.closest("svg.gd-panel");
    const shrink = panel ? panel.getBoundingClientRect().width / panel.viewBox.baseVal.width : 1;
    return [node.textContent, parseFloat(getComputedStyle(node).fontSize) * shrink];
  })
  .filter(([, size]) => size < 12)"""


JUMPS = """
globalThis.jumps = [];
const said = ({ node }) => String(node?.className || node?.parentElement?.className);
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) jumps.push([entry.value, ...entry.sources.map(said)]);
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_jumps_when_the_figures_are_drawn(browser, site, width):
    with Visit(browser, "about:blank", width=width) as opened:
        page = opened.page
        session = opened.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.add_init_script(JUMPS)
        page.goto(site + GALLERY)
        opened.figures()
        page.wait_for_timeout(500)
        ours = [jump for jump in page.evaluate("jumps") if any("gd-" in str(s) for s in jump[1:])]
        assert not ours


def test_the_theme_may_change_while_it_is_read(visit):
    opened = visit(GALLERY)
    figure = figure_of(opened, "momentum-phase")
    before = figure.rest().live.locator("image").get_attribute("href")
    opened.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    figure.rest()
    assert figure.live.locator("image").get_attribute("href") != before


def test_print_shows_the_still_pictures(visit):
    opened = visit(GALLERY)
    figures = opened.figures()
    opened.page.emulate_media(media="print")
    pictures = opened.page.locator(".gd-static img.only-light, .gd-static img:not(.only-dark)")
    assert pictures.count() >= len(figures)
    assert all(picture.is_visible() for picture in pictures.all())
    assert not any(figure.live.is_visible() for figure in figures)


def rewritten(visit, change, **options):
    """Open the gallery with its saved state changed by `change`, a function of the page's text."""
    opened = visit("search.html", **options)
    text = change((SITE / GALLERY).read_text("utf-8"))
    opened.page.route(
        f"**/{GALLERY}", lambda route: route.fulfill(body=text, content_type="text/html")
    )
    opened.page.goto(opened.page.url.replace("search.html", GALLERY))
    return opened


def test_a_figure_that_fails_shows_its_picture_and_the_others_go_on(visit):
    def break_one(text):
        return text.replace('"function":"one_knob"', '"function":"no_knob"')

    opened = rewritten(visit, break_one)
    broken, sound = figure_of(opened, "one-knob"), figure_of(opened, "noise-ball")
    broken.sliders()[0].press("ArrowRight")
    broken.live.locator(".gd-note").wait_for()
    assert "cannot be computed" in broken.live.locator(".gd-note").inner_text()
    assert not broken.figure.is_visible()
    stand_in = broken.live.locator("xpath=..").locator(".gd-static img:visible")
    assert stand_in.count() == 1
    before = sound.picture()
    sound.sliders()[0].press("ArrowRight")
    assert sound.rest().picture() != before


def test_a_figure_that_cannot_be_drawn_fails_alone(visit):
    def break_one(text):
        return text.replace('"of":"theta_k"', '"of":"nowhere"')

    opened = rewritten(visit, break_one)
    opened.page.wait_for_selector("html[data-gd=ready]")
    assert opened.page.locator(".gd-note").count() == 1
    assert opened.page.locator(".gd-figure[data-ready]").count() == len(NAMES) - 1


def test_the_same_figure_three_times_on_a_page(visit):
    """Three figures of one name: each keeps its own state, and has a link of its own."""

    def thrice(text):
        head, rest = text.split('type="application/vnd.jupyter.widget-state+json">', 1)
        body, tail = rest.split("</script>", 1)
        saved = json.loads(body.replace("<\\/", "</"))
        (top,) = [
            key
            for key, model in saved["state"].items()
            if model["model_name"] == "VBoxModel"
            and any(
                saved["state"][child.removeprefix("IPY_MODEL_")]["state"].get("name") == "one-knob"
                for child in model["state"]["children"]
            )
        ]
        view = next(v for v in tail.split("<script") if f'"{top}"' in v or top in v)
        view = "<script" + view.split("</script>")[0] + "</script>"
        copies = ""
        for n in (2, 3):
            renamed = json.loads(json.dumps(saved["state"]).replace("IPY_MODEL_", f"IPY_MODEL_{n}"))
            saved["state"] |= {f"{n}{k}": v for k, v in renamed.items() if len(k) == 32}
            copies += view.replace(top, f"{n}{top}")
        body = json.dumps(saved).replace("</", "<\\/")
        tail = tail.replace(view, view + copies)
        return (
            head + 'type="application/vnd.jupyter.widget-state+json">' + body + "</script>" + tail
        )

    opened = rewritten(visit, thrice)
    figures = [f for f in opened.figures() if f.live.locator("[id^=one-knob]").count()]
    links = [f.live.locator(".gd-host").get_attribute("id") for f in figures]
    assert links == ["one-knob", "one-knob-2", "one-knob-3"]
    before = [figure.drawn() for figure in figures]
    figures[1].sliders()[0].press("End")
    figures[1].rest()
    after = [figure.drawn() for figure in figures]
    assert after[0] == before[0] and after[2] == before[2] and after[1] != before[1]
    opened.page.wait_for_function("location.hash.startsWith('#one-knob-2?')")
