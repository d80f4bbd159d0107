"""The figures on deep networks, overfitting and training: their numbers, from elsewhere."""

from itertools import pairwise

import matplotlib as mpl

mpl.use("agg")

import numpy as np
import pytest
from scipy.optimize import minimize as scipy_minimize

import gdlib as gd
from gdlib.explore.figures import early_stopping as fits
from gdlib.explore.figures import penalty_map, signal_depth, training_sweep
from gdlib.explore.figures.early_stopping import EarlyStopping
from gdlib.explore.figures.penalty_map import PenaltyMap
from gdlib.explore.figures.signal_depth import SignalDepth
from gdlib.explore.figures.training_sweep import TrainingSweep
from gdlib.formulas import activations, theory


def at(figure, **inputs):
    figure.set(**inputs)
    return figure.view.drawing


def preset(figure, label):
    return at(figure, **figure.presets[label])


FIGURES = [SignalDepth, EarlyStopping, TrainingSweep, PenaltyMap]


@pytest.mark.parametrize("cls", FIGURES)
def test_the_first_setting_is_the_first_preset(cls):
    figure = cls()
    assert next(iter(figure.presets.values())) == figure.view.spec["initial"]


# --- SignalDepth ---


def test_relu_halves_under_xavier_and_keeps_under_he():
    figure = SignalDepth()
    for depth in (2, 17, 30, 40):
        xavier = at(figure, depth=depth, activation="ReLU", init="Xavier (std 0.1)")
        for way in (xavier["predicted_back"][0], xavier["predicted_forth"][-1]):
            assert way == pytest.approx(theory.signal_after(depth, 0.5), rel=1e-12)
        he = at(figure, depth=depth, init="He (std 0.141)")
        assert he["predicted_back"] == pytest.approx([1.0] * depth, rel=1e-12)
    identity = at(figure, activation="identity", init="large (std 0.2)", depth=10)
    assert identity["predicted_back"][0] == pytest.approx(4.0**10)


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
@pytest.mark.parametrize("init", signal_depth.STARTS)
def test_the_prediction_is_the_gaussian_recursion(name, init):
    rng, std = np.random.default_rng(5), signal_depth.STARTS[init]
    z, q, forth, slopes = rng.normal(size=400_000), 1.0, [], []
    for _ in range(6):
        u = np.sqrt(100 * std**2 * q) * z
        q = np.mean(np.square(getattr(activations, name)(u)))
        slopes.append(100 * std**2 * np.mean(np.square(getattr(activations, name + "_slope")(u))))
        forth.append(q)
    drawn = at(SignalDepth(), depth=6, activation=name, init=init)
    assert drawn["predicted_forth"] == pytest.approx(forth, rel=0.02)
    assert drawn["predicted_back"] == pytest.approx(np.cumprod(slopes[::-1])[::-1], rel=0.02)


def test_a_network_of_that_depth_alone_measures_the_same():
    """The slider cuts a network of 40 layers; here are networks built with 12, of other weights."""
    drawn = at(SignalDepth(), depth=12, activation="tanh", init="He (std 0.141)")
    rng = np.random.default_rng(3)
    back = []
    for seed in range(4):
        model = gd.models.MLP((100,) * 14, activation="tanh", init="normal", init_scale=0.02**0.5)
        X = rng.normal(size=(64, 100))
        norms = model.signal(model.init(seed), X, np.arange(64)).backward
        back.append(np.square(norms[0] / norms[12]))
    assert np.mean(back) == pytest.approx(drawn["measured_back"][0], rel=0.5)
    assert np.mean(back) == pytest.approx(drawn["predicted_back"][0], rel=0.5)


def test_measured_and_predicted_agree_everywhere():
    figure = SignalDepth()
    for activation in signal_depth.ACTIVATIONS:
        for init in signal_depth.STARTS:
            drawn = at(figure, depth=40, activation=activation, init=init)
            for way in ("back", "forth"):
                apart = np.log10(drawn[f"measured_{way}"]) - np.log10(drawn[f"predicted_{way}"])
                assert np.abs(apart).max() < 1.2, (activation, init, way)  # of up to 72 decades
            ends = drawn["predicted_back"] + drawn["measured_forth"] + drawn["measured_back"]
            assert drawn["low"] < min(ends) and max(ends) < drawn["high"]


def test_presets_of_signal_depth():
    figure = SignalDepth()
    left = {label: preset(figure, label)["measured_back"][0] for label in figure.presets}
    assert left["sigmoid vanishes"] < 1e-36
    assert 1e-10 < left["Xavier with ReLU fades"] < 1e-9
    assert 0.3 < left["He with ReLU holds"] < 3
    assert left["explodes"] > 1e8
    assert "it explodes" in preset(figure, "explodes")["words"]
    assert "it vanishes" in preset(figure, "sigmoid vanishes")["words"]


# --- EarlyStopping ---


@pytest.fixture(scope="module")
def problem():
    x, y, x_valid, y_valid = fits._data()
    return fits._powers(x, x), y - y.mean(), fits._powers(x_valid, x), y_valid - y.mean()


def test_stopped_descent_is_that_of_minimize(problem):
    A, y, A_valid, y_valid = problem
    model = gd.models.LinearRegression(A.shape[1])
    top = 2 * np.linalg.norm(A, 2) ** 2 / len(A)
    run = gd.minimize(
        lambda theta: model.loss_and_grad(theta, A, y), np.zeros(A.shape[1] + 1),
        gd.GradientDescent(lr=1 / top), 1000,
    )  # fmt: skip
    for epochs in (1.0, 10.0, 1000.0):
        drawn = at(EarlyStopping(), epochs=epochs)
        theta = run.theta[int(epochs)]
        assert drawn["descent_train"] == pytest.approx(model.loss(theta, A, y), rel=1e-9)
        assert drawn["descent_valid"] == pytest.approx(model.loss(theta, A_valid, y_valid))


def test_ridge_is_the_penalised_minimum(problem):
    A, y, A_valid, y_valid = problem
    for lam in (1e-5, 0.01, 3.0):
        model = gd.models.LinearRegression(A.shape[1], l2=lam)
        w = np.linalg.solve(A.T @ A * 2 / len(A) + lam * np.eye(A.shape[1]), 2 / len(A) * A.T @ y)
        assert np.abs(model.loss_and_grad(np.append(w, 0), A, y)[1]).max() < 1e-9
        drawn = at(EarlyStopping(), lam=lam)
        assert drawn["ridge_valid"] == pytest.approx(np.mean((A_valid @ w - y_valid) ** 2))
        assert drawn["ridge_train"] == pytest.approx(np.mean((A @ w - y) ** 2))


def test_ridge_and_descent_are_nearly_one_filter():
    figure = EarlyStopping(filters=True)
    for t in (10.0, 1e3, 1e5):
        drawn = at(figure, epochs=t)
        drawn = at(figure, lam=max(drawn["as_lam"], fits.LOW))
        apart = np.abs(np.subtract(drawn["ridge_filter"], drawn["descent_filter"])).max()
        assert apart < 0.31  # 1 - e^-x against x / (1 + x)
        assert figure.view.drawing["descent_train"] == pytest.approx(drawn["ridge_train"], rel=0.3)


def test_the_best_settings_have_the_least_validation_error():
    figure = EarlyStopping()
    best = figure.view.drawing["best"]
    for key, error in (("lam", "ridge_valid"), ("epochs", "descent_valid")):
        least = at(figure, **best)[error]
        control = figure.controls[key]
        for place in np.arange(control.min, control.max, control.step):
            assert at(figure, **{key: 10**place})[error] >= least - 1e-12


def test_presets_of_early_stopping():
    figure = EarlyStopping()
    over, right = preset(figure, "overfits"), preset(figure, "just right")
    smooth, stopped = preset(figure, "too smooth"), preset(figure, "stopped early")
    assert over["ridge_train"] < right["ridge_train"] < smooth["ridge_train"]
    assert 2.5 * right["ridge_valid"] < min(over["ridge_valid"], smooth["ridge_valid"])
    assert stopped["descent_valid"] < right["ridge_valid"] < stopped["ridge_valid"] / 2.5


# --- TrainingSweep ---


def test_the_sweep_is_that_of_fit():
    X, y = gd.data.two_moons(200, noise=0.15, rng=0)
    model = gd.models.MLP((2, 16, 16, 1), loss="binary")
    history = gd.fit(
        model, X, y, gd.GradientDescent(lr=1.0), batch_size=200, epochs=100, theta0=model.init(1)
    )
    figure = TrainingSweep()
    drawn, k = figure.view.drawing, training_sweep.EPOCHS.index(100)
    assert drawn["train"][k] == pytest.approx(model.loss(history.theta, X, y), rel=1e-3)
    x = np.linspace(-1.8, 2.8, 40)[7], np.linspace(-1.4, 1.9, 40)[22]
    shown = figure._store["maps"][drawn["which"], k, 22, 7]
    logit = model.outputs(history.theta, np.array([x]))[0]
    assert shown == pytest.approx(1 / (1 + np.exp(-logit)), abs=0.5 / 28 + 0.003)


def test_every_learning_rate_has_its_run():
    figure = TrainingSweep()
    for k in range(training_sweep.RATES):
        figure.controls["lr"].value = 10 ** (training_sweep.FIRST + 0.5 * k)
        assert figure.view.drawing["which"] == k
    assert figure.view.drawing["best"] == {"lr": 1.0}


def test_rounding_does_not_change_what_is_shown():
    """A start off by 1e-13 gives the same map and losses: no rate is chaotic."""
    X, y = gd.data.two_moons(200, noise=0.15, rng=0)
    model = gd.models.MLP((2, 16, 16, 1), loss="binary")
    start = model.init(1)
    other = start * (1 + 1e-13 * np.sin(np.arange(len(start))))
    for lr in (1.0, 10**0.5, 10.0):
        runs = [
            gd.minimize(
                lambda theta: model.loss_and_grad(theta, X, y),
                each,
                gd.GradientDescent(lr=lr),
                1000,
            )
            for each in (start, other)
        ]
        assert runs[0].loss[training_sweep.EPOCHS] == pytest.approx(
            runs[1].loss[training_sweep.EPOCHS], rel=1e-8
        )


def test_presets_of_the_sweep():
    figure = TrainingSweep()
    end = {label: preset(figure, label) for label in figure.presets}
    assert end["just right"]["train"][-1] < 0.002 and end["just right"]["accuracy"][-1] > 98
    assert end["too slow"]["train"][-1] > 0.25
    train = end["bounces"]["train"]
    assert any(b > 3 * a for a, b in pairwise(train)) and train[-1] < 0.001
    assert end["dies"]["accuracy"][-1] == 50 and max(end["dies"]["train"]) > 1e4
    assert "29 of its 32 hidden neurons" in end["dies"]["words"]
    assert end["dies"]["note"] == "dead neurons"


# --- PenaltyMap ---

H = np.array([[penalty_map.A, penalty_map.B], [penalty_map.B, penalty_map.C]])


@pytest.mark.parametrize("penalty", ["L1", "L2"])
def test_the_minimum_is_that_of_scipy_and_of_the_optimiser(penalty):
    rng, figure = np.random.default_rng(0), PenaltyMap()
    for _ in range(40):
        c, lam = rng.uniform(-2, 3, 2), 10 ** rng.uniform(-1.3, 1.7)
        drawn = at(figure, penalty=penalty, lam=lam, optimum=c.tolist())

        def loss(w, c=c, lam=lam):
            price = np.abs(w).sum() if penalty == "L1" else w @ w / 2
            return (w - c) @ H @ (w - c) / 2 + lam * price

        found = scipy_minimize(loss, [0.1, 0.1], method="Nelder-Mead", options={"xatol": 1e-9})
        assert loss(np.array(drawn["minimum"])) <= found.fun + 1e-9
        options = {"l1": lam} if penalty == "L1" else {"weight_decay": lam}
        top = np.linalg.eigvalsh(H)[1] + (lam if penalty == "L2" else 0)
        run = gd.minimize(
            lambda w, c=c: ((w - c) @ H @ (w - c) / 2, H @ (w - c)), penalty_map.START,
            gd.GradientDescent(lr=1 / top, **options), penalty_map.STEPS,
        )  # fmt: skip
        path = np.transpose([drawn["path_1"], drawn["path_2"]])
        assert path == pytest.approx(run.theta, abs=1e-12)
        assert path[-1] == pytest.approx(drawn["minimum"], abs=1e-5)


def test_zeros_come_where_the_labels_say():
    figure = PenaltyMap()
    drawn = figure.view.drawing
    assert drawn["first_words"] == "w₂ = 0 from 1.41" and drawn["second_words"].endswith("3.92")
    for place, weights in ((drawn["first"], "w_2"), (drawn["second"], "w_1")):
        assert at(figure, lam=place * 0.999)[weights] > 0
        assert at(figure, lam=place * 1.001)[weights] == 0
    assert all(w > 0 for w in at(figure, penalty="L2", lam=50.0)["minimum"])


def test_contour_and_ball_touch_at_the_minimum():
    for penalty in ("L1", "L2"):
        drawn = at(PenaltyMap(), penalty=penalty, lam=0.7)
        w, c = np.array(drawn["minimum"]), np.array([1.6, 1.2])
        ring = np.transpose([drawn["touching_1"], drawn["touching_2"]]) - c
        assert np.einsum("ij,jk,ik->i", ring, H, ring) == pytest.approx((w - c) @ H @ (w - c))
        size = np.abs(ring + c).sum(axis=1) if penalty == "L1" else np.hypot(*(ring + c).T)
        ball = np.abs(w).sum() if penalty == "L1" else np.hypot(*w)
        assert size.min() >= ball - 1e-12  # the contour stays outside


def test_presets_of_the_penalty_map():
    figure = PenaltyMap()
    assert preset(figure, "L1: one weight is zero")["minimum"] == [pytest.approx(0.96), 0.0]
    assert min(preset(figure, "L2: both shrink")["minimum"]) > 0.5
    assert min(preset(figure, "L1, but weak")["minimum"]) > 0.9
    everything = preset(figure, "too strong: all zero")
    assert everything["minimum"] == [0.0, 0.0] and everything["note"] == "all zero"
