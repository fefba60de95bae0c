"""The ``import`` commands of the command line: their options, and what they print."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from controller.cli import output
from controller.cli.client import SET_ASIDE, ApiClient, read_file

CsvFile = Annotated[Path, typer.Argument(help="A CSV file; `export` shows the columns.", exists=True, dir_okay=False)]
OutFile = Annotated[Path | None, typer.Argument(help="The file to write; standard output if left out.", dir_okay=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would happen; write nothing.")]


class _Fault(msgspec.Struct, frozen=True):
    column: str
    why: str


class _Line(msgspec.Struct, frozen=True):
    line: int
    id: str
    name: str
    become: str
    changes: list[str]
    faults: list[_Fault]
    code: str

    @property
    def outcome(self) -> str:
        return f"changed: {', '.join(self.changes)}" if self.changes else self.become


class CsvImportTold(msgspec.Struct, frozen=True):
    """What the API answers to an import."""

    preview: bool
    written: bool
    added: int
    changed: int
    cancelled: int
    unchanged: int
    past: int
    ended: int
    refused: int
    warnings: list[str]
    lines: list[_Line]

    @property
    def summary(self) -> str:
        """How many rows of each kind; kinds that most files do not have are left out where there are none."""
        would = " would be" if self.preview else ""
        done = {"added": self.added, "changed": self.changed}
        done |= {word: count for word, count in (("cancelled", self.cancelled), ("ended", self.ended)) if count}
        past = f", {self.past} over already" if self.past else ""
        counts = ", ".join(f"{count}{would} {word}" for word, count in done.items())
        return f"{counts}, {self.unchanged} unchanged{past}, {self.refused} refused"


def import_csv(
    client: ApiClient,
    path: str,
    file: Path,
    heading: str = "",
    *,
    dry_run: bool,
    spoken: Callable[[str], str] | None = None,
    **params: str,
) -> None:
    """Send a file and print the answer as ``print_import`` does."""
    params["preview"] = str(dry_run).lower()
    print_import(client, client.post(path, read_file(file), "text/csv", CsvImportTold, **params), heading, spoken)


def print_import(
    client: ApiClient, answer: CsvImportTold, heading: str = "", spoken: Callable[[str], str] | None = None
) -> None:
    """Print the result of an import, and exit with ``SET_ASIDE`` if rows were refused. ``heading``: what a row is;
    without one rows are not listed in a dry run, and have no name in the list of faults. ``spoken``: how to write the
    codes that were drawn; with it rows are listed after an import too."""
    for warning in answer.warnings:
        client.say(f"Note: {warning}", "yellow")
    client.say(answer.summary)
    if not answer.written:
        client.say("Nothing is written, since a row was refused.", "red")
    named = [heading] if heading else []

    def about(line: _Line) -> list[str]:
        return [str(line.line), *([line.name or line.id] if heading else [])]

    made = [line for line in answer.lines if line.become in ("added", "changed", "cancelled")]
    if spoken is not None and not answer.preview:
        codes = [(*about(line), line.outcome, spoken(line.code)) for line in made]
        output.show(client.console, ("Line", *named, "Was", "Code"), codes)
    elif heading and answer.preview:
        output.show(client.console, ("Line", *named, "Would be"), [(*about(line), line.outcome) for line in made])
    if answer.refused:
        faults = [(*about(line), each.column, each.why) for line in answer.lines for each in line.faults]
        output.show(client.console, ("Line", *named, "Column", "Refused because"), faults)
        raise typer.Exit(SET_ASIDE)
