"""``hallkeeper notices calls``: whom to ring, over HTTP."""

from typing import Annotated

import msgspec
import typer

from controller.notices.schemas import CallList, CallRead
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, SiteArg, command_group, takes_client

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
        (each.id, each.phone or "no number", each.name, each.text, each.due_at or "", _rung(each)) for each in found
    )
    if not output.show(caller.console, ("Id", "Ring", "Name", "What for", "Due", "Rung"), rows):
        caller.say("There is nobody to ring.")


def _rung(call: CallRead) -> str:
    if call.called_at:
        return f"{call.called_at} {call.called_by}"
    return f"no answer, {call.tries} times, last {call.tried_at}" if call.tries else ""


@app.command()
@takes_client
def add(
    caller: ApiClient,
    site: SiteArg,
    name: Annotated[str, typer.Argument(help="Whom to ring.")],
    phone: Annotated[str, typer.Argument(help="Their number.")],
    why: Annotated[str, typer.Option(help="What to say or ask.")],
    by: Annotated[str, typer.Option(help="By when, by the site's clock, such as 2026-11-26T17:00.")],
) -> None:
    """Put somebody on the list by hand."""
    body = msgspec.json.encode({"name": name, "phone": phone, "why": why, "due": by})
    left = caller.post(f"/sites/{site}/calls", body, "application/json", CallList)
    caller.say(f"{name} is on the list; {len(left.items)} to ring.")


@app.command()
@takes_client
def no_answer(
    caller: ApiClient, site: SiteArg, call: Annotated[str, typer.Argument(help="Its id; `list` shows it.")]
) -> None:
    """Note that you have rung and nobody answered; it stays on the list."""
    caller.post(f"/sites/{site}/calls/{call}/no-answer", b"", "application/json", CallList)
    caller.say("It is noted, and stays on the list.")


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
