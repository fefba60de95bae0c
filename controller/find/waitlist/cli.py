"""``hallkeeper waiting``: lists the waiting lists, over HTTP."""

import msgspec

from controller.find.waitlist.routes import WaitList, WaitRead
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, SiteArg, command_group, takes_client

app = command_group("Waiting lists for times that are taken.")


@app.command("list")
@takes_client
def list_waiting(caller: ApiClient, site: SiteArg, as_json: AsJson = False) -> None:
    """List who waits at SITE, the next one first, and who has a time on offer and until when."""
    answer = caller.get(f"/sites/{site}/waiting", msgspec.Raw)
    found = caller.answered(answer, WaitList, as_json=as_json).items
    rows = (
        (
            each.id,
            output.span(each.starts, each.ends),
            " or ".join(each.spaces),
            each.title,
            each.party or "",
            "" if each.people is None else str(each.people),
            _status(each),
        )
        for each in found
    )
    if not output.show(caller.console, (output.ID, "When", "Space", "For", "Party", "People", "Status"), rows):
        caller.say("Nobody is waiting.")


def _status(wait: WaitRead) -> str:
    if wait.offered_until is not None:
        return f"on offer until {output.moment(wait.offered_until)}"
    return "" if wait.place is None else f"waits, number {wait.place}"
