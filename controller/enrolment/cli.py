"""``hallkeeper edge token``, ``rotate``, ``revoke``, over HTTP."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import msgspec
import segno
import typer

from controller.enrolment.schemas import RevocationAnswer, TokenAnswer
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, site_and, takes_client

token_app = typer.Typer(add_completion=False)
rotate_app = typer.Typer(add_completion=False)
revoke_app = typer.Typer(add_completion=False)

_KIND = "application/json"


EdgeArgument = Annotated[str, typer.Argument(metavar="SITE/EDGE", help="SITE/EDGE, such as ramsey/ramsey-pi.")]


@token_app.command()
@takes_client
def token(
    caller: ApiClient,
    edge: EdgeArgument,
    hours: Annotated[int, typer.Option(help="How long it can be used.", min=1, max=336)] = 24,
    as_json: AsJson = False,
) -> None:
    """Make a token that lets this edge in, once; prints what to type on its Pi, also as a QR code for a phone at the
    Pi. An earlier one of it is void."""
    site, name = site_and("edge", edge)
    body = msgspec.json.encode({"hours": hours})
    raw = caller.post(f"/sites/{site}/edges/{name}/enrolment", body, _KIND, msgspec.Raw)
    made = caller.answered(raw, TokenAnswer, as_json=as_json)
    caller.say(f"On the Pi, until {output.moment(datetime.fromisoformat(made.expires_at).astimezone())}:")
    print(made.command)  # noqa: T201  # in one piece, however wide the screen is
    segno.make_qr(made.command, error="l").terminal(compact=True)


@rotate_app.command()
@takes_client
def rotate(caller: ApiClient, edge: EdgeArgument) -> None:
    """Have an edge's keys, its certificate and its doors' secrets changed. Codes stay as they are and work on."""
    site, name = site_and("edge", edge)
    caller.post(f"/sites/{site}/edges/{name}/rotation", b"{}", _KIND, msgspec.Raw)
    caller.say(f"The keys of {edge} change as soon as it is online.")


@revoke_app.command()
@takes_client
def revoke(
    caller: ApiClient,
    edge: EdgeArgument,
    reason: Annotated[str, typer.Option(help="Why; recorded in the audit log.")] = "",
    show: Annotated[bool, typer.Option("--show", help="Only show whom to tell from the last time.")] = False,
    as_json: AsJson = False,
) -> None:
    """Revoke an edge, for example when its Pi was stolen: its keys and certificate become invalid, and its doors get
    new secrets and codes. Prints whom to tell."""
    site, name = site_and("edge", edge)
    if not (reason or show):
        raise typer.BadParameter('give a reason, such as --reason "the Pi was stolen"; it is recorded')
    path = f"/sites/{site}/edges/{name}/revocation"
    body = msgspec.json.encode({"reason": reason})
    raw = caller.get(path, msgspec.Raw) if show else caller.post(path, body, _KIND, msgspec.Raw)
    done = caller.answered(raw, RevocationAnswer, as_json=as_json)
    caller.say(f"{edge} is revoked. Doors with new secrets: {', '.join(done.doors) or 'none'}. Tell these people:")
    output.show(caller.console, ("What", "Who", "Phone", "Mail", "Next", "Bookings"), _rows(done))
    if done.members:
        caller.say(f"{done.members} members' cards and PINs were on it; have them choose other PINs.")
    caller.say(
        f"A Pi that is still connected there continues with its last plan and the old codes until a new Pi enrols: "
        f"`hallkeeper edge token {edge}`."
    )
    caller.say(
        "The broker reads the new list of revoked certificates when it is restarted; docs/enrolment.md says how."
    )


def _rows(done: RevocationAnswer) -> Iterator[tuple[str, ...]]:
    for each in done.people:
        yield each.what, each.who, each.phone, each.email, each.when, str(each.bookings or "")
