"""Every explorable in both of its runtimes: the page computes what the kernel does."""

import json
import random

import matplotlib.pyplot as plt
import pytest
from ipywidgets import Checkbox, Dropdown, FloatLogSlider, IntSlider

import gdlib as gd
from gdlib import explore
from gdlib.explore import Explorable
from gdlib.explore.figures import Descent
from tools import micropython

pytestmark = pytest.mark.filterwarnings("error")

TRIED = 30


def flagship(**start):
    return Descent(["bowl", "rosenbrock", "beale", "himmelblau", "saddle"], gd.Adam(lr=0.05))


FIGURES = {
    name: thing
    for name, thing in vars(explore).items()
    if isinstance(thing, type) and issubclass(thing, Explorable) and thing is not Explorable
} | {"Descent": flagship}


def anywhere(control, draw):
    """A value that `control` can take, its ends more often than their share."""
    if isinstance(control, Dropdown):
        return draw.choice(control.options)
    if isinstance(control, Checkbox):
        return draw.random() < 0.5
    places = round((control.max - control.min) / control.step)
    place = draw.choice([0, places, *[draw.randrange(places + 1)] * 4])
    value = min(control.min + control.step * place, control.max)
    if isinstance(control, FloatLogSlider):
        return control.base**value
    return int(value) if isinstance(control, IntSlider) else round(value, 12)


def settings(figure, name):
    """Each preset, and `TRIED` random settings."""
    draw = random.Random(name)
    yield from figure.presets.values()
    for _ in range(TRIED):
        setting = dict(figure.view.spec["initial"])
        for key, value in setting.items():
            if key in figure.controls:
                setting[key] = anywhere(figure.controls[key], draw)
            elif isinstance(value, list):
                setting[key] = [v + draw.uniform(-1, 1) for v in value]
            elif isinstance(value, float):
                setting[key] = value + draw.uniform(-1, 1)
            elif value is None:
                setting[key] = draw.choice([None, [draw.uniform(-2, 2), draw.uniform(-2, 2)]])
        yield setting


@pytest.mark.parametrize("name", FIGURES)
def test_the_page_computes_what_the_kernel_does(name):
    figure = FIGURES[name]()
    tried = list(settings(figure, name))
    view = figure.view
    kernel = [figure._compute(setting) for setting in tried]
    for setting, drawing in zip(tried, kernel, strict=True):
        figure._check_names(str(setting), drawing, setting)
    calls = [
        ("gdlib.explore.run", "draw", [view.program, view.function, view.given, setting, view.rule])
        for setting in tried
    ]
    for setting, page, drawing in zip(tried, micropython.run(calls), kernel, strict=True):
        assert not micropython.difference(page, drawing), setting
    said = [drawing["words"] for drawing in kernel]
    assert len(set(said)) >= 8, "the readout hardly says what is set"
    for text in said:
        assert text.endswith(".") and "nan" not in text and "inf " not in text, text


@pytest.mark.parametrize("name", FIGURES)
def test_every_preset_can_be_printed(name):
    figure = FIGURES[name]()
    for label, setting in figure.presets.items():
        figure.set(**setting)
        assert figure._headline() == f"{figure.title}: “{label}”"
        assert figure.view.drawing["words"] in figure.describe()
        figure.static_figure()
        plt.close("all")
    assert figure._repr_mimebundle_()["image/svg+xml"].count("<svg") == 1


@pytest.mark.parametrize("name", [name for name in FIGURES if name != "Descent"])
def test_it_begins_with_a_preset_and_may_begin_elsewhere(name):
    figure = FIGURES[name]()
    assert 3 <= len(figure.presets) <= 5
    assert figure.view.spec["initial"] in figure.presets.values()
    key, control = next(iter(figure.controls.items()))
    other = control.options[-1] if isinstance(control, Dropdown) else control.value
    assert FIGURES[name](**{key: other}).view.inputs[key] == other
    with pytest.raises(ValueError, match="the inputs are"):
        FIGURES[name](nonsense=1)


@pytest.mark.parametrize("name", FIGURES)
def test_a_store_that_sorts_its_keys_changes_nothing(name):
    """As the cache of notebooks does: whatever has an order is a list."""
    figure = FIGURES[name]()
    kept = figure.view.get_state(["spec"])["spec"]
    back = json.loads(json.dumps(kept, sort_keys=True))
    assert [label for label, _ in back["presets"]] == list(figure.presets)


@pytest.mark.parametrize("name", FIGURES)
def test_what_a_page_has_to_load_of_it_is_small(name):
    view = FIGURES[name]().view
    state = view.get_state(["program", "given", "spec", "store", "inputs", "drawing"])
    assert len(json.dumps(state)) < 200_000
