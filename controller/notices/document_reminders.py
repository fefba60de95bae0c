"""Documents that lapse: their parties are reminded in good time, and managers see what lapses, also over HTTP. Each
document and each number of days is reminded of once, however long the controller was away.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter

from controller.bookings import repository as bookings
from controller.bookings.diary.policy import DocumentRule, Lapsing, Policy
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.db.retry_until_available import retry_until_available
from controller.estate.errors import SiteUnknown
from controller.notices import document_reminder_rendering
from controller.notices.model import Notice, NoticeKind
from controller.notices.non_booking_notice import NonBookingNotice
from controller.notices.recipients import Contact, Recipients
from controller.notices.service import NoticeService
from controller.people import party_repository
from controller.people.authentication import KeepsPeople
from controller.people.documents import repository as documents
from controller.people.documents.model import SAFEGUARDING, USUAL_KINDS, Document, Review, latest
from controller.people.documents.schemas import LapsingAnswer, LapsingList
from controller.people.model import Actor, Party
from controller.people.permissions import Action, Thing, may
from controller.platform.text import local_time
from controller.platform.web.fields import SlugPath, answer_of
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service
from edge.wire.clock import Clock

LOOK_EVERY_S = 600.0
REMIND_AT = time(9)
"""By the site's clock."""
_LONGEST = timedelta(days=367)
_DAY = timedelta(days=1)


class LapsingDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What a party has to show, or to show again. ``until``: its last day; ``None`` where there is none."""

    party: Party
    kind: str
    name: str
    until: date | None
    lapsed: bool
    holds: bool


def kind_name(kind: str, named: Mapping[str, str]) -> str:
    """What people call a kind of document. ``named``: what a site calls its kinds."""
    return named.get(kind) or USUAL_KINDS.get(kind) or ("DBS check" if kind == SAFEGUARDING else kind.replace("-", " "))


def _named(policy: Policy) -> dict[str, str]:
    return {each.kind: each.name for each in policy.documents}


def reminder_due(
    until: date, reminded_days: int | None, steps: Sequence[int], zone: ZoneInfo, now: datetime
) -> int | None:
    """Of how many days before the end a reminder is due now; ``None``: of none. The least where several are; what was
    reminded of stays so, and what is over needs no reminder."""
    due = [each for each in steps if local_time.instant_moved(_begins(until, each), zone)[0] <= now]
    if not due or _over(until, zone, now):
        return None
    return None if reminded_days is not None and reminded_days <= min(due) else min(due)


def _over(until: date, zone: ZoneInfo, now: datetime) -> bool:
    return local_time.day_start(until + _DAY, zone) <= now


def _begins(until: date, days: int) -> datetime:
    return datetime.combine(until - timedelta(days=days), REMIND_AT)


class DocumentReminders:
    """Reminds of documents that lapse, and lists them."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        writer: BookingWriter,
        notices: NoticeService,
        recipients: Recipients,
    ) -> None:
        self._database = database
        self._clock = clock
        self._writer = writer
        self._notices = notices
        self._recipients = recipients

    async def run(self) -> None:
        """Run forever: remind of what is due."""
        while True:
            await retry_until_available(self.look, what="documents that lapse")
            await self._clock.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Write down the reminders that are due; nothing where no channel is set up."""
        if not self._notices.sends:
            return
        now = self._clock.now()
        async with self._database.read() as tx:
            until, since = now.date() + _LONGEST, now.date() - _DAY
            ending: list[Document | Review] = list(await documents.ending(tx, until, since))
            ending += await documents.reviews(tx, until, since)
            found = [(site, each.id) for each in ending for site in await self._sites(tx, each, now)]
        for site, ending_id in found:
            await self._database.run(self._remind, site, ending_id, now)

    async def _sites(self, tx: Tx, ending: Document | Review, now: datetime) -> list[str]:
        """The site that may remind of it now: that of its party, or where its party comes next or came last."""
        party = await party_repository.party(tx, ending.party)
        if party is None or party.ended_at is not None:
            return []
        site = party.site
        if site is None:
            ahead = await bookings.ahead_of_party(tx, party.id, now)
            site = ahead[0].site if ahead else await bookings.last_site_of_party(tx, party.id)
        if site is None or await self._due(tx, site, ending, now) is None:
            return []
        return [site]

    async def _due(self, tx: Tx, site: str, ending: Document | Review, now: datetime) -> int | None:
        """As ``reminder_due``; ``None`` also for what its party has shown a newer one of."""
        until = await _until(tx, ending)
        if until is None:
            return None
        site_config = await self._writer.site_configs.of(tx, site)
        steps = site_config.policy.document_reminder_days
        return reminder_due(until, ending.reminded_days, steps, site_config.site.tz, now)

    async def _remind(self, tx: Tx, site: str, ending_id: str, now: datetime) -> None:
        await self._database.lock_site(tx, site)
        ending = await _ending(tx, ending_id)
        days = None if ending is None else await self._due(tx, site, ending, now)
        if ending is None or days is None:
            return
        party = await party_repository.party(tx, ending.party)
        assert party is not None
        reached = await _reached(tx, party)
        contact = await self._contact(tx, site, reached)
        kind = NoticeKind.LAPSING
        await self._notices.add_other(tx, site, kind, contact, about=ending_id, party=reached.id, now=now)
        note = documents.note_reminder if isinstance(ending, Document) else documents.note_review_reminder
        await note(tx, ending_id, days)

    async def _contact(self, tx: Tx, site: str, reached: Party) -> Contact:
        return await self._recipients.contact_at(tx, site, mail=reached.contact_email, phone=reached.contact_phone)

    async def notice(self, tx: Tx, notice: Notice, site_config: SiteConfig, now: datetime) -> NonBookingNotice | None:
        """A reminder; ``None`` where it is gone, is over, has a newer one, or its party has ended."""
        ending = await _ending(tx, notice.about)
        until = await _until(tx, ending) if ending is not None else None
        party = await party_repository.party(tx, ending.party) if ending is not None else None
        if ending is None or until is None or party is None or party.ended_at is not None:
            return None
        policy, site = site_config.policy, site_config.site
        if _over(until, site.tz, now):
            return None
        kind = ending.kind if isinstance(ending, Document) else SAFEGUARDING
        holds = any(_holds(each) and each.applies(party.tier) for each in policy.documents if each.kind == kind)
        name = kind_name(kind, _named(policy))
        return NonBookingNotice(
            kind=NoticeKind.LAPSING,
            contact=await self._contact(tx, notice.site, await _reached(tx, party)),
            # Who sends a site's notices need not know of whom a DBS check was seen.
            subject=document_reminder_rendering.subject("" if kind == SAFEGUARDING else name, party.name, until),
            text=document_reminder_rendering.body(
                name, party.name, until, site, holds=holds, review=kind == SAFEGUARDING
            ),
            sms=document_reminder_rendering.sms(name, party.name, until, site, review=kind == SAFEGUARDING),
        )

    async def kinds(self, site: str | None) -> dict[str, str]:
        """The kinds of documents that a site knows, ``None``: that all know, with what people call them."""
        if site is None:
            return dict(USUAL_KINDS)
        async with self._database.read() as tx:
            policy = (await self._writer.site_configs.of(tx, site)).policy
        return USUAL_KINDS | {kind: name for kind, name in _named(policy).items() if kind != SAFEGUARDING}

    async def of_site(self, site: str, *, actor: Actor) -> list[LapsingDocument]:
        """What has lapsed, is missing or lapses soon, of the site's parties and of those that come to it; for who keeps
        the parties of all sites, also of those that come to none. DBS checks only of parties that the actor keeps.
        Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            return await self.in_site(tx, await self._writer.site_configs.of(tx, site), actor, self._clock.now())

    async def in_site(self, tx: Tx, site_config: SiteConfig, actor: Actor, now: datetime) -> list[LapsingDocument]:
        """As ``of_site``, in a transaction that reads already."""
        site, policy = site_config.site.id, site_config.policy
        ids = {*await documents.parties_with_any(tx, site), *await bookings.parties_ahead(tx, site, now)}
        if may(actor, Action.PEOPLE, Thing()):  # else no list has them, and nobody hears of it
            ids |= {*await documents.parties_with_any(tx, None)} - {*await bookings.parties_ahead(tx, None, now)}
        found = await party_repository.parties(tx, ids)
        going = {each.id: each for each in found.values() if each.ended_at is None}
        shown, today = await _shown(tx, going), local_time.local_day(now, site_config.site.tz)
        kept = [
            each
            for each in _lapsing(going, shown, policy, today)
            if each.kind != SAFEGUARDING or may(actor, Action.PEOPLE, Thing(site=each.party.site, party=each.party.id))
        ]
        return sorted(kept, key=lambda each: (each.until or date.min, each.party.name, each.name))


async def _ending(tx: Tx, ending_id: str) -> Document | Review | None:
    return await documents.document(tx, ending_id) or await documents.review(tx, ending_id)


async def _until(tx: Tx, ending: Document | Review) -> date | None:
    """Its last day; ``None`` where it has none, or its party has shown a newer one."""
    if isinstance(ending, Review):
        return ending.review_on
    newest = latest(await documents.of_party(tx, ending.party))[ending.kind]
    return ending.valid_until if newest.id == ending.id else None


async def _reached(tx: Tx, party: Party) -> Party:
    """Who is written to: the party, or who answers for it."""
    if party.contact_email or party.contact_phone or party.responsible is None:
        return party
    return await party_repository.party(tx, party.responsible) or party


async def _shown(tx: Tx, going: Mapping[str, Party]) -> dict[str, dict[str, date | None]]:
    """By party and kind, until when it is valid."""
    shown: dict[str, dict[str, date | None]] = {each: {} for each in going}
    for party, its in groupby(await documents.of_parties(tx, list(going)), key=lambda each: each.party):
        shown[party] = {kind: document.valid_until for kind, document in latest(its).items()}
    for seen in await documents.reviewed(tx, list(going)):
        shown[seen.party][SAFEGUARDING] = seen.until
    return shown


def _lapsing(
    going: Mapping[str, Party], shown: Mapping[str, Mapping[str, date | None]], policy: Policy, today: date
) -> Iterator[LapsingDocument]:
    soon = today + timedelta(days=max(policy.document_reminder_days, default=0))
    for party in going.values():
        rules = {each.kind: each for each in policy.documents if each.applies(party.tier)}
        for kind in rules.keys() | shown[party.id].keys():
            rule, has = rules.get(kind), kind in shown[party.id]
            until = shown[party.id].get(kind)
            if (until is not None and until <= soon) or (not has and rule is not None and rule.needed):
                yield LapsingDocument(
                    party=party,
                    kind=kind,
                    name=kind_name(kind, _named(policy)),
                    until=until,
                    lapsed=until is None or until < today,
                    holds=_holds(rule),
                )


def _holds(rule: DocumentRule | None) -> bool:
    return rule is not None and rule.lapsing is Lapsing.HOLD


router = APIRouter(tags=["documents"], responses=described(NotSignedIn))
TheLapsing = Annotated[DocumentReminders, service(DocumentReminders)]


@router.get("/sites/{site}/lapsing", responses=described(SiteUnknown))
async def list_lapsing(site: SlugPath, lapsing: TheLapsing, actor: KeepsPeople) -> LapsingList:
    """Documents and DBS checks that have lapsed, are missing or lapse soon, of the site's parties and of those that
    have bookings ahead at it. Who keeps the parties of all sites also sees here those that have bookings at none."""
    found = await lapsing.of_site(site, actor=actor)
    return LapsingList(
        items=[answer_of(LapsingAnswer, each, party=each.party.id, party_name=each.party.name) for each in found]
    )
