"""Figures to play with: ipywidgets sliders beside a view, computed by `gdlib` itself.

In Jupyter the kernel computes what is drawn; on the built page MicroPython does, from the same
lines. The kit is `Explorable`: controls, a pure function, a view.
"""

from .controls import choice, log_slider, slider, switch, whole_slider
from .explorable import Explorable
from .figures import (
    AdamCounterexample,
    AdamMoments,
    BasinMap,
    BatchSize,
    ConditionNumber,
    CoordinateRates,
    Descent,
    EarlyStopping,
    GradientCompass,
    LearningRateRegimes,
    MomentumPhase,
    MomentumRace,
    NoiseBall,
    OneKnob,
    OptimizerRace,
    Outlier,
    PenaltyMap,
    RotatedBowl,
    SaddleEscape,
    SaturatedNeuron,
    ScheduleDesigner,
    SecantToTangent,
    SignalDepth,
    Staleness,
    TrainingSweep,
)
from .ground import ground_of
from .marks import Arrow, Band, Bar, Dots, Ground, Handle, Heat, Level, Line, Note, Now
from .page import page_python
from .program import program
from .store import pack, unpack
from .views import Axis, Bars, Clock, Compare, Curve, Frames, Heatmap, Lines, Plane
from .words import say

__all__ = [
    "AdamCounterexample",
    "AdamMoments",
    "Arrow",
    "Axis",
    "Band",
    "Bar",
    "Bars",
    "BasinMap",
    "BatchSize",
    "Clock",
    "Compare",
    "ConditionNumber",
    "CoordinateRates",
    "Curve",
    "Descent",
    "Dots",
    "EarlyStopping",
    "Explorable",
    "Frames",
    "GradientCompass",
    "Ground",
    "Handle",
    "Heat",
    "Heatmap",
    "LearningRateRegimes",
    "Level",
    "Line",
    "Lines",
    "MomentumPhase",
    "MomentumRace",
    "NoiseBall",
    "Note",
    "Now",
    "OneKnob",
    "OptimizerRace",
    "Outlier",
    "PenaltyMap",
    "Plane",
    "RotatedBowl",
    "SaddleEscape",
    "SaturatedNeuron",
    "ScheduleDesigner",
    "SecantToTangent",
    "SignalDepth",
    "Staleness",
    "TrainingSweep",
    "choice",
    "ground_of",
    "log_slider",
    "pack",
    "page_python",
    "program",
    "say",
    "slider",
    "switch",
    "unpack",
    "whole_slider",
]
