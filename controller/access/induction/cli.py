"""``hallkeeper induction``: a site's own induction, over HTTP."""

from pathlib import Path
from typing import Annotated

import msgspec
import segno
import tomli_w
import typer

from controller.access.induction.schemas import (
    InductionAnswer,
    InductionDraftBody,
    InductionLinkAnswer,
    InductionResultPage,
)
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, SiteArg, command_group, read_file, takes_client
from controller.platform.uploads import toml

app = command_group("A site's own induction: what to read, questions, and who passed.")
_JSON = "application/json"


@app.command()
@takes_client
def show(caller: ApiClient, site: SiteArg, as_json: AsJson = False) -> None:
    """Print a site's induction as a file that `edit` reads."""
    found = caller.ask(f"/sites/{site}/induction", InductionAnswer, as_json=as_json)
    caller.keep(tomli_w.dumps(found.model_dump(include=set(InductionDraftBody.model_fields))).encode(), None)


@app.command()
@takes_client
def edit(
    caller: ApiClient,
    site: SiteArg,
    file: Annotated[Path, typer.Argument(help="A TOML file as `show` prints it.")],
    again: Annotated[bool, typer.Option("--again", help="Who passed before has to take it again.")] = False,
) -> None:
    """Write a site's induction from a file."""
    try:
        given = toml.loads(read_file(file))
    except ValueError as error:
        raise typer.BadParameter(f"{file}: {error}") from error
    path = f"/sites/{site}/induction"
    before = caller.attempt("GET", path, b"", _JSON, InductionAnswer)
    version = before.version if isinstance(before, InductionAnswer) else 0
    body = given | {"version": version, "again": again}
    written = caller.put(path, msgspec.json.encode(body), _JSON, InductionAnswer)
    caller.say(f"The induction of {site} is written: version {written.version}.")


@app.command()
@takes_client
def results(caller: ApiClient, site: SiteArg, as_json: AsJson = False) -> None:
    """List who took a site's induction, the newest first."""
    answer = caller.pages(f"/sites/{site}/induction/results")
    found = caller.answered(answer, InductionResultPage, as_json=as_json).items
    rows = (
        (
            each.user_id or each.party or each.member or "",
            output.moment(each.taken_at),
            f"{each.score} of {each.questions}",
            f"passed, until {each.valid_until}" if each.passed else "not passed",
        )
        for each in found
    )
    if not output.show(caller.console, ("Who", "When (UTC)", "Right", "Result"), rows):
        caller.say("Nobody has taken it yet.")


@app.command()
@takes_client
def link(
    caller: ApiClient,
    site: SiteArg,
    member: Annotated[str | None, typer.Option(help="The id of a member of the library.")] = None,
    party: Annotated[str | None, typer.Option(help="The id of a person or group that does not sign in.")] = None,
) -> None:
    """Print a link, and its QR code, by which somebody takes the induction on their phone within 14 days."""
    body = msgspec.json.encode({"member": member, "party": party})
    made = caller.post(f"/sites/{site}/induction/links", body, _JSON, InductionLinkAnswer)
    caller.say(made.link)
    segno.make_qr(made.link).terminal(compact=True)
