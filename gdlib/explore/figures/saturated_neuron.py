"""A neuron that starts badly wrong: squared error leaves it stuck, cross-entropy does not."""

from typing import Any

import numpy as np

from ...formulas.activations import sigmoid, sigmoid_slope
from ...formulas.updates import gradient_descent
from ..controls import log_slider, slider
from ..explorable import Explorable
from ..marks import Handle, Level, Line, Note, Now
from ..store import pack
from ..views import Axis, Clock, Compare, Lines
from ..words import count, say

__all__ = ["SaturatedNeuron"]

STEPS = 150


class SaturatedNeuron(Explorable):
    """A sigmoid neuron a = sigmoid(w), which should say 1, trained by two losses from one weight.

    By the weight, half the squared error has the derivative a (1 - a) (a - 1), which vanishes where
    the neuron is badly wrong; cross-entropy has a - 1, which is largest there. How many steps it
    takes until the output is a half is predicted by following the gradient without jumps.

    Parameters
    ----------
    name : str, default "saturated-neuron"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``w``, ``lr``.

    Examples
    --------
    >>> import gdlib as gd
    >>> figure = gd.explore.SaturatedNeuron(w=-4.0, lr=1.0)
    >>> figure.view.drawing["reached"]
    [71, 5]
    """

    def __init__(self, *, name: str = "saturated-neuron", **start: Any) -> None:
        weights = np.linspace(-8, 4, 81)
        sizes = {"pull_squared": squared_slope(weights), "pull_entropy": entropy_slope(weights)}
        super().__init__(
            saturated_neuron,
            title="The saturated neuron",
            controls={
                "w": slider("First weight w", -8, 4, -4, step=0.1),
                "lr": log_slider("Learning rate", 0.1, 10, 1),
            },
            view=Compare(
                Lines(
                    Line("weights", "pull_squared", "squared error", "orange", "dashed"),
                    Line("weights", "pull_entropy", "cross-entropy"),
                    Level(x="w", dash="dotted"),
                    Now("w_squared", "size_squared"),
                    Now("w_entropy", "size_entropy", colour="blue"),
                    Handle("first weight: drag it, or click", x="w", shown_y="ground"),
                    x=Axis("weight w", -8, 4),
                    y=Axis("size of the gradient", -0.08, 1.1),
                    label="The size of both losses' gradients against the weight",
                ),
                Lines(
                    Line("step", "a_squared", "squared error", "orange", "dashed"),
                    Line("step", "a_entropy", "cross-entropy"),
                    Level(y=1, label="target 1", dash="dotted"),
                    Level(y=0.5, label="a half", dash="dotted"),
                    Note("{note}"),
                    Now("step", "a_squared", drop=True),
                    Now("step", "a_entropy", colour="blue"),
                    x=Axis("step", 0, STEPS),
                    y=Axis("output a = σ(w)", -0.05, 1.25),
                    label="The neuron's output at each step, under both losses",
                ),
            ),
            store={"weights": pack("weights", weights)}
            | {key: pack(key, np.abs(slope)) for key, slope in sizes.items()},
            clock=Clock(
                "step", "Step {k}: squared error says {a_squared}, cross-entropy {a_entropy}."
            ),
            presets={
                "badly wrong": {"w": -4},
                "a little wrong": {"w": -1},
                "stuck": {"w": -7},
                "a larger rate": {"w": -7, "lr": 10},
            },
            name=name,
            start=start,
        )


def saturated_neuron(w, lr):
    """The two gradients for every weight, and the two runs from the same weight."""
    w_squared, a_squared, size_squared = run(w, lr, squared_slope)
    w_entropy, a_entropy, size_entropy = run(w, lr, entropy_slope)
    reached = [first_half(a_squared), first_half(a_entropy)]
    predicted = [time_squared(w) / lr, time_entropy(w) / lr]
    said = f"At w = {say(w)} the gradients are {say(size_squared[0])} by squared error and "
    said += f"{say(size_entropy[0])} by cross-entropy. "
    if w < 0:
        after = [f"after {count(t, 'step')}" if t else f"not in {STEPS} steps" for t in reached]
        said += (
            f"The output reaches a half {after[0]} by the first (predicted {say(predicted[0])}) "
        )
        said += f"and {after[1]} by the second (predicted {say(predicted[1])})."
    else:
        said += "The neuron starts on the right side."
    return {
        "ground": 0.0,
        "step": list(range(STEPS + 1)),
        "w_squared": w_squared,
        "w_entropy": w_entropy,
        "a_squared": a_squared,
        "a_entropy": a_entropy,
        "size_squared": size_squared,
        "size_entropy": size_entropy,
        "reached": reached,
        "predicted": predicted,
        "note": "squared error: stuck" if a_squared[-1] < 0.1 else "",
        "words": said,
    }


def squared_slope(w):
    """The derivative of (a - 1)^2 / 2 by the weight."""
    return sigmoid_slope(w) * (sigmoid(w) - 1)


def entropy_slope(w):
    """The derivative of -log a by the weight."""
    return sigmoid(w) - 1


def run(w, lr, slope):
    """Weights, outputs and sizes of the gradient of a run."""
    weights, outputs, sizes = [], [], []
    for t in range(1, STEPS + 2):
        grad = float(slope(w))
        weights.append(w)
        outputs.append(float(sigmoid(w)))
        sizes.append(abs(grad))
        w, _ = gradient_descent(w, grad, (), t, lr)
    return weights, outputs, sizes


def first_half(outputs):
    """The step at which the output passes a half; None if it does not."""
    for t in range(len(outputs)):
        if outputs[t] >= 0.5:
            return t
    return None


def time_squared(w):
    """How long dw/dt = a (1 - a)^2 takes from w up to 0: the integral of 1 / (a (1 - a)^2)."""
    e = float(np.exp(np.minimum(w, 0)))
    return max(-3 * w, 0) + (1 / e - 1) + 3 * (1 - e) + (1 - e * e) / 2


def time_entropy(w):
    """How long dw/dt = 1 - a takes from w up to 0: the integral of 1 + exp(w)."""
    e = float(np.exp(np.minimum(w, 0)))
    return max(-w, 0) + 1 - e
