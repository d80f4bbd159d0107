"""The figures of the basics, and of losses: their numbers against theory and other programs."""

import numpy as np
import pytest

import gdlib as gd
from gdlib import losses
from gdlib.explore.figures.condition_number import ConditionNumber
from gdlib.explore.figures.gradient_compass import GradientCompass
from gdlib.explore.figures.one_knob import OneKnob
from gdlib.explore.figures.outlier import Outlier
from gdlib.explore.figures.saturated_neuron import SaturatedNeuron
from gdlib.explore.figures.secant_to_tangent import SecantToTangent

pytestmark = pytest.mark.filterwarnings("error")
FIGURES = [OneKnob, SecantToTangent, GradientCompass, ConditionNumber, Outlier, SaturatedNeuron]


def at(figure, preset):
    """What the figure shows at one of its presets."""
    figure.set(**figure.presets[preset])
    return figure.view.drawing


@pytest.mark.parametrize("kind", FIGURES, ids=lambda kind: kind.__name__)
def test_the_first_preset_is_what_is_shown_first(kind):
    figure = kind()
    assert next(iter(figure.presets.values())) == figure.view.inputs
    assert len({figure.describe() for name in figure.presets if at(figure, name)}) == len(
        figure.presets
    )


@pytest.mark.parametrize("kind", FIGURES, ids=lambda kind: kind.__name__)
def test_a_first_setting_may_be_given(kind):
    figure = kind(**dict(list(kind().presets.values())[-1]))
    assert list(figure.presets.values())[-1] == figure.view.inputs


# --- one knob ---


def test_the_three_readings_are_those_of_the_article():
    drawn = OneKnob().view.drawing
    readings = [drawn[name] for name in ("below", "middle", "above")]
    assert readings == pytest.approx([0.40535, 0.5, 0.60535], abs=1e-9)
    assert [f"{reading:.1f}" for reading in readings] == ["0.4", "0.5", "0.6"]
    assert drawn["slope"] == pytest.approx(2)


@pytest.mark.parametrize("w", [-0.7, -0.17, 0.3])
def test_the_knobs_loss_is_mean_squared_error(w):
    drawn = OneKnob(w=w, h=0.05).view.drawing
    x, y = np.array(drawn["x"]), np.array(drawn["y"])
    loss, gradient = losses.mse(w * x, y)
    assert drawn["read_loss"][0] == pytest.approx(loss)
    assert drawn["slope"] == pytest.approx(gradient @ x)
    assert drawn["best"]["w"] == pytest.approx(np.linalg.lstsq(x[:, None], y)[0][0])
    assert drawn["secant"] == pytest.approx(gradient @ x + (x @ x / len(x)) * 0.05)


def test_the_secant_says_which_way_to_turn_unless_h_is_too_large():
    figure = OneKnob()
    assert at(figure, "turn it down")["secant"] > 0
    assert at(figure, "turn it up")["secant"] < 0
    misled = at(figure, "misled: h too large")
    assert misled["secant"] > 0 > misled["slope"] and "wrong way" in misled["note"]
    figure.set(h=0.1)
    assert figure.view.drawing["secant"] < 0 and not figure.view.drawing["note"]


# --- secant to tangent ---


@pytest.mark.parametrize("difference", ["forward", "central"])
@pytest.mark.parametrize("x", [-1.3, 0.8, 1.2])
def test_the_error_is_what_truncation_says_and_rounding_adds_about_what_is_predicted(difference, x):
    drawn = SecantToTangent(h=1e-3, difference=difference, x=x).view.drawing
    parts = [np.array(drawn[name], dtype=float) for name in ("truncation", "rounding", "errors")]
    truncation, rounding, errors = parts
    h = np.array(drawn["hs"])
    higher = np.where(difference == "forward", h * h, 0)  # all that a cubic has besides
    known = ~np.isnan(errors)
    assert np.all(errors[known] <= (truncation + 3 * rounding + higher)[known] * (1 + 1e-12))
    small = known & (h < drawn["best_h"] / 10)
    assert 0.1 < np.median(errors[small] / rounding[small]) < 1
    large = h > 100 * drawn["best_h"]
    assert errors[large] == pytest.approx((truncation + np.sign(x) * higher)[large], rel=0.01)


@pytest.mark.parametrize("difference, power", [("forward", 1 / 2), ("central", 1 / 3)])
def test_the_best_h_is_near_the_tip_of_the_v(difference, power):
    figure = SecantToTangent(difference=difference)
    drawn = figure.view.drawing
    eps = np.finfo(float).eps
    assert 0.3 < drawn["best_h"] / eps**power < 3
    bound = np.add(drawn["truncation"], drawn["rounding"])
    assert drawn["hs"][np.argmin(bound)] == pytest.approx(drawn["best_h"], rel=0.3)
    figure.set(h=drawn["best"]["h"])
    best = figure.view.drawing["error"]
    for factor in (1e4, 1e-4):
        figure.set(h=drawn["best_h"] * factor)
        assert figure.view.drawing["error"] > 10 * best


def test_the_cube_root_is_exact_enough():
    best = SecantToTangent(difference="central").view.drawing["best_h"]
    assert best == pytest.approx(np.cbrt(2.0**-53 * (0.288 + 0.736) / 2), rel=1e-12)


def test_where_x_and_h_are_one_the_slope_is_lost():
    drawn = at(SecantToTangent(), "lost in rounding")
    assert drawn["quotient"] == 0 and drawn["note"] and drawn["slope"] == pytest.approx(3.32)


def test_at_zero_a_cubics_forward_difference_has_no_best_h():
    assert SecantToTangent(x=0.0).view.drawing["best"] == {}


# --- compass ---


@pytest.mark.parametrize("name", ["bowl", "himmelblau", "rosenbrock"])
def test_the_slope_is_the_gradient_times_the_direction(name):
    kind = {"condition": 4, "angle": 0.5} if name == "bowl" else {}
    land = gd.landscape(name, **kind)
    figure = GradientCompass(landscape=land.title, angle=70)
    drawn = figure.view.drawing
    grad = land.grad(drawn["point"])
    way = np.array([np.cos(np.radians(70)), np.sin(np.radians(70))])
    step = 1e-6 * way
    along = (land.loss(drawn["point"] + step) - land.loss(drawn["point"] - step)) / 2e-6
    assert drawn["slope"] == pytest.approx(grad @ way) == pytest.approx(along, rel=1e-4)
    assert max(drawn["slopes"]) <= drawn["size"] == pytest.approx(np.linalg.norm(grad))
    figure.set(angle=drawn["best"]["angle"])
    assert figure.view.drawing["slope"] == pytest.approx(-drawn["size"])
    figure.set(angle=drawn["level"][0])
    assert abs(figure.view.drawing["slope"]) < 1e-9 * drawn["size"]


@pytest.mark.parametrize(
    "name, point",
    [
        ("Bowl", [1.0, 1.0]),
        ("Himmelblau", [-1.0, 2.0]),
        ("Himmelblau", [2.7, 2.2]),
        ("Rosenbrock", [-1.2, 0.2]),
        ("Rosenbrock", [0.5, 0.4]),
    ],
)
def test_the_contour_is_one_and_the_gradient_stands_across(name, point):
    drawn = GradientCompass(landscape=name, point=point).view.drawing
    kind = {"condition": 4, "angle": 0.5} if name == "Bowl" else {}
    land = gd.landscape(name.lower(), **kind)
    path = np.array([drawn["contour_x"], drawn["contour_y"]])
    assert path.shape[1] > 20
    spread = np.ptp(land.loss(np.stack(np.meshgrid(*(np.linspace(*d, 50) for d in land.domain)))))
    assert np.abs(land.loss(path) - land.loss(np.array(point))).max() < 0.01 * spread
    here = int(np.argmin(np.hypot(*(path.T - point).T)))
    chord = path[:, here + 1] - path[:, here - 1]
    across = chord @ drawn["grad"] / np.linalg.norm(chord) / drawn["size"]
    assert abs(across) < 0.12


def test_where_the_gradient_is_zero_there_is_no_way():
    drawn = at(GradientCompass(), "no way is down")
    assert drawn["size"] == 0 and drawn["best"] == {} and "zero" in drawn["note"]


def test_the_presets_directions_are_what_they_say():
    figure = GradientCompass()
    assert abs(at(figure, "along the contour")["slope"]) < 1e-4 * figure.view.drawing["size"]
    drawn = at(figure, "steepest descent")
    assert drawn["slope"] == pytest.approx(-drawn["size"], rel=1e-6)


def test_another_landscape_has_its_own_point():
    figure = GradientCompass(point=[1.0, 1.0])
    figure.controls["landscape"].value = "Rosenbrock"
    assert figure.view.drawing["point"] == [-1.2, 0.2]


# --- condition number ---


@pytest.mark.parametrize("k", [1.0, 3.0, 20.0, 100.0])
@pytest.mark.parametrize("relative", [0.3, 1.0])
def test_the_path_is_that_of_minimize(k, relative):
    drawn = ConditionNumber(k=k, relative=relative).view.drawing
    lr = gd.GradientDescent(lr=relative * 2 / (1 + k))
    trace = gd.minimize(gd.landscape("bowl", condition=k), [2.6, 1.2], lr, steps=100)
    assert drawn["x"] == pytest.approx(trace.theta[:, 0], abs=1e-12)
    assert drawn["y"] == pytest.approx(trace.theta[:, 1], abs=1e-12)


@pytest.mark.parametrize("k", [3.0, 20.0, 100.0])
def test_at_the_best_rate_the_distance_falls_as_predicted_from_anywhere(k):
    for start in ([2.6, 1.2], [-1.0, 3.0], [0.1, -2.0]):
        drawn = ConditionNumber(k=k, start=start).view.drawing
        assert drawn["rate"] == pytest.approx((k - 1) / (k + 1))
        assert drawn["distance"] == pytest.approx(drawn["predicted"], rel=1e-9)


def test_at_another_rate_the_prediction_is_a_bound_that_is_met_in_the_end():
    for relative in (0.3, 0.7, 1.02, 1.04):
        drawn = ConditionNumber(relative=relative).view.drawing
        assert np.all(np.array(drawn["distance"]) <= np.array(drawn["predicted"]) * (1 + 1e-9))
        assert drawn["measured"] == pytest.approx(drawn["rate"], rel=2e-3)


def test_the_border_of_divergence_is_two_over_l():
    figure = ConditionNumber()
    drawn = at(figure, "diverges")
    assert drawn["rate"] > 1 and "diverges" in drawn["note"] and "diverges" in drawn["words"]
    assert drawn["measured"] == pytest.approx(drawn["rate"], rel=1e-3)
    outside = [t for t, y in enumerate(drawn["y"]) if abs(y) > 3]
    assert f"step {outside[0]}" in drawn["note"]
    figure.set(relative=1.05)  # (k + 1) / k
    assert figure.view.drawing["rate"] == pytest.approx(1)
    figure.set(relative=1.04)
    assert figure.view.drawing["note"] == ""


def test_from_the_minimum_it_does_not_move():
    drawn = ConditionNumber(start=[0.0, 0.0]).view.drawing
    assert set(drawn["x"] + drawn["y"]) == {0.0} and "stays" in drawn["words"]


# --- outlier ---

SETTINGS = [
    (height, place, delta)
    for height in (0.0, 3.3, 9.0, 10.0)
    for place in (0.0, 1.0, 2.5, 8.4, 10.0)
    for delta in (0.1, 0.5, 2.0, 10.0)
]


@pytest.mark.parametrize("height, place, delta", SETTINGS)
def test_no_other_line_has_less_loss(height, place, delta):
    drawn = Outlier(height=height, place=place, delta=delta).view.drawing
    x, y = np.append(drawn["x"], place), np.append(drawn["y"], height)
    squared, absolute, huber = zip(drawn["intercepts"], drawn["gradients"], strict=True)
    assert squared == pytest.approx(np.polyfit(x, y, 1)[::-1])
    _, gradient = losses.huber(huber[0] + huber[1] * x, y, delta)
    assert gradient.sum() == pytest.approx(0, abs=1e-12)  # it is convex: this is the minimum
    assert gradient @ x == pytest.approx(0, abs=1e-12)
    least = np.abs(y - absolute[0] - absolute[1] * x).sum()
    rng = np.random.default_rng(0)
    for size in (1, 0.1, 0.01, 0.001):
        a, b = np.split(absolute + size * rng.normal(0, 1, (300, 2)), 2, axis=1)
        assert least <= np.abs(y - a - b * x).sum(axis=1).min() + 1e-12


def test_the_outlier_pulls_by_its_influence():
    for height, place, delta in SETTINGS:
        drawn = Outlier(height=height, place=place, delta=delta).view.drawing
        squared, absolute, huber = drawn["pulls"]
        assert squared == drawn["residuals"][0] and absolute in (-1, 0, 1)
        _, gradient = losses.huber([-drawn["residuals"][2]], [0.0], delta)
        assert -huber == pytest.approx(gradient[0])


def test_presets_of_the_outlier():
    figure = Outlier()
    clean = np.polyfit(figure.view.drawing["x"], figure.view.drawing["y"], 1)[0]
    squared, absolute, huber = figure.view.drawing["gradients"]
    assert squared < 0.05 and absolute > 0.8 * clean and squared < huber < absolute
    assert at(figure, "no outlier")["gradients"] == pytest.approx([clean] * 3, abs=0.06)
    same = at(figure, "Huber as squared")["gradients"]
    assert same[0] == pytest.approx(same[2])
    drawn = at(figure, "leverage")
    assert max(drawn["gradients"]) < 0 < clean and "none resists" in drawn["note"]
    assert drawn["residuals"][1] == pytest.approx(0, abs=1e-12)


# --- saturated neuron ---


@pytest.mark.parametrize("w", [-6.0, -1.0, 2.0])
def test_the_gradients_are_the_losses_own(w):
    drawn = SaturatedNeuron(w=w).view.drawing
    _, entropy = losses.binary_cross_entropy([w], [1])
    a = 1 / (1 + np.exp(-w))
    assert drawn["size_entropy"][0] == pytest.approx(-entropy[0])
    assert drawn["size_squared"][0] == pytest.approx(a * (1 - a) * (1 - a))


def test_both_runs_are_those_of_minimize():
    drawn = SaturatedNeuron(w=-3.0, lr=2.0).view.drawing

    def entropy(theta):
        loss, gradient = losses.binary_cross_entropy(theta, [1])
        return loss, gradient

    def squared(theta):
        a = 1 / (1 + np.exp(-theta))
        return float((a - 1) @ (a - 1)) / 2, (a - 1) * a * (1 - a)

    for fun, name in ((entropy, "w_entropy"), (squared, "w_squared")):
        trace = gd.minimize(fun, [-3.0], gd.GradientDescent(lr=2.0), steps=150)
        assert drawn[name] == pytest.approx(trace.theta[:, 0], abs=1e-9)


@pytest.mark.parametrize("w, lr", [(-4, 1), (-3, 0.5), (-2, 0.2), (-5, 2), (-7, 10)])
def test_the_steps_to_a_half_are_as_predicted(w, lr):
    drawn = SaturatedNeuron(w=w, lr=lr).view.drawing
    for reached, predicted in zip(drawn["reached"], drawn["predicted"], strict=True):
        assert abs(reached - predicted) <= 1 + 0.05 * predicted


def test_far_out_squared_error_is_stuck():
    figure = SaturatedNeuron()
    drawn = at(figure, "stuck")
    assert drawn["reached"][0] is None and drawn["reached"][1] == 8
    assert "stuck" in drawn["note"] and "not in 150 steps" in drawn["words"]
    assert not at(figure, "badly wrong")["note"]
    figure.set(w=1.0)
    assert "right side" in figure.view.drawing["words"]
