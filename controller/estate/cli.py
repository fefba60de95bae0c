"""``hallkeeper site``: export, check and import buildings as one file, over HTTP."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from controller.estate.schemas import DifferenceAnswer, ObstacleAnswer, SitePage
from controller.estate.site_file.estate_file import NoSiteFile, joined, parted
from controller.estate.site_file.routes import SiteFileAnswer
from controller.platform.cli import output
from controller.platform.cli.client import REFUSED, ApiClient, Refusal, command_group, read_file, takes_client

app = command_group("Import or export a building, or all of them, as one file.")

_KIND = "application/toml"
_STYLES = {"add": "green", "change": "yellow", "remove": "red"}
File = Annotated[Path, typer.Argument(help="A TOML file; `export` shows what is in one.", exists=True, dir_okay=False)]
Prune = Annotated[bool, typer.Option("--prune", help="Delete what the file's tables leave out.")]
Anyway = Annotated[bool, typer.Option("--anyway", help="Change hours in spite of bookings outside the new ones.")]


@app.command()
@takes_client
def export(
    caller: ApiClient,
    site: Annotated[
        str | None, typer.Argument(help="The site, such as ramsey; left out, all that you may see.")
    ] = None,
    out: Annotated[
        Path | None, typer.Argument(help="Where to, ending in .toml; standard output if left out.", dir_okay=False)
    ] = None,
) -> None:
    """Write a site, or the whole estate, as one TOML file: floors, spaces, equipment, doors, edges, hours, policy,
    tariffs. No secrets."""
    if site is not None and out is None and site.endswith(".toml"):
        out, site = Path(site), None
    if site is not None:
        caller.download(_path(site), _KIND, out)
        return
    sites = caller.read(caller.pages("/sites"), SitePage).items
    if not sites:
        caller.refuse("there is no site that you may see")
    try:
        caller.keep(joined((each.id, caller.text(_path(each.id), _KIND)) for each in sites), out)
    except NoSiteFile as error:
        caller.refuse(f"a site cannot be read: {error}", error)


@app.command()
@takes_client
def check(caller: ApiClient, file: File, prune: Prune = False, anyway: Anyway = False) -> None:
    """Say what bringing FILE in would do and all that is wrong with it, site by site; write nothing.

    Exit code 0 when it would be taken, 1 when it would not or the controller did not answer.
    """
    if _faulty(caller, _files(file), prune=prune, anyway=anyway, shown=True):
        raise typer.Exit(REFUSED)


@app.command("import")
@takes_client
def import_file(
    caller: ApiClient,
    file: File,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="As `check`.")] = False,
    prune: Prune = False,
    anyway: Anyway = False,
) -> None:
    """Change sites to what FILE says, or create them: each site completely or not at all, and none while one has an
    error. Importing the file again changes nothing.

    Exit code 0 when it was taken, 1 when it was not or the controller did not answer.
    """
    files = _files(file)
    faulty = _faulty(caller, files, prune=prune, anyway=anyway, shown=dry_run)
    if faulty:
        caller.say(f"Nothing was imported, because these are invalid: {', '.join(faulty)}", style="red")
    if faulty or dry_run:
        raise typer.Exit(REFUSED if faulty else 0)
    put = _put(caller, files, check=False, prune=prune, anyway=anyway)
    if left := [name for name, answer in put if not _show(caller, name, answer, word="")]:
        caller.say(f"Not imported: {', '.join(left)}", style="red")
        raise typer.Exit(REFUSED)


def _faulty(caller: ApiClient, files: Mapping[str, bytes], *, prune: bool, anyway: bool, shown: bool) -> list[str]:
    """The sites that would not be taken. Shows those, and with ``shown`` all of them."""
    faulty = []
    for name, answer in _put(caller, files, check=True, prune=prune, anyway=anyway):
        sound = not isinstance(answer, Refusal) and answer.possible
        if shown or not sound:
            _show(caller, name, answer, word="would be ")
        if not sound:
            faulty.append(name)
    return faulty


def _put(
    caller: ApiClient, files: Mapping[str, bytes], *, check: bool, prune: bool, anyway: bool
) -> Iterator[tuple[str, SiteFileAnswer | Refusal]]:
    given = {"check": check, "prune": prune, "anyway": anyway}
    params = {name: str(value).lower() for name, value in given.items()}
    for name, data in files.items():
        yield name, caller.attempt("PUT", _path(name), data, _KIND, SiteFileAnswer, **params)


def _files(file: Path) -> dict[str, bytes]:
    """The files of the sites in a file. Raises ``typer.BadParameter``."""
    try:
        return parted(read_file(file))
    except NoSiteFile as error:
        raise typer.BadParameter(str(error)) from error


def _path(site: str) -> str:
    return f"/sites/{site}/file"


def _show(caller: ApiClient, site: str, answer: SiteFileAnswer | Refusal, *, word: str) -> bool:
    """Print the outcome for a site. Returns whether the file is accepted."""
    if isinstance(answer, Refusal):
        caller.say(f"{site}: {answer.detail}", style="red")
        return False
    counts = {what: sum(each.what == what for each in answer.changes) for what in _STYLES}
    summary = f"{counts['add']} {word}added, {counts['change']} {word}changed, {counts['remove']} {word}removed" + (
        f"; the claims of {answer.rewritten} bookings {word}written again" if answer.rewritten else ""
    )
    caller.say(f"{site}: {summary}" if answer.possible else f"{site}: refused", None if answer.possible else "red")
    for note in answer.notes:
        caller.say(f"Note: {note}", style="yellow")
    console = caller.console
    output.show(console, ("Place", "Wrong"), ((each.place, each.text) for each in answer.problems))
    output.show(console, ("Place", "Prevented by"), _grouped(answer.obstacles))
    if answer.count > len(answer.obstacles):
        caller.say(f"and {answer.count - len(answer.obstacles)} more")
    if answer.changes and not answer.problems:
        _changes(console, answer.changes)
    return True


def _grouped(obstacles: Iterable[ObstacleAnswer]) -> Iterator[tuple[str, str]]:
    """One row for all bookings of the same names, such as the dates of a series."""
    alike: dict[tuple[str, ...], list[ObstacleAnswer]] = {}
    for each in obstacles:
        titles = sorted(booking.title for booking in each.conflicts)
        alike.setdefault((each.place, each.kind, *(titles or [each.text])), []).append(each)
    for first, *others in alike.values():
        yield first.place, f"{first.text} And {len(others)} more like this." if others else first.text


def _changes(console: Console, changes: list[DifferenceAnswer]) -> None:
    rows = ((each.what, f"{each.section} {each.id}".rstrip(), ", ".join(each.fields)) for each in changes)
    output.show(console, ("Change", "What", "Fields"), rows)
