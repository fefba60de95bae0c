"""``hallkeeper parties people`` and its like: who belongs to a party, and invitations, over HTTP."""

from typing import Annotated, Any

import msgspec
import typer

from controller.people.groups.schemas import (
    InvitationAnswer,
    InvitationList,
    PeopleAnswer,
    PersonAnswer,
    ResponsibleAnswer,
)
from controller.people.model import Role
from controller.people.repository import name_key
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, takes_client

JSON = "application/json"
PartyId = Annotated[str, typer.Argument(help="The party's id, such as choir; `list` shows it.", metavar="PARTY")]
UserName = Annotated[str, typer.Argument(help="By which name they sign in.", metavar="USER")]
ForRole = Annotated[Role, typer.Option("--role", help="group_leader, group_member or partner.", metavar="ROLE")]
AtSite = Annotated[str | None, typer.Option("--site", help="At this site; else at all of them.")]
Force = Annotated[bool, typer.Option("--force", help="Though they are the last leader; for managers.")]

app = typer.Typer()


@app.command()
@takes_client
def people(caller: ApiClient, party: PartyId, as_json: AsJson = False) -> None:
    """List who belongs to a party, with which role, and who answers for it."""
    found = caller.ask(f"/parties/{party}/people", PeopleAnswer, as_json=as_json)
    rows = [
        (each.user, each.role, each.site or "all", each.from_at or "", each.until_at or "", each.state)
        for each in found.items
    ]
    if not output.show(caller.console, ("User", "Role", "Site", "From", "Until", "Counts"), rows):
        caller.say(f"Nobody belongs to it; see `hallkeeper parties invite {party} --help`.")
    if found.responsible is None or not found.responsible.active:
        caller.say(f"Nobody answers for it; say who does with `hallkeeper parties responsible {party}`.")
    else:
        caller.say(f"{found.responsible.name} answers for it.")


@app.command()
@takes_client
def invite(
    caller: ApiClient,
    party: PartyId,
    mail: Annotated[str | None, typer.Option(help="To this address; else a link for several people.")] = None,
    role: ForRole = Role.GROUP_MEMBER,
    site: AtSite = None,
    most_uses: Annotated[int, typer.Option(help="How many may join by the link.")] = 20,
    days: Annotated[int, typer.Option(help="How long the link works.")] = 7,
) -> None:
    """Invite somebody by mail, or make a link for several people."""
    body: dict[str, Any] = {"role": role, "site": site}
    body |= {"email": mail} if mail else {"most_uses": most_uses, "days": days}
    made = caller.post(f"/parties/{party}/invitations", msgspec.json.encode(body), JSON, InvitationAnswer)
    if made.link:
        caller.say(f"{made.most_uses} people can join until {made.expires_at} by {made.link}")
    else:
        caller.say(f"A mail goes to {made.email}; it works until {made.expires_at}.")


@app.command()
@takes_client
def invitations(caller: ApiClient, party: PartyId, as_json: AsJson = False) -> None:
    """List a party's invitations, the newest first."""
    found = caller.ask(f"/parties/{party}/invitations", InvitationList, as_json=as_json)
    rows = [
        (each.id, each.email or "link", each.role, each.state, f"{each.uses} of {each.most_uses}", each.expires_at)
        for each in found.items
    ]
    if not output.show(caller.console, ("Invitation", "To", "Role", "State", "Joined", "Until"), rows):
        caller.say("There are no invitations.")


InvitationId = Annotated[str, typer.Argument(help="As `invitations` lists it.", metavar="INVITATION")]


@app.command()
@takes_client
def resend(caller: ApiClient, party: PartyId, invitation: InvitationId) -> None:
    """Send an invitation again, with a new link and digits; those before end."""
    made = caller.post(f"/parties/{party}/invitations/{invitation}/resend", b"", JSON, InvitationAnswer)
    caller.say(f"Another mail goes to {made.email}.")


@app.command()
@takes_client
def withdraw(caller: ApiClient, party: PartyId, invitation: InvitationId) -> None:
    """End an invitation at once; who has joined by it stays."""
    caller.taken_away(f"/parties/{party}/invitations/{invitation}", InvitationAnswer)
    caller.say("The invitation no longer works.")


@app.command("add-person")
@takes_client
def add_person(
    caller: ApiClient, party: PartyId, user: UserName, role: ForRole = Role.GROUP_MEMBER, site: AtSite = None
) -> None:
    """Give a user a role for a party, as a manager."""
    body = {"user": user, "role": role, "site": site}
    caller.post(f"/parties/{party}/people", msgspec.json.encode(body), JSON, PersonAnswer)
    caller.say(f"{user} is {role} for {party}.")


@app.command("end-person")
@takes_client
def end_person(caller: ApiClient, party: PartyId, user: UserName, force: Force = False) -> None:
    """End somebody's roles for a party at once, with their links and calendars for it."""
    found = caller.get(f"/parties/{party}/people", PeopleAnswer)
    theirs = [each for each in found.items if name_key(each.user) == name_key(user) and each.state != "over"]
    if not theirs:
        caller.refuse(f"{user!r} has no role for {party}; see `hallkeeper parties people {party}`")
    where = f"/parties/{party}/people"
    ended = [caller.taken_away(f"{where}/{each.id}", PersonAnswer, force=str(force).lower()) for each in theirs]
    links = " Open links have ended: make a new one." if any(each.ended_links for each in ended) else ""
    caller.say(f"{theirs[0].user} no longer belongs to {party}.{links}")


@app.command()
@takes_client
def leave(caller: ApiClient, party: PartyId) -> None:
    """Leave a party yourself, at once."""
    caller.done("POST", f"/parties/{party}/leave")
    caller.say(f"You no longer belong to {party}.")


@app.command()
@takes_client
def responsible(
    caller: ApiClient,
    party: PartyId,
    user: Annotated[str | None, typer.Option(help="Somebody with a role for it, by name.")] = None,
    person: Annotated[str | None, typer.Option(help="A person without an account, by id.")] = None,
) -> None:
    """Say who answers for a party."""
    body = msgspec.json.encode({"user": user, "person": person})
    answer = caller.post(f"/parties/{party}/responsible", body, JSON, msgspec.Raw)
    made = caller.read(answer, ResponsibleAnswer) if bytes(answer) != b"null" else None
    caller.say(f"{made.name} answers for {party}." if made else f"Nobody answers for {party} now.")
