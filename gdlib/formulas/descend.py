"""Descent on a landscape, coordinate by coordinate."""

import numpy as np


def descend(rule, loss, gradient, start, state, steps, hyper, shape=()):
    """Yield ``(x, y, loss)`` at the start and after every step of `rule`.

    ``state`` is what one coordinate's rule remembers at first, ``hyper`` the
    hyperparameters in the rule's order, ``shape`` the landscape's own
    parameters. The run ends early where the loss or the gradient is no longer
    finite: a path shorter than ``steps + 1`` points has diverged.
    """
    x, y = start
    state_x = state
    state_y = state
    for t in range(1, steps + 2):
        height = loss(x, y, *shape)
        dx, dy = gradient(x, y, *shape)
        if not (np.isfinite(height) and np.isfinite(dx) and np.isfinite(dy)):
            return
        yield x, y, height
        x, state_x = rule(x, dx, state_x, t, *hyper)
        y, state_y = rule(y, dy, state_y, t, *hyper)
