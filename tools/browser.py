"""Find a Chrome or Chromium that starts, or set one up: `make browser`.

Looked for in this order: the environment variable CHROME, the PATH, the usual places on a Mac,
Playwright's own. If there is none: Playwright's download, and where that fails, on Debian as root,
the package chromium. Prints the browser's path.
"""

import functools
import os
import shutil
import subprocess
import sys

NAMES = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
START = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "data:text/html,<p>it starts"]
WANTED = (
    "no browser for the tests: install Chrome or Chromium (on Debian: apt-get install chromium), "
    "or set CHROME to the path of one"
)


def candidates():
    """Yield the paths at which a browser might be, the preferred first."""
    if os.environ.get("CHROME"):
        yield os.environ["CHROME"]
        return
    yield from filter(None, map(shutil.which, NAMES))
    yield from filter(os.path.exists, MAC)
    try:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
    except Exception:  # no Playwright, or none for this system: it has no browser to offer
        return
    if os.path.exists(path):
        yield path


def starts(path):
    """Whether the browser at `path` starts and shows a page."""
    try:
        run = subprocess.run([path, *START], capture_output=True, text=True, timeout=90)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "it starts" in run.stdout


@functools.cache
def find():
    """Return the path of a browser that starts.

    Raises
    ------
    RuntimeError
        If there is none, with one line that says what to install.
    """
    for path in candidates():
        if starts(path):
            return path
    raise RuntimeError(WANTED)


def install():
    """Try to bring a browser onto this machine."""
    tries = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        tries += [
            ["apt-get", "update", "-q"],
            ["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"],
        ]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in tries:
        print("$", *command, file=sys.stderr)
        done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL)
        if done.returncode == 0 and command[-1] == "chromium" and any(map(starts, candidates())):
            return


def main():
    try:
        print(find())
    except RuntimeError:
        if not os.environ.get("CHROME"):
            install()
        try:
            print(find())
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
