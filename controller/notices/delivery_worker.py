"""Sends notices: rendered when they are due, tried again for days, and what becomes of each is recorded."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from controller.bookings import repository as bookings
from controller.bookings.diary.model import Booking, BookingState
from controller.bookings.writer import BookingWriter
from controller.db.engine import IN_BACKGROUND, Database, Tx
from controller.db.retry_until_available import retry_until_available
from controller.notices import call_repository, repository
from controller.notices.account_mail_sending import send_account_mail
from controller.notices.bounces.service import BounceService
from controller.notices.bounces.tokens import BounceTokens
from controller.notices.door_trouble.service import DoorTroubles
from controller.notices.gateway import Delivery, DeliveryResult, one_line
from controller.notices.model import Channel, Notice, NoticeState, remind_at
from controller.notices.outgoing_channel import OutgoingChannel
from controller.notices.render_at_send import NoticeRendering, RenderedNotice
from controller.notices.retry_schedule import GIVE_UP, LONGEST_RETRY, given_up, longest_rest, wait_before
from controller.notices.service import NoticeService, new_notice
from controller.people.account_mails.queue import AccountMails
from edge.wire.broker_link import stop_if_told
from edge.wire.clock import Clock

log = logging.getLogger(__name__)

LONGEST_REMINDER = timedelta(hours=49)
"""How long before its start people are reminded at most: from the first hour of the day before to the last of its day,
on a weekend when the clocks go back."""
LOOK_EVERY_S = 60.0
YIELD_S = 0.02
"""How long the database must have nothing else to do before a notice of the queue is sent."""


class NoticeWorker:
    """Sends what the service writes down, by the channels that are set up."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        writer: BookingWriter,
        notices: NoticeService,
        rendering: NoticeRendering,
        channels: Sequence[OutgoingChannel],
        account_mails: AccountMails,
        bounces: BounceService,
        tokens: BounceTokens,
        doors: DoorTroubles,
    ) -> None:
        self._database = database
        self._clock = clock
        self._writer = writer
        self._notices = notices
        self._rendering = rendering
        self.channels = channels
        self._account_mails = account_mails
        self._bounces = bounces
        self._tokens = tokens
        self._doors = doors

    async def run(self) -> None:
        """Send what is due, for ever: each channel by itself, so that none waits for another."""
        await retry_until_available(self.take_back, what="notices")
        async with asyncio.TaskGroup() as group:
            for channel in self.channels:
                group.create_task(self._run(channel), name=f"notices by {channel.channel}")
            while True:
                await retry_until_available(self.tidy, what="notices")
                await self._clock.sleep(LOOK_EVERY_S)

    async def _run(self, channel: OutgoingChannel) -> None:
        waits = self._account_mails.asked if channel.channel is Channel.MAIL else asyncio.Event()
        while True:
            waits.clear()
            await retry_until_available(lambda: self._drain(channel), what="notices")
            stop_if_told()
            rest_s = await retry_until_available(lambda: self._until_next_s(channel), what="notices")
            await self._rest(rest_s, waits)

    async def _rest(self, seconds: float, waits: asyncio.Event) -> None:
        """So long, or until somebody waits for a mail to sign in by."""
        tasks = [
            asyncio.create_task(self._clock.sleep(seconds), name="rest of notices"),
            asyncio.create_task(waits.wait(), name="wait for account mails"),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in tasks:
                each.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def take_back(self) -> None:
        """Let what a process that died was sending be sent again."""
        await self._database.run(repository.take_back, self._database)
        await self._account_mails.take_back()

    async def _until_next_s(self, channel: OutgoingChannel) -> float:
        async with self._database.read() as tx:
            found = [await repository.next_due(tx, channel.channel)]
        if channel.channel is Channel.MAIL:
            found.append(await self._account_mails.next_due())
        now = self._clock.now()
        due = min((each for each in found if each is not None), default=now + timedelta(seconds=LOOK_EVERY_S))
        until = max(due, channel.not_before or now)
        return min(max((until - now).total_seconds(), 1.0), LOOK_EVERY_S)

    async def send_due(self) -> None:
        """Send everything that is due by now, by all channels."""
        await self.tidy()
        for channel in self.channels:
            await self._drain(channel)

    async def _drain(self, channel: OutgoingChannel) -> None:
        """Send what is due, one after the other, as long as the server is there."""
        background, seen, took_s = IN_BACKGROUND.set(True), self._database.begun, 0.0
        try:
            while channel.not_before is None or channel.not_before <= self._clock.now():
                stop_if_told()  # sending may have swallowed it
                if channel.channel is Channel.MAIL and (mail := await self._account_mails.claim()) is not None:
                    # Before notices: somebody waits for it.
                    await send_account_mail(self._account_mails, mail, channel, self._bounces, self._tokens)
                    continue
                seen = await self._let_others_first(seen, longest_rest(took_s))
                began = time.monotonic()
                claim = partial(repository.claim, channel=channel.channel)
                notice = await self._database.run(claim, self._database, self._clock.now())
                if notice is None:
                    return
                await self._send(channel, notice)
                took_s = time.monotonic() - began
        finally:
            IN_BACKGROUND.reset(background)
            await channel.gateway.close()

    async def _let_others_first(self, seen: int, longest_s: float) -> int:
        """Wait while people book, so that a long queue slows nobody down; so long at most. ``seen``: how many
        transactions of others had been begun before the last notice; returns how many now."""
        until = time.monotonic() + longest_s
        while time.monotonic() < until:
            if self._database.begun == seen and not self._database.busy:
                break
            seen = self._database.begun
            await asyncio.sleep(YIELD_S)
        return self._database.begun

    async def tidy(self) -> None:
        """Write down what no change tells: reminders that are due, holds that ran out, doors that do not work."""
        now = self._clock.now()
        self._doors.listen(now)
        async with self._database.read() as tx:
            gone = await repository.run_out(tx, now, since=now - GIVE_UP)
            ahead = await self._to_remind(tx, now)
            hit = await self._doors.to_tell(tx, now)
        for each in gone:
            await self._database.run(self._add_run_out, each, now)
        for site, some in (*ahead.items(), *hit.items()):
            await self._database.run(self._add_now, site, some, now)

    async def _add_run_out(self, tx: Tx, booking_id: str, now: datetime) -> None:
        found = await bookings.booking(tx, booking_id)
        if found is None or found.state is not BookingState.HELD:
            return
        await self._database.lock_site(tx, found.site)
        await self._notices.add(tx, found.site, [found], made_at=now, due_at=now)

    async def _to_remind(self, tx: Tx, now: datetime) -> dict[str, list[Booking]]:
        """By site, the bookings whose people are to be reminded now."""
        found: defaultdict[str, list[Booking]] = defaultdict(list)
        for each in await bookings.some(tx, await repository.to_remind(tx, now, now + LONGEST_REMINDER)):
            at = remind_at(each.starts, *await self._reminding(tx, each.site))
            if (
                at is not None
                and at <= now < each.starts
                and each.state is BookingState.CONFIRMED
                and not await repository.written_since(tx, each.series_id or each.id, at)
            ):
                found[each.site].append(each)
        return found

    async def _reminding(self, tx: Tx, site: str) -> tuple[ZoneInfo, int | None]:
        site_config = await self._writer.site_configs.of(tx, site)
        return site_config.site.tz, site_config.policy.reminder_hour

    async def _add_now(self, tx: Tx, site: str, ahead: Sequence[Booking], now: datetime) -> None:
        await self._database.lock_site(tx, site)
        await self._notices.add(tx, site, ahead, made_at=now, due_at=now)

    async def _send(self, channel: OutgoingChannel, notice: Notice) -> None:
        rendered, result = RenderedNotice(), None
        try:
            rendered = await retry_until_available(lambda: self._rendering.of(notice), what="a notice")
            if rendered.message is not None:
                result = await channel.gateway.send(rendered.message)
                channel.note(result, self._clock.now())
        except Exception as error:  # one notice must neither hold up all others nor end the process
            log.exception("A notice cannot be written", extra={"action": "notice", "notice": notice.id})
            reply = f"it cannot be written: {type(error).__name__}"
            result = DeliveryResult(delivery=Delivery.REFUSED, reply=reply)
        settle = self._settle
        await retry_until_available(
            lambda: self._database.run(settle, notice, rendered, result), what="notices that were sent"
        )
        if result is not None and result.delivery is Delivery.TAKEN:
            fields = {"action": "notice", "notice": notice.id, "about": notice.about, "channel": str(notice.channel)}
            log.info("A notice was sent", extra=fields)

    async def _settle(self, tx: Tx, notice: Notice, rendered: RenderedNotice, result: DeliveryResult | None) -> None:
        """Write what became of a notice, and what its recipient knows now."""
        now = self._clock.now()
        fields: dict[str, object] = {"subject": rendered.subject}
        if rendered.quiet_until is not None:
            state = NoticeState.WAITING
            fields["due_at"] = rendered.quiet_until
        elif result is None:
            state = NoticeState.NO_ADDRESS if rendered.subject else NoticeState.SKIPPED
            fields["reply"] = _reply(notice, "mail to the address comes back" if rendered.bounced else "")
        else:
            tried_at = notice.tried_at or now
            # Of text messages, those alone that the gateway may have taken: each may have arrived.
            counts = notice.channel is Channel.MAIL or result.delivery is not Delivery.NO_SERVER
            attempts = notice.attempts + counts
            fields |= {"attempts": attempts, "tried_at": tried_at, "reply": _reply(notice, result.reply)}
            unanswered = attempts if notice.channel is Channel.SMS and result.delivery is Delivery.LATER else 0
            if result.delivery is Delivery.TAKEN:
                state = NoticeState.SENT
            elif result.delivery is Delivery.REFUSED or given_up(tried_at, now, unanswered_texts=unanswered):
                state = NoticeState.FAILED
                if result.blames_recipient:
                    await self._bounces.refused(tx, notice, result.reply)
            else:
                state = NoticeState.WAITING
                fields["due_at"] = now + wait_before(notice.attempts, longest=LONGEST_RETRY)
            if state is not NoticeState.SENT:
                fields_of_log = {"action": "notice", "notice": notice.id, "state": str(state), "code": result.code}
                log.warning("A notice was not taken", extra=fields_of_log)
        if state is not NoticeState.WAITING:
            fields["ended_at"] = now
        await repository.settle(tx, self._database, notice, state=state, **fields)
        if state is NoticeState.SENT:
            await repository.put_known(tx, [*rendered.told, *rendered.unwanted])
            if rendered.sent is not None:
                await rendered.sent(tx)
        elif state in call_repository.UNREACHED:
            await call_repository.note(tx, notice, rendered.told)
        elif state is NoticeState.SKIPPED:
            await repository.put_known(tx, rendered.unwanted)
        if rendered.instead and state is not NoticeState.WAITING:
            made_at, whole = notice.made_at, notice.whole
            fresh = partial(new_notice, notice.site, notice.about, notice.party)
            await repository.add(
                tx, [fresh(each, made_at=made_at, due_at=now, whole=whole) for each in rendered.instead]
            )


def _reply(notice: Notice, said: str) -> str:
    """What is kept of what was said now: of a notice that was perhaps sent before, also that."""
    if not notice.reply.startswith(repository.PERHAPS_SENT):
        return said
    return one_line(f"{repository.PERHAPS_SENT}; {said}") if said else repository.PERHAPS_SENT
