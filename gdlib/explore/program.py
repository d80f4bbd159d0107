"""Ships a function to the reader's page: its source, and all that it needs there."""

import ast
import dis
import inspect
import json
import textwrap
import types
from collections.abc import Callable, Iterator
from typing import Any

from .page import STATIC

__all__ = ["program"]

SHARED = ("gdlib.formulas", "gdlib.explore.words")  # modules that the page has as files
SHIM = ast.parse((STATIC / "numpy_shim.py").read_text("utf-8"))
UNPACKING = (ast.Dict, ast.List, ast.Set, ast.Tuple)
ABSENT = {"open", "input", "breakpoint", "vars", "ascii", "format", "globals", "locals"}


def program(function: Callable[..., Any]) -> str:
    """Return the Python text that defines `function` where only the page's files are.

    Functions that it calls come along, and constants; `numpy` and `gdlib.formulas` are there.

    Parameters
    ----------
    function : callable
        A plain function whose source can be read.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If it uses what the page has not, by name.

    Examples
    --------
    >>> from gdlib.explore import program
    >>> from gdlib.formulas.theory import window
    >>> program(window)
    'from gdlib.formulas.theory import window as window\\n'
    """
    parts: dict[str, str] = {}
    _add(function, function.__name__, parts)
    return "\n".join(parts.values())


def _add(thing: Any, name: str, parts: dict[str, str]) -> None:
    """Put the definition of `thing` under `name` into `parts`, after all that it needs."""
    if name in parts:
        return
    home = getattr(thing, "__module__", None) or ""
    if inspect.ismodule(thing):
        if thing.__name__ == "numpy":
            parts[name] = f"import numpy as {name}\n"
        elif thing.__name__ == "math":
            parts[name] = f"import math as {name}\n"
        elif thing.__name__.startswith(SHARED):
            folder, _, leaf = thing.__name__.rpartition(".")
            parts[name] = f"from {folder} import {leaf} as {name}\n"
        else:
            raise ValueError(f"{name} is a module that the page has not: {thing.__name__}")
    elif inspect.isfunction(thing) and home.startswith(SHARED):
        parts[name] = f"from {home} import {thing.__name__} as {name}\n"
    elif inspect.isfunction(thing):
        source = _source(thing)
        parts[name] = ""  # it may call itself
        for used in sorted(_globals(thing.__code__)):
            if used in thing.__globals__:
                _need(thing, used, parts)
            elif used in ABSENT:
                raise ValueError(f"{thing.__name__} uses {used}(), which the page has not")
        del parts[name]
        parts[name] = source
        if thing.__name__ != name:
            parts[name] += f"{name} = {thing.__name__}\n"
    else:
        try:
            json.dumps(thing, allow_nan=False)
        except (TypeError, ValueError):
            kind = type(thing).__name__
            raise ValueError(f"{name} is of type {kind}, which cannot go to the page") from None
        parts[name] = f"{name} = {thing!r}\n"


def _need(function: types.FunctionType, used: str, parts: dict[str, str]) -> None:
    try:
        _add(function.__globals__[used], used, parts)
    except ValueError as error:
        raise ValueError(f"{function.__name__} uses {used}: {error}") from None


def _source(function: types.FunctionType) -> str:
    """The text of `function`, checked for what the page has not."""
    name = function.__name__
    if name == "<lambda>" or function.__code__.co_freevars:
        raise ValueError(f"{name} must be a plain function with a name, not a closure or lambda")
    try:
        source = textwrap.dedent(inspect.getsource(function))
    except OSError:
        raise ValueError(f"the source of {name} cannot be read") from None
    tree = ast.parse(source).body[0]
    if not isinstance(tree, ast.FunctionDef) or tree.decorator_list:
        raise ValueError(f"{name} must be a plain function, without decorators")
    arrays = {k for k, v in function.__globals__.items() if getattr(v, "__name__", "") == "numpy"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in arrays and node.attr not in NUMPY:
                raise ValueError(
                    f"{name} uses np.{node.attr}, which the page has not; it has "
                    f"{', '.join(sorted(NUMPY))}, each of one number"
                )
        elif isinstance(node, UNPACKING) and _unpacks(node):
            raise ValueError(f"{name} unpacks into a list or a dict, which the page cannot")
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            raise ValueError(f"{name} must not import; import above it")
    return source


def _unpacks(node: Any) -> bool:
    """Whether a display such as ``[*a, b]`` or ``{**a}`` unpacks: MicroPython has no such thing."""
    if isinstance(node, ast.Dict):
        return None in node.keys
    made = isinstance(node.ctx, ast.Load) if hasattr(node, "ctx") else True
    return made and any(isinstance(part, ast.Starred) for part in node.elts)


def _globals(code: types.CodeType) -> Iterator[str]:
    """The names that `code`, and the functions in it, look up outside."""
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield step.argval
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _globals(constant)


def _defined(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)


NUMPY = frozenset(_defined(SHIM))
