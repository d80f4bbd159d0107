"""What tests share: no deadlines; and in a browser, one of it, and pages that must stay clean."""

import json

import hypothesis
import pytest
from playwright.sync_api import sync_playwright

from tests.pages import FLAGS, GALLERY, SITE, Visit, serve
from tools.browser import find

hypothesis.settings.register_profile("book", deadline=None)  # a busy machine is not a fault
hypothesis.settings.load_profile("book")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site():
    server, address = serve()
    yield address
    server.shutdown()


def close(visits):
    """Close windows; whatever was done there, they asked no other host and logged no fault."""
    for each in visits:
        each.context.close()
        assert not each.outside, "asked of another host"
        assert not each.console, "the console is not clean"


@pytest.fixture
def visit(browser, site):
    """Open a page in a window of its own."""
    visits = []

    def open_page(path, *, scheme="http", **options):
        address = f"file://{SITE}/{path}" if scheme == "file" else site + path
        visits.append(Visit(browser, address, **options))
        return visits[-1]

    yield open_page
    close(visits)


@pytest.fixture(scope="module")
def gallery(browser, site):
    """Open the gallery, once for each kind of window."""
    kept = {}

    def open_once(**options):
        key = json.dumps(options, sort_keys=True)
        if key not in kept:
            kept[key] = Visit(browser, site + GALLERY, **options)
        return kept[key]

    yield open_once
    close(kept.values())
