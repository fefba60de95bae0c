"""Times typed at a command, in the API's format. Times without an offset stay so: each site knows its zone."""

from datetime import UTC, timedelta
from typing import Annotated

import typer

from controller.bookings.csv_import.times import read_clock, read_day, read_when, span
from controller.platform.web.fields import Moment


def edge(text: str) -> str:
    """“26/11/2026”, “2026-11-26”, or one of them with a time. Raises ``typer.BadParameter``."""
    try:
        return read_day(text).isoformat()
    except ValueError as error:
        try:
            return _written(read_when(text))
        except ValueError:
            raise typer.BadParameter(str(error)) from error


From = Annotated[
    str, typer.Option("--from", parser=edge, metavar="DAY", help="The first day, such as 26/11/2026, or a time of it.")
]
To = Annotated[str, typer.Option("--to", parser=edge, metavar="DAY", help="The day after the last, or a time of it.")]


def period(when: str, until: str | None, minutes: int | None) -> tuple[str, str]:
    """From “26/11/2026 18:00” until “20:00” or another “27/11/2026 20:00”, or so many minutes on by the clock. An
    ``until`` without a date that is before the start is on the next day. Raises ``typer.BadParameter``."""
    if (until is None) == (minutes is None):
        raise typer.BadParameter("give either --until or --minutes")
    try:
        starts = read_when(when)
        return _written(starts), _written(_later(starts, minutes) if until is None else _end(starts, until))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _end(starts: Moment, until: str) -> Moment:
    try:
        clock = read_clock(until)
    except ValueError:
        return read_when(until)
    if starts.wall is None:
        raise ValueError("where --when has an offset, --until needs its date and offset too")
    return span(starts.wall.date(), read_clock(starts.wall.strftime("%H:%M:%S")), clock)[1]


def _later(starts: Moment, minutes: int | None) -> Moment:
    try:
        by = timedelta(minutes=minutes or 0)
        return Moment(wall=starts.wall and starts.wall + by, instant=starts.instant and starts.instant + by)
    except OverflowError as error:
        raise ValueError(f"{minutes} minutes are more than any calendar has") from error


def _written(moment: Moment) -> str:
    at = moment.wall or moment.instant
    assert at is not None
    return at.isoformat() if moment.wall else at.astimezone(UTC).isoformat()
