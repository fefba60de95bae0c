"""The results of commands: those that wait to be sent, and those of this session, which are sent again if their command
comes again."""

import asyncio

from edge.wire.messages import CommandResult

DONE = "done"
RESULTS_LIMIT = 64
"""The most command results that wait to be sent. Results of executed commands are sent first and kept longest."""


class CommandResults:
    """By command. The result of an executed command waits until the broker has accepted it, on any connection.
    ``waiting``: those to be sent. ``of_session``: the results of this session's commands."""

    def __init__(self) -> None:
        self.of_session: dict[str, CommandResult] = {}
        self.waiting: dict[str, CommandResult] = {}
        self._sent = asyncio.Event()

    def add(self, result: CommandResult) -> None:
        """Have a result sent."""
        known = self.waiting.get(result.id)
        if known is None or known.outcome != DONE:
            self.waiting[result.id] = result
        self._sent.clear()
        if len(self.waiting) > RESULTS_LIMIT:
            others = (name for name, each in self.waiting.items() if each.outcome != DONE)
            del self.waiting[next(others, next(iter(self.waiting)))]

    def next(self) -> CommandResult:
        """The most urgent that waits. Raises ``ValueError`` where none does."""
        return min(self.waiting.values(), key=lambda result: result.outcome != DONE)

    def sent(self, result: CommandResult) -> None:
        """It waits no longer."""
        self.waiting.pop(result.id, None)
        if not self.waiting:
            self._sent.set()

    def disconnected(self) -> None:
        """Only the results of executed commands are worth sending on another connection."""
        self.waiting = {name: result for name, result in self.waiting.items() if result.outcome == DONE}

    async def all_sent(self) -> None:
        """Wait until none waits that was added before."""
        await self._sent.wait()
