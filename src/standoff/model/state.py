"""What a run remembers between steps, and what happens in one.

Shapes: *offers*, *needs*, *links* (only those whose share or regime can change in the scenario), *regulated* (those of the links that are
ever under a licence regime), *routes* (latent), *reserves*. In an
ensemble every array has one more axis, the draws, and it is always the last. Quantities are units, flows are units per step.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from standoff.model.permits import Rights


class State(NamedTuple):
    """Everything that step t + 1 needs to know of step t."""

    stock: Any
    """Finished stock, (offers, ...)."""
    in_making: Any
    """Goods in the making, by the step in which they are finished, a ring, (ring, offers, ...). Changed in place by NumPy."""
    smoothed_orders: Any
    """Orders as a seller sees them, smoothed, per step, (offers, ...)."""
    inventory: Any
    """Input stock, (needs, ...)."""
    arriving: Any
    """Goods on the way, a ring over arrival steps, (ring, needs, ...). Owned by the run: NumPy changes it in place."""
    refused: Any
    """Denied and not yet borne as a shortfall, (needs, ...)."""
    review_wait: Any
    """What buyers have learnt to keep in the review queue, (regulated, ...)."""
    stages: Any
    """Applications in review, (stages, regulated, ...)."""
    permits: Any
    """Granted and not yet shipped, (regulated, ...)."""
    rights: Rights
    """Licences that are a right to ship, on the links where they are."""
    share: Any
    """Share of its need's orders that a link gets, (links, ...)."""
    reliability: Any
    """Smoothed share of orders that were shipped, (links, ...)."""
    route_capacity: Any
    """What latent routes can carry, per step, (routes, ...)."""
    reserve: Any
    """Strategic stocks, (reserves, ...)."""
    overproduction: Any = None
    """Factor on capacity, (producers, ...); None under rules that have none, as the next three."""
    labour: Any = None
    """Share of the usual workforce that is there, (producers, ...)."""
    output: Any = None
    """Activity of producers as they see it, smoothed, (producers, ...)."""
    goal_activity: Any = None
    """Activity that the goal of each need's stock is for, (needs, ...)."""


class Flows(NamedTuple):
    """What moved in a step: enough to account for every unit and to explain every number."""

    plan: Any
    """Planned activity of producers, then demanded activity of uses, (nodes, ...)."""
    activity: Any
    """Activity reached, (nodes, ...)."""
    goal: Any
    """What a need wants in hand and on order, (needs, ...)."""
    on_order: Any
    """In transit, in review, permitted and refused, (needs, ...)."""
    ordered: Any
    """Orders, (needs, ...)."""
    arrived: Any
    """Arrivals, (needs, ...)."""
    released: Any
    """From strategic stocks, (needs, ...)."""
    used: Any
    """Inputs used, (needs, ...)."""
    demanded: Any
    """What sellers were asked to ship now, (tiers, offers, ...)."""
    fill: Any
    """Share of it that was shipped, (tiers, offers, ...)."""
    shipped: Any
    """Shipments, (offers, ...)."""
    made: Any
    """Output begun, (offers, ...)."""
    discarded: Any
    """By-product surplus thrown away, (offers, ...)."""
    link_ordered: Any
    """Orders on changeable links before the gate, (links, ...)."""
    link_applied: Any
    """Of these, new applications, (regulated, ...)."""
    link_approved: Any
    link_denied: Any
    link_returned: Any
    link_expired: Any
    """Decisions of the step and permits that lapsed, (regulated, ...)."""
    link_shipped: Any
    """Shipments on changeable links, (links, ...)."""
    rights_held: Any
    """Rights to ship, units per step, 0 where permits are quantities, (regulated, ...)."""
    route_shipped: Any
    """Shipments on latent routes, (routes, ...)."""
    route_lost: Any
    """Of these, seized or lost on the way, (routes, ...)."""
    reserve_taken: Any
    """Taken from strategic stocks, (reserves, ...)."""
    link_fill: Any = None
    """Share shipped by link and latent route, (slots, ...); None where rationing serves all of a tier alike."""

    @property
    def slot_fill(self) -> Any:
        """Share shipped by slot, (slots, ...): see `standoff.simulate.turns.Slots`."""
        return self.fill.reshape(-1, *self.fill.shape[2:]) if self.link_fill is None else self.link_fill


class RegimeStep(NamedTuple):
    """The administration's side of one step."""

    gate: Any
    """Share of orders that may be placed at all, (links, ...)."""
    licensed: Any
    """Share of orders that has to go through the queue, (regulated, ...)."""
    active: Any
    """1 while a regime holds on the link: without one, applications and permits lapse, (links, ...)."""
    cost: Any
    """Landed cost relative to the base year, (links, ...)."""
    feared: Any
    """Share of the step after a regime was announced, (links, ...)."""
    approval: Any
    """Share of decisions that grant, (regulated, ...)."""
    denial: Any
    """Share of refusals that are final, (regulated, ...)."""
    rounds: Any
    """Mean number of times that an application is decided, (regulated, ...)."""
    review_steps: Any
    """Mean review time in steps, (regulated, ...)."""
    probability: Any
    """Of passing one stage in one sub-step, (regulated, ...)."""
    decisions: Any
    """Largest number of decisions in the step, units, (regulated, ...)."""
    keep: Any
    """Share of unused permits that stays valid over the step, (regulated, ...)."""
