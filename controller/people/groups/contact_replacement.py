"""Who gets the notices of a party's bookings once its contact has left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from controller.db.engine import Tx
from controller.people import party_repository
from controller.people import repository as users
from controller.people.groups import repository
from controller.people.model import Party, User
from controller.people.party_leaving import Departure, DepartureHook
from controller.people.party_repository import PartyHook
from controller.records.audit import audit_log
from controller.records.audit.audit_log import diff


@dataclass(eq=False)
class PartyContacts:
    """``hooks``: called when a party is reached elsewhere from now on. ``others``: what else ends when somebody leaves;
    whom they tell of it has left no more."""

    hooks: Sequence[PartyHook]
    others: Sequence[DepartureHook]

    async def follow(self, tx: Tx, departure: Departure, now: datetime) -> frozenset[str]:
        """As ``DepartureHook`` has it."""
        moved = await self._replace(tx, departure, now)
        sites: frozenset[str] = frozenset()
        for follow in self.others:
            sites |= await follow(tx, departure, now)
        for tell in self.hooks if moved else ():
            await tell(tx, departure.party, now)
        return sites

    async def _replace(self, tx: Tx, departure: Departure, now: datetime) -> bool:
        """Where the party was reached by the address of somebody who has left, have it reached by that of its
        responsible user, or of another leader; or of nobody, which its site is shown. Whether it was."""
        party = await party_repository.party(tx, departure.party)
        email = departure.user.email
        if party is None or not departure.gone or not email or not party.contact_email:
            return False
        if users.email_key(party.contact_email) != users.email_key(email):
            return False
        other = await self._other(tx, party, departure.user, now)
        contact = {
            "contact_name": other.name if other else "",
            "contact_phone": "",
            "contact_email": (other.email or "") if other else "",
        }
        draft = replace(party.draft, **contact)
        await party_repository.change(tx, party, draft, actor=departure.by, now=now)
        await audit_log.record(
            tx,
            actor=departure.by,
            at=now,
            act="change",
            site=party.site,
            thing=f"party {party.id}",
            changes=diff(party.draft, draft),
            subject=party.id,
        )
        return True

    async def _other(self, tx: Tx, party: Party, gone: User, now: datetime) -> User | None:
        leaders = await repository.leaders(tx, party.id, now)
        order = [each for each in (party.responsible_user, *leaders) if each is not None and each != gone.id]
        for each in order:
            found = await users.user(tx, each)
            if found is not None and found.ended_at is None and found.email:
                return found
        return None
