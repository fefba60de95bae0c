"""``hallkeeper why``: why a door opened, did not, or would, over HTTP."""

import sys
from typing import Annotated

import msgspec
import typer

from controller.plans.why.routes import WhyAnswer
from controller.platform.cli.client import ApiClient, AsJson, site_and, takes_client

app = typer.Typer(add_completion=False)

ASK = "-"
REFUSED = 4
"""Exit code: it stays shut."""


@app.command()
@takes_client
def why(
    caller: ApiClient,
    door: Annotated[str, typer.Argument(help="Site and door, such as ramsey/front-door.")],
    code: Annotated[str | None, typer.Option(help="What is typed; - to be asked for it.")] = None,
    card: Annotated[str | None, typer.Option(help="A card as readers show it, such as w26:118:1603.")] = None,
    pin: Annotated[str | None, typer.Option(help="The PIN typed after the card; - to be asked for it.")] = None,
    booking: Annotated[str | None, typer.Option(help="A booking's id, for what it opens with.")] = None,
    holder: Annotated[str | None, typer.Option(help="The id of a member of staff, key holder or contractor.")] = None,
    at: Annotated[str | None, typer.Option(help="When, by the site's clock, like 2026-11-25T18:05; else now.")] = None,
    as_json: AsJson = False,
) -> None:
    """Explain why a door opens to somebody or not, now or at another time: grant, window, mode, override, clock and
    plan.

    What is over is answered by the plan that the door had then, what is to come by the newest one. The code is never
    shown. Exit code 4 if the door stays locked."""
    site, name = site_and("door", door)
    given = {"code": _secret(code, "Code"), "card": card, "pin": _secret(pin, "PIN")}
    body = {"booking": booking, "holder": holder, "at": at} | given
    content = msgspec.json.encode({name: value for name, value in body.items() if value is not None})
    raw = caller.post(f"/sites/{site}/doors/{name}/why", content, "application/json", msgspec.Raw)
    if as_json:
        typer.echo(bytes(raw).decode())
    answer = caller.read(raw, WhyAnswer)
    if not as_json:
        for sentence in answer.text:
            typer.echo(sentence)
    if not answer.granted:
        raise typer.Exit(REFUSED)


def _secret(given: str | None, what: str) -> str | None:
    """What was given; asked for, or read from standard input, where it is ``-``."""
    if given != ASK:
        return given
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True))
    return sys.stdin.readline().strip()
