"""The condition number: a narrow valley, the zigzag in it, and the rate that theory predicts."""

import math
from typing import Any

import numpy as np

from ...formulas.descend import descend
from ...formulas.landscapes import quadratic, quadratic_gradient
from ...formulas.theory import descent_factor
from ...formulas.updates import gradient_descent
from ..controls import log_slider, slider
from ..explorable import Explorable
from ..marks import Dots, Handle, Level, Line, Note, Now
from ..views import Axis, Clock, Compare, Lines, Plane
from ..words import count, say
from .maps import inside

__all__ = ["ConditionNumber"]

STEPS = 100
FAR = 3.0  # the map's half width
CIRCLE = [
    [round(math.cos(k * math.pi / 36), 4), round(math.sin(k * math.pi / 36), 4)] for k in range(73)
]


class ConditionNumber(Explorable):
    """Gradient descent on quadratic bowls from round to narrow, with the rate that theory predicts.

    The loss is (x^2 + k y^2) / 2: its curvatures are mu = 1 and L = k, the condition number. At the
    best learning rate, 2 / (L + mu), every step keeps (k - 1) / (k + 1) of the distance to the
    minimum, from wherever it starts. At another rate the slower of the two directions decides.

    Parameters
    ----------
    name : str, default "condition-number"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``k``, ``relative`` (the learning rate over the best one),
        ``start``.

    Examples
    --------
    >>> import gdlib as gd
    >>> figure = gd.explore.ConditionNumber(k=9)
    >>> round(figure.view.drawing["rate"], 6), round(figure.view.drawing["measured"], 6)
    (0.8, 0.8)
    """

    def __init__(self, *, name: str = "condition-number", **start: Any) -> None:
        super().__init__(
            condition_number,
            title="The condition number sets the pace",
            controls={
                "k": log_slider("Condition k", 1, 100, 10),
                "relative": slider("Rate ÷ best rate", 0.2, 1.8, 1),
            },
            points={"start": [2.6, 1.2]},
            view=Compare(
                Plane(
                    Line("ring_x", "ring_y", "contours", "muted", width=0.8),
                    Line("x", "y", "path", dots=True, grows=True),
                    Dots(0, 0, "minimum", "ink", "star", 14),
                    Now("x", "y"),
                    Handle("start: drag it, or click on the map", pair="start"),
                    Note("{note}"),
                    x=Axis("x, curvature μ = 1", -FAR, FAR),
                    y=Axis("y, curvature L = {k}", -FAR, FAR),
                    label="Map of the bowl, with the path of descent",
                ),
                Lines(
                    Line("step", "distance", "measured", width=3.6),
                    Line("step", "predicted", "predicted: {rate} per step", "orange", "dashed"),
                    Line("step", "fastest", "at the best rate: {best_rate}", "green", "dotted"),
                    Level(y=1e-3, label="1/1000"),
                    Now("step", "distance", drop=True),
                    x=Axis("step", 0, STEPS),
                    y=Axis("distance, start = 1", 1e-6, 100, log=True),
                    label="The distance to the minimum at each step, measured and predicted",
                ),
            ),
            clock=Clock("x", "Step {k}: distance {distance}."),
            presets={
                "zigzag": {"k": 20},
                "round bowl": {"k": 1},
                "crawls": {"k": 100},
                "rate too small": {"k": 20, "relative": 0.3},
                "diverges": {"k": 20, "relative": 1.1},
            },
            name=name,
            start={"k": 20} | start,
        )


def condition_number(k, relative, start):
    """The path on the bowl of condition number k, and its distance beside the predicted one."""
    best_lr = 2 / (k + 1)
    lr = relative * best_lr
    begin = inside(start, [(-FAR, FAR)] * 2)
    x, y = [], []
    steps = descend(
        gradient_descent, quadratic, quadratic_gradient, begin, (), STEPS, (lr,), (1.0, 0.0, k)
    )
    for u, w, _ in steps:
        x.append(u)
        y.append(w)
        if abs(u) + abs(w) > 1e6:
            break
    size = [float(np.sqrt(x[t] * x[t] + y[t] * y[t])) for t in range(len(x))]
    first = size[0] or 1.0
    distance = [v / first for v in size]
    flat, steep = abs(descent_factor(lr, 1.0)), abs(descent_factor(lr, k))
    rate, best_rate = max(flat, steep), (k - 1) / (k + 1)
    last = len(size) - 1
    while last > 1 and size[last - 1] < 1e-12 * first:
        last -= 1  # below, rounding rules
    measured = size[last] / size[last - 1] if size[last - 1] > 0 else 0.0
    out = [t for t in range(len(x)) if abs(x[t]) > FAR or abs(y[t]) > FAR]
    there = [t for t in range(len(x)) if distance[t] <= 1e-3]
    said = f"Condition number {say(k)}, learning rate {say(lr)}: "
    if size[0] == 0:
        said = "It starts at the minimum and stays there."
    elif rate > 1 + 1e-9:
        said += f"diverges. Beyond 2/L = {say(2 / k)} the steep direction grows by {say(rate)} "
        said += f"per step; measured at the end: {say(measured)}."
    else:
        slow = "both directions keep" if abs(flat - steep) < 1e-9 else "the flat direction keeps"
        if steep > flat + 1e-9:
            slow = "the steep direction keeps"
        said += (
            f"{slow} {say(rate)} of the distance per step; measured at the end: {say(measured)}."
        )
        if there:
            said += f" A thousandth is reached after {count(there[0], 'step')}."
        else:
            said += f" After {STEPS} steps {say(distance[-1])} of the distance is left."
    rings = radii(k)
    flatter = 1 / float(np.sqrt(k))
    return {
        "ring_x": [[round(r * c, 3) for c, _ in CIRCLE] for r in rings],
        "ring_y": [[round(r * flatter * s, 3) for _, s in CIRCLE] for r in rings],
        "x": x,
        "y": y,
        "start": begin,
        "step": list(range(STEPS + 1)),
        "distance": distance,
        "predicted": powers(rate),
        "fastest": powers(best_rate) if abs(relative - 1) > 1e-9 else [],
        "rate": rate,
        "best_rate": best_rate,
        "measured": measured,
        "lr": lr,
        "note": f"diverges: off the map at step {out[0]}" if rate > 1 and out else "",
        "best": {"relative": 1.0},
        "words": said,
    }


def radii(k):
    """How far the contours reach along x: each 1.6 times the one within, to the map's corner."""
    rings = [0.4]
    while rings[-1] < FAR * np.sqrt(1 + k):
        rings.append(rings[-1] * 1.6)
    return rings


def powers(rate):
    """1, rate, rate^2, ...: for every step."""
    all_of_them = [1.0]
    while len(all_of_them) <= STEPS:
        all_of_them.append(all_of_them[-1] * rate)
    return all_of_them
