"""One submission: from its bytes to a result.

One run decides the points: it has the hidden tests, and of its outputs nobody sees anything. Where
points were lost, a second run, in a kernel of its own, has the public tests only, and its outputs
are what the student gets to see. So no trick can carry a hidden test out.
"""

import ast
import inspect
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from nbformat import NotebookNode

from . import guard, proof
from .kernel import Ended, Kernel, Ran
from .preflight import Answers, Refused, read
from .sandbox import Limits, Sandbox, SandboxError
from .source import HIDDEN, Assignment

__all__ = ["STATUSES", "Cell", "Marker", "Result"]

STATUSES = {  # what can become of a submission, and what it means
    "graded": "all of it ran, and the tests decided",
    "partial": "a part could not be run or was not found; the rest counts",
    "review": "a person must look: something tried to change how it is graded",
    "failed": "grading itself failed; grade it again",
    "rejected": "the file could not be graded",
}
WATCHED_MODULES = {
    "builtins", "ctypes", "gc", "importlib", "inspect", "linecache", "multiprocessing",
    "socket", "subprocess", "traceback", "unittest",
}  # fmt: skip
WATCHED_NAMES = {
    "In",
    "__builtins__",
    "__import__",
    "_ih",
    "eval",
    "exec",
    "get_ipython",
    "globals",
}
WATCHED_ATTRIBUTES = {
    "__builtins__", "__code__", "__globals__", "__subclasses__", "_exit", "_getframe", "f_back",
    "f_code", "f_globals", "f_locals", "modules", "settrace", "tb_frame",
}  # fmt: skip


@dataclass
class Cell:
    """A cell of a graded notebook.

    Attributes
    ----------
    id : str or None
        Of the released cell; None for one of the student's own.
    role, question : str or None
        As in the assignment's source.
    text : str
        What was run, and what the student sees of it.
    outputs : list of NotebookNode
        Of the run with the public tests.
    error : str
        What it raised there.
    points, earned : float
    message : str
        Why points were lost.
    """

    id: str | None
    role: str | None
    question: str | None
    text: str
    outputs: list[NotebookNode] = field(default_factory=list)
    error: str = ""
    points: float = 0.0
    earned: float = 0.0
    message: str = ""


@dataclass
class Result:
    """What became of a submission.

    Attributes
    ----------
    status : str
        One of `STATUSES`.
    reason, message : str
        Why, for the instructor and for the student.
    notes : list of str
        What was repaired.
    cells : list of Cell
    seconds : float
    memory : int
        The most that a kernel used, in bytes.
    """

    status: str = "graded"
    reason: str = ""
    message: str = ""
    notes: list[str] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    seconds: float = 0.0
    memory: int = 0

    @property
    def points(self) -> dict[str, float]:
        """What the tests gave, by question."""
        found: dict[str, float] = {}
        for cell in self.cells:
            if cell.role == "tests" and cell.question:
                found[cell.question] = found.get(cell.question, 0.0) + cell.earned
        return found

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Result":
        return cls(**{**raw, "cells": [Cell(**cell) for cell in raw["cells"]]})


class Marker:
    """Marks submissions of one assignment.

    Parameters
    ----------
    assignment : Assignment
    sandbox : Sandbox
    limits : Limits
    """

    def __init__(self, assignment: Assignment, sandbox: Sandbox, limits: Limits):
        self.assignment, self.sandbox, self.limits = assignment, sandbox, limits

    async def mark(self, data: bytes) -> Result:
        """Mark a submission; whatever it holds, there is a result.

        Parameters
        ----------
        data : bytes
            The file that was handed in.
        """
        begun = time.monotonic()
        try:
            answers = read(data, self.assignment, self.released)
        except Refused as refused:
            return Result("rejected", refused.instructor, refused.student)
        result = Result(notes=answers.notes, cells=self._cells(answers))
        try:
            await self._decide(result)
            lost = any(cell.earned < cell.points for cell in result.cells if cell.role == "tests")
            if lost and result.status != "partial":
                await self._show(result)
        except (Ended, SandboxError, OSError) as error:
            result.status, result.reason = "failed", str(error)
            result.message = "Your work is here, and has not been graded yet."
        watched = sorted(set(_watched(cell.text for cell in result.cells if cell.role != "tests")))
        if watched and result.status in ("graded", "partial"):
            uses = f"it uses {', '.join(watched[:5])}"
            result.status, result.reason = "review", "; ".join(filter(None, [result.reason, uses]))
        if result.status == "review":
            result.message = "A person will look at your work before it counts."
        elif answers.missing and result.status == "graded":
            result.status = "partial"
            result.reason = f"not found: {', '.join(answers.missing)}"
            result.message = "Some of the cells for your answers were not found in your file."
        result.seconds = time.monotonic() - begun
        return result

    # --- what all submissions share ---

    @cached_property
    def released(self) -> NotebookNode:
        return self.assignment.released()

    @cached_property
    def sources(self) -> dict[str, NotebookNode]:
        """The cells of the instructor's version, by id."""
        return {cell.id: cell for cell in self.assignment.notebook.cells}

    @cached_property
    def public(self) -> dict[str, str]:
        """The released cells' text, by id."""
        return {cell.id: cell.source for cell in self.released.cells}

    @cached_property
    def used(self) -> list[str]:
        """The names that the tests use."""
        trees = [ast.parse(cell.source) for cell in self.assignment.cells("tests")]
        nodes = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name))
        return sorted({node.id for node in nodes})

    @cached_property
    def given(self) -> dict[str, str]:
        """The modules that the given cells import, by the name that they get."""
        found = {}
        for cell in self.assignment.cells("given"):
            nodes = ast.parse(proof.MAGIC.transform_cell(cell.source)).body
            for node in nodes:
                for alias in node.names if isinstance(node, ast.Import) else ():
                    if alias.asname or "." not in alias.name:
                        found[alias.asname or alias.name] = alias.name
        return found

    def _cells(self, answers: Answers) -> list[Cell]:
        cells = []
        for name, text in answers.cells:
            data = self.sources[name].metadata if name else {}
            cells.append(Cell(name, data.get("role"), data.get("question"), text))
            if name and data["role"] in ("given", "tests"):
                cells[-1].text = self.public[name]
                cells[-1].points = data.get("points", 0.0)
        for name, text in answers.written.items():
            data = self.sources[name].metadata
            cells.append(Cell(name, "written", data["question"], text, points=data["points"]))
        return cells

    # --- the two runs ---

    async def _decide(self, result: Result) -> None:
        """Run all tests, and set the points."""
        name, secret = f"_{secrets.token_hex(8)}", secrets.token_hex(16)
        found: list[str] = []
        back: set[str] = set()
        free = {n for cell in self.assignment.cells("tests") for n in _bound(cell.source)}
        started = False
        async with Kernel(self.sandbox, self.limits) as kernel:
            try:
                await self._set_guard(kernel, name)
                for cell in result.cells:
                    if cell.role == "given" and cell.id:
                        ran = await kernel.run(self.sources[cell.id].source)
                        if ran.error and not started:
                            raise Ended(f"what the assignment gives fails: {ran.error[1]}")
                        names = [n for n in _bound(self.sources[cell.id].source) if n not in free]
                        await kernel.run(f"{name}.keep(globals(), {names!r})", history=False)
                    elif cell.role == "tests" and cell.id:
                        look = f"{name}.report(globals(), {self.given!r}, {self.used!r})"
                        found += _listed(await kernel.run(look, history=False))
                        look = f"{name}.restore(globals())"
                        back |= set(_listed(await kernel.run(look, history=False)))
                        code = f"{self.sources[cell.id].source}\n{secret!r}"
                        ran = await kernel.run(code, history=False)
                        if ran.error is None and ran.result == repr(secret):
                            cell.earned = cell.points
                        else:
                            cell.message = self._why(cell.id, ran)
                    elif cell.role != "written":
                        started = True
                        await kernel.run(cell.text)
                found += await _canary(kernel)
            except Ended as ended:
                if not started:
                    raise
                result.status, result.reason = "partial", str(ended)
                result.message = f"Your notebook could not be run to its end: {ended}."
                for cell in result.cells:
                    if cell.role == "tests" and not cell.earned and not cell.message:
                        cell.message = f"Not run: {ended}."
            result.memory = kernel.memory
        if back:
            told = ", ".join(sorted(back))
            result.notes.append(f"given, changed by you, and put back for the tests: {told}")
        if found:
            all_ = filter(None, [result.reason, *sorted(set(found))[:5]])
            result.status, result.reason = "review", "; ".join(all_)

    async def _set_guard(self, kernel: Kernel, name: str) -> None:
        text = inspect.getsource(guard)
        imports = "; ".join(f"import {module}" for module in self.given.values())
        make = f"exec({f'{text}{chr(10)}{imports}'!r}, space), space['Guard']()"
        code = f"globals().update({name}=(lambda space: ({make})[1])({{'__name__': 'guard'}}))"
        ran = await kernel.run(code, history=False)
        if ran.error:
            raise Ended(f"the guard does not start: {ran.error[1]}")

    async def _show(self, result: Result) -> None:
        """Run the public tests, and keep what the student may see."""
        async with Kernel(self.sandbox, self.limits) as kernel:
            try:
                await kernel.run("import warnings\nwarnings.simplefilter('ignore')\ndel warnings")
                for cell in result.cells:
                    if cell.role == "written":
                        continue
                    ran = await kernel.run(cell.text)
                    cell.outputs = ran.outputs
                    if ran.error:
                        where = f" (line {ran.line})" if ran.line else ""
                        cell.error = f"{ran.error[0]}: {ran.error[1]}"[:1500] + where
                    if cell.role in (None, "answer", "scratch") and ran.cut:
                        cell.error += "\n(It printed more than is shown here.)"
            except Ended as ended:
                if result.status == "graded":
                    result.notes.append(f"the run that is shown ended early: {ended}")
            result.memory = max(result.memory, kernel.memory)

    def _why(self, name: str, ran: Ran) -> str:
        """What to tell a student whose answer failed a cell of tests: words of the tests, only."""
        if ran.error and ran.error[0] == "TimeoutError":
            return f"The tests were stopped: {ran.error[1]}."
        source = self.sources[name].source
        lines = source.split("\n")
        line = ran.line if ran.line and ran.line <= len(lines) else None
        hidden = line is not None and any(HIDDEN[0] in text for text in lines[:line])
        words = _words(source, line) if line else ""
        if ran.error and ran.error[0] == "NotImplementedError":
            return "There is no answer yet."
        kind = "A test that you do not see failed" if hidden else "A test failed"
        return f"{kind}: {words}." if words else f"{kind}."


def _words(source: str, line: int) -> str:
    """The message of the assertion at a line, as its author wrote it."""
    best: ast.stmt | None = None
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            best = node  # `ast.walk` comes to the inner ones later
    if best is None:
        return ""
    found: ast.expr | None = best.msg if isinstance(best, ast.Assert) else None
    if isinstance(best, ast.Expr) and isinstance(best.value, ast.Call):
        keys = {keyword.arg: keyword.value for keyword in best.value.keywords}
        found = keys.get("err_msg")
    if isinstance(found, ast.Constant):
        return str(found.value).rstrip(".")
    if isinstance(found, ast.JoinedStr):
        parts = [str(v.value) if isinstance(v, ast.Constant) else "…" for v in found.values]
        text = "".join(parts).strip(" .,:;=…")
        return text if sum(map(str.isalpha, text)) > 10 else ""  # "at w =" tells nobody anything
    return ""


def _bound(code: str) -> list[str]:
    """The names that code binds, but for modules and what it binds within functions."""
    todo: list[ast.AST] = list(ast.parse(proof.MAGIC.transform_cell(code)).body)
    found = []
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.append(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.append(node.id)
        elif not isinstance(node, ast.Lambda | ast.comprehension):
            todo += ast.iter_child_nodes(node)
    return sorted(set(found))


def _listed(ran: Ran) -> list[str]:
    """What the guard reports."""
    try:
        found = ast.literal_eval(ran.result or "")
        return [str(each)[:120] for each in found]
    except (ValueError, SyntaxError, TypeError):
        return [] if ran.error and ran.error[0] == "TimeoutError" else ["the guard was disturbed"]


async def _canary(kernel: Kernel) -> list[str]:
    """Assertions that must fail: if they do not, no test can be trusted."""
    word = secrets.token_hex(8)
    plain = await kernel.run(f"assert 1 == 2, {word!r}", history=False)
    arrays = await kernel.run(
        "import numpy.testing\nnumpy.testing.assert_allclose(0.25, 0.75)", history=False
    )
    if plain.error == ("AssertionError", word) and (arrays.error or ("",))[0] == "AssertionError":
        return []
    return ["an assertion that must fail did not"]


def _watched(texts: Iterable[str]) -> Iterable[str]:
    """What in code asks for a person's look: it is seldom needed, and could reach the tests."""
    for text in texts:
        try:
            nodes = list(ast.walk(ast.parse(text)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # magics, or no Python: it is run all the same
        imported = set()
        for node in nodes:
            if isinstance(node, ast.Import):
                imported |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
        for node in nodes:
            if isinstance(node, ast.Import):
                yield from {alias.name.split(".")[0] for alias in node.names} & WATCHED_MODULES
            elif isinstance(node, ast.ImportFrom):
                yield from {str(node.module).split(".")[0]} & WATCHED_MODULES
            elif isinstance(node, ast.Name):
                yield from {node.id} & WATCHED_NAMES
            elif isinstance(node, ast.Attribute):
                yield from {node.attr} & WATCHED_ATTRIBUTES
                root = node.value
                while isinstance(root, ast.Attribute):
                    root = root.value
                stored = isinstance(node.ctx, ast.Store | ast.Del)
                if stored and isinstance(root, ast.Name) and root.id in imported | {"np", "gd"}:
                    yield f"{ast.unparse(node)} = …"
