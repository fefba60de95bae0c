"""Open links to join a party: they end with the role that somebody is deprived of, who may have kept one."""

from datetime import datetime

from controller.db.engine import Tx
from controller.people.groups import repository
from controller.people.groups.people import LEADS
from controller.people.model import OF_PARTY
from controller.people.party_leaving import Departure
from controller.records.audit import audit_log


async def end_open_links(tx: Tx, departure: Departure, now: datetime) -> frozenset[str]:
    """As ``DepartureHook`` has it: withdraw the links for several people that would give back what was lost, whatever
    address the person uses there; of who leaves later those that would still work then. Of who leaves by themselves
    none ends; nor do invitations to one address."""
    if departure.by == departure.user.name:
        return frozenset()
    roles = OF_PARTY if departure.saw else LEADS
    for link in await repository.open_links(tx, departure.party, departure.at):
        if link.role not in roles or not (departure.site is None or link.site in (None, departure.site)):
            continue
        await repository.change(tx, link.id, withdrawn_at=now, withdrawn_by=departure.by[:200])
        await audit_log.record(
            tx,
            actor=departure.by,
            at=now,
            act="withdraw invitation",
            site=link.site,
            thing=f"invitation {link.id} to party {link.party}",
        )
    return frozenset()
