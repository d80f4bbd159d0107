"""Momentum's phase diagram: which learning rate and which beta settle, ring or explode."""

from typing import Any

import numpy as np

from ...formulas.theory import momentum_radius
from ...formulas.updates import momentum
from ..controls import log_slider, slider
from ..explorable import Explorable
from ..marks import Handle, Heat, Level, Line, Note, Now
from ..store import pack
from ..views import Axis, Clock, Compare, Heatmap, Lines
from ..words import say

__all__ = ["MomentumPhase"]

STEPS = 60


class MomentumPhase(Explorable):
    """Momentum on a parabola of curvature 1: the rate over (learning rate, beta), and the ball.

    The map shows the factor by which momentum shrinks the distance per step in the long run; the
    cross sets learning rate and beta together. Beside it, the ball's path from a distance of 1. The
    best beta for a learning rate below 4 is (1 - sqrt(lr))^2, and no beta settles above it (Polyak,
    Some methods of speeding up the convergence of iteration methods, 1964).

    Parameters
    ----------
    name : str, default "momentum-phase"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``lr``, ``beta``.

    Examples
    --------
    >>> import gdlib as gd
    >>> figure = gd.explore.MomentumPhase(lr=1.0, beta=0.81)
    >>> round(figure.view.drawing["radius"], 3)
    0.9
    """

    def __init__(self, *, name: str = "momentum-phase", **start: Any) -> None:
        rates, betas = np.geomspace(0.01, 10, 61), np.linspace(0, 0.98, 50)[:, None]
        radius = np.minimum(momentum_radius(rates, 1.0, betas), 1.0)
        super().__init__(
            momentum_phase,
            title="Momentum: which settings settle, which ring, which explode",
            controls={
                "lr": log_slider("Learning rate", 0.01, 10, 0.02),
                "beta": slider("Momentum β", 0, 0.98, 0.5),
            },
            store={"radius_map": pack("radius_map", radius, bits=8)},
            view=Compare(
                Heatmap(
                    Heat("radius_map", 0, 1, "distance kept per step (1: diverges)"),
                    Handle("learning rate and β: drag, or click", x="lr", y="beta", cross=True),
                    Line(
                        "critical_lr",
                        "critical_beta",
                        "best β: critical damping",
                        "ink",
                        "dashed",
                    ),
                    Line("border_lr", "border_beta", "stability border", "orange"),
                    x=Axis("learning rate × curvature", 0.01, 10, log=True),
                    y=Axis("β", 0, 0.98),
                    label="Map of the distance kept per step, over learning rate and beta",
                ),
                Lines(
                    Line("step", "theta", "the ball", dots=True, grows=True),
                    Level(y=0, dash="dotted"),
                    Now("step", "theta", drop=True),
                    Note("{note}"),
                    x=Axis("step", 0, STEPS),
                    y=Axis("θ", -2, 2),
                    label="The ball's place at each step",
                ),
            ),
            clock=Clock("theta", "Step {k}: θ\u00a0=\u00a0{theta}."),
            presets={
                "creeps": {"lr": 0.02, "beta": 0.5},
                "just right": {"lr": 0.36, "beta": 0.16},
                "rings": {"lr": 0.3, "beta": 0.95},
                "diverges": {"lr": 4.0, "beta": 0.9},
            },
            name=name,
            start=start,
        )


def momentum_phase(lr, beta):
    """The ball's path from 1, the long-run rate of this setting, and the regimes' borders."""
    theta, state, path = 1.0, (0.0,), [1.0]
    for t in range(1, STEPS + 1):
        theta, state = momentum(theta, theta, state, t, lr, beta)
        path.append(theta)
        if abs(theta) > 1e6:
            break
    radius = float(momentum_radius(lr, 1.0, beta))
    betas = [0.98 * k / 60 for k in range(61)]
    critical = [(1 - b**0.5) ** 2 for b in betas[:0:-1]] + [(1 + b**0.5) ** 2 for b in betas]
    if lr > 2 + 2 * beta:
        regime = f"diverges: every step multiplies the distance by {say(radius)}"
    elif lr == 2 + 2 * beta:
        regime = "bounces for ever"
    elif radius < 1e-9:
        regime = "arrives in one step"
    elif (1 + beta - lr) ** 2 < 4 * beta:
        regime = f"rings: it swings about the valley and keeps {say(radius)} of the swing per step"
    elif lr < 1:
        regime = f"creeps without swinging and keeps {say(radius)} of the distance per step"
    else:
        regime = f"bounces from side to side and keeps {say(radius)} of the distance per step"
    return {
        "step": list(range(len(path))),
        "theta": path,
        "radius": radius,
        "critical_lr": critical,
        "critical_beta": betas[:0:-1] + betas,
        "border_lr": [2 + 2 * b for b in betas],
        "border_beta": betas,
        "note": "diverges" if lr > 2 + 2 * beta else "",
        "best": {"beta": min((1 - lr**0.5) ** 2, 0.98) if lr < 4 else None},
        "words": f"With learning rate {say(lr)} and β {say(beta)} the ball {regime}.",
    }
