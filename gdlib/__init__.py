"""gdlib: gradient descent, from one formula to a figure that moves.

``import gdlib as gd`` is all that a notebook needs.
"""

from . import data, diagnostics, explore, formulas, line_search, losses, models, plots, schedules
from ._glue import glue
from .descent import Trace, minimize
from .gradcheck import GradCheck, gradcheck
from .landscapes import CriticalPoint, Curve, CurvePoint, Landscape, curve, landscape
from .optimizers import (
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    AMSGrad,
    GradientDescent,
    Momentum,
    Nadam,
    Nesterov,
    Optimizer,
    RMSprop,
    SignDescent,
)
from .training import EpochReport, History, fit

__version__ = "0.1.0"

__all__ = [
    "AMSGrad",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "CriticalPoint",
    "Curve",
    "CurvePoint",
    "EpochReport",
    "GradCheck",
    "GradientDescent",
    "History",
    "Landscape",
    "Momentum",
    "Nadam",
    "Nesterov",
    "Optimizer",
    "RMSprop",
    "SignDescent",
    "Trace",
    "curve",
    "data",
    "diagnostics",
    "explore",
    "fit",
    "formulas",
    "glue",
    "gradcheck",
    "landscape",
    "line_search",
    "losses",
    "minimize",
    "models",
    "plots",
    "schedules",
]
