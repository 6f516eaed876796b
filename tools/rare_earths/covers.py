"""Stocks in days of use, by one stated rule: published statements of stock, never the dates of plant stops.

- Two to four weeks of parts with magnets lie at car makers and their suppliers (facts stocks_capacity-014 and -082). A
  statement about a chain is not given to every tier of it anew: the suppliers of car parts hold it, car makers take in
  parts for days. Other assemblers, who buy components without such a tier, hold it themselves.
- Makers of components hold what US manufacturers hold on average, 1.28 months of shipments (-084) in all; ten days of it
  are finished goods, the rest is the cover of their inputs.
- Japanese and Korean makers of materials add their national targets: 60 days (-008) and 100 days (-065).
- Makers of materials elsewhere: a month and a half, assumed; Chinese ones a month.
- Defence: below six months of supply, a figure whose basis nobody found (-004), so it is *claimed*.
- US users of gallium 2.15 months (-012), US antimony industry 2.7 months (-079).
- Spread over firms: half the logarithm of the published range (ln(4/2)/2 = 0.35) widened, as most firms did not stop.
"""

from __future__ import annotations

from world_drafts.figures import Facts, Figure, assumed, claimed, derived

DAYS_PER_MONTH = 365 / 12
FINISHED_DAYS = 10.0
SIGMA_USERS = assumed(
    0.5, 0.35, 0.8, note="ln(4 weeks / 2 weeks) / 2 = 0.35, widened for firms outside the trade press"
)
SIGMA_MAKERS = assumed(0.6, 0.3, 0.9)
SIGMA_MATERIALS = assumed(0.4, 0.0, 0.8)


class Covers:
    """Cover in days for each kind of consumer."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def car_maker(self) -> Figure:
        """Parts on the way to the line of a car maker, beside what its suppliers hold."""
        return assumed(7.0, 2.0, 14.0, note="just in time; the two to four weeks lie with the suppliers of parts")

    def assembler(self) -> Figure:
        """Parts with magnets at suppliers of car parts, and at those who assemble goods from components."""
        return self.facts.sourced(
            "stocks_capacity-014", factor=7.0, also=("stocks_capacity-082",), note="weeks to days"
        )

    def maker(self) -> Figure:
        """Magnets and other inputs of makers of components."""
        months, fact = self.facts.quantity("stocks_capacity-084"), self.facts.row("stocks_capacity-084")
        days, most = months * DAYS_PER_MONTH - FINISHED_DAYS, float(fact["high"]) * DAYS_PER_MONTH - FINISHED_DAYS
        note = "1.28 months of shipments (1.97 in 1982) in all stocks, less ten days of finished goods"
        return derived(days, 0.5 * days, most, source=self.facts.label("stocks_capacity-084"), note=note)

    def materials(self, place: str) -> Figure:
        """Feed, oxide and metal at makers of materials."""
        if place == "JPN":
            return self._target("stocks_capacity-008", 60.0, 180.0, "the Japanese target, taken as what firms hold")
        if place == "KOR":
            return self._target("stocks_capacity-065", 54.0, 100.0, "the Korean target, taken as what firms hold")
        if place == "CHN":
            return assumed(30.0, 14.0, 60.0)
        return assumed(45.0, 20.0, 90.0)

    def magnet_maker(self, place: str) -> Figure:
        """Oxide and metal at makers of magnets, who said in June 2025 that they had enough while car makers stopped."""
        return self.materials(place) if place in ("JPN", "KOR") else assumed(45.0, 20.0, 90.0)

    def defence(self) -> Figure:
        """Magnets and parts at defence contractors."""
        return claimed(
            120.0,
            60.0,
            183.0,
            source=self.facts.label("stocks_capacity-004"),
            note="less than six months of defence supply; the basis is not given",
        )

    def gallium(self, place: str) -> Figure:
        """Gallium at makers of wafers and chips."""
        if place == "USA":
            return self.facts.sourced(
                "stocks_capacity-012", factor=DAYS_PER_MONTH, note="months of consumption to days"
            )
        return assumed(60.0, 20.0, 120.0, note="as in the United States")

    def antimony(self, place: str) -> Figure:
        """Antimony at smelters and users."""
        if place == "USA":
            fact = self.facts.row("stocks_capacity-079")
            return derived(
                float(fact["quantity"]) * DAYS_PER_MONTH,
                float(fact["low"]) * DAYS_PER_MONTH,
                float(fact["high"]) * DAYS_PER_MONTH,
                source=self.facts.label("stocks_capacity-079"),
                note="6,000 t over 27,000 t",
            )
        return assumed(60.0, 20.0, 150.0)

    def _target(self, fact: str, low: float, high: float, note: str) -> Figure:
        value = self.facts.quantity(fact)
        return derived(value, min(low, value), high, source=self.facts.label(fact), note=note)
