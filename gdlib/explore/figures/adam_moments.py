"""Adam's two moments on a stream of gradients, with and without the correction of their bias."""

from typing import Any

import numpy as np

from ...formulas.random import normal, seeded, uniform
from ...formulas.theory import half_life, window
from ...formulas.updates import adam
from ..controls import choice, slider, switch
from ..explorable import Explorable
from ..marks import Dots, Level, Line, Note, Now
from ..views import Axis, Clock, Compare, Lines
from ..words import say

__all__ = ["AdamMoments"]

STEPS = 120
JUMP = 60  # the step at which the mean changes
STREAMS = ["steady", "noise about a mean", "the mean jumps", "rare spikes"]


class AdamMoments(Explorable):
    """Mean and root mean square of a stream of gradients as Adam keeps them, and the step.

    The left panel has the gradient and its running mean m, the right one the step in units of the
    learning rate, m / (sqrt(v) + eps), each with the bias corrected and not. Without correction the
    first step is (1 - beta1) / sqrt(1 - beta2) times the one with it, 3.16 times at the defaults,
    and the t-th (1 - beta1^t) / sqrt(1 - beta2^t) times (Kingma and Ba, Adam: a method for
    stochastic optimization, 2015, section 3).

    Parameters
    ----------
    name : str, default "adam-moments"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``stream``, ``beta1``, ``beta2``, ``corrected``.

    Examples
    --------
    >>> from gdlib.explore.figures.adam_moments import AdamMoments
    >>> figure = AdamMoments(corrected=False)
    >>> round(figure.view.drawing["move"][1], 3), round(figure.view.drawing["move_other"][1], 3)
    (3.162, 1.0)
    """

    def __init__(self, *, name: str = "adam-moments", **start: Any) -> None:
        super().__init__(
            adam_moments,
            title="Adam's moments, and why their bias is corrected",
            controls={
                "stream": choice("Gradients", STREAMS),
                "beta1": slider("β₁, for the mean", 0, 0.99, 0.9),
                "beta2": slider("β₂, for the square", 0.9, 0.999, 0.999, step=0.001),
                "corrected": switch("Correct the bias", True),
            },
            view=Compare(
                Lines(
                    Line("step", "grad", "gradient g", "muted", width=1.2, dots=True),
                    Line("step", "mean_other", "m, {other_name}", "orange", "dashed", 1.4),
                    Line("step", "mean", "m, {this_name}", width=2.2),
                    Now("step", "mean", drop=True, colour="ink"),
                    x=Axis("step", 0, STEPS),
                    y=Axis("gradient", -3, 4),
                    label="The gradients and their running mean",
                ),
                Lines(
                    Level(y=0, dash="dotted"),
                    Line("step", "move_other", "step, {other_name}", "orange", "dashed", 1.4),
                    Line("step", "move", "step, {this_name}", width=2.2),
                    Dots("one", "first", "uncorrected first step: {first}", "orange", "square", 10),
                    Now("step", "move", drop=True, colour="ink"),
                    Note("{note}"),
                    x=Axis("step", 0, STEPS),
                    y=Axis("step / learning rate", -3, 8),
                    label="The step of Adam in learning rates, with and without correction",
                ),
            ),
            clock=Clock("step", "Step {k}: g = {grad}, step {move}."),
            presets={
                "corrected": {},
                "steps too large": {"corrected": False},
                "steps too small": {"beta1": 0.99, "beta2": 0.9, "corrected": False},
                "noise": {"stream": "noise about a mean"},
                "the mean jumps": {"stream": "the mean jumps"},
            },
            name=name,
            start=start,
        )


def adam_moments(stream, beta1, beta2, corrected):
    """The gradients, both forms of Adam's mean of them, and both forms of its step."""
    state, random = (0.0, 0.0), seeded(4)
    grad, m_raw, m_hat, step_raw, step_hat = [], [], [], [], []
    for t in range(1, STEPS + 1):
        g = 1.0
        if stream == "rare spikes":
            g = 3.0 if t % 20 == 10 else 0.0
        elif stream != "steady":
            u, random = uniform(random)
            w, random = uniform(random)
            g = 0.5 + normal(u, w)
            if stream == "the mean jumps":
                g = (1.5 if t < JUMP else -1.5) + 0.4 * normal(u, w)
        moved, state = adam(0.0, g, state, t, 1.0, beta1, beta2)
        m, v = state
        grad.append(g)
        m_raw.append(m)
        m_hat.append(m / (1 - beta1**t))
        step_raw.append(m / (np.sqrt(v) + 1e-8))
        step_hat.append(-moved)
    ratios = [(1 - beta1**t) / np.sqrt(1 - beta2**t) for t in range(1, STEPS + 1)]
    worst = 0
    for t in range(STEPS):
        if abs(np.log(ratios[t])) > abs(np.log(ratios[worst])):
            worst = t
    kept = "gradient" if beta1 == 0 else "gradients"
    memory = (
        f"In effect m is a mean of {say(window(beta1))} {kept} (half of it forgotten in "
        f"{say(half_life(beta1))} steps), v of {say(window(beta2))} squares "
        f"({say(half_life(beta2))} steps)"
    )
    if corrected:
        now = f"The first step is 1 learning rate, without correction it would be {say(ratios[0])}"
    else:
        now = f"The first step is {say(ratios[0])} learning rates, with correction it would be 1"
    if worst:
        now += (
            f"; step {worst + 1} without correction is {say(ratios[worst])} times as long as with"
        )
    lead = [None]  # before the first gradient there is nothing
    means = [m_hat, m_raw] if corrected else [m_raw, m_hat]
    moves = [step_hat, step_raw] if corrected else [step_raw, step_hat]
    beyond = [move for move in moves[0] if not -3 <= move <= 8]
    return {
        "step": list(range(STEPS + 1)),
        "grad": lead + grad,
        "mean": lead + means[0],
        "mean_other": lead + means[1],
        "this_name": "corrected" if corrected else "uncorrected",
        "other_name": "uncorrected" if corrected else "corrected",
        "move": lead + moves[0],
        "move_other": lead + moves[1],
        "one": 1,
        "first": ratios[0],
        "note": f"off the frame, first at {say(beyond[0])}" if beyond else "",
        "words": f"{memory}. {now}.",
    }
