"""``hallkeeper attendance``: who came to each booking, as a table, as JSON or as CSV."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from controller.bookings.cli_times import From, To
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, SiteArg, takes_client
from controller.use.attendance.routes import AttendanceList, CountRead, VerdictRead, WhenRead

app = typer.Typer(add_completion=False)
_WORDS = {"at_least": "at least ", "at_most": "at most "}


@app.command()
@takes_client
def attendance(
    caller: ApiClient,
    site: SiteArg,
    since: From,
    to: To,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", help="Write everything into this CSV file, with units and notes.", dir_okay=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show who came to each booking of SITE in a time, at most 62 days of it, and which rooms were used without one.

    `≥` before a time means that it may be later, `≤` that it may be earlier, `?` that it may be of others. A dash means
    that it was not measured, which is not zero; `--csv` and `--json` say why.
    """
    asked = {"from": since, "to": to}
    if csv is not None:
        caller.download(f"/sites/{site}/attendance.csv", "text/csv", csv, **asked)
        return
    answer = caller.get(f"/sites/{site}/attendance", msgspec.Raw, **asked)
    found = caller.answered(answer, AttendanceList, as_json=as_json)
    rows = [
        (
            output.span(each.starts, each.ends),
            each.space_name,
            each.title,
            _time(each.code_on, each.starts),
            _time(each.arrived, each.starts),
            _count(each.came),
            _count(each.peak),
            _count(each.let_ins),
            _time(each.left, each.starts),
            _count(each.overstay),
            ", ".join(
                text for text in (_yes(each.no_show, "no-show"), _yes(each.over_capacity, "over capacity")) if text
            ),
        )
        for each in found.items
    ]
    headings = (
        "When",
        "Space",
        "Booking",
        "Code on",
        "Arrived",
        "Came",
        "Peak",
        "Let in",
        "Left",
        "Over (min)",
        "Note",
    )
    if not output.show(caller.console, headings, rows):
        caller.console.print("There are no bookings in that time.")
    uses = [(output.span(each.starts, each.ends), each.space_name, each.text) for each in found.unbooked]
    if uses:
        caller.console.print("Used without a booking:")
        output.show(caller.console, ("When", "Space", "By"), uses)


def _time(when: WhenRead, starts: str) -> str:
    """With the day where that is not the booking's."""
    sign = {"at_least": "≥ ", "at_most": "≤ ", "shared": "? "}.get(when.how, "")
    if not when.at:
        return _blank(when.how)
    same = when.at.partition("T")[0] == starts.partition("T")[0]
    return sign + (output.clock(when.at) if same else output.moment(when.at))


def _count(count: CountRead) -> str:
    if count.number is None:
        return _blank(count.how)
    return f"{_WORDS.get(count.how, '')}{count.number}" + (f" ± {count.error}" if count.error else "")


def _blank(how: str) -> str:
    return {"none": "none", "later": ""}.get(how, "-")


def _yes(verdict: VerdictRead, text: str) -> str:
    return text if verdict.finding == "yes" else ""
