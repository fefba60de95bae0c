"""``hallkeeper tokens``: API tokens of your own, over HTTP."""

from typing import Annotated

import msgspec
import typer

from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, command_group, takes_client
from controller.signin.signing_cli import typed_password
from controller.signin.token_schemas import NewTokenAnswer, TokenList

app = command_group("API tokens, by which programs act as you.")


@app.command("list")
@takes_client
def list_tokens(caller: ApiClient, as_json: AsJson = False) -> None:
    """List your tokens, by name. What they are is not shown again."""
    found = caller.ask("/tokens", TokenList, as_json=as_json).items
    rows = (
        (each.id, each.name, _limits(each.scopes, read_only=each.read_only), each.last_used_at, each.expires_at)
        for each in found
    )
    if not output.show(caller.console, ("Token", "Name", "For", "Last used", "Ends"), rows):
        caller.say("You have no tokens.")


@app.command()
@takes_client
def make(
    caller: ApiClient,
    name: Annotated[str, typer.Argument(help="What it is for, such as “cleaning rota”.")],
    until: Annotated[str, typer.Option(help="Its last day, such as 2027-03-31; at most a year ahead.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="An action it is for, such as book; several times. Else all you may do.")
    ] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="It changes nothing.")] = False,
) -> None:
    """Make a token, and print it alone on a line. It is shown this once. Your password is asked for, or read from the
    first line of standard input; leave it empty within 15 minutes of signing in by mail or passkey."""
    body: dict[str, object] = {"current": typed_password("Your password", optional=True) or None}
    body |= {"name": name, "until": until, "scopes": scope or None, "read_only": read_only}
    made = caller.post("/tokens", msgspec.json.encode(body), "application/json", NewTokenAnswer)
    caller.say(made.token)


@app.command()
@takes_client
def end(
    caller: ApiClient,
    token_id: Annotated[str, typer.Argument(help="Its id; `list` shows it.", metavar="ID")],
) -> None:
    """End one of your tokens, at once."""
    caller.delete(f"/tokens/{token_id}")
    caller.say("The token has ended.")


def _limits(scopes: list[str] | None, *, read_only: bool) -> str:
    allowed = "all you may do" if scopes is None else ", ".join(scopes)
    return f"{allowed}, read only" if read_only else allowed
