"""Speed of the page, measured in the browser: first chart, lever to updated page, band after the lever rests, many users and their memory.

python -m benchmarks.page [SECONDS]     SECONDS of load by fifty users, 120 if not given

*Updated* means that the page carries the id of the new run and has drawn it: numbers, lines and tables are one commit. Times are wall
times: beside the browser, the server and its workers nothing else should run.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.measure import machine, row
from benchmarks.memory import memory_of
from standoff.web import page as built_page

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS / "web"), str(TESTS / "page")]
from local_server import Server, serving  # noqa: E402 - the same server and page as the tests open
from opened import opened  # noqa: E402

WORLDS = ("magnets-small", "rare-earths")
LEVERS = ("CN-2025-18.approval_share", "CN-2025-18.denied_share", "hoard_share")
MOVES = 60
GAP_MS = 50
"""Between two moves, as when a lever is dragged."""
RESTS = 10
USERS = 50
THINKING_SECONDS = 5.0
"""Between two moves of a user under load."""
LOAD_SECONDS = 120.0
SETTLING_SECONDS = 30.0
MOVE = """async ({ lever, value, band }) => {
  const results = document.querySelector(".results");
  const input = document.getElementById(lever);
  const before = results.dataset.run;
  performance.clearResourceTimings();
  const begun = performance.now();
  const drawn = new Promise((done) => {
    const look = (_, watcher) => {
      if (results.dataset.run === before || (band && !results.querySelector("#unmet_sides small:not(.change)"))) return;
      watcher.disconnect();
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
    };
    new MutationObserver(look).observe(results, { attributes: true, childList: true, subtree: true });
  });
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  const whole = await drawn;
  const run = performance.getEntriesByType("resource").filter((each) => each.name.endsWith("api/run")).pop();
  return [whole, run ? run.responseEnd - run.startTime : 0];
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
        for world in WORLDS:
            print(f"\n{world}")
            moves(browser, server, world)
        browser.close()
    for world in WORLDS:
        with serving() as server:
            print(f"\n{USERS} users on {world}")
            users(server, world)
    with serving() as server:
        cancelled(server)
        load(server, float(sys.argv[1]) if len(sys.argv) > 1 else LOAD_SECONDS)


def spread(values: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile: the value that at most one of twenty exceeds."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2], ordered[min(int(0.95 * len(ordered)), len(ordered) - 1)]


def first_chart(browser: Any, server: Server) -> None:
    seconds = []
    size = 0
    for _ in range(5):
        begun = time.perf_counter()
        with opened(browser, server, "#/explore") as there:
            seconds.append(time.perf_counter() - begun)
            there.page.wait_for_timeout(1500)
            size = there.bytes
    middle, worst = spread(seconds)
    row("first chart, cold browser context, median and worst", f"{middle:.2f}  {worst:.2f} s", "target 1.5 s")
    row("on the wire", f"{size / 1e6:.2f} MB", "target 0.5 MB")


def moves(browser: Any, server: Server, world: str) -> None:
    with opened(browser, server, f"#/explore?world={world}") as there:
        there.page.wait_for_timeout(4000)

        def move(number: int, *, band: bool) -> tuple[float, float]:
            value = f"{(number + 3) / (MOVES + RESTS + 10):.3f}"
            asked = {"lever": LEVERS[number % len(LEVERS)], "value": value, "band": band}
            whole, answered = there.page.evaluate(MOVE, asked)
            return float(whole), float(answered)

        dragged = []
        for number in range(MOVES):
            there.page.wait_for_timeout(GAP_MS)
            dragged.append(move(number, band=False))
        rests = []
        for number in range(MOVES, MOVES + RESTS):
            there.page.wait_for_timeout(500)
            rests.append(move(number, band=True)[0] / 1e3)
    median, p95 = spread([whole for whole, _ in dragged])
    row("lever to updated page, median and p95", f"{median:.0f}  {p95:.0f} ms", "target 150 ms at p95")
    median, p95 = spread([answered for _, answered in dragged])
    row("  of which until the answer is there", f"{median:.0f}  {p95:.0f} ms")
    median, p95 = spread([whole - answered for whole, answered in dragged])
    row("  of which the browser's", f"{median:.0f}  {p95:.0f} ms")
    median, p95 = spread(rests)
    row("last move to band of 64 draws, median and p95", f"{median:.2f}  {p95:.2f} s", "target 1 s")


def users(server: Server, world: str) -> None:
    """Everybody moves a lever at the same moment, each another."""
    server.ask("/api/run", {"world": world})

    def ask(number: int) -> float:
        return answered(server, world, number, client=f"page {number}")

    with ThreadPoolExecutor(USERS) as pool:
        waits = list(pool.map(ask, range(USERS)))
    median, _ = spread(waits)
    row("wait at once, median and longest", f"{median:.2f}  {max(waits):.2f} s", "target 3 s on two cores")


def answered(server: Server, world: str, number: int, *, client: str) -> float:
    """Seconds until a run that nobody has asked for is there."""
    begun = time.perf_counter()
    body = {"world": world, "changes": {"order_limit": 2 + number / 10_000}, "client": client}
    assert server.ask("/api/run", body).status == 200
    return time.perf_counter() - begun


def cancelled(server: Server) -> None:
    """A job of many draws that nobody wants any more."""
    time.sleep(5.0)
    job = server.ask("/api/bands", {"draws": 1024}).json["job"]
    time.sleep(1.5)
    begun = time.perf_counter()
    server.ask(f"/api/bands/{job}", method="DELETE")
    while server.ask(f"/api/bands/{job}").json["state"] == "running":
        time.sleep(0.002)
    print()
    row("a cancelled job of 1024 draws stops after", f"{(time.perf_counter() - begun) * 1e3:.0f} ms")


def load(server: Server, seconds: float) -> None:
    """Fifty pages on the world of the first scenario, each with a move and a band every few seconds; memory of all processes."""
    before = memory_of(server.process.pid)
    ends = time.perf_counter() + seconds
    largest = before

    def page(number: int) -> list[float]:
        waits: list[float] = []
        time.sleep(THINKING_SECONDS * number / USERS)
        while time.perf_counter() < ends:
            begun = time.perf_counter()
            moved = len(waits) * USERS + number
            waits.append(answered(server, "rare-earths", moved, client=f"page {number}"))
            changes = {"order_limit": 2 + moved / 10_000}
            server.ask("/api/bands", {"world": "rare-earths", "changes": changes, "client": f"page {number}"})
            time.sleep(max(THINKING_SECONDS - (time.perf_counter() - begun), 0.0))
        return waits

    print(f"\n{USERS} pages for {seconds:.0f} s, each with a move and a band every {THINKING_SECONDS:.0f} s")
    with ThreadPoolExecutor(USERS) as pool:
        pages = [pool.submit(page, number) for number in range(USERS)]
        while time.perf_counter() < ends:
            largest = max(largest, memory_of(server.process.pid))
            time.sleep(1.0)
        waits = [wait for each in pages for wait in each.result()]
    median, p95 = spread(waits)
    row("runs asked for and answered", f"{len(waits)}")
    row("wait, median and p95", f"{median:.2f}  {p95:.2f} s")
    row("wait, longest", f"{max(waits):.2f} s", "target 3 s on two cores")
    time.sleep(SETTLING_SECONDS)
    after = memory_of(server.process.pid)
    row(
        "memory before, largest, after",
        f"{before:.0f}  {largest:.0f}  {after:.0f} MB",
        "all processes, shared pages once",
    )


if __name__ == "__main__":
    main()
