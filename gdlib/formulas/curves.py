"""Curves: losses of one parameter, each with its slope and its curvature.

``name(x)`` is the loss, ``name_slope(x)`` the first derivative,
``name_curvature(x)`` the second. At a kink the slope is the middle of those on
either side, and the curvature that of the right side.
"""

import numpy as np


def parabola(x, a):
    """Half of a x^2: the same curvature a everywhere."""
    return a * x * x / 2


def parabola_slope(x, a):
    return a * x


def parabola_curvature(x, a):
    return a


def quartic(x):
    """x^4: flat at its minimum, where the curvature is zero."""
    x2 = x * x
    return x2 * x2


def quartic_slope(x):
    return 4 * x * x * x


def quartic_curvature(x):
    return 12 * x * x


def cubic(x, b):
    """x^3 - b x: a hill and a valley if b > 0, an inflection between them."""
    return x * (x * x - b)


def cubic_slope(x, b):
    return 3 * x * x - b


def cubic_curvature(x, b):
    return 6 * x


def absolute(x):
    """The distance to 0: a slope of one size everywhere, and a kink."""
    return np.abs(x)


def absolute_slope(x):
    return np.sign(x)


def absolute_curvature(x):
    return 0.0


def double_well(x, tilt):
    """Two valleys and a hill; a positive tilt deepens the left valley."""
    u = x * x - 1
    return u * u / 4 + tilt * x


def double_well_slope(x, tilt):
    return x * (x * x - 1) + tilt


def double_well_curvature(x, tilt):
    return 3 * x * x - 1


def wiggle(x, tilt):
    """A cosine on a slope: valleys without end, each deeper than the last."""
    return tilt * x - np.cos(x)


def wiggle_slope(x, tilt):
    return tilt + np.sin(x)


def wiggle_curvature(x, tilt):
    return np.cos(x)


def lessard(x):
    """Curvature 25, but 1 from x = 1 to 2 (Lessard et al., 2016)."""
    p = np.maximum(x - 1, 0)
    q = np.maximum(x - 2, 0)
    return 12.5 * x * x - 12 * (p * p - q * q)


def lessard_slope(x):
    return 25 * x - 24 * (np.maximum(x - 1, 0) - np.maximum(x - 2, 0))


def lessard_curvature(x):
    return 25 - 24 * ((x >= 1) & (x < 2))
