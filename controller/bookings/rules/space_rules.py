"""Reasons that lie in the space and what is in it. Pure.

Whether it is booked, when it is open, which bookings overlap, how many it holds, in which layout; equipment and places
of pools, which are counted; and the time between a request and its neighbours to clear down, set up and change over.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import msgspec

from controller.bookings.diary.model import Claimed
from controller.bookings.rules import reason_wording
from controller.bookings.rules.buffers import buffer_between, changeover_between
from controller.bookings.rules.model import Neighbour, ReasonKind, ResourceUse, RuleContext, RuleReason, peak, takings
from controller.bookings.rules.reason_wording import quoted
from controller.people.permissions import Action, Thing, may
from controller.platform.text import times
from edge.wire.interval import Interval


class _Gap(msgspec.Struct, frozen=True, kw_only=True):
    """The gap between a request and a booking before it (``starts``) or after it (``ends``)."""

    neighbour: Neighbour
    field: str
    left: timedelta
    buffer: timedelta
    changeover: timedelta

    @property
    def needed(self) -> timedelta:
        return max(self.buffer, self.changeover)


def gaps(case: RuleContext) -> Iterator[RuleReason]:
    """A buffer or a change-over for which too little time is left, at most one on either side: the one that lacks
    most."""
    if not case.facts.neighbours:
        return
    for side in (_before(case), _after(case)):
        short = [each for each in side if each.left < each.needed]
        if short:
            yield _reason(case, max(short, key=lambda each: each.needed - each.left))


def _before(case: RuleContext) -> list[_Gap]:
    start = case.asked.during.start
    ended = [each for each in _active_neighbours(case) if each.booking.during.end <= start]
    last = _nearest(ended, lambda each: -each.booking.during.end.timestamp())
    found = []
    for each in ended:
        space, buffers = case.space_of(each.booking.space), case.buffers
        found.append(
            _Gap(
                neighbour=each,
                field="starts",
                left=start - each.booking.during.end,
                buffer=buffer_between(space, each.buffers.cleardown_min, case.place.space, buffers.setup_min),
                changeover=changeover_between(space, each.buffers.layout, case.place.space, buffers.layout)
                if each in last
                else timedelta(),
            )
        )
    return found


def _after(case: RuleContext) -> list[_Gap]:
    end = case.asked.during.end
    coming = [each for each in _active_neighbours(case) if each.booking.during.start >= end]
    first = _nearest(coming, lambda each: each.booking.during.start.timestamp())
    found = []
    for each in coming:
        space, buffers = case.space_of(each.booking.space), case.buffers
        found.append(
            _Gap(
                neighbour=each,
                field="ends",
                left=each.booking.during.start - end,
                buffer=buffer_between(case.place.space, buffers.cleardown_min, space, each.buffers.setup_min),
                changeover=changeover_between(case.place.space, buffers.layout, space, each.buffers.layout)
                if each in first
                else timedelta(),
            )
        )
    return found


def _active_neighbours(case: RuleContext) -> list[Neighbour]:
    return [each for each in case.facts.neighbours if not each.run_out]


def _nearest(found: Sequence[Neighbour], key: Callable[[Neighbour], float]) -> list[Neighbour]:
    """The nearest on each atom: only between those two is anything changed over."""
    by_atom: dict[str, Neighbour] = {}
    for each in sorted(found, key=key):
        by_atom.setdefault(each.atom, each)
    return list(by_atom.values())


def _reason(case: RuleContext, gap: _Gap) -> RuleReason:
    neighbour = gap.neighbour
    other = reason_wording.booking(neighbour.booking, case.place.site.tz, space=case.elsewhere(neighbour.booking))
    left = f"{times.duration(gap.left)} left"
    if gap.changeover > gap.buffer:
        why = ReasonKind.CHANGEOVER
        side = "after" if gap.field == "starts" else "before"
        text = f"{_change(case, gap)} takes {times.duration(gap.changeover)}; {left} {side} {other}"
    else:
        why = ReasonKind.BUFFER
        needed = times.duration(gap.buffer)
        text = f"needs {needed} to clear down and set up between this and {other}; {left}"
    if case.asked.overrule:
        text += "; only a manager may overrule this"
    return RuleReason(
        why=why,
        field=gap.field,
        text=text,
        conflicts=(neighbour.booking,),
        asked=reason_wording.minutes(gap.left),
        limit=reason_wording.minutes(gap.needed),
    )


def _change(case: RuleContext, gap: _Gap) -> str:
    """“changing Hall from “Theatre” to “Boardroom”” or “changing between Hall and Half A”."""
    mine, theirs = case.place.space, case.space_of(gap.neighbour.booking.space)
    if mine.id != theirs.id:
        return f"changing between {theirs.name} and {mine.name}"
    ids = [gap.neighbour.buffers.layout, case.buffers.layout]
    if gap.field == "ends":
        ids.reverse()
    names = [next((each.name for each in mine.layouts if each.id == layout), layout or "no layout") for layout in ids]
    return f"changing {mine.name} from “{names[0]}” to “{names[1]}”"


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
    public = not may(case.request.actor, Action.RUN, Thing(site=case.place.site.id))
    texts = list(dict.fromkeys(each.against(asked.during, public=public) for each in found))
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
        reason_wording.booking(each, place.site.tz, space=case.elsewhere(each))
        for each in taken[: reason_wording.NAMED]
    )
    more = f" and {len(taken) - reason_wording.NAMED} more" if len(taken) > reason_wording.NAMED else ""
    yield RuleReason(
        why=ReasonKind.CLASH,
        field="starts",
        text=f"{place.space.name} is taken then: {named}{more}",
        conflicts=tuple(taken[: reason_wording.CARRIED]),
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
        text=f"{name} is booked as a whole, not by {reason_wording.places(case.asked.seats)}; leave seats out",
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
            there = reason_wording.quoted(sorted(site_config.equipment)[: reason_wording.CARRIED])
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
                f"{left:,} of {reason_wording.places(sizes[pool])} left then",
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
    named = "; ".join(f"{each.title} has {by:,}" for each, by in shown[: reason_wording.NAMED])
    more = (
        f" and {len(shown) - reason_wording.NAMED} more bookings have some" if len(shown) > reason_wording.NAMED else ""
    )
    return RuleReason(
        why=why,
        field=field,
        text=f"{name}: {left_words}, {count:,} asked for" + (f" ({named}{more})" if named else ""),
        conflicts=tuple(each for each, _ in holders[: reason_wording.CARRIED]),
        asked=count,
        limit=left,
    )


def _holders(uses: Sequence[ResourceUse], during: Interval) -> list[tuple[Claimed, int]]:
    held = [(each.booking, each.count) for each in uses if each.booking.during.overlaps(during)]
    return sorted(held, key=lambda each: each[0].during)
