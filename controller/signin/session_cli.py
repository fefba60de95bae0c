"""``hallkeeper sessions``: where you are signed in, and ending that, over HTTP."""

from typing import Annotated

import typer

from controller.people.schemas import SessionList
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, command_group, takes_client

app = command_group("Where you are signed in.")


@app.command("list")
@takes_client
def list_sessions(caller: ApiClient, as_json: AsJson = False) -> None:
    """List your sessions, the one used last first."""
    found = caller.ask("/sessions", SessionList, as_json=as_json).items
    rows = (
        (
            each.id,
            f"{each.browser or 'not known'}{' (here)' if each.here else ''}",
            each.address or "not known",
            each.method,
            each.created_at,
            each.last_used_at,
        )
        for each in found
    )
    output.show(caller.console, ("Session", "With", "From", "By", "Since", "Last used"), rows)


@app.command()
@takes_client
def end(
    caller: ApiClient,
    session: Annotated[str, typer.Argument(help="Its id; `list` shows it.", metavar="ID")],
) -> None:
    """End one of your sessions. `hallkeeper sign-out --others` ends all but this one."""
    caller.delete(f"/sessions/{session}")
    caller.say("The session has ended.")
