"""``hallkeeper forecast``: a recording of counts in, how many people to expect in each hour of two weeks out.

Reads files and needs no controller.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from controller.forecast.hours import Calendar, forecast, hours
from controller.forecast.special_days import read, with_bank_holidays
from controller.hours.model import Nation
from controller.occupancy.cli import Map, RecordingFile, Zone, fail, open_recording, say, write_rows
from controller.occupancy.recording import BadRecording

app = typer.Typer(add_completion=False)
_LONDON = "Europe/London"


@app.command()
def expected_counts(
    file: RecordingFile,
    days: Annotated[int, typer.Option(min=1, max=14, help="How far ahead.")] = 14,
    columns: Map = None,
    zone: Zone = "",
    closed: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="CSV of days that are not like others, past ones too: first, last, what. What is closed, bank holiday "
            "or school holidays; first and last are dates, or times.",
        ),
    ] = None,
    nation: Annotated[
        Nation | None,
        typer.Option(help="Whose bank holidays are kept.", show_default="england-and-wales in the zone Europe/London"),
    ] = None,
) -> None:
    """Write how many people to expect in each hour after the last that was counted, as CSV: start, end, expected, low,
    high, level, note. The true number lies in low to high in nine of ten cases.

    The recording has counts of people, at most an hour apart, of at least a week; at best two months. An hour without a
    row is unknown, not empty. What is set aside is said on standard error.
    """
    recording = open_recording(file, columns or [], zone)
    local = ZoneInfo(zone or "UTC")
    try:
        calendar = read(closed, local) if closed else Calendar()
        if nation or zone == _LONDON:
            ends = (recording.moments[0], recording.moments[-1] + timedelta(days=days + 1))
            years = range(ends[0].year, ends[1].year + 1)
            calendar = with_bank_holidays(calendar, nation or Nation.ENGLAND_AND_WALES, years)
        found, silent = forecast(hours(recording), local, calendar, days)
    except (BadRecording, ValueError) as error:
        fail(str(error))
    if silent:
        say(f"Set aside: {silent} hours of zeros while people were expected, as a silent counter.")
    write_rows(
        ("start", "end", "expected", "low", "high", "level", "note"),
        (
            (
                each.start.isoformat(),
                each.end.isoformat(),
                f"{each.mean:.1f}",
                each.low,
                each.high,
                each.level,
                each.note,
            )
            for each in found
        ),
    )
