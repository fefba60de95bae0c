"""A site as it was during an earlier time, over HTTP."""

from datetime import timedelta
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import Field

from controller.estate.errors import SiteUnknown
from controller.estate.service import require_parts
from controller.hours.modes import ModePeriod
from controller.occupancy.estimate import PeopleThen, capacity
from controller.people.authentication import SeesLive
from controller.platform.web.fields import Answer, Ends, LocalTime, SlugPath, Starts, answer_of, large_answer, read_edge
from controller.platform.web.problem import NotSignedIn, described, invalid_field
from controller.platform.web.services import service
from controller.screens.live.door_history import DoorSpell
from controller.screens.live.past import Past, PastAlert, PastDoor, PastEdge, PastGap, take_past
from controller.screens.live.past_doors import PastFire, PastOrder
from controller.screens.live.past_rooms import PastNumbers, PastRooms, PastState, StateSpell
from controller.screens.live.push import Live
from edge.wire.faults import describe
from edge.wire.interval import Interval

_LONGEST = timedelta(hours=26)
"""A day, and the hour in which clocks go back."""
router = APIRouter(tags=["telemetry"], responses=described(NotSignedIn, SiteUnknown))


class TimeThen(Answer):
    starts: Annotated[LocalTime, Field(validation_alias="start")]
    ends: Annotated[LocalTime, Field(validation_alias="end")]


class ModeThen(Answer, of=ModePeriod, hidden={"during", "note"}):
    starts: Starts
    ends: Ends
    mode: str


class GapThen(Answer, of=PastGap, hidden={"during"}):
    """``why``: ``not_running``: no agent ran; ``away``: it is out of reach since, and what happened is still to come;
    ``not_yet``: it had not reported yet; ``lost``: its events are lost, or it went by a wrong clock."""

    starts: Starts
    ends: Ends
    why: str


class EdgeThen(Answer, of=PastEdge):
    """``gaps``: times of which not everything is known; ``away``: when it was out of reach, whatever came later."""

    gaps: list[GapThen]
    away: list[TimeThen]


class DoorSpellAnswer(Answer, of=DoorSpell, hidden={"glass"}):
    """How a door was from ``starts`` until the next spell. ``known``: false where not all that its edge reported of
    that time is here; then nothing else says anything. ``why``: what moved the lock, such as ``grant`` or
    ``schedule``; null if that is not known. ``alarm``: ``forced``, ``held`` or ``glass``. ``faults``: in words."""

    contact: Annotated[str, Field(description="`open`, `closed` or `unknown`")]
    lock: Annotated[str, Field(description="`locked`, `unlocked` or `unknown`")]
    faults: list[str]


class DoorThen(Answer, of=PastDoor):
    spells: list[DoorSpellAnswer]


class FireThen(Answer, of=PastFire, hidden={"during"}):
    """``state``: ``active``, or ``latched``: the line was normal again, and doors stayed released."""

    starts: Starts
    ends: Ends


class OrderThen(Answer, of=PastOrder, hidden={"during"}):
    """What a door carried out because somebody ordered it: ``hold_open``, ``lock_down`` or ``out_of_service``."""

    kind: str
    starts: Starts
    ends: Ends


class StateSpellAnswer(Answer, of=StateSpell):
    """From ``starts`` until the next. ``on``: null where that is not known."""


class StateThen(Answer, of=PastState):
    """What is yes or no, such as movement. ``place``: the room or zone, empty for none."""

    spells: list[StateSpellAnswer]


class NumbersThen(Answer, of=PastNumbers):
    """The mean of every five minutes from ``starts`` on; null where nothing is known. ``stations``: devices in the
    WiFi, which are not people."""

    values: list[float | None]


class RoomsThen(Answer, of=PastRooms):
    """``left_out``: there is too much for one answer, so that nothing of it is here."""

    states: list[StateThen]
    numbers: list[NumbersThen]


class AlertThen(Answer, of=PastAlert):
    """``starts`` to ``ends``: while it was open; ``ends`` is null if it still is. ``over_since``: since when its
    condition no longer held."""

    kind: str


class PeopleThenAnswer(Answer, of=PeopleThen):
    """At the end of five minutes. The number was in ``low`` to ``high`` in nine of ten cases. ``counted``: whether
    every counter worked in them; if not, some of it is a guess."""


class PastAnswer(Answer, of=Past, hidden={"during"}):
    """A site as it was, by what is known now: late reports count. Lists are in the order of time. ``modes``: by the
    opening hours as they are set now. ``people``: empty where no door had a counter. ``capacity``: how many people the
    rooms hold, if known. ``fires``: each at the edge of its doors; ``orders``: what was ordered and on the door.
    ``alerts_cut``: there were more than these, which are the newest."""

    starts: Starts
    ends: Ends
    modes: list[ModeThen]
    edges: list[EdgeThen]
    doors: list[DoorThen]
    fires: list[FireThen]
    orders: list[OrderThen]
    rooms: RoomsThen
    alerts: list[AlertThen]
    people: list[PeopleThenAnswer]
    capacity: int | None
    now: LocalTime


@router.get("/sites/{site}/past", response_model=PastAnswer)
async def get_past(
    site: SlugPath,
    live: Annotated[Live, service(Live)],
    actor: SeesLive,
    from_: Annotated[str, Query(alias="from", max_length=40, description="A past moment, or a day")],
    to: Annotated[str, Query(max_length=40, description="At most 26 hours after `from`; up to now")],
) -> Response:
    """The site as it was during a past time: doors, people inside, movement, WiFi, values in rooms, alerts, and of
    which times something is not known."""
    now = live.clock.now()
    async with live.database.read() as tx:
        parts = await require_parts(tx, site)
        zone = parts.site.tz
        start, end = read_edge(from_, "from", zone), min(read_edge(to, "to", zone), now)
        if start >= now:
            raise invalid_field("from", "must be in the past")
        if end <= start:
            raise invalid_field("to", "must be after `from`")
        if end - start > _LONGEST:
            raise invalid_field("to", "must be at most 26 hours after `from`")
        during = Interval(start=start, end=end)
        hours = (await live.site_configs.of(tx, site)).hours
        found = await take_past(tx, parts, hours, during, now)
    counting = {each.edge for each in parts.doors if each.counter}
    dark = [gap.during for edge in found.edges if edge.id in counting for gap in edge.gaps]
    people = [
        msgspec.structs.replace(each, counted=each.counted and not any(each.at in gap for gap in dark))
        for each in await live.occupancy.curve(site, during)
    ]

    def spells(door: PastDoor) -> list[DoorSpellAnswer]:
        return [
            answer_of(DoorSpellAnswer, each, zone, faults=[describe(code, part) for code, part in each.faults])
            for each in door.spells
        ]

    return await large_answer(
        lambda: answer_of(
            PastAnswer,
            found,
            zone,
            doors=[answer_of(DoorThen, each, zone, spells=spells(each)) for each in found.doors],
            people=people,
            capacity=capacity(parts),
            now=now,
        )
    )
