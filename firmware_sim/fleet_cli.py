"""``hallkeeper sim fleet``."""

import asyncio
import os
import re
import signal
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from firmware_sim.api_client import Api
from firmware_sim.errors import SimError
from firmware_sim.fleet import Fleet, FleetPlan
from firmware_sim.fleet_setup import MOST_EDGES, MOST_SITES, edge_ids, refuse_real, set_up, site_id
from firmware_sim.fleet_state import FleetState, read_state, write_state
from firmware_sim.fleet_tally import FleetReport

DIR = Path("var/fleet")
TOKEN = "HALLKEEPER_TOKEN"  # noqa: S105  # the variable's name
FAULTY = 1
TIMEOUT_S = 120.0
"""How long a controller, which it keeps busy on purpose, may take to answer."""
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LONGEST_S = 14 * 86_400


def seconds(text: str) -> float:
    """Seconds of a duration such as 60s, 20m, 24h or 1d; a number alone is in seconds."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", text)
    length = float(found[1]) * _UNITS[found[2] or "s"] if found else -1.0
    if not 0 <= length <= _LONGEST_S:
        raise typer.BadParameter(f"{text!r} is no duration such as 60s, 20m or 24h, of 14 days at most")
    return length


def _broker(text: str) -> tuple[str, int] | None:
    if not text:
        return None
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        raise typer.BadParameter(f"{text!r} is not HOST:PORT, such as 127.0.0.1:1883", param_hint="--broker")
    return host, int(port)


def fleet(
    sites: Annotated[int, typer.Option(min=1, max=MOST_SITES, help="How many simulated sites.")] = 42,
    edges_per_site: Annotated[int, typer.Option(min=1, max=MOST_EDGES, help="How many edges each of them has.")] = 1,
    rate: Annotated[
        float, typer.Option(min=0, max=1000, help="Events, in multiples of those of a real edge's busiest hour.")
    ] = 1.0,
    seed: Annotated[str, typer.Option(help="The same seed lets the same things happen.")] = "fleet",
    lasts: Annotated[str, typer.Option("--for", help="How long things happen, such as 60s, 20m or 1h.")] = "60s",
    away: Annotated[
        str, typer.Option(help="How long the edges have had no connection, such as 24h; their events wait.")
    ] = "0s",
    broker: Annotated[str, typer.Option(help="HOST:PORT in place of the broker that the controller names.")] = "",
    controller: Annotated[
        str, typer.Option(help="The controller's address: make there what is missing, and check what it stored.")
    ] = "",
    token_file: Annotated[
        Path | None, typer.Option(dir_okay=False, help=f"A file with a token of an administrator; else ${TOKEN}.")
    ] = None,
    folder: Annotated[Path, typer.Option("--dir", help="Where the edges' keys and numbers are kept.")] = DIR,
    set_up_only: Annotated[bool, typer.Option("--set-up-only", help="Make the sites, and run nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Also where the controller has other sites.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Run many simulated edges in one process, against a real broker and controller, and print what became of their
    events. Exit 0: everything was stored once. 1: not so, or it could not be set up.

    Examples:  hallkeeper sim fleet --sites 42 --controller http://127.0.0.1:8080    hallkeeper sim fleet --sites 42
    --rate 10 --for 20m
    """
    plan = FleetPlan(
        rate=rate,
        for_s=seconds(lasts),
        seed=seed,
        away=timedelta(seconds=seconds(away)),
        broker=_broker(broker),
    )
    token = token_file.read_text().strip() if token_file is not None else os.environ.get(TOKEN, "")
    if controller and not token:
        raise typer.BadParameter(f"--controller needs --token-file or ${TOKEN}", param_hint="--controller")
    api = (controller.rstrip("/"), token) if controller else None
    try:
        report = asyncio.run(_run(plan, api, folder, sites, edges_per_site, set_up_only=set_up_only, yes=yes))
    except SimError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FAULTY) from None
    if report is None:
        return
    typer.echo(msgspec.json.encode(report).decode() if as_json else "\n".join(report.lines()))
    raise typer.Exit(0 if report.sound else FAULTY)


async def _run(
    plan: FleetPlan,
    controller: tuple[str, str] | None,
    folder: Path,
    sites: int,
    edges_per_site: int,
    *,
    set_up_only: bool,
    yes: bool,
) -> FleetReport | None:
    state = read_state(folder)
    api = Api(controller[0], timeout_s=TIMEOUT_S) if controller is not None else None
    try:
        if api is not None and controller is not None:
            api.use_token(controller[1])
            if not yes:
                await refuse_real(api)
            await set_up(api, state, folder, sites=sites, edges_per_site=edges_per_site, say=_made)
        names = [f"{site_id(number)}/{edge}" for number in range(1, sites + 1) for edge in edge_ids(edges_per_site)]
        _require(state, names, folder)
        if set_up_only:
            _say(f"{sites:,} sites with {len(names):,} edges are set up; their keys are in {folder}")
            return None
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        running = Fleet([state.edges[name] for name in names], plan, say=_say)
        try:
            return await running.run(stop, check=api)
        finally:
            write_state(folder, state)
    finally:
        if api is not None:
            await api.close()


def _require(state: FleetState, names: list[str], folder: Path) -> None:
    if missing := [name for name in names if name not in state.edges]:
        raise SimError(
            f"{len(missing):,} of the edges, such as {missing[0]}, have no keys in {folder}; name the controller with "
            "--controller to make them"
        )


def _made(edges: int) -> None:
    _say(f"{edges:,} edges are enrolled")


def _say(line: str) -> None:
    typer.echo(line, err=True)
