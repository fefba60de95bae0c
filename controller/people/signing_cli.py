"""``hallkeeper sign-in``, ``sign-out`` and ``password``: the session of the commands."""

import sys
from typing import Annotated

import msgspec
import typer

from controller.cli import saved_session
from controller.cli.client import LOCAL, SERVER, ApiClient, CommandClient, Server
from controller.cli.saved_session import SavedSession

sign_in_app = typer.Typer(add_completion=False)
sign_out_app = typer.Typer(add_completion=False)
password_app = typer.Typer(add_completion=False)


class _Answer(msgspec.Struct, frozen=True):
    user: str
    token: str


class _Ended(msgspec.Struct, frozen=True):
    ended: int


@sign_in_app.command()
def sign_in(
    user: Annotated[str | None, typer.Argument(help="Your name as a user; asked for if left out.")] = None,
    server: Server = SERVER,
) -> None:
    """Sign in at a controller, for all commands that ask it. The password is asked for, or read from standard input.

    The session is kept in a file that only you can read, until you sign out or it ends.
    """
    line = CommandClient(server or LOCAL)
    name = user or str(typer.prompt("User"))
    body = msgspec.json.encode({"user": name, "password": _password()})
    answer = line.post("/session", body, "application/json", _Answer)
    try:
        file = saved_session.keep(SavedSession(server=line.server, user=answer.user, token=answer.token))
    except OSError as error:
        line.refuse(f"{saved_session.place(line.server)} cannot be written: {error.strerror}", error)
    line.say(f"{answer.user} is signed in at {line.server}; the session is kept in {file}.")


@sign_out_app.command()
def sign_out(
    server: Server = SERVER,
    others: Annotated[
        bool, typer.Option("--others", help="End your sessions everywhere else, and keep this one.")
    ] = False,
) -> None:
    """End the session that `hallkeeper sign-in` began at a controller, and no other; here it is forgotten even where
    the controller is silent."""
    session = saved_session.kept(server)
    if session is None:
        typer.echo(f"Nobody is signed in at {server}." if server else "Nobody is signed in here.")
        return
    if others:
        caller = ApiClient(session.server, None, session.token)
        caller.say(_told(caller.taken_away("/session/others", _Ended)))
        return
    saved_session.forget(session.server)
    line = CommandClient(session.server, session.token)
    if line.removed("/session"):
        line.say(f"{session.user} is signed out.{_next()}")
    else:
        line.say(f"{session.user} is signed out; the session had ended before.{_next()}")


@password_app.command()
def password(server: Server = SERVER) -> None:
    """Give yourself another password, and end your sessions everywhere else. Both are asked for, or read from two lines
    of standard input: the one you have, and the new one."""
    caller = ApiClient(server, None, None)
    body = msgspec.json.encode({"current": _password("Password now"), "new": _password("New password", twice=True)})
    ended = caller.post("/session/password", body, "application/json", _Ended)
    caller.say(f"You have a new password. {_told(ended)}")


def _next() -> str:
    """Which controller the next command goes to, where one is still signed in to."""
    other = saved_session.kept()
    return f" Commands now go to {other.server}, as {other.user}." if other is not None else ""


def _told(done: _Ended) -> str:
    return f"Your other sessions have ended: {done.ended}." if done.ended else "You had no other session."


def _password(asked: str = "Password", *, twice: bool = False) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(asked, hide_input=True, confirmation_prompt=twice))
    return sys.stdin.readline().rstrip("\r\n")
