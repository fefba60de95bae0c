"""``hallkeeper bookings``: list them, decide on what waits for approval, in and out of spreadsheets, over HTTP."""

from datetime import datetime
from typing import Annotated

import msgspec
import typer

from controller import screen
from controller.bookings.sheets import cli as sheets
from controller.bookings.typed import From, To
from controller.caller import SERVER, SET_ASIDE, AsJson, Caller, Refusal, Server, Token, TokenFile

app = typer.Typer(
    help="Bookings: list, approve, decline, in and out of spreadsheets.", no_args_is_help=True, add_completion=False
)
app.add_typer(sheets.app)

Ids = Annotated[list[str], typer.Argument(help="Their ids; `requests` and `list` show them.", metavar="ID...")]
_JSON = "application/json"


class _Reason(msgspec.Struct, frozen=True):
    text: str


class _Offer(msgspec.Struct, frozen=True):
    until: datetime


class _Booking(msgspec.Struct, frozen=True):
    id: str
    site_name: str
    space_name: str
    title: str
    party_name: str | None
    people: int | None
    starts: datetime
    ends: datetime
    status: str
    why: str
    held_until: datetime | None
    offer: _Offer | None = None
    reasons: list[_Reason] = []


class _List(msgspec.Struct, frozen=True):
    items: list[_Booking]


@app.callback()
def bookings() -> None:
    """Bookings: list, approve, decline, in and out of spreadsheets."""


@app.command("list")
def list_bookings(
    site: Annotated[str, typer.Argument(help="The site, such as ramsey.")],
    since: From,
    to: To,
    space: Annotated[str | None, typer.Option(help="Only in this space.")] = None,
    party: Annotated[str | None, typer.Option(help="Only of this party.")] = None,
    status: Annotated[
        list[str] | None, typer.Option(help="Only those that are confirmed, held …; may be given several times.")
    ] = None,
    as_json: AsJson = False,
    server: Server = SERVER,
    token_file: TokenFile = None,
    token: Token = None,
) -> None:
    """List the bookings of SITE that touch a time, at most 62 days of it; cancelled ones too."""
    caller = Caller(server, token_file, token)
    narrowed = {"space": space, "party": party, "status": status}
    asked = {"from": since, "to": to} | {name: value for name, value in narrowed.items() if value}
    answer = caller.get(f"/sites/{site}/bookings", msgspec.Raw, **asked)
    found = caller.answered(answer, _List, as_json=as_json).items
    rows = (
        (each.id, screen.span(each.starts, each.ends), each.space_name, each.title, each.party_name or "", each.status)
        for each in found
    )
    if not screen.show(caller.console, (screen.ID, "When", "Space", "Booking", "Party", "Status"), rows):
        caller.console.print("There are no bookings in that time.")


@app.command()
def requests(
    site: Annotated[str | None, typer.Argument(help="The site; left out, all that you may see.")] = None,
    as_json: AsJson = False,
    server: Server = SERVER,
    token_file: TokenFile = None,
    token: Token = None,
) -> None:
    """List what waits for approval, why it does, and what stands in the way of approving it now."""
    caller = Caller(server, token_file, token)
    answer = caller.pages(f"/sites/{site}/requests" if site else "/requests")
    found = caller.answered(answer, _List, as_json=as_json).items
    rows = (
        (each.id, screen.span(each.starts, each.ends), _where(each), _who(each), _waits(each), _stands(each))
        for each in found
    )
    headings = (screen.ID, "When", "Where", "Booking", "Waits because", "Stands in the way")
    if not screen.show(caller.console, headings, rows):
        caller.console.print("Nothing waits for approval.")


@app.command()
def approve(
    ids: Ids,
    why: Annotated[str, typer.Option(help="What is kept in its story.")] = "",
    overrule: Annotated[
        bool, typer.Option("--overrule", help="Although it takes time that others need to set up or clear down.")
    ] = False,
    server: Server = SERVER,
    token_file: TokenFile = None,
    token: Token = None,
) -> None:
    """Confirm requests. Each is judged anew; what has come between is told, and the others are done.

    Exit code 0 when all are confirmed, 3 when some were refused, 1 when the controller did not answer.
    """
    _decide(Caller(server, token_file, token), ids, "approve", {"why": why, "overrule": overrule})


@app.command()
def decline(
    ids: Ids,
    why: Annotated[str, typer.Option(help="Whoever asked reads it.")],
    server: Server = SERVER,
    token_file: TokenFile = None,
    token: Token = None,
) -> None:
    """Turn requests down; their time is free at once.

    Exit code 0 when all are declined, 3 when some were refused, 1 when the controller did not answer.
    """
    _decide(Caller(server, token_file, token), ids, "decline", {"why": why})


def _decide(caller: Caller, ids: list[str], what: str, body: dict[str, object]) -> None:
    left = False
    for each in ids:
        answer = caller.attempt("POST", f"/bookings/{each}/{what}", msgspec.json.encode(body), _JSON, _Booking)
        if isinstance(answer, Refusal):
            left = True
            caller.say(f"{each}: {answer.detail}", style="red")
        else:
            caller.say(f"{_who(answer)}, {_where(answer)}, {screen.span(answer.starts, answer.ends)}: {answer.status}")
    if left:
        raise typer.Exit(SET_ASIDE)


def _where(booking: _Booking) -> str:
    return f"{booking.space_name}, {booking.site_name}"


def _who(booking: _Booking) -> str:
    of = [booking.party_name] if booking.party_name and booking.party_name != booking.title else []
    many = [] if booking.people is None else [f"{booking.people} people" if booking.people != 1 else "1 person"]
    noted = ", ".join(of + many)
    return f"{booking.title} ({noted})" if noted else booking.title


def _waits(booking: _Booking) -> str:
    if booking.offer:
        return f"on offer until {screen.moment(booking.offer.until)}"
    held = f"kept until {screen.moment(booking.held_until)}" if booking.held_until else ""
    return "; ".join(filter(None, (booking.why, held)))


def _stands(booking: _Booking) -> str:
    return "; ".join(each.text for each in booking.reasons)
