"""A network learns two moons, once for each learning rate: its decision map, epoch by epoch."""

from functools import cache
from typing import Any

import numpy as np

from ...data import two_moons
from ...descent import minimize
from ...formulas.activations import sigmoid
from ...models import MLP
from ...optimizers import GradientDescent
from ..controls import log_slider
from ..explorable import Explorable
from ..marks import Dots, Heat, Line, Note, Now
from ..store import pack
from ..views import Axis, Clock, Compare, Frames, Lines
from ..words import say

__all__ = ["TrainingSweep"]

FIRST, STEP, RATES = -2.5, 0.5, 8  # the learning rates' logarithms
EPOCHS = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 70, 100, 150, 200, 300, 400, 500,
          700, 1000]  # fmt: skip
GRID = 40
LEVELS = 28  # of the map's probability; twice as many as it is drawn with


class TrainingSweep(Explorable):
    """A small network on two moons, trained by gradient descent with eight learning rates.

    `gdlib` trains ``MLP((2, 16, 16, 1))`` with ReLU on all 200 examples at once, from the same
    start, for 1000 epochs of one step each. The map shows the probability of class 1 at the epoch
    of the clock, beside the losses.

    Parameters
    ----------
    name : str, default "training-sweep"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``lr``, one of 10^-2.5, 10^-2, ..., 10.

    Examples
    --------
    >>> from gdlib.explore.figures.training_sweep import TrainingSweep
    >>> figure = TrainingSweep(lr=10.0)
    >>> figure.view.drawing["note"]
    'dead neurons'
    """

    def __init__(self, *, name: str = "training-sweep", **start: Any) -> None:
        given, store = _trained()
        super().__init__(
            training_sweep,
            title="A network learns, for each learning rate",
            controls={
                "lr": log_slider("Learning rate", 10**FIRST, 10 ** (FIRST + 3.5), 1.0, step=STEP)
            },
            given=given,
            store=store,
            view=Compare(
                Frames(
                    Heat("maps[which,clock]", 0, 1, "probability of class 1", kind="split"),
                    Dots("moons[zero]", "moons[one]", "class 0", "blue", size=6),
                    Dots("moons[two]", "moons[three]", "class 1", "orange", "square", size=6),
                    Note("{note}"),
                    x=Axis("x₁", -1.8, 2.8),
                    y=Axis("x₂", -1.4, 1.9),
                    label="Map of the network's answer, with the training data",
                ),
                Lines(
                    Line("epochs", "losses", "other rates", "muted", width=1),
                    Line("epochs", "train", "training loss", grows=True),
                    Line("epochs", "test", "test loss", "orange", "dashed", grows=True),
                    Now("epochs", "train", drop=True, colour="blue"),
                    x=Axis("epoch", 1, 1500, log=True),
                    y=Axis("loss", 3e-4, 10, log=True),
                    label="Training and test loss at each epoch, and those of the other rates",
                ),
            ),
            clock=Clock(
                "epoch",
                "Epoch {epoch}: training loss {train}, test loss {test}, {accuracy} % of the test "
                "data right.",
                unit="snapshot",
            ),
            presets={
                "just right": {"lr": 1.0},
                "too slow": {"lr": 0.01},
                "bounces": {"lr": 10**0.5},
                "dies": {"lr": 10.0},
            },
            name=name,
            start=start,
        )


def training_sweep(train, test, accuracy, dead, best, lr):
    """The record of the run with this learning rate."""
    which = int((np.log(lr) / np.log(10.0) - FIRST) / STEP + 0.5)
    which = min(max(which, 0), RATES - 1)
    loss, right = train[which], accuracy[which]
    last = len(loss) - 1
    rises = [loss[k] for k in range(1, last + 1) if loss[k] > 1.2 * loss[k - 1]]
    crossed = [EPOCHS[k] for k in range(last + 1) if loss[k] < 0.1]
    said = f"With learning rate {say(lr)} the network has a training loss of {say(loss[last], 2)} "
    said += f"after {EPOCHS[last]} epochs and gets {say(right[last])} % of the test data right"
    if right[last] < 60:
        said += f": long steps have killed {dead[which]} of its 32 hidden neurons, which "
        said += "give 0 for every example"
    elif rises:
        said += f": the loss rose on its way, again to {say(max(rises), 2)}, but recovered"
    elif not crossed:
        said += ": it has not learned the moons yet"
    else:
        said += f": its loss fell below 0.1 by epoch {crossed[0]}"
    return {
        "which": which,
        "zero": 0,
        "one": 1,
        "two": 2,
        "three": 3,
        "epoch": EPOCHS,
        "epochs": [None] + EPOCHS[1:],  # noqa: RUF005  (MicroPython's lists unpack nothing)
        "train": loss,
        "test": test[which],
        "accuracy": right,
        "losses": train,
        "note": "dead neurons" if right[last] < 60 else "",
        "best": {"lr": best},
        "words": said + ".",
    }


@cache
def _trained() -> tuple[dict[str, Any], dict[str, Any]]:
    """Train once for each learning rate: losses and accuracies; and maps, with the data."""
    X, y = two_moons(200, noise=0.15, rng=0)
    X_test, y_test = two_moons(400, noise=0.15, rng=1)
    x1, x2 = np.meshgrid(np.linspace(-1.8, 2.8, GRID), np.linspace(-1.4, 1.9, GRID))
    points = np.stack([x1.ravel(), x2.ravel()], axis=1)
    model = MLP((2, 16, 16, 1), loss="binary")
    start = model.init(1)
    shown: dict[str, Any] = {"train": [], "test": [], "accuracy": [], "dead": []}
    maps = []
    for k in range(RATES):
        rule = GradientDescent(lr=10 ** (FIRST + STEP * k))
        run = minimize(lambda theta: model.loss_and_grad(theta, X, y), start, rule, EPOCHS[-1])
        thetas = [run.theta[epoch] for epoch in EPOCHS]
        shown["train"].append([_short(run.loss[epoch]) for epoch in EPOCHS])
        shown["test"].append([_short(model.loss(theta, X_test, y_test)) for theta in thetas])
        right = [100 * model.score(theta, X_test, y_test) for theta in thetas]
        shown["accuracy"].append([round(float(v), 1) for v in right])
        hidden = model.activations(thetas[-1], X)[:2]
        shown["dead"].append(sum(int((a.max(axis=0) <= 0).sum()) for a in hidden))
        maps.append([sigmoid(model.outputs(theta, points)) for theta in thetas])
    steady = [k for k, loss in enumerate(shown["train"]) if loss == sorted(loss, reverse=True)]
    fastest = min(steady, key=lambda k: shown["train"][k][-1])
    shown["best"] = 10 ** (FIRST + STEP * fastest)
    field = (np.floor(np.array(maps) * LEVELS).clip(0, LEVELS - 1) + 0.5) / LEVELS
    moons = [X[y == label, way].round(3).tolist() for label in (0, 1) for way in (0, 1)]
    return shown, {
        "maps": pack("maps", field.reshape(RATES, len(EPOCHS), GRID, GRID), bits=8),
        "moons": moons,
    }


def _short(value: Any) -> float:
    return float(f"{float(value):.4g}")
