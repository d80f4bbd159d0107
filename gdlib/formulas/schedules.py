"""Schedules: the learning rate of each step.

Every schedule is called as ``schedule(k, ...)`` with the number ``k = 0, 1, 2,
...`` of the steps taken so far, so the first step has ``k = 0``, and returns
the rate of the step that comes next. A schedule with an end keeps its last rate
from there on.
"""

import numpy as np


def constant(k, lr):
    """The same rate for ever."""
    return lr


def step(k, lr, step_size, gamma=0.1):
    """Times ``gamma`` every ``step_size`` steps, first at ``k = step_size``."""
    return lr * gamma ** (k // step_size)


def multi_step(k, lr, milestones, gamma=0.1):
    """Times ``gamma`` at each of the ``milestones``."""
    for milestone in milestones:
        if k >= milestone:
            lr = lr * gamma
    return lr


def exponential(k, lr, gamma):
    """Times ``gamma`` after every step."""
    return lr * gamma**k


def inverse_time(k, lr, decay):
    """Like 1 / k in the long run; half of ``lr`` at ``k = 1 / decay``.

    Robbins and Monro, 1951.
    """
    return lr / (1 + decay * k)


def polynomial(k, lr, steps, power=1.0):
    """Down to zero at ``k = steps``; a straight line if ``power`` is 1."""
    return lr * (1 - np.minimum(k, steps) / steps) ** power


def cosine(k, lr, steps, lr_min=0.0):
    """Down to ``lr_min`` at ``k = steps``, along half a wave.

    Loshchilov and Hutter, 2017, equation (5).
    """
    wave = (1 + np.cos(np.pi * np.minimum(k, steps) / steps)) / 2
    return lr_min + (lr - lr_min) * wave


def cosine_restarts(k, lr, period, multiplier=1, lr_min=0.0):
    """Half a wave from ``lr`` down, again and again.

    The first takes ``period`` steps, each next ``multiplier`` times as many
    (Loshchilov and Hutter, 2017).
    """
    while multiplier > 1 and k >= period:
        k = k - period
        period = period * multiplier
    wave = (1 + np.cos(np.pi * (k % period) / period)) / 2
    return lr_min + (lr - lr_min) * wave


def one_cycle(k, lr_max, steps, warmup=0.3, div=25.0, final_div=1e4):
    """Up from ``lr_max / div`` and down to a ``final_div``-th of that.

    PyTorch's: both ways are half a wave, the top lies at
    ``k = warmup * steps - 1`` and the end at ``k = steps - 1``. The paper
    goes in straight lines (Smith and Topin, 2017).
    """
    start = lr_max / div
    end = start / final_div
    top = warmup * steps - 1
    k = np.minimum(k, steps - 1)
    if k < top:
        return lr_max + (start - lr_max) * (1 + np.cos(np.pi * k / top)) / 2
    wave = (1 + np.cos(np.pi * (k - top) / (steps - 1 - top))) / 2
    return end + (lr_max - end) * wave


def warmup(k, lr, steps):
    """In equal parts up to ``lr`` at ``k = steps - 1``; no rate is zero."""
    return lr * (np.minimum(k + 1, steps) / steps)
