"""``hallkeeper door restored``: entries that only the doors know after a restore, over HTTP."""

from typing import Annotated

import msgspec
import typer

from controller.plans.restored.routes import RestoredAnswer, RestoredPage
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, SiteArg, command_group, takes_client

app = command_group("Entries that doors knew and a restored database did not.")

_JSON = "application/json"

Entry = Annotated[str, typer.Argument(help="Its id, as `hallkeeper door restored list` lists it.", metavar="ID")]
Reason = Annotated[str, typer.Option("--reason", help="Why; recorded with your name.")]


@app.command("list")
@takes_client
def list_restored(caller: ApiClient, site: SiteArg, as_json: AsJson = False) -> None:
    """List what stays as the doors have it until it ends or is removed; what nobody has decided comes first."""
    found = caller.answered(caller.pages(f"/sites/{site}/restored"), RestoredPage, as_json=as_json).items
    rows = [
        (
            one.id,
            one.text,
            ", ".join(one.doors),
            output.span(one.starts, one.ends),
            f"kept by {one.decided_by}: {one.decided_reason}" if one.decision else "",
        )
        for one in found
    ]
    if not output.show(caller.console, (output.ID, "What", "Doors", "When", "Decided"), rows):
        caller.say("No door knows anything that the database does not.")


@app.command()
@takes_client
def keep(caller: ApiClient, entry: Entry, reason: Reason) -> None:
    """Leave something as the doors have it until it ends. Who may do the same by hand may decide it."""
    one = _decide(caller, entry, "keep", reason)
    typer.echo(f"Kept until {output.moment(one.ends)}: {one.text}.")


@app.command()
@takes_client
def remove(caller: ApiClient, entry: Entry, reason: Reason) -> None:
    """Let the doors go by the database again, at once and for good. Who may do the same by hand may decide it."""
    one = _decide(caller, entry, "remove", reason)
    typer.echo(f"Removed: {one.text}. The doors are being updated.")


def _decide(caller: ApiClient, entry: str, what: str, reason: str) -> RestoredAnswer:
    return caller.post(f"/restored/{entry}/{what}", msgspec.json.encode({"reason": reason}), _JSON, RestoredAnswer)
