"""``hallkeeper sim …``: commands that act on a running demo, and the simulated Pi that it runs."""

import asyncio
import logging
import sys
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, NoReturn

import msgspec
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table

from edge.cli import LogFormatOption
from edge.errors import EdgeError
from edge.wire.errors import WireError
from edge.wire.log_format import LogFormat
from firmware_sim import occupancy_score
from firmware_sim import world_protocol as protocol
from firmware_sim.errors import SimError
from firmware_sim.fleet_cli import fleet
from firmware_sim.pi_faults import DiskState
from firmware_sim.sensed_rooms import sensed_rooms
from firmware_sim.sensed_weeks import SCENARIOS, sensed_weeks

app = typer.Typer(
    help="Control a running demo: type codes, show cards, scan, walk, cut the network or power, start a fire.",
    no_args_is_help=True,
    add_completion=False,
)
cut = typer.Typer(help="Cut a building's network.", no_args_is_help=True)
repair = typer.Typer(help="Restore a building's network.", no_args_is_help=True)
app.add_typer(cut, name="cut")
app.add_typer(repair, name="repair")
app.command()(fleet)

Dir = Annotated[Path, typer.Option("--dir", help="The folder of the running demo.")]
DoorArg = Annotated[str, typer.Argument(help="SITE/DOOR, such as ramsey/front-door.")]
SiteArg = Annotated[str, typer.Argument(help="A site, such as ramsey.")]
DEMO = Path("var/demo")
FRONT_DOOR = "ramsey/front-door"
GLASS_DOOR = "march/hall-door"
"""The demo's door with a magnet."""
NO_DEMO = 2
_MOST_KEYS = 32
"""The most keys typed at once: the keypad needs a third of a second per key."""
_FARTHEST_S = 20 * 365 * 86400
"""The largest error of a false clock: twenty years."""


def _few(keys: str, hint: str) -> None:
    if len(keys) > _MOST_KEYS:
        raise typer.BadParameter(f"type {_MOST_KEYS} keys at most", param_hint=hint)


class WalkDirection(StrEnum):
    IN = "in"
    OUT = "out"


class OnOff(StrEnum):
    ON = "on"
    OFF = "off"


class LeafAct(StrEnum):
    OPEN = "open"
    WEDGE = "wedge"
    FORCE = "force"
    SHUT = "shut"


class BeamAct(StrEnum):
    TAP = "tap"
    BLOCK = "block"
    CLEAR = "clear"


class BeamPlace(StrEnum):
    OUTER = "outer"
    INNER = "inner"


class GlassAct(StrEnum):
    BREAK = "break"
    REPAIR = "repair"


OnOffArg = Annotated[OnOff, typer.Argument(help="on or off")]


@app.command()
def key(
    door: DoorArg, code: Annotated[str, typer.Argument(help="The digits, such as 482913.")], folder: Dir = DEMO
) -> None:
    """Type a code at a door. Exit 0: it opened. 1: it was refused, and why. 2: no demo runs, or no such door.

    Example:  hallkeeper sim key ramsey/front-door 482913
    """
    if not code or set(code) - set("0123456789*#"):
        raise typer.BadParameter("type digits, * or #", param_hint="CODE")
    _few(code, "CODE")
    site, name = _door(door)
    answer = _ask(folder, protocol.KeyAsk(site=site, door=name, keys=code))
    latency = f"  ({answer.latency_ms:.1f} ms from the last key)" if answer.latency_ms is not None else ""
    _end(answer, latency)


@app.command()
def press(
    door: DoorArg, keys: Annotated[str, typer.Argument(help="The keys, such as 4 or 482913.")], folder: Dir = DEMO
) -> None:
    """Press keys at a door as they are, without a * before and a # after them, and wait for no answer.

    Example:  hallkeeper sim press ramsey/front-door 48
    """
    if not keys or set(keys) - set("0123456789*#"):
        raise typer.BadParameter("press digits, * or #", param_hint="KEYS")
    _few(keys, "KEYS")
    site, name = _door(door)
    _end(_ask(folder, protocol.PressAsk(site=site, door=name, keys=keys)))


@app.command()
def card(
    door: DoorArg,
    number: Annotated[str, typer.Argument(help="FACILITY:NUMBER, such as 118:1603.")],
    pin: Annotated[str, typer.Option(help="Typed after the card if the door asks for it.")] = "",
    folder: Dir = DEMO,
) -> None:
    """Hold a card at a door's reader. Exit 0: it opened. 1: it was refused, and why. 2: no demo, or no such door.

    Example:  hallkeeper sim card ramsey/library-door 118:1603 --pin 4711
    """
    _few(pin, "--pin")
    site, name = _door(door)
    _end(_ask(folder, protocol.CardAsk(site=site, door=name, card=number, pin=pin)))


@app.command()
def scan(
    door: DoorArg,
    text: Annotated[str, typer.Argument(help="The content of the QR code or barcode.")],
    pin: Annotated[str, typer.Option(help="Typed after a barcode if the door asks for it.")] = "",
    folder: Dir = DEMO,
) -> None:
    """Hold a pass or barcode under a door's scanner. Exit 0: it opened. 1: it was refused, and why. 2: no demo, or no
    such door.

    Example:  hallkeeper sim scan ramsey/library-door D0123456789 --pin 4711
    """
    _few(pin, "--pin")
    site, name = _door(door)
    _end(_ask(folder, protocol.ScanAsk(site=site, door=name, text=text, pin=pin)))


@app.command()
def walk(
    way: Annotated[WalkDirection, typer.Argument(help="in or out")], door: DoorArg = FRONT_DOOR, folder: Dir = DEMO
) -> None:
    """Send somebody through a door, past its beams.

    Example:  hallkeeper sim walk in ramsey/front-door
    """
    site, name = _door(door)
    _end(_ask(folder, protocol.WalkAsk(site=site, door=name, way=way.value)))


@app.command(name="exit")
def exit_button(door: DoorArg = FRONT_DOOR, folder: Dir = DEMO) -> None:
    """Press the exit button beside a door, without opening it.

    Example:  hallkeeper sim exit ramsey/front-door
    """
    site, name = _door(door)
    _end(_ask(folder, protocol.ExitAsk(site=site, door=name)))


@app.command()
def leaf(
    act: Annotated[LeafAct, typer.Argument(help="open, wedge (keep it open), force (though locked) or shut")],
    door: DoorArg = FRONT_DOOR,
    folder: Dir = DEMO,
) -> None:
    """Pull, wedge, force or shut a door. Exit 1: it is locked.

    Example:  hallkeeper sim leaf wedge ramsey/front-door
    """
    site, name = _door(door)
    _end(_ask(folder, protocol.LeafAsk(site=site, door=name, act=act.value)))


@app.command()
def beam(
    act: Annotated[BeamAct, typer.Argument(help="tap, block or clear")],
    door: DoorArg = FRONT_DOOR,
    which: Annotated[BeamPlace, typer.Option("--beam", help="outer or inner")] = BeamPlace.OUTER,
    folder: Dir = DEMO,
) -> None:
    """Pass a hand through a beam of a door, put something into it, or take that away.

    Example:  hallkeeper sim beam block ramsey/front-door --beam inner
    """
    site, name = _door(door)
    _end(_ask(folder, protocol.BeamAsk(site=site, door=name, beam=which.value, act=act.value)))


@app.command()
def broker(state: OnOffArg, folder: Dir = DEMO) -> None:
    """Stop or start the broker: no building reaches the controller without it.

    Example:  hallkeeper sim broker off
    """
    _end(_ask(folder, protocol.BrokerAsk(on=state is OnOff.ON)))


@cut.command("network")
def cut_network(site: SiteArg, folder: Dir = DEMO) -> None:
    """Cut the connection between a building and the broker.  Example:  hallkeeper sim cut network ramsey"""
    _end(_ask(folder, protocol.SwitchAsk(site=site, what="network", on=False)))


@repair.command("network")
def repair_network(site: SiteArg, folder: Dir = DEMO) -> None:
    """Restore the network.  Example:  hallkeeper sim repair network ramsey"""
    _end(_ask(folder, protocol.SwitchAsk(site=site, what="network", on=True)))


@app.command()
def power(state: OnOffArg, site: SiteArg, folder: Dir = DEMO) -> None:
    """Cut or restore the power: without it the Pi stops at once and locks lose their supply.

    Example:  hallkeeper sim power off ramsey
    """
    _end(_ask(folder, protocol.SwitchAsk(site=site, what="power", on=state is OnOff.ON)))


@app.command()
def fire(state: OnOffArg, site: SiteArg, folder: Dir = DEMO) -> None:
    """Start or reset the fire alarm: magnets lose their current, everybody leaves. After a reset the edge keeps its
    latch until a key holder comes in; the demo's own comes a minute later.

    Example:  hallkeeper sim fire on ramsey
    """
    _end(_ask(folder, protocol.SwitchAsk(site=site, what="fire", on=state is OnOff.ON)))


@app.command()
def glass(
    act: Annotated[GlassAct, typer.Argument(help="break or repair")], door: DoorArg = GLASS_DOOR, folder: Dir = DEMO
) -> None:
    """Break the glass beside a door, which releases its magnet, or replace it.

    Example:  hallkeeper sim glass break march/hall-door
    """
    site, name = _door(door)
    _end(_ask(folder, protocol.GlassAsk(site=site, door=name, broken=act is GlassAct.BREAK)))


@app.command()
def disk(
    state: Annotated[DiskState, typer.Argument(help="full, read-only, or sound again")],
    site: SiteArg,
    folder: Dir = DEMO,
) -> None:
    """Fill up a Pi's disk, make it read-only, or repair it; its doors keep working.

    Example:  hallkeeper sim disk read-only ramsey
    """
    _end(_ask(folder, protocol.DiskAsk(site=site, state=state)))


@app.command()
def clock(
    site: SiteArg,
    ahead: Annotated[
        float,
        typer.Option(
            min=-_FARTHEST_S, max=_FARTHEST_S, help="Seconds, such as 3600 or -86400; 0 restores the right time."
        ),
    ],
    folder: Dir = DEMO,
) -> None:
    """Give a building's Pi a false time service, so that its clock steps; its doors keep working.

    Example:  hallkeeper sim clock ramsey --ahead 3600
    """
    _end(_ask(folder, protocol.ClockAsk(site=site, off_s=ahead)))


@app.command()
def status(folder: Dir = DEMO, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show what really happened beside what the edges recorded since the demo started.  Example:  hallkeeper sim
    status"""
    answer = _ask(folder, protocol.StatusAsk())
    if as_json:
        typer.echo(msgspec.json.encode(answer))
        return
    console = Console(highlight=False)
    heads = ("site", "power", "fire", "siren", "agent", "network", "people", "stations", "events", "outages")
    sites = Table(*heads, title=answer.at, box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for site in answer.sites:
        power, agent, network = ("on" if flag else "OFF" for flag in (site.power, site.agent, site.network))
        marks = (power, "FIRE" if site.fire else "-", "SIREN" if site.siren else "-", agent, network)
        sites.add_row(site.site, *marks, *(str(n) for n in (site.people, site.stations, site.events, site.outages)))
    doors = Table(
        Column("door", no_wrap=True),
        "leaf",
        Column("lock", no_wrap=True),
        "in",
        "counted",
        "out",
        "counted",
        "turned back",
        "both ways",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    for door in answer.doors:
        counts = (door.true_ins, door.ins, door.true_outs, door.outs, door.turned_back, door.passages)
        doors.add_row(f"{door.site}/{door.door}", door.leaf, door.lock, *(str(n) for n in counts))
    console.print(sites)
    console.print(doors)


@app.command(name="score")
def score_occupancy(
    scenario: Annotated[
        list[str] | None, typer.Argument(help=f"Any of {', '.join(SCENARIOS)}; without one, all.")
    ] = None,
    seed: Annotated[list[str] | None, typer.Option(help="Once for each seed; without one, 1 to 5.")] = None,
    weeks: Annotated[int, typer.Option(min=1, max=20, help="How many weeks each seed draws.")] = 2,
    rooms: Annotated[bool, typer.Option("--rooms", help="Also each room, beside what is booked there.")] = False,
) -> None:
    """Simulate people and sensors, and print how far the live figure of people is from the truth, beside in minus out
    with a reset every night. Needs no demo.

    Example:  hallkeeper sim score library --seed 7
    """
    if unknown := [name for name in scenario or () if name not in SCENARIOS]:
        raise typer.BadParameter(f"{unknown[0]} is none of {', '.join(SCENARIOS)}", param_hint="SCENARIO")
    heads = ("scenario", "seed", "when", "in-out", "error", "less", "covered", "width", "interval", "in-out")
    typer.echo(" ".join(f"{head:>9}" for head in heads))
    with TemporaryDirectory() as folder:
        for name in scenario or SCENARIOS:
            for each in seed or ("1", "2", "3", "4", "5"):
                drawn = sensed_weeks(SCENARIOS[name], each, weeks)
                figures = occupancy_score.replayed(drawn, Path(folder))
                for scored in occupancy_score.scores(drawn, figures):
                    typer.echo(occupancy_score.line(name, each, *scored))
                for room in sensed_rooms(drawn, each) if rooms else ():
                    figures = occupancy_score.replayed_room(room, Path(folder))
                    for scored in occupancy_score.room_scores(room, drawn.open, figures):
                        typer.echo(occupancy_score.line(room.name, each, *scored))


@app.command()
def pi(
    config: Annotated[Path, typer.Option("--config", help="The edge's TOML file.")],
    world: Annotated[Path, typer.Option("--world", help="The socket of the world to join.")],
    log_format: LogFormatOption = LogFormat.TEXT,
) -> None:
    """Run one edge on simulated pins. The demo starts these automatically."""
    from edge.system.log import logging_to
    from firmware_sim.simulated_pi import run_pi

    try:
        with logging_to(sys.stderr, level=logging.INFO, kind=log_format):
            asyncio.run(run_pi(config, world))
    except (EdgeError, SimError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def _door(text: str) -> tuple[str, str]:
    site, slash, door = text.partition("/")
    if not (site and slash and door):
        _refuse(f"{text!r} is not a door; write SITE/DOOR, such as {FRONT_DOOR}")
    return site, door


def _ask(folder: Path, question: protocol.Question) -> protocol.WorldAnswer:
    try:
        return asyncio.run(protocol.ask(folder / "world.sock", question))
    except (OSError, WireError):
        return _refuse(f"No demo is running in {folder}. Start one with `make demo`, or set its folder with --dir")


def _end(answer: protocol.WorldAnswer, more: str = "") -> None:
    typer.echo(answer.text + more, err=answer.code != 0)
    raise typer.Exit(answer.code)


def _refuse(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(NO_DEMO)
