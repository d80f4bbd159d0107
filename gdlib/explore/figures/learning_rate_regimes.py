"""What one learning rate does on a parabola: creep, settle, bounce or explode."""

from typing import Any

from ...formulas.curves import parabola, parabola_slope
from ...formulas.theory import descent_factor
from ..controls import log_slider, slider
from ..explorable import Explorable
from ..marks import Dots, Handle, Level, Line, Note, Now
from ..views import Axis, Clock, Compare, Curve, Lines
from ..words import say

__all__ = ["LearningRateRegimes"]

STEPS = 30


class LearningRateRegimes(Explorable):
    """Gradient descent on a parabola: the learning rate's regimes, with their borders.

    A curve with the steps on it, beside the factor by which each step multiplies theta. The borders
    are 1 / L, beyond which theta changes sides at every step, and 2 / L, beyond which it grows; L
    is the curvature.

    Parameters
    ----------
    name : str, default "learning-rate-regimes"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``lr``, ``curvature``, ``theta``.

    Examples
    --------
    >>> import gdlib as gd
    >>> figure = gd.explore.LearningRateRegimes(lr=0.6)
    >>> round(figure.view.drawing["factor"], 3)
    -0.2
    """

    def __init__(self, *, name: str = "learning-rate-regimes", **start: Any) -> None:
        super().__init__(
            learning_rate_regimes,
            title="Four regimes of the learning rate",
            controls={
                "lr": log_slider("Learning rate", 0.01, 4, 0.02),
                "curvature": slider("Curvature L", 0.5, 4, 2, step=0.1),
            },
            points={"theta": 2.5},
            view=Compare(
                Curve(
                    Line("across", "bowl", "loss", "muted"),
                    Line("theta_k", "loss_k", "steps", dots=True, grows=True),
                    Now("theta_k", "loss_k"),
                    Handle("start: drag it, or click", x="theta", shown_y="height"),
                    Note("{note}"),
                    x=Axis("θ", -3.2, 3.2),
                    y=Axis("loss", 0, "top"),
                    label="The loss over theta, with the steps on it",
                ),
                Lines(
                    Line("rates", "factors", "factor 1 − η L of one step"),
                    Level(x="settle", label="1/L = {settle}"),
                    Level(x="explode", label="2/L = {explode}", colour="orange"),
                    Level(y=0, colour="muted", dash="dotted"),
                    Dots("lr", "factor", "this learning rate", "orange", size=10),
                    x=Axis("learning rate η", 0.01, 4, log=True),
                    y=Axis("factor of one step", -2, 1.2),
                    label="The factor that multiplies theta in one step, over the learning rate",
                ),
            ),
            clock=Clock("theta_k", "Step {k}: θ\u00a0=\u00a0{theta_k}, loss {loss_k}."),
            presets={
                "too slow": {"lr": 0.02},
                "just right": {"lr": 0.5},
                "bounces": {"lr": 0.9},
                "diverges": {"lr": 1.05},
            },
            name=name,
            start=start,
        )


def learning_rate_regimes(lr, curvature, theta):
    """The steps on the parabola, and the factor of one step for every learning rate."""
    top = parabola(3.2, curvature)
    first = min(max(theta, -3.2), 3.2)
    at, path = first, [first]
    while len(path) <= STEPS and abs(at) < 1e6:
        at = at - lr * parabola_slope(at, curvature)
        path.append(at)
    factor = descent_factor(lr, curvature)
    across = [-3.2 + 0.08 * k for k in range(81)]
    rates = [0.01 * 10 ** (k * 0.026021) for k in range(101)]
    if factor > 0.999999:
        regime = "hardly moves"
    elif factor > 1e-9:
        regime = f"creeps: every step keeps {say(factor)} of the distance, on the same side"
    elif factor > -1e-9:
        regime = "arrives in one step: the factor is zero"
    elif factor > -1 + 1e-9:
        regime = f"bounces and settles: every step changes sides and keeps {say(-factor)}"
    elif factor > -1 - 1e-9:
        regime = "bounces for ever: the factor is −1"
    else:
        regime = f"diverges: every step multiplies the distance by {say(-factor)}"
    out = [k for k in range(len(path)) if not -3.2 <= path[k] <= 3.2]
    return {
        "across": across,
        "bowl": [parabola(v, curvature) for v in across],
        "height": parabola(first, curvature),
        "theta_k": path,
        "loss_k": [parabola(v, curvature) for v in path],
        "top": top,
        "rates": rates,
        "factors": [descent_factor(rate, curvature) for rate in rates],
        "factor": factor,
        "settle": 1 / curvature,
        "explode": 2 / curvature,
        "note": f"off the map at step {out[0]}" if out else "",
        "best": {"lr": 1 / curvature},
        "words": f"With learning rate {say(lr)} on curvature {say(curvature)}, descent {regime}.",
    }
