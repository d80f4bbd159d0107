"""Figures to play with: ipywidgets sliders beside a view, computed by `gdlib` itself.

In Jupyter the kernel computes what is drawn; on the built page MicroPython does, from the same
files.
"""

from .descent import Descent
from .page import page_python

__all__ = ["Descent", "page_python"]
