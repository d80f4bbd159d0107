"""Measure the built pages against the book's budgets: `make budgets`.

For each page: what it weighs (all that it loads by itself, gzipped), how many requests it makes,
and when all its figures are drawn. For each figure: the time from a move of its first slider to the
frame that shows what has changed, over 200 moves, on this processor and on one four times as slow.
The times are this machine's; the weights are anyone's.

    python tools/budgets.py [page ...]      all pages if none is named
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

READY, MOVE = 1.0, 33.4  # seconds; milliseconds, two frames
TIMES_SLOWER = (1, 4)

MOVES = """async (live) => {
  const slider = live.querySelector(".gd-row input[type=range]");
  const panels = live.querySelector(".gd-panels"), all = { attributes: true, childList: true };
  const first = Math.floor(slider.max * 0.4), places = Math.min(12, slider.max - first), times = [];
  for (let k = 0; k < 210; k++) {
    slider.value = first + (k % places);
    const seen = new Promise((done) => {
      const watcher = new MutationObserver(() => {
        watcher.disconnect();
        requestAnimationFrame(done);
      });
      setTimeout(done, 2000); // a move that changes nothing: it will show as a time over budget
      watcher.observe(panels, { ...all, characterData: true, subtree: true });
    });
    const began = performance.now();
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await seen;
    times.push(performance.now() - began);
    await new Promise((done) => setTimeout(done, 5 + 3 * (k % 5)));
  }
  return times.slice(10);
}"""


def moves(visit, figure, slower):
    """The median and the 95th percentile of the times of 200 moves, in milliseconds."""
    session = visit.context.new_cdp_session(visit.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    figure.live.scroll_into_view_if_needed()
    times = visit.page.evaluate(MOVES, figure.live.element_handle())
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    return statistics.median(times), statistics.quantiles(times, n=20)[18]


def main():
    server, site = serve()
    over = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        for path in sys.argv[1:] or html_pages():
            kib, requests = weigh(browser, site + path)
            line = f"{path}: {kib:.0f} KiB, {requests} requests"
            if kib > MOST_KIB or requests > MOST_REQUESTS:
                over.append(line)
            if not has_figure(path):
                print(line)
                continue
            with Visit(browser, site + path) as visit:
                figures = visit.figures()
                ready = visit.page.evaluate("gdReady / 1000")
                print(f"{line}, {len(figures)} figures drawn after {ready:.2f} s")
                if ready > READY:
                    over.append(f"{path}: drawn after {ready:.2f} s")
                print(
                    f"    {'milliseconds from move to paint':34} p50   p95",
                    "  four times slower: p50   p95",
                )
                for figure in figures:
                    name = figure.live.locator(".gd-host").get_attribute("id")
                    figure.sliders()[0].press("ArrowRight")  # loads the page's Python
                    figure.rest()
                    each = [moves(visit, figure, slower) for slower in TIMES_SLOWER]
                    (p50, p95), (slow50, slow95) = each
                    print(
                        f"    {name:32}{p50:6.1f}{p95:6.1f}{slow50:24.1f}{slow95:6.1f}", flush=True
                    )
                    if p95 > MOVE:
                        over.append(f"{name}: p95 {p95:.1f} ms")
        browser.close()
    server.shutdown()
    print(*(["over budget:", *over] if over else ["all within their budgets"]), sep="\n  ")
    return bool(over)


if __name__ == "__main__":
    sys.exit(main())
