"""Products up to the magnet."""

from __future__ import annotations

from world_drafts.draft import Draft
from world_drafts.figures import Facts, Figure, assumed


def add_products(draft: Draft, facts: Facts) -> None:
    """Products up to the magnet with base prices in USD per tonne."""
    kilo = 1000.0
    dy_oxide = facts.sourced("prices-034", factor=kilo, note="FOB China, December 2024")
    tb_oxide = facts.sourced("prices-037", factor=kilo, note="FOB China, December 2024")
    rows: list[tuple[str, str, str, str, Figure, str, str, str, str]] = [
        (
            "ore_light",
            "Light rare-earth concentrate (REO content)",
            "轻稀土精矿",
            "mine",
            assumed(4000.0, 2500.0, 7000.0),
            "253090;284690",
            "re_ore",
            "",
            "no",
        ),
        (
            "ore_heavy",
            "Heavy rare-earth clay concentrate (REO content)",
            "离子型稀土矿",
            "mine",
            assumed(25000.0, 15000.0, 40000.0),
            "284690",
            "re_ore",
            "Dy;Tb;Y",
            "no",
        ),
        (
            "oxide_ndpr",
            "NdPr oxide",
            "氧化镨钕",
            "separation",
            facts.sourced("prices-040", factor=kilo, note="FOB China, December 2024"),
            "284690",
            "re_oxide",
            "",
            "no",
        ),
        ("oxide_dy", "Dysprosium oxide", "氧化镝", "separation", dy_oxide, "284690", "oxide_dy", "Dy", "no"),
        ("oxide_tb", "Terbium oxide", "氧化铽", "separation", tb_oxide, "284690", "oxide_tb", "Tb", "no"),
        (
            "oxide_sm",
            "Samarium oxide",
            "氧化钐",
            "separation",
            assumed(2500.0, 1500.0, 5000.0),
            "284690",
            "re_oxide",
            "Sm",
            "no",
        ),
        (
            "metal_ndpr",
            "NdPr metal",
            "镨钕金属",
            "metal",
            facts.sourced("prices-041", factor=kilo, note="FOB China, June 2024"),
            "280530",
            "re_metal",
            "",
            "no",
        ),
        (
            "metal_dy",
            "Dysprosium metal (as metal or Dy-Fe, Dy content)",
            "金属镝",
            "metal",
            assumed(320000.0, 280000.0, 380000.0, note="oxide price x 1.2 plus conversion"),
            "280530",
            "re_metal",
            "Dy",
            "no",
        ),
        (
            "metal_tb",
            "Terbium metal",
            "金属铽",
            "metal",
            facts.sourced("prices-062", factor=1.0 / 7.2, note="yuan a tonne at 7.2 to the dollar"),
            "280530",
            "re_metal",
            "Tb",
            "no",
        ),
        (
            "metal_sm",
            "Samarium metal",
            "金属钐",
            "metal",
            facts.sourced("prices-085", factor=kilo),
            "280530",
            "re_metal",
            "Sm",
            "no",
        ),
        (
            "magnet_ndfeb",
            "NdFeB magnet without heavy elements",
            "钕铁硼磁体（无重稀土）",
            "magnet",
            assumed(40000.0, 27000.0, 50000.0, note="below the mean export unit value"),
            "850511",
            "ndfeb_magnet",
            "",
            "yes",
        ),
        (
            "magnet_ndfeb_dy_tb",
            "NdFeB magnet with Dy or Tb",
            "钕铁硼磁体（含镝铽）",
            "magnet",
            assumed(60000.0, 49000.0, 80000.0, note="above the mean export unit value"),
            "850511",
            "ndfeb_magnet",
            "Dy;Tb",
            "no",
        ),
        (
            "magnet_smco",
            "SmCo magnet",
            "钐钴磁体",
            "magnet",
            assumed(100000.0, 60000.0, 160000.0),
            "850511",
            "smco_magnet",
            "Sm",
            "no",
        ),
    ]
    draft.add_products(rows)
