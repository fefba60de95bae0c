"""``hallkeeper door``: commands, overrides and the list of acts, over HTTP."""

import time
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import typer

from controller.plans.manual_acts import ActPage
from controller.plans.overrides.routes import OverrideAnswer, OverridePage
from controller.plans.restored import cli as restored
from controller.plans.routes import CommandAnswer, CommandIssued
from controller.platform.cli import output
from controller.platform.cli.client import (
    REFUSED,
    SET_ASIDE,
    ApiClient,
    AsJson,
    SiteArg,
    command_group,
    site_and,
    takes_client,
)
from edge.wire.messages import ResultCode

app = command_group("Open doors, hold them, lock them down.")
app.add_typer(restored.app, name="restored")

_JSON = "application/json"
_LOOK_EVERY_S = 0.5
_LOOKS = 30
"""How often an answer is looked for: longer than a command lives."""
NOT_EVERYWHERE = SET_ASIDE
"""Exit code: ordered, but not on every door."""

Door = Annotated[str, typer.Argument(help="Site and door, such as ramsey/front-door.", metavar="SITE/DOOR")]
Edge = Annotated[str, typer.Argument(help="Site and edge, such as ramsey/ramsey-pi.", metavar="SITE/EDGE")]
Doors = Annotated[
    list[str],
    typer.Argument(
        help="A site for all of its doors, such as ramsey; or doors of one site, such as ramsey/front-door.",
        metavar="SITE | SITE/DOOR…",
    ),
]
Reason = Annotated[str, typer.Option("--reason", help="Why; recorded with your name.")]
Until = Annotated[
    str | None,
    typer.Option("--until", help="The end in the site's time, such as 2026-11-26T18:00.", show_default=False),
]
Minutes = Annotated[int | None, typer.Option("--minutes", help="Or for how many minutes.", min=1, show_default=False)]


@app.command()
@takes_client
def unlock(
    caller: ApiClient,
    door: Door,
    reason: Reason,
    unset_alarm: Annotated[bool, typer.Option("--unset-alarm", help="Also unset the alarm behind it.")] = False,
) -> None:
    """Let somebody in once. Exit code 0 when the door has opened, 1 when it has not."""
    site, name = site_and("door", door)
    body = {"kind": "unlock", "reason": reason, "unset_alarm": unset_alarm}
    _command(caller, f"/sites/{site}/doors/{name}/commands", body)


@app.command("test")
@takes_client
def self_test(caller: ApiClient, edge: Edge, reason: Reason = "self-test") -> None:
    """Have an edge look at its locks, readers, disk and clock. No door moves."""
    site, name = site_and("edge", edge)
    path = f"/sites/{site}/edges/{name}/commands"
    _command(caller, path, {"kind": "self_test", "reason": reason})


@app.command()
@takes_client
def restart(caller: ApiClient, edge: Edge, reason: Reason) -> None:
    """Restart an edge's agent. Its doors lock for some seconds; people can still get out."""
    site, name = site_and("edge", edge)
    path = f"/sites/{site}/edges/{name}/commands"
    _command(caller, path, {"kind": "restart", "reason": reason})


@app.command()
@takes_client
def recount(
    caller: ApiClient,
    edge: Edge,
    counter: Annotated[str, typer.Argument(help="The counter, such as front-beams.")],
    inside: Annotated[int, typer.Argument(help="How many people you have counted.", min=0)],
    reason: Reason = "counted by hand",
) -> None:
    """Set the number of people inside to your count. Totals do not change."""
    site, name = site_and("edge", edge)
    body = {"kind": "recount", "reason": reason, "counter": counter, "inside": inside}
    _command(caller, f"/sites/{site}/edges/{name}/commands", body)


@app.command("hold-open")
@takes_client
def hold_open(caller: ApiClient, doors: Doors, reason: Reason, until: Until = None, minutes: Minutes = None) -> None:
    """Hold doors open for anybody, for 1 hour by default; 24 hours at most."""
    _order(caller, "hold_open", doors, reason, until, minutes)


@app.command("lock-down")
@takes_client
def lock_down(caller: ApiClient, doors: Doors, reason: Reason, until: Until = None, minutes: Minutes = None) -> None:
    """Keep everybody out except staff and key holders, for 4 hours by default; 7 days at most. People inside can get
    out.

    Exit code 3 when a door does not have it yet; the output names it.
    """
    _order(caller, "lock_down", doors, reason, until, minutes)


@app.command("out-of-service")
@takes_client
def out_of_service(
    caller: ApiClient, doors: Doors, reason: Reason, until: Until = None, minutes: Minutes = None
) -> None:
    """Keep everybody out, for 24 hours by default; 35 days at most. People inside can get out."""
    _order(caller, "out_of_service", doors, reason, until, minutes)


@app.command()
@takes_client
def end(
    caller: ApiClient,
    override: Annotated[str, typer.Argument(help="The override's id, as `hallkeeper door overrides` lists it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; may be left out.")] = "",
) -> None:
    """End an override early: its doors go back to their timetable."""
    body = msgspec.json.encode({"reason": reason})
    _follow(caller, caller.post(f"/overrides/{override}/end", body, _JSON, OverrideAnswer), wanted={"gone"})


@app.command()
@takes_client
def overrides(caller: ApiClient, site: SiteArg, as_json: AsJson = False) -> None:
    """List what is held open, locked down or out of service, with its state at each door."""
    found = caller.ask(f"/sites/{site}/overrides", OverridePage, as_json=as_json).items
    rows = [
        (one.id, at.name, at.text, output.span(one.starts, one.ends), one.actor, one.reason)
        for one in found
        for at in one.doors
    ]
    if not output.show(caller.console, (output.ID, "Door", "Status", "When", "Who", "Why"), rows):
        caller.say("Every door follows its timetable.")


@app.command()
@takes_client
def acts(caller: ApiClient, site: SiteArg, as_json: AsJson = False) -> None:
    """List the latest acts at a site's doors: who, why, and the outcome."""
    found = caller.ask(f"/sites/{site}/acts", ActPage, as_json=as_json).items
    rows = [
        (
            output.moment(one.at),
            one.kind.replace("_", " "),
            "all doors" if one.whole else ", ".join(one.where),
            one.actor,
            one.reason,
            f"{one.outcome}: {one.text}" if one.text else one.outcome,
        )
        for one in found
    ]
    if not output.show(caller.console, ("When", "What", "Where", "Who", "Why", "Outcome"), rows):
        caller.say("No command or override was given yet.")


def _command(caller: ApiClient, path: str, body: dict[str, Any]) -> None:
    """Send the command, then wait for its outcome."""
    asked = caller.post(path, msgspec.json.encode(body), _JSON, CommandIssued)
    for _ in range(_LOOKS):
        command = caller.get(f"/commands/{asked.id}", CommandAnswer)
        if command.outcome != "waiting":
            break
        time.sleep(_LOOK_EVERY_S)
    if command.outcome != "done":
        caller.refuse(f"{command.outcome}: {command.why or 'no answer came in time; it can no longer be carried out'}")
    caller.say(f"done: {command.why or 'carried out'}")
    if command.code == ResultCode.FAULTS_FOUND:
        raise typer.Exit(REFUSED)


def _order(
    caller: ApiClient, kind: str, doors: Sequence[str], reason: str, until: str | None, minutes: int | None
) -> None:
    body: dict[str, Any] = {"kind": kind, "reason": reason}
    if until is not None:
        body["ends"] = until
    if minutes is not None:
        body["minutes"] = minutes
    if len(doors) == 1 and "/" not in doors[0]:
        site = doors[0]
    else:
        parted = [site_and("door", each) for each in doors]
        if len({site for site, _ in parted}) > 1:
            raise typer.BadParameter("the doors must be of one site")
        site = parted[0][0]
        body["doors"] = [name for _, name in parted]
    made = caller.post(f"/sites/{site}/overrides", msgspec.json.encode(body), _JSON, OverrideAnswer)
    _follow(caller, made, wanted={"on"})


def _follow(caller: ApiClient, override: OverrideAnswer, *, wanted: set[str]) -> None:
    """Wait for the doors, and print the state of each."""
    for _ in range(_LOOKS):
        if all(at.state in wanted or at.state == "unreachable" for at in override.doors):
            break
        time.sleep(_LOOK_EVERY_S)
        override = caller.get(f"/overrides/{override.id}", OverrideAnswer)
    for at in override.doors:
        caller.say(f"{at.name}: {at.text}", style=None if at.state in wanted else "red")
    caller.say(f"override {override.id}, until {output.moment(override.ends)}")
    if any(at.state not in wanted for at in override.doors):
        raise typer.Exit(NOT_EVERYWHERE)
