"""Conditions: small trees of tests that answer yes (True), no (False) or unknown (None).

A tree is written in a measure file::

    when:
      all:
        - leaves: [CHN]
        - any: [{military: true}, {end_use: [military]}]

A list is the same as ``all``. ``not`` turns yes and no around and leaves unknown. ``proven`` turns unknown into no: it is for
exemptions, which must be shown to hold. Trees are compiled once into closures; a test that comes out unknown can say which
facts are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from standoff.errors import nearest
from standoff.measures.settings import Settings

Truth = bool | None
Subject = TypeVar("Subject")
Fault = tuple[str, str, object]
COMBINATIONS = ("all", "any", "not", "proven")


@dataclass(frozen=True, slots=True)
class Test(Generic[Subject]):
    """A compiled test: its truth, and the names of the facts that an unknown answer lacks."""

    truth: Callable[[Subject], Truth]
    missing: Callable[[Subject], tuple[str, ...]]


Maker = Callable[[Any, Settings], Test[Subject]]


def constant(value: Truth) -> Test[Any]:
    return Test(lambda _: value, lambda _: ())


def _all(tests: list[Test[Subject]]) -> Test[Subject]:
    if len(tests) == 1:
        return tests[0]
    truths = [test.truth for test in tests]

    def truth(subject: Subject) -> Truth:
        answer: Truth = True
        for each in truths:
            value = each(subject)
            if value is False:
                return False
            if value is None:
                answer = None
        return answer

    return Test(truth, _missing_of(tests))


def _any(tests: list[Test[Subject]]) -> Test[Subject]:
    if len(tests) == 1:
        return tests[0]
    truths = [test.truth for test in tests]

    def truth(subject: Subject) -> Truth:
        answer: Truth = False
        for each in truths:
            value = each(subject)
            if value is True:
                return True
            if value is None:
                answer = None
        return answer

    return Test(truth, _missing_of(tests))


def _missing_of(tests: list[Test[Subject]]) -> Callable[[Subject], tuple[str, ...]]:
    def missing(subject: Subject) -> tuple[str, ...]:
        names: dict[str, None] = {}
        for test in tests:
            if test.truth(subject) is None:
                names.update(dict.fromkeys(test.missing(subject)))
        return tuple(names)

    return missing


def _not(test: Test[Subject]) -> Test[Subject]:
    inner = test.truth

    def truth(subject: Subject) -> Truth:
        value = inner(subject)
        return None if value is None else not value

    return Test(truth, test.missing)


def _proven(test: Test[Subject]) -> Test[Subject]:
    inner = test.truth
    return Test(lambda subject: inner(subject) is True, lambda _: ())


def compile_tree(tree: Any, leaves: Mapping[str, Maker[Subject]], settings: Settings) -> Test[Subject]:
    """The compiled test of a tree that was checked before. An empty tree is always true."""
    if tree is None:
        return constant(True)
    if isinstance(tree, list):
        return _all([compile_tree(each, leaves, settings) for each in tree])
    tests: list[Test[Subject]] = []
    for key, argument in tree.items():
        if key == "all":
            tests.append(_all([compile_tree(each, leaves, settings) for each in argument]))
        elif key == "any":
            tests.append(_any([compile_tree(each, leaves, settings) for each in argument]))
        elif key == "not":
            tests.append(_not(compile_tree(argument, leaves, settings)))
        elif key == "proven":
            tests.append(_proven(compile_tree(argument, leaves, settings)))
        else:
            tests.append(leaves[key](argument, settings))
    return _all(tests)


def check_tree(tree: Any, checks: Mapping[str, Callable[[Any], list[Fault]]]) -> list[Fault]:
    """What is wrong with a tree: unknown tests, wrong arguments; empty where it can be compiled."""
    if tree is None:
        return []
    if isinstance(tree, list):
        return [fault for each in tree for fault in check_tree(each, checks)]
    if not isinstance(tree, dict) or not tree:
        return [("a condition is a block of tests", "Write 'test: argument'", tree)]
    faults: list[Fault] = []
    for key, argument in tree.items():
        if key in ("all", "any"):
            if isinstance(argument, list) and argument:
                faults += check_tree(argument, checks)
            else:
                faults.append((f"'{key}' needs a list of conditions", "Start each with '- '", argument))
        elif key in ("not", "proven"):
            faults += check_tree(argument, checks)
        elif key in checks:
            faults += checks[key](argument)
        else:
            faults.append(("there is no such test", nearest(str(key), [*checks, *COMBINATIONS]), key))
    return faults


def check_item_tree(tree: Any) -> list[Fault]:
    from standoff.measures.item_tests import CHECKS

    return check_tree(tree, CHECKS)


def check_when_tree(tree: Any) -> list[Fault]:
    from standoff.measures.transaction_tests import CHECKS

    return check_tree(tree, CHECKS)
