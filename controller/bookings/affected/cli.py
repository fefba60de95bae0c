"""``hallkeeper bookings affected``: bookings affected by closures and other changes, and what to do with them."""

from typing import Annotated

import msgspec
import typer

from controller.bookings.affected.routes import AffectedPage, DecidedAnswer
from controller.bookings.diary.model import Cause
from controller.platform.cli import output
from controller.platform.cli.client import SET_ASIDE, ApiClient, AsJson, SiteArg, command_group, takes_client

app = command_group("Bookings that a closure or another change affects: list, keep, move, cancel.")

Ids = Annotated[list[str] | None, typer.Argument(help="Their ids; `list` shows them.", metavar="[ID...]")]
All = Annotated[bool, typer.Option("--all", help="All that are undecided.")]
Causes = Annotated[
    list[Cause] | None, typer.Option("--cause", help="Only those that this affects; may be given several times.")
]
Reason = Annotated[str, typer.Option(help="The reason; recorded in the booking's log.")]
_AT_ONCE = 100


@app.command("list")
@takes_client
def list_affected(
    caller: ApiClient,
    site: SiteArg,
    cause: Causes = None,
    kept: Annotated[bool, typer.Option("--kept", help="Those that go ahead anyway.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the future bookings that a change affects, and how."""
    answer = _listed(caller, site, cause, kept=kept)
    found = caller.answered(answer, AffectedPage, as_json=as_json).items
    rows = (
        (
            each.id,
            output.span(each.starts, each.ends),
            each.space_name,
            each.title,
            each.party_name or "",
            each.contact_phone,
            "; ".join(one.text for one in each.affected_by),
        )
        for each in found
    )
    if not output.show(caller.console, (output.ID, "When", "Space", "Booking", "Party", "Phone", "Affected by"), rows):
        caller.say("No booking was kept." if kept else "No booking waits for a decision.")


@app.command()
@takes_client
def keep(
    caller: ApiClient,
    site: SiteArg,
    ids: Ids = None,
    every: All = False,
    cause: Causes = None,
    undo: Annotated[bool, typer.Option("--undo", help="The decision to keep them was withdrawn.")] = False,
    reason: Reason = "",
) -> None:
    """Decide that bookings go ahead anyway. Message and door page say so.

    Exit code 0 when all are done, 3 when some were refused, 1 when the controller did not answer.
    """
    _decide(caller, site, "keep", ids, cause, {"kept": not undo, "reason": reason}, every=every)


@app.command()
@takes_client
def cancel(
    caller: ApiClient, site: SiteArg, ids: Ids = None, every: All = False, cause: Causes = None, reason: Reason = ""
) -> None:
    """Cancel bookings, each separately.

    Exit code 0 when all are done, 3 when some were refused, 1 when the controller did not answer.
    """
    _decide(caller, site, "cancel", ids, cause, {"reason": reason}, every=every)


@app.command()
@takes_client
def move(
    caller: ApiClient,
    site: SiteArg,
    ids: Ids = None,
    every: All = False,
    cause: Causes = None,
    space: Annotated[str | None, typer.Option(help="Into this space.")] = None,
    days: Annotated[int, typer.Option(help="So many days later, at the same time of day; -7 is a week earlier.")] = 0,
    overrule: Annotated[
        bool, typer.Option("--overrule", help="Overrule the buffers that other bookings need to set up or clear down.")
    ] = False,
) -> None:
    """Move bookings, each separately; one that cannot be moved stays.

    Exit code 0 when all are done, 3 when some were refused, 1 when the controller did not answer.
    """
    body: dict[str, object] = {"space": space, "days": days, "overrule": overrule}
    _decide(caller, site, "move", ids, cause, body, every=every)


def _decide(
    caller: ApiClient,
    site: str,
    what: str,
    ids: list[str] | None,
    causes: list[Cause] | None,
    body: dict[str, object],
    *,
    every: bool,
) -> None:
    if bool(ids) is every:
        raise typer.BadParameter("give either ids, or --all")
    if every:
        ids = [
            each.id
            for each in caller.read(_listed(caller, site, causes, kept=body.get("kept") is False), AffectedPage).items
        ]
    refused, left = False, 0
    for start in range(0, len(ids or ()), _AT_ONCE):
        lot = {**body, "bookings": (ids or [])[start : start + _AT_ONCE]}
        path = f"/sites/{site}/affected-bookings/{what}"
        answer = caller.post(path, msgspec.json.encode(lot), "application/json", DecidedAnswer)
        for each in answer.done:
            when = output.span(each.starts, each.ends)
            caller.say(f"{each.title}, {each.space_name}, {when}: {'kept' if body.get('kept') else each.status}")
        for turned in answer.refused:
            caller.say(f"{turned.id}: {turned.detail}", style="red")
        refused = refused or bool(answer.refused)
        left = answer.left
    caller.say(
        {0: "No booking waits for a decision.", 1: "1 booking waits for a decision."}.get(
            left, f"{left} bookings wait for a decision."
        )
    )
    if refused:
        raise typer.Exit(SET_ASIDE)


def _listed(caller: ApiClient, site: str, causes: list[Cause] | None, *, kept: bool) -> msgspec.Raw:
    asked = [each.value for each in causes or Cause]
    return caller.pages(f"/sites/{site}/affected-bookings", kept=str(kept).lower(), cause=asked)
