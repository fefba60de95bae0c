"""Notice preferences: read and changed by the person, for a party, or by the link in a notice."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import msgspec

from controller.bookings.diary.model import Booking
from controller.db.engine import Database, Tx
from controller.notices.digest import repository as digests
from controller.notices.digest.model import digest_times
from controller.notices.errors import NobodyToTell, PreferenceLinkUnknown
from controller.notices.model import OF_WHO_RUNS_A_SITE, Channel, NoticeKind
from controller.notices.preferences import repository
from controller.notices.preferences.model import REQUIRED, By, usual
from controller.notices.recipients import Recipients
from controller.people import party_repository
from controller.people import repository as users
from controller.people.errors import PartyUnknown
from controller.people.model import Actor
from controller.people.permissions import Action, may_somewhere
from controller.platform.web.problem import FieldError, Invalid
from controller.records.audit import audit_log
from edge.wire.clock import Clock

LINK_ACTOR = Actor.acting("notice preferences page")
"""The actor in the audit log of what is chosen by the link in a notice."""


class Preference(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody gets notices of a kind. ``required``: not switched off. ``when``: their digests come."""

    kind: NoticeKind
    by: By
    required: bool
    when: str = ""


class NoticePreferences:
    """They belong to a mail address, or to a mobile number where there is none, and hold for all notices that go there.
    The caller checks permissions; changes are recorded."""

    def __init__(self, database: Database, clock: Clock, recipients: Recipients) -> None:
        self._database = database
        self._clock = clock
        self._recipients = recipients

    @property
    def channels(self) -> frozenset[Channel]:
        """Those that are set up."""
        return self._recipients.channels

    async def own(self, actor: Actor) -> list[Preference]:
        """Those of the actor's own mail address; none where they have no address."""
        async with self._database.read() as tx:
            return await self._of(tx, await self._own_person(tx, actor), runs=may_somewhere(actor, Action.RUN))

    async def put_own(self, actor: Actor, chosen: Mapping[NoticeKind, By]) -> list[Preference]:
        """Raises ``NobodyToTell``, and ``Invalid`` for what cannot be switched off."""

        async def write(tx: Tx) -> list[Preference]:
            person = await self._own_person(tx, actor)
            if not person:
                raise NobodyToTell("you have no mail address yet; add one under your account")
            await self._put(tx, person, chosen, actor, "own notice preferences")
            return await self._of(tx, person, runs=may_somewhere(actor, Action.RUN))

        return await self._database.run(write)

    async def of_party(self, party: str) -> list[Preference]:
        """Those of the party's contact; none where it has no address. Raises ``PartyUnknown``."""
        async with self._database.read() as tx:
            return await self._of(tx, await self._party_person(tx, party))

    async def put_of_party(self, party: str, chosen: Mapping[NoticeKind, By], actor: Actor) -> list[Preference]:
        """Raises as ``put_own`` and ``of_party``."""

        async def write(tx: Tx) -> list[Preference]:
            person = await self._party_person(tx, party)
            if not person:
                why = f"{party} has neither a mail address nor a mobile number; add one to the party first"
                raise NobodyToTell(why)
            return await self._put(tx, person, chosen, actor, f"notice preferences of party {party}", subject=party)

        return await self._database.run(write)

    async def by_link(self, token: str) -> list[Preference]:
        """Those to which the link in a notice leads. Raises ``PreferenceLinkUnknown``."""
        person = self._linked(token)
        async with self._database.read() as tx:
            return await self._of(tx, person)

    async def put_by_link(self, token: str, chosen: Mapping[NoticeKind, By]) -> list[Preference]:
        """Raises ``PreferenceLinkUnknown``, and ``Invalid`` for what cannot be switched off."""
        person = self._linked(token)
        return await self._database.run(self._put, person, chosen, LINK_ACTOR, "notice preferences")

    async def stop_mails(self, token: str, kinds: frozenset[NoticeKind]) -> list[Preference]:
        """No mails of these kinds any more; text messages go on. Kinds that cannot be switched off stay, and those that
        do not come anyway. Idempotent. Raises ``PreferenceLinkUnknown``."""
        person = self._linked(token)

        async def write(tx: Tx) -> list[Preference]:
            chosen = {
                each.kind: By.SMS if each.by is By.BOTH else By.NONE
                for each in await self._of(tx, person)
                if each.kind in kinds - REQUIRED and each.by.mails
            }
            return await self._put(tx, person, chosen, LINK_ACTOR, "notice preferences")

        return await self._database.run(write)

    async def token_for(self, booking: Booking) -> str:
        """The last part of the link to the preferences of who gets a booking's notices; empty where nobody does."""
        async with self._database.read() as tx:
            contact = (await self._recipients.of(tx, [booking]))[booking.id]
        return self._recipients.token(contact.person) if contact.person else ""

    async def _put(
        self,
        tx: Tx,
        person: bytes,
        chosen: Mapping[NoticeKind, By],
        actor: Actor,
        thing: str,
        subject: str | None = None,
    ) -> list[Preference]:
        wrong = [
            FieldError(
                field=f"choices.{kind.name.lower()}",
                message="cannot be switched off, since it brings the door code or says that the door stays shut; "
                "choose mail, sms or both",
            )
            for kind, by in chosen.items()
            if by is By.NONE and kind in REQUIRED
        ]
        if wrong:
            raise Invalid("; ".join(f"{each.field}: {each.message}" for each in wrong), errors=wrong)
        before = (await repository.of(tx, [person]))[person]
        changes = {
            kind.name.lower(): (str(was), str(by))
            for kind, by in chosen.items()
            if (was := before.get(kind, usual(kind))) is not by
        }
        if changes:
            await repository.put(tx, person, chosen)
            now = self._clock.now()
            await audit_log.record(
                tx, actor=actor.name, at=now, act="change", thing=thing, changes=changes, subject=subject
            )
        return await self._of(tx, person)

    async def _of(self, tx: Tx, person: bytes, *, runs: bool = False) -> list[Preference]:
        """``runs``: whether they run a site, so that its problems and alerts may come to them."""
        if not person:
            return []
        found = (await repository.of(tx, [person]))[person]
        when = await self._digests(tx, person)
        return [
            Preference(
                kind=kind,
                by=found.get(kind, usual(kind)),
                required=kind in REQUIRED,
                when=when if kind is NoticeKind.DIGEST else "",
            )
            for kind in NoticeKind
            if (when or kind is not NoticeKind.DIGEST) and (runs or kind not in OF_WHO_RUNS_A_SITE or kind in found)
        ]

    async def _digests(self, tx: Tx, person: bytes) -> str:
        """When somebody's digests come; empty for who has none."""
        now = self._clock.now()
        return "; ".join(
            digest_times(each.site, each.weekdays, each.hour, each.next_at, ZoneInfo(each.zone), now=now)
            for each in await digests.chosen(tx)
            if self._recipients.person(mail=each.email, phone="") == person
        )

    async def _own_person(self, tx: Tx, actor: Actor) -> bytes:
        user = await users.user(tx, actor.user or "")
        return self._recipients.person(mail=(user.email if user else None) or "", phone="")

    async def _party_person(self, tx: Tx, party: str) -> bytes:
        found = await party_repository.party(tx, party)
        if found is None:
            raise PartyUnknown(party)
        return self._recipients.person(mail=found.contact_email, phone=found.contact_phone)

    def _linked(self, token: str) -> bytes:
        person = self._recipients.person_of(token)
        if person is None:
            raise PreferenceLinkUnknown
        return person
