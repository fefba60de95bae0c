"""``hallkeeper documents`` and ``hallkeeper safeguarding``: insurance, hire terms and DBS checks, over HTTP."""

import shlex
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from controller.people.documents.model import Level
from controller.people.documents.schemas import (
    DocumentAnswer,
    DocumentList,
    LapsingAnswer,
    LapsingList,
    SafeguardingAnswer,
)
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, SiteArg, command_group, read_file, takes_client

documents_app = command_group("Documents of a party: insurance, signed hire terms, others.")
safeguarding_app = command_group("That a DBS certificate was seen; no copy and no number of it is kept.")
Party = Annotated[str, typer.Argument(help="The party's id.")]
DocumentId = Annotated[str, typer.Argument(help="The document's id; `list` shows it.", metavar="ID")]
_JSON, _FILE = "application/json", "application/octet-stream"


@documents_app.command("list")
@takes_client
def list_documents(caller: ApiClient, party: Party, as_json: AsJson = False) -> None:
    """List a party's documents."""
    found = caller.ask(f"/parties/{party}/documents", DocumentList, as_json=as_json).items
    rows = (
        (each.id, each.kind, each.valid_from, each.valid_until or "no end", each.seen_by, each.media_type or "none")
        for each in found
    )
    if not output.show(caller.console, ("Id", "Kind", "From", "Until", "Seen by", "File"), rows):
        caller.say("There are no documents.")


@documents_app.command()
@takes_client
def lapsing(caller: ApiClient, site: SiteArg, as_json: AsJson = False) -> None:
    """List what has lapsed, is missing or lapses soon, of the parties that come to a site."""
    found = caller.ask(f"/sites/{site}/lapsing", LapsingList, as_json=as_json).items
    rows = (
        (each.party, each.party_name, each.name, _until(each), "wait for you" if each.holds and each.lapsed else "")
        for each in found
    )
    if not output.show(caller.console, ("Party", "Name", "What", "Until", "New bookings"), rows):
        caller.say("Nothing has lapsed, and nothing lapses soon.")


@documents_app.command()
@takes_client
def add(
    caller: ApiClient,
    party: Party,
    kind: Annotated[str, typer.Argument(help="insurance, hire-terms, or what your site asks for.")],
    since: Annotated[str, typer.Option("--from", help="Its first day, such as 2027-03-31.")],
    until: Annotated[str | None, typer.Option(help="Its last day; left out: no end.")] = None,
    seen_by: Annotated[str, typer.Option(help="Who has looked at it; left out: you.")] = "",
    notes: Annotated[str, typer.Option(help="What else is to be known.")] = "",
    file: Annotated[Path | None, typer.Option(help="Its scan: PDF, JPEG or PNG, at most 10 MB.")] = None,
) -> None:
    """Record a document that was seen, with its file if there is one."""
    content = None if file is None else read_file(file)
    body = {"kind": kind, "valid_from": since, "valid_until": until, "seen_by": seen_by, "notes": notes}
    made = caller.post(f"/parties/{party}/documents", msgspec.json.encode(body), _JSON, DocumentAnswer)
    caller.say(f"The document is recorded: {made.id}")
    if content is None:
        return
    try:
        caller.put(_content(party, made.id), content, _FILE, DocumentAnswer)
    except typer.Exit:
        again = shlex.join(["hallkeeper", "documents", "import", party, made.id, str(file)])
        caller.say("It may have no file yet. Send the file by itself:")
        caller.console.print(again, markup=False, highlight=False, soft_wrap=True)
        raise


@documents_app.command("import")
@takes_client
def import_file(
    caller: ApiClient,
    party: Party,
    document_id: DocumentId,
    file: Annotated[Path, typer.Argument(help="The scan: PDF, JPEG or PNG, at most 10 MB.")],
) -> None:
    """Keep a document's file, in place of the one before."""
    caller.put(_content(party, document_id), read_file(file), _FILE, DocumentAnswer)
    caller.say("The file is kept.")


@documents_app.command()
@takes_client
def export(
    caller: ApiClient,
    party: Party,
    document_id: DocumentId,
    out: Annotated[Path, typer.Option(help="The file to write.")],
) -> None:
    """Write a document's file. It is recorded that you have read it."""
    caller.download(_content(party, document_id), _FILE, out)
    caller.say(f"Wrote {out}.")


@documents_app.command()
@takes_client
def remove(caller: ApiClient, party: Party, document_id: DocumentId) -> None:
    """Delete a document with its file."""
    caller.delete(f"/parties/{party}/documents/{document_id}")
    caller.say("The document is deleted.")


@safeguarding_app.command()
@takes_client
def show(caller: ApiClient, party: Party, as_json: AsJson = False) -> None:
    """Show when a DBS certificate was seen, and when it is to be looked at again."""
    seen = caller.ask(f"/parties/{party}/safeguarding", SafeguardingAnswer, as_json=as_json)
    caller.say(f"{seen.level}, seen {seen.seen_on} by {seen.seen_by}; look at it again on {seen.review_on}.")


@safeguarding_app.command("set")
@takes_client
def set_seen(
    caller: ApiClient,
    party: Party,
    level: Annotated[Level, typer.Argument(help="Of the check.")],
    seen_on: Annotated[str, typer.Option(help="When it was seen, such as 2027-03-31.")],
    review_on: Annotated[str, typer.Option(help="When it is to be looked at again.")],
    seen_by: Annotated[str, typer.Option(help="Who has seen it; left out: you. Never the certificate's number.")] = "",
) -> None:
    """Record that a DBS certificate was seen, in place of what was recorded before."""
    path = f"/parties/{party}/safeguarding"
    before = caller.attempt("GET", path, b"", _JSON, SafeguardingAnswer)
    version = before.version if isinstance(before, SafeguardingAnswer) else 0
    body = {"level": level, "seen_on": seen_on, "seen_by": seen_by, "review_on": review_on, "version": version}
    caller.put(path, msgspec.json.encode(body), _JSON, SafeguardingAnswer)
    caller.say("It is recorded.")


@safeguarding_app.command("remove")
@takes_client
def remove_seen(caller: ApiClient, party: Party) -> None:
    """Delete the record that a DBS certificate was seen."""
    caller.delete(f"/parties/{party}/safeguarding")
    caller.say("The record is deleted.")


def _until(found: LapsingAnswer) -> str:
    return "missing" if found.until is None else f"{found.until}, lapsed" if found.lapsed else found.until


def _content(party: str, document_id: str) -> str:
    return f"/parties/{party}/documents/{document_id}/content"
