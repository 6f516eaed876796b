"""Whom a short seller serves in which turn: the slots of a chain's links and the rule of rationing that goes with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.model.rationing import TIERS
from standoff.model.serving import LINK_BY_LINK, ByTier, LinkByLink, Ration, Turn, same_share
from standoff.simulate.constants import LEAST_FLOW
from standoff.world.network import Network

Integers = npt.NDArray[np.int64]
HOME, PRIORITY, REST, LATENT = range(len(TIERS))


@dataclass(frozen=True)
class Slots:
    """What sellers are asked for, by slot: a tier of an offer, or a single link or latent route where the rule looks at them.

    Attributes:
        of_link: slot of every ordinary link, (links,).
        of_route: slot of every latent route, (routes,).
        tier, offer: of every slot, (slots,).
        ration: the rule.
    """

    of_link: Integers
    of_route: Integers
    tier: Integers
    offer: Integers
    ration: Ration

    def __len__(self) -> int:
        return len(self.tier)


def slots_of(network: Network, served: str, *, home_first: bool, per_step: float, draws: int = 0) -> Slots:
    """The slots of a network under a rule of rationing.

    Args:
        network: what exists.
        served: the rule, one of `standoff.model.serving.RULES`.
        home_first: whether a short seller serves buyers of its own place first, under the rule ``tiers``.
        per_step: years in a step.
        draws: how many, 0 for a single run.
    """
    tier = _tiers(network, served, home_first)
    if served in LINK_BY_LINK:
        return _a_slot_for_each(network, tier, served, per_step)
    offers = len(network.offers.yields)
    every = np.arange(len(TIERS) * offers)
    return Slots(
        of_link=tier * offers + network.links.offer,
        of_route=LATENT * offers + network.latent.offer,
        tier=every // offers,
        offer=every % offers,
        ration=ByTier((len(TIERS), offers, *((draws,) if draws else ()))),
    )


def _tiers(network: Network, served: str, home_first: bool) -> Integers:
    """Tier in which a short seller serves each ordinary link."""
    nodes = network.nodes
    buyer = network.needs.consumer[network.links.need]
    if served != "tiers":
        firms_first = served == "firms_first" or len(LINK_BY_LINK.get(served, ())) > 1
        return np.where((buyer < nodes.producers) & firms_first, PRIORITY, REST).astype(np.int64)
    seller = network.offers.producer[network.links.offer]
    home = (nodes.place[buyer] == nodes.place[seller]) & home_first
    return np.where(home, HOME, np.where(nodes.priority[buyer], PRIORITY, REST)).astype(np.int64)


def _a_slot_for_each(network: Network, tier: Integers, served: str, per_step: float) -> Slots:
    """Links by turn and seller, then latent routes by seller."""
    links, latent, offers = network.links, network.latent, len(network.offers.yields)
    every_tier = np.concatenate([tier, np.full(len(latent), LATENT)])
    every_offer = np.concatenate([links.offer, latent.offer])
    order = np.lexsort((every_offer, every_tier))
    slot = np.empty(len(order), dtype=np.int64)
    slot[order] = np.arange(len(order))
    usual = np.concatenate([np.maximum(links.flow * per_step, LEAST_FLOW), np.ones(len(latent))])[order]
    need = np.concatenate([links.need, latent.need])[order]
    final = network.needs.consumer[need] >= network.nodes.producers
    slot_tier, slot_offer = every_tier[order], every_offer[order]
    shares = {TIERS.index(name): share for name, share in LINK_BY_LINK[served].items()} | {LATENT: same_share}
    turns = []
    for one, share in shares.items():
        here = slot_tier == one
        if here.any():
            turns.append((Turn(one, slot_offer[here], offers, usual[here], final[here]), share))
    return Slots(
        of_link=slot[: len(tier)],
        of_route=slot[len(tier) :],
        tier=slot_tier,
        offer=slot_offer,
        ration=LinkByLink(tuple(turns), offers),
    )
