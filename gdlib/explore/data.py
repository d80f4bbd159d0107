"""What a mark's names stand for."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from .words import say

__all__ = ["IN_TEXT", "Data", "worded"]

REFERENCE = re.compile(r"^([^\[\]]+?)(?:\[(.*)\])?$")
IN_TEXT = re.compile(r"\{([^{}]+)\}")


class Data:
    """Looks names up for marks: in what was drawn, then in the inputs, then in the store."""

    def __init__(self, drawing: Mapping[str, Any], inputs: Mapping[str, Any], store: Any) -> None:
        self.places = (drawing, inputs, store)

    def __call__(self, reference: Any) -> Any:
        if not isinstance(reference, str):
            return reference
        found = REFERENCE.match(reference)
        if not found:
            raise KeyError(reference)
        value = self._named(found[1])
        for key in found[2].split(",") if found[2] else ():
            value = value[self._named(key.strip())]
        return value

    def _named(self, name: str) -> Any:
        if name == "clock":
            return -1  # a still picture shows the end
        for place in self.places:
            if name in place:
                return place[name]
        raise KeyError(name)

    def text(self, template: str) -> str:
        """`template` with the numbers that its names stand for."""
        return IN_TEXT.sub(lambda name: worded(self(name[1])), template)

    def numbers(self, reference: Any) -> Any:
        """An array of floats, NaN where there is None."""
        return np.array(self(reference), dtype=float)


def worded(value: Any) -> str:
    return value if isinstance(value, str) else say(value)
