"""A constant learning rate never settles: the ball of noise about the minimum."""

from dataclasses import replace
from typing import Any

import numpy as np

from ...formulas.random import normal, seeded, uniform
from ...formulas.theory import noise_floor, noise_variance
from ...formulas.updates import gradient_descent
from ...landscapes import landscape
from ..controls import log_slider, whole_slider
from ..explorable import Explorable
from ..ground import ground_of
from ..marks import Dots, Ground, Handle, Level, Line, Note, Now
from ..views import Axis, Clock, Compare, Lines, Plane
from ..words import say
from .maps import inside

__all__ = ["NoiseBall"]

STEPS, EVERY = 240, 3  # theory is drawn at every so many of the steps
EDGE = 3.0
RATES = 53  # places on the learning rate's slider that are tried for the best one


class NoiseBall(Explorable):
    """Gradient descent with noise in a round bowl of curvature 1: predicted and measured radius.

    One example's gradient has noise of variance 1 along each axis, a batch's 1 / b. In the long run
    theta keeps the variance `noise_floor` along each axis, so its distance from the minimum has the
    root mean square sqrt(2 noise_floor): the dashed circle on the map and the level beside it. The
    dashed curve is the root mean square to be expected at each step, from `noise_variance`. The
    mark on the learning rate's slider is the rate with the least such distance after 240 steps.

    Parameters
    ----------
    name : str, default "noise-ball"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``lr``, ``b``, ``seed``, ``start``.

    Examples
    --------
    >>> import gdlib as gd
    >>> figure = gd.explore.NoiseBall(lr=1.0, b=4)
    >>> round(figure.view.drawing["radius"] ** 2, 9)
    0.5
    """

    def __init__(self, *, name: str = "noise-ball", **start: Any) -> None:
        edges = ((-EDGE, EDGE), (-EDGE, EDGE))
        super().__init__(
            noise_ball,
            title="A constant learning rate never settles",
            controls={
                "lr": log_slider("Learning rate", 0.01, 4, 0.3),
                "b": log_slider("Batch size b", 1, 256, 1, step=float(np.log10(2))),
                "seed": whole_slider("Draw of chance", 1, 30, 25),
            },
            points={"start": [-2.4, 1.8]},
            store={"ground": ground_of(replace(landscape("bowl", condition=1), domain=edges))},
            view=Compare(
                Plane(
                    Ground("ground"),
                    Line("x", "y", "path", width=1.2, grows=True),
                    Line(
                        "circle_x",
                        "circle_y",
                        "radius that theory predicts",
                        "orange",
                        "dashed",
                        2.4,
                    ),
                    Dots(0.0, 0.0, "minimum", "ink", "cross", 9),
                    Now("x", "y"),
                    Handle("start: drag it, or click on the map", pair="start"),
                    Note("{note}"),
                    x=Axis("x", -EDGE, EDGE),
                    y=Axis("y", -EDGE, EDGE),
                    label="Map of the bowl, with the path and the predicted radius",
                ),
                Lines(
                    Line("step", "distance", "distance in this run", width=1.2, grows=True),
                    Line("sometimes", "expected", "root mean square expected", "orange", "dashed"),
                    Level(y="radius", label="{floor}", colour="orange", dash="dotted"),
                    Now("step", "distance", drop=True),
                    x=Axis("step", 0, STEPS),
                    y=Axis("distance from the minimum", 1e-3, 30, log=True),
                    label="The distance from the minimum at each step",
                ),
            ),
            clock=Clock("step", "Step {step}: distance {distance}."),
            presets={
                "rattles": {},
                "small learning rate": {"lr": 0.03},
                "large batch": {"b": 64},
                "large learning rate": {"lr": 1.5},
                "diverges": {"lr": 2.1},
            },
            name=name,
            start=start,
        )


def noise_ball(lr, b, seed, start):
    """A run with noise, its distance from the minimum, and what theory expects of both."""
    size = int(b + 0.5)
    noise = 1 / size
    begin = inside(start, [(-EDGE, EDGE)] * 2)
    x, y = begin
    root = noise**0.5
    state = seeded(seed)
    points = [(x, y)]
    for t in range(1, STEPS + 1):
        u, state = uniform(state)
        v, state = uniform(state)
        x, _ = gradient_descent(x, x + root * normal(u, v), (), t, lr)
        y, _ = gradient_descent(
            y, y + root * normal(u, v + 0.25), (), t, lr
        )  # the sine of the pair
        points.append((x, y))
        if abs(x) + abs(y) > 1e6:
            break
    step = list(range(len(points)))
    distance = [(p[0] * p[0] + p[1] * p[1]) ** 0.5 for p in points]
    far = begin[0] * begin[0] + begin[1] * begin[1]
    expected = [rms(k, lr, noise, far) for k in step[::EVERY]]
    settles = lr < 2 - 1e-9
    radius = (2 * noise_floor(lr, 1.0, noise)) ** 0.5 if settles else 0.0
    measured = mean_square(distance[len(distance) // 2 :]) ** 0.5
    predicted = mean_square(expected[len(expected) // 2 :]) ** 0.5
    last = f"over the last {STEPS // 2} steps"
    if not settles:
        words = (
            f"With learning rate {say(lr)}, at or beyond 2/L = 2, there is no floor: every step "
            f"multiplies the distance by {say(lr - 1)}, and no batch size helps."
        )
    elif predicted < 1.1 * radius:
        words = (
            f"Theory keeps a distance of {say(radius)} (root mean square) for ever; "
            f"measured {last}: {say(measured)}. With b = {size} the gradient's variance is "
            f"{'1' if size == 1 else '1/' + str(size)} along each axis."
        )
    else:
        words = (
            f"It is still on its way to the floor {say(radius)}: {last} theory expects a distance "
            f"of {say(predicted)}; measured: {say(measured)}."
        )
    rates = [0.01 * 10 ** (0.05 * k) for k in range(RATES)]
    ends = [rms(STEPS, rate, noise, far) if rate < 2 else 1e9 for rate in rates]
    out = [k for k in step if distance[k] > EDGE * 2**0.5]
    turn = [2 * np.pi * k / 60 for k in range(61)] if settles else []
    return {
        "x": [p[0] for p in points],
        "y": [p[1] for p in points],
        "step": step,
        "distance": distance,
        "sometimes": step[::EVERY],
        "expected": expected,
        "radius": radius if settles else None,
        "floor": f"floor {say(radius)}",
        "measured": measured,
        "predicted": predicted,
        "circle_x": [radius * np.cos(v) for v in turn],
        "circle_y": [radius * np.sin(v) for v in turn],
        "note": f"off the map at step {out[0]}" if out and not settles else "",
        "best": {"lr": rates[ends.index(min(ends))]},
        "words": words,
    }


def rms(k, lr, noise, far):
    """The root mean square distance that theory expects after `k` steps."""
    return (noise_variance(k, lr, 1.0, noise, far) + noise_variance(k, lr, 1.0, noise, 0.0)) ** 0.5


def mean_square(values):
    return sum(v * v for v in values) / len(values)
