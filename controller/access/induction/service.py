"""Inductions: written by a site's managers, taken on a phone, and what comes of that."""

import base64
import hmac
import math
from datetime import datetime, timedelta

import msgspec

from controller.access.induction import repository
from controller.access.induction.model import (
    TRIES_AN_HOUR,
    Induction,
    InductionChanged,
    InductionDraft,
    InductionLinkOver,
    InductionResult,
    Marked,
    NoInduction,
    Taker,
    TooManyInductions,
    marked,
    months_later,
)
from controller.access.members.service import MemberService
from controller.db.engine import Database, Tx
from controller.db.retry_until_available import retry_until_available
from controller.estate import repository as estate
from controller.estate.errors import SiteUnknown
from controller.estate.model import Site
from controller.people import party_repository
from controller.people.errors import PartyUnknown
from controller.people.model import Actor
from controller.people.optimistic_locking import require_version
from controller.people.permissions import sees_party
from controller.platform.key_files import KeyFiles
from controller.platform.text import local_time
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from controller.records.audit.audit_log import diff
from edge.wire.clock import Clock
from edge.wire.ids import new_id

LOOK_EVERY_S = 600.0
LINK_LASTS = timedelta(days=14)
_HOUR = timedelta(hours=1)


class InductionLink(msgspec.Struct, frozen=True, kw_only=True):
    """What a link says: for whom it is, where, and until when (seconds since 1970)."""

    site: str
    taker: Taker
    until: int


class InductionService:
    """The caller checks permissions. ``address``: of the controller, for links."""

    def __init__(
        self, database: Database, clock: Clock, keys: KeyFiles, members: MemberService, *, address: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys
        self._members = members
        self._address = address

    async def run(self) -> None:
        """Run forever: withdraw the inductions of members that have run out."""
        while True:
            await retry_until_available(self.look, what="inductions that run out")
            await self._clock.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Withdraw from members of the library what counts no longer, so that their cards open nothing unstaffed."""
        for site in await self.listed():
            if await self._database.run(self._withdraw, site):
                self._members.changes.site_changed(site.id)

    async def _withdraw(self, tx: Tx, site: Site) -> bool:
        """Whether anybody's was."""
        await self._database.lock_site(tx, site.id)
        found = await repository.run_out(tx, site.id, local_time.local_day(self._clock.now(), site.tz))
        for member, _ in found:
            await self._members.induct_in(tx, member, site.id, None, actor="hallkeeper")
        return bool(found)

    async def of_site(self, site: str) -> Induction:
        """Raises ``SiteUnknown``, ``NoInduction``."""
        async with self._database.read() as tx:
            await _site(tx, site)
            return await _induction(tx, site)

    async def listed(self) -> list[Site]:
        """The sites that have one."""
        async with self._database.read() as tx:
            found = [await estate.site(tx, each) for each in await repository.sites_with_one(tx)]
        return [each for each in found if each is not None]

    async def put(
        self, site: str, draft: InductionDraft, *, version: int, again: bool, actor: Actor
    ) -> tuple[Induction, bool]:
        """Write it, true where there was none. ``again``: who passed before has to take it again. Raises
        ``SiteUnknown``, ``VersionStale``."""
        return await self._database.run(self._put, site, draft, version, again, actor)

    async def _put(
        self, tx: Tx, site: str, draft: InductionDraft, version: int, again: bool, actor: Actor
    ) -> tuple[Induction, bool]:
        await self._database.lock_site(tx, site)
        await _site(tx, site)
        old, now = await repository.induction(tx, site), self._clock.now()
        await require_version(tx, version, old.version if old else 0, site=site, thing=_thing(site))
        if old is not None and old.draft == draft and not again:
            return old, False
        number = old.version + 1 if old else 1
        counts_from = number if again or old is None else old.counts_from
        new = Induction(site=site, version=number, counts_from=counts_from, draft=draft)
        await repository.put(tx, new, actor=actor.name, now=now)
        changes = diff(old, new, leave_out=["site"])
        act = "make" if old is None else "change"
        await audit_log.record(tx, actor=actor.name, at=now, act=act, site=site, thing=_thing(site), changes=changes)
        return new, old is None

    async def results(self, site: str, *, before: str | None, limit: int) -> list[InductionResult]:
        """The newest first. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            await _site(tx, site)
            return await repository.results(tx, site, before=before, limit=limit)

    async def state(self, site: str, taker: Taker) -> tuple[Site, Induction, str]:
        """The site, its induction, and until when the taker's counts, in words; empty for one who has none. Raises
        ``SiteUnknown``, ``NoInduction``."""
        async with self._database.read() as tx:
            found, induction = await _site(tx, site), await _induction(tx, site)
            today = local_time.local_day(self._clock.now(), found.tz)
            until = await repository.valid_until(tx, site, taker, today)
        return found, induction, f"{until:%-d %B %Y}" if until else ""

    async def take(self, site: str, taker: Taker, *, version: int, answers: list[int], name: str) -> Marked:
        """Mark the answers and record the try. Passing gives a member of the library the induction at the site.

        Raises ``NoInduction``, ``InductionChanged``, ``TooManyInductions``, ``Invalid``, ``MemberUnknown``.
        """
        done = await self._database.run(self._take, site, taker, version, answers, name)
        if done.result.passed and taker.member is not None:
            self._members.changes.site_changed(site)
        return done

    async def _take(self, tx: Tx, site: str, taker: Taker, version: int, answers: list[int], name: str) -> Marked:
        await self._database.lock_site(tx, site)
        found, induction = await _site(tx, site), await _induction(tx, site)
        now, draft = self._clock.now(), induction.draft
        if induction.version != version:
            raise InductionChanged
        if len(answers) != len(draft.questions):
            raise invalid_field("answers", f"must be {len(draft.questions)}, one for each question")
        tries = await repository.tries_since(tx, site, taker, now - _HOUR)
        if len(tries) >= TRIES_AN_HOUR:
            wait = tries[-TRIES_AN_HOUR] + _HOUR - now
            raise TooManyInductions(TRIES_AN_HOUR, math.ceil(wait.total_seconds()))
        passed, wrong = marked(draft, answers)
        today = local_time.local_day(now, found.tz)
        result = InductionResult(
            id=new_id(now),
            site=site,
            version=version,
            user_id=taker.user_id,
            party=taker.party,
            member=taker.member,
            taken_at=now,
            taken_on=today,
            passed=passed,
            score=len(draft.questions) - len(wrong),
            questions=len(draft.questions),
            valid_until=months_later(today, draft.valid_months) if passed else today,
        )
        await repository.add(tx, result)
        if passed and taker.member is not None:
            await self._members.induct_in(tx, taker.member, site, today, actor="induction")
        act = "pass induction" if passed else "fail induction"
        await audit_log.record(tx, actor=name, at=now, act=act, site=site, thing=_thing(site), subject=taker.party)
        return Marked(result=result, wrong=wrong)

    async def link(self, site: str, taker: Taker, *, actor: Actor) -> tuple[str, datetime]:
        """A link by which somebody who does not sign in takes it, and its end. Raises ``NoInduction``,
        ``MemberUnknown``, ``PartyUnknown``."""
        now = self._clock.now()
        if taker.member is not None:
            await self._members.get(taker.member)
        async with self._database.read() as tx:
            await _induction(tx, site)
            if taker.party is not None:
                party = await party_repository.party(tx, taker.party)
                if party is None or party.forgotten_at is not None or not sees_party(actor, party.id, party.site):
                    raise PartyUnknown(taker.party)
        until = int((now + LINK_LASTS).timestamp())
        says = msgspec.json.encode(InductionLink(site=site, taker=taker, until=until))
        text = base64.urlsafe_b64encode(says).decode().rstrip("=")
        token = f"{text}.{self._keys.induction_token(text)}"
        return f"{self._address}/induction/{token}", now + LINK_LASTS

    def linked(self, token: str) -> InductionLink:
        """Whom a link is for. Raises ``InductionLinkOver``."""
        text, _, proof = token.partition(".")
        if not hmac.compare_digest(self._keys.induction_token(text).encode(), proof.encode(errors="replace")):
            raise InductionLinkOver
        says = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        link = msgspec.json.decode(says, type=InductionLink)
        if link.until <= self._clock.now().timestamp():
            raise InductionLinkOver
        return link


async def _site(tx: Tx, site: str) -> Site:
    found = await estate.site(tx, site)
    if found is None:
        raise SiteUnknown(site)
    return found


async def _induction(tx: Tx, site: str) -> Induction:
    found = await repository.induction(tx, site)
    if found is None:
        raise NoInduction(site)
    return found


def _thing(site: str) -> str:
    return f"induction of site {site}"
