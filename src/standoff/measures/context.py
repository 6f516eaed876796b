"""What a condition looks at: one transaction, one date, and facts worked out from them once."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from standoff.measures.conditions import Truth
from standoff.measures.measure import PartyList
from standoff.measures.ownership import RULES, WHOLE, Held
from standoff.measures.transaction import Item, Party, Transaction

if TYPE_CHECKING:
    from standoff.measures.rulebook import Interval, Rulebook

CHINA = "CHN"
ANY_DUAL_USE = "any_dual_use_item"
# The limb whose item test is Annex 1 of No. 61: what counts as listed Chinese content.
ANNEX_ITEMS = "CN-2025-61-c"


class Context:
    """One question being answered. Truths of limbs are worked out on demand and kept."""

    __slots__ = (
        "_dual_use",
        "_ear",
        "_named",
        "_owned",
        "_parties",
        "interval",
        "items",
        "limb_truths",
        "presumed",
        "rulebook",
        "transaction",
    )

    def __init__(
        self, transaction: Transaction, rulebook: Rulebook, interval: Interval, presumed: frozenset[str] = frozenset()
    ) -> None:
        self.transaction = transaction
        self.rulebook = rulebook
        self.interval = interval
        self.presumed = presumed
        self.items = rulebook.item_truths(transaction.item)
        self.limb_truths: dict[int, Truth] = {}
        self._named: tuple[frozenset[str], frozenset[str]] | None = None
        self._parties: tuple[Party, ...] | None = None
        self._dual_use: dict[str, Truth] = {}
        self._ear: tuple[Truth, ...] = ()
        self._owned: dict[tuple[str, frozenset[str]], Truth] = {}

    # -- limbs ---------------------------------------------------------------------------------------------------------

    def limb(self, number: int) -> Truth:
        """Whether a limb's whole condition holds, whatever its pauses."""
        if number not in self.limb_truths:
            of_item = self.items[number]
            if of_item is False:
                truth: Truth = False
            else:
                of_rest = self.rulebook.whens[number].truth(self)
                truth = of_rest if of_item or of_rest is False else None
            self.limb_truths[number] = truth
        return self.limb_truths[number]

    def any_limb(self, numbers: tuple[int, ...]) -> Truth:
        answer: Truth = False
        for number in numbers:
            truth = self.limb(number)
            if truth:
                return True
            if truth is None:
                answer = None
        return answer

    def dual_use(self, issuer: str) -> Truth:
        """Whether the item is on a control list of the issuer that is in force today."""
        if issuer not in self._dual_use:
            answer: Truth = False
            if self.transaction.item.class_id == ANY_DUAL_USE:
                answer = True
            else:
                for number in self.interval.control_lists.get(issuer, ()):
                    truth = self.items[number]
                    if truth:
                        answer = True
                        break
                    if truth is None:
                        answer = None
            if answer is None and "dual_use_item" in self.presumed:
                answer = True
            self._dual_use[issuer] = answer
        return self._dual_use[issuer]

    def subject_to_ear(self) -> Truth:
        if not self._ear:
            self._ear = (self.any_limb(self.interval.jurisdiction),)
        return self._ear[0]

    # -- parties -------------------------------------------------------------------------------------------------------

    def parties(self) -> tuple[Party, ...]:
        """The end user, and the consignee where it is another known party."""
        if self._parties is None:
            user, consignee = self.transaction.end_user, self.transaction.consignee
            known = consignee.name is not None or bool(consignee.lists) or consignee.ownership is not None
            self._parties = (user, consignee) if known and consignee is not user else (user,)
        return self._parties

    def named(self) -> tuple[frozenset[str], frozenset[str]]:
        """Measures whose lists name a party, and measures that have a similar name."""
        if self._named is None:
            surely: set[str] = set()
            perhaps: set[str] = set()
            for party in self.parties():
                if party.name is not None:
                    sure, near = self.rulebook.names.find(party.name, self.interval.start)
                    surely |= sure
                    perhaps |= near
            self._named = (frozenset(surely), frozenset(perhaps))
        return self._named

    def listed_by(self, measure: str) -> Truth:
        """Whether a party stands on this measure's list."""
        surely, perhaps = self.named()
        if measure in surely:
            return True
        unknown = False
        listed = self.rulebook.lists.get(measure)
        for party in self.parties():
            if party.lists is None:
                unknown |= measure in perhaps or self._may_be_listed(party, listed)
            elif measure in party.lists:
                return True
        return None if unknown else False

    def _may_be_listed(self, party: Party, listed: PartyList | None) -> bool:
        """Whether an unscreened party could be on a list: where names are missing from it, or the party has none."""
        if listed is None or (listed.complete and party.name is not None):
            return False
        where = party.country or (self.transaction.ship_to if party is self.transaction.end_user else None)
        return not listed.countries or where is None or where in listed.countries

    def listed_as(self, kinds: frozenset[str]) -> Truth:
        """Whether a party is said to stand on a list of this kind, or stands by name on one in force."""
        unknown = False
        surely, _ = self.named()
        if any(self.interval.list_kinds.get(measure) in kinds for measure in surely):
            return True
        for party in self.parties():
            if party.lists is None:
                unknown = True
            elif not kinds.isdisjoint(party.lists) or any(
                self.interval.list_kinds.get(each) in kinds for each in party.lists
            ):
                return True
        return None if unknown else False

    def owned_by(self, kinds: frozenset[str], rule: str) -> Truth:
        """Whether listed owners together hold a party at 50 % or more under this rule."""
        key = (rule, kinds)
        if key not in self._owned:
            answer: Truth = False
            for party in self.parties():
                truth = self._owned_party(party, kinds, rule)
                if truth:
                    answer = True
                    break
                if truth is None:
                    answer = None
            self._owned[key] = answer
        return self._owned[key]

    def _owned_party(self, party: Party, kinds: frozenset[str], rule: str) -> Truth:
        if party.ownership is None:
            return None if party.lists is None else False
        return self.held(party, kinds, rule).at_half

    def held(self, party: Party, kinds: frozenset[str], rule: str) -> Held:
        graph = party.ownership
        if graph is None:
            return Held(Decimal(0), WHOLE if party.lists is None else Decimal(0), ())
        kind_of = self.interval.list_kinds
        listed = frozenset(
            name
            for name, lists in graph.listed
            if not kinds.isdisjoint(lists) or any(kind_of.get(each) in kinds for each in lists)
        )
        names = {stake.owner for stake in graph.stakes} - listed
        for name in names:
            sure, _ = self.rulebook.names.find(name, self.interval.start)
            if any(kind_of.get(each) in kinds for each in sure):
                listed |= {name}
        return RULES[rule](graph, listed)

    # -- shares --------------------------------------------------------------------------------------------------------

    def prc_content(self) -> Decimal | None:
        """Listed Chinese content (% of value); of what and on which value basis is settled by switches S3 and S5."""
        settings = self.rulebook.settings
        if settings.share_of != "shipped_item":
            return self.transaction.item.parameter("prc_content_percent_of_machine")
        if settings.value_basis != "fob":
            return self.transaction.item.parameter(f"prc_content_percent_{settings.value_basis}")
        if self.transaction.prc_content_percent is not None:
            return self.transaction.prc_content_percent
        return self._component_share(CHINA, self._is_annex_item)

    def us_content(self) -> Decimal | None:
        if self.transaction.us_content_percent is not None:
            return self.transaction.us_content_percent
        return self._component_share("USA", lambda _: True)

    def _component_share(self, origin: str, counts: Callable[[Item], bool]) -> Decimal | None:
        parts = self.transaction.components
        if not parts:
            return None
        total = Decimal(0)
        for part in parts:
            if part.origin is None or part.value_percent is None:
                return None
            if part.origin == origin and counts(part.item):
                total += part.value_percent
        return total

    def _is_annex_item(self, item: Item) -> bool:
        truths = self.rulebook.item_truths(item)
        return any(truths[number] for number in self.interval.by_key.get(ANNEX_ITEMS, ()))
