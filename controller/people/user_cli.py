"""``hallkeeper users``: users and what they may do, over HTTP, for managers; and the options and columns that it shares
with ``hallkeeper controller user``."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any

import msgspec
import typer

from controller.people.model import OF_PARTY, Role
from controller.people.repository import name_key
from controller.people.role_assignments import AssignmentState
from controller.people.schemas import AssignmentAnswer, UserAnswer, UserPage
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, command_group, takes_client

JSON = "application/json"
_GIVEN = ", ".join(role for role in Role if role is not Role.PUBLIC)
ToGive = Annotated[Role, typer.Option("--role", help=f"One of {_GIVEN}: docs/permissions.md.", metavar="ROLE")]
ToTake = Annotated[Role, typer.Option("--role", help="The role to take away.", metavar="ROLE")]
AtSites = Annotated[list[str] | None, typer.Option("--site", help="At this site, several times; else all.")]
ForParty = Annotated[str | None, typer.Option("--party", help=f"For whom, with {', '.join(sorted(OF_PARTY))}.")]
FromDay = Annotated[
    str | None, typer.Option("--from", help="First day, such as 2026-12-01, or a time at the site; else now.")
]
UntilDay = Annotated[
    str | None, typer.Option("--until", help="Last day, such as 2026-12-31, or a time at the site; else no end.")
]
USER_COLUMNS = ("User", "Role", "Site", "Party", "From", "Until", "Counts", "Mail", "Ended")
_COUNTS = {AssignmentState.IN_FORCE: "yes", AssignmentState.COMING: "not yet", AssignmentState.OVER: "over"}


def assignment_fields(
    role: Role, sites: Sequence[str] | None, party: str | None, start: str | None, until: str | None
) -> list[dict[str, Any]]:
    """The bodies of assignments, one for each site."""
    return [
        {"role": role, "site": site, "party": party, "from_at": start, "until_at": until} for site in (sites or (None,))
    ]


def places(sites: Sequence[str] | None, *, everywhere: str = "at all sites") -> str:
    return f"at {', '.join(sites)}" if sites else everywhere


def user_rows(users: Iterable[UserAnswer]) -> Iterator[Sequence[str]]:
    """A row for each assignment, or one for a user without any."""
    for user in users:
        end = (user.email or "", _day(user.ended_at))
        yield from ((user.name, *_cells(each), *end) for each in user.assignments)
        if not user.assignments:
            yield (user.name, "", "", "", "", "", "", *end)


def _cells(each: AssignmentAnswer) -> Sequence[str]:
    days = (_day(each.from_at), _day(each.until_at))
    return (each.role, each.site or "all", each.party or "", *days, _COUNTS[each.state])


def _day(text: str | None) -> str:
    return "" if text is None else text[:16].replace("T", " ")


app = command_group("Users at your sites and what they may do.")

UserName = Annotated[str, typer.Argument(help="The name to sign in with; capitals do not count.")]


@app.command("list")
@takes_client
def list_users(
    caller: ApiClient,
    search: Annotated[str, typer.Option(help="Part of the name or the mail address.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the users with a role at your sites or at all sites, those that have ended too."""
    found = caller.answered(caller.pages("/users", search=search), UserPage, as_json=as_json)
    output.show(caller.console, USER_COLUMNS, user_rows(found.items))


@app.command()
@takes_client
def add(
    caller: ApiClient,
    name: UserName,
    role: ToGive,
    site: AtSites = None,
    party: ForParty = None,
    start: FromDay = None,
    until: UntilDay = None,
    mail: Annotated[str | None, typer.Option(help="Their mail address; then the password may be left empty.")] = None,
    invite: Annotated[bool, typer.Option("--invite", help="Tell them by mail where to sign in.")] = False,
) -> None:
    """Make a user with a role. The password is asked for, or read from the first line of standard input."""
    given = assignment_fields(role, site, party, start, until)
    body: dict[str, Any] = {"name": name, "email": mail, "assignments": given, "invite": invite}
    body["password"] = new_password(optional=mail is not None)
    made = caller.post("/users", msgspec.json.encode(body), JSON, UserAnswer)
    caller.say(f"{made.name} can sign in as {role}.")


@app.command()
@takes_client
def assign(
    caller: ApiClient,
    name: UserName,
    role: ToGive,
    site: AtSites = None,
    party: ForParty = None,
    start: FromDay = None,
    until: UntilDay = None,
) -> None:
    """Give a user a role more, at some sites or at all."""
    user = _named(caller, name)
    for body in assignment_fields(role, site, party, start, until):
        caller.post(f"/users/{user.id}/assignments", msgspec.json.encode(body), JSON, UserAnswer)
    caller.say(f"{user.name} is {role} {places(site)}.")


@app.command()
@takes_client
def unassign(caller: ApiClient, name: UserName, role: ToTake, site: AtSites = None) -> None:
    """Take a role from a user at once, at some sites or wherever you see it. To undo it, assign it again."""
    user = _named(caller, name)
    held = [each for each in user.assignments if each.role is role and each.state is not AssignmentState.OVER]
    found = [each for each in held if not site or each.site in site]
    if not found:
        caller.refuse(f"{user.name} is not {role} {places(site)}; see `hallkeeper users list`")
    ended = [caller.taken_away(f"/users/{user.id}/assignments/{each.id}", UserAnswer) for each in found]
    links = _of_links(sum(each.ended_links for each in ended))
    caller.say(f"{user.name} is no longer {role} {places(site, everywhere='anywhere')}.{links}")


@app.command()
@takes_client
def end(caller: ApiClient, name: UserName) -> None:
    """Let nobody sign in by this name any more, and sign it out everywhere."""
    user = _named(caller, name)
    ended = caller.patch(f"/users/{user.id}", msgspec.json.encode({"ended": True}), JSON, UserAnswer)
    caller.say(f"{user.name} can no longer sign in.{_of_links(ended.ended_links)}")


def _of_links(ended: int) -> str:
    return " Open links to join have ended: make new ones." if ended else ""


@app.command()
@takes_client
def forget(caller: ApiClient, name: UserName) -> None:
    """Delete the name, address and ways to sign in of a user who has ended, for good. What they did stays, by their
    id."""
    user = _named(caller, name)
    caller.done("POST", f"/users/{user.id}/forget")
    caller.say(f"{user.name} is forgotten. In what they did they are called “Former user {user.id}”.")


def _named(caller: ApiClient, name: str) -> UserAnswer:
    found = caller.read(caller.pages("/users"), UserPage).items
    user = next((each for each in found if name_key(each.name) == name_key(name)), None)
    if user is None:
        caller.refuse(f"there is no user {name!r} at your sites; see `hallkeeper users list`")
    return user


def new_password(*, optional: bool = False) -> str | None:
    """A password, asked for or from the first line of standard input; ``None`` for an empty one, where that is
    allowed."""
    if sys.stdin.isatty():
        default = "" if optional else None
        typed = str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, default=default))
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    return None if optional and not typed else typed
