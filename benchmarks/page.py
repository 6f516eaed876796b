"""Speed of the page, measured in the browser: first chart, lever to updated page, band after the lever rests, fifty users.

python -m benchmarks.page

*Updated* means that the page carries the id of the new run and has drawn it: numbers, lines and tables are one commit.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.measure import machine, row
from standoff.web import page as built_page

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS / "web"), str(TESTS / "page")]
from local_server import Server, serving  # noqa: E402 - the same server and page as the tests open
from opened import opened  # noqa: E402

MOVES = 60
GAP_MS = 50
"""Between two moves, as when a lever is dragged."""
USERS = 50
MOVE = """async ({ lever, value }) => {
  const results = document.querySelector(".results");
  const input = document.getElementById(lever);
  const before = results.dataset.run;
  const begun = performance.now();
  const drawn = new Promise((done) => {
    new MutationObserver((_, watcher) => {
      if (results.dataset.run === before) return;
      watcher.disconnect();
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
    }).observe(results, { attributes: true });
  });
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  return drawn;
}"""


def main() -> None:
    browser_path = shutil.which("chromium")
    if browser_path is None or not built_page.is_built():
        print("The page was not measured: it needs a chromium on PATH and the built page.", file=sys.stderr)
        return
    from playwright.sync_api import sync_playwright

    print(machine())
    with sync_playwright() as playwright, serving() as server:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        first_chart(browser, server)
        for world in ("magnets-small", "rare-earths"):
            moves(browser, server, world)
        browser.close()
        users(server)


def first_chart(browser: Any, server: Server) -> None:
    seconds = []
    size = 0
    for _ in range(5):
        begun = time.perf_counter()
        with opened(browser, server, "#/explore") as there:
            seconds.append(time.perf_counter() - begun)
            there.page.wait_for_timeout(1500)
            size = there.bytes
    row("first chart, cold browser context", f"{statistics.median(seconds):.2f} s", "target 1.5 s")
    row("on the wire", f"{size / 1e6:.2f} MB", "target 0.5 MB")


def moves(browser: Any, server: Server, world: str) -> None:
    levers = ("CN-2025-18.approval_share", "CN-2025-18.denied_share", "hoard_share")
    with opened(browser, server, f"#/explore?world={world}") as there:
        there.page.wait_for_timeout(3000)
        times = []
        for move in range(MOVES):
            value = (move + 3) / (MOVES + 10)
            there.page.wait_for_timeout(GAP_MS)
            times.append(there.page.evaluate(MOVE, {"lever": levers[move % 3], "value": f"{value:.2f}"}))
        times.sort()
        row(f"lever to updated page, {world}, median", f"{statistics.median(times):.0f} ms")
        row(
            f"lever to updated page, {world}, p95",
            f"{times[int(0.95 * MOVES)]:.0f} ms",
            "target 150 ms on magnets-small",
        )
        begun = time.perf_counter()
        there.page.wait_for_selector("#unmet_sides small:has-text('80 of 100')")
        row(
            f"band of 64 draws after the last move, {world}",
            f"{time.perf_counter() - begun:.2f} s",
            "target 1 s on magnets-small",
        )


def users(server: Server) -> None:
    def ask(number: int) -> float:
        begun = time.perf_counter()
        assert (
            server.ask(
                "/api/run",
                {"world": "magnets-small", "changes": {"order_limit": 2 + number / 100}, "client": str(number)},
            ).status
            == 200
        )
        return time.perf_counter() - begun

    with ThreadPoolExecutor(USERS) as pool:
        waits = list(pool.map(ask, range(USERS)))
    row(f"longest wait of {USERS} users at once, different runs", f"{max(waits):.2f} s", "target 3 s on two cores")


if __name__ == "__main__":
    main()
