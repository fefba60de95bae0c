"""``hallkeeper hours``: what a day's hours are and why, the bank holidays, and closing sites, over HTTP."""

from datetime import datetime
from typing import Annotated

import msgspec
import typer

from controller.cli import output
from controller.cli.client import SET_ASIDE, ApiClient, AsJson, takes_client

app = typer.Typer(help="Opening hours, bank holidays, closures.", no_args_is_help=True, add_completion=False)

Site = Annotated[str, typer.Argument(help="The site, such as ramsey.")]


class _Mode(msgspec.Struct, frozen=True):
    starts: datetime
    ends: datetime
    mode: str
    note: str | None


class _Closed(msgspec.Struct, frozen=True):
    starts: datetime
    ends: datetime
    why: str


class _Space(msgspec.Struct, frozen=True):
    name: str
    closed: list[_Closed]


class _Day(msgspec.Struct, frozen=True):
    date: str
    weekday: str
    rule: str
    note: str | None
    season: str | None
    holiday: str | None
    in_term: bool | None
    term: str | None
    modes: list[_Mode]
    spaces: list[_Space]


class _Holiday(msgspec.Struct, frozen=True):
    date: str
    name: str
    rule: str
    modes: list[_Mode]


class _Holidays(msgspec.Struct, frozen=True):
    items: list[_Holiday]


class _Booking(msgspec.Struct, frozen=True):
    title: str
    space: str
    starts: datetime


class _Loss(msgspec.Struct, frozen=True):
    text: str


class _Broken(msgspec.Struct, frozen=True):
    booking: _Booking
    reasons: list[_Loss]


class _Effect(msgspec.Struct, frozen=True):
    bookings: list[_Broken]
    count: int


class _Made(msgspec.Struct, frozen=True):
    """A stored closure; only its id is read."""


class _Closure(msgspec.Struct, frozen=True):
    id: str
    reason: str
    spaces: list[str]
    starts: datetime
    ends: datetime
    actor: str


class _Closures(msgspec.Struct, frozen=True):
    items: list[_Closure]


_FOLLOWS = {"week": "the week", "bank_holiday": "the rule for bank holidays", "date": "an exception for this date"}


@app.callback()
def hours() -> None:
    """Opening hours, bank holidays, closures."""


@app.command()
@takes_client
def show(
    caller: ApiClient,
    site: Site,
    day: Annotated[str, typer.Argument(help="The date, such as 2026-12-25.")],
    as_json: AsJson = False,
) -> None:
    """Show the modes of DAY at SITE, the rules they follow, and when its spaces cannot be booked."""
    found = caller.answered(caller.get(f"/sites/{site}/hours/{day}", msgspec.Raw), _Day, as_json=as_json)
    console = caller.console
    console.print(f"{found.weekday} {found.date} follows {_follows(found)}.", markup=False, highlight=False)
    if found.holiday:
        console.print(f"Bank holiday: {found.holiday}.", markup=False, highlight=False)
    if found.in_term is not None:
        console.print(f"Schools: {found.term or 'not in term'}.", markup=False, highlight=False)
    modes = ((_clock(each.starts), _until(each.ends), each.mode, each.note or "") for each in found.modes)
    output.show(console, ("From", "To", "Mode", "Because"), modes)
    closed = (
        (_clock(each.starts), _until(each.ends), space.name, each.why)
        for space in found.spaces
        for each in space.closed
    )
    output.show(console, ("From", "To", "Space", "Cannot be booked because"), closed)


@app.command("bank-holidays")
@takes_client
def bank_holidays(
    caller: ApiClient,
    site: Site,
    year: Annotated[int | None, typer.Argument(help="The year; this one if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the bank holidays of SITE's nation in YEAR and what each means there."""
    asked = {} if year is None else {"year": str(year)}
    answer = caller.get(f"/sites/{site}/bank-holidays", msgspec.Raw, **asked)
    found = caller.answered(answer, _Holidays, as_json=as_json).items
    rows = ((each.date, each.name, _FOLLOWS[each.rule], _opened(each)) for each in found)
    if not output.show(caller.console, ("Date", "Bank holiday", "Follows", "Open"), rows):
        caller.say("There are no bank holidays in that year.")


@app.command()
@takes_client
def close(
    caller: ApiClient,
    sites: Annotated[list[str], typer.Argument(help="The sites, such as ramsey march.")],
    first: Annotated[str, typer.Option(help="The first closed day, such as 2026-12-24.")],
    last: Annotated[str, typer.Option(help="The last closed day.")],
    reason: Annotated[str, typer.Option(help="What people read.")],
    space: Annotated[list[str] | None, typer.Option(help="Only this space; may be given several times.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show whom it would shut out; write nothing.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Close in spite of bookings; they stay.")] = False,
) -> None:
    """Close SITES, or some of their spaces, for whole days. A site with bookings in that time is left as it is and
    they are listed, unless --anyway.

    Exit code 0 when all were closed, 3 when bookings prevented it somewhere, 1 when a site was refused or the
    controller did not answer.
    """
    body = msgspec.json.encode({"first": first, "last": last, "reason": reason, "spaces": space or []})
    left = False
    for site in sites:
        path = f"/sites/{site}/closures"
        effect = caller.post(path, body, "application/json", _Effect, check="true")
        stands = effect.count > 0 and not anyway
        left = left or stands
        if not dry_run and not stands:
            caller.post(path, body, "application/json", _Made, anyway=str(anyway).lower())
        _told(caller, site, effect, dry_run=dry_run, stands=stands)
    if left:
        raise typer.Exit(SET_ASIDE)


@app.command()
@takes_client
def closures(
    caller: ApiClient,
    site: Site,
    ended: Annotated[bool, typer.Option("--ended", help="With those that are over.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the closures of SITE and of its spaces, in the order they were made."""
    answer = caller.pages(f"/sites/{site}/closures", ended=str(ended).lower())
    found = caller.answered(answer, _Closures, as_json=as_json).items
    rows = (
        (each.id, output.span(each.starts, each.ends), ", ".join(each.spaces) or "all", each.reason, each.actor)
        for each in found
    )
    if not output.show(caller.console, (output.ID, "When", "Spaces", "Reason", "Made by"), rows):
        caller.say("There are no closures.")


@app.command("reopen")
@takes_client
def reopen(
    caller: ApiClient,
    site: Site,
    ids: Annotated[list[str], typer.Argument(help="The closures' ids; `closures` shows them.", metavar="ID...")],
) -> None:
    """Remove closures of SITE. Bookings that they affected are no longer affected.

    Exit code 0 when all were removed, 1 when one was refused or the controller did not answer.
    """
    for each in ids:
        caller.delete(f"/sites/{site}/closures/{each}")
        caller.say(f"{site}: open again, closure {each} was removed")


def _told(caller: ApiClient, site: str, effect: _Effect, *, dry_run: bool, stands: bool) -> None:
    closed = ("would be " if dry_run else "") + ("left as it is" if stands else "closed")
    many = {0: "no booking stands", 1: "1 booking stands"}.get(effect.count, f"{effect.count} bookings stand")
    caller.console.print(f"{site}: {closed}; {many} in that time", markup=False, highlight=False)
    if effect.bookings:
        rows = (
            (
                output.moment(each.booking.starts),
                each.booking.title,
                each.booking.space,
                "; ".join(one.text for one in each.reasons),
            )
            for each in effect.bookings
        )
        output.show(caller.console, ("When", "Booking", "Space", "Because"), rows)
    if effect.count and not dry_run and not stands:
        caller.say(f"Move, cancel or keep them: hallkeeper bookings affected list {site}")


def _opened(holiday: _Holiday) -> str:
    opened = (f"{_clock(one.starts)} to {_until(one.ends)} {one.mode}" for one in holiday.modes if one.mode != "closed")
    return ", ".join(opened) or "closed"


def _follows(day: _Day) -> str:
    follows = f"the season “{day.season}”" if day.rule == "week" and day.season else _FOLLOWS[day.rule]
    return f"{follows} ({day.note})" if day.rule == "date" and day.note else follows


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def _until(moment: datetime) -> str:
    """The end of a time inside a day; its midnight is written as the end of that day."""
    return "24:00" if (moment.hour, moment.minute) == (0, 0) else _clock(moment)
