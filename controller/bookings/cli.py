"""``hallkeeper bookings``: list them, decide on requests, replace codes, import and export spreadsheets; over HTTP."""

from typing import Annotated

import msgspec
import typer
from rich.progress import Progress

from controller.access.code_generation import spoken
from controller.bookings.affected import cli as affected
from controller.bookings.cli_times import From, To
from controller.bookings.diary.model import EventKind
from controller.bookings.door_codes import ReissuedAnswer
from controller.bookings.schemas import BookingList, BookingRead, RequestPage
from controller.platform.cli import output
from controller.platform.cli.client import (
    SET_ASIDE,
    ApiClient,
    AsJson,
    Refusal,
    SiteArg,
    command_group,
    read_file,
    takes_client,
)
from controller.platform.csv_import.cli import CsvFile, DryRun, OutFile, print_import
from controller.platform.csv_import.schemas import CsvImportAnswer
from controller.platform.key_files import LinkKind

app = command_group("Bookings: list, approve, decline, replace codes, import and export spreadsheets.")
app.add_typer(affected.app, name="affected")

Id = Annotated[str, typer.Argument(help="Its id; `list` shows it.", metavar="ID")]
Ids = Annotated[list[str], typer.Argument(help="Their ids; `requests` and `list` show them.", metavar="ID...")]
_JSON = "application/json"


@app.command("list")
@takes_client
def list_bookings(
    caller: ApiClient,
    site: SiteArg,
    since: From,
    to: To,
    space: Annotated[str | None, typer.Option(help="Only in this space.")] = None,
    party: Annotated[str | None, typer.Option(help="Only of this party.")] = None,
    status: Annotated[
        list[str] | None, typer.Option(help="Only those that are confirmed, held …; may be given several times.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the bookings of SITE that touch a time, at most 62 days of it; cancelled ones too."""
    narrowed = {"space": space, "party": party, "status": status}
    asked = {"from": since, "to": to} | {name: value for name, value in narrowed.items() if value}
    answer = caller.get(f"/sites/{site}/bookings", msgspec.Raw, **asked)
    found = caller.answered(answer, BookingList, as_json=as_json).items
    rows = (
        (each.id, output.span(each.starts, each.ends), each.space_name, each.title, each.party_name or "", each.status)
        for each in found
    )
    if not output.show(caller.console, (output.ID, "When", "Space", "Booking", "Party", "Status"), rows):
        caller.console.print("There are no bookings in that time.")


@app.command()
@takes_client
def show(caller: ApiClient, booking: Id, as_json: AsJson = False) -> None:
    """Show one booking: where and when it is, whose, its status, and which doors have its code; `--json` for
    everything."""
    one = caller.answered(caller.get(f"/bookings/{booking}", msgspec.Raw), BookingRead, as_json=as_json)
    output.show_one(
        caller.console,
        {
            "Booking": one.id,
            "Title": one.title,
            "Where": _where(one),
            "When": output.span(one.starts, one.ends),
            "Party": one.party_name or "",
            "People": "" if one.people is None else str(one.people),
            "Status": one.status,
            "Because": _waits(one),
            "On the door": one.on_door.text,
        },
    )


@app.command()
@takes_client
def requests(
    caller: ApiClient,
    site: Annotated[str | None, typer.Argument(help="The site; left out, all that you may see.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what waits for approval, why, and what prevents approving it now."""
    answer = caller.pages(f"/sites/{site}/requests" if site else "/requests")
    found = caller.answered(answer, RequestPage, as_json=as_json).items
    rows = (
        (
            each.id,
            output.span(each.starts, each.ends),
            _where(each),
            _who(each),
            _waits(each),
            "; ".join(one.text for one in each.reasons),
        )
        for each in found
    )
    headings = (output.ID, "When", "Where", "Booking", "Waits because", "Prevents approval")
    if not output.show(caller.console, headings, rows):
        caller.console.print("Nothing waits for approval.")


@app.command()
@takes_client
def approve(
    caller: ApiClient,
    ids: Ids,
    reason: Annotated[str, typer.Option(help="The reason; recorded in the booking's log.")] = "",
    overrule: Annotated[
        bool, typer.Option("--overrule", help="Overrule the buffers that other bookings need to set up or clear down.")
    ] = False,
) -> None:
    """Confirm requests. Each is judged again; those that have become impossible are listed, and the others are
    confirmed.

    Exit code 0 when all are confirmed, 3 when some were refused, 1 when the controller did not answer.
    """
    _decide(caller, ids, "approve", {"reason": reason, "overrule": overrule})


@app.command()
@takes_client
def decline(
    caller: ApiClient, ids: Ids, reason: Annotated[str, typer.Option(help="The reason; the person who asked reads it.")]
) -> None:
    """Decline requests; their time is free at once.

    Exit code 0 when all are declined, 3 when some were refused, 1 when the controller did not answer.
    """
    _decide(caller, ids, "decline", {"reason": reason})


@app.command()
@takes_client
def reissue(
    caller: ApiClient,
    booking: Id,
    reason: Annotated[str, typer.Option(help="The reason; recorded in its log and in the audit log.")],
) -> None:
    """Replace a booking's code at once, because others know it, and that of all bookings that share it. The new code is
    printed once; pass it on to the person who booked."""
    body = msgspec.json.encode({"reason": reason})
    done = caller.post(f"/bookings/{booking}/code/reissue", body, _JSON, ReissuedAnswer)
    for each in done.booking.codes:
        caller.say(f"{_who(done.booking)}: code {spoken(each.code)} for {', '.join(each.doors)}")
    if len(done.together) > 1:
        caller.say(f"{len(done.together)} bookings share it: tell the people of all of them.")
    for text in (done.booking.on_door.text, *done.booking.still_opens):
        caller.say(text)


@app.command()
@takes_client
def publish(
    caller: ApiClient,
    booking: Id,
    title: Annotated[str | None, typer.Option(help="What it is called there; empty for its own title.")] = None,
    kind: Annotated[EventKind | None, typer.Option(help="What sort of event it is.")] = None,
    about: Annotated[str | None, typer.Option(help="A description; everybody reads it.")] = None,
    link: Annotated[str | None, typer.Option(help="A web address with more about it.")] = None,
    series: Annotated[bool, typer.Option("--series", help="All dates to come of its series.")] = False,
    private: Annotated[bool, typer.Option("--private", help="Make it private again.")] = False,
) -> None:
    """Make a booking public in what's on, in these words; what is left out stays as it was."""
    given = {"listed_as": title, "event_kind": kind, "about": about, "web_link": link}
    body: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    body["public"] = not private
    found = caller.get(f"/bookings/{booking}", BookingRead)
    if series and found.series is not None:
        whole = msgspec.json.encode(body | {"scope": "all"})
        caller.patch(f"/series/{found.series}", whole, _JSON, msgspec.Raw)
    done = caller.patch(f"/bookings/{booking}", msgspec.json.encode(body), _JSON, BookingRead)
    caller.say(f"{_who(done)}: {'public' if done.public else 'private'}")


@app.command("new-link")
@takes_client
def new_link(
    caller: ApiClient,
    booking: Id,
    kind: Annotated[LinkKind, typer.Option(help="The link to manage it, or the one that was passed on.")],
) -> None:
    """Give a booking another link of one kind, because others have the present one, which ends. The other kind stays,
    and so does the door code."""
    done = caller.post(f"/bookings/{booking}/links/{kind}/renew", b"", _JSON, BookingRead)
    caller.say(f"{_who(done)}: {done.link if kind is LinkKind.MANAGE else done.show_link}")


@app.command("offline-code")
@takes_client
def offline_code(caller: ApiClient, booking: Id) -> None:
    """Issue a code of ten digits for each door of a booking that is offline and has not got its code. Idempotent."""
    done = caller.post(f"/bookings/{booking}/offline-code", b"{}", _JSON, BookingRead)
    for each in done.offline_codes:
        caller.say(f"{_who(done)}: offline code {spoken(each.code)} {each.text}")


@app.command("import")
@takes_client
def import_file(caller: ApiClient, site: SiteArg, file: CsvFile, dry_run: DryRun = False) -> None:
    """Book, change and cancel what FILE says. Each row is judged like any booking; refused rows are listed with the
    reason.

    Exit code 0 when every row was written, 3 when some were refused, 1 when the file was refused as a whole or the
    controller did not answer.
    """
    print_import(caller, _imported(caller, site, read_file(file), dry_run), "Booking")


@app.command()
@takes_client
def export(caller: ApiClient, site: SiteArg, since: From, to: To, out: OutFile = None) -> None:
    """Write the bookings of a time, at most 400 days of it, as CSV, as `import` reads it."""
    asked = {"from": since, "to": to}
    caller.download(f"/sites/{site}/bookings.csv", "text/csv", out, **asked)


def _imported(caller: ApiClient, site: str, data: bytes, dry_run: bool) -> CsvImportAnswer:
    """Send the file, show the progress, and read the last line of the answer."""
    params = {"preview": str(dry_run).lower(), "progress": "true"}
    found: CsvImportAnswer | None = None
    with Progress(console=caller.console, transient=True) as progress:
        task = progress.add_task("Looking" if dry_run else "Booking", total=None)
        for line in caller.lines(f"/sites/{site}/bookings/import", data, "text/csv", **params):
            match line:
                case {"done": int(done), "of": int(of)}:
                    progress.update(task, completed=done, total=of)
                case {"detail": str(detail)}:
                    progress.stop()
                    caller.refuse(detail)
                case answer:
                    found = CsvImportAnswer.model_validate(answer)
    if found is None:
        caller.refuse("the connection ended early; import the file again to finish the rest")
    return found


def _decide(caller: ApiClient, ids: list[str], what: str, body: dict[str, object]) -> None:
    left = False
    for each in ids:
        answer = caller.attempt("POST", f"/bookings/{each}/{what}", msgspec.json.encode(body), _JSON, BookingRead)
        if isinstance(answer, Refusal):
            left = True
            caller.say(f"{each}: {answer.detail}", style="red")
        else:
            caller.say(f"{_who(answer)}, {_where(answer)}, {output.span(answer.starts, answer.ends)}: {answer.status}")
    if left:
        raise typer.Exit(SET_ASIDE)


def _where(booking: BookingRead) -> str:
    return f"{booking.space_name}, {booking.site_name}"


def _who(booking: BookingRead) -> str:
    of = [booking.party_name] if booking.party_name and booking.party_name != booking.title else []
    many = [] if booking.people is None else [f"{booking.people} people" if booking.people != 1 else "1 person"]
    noted = ", ".join(of + many)
    return f"{booking.title} ({noted})" if noted else booking.title


def _waits(booking: BookingRead) -> str:
    if booking.offer:
        return f"on offer until {output.moment(booking.offer.until)}"
    held = f"kept until {output.moment(booking.held_until)}" if booking.held_until else ""
    return "; ".join(filter(None, (booking.why, held)))
