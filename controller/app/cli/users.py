"""``hallkeeper controller user``: manages users on the controller's own machine."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Annotated, Protocol, TypeVar

import typer
from pydantic import ValidationError

from controller.app.composition import open_container
from controller.app.main import require_known_keys
from controller.app.schema import migrate
from controller.people.model import Actor, User
from controller.people.schemas import AssignmentBody, NewUserBody, UserAnswer, UserChangeBody, UserPage, user_answer
from controller.people.user_cli import (
    USER_COLUMNS,
    AtSites,
    ForParty,
    FromDay,
    ToGive,
    ToTake,
    UntilDay,
    UserName,
    assignment_fields,
    new_password,
    places,
    user_rows,
)
from controller.people.users import UserService
from controller.platform.cli import output
from controller.platform.cli.client import AsJson, command_group
from controller.platform.cli.console import CONFIG, ConfigFile, errors_on_one_line, open_settings, refuse
from controller.platform.preflight import load_clock
from controller.platform.web.problem import field_errors
from controller.records.audit.audit_log import Origin, Source, set_origin
from controller.signin.oidc.repository import unlink_accounts
from controller.signin.passkeys.service import remove_passkeys
from controller.signin.second_factor.service import reset_factor

T = TypeVar("T")

app = command_group("Who may sign in, and what they may do.")

ACTOR = Actor.acting("console")
"""Who did it, in the audit log."""
_PAGE = 500


@app.command()
def add(
    name: UserName,
    role: ToGive,
    site: AtSites = None,
    party: ForParty = None,
    start: FromDay = None,
    until: UntilDay = None,
    mail: Annotated[str | None, typer.Option(help="Their mail address; then the password may be left empty.")] = None,
    config: ConfigFile = CONFIG,
) -> None:
    """Make a user with a role. The password is asked for, or read from the first line of standard input."""
    assignments = assignment_fields(role, site, party, start, until)
    fields = {
        "name": name,
        "email": mail,
        "assignments": assignments,
        "password": new_password(optional=mail is not None),
    }
    with errors_on_one_line():
        body = _formed(NewUserBody, fields)
        user = _on(config, lambda users: users.add(body.draft(), password=body.password, actor=ACTOR), first=True)
    typer.echo(f"{user.name} can sign in as {role}.")


@app.command()
def assign(
    name: UserName,
    role: ToGive,
    site: AtSites = None,
    party: ForParty = None,
    start: FromDay = None,
    until: UntilDay = None,
    config: ConfigFile = CONFIG,
) -> None:
    """Give a user a role more, at some sites or at all."""
    bodies = [_formed(AssignmentBody, fields) for fields in assignment_fields(role, site, party, start, until)]

    async def work(users: UserService) -> None:
        user = await users.named(name)
        for body in bodies:
            await users.give(user.id, body.draft(), actor=ACTOR)

    with errors_on_one_line():
        _on(config, work)
    typer.echo(f"{name} is {role} {places(site)}.")


@app.command()
def unassign(name: UserName, role: ToTake, site: AtSites = None, config: ConfigFile = CONFIG) -> None:
    """Take a role from a user at once, at some sites or wherever they have it. To undo it, assign it again.

    Links and calendars that they have for a party end with it, and when a leader goes its coming bookings get new
    codes, which a running controller sends to the doors at once.
    """

    async def work(users: UserService) -> int:
        user = await users.named(name)
        found = [
            each
            for each in user.assignments
            if each.role is role and (not site or each.site in site) and not each.over(users.clock.now())
        ]
        for each in found:
            await users.take_away(user.id, each.id, actor=ACTOR)
        return len(found)

    with errors_on_one_line():
        taken = _on(config, work)
        if not taken:
            refuse(f"{name} is not {role} {places(site)}; see `hallkeeper controller user list`")
    typer.echo(f"{name} is no longer {role} {places(site, everywhere='anywhere')}.")


@app.command("list")
def list_users(config: ConfigFile = CONFIG, as_json: AsJson = False) -> None:
    """List all users with what they may do, those that have ended too."""
    with errors_on_one_line():
        found = _on(config, _all)
    if as_json:
        typer.echo(UserPage(items=found, next=None).model_dump_json())
        return
    from rich.console import Console

    if not output.show(Console(), USER_COLUMNS, user_rows(found)):
        typer.echo("There are no users yet.")


@app.command()
def password(name: UserName, config: ConfigFile = CONFIG) -> None:
    """Set a new password, asked for or read from standard input, and sign the user out everywhere."""
    fields = {"password": new_password()}
    with errors_on_one_line():
        _change(config, name, _formed(UserChangeBody, fields))
    typer.echo(f"{name} has a new password.")


class _TakesAway(Protocol):
    async def __call__(self, service: UserService, user_id: str, *, actor: Actor) -> None: ...


def _take_away(config: Path, name: str, take_away: _TakesAway) -> None:
    """Take a way of signing in away from a user."""

    async def work(users: UserService) -> None:
        await take_away(users, (await users.named(name)).id, actor=ACTOR)

    with errors_on_one_line():
        _on(config, work)


@app.command("reset-second-factor")
def reset_second_factor(name: UserName, config: ConfigFile = CONFIG) -> None:
    """Remove the authenticator app of a user who has lost it, and sign the user out everywhere."""
    _take_away(config, name, reset_factor)
    typer.echo(f"{name} signs in without an authenticator app now.")


@app.command("remove-passkeys")
def remove_all_passkeys(name: UserName, config: ConfigFile = CONFIG) -> None:
    """Remove all passkeys of a user who has lost the device with them, and sign the user out everywhere."""
    _take_away(config, name, remove_passkeys)
    typer.echo(f"{name} signs in without a passkey now.")


@app.command("unlink-accounts")
def unlink_all_accounts(name: UserName, config: ConfigFile = CONFIG) -> None:
    """Unlink all accounts at providers of a user, with the roles of their groups, and sign the user out everywhere."""
    _take_away(config, name, unlink_accounts)
    typer.echo(f"{name} has no account at a provider now.")


@app.command("mail")
def set_mail(
    name: UserName,
    address: Annotated[str, typer.Argument(help="The new address; empty to remove it.")],
    config: ConfigFile = CONFIG,
) -> None:
    """Set the mail address by which a user signs in."""
    with errors_on_one_line():
        _change(config, name, _formed(UserChangeBody, {"email": address}))
    typer.echo(f"{name} has another mail address." if address else f"{name} has no mail address.")


@app.command()
def end(name: UserName, config: ConfigFile = CONFIG) -> None:
    """Let nobody sign in by this name any more, and sign it out everywhere.

    Links and calendars that they have for a party end with it, and when a leader goes its coming bookings get new
    codes, which a running controller sends to the doors at once.
    """
    with errors_on_one_line():
        _change(config, name, UserChangeBody(ended=True))
    typer.echo(f"{name} can no longer sign in.")


def _change(config: Path, name: str, body: UserChangeBody) -> None:
    async def work(users: UserService) -> User:
        user = await users.named(name)
        return (await users.change(user.id, body.change(), actor=ACTOR))[0]

    _on(config, work)


async def _all(users: UserService) -> list[UserAnswer]:
    found: list[User] = []
    while page := await users.listed(actor=ACTOR, after=found[-1].id if found else None, limit=_PAGE):
        found += page
    names = await users.party_names(held for user in found for held in user.assignments)
    return [user_answer(each, ACTOR, users.clock.now(), names) for each in found]


def _on(config: Path, work: Callable[[UserService], Awaitable[T]], *, first: bool = False) -> T:
    """Do the work on the controller's database, whether it runs or not. ``first``: it may make the first user, after
    whom nobody needs the set-up token."""
    settings = open_settings(config)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def run() -> T:
        set_origin(Origin(source=Source.CONSOLE))
        await migrate(settings.database_url)
        await require_known_keys(settings)
        container = open_container(settings, load_clock(config, settings))
        try:
            return await work(container.people.users)
        finally:
            await container.close()

    done = asyncio.run(run())
    if first:
        (settings.data_dir / "setup-token").unlink(missing_ok=True)
    return done


B = TypeVar("B", NewUserBody, UserChangeBody, AssignmentBody)


def _formed(model: type[B], fields: Mapping[str, object]) -> B:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        refuse("; ".join(f"{each.field}: {each.message}" for each in field_errors(error.errors())))
