"""Reading YAML files: one way, YAML 1.2, never larger than a stated size."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

from standoff.errors import refuse

LARGEST_YAML_BYTES = 2_000_000


def read_yaml(path: Path) -> Any:
    """The content of a YAML 1.2 file as plain dicts, lists and scalars.

    Under YAML 1.2 the country code ``NO`` and the words ``on`` and ``yes`` are strings, not booleans.

    Raises:
        InputError: the file is missing, empty, larger than ``LARGEST_YAML_BYTES``, or not YAML.
    """
    what = f"file {path.name}"
    if not path.is_file():
        raise refuse(what, why="there is no such file", cure="Check the path", file=str(path))
    size = path.stat().st_size
    if size > LARGEST_YAML_BYTES:
        raise refuse(
            what,
            why=f"{size:,} bytes is more than the {LARGEST_YAML_BYTES:,} that such a file may have",
            cure="Put tables into CSV files of a world",
            file=path.name,
        )
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(
            what, why=f"byte {error.start} is not UTF-8", cure="Save the file as UTF-8", file=path.name
        ) from None
    content = parse_yaml(text, what=what)
    if content is None:
        raise refuse(what, why="the file is empty", cure="Write keys and values into it", file=path.name)
    return content


def parse_yaml(text: str, *, what: str) -> Any:
    """Parse YAML 1.2 text. Raises InputError with line and column where it is not YAML."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise refuse(
            what,
            why=f"not valid YAML: {error.problem or error.context}",
            cure="Check indentation, colons and quotes on that line",
            row=mark.line + 1 if mark else None,
            column=str(mark.column + 1) if mark else "",
        ) from None
    except (YAMLError, ValueError) as error:  # ValueError: a date or number that is none, such as 2025-13-01
        raise refuse(what, why=f"not valid YAML: {error}", cure="Check the file") from None


def dump_yaml(content: Any) -> str:
    """Plain dicts and lists as YAML 1.2 text, in the order given."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    stream = StringIO()
    yaml.dump(content, stream)
    return stream.getvalue()
