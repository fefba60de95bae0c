"""Who runs a site, for notices to them."""

from collections.abc import Iterable
from datetime import datetime

from controller.db.engine import Tx
from controller.notices.model import Notice
from controller.notices.recipients import Contact, Recipients
from controller.people import repository as users
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may

MOST = 1000
"""People of a site that are looked at."""


async def who_runs(tx: Tx, recipients: Recipients, site: str, now: datetime) -> list[Contact]:
    """Those who run the site by their roles, one for each mail address."""
    found = await users.list_users(tx, sites=frozenset({site}), search="", ended=False, after=None, limit=MOST)
    mails = {}
    for each in found:
        in_force = tuple(one for one in each.assignments if one.in_force(now))
        actor = Actor(name=each.name, user=each.id, assignments=in_force)
        if each.email and may(actor, Action.RUN, Thing(site=site)):
            mails[each.email.casefold()] = each.email
    return [await recipients.contact_at(tx, site, mail=mail, phone="") for mail in mails.values()]


def contact_of(notice: Notice, contacts: Iterable[Contact]) -> Contact | None:
    """The one to whose address a notice goes."""
    return next((each for each in contacts if notice.contact_address in {to.address for to in each.recipients}), None)
