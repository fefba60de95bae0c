"""What a tablet beside a room's door shows, and why it refuses."""

from datetime import datetime

import msgspec

from controller.platform.web.problem import Conflicting, Refused
from edge.wire.interval import Interval


class WrongDoorCode(Refused, kind="wrong-code", title="This code does not work here"):
    """The same for a code that nobody has, one of another time and one of other doors."""

    def __init__(self) -> None:
        super().__init__("this code does not open this room now; look at its number and its time")


class OtherRoom(Conflicting, kind="other-room", title="This code is for another room"):
    def __init__(self, room: str, booked: str, when: str) -> None:
        super().__init__(f"this code is for {booked}, {when}; this is {room}")


class NothingRuns(Conflicting, kind="nothing-runs", title="Nothing can be ended"):
    def __init__(self, room: str) -> None:
        super().__init__(f"no booking with this code is on in {room} now, so there is nothing to end")


class NoGroup(Conflicting, kind="no-group", title="This code belongs to no group"):
    def __init__(self) -> None:
        super().__init__("this code belongs to no group, so nothing can be booked with it here; ask the staff")


class NotHere(Conflicting, kind="not-at-tablet", title="This is not done at the door"):
    """The site's policy lets tablets check in only, or not do this."""

    def __init__(self) -> None:
        super().__init__("this is not done at the door here; use the link in your message, or ask the staff")


class NeedsStaff(Conflicting, kind="needs-staff", title="The staff must agree first"):
    def __init__(self) -> None:
        super().__init__("the staff must agree to this first, so it cannot be booked at the door; ask them")


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A time at which the room is taken. ``starts``, ``ends``: of the booking; ``held``: with its setting up and
    clearing down. ``who``: what may be shown of it, empty for nothing. ``sure``: it is confirmed. ``arrived``: its
    people are known to be there."""

    starts: datetime
    ends: datetime
    held: Interval
    who: str
    sure: bool
    arrived: bool


class Shut(msgspec.Struct, frozen=True, kw_only=True):
    """A time at which the room cannot be booked, and why."""

    during: Interval
    why: str


class RoomView(msgspec.Struct, frozen=True, kw_only=True):
    """A room for the next hours. ``taken`` and ``shut``: by start, past ones left out. ``may_end``, ``may_book``: what
    its site lets be done here with a code."""

    site: str
    zone: str
    space: str
    now: datetime
    may_end: bool
    may_book: bool
    taken: tuple[Taken, ...]
    shut: tuple[Shut, ...]


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A half hour that can be booked. ``longer``: the booking that is on lasts so much longer; otherwise it is a new
    one. ``price``: in words, of all of it."""

    starts: datetime
    ends: datetime
    longer: bool
    price: str


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What was done, as a sentence. ``code``: of a booking that is new, as it is read out; empty otherwise."""

    text: str
    code: str = ""
