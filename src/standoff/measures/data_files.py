"""Reading the package's own YAML quickly.

Pure-Python YAML takes about 0.3 ms a line, too slow for a command that answers in half a second. So the package carries an
index of parsed files keyed by the content's hash. A file that was changed or added since is simply parsed: the index can be
stale or missing, never wrong. ``tools/index_data.py`` writes it again.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from standoff.yaml_files import parse_yaml

DATA = Path(__file__).parent.parent / "data"
INDEX_FILE = DATA / "index.json"


def content_key(raw: bytes) -> str:
    return hashlib.blake2b(raw, digest_size=16).hexdigest()


@cache
def _index() -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(INDEX_FILE.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return content


def read_data(path: Path) -> Any:
    """The content of one of the package's YAML files: dicts, lists, numbers and strings (dates as ISO strings)."""
    raw = path.read_bytes()
    known = _index().get(content_key(raw))
    if known is not None:
        return known
    return plain(parse_yaml(raw.decode("utf-8-sig"), what=f"file {path.name}"))


def plain(content: Any) -> Any:
    """YAML content with dates as ISO strings, so that the index and the file read the same."""
    if isinstance(content, dict):
        return {key: plain(value) for key, value in content.items()}
    if isinstance(content, list):
        return [plain(value) for value in content]
    if isinstance(content, datetime.date):
        return content.isoformat()
    return content
