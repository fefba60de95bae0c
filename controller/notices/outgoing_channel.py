"""A channel by which notices go, and whether its server is there."""

import logging
from collections import deque
from datetime import datetime, timedelta

from controller.notices.gateway import Delivery, DeliveryResult, Gateway
from controller.notices.model import Channel
from controller.notices.retry_schedule import LONGEST_SERVER_WAIT, wait_before

log = logging.getLogger(__name__)

_MINUTE = timedelta(minutes=1)
_SERVERS = {Channel.MAIL: "mail server", Channel.SMS: "SMS gateway"}


class OutgoingChannel:
    """While its server is not to be had, all notices of a channel wait for it together, until ``not_before``; so they
    do while it has got ``most_per_minute``, 0 for no limit."""

    def __init__(self, channel: Channel, gateway: Gateway, *, most_per_minute: int = 0) -> None:
        self.channel = channel
        self.gateway = gateway
        self.not_before: datetime | None = None
        self._away: tuple[datetime, str] | None = None
        """Since when the server is not to be had, and what it said last."""
        self._tries = 0
        self._most = most_per_minute
        self._handed: deque[datetime] = deque(maxlen=most_per_minute)
        """When the last messages went to the server, as many as may go in a minute."""

    async def ready(self) -> str | None:
        """What is wrong with the server; ``None`` while it takes messages."""
        if self._away is None:
            return None
        since, reply = self._away
        what = f"the {_SERVERS[self.channel]} takes nothing since {since:%Y-%m-%d %H:%M} UTC"
        return f"{what}: {reply}; see [{self.channel}] in the settings"

    def note(self, result: DeliveryResult, now: datetime) -> None:
        """What the server made of a message."""
        if result.delivery is not Delivery.NO_SERVER:
            self._away, self._tries = None, 0
            self._handed.append(now)
            full = self._most and len(self._handed) == self._most
            self.not_before = self._handed[0] + _MINUTE if full else None
            return
        self._tries += 1
        self._away = self._away[0] if self._away else now, result.reply
        self.not_before = now + wait_before(self._tries - 1, longest=LONGEST_SERVER_WAIT)
        fields = {"action": f"{self.channel}_server", "code": result.code, "reason": result.reply}
        log.error(f"The {_SERVERS[self.channel]} takes no notices; trying again", extra=fields)
