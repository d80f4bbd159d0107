"""An assignment: one Markdown file, from which the versions for students and teachers are made.

The source is a MyST notebook (jupytext). Three keys say what a cell is for:

- ``role``: ``given`` (code to read and run), ``answer`` (the student's code, with a solution),
  ``tests`` (what marks it), ``scratch`` (code that nobody marks), ``written`` (text that a person
  marks) or ``rubric`` (how that person does it). Plain text has no role.
- ``question``: the name of the question that it belongs to; not for ``given`` and ``scratch``.
- ``points``: of ``tests`` and ``written``.

Between ``### BEGIN SOLUTION`` and ``### END SOLUTION`` stands what students do not get to see, and
between ``### BEGIN HIDDEN TESTS`` and ``### END HIDDEN TESTS`` what tests them unseen. Any other
key, role or order is an error: a misspelt tag could show a solution to everybody.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import jupytext
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    ClearSolutions,
    LockCells,
)

from tools import notebooks

__all__ = ["Assignment", "Question", "SourceError", "assignments"]

ROLES = {  # the keys that each must have, and nbgrader's words for it
    "given": ((), {"grade": False, "solution": False, "locked": True}),
    "scratch": ((), None),
    "answer": (("question",), {"grade": False, "solution": True, "locked": False}),
    "tests": (("question", "points"), {"grade": True, "solution": False, "locked": True}),
    "written": (("question", "points"), {"grade": True, "solution": True, "locked": False}),
    "rubric": (("question",), None),
}
TEXT = {"written", "rubric"}  # roles of Markdown cells; the others are of code
SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
STUB = "raise NotImplementedError"  # what a blank answer does
TEXT_STUB = "*Your answer here.*"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


class SourceError(ValueError):
    """The source of an assignment is not as this module's documentation says."""


@dataclass
class Question:
    """A question: what it is worth, and who marks it.

    Attributes
    ----------
    name : str
    points : float
        Of all its parts together.
    written : bool
        Whether a person marks it.
    tests : list of str
        The ids of the cells that mark it, in order.
    """

    name: str
    points: float = 0.0
    written: bool = False
    tests: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Assignment:
    """An assignment as it stands in its folder.

    Parameters
    ----------
    folder : Path
        ``NN-topic``, with ``NN-topic.md`` and ``answers.py`` in it.

    Raises
    ------
    SourceError
        If the source is not as this module's documentation says; when it is first read.
    """

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def notebook(self) -> NotebookNode:
        """The instructor's version in nbgrader's format: solutions, hidden tests and rubrics."""
        path = self.folder / f"{self.name}.md"
        notebook = jupytext.reads(path.read_text("utf-8"), fmt="md:myst")
        return _prepared(notebook, path.name)

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The questions by name, in the order of the notebook."""
        found: dict[str, Question] = {}
        for cell in self.cells("answer", "tests", "written"):
            question = found.setdefault(cell.metadata.question, Question(cell.metadata.question))
            question.points += cell.metadata.get("points", 0)
            question.written |= cell.metadata.role == "written"
            if cell.metadata.role == "tests":
                question.tests.append(cell.id)
        return found

    @property
    def title(self) -> str:
        return str(self.notebook.cells[0].source.split("\n")[0].lstrip("# "))

    def cells(self, *roles: str) -> Iterator[NotebookNode]:
        """The cells of the instructor's version that have one of these roles."""
        return (cell for cell in self.notebook.cells if cell.metadata.get("role") in roles)

    def released(self) -> NotebookNode:
        """The student's version: stubs for solutions, no hidden tests, no rubrics."""
        notebook = copy.deepcopy(self.notebook)
        notebook.cells = [c for c in notebook.cells if c.metadata.get("role") != "rubric"]
        stub = {"python": f"# Your code here.\n{STUB}"}
        steps = [
            LockCells(),
            ClearSolutions(code_stub=stub, text_stub=TEXT_STUB),
            ClearOutput(),
            CheckCellMetadata(),
            ClearHiddenTests(),
        ]
        resources: dict[str, Any] = {}
        for step in steps:
            notebook, resources = step.preprocess(notebook, resources)
        for cell in notebook.cells:  # what only this module needs
            for key in ("role", "question", "points"):
                cell.metadata.pop(key, None)
        notebook.metadata = NotebookNode(kernelspec=KERNEL, language_info={"name": "python"})
        notebook.nbformat, notebook.nbformat_minor = 4, 5
        return notebook


def assignments(folder: Path) -> list[Assignment]:
    """The assignments in a folder, in order of their names.

    Raises
    ------
    SourceError
        If there is none.
    """
    paths = sorted(path for path in folder.iterdir() if (path / f"{path.name}.md").exists())
    found = [Assignment(path) for path in paths]
    if not found:
        raise SourceError(
            f"no assignment in {folder}: a folder NN-topic with NN-topic.md is wanted"
        )
    return found


def between(source: str, marks: tuple[str, str]) -> list[str]:
    """The lines of `source` that stand between two marks."""
    inside, lines = False, []
    for line in source.split("\n"):
        if marks[0] in line:
            inside = True
        elif marks[1] in line:
            inside = False
        elif inside:
            lines.append(line)
    return lines


def _prepared(notebook: NotebookNode, name: str) -> NotebookNode:
    """Check every cell of a source, and add what nbgrader wants to know of it."""
    count: dict[str, int] = {}
    answered: set[str] = set()
    colab = notebooks.COLAB.format(address=notebooks.repository())
    setup = {"role": "given", "tags": ["colab-setup", "remove-cell"]}
    notebook.cells.insert(1, new_code_cell(colab, metadata=setup))
    for cell in notebook.cells:
        role = _checked(cell, name)
        question = cell.metadata.get("question", role)
        if role in ("tests", "rubric") and question not in answered:
            raise SourceError(f"{name}: the {role} of {question!r} must come after its answer")
        if role in ("answer", "written"):
            if question in answered:
                raise SourceError(f"{name}: question {question!r} has two answers")
            answered.add(question)
        count[f"{question}-{role}"] = number = count.get(f"{question}-{role}", 0) + 1
        if question == role:  # of no question: text, given and scratch
            cell.id = f"{role or 'text'}-{number}"
        else:
            cell.id = f"{question}-{role}" + (f"-{number}" if number > 1 else "")
        words = ROLES[role][1] if role else None
        if words is not None:
            cell.metadata.nbgrader = {
                **words, "task": False, "schema_version": 3, "grade_id": cell.id,
            }  # fmt: skip
            if "points" in cell.metadata:
                cell.metadata.nbgrader["points"] = cell.metadata.points
    cells = [cell for cell in notebook.cells if cell.metadata.get("role") in ("tests", "written")]
    marked = {cell.metadata.question for cell in cells}
    if answered != marked:
        raise SourceError(f"{name}: without tests are {sorted(answered - marked)}")
    return notebook


def _checked(cell: NotebookNode, name: str) -> str | None:
    """The role of a cell, if all of it is in order."""
    metadata = dict(cell.metadata)
    role: str | None = metadata.pop("role", None)
    metadata.pop("tags", None)
    where = f"{name}, cell {cell.source[:40]!r}"
    if role is None:
        if cell.cell_type == "code":
            raise SourceError(f"{where}: code must have a role: {', '.join(ROLES)}")
        wanted: tuple[str, ...] = ()
    elif role not in ROLES:
        raise SourceError(f"{where}: role must be one of {', '.join(ROLES)}, got {role!r}")
    else:
        wanted = ROLES[role][0]
        if (role in TEXT) != (cell.cell_type == "markdown"):
            kind = "text" if role in TEXT else "code"
            raise SourceError(f"{where}: a cell of role {role} must be {kind}")
    if set(metadata) != set(wanted):
        had = ", ".join(sorted(metadata)) or "nothing"
        needs = ", ".join(wanted) or "nothing"
        raise SourceError(f"{where}: wanted besides the role: {needs}; got {had}")
    points = metadata.get("points", 1)
    if isinstance(points, bool) or not isinstance(points, (int, float)) or points <= 0:
        raise SourceError(f"{where}: points must be a positive number, got {points!r}")
    for marks, allowed in ((SOLUTION, ("answer", "written")), (HIDDEN, ("tests",))):
        first, last = (sum(mark in line for line in cell.source.split("\n")) for mark in marks)
        if first != last or (first and role not in allowed) or first > 1:
            raise SourceError(
                f"{where}: {marks[0]} must stand once, be closed, and in {allowed[0]}"
            )
        if role in allowed and role in ("answer", "written") and not first:
            raise SourceError(
                f"{where}: an answer must have its solution between {marks[0]} and END"
            )
    for word in ("BEGIN", "END"):
        for line in cell.source.split("\n"):
            if f"### {word}" in line and line.strip() not in (*SOLUTION, *HIDDEN):
                raise SourceError(f"{where}: unknown mark {line.strip()!r}")
    return role
