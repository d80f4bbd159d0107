"""Figures to play with: ipywidgets sliders beside a view, computed by `gdlib` itself.

In Jupyter the kernel computes what is drawn; on the built page MicroPython does, from the same
lines. The kit is `Explorable`: controls, a pure function, a view.
"""

from . import figures
from .controls import choice, log_slider, slider, switch, whole_slider
from .explorable import Explorable
from .figures import *  # noqa: F403  (each is listed there)
from .ground import ground_of
from .marks import Arrow, Band, Bar, Dots, Ground, Handle, Heat, Level, Line, Note, Now
from .page import page_python
from .program import program
from .store import pack, unpack
from .views import Axis, Bars, Clock, Compare, Curve, Frames, Heatmap, Lines, Plane
from .words import say

__all__ = [
    *figures.__all__,
    "Arrow",
    "Axis",
    "Band",
    "Bar",
    "Bars",
    "Clock",
    "Compare",
    "Curve",
    "Dots",
    "Explorable",
    "Frames",
    "Ground",
    "Handle",
    "Heat",
    "Heatmap",
    "Level",
    "Line",
    "Lines",
    "Note",
    "Now",
    "Plane",
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
