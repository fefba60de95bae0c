"""``hallkeeper site``: a building as one file, out, checked, and in, over HTTP."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from controller.caller import REFUSED, SERVER, Caller, Server, Token, TokenFile, read_file

app = typer.Typer(help="A building in and out of one file.", no_args_is_help=True, add_completion=False)

_KIND = "application/toml"
_STYLES = {"add": "green", "change": "yellow", "remove": "red"}
File = Annotated[Path, typer.Argument(help="A TOML file; `export` shows what is in one.", exists=True, dir_okay=False)]
Prune = Annotated[bool, typer.Option("--prune", help="Delete what the file's tables leave out.")]
Anyway = Annotated[bool, typer.Option("--anyway", help="Although hours leave bookings where they could not be made.")]


class _Change(msgspec.Struct, frozen=True):
    section: str
    id: str
    what: str
    fields: list[str]


class _Problem(msgspec.Struct, frozen=True):
    place: str
    text: str


class _Answer(msgspec.Struct, frozen=True):
    new: bool
    possible: bool
    changes: list[_Change]
    problems: list[_Problem]
    obstacles: list[_Problem]
    count: int
    rewritten: int
    notes: list[str]


@app.callback()
def site() -> None:
    """A building in and out of one file."""


@app.command()
def export(
    site: Annotated[str, typer.Argument(help="The site, such as ramsey.")],
    out: Annotated[Path | None, typer.Argument(help="Where to; left out, to the screen.", dir_okay=False)] = None,
    server: Server = SERVER,
    token_file: TokenFile = None,
    token: Token = None,
) -> None:
    """Write a site as one TOML file: floors, spaces, equipment, doors, edges, hours, policy, tariffs. No secrets."""
    Caller(server, token_file, token).download(f"/sites/{site}/file", _KIND, out)


@app.command()
def check(
    file: File,
    prune: Prune = False,
    anyway: Anyway = False,
    server: Server = SERVER,
    token_file: TokenFile = None,
    token: Token = None,
) -> None:
    """Say what bringing FILE in would do and all that is wrong with it; write nothing.

    Exit code 0 when it would be taken, 1 when it would not or the controller did not answer.
    """
    caller = Caller(server, token_file, token)
    answer = _put(caller, file, check=True, prune=prune, anyway=anyway)
    _show(caller.console, answer, word="would be ")
    if not answer.possible:
        raise typer.Exit(REFUSED)


@app.command("import")
def import_file(
    file: File,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="As `check`.")] = False,
    prune: Prune = False,
    anyway: Anyway = False,
    server: Server = SERVER,
    token_file: TokenFile = None,
    token: Token = None,
) -> None:
    """Make a site what FILE says, or make it new: all of it or nothing. A file brought in again changes nothing.

    Exit code 0 when it was taken, 1 when it was not or the controller did not answer.
    """
    caller = Caller(server, token_file, token)
    answer = _put(caller, file, check=True, prune=prune, anyway=anyway)
    if dry_run or not answer.possible:
        _show(caller.console, answer, word="would be ")
        if not answer.possible:
            raise typer.Exit(REFUSED)
        return
    _show(caller.console, _put(caller, file, check=False, prune=prune, anyway=anyway), word="")


def _put(caller: Caller, file: Path, *, check: bool, prune: bool, anyway: bool) -> _Answer:
    data = read_file(file)
    given = {"check": check, "prune": prune, "anyway": anyway}
    params = {name: str(value).lower() for name, value in given.items()}
    return caller.put(f"/sites/{_site_of(data)}/file", data, _KIND, _Answer, **params)


def _site_of(data: bytes) -> str:
    """The site that a file is about. Raises ``typer.BadParameter``."""
    try:
        document = tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise typer.BadParameter(f"this is not TOML: {error}") from error
    site = document.get("site")
    found = site.get("id") if isinstance(site, Mapping) else None
    if not isinstance(found, str) or not found or not found.replace("-", "").isalnum():
        raise typer.BadParameter('the file needs a table [site] with its id, such as id = "ramsey"')
    return found


def _show(console: Console, answer: _Answer, *, word: str) -> None:
    for note in answer.notes:
        console.print(f"Note: {note}", style="yellow", markup=False, highlight=False)
    _table(console, ("Place", "Wrong"), answer.problems)
    _table(console, ("Place", "Stands in the way"), answer.obstacles)
    if answer.count > len(answer.obstacles):
        console.print(f"and {answer.count - len(answer.obstacles)} more")
    if answer.problems:
        return
    if answer.changes:
        table = Table("", "What", "Fields")
        for each in answer.changes:
            named = f"{each.section} {each.id}".rstrip()
            table.add_row(f"[{_STYLES[each.what]}]{each.what}[/]", escape(named), escape(", ".join(each.fields)))
        console.print(table)
    counts = {what: sum(each.what == what for each in answer.changes) for what in _STYLES}
    console.print(
        f"{counts['add']} {word}added, {counts['change']} {word}changed, {counts['remove']} {word}removed"
        + (f"; the claims of {answer.rewritten} bookings {word}made anew" if answer.rewritten else "")
    )


def _table(console: Console, head: tuple[str, str], rows: list[_Problem]) -> None:
    if not rows:
        return
    table = Table(*head)
    for each in rows:
        table.add_row(escape(each.place), escape(each.text))
    console.print(table)
