"""Grade a course: collect, check, run, record, and report. Run it again whenever you like.

What was graded and has not changed since is not graded again. Everything is written whole or not at
all, so that it may be stopped at any time, by force, too.
"""

import asyncio
import csv
import hashlib
import io
import json
import os
import re
import shutil
import stat
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from secrets import token_hex

from nbgrader.utils import parse_utc
from tqdm import tqdm

from .course import Course, CourseError, write_bytes, write_json
from .gradebook import Record
from .marking import Marker, Result
from .preflight import LARGEST, Refused, safe_name
from .report import NOBODY, Grade, write_feedback, write_grades
from .sandbox import Limits, Sandbox
from .source import Assignment

__all__ = ["Submission", "collect", "grade"]

ROOT = Path(__file__).resolve().parents[1]
ARCHIVE = 2 << 30  # bytes that an archive may hold, unpacked
PATTERNS = (  # how learning-management systems name what they export
    # Canvas: doejane_LATE_1234_56789_01-one-knob.ipynb
    re.compile(r"(?P<name>[^_/]+)_(?:LATE_)?(?P<student>\d+)_\d+_[^/]*\.\w+"),
    # Moodle: Jane Doe_1234_assignsubmission_file_/01-one-knob.ipynb
    re.compile(r"(?P<name>[^/]+)_(?P<student>\d+)_assignsubmission_file_?/[^/]*\.\w+"),
    # a folder or a file for each student
    re.compile(r"(?P<student>[^/]+)/[^/]*\.\w+"),
    re.compile(r"(?P<student>[^/]+)\.\w+"),
)


@dataclass(frozen=True)
class Submission:
    """What a student handed in.

    Attributes
    ----------
    student : str
    data : bytes
    time : str or None
        When, as the exchange noted it.
    secret : str or None
        Of the exchange: the page's name there is made from it.
    refused : Refused, optional
        Why it cannot be read at all.
    notes : tuple of str
    """

    student: str
    data: bytes
    time: str | None = None
    refused: Refused | None = None
    secret: str | None = None
    notes: tuple[str, ...] = ()


def grade(
    course: Course,
    sandbox: Sandbox,
    limits: Limits | None = None,
    jobs: int = 2,
    names: Iterable[str] = (),
) -> dict[str, list[Grade]]:
    """Grade what was handed in, and write feedback and tables.

    Parameters
    ----------
    course : Course
    sandbox : Sandbox
    limits : Limits, optional
    jobs : int
        How many submissions to run at the same time: as many as there are processors.
    names : iterable of str, optional
        Only these assignments.

    Returns
    -------
    dict of str to list of Grade
        By assignment.

    Raises
    ------
    SandboxError
        If the sandbox does not work here.
    CourseError
        If there is no such assignment, or a file of the course is not as it should be.
    """
    wanted = set(names)
    unknown = wanted - {each.name for each in course.exercises}
    if unknown:
        known = ", ".join(each.name for each in course.exercises)
        raise CourseError(f"no assignment {sorted(unknown)[0]!r}; there are {known}")
    for path in sorted((course.folder / "inbox").glob("*")):
        if path.name not in {each.name for each in course.exercises} and path.name[0] != ".":
            raise CourseError(f"{path} is in no assignment's folder: move it to inbox/NAME")
    decisions = course.decisions()
    record = Record(course)
    record.set_dates()
    sandbox.check()
    done = {}
    for assignment in course.exercises:
        if wanted and assignment.name not in wanted:
            continue
        collect(course, assignment)
        submissions = list(_submitted(course, assignment))
        if not submissions and assignment.name not in wanted:
            continue
        course.check(assignment)
        marker = Marker(assignment, sandbox, limits or Limits())
        results = asyncio.run(_mark_all(course, marker, record, submissions, jobs))
        hands = record.by_hand(assignment)
        everybody = sorted(set(course.students()) | set(results))
        grades = [
            Grade(
                assignment,
                student,
                results.get(student),
                hands.get(student, NOBODY),
                decisions.get((assignment.name, student)),
            )
            for student in everybody
        ]
        notes = {each.student: (each.time, each.secret) for each in submissions}
        for each in grades:
            if each.result:
                page = write_feedback(course, each)
                _releasable(page.parent, *notes.get(each.student, (None, None)))
        write_grades(course, assignment, grades)
        done[assignment.name] = grades
    return done


# --- collecting ---


def collect(course: Course, assignment: Assignment) -> None:
    """Bring what lies in ``inbox/NAME`` to ``submitted/STUDENT/NAME``, archives unpacked.

    What has a name that cannot be used goes to ``submitted`` all the same, under a name of ours, so
    that it stands in the table.
    """
    name = assignment.name
    ids = {}
    for student, row in course.students().items():
        for key in (student, row["canvas_id"], row["sis_user_id"], row["sis_login_id"]):
            if key:
                ids[key] = student
    for old in (course.folder / "submitted").glob(f"*/{name}/collected.txt"):
        if ids and old.parent.parent.name not in ids.values():  # the table has been mended since
            shutil.rmtree(old.parent)
    newest: dict[str, tuple[float, bytes]] = {}
    for path, data, when in _inbox(course.folder / "inbox" / name):
        matches = filter(None, (pattern.fullmatch(path) for pattern in PATTERNS))
        match = next(matches, None)
        student = match["student"] if match else path
        student = ids.get(student, student)
        try:
            safe_name(student)
        except Refused as refused:
            student = f"unknown-{hashlib.sha256(path.encode('utf-8', 'replace')).hexdigest()[:8]}"
            place = course.folder / "submitted" / student / name
            told = [refused.student, f"{refused.instructor}: {path!r}"]
            write_json(place / "refused.json", told)
            write_bytes(place / "collected.txt", b"from the inbox\n")
            continue
        if student not in newest or newest[student][0] <= when:
            newest[student] = when, data
    for student, (_, data) in newest.items():
        target = course.folder / "submitted" / student / name / f"{name}.ipynb"
        if not target.exists() or target.read_bytes() != data:
            write_bytes(target, data)
            write_bytes(target.parent / "collected.txt", b"from the inbox\n")


def _inbox(folder: Path) -> Iterator[tuple[str, bytes, float]]:
    """The files in an inbox, in archives, too: path, content and time of the last change."""
    if not folder.is_dir():
        return
    for here, _, files in os.walk(folder):
        for file in sorted(files):
            path = Path(here, file)
            info = path.lstat()
            if file.startswith(".") or not stat.S_ISREG(info.st_mode):
                continue
            if zipfile.is_zipfile(path) and path.suffix == ".zip":
                yield from _unpacked(path)
            elif path.suffix != ".txt":
                with path.open("rb") as stream:  # one byte more than allowed shows that it is more
                    data = stream.read(LARGEST + 1)
                yield path.relative_to(folder).as_posix(), data, info.st_mtime


def _unpacked(path: Path) -> Iterator[tuple[str, bytes, float]]:
    total = 0
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            base = member.filename.rsplit("/", 1)[-1]
            if member.is_dir() or base.startswith(".") or "__MACOSX" in member.filename:
                continue
            with archive.open(member) as stream:  # what a member says of its size may be a lie
                data = stream.read(LARGEST + 1)
            total += len(data)
            if total > ARCHIVE:
                raise CourseError(f"{path} holds more than {ARCHIVE >> 30} GiB")
            if not base.endswith(".txt"):
                yield member.filename, data, datetime(*member.date_time, tzinfo=UTC).timestamp()


def _submitted(course: Course, assignment: Assignment) -> Iterator[Submission]:
    """What lies in ``submitted``, also where nbgrader's own collector put it there."""
    name = assignment.name
    known = course.students()
    for folder in sorted((course.folder / "submitted").glob(f"*/{name}")):
        student = folder.parent.name
        if (folder / "refused.json").exists():
            told = Refused(*json.loads((folder / "refused.json").read_text("utf-8")))
            yield Submission(student, b"", refused=told)
            continue
        if known and student not in known:
            told = Refused(
                "Your name is not in the list of the class. Tell your teacher.",
                f"nobody in students.csv has the name or number {student}",
            )
            yield Submission(student, b"", refused=told)
            continue
        time, secret = _time(folder), _note(folder / "submission_secret.txt")
        notebooks = sorted(p for p in folder.glob("*.ipynb") if not p.name.startswith("."))
        named = [p for p in notebooks if p.name == f"{name}.ipynb"]
        path = (named or notebooks or [folder / f"{name}.ipynb"])[0]
        notes: tuple[str, ...] = ()
        if path.name != f"{name}.ipynb":
            notes += (f"the file was called {path.name[:80]}",)
        if time is None and (folder / "timestamp.txt").exists():
            notes += ("timestamp.txt does not say when it was handed in",)
        if not _is_file(path) or folder.is_symlink() or folder.parent.is_symlink():
            kind = "no regular file" if path.is_symlink() or path.exists() else "no notebook"
            refused = Refused(
                "There is no notebook in what you handed in.", f"{kind}: {path.name[:80]}"
            )
            yield Submission(student, b"", time, refused, secret)
            continue
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
        yield Submission(student, data, time, secret=secret, notes=notes)


def _note(path: Path) -> str | None:
    """A short text that the exchange put beside a notebook. The student could change it."""
    if not _is_file(path):
        return None
    with path.open("rb") as stream:
        return stream.read(1000).decode("utf-8", "replace").strip() or None


def _time(folder: Path) -> str | None:
    time = _note(folder / "timestamp.txt")
    try:
        parse_utc(time)
    except (ValueError, OverflowError):
        return None
    return time


def _releasable(folder: Path, time: str | None, secret: str | None) -> None:
    """Put beside a page what ``nbgrader release_feedback`` needs: it stops where that is missing.

    What did not come through the exchange has no secret. Its page is released under a name that
    nobody knows.
    """
    path = folder / "submission_secret.txt"
    for file, text in (
        (folder / "timestamp.txt", time or ""),
        (path, secret or (path.read_text("utf-8") if path.exists() else token_hex(64))),
    ):
        if not file.exists() or file.read_text("utf-8") != text:
            write_bytes(file, text.encode("utf-8"))


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


# --- marking ---


async def _mark_all(
    course: Course, marker: Marker, record: Record, submissions: list[Submission], jobs: int
) -> dict[str, Result]:
    """Mark what is new or has changed; the results by student, those of earlier runs, too."""
    name = marker.assignment.name
    folder = course.folder / "results" / name
    results: dict[str, Result] = {}
    todo = []
    for submission in submissions:
        old = _earlier(folder, submission, _key(marker, submission))
        if old is None:
            todo.append(submission)
        else:
            results[submission.student] = old
            # It ended between the two: the result is there, the gradebook does not know it.
            _enter(record, marker.assignment, folder, submission, old)
    count = Counter(result.status for result in results.values())
    room = asyncio.Semaphore(jobs)
    bar = tqdm(total=len(submissions), initial=len(results), desc=name, unit="", disable=None)

    async def one(submission: Submission) -> None:
        async with room:
            result = await _mark(marker, submission)
        results[submission.student] = result
        key = _key(marker, submission)
        state = {"key": key, "entered": False, "result": result.to_json()}
        write_json(folder / f"{submission.student}.json", state)
        _log(folder, submission.student, result)
        _enter(record, marker.assignment, folder, submission, result)
        count[result.status] += 1
        bar.set_postfix(count)
        bar.update()

    async with asyncio.TaskGroup() as group:
        for submission in todo:
            group.create_task(one(submission))
    bar.close()
    return results


async def _mark(marker: Marker, submission: Submission) -> Result:
    if submission.refused:
        told = submission.refused
        return Result("rejected", told.instructor, told.student, list(submission.notes))
    try:
        result = await marker.mark(submission.data)
    except Exception as error:  # a fault of ours must not cost anybody else's grade
        text = f"{type(error).__name__}: {error}"[:300]
        return Result("failed", text, "Your work is here, and has not been graded yet.")
    return replace(result, notes=[*submission.notes, *result.notes])


def _earlier(folder: Path, submission: Submission, key: str) -> Result | None:
    """The result of an earlier run, if it is of the same file and the same tests."""
    try:
        state = json.loads((folder / f"{submission.student}.json").read_bytes())
        if state["key"] != key or state["result"]["status"] == "failed":
            return None
        return Result.from_json(state["result"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _enter(
    record: Record, assignment: Assignment, folder: Path, submission: Submission, result: Result
) -> None:
    """Write a result to the gradebook, unless it is there, and note that."""
    path = folder / f"{submission.student}.json"
    state = json.loads(path.read_bytes())
    if not state["entered"]:
        if result.status not in ("rejected", "failed"):
            record.write(assignment, submission.student, result, submission.time)
        write_json(path, {**state, "entered": True})


def _key(marker: Marker, submission: Submission) -> str:
    """What a result depends on: the file, the tests, the limits, and the code that marks."""
    parts = [submission.data, str(submission.refused).encode(), str(submission.time).encode()]
    parts += [repr((marker.limits, marker.sandbox.confines)).encode(), _program(), _tests(marker)]
    return hashlib.sha256(b"\0".join(hashlib.sha256(p).digest() for p in parts)).hexdigest()


@cache
def _program() -> bytes:
    digest = hashlib.sha256()
    for folder in ("grading", "gdlib"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.digest()


@cache
def _tests(marker: Marker) -> bytes:
    return repr(marker.assignment.notebook.cells).encode("utf-8", "replace")


def _log(folder: Path, student: str, result: Result) -> None:
    """One line for each time that something was marked: when, who, how long."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(
        [now, student, result.status, f"{result.seconds:.2f}", result.memory >> 20]
    )
    with (folder / "log.csv").open("a", encoding="utf-8") as file:
        file.write(line.getvalue())
