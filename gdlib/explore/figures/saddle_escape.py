"""How long a saddle holds a run: the start's distance, the learning rate, and noise."""

from typing import Any

from ...formulas.landscapes import quadratic_gradient
from ...formulas.random import normal, seeded, uniform
from ...formulas.theory import saddle_escape
from ...formulas.updates import gradient_descent
from ...landscapes import landscape
from ..controls import log_slider, slider, whole_slider
from ..explorable import Explorable
from ..ground import ground_of
from ..marks import Dots, Ground, Handle, Level, Line, Note, Now
from ..views import Axis, Clock, Compare, Lines, Plane
from ..words import say
from .maps import inside

__all__ = ["SaddleEscape"]

STEPS = 200
EDGE = 2.0
RADIUS = 1.0  # escaped
DOWN = 2.0  # the size of the negative curvature, along y; along x it is as large and positive


class SaddleEscape(Explorable):
    """Gradient descent near a saddle: the steps until it escapes, predicted and met.

    Along x, the stable direction, the saddle attracts, and along y it repels: each step multiplies
    y by 1 + 2 lr. A run has escaped once abs(y) reaches 1. Without noise `saddle_escape` predicts
    the step, the logarithm of 1 / abs(y) over that of the factor. Noise of deviation s acts
    as if the start were sqrt(y^2 + c) away and the goal sqrt(1 + c), c = lr s^2 / (2 (2 + 2 lr)):
    that is where the root mean square of y over all draws reaches 1.

    Parameters
    ----------
    name : str, default "saddle-escape"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``lr``, ``noise``, ``seed``, ``start``.

    Examples
    --------
    >>> import gdlib as gd
    >>> figure = gd.explore.SaddleEscape(lr=0.05, start=[-1.8, 1e-3])
    >>> round(figure.view.drawing["predicted"], 1), figure.view.drawing["met"]
    (72.5, 73)
    """

    def __init__(self, *, name: str = "saddle-escape", **start: Any) -> None:
        super().__init__(
            saddle_escape_run,
            title="How long a saddle holds",
            controls={
                "lr": log_slider("Learning rate", 0.01, 1.2, 0.05),
                "noise": slider("Gradient noise", 0, 0.5, 0, step=0.01),
                "seed": whole_slider("Draw of chance", 1, 30, 1),
            },
            points={"start": [-1.8, 1e-5]},
            store={"ground": ground_of(landscape("saddle"))},
            view=Compare(
                Plane(
                    Ground("ground"),
                    Line("x", "y", "path", dots=True, grows=True),
                    Dots(0.0, 0.0, "saddle", "orange", "cross", 12),
                    Now("x", "y"),
                    Handle("start: drag it, or click on the map", pair="start"),
                    Note("{note}"),
                    x=Axis("x, where the saddle attracts", -EDGE, EDGE),
                    y=Axis("y, where it repels", -EDGE, EDGE),
                    label="Map of the saddle, with the path",
                ),
                Lines(
                    Line("step", "distance", "distance from the saddle", width=2.6, grows=True),
                    Line("step", "away", "its part |y|", "green", "dashed"),
                    Level(y=RADIUS, label="|y| = 1"),
                    Level(x="shown", label="{said}", colour="purple"),
                    Now("step", "distance", drop=True),
                    x=Axis("step", 0, STEPS),
                    y=Axis("distance from the saddle", 1e-6, 10, log=True),
                    label="The distance from the saddle at each step",
                ),
            ),
            clock=Clock("x", "Step {k}: distance {distance}."),
            presets={
                "a hair beside": {},
                "exactly on it": {"start": [-1.8, 0.0]},
                "with noise": {"start": [-1.8, 0.0], "noise": 0.05},
                "small steps": {"lr": 0.02},
                "large steps": {"lr": 0.9},
            },
            name=name,
            start=start,
        )


def saddle_escape_run(lr, noise, seed, start):
    """A run from `start`, its distance from the saddle, and the step of its escape."""
    x, y = inside(start, [(-EDGE, EDGE)] * 2)
    first = abs(y)
    state = seeded(seed)
    path, met = [(x, y)], 0 if first >= RADIUS else None
    for t in range(1, STEPS + 1):
        dx, dy = quadratic_gradient(x, y, DOWN, 0.0, -DOWN)
        if noise > 0:
            u, state = uniform(state)
            v, state = uniform(state)
            dx = dx + noise * normal(u, v)
            dy = dy + noise * normal(u, v + 0.25)  # the sine of the pair
        x, _ = gradient_descent(x, dx, (), t, lr)
        y, _ = gradient_descent(y, dy, (), t, lr)
        path.append((x, y))
        if met is None and abs(y) >= RADIUS:
            met = t
        if abs(y) > 10 or abs(x) > 1e6:
            break
    kick = lr * noise * noise / (DOWN * (2 + lr * DOWN))
    near, goal = (first * first + kick) ** 0.5, (RADIUS * RADIUS + kick) ** 0.5
    never = near == 0
    predicted = None if never else float(saddle_escape(near, lr, DOWN, goal))
    shown = predicted if predicted is not None and predicted <= STEPS else None
    distance = [(p[0] * p[0] + p[1] * p[1]) ** 0.5 for p in path]
    growth = f"Each step multiplies y by {say(1 + lr * DOWN)}"
    if never:
        words = (
            "Exactly on the stable manifold y = 0 the gradient has no part along y: the run goes "
            f"to the saddle and never escapes. {growth}, and zero stays zero."
        )
    else:
        theory = "theory predicts escape after"
        if noise > 0:
            theory = "theory has the root mean square over all draws reach 1 after"
        words = f"{growth}: from |y| = {say(first)} {theory} {say(predicted)} steps; this run " + (
            f"has not escaped after {STEPS}." if met is None else f"escapes at step {met}."
        )
    if lr * DOWN > 2 + 1e-9:
        words = words + f" Along x, too, it diverges: the factor is {say(1 - lr * DOWN)}."
    return {
        "x": [p[0] for p in path],
        "y": [p[1] for p in path],
        "step": list(range(len(path))),
        "distance": [v if v > 0 else None for v in distance],
        "away": [abs(p[1]) if p[1] else None for p in path],
        "predicted": predicted,
        "shown": shown,
        "said": "" if shown is None else f"predicted {say(shown)}",
        "met": met,
        "note": "never escapes" if never else "" if met is None else f"escaped at step {met}",
        "words": words,
    }
