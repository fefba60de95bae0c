"""``hallkeeper calendar``: imports calendars of other programs over HTTP."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from controller.calendars.external_feeds import cli as feeds
from controller.calendars.schemas import ImportAnswer
from controller.platform.cli import output
from controller.platform.cli.client import SET_ASIDE, ApiClient, command_group, read_file, takes_client

app = command_group("Import calendars of other programs.")
app.add_typer(feeds.app, name="feed")


@app.command("import")
@takes_client
def import_file(
    caller: ApiClient,
    file: Annotated[Path, typer.Argument(help="An iCalendar file (.ics).", exists=True, dir_okay=False)],
    site: Annotated[str, typer.Option(help="The site, such as ramsey.")],
    space: Annotated[str, typer.Option(help="The space that the events take place in.")],
    preview: Annotated[bool, typer.Option("--preview", help="Show what would happen; write nothing.")] = False,
    calendar: Annotated[str, typer.Option(help="Which calendar it is, if several go into the space.")] = "",
    party: Annotated[str, typer.Option(help="Whose bookings its events become, such as choir.")] = "",
    cancel_vanished: Annotated[
        bool, typer.Option("--cancel-vanished", help="Cancel what an earlier import booked and is not in FILE.")
    ] = False,
) -> None:
    """Import FILE. Valid events are booked, others are listed by line and reason.

    Bookings of an earlier import whose events are no longer in FILE are listed too.

    Exit code 0 when all of the file was taken, 3 when some of it clashes or was refused, 1 when it was refused as a
    whole or the controller did not answer.
    """
    params = {
        "space": space,
        "preview": str(preview).lower(),
        "vanished": "cancel" if cancel_vanished else "keep",
        **({"calendar": calendar} if calendar else {}),
        **({"party": party} if party else {}),
    }
    answer = caller.post(f"/sites/{site}/calendar", read_file(file), "text/calendar", ImportAnswer, **params)
    _show(caller.console, answer, preview=preview)
    if answer.clashes or answer.refused:
        raise typer.Exit(SET_ASIDE)


def _show(console: Console, answer: ImportAnswer, *, preview: bool) -> None:
    word = "would be imported" if preview else "imported"
    console.print(
        f"{len(answer.imported)} {word}, {answer.unchanged} unchanged, {answer.past} over already, "
        f"{len(answer.clashes)} clash, {len(answer.refused)} refused"
    )
    if answer.clashes or answer.refused:
        clashes = ((str(one.line), f"{one.title}, {output.moment(one.starts)}", one.text) for one in answer.clashes)
        refused = ((str(one.line), "", one.why) for one in answer.refused)
        output.show(console, ("Line", "Not imported", "Because"), (*clashes, *refused))
    for series in answer.goes_on:
        console.print(escape(f"“{series.title}” {series.text}; import again for more"))
    if answer.vanished:
        cancelled = "would be cancelled" if preview else "cancelled"
        rows = (
            (f"{gone.title}, {output.moment(gone.starts)}", cancelled if gone.cancelled else "kept")
            for gone in answer.vanished
        )
        output.show(console, ("No longer in the file", "Becomes"), rows)
