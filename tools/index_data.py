"""Write ``src/standoff/data/index.json``: the parsed YAML of the register and the vocabulary by content hash.

The index makes the command start fast. It may be stale: a file that is not in it is parsed.
Run it after changing such a file: ``python tools/index_data.py``.
"""

from __future__ import annotations

import json

from standoff.measures.data_files import DATA, INDEX_FILE, content_key, plain
from standoff.yaml_files import parse_yaml

FOLDERS = ("register", "vocabulary")


def main() -> None:
    content = {}
    for folder in FOLDERS:
        for path in sorted((DATA / folder).rglob("*.yaml")):
            raw = path.read_bytes()
            content[content_key(raw)] = plain(parse_yaml(raw.decode("utf-8-sig"), what=str(path)))
    INDEX_FILE.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    print(f"{len(content)} files, {INDEX_FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
