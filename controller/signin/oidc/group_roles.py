"""The assignments that follow the groups of an account: given, kept and taken away as somebody signs in."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from controller.db.engine import Tx
from controller.people import repository
from controller.people.model import Assignment, GivenAssignment, User
from controller.people.role_assignments import SiteZones, new_assignment, with_assignment
from controller.people.users import record_user
from controller.platform.settings import OidcSection
from controller.signin.oidc.model import UserAccount

log = logging.getLogger(__name__)


def followed(
    user: User, account: UserAccount, wanted: Sequence[Assignment], *, by: str, now: datetime, until: datetime
) -> User:
    """The user with the assignments that the account's groups give, until then, and without those they gave before.
    What was given otherwise stays. Pure."""
    ours = [each for each in user.assignments if each.account_id == account.id and not each.over(now)]
    places = {(each.role, each.site) for each in wanted}
    for each in ours:
        ends = until if (each.role, each.site) in places else now
        user = with_assignment(user, msgspec.structs.replace(each, until_at=ends))
    kept = {(each.role, each.site) for each in ours}
    for place in wanted:
        if (place.role, place.site) not in kept:
            given = new_assignment(user, msgspec.structs.replace(place, until_at=until), by=by, now=now)
            user = with_assignment(user, msgspec.structs.replace(given, account_id=account.id))
    return user


async def follow(
    tx: Tx,
    user: User,
    account: UserAccount,
    wanted: Sequence[Assignment],
    section: OidcSection,
    now: datetime,
    days: int,
) -> User:
    """As ``followed``, in the database. What changes but for its end is in the audit log."""
    new = followed(user, account, wanted, by=section.id, now=now, until=now + timedelta(days=days))
    await put(tx, user, new, section.id, now)
    return new


async def put(tx: Tx, old: User, new: User, by: str, now: datetime) -> None:
    """Store the assignments that are another than before."""
    for each in new.assignments:
        if each not in old.assignments:
            await repository.put_assignment(tx, each)
    if _places(old, now) != _places(new, now):
        await record_user(tx, old, new, "follow groups", f"oidc:{by}", now)


def _places(user: User, now: datetime) -> set[tuple[object, object]]:
    counted: list[GivenAssignment] = [each for each in user.assignments if not each.over(now)]
    return {(each.role, each.site) for each in counted if each.account_id is not None}


async def at_known_sites(
    tx: Tx, wanted: Sequence[Assignment], zones: SiteZones, section: OidcSection
) -> list[Assignment]:
    """Those whose site is there."""
    found = []
    for each in wanted:
        if each.site is None or await zones(tx, each.site):
            found.append(each)
        else:
            fields = {"action": "oidc_site", "provider": section.id, "site": each.site}
            log.warning("A group of a provider has a role at a site that is not there", extra=fields)
    return found
