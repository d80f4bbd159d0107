"""The figures to play with, as the kernel sees them: what moves what, and what is refused."""

import json

import matplotlib as mpl
import matplotlib.figure

mpl.use("agg")

import numpy as np
import pytest
from IPython import get_ipython
from IPython.testing.globalipapp import start_ipython

import gdlib as gd
from gdlib.explore import figures
from gdlib.landscapes import LANDSCAPES

pytestmark = pytest.mark.filterwarnings("error")

RULE = "def gradient_descent(theta, grad, state, t, lr):\n    "
OPTIMIZERS = [cls(lr=0.01) for cls in gd.Optimizer.__subclasses__()]


@pytest.fixture
def figure():
    names = ["bowl", "rosenbrock", "beale", "himmelblau", "saddle"]
    return gd.explore.Descent(names, gd.GradientDescent(lr=0.05))


def edit(figure, source):
    figure.set(source=source)
    return figure.view.problem


# --- what is drawn ---


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_the_path_is_that_of_minimize(optimizer):
    shown = gd.explore.Descent("himmelblau", optimizer, steps=60).view.drawing
    land = gd.landscape("himmelblau")
    trace = gd.minimize(land, land.start, optimizer, 60)
    assert np.array_equal(np.transpose([shown["x"], shown["y"]]), trace.theta)
    assert np.array_equal(shown["loss"], trace.loss)


@pytest.mark.parametrize("name", LANDSCAPES)
def test_every_landscape_can_be_shown(name):
    figure = gd.explore.Descent(name, gd.GradientDescent(lr=1e-3))
    state = figure.view.get_state(["spec", "scenery", "inputs", "drawing"])
    assert json.loads(json.dumps(state, allow_nan=False)) == state
    assert LANDSCAPES[name].title in figure.describe()


def test_a_control_moves_the_figure_and_the_figure_its_controls(figure):
    before = figure.view.drawing
    figure.controls["lr"].value = 0.1
    assert figure.view.inputs["lr"] == 0.1 and figure.view.drawing != before
    figure.set(lr=0.02)
    assert figure.controls["lr"].value == 0.02
    figure.set(lr=50.0)
    assert figure.view.inputs["lr"] == figure.controls["lr"].value <= 1.01, "clamped, in both"


def test_another_landscape_starts_where_it_wants_to(figure):
    figure.set(start=[1.0, 1.0])
    figure.controls["landscape"].value = "Himmelblau"
    assert figure.view.inputs["start"] is None
    assert (figure.view.drawing["x"][0], figure.view.drawing["y"][0]) == (0.0, 0.0)


def test_a_start_may_be_given():
    figure = gd.explore.Descent("bowl", start=[1.0, -2.0])
    assert (figure.view.drawing["x"][0], figure.view.drawing["y"][0]) == (1.0, -2.0)


@pytest.mark.parametrize(
    "lr, landscape, start, end",
    [
        (0.18, "Bowl", None, "arrived"),
        (0.005, "Bowl", None, "descending"),
        (0.9, "Bowl", None, "diverged"),
        (0.2, "Bowl", [-2.5, 2.0], "descending"),
        (0.1, "Saddle", None, "left"),
        (0.1, "Saddle", [0.0, 0.0], "stuck"),
        (1.0, "Rosenbrock", None, "diverged"),
        (0.0025, "Rosenbrock", [1.0, 1.0001], "rising"),
    ],
)
def test_it_says_how_a_run_ended(figure, lr, landscape, start, end):
    figure.set(landscape=landscape, lr=lr, start=start)
    assert figure.view.drawing["end"] == end
    assert figure.describe() == repr(figure)


def test_the_static_picture_shows_the_setting(figure):
    figure.set(landscape="Beale", lr=0.001)
    bundle = figure._repr_mimebundle_()
    assert "Beale" in bundle["text/plain"] and "0.001" in bundle["text/plain"]
    assert bundle["image/svg+xml"].count("<svg") == 1
    left, right = figure.static_figure().axes
    assert "Beale" in left.get_title() + left.get_title(loc="left") and right.get_ylabel()


# --- the edited rule ---


def test_an_edited_rule_is_run(figure):
    assert not edit(figure, RULE + "return theta - lr * np.sign(grad), state")
    trace = gd.minimize(gd.landscape("bowl"), (-2.5, 2.0), gd.SignDescent(lr=0.05), 100)
    assert np.array_equal(figure.view.drawing["loss"], trace.loss)
    drawn = figures.draw("descent", figure.view.spec, figure.view.inputs)
    assert drawn == figure.view.drawing


@pytest.mark.parametrize(
    "body, said, line",
    [
        ("return theta - lr * gradd, state", "NameError", 2),
        ("return (theta", "SyntaxError", 2),
        ("return theta - lr * grad", "TypeError", 0),
        ("(v,) = state\n    return theta, ()", "TypeError", 0),
        ("a, b, c, d = state\n    return theta, state", "ValueError", 2),
        ("return theta - lr * grad / 0, state", "ZeroDivisionError", 2),
        ("while True: pass", "TimeoutError", 2),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_last_path_stays(figure, body, said, line):
    before = figure.view.drawing
    problem = edit(figure, RULE + body)
    assert problem["problem"].startswith(said) and problem["line"] == line
    assert figure.view.drawing == before
    if said != "TimeoutError":  # nor does it need the watch to be named
        request = figure.view.spec, figure.view.inputs
        assert figures.draw(figure.view.figure, *request) == problem
    assert not edit(figure, "") and figure.view.drawing == before


def test_a_rule_must_keep_its_name(figure):
    problem = edit(figure, "def other(theta, grad, state, t, lr):\n    return theta, state")
    assert "must keep its name, gradient_descent" in problem["problem"]


def test_a_rule_may_remember_more(figure):
    assert not edit(
        figure, RULE + "m, v = state\n    m = 0.5 * m + grad\n    return theta - lr * m, (m, v)"
    )


def test_a_fault_of_ours_is_raised():
    with pytest.raises(KeyError):
        figures.draw("no such figure", {"rule": "momentum", "memory": 1}, {})


# --- what is refused ---

BOWL = "bowl"


@pytest.mark.parametrize(
    "arguments, message",
    [
        (([],), "landscapes must be a landscape or a list of them, got none"),
        ((BOWL, 0.1), "optimizer must be one such as .*, got 0.1"),
        ((BOWL, gd.GradientDescent(lr=np.array([0.1, 0.2]))), "optimizer must be one such as"),
        ((BOWL, gd.GradientDescent(lr=gd.schedules.Constant(0.1))), "optimizer must be one such"),
        ((BOWL, gd.Adam(lr=0.1, clip_norm=1.0)), "optimizer must be one such as"),
        ((BOWL, None, {"sliders": ["lrate"]}), "sliders must be among lr; got 'lrate'"),
        ((BOWL, None, {"lr_range": (0.1, 1.0)}), "lr must lie on its slider, 0.1 to 1, got 0.05"),
        ((BOWL, None, {"start": [9.0, 0.0]}), "start must lie on the map"),
        ((BOWL, None, {"start": [0.0]}), "start must lie on the map"),
        ((BOWL, None, {"steps": 0}), "steps must be 1 to 1000, got 0"),
        ((BOWL, None, {"steps": 1001}), "steps must be 1 to 1000, got 1001"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    *places, names = (*arguments, {}) if not isinstance(arguments[-1], dict) else arguments
    with pytest.raises(ValueError, match=message):
        gd.explore.Descent(*places, **names)


# --- numbers for the prose ---


def shell():
    return start_ipython() or get_ipython()


def test_notebooks_draw_in_vectors():
    formatter = shell().display_formatter.formatters["image/svg+xml"]
    with mpl.rc_context():
        gd.plots.use_style()
    assert formatter.lookup_by_type(mpl.figure.Figure)


def test_a_glued_number_is_published_for_the_page(monkeypatch):
    published = []

    def publish(data, metadata=None, **rest):
        published.append((data, metadata))

    monkeypatch.setattr(shell().display_pub, "publish", publish)
    gd.glue("pi", "3.140")
    ((data, metadata),) = published
    assert data == {"application/papermill.record/text/plain": "'3.140'"}
    assert metadata["scrapbook"]["name"] == "pi"


@pytest.mark.parametrize("name, text", [("pi", 3.14), ("", "3"), (None, "3"), ("pi", "")])
def test_glue_takes_text_alone(name, text):
    with pytest.raises(ValueError, match="must be a string"):
        gd.glue(name, text)
