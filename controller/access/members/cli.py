"""``hallkeeper members``: members of the library, over HTTP."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from controller.access.members.routes import LibraryMemberAnswer, LibraryMemberPage
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, Refusal, command_group, takes_client
from controller.platform.csv_import.cli import DryRun, import_csv

app = command_group("Library members who may come in during unstaffed hours.")
Number = Annotated[str, typer.Argument(help="The number on the member's card.")]


_NO_INDUCTION = "has had no induction here"


@app.command("list")
@takes_client
def list_all(
    caller: ApiClient, as_json: Annotated[bool, typer.Option("--json", help="Print the API's own answer.")] = False
) -> None:
    """List them by the last signs of their numbers; no name is kept."""
    found = caller.answered(caller.pages("/members"), LibraryMemberPage, as_json=as_json)
    rows = [
        (
            each.number,
            "yes" if each.has_pin else "none",
            each.expires or "",
            "; ".join(f"{one.site or 'everywhere'} {one.day}" for one in each.inductions),
            _status(each),
        )
        for each in found.items
    ]
    if not output.show(caller.console, ("Number", "PIN", "Until", "Inducted", "Status"), rows):
        caller.say("There are no members yet; `hallkeeper members import FILE` brings them in.")


def _status(member: LibraryMemberAnswer) -> str:
    """What keeps them out; that they had no induction at a site, only of who had none anywhere."""
    if said := _suspension(member):
        return said
    sites: dict[str, list[str]] = {}
    for each in member.kept_out:
        if each.why != _NO_INDUCTION or not member.inductions:
            sites.setdefault(each.why, []).append(each.site)
    return "; ".join(why if len(sites) == 1 else f"{why} ({', '.join(at)})" for why, at in sites.items())


def _suspension(member: LibraryMemberAnswer) -> str:
    if member.ended_at:
        return "no longer a member"
    if not member.suspended:
        return ""
    return f"suspended until {member.suspended_until}" if member.suspended_until else "suspended"


@app.command()
@takes_client
def suspend(
    caller: ApiClient,
    number: Number,
    until: Annotated[
        str | None, typer.Option(metavar="DAY", help="The last day; left out, until it is lifted.")
    ] = None,
    lift: Annotated[bool, typer.Option("--lift", help="Let them in again.")] = False,
) -> None:
    """Keep a member out for a while, or let them in again."""
    found = caller.get("/members", LibraryMemberPage, number=number).items
    if not found:
        caller.refuse(f"no member has the number {number}")
    body = msgspec.json.encode({"suspended": not lift, "suspended_until": None if lift else until})
    updated = caller.attempt("PATCH", f"/members/{found[0].id}", body, "application/json", LibraryMemberAnswer)
    if isinstance(updated, Refusal):
        caller.refuse(updated.detail)
    caller.say(f"{updated.number}: {_suspension(updated) or 'not suspended'}")


@app.command("import")
@takes_client
def import_file(
    client: ApiClient,
    file: Annotated[Path, typer.Argument(help="The library system's list, as CSV.", exists=True, dir_okay=False)],
    dry_run: DryRun = False,
    whole: Annotated[
        bool,
        typer.Option("--whole", help="The file is the whole list: people who are not in it are no longer members."),
    ] = False,
) -> None:
    """Import members from FILE. Valid rows are written, others are listed by line, column and reason.

    Exit code 0 when every row was sound, 3 when some were refused, 1 when the file was refused as a whole or the
    controller did not answer.
    """
    import_csv(client, "/members/import", file, dry_run=dry_run, whole=str(whole).lower())
