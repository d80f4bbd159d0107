"""Gradient descent, heavy ball and Nesterov race on a bowl, each at its best by theory."""

from typing import Any

import numpy as np

from ...formulas.descend import descend
from ...formulas.landscapes import quadratic, quadratic_gradient
from ...formulas.theory import descent_factor, momentum_best, momentum_radius, nesterov_radius
from ...formulas.updates import gradient_descent, momentum, nesterov
from ..controls import log_slider, switch
from ..explorable import Explorable
from ..marks import Dots, Handle, Line, Now
from ..views import Axis, Clock, Compare, Lines, Plane
from ..words import say
from .maps import inside

__all__ = ["MomentumRace"]

STEPS = 100
LEAST = 1e-15  # of the loss at the start; what is less is drawn there
HEIGHTS = [0.1, 0.4, 0.8, 1.2, 1.6]  # where the contour lines cross the steep axis


class MomentumRace(Explorable):
    """Three rules on a bowl of curvatures 1/k and 1, k the condition number.

    A map with the three paths, beside the loss at each step on a logarithmic axis, with the rates
    that theory predicts: (k - 1)/(k + 1) for gradient descent with 2/(L + mu), (sqrt(k) - 1)/
    (sqrt(k) + 1) for the heavy ball with Polyak's setting (Polyak, Some methods of speeding up the
    convergence of iteration methods, 1964), and 1 - 1/sqrt(k) for Nesterov's momentum with 1/L and
    beta = (sqrt(k) - 1)/(sqrt(k) + 1) (Nesterov, Introductory lectures on convex optimization,
    2004, section 2.2). The switch gives all three the learning rate 1/L, and the heavy ball the
    best beta for that. The dashed lines fall at the predicted rates, through each run's end; either
    momentum sits at a double root, which adds a factor of the step's number, so that the measured
    rate is a little higher. A loss below 1e-15 of the start's is drawn there.

    Parameters
    ----------
    name : str, default "momentum-race"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``condition``, ``same``, ``start``.

    Examples
    --------
    >>> from gdlib.explore.figures.momentum_race import MomentumRace
    >>> figure = MomentumRace(condition=100)
    >>> [round(rate, 3) for rate in figure.view.drawing["rates"]]
    [0.98, 0.818, 0.9]
    """

    def __init__(self, *, name: str = "momentum-race", **start: Any) -> None:
        super().__init__(
            momentum_race,
            title="Gradient descent, heavy ball and Nesterov in one valley",
            controls={
                "condition": log_slider("Condition number", 2, 1000, 100),
                "same": switch("Same rate 1/L"),
            },
            points={"start": [-2.6, 0.45]},
            view=Compare(
                Plane(
                    Line("ring_x", "ring_y", "", "muted", width=1),
                    Line("gd_x", "gd_y", "gradient descent", width=1.4, grows=True),
                    Line("ball_x", "ball_y", "heavy ball", "orange", dots=True, grows=True),
                    Line("nesterov_x", "nesterov_y", "Nesterov", "green", dots=True, grows=True),
                    Dots(0, 0, "minimum", "ink", "star", 14),
                    Now("gd_x", "gd_y", colour="ink"),
                    Now("ball_x", "ball_y", colour="ink"),
                    Now("nesterov_x", "nesterov_y", colour="ink"),
                    Handle("start: drag it, or click on the map", pair="start"),
                    x=Axis("flat direction", -3, 0.6),
                    y=Axis("steep direction", -1.8, 1.8),
                    label="Map of the bowl with the three paths",
                ),
                Lines(
                    Line("step", "gd_loss", "gradient descent", width=1.4),
                    Line("step", "ball_loss", "heavy ball", "orange"),
                    Line("step", "nesterov_loss", "Nesterov", "green"),
                    Line("step", "gd_line", "slope predicted", "blue", "dashed", 1.2),
                    Line("step", "ball_line", "slope predicted", "orange", "dashed", 1.2),
                    Line("step", "nesterov_line", "slope predicted", "green", "dashed", 1.2),
                    Now("step", "gd_loss", drop=True, colour="ink"),
                    Now("step", "ball_loss", colour="ink"),
                    Now("step", "nesterov_loss", colour="ink"),
                    x=Axis("step", 0, STEPS),
                    y=Axis("loss / loss at the start", LEAST, 1e3, log=True),
                    label="The loss of each at each step, with the predicted rates",
                ),
            ),
            clock=Clock(
                "step",
                "Step {k}: of the loss, gradient descent has {gd_loss} left, heavy ball "
                "{ball_loss}, Nesterov {nesterov_loss}.",
            ),
            presets={
                "a valley": {"condition": 100},
                "round": {"condition": 4},
                "a trench": {"condition": 1000},
                "same learning rate": {"condition": 100, "same": True},
            },
            name=name,
            start=start,
        )


def momentum_race(condition, same, start):
    """The three paths and losses, with the rates that theory predicts and those measured."""
    mu, L = 1 / condition, 1.0
    root = condition**0.5
    if same:
        gd_lr = ball_lr = 1 / L
        ball_beta = (1 - root * mu) ** 2
    else:
        gd_lr = 2 / (L + mu)
        ball_lr, ball_beta, _ = momentum_best(mu, L)
    beta = (root - 1) / (root + 1)
    x, y = inside(start, [(-3.0, 0.6), (-1.8, 1.8)])
    if x == 0 and y == 0:
        x = 1e-3  # at the very minimum there is no race
    bowl = (mu, 0.0, L)
    gd = race(gradient_descent, (), (gd_lr,), x, y, bowl)
    ball = race(momentum, (0.0,), (ball_lr, ball_beta), x, y, bowl)
    ahead = race(nesterov, (0.0,), (1 / L, beta), x, y, bowl)
    rates = [
        max(abs(descent_factor(gd_lr, c)) for c in (mu, L)),
        float(max(momentum_radius(ball_lr, c, ball_beta) for c in (mu, L))),
        float(max(nesterov_radius(1 / L, c, beta) for c in (mu, L))),
    ]
    measured = [measured_rate(run[2]) for run in (gd, ball, ahead)]
    said = [
        f"{who} {say(rate)} ({say(seen)})"
        for who, rate, seen in zip(("gradient descent", "heavy ball", "Nesterov"), rates, measured)  # noqa: B905
    ]
    circle = [k * np.pi / 18 for k in range(37)]
    lines = [slope(run[2], rate) for run, rate in zip((gd, ball, ahead), rates)]  # noqa: B905
    return {
        "step": list(range(STEPS + 1)),
        "gd_x": gd[0],
        "gd_y": gd[1],
        "gd_loss": [max(v, LEAST) for v in gd[2]],
        "gd_line": lines[0],
        "ball_x": ball[0],
        "ball_y": ball[1],
        "ball_loss": [max(v, LEAST) for v in ball[2]],
        "ball_line": lines[1],
        "nesterov_x": ahead[0],
        "nesterov_y": ahead[1],
        "nesterov_loss": [max(v, LEAST) for v in ahead[2]],
        "nesterov_line": lines[2],
        "ring_x": [[root * h * float(np.cos(a)) for a in circle] for h in HEIGHTS],
        "ring_y": [[h * float(np.sin(a)) for a in circle] for h in HEIGHTS],
        "rates": rates,
        "measured": measured,
        "words": "Of the distance each step keeps, as predicted (and as measured in "
        f"{STEPS} steps): {', '.join(said)}.",
    }


def race(rule, state, hyper, x, y, bowl):
    """The places of one rule from (x, y), and its loss as a part of the first."""
    run = descend(rule, quadratic, quadratic_gradient, (x, y), state, STEPS, hyper, bowl)
    xs, ys, losses = [list(column) for column in zip(*run)]  # noqa: B905
    return xs, ys, [loss / losses[0] for loss in losses]


def slope(losses, rate):
    """The loss if it always fell by the predicted rate, through the last place in the frame."""
    last = max([t for t in range(STEPS + 1) if losses[t] >= LEAST])
    return [losses[last] * rate ** (2 * (t - last)) for t in range(STEPS + 1)]


def measured_rate(losses):
    """The factor of the distance per step between the crests of the second and the last quarter."""
    quarter = STEPS // 4
    one, two = losses[quarter : 2 * quarter], losses[3 * quarter :]
    if min(max(one), max(two)) <= 0:
        return 0.0
    apart = 3 * quarter + two.index(max(two)) - quarter - one.index(max(one))
    return (max(two) / max(one)) ** (0.5 / apart)
