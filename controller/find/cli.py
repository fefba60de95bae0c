"""``hallkeeper find`` and ``hallkeeper free``: find a space for a booking or a series, over HTTP."""

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
import typer

from controller.bookings.cli_times import From, To, period
from controller.find.answers import FoundSeriesAnswer, FreeAnswer, FreeSpaceAnswer, SearchAnswer
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, SiteArg, takes_client

find_app = typer.Typer(add_completion=False)
free_app = typer.Typer(add_completion=False)

People = Annotated[int | None, typer.Option(help="How many come.")]
Layout = Annotated[str | None, typer.Option(help="How it must be furnished, such as theatre.")]
StepFree = Annotated[bool, typer.Option("--step-free", help="Only without steps.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Only quiet spaces.")]
Amenity = Annotated[list[str] | None, typer.Option(help="What it must have; may be given several times.")]
Equipment = Annotated[
    list[str] | None, typer.Option(help="Such as projector, or chair:30 for thirty; may be given several times.")
]
_UNFIT = ("Space", "Does not fit because it")


@find_app.command()
@takes_client
def find(
    caller: ApiClient,
    when: Annotated[str, typer.Option(help="When it begins, such as “26/11/2026 18:00”; each site's own time.")],
    until: Annotated[str | None, typer.Option(help="When it ends, such as 20:00.")] = None,
    minutes: Annotated[int | None, typer.Option(help="How long it is by the clock, instead of --until.")] = None,
    people: People = None,
    layout: Layout = None,
    step_free: StepFree = False,
    quiet: Quiet = False,
    amenity: Amenity = None,
    equipment: Equipment = None,
    party: Annotated[str | None, typer.Option(help="For whom; their quotas and priority apply.")] = None,
    near: Annotated[
        str | None, typer.Option(help="A site or a place, such as ramsey or 52.45,-0.11, that distances count from.")
    ] = None,
    miles: Annotated[float | None, typer.Option(help="How far away at most, in miles.")] = None,
    site: Annotated[list[str] | None, typer.Option(help="Only there; may be given several times.")] = None,
    move: Annotated[int | None, typer.Option(help="How many minutes earlier or later is acceptable.")] = None,
    days: Annotated[int | None, typer.Option(help="How many days later is acceptable as well.")] = None,
    rule: Annotated[
        str | None, typer.Option(help="For a series: how it repeats, such as “FREQ=MONTHLY;BYDAY=1TU;COUNT=10”.")
    ] = None,
    weeks: Annotated[int | None, typer.Option(help="For a series: weekly, for this many weeks.")] = None,
    term_only: Annotated[bool, typer.Option("--term-only", help="For a series: in school terms only.")] = False,
    skip_holidays: Annotated[bool, typer.Option("--skip-holidays", help="For a series: no bank holidays.")] = False,
    limit: Annotated[int, typer.Option(help="How many spaces to show at most.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Find a space for a booking, the best first; with --rule or --weeks for a whole series: the space that takes most
    of its dates first, and which it does not take and why."""
    starts, ends = period(when, until, minutes)
    body: dict[str, Any] = {
        "people": people,
        "layout": layout,
        "step_free": step_free,
        "quiet": quiet,
        "amenities": amenity or [],
        "equipment": _counted(equipment or []),
        "party": party,
        "within_miles": miles,
        "sites": site,
        "limit": limit,
        **_place(near),
    }
    series = {"rule": rule, "weeks": weeks, "term_only": term_only, "skip_holidays": skip_holidays}
    single = {"move_min": move, "days": days}
    if rule is not None or weeks is not None:
        _only(single, "not for a series: leave out --rule and --weeks, or these")
        body |= {"first_starts": starts, "first_ends": ends} | _given(series)
        result = caller.answered(_asked(caller, "/find/series", body), FoundSeriesAnswer, as_json=as_json)
        _show_series(caller, result)
        return
    _only(series, "for a series only: give --rule or --weeks")
    body |= {"starts": starts, "ends": ends} | _given(single)
    _show_found(caller, caller.answered(_asked(caller, "/find", body), SearchAnswer, as_json=as_json))


@free_app.command()
@takes_client
def free(
    caller: ApiClient,
    site: SiteArg,
    since: From,
    to: To,
    minutes: Annotated[int | None, typer.Option(help="Only times of at least this many minutes.")] = None,
    people: People = None,
    layout: Layout = None,
    step_free: StepFree = False,
    quiet: Quiet = False,
    amenity: Amenity = None,
    equipment: Equipment = None,
    space: Annotated[list[str] | None, typer.Option(help="Only this space; may be given several times.")] = None,
    as_json: AsJson = False,
) -> None:
    """List when the spaces of SITE are free, at most 8 weeks of it, and which spaces do not fit and why."""
    asked: dict[str, Any] = {
        "from": since,
        "to": to,
        "minutes": minutes,
        "people": people,
        "layout": layout,
        "step_free": step_free,
        "quiet": quiet,
        "amenities": amenity,
        "equipment": equipment,
        "space": space,
    }
    params = {name: value if isinstance(value, list) else _word(value) for name, value in _given(asked).items()}
    result = caller.ask(f"/sites/{site}/free", FreeAnswer, as_json=as_json, **params)
    if not result.why:
        output.show(caller.console, ("Space", "Holds", "Free", "Places"), _free_rows(result.spaces))
    output.show(caller.console, _UNFIT, ((each.name, ", ".join(each.why)) for each in result.unfit))
    if result.why:
        caller.say(result.why)


def _asked(caller: ApiClient, path: str, body: dict[str, Any]) -> msgspec.Raw:
    return caller.post(path, msgspec.json.encode(_given(body)), "application/json", msgspec.Raw)


def _show_found(caller: ApiClient, found: SearchAnswer) -> None:
    rows = ((each.site, each.space, each.layout or "", each.text, each.approval) for each in found.items)
    output.show(caller.console, ("Site", "Space", "Layout", "Which is", "Needs approval because"), rows)
    if found.why:
        caller.say(found.why)


def _show_series(caller: ApiClient, found: FoundSeriesAnswer) -> None:
    rows = ((each.site, each.space, each.layout or "", each.text, str(each.approval or "")) for each in found.items)
    output.show(caller.console, ("Site", "Space", "Layout", "Which is", "Dates to be approved"), rows)
    missing = (
        (each.site, each.space, output.span(one.starts, one.ends), one.text)
        for each in found.items
        for one in each.missing
    )
    output.show(caller.console, ("Site", "Space", "Does not take", "Because"), missing)
    output.show(caller.console, ("Takes place nowhere", "Because"), ((each.date, each.text) for each in found.out))
    if found.why:
        caller.say(found.why)


def _free_rows(spaces: Iterable[FreeSpaceAnswer]) -> Iterable[tuple[str, str, str, str]]:
    """The name of a space in its first line only."""
    for space in spaces:
        name = f"{space.name} as “{space.layout_name}”" if space.layout_name else space.name
        first = name, "" if space.holds is None else str(space.holds)
        if not space.free:
            yield *first, "at no time", ""
        for number, each in enumerate(space.free):
            seats = "" if each.seats is None else str(each.seats)
            yield *(first if number == 0 else ("", "")), output.span(each.starts, each.ends), seats


def _place(near: str | None) -> dict[str, object]:
    """What distances count from. Raises ``typer.BadParameter``."""
    if near is None or "," not in near:
        return {"near": near}
    try:
        latitude, longitude = map(float, near.split(","))
    except ValueError as error:
        raise typer.BadParameter(f"{near!r} is not a place; write latitude,longitude like 52.45,-0.11") from error
    return {"latitude": latitude, "longitude": longitude}


def _counted(equipment: list[str]) -> dict[str, int]:
    """How many of each. Raises ``typer.BadParameter``."""
    found: dict[str, int] = {}
    for each in equipment:
        name, colon, count = each.partition(":")
        if colon and not (count.isascii() and count.isdigit()):
            raise typer.BadParameter(f"{each!r} must be like projector, or chair:30 for thirty of them")
        found[name] = found.get(name, 0) + int(count or 1)
    return found


def _given(options: dict[str, Any]) -> dict[str, Any]:
    """Those that were given."""
    return {name: value for name, value in options.items() if value is not None and value is not False and value != []}


def _only(options: dict[str, Any], why: str) -> None:
    if given := _given(options):
        named = ", ".join(f"--{name.removesuffix('_min').replace('_', '-')}" for name in given)
        raise typer.BadParameter(f"{named}: {why}")


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
