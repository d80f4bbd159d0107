"""Turn the bowl, and the advantage of a learning rate for each coordinate is gone."""

from typing import Any

import numpy as np

from ...formulas import updates
from ...formulas.landscapes import quadratic, quadratic_gradient
from ...formulas.updates import gradient_descent
from ..controls import choice, log_slider, slider
from ..explorable import Explorable
from ..marks import Dots, Handle, Level, Line, Note, Now
from ..store import pack
from ..views import Axis, Clock, Compare, Lines, Plane
from ..words import count, say
from .maps import RULES

__all__ = ["RotatedBowl"]

CONDITION = 50.0
PLAIN = 2 / (1 + CONDITION)  # the best learning rate of gradient descent
FIRST = [-2.5, 0.8]  # the start, along the flat axis and along the steep one
MOST = 300  # steps
GOAL = 1e-6  # of the loss at the start
ANGLES = [float(k) for k in range(91)]
RATES = [float(f"{10 ** (k / 10 - 1.5):.4g}") for k in range(26)]
SHOWN = ["Adagrad", "RMSprop", "Adam"]  # in the order of the sweep
HEIGHTS = [0.15, 0.35, 0.6, 0.9, 1.25]  # where the contour lines cross the steep axis


class RotatedBowl(Explorable):
    """A bowl of curvatures 1 and 50 that is turned by an angle, the start with it.

    A map with the paths of gradient descent and of an adaptive rule, beside the steps that each
    needs until its loss first is a millionth of the start's. Gradient descent, at 2 / (1 + 50),
    knows no axes, so its path turns with the bowl. A rule that scales each coordinate by itself
    undoes different curvatures only if they lie along the axes; Duchi, Hazan and Singer (Adaptive
    subgradient methods, 2011) give a form with the full matrix, too. The dashed line is the fewest
    steps that any learning rate of the slider needs at that angle.

    Parameters
    ----------
    name : str, default "rotated-bowl"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``angle``, ``rule``, ``lr``.

    Examples
    --------
    >>> from gdlib.explore.figures.rotated_bowl import RotatedBowl
    >>> figure = RotatedBowl(angle=0.0)
    >>> figure.view.drawing["needed"], figure.view.drawing["plain_needed"]
    (16, 173)
    """

    def __init__(self, *, name: str = "rotated-bowl", **start: Any) -> None:
        turns = [[float(np.cos(np.radians(a))), float(np.sin(np.radians(a)))] for a in ANGLES]
        turns[90], turns[45] = [0.0, 1.0], [0.5**0.5, 0.5**0.5]
        steps = np.stack([steps_needed(RULES[title][0], RULES[title][1], turns) for title in SHOWN])
        super().__init__(
            rotated_bowl,
            title="A bowl, turned against the axes",
            controls={
                "angle": slider("Angle in degrees", 0, 90, 45, step=1),
                "rule": choice("Adaptive rule", SHOWN),
                "lr": log_slider("Its learning rate", RATES[0], RATES[-1], RATES[15], step=0.1),
            },
            given={
                "turns": turns,
                "tuned": [[RATES[k] for k in each] for each in steps.argmin(axis=1).tolist()],
                "along": steps[:, :, 0].astype(int).tolist(),
            },
            store={
                "angles": ANGLES,
                "steps": pack("steps", steps),
                "fewest": pack("fewest", steps.min(axis=1)),
            },
            view=Compare(
                Plane(
                    Line("ring_x", "ring_y", "", "muted", width=1),
                    Line("plain_x", "plain_y", "gradient descent", dots=True, grows=True),
                    Line("x", "y", "{rule}", "orange", dots=True, grows=True),
                    Dots(0, 0, "minimum", "ink", "star", 14),
                    Now("plain_x", "plain_y", colour="ink"),
                    Now("x", "y", colour="ink"),
                    Note("{note}"),
                    x=Axis("θ₁", -3, 3),
                    y=Axis("θ₂", -3, 3),
                    label="Map of the turned bowl with both paths",
                ),
                Lines(
                    Level(y="plain_needed", label="descent: {plain_needed}", colour="blue"),
                    Line("angles", "steps[which,rate]", "{rule}", "orange"),
                    Line("angles", "fewest[which]", "{rule}, retuned", "orange", "dashed", 1.3),
                    Level(x="angle", dash="dotted"),
                    Handle("angle: drag it, or click", x="angle", shown_y="height"),
                    x=Axis("angle in degrees", 0, 90, every=15),
                    y=Axis("steps to a millionth of the loss", 0, MOST),
                    label="The steps needed over the angle of the bowl",
                ),
            ),
            clock=Clock("step"),
            presets={
                "turned by 45°": {},
                "along the axes": {"angle": 0.0},
                "turned a little": {"angle": 9.0},
                "RMSprop, turned": {"rule": "RMSprop", "lr": RATES[5]},
                "Adam, turned": {"rule": "Adam", "lr": RATES[10]},
            },
            name=name,
            start=start,
        )


def rotated_bowl(turns, tuned, along, angle, rule, lr):
    """The paths of gradient descent and of `rule` in the turned bowl, and the steps they need."""
    turn = min(max(int(angle + 0.5), 0), len(turns) - 1)
    c, s = turns[turn]
    rate = min(max(int(10 * np.log(lr / RATES[0]) / np.log(10) + 0.5), 0), len(RATES) - 1)
    which = SHOWN.index(rule)
    name, memory = RULES[rule]
    plain = run(gradient_descent, (), PLAIN, c, s)
    mine = run(getattr(updates, name), (0.0,) * memory, RATES[rate], c, s)
    plain_needed, needed = len(plain[0]) - 1, len(mine[0]) - 1
    late = mine[2] > GOAL
    straight = along[which][rate]
    circle = [k * np.pi / 16 for k in range(33)]
    ring = [(CONDITION**0.5 * np.cos(a), np.sin(a)) for a in circle]
    said = f"needs {count(needed, 'step')}"
    if late:
        said = f"has not arrived after {MOST}"
    if straight == MOST:
        straight = f"not after {MOST}"
    return {
        "step": list(range(max(plain_needed, needed) + 1)),
        "plain_x": plain[0],
        "plain_y": plain[1],
        "x": mine[0],
        "y": mine[1],
        "plain_needed": plain_needed,
        "needed": None if late else needed,
        "height": needed,
        "which": which,
        "rate": rate,
        "ring_x": [[h * (c * u - s * v) for u, v in ring] for h in HEIGHTS],
        "ring_y": [[h * (s * u + c * v) for u, v in ring] for h in HEIGHTS],
        "note": f"{rule}: not there after {MOST}" if late else "",
        "best": {"lr": tuned[which][turn]},
        "words": f"At {turn} degrees {rule} with learning rate {say(RATES[rate])} {said}, "
        f"along the axes {straight}; gradient descent needs {plain_needed} at any angle.",
    }


def run(rule, state, lr, c, s):
    """The places of one rule until its loss is a millionth of the first; and that part at last."""
    a, b, d = c * c + CONDITION * s * s, (1 - CONDITION) * c * s, s * s + CONDITION * c * c
    x, y = c * FIRST[0] - s * FIRST[1], s * FIRST[0] + c * FIRST[1]
    first = quadratic(x, y, a, b, d)
    state_x = state_y = state
    xs, ys, left = [x], [y], 1.0
    while left > GOAL and len(xs) <= MOST:
        t = len(xs)
        dx, dy = quadratic_gradient(x, y, a, b, d)
        x, state_x = rule(x, dx, state_x, t, lr)
        y, state_y = rule(y, dy, state_y, t, lr)
        left = quadratic(x, y, a, b, d) / first
        xs.append(x)
        ys.append(y)
    return xs, ys, left


def steps_needed(name: str, memory: int, turns: list[list[float]]) -> Any:
    """The steps of a rule to the goal, at most `MOST`, over (learning rate, angle)."""
    rule, lr = getattr(updates, name), np.array(RATES)[:, None]
    c, s = np.array(turns).T
    a, b, d = c * c + CONDITION * s * s, (1 - CONDITION) * c * s, s * s + CONDITION * c * c
    x, y = c * FIRST[0] - s * FIRST[1] + 0 * lr, s * FIRST[0] + c * FIRST[1] + 0 * lr
    first, needed = quadratic(x, y, a, b, d), np.full(x.shape, float(MOST))
    state_x = state_y = (np.zeros(x.shape),) * memory
    for t in range(1, MOST + 1):
        dx, dy = quadratic_gradient(x, y, a, b, d)
        x, state_x = rule(x, dx, state_x, t, lr)
        y, state_y = rule(y, dy, state_y, t, lr)
        there = quadratic(x, y, a, b, d) / first <= GOAL
        needed = np.where(there, np.minimum(needed, t), needed)
    return needed
