"""Creates, lists and revokes subscriptions; ``calendar_file`` writes what their links give."""

from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import asdict

from controller.bookings.writer import BookingWriter
from controller.calendars.subscriptions import repository
from controller.calendars.subscriptions.calendar_file import calendar_file, may_give, shown_sites
from controller.calendars.subscriptions.model import File, Linked, Subscription, SubscriptionDraft, SubscriptionUnknown
from controller.db.engine import Database, Tx
from controller.people.errors import NotAllowed
from controller.people.model import Actor
from controller.people.party_leaving import Departure
from controller.people.party_repository import party
from controller.people.permissions import Action, Thing, may, may_somewhere, own_party, sees
from controller.platform.key_files import KeyFiles, token_hash
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from controller.signin.sessions import SessionService
from edge.wire.clock import Clock
from edge.wire.ids import new_id
from edge.wire.interval import Interval


@dataclass(eq=False)
class SubscriptionService:
    """``address``: the URL that people use, without a slash at the end."""

    database: Database
    clock: Clock
    writer: BookingWriter
    keys: KeyFiles
    sessions: SessionService
    address: str = field(kw_only=True)

    def link(self, subscription: Subscription) -> str:
        """The address to put into a calendar program; a secret."""
        return f"{self.address}/c/{self.keys.calendar_token(subscription.id)}.ics"

    async def subscribe(self, wanted: SubscriptionDraft, *, actor: Actor) -> Linked:
        """Make a link. Raises ``NotAllowed`` where it would show what the actor does not see, ``SiteUnknown``,
        ``SpaceUnknown``, ``Invalid``."""
        return await self.database.run(self._subscribe, wanted, actor)

    async def _subscribe(self, tx: Tx, wanted: SubscriptionDraft, actor: Actor) -> Linked:
        now = self.clock.now()
        thing = Thing(site=wanted.site, party=wanted.party)
        if wanted.site is not None and not sees(actor, wanted.site):
            raise NotAllowed(actor, Action.READ, thing)
        if not may_give(actor, wanted):
            raise NotAllowed(actor, Action.CONTACT, thing)
        name = await self._name(tx, wanted)
        made = Subscription(
            id=new_id(now),
            **asdict(wanted) | {"name": wanted.name or name},
            owner_party=own_party(actor, wanted.site),
            only_sites=shown_sites(actor, wanted) if wanted.site is None else None,
            created_at=now,
            created_by=actor.name[:200],
            user_id=actor.user,
        )
        digest = token_hash(self.keys.calendar_token(made.id))
        await repository.add(tx, made, token_hash=digest)
        await audit_log.record(
            tx, actor=actor.name, at=now, act="subscribe", site=made.site, thing=f"calendar {made.id}"
        )
        return Linked(subscription=made, link=self.link(made))

    async def _name(self, tx: Tx, wanted: SubscriptionDraft) -> str:
        if wanted.party is not None:
            found = await party(tx, wanted.party)
            if found is None:
                raise invalid_field("party", f"there is no party {wanted.party!r}; look it up in the list of parties")
            return found.name
        assert wanted.site is not None
        site_config = await self.writer.site_configs.of(tx, wanted.site)
        if wanted.space is None:
            return site_config.site.name
        return f"{site_config.require(wanted.space).space.name}, {site_config.site.name}"[:200]

    async def listed(self, *, actor: Actor, after: str | None, limit: int) -> list[Linked]:
        """The active ones: the actor's own, and all of the sites that the actor runs."""
        by = None if may_somewhere(actor, Action.RUN) else actor.user or ""
        found: list[Subscription] = []
        async with self.database.read() as tx:
            while len(found) < limit and (page := await repository.active(tx, by=by, after=after, limit=limit)):
                found += [each for each in page if _manages(actor, each)]
                after = page[-1].id
        return [Linked(subscription=each, link=self.link(each)) for each in found[:limit]]

    async def revoke(self, subscription_id: str, *, actor: Actor) -> None:
        """The link leads nowhere from now on. Raises ``SubscriptionUnknown``, ``NotAllowed``."""
        await self.database.run(self._revoke, subscription_id, actor)

    async def _revoke(self, tx: Tx, subscription_id: str, actor: Actor) -> None:
        now = self.clock.now()
        found = await repository.get(tx, subscription_id)
        if found is None or not await repository.revoke(tx, subscription_id, now=now):
            raise SubscriptionUnknown(subscription_id)
        if not _manages(actor, found):
            raise NotAllowed(actor, Action.BOOK, Thing(site=found.site, party=found.owner_party))
        await audit_log.record(
            tx, actor=actor.name, at=now, act="unsubscribe", site=found.site, thing=f"calendar {subscription_id}"
        )

    async def follow_departure(self, tx: Tx, departure: Departure, now: datetime) -> frozenset[str]:
        """As ``DepartureHook`` has it: who leaves a party loses the links that they have made for it."""
        if departure.gone:
            for each in await repository.revoke_of_user(tx, departure.user.id, departure.party, now=now):
                thing = f"calendar {each}"
                await audit_log.record(tx, actor=departure.by, at=now, act="unsubscribe", thing=thing)
        return frozenset()

    async def file(self, token: str, *, during: Interval | None) -> File:
        """What a link gives now, as ``calendar_file`` writes it. Raises ``CalendarLinkUnknown``."""
        configs = self.writer.site_configs
        return await calendar_file(self.database, configs, self.sessions, token, during=during, now=self.clock.now())


def _manages(actor: Actor, what: Subscription) -> bool:
    """Whether a link is the actor's to see and to revoke: their own, and for who runs sites those of their sites."""
    if actor.user is not None and what.user_id == actor.user:
        return True
    sites = {what.site} if what.site is not None or what.only_sites is None else what.only_sites
    return all(may(actor, Action.RUN, Thing(site=site)) for site in sites)
