"""What an import answers. Times carry the site's offset."""

from pydantic import AliasChoices, Field

from controller.bookings.errors import conflicts
from controller.calendars.model import CalendarImportResult, ImportResult
from controller.platform.text import local_time
from controller.platform.web.fields import Answer, LocalTime, answer_of
from controller.platform.web.problem import Conflict


class CalendarEventAnswer(Answer):
    """``line``: where the event begins in the file, from 1."""

    line: int
    uid: str
    title: str
    starts: LocalTime
    ends: LocalTime


class ImportedEvent(CalendarEventAnswer):
    """``booking`` is null in a preview of a new one. ``how``: new, or following a file that has changed."""

    booking: str | None
    how: ImportResult


class ClashingEvent(CalendarEventAnswer):
    """Not imported, because the time is taken or cannot be booked; ``text`` says why. A conflict without id is another
    event of the same file. ``booking``: the one that stays where it was."""

    text: str
    conflicts: list[Conflict]
    booking: str | None


class RefusedEvent(Answer):
    """Not imported, and why. One event may be listed twice, for two of its dates."""

    line: int
    uid: str | None
    why: str = Field(validation_alias=AliasChoices("why", "reason"))


class VanishedEvent(Answer):
    """A booking to come whose event is no longer in the calendar. ``cancelled``: whether it goes too."""

    uid: str
    booking: str
    title: str
    starts: LocalTime
    ends: LocalTime
    cancelled: bool


class EndlessSeries(Answer):
    """A series that has no end, or one later than what is booked of it; ``text`` says until when that is."""

    line: int
    uid: str
    title: str
    text: str


class ImportAnswer(Answer):
    """``until``: how far ahead series were looked at; those with more dates then are in ``goes_on``. ``past``:
    occurrences left out because they are over. ``whole``: false where the file seems cut short; then nothing counts as
    vanished."""

    preview: bool
    until: LocalTime
    imported: list[ImportedEvent]
    unchanged: int
    past: int
    goes_on: list[EndlessSeries]
    refused: list[RefusedEvent]
    clashes: list[ClashingEvent]
    vanished: list[VanishedEvent]
    whole: bool


def import_answer(outcome: CalendarImportResult, *, preview: bool) -> ImportAnswer:
    zone = outcome.site.tz
    goes_on = f"goes on; booked until {local_time.wall(outcome.until, zone):%-d %B %Y}"
    return answer_of(
        ImportAnswer,
        outcome,
        zone,
        preview=preview,
        imported=[
            answer_of(ImportedEvent, each.occurrence, zone, booking=each.booking, how=each.how)
            for each in sorted(outcome.taken, key=lambda taken: (taken.occurrence.starts, taken.occurrence.line))
        ],
        goes_on=[answer_of(EndlessSeries, each, text=goes_on) for each in outcome.goes_on],
        refused=sorted(outcome.faults, key=lambda fault: fault.line),
        clashes=[
            answer_of(
                ClashingEvent,
                each.occurrence,
                zone,
                conflicts=conflicts(each.conflicts, zone),
                text=each.text,
                booking=each.booking,
            )
            for each in outcome.clashes
        ],
        vanished=[
            answer_of(
                VanishedEvent,
                each.booking,
                zone,
                uid=each.uid,
                booking=each.booking.id,
                cancelled=each.cancelled,
            )
            for each in outcome.gone
        ],
    )
