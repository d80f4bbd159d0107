"""What leaves the course: a page for each student, and tables of grades.

The tables are made from our own results, not from the gradebook's sums: there, a grade that could
not be made again would still be the old one. What a person marked comes from the gradebook, and
what a person decided from ``decisions.csv``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from .course import Course, write_bytes, write_table
from .gradebook import ByHand
from .marking import Cell, Result
from .source import TEXT_STUB, Assignment

__all__ = ["Grade", "headings", "write_feedback", "write_grades"]

COUNTED = ("graded", "partial")
NOBODY = ByHand({})


@dataclass(frozen=True)
class Grade:
    """A student's grade for an assignment.

    Attributes
    ----------
    student : str
    result : Result or None
        None if nothing was handed in.
    by_hand : ByHand
    decision : mapping, optional
        The row of ``decisions.csv``, if there is one.
    """

    assignment: Assignment
    student: str
    result: Result | None
    by_hand: ByHand = NOBODY
    decision: Mapping[str, str] | None = None

    @property
    def status(self) -> str:
        if self.decision:
            return "decided"
        return self.result.status if self.result else "missing"

    @property
    def counts(self) -> bool:
        """Whether there are points, be they of the tests or of a person."""
        return self.status in COUNTED or self.decision is not None

    def earned(self, question: str) -> float | None:
        """The points for a question; None if a person has yet to mark it."""
        total = 0.0
        for cell in self.result.cells if self.result else []:
            if cell.question == question and cell.role in ("tests", "written"):
                given = self.by_hand.points.get(str(cell.id), cell.earned)
                if given is None:
                    return None
                total += given
        return total

    @property
    def waiting(self) -> float:
        """The points that wait for a person."""
        questions = self.assignment.questions.values()
        return sum(q.points for q in questions if self.result and self.earned(q.name) is None)

    @property
    def points(self) -> float | None:
        """The points so far, less what being late costs; None if nothing counts."""
        if self.decision and self.decision["points"] != "accept":
            return float(self.decision["points"])
        if not self.counts or self.result is None:
            return None
        earned = (self.earned(name) or 0.0 for name in self.assignment.questions)
        return max(0.0, sum(earned) - self.by_hand.penalty)

    @property
    def final(self) -> float | None:
        """The points if nothing waits any more."""
        decided = self.decision and self.decision["points"] != "accept"
        return self.points if decided or not self.waiting else None


def out_of(assignment: Assignment) -> float:
    return sum(question.points for question in assignment.questions.values())


def write_grades(course: Course, assignment: Assignment, grades: list[Grade]) -> list[Path]:
    """Write ``grades/NAME.csv``, and ``grades/NAME-canvas.csv`` in Canvas' form.

    Canvas' has only those to whom nothing is missing: a score that waits stays as it is there.
    """
    name, folder = assignment.name, course.folder / "grades"
    questions = list(assignment.questions)
    students = course.students()
    columns = ["student", "name", "status", "points", "out_of", "waiting", "late_seconds"]
    columns += [*questions, "reason", "notes"]
    rows = []
    for grade in grades:
        row: dict[str, Any] = {
            "student": grade.student,
            "name": students.get(grade.student, {}).get("name", ""),
            "status": grade.status,
            "points": "" if grade.points is None else grade.points,
            "out_of": out_of(assignment),
            "waiting": grade.waiting,
            "late_seconds": "" if grade.by_hand.late is None else round(grade.by_hand.late),
        }
        if grade.result:
            marks = {question: grade.earned(question) for question in questions}
            row |= {q: "" if mark is None else mark for q, mark in marks.items()}
            row |= {"reason": grade.result.reason, "notes": "; ".join(grade.result.notes)}
        if grade.decision:
            row["notes"] = "; ".join(filter(None, [row.get("notes"), grade.decision["note"]]))
        rows.append(row)
    write_table(folder / f"{name}.csv", columns, rows)

    canvas = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment.title]
    lines: list[list[Any]] = [["Points Possible", "", "", "", "", out_of(assignment)]]
    for grade in grades:
        person = students.get(grade.student, {})
        who = [person.get("name") or grade.student]
        who += [person.get(key, "") for key in ("canvas_id", "sis_user_id")]
        who += [person.get("sis_login_id") or grade.student, person.get("section", "")]
        lines.append([*who, "" if grade.final is None else grade.final])
    write_table(folder / f"{name}-canvas.csv", canvas, lines)
    return [folder / f"{name}.csv", folder / f"{name}-canvas.csv"]


def headings(assignment: Assignment) -> dict[str, str]:
    """The heading above each question, without its points."""
    found, heading = {}, ""
    for cell in assignment.notebook.cells:
        if cell.cell_type == "markdown" and "role" not in cell.metadata:
            for line in cell.source.split("\n"):
                if line.startswith("## "):
                    heading = line.lstrip("# ").rsplit(" (", 1)[0]
        question = cell.metadata.get("question")
        if question and question not in found:
            found[question] = heading
    return found


def write_feedback(course: Course, grade: Grade) -> Path:
    """Write a student's page, if it is not there as it should be.

    Nothing on it is HTML of the student's: all of it is text, and a policy in the page forbids
    scripts as well.
    """
    name = grade.assignment.name
    path = course.folder / "feedback" / grade.student / name / f"{name}.html"
    page = _page(grade).encode("utf-8", "replace")
    if not path.exists() or path.read_bytes() != page:
        write_bytes(path, page)
    return path


def _page(grade: Grade) -> str:
    assert grade.result is not None
    titles, result = headings(grade.assignment), grade.result
    questions = []
    belongs, rest = _sorted(result.cells)
    for question in grade.assignment.questions.values() if result.cells else ():
        questions.append(
            {
                "title": titles[question.name],
                "points": question.points,
                "earned": grade.earned(question.name),
                "cells": belongs.get(question.name, []),
                "comment": " ".join(
                    text
                    for name, text in grade.by_hand.comments.items()
                    if name.startswith(f"{question.name}-")
                ),
            }
        )
    return _template().render(
        title=grade.assignment.title,
        student=grade.student,
        rejected=grade.status in ("rejected", "failed") and not grade.decision,
        held=not grade.counts,
        points=grade.points or 0.0,
        out_of=out_of(grade.assignment),
        waiting=grade.waiting,
        message="" if grade.decision else result.message,
        decision=grade.decision and (grade.decision["note"] or "A person has decided."),
        late=_duration(grade.by_hand.late or 0.0),
        penalty=grade.by_hand.penalty,
        notes=result.notes,
        questions=questions,
        rest=rest,
        stub=TEXT_STUB,
    )


def _sorted(cells: list[Cell]) -> tuple[dict[str, list[Cell]], list[Cell]]:
    """The cells by question; a student's own cell belongs to the question that it follows."""
    belongs: dict[str, list[Cell]] = {}
    rest: list[Cell] = []
    latest: str | None = None
    for cell in cells:
        latest = cell.question or latest
        if cell.question:
            belongs.setdefault(cell.question, []).append(cell)
        elif cell.role in (None, "scratch") and cell.text.strip():
            (belongs.setdefault(latest, []) if latest else rest).append(cell)
    return belongs, rest


def _duration(seconds: float) -> str:
    if seconds <= 0:
        return ""
    days, hours, minutes = seconds // 86400, seconds % 86400 // 3600, seconds % 3600 // 60
    parts = [(days, "day"), (hours, "hour"), (minutes, "minute")]
    words = [f"{n:g} {unit}{'s' if n != 1 else ''}" for n, unit in parts if n]
    return " ".join(words[:2]) or "less than a minute"


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True)
    return environment.get_template("feedback.html.j2")
