"""The time between a request and its neighbours: to clear down, to set up, to change over. Pure."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import msgspec

from controller.rules import phrases
from controller.rules.model import (
    Neighbour,
    ReasonKind,
    RuleContext,
    RuleReason,
    buffer_between,
    changeover_between,
)
from controller.text import times


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
    other = phrases.booking(neighbour.booking, case.place.site.tz, space=case.elsewhere(neighbour.booking))
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
        asked=phrases.minutes(gap.left),
        limit=phrases.minutes(gap.needed),
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
