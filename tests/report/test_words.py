"""Every word that a person sees is a row of the table, in both languages, and every row is used."""

from __future__ import annotations

import csv
import re
from importlib import resources
from pathlib import Path
from string import Formatter

import pytest
from pages_read import Page

import standoff
from standoff.measures.gates import ADMINISTRATION_FIELDS
from standoff.measures.outcome import Outcome
from standoff.model.rulesets import RULES
from standoff.results.causes import CAUSES
from standoff.results.compare import compare_results
from standoff.results.ledgers import LINES
from standoff.results.report.figures.chain import STAGES, USE
from standoff.results.report.figures.controls import HOLD
from standoff.results.report.labels import Labels
from standoff.results.report.pages import render_comparison, render_report
from standoff.results.result import Result
from standoff.results.words import Words, read_words
from standoff.world.schema import STATUSES

RESULTS = Path(standoff.__file__).parent / "results"
TABLE = resources.files("standoff.results").joinpath("words.csv").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(TABLE.splitlines()))
KEYS = {row["key"] for row in ROWS}
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in sorted(RESULTS.rglob("*"))
    if path.suffix in (".py", ".j2")
    and (path.parent != RESULTS or path.stem in ("compare", "numbers", "words", "workbook"))
)
FAMILIES = set(re.findall(r'family\("(\w+)"', CODE)) | set(re.findall(r'f"(\w+)\.\{', CODE))


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_no_key_stands_twice() -> None:
    assert len(KEYS) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["key"])
def test_both_languages_say_it_with_the_same_values(row: dict[str, str]) -> None:
    assert row["en"].strip()
    assert row["zh"].strip()
    assert places(row["en"]) == places(row["zh"]), row["key"]


def test_every_key_that_code_asks_for_is_there() -> None:
    asked = set(re.findall(r"""say\(\s*["']([\w.]+)["']""", CODE))
    assert asked
    assert asked <= KEYS


def test_every_key_is_used() -> None:
    literal = set(re.findall(r"""["']([\w]+\.[\w.]+)["']""", CODE)) | set(re.findall(r"""say\(["'](\w+)["']""", CODE))
    unused = {key for key in KEYS - literal if key.partition(".")[0] not in FAMILIES}
    assert unused == set()
    columns = {key.removeprefix("column.") for key in KEYS if key.startswith("column.")}
    assert {name for name in columns if f'"{name}"' not in CODE and f"column.{name}" not in CODE} == set()


@pytest.mark.parametrize(
    ("family", "names"),
    [
        ("cause", CAUSES),
        ("line", tuple(name for name, _ in LINES)),
        ("meaning", tuple(name for name, _ in LINES)),
        ("stage", (*STAGES, USE)),
        ("administration", ADMINISTRATION_FIELDS),
        ("slot_of", tuple(RULES)),
        ("rule_of", tuple(f"{slot}.{rule}" for slot, rules in RULES.items() for rule in rules)),
        ("month", tuple(str(month) for month in range(1, 13))),
    ],
)
def test_families_hold_every_name_of_the_model_and_no_other(family: str, names: tuple[str, ...]) -> None:
    assert {key.partition(".")[2] for key in KEYS if key.startswith(f"{family}.")} == set(names)


def test_every_way_to_run_a_regime_has_its_word() -> None:
    licences = {outcome.code for outcome in Outcome if outcome.needs_licence}
    known = {key.partition(".")[2] for key in KEYS if key.startswith("outcome.")}
    assert known == licences | {Outcome.NEED_FACT.code, HOLD}


def test_every_status_has_its_word() -> None:
    assert {f"status_of.{status}" for status in STATUSES} <= KEYS


def marked() -> Words:
    """Words that keep their values and lose their text: what is left on a page in letters came from elsewhere."""
    return Words("en", {row["key"]: " ".join(f"{{{name}}}" for name in sorted(places(row["en"]))) for row in ROWS})


def names_of(result: Result) -> list[str]:
    """Everything on a page that a world, a scenario or the register names, longest first."""
    labels = Labels(result.world, marked())
    scenario, bars = result.scenario, result.regimes.timeline
    found = {*labels.places.values(), *labels.products.values(), *labels.consumers.values()}
    found |= {
        scenario.title.en,
        scenario.summary.en,
        *(bar["title"] for bar in bars),
        *(bar["measure"] for bar in bars),
    }
    found |= {*result.network.place_side, *(bar["issuer"] for bar in bars), scenario.name, result.world.name}
    return sorted(found, key=len, reverse=True)


def unspoken(page: str, names: list[str]) -> list[str]:
    """Texts with letters that no table of words and no data explain."""
    body = re.sub(r'<section id="(assumptions|sources)">.*?</section>', _without_cells, page, flags=re.DOTALL)
    parsed = Page(body)
    texts = parsed.texts + [attributes.get("aria-label") or "" for _, attributes in parsed.tags]
    left = []
    for text in texts:
        if text.endswith("…") and any(name.startswith(text[:-1]) for name in names):
            continue  # a name cut to the room beside a chart
        rest = text
        for name in names:
            rest = rest.replace(name, " ")
        if re.search(r"[^\W\d_]", re.sub(r"\d+(\.\d+)?e-\d+", " ", rest)):
            left.append(text)
    return left


def _without_cells(section: re.Match[str]) -> str:
    return re.sub(r"<tbody>.*?</tbody>", "", section.group(), flags=re.DOTALL)


def test_no_text_of_a_page_is_outside_the_table(result: Result) -> None:
    assert unspoken(render_report(result, words=marked()), names_of(result)) == []


def test_no_text_of_a_comparison_is_outside_the_table(april: Result, cut_off: Result) -> None:
    page = render_comparison(compare_results(april, cut_off), words=marked())
    names = sorted({*names_of(april), *names_of(cut_off), "A", "B"}, key=len, reverse=True)
    assert unspoken(page, names) == []


def test_unknown_names_stand_for_themselves() -> None:
    words = read_words("zh")
    assert words.family("side", "atlantis") == "atlantis"
    assert words.join(["甲", "乙", "丙"]) == "甲、乙和丙"
    assert read_words("en").join(["a"]) == "a"
