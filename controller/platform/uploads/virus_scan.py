"""Files that are kept and given out as they came are shown to the operator's ClamAV first (clamd(8), INSTREAM)."""

import asyncio
import struct
from dataclasses import dataclass
from pathlib import Path

from controller.platform.web.problem import Invalid, Unavailable, invalid_field

WITHIN_S = 60.0
_CHUNK = 65_536


class NotScanned(Unavailable):
    """The scanner that the settings name does not answer, so nothing is kept."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the virus scanner does not answer ({why}), so the file was not kept; try again later")


@dataclass(frozen=True)
class VirusScanner:
    """``socket``: where clamd listens, such as ``/run/clamav/clamd.ctl``; ``None``: nothing is scanned."""

    socket: Path | None = None

    async def require_clean(self, content: bytes) -> None:
        """Raises ``Invalid`` for a file in which a virus is found, and ``NotScanned``."""
        if self.socket is None:
            return
        try:
            async with asyncio.timeout(WITHIN_S):
                said = await self._asked(self.socket, content)
        except (OSError, TimeoutError) as error:
            raise NotScanned(str(error) or "no answer in time") from error
        if said.endswith(" FOUND"):
            raise _infected(said.removeprefix("stream: ").removesuffix(" FOUND"))
        if said != "stream: OK":
            raise NotScanned(said or "it hung up")

    async def _asked(self, socket: Path, content: bytes) -> str:
        reader, writer = await asyncio.open_unix_connection(str(socket))
        try:
            writer.write(b"zINSTREAM\0")
            for start in range(0, len(content), _CHUNK):
                chunk = content[start : start + _CHUNK]
                writer.write(struct.pack("!I", len(chunk)) + chunk)
                await writer.drain()
            writer.write(struct.pack("!I", 0))
            await writer.drain()
            return (await reader.read(4096)).rstrip(b"\0\n").decode(errors="replace")
        finally:
            writer.close()


def _infected(name: str) -> Invalid:
    return invalid_field("body", f"the virus scanner found {name[:80]} in the file; it was not kept")
