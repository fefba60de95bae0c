"""``hallkeeper waiting``: the waiting lists, over HTTP."""

from typing import Any

from controller.platform.cli import output
from controller.platform.cli.table import group, row


def _status(wait: Any) -> str:
    if wait.offered_until is not None:
        return f"on offer until {output.moment(wait.offered_until)}"
    return "" if wait.place is None else f"waits, number {wait.place}"


waiting = group(
    "Waiting lists for times that are taken.",
    row(
        "list GET /sites/{site}/waiting",
        "List who waits at SITE, the next one first, and who has a time on offer and until when.",
        columns="ID id; When; Space; For title; Party party; People people; Status",
        cells={
            "When": lambda it: output.span(it.starts, it.ends),
            "Space": lambda it: " or ".join(it.spaces),
            "Status": _status,
        },
        empty="Nobody is waiting.",
    ),
)
