"""Random numbers that are the same in every runtime: for figures with noise.

The state is a tuple of three whole numbers, and every draw returns a number and
the next state. The generator is Wichmann and Hill's (1982), which needs no
number above 2^23, repeats itself after 7e12 draws only, and is good enough to
draw with; the experiments of the chapters use NumPy's.
"""

import numpy as np


def seeded(seed):
    """A state to start from, far from those of the neighbouring seeds."""
    x = 1 + (seed * 7919 + 1) % 30268
    y = 1 + (seed * 10007 + 17) % 30306
    z = 1 + (seed * 12553 + 101) % 30322
    return x, y, z


def uniform(state):
    """A number from 0 up to but not 1 (Wichmann and Hill, 1982, AS 183)."""
    x, y, z = state
    x = 171 * x % 30269
    y = 172 * y % 30307
    z = 170 * z % 30323
    return (x / 30269 + y / 30307 + z / 30323) % 1.0, (x, y, z)


def normal(u, v):
    """A standard normal number, of two uniform ones (Box and Muller, 1958)."""
    return np.sqrt(-2 * np.log(1 - u)) * np.cos(2 * np.pi * v)
