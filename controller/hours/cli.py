"""``hallkeeper hours``: what a day's hours are and why, the bank holidays, and closing sites, over HTTP."""

from typing import Annotated

import msgspec
import typer

from controller.hours.answers import (
    BankHolidayAnswer,
    BankHolidaysAnswer,
    ClosureAnswer,
    ClosurePage,
    DayAnswer,
    HoursEffectAnswer,
)
from controller.platform.cli import output
from controller.platform.cli.client import SET_ASIDE, ApiClient, AsJson, SiteArg, command_group, takes_client
from edge.wire.plan import Mode

app = command_group("Opening hours, bank holidays, closures.")


_FOLLOWS = {"week": "the week", "bank_holiday": "the rule for bank holidays", "date": "an exception for this date"}


@app.command()
@takes_client
def show(
    caller: ApiClient,
    site: SiteArg,
    day: Annotated[str, typer.Argument(help="The date, such as 2026-12-25.")],
    as_json: AsJson = False,
) -> None:
    """Show the modes of DAY at SITE, the rules they follow, and when its spaces cannot be booked."""
    found = caller.ask(f"/sites/{site}/hours/{day}", DayAnswer, as_json=as_json)
    console = caller.console
    console.print(f"{found.weekday} {found.date} follows {_follows(found)}.", markup=False, highlight=False)
    if found.holiday:
        console.print(f"Bank holiday: {found.holiday}.", markup=False, highlight=False)
    if found.in_term is not None:
        console.print(f"Schools: {found.term or 'not in term'}.", markup=False, highlight=False)
    modes = ((output.clock(each.starts), _until(each.ends), each.mode, each.note or "") for each in found.modes)
    output.show(console, ("From", "To", "Mode", "Because"), modes)
    closed = (
        (output.clock(each.starts), _until(each.ends), space.name, each.why)
        for space in found.spaces
        for each in space.closed
    )
    output.show(console, ("From", "To", "Space", "Cannot be booked because"), closed)


@app.command("bank-holidays")
@takes_client
def bank_holidays(
    caller: ApiClient,
    site: SiteArg,
    year: Annotated[int | None, typer.Argument(help="The year; this one if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the bank holidays of SITE's nation in YEAR and what each means there."""
    asked = {} if year is None else {"year": str(year)}
    found = caller.ask(f"/sites/{site}/bank-holidays", BankHolidaysAnswer, as_json=as_json, **asked).items
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
    reason: Annotated[str, typer.Option(help="Why; who booked reads it, unless there are public words.")],
    public_words: Annotated[str, typer.Option(help="What everybody reads instead, such as “floor works”.")] = "",
    space: Annotated[list[str] | None, typer.Option(help="Only this space; may be given several times.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show whom it would shut out; write nothing.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Close in spite of bookings; they stay.")] = False,
) -> None:
    """Close SITES, or some of their spaces, for whole days. A site with bookings in that time is left as it is and
    they are listed, unless --anyway.

    Exit code 0 when all were closed, 3 when bookings prevented it somewhere, 1 when a site was refused or the
    controller did not answer.
    """
    asked = {"first": first, "last": last, "reason": reason, "public_words": public_words, "spaces": space or []}
    body = msgspec.json.encode(asked)
    left = False
    for site in sites:
        path = f"/sites/{site}/closures"
        effect = caller.post(path, body, "application/json", HoursEffectAnswer, check="true")
        blocked = effect.count > 0 and not anyway
        left = left or blocked
        if not dry_run and not blocked:
            caller.post(path, body, "application/json", ClosureAnswer, anyway=str(anyway).lower())
        _report(caller, site, effect, dry_run=dry_run, blocked=blocked)
    if left:
        raise typer.Exit(SET_ASIDE)


@app.command()
@takes_client
def closures(
    caller: ApiClient,
    site: SiteArg,
    ended: Annotated[bool, typer.Option("--ended", help="With those that are over.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the closures of SITE and of its spaces, in the order they were made."""
    answer = caller.pages(f"/sites/{site}/closures", ended=str(ended).lower())
    found = caller.answered(answer, ClosurePage, as_json=as_json).items
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
    site: SiteArg,
    ids: Annotated[list[str], typer.Argument(help="The closures' ids; `closures` shows them.", metavar="ID...")],
) -> None:
    """Remove closures of SITE. Bookings that they affected are no longer affected.

    Exit code 0 when all were removed, 1 when one was refused or the controller did not answer.
    """
    for each in ids:
        caller.delete(f"/sites/{site}/closures/{each}")
        caller.say(f"{site}: open again, closure {each} was removed")


def _report(caller: ApiClient, site: str, effect: HoursEffectAnswer, *, dry_run: bool, blocked: bool) -> None:
    closed = ("would be " if dry_run else "") + ("left as it is" if blocked else "closed")
    many = {0: "no booking is", 1: "1 booking is"}.get(effect.count, f"{effect.count} bookings are")
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
    if effect.count and not dry_run and not blocked:
        caller.say(f"Move, cancel or keep them: hallkeeper bookings affected list {site}")


def _opened(holiday: BankHolidayAnswer) -> str:
    modes = (one for one in holiday.modes if one.mode is not Mode.CLOSED)
    opened = (f"{output.clock(one.starts)} to {_until(one.ends)} {one.mode}" for one in modes)
    return ", ".join(opened) or "closed"


def _follows(day: DayAnswer) -> str:
    follows = f"the season “{day.season}”" if day.rule == "week" and day.season else _FOLLOWS[day.rule]
    return f"{follows} ({day.note})" if day.rule == "date" and day.note else follows


def _until(moment: str) -> str:
    """The end of a time inside a day; its midnight is written as the end of that day."""
    clock = output.clock(moment)
    return "24:00" if clock == "00:00" else clock
