"""Assignments: their tests pass what is right, and catch each known mistake."""

import html
import re
from functools import cache

import pytest
from nbgrader.nbgraderformat import MetadataValidator

from grading import proof, source
from grading.__main__ import main
from tests.pages import ROOT, SITE

ASSIGNMENTS = source.assignments(ROOT / "exercises")
NAMED = {assignment.name: assignment for assignment in ASSIGNMENTS}
EVERY = [
    pytest.param(name, answer, id=f"{name}-{answer.question}-{answer.why}".replace(" ", "_"))
    for name, assignment in NAMED.items()
    for answer in proof.answers(assignment)
]
each = pytest.mark.parametrize("name", NAMED)


@cache
def solved(name):
    return proof.mark(NAMED[name])


@each
def test_the_solutions_earn_all_points(name):
    marks = solved(name)
    assert not marks.errors
    coded = {q.name: q.points for q in NAMED[name].questions.values() if not q.written}
    assert marks.points == coded


@each
def test_the_blank_notebook_earns_nothing_and_says_why(name):
    marks = proof.mark(NAMED[name], NAMED[name].released())
    assert set(marks.points.values()) == {0.0}
    assert {type(error) for error in marks.errors.values()} == {NotImplementedError}


@pytest.mark.parametrize(("name", "answer"), EVERY)
def test_an_answer_earns_what_it_should(name, answer):
    marks = proof.mark(NAMED[name], instead={answer.question: answer.code})
    worth = NAMED[name].questions[answer.question].points
    earned = marks.points[answer.question]
    assert earned == worth if answer.passes else earned < worth, marks.errors


@each
def test_every_question_has_a_right_answer_in_another_style_and_six_mistakes(name):
    tried = proof.answers(NAMED[name])
    for question in NAMED[name].questions.values():
        if not question.written:
            mine = [answer for answer in tried if answer.question == question.name]
            assert sum(answer.passes for answer in mine) >= 1, question.name
            assert sum(not answer.passes for answer in mine) >= 6, question.name
            assert len({answer.why for answer in mine}) == len(mine)


@each
def test_an_assignment_has_its_shape(name):
    questions = NAMED[name].questions.values()
    assert 4 <= sum(not question.written for question in questions) <= 7
    assert sum(question.written for question in questions) == 1
    text = "\n".join(c.source for c in NAMED[name].notebook.cells if c.cell_type == "markdown")
    assert f"{sum(q.points for q in questions):g} points" in text
    assert "Predict, then run" in text
    for question in questions:
        assert f"({question.points:g} points" in text


def secrets(assignment):
    """What no student may see: the lines of solutions and hidden tests, but for the shortest."""
    for cell in assignment.notebook.cells:
        for marks in (source.SOLUTION, source.HIDDEN):
            for line in source.between(cell.source, marks):
                if len(line.strip()) > 12:
                    yield line.strip()
        if cell.metadata.get("role") == "rubric":
            yield cell.source.strip()


@each
def test_nothing_secret_is_released(name):
    released = "\n".join(cell.source for cell in NAMED[name].released().cells)
    assert "BEGIN" not in released and "END" not in released
    assert [line for line in secrets(NAMED[name]) if line in released] == []


@each
def test_code_fits_the_page(name):
    """As in the chapters: 80 signs. The cell for Colab is not shown."""
    for cell in NAMED[name].released().cells:
        if cell.cell_type == "code" and "remove-cell" not in cell.metadata.get("tags", ()):
            assert [line for line in cell.source.split("\n") if len(line) > 80] == []


@each
def test_the_release_is_a_notebook_that_nbgrader_takes(name):
    notebook = NAMED[name].released()
    MetadataValidator().validate_nb(notebook)
    ids = [c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata]
    assert len(ids) == len(set(ids))


# --- sources that are refused ---

HEAD = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
---

# Title

"""
GOOD = """```{code-cell} ipython3
:role: answer
:question: q

### BEGIN SOLUTION
x = 1
### END SOLUTION
```

```{code-cell} ipython3
:role: tests
:question: q
:points: 1

assert x
```
"""


SQUARE = "def f(x):\n    ### BEGIN SOLUTION\n    return x**2\n    ### END SOLUTION"
ANSWERS = """from grading.proof import fails, passes


@passes("q", "multiplied")
def f(x):
    return x * x


@fails("q", "doubled")
def f(x):
    return 2 * x
"""


def test_a_small_source_is_read(tmp_path):
    assert _read(tmp_path, GOOD).questions["q"].points == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (":role: answer\n", ":role: answr\n", "role must be one of"),
        (":role: answer\n", "", "code must have a role"),
        (":points: 1\n", "", "wanted besides the role: question, points"),
        (":points: 1\n", ":points: -1\n", "points must be a positive number"),
        (":points: 1\n", ":points: 1\n:hidden: yes\n", "wanted besides the role"),
        ("### END SOLUTION\n", "", "must stand once, be closed"),
        ("### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n", "x = 1\n", "must have its solution"),
        ("### BEGIN SOLUTION\n", "### BEGIN SOLUTIONS\n", "must have its solution|unknown mark"),
        ("assert x\n", "### BEGIN SOLUTION\nassert x\n### END SOLUTION\n", "and in answer"),
        ("assert x\n", "### BEGIN HIDDEN TEST\nassert x\n", "unknown mark"),
        ("x = 1\n", "### BEGIN HIDDEN TESTS\nx = 1\n### END HIDDEN TESTS\n", "and in tests"),
        (":role: tests\n:question: q\n", ":role: tests\n:question: other\n", "after its answer"),
        (":role: tests\n:question: q\n:points: 1\n", ":role: given\n", "without tests are"),
    ],
)
def test_a_source_with_a_fault_is_refused(tmp_path, old, new, message):
    assert GOOD.count(old) == 1
    with pytest.raises(source.SourceError, match=message):
        _ = _read(tmp_path, GOOD.replace(old, new)).notebook


def test_two_answers_to_one_question_are_refused(tmp_path):
    with pytest.raises(source.SourceError, match="two answers"):
        _ = _read(tmp_path, GOOD + GOOD).notebook


def _read(tmp_path, body):
    folder = tmp_path / "01-try"
    folder.mkdir()
    (folder / "01-try.md").write_text(HEAD + body, "utf-8")
    return source.Assignment(folder)


def test_a_folder_without_assignments_is_refused(tmp_path):
    with pytest.raises(source.SourceError, match="no assignment in"):
        source.assignments(tmp_path)


def test_a_proof_names_what_is_wrong(tmp_path, capsys):
    """Tests that are too strict, too lax, or that a blank answer passes."""
    body = GOOD.replace("### BEGIN SOLUTION\nx = 1\n### END SOLUTION", SQUARE)
    lax = _read(tmp_path, body.replace("assert x", "assert f(2) == 4"))
    (lax.folder / "answers.py").write_text(ANSWERS)
    assert list(proof.faults(lax)) == ["q, doubled: wrong, and earns all points"]
    assert main(["prove", "--exercises", str(tmp_path)]) == 1
    assert "doubled: wrong, and earns all points" in capsys.readouterr().out
    for tests, fault in (
        ("assert f(2) == 4 and f(3) == 9", None),
        (
            "assert f(2) == 4 and f(3) == 9 and f(2) is not f.__doc__ and type(f(3)) is float",
            "fail",
        ),
        ("assert f", "a blank answer earns"),
    ):
        text = HEAD + body.replace("assert x", tests)
        (lax.folder / "01-try.md").write_text(text, "utf-8")
        found = list(proof.faults(source.Assignment(lax.folder)))
        assert any(fault in line for line in found) if fault else found == []


# --- the students' notebooks ---


def test_the_students_notebooks_are_fresh():
    assert main(["check"]) == 0, "run `make exercises`"


def test_a_stale_notebook_is_named_and_written_anew(tmp_path, capsys):
    assert main(["check", "--book", str(tmp_path)]) == 1
    assert "stale" in capsys.readouterr().out
    assert main(["write", "--book", str(tmp_path)]) == 0
    assert main(["check", "--book", str(tmp_path)]) == 0
    assert sorted(path.stem for path in tmp_path.iterdir()) == sorted(NAMED)


def test_a_fault_in_a_source_is_told_in_one_line(tmp_path, capsys):
    assert main(["write", "--exercises", str(tmp_path), "--book", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("no assignment in")


@each
def test_nothing_secret_is_in_the_built_book(name):
    """Not on the assignment's page, nor in its published source; and no whole answer anywhere."""
    stands = "\n".join(cell.source for cell in NAMED[name].released().cells).replace("`", "")
    hidden = [line for line in secrets(NAMED[name]) if line not in stands]
    own = [SITE / "exercises" / f"{name}.html", SITE / "_sources" / "exercises" / f"{name}.ipynb"]
    for page in own:
        text = plain(page)
        assert "NotImplementedError" in text
        assert [line for line in hidden if line in text] == [], page
    blocks = [
        " ".join("\n".join(source.between(cell.source, marks)).split())
        for cell in NAMED[name].notebook.cells
        for marks in (source.SOLUTION, source.HIDDEN)
    ]
    for page in (p for p in SITE.rglob("*") if p.suffix in (".html", ".ipynb", ".txt", ".js")):
        text = " ".join(plain(page).split())
        assert [block for block in blocks if len(block) > 60 and block in text] == [], page


def plain(path):
    """The text of a file, without the marks of HTML and of JSON."""
    text = html.unescape(re.sub(r"<[^>]+>", "", path.read_text("utf-8")))
    return re.sub(r'\\n",?\s*"?', "\n", text).replace('\\"', '"')
