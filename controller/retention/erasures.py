"""Which parties were forgotten, in a file outside the database: after an older backup is restored it is done again."""

import asyncio
import logging
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import select

from controller.db.backup import ERASURES
from controller.db.engine import Database
from controller.db.retry import retry_until_available
from controller.key_files import replace_file
from controller.people.directory import PartyDirectory
from controller.retention.removal import table
from edge.wire.clock import Clock

log = logging.getLogger(__name__)

EVERY_S = 60.0


class ErasuresFile(msgspec.Struct, frozen=True, kw_only=True):
    """``parties``: by id, when each was forgotten. It holds no other personal data."""

    parties: dict[str, datetime] = {}


class Erasures:
    """``data_dir``: where the file is; ``hallkeeper controller backup`` puts a copy beside each backup."""

    def __init__(self, database: Database, clock: Clock, directory: PartyDirectory, data_dir: Path) -> None:
        self._database = database
        self._clock = clock
        self._directory = directory
        self._file = data_dir / ERASURES

    async def run(self) -> None:
        """Run forever: note what was forgotten."""
        while True:
            await retry_until_available(self.note, what="erasures are noted outside the database")
            await self._clock.sleep(EVERY_S)

    async def note(self) -> None:
        """Write those that the database has and the file has not."""
        known = await asyncio.to_thread(self._read)
        forgotten = known.parties | await self._forgotten()
        if forgotten != known.parties:
            content = msgspec.json.encode(ErasuresFile(parties=forgotten))
            await asyncio.to_thread(replace_file, self._file, content)

    async def repeat(self) -> list[str]:
        """Forget again what the file names and the database, restored from an older backup, still has; which."""
        known = await asyncio.to_thread(self._read)
        if not known.parties:
            return []
        parties = table("parties").c
        async with self._database.read() as tx:
            query = select(parties.id).where(parties.forgotten_at.is_(None)).order_by(parties.id)
            back = [each for each in (await tx.execute(query)).scalars() if each in known.parties]
        for each in back:
            await self._database.run(self._directory.forget_again, each)
        if back:
            fields = {"action": "erasure", "parties": len(back)}
            log.warning("Parties of a restored database are forgotten again", extra=fields)
        return back

    async def _forgotten(self) -> dict[str, datetime]:
        parties = table("parties").c
        async with self._database.read() as tx:
            query = select(parties.id, parties.forgotten_at).where(parties.forgotten_at.is_not(None))
            return {row.id: row.forgotten_at for row in await tx.execute(query)}

    def _read(self) -> ErasuresFile:
        """Raises ``OSError`` with what to do for a file that is damaged."""
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=ErasuresFile)
        except FileNotFoundError:
            return ErasuresFile()
        except msgspec.MsgspecError as error:
            raise OSError(f"{self._file} is damaged ({error}); put back the copy that is beside the backups") from error
