"""The kit and its flagship, as the kernel sees them: what moves what, and what is refused."""

import json

import ipywidgets
import matplotlib as mpl
import matplotlib.figure

mpl.use("agg")

import numpy as np
import pytest
from IPython import get_ipython
from IPython.testing.globalipapp import start_ipython

import gdlib as gd
from gdlib import explore as ex
from gdlib.explore import data as names
from gdlib.explore import marks, run, say
from gdlib.explore.page import STATIC
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
    state = figure.view.get_state(["spec", "store", "given", "inputs", "drawing"])
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
    picture = figure.static_figure()
    assert "Beale, Learning rate 0.001" in picture._suptitle.get_text()
    assert all(ax.get_ylabel() for ax in picture.axes)


# --- the edited rule ---


def test_an_edited_rule_is_run(figure):
    assert not edit(figure, RULE + "return theta - lr * np.sign(grad), state")
    trace = gd.minimize(gd.landscape("bowl"), (-2.5, 2.0), gd.SignDescent(lr=0.05), 100)
    assert np.array_equal(figure.view.drawing["loss"], trace.loss)
    view = figure.view
    drawn = run.draw(view.program, view.function, view.given, view.inputs, view.rule)
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
        view = figure.view
        assert run.call(figure.function, view.given, view.inputs, view.rule) == problem
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
        run.draw("def f(x):\n    return {}[x]", "f", {}, {"x": 1})


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
        ((BOWL, gd.Adam(lr=1e-3, eps=2.0), {"sliders": ["eps"]}), "eps must lie on its slider"),
        ((BOWL, None, {"steps": 1001}), "steps must be 1 to 1000, got 1001"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    *places, names = (*arguments, {}) if not isinstance(arguments[-1], dict) else arguments
    with pytest.raises(ValueError, match=message):
        gd.explore.Descent(*places, **names)


# --- the kit ---


def halving(start, keep=0.5):
    """The smallest figure: a height that is halved at every step."""
    heights = [start * keep**k for k in range(6)]
    return {"k": list(range(6)), "height": heights, "words": f"At last {say(heights[-1])}."}


def little(function=halving, **changed):
    arguments = {
        "title": "Half of it",
        "controls": {"start": ex.slider("Start", 0, 64, 32, step=1)},
        "view": ex.Lines(ex.Line("k", "height"), x="step", y="height", label="The height"),
        "name": "halving",
    }
    return ex.Explorable(function, **arguments | changed)


def test_a_figure_of_ones_own():
    figure = little(presets={"nothing": {"start": 0}, "much": {"start": 64}})
    assert figure.view.drawing["height"] == [32, 16, 8, 4, 2, 1]
    figure.set(start=64)
    assert figure.controls["start"].value == 64 and figure.view.drawing["height"][-1] == 2
    assert repr(figure) == "Half of it. The height. At last 2."
    assert "“much”" in figure.static_figure()._suptitle.get_text(), "the preset is named in print"
    figure.set(start=63)
    assert "Start 63" in figure.static_figure()._suptitle.get_text()


def test_the_program_stands_alone():
    figure = little()
    assert "def halving(" in figure.view.program and "import say" in figure.view.program
    drawn = run.draw(figure.view.program, "halving", {}, {"start": 8.0})
    assert drawn == figure._compute({"start": 8.0})


def test_two_figures_share_nothing():
    one, two = little(), little()
    one.set(start=1)
    assert two.view.inputs["start"] == 32 and one.controls["start"] is not two.controls["start"]


def test_first_values_may_be_given():
    assert little(start={"start": 7}).view.inputs["start"] == 7


def closed_over(n):
    def inner(start):
        return {"words": str(n), "k": [], "height": []}

    return inner


def reads_files(start):
    return {"words": open("/etc/hostname").read(), "k": [], "height": []}


def uses_arrays(start):
    return {"words": "", "k": [], "height": np.linspace(0, start, 3)}


def uses_scipy(start):
    return {"words": "", "k": [], "height": [mpl.colors.to_rgb("red")]}


def imports_inside(start):
    import os

    return {"words": os.name, "k": [], "height": []}


def unpacks(start):
    some = [1, 2]
    return {"words": "", "k": [*some, 3], "height": [1, 2, start]}


def infinite(start):
    return {"words": "", "k": [0], "height": [np.log(start)]}


def an_array(start):
    return {"words": "", "k": [0], "height": gd.landscape("bowl")}


def wordless(start):
    return {"k": [0], "height": [start]}


def nameless(start):
    return {"words": "", "k": [0]}


def wants_more(start, end):
    return {"words": "", "k": [0], "height": [start]}


def best_of_nothing(start):
    return {"words": "", "k": [0], "height": [start], "best": {"end": 1}}


def uses_a_generator(start):
    return {"words": "", "k": [0], "height": [GENERATOR.random()]}


GENERATOR = np.random.default_rng(0)
ZERO = {"start": ex.slider("Start", 0, 64, 0, step=1)}


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"function": closed_over(1)}, "inner must be a plain function with a name"),
        ({"function": lambda start: {}}, "must be a plain function with a name"),
        ({"function": reads_files}, "reads_files uses open.., which the page has not"),
        ({"function": uses_arrays}, "uses_arrays uses np.linspace, which the page has not"),
        ({"function": uses_scipy}, "uses_scipy uses mpl: .* the page has not: matplotlib"),
        ({"function": imports_inside}, "imports_inside must not import"),
        ({"function": unpacks}, "unpacks unpacks into a list or a dict"),
        ({"function": uses_a_generator}, "GENERATOR is of type Generator, which cannot go"),
        ({"function": infinite, "controls": ZERO}, "infinite: 'height' holds -inf; use None"),
        ({"function": an_array}, "an_array uses gd: gd is a module that the page has not: gdlib"),
        ({"function": wordless}, "wordless at 'start' must return a dict with the readout"),
        ({"function": nameless}, "Line needs 'height', which nameless at 'start' does not return"),
        ({"function": wants_more}, "wants_more takes end: no input, and not given"),
        ({"function": best_of_nothing}, "'best' names 'end', which has no control"),
        ({"given": {"stop": 1}}, "halving does not take stop"),
        ({"given": {"keep": object()}}, "given of halving: 'keep' holds a object"),
        ({"controls": {"start": 3}}, "controls.'start'. must be one of FloatSlider, .* got 3"),
        ({"controls": {"start": ipywidgets.Text()}}, "which the built page draws"),
        ({"controls": {"start": ipywidgets.FloatSlider()}}, "needs a description"),
        ({"presets": {"far": {"start": 65}}}, "presets.'far'.: its control cannot be set to"),
        ({"presets": {"far": {"stop": 1}}}, "presets.'far'. names 'stop'; the inputs are start"),
        ({"start": {"start": "two"}}, "start.'start'.: its control cannot be set to"),
        ({"name": "Half of it"}, "name must be lower-case letters, digits and hyphens"),
        ({"clock": ex.Clock("moments")}, "the clock needs 'moments'"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_would_not_work_on_the_page_is_refused_by_name(changed, message):
    with pytest.raises(ValueError, match=message):
        little(**changed)


def test_an_input_that_there_is_not():
    with pytest.raises(ValueError, match="there is no input 'end'; there are start"):
        little().set(end=1)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: ex.Line("x", "y", colour="red"), "colour must be one of blue, orange"),
        (lambda: ex.Line("x", "y", dash="wavy"), "dash must be one of solid"),
        (lambda: ex.Dots("x", "y", shape="heart"), "shape must be one of circle"),
        (lambda: ex.Heat("field", kind="rainbow"), "kind must be one of heights"),
        (lambda: ex.Handle("point"), "a Handle sets a pair, or x or y or both"),
        (lambda: ex.Handle("point", pair="start", x="lr"), "one of the two ways"),
        (lambda: ex.Note(""), "label must be the note's text"),
        (lambda: ex.Ground(""), "paths must name what ground_of returned"),
        (lambda: ex.ground_of("bowl"), "landscape must be a Landscape, got 'bowl'"),
        (lambda: ex.Axis(""), "title must name the axis"),
        (lambda: ex.Axis("x", 1, 0), "low must be below high, got 1 and 0"),
        (lambda: ex.Axis("x", 0, 1, log=True), "a log axis must have positive ends"),
        (lambda: ex.Clock("x", unit=""), "unit must say what passes"),
        (lambda: ex.Lines("x", x="x", y="y", label="l"), "Lines takes marks, got 'x'"),
        (lambda: ex.Lines(x="x", y="y", label=""), "label must say what the panel shows"),
        (
            lambda: ex.Frames(ex.Heat("f"), x=ex.Axis("x"), y=ex.Axis("y"), label="l"),
            "low and high",
        ),
        (lambda: ex.Compare(), "Compare takes two to four views, got 0"),
        (lambda: ex.slider("Rate", 0, 1, 2), "'Rate' must start between its ends, 0 and 1, got 2"),
        (lambda: ex.log_slider("Rate", 0, 1, 0.5), "is logarithmic: it cannot start at 0"),
        (lambda: ex.log_slider("Rate", 0.1, 1, 2), "'Rate' must start between its ends"),
        (lambda: ex.whole_slider("Depth", 1, 9, 0), "'Depth' must start between its ends"),
        (lambda: ex.choice("Which", []), "the choice 'Which' must be among"),
        (lambda: ex.choice("Which", ["a"], "b"), "must be among .'a'., got 'b'"),
        (lambda: ex.switch("On", 1), "the switch 'On' must be True or False, got 1"),
        (lambda: ex.pack("f", [1, np.inf]), "f must be finite numbers"),
        (lambda: ex.pack("f", ["a"]), "f must be numbers"),
        (lambda: ex.pack("f", [1], bits=4), "bits must be 8 or 16, got 4"),
        (lambda: ex.unpack({"data": ""}), "packed must be what pack returned"),
    ],
)
def test_bad_parts_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("bits", [8, 16])
def test_packed_numbers_come_back_within_half_a_step(bits):
    values = np.random.default_rng(0).normal(size=(7, 5, 3))
    packed = ex.pack("values", values, bits)
    back = ex.unpack(json.loads(json.dumps(packed)))
    assert back.shape == values.shape
    assert np.abs(back - values).max() <= packed["step"] / 2 * (1 + 1e-9)
    assert np.array_equal(ex.unpack(ex.pack("one", np.full(4, 2.5), bits)), np.full(4, 2.5))


def test_names_are_looked_up_in_the_drawing_the_inputs_and_the_store():
    data = names.Data({"a": [1, [2, 3]], "k": 1}, {"b": 4}, {"c": {"x": 5}, "key": "x"})
    assert data("a[k]") == [2, 3] and data("a[k,clock]") == 3
    assert data("b") == 4 and data("c[key]") == 5 and data(7) == 7 and data(None) is None
    assert data.text("{b} of {key}") == "4 of x"
    with pytest.raises(KeyError):
        data("nowhere")


@pytest.mark.parametrize(
    "value, text",
    [
        (0, "0"), (1, "1"), (-0.5, "−0.5"), (1234.5, "1230"), (99999, "1.00\u00a0×\u00a010⁵"),
        (0.001, "0.001"), (0.00099, "9.90\u00a0×\u00a010⁻⁴"), (2 / 3, "0.667"),
        (float("nan"), "beyond all numbers"), (float("inf"), "beyond all numbers"),
    ],
)  # fmt: skip
def test_numbers_in_words(value, text):
    assert ex.say(value) == text


def test_a_still_picture_has_every_mark():
    land = gd.landscape("saddle")
    figure = ex.Explorable(
        everything,
        title="All marks",
        controls={"lr": ex.log_slider("Learning rate", 0.01, 1, 0.1), "b": ex.switch("Switch")},
        points={"start": [0.5, 0.5], "height": 0.2},
        store={"ground": ex.ground_of(land), "field": ex.pack("field", np.eye(4))},
        view=ex.Compare(
            ex.Plane(
                ex.Ground("ground"),
                ex.Line("x", "lines", "lines", dots=True),
                ex.Dots(0, 0, "here", "ink", "star"),
                ex.Arrow(0, 0, 1, "y", "arrow"),
                ex.Handle("start", pair="start"),
                ex.Note("{note}"),
                x=ex.Axis("x", -3, 3),
                y=ex.Axis("y", -3, 3),
                label="A map",
            ),
            ex.Heatmap(
                ex.Heat("field", label="field"),
                ex.Handle("both", x="lr", shown_y="y", cross=True),
                x=ex.Axis("lr", 0.01, 1, log=True),
                y=ex.Axis("y", 0, 1),
                label="A field",
            ),
            ex.Frames(
                ex.Heat("field", kind="classes", classes=("no", "yes")),
                ex.Now("x", "x"),
                x=ex.Axis("x", 0, 1),
                y=ex.Axis("y", 0, 1),
                label="Classes",
            ),
            ex.Bars(
                ex.Bar("names", "x", "one"),
                ex.Bar("names", "x", "two", "orange"),
                ex.Level(y=1, label="one"),
                ex.Level(x="y", label="{y}"),
                ex.Level(x=None, y="none"),
                ex.Band("x", "x", 2, "band"),
                x="name",
                y=ex.Axis("x", 0, "top"),
                label="Bars",
            ),
        ),
        clock=ex.Clock("x"),
        name="all-marks",
    )
    picture = figure._repr_mimebundle_()["image/svg+xml"]
    assert picture.count("<svg") == 1 and len(picture) > 20_000
    axes = figure.static_figure().axes
    assert [ax.get_xlabel() for ax in axes[:4]] == ["x", "lr", "x", "name"]
    assert len(axes[3].containers) == 2
    drawn = json.dumps(figure.view.spec)
    assert all(f'"{kind.__name__.lower()}"' in drawn for kind in marks.Mark.__subclasses__())


def everything(lr, b, start, height):
    return {
        "x": [0, 1, 2], "lines": [[0, 1, 2], [0, 1e9, None]], "y": 0.5, "note": "a note",
        "names": ["a", "b", "c"], "none": None, "top": 3, "words": "All of them.",
    }  # fmt: skip


def test_the_page_and_the_still_have_the_same_colours():
    style = (STATIC / "view.css").read_text("utf-8")
    light, dark = (block for block in style.split("}") if "--gd-blue: #" in block)
    for name, colour in {
        "blue": gd.plots.BLUE, "orange": gd.plots.ORANGE, "green": gd.plots.GREEN,
        "purple": gd.plots.PURPLE, "low": gd.plots.FIELD[0], "high": gd.plots.FIELD[-1],
        "split-0": gd.plots.SPLIT[0], "split-1": gd.plots.SPLIT[6],
        "split-2": gd.plots.SPLIT[7], "split-3": gd.plots.SPLIT[-1],
        **{f"class-{k}": tint for k, tint in enumerate(gd.plots.CLASSES)},
    }.items():  # fmt: skip
        assert f"--gd-{name}: {colour};" in light
        assert f"--gd-{name}: {gd.plots.DARK[colour]};" in dark


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
