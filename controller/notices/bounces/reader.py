"""Reads the mailbox to which mails come back, and marks the addresses that they were for."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter

from controller.db.retry_until_available import retry_until_available
from controller.notices.bounces.mailbox import LARGEST, MAILBOX_ERRORS, BounceMailbox, StoredMail
from controller.notices.bounces.report import BounceReport, read_report
from controller.notices.bounces.service import BounceService
from controller.notices.bounces.tokens import BounceTokens, MailName
from controller.notices.gateway import one_line
from controller.notices.retry_schedule import LONGEST_SERVER_WAIT, wait_before
from edge.wire.clock import Clock

log = logging.getLogger(__name__)

T = TypeVar("T")

AT_ONCE = 50


class BounceOutcome(StrEnum):
    """What a mail in the mailbox was."""

    FAILED = "failed"
    """One of ours came back for good."""
    DELAYED = "delayed"
    """One of ours is on its way for longer than usual."""
    UNKNOWN = "unknown"
    """It names none of ours: an answer of a person, an advertisement, a report that somebody made up."""
    BROKEN = "broken"
    """It cannot be read."""


class BounceReader:
    """Of each mail the first 256 kB are read, and fifty mails at once at most. A mail is deleted from the mailbox, or
    left there as read, after what it says was written down; a crash between repeats that, which changes nothing."""

    def __init__(
        self,
        clock: Clock,
        mailbox: BounceMailbox,
        tokens: BounceTokens,
        bounces: BounceService,
        registry: CollectorRegistry,
        *,
        poll_seconds: float,
    ) -> None:
        self._clock = clock
        self.mailbox = mailbox
        self._tokens = tokens
        self._bounces = bounces
        self._poll_seconds = poll_seconds
        self._away: tuple[datetime, str] | None = None
        self._tries = 0
        self._read = Counter(
            "hallkeeper_bounce_mails", "Mails read from the mailbox for bounces.", ["outcome"], registry=registry
        )
        self._cut = Counter(
            "hallkeeper_bounce_mails_cut", "Mails of which only the first 256 kB were read.", registry=registry
        )
        for each in BounceOutcome:
            self._read.labels(each.value)

    async def ready(self) -> str | None:
        """What is wrong with the mailbox; ``None`` while it can be read."""
        if self._away is None:
            return None
        since, why = self._away
        what = f"the mailbox for bounces cannot be read since {since:%Y-%m-%d %H:%M} UTC"
        return f"{what}: {why}; see [bounces] in the settings"

    async def run(self) -> None:
        """Run forever."""
        while True:
            await self.look()
            wait = wait_before(self._tries - 1, longest=LONGEST_SERVER_WAIT).total_seconds() if self._tries else 0.0
            await self._clock.sleep(max(wait, self._poll_seconds))

    async def look(self) -> int:
        """Read what has arrived; how many mails it was. While the mailbox cannot be read ``ready`` says why."""
        count = last = 0
        try:
            await self._on_thread(self.mailbox.open)
            while batch := await self._on_thread(partial(self.mailbox.unread, AT_ONCE, after=last)):
                await self._take(batch)
                count, last = count + len(batch), batch[-1].uid
        except MAILBOX_ERRORS as error:
            now = self._clock.now()
            why = one_line(str(error)) or type(error).__name__
            self._away = (self._away[0] if self._away else now), why
            self._tries += 1
            log.error("The mailbox for bounces cannot be read", extra={"action": "bounce_mailbox", "reason": why})
        else:
            self._away, self._tries = None, 0
        finally:
            await self._on_thread(self.mailbox.close)
        return count

    async def _on_thread(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except asyncio.CancelledError:
            self.mailbox.abort()
            raise

    async def _take(self, batch: Sequence[StoredMail]) -> None:
        done: list[int] = []
        left: list[int] = []
        for each in batch:
            outcome = await self._outcome(each)
            self._read.labels(outcome.value).inc()
            (done if outcome in (BounceOutcome.FAILED, BounceOutcome.DELAYED) else left).append(each.uid)
        await self._on_thread(partial(self.mailbox.finish, done=done, left=left))

    async def _outcome(self, mail: StoredMail) -> BounceOutcome:
        if mail.size > LARGEST:
            self._cut.inc()
        try:
            report = await asyncio.to_thread(read_report, mail.raw)
        except Exception:  # what strangers send may break a parser anywhere, and must not hold up the next mail
            log.warning("A mail that came back cannot be read", extra={"action": "bounce_mail"}, exc_info=True)
            return BounceOutcome.BROKEN
        outcome = BounceOutcome.UNKNOWN
        for address, reply in report.delayed.items():
            for name in self._named(report, address):
                await retry_until_available(partial(self._bounces.delayed, name, address, reply), what="bounces")
                outcome = BounceOutcome.DELAYED
        for address, reply in report.failed.items():
            for name in self._named(report, address):
                await retry_until_available(partial(self._bounces.came_back, name, address, reply), what="bounces")
                outcome = BounceOutcome.FAILED
        return outcome

    def _named(self, report: BounceReport, address: str) -> list[MailName]:
        """Our mails to the address that the report names with a signature of ours."""
        found = [self._tokens.read(token, address) for token in report.tokens]
        return [each for each in found if each is not None]
