"""``hallkeeper sensors``: what sensors in a building's rooms send, and the room each is in, over HTTP."""

from typing import Annotated

import msgspec
import typer

from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, SiteArg, command_group, takes_client
from controller.telemetry.room_sensors.routes import HoldAnswer, SensorAnswer, SensorList
from edge.wire.readings import FLAGS

app = command_group("Sensors in rooms: list what each sends, add one to a room, take it out, delete one that is gone.")
_JSON = "application/json"
SensorArg = Annotated[str, typer.Argument(help="The sensor's id, as `list` shows it.")]
EdgeOption = Annotated[
    str, typer.Option("--edge", help="The edge that hears it, needed where several have one of this id.")
]


@app.command("list")
@takes_client
def list_sensors(
    caller: ApiClient,
    site: SiteArg,
    unknown: Annotated[bool, typer.Option("--unknown", help="Only those that are in no room yet.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the sensors at SITE, those in no room yet first: what each sent last, its battery, and how much was set
    aside by reason, and for how many seconds it holds a report of movement. Then the PIRs on pins."""
    found = caller.ask(f"/sites/{site}/sensors", SensorList, as_json=as_json, unknown=str(unknown).lower())
    headings = (output.ID, "Edge", "Name", "Room", "Heard", "Sends", "Battery", "Set aside", "Holds")
    pirs = ((each.id, each.edge, "", each.zone, "", "PIR", "", "", _hold(each.hold)) for each in found.pirs)
    if not output.show(caller.console, headings, [*map(_row, found.items), *pirs]):
        caller.say("Every sensor is in a room." if unknown else "No sensor has been heard yet.")


@app.command()
@takes_client
def add(
    caller: ApiClient,
    site: SiteArg,
    sensor: SensorArg,
    room: Annotated[str, typer.Argument(help="The room's id, such as main-hall.")],
    edge: EdgeOption = "",
    as_json: AsJson = False,
) -> None:
    """Add SENSOR to ROOM, also from another room: what it measures from now on is the room's."""
    _put(caller, site, sensor, edge, room, as_json=as_json)


@app.command()
@takes_client
def remove(caller: ApiClient, site: SiteArg, sensor: SensorArg, edge: EdgeOption = "", as_json: AsJson = False) -> None:
    """Take SENSOR out of its room. It stays in the list, in no room."""
    _put(caller, site, sensor, edge, None, as_json=as_json)


@app.command()
@takes_client
def delete(caller: ApiClient, site: SiteArg, sensor: SensorArg, edge: EdgeOption = "") -> None:
    """Take a SENSOR that is gone off the list, with its alerts. What it measured stays; if it sends again, it is back,
    in its room."""
    one = _one(caller, site, sensor, edge)
    caller.delete(f"/sites/{site}/edges/{one.edge}/sensors/{sensor}", version=str(one.version))
    caller.say(f"{one.name} is removed. What it measured stays.")


def _put(caller: ApiClient, site: str, sensor: str, edge: str, room: str | None, *, as_json: bool) -> None:
    one = _one(caller, site, sensor, edge)
    body = msgspec.json.encode({"space": room, "version": one.version})
    answer = caller.put(f"/sites/{site}/edges/{one.edge}/sensors/{sensor}", body, _JSON, msgspec.Raw)
    done = caller.answered(answer, SensorAnswer, as_json=as_json)
    caller.say(f"{done.name} is in {done.space}." if done.space is not None else f"{done.name} is in no room.")


def _one(caller: ApiClient, site: str, sensor: str, edge: str) -> SensorAnswer:
    every = caller.get(f"/sites/{site}/sensors", SensorList).items
    found = [each for each in every if each.id == sensor and edge in ("", each.edge)]
    if len(found) > 1:
        raise typer.BadParameter(
            f"{' and '.join(each.edge for each in found)} each have one of this id; say which", param_hint="--edge"
        )
    if not found:
        caller.refuse(f"No sensor {sensor} has been heard at {site}; `hallkeeper sensors list {site}` lists them.")
    return found[0]


def _row(sensor: SensorAnswer) -> tuple[str, ...]:
    since = "silent since " if sensor.silent else ""
    return (
        sensor.id,
        sensor.edge,
        sensor.name,
        sensor.space or "",
        since + output.moment(sensor.heard_at),
        ", ".join(_value(each.kind, each.value, each.unit) for each in sensor.readings),
        _battery(sensor),
        ", ".join(f"{why}: {number}" for why, number in sorted(sensor.set_aside.items())),
        _hold(sensor.hold),
    )


def _hold(hold: HoldAnswer | None) -> str:
    return "" if hold is None else f"{hold.seconds:.0f} s, from {hold.spells} spells"


def _value(kind: str, value: float, unit: str) -> str:
    said = ("no", "yes")[bool(value)] if kind in FLAGS else f"{value:g} {unit}".strip()
    return f"{kind} {said}"


def _battery(sensor: SensorAnswer) -> str:
    percent = f"{sensor.battery:.0f} %" if sensor.battery is not None else ""
    return f"{percent} low".strip() if sensor.battery_low else percent
