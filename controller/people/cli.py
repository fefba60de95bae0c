"""``hallkeeper parties``: lists, imports and exports organisations, groups and persons, over HTTP."""

from typing import Annotated

import typer

from controller.people.groups.cli import app as group_app
from controller.people.merging.cli import app as merge_app
from controller.people.party_schemas import PartyAnswer, PartyPage
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, command_group, takes_client
from controller.platform.csv_import.cli import CsvFile, DryRun, OutFile, import_csv

app = command_group("Organisations, groups and people: who belongs to them, invitations, import, export.")
app.add_typer(group_app)
app.add_typer(merge_app)


@app.command("list")
@takes_client
def list_parties(
    caller: ApiClient,
    search: Annotated[str, typer.Option(help="Part of the name.")] = "",
    kind: Annotated[str | None, typer.Option(help="Only organisations, groups or persons: organisation …")] = None,
    ended: Annotated[bool, typer.Option("--ended", help="Those too that can no longer book.")] = False,
    without_responsible: Annotated[bool, typer.Option(help="Only those for which nobody answers.")] = False,
    as_json: AsJson = False,
) -> None:
    """List parties in the order of their ids."""
    asked = {"search": search, "kind": kind or "", "ended": "" if ended else "false"}
    asked["without_responsible"] = "true" if without_responsible else ""
    answer = caller.pages("/parties", **{name: value for name, value in asked.items() if value})
    found = caller.answered(answer, PartyPage, as_json=as_json).items
    rows = (
        (each.id, each.kind, each.name, each.counts_as, each.contact_name, each.contact_phone, each.contact_email)
        for each in found
    )
    if not output.show(caller.console, ("Party", "Kind", "Name", "Tier", "Contact", "Phone", "Mail"), rows):
        caller.say("There are no such parties.")


@app.command()
@takes_client
def show(
    caller: ApiClient,
    party: Annotated[str, typer.Argument(help="Its id, such as choir; `list` shows it.", metavar="ID")],
    as_json: AsJson = False,
) -> None:
    """Show one party: what it is, who answers for it, how to reach them."""
    one = caller.ask(f"/parties/{party}", PartyAnswer, as_json=as_json)
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


@app.command()
@takes_client
def forget(
    caller: ApiClient,
    party: Annotated[str, typer.Argument(help="Its id, such as ann-lee; `list` shows it.", metavar="ID")],
) -> None:
    """Delete the personal data of a party for good and end it. What was booked, when and what it cost stays."""
    one = caller.post(f"/parties/{party}/forget", b"", "application/json", PartyAnswer)
    caller.say(f"The personal data of {one.id} are deleted.")


@app.command("import")
@takes_client
def import_file(
    client: ApiClient,
    file: CsvFile,
    dry_run: DryRun = False,
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="Write nothing if a row is refused.")
    ] = False,
) -> None:
    """Make and change parties from FILE. Valid rows are written, others are listed by line, column and reason.

    Exit code 0 when every row was sound, 3 when some were refused, 1 when the file was refused as a whole or the
    controller did not answer.
    """
    every = str(all_or_nothing).lower()
    import_csv(client, "/parties/import", file, "Party", dry_run=dry_run, all_or_nothing=every)


@app.command()
@takes_client
def export(caller: ApiClient, out: OutFile = None) -> None:
    """Write all parties as CSV, as `import` reads it."""
    caller.download("/parties.csv", "text/csv", out)
