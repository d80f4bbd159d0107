"""Update rules: how one step of each optimiser moves one coordinate.

Every rule is called as ``rule(theta, grad, state, t, lr, ...)`` and returns ``(theta, state)``:

- ``theta``, ``grad``: the coordinate and the loss's derivative there;
- ``state``: a tuple, what the rule remembers from step to step, all zeros at first;
- ``t``: the number of the step, 1, 2, 3, ...;
- ``lr`` and what follows: the hyperparameters.

It is arithmetic and nothing else, so the same lines move a Python float, a NumPy array of
parameters, a grid of hyperparameters at once, a Numba-compiled loop and the figures in the reader's
browser. Squares are written as products: ``grad * grad`` rounds alike everywhere, ``grad**2`` need
not.
"""

import numpy as np


def gradient_descent(theta, grad, state, t, lr):
    """Step against the gradient (Cauchy, 1847)."""
    return theta - lr * grad, state


def momentum(theta, grad, state, t, lr, beta=0.9):
    """Step along a decaying sum of all gradients so far (Polyak, 1964)."""
    (v,) = state
    v = beta * v + grad
    return theta - lr * v, (v,)


def nesterov(theta, grad, state, t, lr, beta=0.9):
    """Momentum that looks one step ahead (Nesterov, 1983, as in Sutskever et al., 2013)."""
    (v,) = state
    v = beta * v + grad
    return theta - lr * (grad + beta * v), (v,)


def adam(theta, grad, state, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Mean gradient over its root mean square, both unbiased (Kingma and Ba, 2015, algorithm 1)."""
    m, v = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v)
