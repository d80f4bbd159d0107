"""The explorables of noise, schedules, delays, saddles and basins: their numbers, met elsewhere."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest

import gdlib as gd
from gdlib.explore.figures import basin_map, schedule_designer
from gdlib.explore.figures.basin_map import BasinMap
from gdlib.explore.figures.batch_size import BatchSize
from gdlib.explore.figures.noise_ball import NoiseBall
from gdlib.explore.figures.saddle_escape import SaddleEscape
from gdlib.explore.figures.schedule_designer import KINDS, ScheduleDesigner
from gdlib.explore.figures.staleness import Staleness
from gdlib.explore.store import unpack
from gdlib.formulas import theory

ALL = [BatchSize, NoiseBall, ScheduleDesigner, Staleness, SaddleEscape, BasinMap]


def drawn(figure, preset=None, **inputs):
    figure.set(**(figure.presets[preset] if preset else figure.view.spec["initial"]) | inputs)
    return figure.view.drawing


@pytest.fixture(scope="module")
def basins():
    return BasinMap()


@pytest.mark.parametrize("make", ALL)
def test_first_preset_is_what_is_shown_first_and_all_can_be_said(make):
    figure = make()
    assert next(iter(figure.presets.values())) == figure.view.spec["initial"]
    for label in figure.presets:
        words = drawn(figure, label)["words"]
        assert words.endswith(".") and "nan" not in words and "beyond all" not in words
        plt.close(figure.static_figure())


# --- batch size ---


def test_batch_size_full_batch_is_gradient_descent():
    figure = BatchSize()
    got = drawn(figure, lr=0.2)
    bowl = gd.landscape("bowl", condition=4)
    trace = gd.minimize(bowl, [-2.6, 2.2], gd.GradientDescent(lr=0.2), steps=30)
    np.testing.assert_allclose(np.array([got["all_x"], got["all_y"]]).T, trace.theta, atol=1e-12)
    np.testing.assert_allclose(got["all_loss"], trace.loss, atol=1e-12)


def test_batch_size_at_its_ends_is_sgd_and_bgd():
    figure = BatchSize()
    one, whole = drawn(figure, b=1), drawn(figure, b=64)
    assert one["mini_x"] == one["sgd_x"] and one["mini_floor"] is None
    assert whole["mini_x"] == whole["all_x"]


def test_batch_size_counts_what_is_spent():
    figure = BatchSize()
    assert drawn(figure)["updates"] == [30, 30, 30]
    for b in (1, 2, 4, 8, 16, 32, 64):
        got = drawn(figure, "same examples seen", b=b)
        assert got["updates"] == [6, 384 // b, 384]
        assert got["spent"] == list(range(0, 385, 4))
        lengths = {len(got[f"{who}_{what}"]) for who in ("all", "mini", "sgd") for what in "xy"}
        assert lengths == {97}
        assert len(set(got["all_x"])) == 7


def test_batch_size_floor_and_variance_are_met_by_numpy():
    figure = BatchSize()
    points = np.array(figure.view.given["examples"])
    assert np.abs(points.sum(axis=0)).max() < 1e-12
    h, lr, b, runs = np.array([1.0, 4.0]), 0.2, 8, 4000
    rng = np.random.default_rng(0)
    theta, total = np.zeros((runs, 2)), []
    for k in range(60):
        batch = rng.permuted(np.tile(np.arange(64), (runs, 1)), axis=1)[:, :b]
        grad = h * (theta - points[batch].mean(axis=1))
        theta = theta - lr * grad
        if k >= 40:
            total.append((h * theta**2 / 2).sum(axis=1).mean())
    got = drawn(figure, b=b, lr=lr)
    assert np.mean(total) == pytest.approx(got["mini_floor"], rel=0.03)
    assert got["sgd_floor"] == pytest.approx(got["mini_floor"] * 8 * 63 / 56)


def test_batch_size_runs_keep_to_the_floor_on_average():
    figure = BatchSize()
    for b, who in ((8, 1), (1, 2)):
        mean = [drawn(figure, seed=seed, b=b)["mean"][who] for seed in range(1, 31)]
        floor = figure.view.drawing["mini_floor" if who == 1 else "sgd_floor"]
        assert np.mean(mean) == pytest.approx(floor, rel=0.15)


def test_batch_size_names_divergence():
    figure = BatchSize()
    for b, budget in itertools.product((1, 8, 64), ("same updates", "same examples seen")):
        got = drawn(figure, "diverges", b=b, budget=budget)
        assert got["note"] == "diverges" and "update 2" in got["words"]
        assert got["sgd_floor"] is got["mini_floor"] is None
    got = drawn(figure, lr=0.5)
    assert got["note"] == "" and "bounce for ever" in got["words"]


# --- noise ball ---


def test_noise_ball_radius_is_met():
    figure = NoiseBall()
    for lr, b in ((0.3, 1), (1.0, 4), (1.5, 64)):
        got = [drawn(figure, lr=lr, b=b, seed=seed)["measured"] ** 2 for seed in range(1, 31)]
        radius = figure.view.drawing["radius"]
        assert radius**2 == pytest.approx(2 * lr / (b * (2 - lr)))
        assert np.mean(got) ** 0.5 == pytest.approx(radius, rel=0.04)


def test_noise_ball_expected_curve_is_met_before_the_floor():
    figure = NoiseBall()
    runs = np.array([drawn(figure, lr=0.01, seed=s)["distance"] for s in range(1, 31)])
    got = figure.view.drawing
    rms = np.sqrt((runs**2).mean(axis=0))[::3]
    assert np.allclose(rms, got["expected"], rtol=0.1)
    assert "still on its way" in got["words"]


def test_noise_ball_best_rate_ends_nearest():
    figure = NoiseBall()
    best = drawn(figure)["best"]["lr"]
    for other in (best / 1.3, best * 1.3):
        ends = [
            theory.noise_variance(240, lr, 1.0, 1.0, 9.0)
            + theory.noise_variance(240, lr, 1.0, 1.0, 0.0)
            for lr in (best, other)
        ]
        assert ends[0] < ends[1]


def test_noise_ball_names_divergence():
    figure = NoiseBall()
    got = drawn(figure, "diverges")
    assert got["radius"] is None and got["note"].startswith("off the map at step")
    step = int(got["note"].split()[-1])
    far = got["distance"]
    assert far[step] > 3 * 2**0.5 >= max(far[:step])


# --- schedules ---


@pytest.mark.parametrize("kind", KINDS)
def test_schedule_designer_draws_gdlibs_schedule_and_the_mean_of_numpys_runs(kind):
    figure = ScheduleDesigner()
    got = drawn(figure, kind=kind, lr=1.0, shape=0.5)
    assert max(got["rate"]) == pytest.approx(1, rel=0.02) and min(got["rate"]) >= 0
    assert len(got["rate"]) == len(got["loss"]) == len(got["mean"]) == 201
    h, rng = np.array([0.05, 1.0]), np.random.default_rng(1)
    theta = np.tile([8.0, 3.0], (20000, 1))
    for lr in got["rate"][:200]:
        theta = theta - lr * (h * theta + 0.05 * rng.normal(size=theta.shape))
    assert got["mean"][200] == pytest.approx((h * theta**2 / 2).sum(axis=1).mean(), rel=0.03)
    assert got["kept"] == pytest.approx(theta[:, 0].mean(), abs=5e-3)
    assert got["spread"] == pytest.approx(theta[:, 0].std(), rel=0.03)


def test_schedule_designer_rates_are_those_of_the_library():
    figure = ScheduleDesigner()
    pairs = {
        "cosine": (gd.schedules.Cosine(lr=0.8, steps=200), 0),
        "step": (gd.schedules.Step(lr=0.8, step_size=110), 0.5),
        "one-cycle": (gd.schedules.OneCycle(lr_max=0.8, steps=200, warmup=0.5), 0.5),
    }
    for kind, (schedule, shape) in pairs.items():
        rates = drawn(figure, kind=kind, lr=0.8, shape=shape)["rate"][:200]
        np.testing.assert_allclose(rates, [schedule(k) for k in range(200)], rtol=1e-12)


def test_schedule_designer_exponential_stops_short():
    got = drawn(ScheduleDesigner(), "stops short")
    gamma = 10 ** (-3 / 200)
    assert got["total"] == pytest.approx((1 - gamma**200) / (1 - gamma))
    for_ever = 8 * np.prod(1 - 0.05 * gamma ** np.arange(5000))
    assert got["kept"] == pytest.approx(for_ever, rel=2e-3)
    assert abs(got["left"] - for_ever) < 2 * got["spread"]
    assert f"leave {gd.explore.say(for_ever)}." in got["words"]
    assert got["mean"][-1] > 10 * got["plain"][-1]


def test_schedule_designer_names_divergence():
    figure = ScheduleDesigner()
    got = drawn(figure, "diverges")
    assert got["note"] == "diverges" and "diverges" in got["words"]
    got = drawn(figure, kind="cosine", lr=2.5)  # beyond the border at first, and back in time
    assert got["note"] == "" and got["plain"][-1] > 1e6 and "diverging" in got["words"]
    assert (
        schedule_designer.meaning("step", 1.0, 1.0) == "A tenth of the rate after every 20 steps."
    )


# --- staleness ---


def roots(delay, product):
    return np.abs(np.roots([1, -1, *[0] * (delay - 1), product] if delay else [1, product - 1]))


@pytest.mark.parametrize("delay", range(11))
def test_staleness_borders_are_those_of_the_roots(delay):
    got = drawn(Staleness(), delay=delay)
    border, fastest = got["threshold"], got["best"]["product"]
    assert roots(delay, border).max() == pytest.approx(1, abs=1e-9)
    assert roots(delay, border * 1.01).max() > 1 > roots(delay, border * 0.99).max()
    assert roots(delay, fastest).max() == pytest.approx(delay / (delay + 1), abs=1e-3)
    rates = [roots(delay, p).max() for p in np.linspace(0.2, 3, 141) * fastest]
    assert min(rates) >= roots(delay, fastest).max() - 1e-6


@pytest.mark.parametrize("delay", range(11))
def test_staleness_says_what_the_path_does(delay):
    figure = Staleness()
    border, fastest = (
        drawn(figure, delay=delay)["threshold"],
        figure.view.drawing["best"]["product"],
    )
    got = drawn(figure, delay=delay, product=max(0.999 * fastest, 0.02))
    assert "without overshooting" in got["words"] and min(got["theta"]) >= 0
    got = drawn(figure, delay=delay, product=0.9 * border)
    assert min(got["theta"]) < 0 and "overshoots and settles" in got["words"]
    got = drawn(figure, delay=delay, product=1.2 * border)
    assert got["note"] == "diverges" and f"step {first(got['theta'], 3)}." in got["words"]


def test_staleness_swing_at_the_border():
    got = drawn(Staleness(), delay=3, product=theory.delay_threshold(3))
    assert "swings for ever" in got["words"] and "14 steps" in got["words"]
    theta = np.array(got["theta"][60:])
    np.testing.assert_allclose(theta[14:], theta[:-14], atol=1e-3)


def first(values, beyond):
    return next(k for k, v in enumerate(values) if abs(v) > beyond)


# --- saddle ---


@pytest.mark.parametrize("lr", [0.02, 0.05, 0.3, 0.9, 1.2])
@pytest.mark.parametrize("y", [1e-2, -0.3])
def test_saddle_escape_is_predicted_to_the_step(lr, y):
    got = drawn(SaddleEscape(), lr=lr, start=[-1.8, y])
    if got["predicted"] > 200:
        assert got["met"] is None
    else:
        assert got["met"] == np.ceil(got["predicted"])
        trace = gd.minimize(
            gd.landscape("saddle"), [-1.8, y], gd.GradientDescent(lr=lr), steps=got["met"]
        )
        assert abs(trace.theta[-2, 1]) < 1 <= abs(trace.theta[-1, 1])


def test_saddle_presets():
    figure = SaddleEscape()
    got = drawn(figure, "a hair beside")
    assert got["met"] == 121 == np.ceil(got["predicted"])
    got = drawn(figure, "exactly on it")
    assert got["note"] == "never escapes" and got["predicted"] is None
    assert got["away"] == [None] * 201 and got["distance"][-1] < 1e-8
    assert drawn(figure, "small steps")["note"] == ""
    assert drawn(figure, "large steps")["met"] == 12
    assert "Along x, too, it diverges" in drawn(figure, lr=1.2)["words"]


def test_saddle_noise_prediction_is_where_the_root_mean_square_reaches_one():
    figure = SaddleEscape()
    got = drawn(figure, "with noise")
    k, rng = round(got["predicted"]), np.random.default_rng(2)
    y = np.zeros(100000)
    for _ in range(k):
        y = y + 0.05 * (2 * y + 0.05 * rng.normal(size=y.size))
    assert np.sqrt((y**2).mean()) == pytest.approx(1, rel=0.05)
    met = [drawn(figure, "with noise", seed=seed)["met"] for seed in range(1, 31)]
    assert got["predicted"] < np.median(met) < got["predicted"] + 15


# --- basins ---


def test_basin_map_and_path_agree(basins):
    maps = np.rint(unpack(basins.view.store["maps"])).astype(int)
    assert maps.shape == (33, 64, 64)
    rates, places = basins.view.given["rates"], np.linspace(-5, 5, 64)
    rng = np.random.default_rng(3)
    for frame in range(33):
        for row, column in rng.integers(0, 64, (12, 2)):
            start = [float(places[column]), float(places[row])]
            got = drawn(basins, lr=rates[frame], start=start)
            assert got["frame"] == frame and got["end"] == maps[frame, row, column]


def test_basin_map_is_minimizes(basins):
    land = gd.landscape("himmelblau")
    for start in ([1.0, 1.0], [-3.0, 4.0], [-4.0, -1.0], [2.0, -4.0]):
        got = drawn(basins, lr=0.01, start=start)
        trace = gd.minimize(land, start, gd.GradientDescent(lr=got["rate"]), steps=150)
        np.testing.assert_allclose(np.array([got["x"], got["y"]]).T, trace.theta, atol=1e-12)
        at = basins.view.given["minima"][got["end"]]
        near = np.linalg.norm(trace.theta - at, axis=1) < 0.1
        assert near[got["since"] :].all() and not near[got["since"] - 1]


def test_basin_is_lost_beyond_two_over_its_curvature(basins):
    rates, store = basins.view.given["rates"], basins.view.store
    for k, border in enumerate(basins.view.given["borders"]):
        share = store[f"share_{k}"]
        assert all(s > 20 for s, lr in zip(share, rates, strict=True) if lr < border * 0.98)
        assert all(s < 1 for s, lr in zip(share, rates, strict=True) if lr > border * 1.01)
    total = np.sum([store[f"share_{k}"] for k in range(basin_map.NONE + 1)], axis=0)
    np.testing.assert_allclose(total, 100, atol=0.03)


def test_basin_map_names_divergence(basins):
    got = drawn(basins, "nothing settles")
    assert got["note"] == "diverges" and "All four minima repel" in got["words"]
    assert drawn(basins, "one minimum repels")["note"] == "settles nowhere"
    assert drawn(basins, "smooth borders")["note"] == ""
