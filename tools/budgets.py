"""Measure the built pages against the book's budgets: `make budgets`.

For each page: what it weighs (all that it loads by itself, gzipped) and how many requests it
makes. For each page with figures: when all are ready after the page began to load, and the time
from a move of the first slider to the frame that shows the new path, over 80 moves. The times are
this machine's; the weights are anyone's.
"""

import statistics
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.pages import (
    FLAGS,
    MOST_KIB,
    MOST_REQUESTS,
    Visit,
    has_figure,
    html_pages,
    serve,
    weigh,
)
from tools.browser import find

BUDGET = {
    "KiB": MOST_KIB,
    "requests": MOST_REQUESTS,
    "ready s": 1.0,
    "move ms p95": 33.4,
}  # 33.4: two frames

MOVES = """async (live) => {
  const slider = live.querySelector("input[type=range]"), path = live.querySelector("path.gd-line");
  const middle = Math.floor(slider.max * 0.4), times = [];
  for (let k = 0; k < 90; k++) {
    slider.value = middle + (k % 12);
    const seen = new Promise((done) => {
      const watcher = new MutationObserver(() => {
        watcher.disconnect();
        requestAnimationFrame(done);
      });
      watcher.observe(path, { attributes: true });
    });
    const began = performance.now();
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await seen;
    times.push(performance.now() - began);
    await new Promise((done) => setTimeout(done, 5 + 3 * (k % 5)));
  }
  return times.slice(10);
}"""


def main():
    server, site = serve()
    over = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        print(f"{'page':38}{'KiB':>8}{'requests':>10}{'ready s':>9}{'move ms p50':>13}{'p95':>6}")
        for path in html_pages():
            kib, requests = weigh(browser, site + path)
            row = {"KiB": kib, "requests": requests}
            line = f"{path:38}{kib:8.0f}{requests:10}"
            if has_figure(path):
                with Visit(browser, site + path) as visit:
                    figure = visit.figures()[0]
                    row["ready s"] = visit.page.evaluate("gdReady / 1000")
                    figure.sliders()[0].press("ArrowRight")
                    figure.rest()
                    times = visit.page.evaluate(MOVES, figure.live.element_handle())
                    row["move ms p95"] = statistics.quantiles(times, n=20)[18]
                    line += f"{row['ready s']:9.2f}{statistics.median(times):13.1f}"
                    line += f"{row['move ms p95']:6.1f}"
            worse = [f"{key} > {BUDGET[key]}" for key, value in row.items() if value > BUDGET[key]]
            over += bool(worse)
            print(line, *worse)
        browser.close()
    server.shutdown()
    return over


if __name__ == "__main__":
    sys.exit(main())
