"""Runs other programs. Their output and duration are not trusted."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from edge.errors import ProgramFailed

GONE_S = 5.0
"""How long a killed program may take to end on a busy machine."""


@dataclass(eq=False, repr=False, kw_only=True)
class ProgramRunner:
    """Runs one program at a time. ``within_s``: how long it may take; then it is killed with all its children.
    ``limit``: most bytes of its standard output; 0 discards it. ``gone_s``: how long to wait for a killed program."""

    within_s: float
    limit: int = 0
    gone_s: float = GONE_S
    kill: Callable[[int, signal.Signals], None] = os.killpg

    def __post_init__(self) -> None:
        self._left: asyncio.subprocess.Process | None = None

    async def call(self, command: tuple[str, ...]) -> bytes:
        """Run a command and return its output. Raises ``ProgramFailed`` if it fails, takes too long or writes too much,
        and ``OSError`` or ``ValueError`` if it cannot be run."""
        if self._left is not None and self._left.returncode is None:
            raise ProgramFailed(f"{command[0]} still runs from an earlier call and cannot be killed")
        program = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if self.limit else asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        output = None
        try:
            async with asyncio.timeout(self.within_s):
                said = await self._output(program)
                ended = await program.wait()
            output = said
        except TimeoutError:
            raise ProgramFailed(f"{command[0]} has not ended within {self.within_s:g} s") from None
        finally:
            if output is None:
                self._left = program
                # It may have ended by itself but not its children, or belong to another user.
                with suppress(ProcessLookupError, PermissionError):
                    self.kill(program.pid, signal.SIGKILL)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self.gone_s):
                        await program.wait()
        if ended != 0:
            raise ProgramFailed(f"{command[0]} ended with {ended}")
        return output

    async def _output(self, program: asyncio.subprocess.Process) -> bytes:
        said = bytearray()
        while program.stdout is not None and (more := await program.stdout.read(65536)):
            said += more
            if len(said) > self.limit:
                raise ProgramFailed(f"it wrote more than {self.limit} bytes")
        return bytes(said)
