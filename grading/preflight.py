"""From a file that somebody handed in to the notebook that is run.

Only the student's answers go on: into the released notebook, cell by cell. What can be repaired is,
and told; for the rest there is `Refused`, with a line for the student and one for the instructor.
"""

import ast
import json
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from .source import Assignment

__all__ = ["Answers", "Refused", "read", "safe_name"]

LARGEST = 50 << 20  # bytes of a file
CELLS = 500
CODE = 400_000  # characters of all cells together
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
FIRST = {  # how files begin that are no notebooks, and what they are
    b"%PDF": "a PDF", b"PK\x03\x04": "a zip or Word file", b"\x89PNG": "a picture",
    b"<!DOC": "a web page", b"<html": "a web page", b"<!doc": "a web page",
}  # fmt: skip


class Refused(ValueError):
    """A file that cannot be graded.

    Parameters
    ----------
    student, instructor : str
        What to tell each of them, in a line.
    """

    def __init__(self, student: str, instructor: str):
        super().__init__(instructor)
        self.student, self.instructor = student, instructor


@dataclass
class Answers:
    """What a student answered, in the order of the released notebook.

    Attributes
    ----------
    cells : list of (str or None, str)
        The code: the id of a released cell, or None for one of the student's own; and its text.
        Cells that the assignment gave are not among them, but for a place to stand: their text is
        empty.
    written : dict of str to str
        The texts that a person marks, by the id of their cell.
    notes : list of str
        What was repaired, and what was not found.
    missing : list of str
        The ids of cells for which there is no answer at all.
    """

    cells: list[tuple[str | None, str]] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def safe_name(name: str) -> str:
    """Return a student's name for files and tables.

    Raises
    ------
    Refused
        If it could lead out of its folder, or is none at all.
    """
    if not NAME.fullmatch(name) or ".." in name:
        raise Refused(
            "Your file's name cannot be used. Name it as your teacher told you.",
            f"the name {name[:80]!r} is not of letters, digits and . _ @ + -",
        )
    return name


def read(data: bytes, assignment: Assignment, released: NotebookNode | None = None) -> Answers:
    """Read what was handed in.

    Parameters
    ----------
    data : bytes
    assignment : Assignment
    released : NotebookNode, optional
        The student's version, if it is at hand.

    Returns
    -------
    Answers

    Raises
    ------
    Refused
    """
    answers = Answers()
    cells = _cells(_notebook(data, answers.notes))
    _arrange(cells, assignment, released or assignment.released(), answers)
    return answers


def _notebook(data: bytes, notes: list[str]) -> NotebookNode:
    """The notebook in a file, of whatever encoding and version."""
    again = "Save the notebook in Jupyter, and hand in the file that ends in .ipynb."
    if not data.strip():
        raise Refused(f"Your file is empty. {again}", "the file is empty")
    if len(data) > LARGEST:
        size = f"{len(data) >> 20} MiB"
        raise Refused(
            f"Your file has {size}. Clear all outputs, save it, and hand it in again.",
            f"the file has {size}",
        )
    for start, kind in FIRST.items():
        if data.lstrip().startswith(start):
            raise Refused(f"Your file is {kind}, not a notebook. {again}", f"the file is {kind}")
    text = None
    for encoding in ("utf-8-sig", "utf-16", "latin-1"):
        try:
            text = data.decode(encoding)
            if "{" in text:
                break
        except UnicodeError:
            continue
    if encoding != "utf-8-sig":
        notes.append(f"the file was not UTF-8, and was read as {encoding}")
    try:
        raw = json.loads(text or "")
    except (ValueError, RecursionError):
        raise Refused(
            f"Your file is damaged: it ends too early, or was changed in an editor. {again}",
            "the file is not JSON: truncated, or not a notebook",
        ) from None
    if not isinstance(raw, dict) or not ({"cells", "worksheets"} & set(raw)):
        raise Refused(f"Your file is not a notebook. {again}", "JSON, but not a notebook")
    try:
        with warnings.catch_warnings():  # nbformat mends small faults, and says so
            warnings.simplefilter("ignore")
            notebook = nbformat.reads(json.dumps(raw), as_version=4)
        kernel = notebook.metadata.get("kernelspec", {}).get("language", "python")
        language = notebook.metadata.get("language_info", {}).get("name", kernel)
    except Exception as error:  # nbformat raises whatever it meets
        raise Refused(
            f"Jupyter cannot read your file. {again}",
            f"nbformat cannot read it: {type(error).__name__}",
        ) from None
    if not str(language).lower().startswith(("python", "ipython")):
        raise Refused(
            f"Your notebook is in {str(language)[:20]}; this assignment is in Python. "
            "Choose the kernel Python 3.",
            f"the notebook's language is {str(language)[:20]!r}",
        )
    return notebook


def _cells(notebook: NotebookNode) -> list[tuple[str, str, set[str]]]:
    """The cells: their kind, their text, and the names that they may go by."""
    found = []
    try:
        for cell in notebook.cells:
            text = cell.source if isinstance(cell.source, str) else "".join(cell.source)
            words = cell.metadata.get("nbgrader") or {}
            names = {str(words.get("grade_id", "")), str(cell.get("id", ""))} - {""}
            found.append((str(cell.cell_type), text, names))
    except (AttributeError, TypeError) as error:
        raise Refused(
            "Your file is damaged. Copy your answers into a fresh copy of the assignment.",
            f"a cell is not as it should be: {error}",
        ) from None
    size = sum(len(text) for _, text, _ in found)
    if len(found) > CELLS or size > CODE:
        raise Refused(
            "Your notebook is far too long. Delete what is not an answer.",
            f"{len(found)} cells with {size} characters",
        )
    return found


def _arrange(
    cells: Iterable[tuple[str, str, set[str]]],
    assignment: Assignment,
    released: NotebookNode,
    answers: Answers,
) -> None:
    """Put each answer in its place, and the student's own cells where they stood."""
    order = [cell.id for cell in released.cells]
    ours = {cell.id: cell for cell in released.cells}
    roles = {cell.id: cell.metadata.get("role") for cell in assignment.notebook.cells}
    open_ = [i for i in order if roles[i] in ("answer", "written", "scratch")]
    defines = {_defined(ours[i].source) or i: i for i in open_ if roles[i] == "answer"}
    texts = {cell.source.strip(): cell.id for cell in released.cells}
    filled: dict[str, str] = {}
    own: dict[str, list[str]] = {}  # a student's own cells, by the place that they follow
    known, latest, changed = 0, -1, []

    for kind, text, names in cells:
        place = next((i for i in order if i in names), None) or texts.get(text.strip())
        is_text = kind != "code"
        if place is not None and (roles[place] in (None, "written")) != is_text:
            place = None  # a cell of another kind took its name
        if place is None and not is_text:
            place = defines.get(_defined(text) or "")
            if place is not None:
                answers.notes.append(f"the cell {place} had lost its name, and was found")
        known += place is not None
        if place is None or (place in filled and place in open_):
            if place is not None and text.strip() != filled[place].strip():
                answers.notes.append(f"the cell {place} stood twice; both were run, in order")
            if not is_text and text.strip():
                own.setdefault(order[latest] if latest >= 0 else "", []).append(text)
            continue
        if order.index(place) < latest:
            answers.notes.append(f"the cell {place} was moved, and was put back")
        latest = max(latest, order.index(place))
        if place in open_:
            filled[place] = text
        elif place in ours and text.strip() != ours[place].source.strip() and not is_text:
            changed.append(place)

    if not known or not any(i in filled for i in open_):
        raise Refused(
            f"None of the cells of the assignment {assignment.name} are in your file. "
            "Perhaps you handed in another notebook.",
            f"no cell of {assignment.name} found: another assignment, or all cells deleted",
        )
    if changed:
        answers.notes.append(f"changed, and put back as given: {', '.join(changed)}")
    answers.cells += [(None, text) for text in own.get("", [])]
    for cell in released.cells:
        role = roles[cell.id]
        if role in ("given", "tests"):
            answers.cells.append((cell.id, ""))
        elif role == "written":
            answers.written[cell.id] = filled.get(cell.id, "")
        elif role in ("answer", "scratch"):
            if cell.id in filled:
                answers.cells.append((cell.id, filled[cell.id]))
            elif role == "answer":
                answers.missing.append(cell.id)
                answers.notes.append(f"the cell {cell.id} is not there")
        answers.cells += [(None, text) for text in own.get(cell.id, [])]


def _defined(text: str) -> str | None:
    """The name of the first function or class that code defines."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        found = re.search(r"^(?:def|class)\s+(\w+)", text, re.MULTILINE)
        return found[1] if found else None
    kinds = (ast.FunctionDef, ast.ClassDef)
    return next((node.name for node in body if isinstance(node, kinds)), None)
