"""The learning rate that each coordinate gets in effect, from Adagrad, RMSprop, Adam or descent."""

from typing import Any

import numpy as np

from ...formulas import updates
from ...formulas.landscapes import quadratic_gradient
from ...formulas.random import seeded, uniform
from ..controls import choice, log_slider, slider
from ..explorable import Explorable
from ..marks import Dots, Handle, Level, Line, Note, Now
from ..views import Axis, Clock, Compare, Lines, Plane
from ..words import say
from .maps import RULES, inside

__all__ = ["CoordinateRates"]

STEPS = 200
NOISE = 0.5  # each gradient is taken that far off, to either side
CURVATURES = [1.0, 50.0]
SHOWN = ["Gradient descent", "Adagrad", "RMSprop", "Adam"]
HEIGHTS = [0.3, 0.8, 1.4, 2.0, 2.6]  # where the contour lines cross the steep axis


class CoordinateRates(Explorable):
    """The effective learning rate of a flat and of a steep coordinate, step by step.

    It is lr / (sqrt(v) + eps), the factor before the gradient (in Adam before its mean), and simply
    lr for gradient descent. The bowl has curvatures 1 and 50. Its gradient is noisy as that of a
    mini-batch is: each step sees the bowl moved by 0.5 to one side or the other, at random, along
    both axes, so the noise of a coordinate is 0.5 times its curvature. With such noise alone the
    effective rate of Adagrad would be lr / (noise sqrt(t)) (Duchi, Hazan and Singer, Adaptive
    subgradient methods, 2011), that of RMSprop and Adam lr / noise: the dashed lines.

    Parameters
    ----------
    name : str, default "coordinate-rates"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``rule``, ``lr``, ``beta2``, ``start``.

    Examples
    --------
    >>> from gdlib.explore.figures.coordinate_rates import CoordinateRates
    >>> figure = CoordinateRates(rule="Adagrad", lr=1.0)
    >>> flat, steep = figure.view.drawing["flat"][-1], figure.view.drawing["steep"][-1]
    >>> bool(40 < flat / steep < 60)
    True
    """

    def __init__(self, *, name: str = "coordinate-rates", **start: Any) -> None:
        super().__init__(
            coordinate_rates,
            title="One learning rate for each coordinate",
            controls={
                "rule": choice("Rule", SHOWN, "RMSprop"),
                "lr": log_slider("Learning rate", 2e-3, 3, 0.1),
                "beta2": slider("Memory (α, β₂)", 0.8, 0.99, 0.9),
            },
            points={"start": [-2.5, 2.0]},
            view=Compare(
                Lines(
                    Line("step", "flat", "flat (curvature 1)"),
                    Line("step", "steep", "steep (curvature 50)", "orange"),
                    Line("sampled", "flat_line", "with noise alone", "blue", "dashed", 1.2),
                    Line("sampled", "steep_line", "with noise alone", "orange", "dashed", 1.2),
                    Level(y=2.0, label="flat: unstable above 2/1", colour="blue", dash="dotted"),
                    Level(y=0.04, label="steep: above 2/50", colour="orange", dash="dotted"),
                    Now("step", "flat", drop=True, colour="ink"),
                    Now("step", "steep", colour="ink"),
                    x=Axis("step", 1, STEPS, log=True),
                    y=Axis("effective learning rate", 1e-5, 10, log=True),
                    label="The effective learning rate of either coordinate at each step",
                ),
                Plane(
                    Line("ring_x", "ring_y", "", "muted", width=1),
                    Line("path_x", "path_y", "path", "green", width=1.3, dots=True, grows=True),
                    Dots(0, 0, "minimum", "ink", "star", 14),
                    Now("path_x", "path_y", colour="ink"),
                    Handle("start: drag it, or click on the map", pair="start"),
                    Note("{note}"),
                    x=Axis("flat coordinate", -3, 3),
                    y=Axis("steep coordinate", -3, 3),
                    label="Map of the bowl with the path",
                ),
            ),
            clock=Clock("step", "Step {k}: {flat} for the flat, {steep} for the steep."),
            presets={
                "RMSprop levels off": {},
                "Adagrad shrinks": {"rule": "Adagrad", "lr": 1.0},
                "one rate for both": {"rule": "Gradient descent", "lr": 0.02},
                "Adam": {"rule": "Adam", "lr": 0.2},
                "descent diverges": {"rule": "Gradient descent", "lr": 0.05},
            },
            name=name,
            start=start,
        )  # fmt: skip


def coordinate_rates(rule, lr, beta2, start):
    """The effective learning rates of both coordinates, what theory says of them, and the path."""
    name, memory = RULES[rule]
    move = getattr(updates, name)
    hyper = [lr]
    if rule == "RMSprop":
        hyper = [lr, beta2]
    elif rule == "Adam":
        hyper = [lr, 0.9, beta2]
    x, y = inside(start, [(-3.0, 3.0)] * 2)
    xs, ys, flat, steep = [x], [y], [], []
    state_x = state_y = (0.0,) * memory
    random = seeded(1)
    for t in range(1, STEPS + 1):
        u, random = uniform(random)
        right = NOISE if u < 0.5 else -NOISE
        up = NOISE if (2 * u) % 1 < 0.5 else -NOISE
        dx, dy = quadratic_gradient(x + right, y + up, CURVATURES[0], 0.0, CURVATURES[1])
        x, state_x = move(x, dx, state_x, t, *hyper)
        y, state_y = move(y, dy, state_y, t, *hyper)
        flat.append(effective(rule, lr, beta2, state_x, t))
        steep.append(effective(rule, lr, beta2, state_y, t))
        xs.append(x)
        ys.append(y)
        if abs(x) > 1e6 or abs(y) > 1e6:
            break
    lead = [None]  # at the start nothing is known
    out = [k for k in range(len(xs)) if not (abs(xs[k]) <= 3 and abs(ys[k]) <= 3)]
    gone = abs(xs[-1]) > 100 or abs(ys[-1]) > 100
    circle = [k * np.pi / 16 for k in range(33)]
    wide = (CURVATURES[1] / CURVATURES[0]) ** 0.5
    sampled = [t for t in range(1, STEPS + 1) if t < 10 or t % 10 == 0]
    lines = [[lr / (NOISE * c * np.sqrt(t)) for t in sampled] for c in CURVATURES]
    if rule == "Gradient descent":
        lines = [[None] * len(sampled)] * 2
    elif rule != "Adagrad":
        lines = [[lr / (NOISE * c)] * len(sampled) for c in CURVATURES]
    if rule == "Gradient descent":
        said = f"{rule}: one effective learning rate for both, {say(lr)}"
        if gone:
            most = say(2 / CURVATURES[1])
            said += f". The path diverges: the steep coordinate bears no more than {most}"
    else:
        said = (
            f"{rule} at step {len(flat)}: effective learning rate {say(flat[-1])} for the flat "
            f"coordinate (with noise alone {say(lines[0][-1])}) and {say(steep[-1])} for the steep "
            f"one ({say(lines[1][-1])}): {say(flat[-1] / steep[-1])} times as much, where the "
            f"curvatures differ {say(CURVATURES[1] / CURVATURES[0])} times"
        )
    return {
        "step": list(range(len(xs))),
        "flat": lead + flat,
        "steep": lead + steep,
        "sampled": sampled,
        "flat_line": lines[0],
        "steep_line": lines[1],
        "path_x": xs,
        "path_y": ys,
        "ring_x": [[wide * h * float(np.cos(a)) for a in circle] for h in HEIGHTS],
        "ring_y": [[h * float(np.sin(a)) for a in circle] for h in HEIGHTS],
        "note": f"off the map at step {out[0]}" if gone else "",
        "words": said + ".",
    }


def effective(rule, lr, beta2, state, t):
    """What multiplies the gradient, or in Adam its mean, in the step just taken."""
    if rule == "Adagrad":
        return lr / (np.sqrt(state[0]) + 1e-10)
    if rule == "RMSprop":
        return lr / (np.sqrt(state[0]) + 1e-8)
    if rule == "Adam":
        return lr / (np.sqrt(state[1] / (1 - beta2**t)) + 1e-8)
    return lr
