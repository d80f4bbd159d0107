"""Update rules: how one step of each optimiser moves one coordinate.

Every rule is called as ``rule(theta, grad, state, t, lr, ...)`` and returns
``(theta, state)``:

- ``theta``, ``grad``: the coordinate and the loss's derivative there;
- ``state``: a tuple, what the rule remembers, all zeros at first;
- ``t``: the number of the step, 1, 2, 3, ...;
- ``lr`` and what follows: the hyperparameters.

It is arithmetic and nothing else, so the same lines move a Python float, a
NumPy array of parameters, a grid of hyperparameters at once, a Numba-compiled
loop and the figures in the reader's browser. Squares are written as products:
``grad * grad`` rounds alike everywhere, ``grad**2`` need not. Where papers and
libraries differ, the rule is PyTorch's, and its docstring says so.
"""

import numpy as np


def gradient_descent(theta, grad, state, t, lr):
    """Step against the gradient (Cauchy, 1847)."""
    return theta - lr * grad, state


def sign_descent(theta, grad, state, t, lr):
    """``lr`` against the gradient's sign: steepest in the maximum norm."""
    return theta - lr * np.sign(grad), state


def momentum(theta, grad, state, t, lr, beta=0.9):
    """Step along a decaying sum of all gradients so far (Polyak, 1964)."""
    (v,) = state
    v = beta * v + grad
    return theta - lr * v, (v,)


def nesterov(theta, grad, state, t, lr, beta=0.9):
    """Momentum that looks ahead (Nesterov, 1983; Sutskever et al., 2013)."""
    (v,) = state
    v = beta * v + grad
    return theta - lr * (grad + beta * v), (v,)


def adagrad(theta, grad, state, t, lr, eps=1e-10):
    """Gradient over the root of its squares' sum so far (Duchi et al., 2011).

    PyTorch's: the sum starts at zero and ``eps`` is outside the root. The
    paper's diagonal form adds its small constant outside, too; Keras starts the
    sum at 0.1, with ``eps`` inside.
    """
    (v,) = state
    v = v + grad * grad
    return theta - lr * grad / (np.sqrt(v) + eps), (v,)


def rmsprop(theta, grad, state, t, lr, alpha=0.99, eps=1e-8, centered=False):
    """Gradient over its running root mean square, or deviation (Hinton, 2012).

    PyTorch's: ``eps`` is outside the root. Graves (2013), who centred it, adds
    it inside.
    """
    v, m = state
    v = alpha * v + (1 - alpha) * grad * grad
    spread = v
    if centered:
        m = alpha * m + (1 - alpha) * grad
        spread = np.maximum(v - m * m, 0.0)  # rounding can leave less than zero
    return theta - lr * grad / (np.sqrt(spread) + eps), (v, m)


def adadelta(theta, grad, state, t, lr, rho=0.9, eps=1e-6):
    """In units of the steps so far over the gradients so far (Zeiler, 2012).

    PyTorch's: the paper's algorithm 1, whose step is then multiplied by ``lr``,
    1 in the paper.
    """
    v, u = state
    v = rho * v + (1 - rho) * grad * grad
    delta = np.sqrt(u + eps) / np.sqrt(v + eps) * grad
    u = rho * u + (1 - rho) * delta * delta
    return theta - lr * delta, (v, u)


def adam(theta, grad, state, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Mean gradient over its root mean square (Kingma and Ba, 2015)."""
    m, v = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v)


# fmt: off
def adamw(
    theta, grad, state, t, lr,
    beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01,
):
    """Adam, and the weights' decay apart from it (Loshchilov and Hutter, 2019).

    PyTorch's: ``lr`` multiplies the decay. The paper multiplies it by the
    schedule alone.
    """
    m, v = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = (1 - lr * weight_decay) * theta
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v)
# fmt: on


def amsgrad(theta, grad, state, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Adam whose mean square never falls (Reddi, Kale and Kumar, 2018).

    PyTorch's: the largest ``v`` is found first and made unbiased then. The
    paper corrects no bias.
    """
    m, v, v_max = state
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    v_max = np.maximum(v_max, v)
    m_hat = m / (1 - beta1**t)
    v_hat = v_max / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, v_max)


# fmt: off
def nadam(
    theta, grad, state, t, lr,
    beta1=0.9, beta2=0.999, eps=1e-8, momentum_decay=4e-3,
):
    """Adam with Nesterov's look ahead, its momentum warming up (Dozat, 2016).

    PyTorch's: ``m`` decays by ``beta1``, in the paper by ``mu``. The state
    holds ``c``, one minus the product of all ``mu`` so far, because it starts
    at zero.
    """
    m, v, c = state
    mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
    product = mu * (1 - c)
    c = 1 - product
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat = mu_next * m / (1 - mu_next * product) + (1 - mu) * grad / c
    v_hat = v / (1 - beta2**t)
    return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, c)
# fmt: on


def adamax(theta, grad, state, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Mean gradient over its fading maximum (Kingma and Ba, 2015, algorithm 2).

    PyTorch's: ``eps`` is added to the new gradient's size. The paper has no
    ``eps``.
    """
    m, u = state
    m = beta1 * m + (1 - beta1) * grad
    u = np.maximum(beta2 * u, np.abs(grad) + eps)
    return theta - lr / (1 - beta1**t) * m / u, (m, u)
