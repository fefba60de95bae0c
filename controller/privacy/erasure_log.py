"""Who was forgotten, in a file outside the database: after an older backup is restored it is done again."""

import asyncio
import logging
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import select

from controller.db.backup import ERASURES, ERASURES_COPY
from controller.db.engine import Database
from controller.db.retry_until_available import retry_until_available
from controller.people.party_service import PartyService
from controller.people.repository import count_lasting_owners
from controller.platform.key_files import replace_file
from controller.privacy.removal_methods import table
from controller.privacy.user_erasure import UserErasure
from edge.wire.clock import Clock

log = logging.getLogger(__name__)

EVERY_S = 60.0
NO_OWNER = (
    "the last owner was forgotten again, so nobody may do everything; make another one on the controller's machine: "
    "hallkeeper controller user add NAME --role owner"
)


class ErasuresFile(msgspec.Struct, frozen=True, kw_only=True):
    """``parties`` and ``users``: by id, when each was forgotten, of users when they ended. It holds no other personal
    data."""

    parties: dict[str, datetime] = {}
    users: dict[str, datetime] = {}


class Erasures:
    """``data_dir``: where the file is; ``hallkeeper controller backup`` puts a copy beside each backup. A file that is
    damaged is kept aside, and a new one is made of what the database knows."""

    def __init__(
        self, database: Database, clock: Clock, directory: PartyService, users: UserErasure, data_dir: Path
    ) -> None:
        self._database = database
        self._clock = clock
        self._directory = directory
        self._users = users
        self._file = data_dir / ERASURES
        self._fault: str | None = None
        self._without_owner = False

    async def run(self) -> None:
        """Run forever: note who was forgotten, and forget again whom a file names that was put back."""
        while True:
            await retry_until_available(self.note, what="erasures are noted outside the database")
            await retry_until_available(self.repeat, what="erasures are repeated")
            await self._clock.sleep(EVERY_S)

    async def ready(self) -> str | None:
        """For /readyz: what is wrong with the file or came of it, and what to do."""
        if self._without_owner and not await self._has_owner():
            return NO_OWNER
        if self._fault is None and (aside := await asyncio.to_thread(self._aside)):
            return self._damaged(aside[-1])
        return self._fault

    async def note(self) -> None:
        """Write those that the database has and the file has not."""
        if (known := await self._known()) is None:
            return
        now = await self._forgotten()
        both = ErasuresFile(parties=known.parties | now.parties, users=known.users | now.users)
        try:
            if both != known:
                await asyncio.to_thread(replace_file, self._file, msgspec.json.encode(both))
        except OSError as error:
            self._report(f"{self._file} cannot be written ({error}); it is tried again each minute")
        else:
            self._fault = None

    async def repeat(self) -> list[str]:
        """Forget again whom the file names and the database, restored from an older backup, still has, the last owner
        too, which it reports; which."""
        if (known := await self._known()) is None:
            return []
        done = await self._forgotten()
        parties = await self._present("parties", known.parties.keys() - done.parties.keys())
        users = await self._present("users", known.users.keys() - done.users.keys())
        for each in parties:
            await self._database.run(self._directory.forget_again, each)
        owned = bool(users) and await self._has_owner()
        for each in users:
            await self._users.forget_again(each)
        if owned and not await self._has_owner():
            self._without_owner = True
            log.error("Nobody may do everything", extra={"action": "erasure", "reason": NO_OWNER})
        if back := [*parties, *users]:
            fields = {"action": "erasure", "parties": len(parties), "users": len(users)}
            log.warning("People of a restored database are forgotten again", extra=fields)
        return back

    async def _has_owner(self) -> bool:
        async with self._database.read() as tx:
            return bool(await count_lasting_owners(tx, self._clock.now()))

    async def _forgotten(self) -> ErasuresFile:
        """Those whom the database knows to be forgotten."""
        parties, users, people = table("parties").c, table("users").c, table("audit_people").c
        named = select(users.id, users.ended_at).join(table("audit_people"), people.id == users.id)
        async with self._database.read() as tx:
            gone = await tx.execute(select(parties.id, parties.forgotten_at).where(parties.forgotten_at.is_not(None)))
            ended = await tx.execute(named.where(people.name == "", users.ended_at.is_not(None)))
            return ErasuresFile(
                parties={row.id: row.forgotten_at for row in gone}, users={row.id: row.ended_at for row in ended}
            )

    async def _present(self, name: str, wanted: Collection[str]) -> list[str]:
        """Which of them are in the table."""
        if not wanted:
            return []
        async with self._database.read() as tx:
            return sorted(set(await tx.scalars(select(table(name).c.id))).intersection(wanted))

    async def _known(self) -> ErasuresFile | None:
        """What is in the file; ``None``, after saying so, while it cannot be read."""
        try:
            return await asyncio.to_thread(self._read)
        except OSError as error:
            self._report(f"{self._file} cannot be read ({error}); make it readable for the controller's user")
            return None

    def _read(self) -> ErasuresFile:
        """Moves a damaged file aside; then there is none."""
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=ErasuresFile)
        except FileNotFoundError:
            return ErasuresFile()
        except msgspec.MsgspecError as error:
            aside = self._file.with_name(f"{self._file.stem}.{self._clock.now():%Y%m%dT%H%M%S}.json")
            self._file.replace(aside)
            log.error("A file is damaged", extra={"action": "erasure", "reason": f"{self._damaged(aside)} ({error})"})
            return ErasuresFile()

    def _aside(self) -> list[Path]:
        return sorted(self._file.parent.glob(f"{self._file.stem}.*.json"))

    def _damaged(self, aside: Path) -> str:
        return (
            f"{self._file} was damaged, and a new one was made of what the database knows; put back the copy "
            f"{ERASURES_COPY} that is beside the newest backup as {self._file.name}, then delete {aside}"
        )

    def _report(self, fault: str) -> None:
        """Once for as long as it stays the same."""
        if fault != self._fault:
            log.error("A file is not to be had", extra={"action": "erasure", "reason": fault})
        self._fault = fault
