"""Every explorable on the built page: what moves what, by key and mouse, and with which numbers."""

import itertools
import json

import pytest

from gdlib.explore import run
from tests.pages import NAMES, PRESETS, centre, figure_of
from tools.micropython import difference


def differ(*seen):
    return all(before != after for before, after in itertools.pairwise(seen))


def test_the_gallery_shows_every_explorable_once():
    assert len(NAMES) == len(set(NAMES)) >= 24


@pytest.mark.parametrize("name", NAMES)
def test_every_control_moves_its_figure(gallery, name):
    opened = gallery()
    asked = opened.asked()
    figure, page = figure_of(opened, name), opened.page
    for slider in figure.sliders():
        seen = []
        for key in ("Home", "End", "ArrowLeft", "PageDown"):
            slider.press(key)
            seen.append(figure.rest().drawn())
            assert slider.get_attribute("aria-valuetext")
        assert differ(*(picture for _, picture in seen)), "the picture stands still"
        assert seen[0][0] != seen[1][0], "the readout stands still from end to end"
        box = slider.bounding_box()
        page.mouse.click(box["x"] + box["width"] * 0.3, centre(box)[1])
        assert figure.rest().picture() != seen[-1][1], "it does not answer the mouse"
    for choice in figure.choices():
        seen = []
        for option in choice.locator("option").all_inner_texts():
            choice.select_option(option)
            seen.append(figure.rest().picture())
        assert len(set(seen)) == len(seen) > 1
        choice.press("Home")
        assert figure.rest().picture() == seen[0]
    for switch in figure.switches():
        before = figure.drawn()
        switch.press("Space")
        pressed = figure.rest().drawn()
        switch.click()
        assert pressed[1] != before[1] and figure.rest().drawn() == before
    for handle in figure.handles():
        figure.button("Reset").click()
        seen = [figure.rest().picture()]
        handle.scroll_into_view_if_needed()
        x, y = centre(handle.bounding_box())
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 25, y - 15, steps=5)
        page.mouse.up()
        seen.append(figure.rest().picture())
        for key in ("ArrowLeft", "Shift+ArrowRight"):
            said = handle.get_attribute("aria-valuetext")
            handle.press(key)
            seen.append(figure.rest().picture())
            assert handle.get_attribute("aria-valuetext") != said
        assert differ(*seen)
    figure.button("Reset").click()
    figure.rest()
    for reader in figure.readers():
        reader.focus()
        said = []
        for key in ("Home", "ArrowRight", "End"):
            reader.press(key)
            said.append(reader.get_attribute("aria-valuetext"))
        assert differ(*said) and all(any(c.isdigit() for c in text) for text in said)
        assert reader.locator(".gd-reading").is_visible()
        box = reader.locator(".gd-area").bounding_box()
        page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.6)
        hovered = reader.get_attribute("aria-valuetext")
        page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.6)
        assert reader.get_attribute("aria-valuetext") != hovered
    assert [preset.inner_text() for preset in figure.presets()] == PRESETS[name]
    seen = []
    for preset in figure.presets():
        preset.click()
        seen.append(figure.rest().picture())
        assert preset.get_attribute("aria-pressed") == "true"
    assert len(set(seen)) == len(seen) >= 3
    for optimum in figure.optima():
        optimum.press("Enter")
        figure.rest()
        best = float(optimum.get_attribute("aria-label").split(", ")[-1])
        assert any(
            isinstance(value, (int, float)) and value == pytest.approx(best, rel=6e-3)
            for value in opened.answers(-1)[0]["asked"][3].values()
        )
    answers = opened.answers(asked)
    assert len(answers) >= 5
    for each in answers:
        with_numpy = json.loads(json.dumps(run.draw(*each["asked"]), default=float))
        assert not difference(each["answer"], with_numpy)


@pytest.mark.parametrize("name", NAMES)
def test_it_can_be_played(gallery, name):
    opened = gallery(reduced_motion="reduce")
    figure = figure_of(opened, name)
    if not figure.button("Play").count():
        pytest.skip("there is no time in it")
    data, scrub = figure.figure, figure.live.locator(".gd-scrub input")
    last = int(data.get_attribute("data-shown"))
    end = figure.picture()
    figure.button("Step").click()
    assert data.get_attribute("data-shown") == "1" and figure.picture() != end
    scrub.press("ArrowRight")
    assert data.get_attribute("data-shown") == "2"
    assert scrub.get_attribute("aria-valuetext").endswith(f" 2 of {last}")
    figure.button("Play").click()  # with less motion: the end, at once
    assert data.get_attribute("data-shown") == str(last) and figure.picture() == end
