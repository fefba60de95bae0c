"""What the waiting list takes and answers."""

from typing import Annotated

from pydantic import Field

from controller.bookings.schemas import BookingCreate
from controller.diary.waits import WaitState
from controller.waitlist.model import WaitDraft
from controller.waitlist.service import WaitView
from controller.web.fields import Answer, LocalTime, Slug, answer_of


class WaitCreate(BookingCreate):
    """The requested booking. ``also``: other acceptable spaces, the best first."""

    also: Annotated[list[Slug], Field(max_length=20, default_factory=list)]

    def wait(self) -> WaitDraft:
        return WaitDraft(request=self.draft(), also=tuple(self.also))


class WaitRead(Answer):
    """``place``: 1 for the next among those who want some of the same time in some of the same rooms, null for somebody
    who does not wait. ``booking``: the hold that is, or was last, on offer; accept it by ``offered_until``."""

    id: str
    site: str
    spaces: list[str]
    title: str
    starts: LocalTime
    ends: LocalTime
    people: int | None
    party: str | None
    state: WaitState
    place: int | None
    booking: str | None
    offered_until: LocalTime | None
    made_at: LocalTime
    made_by: str


class WaitList(Answer):
    """In order of the waiting list."""

    items: list[WaitRead]


def wait_answer(view: WaitView) -> WaitRead:
    asked = view.wait.asked
    return answer_of(
        WaitRead,
        view.wait,
        view.site.tz,
        title=asked.title,
        starts=asked.during.start,
        ends=asked.during.end,
        people=asked.people,
        party=asked.party,
        place=view.place,
    )
