"""The book's own explorables, each named for what it teaches."""

from .descent import Descent
from .learning_rate_regimes import LearningRateRegimes
from .momentum_phase import MomentumPhase

__all__ = ["Descent", "LearningRateRegimes", "MomentumPhase"]
