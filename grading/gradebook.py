"""nbgrader's gradebook: results go in, what a person marked comes out.

One process writes, one submission after the other: SQLite takes no more. What formgrader shows is
made here, too: a notebook with nothing of the student's in it that a browser could run.
"""

import copy
import logging
import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades
from nbgrader.utils import compute_checksum
from sqlalchemy.exc import SAWarning

from .course import Course, write_notebook
from .marking import Cell, Result
from .source import KERNEL, Assignment

warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")  # of its own queries

__all__ = ["ByHand", "Record", "autograded"]


@dataclass(frozen=True)
class ByHand:
    """What the gradebook knows that the tests do not.

    Attributes
    ----------
    points : dict of str to float or None
        What a person gave for a cell, by its id; None if it waits for that.
    late : float or None
        Seconds after the date until when it could be handed in; None if nobody knows when it was.
    penalty : float
        Points that this costs.
    comments : dict of str to str
        What a person wrote about a cell, by its id.
    """

    points: dict[str, float | None]
    late: float | None = None
    penalty: float = 0.0
    comments: dict[str, str] = field(default_factory=dict)


class Record:
    """The gradebook of a course.

    Parameters
    ----------
    course : Course
    """

    def __init__(self, course: Course):
        self.course, self.config, self.address = course, course.config, course.database
        self.id = str(self.config.CourseDirectory.get("course_id", ""))
        logging.getLogger("traitlets").setLevel(logging.ERROR)  # its warnings are in our tables

    def set_dates(self) -> None:
        """Enter the dates of ``dates.csv``."""
        with Gradebook(self.address, self.id) as book:
            for name, due in self.course.dates().items():
                book.update_or_create_assignment(name, duedate=due)

    def write(self, assignment: Assignment, student: str, result: Result, time: str | None) -> None:
        """Enter a result, and write the notebook that formgrader shows.

        What a person gave for an answer goes when the answer changes, and waits to be given again.
        """
        name = assignment.name
        notebook = autograded(assignment, result)
        path = self.course.folder / "autograded" / student / name / f"{name}.ipynb"
        changed = _changed(assignment, path, notebook)
        with Gradebook(self.address, self.id) as book:
            book.update_or_create_student(student)
            book.update_or_create_submission(name, student, timestamp=time)
            own = book.find_submission_notebook(name, name, student)
            for grade in own.grades:
                if grade.name in changed:
                    grade.manual_score = grade.extra_credit = None
            for comment in own.comments:
                if comment.name in changed:
                    comment.manual_comment = None
            book.db.commit()
        resources = {
            "nbgrader": {
                "notebook": name,
                "assignment": name,
                "student": student,
                "db_url": self.address,
            }
        }
        for step in (SaveAutoGrades(config=self.config), AssignLatePenalties(config=self.config)):
            step.preprocess(notebook, resources)
        if result.status == "review":
            with Gradebook(self.address, self.id) as book:
                for grade in book.find_submission_notebook(name, name, student).grades:
                    grade.needs_manual_grade = True
                book.db.commit()
        write_notebook(path, notebook)

    def by_hand(self, assignment: Assignment) -> dict[str, ByHand]:
        """What people marked, by student."""
        found = {}
        name = assignment.name
        with Gradebook(self.address, self.id) as book:
            try:
                submissions = book.assignment_submissions(name)
            except MissingEntry:
                return {}
            for submission in submissions:
                points: dict[str, float | None] = {}
                comments: dict[str, str] = {}
                penalty = 0.0
                for notebook in submission.notebooks:
                    penalty += notebook.late_submission_penalty or 0.0
                    for grade in notebook.grades:
                        if grade.manual_score is not None:
                            points[grade.name] = grade.manual_score + (grade.extra_credit or 0)
                        elif grade.auto_score is None:
                            points[grade.name] = None
                    for comment in notebook.comments:
                        if comment.manual_comment:
                            comments[comment.name] = comment.manual_comment
                late = submission.total_seconds_late if submission.timestamp else None
                found[submission.student_id] = ByHand(points, late, penalty, comments)
        return found


def autograded(assignment: Assignment, result: Result) -> NotebookNode:
    """The notebook that formgrader shows: sources of ours, answers, and outputs of the shown run.

    A cell of tests has an error in its outputs exactly if it earned nothing: from that nbgrader
    takes the points.
    """
    ours = {cell.id: cell for cell in assignment.notebook.cells}
    released = {cell.id: cell for cell in assignment.released().cells}
    by_id = {cell.id: cell for cell in result.cells if cell.id}
    follow: dict[str | None, list[Cell]] = {}
    latest: str | None = None
    for cell in result.cells:
        if cell.id is None:
            follow.setdefault(latest, []).append(cell)
        elif cell.role != "written":
            latest = cell.id
    cells = [_own(cell) for cell in follow.get(None, [])]
    for name, cell in released.items():
        new = copy.deepcopy(cell)
        mine = by_id.get(name)
        if mine and new.cell_type == "code":
            new.outputs, new.execution_count = list(mine.outputs), None
            if mine.role == "tests":
                new.source = ours[name].source
                new.outputs = [] if mine.earned else [_error(mine.message)]
            else:
                new.source = mine.text
                new.outputs += [_error(mine.error)] if mine.error else []
        elif mine and mine.role == "written":
            new.source = _harmless(mine.text)
            if mine.text.strip() in (
                "",
                cell.source.strip(),
            ):  # nothing was written: nothing to mark
                new.metadata.nbgrader.checksum = compute_checksum(new)
        cells += [new, *map(_own, follow.get(name, []))]
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return new_notebook(cells=cells, metadata=metadata)


def _changed(assignment: Assignment, path: Path, new: NotebookNode) -> set[str]:
    """The ids of the cells of all questions whose answer is not as in the notebook at `path`."""
    if not path.exists():
        return set()
    before = {cell.get("id"): cell.source for cell in nbformat.read(path, 4).cells}
    questions = {cell.id: cell.metadata.get("question") for cell in assignment.notebook.cells}
    changed = {
        questions[cell.id]
        for cell in new.cells
        if cell.get("id") in questions and before.get(cell.id) != cell.source
    }
    return {name for name, question in questions.items() if question and question in changed}


def _own(cell: Cell) -> NotebookNode:
    new = new_code_cell(cell.text, outputs=list(cell.outputs))
    new.outputs += [_error(cell.error)] if cell.error else []
    return new


def _error(message: str) -> NotebookNode:
    return new_output("error", ename="Error", evalue=message, traceback=[message])


def _harmless(text: str) -> str:
    """A student's text as a block of plain text: no HTML, no link, no picture from elsewhere."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}text\n{text}\n{fence}"
