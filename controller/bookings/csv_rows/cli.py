"""``hallkeeper bookings import`` and ``export``: a site's bookings in and out of spreadsheets, over HTTP."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.progress import Progress

from controller.bookings.cli_times import From, To
from controller.cli import output
from controller.cli.client import SERVER, SET_ASIDE, ApiClient, Server, Token, TokenFile, read_file

app = typer.Typer()

SiteArg = Annotated[str, typer.Argument(help="The site, such as ramsey.")]


class _Fault(msgspec.Struct, frozen=True):
    column: str
    reason: str


class _Line(msgspec.Struct, frozen=True):
    line: int
    title: str
    become: str
    changes: list[str]
    faults: list[_Fault]


class _Answer(msgspec.Struct, frozen=True):
    added: int
    changed: int
    cancelled: int
    unchanged: int
    past: int
    refused: int
    warnings: list[str]
    lines: list[_Line]


@app.command("import")
def import_file(
    site: SiteArg,
    file: Annotated[Path, typer.Argument(help="A CSV file; `export` shows the columns.", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    server: Server = SERVER,
    token_file: TokenFile = None,
    token: Token = None,
) -> None:
    """Book, change and cancel what FILE says. Each row is judged like any booking; what cannot be is listed with why.

    Exit code 0 when every row was taken, 3 when some were refused, 1 when the file was refused as a whole or the
    controller did not answer.
    """
    caller = ApiClient(server, token_file, token)
    answer = _answer(caller, site, read_file(file), dry_run)
    console = caller.console
    for warning in answer.warnings:
        console.print(f"Note: {warning}", style="yellow", markup=False, highlight=False)
    word = " would be" if dry_run else ""
    console.print(
        f"{answer.added}{word} booked, {answer.changed}{word} changed, {answer.cancelled}{word} cancelled, "
        f"{answer.unchanged} unchanged, {answer.past} over already, {answer.refused} refused"
    )
    told = [line for line in answer.lines if dry_run and line.become in ("added", "changed", "cancelled")]
    if told:
        rows = (
            (str(line.line), line.title, f"changed: {', '.join(line.changes)}" if line.changes else line.become)
            for line in told
        )
        output.show(console, ("Line", "Booking", "Would be"), rows)
    if answer.refused:
        faults = (
            (str(line.line), line.title, fault.column, fault.reason) for line in answer.lines for fault in line.faults
        )
        output.show(console, ("Line", "Booking", "Column", "Refused because"), faults)
        raise typer.Exit(SET_ASIDE)


@app.command()
def export(
    site: SiteArg,
    since: From,
    to: To,
    out: Annotated[Path | None, typer.Argument(help="Where to; left out, to the screen.", dir_okay=False)] = None,
    server: Server = SERVER,
    token_file: TokenFile = None,
    token: Token = None,
) -> None:
    """Write the bookings of a time, at most 400 days of it, as CSV, as `import` reads it."""
    asked = {"from": since, "to": to}
    ApiClient(server, token_file, token).download(f"/sites/{site}/bookings.csv", "text/csv", out, **asked)


def _answer(caller: ApiClient, site: str, data: bytes, dry_run: bool) -> _Answer:
    """Send the file, show how far it is, and read the last line of what comes back."""
    params = {"preview": str(dry_run).lower(), "progress": "true"}
    found: _Answer | None = None
    with Progress(console=caller.console, transient=True) as progress:
        task = progress.add_task("Looking" if dry_run else "Booking", total=None)
        for line in caller.lines(f"/sites/{site}/bookings/import", data, "text/csv", **params):
            match line:
                case {"done": int(done), "of": int(of)}:
                    progress.update(task, completed=done, total=of)
                case {"detail": str(detail)}:
                    progress.stop()
                    caller.refuse(detail)
                case answer:
                    found = msgspec.convert(answer, _Answer)
    if found is None:
        caller.refuse("the answer broke off; import the file again, which finishes what is left")
    return found
