"""``hallkeeper parties merge`` and its like, over HTTP."""

from typing import Annotated

import msgspec
import typer

from controller.people.groups.cli import JSON, PartyId
from controller.people.merging.routes import DuplicateList, MergeAnswer, MergeList
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, SiteArg, takes_client

app = typer.Typer()


@app.command()
@takes_client
def duplicates(caller: ApiClient, site: SiteArg, as_json: AsJson = False) -> None:
    """List parties of a site that may be one."""
    found = caller.ask(f"/sites/{site}/duplicates", DuplicateList, as_json=as_json)
    rows = [
        (each.party, each.party_name, each.duplicate, each.duplicate_name, ", ".join(each.why)) for each in found.items
    ]
    if not output.show(caller.console, ("Party", "Name", "Duplicate", "Name", "The same"), rows):
        caller.say("No two parties look like one.")


@app.command()
@takes_client
def merge(
    caller: ApiClient,
    party: PartyId,
    duplicate: Annotated[str, typer.Argument(help="The party that ends and is merged into it.", metavar="DUPLICATE")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would follow.")] = False,
) -> None:
    """Merge a duplicate into a party: all that names it follows, and codes stay as they are."""
    body = msgspec.json.encode({"duplicate": duplicate})
    preview = str(dry_run).lower()
    made = caller.post(f"/parties/{party}/merges", body, JSON, MergeAnswer, preview=preview)
    follows = _counts(made.follows) or "nothing"
    caller.say(
        f"To {party} would follow: {follows}."
        if dry_run
        else f"{duplicate} is merged into {party}. Followed: {follows}."
    )
    if made.stays:
        caller.say(f"With {duplicate} stays what {party} has already: {_counts(made.stays)}.")
    if made.for_all_sites:
        caller.say(f"The two belong to different sites, so that {party} belongs to all sites from then on.")
    if not dry_run:
        caller.say(f"To undo it: hallkeeper parties undo-merge {party} {made.id}")


def _counts(kinds: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(kinds.items()))


@app.command()
@takes_client
def merges(caller: ApiClient, party: PartyId, as_json: AsJson = False) -> None:
    """List merges into a party or of it, the newest first."""
    found = caller.ask(f"/parties/{party}/merges", MergeList, as_json=as_json)
    rows = [
        (each.id or "", each.duplicate, each.party, each.merged_at or "", each.merged_by, each.undone_at or "")
        for each in found.items
    ]
    if not output.show(caller.console, ("Merge", "Duplicate", "Into", "At", "By", "Undone"), rows):
        caller.say("There are no merges.")


@app.command("undo-merge")
@takes_client
def undo_merge(
    caller: ApiClient,
    party: PartyId,
    merge: Annotated[str, typer.Argument(help="As `merges` lists it.", metavar="MERGE")],
) -> None:
    """Put everything back as before a merge, until something of either party has changed."""
    made = caller.post(f"/parties/{party}/merges/{merge}/undo", b"", JSON, MergeAnswer)
    caller.say(f"{made.duplicate} is a party of its own again.")
