"""What theory says of descent: the numbers that experiments should meet.

The loss is the parabola ``curvature * theta**2 / 2`` with its minimum at 0, and
``lr`` the learning rate. All but `delayed_descent` work on arrays, so a phase
diagram is one call.
"""

import numpy as np


def descent_factor(lr, curvature):
    """What one step multiplies ``theta`` by; the run diverges beyond -1."""
    return 1 - lr * curvature


def momentum_radius(lr, curvature, beta):
    """The factor by which momentum shrinks ``theta`` per step in the long run.

    It is the larger size of the two roots of z^2 - (1 + beta - lr curvature) z
    + beta. While they are complex it is sqrt(beta), whatever the learning rate
    (Polyak, 1964).
    """
    half = (1 + beta - lr * curvature) / 2
    apart = np.sqrt(np.maximum(half * half - beta, 0))  # 0 for complex roots
    return np.maximum(np.sqrt(beta), np.abs(half) + apart)


def nesterov_radius(lr, curvature, beta):
    """The same for Nesterov's momentum.

    The polynomial is z^2 - (1 + beta) s z + beta s with s = 1 - lr curvature.
    While its roots are complex the factor is sqrt(beta s).
    """
    s = 1 - lr * curvature
    half = (1 + beta) * s / 2
    apart = np.sqrt(np.maximum(half * half - beta * s, 0))
    return np.maximum(np.sqrt(np.maximum(beta * s, 0)), np.abs(half) + apart)


def momentum_best(mu, L):
    """The best ``(lr, beta, rate)`` for curvatures ``mu`` to ``L``.

    ``rate`` is the factor per step, (sqrt(k) - 1) / (sqrt(k) + 1) with
    k = L / mu (Polyak, 1964).
    """
    low = np.sqrt(mu)
    high = np.sqrt(L)
    rate = (high - low) / (high + low)
    return 4 / ((high + low) * (high + low)), rate * rate, rate


def batch_noise(noise, batch_size, n):
    """The variance of a batch's mean gradient, no example taken twice.

    ``noise`` is the variance of one example's gradient over all ``n``, at least
    two. ``n = inf`` gives noise / batch_size, which also holds where an example
    may come twice.
    """
    return noise / batch_size * (1 - (batch_size - 1) / (n - 1))


def noise_floor(lr, curvature, noise, beta=0.0):
    """The variance of ``theta`` in the long run, with noise in the gradient.

    ``beta`` is that of momentum, 0 for gradient descent. Infinite where the run
    is not stable.
    """
    gap = curvature * (1 - beta) * (2 * (1 + beta) - lr * curvature)
    beyond = np.where(gap > 0, 0.0, np.inf)
    return lr * (1 + beta) * noise / np.where(gap > 0, gap, 1.0) + beyond


def noise_variance(k, lr, curvature, noise, start):
    """The mean square of ``theta`` after ``k`` noisy steps from ``start``.

    It goes to `noise_floor` where that is finite. From ``start = 0`` it is the
    variance.
    """
    gap = lr * curvature * (2 - lr * curvature)  # 1 - descent_factor^2
    kept = np.power(1 - gap, k)
    sums = np.where(gap == 0, k, (1 - kept) / np.where(gap == 0, 1.0, gap))
    return kept * start + lr * lr * noise * sums


def delay_threshold(delay):
    """The largest stable lr * curvature for gradients ``delay`` steps old."""
    return 2 * np.sin(np.pi / (2 * (2 * delay + 1)))


def delayed_descent(theta, lr, curvature, delay, steps):
    """Yield ``theta`` at the start and after each step with an old gradient.

    The first ``delay`` steps take the gradient at the start.
    """
    waiting = [theta] * delay
    yield theta
    for _ in range(steps):
        stale, *waiting = waiting + [theta]  # noqa: RUF005  (for MicroPython)
        theta = theta - lr * curvature * stale
        yield theta


def saddle_escape(distance, lr, curvature, radius):
    """How many steps until ``distance`` from a saddle is ``radius``; round up.

    ``curvature`` is the saddle's negative one. From distance 0 there is no
    escape: infinity.
    """
    far = np.abs(distance)
    never = np.where(far > 0, 0.0, np.inf)
    growth = np.log(np.maximum(radius / np.where(far > 0, far, 1.0), 1.0))
    return growth / np.log1p(lr * np.abs(curvature)) + never


def layer_factor(width, weight_variance, mean_square):
    """What a layer of random weights makes of a mean square, either way.

    Forwards, ``width`` is the number of inputs and ``mean_square`` that of the
    inputs: the result is that of the neurons' weighted sums. Backwards, they
    are the number of outputs and the mean square of the activation's slope:
    the result is what the gradient's mean square is multiplied by.
    """
    return width * weight_variance * mean_square


def signal_after(depth, factor):
    """What ``depth`` layers leave of a signal, each times ``factor``."""
    return np.power(factor, depth)


def half_life(beta):
    """After how many steps a moving average has forgotten half its past."""
    lasting = np.where(beta > 0, 1.0, 0.0)
    return lasting * np.log(0.5) / np.log(np.where(beta > 0, beta, 0.5))


def window(beta):
    """How many values a moving average counts: 1 + beta + beta^2 + ..."""
    return 1 / (1 - beta)
