"""``hallkeeper sign-in``, ``sign-out`` and ``password``: the session of the commands."""

import sys
from typing import Annotated

import msgspec
import typer

from controller.people.account_mails.schemas import MailAskedAnswer, UserChoiceAnswer
from controller.people.schemas import EndedAnswer, SecondStepAnswer, SignedInAnswer
from controller.platform.cli import client
from controller.platform.cli.client import LOCAL, SERVER, ApiClient, CommandClient, SavedSession, Server
from controller.signin.commands import typed_password

sign_in_app = typer.Typer(add_completion=False)
sign_out_app = typer.Typer(add_completion=False)
password_app = typer.Typer(add_completion=False)


@sign_in_app.command()
def sign_in(
    user: Annotated[str | None, typer.Argument(help="Your name as a user; asked for if left out.")] = None,
    mail: Annotated[
        str | None, typer.Option(help="Your mail address: no password is asked for, but the digits of a mail.")
    ] = None,
    server: Server = SERVER,
) -> None:
    """Sign in at a controller, for all commands that ask it. The password, or the six digits of the mail, are asked
    for, or read from standard input.

    The session is saved in a file that only you can read, until you sign out or it ends. One that was saved before is
    ended.
    """
    line = CommandClient(server or LOCAL)
    before = _saved(line)
    if mail is not None:
        answer = _by_mail(line, mail, user)
    else:
        name = user or str(typer.prompt("User"))
        body = msgspec.json.encode({"user": name, "password": typed_password()})
        answer = _finished(line, line.post("/session", body, "application/json", msgspec.Raw))
    try:
        file = client.keep(SavedSession(server=line.server, user=answer.user, token=answer.token))
    except OSError as error:
        line.refuse(f"{client.place(line.server)} cannot be written: {error.strerror}", error)
    if before is not None:
        CommandClient(line.server, before.token).removed("/session")
    line.say(f"{answer.user} is signed in at {line.server}; the session is kept in {file}.")


def _saved(line: CommandClient) -> SavedSession | None:
    """The session that a new one takes the place of; ``None`` also for one that cannot be read."""
    try:
        return client.load(line.server)
    except typer.BadParameter:
        return None


def _by_mail(line: CommandClient, mail: str, user: str | None) -> SignedInAnswer:
    asked = line.post("/session/mail", msgspec.json.encode({"email": mail}), "application/json", MailAskedAnswer)
    line.say(f"If somebody signs in by {mail}, a mail is on its way. It holds six digits.")
    proof: dict[str, str | None] = {"request": asked.request, "digits": _typed("Six digits"), "user": user}
    answer = line.post("/session/mail/proof", msgspec.json.encode(proof), "application/json", msgspec.Raw)
    if "users" in msgspec.json.decode(answer):
        choice = line.read(answer, UserChoiceAnswer)
        line.say(f"Several users have this address: {', '.join(choice.users)}.")
        proof["user"] = _typed("User")
        answer = line.post("/session/mail/proof", msgspec.json.encode(proof), "application/json", msgspec.Raw)
    return _finished(line, answer)


def _finished(line: CommandClient, answer: msgspec.Raw) -> SignedInAnswer:
    """The answer to a sign-in, after its second step where it has one."""
    if "pending" not in msgspec.json.decode(answer):
        return line.read(answer, SignedInAnswer)
    step = {"pending": line.read(answer, SecondStepAnswer).pending, "code": _typed("Code of your authenticator app")}
    return line.post("/session/second-step", msgspec.json.encode(step), "application/json", SignedInAnswer)


def _typed(asked: str) -> str:
    return str(typer.prompt(asked)) if sys.stdin.isatty() else sys.stdin.readline().strip()


@sign_out_app.command()
def sign_out(
    server: Server = SERVER,
    others: Annotated[
        bool, typer.Option("--others", help="End your sessions everywhere else, and keep this one.")
    ] = False,
) -> None:
    """End the session that `hallkeeper sign-in` began at a controller, and no other; here it is forgotten even where
    the controller is silent."""
    session = client.load(server)
    if session is None:
        typer.echo(f"Nobody is signed in at {server}." if server else "Nobody is signed in here.")
        return
    if others:
        caller = ApiClient(session.server, None, session.token)
        caller.say(_ended_text(caller.taken_away("/session/others", EndedAnswer)))
        return
    client.forget(session.server)
    line = CommandClient(session.server, session.token)
    if line.removed("/session"):
        line.say(f"{session.user} is signed out.{_next()}")
    else:
        line.say(f"{session.user} is signed out; the session had ended before.{_next()}")


@password_app.command()
def password(
    server: Server = SERVER,
    keep_tokens: Annotated[bool, typer.Option("--keep-tokens", help="Your API tokens go on.")] = False,
) -> None:
    """Give yourself another password, and end your sessions everywhere else and your API tokens. Both are asked for, or
    read from two lines of standard input: the one you have, and the new one."""
    caller = ApiClient(server, None, None)
    now, new = typed_password("Password now"), typed_password("New password", twice=True)
    body = {"current": now, "new": new, "keep_tokens": keep_tokens}
    ended = caller.post("/session/password", msgspec.json.encode(body), "application/json", EndedAnswer)
    caller.say(f"You have a new password. {_ended_text(ended)}")


def _next() -> str:
    """Which controller the next command goes to, where one is still signed in to."""
    other = client.load()
    return f" Commands now go to {other.server}, as {other.user}." if other is not None else ""


def _ended_text(done: EndedAnswer) -> str:
    tokens = f" Your API tokens have ended: {done.tokens}." if done.tokens else ""
    return (f"Your other sessions have ended: {done.ended}." if done.ended else "You had no other session.") + tokens
