"""``hallkeeper notices calls``: whom to ring, over HTTP."""

from typing import Annotated

import typer

from controller.cli import output
from controller.cli.client import ApiClient, AsJson, SiteArg, command_group, takes_client
from controller.notices.schemas import CallList

app = command_group("Whom to ring, since no mail and no text message reaches them.")


@app.command("list")
@takes_client
def list_calls(
    caller: ApiClient,
    site: SiteArg,
    called: Annotated[bool, typer.Option("--called", help="Those about whom somebody has rung instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """List whom to ring, what begins first at the top."""
    found = caller.ask(f"/sites/{site}/calls", CallList, as_json=as_json, called=str(called).lower()).items
    rows = (
        (each.id, each.phone or "no number", each.name, each.text, f"{each.called_at} {each.called_by}".strip())
        if called
        else (each.id, each.phone or "no number", each.name, each.text, "")
        for each in found
    )
    if not output.show(caller.console, ("Notice", "Ring", "Name", "What changed", "Rung"), rows):
        caller.say("There is nobody to ring.")


@app.command()
@takes_client
def done(
    caller: ApiClient,
    site: SiteArg,
    notice: Annotated[str, typer.Argument(help="Its id; `list` shows it.")],
    undo: Annotated[bool, typer.Option("--undo", help="Put it back on the list.")] = False,
) -> None:
    """Tick one off: you have rung."""
    path = f"/sites/{site}/calls/{notice}"
    if undo:
        left = caller.taken_away(path, CallList)
        caller.say(f"It is on the list again; {len(left.items)} to ring.")
        return
    left = caller.put(path, b"", "application/json", CallList)
    caller.say(f"It is ticked off; {len(left.items)} left to ring.")
