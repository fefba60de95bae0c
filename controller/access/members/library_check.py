"""Checks the list of members against the library system, one number at a time: on demand, and every night."""

import logging

import msgspec

from controller.access.members.csv_rows import ParsedMemberRow
from controller.access.members.model import Member
from controller.access.members.service import MemberService
from controller.access.members.sip2 import Patron, Sip2Error, patrons
from controller.platform.settings import Sip2Server
from controller.platform.web.problem import Conflicting, Unavailable
from edge.wire.clock import Clock

log = logging.getLogger(__name__)

EVERY_S = 24 * 3600.0
_PAGE = 500


class NoLibrarySystem(Conflicting):
    def __init__(self) -> None:
        super().__init__("no library system is set up; name its SIP2 port under [sip2] in the controller's settings")


class LibrarySilent(Unavailable):
    def __init__(self, why: Sip2Error) -> None:
        super().__init__(str(why))


class LibraryCheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """How many were asked about, and of how many something was different."""

    asked: int
    changed: int
    blocked: int


class LibraryCheck:
    """Members whom the library system has blocked, or no longer knows, are suspended until it says otherwise."""

    def __init__(self, members: MemberService, clock: Clock, server: Sip2Server | None) -> None:
        self._members = members
        self._clock = clock
        self._server = server

    async def check(self, *, actor: str) -> LibraryCheckResult:
        """Ask about every member. What was learned before the line broke is kept. Raises ``NoLibrarySystem``,
        ``LibrarySilent``."""
        if self._server is None:
            raise NoLibrarySystem
        known = await self._current_members()
        given: list[ParsedMemberRow] = []
        trouble: Sip2Error | None = None
        try:
            async for number, patron in patrons(self._server, list(known), self._clock.now()):
                given.append(_given(len(given) + 1, known[number], patron))
        except Sip2Error as error:
            trouble = error
        lines, _ = await self._members.bring(given, preview=False, whole=False, source="sip2", actor=actor)
        if trouble is not None:
            raise LibrarySilent(trouble)
        return LibraryCheckResult(
            asked=len(given),
            changed=sum(1 for line in lines if line.changes),
            blocked=sum(1 for each in given if each.record.suspended),
        )

    async def run(self) -> None:
        """Check once a day if a library system is set up; runs forever."""
        while True:
            await self._clock.sleep(EVERY_S)
            if self._server is not None:
                try:
                    done = await self.check(actor="import:sip2")
                except LibrarySilent as error:
                    log.warning(
                        "Members could not be checked", extra={"action": "members_check", "reason": error.detail}
                    )
                else:
                    counts = {"asked": done.asked, "changed": done.changed}
                    log.info("Members were checked", extra={"action": "members_check", **counts})

    async def _current_members(self) -> dict[str, Member]:
        found: dict[str, Member] = {}
        after: str | None = None
        while page := await self._members.listed(number=None, after=after, limit=_PAGE):
            found |= {each.record.number: each for each in page if each.ended_at is None}
            after = page[-1].id
        return found


def _given(line: int, member: Member, patron: Patron) -> ParsedMemberRow:
    """What is to be written of a member. A suspension until a day, which somebody set here, stays."""
    record, has = member.record, {"card", "suspended"}
    if record.suspended_until is None:
        record = msgspec.structs.replace(record, suspended=patron.blocked or not patron.known)
    for name, value in (("born", patron.born), ("expires", patron.expires)):
        if value is not None:
            record = msgspec.structs.replace(record, **{name: value})
            has.add(name)
    return ParsedMemberRow(line=line, record=record, has=frozenset(has), inductions=None)
