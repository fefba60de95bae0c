"""Reasons that lie in the space itself: whether it is booked, when it is open, how many it holds, in which layout.
Pure."""

from collections.abc import Iterator

from controller.rules.context import RuleContext
from controller.rules.phrases import places, quoted
from controller.rules.verdict import ReasonKind, RuleReason

_NAMED = 3


def unbookable(case: RuleContext) -> Iterator[RuleReason]:
    space = case.place.space
    if space.bookable:
        return
    by_space, atoms = case.site_config.by_space, set(case.place.atoms)
    instead = [
        each.space.name for each in by_space.values() if each.space.bookable and not atoms.isdisjoint(each.atoms)
    ]
    hint = f"; book {' or '.join(instead[:_NAMED])} instead" if instead else ""
    yield RuleReason(why=ReasonKind.UNBOOKABLE, field="space", text=f"{space.name} is not booked by itself{hint}")


def closed(case: RuleContext) -> Iterator[RuleReason]:
    asked = case.asked
    found = case.site_config.hours.closed(asked.during, space=asked.space)
    if not found:
        return
    told = list(dict.fromkeys(each.against(asked.during) for each in found))
    more = f"; and {len(told) - _NAMED} more" if len(told) > _NAMED else ""
    yield RuleReason(
        why=ReasonKind.CLOSED,
        field="starts" if found[0].during.start <= asked.during.start else "ends",
        text="; ".join(told[:_NAMED]) + more,
    )


def capacity(case: RuleContext) -> Iterator[RuleReason]:
    asked, space = case.asked, case.place.space
    if asked.people is None:
        return
    if case.pool:
        if asked.people > case.seats:
            yield RuleReason(
                why=ReasonKind.CAPACITY,
                field="seats",
                text=f"{asked.people:,} people need as many places of {space.name}, not {case.seats:,}",
                asked=asked.people,
                limit=case.seats,
            )
        return
    layout = space.layout(asked.layout)
    holds = space.holds(asked.layout)
    if holds is not None and asked.people > holds:
        as_laid_out = f" as “{layout.name}”" if layout is not None and layout.capacity is not None else ""
        yield RuleReason(
            why=ReasonKind.CAPACITY,
            field="people",
            text=f"{asked.people:,} people are more than {space.name} holds{as_laid_out} ({holds:,})",
            asked=asked.people,
            limit=holds,
        )


def layout(case: RuleContext) -> Iterator[RuleReason]:
    asked, space = case.asked, case.place.space
    if asked.layout is None or any(each.id == asked.layout for each in space.layouts):
        return
    there = quoted(each.id for each in space.layouts)
    hint = f"it has {there}" if there else "it has none; leave layout out"
    yield RuleReason(why=ReasonKind.LAYOUT, field="layout", text=f"{space.name} has no layout “{asked.layout}”; {hint}")


def seats(case: RuleContext) -> Iterator[RuleReason]:
    """Places asked of a space that has none to give one by one."""
    if case.asked.seats is None or case.pool:
        return
    name = case.place.space.name
    yield RuleReason(
        why=ReasonKind.SEATS,
        field="seats",
        text=f"{name} is booked as a whole, not by {places(case.asked.seats)}; leave seats out",
        asked=case.asked.seats,
    )
