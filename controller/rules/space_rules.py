"""Reasons that lie in the space and what is in it: whether it is booked, when it is open, which bookings overlap, how
many it holds, in which layout; equipment and places of pools, which are counted. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence

from controller.diary.model import Claimed
from controller.rules import phrases
from controller.rules.model import (
    ReasonKind,
    ResourceUse,
    RuleContext,
    RuleReason,
    peak,
    takings,
)
from controller.rules.phrases import quoted
from edge.wire.interval import Interval

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
    texts = list(dict.fromkeys(each.against(asked.during) for each in found))
    more = f"; and {len(texts) - _NAMED} more" if len(texts) > _NAMED else ""
    yield RuleReason(
        why=ReasonKind.CLOSED,
        field="starts" if found[0].during.start <= asked.during.start else "ends",
        text="; ".join(texts[:_NAMED]) + more,
    )


def overlap(case: RuleContext) -> Iterator[RuleReason]:
    """Whether the requested time is taken, and by which bookings; the database refuses it too."""
    asked, place = case.asked, case.place
    found = {
        (each.booking.id, each.booking.during): each.booking
        for each in case.facts.neighbours
        if not each.run_out and each.booking.during.overlaps(asked.during)
    }
    if not found:
        return
    taken = sorted(found.values(), key=lambda each: each.during)
    named = "; ".join(
        phrases.booking(each, place.site.tz, space=case.elsewhere(each)) for each in taken[: phrases.NAMED]
    )
    more = f" and {len(taken) - phrases.NAMED} more" if len(taken) > phrases.NAMED else ""
    yield RuleReason(
        why=ReasonKind.CLASH,
        field="starts",
        text=f"{place.space.name} is taken then: {named}{more}",
        conflicts=tuple(taken[: phrases.CARRIED]),
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
        text=f"{name} is booked as a whole, not by {phrases.places(case.asked.seats)}; leave seats out",
        asked=case.asked.seats,
    )


def equipment(case: RuleContext) -> Iterator[RuleReason]:
    site_config = case.site_config
    wanted: Counter[str] = Counter()
    for need in case.asked.equipment:
        wanted[need.equipment] += need.count
    for name, count in wanted.items():
        field = f"equipment.{name}"
        found = site_config.equipment.get(name)
        if found is None:
            there = phrases.quoted(sorted(site_config.equipment)[: phrases.CARRIED])
            hint = f"it has {there}" if there else "it has none"
            text = f"{site_config.site.name} has no equipment “{name}”; {hint}"
            yield RuleReason(why=ReasonKind.EQUIPMENT, field=field, text=text)
            continue
        if found.space is not None and not _reaches(case, found.space):
            home = site_config.by_space.get(found.space)
            text = f"{found.name} stays in {home.space.name if home else found.space}"
            yield RuleReason(why=ReasonKind.EQUIPMENT, field=field, text=text)
            continue
        uses = _uses_of(f"{site_config.site.id}/{name}", case.facts.equipment)
        left = max(found.count - peak(uses, case.asked.during), 0)
        if count > left:
            yield _too_few(case, f"{left:,} of {found.count:,} left then", found.name, count, left, field, uses)


def places(case: RuleContext) -> Iterator[RuleReason]:
    """Too few places left of a pool, or of one that lies in the space. ``Facts.pools`` are by whole quarter hours
    already, so what touches a quarter hour of the request touches the request."""
    sizes = dict(case.place.pools)
    for pool, seats in takings(case.place, case.seats):
        uses = _uses_of(pool, case.facts.pools)
        left = max(sizes[pool] - peak(uses, case.asked.during), 0)
        if seats > left:
            there = case.site_config.by_space[pool.partition("/")[2]].space.name
            yield _too_few(
                case,
                f"{left:,} of {phrases.places(sizes[pool])} left then",
                there,
                seats,
                left,
                "seats" if case.pool else "space",
                uses,
                why=ReasonKind.SEATS,
            )


def _reaches(case: RuleContext, home: str) -> bool:
    """Whether the request has the whole of the space that a thing stays in."""
    place = case.site_config.by_space.get(home)
    return home == case.asked.space or (place is not None and set(place.atoms) <= set(case.place.atoms))


def _uses_of(thing: str, uses: Sequence[ResourceUse]) -> list[ResourceUse]:
    return [each for each in uses if each.thing == thing and not each.run_out]


def _too_few(
    case: RuleContext,
    left_words: str,
    name: str,
    count: int,
    left: int,
    field: str,
    uses: Sequence[ResourceUse],
    *,
    why: ReasonKind = ReasonKind.EQUIPMENT,
) -> RuleReason:
    holders = _holders(uses, case.asked.during)
    shown = [(each, by) for each, by in holders if not each.hidden]
    named = "; ".join(f"{each.title} has {by:,}" for each, by in shown[: phrases.NAMED])
    more = f" and {len(shown) - phrases.NAMED} more bookings have some" if len(shown) > phrases.NAMED else ""
    return RuleReason(
        why=why,
        field=field,
        text=f"{name}: {left_words}, {count:,} asked for" + (f" ({named}{more})" if named else ""),
        conflicts=tuple(each for each, _ in holders[: phrases.CARRIED]),
        asked=count,
        limit=left,
    )


def _holders(uses: Sequence[ResourceUse], during: Interval) -> list[tuple[Claimed, int]]:
    held = [(each.booking, each.count) for each in uses if each.booking.during.overlaps(during)]
    return sorted(held, key=lambda each: each[0].during)
