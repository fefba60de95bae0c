"""``hallkeeper parties``: organisations, groups and persons in and out of spreadsheets, over HTTP."""

from typing import Annotated

import msgspec
import typer

from controller.cli import output
from controller.cli.client import SERVER, ApiClient, AsJson, Server, Token, TokenFile
from controller.csv_import.cli import CsvFile, DryRun, OutFile, import_csv

app = typer.Typer(help="Organisations, groups and people: import, export.", no_args_is_help=True, add_completion=False)


class _Party(msgspec.Struct, frozen=True):
    id: str
    kind: str
    name: str
    counts_as: str
    organisation: str | None
    responsible: str | None
    contact_name: str
    contact_phone: str
    contact_email: str
    notes: str
    ended_at: str | None


class _Parties(msgspec.Struct, frozen=True):
    items: list[_Party]


@app.callback()
def parties() -> None:
    """Organisations, groups and people: import, export."""


@app.command("list")
def list_parties(
    search: Annotated[str, typer.Option(help="Part of the name.")] = "",
    kind: Annotated[str | None, typer.Option(help="Only organisations, groups or persons: organisation …")] = None,
    ended: Annotated[bool, typer.Option("--ended", help="Those too that can no longer book.")] = False,
    as_json: AsJson = False,
    server: Server = SERVER,
    token_file: TokenFile = None,
    token: Token = None,
) -> None:
    """List parties in the order of their ids."""
    caller = ApiClient(server, token_file, token)
    asked = {"search": search, "kind": kind or "", "ended": "" if ended else "false"}
    answer = caller.pages("/parties", **{name: value for name, value in asked.items() if value})
    found = caller.answered(answer, _Parties, as_json=as_json).items
    rows = (
        (each.id, each.kind, each.name, each.counts_as, each.contact_name, each.contact_phone, each.contact_email)
        for each in found
    )
    if not output.show(caller.console, ("Party", "Kind", "Name", "Tier", "Contact", "Phone", "Mail"), rows):
        caller.say("There are no such parties.")


@app.command()
def show(
    party: Annotated[str, typer.Argument(help="Its id, such as choir; `list` shows it.", metavar="ID")],
    as_json: AsJson = False,
    server: Server = SERVER,
    token_file: TokenFile = None,
    token: Token = None,
) -> None:
    """Show one party: what it is, who answers for it, how to reach them."""
    caller = ApiClient(server, token_file, token)
    one = caller.answered(caller.get(f"/parties/{party}", msgspec.Raw), _Party, as_json=as_json)
    output.show_one(
        caller.console,
        {
            "Party": one.id,
            "Kind": one.kind,
            "Name": one.name,
            "Tier": one.counts_as,
            "Part of": one.organisation or "",
            "Responsible": one.responsible or "",
            "Contact": one.contact_name,
            "Phone": one.contact_phone,
            "Mail": one.contact_email,
            "Notes": one.notes,
            "Ended": one.ended_at or "",
        },
    )


@app.command("import")
def import_file(
    file: CsvFile,
    dry_run: DryRun = False,
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
    client = ApiClient(server, token_file, token)
    every = str(all_or_nothing).lower()
    import_csv(client, "/parties/import", file, "Party", dry_run=dry_run, all_or_nothing=every)


@app.command()
def export(
    out: OutFile = None,
    server: Server = SERVER,
    token_file: TokenFile = None,
    token: Token = None,
) -> None:
    """Write all parties as CSV, as `import` reads it."""
    ApiClient(server, token_file, token).download("/parties.csv", "text/csv", out)
