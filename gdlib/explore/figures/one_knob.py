"""Turning one knob: read the loss at two settings, and see which way to turn."""

from typing import Any

import numpy as np

from ..controls import slider
from ..explorable import Explorable
from ..marks import Dots, Handle, Line, Note
from ..store import pack
from ..views import Axis, Compare, Curve
from ..words import say

__all__ = ["OneKnob"]

# Eight points for which loss(0.3) = 0.5 and its slope there is 2.
X = [-2.2, -1.6, -1.0, -0.4, 0.4, 1.0, 1.6, 2.2]
Y = [0.43, 0.61, -0.02, -0.04, 0.18, -0.18, -0.09, -0.33]
GROUND = -0.1  # where the knob is drawn


class OneKnob(Explorable):
    """The loss of a linear prediction against its one coefficient, read off at two settings.

    The prediction is y = w x, the loss its mean squared error. The secant through the readings at
    w and w + h says which way to turn, unless the minimum lies between the two. The readings at
    0.25, 0.3 and 0.35 stay in sight: to one decimal they are 0.4, 0.5 and 0.6.

    Parameters
    ----------
    name : str, default "one-knob"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``w``, ``h``.

    Examples
    --------
    >>> import gdlib as gd
    >>> figure = gd.explore.OneKnob(w=0.3, h=0.05)
    >>> [round(figure.view.drawing[name], 3) for name in ("below", "middle", "above", "secant")]
    [0.405, 0.5, 0.605, 2.107]
    """

    def __init__(self, *, name: str = "one-knob", **start: Any) -> None:
        across = np.linspace(-0.7, 0.6, 66)
        curve = [mean_squared_error(float(v)) for v in across]
        super().__init__(
            one_knob,
            title="Turning one knob",
            controls={
                "w": slider("Knob w", -0.7, 0.6, 0.3),
                "h": slider("Distance h", 0.01, 0.25, 0.05),
            },
            view=Compare(
                Curve(
                    Line("across", "curve", "loss"),
                    Dots(0.25, "below", "at w = 0.25: {below}", "green", "star", 17),
                    Dots(0.3, "middle", "at w = 0.3: {middle}", "green", "square", 14),
                    Dots(0.35, "above", "at w = 0.35: {above}", "purple", "square", 14),
                    Line("stems_w", "stems", "", "muted", "dotted"),
                    Line("secant_w", "secant_loss", "secant, slope {secant}", "orange", "dashed"),
                    Dots("read_w", "read_loss", "readings at w and w + h", "orange", size=9),
                    Handle("knob w: drag it, or click", x="w", shown_y="ground"),
                    Note("{note}"),
                    x=Axis("w", -0.7, 0.6),
                    y=Axis("loss", -0.2, 1.5),
                    label="The loss over the coefficient w, with two readings and their secant",
                ),
                Curve(
                    Line("miss_x", "miss_y", "misses", "orange", "dotted"),
                    Line("ends", "line", "prediction w x"),
                    Dots("x", "y", "data", "ink"),
                    x=Axis("x", -2.5, 2.5),
                    y=Axis("y", -1.8, 1.8),
                    label="The data, the line y = w x, and by how much it misses",
                ),
            ),
            store={"across": pack("across", across), "curve": pack("curve", curve)},
            presets={
                "turn it down": {"w": 0.3, "h": 0.05},
                "turn it up": {"w": -0.5, "h": 0.05},
                "at the bottom": {"w": -0.17, "h": 0.01},
                "misled: h too large": {"w": -0.25, "h": 0.25},
            },
            name=name,
            start=start,
        )


def one_knob(w, h):
    """The loss curve, the readings at w and w + h, their secant, and the data with the line."""
    loss, loss_h = mean_squared_error(w), mean_squared_error(w + h)
    secant, slope = (loss_h - loss) / h, mean_slope(w)
    best = sum([X[k] * Y[k] for k in range(len(X))]) / sum([v * v for v in X])
    ends = [w - 0.2, w + h + 0.2]
    level = abs(slope) < 0.05
    misled = secant * slope < 0 and not level
    way = "down" if secant > 0 else "up"
    said = f"Loss {say(loss)} at {say(w)} and {say(loss_h)} at {say(w + h)}: "
    if level:
        said += f"at w the slope is {say(slope)}, nearly level. The bottom lies at {say(best)}."
    elif misled:
        said += (
            f"the secant's slope {say(secant)} says turn {way}, but the bottom lies between the "
            f"readings, and at w itself the slope is {say(slope)}. Take a smaller h."
        )
    else:
        said += f"the secant's slope is {say(secant)}, so turn w {way}."
    if abs(w - 0.3) < 1e-6:
        below, above = say(mean_squared_error(0.25)), say(mean_squared_error(0.35))
        said += f" The three marked readings, {below}, {say(loss)} and {above}, say the same."
    return {
        "below": mean_squared_error(0.25),
        "middle": mean_squared_error(0.3),
        "above": mean_squared_error(0.35),
        "loss": loss,
        "ground": GROUND,
        "stems_w": [[w, w], [w + h, w + h]],
        "stems": [[GROUND, loss], [GROUND, loss_h]],
        "read_w": [w, w + h],
        "read_loss": [loss, loss_h],
        "secant": secant,
        "slope": slope,
        "secant_w": ends,
        "secant_loss": [loss + secant * (v - w) for v in ends],
        "x": X,
        "y": Y,
        "ends": [-2.5, 2.5],
        "line": [-2.5 * w, 2.5 * w],
        "miss_x": [[v, v] for v in X],
        "miss_y": [[Y[k], w * X[k]] for k in range(len(X))],
        "note": "the secant points the wrong way" if misled else "",
        "best": {"w": best},
        "words": said,
    }


def mean_squared_error(w):
    """The mean of the squared misses of y = w x."""
    errors = [w * X[k] - Y[k] for k in range(len(X))]
    return sum([e * e for e in errors]) / len(X)


def mean_slope(w):
    """The derivative of `mean_squared_error`."""
    return sum([2 * (w * X[k] - Y[k]) * X[k] for k in range(len(X))]) / len(X)
