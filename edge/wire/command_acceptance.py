"""Decides which commands an edge executes: none that is late, replayed, out of order, of another session or
retained."""

from datetime import datetime, timedelta

from edge.wire.errors import CommandRefused
from edge.wire.messages import COMMAND_LIFE_S, Command

SEEN_LIMIT = 1000
"""The most ids remembered; after that the session refuses commands until the next connection, rather than forget
one."""


class CommandGate:
    """Checks the commands of one session. A new connection has a new gate with a new nonce, so no earlier command is
    ever executed."""

    def __init__(self, *, nonce: str, opened_at: datetime, opened_mono: float) -> None:
        self.nonce = nonce
        self._opened_at = opened_at
        self._opened_mono = opened_mono
        self._seen: set[str] = set()
        self._newest: datetime | None = None

    def clock_moved(self, step: timedelta) -> None:
        """A signed hello moved the clock by ``step``: the session began that much later than was thought."""
        self._opened_at += step

    def admit(self, command: Command, *, now: datetime, mono: float, retained: bool) -> None:
        """Admit ``command`` once. ``now``: the wall clock; ``mono``: monotonic seconds.

        The wall clock may be stepped, so the command's age is also measured as monotonic time since the nonce was
        issued, against the controller's ``issued_at``. Raises ``CommandRefused``.
        """
        if retained:
            raise CommandRefused("a retained command is never executed")
        if command.nonce != self.nonce:
            raise CommandRefused("the command belongs to another session")
        if command.id in self._seen:
            raise CommandRefused("the command was already seen")
        if len(self._seen) >= SEEN_LIMIT:
            raise CommandRefused(f"more than {SEEN_LIMIT} commands in one session")
        self._seen.add(command.id)
        life = (command.expires_at - command.issued_at).total_seconds()
        if not 0 < life <= COMMAND_LIFE_S:
            raise CommandRefused(f"the command lives {life:g} s; between 0 and {COMMAND_LIFE_S:g} s are allowed")
        if now >= command.expires_at:
            raise CommandRefused("the command came too late")
        steady = self._opened_at + timedelta(seconds=mono - self._opened_mono)
        if steady >= command.expires_at:
            raise CommandRefused("the command came too late by the monotonic clock")
        if command.issued_at - max(now, steady) > timedelta(seconds=COMMAND_LIFE_S):
            raise CommandRefused("the command comes from the future")
        if self._newest is not None and command.issued_at < self._newest:
            raise CommandRefused("the command was overtaken by a newer one")
        self._newest = command.issued_at
