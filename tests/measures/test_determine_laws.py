"""Laws that hold for every transaction, date and register."""

from __future__ import annotations

import random
from bisect import bisect_right
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pytest
from random_transactions import PLACES, random_date, random_transaction

from standoff.measures.calendar import change_dates
from standoff.measures.determination import Determination
from standoff.measures.determine import determine
from standoff.measures.measure import Measure, Suspension
from standoff.measures.outcome import Outcome
from standoff.measures.register import Register, load_register
from standoff.measures.settings import DEFAULT_SETTINGS, SWITCHES, TRUCES, read_settings
from standoff.measures.transaction import Item, Party, Transaction

REGISTER = load_register()
TRIES = 400


def established(found: Determination) -> tuple[int, int]:
    """The strongest answer that is certain."""
    return found.findings[0].answer.rank if found.findings else (Outcome.NOT_CAUGHT.severity, 0)


def possible(found: Determination) -> tuple[int, int]:
    """The strongest answer that the missing facts leave open."""
    return max([established(found), *(each.answer.rank for each in found.open_findings)])


def restricting(measure: Measure) -> bool:
    return any(limb.relief is None for limb in measure.limbs) and all(limb.relief is None for limb in measure.limbs)


def relieving(measure: Measure) -> bool:
    return bool(measure.limbs) and all(limb.relief is not None for limb in measure.limbs)


def pausing(measure: Measure) -> bool:
    return measure.id in {pause.by for each in REGISTER for limb in each.limbs for pause in limb.suspensions}


@cache
def without(identifier: str) -> Register:
    return REGISTER.without([identifier])


def draws(seed: int) -> list[tuple[Transaction, date]]:
    dice = random.Random(seed)
    return [(random_transaction(dice), random_date(dice)) for _ in range(TRIES)]


def test_adding_a_restricting_measure_never_weakens_what_is_certain_or_possible() -> None:
    dice = random.Random(3)
    candidates = [each for each in REGISTER if restricting(each) and not pausing(each)]
    assert len(candidates) > 30
    for transaction, on in draws(1):
        added = dice.choice(candidates)
        rest = without(added.id)
        before, after = determine(transaction, on, rest), determine(transaction, on, REGISTER)
        assert established(after) >= established(before), added.id
        assert possible(after) >= possible(before), added.id


def test_adding_a_relieving_measure_never_strengthens() -> None:
    candidates = [each for each in REGISTER if relieving(each) or each.id in ("CN-2025-70", "CN-2025-72")]
    assert len(candidates) >= 4
    dice = random.Random(4)
    for transaction, on in draws(2):
        added = dice.choice(candidates)
        before, after = determine(transaction, on, without(added.id)), determine(transaction, on, REGISTER)
        assert established(after) <= established(before), added.id
        assert possible(after) <= possible(before), added.id


def fill(transaction: Transaction, dice: random.Random) -> Transaction:
    """The same transaction with unknown facts filled in at random."""

    def told(value: object, guesses: tuple[object, ...]) -> object:
        return dice.choice(guesses) if value is None else value

    # Content that components tell is not unknown.
    shares = (None,) if transaction.components else (Decimal(0), Decimal(90))
    user = transaction.end_user
    user = replace(
        user,
        country=told(user.country, PLACES),
        military=told(user.military, (True, False)),
        lists=told(user.lists, (frozenset(), frozenset({"CN-CONTROL"}), frozenset({"US-EL"}))),
    )
    return replace(
        transaction,
        origin=told(transaction.origin, PLACES),
        ship_from=told(transaction.ship_from, PLACES),
        ship_to=told(transaction.ship_to, PLACES),
        end_user=user,
        end_use=told(transaction.end_use, (frozenset({"civil"}), frozenset({"military"}), frozenset({"wmd"}), frozenset())),
        prc_content_percent=told(transaction.prc_content_percent, shares),
        us_content_percent=told(transaction.us_content_percent, shares),
        technologies=told(transaction.technologies, (frozenset(), frozenset({("magnet_making", "CHN")}), frozenset({("3D001", "USA")}))),
        mode=told(transaction.mode, ("sale", "service", "repair")),
        licence_held=told(transaction.licence_held, ("none", "general")),
    )  # fmt: skip


def test_not_caught_never_rests_on_a_missing_fact() -> None:
    dice = random.Random(5)
    seen = 0
    for transaction, on in draws(6):
        if determine(transaction, on, REGISTER).outcome is not Outcome.NOT_CAUGHT:
            continue
        for _ in range(5):
            filled = fill(transaction, dice)
            seen += 1
            assert determine(filled, on, REGISTER).outcome in (Outcome.NOT_CAUGHT, Outcome.ALLOWED), (
                transaction,
                filled,
                on,
            )
    assert seen > 200


def test_what_is_certain_stays_when_more_becomes_known() -> None:
    dice = random.Random(9)
    for transaction, on in draws(10):
        before = determine(transaction, on, REGISTER)
        after = determine(fill(transaction, dice), on, REGISTER)
        # A relief may come to hold when more is known, so the certain answer may fall to what the relief offers, never below.
        if not any(finding.relieved_by for finding in after.findings):
            assert established(after) >= established(before)
        assert established(after) <= possible(before)


def test_nothing_known_is_a_question_never_a_clearance() -> None:
    for day in (date(2010, 10, 1), date(2025, 5, 1), date(2026, 11, 21)):
        assert determine(Transaction(), day, REGISTER).outcome is Outcome.NEED_FACT


def test_a_military_user_or_use_never_gets_a_milder_answer() -> None:
    for transaction, on in draws(14):
        civil = replace(transaction, end_user=replace(transaction.end_user, military=False))
        military = replace(transaction, end_user=replace(transaction.end_user, military=True))
        before, after = determine(civil, on, REGISTER), determine(military, on, REGISTER)
        assert established(after) >= established(before)
        assert possible(after) >= possible(before) or not before.open_findings


@pytest.mark.parametrize("share", ["0", "0.05", "0.0999", "0.09999999999999", "0.1", "0.3", "50", "100"])
def test_the_floor_of_a_tenth_of_a_percent_is_inclusive_and_monotone(share: str) -> None:
    transaction = Transaction(
        item=Item("ndfeb_magnet", elements=frozenset({"Dy"})),
        origin="DEU",
        prc_content_percent=Decimal(share),
        technologies=frozenset(),
        exporter=Party(country="DEU"),
        ship_from="DEU",
        ship_to="KOR",
        end_user=Party(country="KOR", military=False, lists=frozenset()),
        end_use=frozenset({"civil"}),
    )
    found = determine(transaction, date(2025, 12, 15), REGISTER)
    assert (found.outcome is Outcome.SUSPENDED) == (Decimal(share) >= Decimal("0.1"))


@pytest.mark.parametrize(("share", "subject"), [("24.99", False), ("25", False), ("25.0000001", True), ("90", True)])
def test_the_ceiling_of_a_quarter_is_outside_and_more_is_inside(share: str, subject: bool) -> None:
    transaction = Transaction(
        item=Item("foreign_machine"),
        origin="KOR",
        us_content_percent=Decimal(share),
        technologies=frozenset(),
        ship_from="KOR",
        ship_to="JPN",
    )
    assert determine(transaction, date(2026, 8, 1), REGISTER).subject_to_ear is subject


@pytest.mark.parametrize("truce", TRUCES)
@pytest.mark.parametrize("last_day", ["resumes", "paused"])
def test_every_date_lies_in_exactly_one_interval_and_answers_stand_still_inside(truce: str, last_day: str) -> None:
    settings = read_settings({"truce": truce, "S1": last_day})
    days = change_dates(REGISTER, settings)
    assert list(days) == sorted(set(days))
    rulebook = REGISTER.rulebook(settings)
    dice = random.Random(11)
    for transaction, on in draws(12)[:80]:
        number = bisect_right(days, on)
        start = days[number - 1] if number else on
        end = days[number] if number < len(days) else on + timedelta(days=1)
        assert start <= on < end
        assert rulebook.interval(on) is rulebook.interval(start)
        inside = start + timedelta(days=dice.randrange((end - start).days))
        assert (
            determine(transaction, inside, REGISTER, settings).code
            == determine(transaction, on, REGISTER, settings).code
        )


def test_every_answer_changes_only_on_a_change_date() -> None:
    days = change_dates(REGISTER)
    transaction = Transaction(item=Item("gallium_metal"), ship_from="CHN", ship_to="USA", origin="CHN", end_use=frozenset({"civil"}),
                              end_user=Party(country="USA", military=False, lists=frozenset()))  # fmt: skip
    day = date(2023, 1, 1)
    while day < date(2027, 3, 1):
        if determine(transaction, day, REGISTER).code != determine(transaction, day - timedelta(days=1), REGISTER).code:
            assert day in days
        day += timedelta(days=1)


def paused(register: Register, identifier: str, pause: Suspension) -> Register:
    measures = tuple(
        replace(each, limbs=tuple(replace(limb, suspensions=(*limb.suspensions, pause)) for limb in each.limbs))
        if each.id == identifier
        else each
        for each in register
    )
    return Register(measures, register.defaults)


def test_pausing_and_lifting_the_pause_are_inverse() -> None:
    pause = Suspension(start=date(2025, 1, 1), printed=date(2027, 1, 1))
    alone = REGISTER.only(["CN-2025-18"])
    held = paused(alone, "CN-2025-18", pause)
    lifted = Register(
        tuple(replace(m, limbs=tuple(replace(x, suspensions=()) for x in m.limbs)) for m in held), held.defaults
    )
    for transaction, on in draws(13):
        bare, stopped, again = (determine(transaction, on, each) for each in (alone, held, lifted))
        assert again.code == bare.code
        if pause.start <= on < pause.printed and bare.findings:
            assert stopped.findings[0].answer.outcome is Outcome.SUSPENDED
            assert stopped.findings[0].answer.inner is bare.findings[0].answer.outcome
            assert stopped.until == pause.printed or stopped.outcome is Outcome.NEED_FACT
        elif not pause.start <= on < pause.printed:
            assert stopped.code == bare.code


def test_a_register_knows_nothing_of_later_announcements() -> None:
    early = REGISTER.known_by(date(2025, 10, 17))
    assert "CN-2025-70" not in early
    assert "CN-2025-61-a" in early
    transaction = Transaction(item=Item("smco_magnet"), origin="CHN", ship_from="KOR", ship_to="VNM",
                              end_user=Party(country="VNM", military=False, lists=frozenset()), end_use=frozenset({"civil"}))  # fmt: skip
    on = date(2025, 12, 15)
    assert determine(transaction, on, early).code == "LICENCE_STD"
    assert determine(transaction, on, REGISTER).code == "SUSPENDED(LICENCE_STD,2026-11-10)"


def test_leaving_the_pausing_measure_out_lets_the_paused_one_run() -> None:
    without_pause = REGISTER.only(["CN-2025-61-c"])
    with_pause = REGISTER.only(["CN-2025-61-c", "CN-2025-70"])
    transaction = Transaction(item=Item("smco_magnet"), origin="CHN", ship_from="KOR", ship_to="VNM")
    assert determine(transaction, date(2025, 12, 15), without_pause).code == "LICENCE_STD"
    assert determine(transaction, date(2025, 12, 15), with_pause).code == "SUSPENDED(LICENCE_STD,2026-11-10)"


def test_every_switch_has_a_default_a_note_and_is_refused_with_the_nearest_choice() -> None:
    assert len(SWITCHES) == 9
    assert len(DEFAULT_SETTINGS.notes()) == 10
    for switch in SWITCHES:
        for choice in switch.choices:
            assert getattr(read_settings({switch.key: choice}), switch.name) == choice
        assert getattr(DEFAULT_SETTINGS, switch.name) == switch.choices[0]
