"""``hallkeeper calendar feed``: diaries that partners keep elsewhere, polled into blocks."""

import sys
from collections.abc import Iterable
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from controller.calendars.external_feeds.routes import FeedAnswer, FeedList, ListedEvent
from controller.calendars.schemas import ClashingEvent, ImportAnswer, RefusedEvent
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, SiteArg, command_group, takes_client

app = command_group("Diaries that partners keep elsewhere, polled into blocks.")

FeedName = Annotated[str, typer.Argument(help="The feed's short name, such as gp-surgery.")]


@app.command("list")
@takes_client
def list_feeds(caller: ApiClient, site: SiteArg, as_json: AsJson = False) -> None:
    """List a site's feeds with their status."""
    found = caller.ask(f"/sites/{site}/feeds", FeedList, as_json=as_json).items
    rows = ((each.id, each.name, each.space, each.address, str(each.blocks), _status(each)) for each in found)
    if not output.show(caller.console, ("Feed", "Diary of", "Space", "Address", "Blocks", "Status"), rows):
        caller.say("No diary is polled; `hallkeeper calendar feed add --help` says how.")


@app.command()
@takes_client
def add(
    caller: ApiClient,
    site: SiteArg,
    feed: FeedName,
    space: Annotated[
        str, typer.Option(help="The space that its events block; a space that divides blocks all its parts.")
    ],
    name: Annotated[str, typer.Option(help="Whose diary it is, such as “the GP surgery”.")],
    address: Annotated[
        str, typer.Option(help="The calendar's address; “-” reads it from standard input, unseen by others.")
    ] = "",
    every: Annotated[int, typer.Option(help="Minutes from one poll to the next.")] = 30,
    party: Annotated[str, typer.Option(help="Whose bookings its events become, such as surgery.")] = "",
    preview: Annotated[bool, typer.Option("--preview", help="Show what it would bring; write nothing.")] = False,
) -> None:
    """Make a feed and poll it, or change one; without --address it keeps the one it has."""
    body: dict[str, object] = {"name": name, "space": space, "every_min": every, "party": party or None}
    if address:
        body["address"] = sys.stdin.readline().strip() if address == "-" else address
    path, content = f"/sites/{site}/feeds/{feed}", msgspec.json.encode(body)
    if preview:
        seen = caller.post(f"{path}/preview", content, "application/json", ImportAnswer)
        caller.console.print(
            f"{len(seen.imported)} would become blocks, {seen.unchanged} unchanged, {len(seen.clashes)} clash, "
            f"{len(seen.refused)} refused"
        )
        _show_events(caller.console, [*seen.clashes, *seen.refused])
        return
    versions = {each.id: each.version for each in caller.get(f"/sites/{site}/feeds", FeedList).items}
    content = msgspec.json.encode(body | {"version": versions.get(feed, 0)})
    caller.put(path, content, "application/json", dict[str, object])
    _poll(caller, site, feed)


@app.command()
@takes_client
def remove(caller: ApiClient, site: SiteArg, feed: FeedName) -> None:
    """Remove a feed and its future blocks."""
    caller.delete(f"/sites/{site}/feeds/{feed}")
    caller.console.print(f"{feed} and its upcoming blocks were removed", markup=False, highlight=False)


@app.command()
@takes_client
def poll(caller: ApiClient, site: SiteArg, feed: FeedName) -> None:
    """Poll a feed now. Exit code 1 where it could not be read."""
    _poll(caller, site, feed)


def _poll(caller: ApiClient, site: str, feed: str) -> None:
    found = caller.post(f"/sites/{site}/feeds/{feed}/poll", b"", "application/json", FeedAnswer)
    last = found.last
    if found.text:
        caller.refuse(f"{found.id}: {_status(found)}; {found.blocks} blocks stay as they were")
    caller.console.print(
        f"{found.id}: {last.new} new, {last.changed} changed, {last.ended} taken away, {last.unchanged} unchanged, "
        f"{last.clashing} clash, {last.refused} refused"
    )
    _show_events(caller.console, [*last.clashes, *last.refusals])


def _show_events(console: Console, events: Iterable[ListedEvent | ClashingEvent | RefusedEvent]) -> None:
    output.show(console, ("Line", "No block", "Because"), map(_event_row, events))


def _event_row(event: ListedEvent | ClashingEvent | RefusedEvent) -> tuple[str, str, str]:
    if isinstance(event, RefusedEvent):
        return str(event.line), "", event.why
    return str(event.line), f"{event.title}, {event.starts}" if event.starts else "", event.text


def _status(feed: FeedAnswer) -> str:
    if feed.text:
        return f"{feed.text} (stale since {feed.stale_since})"
    return f"{feed.last.clashing} clash" if feed.last.clashing else feed.status
