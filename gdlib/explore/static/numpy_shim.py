"""What the formulas use of NumPy, for MicroPython: elementary functions of one number.

Where `math` raises an error, these return what NumPy returns, so that a run that overflows ends as
it does there.
"""

import math
from math import e, inf, isfinite, isnan, nan, pi, tanh  # noqa: F401


def abs(x):
    return math.fabs(x)


def sign(x):
    return x if x != x else (x > 0) - (x < 0)


def maximum(a, b):
    return a if a >= b or a != a else b  # nan stays nan


def minimum(a, b):
    return a if a <= b or a != a else b


def where(condition, a, b):
    return a if condition else b


def clip(x, low, high):
    return minimum(maximum(x, low), high)


def square(x):
    return x * x


def floor(x):
    return float(math.floor(x)) if math.isfinite(x) else x


def sqrt(x):
    return nan if x < 0 else math.sqrt(x)


def exp(x):
    return inf if x > 709.782712893384 else math.exp(x)


def expm1(x):
    return inf if x > 709.782712893384 else math.expm1(x)


def log(x):
    return math.log(x) if x > 0 or x != x else nan if x < 0 else -inf


def log1p(x):
    u = 1 + x
    if not u > 0 or u == inf:
        return log(u)
    return x if u == 1 else math.log(u) * (x / (u - 1))  # Kahan's: what u has lost is made good


def power(x, y):
    if x == 0 and y < 0:
        return inf
    broken = x < 0 and math.isfinite(y) and y != math.floor(y)
    return nan if broken else float(x) ** y  # which MicroPython would make complex


def sin(x):
    return nan if math.isinf(x) else math.sin(x)


def cos(x):
    return nan if math.isinf(x) else math.cos(x)


def tan(x):
    return nan if math.isinf(x) else math.tan(x)
