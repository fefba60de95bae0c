"""``hallkeeper notices digest``: a mail of what waits for you at a site."""

from typing import Annotated

import msgspec
import typer

from controller.notices.digest.routes import DigestRead
from controller.platform.cli.client import ApiClient, AsJson, SiteArg, command_group, takes_client

app = command_group("Your own digest of a site: a mail of what waits for you.")

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@app.command()
@takes_client
def show(caller: ApiClient, site: SiteArg, as_json: AsJson = False) -> None:
    """Show when your digest of SITE comes, and what it would say now."""
    _show(caller, caller.ask(f"/sites/{site}/notice-digest", DigestRead, as_json=as_json))


@app.command()
@takes_client
def put(
    caller: ApiClient,
    site: SiteArg,
    days: Annotated[str, typer.Argument(help="Such as mon,tue,wed; none, and it no longer comes.")],
    hour: Annotated[int, typer.Option(min=0, max=23, help="By the site's clock.")] = 7,
) -> None:
    """Have your digest of SITE come on these days."""
    names = [] if days == "none" else days.lower().split(",")
    if wrong := [each for each in names if each not in _DAYS]:
        caller.refuse(f"{wrong[0]!r} is no weekday; give some of {','.join(_DAYS)}, or none")
    body = msgspec.json.encode({"weekdays": [_DAYS.index(each) + 1 for each in names], "hour": hour})
    _show(caller, caller.patch(f"/sites/{site}/notice-digest", body, "application/json", DigestRead))


def _show(caller: ApiClient, found: DigestRead) -> None:
    caller.say(f"It comes next at {found.next_at}." if found.next_at else "It does not come.")
    caller.say(found.text or "There is nothing to say now, and then no mail is sent.")
