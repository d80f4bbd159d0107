"""Initial weights: each function takes a generator and the shape of W, and returns W.

Xavier's and He's rules are the normal ones. They fix the variance, and any distribution will do.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import _check

__all__ = ["he", "normal", "orthogonal", "xavier", "zeros"]

Array = NDArray[Any]
Seed = int | np.random.Generator


def zeros(rng: Seed, fan_in: int, fan_out: int) -> Array:
    """Return zeros: all neurons of a layer then stay equal for ever.

    Parameters
    ----------
    rng : int or numpy.random.Generator
        Not used.
    fan_in, fan_out : int
        Inputs and outputs of the layer, >= 1.

    Returns
    -------
    ndarray of shape (fan_in, fan_out)

    Raises
    ------
    ValueError
        If `fan_in` or `fan_out` is not a whole number >= 1.

    Examples
    --------
    >>> from gdlib.models import initial
    >>> initial.zeros(0, 1, 2)
    array([[0., 0.]])
    """
    _, m, n = _checked(rng, fan_in, fan_out)
    return np.zeros((m, n))


def normal(rng: Seed, fan_in: int, fan_out: int) -> Array:
    """Return draws of variance 1, whatever the width: too much, until it is scaled.

    Parameters
    ----------
    rng : int or numpy.random.Generator
        The seed, or the generator to draw from.
    fan_in, fan_out : int
        Inputs and outputs of the layer, >= 1.

    Returns
    -------
    ndarray of shape (fan_in, fan_out)

    Raises
    ------
    ValueError
        If `fan_in` or `fan_out` is not a whole number >= 1.

    Examples
    --------
    >>> from gdlib.models import initial
    >>> initial.normal(0, 300, 100).var().round(1)
    np.float64(1.0)
    """
    rng, m, n = _checked(rng, fan_in, fan_out)
    return rng.normal(size=(m, n))


def xavier(rng: Seed, fan_in: int, fan_out: int) -> Array:
    """Return draws of variance ``2 / (fan_in + fan_out)``: a compromise of forwards and backwards.

    Parameters
    ----------
    rng : int or numpy.random.Generator
        The seed, or the generator to draw from.
    fan_in, fan_out : int
        Inputs and outputs of the layer, >= 1.

    Returns
    -------
    ndarray of shape (fan_in, fan_out)

    Raises
    ------
    ValueError
        If `fan_in` or `fan_out` is not a whole number >= 1.

    References
    ----------
    Glorot, X., and Bengio, Y., Understanding the difficulty of training deep feedforward neural
    networks, AISTATS 2010, eq. (12).

    Examples
    --------
    >>> from gdlib.models import initial
    >>> initial.xavier(0, 300, 100).var().round(4)
    np.float64(0.005)
    """
    rng, m, n = _checked(rng, fan_in, fan_out)
    return rng.normal(0, np.sqrt(2 / (m + n)), (m, n))


def he(rng: Seed, fan_in: int, fan_out: int) -> Array:
    """Return draws of variance ``2 / fan_in``: ReLU lets half of the mean square through.

    Parameters
    ----------
    rng : int or numpy.random.Generator
        The seed, or the generator to draw from.
    fan_in, fan_out : int
        Inputs and outputs of the layer, >= 1.

    Returns
    -------
    ndarray of shape (fan_in, fan_out)

    Raises
    ------
    ValueError
        If `fan_in` or `fan_out` is not a whole number >= 1.

    References
    ----------
    He, K., Zhang, X., Ren, S., and Sun, J., Delving deep into rectifiers: surpassing human-level
    performance on ImageNet classification, ICCV 2015, eq. (10).

    Examples
    --------
    >>> from gdlib.models import initial
    >>> initial.he(0, 200, 100).var().round(3)
    np.float64(0.01)
    """
    rng, m, n = _checked(rng, fan_in, fan_out)
    return rng.normal(0, np.sqrt(2 / m), (m, n))


def orthogonal(rng: Seed, fan_in: int, fan_out: int) -> Array:
    """Return a random matrix whose rows or columns, whichever are fewer, are orthonormal.

    Parameters
    ----------
    rng : int or numpy.random.Generator
        The seed, or the generator to draw from.
    fan_in, fan_out : int
        Inputs and outputs of the layer, >= 1.

    Returns
    -------
    ndarray of shape (fan_in, fan_out)

    Raises
    ------
    ValueError
        If `fan_in` or `fan_out` is not a whole number >= 1.

    References
    ----------
    Saxe, A. M., McClelland, J. L., and Ganguli, S., Exact solutions to the nonlinear dynamics of
    learning in deep linear neural networks, ICLR 2014. Mezzadri, F., How to generate random
    matrices from the classical compact groups, 2007, for the signs that make it uniform.

    Examples
    --------
    >>> import numpy as np
    >>> from gdlib.models import initial
    >>> W = initial.orthogonal(0, 3, 2)
    >>> np.allclose(W.T @ W, np.eye(2))
    True
    """
    rng, m, n = _checked(rng, fan_in, fan_out)
    Q, R = np.linalg.qr(rng.normal(size=(max(m, n), min(m, n))))
    Q = Q * np.sign(np.diag(R))
    return Q if m >= n else Q.T


def _checked(rng: Seed, fan_in: int, fan_out: int) -> tuple[np.random.Generator, int, int]:
    sizes = {"fan_in": fan_in, "fan_out": fan_out}
    m, n = (_check.at_least(1, name, size) for name, size in sizes.items())
    return _check.generator("rng", rng), m, n
