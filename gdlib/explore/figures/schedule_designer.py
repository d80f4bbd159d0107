"""A designer of learning-rate schedules, with the loss that each one earns."""

from typing import Any

import numpy as np

from ...formulas import schedules
from ...formulas.random import normal, seeded, uniform
from ...formulas.updates import gradient_descent
from ..controls import choice, log_slider, slider
from ..explorable import Explorable
from ..marks import Level, Line, Note, Now
from ..views import Axis, Clock, Compare, Lines
from ..words import count, say

__all__ = ["ScheduleDesigner"]

STEPS = 200
FLAT, STEEP = 0.05, 1.0  # the two curvatures
FAR, NEAR = 8.0, 3.0  # the start, along the flat and the steep direction
NOISE = 0.0025  # the variance of the gradient along each direction
SEED = 3
KINDS = [
    "cosine",
    "constant",
    "step",
    "exponential",
    "inverse time",
    "polynomial",
    "warm restarts",
    "one-cycle",
    "warm-up, then cosine",
]


class ScheduleDesigner(Explorable):
    """A schedule from `gdlib.formulas.schedules`, and the loss that it earns in a noisy bowl.

    The bowl has the curvatures 1 and 0.05, and the gradient has noise. The loss of one run stands
    beside the mean over all runs, which is exact: each variance v becomes
    (1 - lr curvature)^2 v + lr^2 noise. The mean loss of a constant rate, as high as the peak, is
    the comparison. A schedule whose rates have the sum S leaves about exp(-0.05 S) of the flat
    direction's distance, so one whose sum is finite for ever stops short.

    Parameters
    ----------
    name : str, default "schedule-designer"
        Names this figure in links to a setting.
    **start
        First values of its inputs: ``kind``, ``lr``, ``shape``.

    Examples
    --------
    >>> import gdlib as gd
    >>> figure = gd.explore.ScheduleDesigner(kind="step", lr=0.5, shape=0.5)
    >>> figure.view.drawing["rate"][:3], round(figure.view.drawing["rate"][110], 6)
    ([0.5, 0.5, 0.5], 0.05)
    """

    def __init__(self, *, name: str = "schedule-designer", **start: Any) -> None:
        super().__init__(
            schedule_designer,
            title="Design a schedule, and see what it earns",
            controls={
                "kind": choice("Schedule", KINDS),
                "lr": log_slider("Peak learning rate", 0.1, 4, 1),
                "shape": slider("Shape", 0, 1, 0),
            },
            view=Compare(
                Lines(
                    Line("step", "rate", "{kind}", grows=True),
                    Level(y=2 / STEEP, label="2/L = 2", colour="orange"),
                    Now("step", "rate", drop=True),
                    x=Axis("step", 0, STEPS),
                    y=Axis("learning rate", 0, "top"),
                    label="The learning rate of each step",
                ),
                Lines(
                    Line("step", "plain", "constant rate, mean", "muted", "dashed"),
                    Line("step", "mean", "this schedule, mean", "orange", "dashed"),
                    Line("step", "loss", "this schedule, one run", width=1.2, grows=True),
                    Now("step", "loss", drop=True),
                    Note("{note}"),
                    x=Axis("step", 0, STEPS),
                    y=Axis("loss above its minimum", 1e-5, 100, log=True),
                    label="The loss of the schedule and of a constant rate, at each step",
                ),
            ),
            clock=Clock("step", "Step {k}: learning rate {rate}."),
            presets={
                "cosine": {},
                "a floor": {"kind": "constant"},
                "stops short": {"kind": "exponential", "shape": 0.5},
                "warm restarts": {"kind": "warm restarts", "shape": 0.43},
                "diverges": {"kind": "constant", "lr": 2.1},
            },
            name=name,
            start=start,
        )


def schedule_designer(kind, lr, shape):
    """The rate of each step, a run with it, and the mean loss of it and of a constant rate."""
    rates = [float(rate(kind, k, lr, shape)) for k in range(STEPS)]
    x, y, state = FAR, NEAR, seeded(SEED)
    loss = [(FLAT * x * x + STEEP * y * y) / 2]
    for k in range(STEPS):
        u, state = uniform(state)
        v, state = uniform(state)
        x, _ = gradient_descent(x, FLAT * x + NOISE**0.5 * normal(u, v), (), k + 1, rates[k])
        y, _ = gradient_descent(
            y, STEEP * y + NOISE**0.5 * normal(u, v + 0.25), (), k + 1, rates[k]
        )
        loss.append((FLAT * x * x + STEEP * y * y) / 2)
        if loss[-1] > 1e30:
            break
    mean, kept, spread = expected(rates)
    plain, _, _ = expected([lr] * STEPS)
    total = sum(rates)
    words = f"{meaning(kind, lr, shape)} "
    if len(mean) <= STEPS or mean[-1] > mean[0]:
        words = words + f"It diverges: the rate is beyond 2/L = {say(2 / STEEP)} for too long."
    else:
        words = words + (
            f"Mean loss at the end {say(mean[-1])}, "
            f"{'diverging' if len(plain) <= STEPS else say(plain[-1])} at a constant rate. "
            f"The rates sum to {say(total)}: of the flat direction's {say(FAR)} theory leaves "
            f"{say(kept)} ± {say(spread, 2)}, this run {say(x)}."
        )
        if kind == "exponential" and shape > 0:
            limit = lr / (1 - fading(shape))
            words = words + (
                f" Even for ever they sum to {say(limit)}, and leave "
                f"{say(kept * np.exp(-FLAT * (limit - total)))}."
            )
    tops = [0.25, 0.5, 1.1, 2.2, 4.4]
    return {
        "step": list(range(STEPS + 1)),
        "rate": rates + rates[-1:],
        "top": next(top for top in tops if top >= lr or top == tops[-1]),
        "loss": loss,
        "mean": mean,
        "plain": plain,
        "total": total,
        "left": x,
        "kept": kept,
        "spread": spread,
        "note": "diverges" if len(mean) <= STEPS or mean[-1] > mean[0] else "",
        "words": words,
    }


def rate(kind, k, lr, shape):
    """The rate of step `k`; what `shape` means, `meaning` says."""
    if kind == "step":
        return schedules.step(k, lr, step_of(shape))
    if kind == "exponential":
        return schedules.exponential(k, lr, fading(shape))
    if kind == "inverse time":
        return schedules.inverse_time(k, lr, 1 / half_of(shape))
    if kind == "polynomial":
        return schedules.polynomial(k, lr, STEPS, 4 * shape)
    if kind == "cosine":
        return schedules.cosine(k, lr, STEPS, lr * shape)
    if kind == "warm restarts":
        return schedules.cosine_restarts(k, lr, period_of(shape))
    if kind == "one-cycle":
        return schedules.one_cycle(k, lr, STEPS, 0.05 + 0.9 * shape)
    if kind == "warm-up, then cosine":
        rise = rise_of(shape)
        if k < rise:
            return schedules.warmup(k, lr, rise)
        return schedules.cosine(k - rise, lr, STEPS - rise)
    return schedules.constant(k, lr)


def meaning(kind, lr, shape):
    """What the shape slider sets, in words."""
    if kind == "step":
        return f"A tenth of the rate after every {count(step_of(shape), 'step')}."
    if kind == "exponential":
        return f"The rate times {say(fading(shape), 4)} after every step."
    if kind == "inverse time":
        return f"Half of the peak after {say(half_of(shape))} steps, a third after twice as many."
    if kind == "polynomial":
        return f"Down to zero with the power {say(4 * shape)}; at 0.25 on the slider it is a line."
    if kind == "cosine":
        return f"Half a wave down to {say(lr * shape)}."
    if kind == "warm restarts":
        return f"Half a wave down in {count(period_of(shape), 'step')}, again and again."
    if kind == "one-cycle":
        return f"Up during {say(5 + 90 * shape)} % of the steps, then down."
    if kind == "warm-up, then cosine":
        return f"Up in {count(rise_of(shape), 'step')}, then half a wave down."
    return "The same rate at every step; the shape slider does nothing."


def step_of(shape):
    return 200 - int(180 * shape + 0.5)


def fading(shape):
    return 10 ** (-6 * shape / STEPS)


def half_of(shape):
    return STEPS * 10 ** (-2 * shape)


def period_of(shape):
    return -(-STEPS // (1 + int(7 * shape + 0.5)))


def rise_of(shape):
    return 1 + int(99 * shape + 0.5)


def expected(rates):
    """The mean loss at each step, and the flat direction's mean and deviation at the end."""
    flat, steep = FAR * FAR, NEAR * NEAR
    kept = FAR
    losses = [(FLAT * flat + STEEP * steep) / 2]
    for lr in rates:
        one, two = 1 - lr * FLAT, 1 - lr * STEEP
        flat = one * one * flat + lr * lr * NOISE
        steep = two * two * steep + lr * lr * NOISE
        kept = one * kept
        losses.append((FLAT * flat + STEEP * steep) / 2)
        if losses[-1] > 1e30:
            break
    return losses, kept, max(flat - kept * kept, 0.0) ** 0.5
