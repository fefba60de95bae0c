"""``hallkeeper waiting``: lists the waiting lists, over HTTP."""

from datetime import datetime
from typing import Annotated

import msgspec
import typer

from controller.cli import output
from controller.cli.client import ApiClient, AsJson, takes_client

app = typer.Typer(help="Waiting lists for times that are taken.", no_args_is_help=True, add_completion=False)


class _Wait(msgspec.Struct, frozen=True):
    id: str
    spaces: list[str]
    title: str
    party: str | None
    people: int | None
    starts: datetime
    ends: datetime
    place: int | None
    offered_until: datetime | None


class _List(msgspec.Struct, frozen=True):
    items: list[_Wait]


@app.callback()
def waiting() -> None:
    """Waiting lists for times that are taken."""


@app.command("list")
@takes_client
def list_waiting(
    caller: ApiClient, site: Annotated[str, typer.Argument(help="The site, such as ramsey.")], as_json: AsJson = False
) -> None:
    """List who waits at SITE, the next one first, and who has a time on offer and until when."""
    answer = caller.get(f"/sites/{site}/waiting", msgspec.Raw)
    found = caller.answered(answer, _List, as_json=as_json).items
    rows = (
        (
            each.id,
            output.span(each.starts, each.ends),
            " or ".join(each.spaces),
            each.title,
            each.party or "",
            "" if each.people is None else str(each.people),
            _standing(each),
        )
        for each in found
    )
    if not output.show(caller.console, (output.ID, "When", "Space", "For", "Party", "People", "Stands"), rows):
        caller.say("Nobody is waiting.")


def _standing(wait: _Wait) -> str:
    if wait.offered_until is not None:
        return f"on offer until {output.moment(wait.offered_until)}"
    return "" if wait.place is None else f"waits, number {wait.place}"
