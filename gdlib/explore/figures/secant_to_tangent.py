"""The secant that becomes the tangent, until rounding tears it away: the error against h."""

from typing import Any

import numpy as np

from ...formulas.curves import cubic, cubic_curvature, cubic_slope
from ..controls import choice, log_slider
from ..explorable import Explorable
from ..marks import Dots, Handle, Line, Note
from ..store import pack
from ..views import Axis, Compare, Curve, Lines
from ..words import say

__all__ = ["SecantToTangent"]

UNIT = 1.1102230246251565e-16  # 2^-53: the largest relative error of rounding
B = 1.0  # the curve is x^3 - x
END = 1.6  # and is shown from -END to END


class SecantToTangent(Explorable):
    """The slope of a cubic by differences, and its error for every distance h.

    Beside the curve with secant and tangent stands the error of the difference quotient. Down to
    the best h the secant bends towards the tangent; below it, the rounding of the two losses is
    divided by an ever smaller h. The best h is near the root of the machine epsilon for forward
    differences, near its cube root for central ones.

    Parameters
    ----------
    name : str, default "secant-to-tangent"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``h``, ``difference``, ``x``.

    Examples
    --------
    >>> import gdlib as gd
    >>> figure = gd.explore.SecantToTangent(h=0.1, difference="central")
    >>> round(figure.view.drawing["error"], 12)
    0.01
    """

    def __init__(self, *, name: str = "secant-to-tangent", **start: Any) -> None:
        across = np.linspace(-END, END, 81)
        super().__init__(
            secant_to_tangent,
            title="From secant to tangent, and beyond",
            controls={
                "h": log_slider("Distance h", 1e-16, 1, 1, step=0.1),
                "difference": choice("Difference", ["forward", "central"]),
            },
            points={"x": 0.8},
            store={"across": pack("across", across), "curve": pack("curve", cubic(across, B))},
            view=Compare(
                Curve(
                    Line("across", "curve", "f(x) = x³ − x"),
                    Line("ends", "tangent", "tangent, slope {slope}", "green"),
                    Line("ends", "secant", "secant, slope {quotient}", "orange", "dashed"),
                    Dots("read_x", "read_f", "where f is read", "orange", size=9),
                    Handle("x: drag it, or click", x="x", shown_y="height"),
                    Note("{note}"),
                    x=Axis("x", -END, END),
                    y=Axis("f(x)", -2.5, 2.5),
                    label="The curve, with the secant over h and the tangent at x",
                ),
                Lines(
                    Line("hs", "errors", "error, measured"),
                    Line("hs", "truncation", "truncation, predicted", "green", "dashed"),
                    Line("hs", "rounding", "rounding, predicted", "purple", "dotted"),
                    Dots("best_h", "best_error", "best h: {best_words}", "green", "star", 13),
                    Dots("h", "error_shown", "at this h", "orange", size=10),
                    x=Axis("h", 1e-16, 1, log=True),
                    y=Axis("error of the slope", 1e-15, 1e3, log=True),
                    label="The error of the slope against h: a V with its tip at the best h",
                ),
            ),
            presets={
                "a secant": {"h": 0.5},
                "nearly tangent": {"h": 0.01},
                "best h": {"h": 7e-9},
                "best, central": {"h": 4e-6, "difference": "central"},
                "lost in rounding": {"h": 1e-16, "x": 1.2},
            },
            name=name,
            start={"h": 0.5} | start,
        )


def secant_to_tangent(h, difference, x):
    """The secant at this h, and the slope's error for every h, measured and predicted."""
    x = min(max(x, -END), END)
    height, slope = cubic(x, B), cubic_slope(x, B)
    central = difference == "central"
    quotient = quotient_at(x, h, central)
    hs, step = [], 1.0
    while step > 1e-16:
        hs += [step, step * 0.7]
        step = step * 0.5
    errors = [abs(quotient_at(x, each, central) - slope) for each in hs]
    # Two readings are rounded and x + h is, each by up to UNIT of its size: about so much in all.
    scale = UNIT * (abs(height) + abs(x * slope))
    bend = 1.0 if central else abs(cubic_curvature(x, B)) / 2  # f''' / 6 and f'' / 2
    best = best_error = None
    if scale > 0 and bend > 0:  # where scale / h and bend h^order have opposite slopes
        best = cube_root(scale / 2) if central else float(np.sqrt(scale / bend))
        best = min(best, 1.0)
        best_error = scale / best + bend * (best * best if central else best)
    reads = [x - h, x + h] if central else [x, x + h]
    base = (cubic(x - h, B) + cubic(x + h, B)) / 2 if central else height
    ends = [-END, END]
    error = abs(quotient - slope)
    kind = "Central" if central else "Forward"
    said = f"{kind} differences over h = {say(h)} give the slope {say(quotient, 6)}; "
    said += f"it is {say(slope, 6)}, so the error is {say(error)}."
    if best is not None:
        if h > 3 * best:
            said += " Truncation rules: a smaller h is better."
        elif h < best / 3:
            said += " Rounding rules: a larger h is better."
        else:
            said += f" This is near the best h, {say(best)}."
    lost = x + h == x
    return {
        "height": height,
        "slope": slope,
        "quotient": quotient,
        "ends": ends,
        "tangent": [height + slope * (v - x) for v in ends],
        "secant": [base + quotient * (v - x) for v in ends],
        "read_x": reads,
        "read_f": [cubic(v, B) for v in reads],
        "hs": hs,
        "errors": [e if e > 0 else None for e in errors],
        "truncation": [bend * (each * each if central else each) for each in hs],
        "rounding": [scale / each for each in hs],
        "best_h": best,
        "best_error": best_error,
        "best_words": "none here" if best is None else say(best, 2),
        "error": error,
        "error_shown": max(error, 1.2e-15),
        "note": "x + h is x itself: slope 0" if lost else "",
        "best": {} if best is None else {"h": best},
        "words": said,
    }


def quotient_at(x, h, central):
    """The difference quotient of the curve at x."""
    if central:
        return (cubic(x + h, B) - cubic(x - h, B)) / (2 * h)
    return (cubic(x + h, B) - cubic(x, B)) / h


def cube_root(value):
    """The cube root of a small positive number, by Newton's method: alike in every runtime."""
    root = 1.0
    for _ in range(60):
        root = (2 * root + value / (root * root)) / 3
    return root
