"""A class that is made up: to rehearse the grading of a course, and to test it.

Some know it all, some make known mistakes, some hand in nothing of use, one is late, and some are
hostile. What each must get is known beforehand, and stands in ``rehearsal.csv``.
"""

import copy
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from . import proof, source
from .course import Course, write_bytes, write_table
from .source import Assignment

__all__ = ["HOSTILE", "Expected", "Trick", "filled", "hostile", "rehearse"]

DUE = "2026-01-30 12:00:00 UTC"
LATE = "2026-01-31 14:30:00 UTC"


@dataclass(frozen=True)
class Expected:
    """What a submission must get.

    Attributes
    ----------
    statuses : tuple of str
        One of these.
    points : float or None
        Of the tests; None if none are given out before a person has looked.
    """

    statuses: tuple[str, ...]
    points: float | None


@dataclass(frozen=True)
class Trick:
    """Something hostile, or only unlucky, that can be handed in.

    Attributes
    ----------
    why : str
        What it tries.
    statuses : tuple of str
        What it must become.
    code : str
        To run in a cell of its own, ahead of all answers.
    change : callable, optional
        Changes the notebook's cells.
    data : callable, optional
        Makes the file from the notebook's text.
    solved : bool
        Whether the answers are right.
    """

    why: str
    statuses: tuple[str, ...] = ("graded",)
    code: str = ""
    change: Callable[[list[NotebookNode]], Any] | None = None
    data: Callable[[str], bytes] | None = None
    solved: bool = True


def _stripped(cells: list[NotebookNode]) -> None:
    for number, cell in enumerate(cells):
        cell.metadata, cell.id = NotebookNode(), f"c{number}"


def _without(kind: str) -> Callable[[list[NotebookNode]], None]:
    def change(cells: list[NotebookNode]) -> None:
        first = next(cell for cell in cells if kind in cell.id)
        cells[:] = [cell for cell in cells if cell is not first]

    return change


def _doubled(cells: list[NotebookNode]) -> None:
    place = next(i for i, cell in enumerate(cells) if "-answer" in cell.id)
    cells.insert(place + 1, copy.deepcopy(cells[place]))


def _tagged(cells: list[NotebookNode]) -> None:
    for cell in cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception"]


def _emptied(cells: list[NotebookNode]) -> None:
    for cell in cells:
        if "-tests" in cell.id:
            cell.source = "pass"


def _scripted(cells: list[NotebookNode]) -> None:
    evil = '<script>document.title = "owned"</script><img src=x onerror="document.title=\'owned\'">'
    for cell in cells:
        if "-written" in cell.id:
            cell.source = f"{evil}\n[here](javascript:alert(1))\n```\n{evil}"
    show = f"from IPython.display import HTML, Javascript, display\ndisplay(HTML({evil!r}))\n"
    show += f"display(Javascript('document.title = \"owned\"'))\nprint({evil!r})\n# {evil}"
    cells.insert(2, new_code_cell(show))


def _other(cells: list[NotebookNode]) -> None:
    cells[:] = [new_markdown_cell("# My homework"), new_code_cell("print('something else')")]


def _in_r(text: str) -> bytes:
    raw = json.loads(text)
    raw["metadata"] = {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}}
    raw["metadata"]["language_info"] = {"name": "R"}
    return json.dumps(raw).encode()


STUCK = """import time
while True:
    try:
        time.sleep(1)
    except BaseException:
        pass
"""
FIND = """import os
for here, _, files in os.walk("/"):
    if here.startswith(("/proc", "/usr", "/sys")):
        continue
    for name in files:
        if name.endswith((".md", ".ipynb", ".db", ".csv", ".json")):
            try:
                text = open(os.path.join(here, name), errors="replace").read()
            except OSError:
                continue
            if "BEGIN " + "HIDDEN" in text or "gradebook" in name:
                print("found", here, name, text[:500])
"""
DESTROY = """import os, shutil
for root in ("/", {course!r}, os.path.dirname({course!r}), "/tmp"):
    shutil.rmtree(root, ignore_errors=True)
"""
CHEAT = """import glob, sqlite3
for path in [{course!r} + "/gradebook.db", *glob.glob("/**/gradebook.db", recursive=True)]:
    try:
        with sqlite3.connect(path) as book:
            book.execute("update grade set manual_score = 495")
    except sqlite3.Error:
        pass
"""
NETWORK = """import socket
for place in (("127.0.0.1", 22), ("127.0.0.1", 5432), ("127.0.0.1", 8888)):
    try:
        socket.create_connection(place, timeout=1)
        print("connected to", place)
    except OSError:
        pass
"""
ALWAYS = """class Always(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    def __gt__(self, other): return True
    def __bool__(self): return True
    def __abs__(self): return self
    def __sub__(self, other): return self
    __le__ = __ge__ = __lt__
    __rsub__ = __sub__
    __hash__ = float.__hash__
"""
PATCH = """import numpy as np
import numpy.testing
for name in ("assert_allclose", "assert_array_equal", "assert_equal"):
    setattr(np.testing, name, lambda *args, **words: None)
np.allclose = np.array_equal = lambda *args, **words: True
"""
INSIDE = """import numpy.testing
def nothing(*args, **words): return None
numpy.testing.assert_allclose.__code__ = nothing.__code__
"""
SHELL = """shell = get_ipython()
run = shell.run_cell
def lucky(code, *args, **words):
    return run("pass" if "assert" in code else code, *args, **words)
shell.run_cell = lucky
shell.run_cell_async = None
"""
THREAD = """import threading, time, numpy.testing
def patch():
    while True:
        numpy.testing.assert_allclose = lambda *args, **words: None
        time.sleep(0.001)
threading.Thread(target=patch, daemon=True).start()
"""
FRAMES = """import sys
def spy():
    frame, seen = sys._getframe(), []
    while frame:
        seen.append(str(frame.f_code.co_consts))
        frame = frame.f_back
    print(seen)
spy()
"""
REVIEW = ("review",)
ENDS = ("partial", "review")

HOSTILE = {
    # the file
    "empty": Trick("an empty file", ("rejected",), data=lambda text: b""),
    "truncated": Trick("half of the file", ("rejected",), data=lambda t: t[: len(t) // 2].encode()),
    "pdf": Trick("a PDF by the name of a notebook", ("rejected",), data=lambda t: b"%PDF-1.4 " * 9),
    "json": Trick("JSON that is no notebook", ("rejected",), data=lambda t: b'{"cells": 3}'),
    "deep": Trick("JSON nested too deeply", ("rejected",), data=lambda t: b"[" * 10**6),
    "utf-16": Trick("another encoding", data=lambda text: text.encode("utf-16")),
    "other": Trick("another assignment's notebook", ("rejected",), change=_other),
    "kernel": Trick("a notebook in R", ("rejected",), data=_in_r),
    "stripped": Trick("cells without names and metadata", change=_stripped),
    "answer-deleted": Trick("an answer deleted", ("partial",), change=_without("-answer")),
    "tests-deleted": Trick("a cell of tests deleted", change=_without("-tests")),
    "tests-emptied": Trick("all tests emptied, nothing answered", change=_emptied, solved=False),
    "tests-skipped": Trick("all cells tagged to be skipped", change=_tagged, solved=False),
    "doubled": Trick("an answer twice", change=_doubled),
    "moved": Trick("all cells in the opposite order", change=lambda cells: cells.reverse()),
    "script": Trick("scripts in text, output and code", change=_scripted),
    # what it runs
    "exit": Trick("sys.exit()", code="import sys\nsys.exit()"),
    "dies": Trick("ends the kernel", ENDS, "import os\nos._exit(0)"),
    "kills": Trick(
        "kills all processes", ENDS, "import os\ntry: os.kill(-1, 9)\nfinally: os.abort()"
    ),
    "loop": Trick("a loop without an end", code="while True: pass"),
    "stuck": Trick("a loop that cannot be interrupted", ENDS, STUCK),
    "memory": Trick(
        "takes all memory", (*ENDS, "graded"),
        code="all_ = []\nwhile True: all_.append(b'x' * (1 << 26))",
    ),
    "forks": Trick("starts processes without end", ENDS,
                   code="import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"),
    "disk": Trick(
        "fills the disk",
        code="for i in range(1000): open(f'/tmp/{i}', 'wb').write(b'x' * (1 << 24))",
    ),
    "line": Trick("prints a line of 50 MB", code="print('x' * 50_000_000)"),
    "flood": Trick("prints without end", code="while True: print('x' * 1000)"),
    "gradebook": Trick("edits the gradebook", code=CHEAT),
    "destroys": Trick("deletes all that it can", code=DESTROY),
    "finds": Trick("looks for hidden tests on the disk", code=FIND),
    "network": Trick("asks the network", REVIEW, NETWORK),
    # what it does to the tests: nothing is answered
    "patch": Trick("replaces numpy's assertions", REVIEW, PATCH, solved=False),
    "inside": Trick("replaces the inside of an assertion", REVIEW, INSIDE, solved=False),
    "shell": Trick("replaces what runs a cell", ENDS, SHELL, solved=False),
    "thread": Trick("replaces assertions from a thread", REVIEW, THREAD, solved=False),
    "names": Trick("gives other meanings to names", REVIEW, solved=False,
                   code="abs = all = len = lambda *args: 0\nnp = None"),
    "frames": Trick("reads the tests from the stack", REVIEW, FRAMES),
    "equal": Trick("objects that equal everything", REVIEW, ALWAYS, solved=False),
}  # fmt: skip

CHOSEN = (  # for a class, the most instructive first
    "finds", "patch", "truncated", "gradebook", "destroys", "dies", "answer-deleted", "forks",
    "memory", "stuck", "flood", "disk", "line", "kills", "thread", "equal", "network", "doubled",
    "script", "empty",
)  # fmt: skip


def filled(assignment: Assignment, instead: dict[str, str] | None = None) -> NotebookNode:
    """The released notebook with answers: the solutions, but for the questions in `instead`."""
    solutions = {cell.id: cell for cell in assignment.cells("answer", "written")}
    notebook = assignment.released()
    for cell in notebook.cells:
        solution = solutions.get(cell.id)
        if solution:
            marks = (*source.SOLUTION,)
            lines = [line for line in solution.source.split("\n") if line.strip() not in marks]
            cell.source = "\n".join(lines)
            question = solution.metadata.question
            cell.source = (instead or {}).get(question, cell.source)
    return notebook


def hostile(assignment: Assignment, kind: str, course: str = "") -> tuple[bytes, Expected]:
    """A hostile submission, and what it must get."""
    trick = HOSTILE[kind]
    notebook = filled(assignment) if trick.solved else assignment.released()
    if trick.code:
        code = trick.code.replace("{course!r}", repr(course))
        notebook.cells.insert(2, new_code_cell(code))
    if trick.change:
        trick.change(notebook.cells)
    text = json.dumps(notebook)  # as it is, also where it is not valid
    data = trick.data(text) if trick.data else text.encode()
    full = sum(q.points for q in assignment.questions.values() if not q.written)
    if trick.statuses == ("graded",):
        return data, Expected(trick.statuses, full if trick.solved else 0.0)
    return data, Expected(trick.statuses, None)


def rehearse(course: Course, students: int, name: str | None = None) -> int:
    """Hand in for a class that is made up.

    Parameters
    ----------
    course : Course
    students : int
        How many. Of 12, one is late, one has answered nothing, three make mistakes, three are
        hostile; of more, the same parts, but no more than 20 hostile.
    name : str, optional
        The assignment; the first, if not given.

    Returns
    -------
    int
        How many submissions there are.

    Raises
    ------
    ValueError
        If there are less than 12 students, or a class is there already.
    """
    if students < 12:
        raise ValueError(f"a class must have 12 students or more, got {students}")
    if course.students():
        raise ValueError(f"{course.folder} has a class already: rehearse in a course of its own")
    assignment = {each.name: each for each in course.exercises}[name or course.exercises[0].name]
    name = assignment.name
    hostiles = min(20, students // 4)
    chosen = CHOSEN[:hostiles]
    known = [answer for answer in proof.answers(assignment) if not answer.passes]
    full = sum(q.points for q in assignment.questions.values() if not q.written)
    rows, people = [], []
    files: dict[str, bytes] = {}
    for number in range(students):
        student = f"s{number:04d}"
        people.append([student, f"Student {number}", str(1000 + number), "", student, "A"])
        place = number % 12
        if number < hostiles * 4 and number % 4 == 3:
            kind = chosen[number // 4]
            data, expected = hostile(assignment, kind, str(course.folder))
        elif place == 0:
            kind, expected = "late", Expected(("graded",), full)
            data = nbformat.writes(filled(assignment)).encode()
        elif place == 1:
            kind, expected = "blank", Expected(("graded",), 0.0)
            data = nbformat.writes(assignment.released()).encode()
        elif place in (2, 5, 8):
            wrong = known[(number * 7) % len(known)]
            kind = f"{wrong.question}: {wrong.why}"
            instead = {wrong.question: wrong.code}
            data = nbformat.writes(filled(assignment, instead)).encode()
            lost = proof.mark(assignment, instead=instead).points[wrong.question]
            worth = assignment.questions[wrong.question].points
            expected = Expected(("graded", "review"), full - worth + lost)
        else:
            kind, expected = "right", Expected(("graded",), full)
            data = nbformat.writes(filled(assignment)).encode()
        rows.append([student, kind, " or ".join(expected.statuses), expected.points])
        if kind == "late":
            folder = course.folder / "submitted" / student / name
            write_bytes(folder / f"{name}.ipynb", data)
            write_bytes(folder / "timestamp.txt", LATE.encode())
        else:
            files[f"{student}.ipynb"] = data
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, data in files.items():
            archive.writestr(f"student{file[1:5]}_{1000 + int(file[1:5])}_9_{name}.ipynb", data)
    write_bytes(course.folder / "inbox" / name / "submissions.zip", packed.getvalue())
    columns = ["student", "name", "canvas_id", "sis_user_id", "sis_login_id", "section"]
    write_table(course.folder / "students.csv", columns, people)
    write_table(course.folder / "dates.csv", ["assignment", "due"], [[name, DUE]])
    rows = [["" if value is None else value for value in row] for row in rows]
    write_table(course.folder / "rehearsal.csv", ["student", "kind", "status", "points"], rows)
    return students
