"""The figures of momentum and of adaptive rules: their numbers against other calculations."""

import numpy as np
import pytest

import gdlib as gd
from gdlib.explore.figures.adam_counterexample import AdamCounterexample, way
from gdlib.explore.figures.adam_moments import AdamMoments
from gdlib.explore.figures.coordinate_rates import CoordinateRates
from gdlib.explore.figures.learning_rate_regimes import LearningRateRegimes
from gdlib.explore.figures.momentum_phase import MomentumPhase
from gdlib.explore.figures.momentum_race import MomentumRace
from gdlib.explore.figures.optimizer_race import RULES, OptimizerRace
from gdlib.explore.figures.rotated_bowl import RotatedBowl

pytestmark = pytest.mark.filterwarnings("error")
FIGURES = [
    MomentumRace,
    OptimizerRace,
    CoordinateRates,
    RotatedBowl,
    AdamMoments,
    AdamCounterexample,
    MomentumPhase,
    LearningRateRegimes,
]


def at(figure, preset, **more):
    """What the figure shows at one of its presets, or near it."""
    figure.set(**figure.presets[preset] | more)
    return figure.view.drawing


@pytest.mark.parametrize("kind", FIGURES, ids=lambda kind: kind.__name__)
def test_the_first_preset_is_what_is_shown_first(kind):
    figure = kind()
    assert next(iter(figure.presets.values())) == figure.view.inputs
    assert len({str(at(figure, name)) for name in figure.presets}) == len(figure.presets)


# --- momentum race ---


def spectral(lr, beta, curvature, ahead):
    """The long-run rate of one coordinate, from the eigenvalues of its step."""
    # (theta, v) -> v' = beta v + c theta; theta' = theta - lr (v', or c theta + beta v')
    first = [[1, 0], [curvature, beta]]
    if ahead:
        move = np.array([1 - lr * curvature, 0]) - lr * beta * np.array([curvature, beta])
    else:
        move = np.array([1, 0]) - lr * np.array([curvature, beta])
    return max(abs(np.linalg.eigvals(np.array([move, first[1]]))))


@pytest.mark.parametrize("k", [2, 10, 100, 1000])
@pytest.mark.parametrize("same", [False, True])
def test_race_rates_are_those_of_the_steps_own_eigenvalues(k, same):
    drawing = MomentumRace(condition=k, same=same).view.drawing
    root, curvatures = k**0.5, (1 / k, 1.0)
    lr = 1.0 if same else 4 / (1 + 1 / root) ** 2
    beta = (1 - 1 / root) ** 2 if same else ((root - 1) / (root + 1)) ** 2
    ball = max(spectral(lr, beta, c, False) for c in curvatures)
    ahead = max(spectral(1.0, (root - 1) / (root + 1), c, True) for c in curvatures)
    gd_rate = 1 - 1 / k if same else (k - 1) / (k + 1)
    expected = [gd_rate, ball, ahead]
    assert drawing["rates"] == pytest.approx(
        expected, abs=1e-6
    )  # a double root, so half the digits
    closed = [gd_rate, 1 - 1 / root if same else (root - 1) / (root + 1), 1 - 1 / root]
    assert drawing["rates"] == pytest.approx(closed, rel=1e-7)


@pytest.mark.parametrize("k", [2, 10, 100])
@pytest.mark.parametrize("same", [False, True])
def test_race_measures_what_it_predicts(k, same):
    drawing = MomentumRace(condition=k, same=same).view.drawing
    for predicted, seen in zip(drawing["rates"], drawing["measured"], strict=True):
        assert predicted - 1e-9 <= seen <= predicted * 1.03  # a double root adds a factor of t


def test_race_runs_are_those_of_the_library():
    figure = MomentumRace(condition=100)
    drawing, land = figure.view.drawing, gd.landscape("bowl", condition=100.0)
    # the library's bowl has curvatures 1 and 100: the same paths with lr / 100
    rate = (10 - 1) / (10 + 1)
    for who, rule in {
        "gd": gd.GradientDescent(lr=2 / 101),
        "ball": gd.Momentum(lr=4 / 11**2, beta=rate**2),
        "nesterov": gd.Nesterov(lr=1 / 100, beta=rate),
    }.items():
        trace = gd.minimize(land, [-2.6, 0.45], rule, steps=100)
        path = np.array([drawing[f"{who}_x"], drawing[f"{who}_y"]]).T
        np.testing.assert_allclose(path, trace.theta, atol=1e-10)
        loss = np.array(trace.loss) / trace.loss[0]
        np.testing.assert_allclose(drawing[f"{who}_loss"], np.maximum(loss, 1e-15), rtol=1e-8)


def test_the_heavy_ball_wins_only_with_its_own_learning_rate():
    figure = MomentumRace()
    valley = at(figure, "a valley")
    assert valley["ball_loss"][-1] < 1e-4 * valley["nesterov_loss"][-1]
    assert max(valley["ball_loss"]) > 3, "it rises first"
    same = at(figure, "same learning rate")
    assert 0.3 < same["ball_loss"][-1] / same["nesterov_loss"][-1] < 3
    assert at(figure, "a trench")["gd_loss"][-1] > 0.5
    assert "0.998 (0.998)" in figure.view.drawing["words"]


# --- optimizer race ---


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_runs_as_the_librarys_optimiser_at_its_defaults(rule):
    figure = OptimizerRace(a=rule, lr_a=0.02)
    kind = getattr(gd, {"Gradient descent": "GradientDescent"}.get(rule, rule.replace(" d", "D")))
    land = gd.landscape("beale")
    trace = gd.minimize(land, land.start, kind(lr=0.02), steps=150)
    path = np.array([figure.view.drawing["a_x"], figure.view.drawing["a_y"]]).T
    if rule in ("Momentum", "Nesterov"):  # they diverge, and the figure stops earlier
        assert figure.view.drawing["ends"][0][0] == "diverged"
    else:
        assert len(path) == 151
    np.testing.assert_allclose(path, trace.theta[: len(path)], rtol=1e-9)


@pytest.mark.parametrize("land", ["Bowl", "Beale", "Rosenbrock", "Himmelblau", "Six-hump camel"])
def test_the_sweep_is_what_the_race_gives(land):
    figure = OptimizerRace()
    figure.set(landscape=land)
    for rule in RULES:
        for k in (5, 18, 27, 36):
            rate = figure._store["rates"][k]
            figure.set(a=rule, lr_a=rate)
            expected = np.clip(figure._store["sweep"][land][rule][k], 1e-9, 1e4)
            assert figure.view.drawing["a_last"] == pytest.approx(expected, rel=0.01)
        best = figure.view.drawing["best"]["lr_a"]
        sweep = figure._store["sweep"][land][rule]
        assert sweep[figure._store["rates"].index(best)] == min(sweep)


def test_the_verdict_flips_when_one_side_is_tuned():
    figure = OptimizerRace()
    both = at(figure, "Adam against descent")
    assert both["ends"][0] == ["arrived", 106] and both["ends"][1][0] == "descending"
    assert at(figure, "only Adam tuned")["a_last"] < 1e-5 < 1 < figure.view.drawing["b_last"]
    assert at(figure, "only descent tuned")["b_last"] < 0.01 < 1 < figure.view.drawing["a_last"]
    assert at(figure, "along the axes")["ends"][0][1] < 20
    lost = at(figure, "diverges")
    assert lost["note"] == "Momentum diverges" and "diverged" in lost["words"]
    assert lost["b_last"] == 1e4


def test_a_moved_start_says_that_the_sweep_is_another_ones():
    figure = OptimizerRace(start=[2.0, 2.0])
    assert figure.view.drawing["moved"] and not figure.view.drawing["best"]
    figure.set(start=[1.0, 1.5])
    assert not figure.view.drawing["moved"] and figure.view.drawing["best"]


# --- coordinate rates ---


def test_adagrad_shrinks_as_one_over_the_root_of_t():
    drawing = at(CoordinateRates(), "Adagrad shrinks")
    t = np.arange(1, 201)
    for name, curvature in (("flat", 1.0), ("steep", 50.0)):
        rates = np.array(drawing[name][1:])
        assert (np.diff(rates) < 0).all()
        predicted = 1.0 / (0.5 * curvature * np.sqrt(t))
        assert (rates < predicted).all(), "the way adds to the noise"
        assert rates[-1] > 0.8 * predicted[-1]
        slope = np.polyfit(np.log(t[100:]), np.log(rates[100:]), 1)[0]
        assert -0.5 < slope < -0.35


@pytest.mark.parametrize("preset", ["RMSprop levels off", "Adam"])
def test_rmsprop_and_adam_level_off(preset):
    figure = CoordinateRates()
    drawing, lr = at(figure, preset), figure.presets[preset]["lr"]
    for name, curvature in (("flat", 1.0), ("steep", 50.0)):
        late = np.array(drawing[name][100:])
        assert np.mean(late) == pytest.approx(lr / (0.5 * curvature), rel=0.2)
        assert drawing[f"{name}_line"][-1] == pytest.approx(lr / (0.5 * curvature))


def test_effective_rate_times_gradient_is_the_step():
    figure = CoordinateRates(rule="Adagrad", lr=1.0)
    d = figure.view.drawing
    rng = []
    for name, path, curvature in (("flat", "path_x", 1.0), ("steep", "path_y", 50.0)):
        theta, rates = np.array(d[path]), np.array(d[name][1:])
        grads = -np.diff(theta) / rates
        noise = grads / curvature - theta[:-1]
        np.testing.assert_allclose(np.abs(noise), 0.5, rtol=1e-6)
        rng.append(np.sign(noise))
        assert abs(np.mean(noise)) < 0.1
    assert abs(np.mean(rng[0] * rng[1])) < 0.2, "the two are independent"


def test_one_rate_for_both_diverges_beyond_two_over_the_curvature():
    figure = CoordinateRates()
    assert not at(figure, "one rate for both")["note"]
    for lr, gone in ((0.035, False), (0.044, True), (0.05, True), (3.0, True)):
        figure.set(lr=lr)
        assert bool(figure.view.drawing["note"]) == gone == ("diverges" in figure.describe())
        assert figure.view.drawing["flat"][-1] == pytest.approx(lr, rel=0.05)


# --- rotated bowl ---


def steps_to_goal(rule, angle, goal=1e-6):
    land = gd.landscape("bowl", condition=50.0, angle=np.radians(angle))
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    start = [-2.5 * c - 0.8 * s, -2.5 * s + 0.8 * c]
    losses = np.array(gd.minimize(land, start, rule, steps=300).loss)
    there = np.flatnonzero(losses <= goal * losses[0])
    return int(there[0]) if len(there) else None


@pytest.mark.parametrize("angle", [0, 9, 30, 45, 77])
def test_steps_in_the_turned_bowl_are_those_of_the_library(angle):
    figure = RotatedBowl(angle=float(angle))
    for rule, lr in (("Adagrad", 1.0), ("RMSprop", 0.1), ("Adam", 10**-0.5)):
        figure.set(rule=rule, lr=lr)
        d, kind = figure.view.drawing, getattr(gd, rule)
        rate = figure.function.__globals__["RATES"][d["rate"]]
        assert rate == pytest.approx(lr, rel=1e-3)
        assert d["needed"] == steps_to_goal(kind(lr=rate), angle)
        assert d["plain_needed"] == steps_to_goal(gd.GradientDescent(lr=2 / 51), angle) == 173


def test_the_sweep_of_the_turned_bowl_is_what_its_runs_give():
    figure = RotatedBowl()
    for rule in ("Adagrad", "RMSprop", "Adam"):
        for angle, rate in ((0.0, 0.1), (13.0, 1.0), (45.0, 0.3162), (88.0, 3.162)):
            figure.set(rule=rule, angle=angle, lr=rate)
            d = figure.view.drawing
            swept = figure._store["steps"][d["which"]][d["rate"]][int(angle)]
            assert d["height"] == pytest.approx(swept, abs=0.01)
            assert str(round(float(figure._store["steps"][d["which"]][d["rate"]][0]))) in d["words"]


def test_the_advantage_is_gone_when_the_bowl_is_turned():
    figure = RotatedBowl()
    assert at(figure, "along the axes")["needed"] == 16
    assert at(figure, "turned by 45°")["needed"] == 224 > figure.view.drawing["plain_needed"]
    fewest = figure._store["fewest"]
    assert fewest[0].argmax() in range(40, 50) and fewest[1].argmax() in range(40, 50)
    assert fewest[0][45] > 173, "retuned, Adagrad still needs more than gradient descent"
    assert fewest[2].max() < 173, "Adam has its momentum still"
    figure.set(rule="Adagrad", lr=0.0316)
    assert figure.view.drawing["needed"] is None and "not there" in figure.view.drawing["note"]


# --- Adam's moments ---


@pytest.mark.parametrize("beta1, beta2", [(0.9, 0.999), (0.0, 0.999), (0.99, 0.9), (0.5, 0.95)])
def test_without_correction_the_steps_are_off_by_the_predicted_factor(beta1, beta2):
    figure = AdamMoments(beta1=beta1, beta2=beta2, stream="noise about a mean")
    right = np.array(figure.view.drawing["move"][1:])
    figure.set(corrected=False)
    raw = np.array(figure.view.drawing["move"][1:])
    t = np.arange(1, 121)
    np.testing.assert_allclose(raw / right, (1 - beta1**t) / np.sqrt(1 - beta2**t), rtol=1e-5)
    first = (1 - beta1) / (1 - beta2) ** 0.5
    assert figure.view.drawing["first"] == pytest.approx(first)
    assert abs(raw[0]) == pytest.approx(first, rel=1e-4) and abs(right[0]) == pytest.approx(1)


def test_moments_are_the_weighted_sums():
    figure = AdamMoments(stream="the mean jumps", beta1=0.8)
    g = np.array(figure.view.drawing["grad"][1:])
    weights = 0.2 * 0.8 ** np.arange(120)[::-1]
    assert figure.view.drawing["mean_other"][-1] == pytest.approx(weights @ g)
    assert figure.view.drawing["mean"][-1] == pytest.approx(weights @ g / weights.sum())
    assert np.mean(g[:59]) == pytest.approx(1.5, abs=0.2)
    assert np.mean(g[60:]) == pytest.approx(-1.5, abs=0.2)


def test_presets_of_the_moments_show_what_they_say():
    figure = AdamMoments()
    np.testing.assert_allclose(at(figure, "corrected")["move"][1:], 1.0, rtol=1e-6)
    large = at(figure, "steps too large")
    assert min(large["move"][1:]) > 2.9 and np.argmax(large["move"][1:]) + 1 == 12
    assert "3.16 learning rates" in large["words"] and "step 12" in large["words"]
    assert max(at(figure, "steps too small")["move"][1:]) < 0.75
    figure.set(beta1=0.0, beta2=0.999)
    assert "off the frame" in figure.view.drawing["note"]


# --- the counterexample ---


def online(C, beta2, lr, rounds, corrected, keep, x=0.0):
    """Adam with beta1 = 0, or AMSGrad (`keep`), as in the paper, which corrects no bias."""
    v = top = 0.0
    for t in range(1, 3 * rounds + 1):
        g = C if t % 3 == 1 else -1.0
        v = beta2 * v + (1 - beta2) * g * g
        top = max(top, v) if keep else v
        scale = 1 - beta2**t if corrected else 1.0
        x = min(max(x - lr / t**0.5 * g / ((top / scale) ** 0.5 + 1e-8), -1.0), 1.0)
    return x


@pytest.mark.parametrize("C", [2.1, 2.5, 3.0, 5.0, 10.0])
def test_adam_goes_to_the_worst_point_for_every_C_above_two(C):
    beta2 = 1 / (1 + C * C)
    figure = AdamCounterexample(C=C, beta2=beta2, lr=0.5)
    d = figure.view.drawing
    assert d["drift"] > 0.6 and d["adam"][-1] == 1.0
    assert d["amsgrad"][-1] < -0.5 and d["gd"][-1] < -0.8
    for corrected in (True, False):
        assert online(C, beta2, 0.5, 100, corrected, keep=False) == 1.0
        assert online(C, beta2, 0.5, 100, corrected, keep=True) < -0.5
    assert d["adam"][-1] == pytest.approx(online(C, beta2, 0.5, 100, True, False))
    assert d["amsgrad"][-1] == pytest.approx(online(C, beta2, 0.5, 100, True, True))


def test_long_run_without_the_correction_is_the_same():
    for C, beta2 in ((3.0, 0.1), (3.0, 0.95), (2.1, 0.7), (6.0, 0.5)):
        ends = {round(online(C, beta2, 0.5, 4000, c, False)) for c in (True, False)}
        assert ends == {1 if way(C, beta2) > 0 else -1}
        assert {round(online(C, beta2, 0.5, 4000, c, True)) for c in (True, False)} == {-1}


@pytest.mark.parametrize("C, beta2", [(3.0, 0.1), (3.0, 0.9), (2.1, 0.7), (10.0, 0.3)])
def test_three_steps_of_adam_add_up_to_what_is_drawn(C, beta2):
    v, moves = 1.0, []
    for t in range(3000):
        g = C if t % 3 == 0 else -1.0
        v = beta2 * v + (1 - beta2) * g * g
        moves.append(-g / v**0.5)
    assert way(C, beta2) == pytest.approx(sum(moves[-3:]))


def test_presets_of_the_counterexample_show_what_they_say():
    figure = AdamCounterexample()
    wrong = at(figure, "Adam goes wrong")
    assert wrong["adam"][-1] == 1.0 and wrong["paper"] == pytest.approx(0.1)
    assert wrong["worst"] == pytest.approx(2 / 3)
    assert wrong["adam_regret"][-1] == pytest.approx(wrong["worst"], rel=0.05)
    assert at(figure, "a long memory")["adam"][-1] < -0.95
    border = at(figure, "at the border")
    assert abs(border["drift"]) < 0.02 and "slowly" in border["words"]
    still = at(figure, "long, and still wrong")
    assert still["adam"][-1] > 0.8 and "the worst point" in still["words"]


def test_average_regret_is_the_loss_above_that_of_the_best_point():
    d = AdamCounterexample(C=4.0, beta2=0.3, start=0.5).view.drawing
    x, v, lost = 0.5, 0.0, 0.0
    for t in range(1, 301):
        g = 4.0 if t % 3 == 1 else -1.0
        lost += g * x + g
        v = 0.3 * v + 0.7 * g * g
        x = min(max(x - 0.3 / t**0.5 * g / (v / (1 - 0.3**t)) ** 0.5, -1), 1)
    assert d["adam_regret"][-1] == pytest.approx(lost / 300, abs=1e-6)


# --- momentum phase ---

CORNERS = [0.0100237447, 0.02, 0.25, 0.9, 1.0, 1.1, 1.99, 2.5, 3.9, 4.1, 10.0]


@pytest.mark.parametrize("lr", CORNERS)
def test_phases_are_named_by_the_roots(lr):
    figure = MomentumPhase()
    for beta in (0.0, 0.01, 0.16, 0.5, 0.81, 0.97, 0.98):
        figure.set(lr=lr, beta=beta)
        d = figure.view.drawing
        roots = np.roots([1, -(1 + beta - figure.view.inputs["lr"]), beta])
        radius, words = max(abs(roots)), d["words"]
        assert d["radius"] == pytest.approx(radius, abs=1e-7)
        if radius < 1e-7:
            expected = "arrives in one step"
        elif radius > 1 + 1e-9:
            expected = "diverges"
        elif abs(roots.imag).max() > 1e-7:
            expected = "rings"
        elif max(roots.real, key=abs) > 0:
            expected = "creeps"
        else:
            expected = "bounces"
        assert expected in words, (lr, beta, words)
        assert (d["note"] == "diverges") == (expected == "diverges")


@pytest.mark.parametrize("lr", [lr for lr in CORNERS if lr != 1.0])
def test_the_best_beta_is_the_best(lr):
    figure = MomentumPhase(lr=lr)
    best, betas = figure.view.drawing["best"]["beta"], np.linspace(0, 0.98, 9801)
    half = (1 + betas - lr) / 2
    inner = (half**2 - betas).astype(complex) ** 0.5
    radius = np.maximum(abs(half + inner), abs(half - inner))
    if lr > 4:
        assert best is None and radius.min() > 1
    else:
        assert best == pytest.approx(betas[radius.argmin()], abs=1e-4)


def test_the_dashed_line_is_the_best_beta():
    d = MomentumPhase().view.drawing
    for lr, beta in zip(d["critical_lr"], d["critical_beta"], strict=True):
        assert beta == pytest.approx((1 - lr**0.5) ** 2, abs=1e-12)


def test_the_ball_keeps_what_the_map_says():
    figure = MomentumPhase(lr=0.02, beta=0.5)
    path = figure.view.drawing["theta"]
    assert path[-1] / path[-2] == pytest.approx(figure.view.drawing["radius"], rel=1e-6)
    trace = gd.minimize(gd.curve("parabola"), [1.0], gd.Momentum(lr=0.02, beta=0.5), steps=60)
    np.testing.assert_allclose(path, np.ravel(trace.theta))
    assert at(figure, "diverges")["note"] == "diverges"
    assert at(figure, "just right")["radius"] == pytest.approx(0.4, abs=1e-6)


# --- learning rate regimes ---


@pytest.mark.parametrize(
    "preset, factor, said",
    [
        ("too slow", 0.96, "creeps"),
        ("just right", 0.0, "arrives in one step"),
        ("bounces", -0.8, "bounces and settles"),
        ("diverges", -1.1, "diverges"),
    ],
)
def test_regimes_of_the_learning_rate(preset, factor, said):
    figure = LearningRateRegimes()
    d = at(figure, preset)
    assert d["factor"] == pytest.approx(factor) and said in d["words"]
    path = np.array(d["theta_k"])
    np.testing.assert_allclose(path[1:], factor * path[:-1], atol=1e-12)
    assert bool(d["note"]) == (said == "diverges")
    assert (d["settle"], d["explode"]) == (0.5, 1.0) and d["best"] == {"lr": 0.5}


def test_regimes_have_their_borders_where_theory_says():
    figure = LearningRateRegimes(curvature=4.0)
    for lr, said in (
        (0.2499, "creeps"),
        (0.25, "one step"),
        (0.4999, "settles"),
        (0.5, "for ever"),
    ):
        figure.set(lr=lr)
        assert said in figure.view.drawing["words"]
    figure.set(lr=0.51)
    assert "diverges" in figure.view.drawing["words"]
