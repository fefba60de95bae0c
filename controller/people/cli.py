"""``hallkeeper parties``: organisations, groups and persons in and out of spreadsheets, over HTTP."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from controller.caller import SERVER, SET_ASIDE, Caller, Server, Token, TokenFile, read_file

app = typer.Typer(
    help="Organisations, groups and persons, in and out of spreadsheets.", no_args_is_help=True, add_completion=False
)


class _Fault(msgspec.Struct, frozen=True):
    column: str
    reason: str


class _Line(msgspec.Struct, frozen=True):
    line: int
    id: str
    become: str
    changes: list[str]
    faults: list[_Fault]


class _Answer(msgspec.Struct, frozen=True):
    written: bool
    added: int
    changed: int
    unchanged: int
    refused: int
    warnings: list[str]
    lines: list[_Line]


@app.callback()
def parties() -> None:
    """Organisations, groups and persons, in and out of spreadsheets."""


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV file; `export` shows the columns.", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="Write nothing where a row is refused.")
    ] = False,
    server: Server = SERVER,
    token_file: TokenFile = None,
    token: Token = None,
) -> None:
    """Make and change parties from FILE. What is sound is written, the rest is listed by line, column and reason.

    Exit code 0 when every row was sound, 3 when some were refused, 1 when the file was refused as a whole or the
    controller did not answer.
    """
    caller = Caller(server, token_file, token)
    params = {"preview": str(dry_run).lower(), "all_or_nothing": str(all_or_nothing).lower()}
    answer = caller.post("/parties/import", read_file(file), "text/csv", _Answer, **params)
    console = caller.console
    for warning in answer.warnings:
        console.print(f"Note: {warning}", style="yellow", markup=False, highlight=False)
    word = " would be" if dry_run else ""
    console.print(
        f"{answer.added}{word} added, {answer.changed}{word} changed, {answer.unchanged} unchanged, "
        f"{answer.refused} refused"
    )
    if not answer.written:
        console.print("Nothing is written, since a row was refused.", style="red")
    if dry_run and (answer.added or answer.changed):
        table = Table("Line", "Party", "Would be")
        for line in answer.lines:
            if line.become in ("added", "changed"):
                what = f"changed: {', '.join(line.changes)}" if line.changes else line.become
                table.add_row(str(line.line), escape(line.id), escape(what))
        console.print(table)
    if answer.refused:
        table = Table("Line", "Party", "Column", "Refused because")
        for line in answer.lines:
            for fault in line.faults:
                table.add_row(str(line.line), escape(line.id), escape(fault.column), escape(fault.reason))
        console.print(table)
        raise typer.Exit(SET_ASIDE)


@app.command()
def export(
    out: Annotated[Path | None, typer.Argument(help="Where to; left out, to the screen.", dir_okay=False)] = None,
    server: Server = SERVER,
    token_file: TokenFile = None,
    token: Token = None,
) -> None:
    """Write all parties as CSV, as `import` reads it."""
    Caller(server, token_file, token).download("/parties.csv", "text/csv", out)
