"""What stands guard in the kernel of a submission. Its text is sent there, and run before all else.

It remembers what the functions of the libraries are, and before each cell of tests it puts back
those that were replaced, and reports them. That catches much, not all: tests share the interpreter
with the student's code.
"""

import builtins
import contextlib
import copy
import pickle
import sys
import types
import warnings
from collections.abc import Callable
from typing import Any

LIBRARIES = ("builtins", "math", "numpy", "gdlib")
MOVING = {"input"}  # the kernel puts its own in place for each cell
OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "bool", "array", "array_ufunc", "array_function")


class Guard:
    """Remembers the libraries as they are now."""

    def __init__(self) -> None:
        warnings.simplefilter("ignore")
        import numpy.testing  # noqa: F401  (to be remembered, too)

        self.kept: dict[tuple[int, str], tuple[Any, Any]] = {}
        self.code: dict[int, tuple[types.FunctionType, tuple[Any, ...]]] = {}
        self.modules: dict[str, types.ModuleType] = {}
        self.data: dict[str, tuple[Any, bytes, Any]] = {}
        self.classes = set(map(id, self._classes(object)))
        self.look()

    def look(self) -> None:
        """Remember the modules that have been imported since."""
        for name in [n for n in sys.modules if n.split(".")[0] in LIBRARIES]:
            module = sys.modules[name]
            if module is None or name in self.modules:
                continue
            self.modules[name] = module
            for holder in [module, *filter(self._is_own_class(name), vars(module).values())]:
                for key, value in list(vars(holder).items()):
                    if key not in MOVING and (
                        callable(value) or isinstance(value, types.ModuleType)
                    ):
                        self.kept[id(holder), key] = holder, value
                    if isinstance(value, types.FunctionType):
                        parts = value.__code__, value.__defaults__, value.__kwdefaults__
                        self.code[id(value)] = value, parts

    def keep(self, space: dict[str, Any], names: list[str]) -> None:
        """Remember what the assignment gave: functions, and data that nothing changes rightly."""
        import numpy as np

        for name in names:
            value = space.get(name)
            if isinstance(
                value, np.ndarray | int | float | str | tuple | type | types.FunctionType
            ):
                with contextlib.suppress(Exception):  # what cannot be copied is not kept
                    self.data[name] = value, self._print(value), copy.deepcopy(value)

    def restore(self, space: dict[str, Any]) -> list[str]:
        """Put back what was given, where it has changed, and name it."""
        found = []
        for name, (value, fingerprint, spare) in self.data.items():
            if space.get(name) is not value or self._print(value) != fingerprint:
                found.append(name)
                again = copy.deepcopy(spare)
                self.data[name] = again, fingerprint, spare
                space[name] = again
        return found

    @staticmethod
    def _print(value: object) -> bytes:
        """The content of data, or the inside of a function."""
        if isinstance(value, types.FunctionType):
            return value.__code__.co_code + repr(value.__code__.co_consts).encode()
        return b"" if isinstance(value, type) else pickle.dumps(value)

    def report(self, space: dict[str, Any], given: dict[str, str], used: list[str]) -> list[str]:
        """Put back what was replaced, and name it; name what tests cannot trust in `space`.

        `given` are the names under which the assignment imported modules, `used` the names that its
        tests use.
        """
        found = []
        for (_, key), (holder, value) in self.kept.items():
            if vars(holder).get(key) is not value:
                found.append(f"{holder.__name__}.{key} was replaced")
                with contextlib.suppress(AttributeError, TypeError):
                    setattr(holder, key, value)
        for function, parts in self.code.values():
            if (function.__code__, function.__defaults__, function.__kwdefaults__) != parts:
                found.append(f"{function.__module__}.{function.__name__} was changed")
                function.__code__, function.__defaults__, function.__kwdefaults__ = parts
        for name in used:
            module = self.modules.get(given.get(name, ""), sys.modules.get(given.get(name, "")))
            of_ours = name in given and space.get(name) is not module
            if of_ours or (name not in given and name in space and hasattr(builtins, name)):
                found.append(f"the name {name} means something else")
        for kind in self._classes(object):
            if id(kind) not in self.classes and kind.__module__ == "__main__":
                own = [n for n in OPERATORS if f"__{n}__" in vars(kind)]
                if own and not hasattr(kind, "__dataclass_fields__"):
                    found.append(f"the class {kind.__name__} has a __{own[0]}__ of its own")
        self.look()
        return sorted(set(found))[:5]

    @staticmethod
    def _classes(root: type) -> set[type]:
        """All classes that there are."""
        seen: set[type] = set()
        todo = [root]
        kind: type
        while todo:
            for kind in type.__subclasses__(todo.pop()):
                if kind not in seen:
                    seen.add(kind)
                    todo.append(kind)
        return seen

    @staticmethod
    def _is_own_class(name: str) -> Callable[[object], bool]:
        return lambda value: isinstance(value, type) and value.__module__ == name
