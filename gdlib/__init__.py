"""gdlib: gradient descent, from one formula to a figure that moves.

``import gdlib as gd`` is all that a notebook needs.
"""

from . import explore, plots
from ._glue import glue
from .descent import Trace, minimize
from .landscapes import CriticalPoint, Landscape, landscape
from .optimizers import Adam, GradientDescent, Momentum, Nesterov, Optimizer

__version__ = "0.1.0"

__all__ = [
    "Adam",
    "CriticalPoint",
    "GradientDescent",
    "Landscape",
    "Momentum",
    "Nesterov",
    "Optimizer",
    "Trace",
    "explore",
    "glue",
    "landscape",
    "minimize",
    "plots",
]
