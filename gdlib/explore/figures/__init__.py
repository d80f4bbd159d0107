"""The book's own explorables, each named for what it teaches."""

from .adam_counterexample import AdamCounterexample
from .adam_moments import AdamMoments
from .basin_map import BasinMap
from .batch_size import BatchSize
from .condition_number import ConditionNumber
from .coordinate_rates import CoordinateRates
from .descent import Descent
from .early_stopping import EarlyStopping
from .gradient_compass import GradientCompass
from .learning_rate_regimes import LearningRateRegimes
from .momentum_phase import MomentumPhase
from .momentum_race import MomentumRace
from .noise_ball import NoiseBall
from .one_knob import OneKnob
from .optimizer_race import OptimizerRace
from .outlier import Outlier
from .penalty_map import PenaltyMap
from .rotated_bowl import RotatedBowl
from .saddle_escape import SaddleEscape
from .saturated_neuron import SaturatedNeuron
from .schedule_designer import ScheduleDesigner
from .secant_to_tangent import SecantToTangent
from .signal_depth import SignalDepth
from .staleness import Staleness
from .training_sweep import TrainingSweep

__all__ = [
    "AdamCounterexample",
    "AdamMoments",
    "BasinMap",
    "BatchSize",
    "ConditionNumber",
    "CoordinateRates",
    "Descent",
    "EarlyStopping",
    "GradientCompass",
    "LearningRateRegimes",
    "MomentumPhase",
    "MomentumRace",
    "NoiseBall",
    "OneKnob",
    "OptimizerRace",
    "Outlier",
    "PenaltyMap",
    "RotatedBowl",
    "SaddleEscape",
    "SaturatedNeuron",
    "ScheduleDesigner",
    "SecantToTangent",
    "SignalDepth",
    "Staleness",
    "TrainingSweep",
]
