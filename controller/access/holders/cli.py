"""``hallkeeper holders``: staff, key holders and contractors, over HTTP."""

from typing import Annotated

import msgspec
import typer

from controller.access.code_generation import spoken
from controller.access.holders.schemas import GivenAnswer, HolderAnswer, HolderPage
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, command_group, takes_client
from controller.platform.csv_import.cli import CsvFile, DryRun, OutFile, import_csv

app = command_group("Staff, key holders and contractors: people with their own door credentials.")
_JSON = "application/json"
Who = Annotated[str, typer.Argument(metavar="HOLDER", help="The id, as `list` shows it.")]
Reason = Annotated[str, typer.Option(help="The reason; recorded in the audit log.")]


@app.command("list")
@takes_client
def list_all(
    caller: ApiClient,
    ended: Annotated[bool, typer.Option("--ended", help="Also those whose access has ended.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the API's own answer.")] = False,
) -> None:
    """List holders with their doors and kinds of credential, without codes and PINs."""
    found = caller.answered(caller.pages("/holders"), HolderPage, as_json=as_json)
    rows = [
        (
            each.id,
            each.kind,
            each.name,
            "; ".join(f"{at.site}: {', '.join(at.doors) or 'all doors'}" for at in each.places),
            each.first,
            f"ended {each.ended_at[:10]}" if each.ended_at else each.last or "",
            ", ".join(each.has),
        )
        for each in found.items
        if ended or each.ended_at is None
    ]
    if not output.show(caller.console, (output.ID, "Kind", "Name", "Where", "From", "Until", "Has"), rows):
        caller.say("There are no holders yet; `hallkeeper holders add --help` says how.")


@app.command()
@takes_client
def add(
    caller: ApiClient,
    name: Annotated[str, typer.Argument(help="The person's name.")],
    kind: Annotated[str, typer.Option(help="staff, key_holder or contractor.")],
    at: Annotated[
        list[str],
        typer.Option(help="SITE for all its doors, or SITE/DOOR; may be given several times.", metavar="PLACE"),
    ],
    first: Annotated[str, typer.Option(metavar="DAY", help="The first day, as 2026-11-30.")],
    last: Annotated[str | None, typer.Option(metavar="DAY", help="The last day; a contractor needs one.")] = None,
    card: Annotated[str, typer.Option(help="A card as a reader shows it, such as w26:118:1603.")] = "",
    code: Annotated[bool, typer.Option("--code/--no-code", help="Draw a code.")] = True,
    pin: Annotated[bool, typer.Option("--pin", help="Draw a PIN to use with the card.")] = False,
    duress: Annotated[
        bool, typer.Option("--duress", help="Draw a second code and PIN that raise a silent alarm.")
    ] = False,
) -> None:
    """Let somebody open doors; what is drawn for them is printed once."""
    places: dict[str, list[str]] = {}
    for site, _, door in (each.partition("/") for each in at):
        places.setdefault(site, []).extend([door] if door else [])
    body = {
        "kind": kind,
        "name": name,
        "places": [{"site": site, "doors": doors} for site, doors in places.items()],
        "first": first,
        "last": last,
        "card": card,
        "code": code,
        "pin": pin,
        "duress": duress,
    }
    _say(caller, caller.post("/holders", msgspec.json.encode(body), _JSON, GivenAnswer))


@app.command("import")
@takes_client
def import_file(client: ApiClient, file: CsvFile, dry_run: DryRun = False) -> None:
    """Import staff, key holders and contractors from FILE; codes that are drawn for them are printed once.

    Columns: name, kind, places (SITE, or SITE/DOOR, with semicolons between), from, until, and, if there are such, id,
    card, code (yes to draw one). Valid rows are written, others are listed by line, column and reason. Exit code 0
    when every row was sound, 3 when some were refused, 1 when the file was refused as a whole or the controller did not
    answer.
    """
    import_csv(client, "/holders/import", file, "Name", dry_run=dry_run, spoken=spoken)


@app.command()
@takes_client
def export(caller: ApiClient, out: OutFile = None) -> None:
    """Write them all as CSV, as `import` reads it; no card, code or PIN is in it."""
    caller.download("/holders.csv", "text/csv", out)


@app.command()
@takes_client
def reissue(
    caller: ApiClient,
    holder: Who,
    reason: Reason,
    code: Annotated[bool, typer.Option("--code", help="Draw another code.")] = False,
    pin: Annotated[bool, typer.Option("--pin", help="Draw another PIN.")] = False,
    duress: Annotated[bool, typer.Option("--duress", help="Draw another duress code and PIN.")] = False,
    card: Annotated[str, typer.Option(help="Another card.")] = "",
) -> None:
    """Draw a new code or PIN, or set another card, at once."""
    body = {"reason": reason, "code": code, "pin": pin, "duress": duress, "card": card}
    _say(caller, caller.post(f"/holders/{holder}/reissue", msgspec.json.encode(body), _JSON, GivenAnswer))


@app.command()
@takes_client
def end(caller: ApiClient, holder: Who, reason: Reason) -> None:
    """End all access of somebody. It cannot be undone; to let them in again, create them as new."""
    shown = caller.post(f"/holders/{holder}/end", msgspec.json.encode({"reason": reason}), _JSON, HolderAnswer)
    caller.say(f"{shown.name} can open nothing once the doors have their next plan.")


def _say(caller: ApiClient, given: GivenAnswer) -> None:
    caller.say(f"{given.holder.name} ({given.holder.id})")
    secrets = given.secrets
    shown = {
        "Code": secrets.spoken,
        "Card": secrets.card,
        "PIN": secrets.pin,
        "Duress code": spoken(secrets.duress_code),
        "Duress PIN": secrets.duress_pin,
    }
    for name, value in shown.items():
        if value:
            caller.say(f"{name}: {value}")
