"""People where nobody may be, and people who were let in from inside, by what doors and rooms reported. Pure."""

from collections import deque
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import msgspec

from controller.bookings.arrivals import THROUGH
from controller.bookings.diary.site_config import SiteConfig
from controller.platform.text import times
from controller.use.attendance.case import FRESH, moment_of, span_of
from controller.use.attendance.evidence import Crossing, DoorSeen, Seen
from controller.use.spans import Span, common, union, without
from edge.wire.interval import Interval
from edge.wire.plan import Mode

LOOK_BACK = timedelta(hours=14)
"""From when on is looked at: a night, so that who came while it was open is known."""
_TOGETHER_S, _QUIET_S = 10 * 60, 2 * 3600
"""Signs so close to each other are of the same people; after so long without one everybody has gone."""
APART = timedelta(seconds=_QUIET_S)
_LEAVING_S = 15 * 60
"""So long after a building closes people leave."""
_LEAST_S, _LEAST_TIMES = 180, 4
"""Movement counts where it lasted as long, or was seen as often: a PIR now and then sees somebody where nobody is."""
_HOUR = timedelta(hours=1)
_THROUGH_S = int(THROUGH.total_seconds())
_BACK = timedelta(minutes=1)
"""Who comes in so soon after somebody went out turned back."""
_LET_IN = 4
"""So many people in an hour without a code."""
_PARTY = 5
"""Most people who come in together by one code or card: a family."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Something to tell of. ``door``: empty where it is of the whole site. ``since``: when it began;
    ``until``: when the last of it was heard."""

    door: str = ""
    edge: str = ""
    since: datetime
    until: datetime
    text: str


def present(where: SiteConfig, seen: Seen, during: Interval, booked: Iterable[Interval] = ()) -> list[Found]:
    """When somebody was inside while nobody may be: the site was closed, and in all that led there it was not open,
    nothing was booked, no booking's code opened a door, nobody came by a code or card, no door was unlocked from afar,
    and all that doors reported is known. Of people who stay on from a time when they might
    be there, nothing is said.
    ``booked``: when anything is, with or without a code."""
    whole = span_of(during)
    opening = [each.during for each in where.hours.modes(during) if each.mode is not Mode.CLOSED]
    allowed = union(
        [
            *((first, last + _LEAVING_S) for first, last in map(span_of, opening)),
            *((first - _LEAVING_S, last + _LEAVING_S) for first, last in map(span_of, booked)),
            *(span_of(each.during) for door in seen.doors.values() for each in door.opens.touching(during)),
            *(_second(each.at) for door in seen.doors.values() for each in door.accesses),
            *(span for door in seen.doors.values() for span in (*_unlocked(door, whole), *_to_come(door, whole))),
        ]
    )
    opened = union(_second(each) for door in seen.doors.values() for each in door.stirred)
    moved = {room: found.moved_in(*whole) for room, found in seen.rooms.items()}
    ins = [each for door in seen.doors.values() for each in door.crossed(during.start, during.end) if each.ins]
    outs = [each for door in seen.doors.values() for each in door.crossed(during.start, during.end) if each.outs]
    either = [each for door in seen.doors.values() for each in door.crossed(during.start, during.end) if each.passages]
    passed = [_second(each.at) for each in (*ins, *outs, *either)]
    signs = _joined([*(span for its in moved.values() for span in its), *passed, *allowed], _TOGETHER_S)
    sure = [each for each in signs if common([each], allowed) or _is_somebody(each, moved, [*ins, *either], opened)]
    found = []
    for start, end in _joined(sure, _QUIET_S):
        # Of who was there at first it is not known how they came.
        if start < whole[0] + _QUIET_S or common([(start - _LEAVING_S, end)], allowed):
            continue
        inside = (start, end)
        rooms = [
            where.by_space[room].space.name if room in where.by_space else room
            for room, its in sorted(moved.items())
            if common([inside], its)
        ]
        came = sum(each.ins for each in ins if start <= each.at.timestamp() <= end)
        words = [f"{came} came in"] if came else []
        if not came and any(start <= each.at.timestamp() <= end for each in either):
            words = ["somebody passed a door"]
        words += [f"movement in {times.listed(rooms)}"] if rooms else []
        text = f"Somebody is inside although it is closed and nothing is booked: {times.listed(words)}"
        found.append(Found(since=moment_of(start), until=moment_of(end), text=text))
    return found


def _unlocked(door: DoorSeen, whole: Span) -> list[Span]:
    """When somebody far away, or the plan, kept it unlocked: who comes in then may."""
    found, since = [], None
    for at, unlocked in door.unlocked:
        second = int(at.timestamp())
        if unlocked:
            since = second if since is None else since
        elif since is not None:
            found.append((since, second + 1))
            since = None
    return found if since is None else [*found, (since, whole[1])]


def _to_come(door: DoorSeen, whole: Span) -> list[Span]:
    """The time of which its edge has yet to report: somebody may have come by a code or card."""
    last = max((end for _, end in door.known), default=whole[0])
    return [(last, whole[1])] if whole[0] < last < whole[1] - FRESH.total_seconds() else []


def _is_somebody(sign: Span, moved: dict[str, list[Span]], ins: Iterable[Crossing], opened: list[Span]) -> bool:
    """Whether signs that belong together are more than a PIR or a counter sees where nobody is: movement that lasts or
    is seen again and again, or somebody who was counted in, or passed a counter, while something else says so."""
    its = [span for found in moved.values() for span in common([sign], found)]
    if len(its) >= _LEAST_TIMES or sum(end - start for start, end in its) >= _LEAST_S:
        return True
    came = any(sign[0] <= each.at.timestamp() <= sign[1] for each in ins)
    return came and (len(its) >= _LEAST_TIMES - 1 or bool(common([sign], opened)))


def let_ins(where: SiteConfig, seen: Seen, during: Interval, doors: Collection[str]) -> list[Found]:
    """Of each of these doors, which need a code: when more came in within an hour than those with a code or card can
    have brought, while nobody works there, no booking's code opens the door, and neither the plan nor a command keeps
    it unlocked. Only where its counter worked.
    ``doors``: those with a reader."""
    unstaffed = union(
        (first + _LEAVING_S, last)
        for first, last in (span_of(each.during) for each in where.hours.modes(during) if each.mode is Mode.EXTENDED)
        if first + _LEAVING_S < last
    )
    found = []
    for door in where.doors:
        if door.id not in doors or door.id not in seen.doors or seen.doors[door.id].counted is None:
            continue
        at_door = seen.doors[door.id]
        booked = union(span_of(each.during) for each in at_door.opens.touching(during))
        free = union((start, end + _THROUGH_S) for start, end in _unlocked(at_door, span_of(during)))
        watched = without(without(common(unstaffed, at_door.counted or ()), booked), free)
        if (told := _most_let_in(at_door, watched, during)) is not None:
            since, until, people = told
            clock = (times.at(each, where.site.tz, now=until) for each in (since, until))
            text = f"{people} people came in at {door.name} without a code of their own from {' to '.join(clock)}"
            found.append(Found(door=door.id, edge=door.edge, since=since, until=until, text=text))
    return found


def _most_let_in(door: DoorSeen, watched: list[Span], during: Interval) -> tuple[datetime, datetime, int] | None:
    """The first hour in which too many came in: from when, until when, and how many without a code."""
    hour: deque[tuple[datetime, int]] = deque()
    backed: deque[tuple[datetime, int]] = deque()
    went: deque[datetime] = deque()
    for each in door.crossed(during.start, during.end):
        if not common([_second(each.at)], watched):
            continue
        went.extend([each.at] * each.outs)
        while went and went[0] < each.at - _BACK:
            went.popleft()
        if not each.ins:
            continue
        while backed and backed[0][0] < each.at - THROUGH:
            backed.popleft()
        alone = each.ins
        if each.by is not None:
            may = _PARTY * len(door.admitted(each.at - 2 * THROUGH, each.at + timedelta(microseconds=1)))
            alone = min(max(sum(ins for _, ins in backed) + each.ins - may, 0), each.ins)
            backed.append((each.at, each.ins - alone))
        while alone and went:
            went.popleft()
            alone -= 1
        hour.append((each.at, alone))
        while hour[0][0] <= each.at - _HOUR:
            hour.popleft()
        if (people := sum(some for _, some in hour)) >= _LET_IN:
            return next(at for at, some in hour if some), each.at, people
    return None


def _second(at: datetime) -> Span:
    second = int(at.timestamp())
    return second, second + 1


def _joined(spans: Iterable[Span], pause: int) -> list[Span]:
    """With pauses of up to so many seconds filled."""
    return [(start, end - pause) for start, end in union((start, end + pause) for start, end in spans)]
