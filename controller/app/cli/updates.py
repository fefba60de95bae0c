"""``hallkeeper controller updates``: rolls releases of the edge out in stages, on the controller's own machine."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer

from controller.app.composition import open_container
from controller.app.main import require_known_keys
from controller.app.schema import migrate
from controller.enrolment.updates.service import Listing, UpdateService
from controller.enrolment.updates.staging import Rollout, RolloutState
from controller.platform.cli import output
from controller.platform.cli.client import AsJson, command_group
from controller.platform.cli.console import CONFIG, ConfigFile, errors_on_one_line, open_settings
from controller.platform.preflight import load_clock
from controller.records.audit.audit_log import Origin, Source, set_origin

T = TypeVar("T")

app = command_group("Update edges by signed releases, in stages.")
ACTOR = "console"
STAGES = ("one edge", "a tenth of the edges", "all edges")
_TIME = "%H:%M"


@app.command()
def add(
    release: Annotated[
        Path, typer.Argument(help="PACKAGE.release, as its maker signed it, with its package beside it.")
    ],
    config: ConfigFile = CONFIG,
) -> None:
    """Add a release. Edges check its signature, by keys that no controller has."""
    with errors_on_one_line():
        file, package = release.read_bytes(), release.with_name(release.name.removesuffix(".release")).read_bytes()
        manifest = _on(config, lambda updates: updates.add(file, package, actor=ACTOR))
    typer.echo(f"Added {manifest.version} for {manifest.system} on {manifest.architecture}.")


@app.command("list")
def list_updates(config: ConfigFile = CONFIG, as_json: AsJson = False) -> None:
    """List the releases, the latest roll-out, and what each edge runs and says of it."""
    with errors_on_one_line():
        found = _on(config, lambda updates: updates.listing())
    if as_json:
        typer.echo(msgspec.json.encode(_plain(found)))
        return
    from rich.console import Console

    console = Console()
    columns = ("Release", "For", "MB", "Added")
    rows = [
        (each.version, f"{each.system} {each.architecture}", f"{each.size / 1e6:.1f}", output.moment(each.added_at))
        for each in found.releases
    ]
    if not output.show(console, columns, rows):
        typer.echo("There are no releases yet.")
    if found.rollout is not None:
        typer.echo(_words(found.rollout))
    edges = [
        (f"{each.site}/{each.edge}", each.version, each.phase.replace("_", " "), output.moment(each.since), each.why)
        for each in found.edges
    ]
    if not output.show(console, ("Edge", "Runs", "Update", "Since", "Why"), edges):
        typer.echo("No edge has said yet what it runs.")


@app.command()
def stage(
    version: Annotated[str, typer.Argument(help="The release, such as 0.3.0.")],
    first: Annotated[str, typer.Option(help="The edge to begin with, SITE/EDGE; else one that is online.")] = "",
    soak_hours: Annotated[
        int, typer.Option(help="How long each stage must have worked before the next.", min=1, max=720)
    ] = 24,
    opens: Annotated[str, typer.Option(help="From when edges may restart, in each building's time.")] = "02:00",
    closes: Annotated[str, typer.Option(help="Until when.")] = "05:00",
    config: ConfigFile = CONFIG,
) -> None:
    """Roll a release out: to one edge, then a tenth, then all. Edges restart in the window, and never while a booking
    is in its time or a door is open. It stops by itself where an edge returns from it."""
    wrong = [each for each in (opens, closes) if not _is_time(each)]
    if wrong or opens == closes:
        raise typer.BadParameter(f"--opens and --closes are two times such as 02:00, not {', '.join(wrong) or opens}")
    with errors_on_one_line():
        begun = _on(
            config,
            lambda updates: updates.stage(
                version, soak_hours=soak_hours, opens=opens, closes=closes, first=first, actor=ACTOR
            ),
        )
    typer.echo(_words(begun))


@app.command()
def pause(config: ConfigFile = CONFIG) -> None:
    """Pause: no further edge is told. What edges have been told goes on."""
    _set(config, RolloutState.PAUSED)


@app.command()
def resume(config: ConfigFile = CONFIG) -> None:
    """Go on after a pause or a stop. An edge that had returned is told once more."""
    _set(config, RolloutState.RUNNING)


@app.command()
def cancel(config: ConfigFile = CONFIG) -> None:
    """End the roll-out. Edges that have the release keep it; the others install nothing."""
    _set(config, RolloutState.CANCELLED)


def _set(config: Path, state: RolloutState) -> None:
    with errors_on_one_line():
        changed = _on(config, lambda updates: updates.set_state(state, actor=ACTOR))
    typer.echo(_words(changed))


def _words(rollout: Rollout) -> str:
    why = f": {rollout.why}" if rollout.why else ""
    return f"{rollout.version} is {rollout.state}, stage {rollout.stage + 1} of 3 ({STAGES[rollout.stage]}){why}."


def _plain(found: Listing) -> dict[str, object]:
    """The listing without the bytes of releases and orders."""
    releases, edges = (
        [
            {key: value for key, value in msgspec.structs.asdict(each).items() if key not in ("file", "told")}
            for each in part
        ]
        for part in (found.releases, found.edges)
    )
    return {"releases": releases, "rollout": found.rollout, "edges": edges}


def _is_time(text: str) -> bool:
    hours, _, minutes = text.partition(":")
    return len(text) == 5 and hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60


def _on(config: Path, work: Callable[[UpdateService], Awaitable[T]]) -> T:
    """Do the work on the controller's database, whether it runs or not. It looks there once a minute."""
    settings = open_settings(config)

    async def run() -> T:
        set_origin(Origin(source=Source.CONSOLE))
        await migrate(settings.database_url)
        await require_known_keys(settings)
        container = open_container(settings, load_clock(config, settings))
        try:
            return await work(UpdateService(container.database, container.clock))
        finally:
            await container.close()

    return asyncio.run(run())
