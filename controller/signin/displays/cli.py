"""``hallkeeper displays``: tablets and screens that are paired with a site, over HTTP, for managers."""

from typing import Annotated

import msgspec
import typer

from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, command_group, takes_client
from controller.signin.displays.model import DisplayKind
from controller.signin.displays.schemas import DisplayAnswer, DisplayList, NewDisplayAnswer

app = command_group("Tablets at doors and screens in foyers: list, pair, end.")

SiteName = Annotated[str, typer.Argument(help="The site, such as ramsey.")]


@app.command("list")
@takes_client
def list_displays(caller: ApiClient, site: SiteName, as_json: AsJson = False) -> None:
    """List a site's displays, by name."""
    found = caller.ask(f"/sites/{site}/displays", DisplayList, as_json=as_json).items
    rows = (
        (each.id, each.name, each.kind, each.space or "", _paired(each), each.last_seen_at or "", each.address)
        for each in found
    )
    if not output.show(caller.console, ("Display", "Name", "Kind", "Space", "Paired", "Last seen", "From"), rows):
        caller.say("The site has no displays.")


@app.command()
@takes_client
def add(
    caller: ApiClient,
    site: SiteName,
    name: Annotated[str, typer.Argument(help="What it is called, such as “Hall door”.")],
    kind: Annotated[
        DisplayKind,
        typer.Option(
            help="A room hangs beside its door, a tablet takes check-ins, a wall shows the diary, alerts what needs"
            " somebody at several sites."
        ),
    ],
    space: Annotated[str | None, typer.Option(help="At whose door a tablet hangs, such as hall.")] = None,
    of: Annotated[
        list[str] | None, typer.Option(help="A site whose alerts are shown; may be repeated. Left out, all sites.")
    ] = None,
) -> None:
    """Make a display, and print the code to type on the device within ten minutes."""
    body = msgspec.json.encode({"name": name, "kind": kind, "space": space, "sites": of})
    made = caller.post(f"/sites/{site}/displays", body, "application/json", NewDisplayAnswer)
    page = made.link.partition("#")[0]
    caller.say(f"Open {page} on the device and type {made.code[:4]} {made.code[4:]}, or open {made.link} there.")


@app.command()
@takes_client
def end(
    caller: ApiClient,
    site: SiteName,
    display: Annotated[str, typer.Argument(help="Its id; `list` shows it.", metavar="ID")],
) -> None:
    """End a display, at once."""
    caller.delete(f"/sites/{site}/displays/{display}")
    caller.say("The display has ended.")


def _paired(each: DisplayAnswer) -> str:
    return each.paired_at or f"waits for its code until {each.code_until}"
