"""The ``import`` commands of the command line: their options, and what they print."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from controller.platform.cli import output
from controller.platform.cli.client import SET_ASIDE, ApiClient, read_file

CsvFile = Annotated[Path, typer.Argument(help="A CSV file; `export` shows the columns.", exists=True, dir_okay=False)]
OutFile = Annotated[Path | None, typer.Argument(help="The file to write; standard output if left out.", dir_okay=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would happen; write nothing.")]


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
    print_import(
        client, client.found(client.post(path, read_file(file), "text/csv", msgspec.Raw, **params)), heading, spoken
    )


def print_import(client: ApiClient, answer: Any, heading: str = "", spoken: Callable[[str], str] | None = None) -> None:
    """Print the result of an import, and exit with ``SET_ASIDE`` if rows were refused. ``heading``: what a row is;
    without one rows are not listed in a dry run, and have no name in the list of faults. ``spoken``: how to write the
    codes that were drawn; with it rows are listed after an import too."""
    for warning in answer.warnings:
        client.say(f"Note: {warning}", "yellow")
    client.say(_summary(answer))
    if not answer.written:
        client.say("Nothing is written, since a row was refused.", "red")
    named = [heading] if heading else []

    def about(line: Any) -> list[str]:
        return [str(line.line), *([line.name or line.id] if heading else [])]

    made = [line for line in answer.lines if line.become in ("added", "changed", "cancelled")]
    if spoken is not None and not answer.preview:
        codes = [(*about(line), _outcome(line), spoken(line.code)) for line in made]
        output.show(client.console, ("Line", *named, "Was", "Code"), codes)
    elif heading and answer.preview:
        output.show(client.console, ("Line", *named, "Would be"), [(*about(line), _outcome(line)) for line in made])
    if answer.refused:
        faults = [(*about(line), each.column, each.why) for line in answer.lines for each in line.faults]
        output.show(client.console, ("Line", *named, "Column", "Refused because"), faults)
        raise typer.Exit(SET_ASIDE)


def _outcome(line: Any) -> str:
    return f"changed: {', '.join(line.changes)}" if line.changes else line.become


def _summary(answer: Any) -> str:
    """How many rows of each kind; kinds that most files do not have are left out where there are none."""
    would = " would be" if answer.preview else ""
    done = {"added": answer.added, "changed": answer.changed}
    done |= {word: count for word, count in (("cancelled", answer.cancelled), ("ended", answer.ended)) if count}
    past = f", {answer.past} over already" if answer.past else ""
    counts = ", ".join(f"{count}{would} {word}" for word, count in done.items())
    return f"{counts}, {answer.unchanged} unchanged{past}, {answer.refused} refused"
