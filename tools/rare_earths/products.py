"""Products with base prices, customs headings and item classes."""

# ruff: noqa: E501 - one row of a table stands on one line
from __future__ import annotations

from world_drafts.draft import Draft
from world_drafts.figures import Facts, Figure, assumed, derived

KILO = 1000.0


def add_to(draft: Draft, facts: Facts) -> None:
    """Add all materials; components add their own products."""
    draft.add_products((*rare_earths(facts), *magnets(facts), *minor_metals(facts)))


ProductRow = tuple[str, str, str, str, Figure, str, str, str, str]


def rare_earths(facts: Facts) -> list[ProductRow]:
    """Concentrates, oxides and metals, USD per tonne."""

    def kilo(fact: str, **more: float) -> Figure:
        return facts.sourced(
            fact, factor=KILO, note="USD per kg to USD per t", low=more.get("low"), high=more.get("high")
        )

    def yuan(fact: str) -> Figure:
        return facts.sourced(fact, factor=1 / 7.2, note="yuan per t at 7.2 to the dollar, VAT not taken off")

    heavy = "Dy;Tb;Y;Gd;Sm"
    return [
        ("conc_light", "Light rare-earth concentrate (REO content)", "轻稀土精矿", "mine", assumed(4000.0, 2500.0, 7000.0), "253090;284690", "ore_concentrate", "", "no"),
        ("conc_heavy", "Ion-clay and xenotime concentrate (REO content)", "中重稀土富集物", "mine", assumed(25000.0, 15000.0, 40000.0), "284690", "ore_concentrate_heavy", heavy, "no"),
        ("swarf", "Magnet swarf", "钕铁硼废料", "material", assumed(9000.0, 5000.0, 15000.0), "262099", "magnet_scrap", "Dy;Tb", "no"),
        ("oxide_ndpr", "NdPr oxide", "氧化镨钕", "separation", kilo("prices-040", low=51000.0, high=61500.0), "284690", "oxide_ndpr", "", "no"),
        ("oxide_dy", "Dysprosium oxide", "氧化镝", "separation", kilo("prices-034"), "284690", "oxide_dy", "Dy", "no"),
        ("oxide_tb", "Terbium oxide", "氧化铽", "separation", kilo("prices-037"), "284690", "oxide_tb", "Tb", "no"),
        ("oxide_sm", "Samarium oxide", "氧化钐", "separation", assumed(2500.0, 1500.0, 5000.0), "284690", "oxide_sm", "Sm", "no"),
        ("oxide_y", "Yttrium oxide", "氧化钇", "separation", kilo("prices-079", high=10500.0), "284690", "oxide_y", "Y", "no"),
        ("oxide_gd", "Gadolinium oxide", "氧化钆", "separation", yuan("prices-057"), "284690", "oxide_gd", "Gd", "no"),
        ("oxide_lace", "Lanthanum and cerium oxides and compounds", "镧铈氧化物", "separation", kilo("prices-020", high=2000.0), "284610;284690", "oxide_lace", "", "no"),
        ("metal_ndpr", "NdPr metal", "镨钕金属", "metal", kilo("prices-041", high=75350.0), "280530", "metal_ndpr", "", "no"),
        ("metal_dy", "Dysprosium metal and Dy-Fe (Dy content)", "金属镝/镝铁", "metal", assumed(320000.0, 280000.0, 380000.0), "280530", "metal_dy", "Dy", "no"),
        ("metal_tb", "Terbium metal", "金属铽", "metal", yuan("prices-062"), "280530", "metal_tb", "Tb", "no"),
        ("metal_sm", "Samarium metal", "金属钐", "metal", kilo("prices-085"), "280530", "metal_sm", "Sm", "no"),
        ("metal_gd", "Gadolinium metal and Gd-Fe", "金属钆/钆铁", "metal", assumed(28000.0, 20000.0, 40000.0), "280530", "metal_gd", "Gd", "no"),
        ("powder_bonded", "NdFeB powder for bonded magnets", "粘结钕铁硼磁粉", "metal", assumed(35000.0, 25000.0, 50000.0), "720299", "powder_ndfeb", "", "yes"),
    ]  # fmt: skip


def magnets(facts: Facts) -> list[ProductRow]:
    """Finished magnets, USD per tonne."""
    unit_value = facts.label("values-037")
    return [
        ("magnet_ndfeb", "Sintered NdFeB magnet without heavy elements", "烧结钕铁硼（无重稀土）", "magnet", derived(42000.0, 27000.0, 52000.0, source=unit_value, note="below the mean export value of 49,181 USD a tonne"), "850511", "magnet_ndfeb", "", "yes"),
        ("magnet_ndfeb_dy_tb", "Sintered NdFeB magnet with Dy or Tb", "烧结钕铁硼（含镝铽）", "magnet", derived(62000.0, 49000.0, 95000.0, source=unit_value, note="above the mean export value of 49,181 USD a tonne"), "850511", "magnet_ndfeb_dy_tb", "Dy;Tb", "no"),
        ("magnet_ndfeb_ce", "Sintered NdFeB magnet with cerium", "铈磁体", "magnet", facts.sourced("prices-068", factor=KILO / 7.2 / 0.65, low=20800.0, high=36000.0, note="yuan per kg of blank at 7.2, 0.65 t finished a t of blank"), "850511", "magnet_ndfeb_ce", "", "yes"),
        ("magnet_bonded", "Bonded NdFeB magnet", "粘结钕铁硼", "magnet", assumed(45000.0, 30000.0, 60000.0), "850519", "magnet_bonded", "", "yes"),
        ("magnet_smco", "SmCo magnet", "钐钴磁体", "magnet", assumed(100000.0, 60000.0, 160000.0), "850511", "magnet_smco", "Sm", "no"),
    ]  # fmt: skip


def minor_metals(facts: Facts) -> list[ProductRow]:
    """Gallium, germanium, antimony, USD per tonne."""
    return [
        ("gallium_metal", "Gallium, 4N", "镓（4N）", "material", facts.sourced("prices-093", factor=KILO, low=260000.0, note="Rotterdam; China lower"), "811292", "gallium_metal", "Ga", "no"),
        ("gallium_refined", "Gallium, 6N and better", "高纯镓", "material", assumed(700000.0, 450000.0, 1000000.0), "811292", "gallium_metal", "Ga", "no"),
        ("gallium_wafer", "Gallium compound wafers and epitaxy (Ga content)", "镓化合物晶圆", "component", assumed(20.0e6, 5.0e6, 50.0e6), "381800", "gallium_wafer", "Ga", "no"),
        ("germanium", "Germanium (dioxide, tetrachloride, metal; Ge content)", "锗", "material", facts.sourced("prices-096", factor=KILO, low=1840000.0, high=2600000.0), "282560;811292", "germanium", "Ge", "no"),
        ("antimony_ore", "Antimony concentrate (Sb content)", "锑精矿", "mine", assumed(14000.0, 8000.0, 25000.0), "261710", "antimony_ore", "Sb", "no"),
        ("antimony_metal", "Antimony metal", "锑锭", "material", facts.sourced("prices-098", low=11300.0, note="11,300 at the start of 2024, 39,750 at its end; USD per t"), "811010", "antimony_metal", "Sb", "no"),
        ("antimony_oxide", "Antimony trioxide", "三氧化二锑", "material", assumed(25000.0, 10000.0, 36000.0), "282580", "antimony_oxide", "Sb", "no"),
    ]  # fmt: skip
