"""One transaction, as far as it is known. ``None`` means *unknown*, an empty set means *known to be none*.

The date is not part of it: the same transaction is asked on many dates. Places are ISO 3166 codes; two-letter codes are
turned into three-letter ones on construction. Shares are per cent of value, as decimals, so that 0.1 % is exactly 0.1 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from standoff.measures.places import three_letter

Parameters = tuple[tuple[str, Decimal], ...]


def _three_letters(holder: object, *names: str) -> None:
    for name in names:
        code = getattr(holder, name)
        if code is not None and len(code) != 3:
            object.__setattr__(holder, name, three_letter(code))


@dataclass(frozen=True, slots=True)
class Item:
    """A thing, a technology or a service.

    Attributes:
        class_id: a class of ``data/vocabulary/classes.yaml``, e.g. ``ndfeb_magnet``; None if not known.
        elements: chemical symbols known to be inside.
        absent: chemical symbols known not to be inside, e.g. ``{"Dy", "Tb"}`` for a magnet without heavy rare earths.
        complete: True if ``elements`` is the whole declared list, so that every other element is absent.
        parameters: name and exact value, e.g. ``("energy_density_wh_kg", Decimal(300))``.
        hs: customs number; a reference only, never decides.
        control_code: a Chinese dual-use code (``1C905``) or a US number (``3A090.a``).
    """

    class_id: str | None = None
    elements: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    complete: bool = False
    parameters: Parameters = ()
    hs: str | None = None
    control_code: str | None = None

    def parameter(self, name: str) -> Decimal | None:
        for known, value in self.parameters:
            if known == name:
                return value
        return None


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the item: what it is, where it is from, and its share of the item's value in per cent."""

    item: Item
    origin: str | None = None
    value_percent: Decimal | None = None

    def __post_init__(self) -> None:
        _three_letters(self, "origin")


@dataclass(frozen=True, slots=True)
class Stake:
    """``owner`` holds ``percent`` of ``owned``; None where the size is not known."""

    owner: str
    owned: str
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who owns whom around one party, and which owners stand on which lists.

    Attributes:
        party: the node that is tested.
        stakes: direct holdings.
        listed: owner and the lists that name it, e.g. ``("X", frozenset({"US-EL"}))``.
        branches: pairs (branch, head): a branch is not a legal person of its own and counts as its head.
        control: signs of control without half of the shares: no rule, but a red flag.
    """

    party: str
    stakes: tuple[Stake, ...] = ()
    listed: tuple[tuple[str, frozenset[str]], ...] = ()
    branches: tuple[tuple[str, str], ...] = ()
    control: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """A firm, authority or person.

    Attributes:
        name: as written; compared with the names on the lists.
        country: where it is established.
        military: a military user, or a maker for one.
        lists: lists that name it: measure ids (``CN-2026-11``) or kinds of list (``CN-CONTROL``, ``CN-WATCH``, ``US-EL``,
            ``US-EL-FN5``, ``US-MEU``, ``US-SDN`` ...). Empty: screened, on none. None: not screened.
        ownership: None: not known. A party with ``lists=frozenset()`` and no ownership is taken as not owned by a listed one.
    """

    name: str | None = None
    country: str | None = None
    military: bool | None = None
    lists: frozenset[str] | None = None
    ownership: Ownership | None = None

    def __post_init__(self) -> None:
        _three_letters(self, "country")


UNKNOWN_PARTY = Party()


@dataclass(frozen=True, slots=True)
class Transaction:
    """A shipment, transfer or service.

    Attributes:
        item: what goes.
        origin: place of substantial transformation.
        components: every part that matters, with origin and value share; shares are computed from them as if there were no others.
        prc_content_percent: value share of listed Chinese content in the item that crosses the border; computed from
            ``components`` when None.
        us_content_percent: value share of controlled US content; computed from ``components`` when None.
        technologies: (technology, country) pairs that the item was made with; None unknown, empty none of note.
        exporter, consignee, end_user: parties.
        ship_from, ship_to, transit: places.
        end_use: tags of ``data/vocabulary/uses.yaml`` (``civil``, ``military``, ``advanced_logic`` ...); None unknown.
        end_use_parameters: e.g. ``logic_nm``, ``memory_layers``.
        mode: ``sale``, ``reexport``, ``gift``, ``exhibition``, ``repair``, ``test``, ``technology_transfer``, ``service`` ...
        licence_held: ``general``, ``individual`` or ``none``; None unknown.
        circumstances: further facts that are true, by name (``humanitarian``, ``public_domain``, ``cots`` ...).
        not_circumstances: further facts known to be false.
        stages: (stage, country) for materials: mined, refined, separated, melted, produced.
    """

    item: Item = Item()
    origin: str | None = None
    components: tuple[Component, ...] = ()
    prc_content_percent: Decimal | None = None
    us_content_percent: Decimal | None = None
    technologies: frozenset[tuple[str, str]] | None = None
    exporter: Party = UNKNOWN_PARTY
    ship_from: str | None = None
    ship_to: str | None = None
    transit: tuple[str, ...] = ()
    consignee: Party = UNKNOWN_PARTY
    end_user: Party = UNKNOWN_PARTY
    end_use: frozenset[str] | None = None
    end_use_parameters: Parameters = ()
    mode: str | None = None
    licence_held: str | None = None
    circumstances: frozenset[str] = frozenset()
    not_circumstances: frozenset[str] = frozenset()
    stages: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        _three_letters(self, "origin", "ship_from", "ship_to")

    def use_parameter(self, name: str) -> Decimal | None:
        for known, value in self.end_use_parameters:
            if known == name:
                return value
        return None
