"""Two ways to keep a polynomial from overfitting, ridge and early stopping, and their kinship."""

from functools import cache
from typing import Any

import numpy as np

from ..controls import log_slider
from ..explorable import Explorable
from ..marks import Dots, Level, Line
from ..views import Axis, Compare, Curve, Lines
from ..words import count, say

__all__ = ["EarlyStopping"]

DEGREE, POINTS, CHECKS = 11, 15, 20
LOW, HIGH = 1e-7, 10.0  # of lambda
MOST = 1e8  # epochs


class EarlyStopping(Explorable):
    """Ridge and early-stopped gradient descent on one polynomial fit: the same filter, nearly.

    In the direction of a singular vector, of curvature h, ridge keeps ``h / (h + lambda)`` of the
    least-squares solution, and t steps of descent from 0 keep ``1 - (1 - lr h)^t``. So both fits
    are exact here, as after a run of that many steps. The model is `gdlib.models.LinearRegression`
    on the powers of x, standardised: its `l2` is lambda, and the learning rate is 1 / L.

    Parameters
    ----------
    filters : bool, default False
        Whether to show the part kept of each direction beside the fits, instead of the errors.
    name : str, default "early-stopping"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``lam``, ``epochs``.

    References
    ----------
    Hoerl, A. E., and Kennard, R. W., Ridge regression, 1970. Ali, A., Kolter, J. Z., and
    Tibshirani, R. J., A continuous-time view of early stopping for least squares, AISTATS 2019.

    Examples
    --------
    >>> from gdlib.explore.figures.early_stopping import EarlyStopping
    >>> figure = EarlyStopping()
    >>> drawing = figure.view.drawing
    >>> drawing["ridge_train"] < 0.03 < 0.3 < drawing["ridge_valid"]
    True
    """

    def __init__(
        self, filters: bool = False, *, name: str = "early-stopping", **start: Any
    ) -> None:
        given, store = _prepared()
        best = given["best"]
        super().__init__(
            early_stopping,
            title="Ridge and early stopping, the same filter",
            controls={
                "lam": log_slider("Ridge: λ", LOW, HIGH, LOW, step=0.05),
                "epochs": log_slider("Descent: epochs", 1, MOST, MOST, step=0.05),
            },
            given=given,
            store=store,
            view=Compare(_fits(), _filters() if filters else _errors()),
            presets={
                "overfits": {"lam": LOW, "epochs": MOST},
                "just right": {"lam": best["lam"], "epochs": best["epochs"]},
                "too smooth": {"lam": 3.0, "epochs": 6.0},
                "stopped early": {"lam": LOW, "epochs": best["epochs"]},
            },
            name=name,
            start=start,
        )


def early_stopping(  # the problem in its singular vectors, and the inputs
    curvature, rotated, mean, at_grid, at_valid, y_valid, energy, rest, best, lam, epochs
):
    """Both fits, by the part that they keep of each direction, and their errors."""
    t = int(epochs + 0.5)
    lr = 1 / curvature[0]
    n = len(curvature)
    said = count(t, "epoch") if t < 100000 else say(t) + " epochs"
    ridges = [h / (h + lam) for h in curvature]
    descents = [descent_keeps(h, lr, t) for h in curvature]
    a = [ridges[j] * rotated[j] for j in range(n)]
    b = [descents[j] * rotated[j] for j in range(n)]
    across = [10 ** (-8 + 0.1 * k) for k in range(101)]
    ridge_valid = error(fitted(at_valid, a, mean), y_valid)
    descent_valid = error(fitted(at_valid, b, mean), y_valid)
    ridge_train = rest + sum([energy[j] * (1 - ridges[j]) * (1 - ridges[j]) for j in range(n)])
    descent_train = rest + sum([energy[j] * (1 - descents[j]) ** 2 for j in range(n)])
    return {
        "ridge": fitted(at_grid, a, mean),
        "descent": fitted(at_grid, b, mean),
        "ridge_valid": ridge_valid,
        "ridge_train": ridge_train,
        "descent_valid": descent_valid,
        "descent_train": descent_train,
        "as_lam": 1 / (lr * t),
        "h": across,
        "ridge_filter": [h / (h + lam) for h in across],
        "descent_filter": [descent_keeps(h, lr, t) for h in across],
        "ridge_kept": ridges,
        "descent_kept": descents,
        "best": {"lam": best["lam"], "epochs": best["epochs"]},
        "words": f"Ridge with λ {say(lam)} keeps {say(sum(ridges))} of {n} directions: training "
        f"error {say(ridge_train)}, validation {say(ridge_valid)}. Descent for {said}, "
        f"which is λ ≈ {say(1 / (lr * t))}, keeps {say(sum(descents))}: training "
        f"{say(descent_train)}, validation {say(descent_valid)}.",
    }


def descent_keeps(h, lr, t):
    """The part of the solution along curvature h that t steps from 0 reach: 1 - (1 - lr h)^t."""
    if lr * h >= 1:  # at L itself the first step arrives; beyond, only the curve is drawn
        return 1.0
    return 1 - np.exp(t * np.log1p(-lr * h))


def fitted(rows, weights, mean):
    """What the rotated features in `rows` give with these weights."""
    values = []
    for row in rows:
        value = mean
        for j in range(len(weights)):
            value = value + row[j] * weights[j]
        values.append(value)
    return values


def error(values, y):
    return sum([(values[k] - y[k]) ** 2 for k in range(len(y))]) / len(y)


def _fits() -> Curve:
    return Curve(
        Line("grid", "truth", "truth", "muted", "dotted"),
        Line("grid", "ridge", "ridge"),
        Line("grid", "descent", "stopped descent", "orange", "dashed"),
        Dots("x_train", "y_train", "training data", "ink", size=7),
        Dots("x_valid", "y_valid", "validation data", "green", "cross", size=7),
        x=Axis("x", -1.02, 1.02),
        y=Axis("y", -2.5, 2.5),
        label="The data, the truth and both fits of degree 11",
    )


def _errors() -> Lines:
    return Lines(
        Line("lams", "valid_of_ridge", "ridge, validation"),
        Line("lams", "valid_of_descent", "descent, validation", "orange", "dashed"),
        Line("lams", "train_of_ridge", "ridge, training", "blue", "dotted"),
        Line("lams", "train_of_descent", "descent, training", "orange", "dotted"),
        Dots("lam", "ridge_valid", "ridge now", "blue", size=11),
        Dots("as_lam", "descent_valid", "descent now", "orange", "square", size=10),
        x=Axis("λ of ridge, 1 / (η t) of descent", LOW, HIGH, log=True),
        y=Axis("mean squared error", 0.02, 1, log=True),
        label="Training and validation error over the strength of regularisation",
    )


def _filters() -> Lines:
    return Lines(
        Line("h", "ridge_filter", "ridge"),
        Line("h", "descent_filter", "stopped descent", "orange", "dashed"),
        Dots("curvatures", "ridge_kept", "ridge's 11 directions", "blue", size=7),
        Dots("curvatures", "descent_kept", "descent's", "orange", "square", size=7),
        Level(x="lam", label="h = λ", colour="blue"),
        Level(x="as_lam", colour="orange"),
        x=Axis("curvature h of the direction", 1e-8, 100, log=True),
        y=Axis("part of the solution kept", 0, 1.05),
        label="The part of the least-squares solution that each keeps, over the curvature",
    )


def _truth(x: Any) -> Any:
    return np.sin(3 * x)


def _data() -> tuple[Any, ...]:
    """Training and validation data: x and y of each."""
    rng = np.random.default_rng(6)
    x = np.linspace(-1, 1, POINTS) + 0.9 * rng.uniform(-1, 1, POINTS) / POINTS
    x[[0, -1]] = -1, 1
    x_valid = np.sort(rng.uniform(-1, 1, CHECKS))
    y, y_valid = (_truth(u) + 0.3 * rng.normal(size=len(u)) for u in (x, x_valid))
    return x, y, x_valid, y_valid


def _powers(x: Any, of: Any) -> Any:
    """The powers of x, standardised by those of the training data."""
    powers, known = (u[:, None] ** np.arange(1, DEGREE + 1) for u in (x, of))
    return (powers - known.mean(axis=0)) / known.std(axis=0)


@cache
def _prepared() -> tuple[dict[str, Any], dict[str, Any]]:
    """The least-squares problem in its singular vectors; and what is drawn but never changes."""
    x, y, x_valid, y_valid = _data()
    grid = np.linspace(-1, 1, 81)
    mean = float(y.mean())
    U, s, Vt = np.linalg.svd(_powers(x, x), full_matrices=False)
    inner = U.T @ (y - mean)
    h, rotated = 2 * s * s / POINTS, inner / s
    turned = {"grid": _powers(grid, x) @ Vt.T, "valid": _powers(x_valid, x) @ Vt.T}
    lams = np.geomspace(LOW, HIGH, 81)
    epochs = np.geomspace(1, MOST, 161).round()
    lr = 1 / h[0]

    def errors(kept: Any) -> tuple[Any, Any]:
        train = np.square(y - mean - (kept * inner) @ U.T).mean(axis=1)
        return train, np.square(y_valid - mean - (kept * rotated) @ turned["valid"].T).mean(axis=1)

    def descents(t: Any) -> Any:
        return 1 - (1 - np.minimum(lr * h, 1)) ** t[:, None]

    places = np.geomspace(LOW, HIGH, 161)
    best_lam = places[errors(h / (h + places[:, None]))[1].argmin()]
    best_epochs = np.geomspace(1, MOST, 161)[errors(descents(epochs))[1].argmin()]
    ridge_train, ridge_valid = errors(h / (h + lams[:, None]))
    descent_train, descent_valid = errors(descents(1 / (lr * lams)))
    given = {
        "curvature": h.tolist(),
        "rotated": rotated.tolist(),
        "mean": mean,
        "at_grid": turned["grid"].tolist(),
        "at_valid": turned["valid"].tolist(),
        "y_valid": y_valid.tolist(),
        "energy": (np.square(inner) / POINTS).tolist(),
        "rest": float(np.square(y - mean - U @ inner).mean()),
        "best": {"lam": float(best_lam), "epochs": float(best_epochs)},
    }
    store = {
        "grid": grid, "truth": _truth(grid), "x_train": x, "y_train": y, "x_valid": x_valid,
        "y_valid": y_valid, "lams": lams, "curvatures": h, "train_of_ridge": ridge_train,
        "valid_of_ridge": ridge_valid, "train_of_descent": descent_train,
        "valid_of_descent": descent_valid,
    }  # fmt: skip
    return given, {key: [float(f"{v:.5g}") for v in values] for key, values in store.items()}
