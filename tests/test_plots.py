"""The figures: what they say, and that everyone can see it."""

import io
import re

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

import gdlib as gd
from gdlib import plots
from gdlib.landscapes import LANDSCAPES

pytestmark = pytest.mark.filterwarnings("error")

BOWL = gd.landscape("bowl")
RUNS = {
    f"run {k}": gd.minimize(BOWL, BOWL.start, gd.GradientDescent(lr=lr), steps=30)
    for k, lr in enumerate([0.01, 0.05, 0.1, 0.15])
}
WILD = gd.minimize(BOWL, BOWL.start, gd.GradientDescent(lr=0.9), steps=1000)


@pytest.fixture(autouse=True)
def house_style():
    with mpl.rc_context(plots.STYLE):
        yield
        plt.close("all")


def draw(name):
    return {
        "contours": lambda: plots.contours(gd.landscape("himmelblau")),
        "path_on_map": lambda: plots.path_on_map(BOWL, RUNS),
        "loss_curve": lambda: plots.loss_curve(RUNS),
        "curve_steps": lambda: plots.curve_steps(lambda x: x * x, [2.0, -1.0, 0.5]),
    }[name]()


FIGURES = ["contours", "path_on_map", "loss_curve", "curve_steps"]
each_figure = pytest.mark.parametrize("name", FIGURES)


def svg(ax):
    file = io.StringIO()
    ax.figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def test_every_figure_function_is_here():
    assert set(FIGURES) == set(plots.__all__) - {"DARK", "use_style"}


# --- what they say ---


@pytest.mark.parametrize(
    "name, xlabel, ylabel, yscale",
    [
        ("contours", "x", "y", "linear"),
        ("path_on_map", "x", "y", "linear"),
        ("loss_curve", "step", "loss", "log"),
        ("curve_steps", r"$\theta$", "loss", "linear"),
    ],
)
def test_axes_are_labelled(name, xlabel, ylabel, yscale):
    ax = draw(name)
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == (xlabel, ylabel, yscale)
    assert ax.get_xscale() == "linear"


@pytest.mark.parametrize("name", ["path_on_map", "loss_curve"])
def test_the_legend_names_the_runs(name):
    assert [text.get_text() for text in draw(name).get_legend().get_texts()] == list(RUNS)


@pytest.mark.parametrize(
    "function", [lambda t, ax: plots.path_on_map(BOWL, t, ax), plots.loss_curve]
)
def test_a_single_run_needs_no_legend_and_the_axes_given_are_used(function):
    _, ax = plt.subplots()
    assert function(RUNS["run 0"], ax) is ax
    assert ax.get_legend() is None


def test_the_distance_to_a_minimum_is_called_so():
    trace = RUNS["run 0"]
    ax = plots.loss_curve(trace, lowest=0.5 * trace.loss[-1])
    assert ax.get_ylabel() == "loss above its minimum"
    np.testing.assert_allclose(ax.lines[0].get_ydata(), trace.loss - 0.5 * trace.loss[-1])


def test_a_loss_without_a_least_value_is_drawn_on_a_linear_axis():
    land = gd.landscape("saddle")
    trace = gd.minimize(land, land.start, gd.GradientDescent(lr=0.1), steps=20)
    ax = plots.loss_curve(trace, lowest=land.lowest)
    assert ax.get_yscale() == "linear" and ax.get_ylabel() == "loss"
    assert (ax.lines[0].get_ydata() == trace.loss).all()


def test_the_map_is_the_domain():
    land = gd.landscape("beale")
    ax = plots.contours(land)
    assert (ax.get_xlim(), ax.get_ylim()) == land.domain
    assert [tuple(*line.get_xydata()) for line in ax.lines] == [(3.0, 0.5)]  # the minimum


def test_the_path_is_the_trace():
    ax = plots.path_on_map(BOWL, RUNS)
    for label, trace in RUNS.items():
        (line,) = (line for line in ax.lines if line.get_label() == label)
        np.testing.assert_array_equal(line.get_xydata(), trace.theta)


def test_low_ground_is_low():
    """Of points taken at random, those inside a level's path are those below the level."""
    land = gd.landscape("himmelblau")
    theta = np.random.default_rng(0).uniform(-5, 5, (2, 400))
    order = np.argsort(land.loss(theta))
    counts = []
    for ground in plots.low_ground(land):
        below = ground.contains_points(theta.T[order])
        counts.append(below.sum())
        assert below[: counts[-1]].mean() > 0.98, "a point above the level, inside"
    assert counts == sorted(counts) and len(set(counts)) == len(counts)


def wild_runs(land):
    classes = (gd.GradientDescent, gd.Momentum, gd.Adam, gd.SignDescent)
    optimizers = [cls(lr=lr) for cls in classes for lr in (0.9, 1e3, 1e200)]
    return {str(k): gd.minimize(land, land.start, o, 200) for k, o in enumerate(optimizers)}


@pytest.mark.parametrize("name", LANDSCAPES)
def test_a_diverging_run_is_drawn_to_the_frame(name):
    land = gd.landscape(name)
    ax = plots.path_on_map(land, wild_runs(land))
    assert (ax.get_xlim(), ax.get_ylim()) == land.domain
    for line in ax.lines:
        assert np.isfinite(line.get_xydata()).all() and np.abs(line.get_xydata()).max() < 1e3
    ax.figure.canvas.draw()


@pytest.mark.parametrize("name", LANDSCAPES)
def test_the_loss_of_a_diverging_run_can_be_drawn(name):
    land = gd.landscape(name)
    for trace in wild_runs(land).values():
        ax = plots.loss_curve(trace, lowest=land.lowest)
        height = ax.lines[0].get_ydata()
        drawn = np.isfinite(height)
        far, lowest = np.abs(trace.loss) > 1e199, trace.loss == land.lowest
        assert drawn[0] and (drawn | far | lowest).all()
        assert np.isfinite(ax.get_ylim()).all()
        ax.figure.canvas.draw()
        plt.close(ax.figure)


def test_a_diverging_run_leaves_the_frame_in_the_right_direction():
    line = plots.path_on_map(BOWL, {"a": WILD}).lines[1].get_xydata()
    inside = (np.abs(WILD.theta) <= 3).all(axis=1).argmin()  # the first point outside
    np.testing.assert_array_equal(line[:inside], WILD.theta[:inside])
    drawn, taken = line[inside] - line[inside - 1], np.diff(WILD.theta, axis=0)[inside - 1]
    assert (drawn / np.linalg.norm(drawn)) @ (taken / np.linalg.norm(taken)) == pytest.approx(1)


def test_steps_on_a_curve_stop_outside_the_frame():
    theta = [1.0, -3.0, 9.0, -27.0, 1e300]
    ax = plots.curve_steps(lambda x: x * x, theta, xlim=(-2, 2))
    assert ax.get_xlim() == (-2, 2) and ax.lines[1].get_xdata().tolist() == [1.0, -3.0]


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: plots.contours("bowl"), "landscape must be a Landscape, got 'bowl'"),
        (lambda: plots.path_on_map("bowl", WILD), "landscape must be a Landscape, got 'bowl'"),
        (lambda: plots.loss_curve([1, 2]), r"traces must be single runs of minimize, got \[1, 2\]"),
        (
            lambda: plots.loss_curve({"a": 3}),
            "traces must be single runs of minimize, got 3 for 'a'",
        ),
        (lambda: plots.curve_steps(abs, [np.nan]), "theta must be a vector of finite numbers, .*"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        call()


def test_a_grid_of_runs_is_not_drawn_by_mistake():
    grid = gd.minimize(BOWL, BOWL.start, gd.GradientDescent(lr=np.array([0.1, 0.2])), steps=3)
    with pytest.raises(ValueError, match=r"^traces must be single runs of minimize, got Trace"):
        plots.loss_curve(grid)


@each_figure
def test_the_same_picture_is_the_same_file(name):
    assert svg(draw(name)) == svg(draw(name))


# --- that everyone can see it ---


@each_figure
def test_every_colour_has_a_dark_twin(name):
    used = {c.lower() for c in re.findall(r"#[0-9a-fA-F]{6}\b", svg(draw(name)))}
    assert len(used) >= 4 and used <= set(plots.DARK)


def linear(colour):
    rgb = np.array(mpl.colors.to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """The ratio of luminances, as the Web Content Accessibility Guidelines define it."""
    lights = [linear(c) @ [0.2126, 0.7152, 0.0722] + 0.05 for c in (one, other)]
    return max(lights) / min(lights)


def test_contrast_is_the_one_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_text_stands_out_on_both_papers():
    assert contrast(plots.INK, plots.PAPER) >= 7
    assert contrast(plots.DARK[plots.INK], plots.DARK_PAPER) >= 7
    assert plots.DARK[plots.PAPER] == plots.DARK_PAPER


@pytest.mark.parametrize("colour", plots.SERIES)
def test_series_stand_out_on_both_papers(colour):
    assert contrast(colour, plots.PAPER) >= 4.5
    assert contrast(plots.DARK[colour], plots.DARK_PAPER) >= 4.5


# Machado, Oliveira and Fernandes 2009, table 1, severity 1; they act on linear RGB.
VISIONS = {
    "usual": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(colour, vision):
    """CIELAB of `colour` as an eye with that vision sees it."""
    xyz = TO_XYZ @ np.clip(np.array(VISIONS[vision]) @ linear(colour), 0, 1) / TO_XYZ.sum(axis=1)
    fx, fy, fz = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


# Distances in CIELAB. The least that an eye notices is 2.3 (Mahy et al. 1994); six times that and
# more is wanted of every pair. The series differ in their markers too.
LEAST = 15


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_series_differ_in_every_vision(vision, theme):
    colours = [c if theme == "light" else plots.DARK[c] for c in plots.SERIES]
    seen = [lab(c, vision) for c in colours]
    pairs = [np.linalg.norm(seen[i] - seen[j]) for i in range(4) for j in range(i)]
    assert min(pairs) >= LEAST
    assert len(set(plots.MARKERS)) == len(plots.SERIES)
