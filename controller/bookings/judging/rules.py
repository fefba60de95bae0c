"""A verdict from facts: every rule in turn. Pure."""

from collections.abc import Callable, Iterator

from controller.bookings.judging import counted, neighbours, room
from controller.bookings.judging.approval import approval
from controller.bookings.judging.case import Case
from controller.bookings.judging.fairness import quota, too_early
from controller.bookings.verdict import OVERRULED, Reason, Verdict, Why

_RULES: tuple[Callable[[Case], Iterator[Reason]], ...] = (
    room.unbookable,
    neighbours.clash,
    room.closed,
    room.capacity,
    room.layout,
    room.seats,
    counted.equipment,
    counted.places,
    neighbours.gaps,
    too_early,
    quota,
    approval,
)
_HARDNESS = {why: rank for rank, why in enumerate(Why)}


def verdict(case: Case) -> Verdict:
    """All reasons against a wish. What a manager overrules is left out where one does."""
    lifted = OVERRULED if case.asked.overrule and case.decides else frozenset[Why]()
    found = [reason for rule in _RULES for reason in rule(case) if reason.why not in lifted]
    run_out = {each.booking.id for each in case.facts.neighbours if each.run_out}
    run_out |= {each.booking.id for each in case.facts.pools if each.run_out}
    return Verdict(
        reasons=tuple(sorted(found, key=lambda reason: _HARDNESS[reason.why])), expired=tuple(sorted(run_out))
    )
