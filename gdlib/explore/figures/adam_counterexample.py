"""Reddi, Kale and Kumar's example, on which Adam goes to the worst point there is."""

from typing import Any

import numpy as np

from ...formulas.updates import adam, amsgrad, gradient_descent
from ..controls import log_slider, slider
from ..explorable import Explorable
from ..marks import Dots, Handle, Level, Line, Now
from ..views import Axis, Clock, Compare, Lines
from ..words import say

__all__ = ["AdamCounterexample"]

ROUNDS = 100  # of three steps


class AdamCounterexample(Explorable):
    """Online descent on C x once in three steps and on -x in the other two, x in [-1, 1].

    The sum of three losses is (C - 2) x, so -1 is the best point for C > 2. Adam with beta1 = 0 and
    beta2 = 1 / (1 + C^2) goes to 1, the worst (Reddi, Kale and Kumar, On the convergence of Adam
    and beyond, 2018, theorem 1): the large gradient is divided by about its own size, the two small
    ones, once it is forgotten, by theirs. AMSGrad does not forget; it goes to -1 as gradient
    descent does.

    All three have beta1 = 0 and the learning rate lr / sqrt(t), and are projected to [-1, 1], as in
    the paper; they are `adam` and `amsgrad` of `gdlib.formulas.updates`, which correct the bias, as
    PyTorch does and the paper does not. That changes the first few steps only.

    The third panel is what Adam gains in three steps in the long run, in learning rates: the sum of
    -g / sqrt(v), v being the same at every third step then. Above 0, Adam goes the wrong way.

    Parameters
    ----------
    name : str, default "adam-counterexample"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``C``, ``beta2``, ``lr``, ``start``.

    Examples
    --------
    >>> from gdlib.explore.figures.adam_counterexample import AdamCounterexample
    >>> figure = AdamCounterexample()
    >>> [round(figure.view.drawing[name][-1], 2) for name in ("adam", "amsgrad", "gd")]
    [1.0, -0.99, -0.97]
    """

    def __init__(self, *, name: str = "adam-counterexample", **start: Any) -> None:
        super().__init__(
            adam_counterexample,
            title="Where Adam goes to the worst point",
            controls={
                "C": slider("Rare gradient C", 2.1, 10, 3, step=0.1),
                "beta2": slider("β₂", 0, 0.99, 0.1),
                "lr": log_slider("Learning rate", 0.05, 1, 0.3),
            },
            points={"start": 0.0},
            view=Compare(
                Lines(
                    Line("step", "adam", "Adam", "orange"),
                    Line("step", "amsgrad", "AMSGrad", "green", "dashed"),
                    Line("step", "gd", "gradient descent", "blue", "dotted"),
                    Level(y=-1, dash="dotted"),
                    Now("step", "adam", colour="ink"),
                    Now("step", "amsgrad", colour="ink"),
                    Now("step", "gd", colour="ink"),
                    Handle("start: drag it", y="start", shown_x="zero"),
                    x=Axis("step", 0, 3 * ROUNDS),
                    y=Axis("x (best −1, worst 1)", -1.15, 1.15),
                    label="Where each of the three stands after every third step",
                ),
                Lines(
                    Line("step", "adam_regret", "Adam", "orange"),
                    Line("step", "amsgrad_regret", "AMSGrad", "green", "dashed"),
                    Line("step", "gd_regret", "gradient descent", "blue", "dotted"),
                    Level(y="worst", label="always at 1: {worst}", colour="orange"),
                    Level(y=0, dash="dotted"),
                    x=Axis("step", 0, 3 * ROUNDS),
                    y=Axis("average regret", "bottom", "top"),
                    label="The loss on average above that of the best point",
                ),
                Lines(
                    Line("betas", "drifts", "three steps of Adam", "orange"),
                    Level(y=0, label="above: to the worst point"),
                    Dots("paper", "paper_drift", "1/(1 + C²) = {paper}", "purple", "square", 10),
                    Handle("β₂: drag it, or click", x="beta2", shown_y="drift"),
                    x=Axis("β₂", 0, 1),
                    y=Axis("three steps / learning rate", -1.5, 1.5),
                    label="Adam's way in three steps in the long run over beta2",
                ),
            ),
            clock=Clock("step", "Step {step}: Adam at {adam}, AMSGrad at {amsgrad}.", "round"),
            presets={
                "Adam goes wrong": {},
                "a long memory": {"beta2": 0.95},
                "at the border": {"beta2": 0.48},
                "long, and still wrong": {"C": 2.1, "beta2": 0.7, "lr": 0.9},
            },
            name=name,
            start=start,
        )


def adam_counterexample(C, beta2, lr, start):
    """Where Adam, AMSGrad and gradient descent go on the three losses, and their average regret."""
    first = min(max(float(start), -1.0), 1.0)
    runs = [
        online(adam, (0.0, 0.0), (0.0, beta2), C, lr, first),
        online(amsgrad, (0.0, 0.0, 0.0), (0.0, beta2), C, lr, first),
        online(gradient_descent, (), (), C, lr, first),
    ]
    betas = [k / 100 for k in range(0, 100, 2)] + [0.985, 0.99]
    drift = way(C, beta2)
    reach = drift * lr * sum([1 / np.sqrt(3 * k) for k in range(1, ROUNDS + 1)])
    end = "the worst point, 1" if drift > 0 else "the best point, −1"
    end = f"it goes to {end}" if abs(reach) > 1 else f"it drifts slowly towards {end}"
    lasts = [run[0][-1] for run in runs]
    return {
        "step": list(range(0, 3 * ROUNDS + 1, 3)),
        "adam": runs[0][0],
        "amsgrad": runs[1][0],
        "gd": runs[2][0],
        "adam_regret": runs[0][1],
        "amsgrad_regret": runs[1][1],
        "gd_regret": runs[2][1],
        "worst": 2 * (C - 2) / 3,
        "top": max(2 * (C - 2) / 3 * 1.4, 0.5),
        "bottom": -0.1 * max(2 * (C - 2) / 3 * 1.4, 0.5),
        "zero": 0,
        "betas": betas,
        "drifts": [way(C, b) for b in betas],
        "drift": drift,
        "paper": 1 / (1 + C * C),
        "paper_drift": way(C, 1 / (1 + C * C)),
        "words": f"In the long run three steps of Adam add up to {say(drift)} learning rates, so "
        f"{end}. After {3 * ROUNDS} steps Adam is at {say(lasts[0])}, with an average "
        f"regret of {say(runs[0][1][-1])}; AMSGrad is at {say(lasts[1])}, gradient descent at "
        f"{say(lasts[2])}.",
    }


def online(rule, state, hyper, C, lr, x):
    """Where a rule stands after every third step, and its average regret until then."""
    at, regret, lost = [x], [None], 0.0
    for t in range(1, 3 * ROUNDS + 1):
        grad = C if t % 3 == 1 else -1.0
        lost = lost + grad * (x + 1)  # above the loss at -1
        x, state = rule(x, grad, state, t, lr / np.sqrt(t), *hyper)
        x = np.clip(x, -1.0, 1.0)
        if t % 3 == 0:
            at.append(x)
            regret.append(lost / t)
    return at, regret


def way(C, beta2):
    """The sum of -g / sqrt(v) over three steps, once v comes back every third step."""
    share = (1 - beta2) / (1 - beta2**3)
    square = beta2 * beta2
    after = [C * C + beta2 + square, 1 + beta2 * C * C + square, 1 + beta2 + square * C * C]
    return -C / np.sqrt(share * after[0]) + sum([1 / np.sqrt(share * v) for v in after[1:]])
