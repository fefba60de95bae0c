"""``hallkeeper forecast``: a recording of counts in, how many people to expect in each hour of two weeks out.

Reads files and needs no controller; with ``--site`` it asks the controller about a site's own counts.
"""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from controller.hours.model import Nation
from controller.occupancy.cli import Map, Zone, fail, open_recording, say, write_rows
from controller.occupancy.forecast.answers import ForecastRead
from controller.occupancy.forecast.hours import Calendar, ExpectedHour, forecast, hours
from controller.occupancy.forecast.special_days import read, with_bank_holidays
from controller.occupancy.recording import BadRecording
from controller.platform.cli.client import SERVER, ApiClient, Server, Token, TokenFile

app = typer.Typer(add_completion=False)
_LONDON = "Europe/London"
_COLUMNS = ("start", "end", "expected", "low", "high", "level", "note")


@app.command()
def expected_counts(
    file: Annotated[
        Path | None,
        typer.Argument(help="A CSV file with a heading; or none, and --site.", exists=True, dir_okay=False),
    ] = None,
    site: Annotated[
        str, typer.Option(help="Ask the controller about this site, by the counts, hours and closures that it has.")
    ] = "",
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
    server: Server = SERVER,
    token_file: TokenFile = None,
    token: Token = None,
) -> None:
    """Write how many people to expect in each hour after the last that was counted, or of a site from now on, as CSV:
    start, end, expected, low, high, level, note. The true number lies in low to high in nine of ten cases.

    The recording has counts of people, at most an hour apart, of at least a week; at best two months. An hour without a
    row is unknown, not empty. What is set aside is said on standard error.
    """
    if (file is None) is not bool(site):
        raise typer.BadParameter("give a file, or --site")
    if file is None:
        if columns or zone or closed or nation:
            raise typer.BadParameter("--map, --zone, --closed and --nation go with a file; a site has its own")
        _of_site(ApiClient(server, token_file, token), site, days)
        return
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
    _say_silent(silent)
    write_rows(_COLUMNS, _rows(found))


def _of_site(caller: ApiClient, site: str, days: int) -> None:
    found = caller.get(f"/sites/{site}/forecast", ForecastRead, days=str(days))
    if found.why_none:
        fail(f"{found.why_none} Whole hours were counted on {found.counted_days} days.")
    _say_silent(found.silent_hours)
    if found.left_out:
        say(f"Left out, since a counter has not worked there for a week: {', '.join(found.left_out)}.")
    write_rows(
        _COLUMNS,
        ((each.starts, each.ends, each.expected, each.low, each.high, each.level, each.note) for each in found.items),
    )


def _say_silent(hours: int) -> None:
    if hours:
        say(f"Set aside: {hours} hours of zeros while people were expected, as a silent counter.")


def _rows(found: Iterable[ExpectedHour]) -> Iterable[tuple[object, ...]]:
    for each in found:
        ends = (each.start.isoformat(), each.end.isoformat())
        yield (*ends, f"{each.mean:.1f}", each.low, each.high, each.level, each.note)
