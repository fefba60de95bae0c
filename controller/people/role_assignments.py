"""Giving assignments: what makes sense, what an actor may give, and when it counts."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from controller.db.engine import Tx
from controller.people import party_repository
from controller.people.errors import AssignmentUnknown, MayNotGive
from controller.people.model import OF_PARTY, Actor, Assignment, GivenAssignment, Role, Tier, User
from controller.people.permissions import Action, lacks, sees_party, sites_of
from controller.platform.text.local_time import day_bounds
from controller.platform.web.fields import Moment
from controller.platform.web.problem import invalid_field
from edge.wire.ids import new_id

SiteZones = Callable[[Tx, str | None], Awaitable[frozenset[ZoneInfo]]]
"""The zone of a site, or those of all sites; empty where there is none."""
GivenTime = date | Moment
"""A whole day of the site, or a moment."""
_PRIORITY = frozenset({Tier.PARTNER, Tier.COUNCIL})


class AssignmentState(StrEnum):
    COMING = "coming"
    IN_FORCE = "in_force"
    OVER = "over"


class AssignmentDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An assignment to give. ``site``: ``None`` for all. ``party``: for whom, with the roles of ``OF_PARTY``.
    ``from_at``: ``None`` for at once, whatever the clock; a day counts from its start. ``until_at``: ``None`` for no
    end; a day counts to its end."""

    role: Role
    site: str | None = None
    party: str | None = None
    from_at: GivenTime | None = None
    until_at: GivenTime | None = None


class AssignmentChange(msgspec.Struct, frozen=True, kw_only=True):
    """The fields to change; ``UNSET`` fields stay."""

    role: Role | msgspec.UnsetType = msgspec.UNSET
    site: str | msgspec.UnsetType | None = msgspec.UNSET
    party: str | msgspec.UnsetType | None = msgspec.UNSET
    from_at: GivenTime | msgspec.UnsetType | None = msgspec.UNSET
    until_at: GivenTime | msgspec.UnsetType | None = msgspec.UNSET


async def resolve(
    tx: Tx,
    draft: AssignmentDraft,
    zones: frozenset[ZoneInfo],
    actor: Actor,
    now: datetime,
    *,
    to: str = "",
    of: str = "",
) -> Assignment:
    """The assignment, with its times as instants. ``zones``: of its site or of all; empty for a site that is not there.
    ``to``: the user who gets it, by id; empty for one who is new. ``of``: what comes before the names of fields. Raises
    ``Invalid`` where it makes no sense, ``MayNotGive``."""
    if draft.site is not None and not zones:
        raise invalid_field(f"{of}site", f"there is no site {draft.site!r}; look it up in the list of sites")
    await _require_sound(tx, draft, actor, of)
    from_at = _instant(draft.from_at, zones, f"{of}from_at", last=False)
    until_at = _instant(draft.until_at, zones, f"{of}until_at", last=True)
    if until_at is not None and until_at <= (from_at or now):
        raise invalid_field(f"{of}until_at", "must be after from_at, and to come; to end it now, take it away")
    wanted = Assignment(role=draft.role, site=draft.site, party=draft.party, from_at=from_at, until_at=until_at)
    if (action := lacks(actor, wanted, renewed=actor.user != to)) is not None:
        raise MayNotGive(actor, wanted, action)
    return wanted


async def _require_sound(tx: Tx, draft: AssignmentDraft, actor: Actor, of: str) -> None:
    """Raises ``Invalid`` for a role and a party that do not go together."""
    if draft.role is Role.PUBLIC:
        raise invalid_field(f"{of}role", "public is everybody who has not signed in; choose another role")
    if draft.role in OF_PARTY and draft.party is None:
        raise invalid_field(f"{of}party", f"the role {draft.role} is held for a party; name it")
    if draft.role not in OF_PARTY and draft.party is not None:
        raise invalid_field(f"{of}party", f"the role {draft.role} has no party; leave it out")
    if draft.party is None:
        return
    party = await party_repository.party(tx, draft.party)
    if party is None or not sees_party(actor, party.id, party.site):
        raise invalid_field(f"{of}party", f"there is no party {draft.party!r}; make it first")
    if draft.role is Role.PARTNER and party.tier not in _PRIORITY:
        raise invalid_field(
            f"{of}party",
            f"“{party.name}” has the tier {party.tier}, and a partner service needs partner or council, which gives it "
            "priority; change the party's tier, or give the role group_leader",
        )


def _instant(given: GivenTime | None, zones: frozenset[ZoneInfo], name: str, *, last: bool) -> datetime | None:
    """``last``: a day counts to its end. Raises ``Invalid`` where sites of several zones have other days."""
    if given is None or (isinstance(given, Moment) and given.instant is not None):
        return given.instant if isinstance(given, Moment) else None
    if len(zones) != 1:
        raise invalid_field(name, "the sites have no zone in common; write a time like 2026-11-25T18:00:00+00:00")
    [zone] = zones
    if isinstance(given, Moment):
        return given.resolve(zone, name)
    day = day_bounds(given, zone)
    return day.end if last else day.start


def require_may_end(actor: Actor, assignment: GivenAssignment, now: datetime) -> None:
    """Raises ``MayNotGive``. For how long it would have lasted does not matter."""
    ending = msgspec.structs.replace(assignment, until_at=now)
    if (action := lacks(actor, ending)) is not None:
        raise MayNotGive(actor, assignment, action)


def assignment_of(user: User, assignment_id: str, actor: Actor) -> GivenAssignment:
    sites = sites_of(actor, Action.USERS)
    for each in user.assignments:
        if each.id == assignment_id and (sites is None or each.site is None or each.site in sites):
            return each
    raise AssignmentUnknown(user.name, assignment_id)


def new_assignment(user: User, wanted: Assignment, *, by: str, now: datetime) -> GivenAssignment:
    fields = {name: getattr(wanted, name) for name in Assignment.__struct_fields__}
    return GivenAssignment(id=new_id(now), user_id=user.id, given_by=by, given_at=now, **fields)


def first_owner(user: User, now: datetime) -> User:
    """The user as owner of all sites, which nobody had to give them."""
    return with_assignment(user, new_assignment(user, Assignment(role=Role.OWNER), by=user.name, now=now))


def with_assignment(user: User, new: GivenAssignment) -> User:
    kept = tuple(new if each.id == new.id else each for each in user.assignments)
    return msgspec.structs.replace(user, assignments=kept if new in kept else (*kept, new))


def alike(one: Assignment, other: Assignment) -> bool:
    """Whether the same is given for a time that they share."""
    if (one.role, one.site, one.party) != (other.role, other.site, other.party):
        return False
    return not (_before(one, other) or _before(other, one))


def _before(one: Assignment, other: Assignment) -> bool:
    return one.until_at is not None and other.from_at is not None and one.until_at <= other.from_at


def assignment_text(given: Assignment) -> str:
    whose = f" for {given.party}" if given.party else ""
    until = f", until {given.until_at:%Y-%m-%d %H:%M} UTC" if given.until_at else ""
    return f"{given.role}{whose}, {given.site or 'all sites'}{until}"


def state_of(given: Assignment, now: datetime) -> AssignmentState:
    if given.in_force(now):
        return AssignmentState.IN_FORCE
    return AssignmentState.OVER if given.over(now) else AssignmentState.COMING


def in_force(assignments: Iterable[Assignment], now: datetime) -> tuple[Assignment, ...]:
    return tuple(each for each in assignments if each.in_force(now))
