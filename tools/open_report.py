"""Open a report in the browser where there is one and somebody to look at it."""

from __future__ import annotations

import os
import sys
import webbrowser
from pathlib import Path


def main() -> None:
    if os.environ.get("CI") or not sys.stdout.isatty():
        return
    try:
        webbrowser.get()
    except webbrowser.Error:
        return
    webbrowser.open(Path(sys.argv[1]).resolve().as_uri())


if __name__ == "__main__":
    main()
