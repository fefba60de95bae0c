"""What tablets beside a room's door take and answer."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from controller.platform.web.fields import WITHOUT_CONTROL, Answer, Body, Ends, LocalTime, MomentText, Starts
from controller.screens.room_tablets.model import Done, Offer

Code = Annotated[str, StringConstraints(pattern="^[0-9]{4,10}$")]


class CodeBody(Body):
    """``code``: the digits as they are typed at the door."""

    code: Code


class BookHalfHourBody(CodeBody):
    """``starts``: of the offer; asked for again with the same, nothing more is booked."""

    starts: MomentText


class ReportHereBody(CodeBody):
    """``about``: what the problem is about. ``text``: more of it in words, empty for none."""

    about: Literal["light", "heating", "furniture", "projector", "door", "toilet", "something_else"]
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), WITHOUT_CONTROL] = ""

    @property
    def words(self) -> str:
        kind = self.about.replace("_", " ").capitalize()
        return f"{kind}: {self.text}" if self.text else kind


class TakenAnswer(Answer):
    """``held_from``, ``held_until``: with setting up and clearing down. ``who``: what may be shown of it, empty for
    nothing. ``sure``: it is confirmed. ``arrived``: its people are known to be there."""

    starts: LocalTime
    ends: LocalTime
    held_from: LocalTime
    held_until: LocalTime
    who: str
    sure: bool
    arrived: bool


class ShutAnswer(Answer):
    """The room cannot be booked then, and ``why``."""

    starts: Starts
    ends: Ends
    why: str


class RoomTabletAnswer(Answer):
    """The room for the next 24 hours. ``build``: names the built pages; a page of another build loads itself again.
    ``may_end``, ``may_book``: what the site's policy lets be done with a code, besides checking in."""

    site: str
    zone: str
    space: str
    now: LocalTime
    build: str
    may_end: bool
    may_book: bool
    taken: list[TakenAnswer]
    shut: list[ShutAnswer]


class OfferAnswer(Answer, of=Offer):
    """``longer``: the booking that is on would last so much longer; otherwise it is a new one. ``price``: in words, of
    all of it."""


class DoneAnswer(Answer, of=Done):
    """``text``: what was done. ``code``: of a booking that is new, empty otherwise; it is for who stands there."""

    code: Annotated[str, Field(examples=["482 913"])]
