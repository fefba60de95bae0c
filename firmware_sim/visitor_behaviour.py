"""What people do at a building, as processes on the world's timeline."""

import random
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from firmware_sim import beam_crossing
from firmware_sim.beam_crossing import Passage
from firmware_sim.ground_truth import TrueCrossing, TypedCode, Way
from firmware_sim.simulated_door import SimulatedDoor
from firmware_sim.timeline import Act, Process

GRACE_S = 20.0
"""How long somebody tries a locked door before they leave."""
REACT_S = 6.0
"""How long somebody waits for the lock after the last key."""


class GroupVisit(msgspec.Struct, frozen=True, kw_only=True):
    """A group with a booking: ``people`` come to ``door`` for ``starts`` and know the ``code``."""

    id: str
    door: str
    code: str
    people: int
    starts: datetime
    ends: datetime

    @property
    def habit(self) -> str:
        """What the group's behaviour is drawn from; the id is new in every database."""
        return f"{self.door}/{self.starts.isoformat()}/{self.people}"


class SitePlaces(Protocol):
    """The interface of a site that people use."""

    @property
    def now(self) -> datetime: ...

    @property
    def fire(self) -> bool: ...

    def doorway(self, door: str) -> SimulatedDoor: ...

    def holds(self, who: str) -> bool:
        """Whether somebody is inside."""
        ...

    def entered(self, zone: str, who: str, *, devices: int) -> None: ...

    def left(self, zone: str, who: str) -> None: ...

    def log_crossing(self, door: str, who: str, way: Way, started: float, ended: float) -> None: ...

    def log_typed(self, typed: TypedCode) -> None: ...

    def log_locked_in(self, crossing: TrueCrossing) -> None: ...

    def log_turned_away(self) -> None: ...

    @property
    def id(self) -> str: ...

    def after(self, moment: datetime) -> float:
        """Seconds from now until ``moment``; 0 if it has passed."""
        ...


def come_in(place: SitePlaces, door: str, who: str, rng: random.Random, *, devices: int = 0) -> Act:
    """Walk in by a door that is open or released; whether they are in. Nobody enters during a fire."""
    doorway = place.doorway(door)
    if place.fire or not doorway.open_from_outside():
        return False
    yield rng.uniform(0.6, 1.4)
    started, ended = doorway.walk(beam_crossing.walk_in(rng), rng)
    yield max(0.0, ended - doorway.tick)
    place.log_crossing(door, who, Way.IN, started, ended)
    place.entered(doorway.facts.zone, who, devices=devices)
    return True


def go_out(place: SitePlaces, door: str, who: str, rng: random.Random) -> Act:
    """Leave by a door; whether it opened. If not, somebody is locked in, which is logged.
    Nothing for who has left already, such as in a fire."""
    if not place.holds(who):
        return True
    doorway = place.doorway(door)
    yield from doorway.open_from_inside(rng)
    if not doorway.is_open:
        now = place.now
        place.log_locked_in(TrueCrossing(who=who, site=place.id, door=door, way=Way.OUT, started=now, ended=now))
        return False
    started, ended = doorway.walk(beam_crossing.walk_out(rng), rng)
    yield max(0.0, ended - doorway.tick)
    place.log_crossing(door, who, Way.OUT, started, ended)
    place.left(doorway.facts.zone, who)
    return True


def think_again(place: SitePlaces, door: str, who: str, rng: random.Random) -> Act:
    """Enter the doorway and turn back; whether the door was open."""
    doorway = place.doorway(door)
    if not doorway.open_from_outside():
        return False
    yield rng.uniform(0.6, 1.4)
    walk: Passage = beam_crossing.turn_back(rng)
    started, ended = doorway.walk(walk, rng)
    yield max(0.0, ended - doorway.tick)
    place.log_crossing(door, who, Way.BACK, started, ended)
    return True


def type_code(place: SitePlaces, door: str, code: str, who: str, rng: random.Random) -> Act:
    """Type ``code`` and watch the lock; whether it released."""
    doorway = place.doorway(door)
    while not doorway.enterable and doorway.keypad_busy_s > 0:
        # Somebody else is typing; perhaps that is enough.
        yield doorway.wait_released(doorway.keypad_busy_s)
    if doorway.enterable:
        return True
    at = place.now
    last = doorway.type_keys(code, rng)
    yield max(0.0, last - doorway.tick)
    if not doorway.enterable:
        yield doorway.wait_released(REACT_S)
    opened = doorway.enterable
    place.log_typed(TypedCode(site=place.id, door=door, who=who, at=at, opened=opened))
    return opened


def visit(place: SitePlaces, door: str, who: str, rng: random.Random, *, leave_by: datetime, devices: int) -> Process:
    """Visit an open building, stay for a time, leave before it closes. One in 25 turns back in the doorway."""
    doorway = place.doorway(door)
    if not doorway.enterable:
        yield doorway.wait_released(GRACE_S)
        if not doorway.enterable:
            place.log_turned_away()
            return
    if rng.random() < 0.04:
        yield from think_again(place, door, who, rng)
        return
    if not (yield from come_in(place, door, who, rng, devices=devices)):
        place.log_turned_away()
        return
    stay = rng.expovariate(1 / (28 * 60)) + 120
    yield min(stay, place.after(leave_by - timedelta(seconds=rng.uniform(0, 420))))
    yield from go_out(place, door, who, rng)


def attend(place: SitePlaces, party: GroupVisit, member: int, rng: random.Random, *, devices: int) -> Process:
    """One member of a group: types the code if the door is locked, comes in, stays for the session, leaves."""
    who = f"{party.id}/{member}"
    doorway = place.doorway(party.door)
    if member == 0:
        # The first types the code even where the door is free: it is how the group says that it is there.
        doorway.type_keys(party.code, rng)
        yield doorway.keypad_busy_s
    for attempt in range(3):
        if not doorway.enterable:
            yield from type_code(place, party.door, party.code, who, rng)
        if (yield from come_in(place, party.door, who, rng, devices=devices)):
            break
        yield rng.uniform(8, 15) * (attempt + 1)
    else:
        place.log_turned_away()
        return
    yield place.after(party.ends + timedelta(seconds=rng.uniform(-240, 420)))
    yield from go_out(place, party.door, who, rng)


def go_home(place: SitePlaces, door: str, who: str, rng: random.Random, *, within_s: float) -> Process:
    """Somebody who is inside already leaves some time in the next ``within_s``."""
    yield rng.uniform(10, within_s)
    yield from go_out(place, door, who, rng)
