"""The register: every measure, read from one YAML file each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from standoff.errors import InputError, Problems, nearest
from standoff.measures.calendar import makers
from standoff.measures.data_files import DATA, plain, read_data
from standoff.measures.measure import Administration, Limb, Measure, PartyList, Suspension, TariffLayer
from standoff.measures.outcome import Outcome
from standoff.measures.read_measure import Reader, read_administration, read_measure
from standoff.measures.rulebook import Rulebook
from standoff.measures.settings import DEFAULT_SETTINGS, Settings
from standoff.yaml_files import read_yaml

REGISTER_FOLDER = DATA / "register"
ADMINISTRATION_FILE = REGISTER_FOLDER / "administration.yaml"


@dataclass(frozen=True)
class Register:
    """An ordered set of measures. Restricting it gives a new register; compiled rulebooks are kept per settings."""

    measures: tuple[Measure, ...]
    defaults: dict[Outcome, Administration] = field(default_factory=dict)
    _rulebooks: dict[Settings, Rulebook] = field(default_factory=dict, compare=False, repr=False)

    def __iter__(self) -> Iterator[Measure]:
        return iter(self.measures)

    def __len__(self) -> int:
        return len(self.measures)

    def __contains__(self, identifier: object) -> bool:
        return any(measure.id == identifier for measure in self.measures)

    def get(self, identifier: str) -> Measure:
        """The measure with this id.

        Raises:
            InputError: there is none; names the nearest.
        """
        for measure in self.measures:
            if measure.id == identifier:
                return measure
        problems = Problems("measures")
        problems.add(why="there is no such measure", cure=nearest(identifier, self.ids), value=identifier)
        raise InputError(problems.what, problems.found)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(measure.id for measure in self.measures)

    def only(self, identifiers: Iterable[str]) -> Register:
        """The register of these measures alone.

        Raises:
            InputError: an id is not in the register, all such at once.
        """
        wanted = list(dict.fromkeys(identifiers))
        problems = Problems("measures")
        for identifier in wanted:
            if identifier not in self:
                problems.add(why="there is no such measure", cure=nearest(identifier, self.ids), value=identifier)
        problems.raise_if_any()
        return Register(tuple(measure for measure in self.measures if measure.id in wanted), self.defaults)

    def without(self, identifiers: Iterable[str]) -> Register:
        dropped = set(identifiers)
        return self.only(identifier for identifier in self.ids if identifier not in dropped)

    def known_by(self, information_date: date) -> Register:
        """What was announced by then: measures, pauses and ends that came later are taken out, and so are limbs, layers and listed
        parties that later acts added to a measure."""
        kept = []
        for measure in self.measures:
            if measure.known is not None and measure.known > information_date:
                continue
            if measure.ended_known is not None and measure.ended_known > information_date:
                measure = replace(measure, ended=None, ended_known=None)
            limbs = tuple(
                replace(limb, suspensions=_known(limb.suspensions, information_date))
                for limb in measure.limbs
                if limb.known is None or limb.known <= information_date
            )
            layers = _known_layers(measure.layers, information_date)
            listed = _known_parties(measure.party_list, information_date)
            kept.append(replace(measure, limbs=limbs, layers=layers, party_list=listed))
        return Register(tuple(kept), self.defaults)

    def rulebook(self, settings: Settings = DEFAULT_SETTINGS) -> Rulebook:
        found = self._rulebooks.get(settings)
        if found is None:
            found = self._rulebooks[settings] = Rulebook(self.measures, settings)
        return found

    def administration(self, measure: Measure, limb: Limb) -> Administration:
        """How a permission under this limb is handled: the limb's numbers before the measure's before those of its outcome."""
        merged = Administration()
        for layer in (self.defaults.get(limb.outcome), measure.administration, limb.administration):
            if layer is not None:
                merged = merged.under(layer)
        return merged


def _known(suspensions: tuple[Suspension, ...], information_date: date) -> tuple[Suspension, ...]:
    return tuple(each for each in suspensions if each.known is None or each.known <= information_date)


def _known_layers(layers: tuple[TariffLayer, ...], information_date: date) -> tuple[TariffLayer, ...]:
    """Layers that were known by then; one that a later, unknown one of its name replaces goes on."""
    later = {
        (layer.name, layer.start) for layer in layers if layer.known is not None and layer.known > information_date
    }
    return tuple(
        replace(
            layer,
            suspensions=_known(layer.suspensions, information_date),
            until=None if (layer.name, layer.until) in later else layer.until,
        )
        for layer in layers
        if layer.known is None or layer.known <= information_date
    )


def _known_parties(listed: PartyList | None, information_date: date) -> PartyList | None:
    """A party is known from the day on which it is listed; those without a day of their own came with the measure."""
    if listed is None:
        return None
    parties = tuple(party for party in listed.parties if party.start is None or party.start <= information_date)
    return replace(listed, parties=parties)


def load_register(
    issuers: Iterable[str] | None = None,
    ids: Iterable[str] | None = None,
    extra_paths: Sequence[Path | str] = (),
    extra: Sequence[Measure] = (),
) -> Register:
    """The measures of the package, restricted where asked, and measures from a user's own files.

    Args:
        issuers: keep these issuers (``CN``, ``US`` ...) and what pauses or ends their measures; None: all.
        ids: keep these measures; None: all. Further measures are always kept.
        extra_paths: files or folders with measure files; a measure with a known id replaces the package's.
        extra: further measures, likewise.

    Raises:
        InputError: a file is wrong, with all that is wrong in it.
    """
    register = shipped_register()
    if issuers is not None:
        wanted = set(issuers)
        kept = [measure for measure in register if measure.issuer in wanted]
        # Pauses and ends are acts of their own, some of other issuers: they come along.
        needed = {measure.id for measure in kept}.union(*(makers(measure) for measure in kept))
        register = Register(tuple(measure for measure in register if measure.id in needed), register.defaults)
    if ids is not None:
        register = register.only(ids)
    further = [*extra, *(measure for path in extra_paths for measure in read_measure_files(Path(path)))]
    if not further:
        return register
    replaced = {measure.id for measure in further}
    rest = tuple(measure for measure in register.measures if measure.id not in replaced)
    return Register((*rest, *further), register.defaults)


@cache
def shipped_register() -> Register:
    """Every measure of the package, read once."""
    measures = [
        read_measure(read_data(path), file=path.name)
        for folder in sorted(REGISTER_FOLDER.iterdir())
        if folder.is_dir()
        for path in sorted(folder.glob("*.yaml"))
    ]
    defaults = read_defaults(read_data(ADMINISTRATION_FILE))
    return Register(tuple(measures), defaults)


def read_defaults(content: dict[str, object]) -> dict[Outcome, Administration]:
    """Handling by outcome for measures that give none of their own."""
    reader = Reader(ADMINISTRATION_FILE.name)
    defaults: dict[Outcome, Administration] = {}
    for code, block in content.items():
        reader.choice(code, code, tuple(outcome.code for outcome in Outcome), Outcome.LICENCE_STD.code)
        read = read_administration(reader, block, code)
        if read is not None and code in Outcome.__members__:
            defaults[Outcome[code]] = read
    reader.problems.raise_if_any()
    return defaults


def read_measure_files(path: Path) -> list[Measure]:
    """Measures from a file, or from every ``.yaml`` file of a folder."""
    return [read_measure(content, file=file.name) for file, content in _contents(path)]


def read_measure_contents(path: Path) -> list[dict[str, Any]]:
    """The same as plain content, for what carries measures with it. Raises InputError as they do."""
    contents = _contents(path)
    for file, content in contents:
        read_measure(content, file=file.name)
    return [content for _, content in contents]


def measures_from(contents: Iterable[dict[str, Any]]) -> list[Measure]:
    """Measures from plain content."""
    return [read_measure(content, file=f"own measure {content.get('id', '')}".strip()) for content in contents]


def _contents(path: Path) -> list[tuple[Path, Any]]:
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    return [(file, plain(read_yaml(file))) for file in files]
