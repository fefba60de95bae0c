"""What the waiting list takes and answers."""

from typing import Annotated

from pydantic import Field

from controller.bookings.schemas import BookingCreate
from controller.diary.waits import WaitState
from controller.text import local_time
from controller.waitlist.model import WaitDraft
from controller.waitlist.service import WaitView
from controller.web.fields import Answer, Slug, answer_of


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
    starts: str
    ends: str
    people: int | None
    party: str | None
    state: WaitState
    place: int | None
    booking: str | None
    offered_until: str | None
    made_at: str
    made_by: str


class WaitList(Answer):
    """In order of the waiting list."""

    items: list[WaitRead]


def wait_answer(view: WaitView) -> WaitRead:
    wait, zone = view.wait, view.site.tz
    until = wait.offered_until
    return answer_of(
        WaitRead,
        wait,
        spaces=list(wait.spaces),
        title=wait.asked.title,
        starts=local_time.rfc3339(wait.asked.during.start, zone),
        ends=local_time.rfc3339(wait.asked.during.end, zone),
        people=wait.asked.people,
        party=wait.asked.party,
        place=view.place,
        offered_until=None if until is None else local_time.rfc3339(until, zone),
        made_at=local_time.rfc3339(wait.made_at, zone),
    )
