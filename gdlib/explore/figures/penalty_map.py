"""L1 and L2 penalties on a map of two weights: why one of them sets weights to zero."""

from typing import Any

import numpy as np

from ...formulas.updates import gradient_descent
from ..controls import choice, log_slider
from ..explorable import Explorable
from ..marks import Dots, Handle, Level, Line, Note, Now
from ..views import Axis, Clock, Compare, Lines, Plane
from ..words import say
from .maps import inside

__all__ = ["PenaltyMap"]

A, B, C = 2.0, 0.6, 1.0  # the loss's curvatures: [[A, B], [B, C]]
TOP = (A + C + ((A - C) * (A - C) + 4 * B * B) ** 0.5) / 2  # the largest
STEPS = 40
START = [-1.5, 2.0]


class PenaltyMap(Explorable):
    """A quadratic loss of two weights under an L1 or an L2 penalty.

    The map shows the loss's contours, the penalty's ball through the penalised minimum, where the
    two touch, and the path of gradient descent, for L1 with the proximal step of `gdlib`'s
    optimisers. Beside it, the weights of the minimum over the penalty's strength.

    Parameters
    ----------
    name : str, default "penalty-map"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``penalty``, ``lam``, ``optimum``.

    References
    ----------
    Tibshirani, R., Regression shrinkage and selection via the lasso, 1996.

    Examples
    --------
    >>> from gdlib.explore.figures.penalty_map import PenaltyMap
    >>> figure = PenaltyMap(lam=2.0)
    >>> [round(w, 6) for w in figure.view.drawing["minimum"]]
    [0.96, 0.0]
    """

    def __init__(self, *, name: str = "penalty-map", **start: Any) -> None:
        super().__init__(
            penalty_map,
            title="Why L1 gives zeros, and L2 does not",
            controls={
                "penalty": choice("Penalty", ["L1", "L2"]),
                "lam": log_slider("Strength λ", 0.05, 50, 2.0),
            },
            points={"optimum": [1.6, 1.2]},
            view=Compare(
                Plane(
                    Line("contours_1", "contours_2", "", "muted", width=0.9),
                    Line("touching_1", "touching_2", "loss at the minimum"),
                    Line("ball_1", "ball_2", "penalty there", "orange"),
                    Level(x=0, colour="ink", dash="dotted"),
                    Level(y=0, colour="ink", dash="dotted"),
                    Line("path_1", "path_2", "descent", "purple", dots=True, width=1.2, grows=True),
                    Dots("w_1", "w_2", "penalised minimum", "orange", "star", 15),
                    Now("path_1", "path_2", colour="purple"),
                    Handle("minimum of the loss alone: drag it, or click", pair="optimum"),
                    Note("{note}"),
                    x=Axis("w₁", -2, 3),
                    y=Axis("w₂", -2, 3),
                    label="Contours of the loss over two weights, and the penalty's ball",
                ),
                Lines(
                    Line("lams", "along_1", "w₁"),
                    Line("lams", "along_2", "w₂", "green", "dashed"),
                    Level(y=0, colour="ink", dash="dotted"),
                    Level(x="first", label="{first_words}", colour="orange"),
                    Level(x="second", label="{second_words}", colour="orange"),
                    Dots("lam", "w_1", "", "blue", size=11),
                    Dots("lam", "w_2", "", "green", "square", size=10),
                    Level(x="lam", dash="solid"),
                    x=Axis("penalty's strength λ", 0.05, 50, log=True),
                    y=Axis("weights at the minimum", -2, 3),
                    label="The two weights of the penalised minimum over the penalty's strength",
                ),
            ),
            clock=Clock("path_1", "Step {k}: w₁ = {path_1}, w₂ = {path_2}."),
            presets={
                "L1: one weight is zero": {"lam": 2.0},
                "L2: both shrink": {"penalty": "L2", "lam": 2.0},
                "L1, but weak": {"lam": 0.3},
                "too strong: all zero": {"lam": 8.0},
            },
            name=name,
            start=start,
        )


def penalty_map(penalty, lam, optimum):
    """The penalised minimum, what touches there, the way to it, and how it moves with lam."""
    c = inside(optimum, [(-2.0, 3.0)] * 2)
    pull = (A * c[0] + B * c[1], B * c[0] + C * c[1])
    w = minimum(penalty, lam, c, pull)
    circle = [(np.cos(np.pi * k / 24), np.sin(np.pi * k / 24)) for k in range(49)]
    height = loss(w, c)
    touching = ellipse(circle, c, (2 * height) ** 0.5)
    contours = [ellipse(circle, c, 0.8 * k) for k in range(1, 7)]
    if penalty == "L1":
        radius = abs(w[0]) + abs(w[1])
        corners = [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 0)]
    else:
        radius = (w[0] * w[0] + w[1] * w[1]) ** 0.5
        corners = circle
    path = descended(penalty, lam, c)
    lams = [0.05 * 10 ** (0.03 * k) for k in range(101)]
    along = [minimum(penalty, each, c, pull) for each in lams]
    first = second = None
    name = ""
    if penalty == "L1":
        first, name = first_zero(c)
        second = max(abs(pull[0]), abs(pull[1]))
        if first is None or first > second:
            first = None
    zeros = [k for k in (0, 1) if w[k] == 0]
    last = path[len(path) - 1]
    if len(zeros) == 2:
        what = "both weights are exactly 0, and nothing is learned"
    elif zeros and penalty == "L1":
        what = f"the ball's corner meets the contour at w{'₁₂'[zeros[0]]} = 0, exactly"
    elif penalty == "L1":
        what = "the ball touches with its side, so no weight is 0"
    else:
        what = "the ball is round, so both weights shrink and neither is 0"
    return {
        "minimum": w,
        "w_1": w[0],
        "w_2": w[1],
        "contours_1": [[p[0] for p in ring] for ring in contours],
        "contours_2": [[p[1] for p in ring] for ring in contours],
        "touching_1": [p[0] for p in touching],
        "touching_2": [p[1] for p in touching],
        "ball_1": [radius * p[0] for p in corners],
        "ball_2": [radius * p[1] for p in corners],
        "path_1": [p[0] for p in path],
        "path_2": [p[1] for p in path],
        "lams": lams,
        "along_1": [each[0] for each in along],
        "along_2": [each[1] for each in along],
        "first": first,
        "second": second,
        "first_words": "" if first is None else f"{name} = 0 from {say(first)}",
        "second_words": "" if second is None else f"both 0 from {say(second)}",
        "note": "all zero" if len(zeros) == 2 else "",
        "words": f"{penalty} with λ {say(lam)}: {what}. The minimum is ({say(w[0])}, {say(w[1])}); "
        f"after {STEPS} steps descent is at ({say(last[0])}, {say(last[1])}).",
    }


def loss(w, c):
    u, v = w[0] - c[0], w[1] - c[1]
    return (A * u * u + 2 * B * u * v + C * v * v) / 2


def minimum(penalty, lam, c, pull):
    """The minimum of the loss and the penalty, in closed form; `pull` is the curvatures times c."""
    if penalty == "L2":  # (H + lam) w = H c
        det = (A + lam) * (C + lam) - B * B
        return [((C + lam) * pull[0] - B * pull[1]) / det,
                ((A + lam) * pull[1] - B * pull[0]) / det]  # fmt: skip
    w = [soft(pull[0], lam) / A, 0.0]  # with the second at zero, if it wants to stay there
    if abs(pull[1] - B * w[0]) <= lam:
        return w
    w = [0.0, soft(pull[1], lam) / C]
    if abs(pull[0] - B * w[1]) <= lam:
        return w
    best = None
    for s in (1, -1):  # neither is zero: H w = H c - lam * signs
        for t in (1, -1):
            u, v = pull[0] - lam * s, pull[1] - lam * t
            det = A * C - B * B
            w = [(C * u - B * v) / det, (A * v - B * u) / det]
            if w[0] * s >= 0 and w[1] * t >= 0:
                best = w
    return best


def soft(x, threshold):
    """`x`, moved towards 0 by `threshold`, and no further than there."""
    return x - np.clip(x, -threshold, threshold)


def descended(penalty, lam, c):
    """Gradient descent from the start: L2 in the gradient, L1 by a proximal step."""
    lr = 1 / TOP if penalty == "L1" else 1 / (TOP + lam)
    w = START
    path = [w]
    for t in range(1, STEPS + 1):
        u, v = w[0] - c[0], w[1] - c[1]
        grad = [A * u + B * v, B * u + C * v]
        if penalty == "L2":
            grad = [grad[0] + lam * w[0], grad[1] + lam * w[1]]
        w = [gradient_descent(w[k], grad[k], (), t, lr)[0] for k in (0, 1)]
        if penalty == "L1":
            w = [soft(v, lr * lam) for v in w]
        path.append(w)
    return path


def first_zero(c):
    """The least lam at which L1 sets a weight to 0, and which; None where one is 0 already."""
    s = [1 if v > 0 else -1 for v in c]
    det = A * C - B * B
    slope = ((C * s[0] - B * s[1]) / det, (A * s[1] - B * s[0]) / det)
    found = [(c[k] / slope[k], "w" + "₁₂"[k]) for k in (0, 1) if c[k] * slope[k] > 0]
    return min(found) if found else (None, "")


def ellipse(circle, c, size):
    """The contour of the loss at size^2 / 2, by the Cholesky factor of the curvatures."""
    a = A**0.5
    b = B / a
    d = (C - b * b) ** 0.5
    return [(c[0] + size * (p[0] - b * p[1] / d) / a, c[1] + size * p[1] / d) for p in circle]
