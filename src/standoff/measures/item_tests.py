"""Tests on the item alone: its class, elements and parameters.

The description decides. A control code counts only where nothing describes the item; a customs number never does.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from standoff.errors import nearest
from standoff.measures.conditions import Fault, Maker, Test, Truth, constant
from standoff.measures.settings import SWITCHES, Settings
from standoff.measures.transaction import Item
from standoff.measures.vocabulary import RARE_EARTHS, vocabulary

CONTENT_CODED = "foreign_machine"
BOUNDS = ("at_least", "at_most", "above", "below")


def known_elements(item: Item) -> frozenset[str]:
    """The elements that are surely inside: those named, and those of the class."""
    item_class = vocabulary().classes.get(item.class_id or "")
    return item.elements | item_class.elements if item_class else item.elements


def has_any(item: Item, elements: frozenset[str]) -> Truth:
    """Whether one of these elements is inside; unknown unless the composition is declared."""
    inside = known_elements(item)
    if inside & elements:
        return True
    rest = elements - item.absent
    if not rest or item.complete:
        return False
    item_class = vocabulary().classes.get(item.class_id or "")
    complete = item_class.complete if item_class else ""
    if not inside or not complete:
        return None
    if complete == "all" or rest <= RARE_EARTHS:
        return False
    return None


def _class_test(argument: Any, _: Settings) -> Test[Item]:
    words = vocabulary()
    wanted = frozenset(argument)
    sure = frozenset(each for identifier in wanted for each in words.descendants[identifier])
    # A class above the wanted one leaves open whether the item is of the wanted kind: "permanent magnet" may be SmCo.
    open_ = frozenset(each for identifier in wanted for each in words.ancestors[identifier]) - sure

    def truth(item: Item) -> Truth:
        identifier = item.class_id
        if identifier in sure:
            return True
        # A class that the vocabulary does not know is as good as no description.
        return None if identifier in open_ or identifier not in words.classes else False

    return Test(truth, lambda item: (f"kind of {item.class_id}",) if item.class_id in words.classes else ("item",))


def _elements_test(argument: Any, _: Settings) -> Test[Item]:
    wanted = frozenset(argument)
    name = ("content of " + "/".join(sorted(wanted)),)
    return Test(lambda item: has_any(item, wanted), lambda _item: name)


def _parameter_test(argument: Any, _: Settings) -> Test[Item]:
    name = argument["name"]
    within = bounds_test(argument)

    def truth(item: Item) -> Truth:
        value = item_parameter(item, name)
        return None if value is None else within(value)

    return Test(truth, lambda _item: (name,))


def item_parameter(item: Item, name: str) -> Decimal | None:
    """The item's own value, else the one its class fixes."""
    value = item.parameter(name)
    if value is not None:
        return value
    item_class = vocabulary().classes.get(item.class_id or "")
    for known, fixed in item_class.parameters if item_class else ():
        if known == name:
            return Decimal(fixed)
    return None


def bounds_test(argument: dict[str, Any]) -> Callable[[Decimal], bool]:
    """Exact comparison: ``at_least`` and ``at_most`` include the bound, ``above`` and ``below`` do not."""
    least, most, above, below = (Decimal(str(argument[key])) if key in argument else None for key in BOUNDS)

    def within(value: Decimal) -> bool:
        return (
            (least is None or value >= least)
            and (most is None or value <= most)
            and (above is None or value > above)
            and (below is None or value < below)
        )

    return within


def _code_test(argument: Any, _: Settings) -> Test[Item]:
    prefixes = tuple(str(code).lower() for code in argument)

    def truth(item: Item) -> Truth:
        if item.class_id is None and item.control_code is not None:
            return item.control_code.lower().startswith(prefixes)
        return False

    return Test(truth, lambda _item: ())


def _number_test(*, of_content: bool) -> Maker[Item]:
    """The US number of the item; for a machine that is only called foreign, the number is that of its content."""

    def make(argument: Any, _: Settings) -> Test[Item]:
        prefixes = tuple(str(code).lower() for code in argument)

        def truth(item: Item) -> Truth:
            if item.control_code is None or (item.class_id == CONTENT_CODED and not of_content):
                return False
            return item.control_code.lower().startswith(prefixes)

        return Test(truth, lambda _item: ())

    return make


def switch_test(argument: Any, settings: Settings) -> Test[Any]:
    return constant(all(getattr(settings, name) == choice for name, choice in argument.items()))


ITEM_LEAVES: dict[str, Maker[Item]] = {
    "class": _class_test,
    "elements": _elements_test,
    "parameter": _parameter_test,
    "code": _code_test,
    "us_number": _number_test(of_content=False),
    "content_number": _number_test(of_content=True),
    "switch": switch_test,
}


def check_words(argument: Any) -> list[Fault]:
    if isinstance(argument, list) and argument and all(isinstance(each, str) for each in argument):
        return []
    return [("this test needs a list of words", 'Write ["a", "b"]', argument)]


def _check_class(argument: Any) -> list[Fault]:
    faults = check_words(argument)
    if not faults:
        known = vocabulary().classes
        faults = [("there is no such class", nearest(each, known), each) for each in argument if each not in known]
    return faults


def check_bounds(argument: Any) -> list[Fault]:
    if not isinstance(argument, dict):
        return [("this test needs bounds", "Write {name: x, at_least: 1}", argument)]
    faults: list[Fault] = []
    for key, value in argument.items():
        if key == "name":
            continue
        if key not in BOUNDS:
            faults.append(("there is no such bound", nearest(str(key), BOUNDS), key))
            continue
        try:
            Decimal(str(value))
        except InvalidOperation:
            faults.append(("a bound is a number", "Give a number", value))
    return faults


def _check_parameter(argument: Any) -> list[Fault]:
    faults = check_bounds(argument)
    if not faults and not argument.get("name"):
        faults.append(("the parameter has no name", "Give name", argument))
    return faults


def check_switch(argument: Any) -> list[Fault]:
    known = {each.name: each.choices for each in SWITCHES}
    if not isinstance(argument, dict):
        return [("this test needs a switch and its choice", "Write {finished_goods: inside}", argument)]
    faults: list[Fault] = []
    for name, choice in argument.items():
        if name not in known:
            faults.append(("there is no such switch", nearest(str(name), known), name))
        elif choice not in known[name]:
            faults.append(("the switch has no such choice", nearest(str(choice), known[name]), choice))
    return faults


CHECKS: dict[str, Callable[[Any], list[Fault]]] = {
    "class": _check_class,
    "elements": check_words,
    "parameter": _check_parameter,
    "code": check_words,
    "us_number": check_words,
    "content_number": check_words,
    "switch": check_switch,
}
