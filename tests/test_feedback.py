"""Pages of grading in a browser: in a file of their own, since a browser keeps a loop busy."""

from nbconvert import HTMLExporter

from grading import course as courses
from grading import kernel, marking, preflight, rehearsal, report, sandbox
from grading.gradebook import autograded
from tests.test_exercises import ASSIGNMENTS

FIRST = ASSIGNMENTS[0]


def test_no_feedback_or_instructors_page_runs_a_students_script(browser, tmp_path):
    """The page of the student, and the notebook that formgrader shows."""
    data, _ = rehearsal.hostile(FIRST, "script")
    answers = preflight.read(data, FIRST)
    marker = marking.Marker(FIRST, sandbox.Nowhere(), sandbox.Limits())
    result = marking.Result(
        cells=marker._cells(answers), message="<script>document.title=1</script>"
    )
    ran = kernel.Ran()
    evil = "<script>document.title = 'owned'</script>"
    for kind, content in (
        ("stream", {"name": "stdout", "text": evil}),
        ("display_data", {"data": {"text/html": evil, "text/plain": evil}}),
        ("display_data", {"data": {"application/javascript": "document.title = 'owned'"}}),
        ("display_data", {"data": {"image/png": f'"><{evil}', "text/plain": "x"}}),
        ("display_data", {"data": {"image/svg+xml": f"<svg>{evil}</svg>"}}),
    ):
        ran.add({"header": {"msg_type": kind}, "content": content}, 1000)
    for cell in result.cells:
        cell.outputs, cell.error, cell.message = list(ran.outputs), evil, evil
    course = courses.Course(tmp_path, ASSIGNMENTS[:1])
    page = report.write_feedback(course, report.Grade(FIRST, "s", result))
    text, _ = HTMLExporter(template_name="classic").from_notebook_node(autograded(FIRST, result))
    (tmp_path / "formgrader.html").write_text(text.replace("https://", "http://127.0.0.1:9/"))
    for path in (page, tmp_path / "formgrader.html"):
        window = browser.new_page()
        window.goto(path.as_uri(), wait_until="domcontentloaded")
        window.wait_for_timeout(300)
        assert "owned" not in window.title()
        assert "document.title" in window.inner_text("body")
        window.close()


def test_a_feedback_page_fits_a_phone_and_reads_well(browser, tmp_path):
    """Nothing is cut, in light and dark; what is said in colour is said in words, too."""
    answers = preflight.read(rehearsal.hostile(FIRST, "tests-emptied")[0], FIRST)
    result = marking.Result(cells=marking.Marker(FIRST, sandbox.Nowhere(), None)._cells(answers))
    page = report.write_feedback(
        courses.Course(tmp_path, [FIRST]), report.Grade(FIRST, "s", result)
    )
    for scheme in ("light", "dark"):
        context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=scheme)
        window = context.new_page()
        window.goto(page.as_uri())
        assert window.evaluate("document.documentElement.scrollWidth") <= 390
        assert window.inner_text("text=Nothing was written")
        assert window.locator("text=Tests not passed").count() == sum(
            len(question.tests) for question in FIRST.questions.values()
        )
        context.close()
