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
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.db.retry import retry_until_available
from controller.diary.policy import DocumentRule, Lapsing, Policy
from controller.documents import repository as documents
from controller.documents.model import SAFEGUARDING, USUAL_KINDS, Document, latest
from controller.documents.schemas import LapsingAnswer, LapsingList
from controller.estate.errors import SiteUnknown
from controller.notices.service import NoticeService
from controller.people import parties
from controller.people.authentication import KeepsPeople
from controller.people.model import Actor, Party
from controller.people.permissions import Action, Thing, may
from controller.text import local_time
from controller.web.fields import SlugPath, answer_of
from controller.web.problem import NotSignedIn, described
from controller.web.services import service
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


def kind_name(kind: str, policy: Policy) -> str:
    """What people call a kind of document."""
    named = next((each.name for each in policy.documents if each.kind == kind), None)
    return named or USUAL_KINDS.get(kind) or ("DBS check" if kind == SAFEGUARDING else kind.replace("-", " "))


def reminder_due(
    until: date, reminded_days: int | None, steps: Sequence[int], zone: ZoneInfo, now: datetime
) -> int | None:
    """Of how many days before the end a reminder is due now; ``None``: of none. The least where several are; what was
    reminded of stays so, and what is over needs no reminder."""
    due = [each for each in steps if local_time.instant_moved(_begins(until, each), zone)[0] <= now]
    if not due or local_time.day_start(until + _DAY, zone) <= now:
        return None
    return None if reminded_days is not None and reminded_days <= min(due) else min(due)


def _begins(until: date, days: int) -> datetime:
    return datetime.combine(until - timedelta(days=days), REMIND_AT)


class LapsingService:
    """Reminds of documents that lapse, and lists them."""

    def __init__(self, database: Database, clock: Clock, writer: BookingWriter, notices: NoticeService) -> None:
        self._database = database
        self._clock = clock
        self._writer = writer
        self._notices = notices

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
            today = now.date()
            ending = await documents.ending(tx, today + _LONGEST, today - _DAY)
            found = [(site, each.id) for each in ending for site in await self._sites(tx, each, now)]
        for site, document_id in found:
            await self._database.run(self._remind, site, document_id, now)

    async def _sites(self, tx: Tx, document: Document, now: datetime) -> list[str]:
        """The site that may remind of it now: that of its party, or where its party comes next."""
        party = await parties.party(tx, document.party)
        if party is None or party.ended_at is not None:
            return []
        site = party.site
        if site is None:
            ahead = await bookings.ahead_of_party(tx, party.id, now)
            site = ahead[0].site if ahead else None
        if site is None or await self._due(tx, site, document, now) is None:
            return []
        return [site]

    async def _due(self, tx: Tx, site: str, document: Document, now: datetime) -> int | None:
        """As ``reminder_due``; ``None`` also for what its party has shown a newer one of."""
        if document.valid_until is None or await _newest(tx, document) != document.id:
            return None
        site_config = await self._writer.site_configs.of(tx, site)
        steps = site_config.policy.document_reminder_days
        return reminder_due(document.valid_until, document.reminded_days, steps, site_config.site.tz, now)

    async def _remind(self, tx: Tx, site: str, document_id: str, now: datetime) -> None:
        await self._database.lock_site(tx, site)
        document = await documents.document(tx, document_id)
        days = None if document is None else await self._due(tx, site, document, now)
        if document is None or days is None:
            return
        party = await parties.party(tx, document.party)
        assert party is not None
        await self._notices.add_to_party(tx, site, await _reached(tx, party), about=document_id, now=now)
        await documents.note_reminder(tx, document_id, days)

    async def kinds(self, site: str | None) -> dict[str, str]:
        """The kinds of documents that a site knows, ``None``: that all know, with what people call them."""
        if site is None:
            return dict(USUAL_KINDS)
        async with self._database.read() as tx:
            policy = (await self._writer.site_configs.of(tx, site)).policy
        asked = {each.kind: each.name for each in policy.documents if each.kind != SAFEGUARDING}
        return USUAL_KINDS | asked

    async def of_site(self, site: str, *, actor: Actor) -> list[LapsingDocument]:
        """What has lapsed, is missing or lapses soon, of the site's parties and of those that come to it. DBS checks
        only of parties that the actor keeps. Raises ``SiteUnknown``."""
        now = self._clock.now()
        async with self._database.read() as tx:
            site_config = await self._writer.site_configs.of(tx, site)
            ids = {*await documents.parties_with_any(tx, site), *await bookings.parties_ahead(tx, site, now)}
            found = await parties.parties(tx, ids)
            going = {each.id: each for each in found.values() if each.ended_at is None}
            shown = await _shown(tx, going)
        policy, today = site_config.policy, local_time.local_day(now, site_config.site.tz)
        kept = [
            each
            for each in _lapsing(going, shown, policy, today)
            if each.kind != SAFEGUARDING or may(actor, Action.PEOPLE, Thing(site=each.party.site, party=each.party.id))
        ]
        return sorted(kept, key=lambda each: (each.until or date.min, each.party.name, each.name))


async def _newest(tx: Tx, document: Document) -> str:
    return latest(await documents.of_party(tx, document.party))[document.kind].id


async def _reached(tx: Tx, party: Party) -> Party:
    """Who is written to: the party, or who answers for it."""
    if party.contact_email or party.contact_phone or party.responsible is None:
        return party
    return await parties.party(tx, party.responsible) or party


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
                    name=kind_name(kind, policy),
                    until=until,
                    lapsed=until is None or until < today,
                    holds=_holds(rule),
                )


def _holds(rule: DocumentRule | None) -> bool:
    return rule is not None and rule.lapsing is Lapsing.HOLD


router = APIRouter(tags=["documents"], responses=described(NotSignedIn))
TheLapsing = Annotated[LapsingService, service(LapsingService)]


@router.get("/sites/{site}/lapsing", responses=described(SiteUnknown))
async def list_lapsing(site: SlugPath, lapsing: TheLapsing, actor: KeepsPeople) -> LapsingList:
    """Documents and DBS checks that have lapsed, are missing or lapse soon, of the site's parties and of those that
    have bookings ahead at it."""
    found = await lapsing.of_site(site, actor=actor)
    return LapsingList(
        items=[answer_of(LapsingAnswer, each, party=each.party.id, party_name=each.party.name) for each in found]
    )
