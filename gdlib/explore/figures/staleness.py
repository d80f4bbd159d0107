"""Late gradients: how a delay shrinks the largest stable learning rate."""

from typing import Any

from ...formulas.theory import delay_threshold, delayed_descent
from ..controls import log_slider, whole_slider
from ..explorable import Explorable
from ..marks import Band, Handle, Level, Line, Note, Now
from ..views import Axis, Clock, Compare, Lines
from ..words import count, say

__all__ = ["Staleness"]

STEPS = 150
MOST = 10  # the longest delay
LOW, HIGH = 0.02, 4.0


class Staleness(Explorable):
    """Gradient descent on a parabola with gradients that come late, as from asynchronous workers.

    Theta at each step beside the borders over the delay d: a learning rate times curvature beyond
    2 sin(pi / (2 (2 d + 1))) diverges, one beyond d^d / (d + 1)^(d + 1) rings. Both borders are
    Levin and May's (1976) for the equation theta' = theta - a theta d steps ago. The second is also
    the setting that shrinks theta fastest in the long run, by d / (d + 1) per step: there two roots
    of z^(d + 1) - z^d + a meet.

    Parameters
    ----------
    name : str, default "staleness"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``delay``, ``product``, the learning rate times the curvature.

    References
    ----------
    Levin, S. A., and May, R. M., A note on difference-delay equations, 1976.

    Examples
    --------
    >>> import gdlib as gd
    >>> figure = gd.explore.Staleness(delay=1, product=0.9)
    >>> round(figure.view.drawing["threshold"], 9), figure.view.drawing["best"]
    (1.0, {'product': 0.25})
    """

    def __init__(self, *, name: str = "staleness", **start: Any) -> None:
        super().__init__(
            staleness,
            title="Gradients that come too late",
            controls={
                "delay": whole_slider("Delay, in steps", 0, MOST, 3),
                "product": log_slider("Rate × curvature", LOW, HIGH, 0.4),
            },
            view=Compare(
                Lines(
                    Line("step", "theta", "θ", dots=True, grows=True),
                    Level(y=0, dash="dotted"),
                    Now("step", "theta", drop=True),
                    Note("{note}"),
                    x=Axis("step", 0, STEPS),
                    y=Axis("θ", -3, 3),
                    label="Theta at each step, from 1 at the start",
                ),
                Lines(
                    Band("delays", "borders", HIGH, "diverges", "orange"),
                    Band("delays", "smooth", "borders", "rings and settles", "green"),
                    Band("delays", LOW, "smooth", "settles without ringing", "blue"),
                    Line("delays", "borders", "stability border", "orange", dots=True),
                    Line("delays", "smooth", "fastest", "green", "dashed", dots=True),
                    Level(y="threshold", label="border here {threshold}", colour="orange"),
                    Handle("this setting: drag it up or down", y="product", shown_x="delay"),
                    x=Axis("delay, in steps", 0, MOST),
                    y=Axis("learning rate × curvature", LOW, HIGH, log=True),
                    label="The borders of ringing and of divergence, over the delay",
                ),
            ),
            clock=Clock("theta", "Step {k}: θ\u00a0=\u00a0{theta}."),
            presets={
                "late: it rings": {},
                "no delay": {"delay": 0},
                "later: it diverges": {"delay": 4, "product": 0.4},
                "cured: smaller steps": {"delay": 4, "product": 0.08},
            },
            name=name,
            start=start,
        )


def staleness(delay, product):
    """Theta at each step with gradients `delay` steps old, and the borders for every delay."""
    theta = []
    for value in delayed_descent(1.0, product, 1.0, delay, STEPS):
        theta.append(value)
        if abs(value) > 1e6:
            break
    delays = list(range(MOST + 1))
    borders = [float(delay_threshold(k)) for k in delays]
    smooth = [float(k**k) / (k + 1) ** (k + 1) for k in delays]
    border, fastest = borders[delay], smooth[delay]
    period = 4 * delay + 2
    ends = [abs(v) for v in theta[-period:]]
    left = f"after {STEPS} steps |θ| is below {say(max(ends), 2)}"
    said = f"Gradients {count(delay, 'step')} old, rate × curvature {say(product)}: "
    if product > border * (1 + 1e-9):
        out = [k for k in range(len(theta)) if abs(theta[k]) > 3]
        words = f"diverges, since it is beyond {say(border)}"
        words = words + (f"; |θ| passes 3 at step {out[0]}." if out else ", slowly.")
    elif product > border * (1 - 1e-9):
        words = f"swings for ever, being the border itself; one swing takes {period} steps."
    elif product > fastest * (1 + 1e-9):
        words = (
            f"overshoots and settles, below the border {say(border)}, at which a swing takes "
            f"{count(period, 'step')}; {left}."
        )
    else:
        words = f"settles without overshooting, as up to {say(fastest)}; {left}."
    return {
        "step": list(range(len(theta))),
        "theta": theta,
        "delays": delays,
        "borders": borders,
        "smooth": smooth,
        "threshold": border,
        "note": "diverges" if product > border * (1 + 1e-9) else "",
        "best": {"product": fastest},
        "words": said + words,
    }
