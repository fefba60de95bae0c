"""``hallkeeper controller user``: manages users on the controller's own machine."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from pydantic import ValidationError

from controller.cli import output
from controller.cli.client import AsJson
from controller.cli.console import CONFIG, ConfigFile, errors_on_one_line, open_settings, refuse
from controller.db.engine import Database
from controller.db.migrations import migrate
from controller.estate.repository import known_sites
from controller.key_files import load_keys
from controller.main import load_clock, require_known_keys
from controller.people.model import Role, User
from controller.people.passwords import Passwords
from controller.people.schemas import NewUserBody, UserChangeBody, UserPage, user_answer
from controller.people.sign_in_throttle import SignInThrottle
from controller.people.users import UserService
from controller.web.problem import field_errors

T = TypeVar("T")

app = typer.Typer(help="Who may sign in, and as what.", no_args_is_help=True, add_completion=False)

ACTOR = "console"
"""Who did it, in the list of writes."""
_PAGE = 500

UserName = Annotated[str, typer.Argument(help="The name to sign in with; capitals do not count.")]


@app.command()
def add(
    name: UserName,
    role: Annotated[
        Role,
        typer.Option(
            help="admin: everything. manager: runs sites. booker: books. porter: operates doors. reader: read only."
        ),
    ],
    site: Annotated[list[str] | None, typer.Option(help="A site it may see, several times; else all.")] = None,
    party: Annotated[str | None, typer.Option(help="For whom a booker books.")] = None,
    config: ConfigFile = CONFIG,
) -> None:
    """Make a user. The password is asked for, or read from the first line of standard input."""
    fields = {"name": name, "role": role, "sites": site or None, "party": party, "password": _password()}
    with errors_on_one_line():
        body = _formed(NewUserBody, fields)
        user = _on(config, lambda users: users.add(body.draft(), password=body.password, actor=ACTOR), first=True)
    typer.echo(f"{user.name} can sign in as {user.role}.")


@app.command("list")
def list_users(config: ConfigFile = CONFIG, as_json: AsJson = False) -> None:
    """List all users, those that have ended too."""
    with errors_on_one_line():
        found = _on(config, _all)
    if as_json:
        typer.echo(UserPage(items=[user_answer(each) for each in found], next=None).model_dump_json())
        return
    rows = (
        (
            user.name,
            user.role,
            "all" if user.sites is None else ", ".join(sorted(user.sites)),
            user.party or "",
            f"{user.ended_at:%-d %B %Y}" if user.ended_at else "",
        )
        for user in found
    )
    from rich.console import Console

    if not output.show(Console(), ("User", "Role", "Sites", "Party", "Ended"), rows):
        typer.echo("There are no users yet.")


@app.command()
def password(name: UserName, config: ConfigFile = CONFIG) -> None:
    """Set a new password, asked for or read from standard input, and sign the user out everywhere."""
    fields = {"password": _password()}
    with errors_on_one_line():
        _change(config, name, _formed(UserChangeBody, fields))
    typer.echo(f"{name} has a new password.")


@app.command()
def end(name: UserName, config: ConfigFile = CONFIG) -> None:
    """Let nobody sign in by this name any more, and sign it out everywhere."""
    with errors_on_one_line():
        _change(config, name, UserChangeBody(ended=True))
    typer.echo(f"{name} can no longer sign in.")


def _change(config: Path, name: str, body: UserChangeBody) -> None:
    async def work(users: UserService) -> User:
        user = await users.named(name)
        return await users.change(user.id, body.change(), actor=ACTOR)

    _on(config, work)


async def _all(users: UserService) -> list[User]:
    found: list[User] = []
    while page := await users.listed(after=found[-1].id if found else None, limit=_PAGE):
        found += page
    return found


def _on(config: Path, work: Callable[[UserService], Awaitable[T]], *, first: bool = False) -> T:
    """Do the work on the controller's database, whether it runs or not. ``first``: it may make the first user, after
    whom nobody needs the set-up token."""
    settings = open_settings(config)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def run() -> T:
        await migrate(settings.database_url)
        database = Database(settings.database_url)
        try:
            await require_known_keys(settings)
            tries = SignInThrottle(load_keys(settings.data_dir))
            return await work(UserService(database, load_clock(config, settings), Passwords(), tries, known_sites))
        finally:
            await database.close()

    done = asyncio.run(run())
    if first:
        (settings.data_dir / "setup-token").unlink(missing_ok=True)
    return done


B = TypeVar("B", NewUserBody, UserChangeBody)


def _formed(model: type[B], fields: Mapping[str, object]) -> B:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        refuse("; ".join(f"{each.field}: {each.message}" for each in field_errors(error.errors())))


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
