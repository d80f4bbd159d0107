"""The proof that an assignment's tests are right: answers that must pass, and some that must fail.

``answers.py`` beside the source is never imported. Each of its functions and classes is the text of
an answer cell; a decorator says of which question, and what to expect:

    @passes("loss", "with a loop")
    def loss(w): ...

    @fails("loss", "the sum in place of the mean")
    def loss(w): ...
"""

import ast
import io
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any, TypeVar

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from .source import Assignment, SourceError

T = TypeVar("T")
MAGIC = TransformerManager()  # turns lines that begin with % into Python

__all__ = ["Answer", "Marks", "answers", "fails", "faults", "mark", "passes"]


def passes(question: str, why: str) -> Callable[[T], T]:
    """Mark an answer that must earn all points of its question: what is other in it."""
    return lambda answer: answer


def fails(question: str, why: str) -> Callable[[T], T]:
    """Mark an answer that must lose points of its question: what is wrong with it."""
    return lambda answer: answer


@dataclass(frozen=True)
class Answer:
    """An answer to one question.

    Attributes
    ----------
    question, why : str
        Which question it answers, and what is right or wrong in it.
    passes : bool
        Whether it must earn all the points.
    code : str
        What stands in the cell.
    """

    question: str
    why: str
    passes: bool
    code: str


@dataclass(frozen=True)
class Marks:
    """What a run of a notebook earned.

    Attributes
    ----------
    points : dict of str to float
        By question.
    errors : dict of str to Exception
        By cell: what it raised.
    """

    points: dict[str, float]
    errors: dict[str, Exception]


def answers(assignment: Assignment) -> list[Answer]:
    """Return the answers of an assignment's ``answers.py``, in order.

    Raises
    ------
    SourceError
        If the file holds anything but imports and answers to questions that there are.
    """
    path = assignment.folder / "answers.py"
    text = path.read_text("utf-8")
    found = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.Expr | ast.ImportFrom):  # the docstring, and the decorators' import
            continue
        where = f"{path.name}, line {node.lineno}"
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or len(node.decorator_list) != 1:
            raise SourceError(f"{where}: an answer with one decorator is wanted")
        call = node.decorator_list[0]
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            raise SourceError(f'{where}: @passes("...", "...") is wanted')
        question, why = (ast.literal_eval(argument) for argument in call.args)
        if call.func.id not in ("passes", "fails") or question not in assignment.questions:
            raise SourceError(f"{where}: no question {question!r}, or no mark {call.func.id}")
        lines = text.split("\n")[node.lineno - 1 : node.end_lineno]
        found.append(Answer(question, why, call.func.id == "passes", "\n".join(lines)))
    return found


def mark(
    assignment: Assignment,
    notebook: NotebookNode | None = None,
    instead: Mapping[str, str] | None = None,
) -> Marks:
    """Run an assignment's cells in this process, and mark them as nbgrader would.

    A test cell earns its points if it raises nothing. Tests are always those of the source, and
    what the run prints is dropped.

    Parameters
    ----------
    assignment : Assignment
    notebook : NotebookNode, optional
        Whose answers to mark; the solutions, if not given.
    instead : mapping of str to str, optional
        Other code for the answers of some questions. Then only these questions are marked.

    Returns
    -------
    Marks
    """
    instead = instead or {}
    given = {cell.id: cell.source for cell in (notebook or assignment.notebook).cells}
    space: dict[str, Any] = {"__name__": "__main__"}
    points: dict[str, float] = {}
    errors: dict[str, Exception] = {}
    for cell in _to_run(assignment, instead):
        question, role = cell.metadata.get("question"), cell.metadata.role
        source = cell.source if role in ("tests", "given") else given.get(cell.id, "")
        if role == "answer" and question in instead:
            source = instead[question]
        worth = cell.metadata.get("points", 0.0)
        try:
            with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
                warnings.simplefilter("ignore")
                exec(compile(MAGIC.transform_cell(source), cell.id, "exec"), space)
        except Exception as error:
            errors[cell.id] = error
            worth = 0.0
        if role == "tests":
            points[question] = points.get(question, 0.0) + worth
    return Marks(points, errors)


def faults(assignment: Assignment) -> Iterator[str]:
    """Yield what is wrong with an assignment's tests, a line each; nothing if all is proved."""
    worth = {q.name: q.points for q in assignment.questions.values() if not q.written}
    solved = mark(assignment)
    for cell, error in solved.errors.items():
        yield f"the solutions fail at {cell}: {error!r}"[:300]
    blank = mark(assignment, assignment.released())
    yield from (
        f"a blank answer earns points for {q}" for q, earned in blank.points.items() if earned
    )
    for cell, error in blank.errors.items():
        if not isinstance(error, NotImplementedError):
            yield f"a blank notebook fails at {cell} with {error!r}"[:300]
    for answer in answers(assignment):
        earned = mark(assignment, instead={answer.question: answer.code}).points[answer.question]
        if answer.passes and earned < worth[answer.question]:
            yield f"{answer.question}, {answer.why}: right, and earns only {earned:g}"
        elif not answer.passes and earned >= worth[answer.question]:
            yield f"{answer.question}, {answer.why}: wrong, and earns all points"


def _to_run(assignment: Assignment, instead: Mapping[str, str]) -> Iterator[NotebookNode]:
    for cell in assignment.cells("given", "scratch", "answer", "tests"):
        others = cell.metadata.role == "tests" and cell.metadata.question not in instead
        if not (instead and others):
            yield cell
