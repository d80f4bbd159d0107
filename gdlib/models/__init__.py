"""Models: the loss of data under parameters, and its gradient, for any optimiser to descend."""

from . import initial
from .base import Layer, Model
from .linear import LinearRegression, LogisticRegression, SoftmaxRegression
from .mlp import MLP, Signal

__all__ = [
    "MLP",
    "Layer",
    "LinearRegression",
    "LogisticRegression",
    "Model",
    "Signal",
    "SoftmaxRegression",
    "initial",
]
