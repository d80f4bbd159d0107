"""One outlier, three losses: whom does it pull, and how hard?"""

from typing import Any

from ..controls import log_slider, slider
from ..explorable import Explorable
from ..marks import Dots, Handle, Level, Line, Note
from ..views import Axis, Compare, Curve
from ..words import say

__all__ = ["Outlier"]

X = [1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0]
Y = [1.7, 2.7, 2.8, 3.7, 3.8, 4.7, 4.8]


class Outlier(Explorable):
    """Lines fitted to seven points and an outlier: by squared, absolute and Huber loss.

    Beside them each loss's influence, its derivative by the residual: for the squared loss it grows
    without end, so that one point can pull the line anywhere; the absolute loss bounds it by 1, and
    Huber's by delta (Huber, 1964). An outlier far out in x, with its leverage, defeats all three.

    Parameters
    ----------
    name : str, default "outlier"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``height``, ``place``, ``delta``.

    Examples
    --------
    >>> import gdlib as gd
    >>> figure = gd.explore.Outlier(height=9, place=1, delta=2)
    >>> [round(slope, 2) for slope in figure.view.drawing["gradients"]]
    [-0.01, 0.84, 0.59]
    """

    def __init__(self, *, name: str = "outlier", **start: Any) -> None:
        super().__init__(
            outlier,
            title="One outlier, three losses",
            controls={
                "height": slider("Outlier's height", 0, 10, 9, step=0.1),
                "place": slider("Outlier's x", 0, 10, 1, step=0.1),
                "delta": log_slider("Huber's δ", 0.1, 10, 1),
            },
            view=Compare(
                Curve(
                    Line("ends", "without", "without the outlier", "muted"),
                    Line("ends", "huber", "Huber's loss"),
                    Line("ends", "absolute", "absolute loss", "green", "dotted", 2.6),
                    Line("ends", "squared", "squared loss", "orange", "dashed"),
                    Dots("x", "y", "data", "ink"),
                    Handle("outlier: drag it, or click", x="place", y="height"),
                    Note("{note}"),
                    x=Axis("x", 0, 10),
                    y=Axis("y", 0, 10),
                    label="Eight points, one an outlier, and the lines that three losses fit",
                ),
                Curve(
                    Line("bend", "clipped", ""),
                    Line("sign_x", "sign_y", "", "green", "dotted", 2.6),
                    Line("pair", "pair", "", "orange", "dashed"),
                    Level(y="delta", label="δ = {delta}", dash="dotted"),
                    Dots("residuals", "pulls", "the outlier's pull", "ink", "square", 9),
                    x=Axis("residual y − ŷ", -10, 10),
                    y=Axis("influence: slope of the loss", -10, 10),
                    label="Each loss's derivative against the residual, with the outlier's place",
                ),
            ),
            presets={
                "one outlier": {"height": 9, "place": 1},
                "no outlier": {"height": 1.9, "place": 1},
                "Huber as squared": {"delta": 10},
                "leverage": {"height": 0, "place": 9},
            },
            name=name,
            start={"delta": 2} | start,
        )


def outlier(height, place, delta):
    """The lines that the three losses fit, and the outlier's influence on each."""
    x, y = X + [place], Y + [height]  # noqa: RUF005  (MicroPython's lists unpack nothing)
    clean = least_squares(X, Y, [1.0] * len(X))
    squared, absolute = least_squares(x, y, [1.0] * len(x)), least_absolute(x, y)
    fits = [squared, absolute, least_huber(x, y, delta, absolute[0], absolute[1])]
    residuals = [height - (a + b * place) for a, b in fits]
    pulls = [
        residuals[0],
        float((residuals[1] > 1e-9) - (residuals[1] < -1e-9)),
        min(max(residuals[2], -delta), delta),
    ]
    ends = [0.0, 10.0]
    lines = [[a + b * v for v in ends] for a, b in fits]
    slopes = [b for _, b in fits]
    said = f"Without the outlier the slope is {say(clean[1])}. With it: squared {say(slopes[0])}, "
    said += f"absolute {say(slopes[1])}, Huber {say(slopes[2])}. The outlier pulls the squared fit "
    said += f"with {say(abs(pulls[0]))}, Huber's with {say(abs(pulls[2]))}."
    defeated = min([abs(slope - clean[1]) for slope in slopes]) > 0.5
    if defeated:
        said += " None resists."
    return {
        "x": X,
        "y": Y,
        "ends": ends,
        "without": [clean[0] + clean[1] * v for v in ends],
        "squared": lines[0],
        "absolute": lines[1],
        "huber": lines[2],
        "gradients": slopes,
        "intercepts": [a for a, _ in fits],
        "pair": [-10.0, 10.0],
        "sign_x": [[-10.0, 0.0], [0.0, 10.0]],
        "sign_y": [[-1.0, -1.0], [1.0, 1.0]],
        "bend": [-10.0, -delta, delta, 10.0],
        "clipped": [-delta, -delta, delta, delta],
        "residuals": residuals,
        "pulls": pulls,
        "note": "leverage: none resists" if defeated else "",
        "words": said,
    }


def least_squares(x, y, weights):
    """Intercept and slope of the line with the least weighted sum of squares."""
    total = sum(weights)
    n = range(len(x))
    x_mean = sum([weights[k] * x[k] for k in n]) / total
    y_mean = sum([weights[k] * y[k] for k in n]) / total
    spread = sum([weights[k] * (x[k] - x_mean) * (x[k] - x_mean) for k in n])
    slope = sum([weights[k] * (x[k] - x_mean) * (y[k] - y_mean) for k in n]) / spread
    return y_mean - slope * x_mean, slope


def least_absolute(x, y):
    """The line with the least sum of absolute residuals: there is one through two of the points."""
    best, least = (0.0, 0.0), 1e300
    for j in range(len(x)):
        for k in range(j):
            if x[j] == x[k]:
                continue
            slope = (y[j] - y[k]) / (x[j] - x[k])
            level = y[k] - slope * x[k]
            cost = 0.0
            for i in range(len(x)):
                cost = cost + abs(y[i] - level - slope * x[i])
                if cost >= least:
                    break
            if cost < least - 1e-9:
                best, least = (level, slope), cost
    return best


def least_huber(x, y, delta, level, slope):
    """Huber's line, from another line: Newton's steps, halved where one goes too far."""
    n = range(len(x))
    cost = huber_cost(x, y, delta, level, slope)
    for _ in range(15):
        errors = [y[k] - level - slope * x[k] for k in n]
        pulls = [min(max(e, -delta), delta) for e in errors]
        near = [x[k] for k in n if abs(errors[k]) <= delta]
        count, total, squares = len(near), sum(near), sum([v * v for v in near])
        bent = count * squares - total * total
        if bent < 1e-9:  # no two near points at different x: reweighted least squares instead
            new = least_squares(x, y, [1.0 if abs(e) <= delta else delta / abs(e) for e in errors])
            up, turn = new[0] - level, new[1] - slope
        else:
            pull, torque = sum(pulls), sum([pulls[k] * x[k] for k in n])
            up = (squares * pull - total * torque) / bent
            turn = (count * torque - total * pull) / bent
        for _ in range(12):
            new = huber_cost(x, y, delta, level + up, slope + turn)
            if new < cost:
                break
            up, turn = up / 2, turn / 2
        if new >= cost:
            break
        level, slope, cost = level + up, slope + turn, new
    return level, slope


def huber_cost(x, y, delta, level, slope):
    """The sum of Huber's loss."""
    total = 0.0
    for k in range(len(x)):
        size = abs(y[k] - level - slope * x[k])
        near = min(size, delta)
        total += near * (size - near / 2)
    return total
