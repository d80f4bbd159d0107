"""What the formulas use of NumPy, for MicroPython: elementary functions of one number."""

# ruff: noqa: F401

import math
from math import cos, e, exp, floor, log, pi, sin, sqrt, tan, tanh

isfinite = math.isfinite
isnan = math.isnan
inf = float("inf")
nan = float("nan")


def abs(x):
    return x if x >= 0 else -x


def sign(x):
    return (x > 0) - (x < 0)


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
