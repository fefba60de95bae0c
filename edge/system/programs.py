"""Calls other programs, which may say anything, or nothing, or never end."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress

from edge.errors import ProgramFailed

GONE_S = 5.0
"""How long it may take on a busy machine until a program that was killed is gone."""


class ProgramRunner:
    """Calls one program, and again only when it has ended. ``within_s``: how long it may take; then it is killed with
    whatever it has started. ``limit``: most bytes that it may say on its standard output; 0 where nobody listens.
    ``gone_s``: how long to wait for a program that was killed."""

    def __init__(
        self,
        *,
        within_s: float,
        limit: int = 0,
        gone_s: float = GONE_S,
        kill: Callable[[int, signal.Signals], None] = os.killpg,
    ) -> None:
        self._within_s = within_s
        self._gone_s = gone_s
        self._limit = limit
        self._kill = kill
        self._left: asyncio.subprocess.Process | None = None

    async def call(self, command: tuple[str, ...]) -> bytes:
        """What it said. Raises ``ProgramFailed`` where it did not end in time and well, or said too much, and
        ``OSError`` and ``ValueError`` where there is none to be called."""
        if self._left is not None and self._left.returncode is None:
            raise ProgramFailed(f"{command[0]} was called before, and cannot be ended")
        program = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if self._limit else asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        output = None
        try:
            async with asyncio.timeout(self._within_s):
                said = await self._heard(program)
                ended = await program.wait()
            output = said
        except TimeoutError:
            raise ProgramFailed(f"{command[0]} has not ended within {self._within_s:g} s") from None
        finally:
            if output is None:
                self._left = program
                # It may have ended by itself, and what it has started not; or be another user's.
                with suppress(ProcessLookupError, PermissionError):
                    self._kill(program.pid, signal.SIGKILL)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._gone_s):
                        await program.wait()
        if ended != 0:
            raise ProgramFailed(f"{command[0]} ended with {ended}")
        return output

    async def _heard(self, program: asyncio.subprocess.Process) -> bytes:
        said = bytearray()
        while program.stdout is not None and (more := await program.stdout.read(65536)):
            said += more
            if len(said) > self._limit:
                raise ProgramFailed(f"it said more than {self._limit} bytes")
        return bytes(said)
