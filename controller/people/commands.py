"""``hallkeeper parties``: organisations, groups and persons, who belongs to them, invitations and merges, over HTTP."""

from typing import Annotated, Any

import typer

from controller.people.model import Role
from controller.platform.cli import output
from controller.platform.cli.client import ApiClient
from controller.platform.cli.table import Function, argument, group, option, row
from controller.platform.csv_import.cli import CsvFile, DryRun, OutFile, import_csv

PartyId = Annotated[str, typer.Argument(help="The party's id, such as choir; `list` shows it.", metavar="PARTY")]
_PARTY = argument("party", "The party's id, such as choir; `list` shows it.", metavar="PARTY")
_USER = argument("user", "By which name they sign in.", metavar="USER")
_ROLE = option("role", "group_leader, group_member or partner.", Role, Role.GROUP_MEMBER, "--role", metavar="ROLE")
_AT_SITE = option("site", "At this site; else at all of them.", str | None, None, "--site")
_INVITATION = argument("invitation", "As `invitations` lists it.", metavar="INVITATION")
_PARTY_ROWS = "Party id; Kind kind; Name name; Tier counts_as; Contact contact_name; Phone contact_phone; "


def import_file(
    caller: ApiClient,
    file: CsvFile,
    dry_run: DryRun = False,
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="Write nothing if a row is refused.")
    ] = False,
) -> None:
    """Make and change parties from FILE. Valid rows are written, others are listed by line, column and reason.

    Exit code 0 when every row was sound, 3 when some were refused, 1 when the file was refused as a whole or the
    controller did not answer.
    """
    every = str(all_or_nothing).lower()
    import_csv(caller, "/parties/import", file, "Party", dry_run=dry_run, all_or_nothing=every)


def export(caller: ApiClient, out: OutFile = None) -> None:
    """Write all parties as CSV, as `import` reads it."""
    caller.download("/parties.csv", "text/csv", out)


def end_person(
    caller: ApiClient,
    party: PartyId,
    user: Annotated[str, typer.Argument(help="By which name they sign in.", metavar="USER")],
    force: Annotated[bool, typer.Option("--force", help="Though they are the last leader; for managers.")] = False,
) -> None:
    """End somebody's roles for a party at once, with their links and calendars for it."""
    where = f"/parties/{party}/people"
    found = caller.found(caller.answer("GET", where)).items
    key = user.strip().casefold()
    theirs = [each for each in found if each.user.strip().casefold() == key and each.state != "over"]
    if not theirs:
        caller.refuse(f"{user!r} has no role for {party}; see `hallkeeper parties people {party}`")
    forced = str(force).lower()
    ended = [caller.found(caller.answer("DELETE", f"{where}/{each.id}", force=forced)) for each in theirs]
    links = " Open links have ended: make a new one." if any(each.ended_links for each in ended) else ""
    caller.say(f"{theirs[0].user} no longer belongs to {party}.{links}")


def _show_people(caller: ApiClient, found: Any, given: Any) -> None:
    rows = [
        (each.user, each.role, each.site or "all", each.from_at or "", each.until_at or "", each.state)
        for each in found.items
    ]
    if not output.show(caller.console, ("User", "Role", "Site", "From", "Until", "Counts"), rows):
        caller.say(f"Nobody belongs to it; see `hallkeeper parties invite {given.party} --help`.")
    if found.responsible is None or not found.responsible.active:
        caller.say(f"Nobody answers for it; say who does with `hallkeeper parties responsible {given.party}`.")
    else:
        caller.say(f"{found.responsible.name} answers for it.")


def _invitation(caller: ApiClient, given: Any) -> object:
    to = {"email": given.mail} if given.mail else {"most_uses": given.most_uses, "days": given.days}
    return {"role": given.role, "site": given.site} | to


def _show_invitation(caller: ApiClient, made: Any, given: Any) -> None:
    if made.link:
        caller.say(f"{made.most_uses} people can join until {made.expires_at} by {made.link}")
    else:
        caller.say(f"A mail goes to {made.email}; it works until {made.expires_at}.")


def _show_responsible(caller: ApiClient, made: Any, given: Any) -> None:
    caller.say(f"{made.name} answers for {given.party}." if made else f"Nobody answers for {given.party} now.")


def _show_merge(caller: ApiClient, made: Any, given: Any) -> None:
    follows, party, duplicate = _counts(made.follows) or "nothing", given.party, given.duplicate
    would, done = f"To {party} would follow: {follows}.", f"{duplicate} is merged into {party}. Followed: {follows}."
    caller.say(would if given.dry_run else done)
    if vars(made.stays):
        caller.say(f"With {duplicate} stays what {party} has already: {_counts(made.stays)}.")
    if made.for_all_sites:
        caller.say(f"The two belong to different sites, so that {party} belongs to all sites from then on.")
    if not given.dry_run:
        caller.say(f"To undo it: hallkeeper parties undo-merge {party} {made.id}")


def _counts(kinds: Any) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(vars(kinds).items()))


app = group(
    "Organisations, groups and people: who belongs to them, invitations, import, export.",
    row(
        "list GET /parties",
        "List parties in the order of their ids.",
        option("search", "Part of the name.", str, ""),
        "--kind: Only organisations, groups or persons: organisation …",
        option("ended", "Those too that can no longer book.", bool, False, "--ended", off="false"),
        option("without_responsible", "Only those for which nobody answers.", bool, False),
        columns=_PARTY_ROWS + "Mail contact_email",
        empty="There are no such parties.",
        pages=True,
    ),
    row(
        "show GET /parties/{party}",
        "Show one party: what it is, who answers for it, how to reach them.",
        argument("party", "Its id, such as choir; `list` shows it.", metavar="ID"),
        facts="Party id; Kind kind; Name name; Tier counts_as; Part of organisation; Responsible responsible; "
        "Contact contact_name; Phone contact_phone; Mail contact_email; Notes notes; Ended ended_at",
    ),
    row(
        "forget POST /parties/{party}/forget",
        "Delete the personal data of a party for good and end it. What was booked, when and what it cost stays.",
        argument("party", "Its id, such as ann-lee; `list` shows it.", metavar="ID"),
        say="The personal data of {it.id} are deleted.",
    ),
    Function("import", import_file),
    Function("export", export),
    row(
        "people GET /parties/{party}/people",
        "List who belongs to a party, with which role, and who answers for it.",
        _PARTY,
        show=_show_people,
    ),
    row(
        "invite POST /parties/{party}/invitations",
        "Invite somebody by mail, or make a link for several people.",
        _PARTY,
        "--mail: To this address; else a link for several people.",
        _ROLE,
        _AT_SITE,
        option("most_uses", "How many may join by the link.", int, 20),
        option("days", "How long the link works.", int, 7),
        fill=_invitation,
        show=_show_invitation,
    ),
    row(
        "invitations GET /parties/{party}/invitations",
        "List a party's invitations, the newest first.",
        _PARTY,
        columns="Invitation id; To email|'link'; Role role; State state; Joined; Until expires_at",
        cells={"Joined": lambda it: f"{it.uses} of {it.most_uses}"},
        empty="There are no invitations.",
    ),
    row(
        "resend POST /parties/{party}/invitations/{invitation}/resend",
        "Send an invitation again, with a new link and digits; those before end.",
        _PARTY,
        _INVITATION,
        say="Another mail goes to {it.email}.",
    ),
    row(
        "withdraw DELETE /parties/{party}/invitations/{invitation}",
        "End an invitation at once; who has joined by it stays.",
        _PARTY,
        _INVITATION,
        say="The invitation no longer works.",
    ),
    row(
        "add-person POST /parties/{party}/people",
        "Give a user a role for a party, as a manager.",
        _PARTY,
        _USER,
        _ROLE,
        _AT_SITE,
        say="{user} is {role} for {party}.",
    ),
    Function("end-person", end_person),
    row(
        "leave POST /parties/{party}/leave",
        "Leave a party yourself, at once.",
        _PARTY,
        say="You no longer belong to {party}.",
    ),
    row(
        "responsible POST /parties/{party}/responsible",
        "Say who answers for a party.",
        _PARTY,
        "--user: Somebody with a role for it, by name.",
        "--person: A person without an account, by id.",
        body={"user": None, "person": None},
        show=_show_responsible,
    ),
    row(
        "duplicates GET /sites/{site}/duplicates",
        "List parties of a site that may be one.",
        columns="Party party; Name party_name; Duplicate duplicate; Name duplicate_name; The same why",
        empty="No two parties look like one.",
    ),
    row(
        "merge POST /parties/{party}/merges",
        "Merge a duplicate into a party: all that names it follows, and codes stay as they are.",
        _PARTY,
        argument("duplicate", "The party that ends and is merged into it.", metavar="DUPLICATE"),
        option("dry_run", "Only say what would follow.", bool, False, "--dry-run", sent_as="preview", in_query=True),
        show=_show_merge,
    ),
    row(
        "merges GET /parties/{party}/merges",
        "List merges into a party or of it, the newest first.",
        _PARTY,
        columns="Merge id; Duplicate duplicate; Into party; At merged_at; By merged_by; Undone undone_at",
        empty="There are no merges.",
    ),
    row(
        "undo-merge POST /parties/{party}/merges/{merge}/undo",
        "Put everything back as before a merge, until something of either party has changed.",
        _PARTY,
        argument("merge", "As `merges` lists it.", metavar="MERGE"),
        say="{it.duplicate} is a party of its own again.",
    ),
)
