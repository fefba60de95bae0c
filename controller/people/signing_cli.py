"""``hallkeeper sign-in`` and ``hallkeeper sign-out``: whose the commands are that ask a controller."""

import sys
from typing import Annotated

import msgspec
import typer

from controller import signed_in
from controller.caller import LOCAL, SERVER, Line, Server
from controller.signed_in import Session

sign_in_app = typer.Typer(add_completion=False)
sign_out_app = typer.Typer(add_completion=False)


class _Answer(msgspec.Struct, frozen=True):
    user: str
    token: str


@sign_in_app.command()
def sign_in(
    user: Annotated[str | None, typer.Argument(help="Your name as a user; asked for if left out.")] = None,
    server: Server = SERVER,
) -> None:
    """Sign in at a controller, for all commands that ask it. The password is asked for, or read from standard input.

    The session is kept in a file that only you can read, until you sign out or it ends.
    """
    line = Line(server or LOCAL)
    name = user or str(typer.prompt("User"))
    body = msgspec.json.encode({"user": name, "password": _password()})
    answer = line.post("/session", body, "application/json", _Answer)
    try:
        file = signed_in.keep(Session(server=line.server, user=answer.user, token=answer.token))
    except OSError as error:
        line.refuse(f"{signed_in.place(line.server)} cannot be written: {error.strerror}", error)
    line.say(f"{answer.user} is signed in at {line.server}; the session is kept in {file}.")


@sign_out_app.command()
def sign_out(server: Server = SERVER) -> None:
    """End the session that `hallkeeper sign-in` began at a controller, and no other; here it is forgotten even where
    the controller is silent."""
    session = signed_in.kept(server)
    if session is None:
        typer.echo(f"Nobody is signed in at {server}." if server else "Nobody is signed in here.")
        return
    signed_in.forget(session.server)
    line = Line(session.server, session.token)
    if line.removed("/session"):
        line.say(f"{session.user} is signed out.")
    else:
        line.say(f"{session.user} is signed out; the session had ended before.")


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True))
    return sys.stdin.readline().rstrip("\r\n")
