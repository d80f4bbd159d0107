"""Landscapes: losses of two parameters, each with its gradient and its Hessian.

``name(x, y)`` is the loss, ``name_gradient(x, y)`` the pair of partial derivatives and
``name_hessian(x, y)`` the three second derivatives ``(xx, xy, yy)``. Squares are written as
products, which round alike in every runtime; a power need not.
"""


def quadratic(x, y, a, b, c):
    """Half of a x^2 + 2 b x y + c y^2: a bowl, a trough or a saddle, by its eigenvalues' signs."""
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
    """Four minima of equal depth, four saddles and a hilltop (Himmelblau, 1972)."""
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
