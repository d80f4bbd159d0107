"""Landscapes: losses of two parameters, each with its gradient and its Hessian.

``name(x, y)`` is the loss, ``name_gradient(x, y)`` the pair of partial
derivatives and ``name_hessian(x, y)`` the three second derivatives ``(xx, xy,
yy)``. Squares are written as products, which round alike in every runtime; a
power need not.
"""

import numpy as np


def quadratic(x, y, a, b, c):
    """Half of a x^2 + 2 b x y + c y^2: a bowl, a trough or a saddle."""
    return (a * x * x + 2 * b * x * y + c * y * y) / 2


def quadratic_gradient(x, y, a, b, c):
    return a * x + b * y, b * x + c * y


def quadratic_hessian(x, y, a, b, c):
    return a, b, c


def rosenbrock(x, y):
    """A curved valley with a flat floor (Rosenbrock, 1960)."""
    u = 1 - x
    w = y - x * x
    return u * u + 100 * w * w


def rosenbrock_gradient(x, y):
    u = 1 - x
    w = y - x * x
    return -2 * u - 400 * x * w, 200 * w


def rosenbrock_hessian(x, y):
    w = y - x * x
    return 2 - 400 * w + 800 * x * x, -400 * x, 200


def beale(x, y):
    """A plateau with steep walls (Beale, 1958)."""
    y2 = y * y
    y3 = y2 * y
    p = 1.5 - x + x * y
    q = 2.25 - x + x * y2
    r = 2.625 - x + x * y3
    return p * p + q * q + r * r


def beale_gradient(x, y):
    y2 = y * y
    y3 = y2 * y
    p = 1.5 - x + x * y
    q = 2.25 - x + x * y2
    r = 2.625 - x + x * y3
    return (
        2 * (p * (y - 1) + q * (y2 - 1) + r * (y3 - 1)),
        2 * x * (p + 2 * q * y + 3 * r * y2),
    )


def beale_hessian(x, y):
    y2 = y * y
    y3 = y2 * y
    p = 1.5 - x + x * y
    q = 2.25 - x + x * y2
    r = 2.625 - x + x * y3
    px, qx, rx = y - 1, y2 - 1, y3 - 1
    py, qy, ry = x, 2 * x * y, 3 * x * y2
    return (
        2 * (px * px + qx * qx + rx * rx),
        2 * (px * py + p + qx * qy + 2 * q * y + rx * ry + 3 * r * y2),
        2 * (py * py + qy * qy + 2 * q * x + ry * ry + 6 * r * x * y),
    )


def himmelblau(x, y):
    """Four equal minima, four saddles and a hilltop (Himmelblau, 1972)."""
    u = x * x + y - 11
    w = x + y * y - 7
    return u * u + w * w


def himmelblau_gradient(x, y):
    u = x * x + y - 11
    w = x + y * y - 7
    return 4 * x * u + 2 * w, 2 * u + 4 * y * w


def himmelblau_hessian(x, y):
    u = x * x + y - 11
    w = x + y * y - 7
    return 4 * u + 8 * x * x + 2, 4 * x + 4 * y, 4 * w + 8 * y * y + 2


def booth(x, y):
    """A long, slanted bowl, squares of two misses (Jamil and Yang, 2013)."""
    u = x + 2 * y - 7
    w = 2 * x + y - 5
    return u * u + w * w


def booth_gradient(x, y):
    return 10 * x + 8 * y - 34, 8 * x + 10 * y - 38


def booth_hessian(x, y):
    return 10, 8, 10


def mccormick(x, y):
    """A trough whose floor rises and falls as it climbs (McCormick, 1976)."""
    u = x - y
    return np.sin(x + y) + u * u - 1.5 * x + 2.5 * y + 1


def mccormick_gradient(x, y):
    c = np.cos(x + y)
    u = x - y
    return c + 2 * u - 1.5, c - 2 * u + 2.5


def mccormick_hessian(x, y):
    s = np.sin(x + y)
    return 2 - s, -2 - s, 2 - s


def styblinski_tang(x, y):
    """Four basins, one for each corner (Styblinski and Tang, 1990)."""
    x2 = x * x
    y2 = y * y
    return (x2 * x2 - 16 * x2 + 5 * x + y2 * y2 - 16 * y2 + 5 * y) / 2


def styblinski_tang_gradient(x, y):
    return 2 * x * x * x - 16 * x + 2.5, 2 * y * y * y - 16 * y + 2.5


def styblinski_tang_hessian(x, y):
    return 6 * x * x - 16, 0, 6 * y * y - 16


def six_hump_camel(x, y):
    """Six minima, two of them lowest, two hilltops (Dixon and Szegö, 1978)."""
    x2 = x * x
    y2 = y * y
    return (4 - 2.1 * x2 + x2 * x2 / 3) * x2 + x * y + (4 * y2 - 4) * y2


def six_hump_camel_gradient(x, y):
    x2 = x * x
    return (8 - 8.4 * x2 + 2 * x2 * x2) * x + y, x + (16 * y * y - 8) * y


def six_hump_camel_hessian(x, y):
    x2 = x * x
    return 8 - 25.2 * x2 + 10 * x2 * x2, 1, 48 * y * y - 8


def monkey_saddle(x, y):
    """Three valleys and three ridges meet at a point without any curvature."""
    return x * (x * x - 3 * y * y)


def monkey_saddle_gradient(x, y):
    return 3 * (x * x - y * y), -6 * x * y


def monkey_saddle_hessian(x, y):
    return 6 * x, -6 * y, -6 * x


def rastrigin(x, y):
    """A bowl with a dent near every pair of whole numbers (Rastrigin, 1974)."""
    c = np.cos(2 * np.pi * x)
    d = np.cos(2 * np.pi * y)
    return x * x + y * y + 10 * (1 - c + 1 - d)


def rastrigin_gradient(x, y):
    s = np.sin(2 * np.pi * x)
    t = np.sin(2 * np.pi * y)
    return 2 * x + 20 * np.pi * s, 2 * y + 20 * np.pi * t


def rastrigin_hessian(x, y):
    c = np.cos(2 * np.pi * x)
    d = np.cos(2 * np.pi * y)
    return 2 + 40 * np.pi * np.pi * c, 0, 2 + 40 * np.pi * np.pi * d


def ackley(x, y):
    """A dented plain around a pit with a sharp tip (Ackley, 1987).

    The pit is a cone, so its tip at (0, 0), the minimum, has no derivatives.
    There the gradient is taken as zero, and the Hessian as that of the dents
    alone.
    """
    r = np.sqrt((x * x + y * y) / 2)
    c = (np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y)) / 2
    return -20 * np.expm1(-r / 5) - np.e * np.expm1(c - 1)


def ackley_gradient(x, y):
    r = np.sqrt((x * x + y * y) / 2)
    slope = 2 * np.exp(-r / 5) / np.where(r > 0, r, np.inf)
    g = np.pi * np.exp((np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y)) / 2)
    along_x = slope * x + g * np.sin(2 * np.pi * x)
    along_y = slope * y + g * np.sin(2 * np.pi * y)
    return along_x, along_y


def ackley_hessian(x, y):
    r = np.sqrt((x * x + y * y) / 2)
    per_r = 1 / np.where(r > 0, r, np.inf)
    u = x * per_r
    w = y * per_r
    bend = np.exp(-r / 5)
    turn = bend * (0.2 + per_r)
    c = np.cos(2 * np.pi * x)
    d = np.cos(2 * np.pi * y)
    s = np.sin(2 * np.pi * x)
    t = np.sin(2 * np.pi * y)
    g = np.pi * np.pi * np.exp((c + d) / 2)
    return (
        2 * bend * per_r - turn * u * u + g * (2 * c - s * s),
        -turn * u * w - g * s * t,
        2 * bend * per_r - turn * w * w + g * (2 * d - t * t),
    )
