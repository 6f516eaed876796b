"""Tests on the whole transaction: where it moves, who takes part, what for, with what content and technology."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from standoff.errors import InputError
from standoff.measures.conditions import Fault, Maker, Test, Truth, check_item_tree, compile_tree
from standoff.measures.context import Context
from standoff.measures.item_tests import ITEM_LEAVES, bounds_test, check_bounds, check_switch, check_words, switch_test
from standoff.measures.names import words_of
from standoff.measures.places import expand, three_letter
from standoff.measures.settings import Settings
from standoff.measures.transaction import Item


def _within(value: str | None, places: frozenset[str]) -> Truth:
    return None if value is None else value in places


def _place_test(field: str) -> Maker[Context]:
    def make(argument: Any, _: Settings) -> Test[Context]:
        places = expand(list(argument))
        return Test(lambda c: _within(getattr(c.transaction, field), places), lambda _c: (field,))

    return make


def _leaves(argument: Any, _: Settings) -> Test[Context]:
    """Goods cross the border of these places, or are handed to a foreign person inside."""
    places = expand(list(argument))

    def truth(c: Context) -> Truth:
        transaction = c.transaction
        if "to_foreign_person" in transaction.circumstances:
            return True
        start, end = _within(transaction.ship_from, places), _within(transaction.ship_to, places)
        if start is False or end is True:
            return False
        return True if start and end is False else None

    return Test(truth, lambda c: tuple(n for n in ("ship_from", "ship_to") if getattr(c.transaction, n) is None))


def _outside(argument: Any, _: Settings) -> Test[Context]:
    """From outside these places to outside them."""
    places = expand(list(argument))

    def truth(c: Context) -> Truth:
        start, end = _within(c.transaction.ship_from, places), _within(c.transaction.ship_to, places)
        if start or end:
            return False
        return True if start is False and end is False else None

    return Test(truth, lambda c: tuple(n for n in ("ship_from", "ship_to") if getattr(c.transaction, n) is None))


def _user_in(argument: Any, _: Settings) -> Test[Context]:
    """The end user is established there, or the goods go there."""
    places = expand(list(argument))

    def truth(c: Context) -> Truth:
        user, destination = c.transaction.end_user.country, c.transaction.ship_to
        if user in places or destination in places:
            return True
        return None if user is None or destination is None else False

    def missing(c: Context) -> tuple[str, ...]:
        names = [] if c.transaction.end_user.country else ["country of the end user"]
        return tuple(names + ([] if c.transaction.ship_to else ["ship_to"]))

    return Test(truth, missing)


def _established(argument: Any, _: Settings) -> Test[Context]:
    places = expand(list(argument))
    return Test(lambda c: _within(c.transaction.end_user.country, places), lambda _c: ("country of the end user",))


def _transit(argument: Any, _: Settings) -> Test[Context]:
    places = expand(list(argument))
    return Test(lambda c: any(three_letter(place) in places for place in c.transaction.transit), lambda _c: ())


def _exporter_named(argument: Any, _: Settings) -> Test[Context]:
    wanted = {words_of(name) for name in argument}

    def truth(c: Context) -> Truth:
        name = c.transaction.exporter.name
        return name is not None and words_of(name) in wanted

    return Test(truth, lambda _c: ())


def _covered_weight(argument: Any, _: Settings) -> Test[Context]:
    within = bounds_test(argument)

    def truth(c: Context) -> Truth:
        value = c.transaction.item.parameter("covered_weight_percent")
        return None if value is None else within(value)

    return Test(truth, lambda _c: ("covered material (% of weight)",))


def _transferor(argument: Any, _: Settings) -> Test[Context]:
    places = expand(list(argument))
    return Test(lambda c: _within(c.transaction.exporter.country, places), lambda _c: ("exporter country",))


def is_military(c: Context) -> Truth:
    """A military user or a military use."""
    transaction = c.transaction
    use = transaction.end_use
    if transaction.end_user.military or transaction.consignee.military or (use is not None and "military" in use):
        return True
    if transaction.end_user.military is False and use is not None:
        return False
    return None


def _military(argument: Any, _: Settings) -> Test[Context]:
    def missing(c: Context) -> tuple[str, ...]:
        names = [] if c.transaction.end_user.military is False else ["end user military or not"]
        return tuple(names + (["end use"] if c.transaction.end_use is None else []))

    return Test(is_military, missing)


def _end_use(argument: Any, _: Settings) -> Test[Context]:
    wanted = frozenset(argument)

    def truth(c: Context) -> Truth:
        tags = c.transaction.end_use
        return None if tags is None else not wanted.isdisjoint(tags)

    return Test(truth, lambda _c: ("end use",))


def _use_parameter(argument: Any, _: Settings) -> Test[Context]:
    name = argument["name"]
    within = bounds_test(argument)

    def truth(c: Context) -> Truth:
        value = c.transaction.use_parameter(name)
        return None if value is None else within(value)

    return Test(truth, lambda _c: (name,))


def _listed_self(argument: Any, _: Settings) -> Test[Context]:
    """A party stands on the list of the measure given (a measure's own list: its id)."""
    measure = str(argument)
    return Test(lambda c: c.listed_by(measure), lambda _c: (f"list status of the end user ({measure})",))


def _listed_as(argument: Any, _: Settings) -> Test[Context]:
    kinds = frozenset(argument)
    return Test(lambda c: c.listed_as(kinds), lambda _c: ("list status of the end user",))


def _owned(argument: Any, settings: Settings) -> Test[Context]:
    kinds = frozenset(argument["lists"])
    rule = settings.china_ownership if argument.get("rule") == "china" else "aggregate"
    return Test(lambda c: c.owned_by(kinds, rule), lambda _c: ("ownership of the end user",))


def _content_test(name: str, read: Callable[[Context], Decimal | None]) -> Maker[Context]:
    def make(argument: Any, _: Settings) -> Test[Context]:
        within = bounds_test(argument)

        def truth(c: Context) -> Truth:
            value = read(c)
            return None if value is None else within(value)

        return Test(truth, lambda _c: (name,))

    return make


def _technology(argument: Any, _: Settings) -> Test[Context]:
    """The item was made with one of these technologies from one of these places."""
    names = frozenset(argument["names"])
    places = expand(list(argument["places"]))

    def truth(c: Context) -> Truth:
        known = c.transaction.technologies
        if known is None:
            return None
        return any(name in names and place in places for name, place in known)

    return Test(truth, lambda _c: ("technology origin",))


def _mode(argument: Any, _: Settings) -> Test[Context]:
    modes = frozenset(argument)
    return Test(lambda c: None if c.transaction.mode is None else c.transaction.mode in modes, lambda _c: ("mode",))


def _licence_held(argument: Any, _: Settings) -> Test[Context]:
    kinds = frozenset(argument)

    def truth(c: Context) -> Truth:
        held = c.transaction.licence_held
        return None if held is None else held in kinds

    return Test(truth, lambda _c: ("licence held",))


def _circumstance(argument: Any, _: Settings) -> Test[Context]:
    wanted = frozenset(argument)

    def truth(c: Context) -> Truth:
        if not wanted.isdisjoint(c.transaction.circumstances):
            return True
        return False if wanted <= c.transaction.not_circumstances else None

    return Test(truth, lambda _c: tuple(sorted(wanted)))


def _dual_use(argument: Any, _: Settings) -> Test[Context]:
    issuer = str(argument)
    return Test(lambda c: c.dual_use(issuer), lambda _c: ("whether the item is a listed dual-use item",))


def _caught_by(argument: Any, _: Settings) -> Test[Context]:
    keys = frozenset(argument)

    def numbers(c: Context) -> tuple[int, ...]:
        return tuple(n for key in keys for n in c.interval.by_key.get(key, ()))

    def missing(c: Context) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for number in numbers(c):
            found.update(dict.fromkeys(c.rulebook.missing(c, number)))
        return tuple(found)

    return Test(lambda c: c.any_limb(numbers(c)), missing)


def _subject_to_ear(_argument: Any, _: Settings) -> Test[Context]:
    def missing(c: Context) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for number in c.interval.jurisdiction:
            found.update(dict.fromkeys(c.rulebook.missing(c, number)))
        return tuple(found)

    return Test(lambda c: c.subject_to_ear(), missing)


def _contains(argument: Any, settings: Settings) -> Test[Context]:
    """A part of this kind from one of these places is inside."""
    test: Test[Item] = compile_tree(argument.get("item"), ITEM_LEAVES, settings)
    places = expand(list(argument["origin"]))

    def truth(c: Context) -> Truth:
        answer: Truth = False if c.transaction.components else None
        for part in c.transaction.components:
            here, kind = _within(part.origin, places), test.truth(part.item)
            if here and kind:
                return True
            if here is not False and kind is not False:
                answer = None
        return answer

    return Test(truth, lambda _c: ("components and their origin",))


def _stage(argument: Any, _: Settings) -> Test[Context]:
    """A stage of making took place there; unknown where the stage is not told."""
    stages = frozenset(argument["stages"])
    places = expand(list(argument["places"]))

    def truth(c: Context) -> Truth:
        told = {stage for stage, _ in c.transaction.stages}
        if any(stage in stages and place in places for stage, place in c.transaction.stages):
            return True
        if "covered_country_stages" in c.presumed and not told:
            return True
        return False if stages <= told else None

    return Test(
        truth, lambda c: tuple(f"where {stage}" for stage in sorted(stages - {s for s, _ in c.transaction.stages}))
    )


def _presumed(argument: Any, _: Settings) -> Test[Context]:
    return Test(lambda c: str(argument) in c.presumed, lambda _c: ())


LEAVES: dict[str, Maker[Context]] = {
    "ship_from": _place_test("ship_from"),
    "ship_to": _place_test("ship_to"),
    "origin": _place_test("origin"),
    "leaves": _leaves,
    "outside": _outside,
    "user_in": _user_in,
    "transferor": _transferor,
    "user_established_in": _established,
    "transit": _transit,
    "exporter_named": _exporter_named,
    "covered_weight": _covered_weight,
    "military": _military,
    "end_use": _end_use,
    "use_parameter": _use_parameter,
    "listed_by": _listed_self,
    "listed_as": _listed_as,
    "owned_by": _owned,
    "prc_content": _content_test("Chinese listed content (% of value)", Context.prc_content),
    "us_content": _content_test("controlled US content (% of value)", Context.us_content),
    "technology": _technology,
    "mode": _mode,
    "licence_held": _licence_held,
    "circumstance": _circumstance,
    "dual_use": _dual_use,
    "caught_by": _caught_by,
    "subject_to_ear": _subject_to_ear,
    "contains": _contains,
    "stage": _stage,
    "presumed": _presumed,
    "switch": switch_test,
}


def _check_places(argument: Any) -> list[Fault]:
    faults = check_words(argument)
    if faults:
        return faults
    try:
        expand(argument)
    except InputError as error:
        return [(problem.why, problem.cure, problem.value) for problem in error.problems]
    return []


def _check_block(*keys: str) -> Callable[[Any], list[Fault]]:
    def check(argument: Any) -> list[Fault]:
        if isinstance(argument, dict) and all(key in argument for key in keys):
            return _check_places(argument["places"]) if "places" in argument else []
        return [("this test needs a block", "Give " + ", ".join(keys), argument)]

    return check


def _check_word(argument: Any) -> list[Fault]:
    return [] if isinstance(argument, str) else [("this test needs one word", "Give a word", argument)]


def _check_true(argument: Any) -> list[Fault]:
    return (
        []
        if argument is True
        else [("this test is written '...: true'", "Write true, or put it under 'not'", argument)]
    )


def _check_contains(argument: Any) -> list[Fault]:
    if not isinstance(argument, dict) or "origin" not in argument:
        return [("this test needs a block", "Give origin and item", argument)]
    return _check_places(argument["origin"]) + check_item_tree(argument.get("item"))


CHECKS: dict[str, Callable[[Any], list[Fault]]] = {
    **dict.fromkeys(
        (
            "ship_from",
            "ship_to",
            "origin",
            "leaves",
            "outside",
            "user_in",
            "transferor",
            "user_established_in",
            "transit",
        ),
        _check_places,
    ),
    **dict.fromkeys(
        ("end_use", "listed_as", "mode", "licence_held", "circumstance", "caught_by", "exporter_named"), check_words
    ),
    **dict.fromkeys(("listed_by", "dual_use", "presumed"), _check_word),
    **dict.fromkeys(("military", "subject_to_ear"), _check_true),
    **dict.fromkeys(("prc_content", "us_content", "use_parameter", "covered_weight"), check_bounds),
    "owned_by": _check_block("lists"),
    "technology": _check_block("names", "places"),
    "stage": _check_block("stages", "places"),
    "contains": _check_contains,
    "switch": check_switch,
}
