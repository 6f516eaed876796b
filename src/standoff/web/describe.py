"""Print the API's OpenAPI description: ``python -m standoff.web.describe > web/openapi.json``."""

from __future__ import annotations

import json

from standoff.web.app import create_app


def description() -> str:
    """The description as JSON text. The version is left out: the file changes when the API does, and only then."""
    content = create_app(hosts=()).openapi()
    content["info"]["version"] = "local"
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(description(), end="")
