"""A course folder for nbgrader, with all that an instructor needs beside it.

::

    course/
      nbgrader_config.py    nbgrader's settings; the gradebook's address stands there
      students.csv          who is in the class (optional)
      dates.csv             until when each assignment may be handed in (optional)
      decisions.csv         what a person decided about a submission
      source/, release/     nbgrader's: instructor's and student's version
      instructor/           to read: solutions, hidden tests and rubrics
      lms/                  a zip of each assignment, for a learning-management system
      inbox/NAME/           where to put what students hand in
"""

import copy
import csv
import io
import json
import os
import shutil
import sysconfig
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

from tools.notebooks import repository

from . import source
from .source import Assignment

__all__ = ["Course", "CourseError"]

CONFIG = '''\
"""nbgrader's settings for this course. Change what you like; the comments say what is what."""

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "gradient-descent"
# Where the grades are. With more than one person or machine writing, take PostgreSQL
# ("postgresql+psycopg://USER:PASSWORD@HOST/NAME"). Never put SQLite on a network file system.
# c.CourseDirectory.db_url = "sqlite:///gradebook.db"

# What stands in the place of a solution.
c.ClearSolutions.code_stub = {{"python": {code!r}}}
c.ClearSolutions.text_stub = {text!r}

# What formgrader's buttons would do: run answers with your own rights, and show hidden tests.
from nbgrader.converters import Autograde, GenerateFeedback  # noqa: E402


def _refuse(self):
    raise RuntimeError("run `make grade`: it grades in a sandbox, and makes the feedback pages")


Autograde.start = GenerateFeedback.start = _refuse

# What somebody loses who hands in late: "none" or "zero", or a plugin of yours.
# c.LateSubmissionPlugin.penalty_method = "none"
'''
README = """\
{title}

Open {name}.ipynb in Jupyter, and follow what it says. It needs Python with the book's library:

    pip install "gradient-descent-book @ git+{address}"

or none of that in Google Colab or on Binder: open the assignment's page in the book, and click on
the rocket. Hand in the file {name}.ipynb, and nothing else.
"""
STUDENTS = ["student", "name", "canvas_id", "sis_user_id", "sis_login_id", "section"]
DATES = ["assignment", "due"]
DECISIONS = ["assignment", "student", "points", "note"]


class CourseError(ValueError):
    """The course's folder is not as it should be."""


class Course:
    """A course folder.

    Parameters
    ----------
    folder : Path
    exercises : sequence of Assignment
        The assignments that it is made of.
    """

    def __init__(self, folder: Path, exercises: Sequence[Assignment]):
        self.folder = folder.resolve()
        self.exercises = exercises

    # --- making it ---

    def make(self) -> None:
        """Write or refresh all that comes from the assignments; what a person wrote is kept."""
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = self.folder / "nbgrader_config.py"
        if not settings.exists():
            stub = f"# Your code here.\n{source.STUB}"
            settings.write_text(CONFIG.format(code=stub, text=source.TEXT_STUB), "utf-8")
        for name, columns, rows in (
            ("students.csv", STUDENTS, []),
            ("dates.csv", DATES, [[each.name, ""] for each in self.exercises]),
            ("decisions.csv", DECISIONS, []),
        ):
            if not (self.folder / name).exists():
                write_table(self.folder / name, columns, rows)
        for assignment in self.exercises:
            path = self.folder / "source" / assignment.name / f"{assignment.name}.ipynb"
            before = path.read_bytes() if path.exists() else None
            self._write(assignment)
            try:
                self._generate(assignment)
            except CourseError:
                if before is not None:  # the gradebook is still of that version
                    write_bytes(path, before)
                raise

    def _write(self, assignment: Assignment) -> None:
        name = assignment.name
        (self.folder / "inbox" / name).mkdir(parents=True, exist_ok=True)
        write_notebook(self.folder / "source" / name / f"{name}.ipynb", for_nbgrader(assignment))
        write_notebook(self.folder / "instructor" / f"{name}.ipynb", for_reading(assignment))
        packed = io.BytesIO()
        readme = README.format(title=assignment.title, name=name, address=repository())
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, text in (
                (f"{name}.ipynb", nbformat.writes(assignment.released())),
                ("README.txt", readme),
            ):
                # Always the same date: the same assignment makes the same file.
                archive.writestr(zipfile.ZipInfo(f"{name}/{file}", (2000, 1, 1, 0, 0, 0)), text)
        write_bytes(self.folder / "lms" / f"{name}.zip", packed.getvalue())

    def _generate(self, assignment: Assignment) -> None:
        """Let nbgrader make its release, and enter the assignment into the gradebook."""
        scripts = sysconfig.get_path("scripts")  # nbgrader calls alembic, which lives there
        if shutil.which("alembic") is None:
            os.environ["PATH"] = os.pathsep.join([scripts, os.environ.get("PATH", "")])
        done = self.api.generate_assignment(assignment.name)
        if not done["success"] and any(self.folder.glob(f"submitted/*/{assignment.name}")):
            raise CourseError(
                f"{assignment.name} has changed, and its cells are fixed once somebody has handed "
                "it in: make a new course, or give the exercises that this one was made of"
            )
        if not done["success"]:
            raise CourseError(f"nbgrader refuses {assignment.name}: {done.get('log', '')[-2000:]}")

    def check(self, assignment: Assignment) -> None:
        """Raise `CourseError` if the course was made of another version of an assignment."""
        name = assignment.name
        path = self.folder / "source" / name / f"{name}.ipynb"
        if not path.exists() or path.read_text("utf-8") != nbformat.writes(
            for_nbgrader(assignment)
        ):
            raise CourseError(
                f"{name} is not what this course was made of: bring the course up to date with "
                "make course (and hand out the new version, if cells have changed)"
            )

    # --- using it ---

    @property
    def config(self) -> Config:
        """nbgrader's settings."""
        path = self.folder / "nbgrader_config.py"
        if not path.exists():
            raise CourseError(f"{self.folder} is no course: make it with make course first")
        config: Config = PyFileConfigLoader(path.name, path=str(self.folder)).load_config()
        config.CourseDirectory.root = str(self.folder)
        if not isinstance(config.CourseDirectory.get("db_url"), str):
            config.CourseDirectory.db_url = f"sqlite:///{self.folder}/gradebook.db"
        return config

    @property
    def api(self) -> NbGraderAPI:
        directory = CourseDirectory(config=self.config)
        return NbGraderAPI(directory, config=self.config)

    @property
    def database(self) -> str:
        """The address of the gradebook."""
        return str(self.config.CourseDirectory.db_url)

    def students(self) -> dict[str, dict[str, str]]:
        """The class by name, as ``students.csv`` has it."""
        return {row["student"]: row for row in self._table("students.csv", STUDENTS)}

    def dates(self) -> dict[str, str]:
        """Until when each assignment may be handed in.

        Raises
        ------
        CourseError
            If a date is not like ``2026-10-30 18:00:00 UTC``.
        """
        found = {}
        for row in self._table("dates.csv", DATES):
            self._check(row, "dates.csv", student=False)
            due = row["due"]
            if due:
                try:
                    datetime.strptime(due, "%Y-%m-%d %H:%M:%S UTC")
                except ValueError:
                    raise CourseError(
                        f"dates.csv: a date like 2026-10-30 18:00:00 UTC is wanted, got {due!r}"
                    ) from None
                found[row["assignment"]] = due
        return found

    def decisions(self) -> dict[tuple[str, str], dict[str, str]]:
        """What a person decided, by assignment and student.

        Raises
        ------
        CourseError
            If points are neither a number nor ``accept``, or of nobody's.
        """
        found = {}
        for row in self._table("decisions.csv", DECISIONS):
            most = sum(q.points for q in self._check(row, "decisions.csv").questions.values())
            try:
                good = row["points"] == "accept" or 0 <= float(row["points"]) <= most
            except ValueError:
                good = False
            if not good:
                raise CourseError(
                    f"decisions.csv: points must be a number from 0 to {most:g}, or the word "
                    f"accept, got {row['points']!r} for {row['student']!r}"
                )
            found[row["assignment"], row["student"]] = row
        return found

    def _check(self, row: dict[str, str], name: str, student: bool = True) -> Assignment:
        """The assignment that a row is about, if it and the student exist."""
        known = {each.name: each for each in self.exercises}
        if row["assignment"] not in known:
            raise CourseError(
                f"{name}: no assignment {row['assignment']!r}; there are {', '.join(known)}"
            )
        who = row.get("student", "")
        handed_in = self.folder / "submitted" / who / row["assignment"]
        if student and who not in self.students() and not (who and handed_in.is_dir()):
            raise CourseError(f"{name}: no student {who!r} has handed in {row['assignment']}")
        return known[row["assignment"]]

    def _table(self, name: str, columns: list[str]) -> list[dict[str, str]]:
        """The rows of a table, if its columns are those it should have."""
        path = self.folder / name
        if not path.exists():
            return []
        try:
            text = path.read_text("utf-8-sig")
        except UnicodeDecodeError:
            raise CourseError(f"{name} is not UTF-8: save it as CSV UTF-8") from None
        first = text.split("\n", 1)[0]
        rows = list(csv.DictReader(io.StringIO(text), delimiter=";" if ";" in first else ","))
        had = [column.strip() for column in next(csv.reader([first.replace(";", ",")]), [])]
        missing = [c for c in columns[: 3 if name == "decisions.csv" else 1] if c not in had]
        unknown = [column for column in had if column not in columns]
        if missing or unknown:
            fault = (
                f"the column {missing[0]!r} is missing" if missing else f"what is {unknown[0]!r}?"
            )
            raise CourseError(
                f"{name}: {fault} It may have {', '.join(columns)}; it has {', '.join(had)}"
            )
        return [{c: (row.get(c) or "").strip() for c in columns} for row in rows]


def for_nbgrader(assignment: Assignment) -> NotebookNode:
    """The instructor's version as nbgrader takes it: a rubric stands in the solution of its answer.

    nbgrader would hand out a rubric in a cell of its own to every student.
    """
    notebook = copy.deepcopy(assignment.notebook)
    rubrics = {c.metadata.question: c.source for c in assignment.cells("rubric")}
    cells = []
    for cell in notebook.cells:
        role, question = cell.metadata.get("role"), cell.metadata.get("question")
        if role == "rubric":
            continue
        if role == "written" and question in rubrics:
            end = source.SOLUTION[1]
            cell.source = cell.source.replace(end, f"\n**Rubric.** {rubrics[question]}\n{end}")
        cells.append(cell)
    notebook.cells = cells
    return _plain(notebook)


def for_reading(assignment: Assignment) -> NotebookNode:
    """The instructor's version to read, with the rubrics as boxes."""
    notebook = copy.deepcopy(assignment.notebook)
    for cell in notebook.cells:
        if cell.metadata.get("role") == "rubric":
            cell.source = f"**Rubric.** {cell.source}"
        cell.metadata.pop("nbgrader", None)
    return _plain(notebook)


def _plain(notebook: NotebookNode) -> NotebookNode:
    for cell in notebook.cells:
        for key in ("role", "question", "points"):
            cell.metadata.pop(key, None)
    language = {"name": "python"}
    notebook.metadata = NotebookNode(kernelspec=source.KERNEL, language_info=language)
    return notebook


# --- files ---


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, whenever the machine stops."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def write_notebook(path: Path, notebook: NotebookNode) -> None:
    write_bytes(path, nbformat.writes(notebook).encode("utf-8"))


def write_json(path: Path, data: Any) -> None:
    write_bytes(path, json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"))


def write_table(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any] | Mapping[str, Any]]
) -> None:
    """Write a CSV. What could be a formula for a spreadsheet becomes text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        values = [row.get(c, "") for c in columns] if isinstance(row, Mapping) else row
        writer.writerow([_cell(value) for value in values])
    write_bytes(path, text.getvalue().encode("utf-8", "replace"))


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
