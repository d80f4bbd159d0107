"""Activations: what a neuron makes of its input, and how steeply.

``name(x)`` is the activation and ``name_slope(x)`` its derivative, with which
backpropagation multiplies. Where there is a kink, the slope is that of the left
side, as in PyTorch. Exponentials are taken of numbers <= 0 only, so that
nothing overflows and the tails keep all their digits.
"""

import numpy as np


def identity(x):
    """Nothing: layers of it make a linear map, however many."""
    return x


def identity_slope(x):
    return 1.0


def sigmoid(x):
    """1 / (1 + exp(-x)), from 0 to 1."""
    return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))


def sigmoid_slope(x):
    e = np.exp(-np.abs(x))
    return e / ((1 + e) * (1 + e))


def tanh(x):
    """The hyperbolic tangent, from -1 to 1."""
    return np.tanh(x)


def tanh_slope(x):
    e = np.exp(-2 * np.abs(x))
    return 4 * e / ((1 + e) * (1 + e))


def relu(x):
    """x where it is positive, else 0 (Nair and Hinton, 2010)."""
    return np.maximum(x, 0)


def relu_slope(x):
    return np.sign(np.maximum(x, 0))


def leaky_relu(x, slope=0.01):
    """x where it is positive, else a fraction of it (Maas et al., 2013)."""
    return np.maximum(x, 0) + slope * np.minimum(x, 0)


def leaky_relu_slope(x, slope=0.01):
    on = np.sign(np.maximum(x, 0))
    return on + slope * (1 - on)


def gelu(x):
    """x times the normal distribution function (Hendrycks and Gimpel, 2016).

    The form is x (1 + tanh(z / 2)) / 2, which is x sigmoid(z).
    """
    z = 1.5957691216057308 * (x + 0.044715 * x * x * x)  # 2 sqrt(2 / pi)
    return x * np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))


def gelu_slope(x):
    z = 1.5957691216057308 * (x + 0.044715 * x * x * x)
    dz = 1.5957691216057308 * (1 + 3 * 0.044715 * x * x)
    e = np.exp(-np.abs(z))
    return np.exp(np.minimum(z, 0)) / (1 + e) + x * dz * e / ((1 + e) * (1 + e))
