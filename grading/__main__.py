"""Commands for assignments.

python -m grading write [--book FOLDER]          write the students' notebooks
python -m grading check [--book FOLDER]          name those that are stale
python -m grading prove                          prove the tests by right answers and mistakes
python -m grading course COURSE                  make or refresh a course's folder
python -m grading grade COURSE [NAME ...]        grade what was handed in
python -m grading rehearse COURSE [--students N] hand in for a class that is made up

All take --exercises FOLDER, for a copy of your own with hidden tests of your own.
"""

import argparse
import json
import os
import sys
from collections import Counter
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4.rwbase import split_lines

from .source import Assignment, SourceError, assignments

ROOT = Path(__file__).resolve().parents[1]


def text_of(notebook: NotebookNode) -> str:
    """The text of a notebook's file: one form only, so that a diff shows what changed."""
    return json.dumps(split_lines(notebook), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        found = assignments(options.exercises)
        if options.what in ("write", "check"):
            return _notebooks(found, options.book, options.what == "write")
        if options.what == "prove":
            return _prove(found)
        return _course(found, options)
    except (SourceError, ValueError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m grading", description="Make and grade.")
    commands = parser.add_subparsers(dest="what", required=True, metavar="COMMAND")
    for name, text in (
        ("write", "write the students' notebooks"),
        ("check", "name those that are stale"),
        ("prove", "prove the tests by right answers and known mistakes"),
        ("course", "make or refresh a course's folder"),
        ("grade", "grade what was handed in"),
        ("rehearse", "hand in for a class that is made up"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument(
            "--exercises", type=Path, default=ROOT / "exercises", metavar="FOLDER",
            help="the assignments' sources (default: %(default)s)",
        )  # fmt: skip
        if name in ("write", "check"):
            book = ROOT / "book" / "exercises"
            command.add_argument("--book", type=Path, default=book, metavar="FOLDER")
        elif name != "prove":
            command.add_argument("course", type=Path, metavar="COURSE")
        if name == "rehearse":
            command.add_argument("--students", type=int, default=12, metavar="N")
            command.add_argument("--assignment", default=None, metavar="NAME")
        if name == "grade":
            _add_limits(command)
    return parser


def _add_limits(command: argparse.ArgumentParser) -> None:
    from .sandbox import Limits

    default = Limits()
    command.add_argument("names", nargs="*", metavar="NAME", help="only these assignments")
    command.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N",
        help="submissions at the same time (default: %(default)s)",
    )  # fmt: skip
    command.add_argument(
        "--cell", type=float, default=default.cell, metavar="SECONDS",
        help="that a cell may take (default: %(default)g)",
    )  # fmt: skip
    command.add_argument(
        "--notebook", type=float, default=default.notebook, metavar="SECONDS",
        help="that a notebook may take (default: %(default)g)",
    )  # fmt: skip
    command.add_argument(
        "--memory", type=int, default=default.memory >> 20, metavar="MIB",
        help="that a notebook may use (default: %(default)d)",
    )  # fmt: skip
    command.add_argument(
        "--no-sandbox", action="store_true",
        help="run answers with your own rights: they can read and change all that you can",
    )  # fmt: skip


def _notebooks(found: list[Assignment], book: Path, write: bool) -> int:
    stale = 0
    for assignment in found:
        path = book / f"{assignment.name}.ipynb"
        text = text_of(assignment.released())
        if not path.exists() or path.read_text("utf-8") != text:
            stale += 1
            print(f"{'written' if write else 'stale'}: {path}")
            if write:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
    return 1 if stale and not write else 0


def _prove(found: list[Assignment]) -> int:
    from . import proof

    count = 0
    for assignment in found:
        lines = list(proof.faults(assignment))
        print(f"{assignment.name}: {'proved' if not lines else ''}", *lines, sep="\n  ")
        count += len(lines)
    return 1 if count else 0


def _course(found: list[Assignment], options: argparse.Namespace) -> int:
    from .course import Course
    from .grade import grade
    from .rehearsal import rehearse
    from .sandbox import Bubblewrap, Limits, Nowhere

    course = Course(options.course, found)
    if options.what == "course":
        course.make()
        print(f"{course.folder}: {len(found)} assignments; what to do with it: the book's guide")
        return 0
    if options.what == "rehearse":
        count = rehearse(course, options.students, options.assignment)
        print(f"{count} submissions are in {course.folder / 'inbox'}: grade them with make grade")
        return 0
    if options.jobs < 1:
        raise ValueError(f"--jobs must be 1 or more, got {options.jobs}")
    limits = Limits(options.cell, options.notebook, options.memory << 20)
    if options.no_sandbox:
        print("without a sandbox: answers run with your own rights", file=sys.stderr)
    sandbox = Nowhere() if options.no_sandbox else Bubblewrap()
    done = grade(course, sandbox, limits, options.jobs, options.names)
    for name, grades in done.items():
        statuses = Counter(each.status for each in grades)
        print(f"{name}: " + ", ".join(f"{n} {status}" for status, n in sorted(statuses.items())))
        for each in grades:
            if each.status in ("review", "failed", "rejected", "partial") and each.result:
                print(f"  {each.student}: {each.status}: {each.result.reason}")
    where = course.folder
    print(f"grades are in {where}/grades, a page for each student in {where}/feedback")
    failed = any(each.status == "failed" for grades in done.values() for each in grades)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
