"""Hire requests: checked, written down, confirmed by mail, made a booking.

Nothing is held before the address is confirmed, since anybody could ask for every evening of a hall in any names.
Afterwards the site's rules hold as for every request, with two bounds on how many may wait for a decision, and two on
how many the rules confirm by themselves: a name costs nothing, so quotas of parties bind nobody here.

How often a network may have times looked up is bounded too, since that costs the controller more than most requests.
That is counted in memory: each process counts by itself, and a restart forgets.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec.structs import replace

from controller.billing.hire_requests import repository
from controller.billing.hire_requests.model import (
    MOST_ALTERNATIVES,
    MOST_OF_ADDRESS,
    AcceptedTerms,
    HireChange,
    HireCheck,
    HireClosed,
    HireDraft,
    HireOptions,
    HireRequest,
    HireTermsChanged,
    NoHireRequest,
    TooManyChecks,
    TooManyRequests,
    ring,
)
from controller.billing.service import BillingService
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import HIRE_PAGE, Draft, booking_time
from controller.bookings.diary.policy import HirePolicy
from controller.bookings.diary.site_config import SiteConfig, SiteConfigs
from controller.bookings.errors import refusal
from controller.bookings.rules.evaluate import judge
from controller.bookings.service import BookingService, request_of
from controller.db.engine import Database, Tx
from controller.find.ranking import mixed
from controller.find.service import AvailabilityService
from controller.people import party_repository
from controller.people.account_mails.address_verification import MailProofs
from controller.people.account_mails.errors import ProofRefused
from controller.people.account_mails.model import KEPT, MOST_FROM_NETWORK, AccountMail, MailProof, MailPurpose
from controller.people.model import Actor, PartyDraft, PartyKind, Role
from controller.people.one_off_persons import one_off_person
from controller.people.repository import email_key
from controller.people.sign_in_throttle import SignInOrigin, network_of
from controller.platform.key_files import KeyFiles
from controller.platform.text import local_time, times
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from controller.records.changes import Changes
from edge.wire.clock import Clock
from edge.wire.ids import new_id

MOST_A_MINUTE = 60
"""Of one network, which may be a whole building's."""


class CheckLimit:
    def __init__(self) -> None:
        self._minute: datetime | None = None
        self._counts: dict[str, int] = {}

    def count(self, address: str, now: datetime) -> None:
        """Count a look-up from an address; one that is not known is not counted. Raises ``TooManyChecks``."""
        minute = now.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self._counts = minute, {}
        network = network_of(address)
        if not network:
            return
        if self._counts.get(network, 0) >= MOST_A_MINUTE:
            raise TooManyChecks(60 - now.second)
        self._counts[network] = self._counts.get(network, 0) + 1


DECIDES = "needs approval: a manager decides on each request from this page"
NOTHING_ELSE = "nothing else that can be asked for on this page is free near that time"
_SEARCHED = 20
"""Alternatives that are looked for; those in spaces that are not hired out are left out."""


@dataclass(eq=False)
class HireRequests:
    """No method needs a user. ``proofs``: who shows that they read an address."""

    database: Database
    clock: Clock
    changes: Changes
    keys: KeyFiles
    site_configs: SiteConfigs
    bookings: BookingService
    availability: AvailabilityService
    billing: BillingService
    proofs: MailProofs

    def __post_init__(self) -> None:
        self._limit = CheckLimit()
        self.proofs.mails.subjects[MailPurpose.HIRE_REQUEST] = self._mail_subject

    async def options(self, site: str) -> HireOptions:
        """What can be asked for. Raises ``HireClosed``, ``SiteUnknown``."""
        async with self.database.read() as tx:
            where, hire = await self._open(tx, site)
            spaces = sorted(where.by_space.values(), key=lambda each: (each.space.name, each.space.id))
            taken = tuple(each for each in spaces if each.space.bookable and hire.takes(each.space.id))
            return HireOptions(site_config=where, hire=hire, spaces=taken, now=self.clock.now())

    @property
    def sends(self) -> bool:
        """Whether a mail server is set up, without which nobody can ask."""
        return self.proofs.mails.sends

    async def check(self, asked: HireDraft, asker: SignInOrigin) -> HireCheck:
        """What would become of it, what it would cost, and what could be had instead; writes nothing. Raises
        ``HireClosed``, ``Invalid``, ``SiteUnknown``, ``SpaceUnknown``, ``TooManyChecks``."""
        return await self._check(asked, asker)

    async def _check(self, asked: HireDraft, asker: SignInOrigin, address: bytes | None = None) -> HireCheck:
        now = self.clock.now()
        self._limit.count(asker.address, now)
        async with self.database.read() as tx:
            where, hire = await self._open(tx, asked.site)
            self._require_offered(where, hire, asked.draft)
            decides = await self._manager_decides(tx, where, hire, now, address)
        found = await self.availability.instead_at_tier(
            asked.site, asked.draft, tier=hire.tier, actor=_stranger(asked.site), limit=_SEARCHED
        )
        _, [quoted], tariffs = await self.billing.quote(asked.site, [asked.draft], tier=hire.tier)
        proposals = [
            each
            for each in found.proposals
            if hire.takes(each.candidate.fitting.place.space.id)
            and self._days_ahead(each.candidate.during.start, where) <= hire.most_days_ahead
        ]
        return HireCheck(
            site_config=where,
            hire=hire,
            asked=asked,
            place=where.require(asked.draft.space),
            verdict=found.verdict,
            needs_approval=found.verdict.needs_approval or decides,
            quoted=quoted,
            tariffs=tariffs,
            proposals=tuple(mixed(proposals, MOST_ALTERNATIVES)),
            why="" if found.verdict.possible or proposals else found.why or NOTHING_ELSE,
            now=now,
        )

    async def ask(self, asked: HireDraft, asker: SignInOrigin) -> str:
        """Have a mail sent to the address, by which it is confirmed; returns the id of the request for its digits.
        Books and holds nothing. Raises ``Clash``, ``HireClosed``, ``HireTermsChanged``, ``Invalid``, ``NoMailServer``,
        ``NotPossible``, ``SiteUnknown``, ``SpaceUnknown``, ``TooManyChecks``, ``TooManyMails``, ``TooManyRequests``."""
        self._limit.count(asker.address, self.clock.now())
        async with self.database.read() as tx:
            where, _ = await self._open(tx, asked.site)
        self.proofs.require_server(ring(where.site))
        request = await self.database.run(self._ask, asked, asker)
        self.proofs.mails.asked.set()
        return request

    async def _ask(self, tx: Tx, asked: HireDraft, asker: SignInOrigin) -> str:
        now, mails, draft = self.clock.now(), self.proofs.mails, asked.draft
        where, hire = await self._open(tx, asked.site)
        self._require_offered(where, hire, draft)
        if asked.terms_version != hire.terms_version:
            raise HireTermsChanged(where.site, hire)
        by = self.proofs.network(asker)
        await self.proofs.require_few(tx, to=draft.contact_email, by=by, most=MOST_FROM_NETWORK)
        address = mails.digest("address", email_key(draft.contact_email))
        await self._require_few_waiting(tx, where, hire, now)
        await self._require_possible(tx, where, hire, draft, now)
        mail_id = new_id(now)
        stored = HireRequest(
            id=mail_id,
            site=asked.site,
            sealed=self.keys.seal(msgspec.json.encode(draft), _about(mail_id)),
            address_digest=address,
            terms_version=asked.terms_version,
            accepted_at=now,
            made_at=now,
        )
        await repository.add(tx, stored)
        purpose = MailPurpose.HIRE_REQUEST
        return await mails.add(tx, purpose, draft.contact_email, asker=by, mail_id=mail_id)

    async def _require_possible(self, tx: Tx, where: SiteConfig, hire: HirePolicy, draft: Draft, now: datetime) -> None:
        """Raises ``Clash`` and ``NotPossible``, as far as that is known before anybody is known who asks."""
        request = await request_of(tx, where, draft, but=None, actor=_stranger(where.site.id), now=now)
        [verdict] = await judge(tx, where, [replace(request, tier=hire.tier)], now=now)
        if not verdict.possible:
            raise refusal(where.require(draft.space).space.name, verdict, where.site.tz)

    async def look(self, proof: MailProof, asker: SignInOrigin) -> HireCheck:
        """What a proof would confirm, as it would be now. Uses nothing up. Raises as ``check``, and ``ProofRefused``,
        ``WrongDigits``, ``DigitsBlocked``."""
        mail = await self.proofs.proven(proof, MailPurpose.HIRE_REQUEST)
        async with self.database.read() as tx:
            stored = await self._stored(tx, mail)
        return await self._check(self._asked(stored), asker, stored.address_digest)

    async def confirm(self, proof: MailProof, *, terms_version: str | None, change: HireChange | None) -> BookingView:
        """Make the booking that was asked for, or ``change`` in place of it; uses the proof up. ``terms_version``: of
        hire terms that were accepted since. Raises as ``ask``, and ``ProofRefused``, ``WrongDigits``,
        ``DigitsBlocked``; then the proof still works."""
        mail = await self.proofs.proven(proof, MailPurpose.HIRE_REQUEST)
        view = await self.bookings.write(self._confirm, mail, terms_version, change)
        self.changes.site_changed(view.booking.site)
        return view

    async def _confirm(
        self, tx: Tx, mail: AccountMail, terms_version: str | None, change: HireChange | None
    ) -> BookingView:
        await party_repository.lock(tx)
        stored = await self._stored(tx, mail)
        await self.database.lock_site(tx, stored.site)
        asked, now = self._asked(stored), self.clock.now()
        where, hire = await self._open(tx, asked.site)
        draft = asked.draft if change is None else replace(asked.draft, **msgspec.structs.asdict(change))
        self._require_offered(where, hire, draft)
        accepted = terms_version or asked.terms_version
        if accepted != hire.terms_version:
            raise HireTermsChanged(where.site, hire)
        await self._require_few_waiting(tx, where, hire, now, address=stored.address_digest)
        await self.proofs.use(tx, mail)
        person = PartyDraft(
            kind=PartyKind.PERSON,
            name=draft.contact_name,
            tier=hire.tier,
            site=asked.site,
            contact_name=draft.contact_name,
            contact_phone=draft.contact_phone,
            contact_email=draft.contact_email,
            one_off=True,
        )
        party = await one_off_person(tx, person, actor=HIRE_PAGE, now=now)
        draft = replace(draft, party=party, contact_email="")  # the party's, so that one change reaches all bookings
        actor = Actor.acting(HIRE_PAGE, Role.GROUP_LEADER, site=asked.site, party=party)
        decides = await self._manager_decides(tx, where, hire, now, stored.address_digest)
        view = await self.bookings.create_in(tx, asked.site, draft, actor, DECIDES if decides else "")
        accepted_at = now if terms_version else stored.accepted_at
        fields = {"terms_version": accepted, "accepted_at": accepted_at, "confirmed_at": now, "party": party}
        await repository.confirm(tx, stored.id, booking_id=view.booking.id, **fields)
        await repository.keep_terms(tx, hire)
        thing, act = f"booking {view.booking.id}", "confirm hire request"
        changes = {"terms_version": (None, accepted)}
        await audit_log.record(
            tx, actor=HIRE_PAGE, at=now, act=act, site=asked.site, thing=thing, changes=changes, subject=party
        )
        return view

    async def accepted(self, booking_id: str) -> tuple[SiteConfig, AcceptedTerms]:
        """The hire terms that were accepted for a booking, with its site. Raises ``NoHireRequest``."""
        async with self.database.read() as tx:
            found = await repository.accepted(tx, booking_id)
            if found is None:
                raise NoHireRequest(booking_id)
            return await self.site_configs.of(tx, found.site), found

    async def tidy(self) -> None:
        """Forget what was asked for more than a day ago and never confirmed."""
        await self.database.run(repository.forget_unconfirmed, self.clock.now() - KEPT)

    async def _mail_subject(self, tx: Tx, mail_id: str) -> str | None:
        """Says nothing that the person who asks has typed, who may not be the one who reads it."""
        stored = await repository.by_id(tx, mail_id)
        if stored is None or stored.confirmed_at is not None:
            return None
        draft = self._asked(stored).draft
        where = await self.site_configs.of(tx, stored.site)
        zone, place = where.site.tz, where.by_space.get(draft.space)
        during = booking_time(draft.starts.resolve(zone, "starts"), draft.ends.resolve(zone, "ends"))
        space = place.space.name if place else draft.space
        return f"{space} at {where.site.name}, {times.window(during, zone, now=self.clock.now())}"

    async def _open(self, tx: Tx, site: str) -> tuple[SiteConfig, HirePolicy]:
        """Raises ``HireClosed``, ``SiteUnknown``."""
        where = await self.site_configs.of(tx, site)
        if where.policy.hire is None:
            raise HireClosed(where.site)
        return where, where.policy.hire

    def _require_offered(self, where: SiteConfig, hire: HirePolicy, draft: Draft) -> None:
        """Raises ``Invalid`` for a space or a day that is not hired out here, ``SpaceUnknown``."""
        place, zone = where.require(draft.space), where.site.tz
        if not hire.takes(draft.space):
            raise invalid_field("space", f"{place.space.name} cannot be asked for on this page; {ring(where.site)}")
        if self._days_ahead(draft.starts.resolve(zone, "starts"), where) > hire.most_days_ahead:
            raise invalid_field("starts", f"must be at most {hire.most_days_ahead} days ahead")

    def _days_ahead(self, starts: datetime, where: SiteConfig) -> int:
        zone = where.site.tz
        return (local_time.local_day(starts, zone) - local_time.local_day(self.clock.now(), zone)).days

    async def _require_few_waiting(
        self, tx: Tx, where: SiteConfig, hire: HirePolicy, now: datetime, *, address: bytes | None = None
    ) -> None:
        """Raises ``TooManyRequests``. ``address``: counted by itself too, once it is known that the asker reads it."""
        site = where.site
        if await repository.waiting(tx, site.id, now) >= hire.most_waiting:
            raise TooManyRequests(site, hire.most_waiting, own=False)
        if address is not None and await repository.waiting(tx, site.id, now, address=address) >= MOST_OF_ADDRESS:
            raise TooManyRequests(site, MOST_OF_ADDRESS, own=True)

    async def _manager_decides(
        self, tx: Tx, where: SiteConfig, hire: HirePolicy, now: datetime, address: bytes | None
    ) -> bool:
        """Whether a manager decides even if a rule fits: as the policy says, or since the rules have confirmed enough.
        ``address``: counted once it is known that the asker reads it."""
        site = where.site.id
        if not hire.confirms or await repository.self_confirmed(tx, site, now) >= hire.most_waiting:
            return True
        return address is not None and await repository.coming_of(tx, site, address, now) >= MOST_OF_ADDRESS

    async def _stored(self, tx: Tx, mail: AccountMail) -> HireRequest:
        stored = await repository.by_id(tx, mail.id)
        if stored is None or stored.confirmed_at is not None:
            raise ProofRefused
        return stored

    def _asked(self, stored: HireRequest) -> HireDraft:
        draft = msgspec.json.decode(self.keys.unseal(stored.sealed, _about(stored.id)), type=Draft)
        return HireDraft(site=stored.site, draft=draft, terms_version=stored.terms_version)


def _stranger(site: str) -> Actor:
    """Sees of others' bookings only that a time is taken."""
    return Actor.acting(HIRE_PAGE, Role.PUBLIC, site=site)


def _about(request_id: str) -> str:
    return f"hire request {request_id}"
