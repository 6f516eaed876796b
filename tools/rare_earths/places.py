"""Places of the world, and which country counts to which."""

from __future__ import annotations

from world_drafts.draft import Draft

PLACES = {
    "CHN": ("China", "中国", "china", 104.0, 35.0),
    "USA": ("United States", "美国", "usa", -98.0, 39.0),
    "JPN": ("Japan", "日本", "allies", 138.0, 36.0),
    "KOR": ("Korea", "韩国", "allies", 128.0, 36.0),
    "TWN": ("Taiwan", "台湾", "allies", 121.0, 23.7),
    "DEU": ("Germany", "德国", "allies", 10.5, 51.0),
    "EUR": ("Rest of the European Union", "欧盟其他国家", "allies", 5.0, 46.0),
    "EST": ("Estonia", "爱沙尼亚", "allies", 26.0, 58.7),
    "GBR": ("United Kingdom", "英国", "allies", -2.0, 53.0),
    "IND": ("India", "印度", "third", 79.0, 22.0),
    "VNM": ("Vietnam", "越南", "third", 106.0, 16.0),
    "THA": ("Thailand", "泰国", "third", 101.0, 15.0),
    "MYS": ("Malaysia", "马来西亚", "third", 102.0, 4.0),
    "PHL": ("Philippines", "菲律宾", "third", 122.0, 13.0),
    "AUS": ("Australia", "澳大利亚", "allies", 134.0, -25.0),
    "MMR": ("Myanmar", "缅甸", "third", 96.0, 21.0),
    "LAO": ("Laos", "老挝", "third", 103.0, 18.0),
    "MEX": ("Mexico", "墨西哥", "third", -102.0, 23.5),
    "BRA": ("Brazil", "巴西", "third", -52.0, -10.0),
    "ROW": ("Rest of world", "世界其他地区", "third", 45.0, 15.0),
}
LAW_AS = {"EUR": "FRA", "ROW": "ZAF"}
"""Countries whose place in the law stands for a group: any member of the EU; for the rest of the world one in no group (assumed)."""
EUROPEAN_UNION = (
    "AUT", "BEL", "BGR", "CYP", "CZE", "DNK", "ESP", "FIN", "FRA", "GRC", "HRV", "HUN", "IRL",
    "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "SWE",
)  # fmt: skip
REGIONS = (
    ("CHN", "JPN", "KOR", "TWN", "VNM", "THA", "MYS", "PHL", "LAO", "MMR"),
    ("DEU", "EUR", "EST", "GBR"),
    ("USA", "MEX", "BRA"),
)


def place_of(country: str) -> str:
    """The place of this world that a country (ISO 3166, three letters) belongs to."""
    if country in PLACES:
        return country
    return "EUR" if country in EUROPEAN_UNION else "ROW"


def same_region(one: str, other: str) -> bool:
    """Whether two places trade as neighbours do."""
    return any(one in region and other in region for region in REGIONS)


def add_to(draft: Draft) -> None:
    """Add the places."""
    for place, (name, name_zh, side, longitude, latitude) in PLACES.items():
        draft.add(
            "places",
            place=place,
            name_en=name,
            name_zh=name_zh,
            side=side,
            law_as=LAW_AS.get(place, ""),
            longitude=longitude,
            latitude=latitude,
        )
