"""``hallkeeper occupancy replay`` and ``hallkeeper unusual``: recordings of rooms and doors in, figures with error out.

Both read a file and need no controller; ``hallkeeper occupancy now`` asks it about a building.
"""

import csv
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo, available_timezones

import typer

from controller.occupancy.answers import DeskPoolRead, DeskPools, ElsewhereRead, OccupancyRead, RoomOccupancyRead
from controller.occupancy.recording import KINDS, SEPARATORS, BadRecording, Recording, mapping, read, text_of
from controller.occupancy.replay import Replay
from controller.occupancy.unusual import half_hours, unusual
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, SiteArg, takes_client

app = typer.Typer(add_completion=False, no_args_is_help=True)
unusual_app = typer.Typer(add_completion=False)
_KINDS = "\n\n".join(
    f"{name}: {_kind.about}" + (f" ({', '.join(_kind.units)})" if _kind.units else "") + "."
    for name, _kind in KINDS.items()
)

RecordingFile = Annotated[Path, typer.Argument(help="A CSV file with a heading.", exists=True, dir_okay=False)]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", help="column=kind or column=kind:unit, such as CO2=co2:ppm; once for each column to use."),
]
Zone = Annotated[str, typer.Option(help="Of times without an offset, such as Europe/London.", show_default="UTC")]


@app.callback()
def occupancy() -> None:
    """How many people are in a space, from any of its sensors, and in a building now."""


@app.command(epilog=f"Kinds of columns:\n\n{_KINDS}")
def replay(
    file: RecordingFile,
    capacity: Annotated[int, typer.Option(min=1, max=5000, help="More people than this are never there.")],
    columns: Map = None,
    learn_until: Annotated[
        str, typer.Option(help="Read the truth column up to this time, such as “2026-03-01 00:00”; without it, never.")
    ] = "",
    zone: Zone = "",
) -> None:
    """Write how many people were there at each row of a recording, as CSV: at, people, low, high, occupied, reason.

    Each row knows the rows up to its own, and nothing later. The true number lies in low to high in nine of ten cases.
    Occupied is 1 if people are likelier than nobody. What is set aside or not used is said on standard error.
    """
    recording = open_recording(file, columns or [], zone)
    until = _moment(learn_until, recording) if learn_until else None
    if until and recording.truth() is None:
        fail("--learn-until needs a truth column: --map column=people or --map column=occupied.")
    run = Replay(recording, capacity, until)
    steps = (
        (each.at.isoformat(), each.people, each.low, each.high, int(each.occupied), each.reason) for each in run.steps()
    )
    write_rows(("at", "people", "low", "high", "occupied", "reason"), steps)
    for name, hours in run.off.items():
        say(
            f"{name} is {abs(hours)} hours {'behind' if hours < 0 else 'ahead of'} the others and is not used. "
            "Is it in another zone?"
        )


@app.command()
@takes_client
def now(
    caller: ApiClient,
    site: SiteArg,
    at: Annotated[
        str, typer.Option(help="A past moment in the building's time, such as 2026-11-25T18:00: what was shown then.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """How many people are in a building and in each room, with error, what that rests on and what is not known."""
    query = {"at": at} if at else {}
    found = caller.ask(f"/sites/{site}/occupancy", OccupancyRead, as_json=as_json, **query)
    if found.people is None:
        said = "; ".join(found.missing)
        caller.say(f"Not known: {said}." if said else "Not measured: no door has a counter.")
    else:
        holds = "" if found.capacity is None else f"; the rooms hold {found.capacity}"
        caller.say(f"{found.people} people, {found.low} to {found.high} in nine of ten cases{holds}", "bold")
        for each in found.missing:
            caller.say(f"Uncertain: {each}")
        caller.say(found.rests_on)
    _say_rooms(caller, found)


def _say_rooms(caller: ApiClient, found: OccupancyRead) -> None:
    if found.disagree:
        caller.say(f"Look at the sensors: {found.disagree}.")
    rows = [
        (each.name, each.state if each.people is None else str(each.people), _range(each), _why(each))
        for each in found.rooms
    ]
    if found.elsewhere is not None and any(each.people is not None for each in found.rooms):
        rows.append(("Elsewhere", str(found.elsewhere.people), _range(found.elsewhere), "in no measured room"))
    output.show(caller.console, ("Room", "People", "From to", "By what"), rows)


def _range(place: RoomOccupancyRead | ElsewhereRead) -> str:
    return "" if place.low is None else f"{place.low} to {place.high}"


def _why(room: RoomOccupancyRead) -> str:
    return "; ".join([*([room.rests_on] if room.rests_on else []), *(f"uncertain: {each}" for each in room.missing)])


@app.command()
@takes_client
def desks(caller: ApiClient, site: SiteArg, as_json: AsJson = False) -> None:
    """Touch-down desks now: how many places are booked, at how many somebody is, and how many are free."""
    found = caller.ask(f"/sites/{site}/desks", DeskPools, as_json=as_json)
    rows = [
        (
            each.name,
            str(each.places),
            str(each.booked),
            str(each.arrived),
            _present(each),
            "closed" if each.closed else str(each.free),
        )
        for each in found.items
    ]
    headings = ("Desks", "Places", "Booked", "Of these arrived", "Present", "Free")
    if not output.show(caller.console, headings, rows):
        caller.say("This building has no pool of desks.")


def _present(pool: DeskPoolRead) -> str:
    if pool.present is None:
        return f"not measured: {pool.text}"
    return f"{'at least ' if pool.at_least else ''}{pool.present}, {pool.text}"


@unusual_app.command(epilog=f"Kinds of columns:\n\n{_KINDS}")
def unusual_counts(
    file: RecordingFile,
    per_week: Annotated[
        float, typer.Option(min=0.1, max=100, help="How many may be reported a week when nothing is unusual.")
    ],
    columns: Map = None,
    zone: Zone = "",
) -> None:
    """Write how unusual the counts at a door were, as CSV: start, end, count, expected, strength, for every half hour
    from the second week on. At a strength of 1 or more a half hour is reported.

    Each half hour is held against the weeks before it, and nothing later.
    """
    try:
        rows = half_hours(open_recording(file, columns or [], zone))
    except BadRecording as error:
        fail(str(error))
    found = (
        (
            each.start.isoformat(),
            each.end.isoformat(),
            "" if each.count is None else f"{each.count:g}",
            f"{each.expected:.1f}",
            f"{each.strength:.3f}",
        )
        for each in unusual(rows, per_week)
    )
    if not write_rows(("start", "end", "count", "expected", "strength"), found):
        fail(f"It has {len(rows) // 48} days; what is unusual can be said from the second week on.")


_NAMES = {
    "time": ("time", "timestamp", "date", "datetime", "at"),
    "people": ("people", "occupants", "occupancy_count", "occupant_count"),
    "occupied": ("occupied", "occupancy", "presence"),
    "in": ("in", "entries", "entered"),
    "out": ("out", "exits", "left"),
    "crossings": ("count", "crossings"),
    "devices": ("devices", "clients", "wifi"),
    "pir": ("pir", "motion"),
    "co2": ("co2",),
    "temperature": ("temperature",),
    "humidity": ("humidity",),
    "light": ("light", "illuminance", "lux"),
    "sound": ("sound", "noise"),
}


def open_recording(file: Path, columns: Sequence[str], zone: str) -> Recording:
    """Without ``columns`` those are used whose names say what they are."""
    if zone and zone not in available_timezones():
        fail(f"“{zone}” is no time zone. Write it as Europe/London.")
    try:
        return _told(read(file, mapping(columns or _guessed(file)), ZoneInfo(zone) if zone else None))
    except BadRecording as error:
        fail(str(error))


def _guessed(file: Path) -> list[str]:
    first = "".join(text_of(file).splitlines()[:1])
    separator = max(SEPARATORS, key=first.count)
    names = [name.strip().strip('"') for name in first.split(separator)]
    found = [f"{name}={kind}" for name in names for kind, known in _NAMES.items() if name.lower() in known]
    say("Used: " + ", ".join(found) if found else "No column has a name that says what it is; use --map.")
    return found


def _told(recording: Recording) -> Recording:
    for what, times in recording.aside.items():
        say(f"Set aside: {what}, {times} times.")
    return recording


def _moment(text: str, recording: Recording) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(f"“{text}” is no time. Write it as 2026-03-01 00:00.")
    return moment if moment.tzinfo else moment.replace(tzinfo=recording.moments[0].tzinfo)


def write_rows(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Writes CSV to standard output; answers how many rows."""
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(heading)
    written = 0
    for row in rows:
        out.writerow(row)
        written += 1
    return written


def say(text: str) -> None:
    typer.echo(text, err=True)


def fail(text: str) -> NoReturn:
    say(text)
    raise typer.Exit(2)
