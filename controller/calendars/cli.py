"""``hallkeeper calendar``: diaries of other programs brought in over HTTP, as anybody could."""

import os
from pathlib import Path
from typing import Annotated

import httpx
import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

app = typer.Typer(help="Bring in diaries of other programs.", no_args_is_help=True)

_TIMEOUT_S = 120.0
_TOKEN = "HALLKEEPER_TOKEN"  # noqa: S105  # the variable's name


class _Event(msgspec.Struct, frozen=True):
    title: str
    starts: str
    ends: str
    how: str = ""


class _Clash(msgspec.Struct, frozen=True):
    line: int
    title: str
    starts: str
    text: str


class _Gone(msgspec.Struct, frozen=True):
    title: str
    starts: str
    cancelled: bool


class _Refused(msgspec.Struct, frozen=True):
    line: int
    reason: str


class _Answer(msgspec.Struct, frozen=True):
    imported: list[_Event]
    unchanged: int
    past: int
    refused: list[_Refused]
    clashes: list[_Clash]
    vanished: list[_Gone]


class _Problem(msgspec.Struct, frozen=True):
    detail: str


@app.callback()
def calendar() -> None:
    """Bring in diaries of other programs."""


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="An iCalendar file (.ics).", exists=True, dir_okay=False)],
    site: Annotated[str, typer.Option(help="The site, such as ramsey.")],
    space: Annotated[str, typer.Option(help="The space that the events take place in.")],
    server: Annotated[str, typer.Option(help="The controller's address.")] = "http://127.0.0.1:8080",
    token_file: Annotated[
        Path | None, typer.Option(help=f"A file with a session's token; else ${_TOKEN}.", dir_okay=False)
    ] = None,
    token: Annotated[str | None, typer.Option(help="The token itself; others on this machine may see it.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Say what would happen; write nothing.")] = False,
    calendar: Annotated[str, typer.Option(help="Which calendar it is, if several go into the space.")] = "",
    party: Annotated[str, typer.Option(help="Whose bookings its events become, such as choir.")] = "",
    cancel_vanished: Annotated[
        bool, typer.Option("--cancel-vanished", help="Cancel what an earlier import booked and is not in FILE.")
    ] = False,
) -> None:
    """Import FILE. What is sound is booked, the rest is listed by line and reason.

    Bookings of an earlier import whose events are no longer in FILE are listed too.

    Exit code 0 when the file was taken, 1 when it was refused as a whole or the controller did not answer.
    """
    secret = token or (token_file.read_text().strip() if token_file else os.environ.get(_TOKEN, ""))
    console = Console()
    if not secret:
        raise typer.BadParameter(f"sign in and give the token by --token-file or ${_TOKEN}")
    try:
        response = httpx.post(
            f"{server.rstrip('/')}/api/v1/sites/{site}/calendar",
            params={
                "space": space,
                "preview": str(preview).lower(),
                "vanished": "cancel" if cancel_vanished else "keep",
            }
            | ({"calendar": calendar} if calendar else {})
            | ({"party": party} if party else {}),
            content=file.read_bytes(),
            headers={"Content-Type": "text/calendar", "Authorization": f"Bearer {secret}"},
            timeout=_TIMEOUT_S,
        )
    except httpx.HTTPError as error:
        console.print(f"{server} does not answer: {error}", style="red", markup=False)
        raise typer.Exit(1) from error
    if response.is_error:
        console.print(_detail(response), style="red", markup=False)
        raise typer.Exit(1)
    _show(console, msgspec.json.decode(response.content, type=_Answer), preview=preview)


def _detail(response: httpx.Response) -> str:
    try:
        return msgspec.json.decode(response.content, type=_Problem).detail
    except msgspec.MsgspecError:
        return f"the controller answered {response.status_code}"


def _show(console: Console, answer: _Answer, *, preview: bool) -> None:
    word = "would be imported" if preview else "imported"
    console.print(
        f"{len(answer.imported)} {word}, {answer.unchanged} unchanged, {answer.past} over already, "
        f"{len(answer.clashes)} clash, {len(answer.refused)} refused"
    )
    if answer.clashes or answer.refused:
        table = Table("Line", "Not imported", "Because")
        for clash in answer.clashes:
            table.add_row(str(clash.line), escape(f"{clash.title}, {clash.starts}"), escape(clash.text))
        for refused in answer.refused:
            table.add_row(str(refused.line), "", escape(refused.reason))
        console.print(table)
    if answer.vanished:
        table = Table("No longer in the file", "")
        for gone in answer.vanished:
            kept = "would be cancelled" if preview else "cancelled"
            table.add_row(escape(f"{gone.title}, {gone.starts}"), kept if gone.cancelled else "kept")
        console.print(table)
