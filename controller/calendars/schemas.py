"""What an import answers. Times carry the site's offset."""

from controller.bookings.errors import conflicts
from controller.calendars.expand import EventOccurrence
from controller.calendars.model import CalendarImportResult, ImportResult
from controller.text import local_time
from controller.web.fields import Answer
from controller.web.problem import Conflict


class CalendarEventAnswer(Answer):
    """``line``: where the event begins in the file, from 1."""

    line: int
    uid: str
    title: str
    starts: str
    ends: str


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
    why: str


class VanishedEvent(Answer):
    """A booking to come whose event is no longer in the calendar. ``cancelled``: whether it goes too."""

    uid: str
    booking: str
    title: str
    starts: str
    ends: str
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
    until: str
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
    last = f"{local_time.wall(outcome.until, zone):%-d %B %Y}"

    def event(each: EventOccurrence) -> dict[str, str | int]:
        return {
            "line": each.line,
            "uid": each.uid,
            "title": each.title,
            "starts": local_time.rfc3339(each.starts, zone),
            "ends": local_time.rfc3339(each.ends, zone),
        }

    return ImportAnswer(
        preview=preview,
        until=local_time.rfc3339(outcome.until, zone),
        imported=[
            ImportedEvent.model_validate(event(each.occurrence) | {"booking": each.booking, "how": each.how})
            for each in sorted(outcome.taken, key=lambda taken: (taken.occurrence.starts, taken.occurrence.line))
        ],
        unchanged=outcome.unchanged,
        past=outcome.past,
        goes_on=[
            EndlessSeries(line=each.line, uid=each.uid, title=each.title, text=f"goes on; booked until {last}")
            for each in outcome.goes_on
        ],
        refused=[
            RefusedEvent(line=fault.line, uid=fault.uid, why=fault.reason)
            for fault in sorted(outcome.faults, key=lambda fault: fault.line)
        ],
        clashes=[
            ClashingEvent.model_validate(
                event(each.occurrence)
                | {"conflicts": conflicts(each.conflicts, zone), "text": each.text, "booking": each.booking}
            )
            for each in outcome.clashes
        ],
        vanished=[
            VanishedEvent(
                uid=each.uid,
                booking=each.booking.id,
                title=each.booking.title,
                starts=local_time.rfc3339(each.booking.starts, zone),
                ends=local_time.rfc3339(each.booking.ends, zone),
                cancelled=each.cancelled,
            )
            for each in outcome.gone
        ],
        whole=outcome.whole,
    )
