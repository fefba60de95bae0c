"""``hallkeeper floor-plan``: the drawing of a site on which Now shows its doors and rooms, over HTTP."""

from pathlib import Path
from typing import Annotated

import typer

from controller.estate.floor_plans.routes import KIND, FloorPlanAnswer
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, SiteArg, command_group, read_file, takes_client

app = command_group("The floor plan of a building: an SVG on which Now shows its doors and rooms.")


@app.command()
@takes_client
def show(caller: ApiClient, site: SiteArg, as_json: AsJson = False) -> None:
    """Show which doors and rooms are in the floor plan, and what in it is of none."""
    _show(caller, caller.ask(_path(site), FloorPlanAnswer, as_json=as_json))


@app.command("import")
@takes_client
def import_file(
    caller: ApiClient,
    site: SiteArg,
    file: Annotated[Path, typer.Argument(help="An SVG of at most 1 MB.")],
    check: Annotated[bool, typer.Option("--check", help="Say how it would be kept; write nothing.")] = False,
) -> None:
    """Keep an SVG as the floor plan, in place of the one before."""
    how = {"version": _version(caller, site), "check": str(check).lower()}
    made = caller.put(_path(site), read_file(file), KIND, FloorPlanAnswer, **how)
    for each in made.dropped:
        caller.say(f"Not kept: {each.what} ({each.count})", style="yellow")
    _show(caller, made)
    caller.say("Nothing was written." if check else "The floor plan is kept.")


@app.command()
@takes_client
def export(
    caller: ApiClient, site: SiteArg, out: Annotated[Path | None, typer.Option(help="The file to write.")] = None
) -> None:
    """Write the floor plan as an SVG."""
    caller.download(f"{_path(site)}/content", KIND, out)


@app.command()
@takes_client
def remove(caller: ApiClient, site: SiteArg) -> None:
    """Take the floor plan away. `undo` puts it back."""
    caller.taken_away(_path(site), FloorPlanAnswer, version=_version(caller, site))
    caller.say("The floor plan is removed. Put it back with `hallkeeper floor-plan undo`.")


@app.command()
@takes_client
def undo(caller: ApiClient, site: SiteArg) -> None:
    """Put back the floor plan before the last change."""
    version = _version(caller, site)
    caller.post(f"{_path(site)}/undo", b"", "application/json", FloorPlanAnswer, version=version)
    caller.say("The floor plan before the last change is back.")


def _show(caller: ApiClient, found: FloorPlanAnswer) -> None:
    if found.drawing is None:
        caller.say("There is no floor plan.")
        return
    rows = ((each.name, each.kind, each.id, each.element or "not in the drawing") for each in found.places)
    output.show(caller.console, ("Name", "What", "Id", "Element"), rows)
    if found.unmatched:
        caller.say(f"Ids that are of no door and no room: {', '.join(found.unmatched)}", style="yellow")


def _version(caller: ApiClient, site: str) -> str:
    return str(caller.get(_path(site), FloorPlanAnswer).version)


def _path(site: str) -> str:
    return f"/sites/{site}/floor-plan"
