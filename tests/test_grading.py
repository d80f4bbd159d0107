"""Grading: what is repaired, what is refused, what nobody can do, and that nothing is lost."""

import asyncio
import csv
import glob
import html
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.utils import notebook_hash

from grading import course as courses
from grading import kernel, marking, preflight, proof, rehearsal, sandbox, source
from grading.__main__ import main
from grading.grade import _submitted, collect, grade
from tests.pages import ROOT
from tests.test_exercises import secrets

EXERCISES = source.assignments(ROOT / "exercises")
FIRST = EXERCISES[0]
FULL = sum(q.points for q in FIRST.questions.values() if not q.written)
QUICK = sandbox.Limits(cell=4, notebook=40)
POSTGRES = sorted(glob.glob("/usr/lib/postgresql/*/bin"))


def works():
    try:
        sandbox.Bubblewrap().check()
    except sandbox.SandboxError as error:
        return str(error)
    return ""


MISSING = works()
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # of nbgrader's queries
confined = pytest.mark.skipif(bool(MISSING), reason=f"no sandbox here: {MISSING}")


def data_of(notebook):
    return nbformat.writes(notebook).encode()


def marked(data, limits=QUICK):
    return asyncio.run(marking.Marker(FIRST, sandbox.Bubblewrap(), limits).mark(data))


def hidden_tests(assignment):
    """The lines that only tests have which students do not see."""
    released = "\n".join(cell.source for cell in assignment.released().cells)
    for cell in assignment.cells("tests"):
        for line in map(str.strip, source.between(cell.source, source.HIDDEN)):
            if len(line) > 12 and line not in released:
                yield line


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


# --- before anything runs ---


def test_answers_are_put_into_the_released_notebook():
    answers = preflight.read(data_of(rehearsal.filled(FIRST)), FIRST)
    assert not answers.notes and not answers.missing
    names = [name for name, _ in answers.cells]
    order = [c.id for c in FIRST.released().cells if c.cell_type == "code"]
    assert names == order
    assert all(text == "" for name, text in answers.cells if "tests" in name or "given" in name)
    assert "learning rate" in answers.written["words-written"]


def test_cells_of_ones_own_stay_where_they_stood():
    notebook = rehearsal.filled(FIRST)
    place = next(i for i, c in enumerate(notebook.cells) if c.id == "slope-answer")
    notebook.cells.insert(place, new_code_cell("mine = 1"))
    notebook.cells.insert(2, new_code_cell("first = 1"))
    names = [name or text for name, text in preflight.read(data_of(notebook), FIRST).cells]
    assert names.index("mine = 1") == names.index("slope-answer") - 1
    assert names.index("first = 1") < names.index("loss-answer")


def test_what_was_changed_is_put_back_and_told():
    notebook = rehearsal.filled(FIRST)
    for cell in notebook.cells:
        if cell.id in ("loss-tests", "given-2"):
            cell.source = "pass"
    answers = preflight.read(data_of(notebook), FIRST)
    assert answers.notes == ["changed, and put back as given: given-2, loss-tests"]


@pytest.mark.parametrize("bad", ["", "..", "../x", "a/b", ".x", "a b", "x" * 65, "a\n", "é", "=1"])
def test_a_name_that_leads_elsewhere_is_refused(bad):
    with pytest.raises(preflight.Refused):
        preflight.safe_name(bad)


@pytest.mark.parametrize("good", ["s0001", "jane.doe@example.org", "a-b_c+d"])
def test_a_plain_name_is_taken(good):
    assert preflight.safe_name(good) == good


def test_a_refusal_has_a_line_for_each_of_the_two():
    with pytest.raises(preflight.Refused) as refused:
        preflight.read(b"", FIRST)
    assert "hand in the file that ends in .ipynb" in refused.value.student
    assert refused.value.instructor == "the file is empty"


@pytest.mark.parametrize(
    ("change", "instructor"),
    [
        (lambda nb: nb.cells.extend(new_code_cell("1") for _ in range(600)), "cells with"),
        (lambda nb: nb.cells.append(new_code_cell("1" * 500_000)), "cells with"),
    ],
)
def test_a_flood_of_cells_is_refused(change, instructor):
    notebook = rehearsal.filled(FIRST)
    change(notebook)
    with pytest.raises(preflight.Refused, match=instructor):
        preflight.read(data_of(notebook), FIRST)


def test_a_tampered_name_cannot_give_code_the_place_of_text():
    """A code cell that claims to be the written answer, and text that claims to be code."""
    notebook = rehearsal.filled(FIRST)
    for i, cell in enumerate(notebook.cells):
        if cell.id == "words-written":
            notebook.cells[i] = new_code_cell("1", metadata=cell.metadata)
        if cell.id == "loss-answer":
            notebook.cells[i] = new_markdown_cell("text", metadata=cell.metadata)
    answers = preflight.read(data_of(notebook), FIRST)
    assert answers.written == {"words-written": ""}
    assert answers.missing == ["loss-answer"]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import numpy as np\nnp.testing.assert_equal = 1", {"np.testing.assert_equal = …"}),
        ("import sys\nsys._getframe(1).f_back", {"_getframe", "f_back"}),
        ("from subprocess import run", {"subprocess"}),
        ("print(In[-1])", {"In"}),
        ("import math\nx = np.sin(1)\nobj.attribute = 2", set()),
        ("%matplotlib inline\nnot python", set()),
    ],
)
def test_what_asks_for_a_persons_look(code, found):
    assert set(marking._watched([code])) == found


def test_only_the_words_of_the_author_are_told_of_a_hidden_test():
    text = 'x = 1\nfor y in (1,):\n    assert x == y, f"at {y}: not the border"\n'
    text += 'f(1, err_msg="the border")'
    assert marking._words(text, 3) == "at …: not the border"
    assert marking._words(text, 4) == "the border"
    assert marking._words(text, 1) == ""
    assert marking._words(text, 99) == ""


# --- in the sandbox ---


@confined
@pytest.mark.parametrize("kind", rehearsal.HOSTILE)
def test_a_hostile_submission_costs_at_most_its_own_points(kind, tmp_path):
    """And what happened stands in its result."""
    witness = tmp_path / "gradebook.db"
    witness.write_text("as it was")
    data, expected = rehearsal.hostile(FIRST, kind, str(tmp_path))
    result = marked(data)
    assert result.status in expected.statuses, result.reason
    assert result.status == "graded" or (result.reason and result.message)
    if expected.points is not None:
        assert sum(result.points.values()) == expected.points
    elif not rehearsal.HOSTILE[kind].solved:
        assert sum(result.points.values()) == 0
    assert witness.read_text() == "as it was"
    shown = json.dumps(result.to_json())
    assert [line for line in hidden_tests(FIRST) if json.dumps(line)[1:-1] in shown] == []


@confined
def test_the_sandbox_shows_nothing_of_the_host():
    code = """
import os, pathlib
seen = [str(p) for p in pathlib.Path("/").glob("*/*")]
parts = (os.listdir("/tmp"), sorted(p for p in os.listdir("/proc") if p.isdigit()), os.getuid())
print(any("exercises" in s for s in seen), len(parts[1]) < 4, dict(os.environ).get("SECRET"))
"""

    async def run():
        os.environ["SECRET"] = "s3cret"
        async with kernel.Kernel(sandbox.Bubblewrap(), QUICK) as one:
            ran = await one.run(code)
            written = await one.run(f"open({str(ROOT / 'gdlib' / 'x')!r}, 'w')")
            return ran.outputs[0].text.strip(), written.error

    text, error = asyncio.run(run())
    assert text == "False True None"
    assert error[0] == "OSError"


@confined
def test_the_sandbox_has_no_network():
    async def reaches(how, address):
        async with kernel.Kernel(how, QUICK) as one:
            return await one.run(f"import socket\nsocket.create_connection({address}, 2)\n1")

    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        assert asyncio.run(reaches(sandbox.Nowhere(), address)).error is None
        assert asyncio.run(reaches(sandbox.Bubblewrap(), address)).error


@confined
def test_a_kernel_leaves_nothing_behind():
    async def run():
        async with kernel.Kernel(sandbox.Bubblewrap(), QUICK) as one:
            await one.run("import subprocess; subprocess.Popen(['sleep', '1000'])")
            return one.folder, one.process.pid

    folder, pid = asyncio.run(run())
    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()


@confined
def test_a_crash_keeps_what_was_earned_before():
    wrong = "def descend(slope, w, lr, steps):\n    import os\n    os.abort()"
    result = marked(data_of(rehearsal.filled(FIRST, {"descend": wrong})))
    assert result.status == "partial"
    assert "the kernel died" in result.reason
    assert result.points["loss"] == 2
    assert result.points["central"] == FIRST.questions["central"].points
    assert result.points["descend"] == result.points["gradient"] == 0
    messages = {cell.id: cell.message for cell in result.cells}
    assert messages["descend-tests"] == "Not run: the kernel died."


@confined
def test_warnings_cost_nothing():
    """Descent that diverges warns; by nbgrader's own rule, that would be 0 points."""
    code = "import warnings\ndef loss(w):\n    warnings.warn('steep')\n    np.float64(1e308) * 10\n"
    code += "    misses = w * force - length\n    return np.mean(misses**2)"
    result = marked(data_of(rehearsal.filled(FIRST, {"loss": code})))
    assert result.status == "graded"
    assert sum(result.points.values()) == FULL


@confined
@pytest.mark.parametrize("how", ["force = 0 * force", "force *= 0"])
def test_given_data_that_is_changed_is_put_back(how):
    """With nothing in them, every wrong loss would be right."""
    code = f"{how}\nlength *= 0\ndef loss(w): return 0.0"
    result = marked(data_of(rehearsal.filled(FIRST, {"loss": code})))
    assert result.points["loss"] == 0
    assert sum(result.points.values()) == FULL - 2
    assert "given, changed by you, and put back for the tests: force, length" in result.notes


def test_names_that_code_binds():
    code = "%matplotlib inline\nimport x\na, b = 1, 2\nfor c in d: pass\n"
    code += "def f(e): g = 1\n[h for h in a]"
    assert marking._bound(code) == ["a", "b", "c", "f"]


@confined
def test_a_library_of_ours_that_is_patched_is_put_back():
    code = "import numpy as np\nreal = np.mean\nnp.mean = lambda x: 0.0\n"
    code += "def loss(w): return real((w * force - length) ** 2)"
    result = marked(data_of(rehearsal.filled(FIRST, {"loss": code})))
    assert result.status == "review"
    assert "numpy.mean was replaced" in result.reason
    assert sum(result.points.values()) == FULL  # a person can let them count


@confined
@pytest.mark.skipif(os.geteuid() != 0, reason="only root has users to lend")
def test_no_two_sandboxes_share_a_user():
    with sandbox.lend_user() as one, sandbox.lend_user() as other:
        assert one != other
        assert {one, other} <= set(sandbox.USERS)


def test_without_bubblewrap_there_is_a_refusal_that_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(sandbox.SandboxError, match=r"install bubblewrap.*--no-sandbox"):
        sandbox.Bubblewrap().check()


@confined
@pytest.mark.parametrize("assignment", EXERCISES, ids=lambda each: each.name)
def test_the_solutions_of_all_assignments_pass_the_whole_way(assignment):
    """In the sandbox, within a minute, without a note, a flag or a lost point."""
    marker = marking.Marker(assignment, sandbox.Bubblewrap(), sandbox.Limits())
    result = asyncio.run(marker.mark(data_of(rehearsal.filled(assignment))))
    assert (result.status, result.reason, result.notes) == ("graded", "", [])
    assert [cell.id for cell in result.cells if cell.message] == []
    assert result.seconds < 60


# --- a class ---


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course with a class of 12, graded once."""
    if MISSING:
        pytest.skip(f"no sandbox here: {MISSING}")
    folder = tmp_path_factory.mktemp("course")
    course = courses.Course(folder, EXERCISES[:1])
    course.make()
    assert rehearsal.rehearse(course, 12) == 12
    grades = grade(course, sandbox.Bubblewrap(), QUICK, jobs=2)[FIRST.name]
    return course, {each.student: each for each in grades}


def test_the_grades_of_a_class_are_those_known(graded):
    course, _ = graded
    table = {row["student"]: row for row in rows_of(course.folder / "grades" / f"{FIRST.name}.csv")}
    known = rows_of(course.folder / "rehearsal.csv")
    assert len(known) == len(table) == 12
    for row in known:
        got = table[row["student"]]
        assert got["status"] in row["status"].split(" or "), row
        if row["points"] and got["status"] == "graded":
            assert float(got["points"]) == float(row["points"]), row
        if got["status"] in ("review", "rejected"):
            assert got["points"] == "" and got["reason"], row
    late = next(row["student"] for row in known if row["kind"] == "late")
    assert table[late]["late_seconds"] == str(26 * 3600 + 30 * 60)
    assert {row["late_seconds"] for row in table.values()} == {table[late]["late_seconds"], ""}
    assert {row["kind"] for row in known} >= {"late", "blank", "right", "finds", "patch"}


def test_canvas_gets_only_what_is_final(graded):
    course, grades = graded
    rows = rows_of(course.folder / "grades" / f"{FIRST.name}-canvas.csv")
    assert list(rows[0])[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert rows[0]["Student"] == "Points Possible" and rows[0][FIRST.title] == "24"
    scores = {row["SIS Login ID"]: row[FIRST.title] for row in rows[1:]}
    for student, one in grades.items():  # the words of most are not marked yet
        assert scores[student] == ("" if one.final is None else f"{one.final:g}")
    assert scores["s0001"] == "0"


def test_a_second_run_grades_nothing_again_and_a_change_only_itself(graded):
    course, grades = graded
    log = course.folder / "results" / FIRST.name / "log.csv"
    before = log.read_text().splitlines()
    assert len(before) == 12
    inbox = course.folder / "inbox" / FIRST.name
    (inbox / "s0001.ipynb").write_bytes(data_of(rehearsal.filled(FIRST)))
    again = {g.student: g for g in grade(course, sandbox.Bubblewrap(), QUICK, 2)[FIRST.name]}
    after = log.read_text().splitlines()
    assert [line.split(",")[1] for line in after[len(before) :]] == ["s0001"]
    assert again["s0001"].points == FULL
    assert again["s0002"].points == grades["s0002"].points


def test_cells_are_fixed_once_somebody_has_handed_in(graded, tmp_path):
    course, _ = graded
    folder = tmp_path / FIRST.name
    shutil.copytree(FIRST.folder, folder)
    path = folder / f"{FIRST.name}.md"
    tests = (
        "```{code-cell} ipython3\n:role: tests\n:question: loss\n:points: 1\n\nassert True\n```\n"
    )
    path.write_text(path.read_text().replace("## Question 2", f"{tests}\n## Question 2", 1))
    with pytest.raises(courses.CourseError, match="its cells are fixed once somebody has handed"):
        courses.Course(course.folder, [source.Assignment(folder)]).make()
    course.check(FIRST)


def test_what_a_person_marks_and_decides_counts(graded):
    course, _ = graded
    with Gradebook(course.database, "gradient-descent") as book:
        for student, score in (("s0004", 2.5), ("s0006", 0)):
            one = book.find_grade("words-written", FIRST.name, FIRST.name, student)
            one.manual_score, one.needs_manual_grade = score, False
        comment = book.find_comment("words-written", FIRST.name, FIRST.name, "s0004")
        comment.manual_comment = "Good, but for <b>the end</b>."
        book.db.commit()
    rows = [[FIRST.name, "s0007", "0", "tampering"], [FIRST.name, "s0011", "12", "sent by mail"]]
    path = course.folder / "decisions.csv"
    courses.write_table(path, courses.DECISIONS, rows)
    grades = {g.student: g for g in grade(course, sandbox.Bubblewrap(), QUICK, 2)[FIRST.name]}
    assert grades["s0004"].final == FULL + 2.5
    assert grades["s0006"].final == FULL
    assert grades["s0007"].final == 0
    assert grades["s0011"].final == 12
    page = (course.folder / "feedback/s0004" / FIRST.name / f"{FIRST.name}.html").read_text()
    assert "Good, but for &lt;b&gt;the end&lt;/b&gt;." in page


def test_a_mark_for_words_goes_when_the_words_change(graded):
    course, _ = graded
    other = rehearsal.filled(FIRST)
    other.cells[-1].source = "Bananas."
    (course.folder / "inbox" / FIRST.name / "s0004.ipynb").write_bytes(data_of(other))
    grades = {g.student: g for g in grade(course, sandbox.Bubblewrap(), QUICK, 2)[FIRST.name]}
    assert grades["s0004"].waiting == 3 and grades["s0004"].final is None
    assert grades["s0006"].final == FULL


@pytest.mark.parametrize("button", ["autograde", "generate_feedback"])
def test_formgraders_buttons_do_nothing_outside_the_sandbox(graded, button):
    course, _ = graded
    done = getattr(course.api, button)(FIRST.name, "s0004")
    assert not done["success"]
    assert "run `make grade`" in done["error"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("students.csv", "username\nann\n", "the column 'student' is missing"),
        ("students.csv", "student,canvas\nann,1\n", "what is 'canvas'"),
        ("students.csv", "student\n\xe9\n", "is not UTF-8"),
        ("dates.csv", "assignment,due\nX,2026-01-01\n", "no assignment 'X'; there are 01-"),
        ("dates.csv", "assignment,due\nNAME,30.10.2026\n", "2026-10-30 18:00:00 UTC is wanted"),
        ("decisions.csv", "assignment,student,points\nNAME,ana,5\n", "no student 'ana'"),
        ("decisions.csv", "assignment,student,points\nX,ann,5\n", "no assignment 'X'"),
        ("decisions.csv", "assignment,student,points\nNAME,ann,-1\n", "a number from 0 to 24"),
        ("decisions.csv", "assignment,student,points\nNAME,ann,\n", "or the word accept"),
        ("decisions.csv", "assignment,student,points\nNAME,ann,55\n", "got '55' for 'ann'"),
    ],
)
def test_a_table_with_a_fault_is_refused(tmp_path, name, text, message):
    course = courses.Course(tmp_path, EXERCISES[:1])
    (tmp_path / "students.csv").write_text("student;name\nann;Ann\n")  # as some spreadsheets do
    assert course.students()["ann"]["name"] == "Ann"
    (tmp_path / name).write_bytes(text.replace("NAME", FIRST.name).encode("latin-1"))
    with pytest.raises(courses.CourseError, match=message):
        (course.students(), course.dates(), course.decisions())


def test_who_is_not_in_the_class_is_not_graded_and_no_ghost_stays(tmp_path):
    course = courses.Course(tmp_path, EXERCISES[:1])
    inbox = tmp_path / "inbox" / FIRST.name
    inbox.mkdir(parents=True)
    (inbox / "annsmith_4711_99_work.ipynb").write_text("{}")
    (tmp_path / "students.csv").write_text("student,canvas_id\nann,4712\n")
    collect(course, FIRST)
    (ghost,) = _submitted(course, FIRST)
    assert ghost.student == "4711"
    assert ghost.refused.instructor == "nobody in students.csv has the name or number 4711"
    (tmp_path / "students.csv").write_text("student,canvas_id\nann,4711\n")
    collect(course, FIRST)
    (one,) = _submitted(course, FIRST)
    assert one.student == "ann" and not one.refused


def test_a_file_in_no_assignments_inbox_is_told(tmp_path):
    course = courses.Course(tmp_path, EXERCISES[:1])
    course.make()
    (tmp_path / "inbox" / "all.zip").write_bytes(b"")
    with pytest.raises(courses.CourseError, match="is in no assignment's folder"):
        grade(course, sandbox.Nowhere())


def test_feedback_shows_no_hidden_test_and_runs_nothing(graded):
    course, _ = graded
    pages = sorted((course.folder / "feedback").rglob("*.html"))
    assert len(pages) == 12
    for path in pages:
        text = path.read_text()
        assert [line for line in hidden_tests(FIRST) if line in html.unescape(text)] == []
        assert "default-src 'none'" in text
        assert "<script" not in text


def test_a_table_holds_no_formula(tmp_path):
    courses.write_table(tmp_path / "t.csv", ["a", "b"], [["=1+1", 2.50], ["@x", "plain"]])
    assert (tmp_path / "t.csv").read_text() == "a,b\n'=1+1,2.5\n'@x,plain\n"


@confined
def test_a_run_that_is_killed_goes_on_where_it_stopped(tmp_path):
    course = courses.Course(tmp_path / "course", EXERCISES[:1])
    course.make()
    rehearsal.rehearse(course, 12)
    command = [sys.executable, "-m", "grading", "grade", str(course.folder), "--jobs", "2"]
    log = course.folder / "results" / FIRST.name / "log.csv"
    run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ends = time.monotonic() + 400  # a busy machine is not a fault
    while time.monotonic() < ends and (not log.exists() or len(log.read_text().splitlines()) < 4):
        time.sleep(0.05)
    run.send_signal(signal.SIGKILL)
    run.wait()
    done = [line.split(",")[1] for line in log.read_text().splitlines()]
    assert 4 <= len(done) < 12
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    students = [line.split(",")[1] for line in log.read_text().splitlines()]
    assert sorted(students) == sorted(set(students)), "somebody was graded twice"
    assert len(students) == 12
    with Gradebook(course.database, "gradient-descent") as book:
        assert len(book.assignment_submissions(FIRST.name)) == 11  # all but the rejected one


@pytest.fixture
def postgres(tmp_path):
    """The address of a PostgreSQL server of our own."""
    if not POSTGRES:
        pytest.skip("PostgreSQL is not installed (on Debian: apt-get install postgresql)")
    folder = Path("/tmp") / f"pg-{os.getpid()}"
    folder.mkdir(mode=0o700)
    user = []
    if not os.geteuid():  # it refuses to run as root
        shutil.chown(folder, "postgres")
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    tool = Path(POSTGRES[-1])
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    start = [*user, tool / "pg_ctl", "-D", folder / "data", "-w", "-o", options]
    quiet = {"check": True, "cwd": "/tmp", "stdout": subprocess.DEVNULL}
    subprocess.run([*user, tool / "initdb", "-U", "me", "-A", "trust", folder / "data"], **quiet)
    subprocess.run([*start, "-l", folder / "log", "start"], **quiet)
    yield f"postgresql+psycopg://me@/postgres?host={folder}"
    subprocess.run([*start, "-m", "immediate", "stop"], **quiet)
    shutil.rmtree(folder)


def test_postgresql_gives_the_same_grades(graded, postgres, tmp_path):
    pytest.importorskip("psycopg")
    first, grades = graded
    course = courses.Course(tmp_path / "course", EXERCISES[:1])
    course.folder.mkdir()
    settings = (
        courses.CONFIG.format(code="", text="") + f"c.CourseDirectory.db_url = {postgres!r}\n"
    )
    settings = settings.replace("\"python\": ''", '"python": "raise NotImplementedError"')
    (course.folder / "nbgrader_config.py").write_text(settings)
    course.make()
    rehearsal.rehearse(course, 12)
    again = {g.student: g for g in grade(course, sandbox.Bubblewrap(), QUICK, 2)[FIRST.name]}
    assert not (course.folder / "gradebook.db").exists()
    assert {s: (g.status, g.points) for s, g in again.items()} == {
        s: (g.status, g.points) for s, g in grades.items()
    }
    with Gradebook(postgres, "gradient-descent") as book:
        assert len(book.assignment_submissions(FIRST.name)) == 11
    assert first.folder != course.folder


# --- collecting ---


def test_what_an_lms_exports_is_collected(tmp_path):
    course = courses.Course(tmp_path, EXERCISES[:1])
    people = [["ann", "Ann", "1234", "", "", ""], ["bob", "Bob", "", "", "77", ""]]
    courses.write_table(tmp_path / "students.csv", courses.STUDENTS, people)
    inbox = tmp_path / "inbox" / FIRST.name
    inbox.mkdir(parents=True)
    with zipfile.ZipFile(inbox / "export.zip", "w") as archive:
        archive.writestr("annsmith_LATE_1234_5678_01-one-knob-1.ipynb", "ann")
        archive.writestr("Bob B_77_assignsubmission_file_/work.ipynb", "bob")
        archive.writestr("../../evil.ipynb", "evil")
        archive.writestr("__MACOSX/ann/._x.ipynb", "no")
    (inbox / "cid").mkdir()
    (inbox / "cid" / "my work.ipynb").write_text("cid")
    (inbox / "dan.ipynb").write_text("dan")
    (inbox / "link.ipynb").symlink_to("/etc/passwd")
    collect(course, FIRST)
    files = (p for p in tmp_path.glob("submitted/*/*/*") if p.name != "collected.txt")
    found = {p.parent.parent.name: p.read_text() for p in files}
    strange = [name for name in found if name.startswith("unknown-")]
    assert len(strange) == 1 and "evil.ipynb" in found.pop(strange[0])
    assert found == {"ann": "ann", "bob": "bob", "cid": "cid", "dan": "dan"}
    assert not (tmp_path.parent / "evil.ipynb").exists()


@confined
def test_feedback_can_be_released_through_the_exchange(tmp_path):
    course = courses.Course(tmp_path / "course", EXERCISES[:1])
    course.make()
    exchange = tmp_path / "exchange"
    (exchange / "gradient-descent").mkdir(parents=True)
    with (course.folder / "nbgrader_config.py").open("a") as file:
        file.write(f"c.Exchange.root = {str(exchange)!r}\n")
    time = "2026-11-25 16:23:22.077040 UTC"
    for student, stamp, secret in (
        ("ann", time, "a" * 128),  # through the exchange
        ("bob", None, None),  # through the inbox
        ("cid", "whenever", "../../evil"),  # both files are the student's, who may change them
    ):
        folder = course.folder / "submitted" / student / FIRST.name
        folder.mkdir(parents=True)
        (folder / f"{FIRST.name}.ipynb").write_bytes(data_of(FIRST.released()))
        if stamp:
            (folder / "timestamp.txt").write_text(stamp)
            (folder / "submission_secret.txt").write_text(secret)
    grades = {g.student: g for g in grade(course, sandbox.Bubblewrap(), QUICK)[FIRST.name]}
    assert {g.status for g in grades.values()} == {"graded"}
    assert grades["cid"].result.notes == ["timestamp.txt does not say when it was handed in"]
    assert not grades["ann"].result.notes and not grades["bob"].result.notes
    done = course.api.release_feedback(FIRST.name)
    assert done["success"], done
    released = {path.stem for path in exchange.rglob("feedback/*.html")}
    known = {notebook_hash(secret=s, notebook_id=FIRST.name) for s in ("a" * 128, "../../evil")}
    assert len(released) == 3 and released > known
    page = course.folder / "feedback" / "bob" / FIRST.name
    secret = (page / "submission_secret.txt").read_text()
    grade(course, sandbox.Bubblewrap(), QUICK)
    assert len(secret) == 128 and secret == (page / "submission_secret.txt").read_text()
    assert (page.parents[1] / "ann" / FIRST.name / "timestamp.txt").read_text() == time


# --- the course's folder ---


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    course = courses.Course(tmp_path_factory.mktemp("made"), EXERCISES)
    course.make()
    return course


def test_nbgrader_releases_just_what_we_release(made):
    for assignment in EXERCISES:
        name = assignment.name
        theirs = nbformat.read(made.folder / "release" / name / f"{name}.ipynb", 4)
        ours = assignment.released()
        assert [(c.id, c.source) for c in theirs.cells] == [(c.id, c.source) for c in ours.cells]


def test_the_instructors_version_has_solutions_tests_and_rubric(made):
    for assignment in EXERCISES:
        path = made.folder / "instructor" / f"{assignment.name}.ipynb"
        text = "\n".join(cell.source for cell in nbformat.read(path, 4).cells)
        assert "### BEGIN SOLUTION" in text and "### BEGIN HIDDEN TESTS" in text
        assert "**Rubric.**" in text


def test_the_zip_for_students_has_no_secret(made):
    for assignment in EXERCISES:
        with zipfile.ZipFile(made.folder / "lms" / f"{assignment.name}.zip") as archive:
            files = sorted(Path(name).name for name in archive.namelist())
            assert files == [f"{assignment.name}.ipynb", "README.txt"]
            text = "".join(archive.read(name).decode() for name in archive.namelist())
        assert [s for s in secrets(assignment) if json.dumps(s)[1:-1] in text] == []


def test_making_a_course_again_keeps_what_a_person_wrote(made):
    (made.folder / "students.csv").write_text("student,name\nann,Ann\n")
    settings = (made.folder / "nbgrader_config.py").read_text() + "# mine\n"
    (made.folder / "nbgrader_config.py").write_text(settings)
    before = (made.folder / "lms" / f"{FIRST.name}.zip").read_bytes()
    made.make()
    assert made.students()["ann"]["name"] == "Ann"
    assert (made.folder / "nbgrader_config.py").read_text() == settings
    assert (made.folder / "lms" / f"{FIRST.name}.zip").read_bytes() == before


def test_a_course_made_of_another_version_is_told(made, tmp_path):
    made.check(FIRST)
    folder = tmp_path / FIRST.name
    shutil.copytree(FIRST.folder, folder)
    path = folder / f"{FIRST.name}.md"
    path.write_text(path.read_text().replace("newtons", "pounds"))
    with pytest.raises(courses.CourseError, match="is not what this course was made of"):
        made.check(source.Assignment(folder))


def test_commands_tell_what_is_wrong_in_a_line(tmp_path, capsys):
    assert main(["grade", str(tmp_path)]) == 2
    assert "is no course: make it with make course first" in capsys.readouterr().err
    assert main(["rehearse", str(tmp_path), "--students", "3"]) == 2
    assert "12 students or more, got 3" in capsys.readouterr().err
    assert main(["grade", str(tmp_path), "--jobs", "0"]) == 2
    assert "--jobs must be 1 or more" in capsys.readouterr().err


def test_proof_and_grading_agree_on_every_known_mistake_of_a_question():
    """What the quick proof says in this process is what a rehearsal takes for granted."""
    wrong = next(a for a in proof.answers(FIRST) if not a.passes)
    notebook = rehearsal.filled(FIRST, {wrong.question: wrong.code})
    marks = proof.mark(FIRST, notebook)
    assert marks.points[wrong.question] < FIRST.questions[wrong.question].points
    assert sum(marks.points.values()) >= FULL - FIRST.questions[wrong.question].points
