"""The register: complete, typed, sourced; a measure of one's own; mistakes reported at once."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from standoff.errors import InputError
from standoff.measures.calendar import looks_like_id, makers
from standoff.measures.data_files import DATA, INDEX_FILE, content_key, plain
from standoff.measures.determine import determine
from standoff.measures.outcome import Outcome
from standoff.measures.register import Register, load_register
from standoff.measures.transaction import Item, Party, Transaction
from standoff.yaml_files import parse_yaml

MEASURES_COLLECTED = 108
GOOD = """
id: NO-2026-1
issuer: NO
instrument: export licence requirement
title: {en: "A made-up measure"}
announced: 2026-01-05
confidence: low
parties: {kind: NO-LIST, countries: [NO], names: [Fjord Magnets], complete: true}
suspensions:
  - {from: 2026-03-01, until: 2026-06-01}
limbs:
  - id: magnets
    text: Magnets leave Norway only with a licence.
    effective: 2026-02-01
    outcome: LICENCE_STD
    item: {class: [permanent_magnet]}
    when: {leaves: [NO]}
"""


def test_every_collected_measure_is_there_with_a_title_a_date_or_a_note_and_a_status() -> None:
    register = load_register()
    assert len(register) >= MEASURES_COLLECTED
    assert len(set(register.ids)) == len(register)
    for measure in register:
        assert measure.title
        assert measure.status in ("sourced", "sourced with note", "claimed")
        assert measure.announced or measure.notes
        assert measure.sources or measure.notes


def test_a_low_confidence_measure_carries_its_status_into_the_answer() -> None:
    transaction = Transaction(item=Item("re_oxide", elements=frozenset({"Nd"})), ship_from="CHN", ship_to="JPN")
    found = determine(transaction, date(2010, 10, 1), load_register(ids=["CN-2010-JP-EMBARGO"]))
    assert found.outcome is Outcome.LICENCE_DENY
    assert found.status == "claimed"


def test_whatever_pauses_or_ends_a_measure_is_itself_in_the_register() -> None:
    register = load_register()
    for measure in register:
        for maker in makers(measure):
            assert looks_like_id(maker)
            assert maker in register, (measure.id, maker)


def test_the_index_says_the_same_as_the_files_and_covers_them() -> None:
    index = json.loads(INDEX_FILE.read_text(encoding="utf-8"))
    files = [*(DATA / "register").rglob("*.yaml"), *(DATA / "vocabulary").rglob("*.yaml")]
    missing = [path.name for path in files if content_key(path.read_bytes()) not in index]
    # A stale index is slow, never wrong; a few files may be newer than it.
    assert len(missing) <= len(files) // 20, f"run: python tools/index_data.py (not in the index: {missing})"
    for path in files[::10]:
        if path.name in missing:
            continue
        assert index[content_key(path.read_bytes())] == plain(
            parse_yaml(path.read_text(encoding="utf-8"), what=path.name)
        )


def test_a_measure_of_ones_own_is_read_like_the_others(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD, encoding="utf-8")
    register = load_register(extra_paths=[path])
    transaction = Transaction(
        item=Item("smco_magnet"),
        ship_from="NO",
        ship_to="SE",
        end_user=Party(country="SE", military=False, lists=frozenset()),
    )
    answers = {
        day: determine(transaction, day, register.only(["NO-2026-1"])).code
        for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 4, 1), date(2026, 6, 1))
    }
    assert list(answers.values()) == ["NOT_CAUGHT", "LICENCE_STD", "SUSPENDED(LICENCE_STD,2026-06-01)", "LICENCE_STD"]
    assert register.get("NO-2026-1").issuer == "NO"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("limbs:", "lims:", "Did you mean 'limbs'"),
        ("until: 2026-06-01", "until: 2026-02-01", "ends before it begins"),
        ("announced: 2026-01-05", "announced: 2026-02-30", "day is out of range"),
        ("leaves: [NO]", "leaves: [NOO]", "no such country code"),
        ("leaves: [NO]", "leeves: [NO]", "Did you mean 'leaves'"),
        ("class: [permanent_magnet]", "class: [permanent_magnets]", "Did you mean 'permanent_magnet'"),
        ("outcome: LICENCE_STD", "outcome: LICENSE", "is not one of the known words"),
        ("confidence: low", "confidence: maybe", "is not one of the known words"),
        ("title: {en: \"A made-up measure\"}", "title: {}", "is missing"),
        ("    effective: 2026-02-01\n", "", "is missing"),
        ("    effective: 2026-02-01", "    effective: 2026-02-01\n    ended: 2026-01-01", "ends before it begins"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place_and_cure(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "mine.yaml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_register(extra_paths=[path])
    assert said in caught.value.text()
    assert "mine.yaml" in caught.value.text()


def test_all_mistakes_of_a_file_come_in_one_report(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = (
        GOOD.replace("confidence: low", "confidence: maybe")
        .replace("leaves:", "leeves:")
        .replace("until: 2026-06-01", "until: 2026-02-01")
    )
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_register(extra_paths=[path])
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("day", ["2019-01-01", "2022-10-01", "2025-02-15", "2025-04-09", "2025-06-30", "2025-11-09"])
def test_an_information_date_leaves_nothing_that_became_known_later(day: str) -> None:
    information_date = date.fromisoformat(day)
    known = load_register().known_by(information_date)
    for measure in known:
        assert measure.known is None or measure.known <= information_date
        assert measure.ended_known is None or measure.ended_known <= information_date
        for part in (*measure.limbs, *measure.layers):
            assert part.known is None or part.known <= information_date
            assert all(pause.known is None or pause.known <= information_date for pause in part.suspensions)
        for party in measure.party_list.parties if measure.party_list else ():
            assert party.start is None or party.start <= information_date


def test_a_rate_goes_on_where_the_one_that_replaced_it_was_not_known() -> None:
    def steel(register: Register) -> list[tuple[float, date | None]]:
        layers = register.get("US-232-METAL").layers
        return [(layer.rate_percent, layer.until) for layer in layers if layer.name.endswith("aluminium")]

    whole = load_register()
    assert steel(whole) == [(25, date(2025, 6, 4)), (50, None)]
    assert steel(whole.known_by(date(2025, 6, 3))) == [(25, None)]
    assert steel(whole.known_by(date(2025, 6, 4))) == steel(whole)


def test_a_firm_is_not_listed_before_it_was_named() -> None:
    def listed(register: Register) -> int:
        found = register.get("US-EL").party_list
        assert found is not None
        return len(found.parties)

    whole = load_register()
    assert listed(whole.known_by(date(2019, 1, 1))) < listed(whole.known_by(date(2021, 1, 1))) < listed(whole)


def test_unknown_ids_are_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean 'CN-2025-18'"):
        load_register(ids=["CN-2025-188"])


def test_one_issuer_comes_with_what_pauses_its_measures() -> None:
    china = load_register(issuers=["CN"])
    assert isinstance(china, Register)
    assert "X-2025-KL" in china
    assert "US-EL" not in china


def test_handling_by_outcome_has_ranges_and_no_published_share_as_approval() -> None:
    register = load_register()
    for outcome in (Outcome.LICENCE_STD, Outcome.LICENCE_CASE, Outcome.LICENCE_DENY, Outcome.LICENCE):
        for figure in register.defaults[outcome].figures.values():
            assert figure.low <= figure.value <= figure.high
            assert figure.source
    for measure in register:
        for limb in measure.limbs:
            share = register.administration(measure, limb).figures.get("approval_share")
            assert share is None or share.value not in (0.25, 0.6)
