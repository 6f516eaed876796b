"""A page that is open in a browser with its network closed, and what went wrong in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from local_server import Server

SMALL = "#/explore?world=magnets-small"
PAGES = ("explore", "compare", "determine", "claims", "backtests", "data", "about")
READY = {
    "explore": ".results[data-run] #unmet svg",
    "compare": "#unmet svg",
    "determine": "form.shipment",
    "claims": ".claim .verdict",
    "backtests": ".reported figure svg",
    "data": "table.data td",
    "about": "main code",
}


@dataclass
class Opened:
    """A page and what was noted while it was open."""

    page: Any
    foreign: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    bytes: int = 0

    def run(self) -> str:
        """Id of the run that the page shows."""
        return str(self.page.locator(".results").get_attribute("data-run"))

    def wait_for_other_run(self, than: str) -> str:
        self.page.wait_for_function("than => document.querySelector('.results').dataset.run !== than", arg=than)
        return self.run()


@contextmanager
def opened(browser: Any, server: Server, place: str = SMALL, **how: Any) -> Iterator[Opened]:
    """A new page at a place. Faults in the page fail the test."""
    context = browser.new_context(
        **{"locale": "en-GB", "viewport": {"width": 1280, "height": 900}, "accept_downloads": True, **how}
    )
    found = Opened(context.new_page())
    found.page.on("request", lambda request: _note_foreign(found, request.url, server))
    found.page.on("response", lambda response: _count(found, response))
    found.page.on("pageerror", lambda error: found.faults.append(str(error)))
    found.page.on("console", lambda message: message.type == "error" and found.faults.append(message.text))
    found.page.set_default_timeout(15_000)
    try:
        found.page.goto(server.address + place)
        found.page.wait_for_selector(READY[place.split("/")[1].split("?")[0]])
        yield found
        assert found.foreign == []
        assert found.faults == []
    finally:
        context.close()


def _note_foreign(found: Opened, url: str, server: Server) -> None:
    if not url.startswith((server.address, "data:", "blob:")):
        found.foreign.append(url)


def _count(found: Opened, response: Any) -> None:
    found.bytes += int(response.headers.get("content-length", 0))
