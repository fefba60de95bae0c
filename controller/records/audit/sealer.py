"""Chains new rows of the audit log, signs the heads of the chains, and writes them to a file beside the database."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from controller.db.backup import AUDIT_HEADS
from controller.db.engine import Database, Tx
from controller.db.retry_until_available import retry_until_available
from controller.platform.key_files import KeyFiles, replace_file
from controller.records.audit import audit_log, repository
from controller.records.audit.audit_log import Source
from controller.records.audit.hash_chain import (
    START,
    AuditHead,
    AuditRow,
    HeadsFile,
    first_broken,
    reason_to_stop,
    seal,
)
from edge.wire.clock import Clock
from edge.wire.envelope import key_id

log = logging.getLogger(__name__)

HEADS = AUDIT_HEADS
"""The file in the data folder, which every backup has in it."""
EVERY_S = 1.0
FILE_EVERY = timedelta(seconds=60)
"""How often the file is written at most: each time is a write to the disk."""
LONGEST_WAIT = timedelta(minutes=5)
"""How long the log may stay unsealed before /readyz says so."""
WHAT_TO_DO = 'run "hallkeeper audit verify", and see "When a chain is stopped" in docs/audit.md'
_AT_ONCE = 200
"""Rows in one transaction, so that bookings get their turn."""
_PROGRAMS = frozenset({"hallkeeper", "door page", "the controller"})
"""Names of actors that are no users', whatever users are called."""


class AuditSealer:
    """Works outside the transactions that record. Several may run: the database lets one at a time.

    It signs nothing that rests on a head which is not its own, or is older than the last one it signed: that chain
    stops, and the others go on. What it signed last it has in memory and, outside the database, in the file."""

    def __init__(self, database: Database, clock: Clock, keys: KeyFiles, data_dir: Path) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys
        self._file = data_dir / HEADS
        self._known: dict[str, AuditHead] | None = None
        self._written: tuple[AuditHead, ...] | None = None
        self._written_at: datetime | None = None
        self._written_kid = ""
        self._sealed_at: datetime | None = None
        self.file_content = b""
        self.stopped: dict[str, str] = {}
        """Chain -> why nothing is signed for it."""
        self._console = False
        """Whether rows of such a command were sealed that ``when_console`` has not followed."""
        self._followed = 0
        """The newest row of such a command in a stopped chain that it has followed."""
        self.when_console: list[Callable[[], Awaitable[None]]] = []
        """Awaited once rows of a command on the controller's machine are sealed, or wait in a stopped chain: another
        process has changed what they say, and told nobody here. Awaited again where one raised."""

    async def run(self) -> None:
        """Run forever."""
        while True:
            await retry_until_available(self.look, what="the audit log is sealed")
            await self._clock.sleep(EVERY_S)

    async def ready(self) -> str | None:
        """For /readyz: which chain is stopped, and whether rows have waited too long."""
        if self.stopped:
            chain, why = min(self.stopped.items())
            more = f" (and {len(self.stopped) - 1} more)" if len(self.stopped) > 1 else ""
            return f"the audit log of {chain or 'the estate'}{more} is not sealed any more: {why}; {WHAT_TO_DO}"
        if self._sealed_at is not None and self._clock.now() - self._sealed_at > LONGEST_WAIT:
            since = f"{self._sealed_at:%Y-%m-%d %H:%M} UTC"
            return f"rows of the audit log since {since} are not sealed; the controller's own log says why"
        return None

    async def look(self) -> int:
        """Seal what there is; how many rows. Writes the file when it is due."""
        now = self._clock.now()
        self._sealed_at = self._sealed_at or now
        known = await self._known_heads()
        count, stopped = 0, dict[str, str]()
        while await self._any(stopped):
            placed, heads = await self._database.run(self._seal, known, stopped)
            known |= heads
            count += len(placed)
            self._console |= any(each.source == Source.CONSOLE for each in placed)
            self._note(heads, stopped)
        await self._follow_console(stopped)
        self._sealed_at = now
        due = self._written_at is None or self._clock.now() - self._written_at >= FILE_EVERY
        if due or self._written_kid != key_id(self._key.public_key()):
            await self.write_file()
        return count

    async def _follow_console(self, stopped: Collection[str]) -> None:
        """Those that wait for it follow what a command on this machine did, also one whose chain is stopped."""
        last = 0
        if stopped:
            async with self._database.read_without_transaction() as tx:
                last = await repository.last_unsealed(tx, Source.CONSOLE, stopped)
        if not self._console and last <= self._followed:
            return
        for follow in self.when_console:
            await follow()
        self._console, self._followed = False, max(last, self._followed)

    @property
    def _key(self) -> Ed25519PrivateKey:
        return self._keys.signing_keys[-1]

    async def _any(self, stopped: Collection[str]) -> bool:
        async with self._database.read_without_transaction() as tx:
            return await repository.any_unsealed(tx, stopped)

    async def _seal(
        self, tx: Tx, known: Mapping[str, AuditHead], stopped: dict[str, str]
    ) -> tuple[list[AuditRow], dict[str, AuditHead]]:
        """The rows that were sealed, and the new heads. Adds to ``stopped``."""
        await repository.lock(tx)
        by_chain: dict[str, list[AuditRow]] = defaultdict(list)
        for row in await _by_id(tx, await repository.unsealed(tx, _AT_ONCE, stopped)):
            by_chain[row.site or ""].append(row)
        heads, reasons = await self._checked(tx, known, by_chain)
        stopped |= reasons
        now = self._clock.now()
        placed: list[AuditRow] = []
        new: dict[str, AuditHead] = {}
        for chain, its in by_chain.items():
            if chain in reasons:
                continue
            sealed, head = seal(its, heads.get(chain), chain, now)
            placed += sealed
            new[chain] = head.signed(self._key)
            await repository.put_head(tx, new[chain])
        if placed:
            await repository.place(tx, placed)
        return placed, new

    async def _checked(
        self, tx: Tx, known: Mapping[str, AuditHead], chains: Collection[str]
    ) -> tuple[dict[str, AuditHead], dict[str, str]]:
        """The heads of these chains in the database, and why nothing may rest on some of them."""
        heads = await repository.heads(tx, chains)
        ends = await repository.last_rows(tx, chains)
        keys = public_keys(self._keys)
        reasons: dict[str, str] = {}
        for chain in chains:
            head, ours = heads.get(chain), known.get(chain)
            last = ends.get(chain) if head is not None else await repository.last_row(tx, chain)
            newer = head is not None and ours is not None and head.seq > ours.seq
            at_known = await repository.hash_at(tx, chain, ours.seq) if newer and ours is not None else None
            why = reason_to_stop(head, known=ours, last=last, at_known=at_known, keys=keys)
            if why is not None:
                reasons[chain] = why
        return heads, reasons

    def _note(self, sound: Collection[str], stopped: Mapping[str, str]) -> None:
        for chain, why in stopped.items():
            if self.stopped.get(chain) != why:
                fields = {"action": "audit_stopped", "chain": chain or "estate", "reason": why, "fix": WHAT_TO_DO}
                log.error("A chain of the audit log is not sealed any more", extra=fields)
        self.stopped = {chain: why for chain, why in self.stopped.items() if chain not in sound} | dict(stopped)

    async def _known_heads(self) -> dict[str, AuditHead]:
        """Those that were signed last. Raises ``OSError`` with what to do for a file that is damaged."""
        if self._known is None:
            self._known = {each.chain: each for each in await asyncio.to_thread(self._read)}
        return self._known

    def _read(self) -> tuple[AuditHead, ...]:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=HeadsFile).heads
        except FileNotFoundError:
            return ()
        except msgspec.MsgspecError as error:
            raise OSError(f"{self._file} is damaged ({error}); put back the copy of the newest backup") from error

    async def cut(self, tx: Tx, chain: str, seq: int) -> None:
        """Delete the rows of a chain up to this place, and sign that it goes on from there. Does nothing to a chain
        that is stopped, or whose rows are not those that were sealed."""
        known = await self._known_heads()
        await repository.lock(tx)
        heads, stopped = await self._checked(tx, known, [chain])
        head = heads.get(chain)
        if head is None or stopped:
            self._note((), stopped)
            return
        rows = await repository.rows_to(tx, head, seq)
        if (broken := first_broken(rows, head)) is not None:
            self._note((), {chain: f"row {broken} is not the one that was sealed, so that old rows are not deleted"})
            return
        last = rows[-1].hash if rows else None
        if last is None:
            return
        await repository.put_head(tx, msgspec.structs.replace(head, cut_seq=seq, cut_hash=last).signed(self._key))
        await repository.delete_to(tx, chain, seq)

    async def sign_as_it_is(self, chain: str, *, actor: str, why: str) -> AuditHead | None:
        """Sign a stopped chain as it is, up to its last row, and record that; the new head, or ``None`` where nothing
        is wrong with the present one. The former file stays beside the new one. No other sealer may run."""
        known = await self._known_heads()
        head = await self._database.run(self._signed_as_it_is, chain, known, actor, why)
        if head is not None:
            now = self._clock.now()
            if self._file.exists():
                kept = self._file.with_name(f"{self._file.stem}.{now:%Y%m%dT%H%M%S}{self._file.suffix}")
                await asyncio.to_thread(replace_file, kept, await asyncio.to_thread(self._file.read_bytes))
            known[chain] = head
            await self.write_file()
        return head

    async def _signed_as_it_is(
        self, tx: Tx, chain: str, known: Mapping[str, AuditHead], actor: str, why: str
    ) -> AuditHead | None:
        await repository.lock(tx)
        heads, stopped = await self._checked(tx, known, [chain])
        if chain not in stopped:
            return None
        now = self._clock.now()
        base = known.get(chain) or heads.get(chain) or AuditHead(chain=chain, seq=0, hash=START, sealed_at=now)
        last = await repository.last_row(tx, chain)
        if last is None:  # the places of the rows that are gone are not used again
            new = msgspec.structs.replace(base, cut_seq=base.seq, cut_hash=base.hash)
        else:
            cut = (base.cut_seq, base.cut_hash) if base.cut_seq <= last[0] else (0, START)
            new = msgspec.structs.replace(base, seq=last[0], hash=last[1], cut_seq=cut[0], cut_hash=cut[1])
        new = msgspec.structs.replace(new, sealed_at=now).signed(self._key)
        await repository.put_head(tx, new)
        changes = {"seq": (base.seq, new.seq), "found": (None, stopped[chain])}
        thing = f"audit log of {chain or 'the estate'}"
        await audit_log.record(
            tx, actor=actor, at=now, act="sign", site=chain or None, thing=thing, changes=changes, why=why
        )
        return new

    async def write_file(self) -> tuple[AuditHead, ...]:
        """Write the heads out of the database, if they are others; returns them. Of a chain that is stopped, the file
        keeps the head last signed. Signs those of an older key again, while that key is known."""
        known = await self._known_heads()
        stopped: dict[str, str] = {}
        kid = key_id(self._key.public_key())
        found = await self._database.run(self._signed_again, known, stopped)
        known |= found
        self._note(found, stopped)
        heads = tuple(known[chain] for chain in sorted(known))
        self._written_at, self._written_kid = self._clock.now(), kid
        if heads != self._written:
            self.file_content = msgspec.json.encode(HeadsFile(written_at=self._written_at, heads=heads))
            await asyncio.to_thread(replace_file, self._file, self.file_content)
            self._written = heads
        return heads

    async def _signed_again(
        self, tx: Tx, known: Mapping[str, AuditHead], stopped: dict[str, str]
    ) -> dict[str, AuditHead]:
        """The sound heads. Adds to ``stopped``."""
        await repository.lock(tx)
        heads, reasons = await self._checked(tx, known, {*known, *await repository.heads(tx)})
        stopped |= reasons
        sound = {chain: head for chain, head in heads.items() if chain not in reasons}
        for chain, head in sound.items():
            if head.kid != key_id(self._key.public_key()):
                sound[chain] = head.signed(self._key)
                await repository.put_head(tx, sound[chain])
        return sound


async def sign_with_new_key(tx: Tx, keys: KeyFiles) -> None:
    """Sign the heads as they are, where the key that signed them is lost and nobody can check them any more. What the
    file outside the database says of them is still compared."""
    for head in (await repository.heads(tx)).values():
        await repository.put_head(tx, head.signed(keys.signing_keys[-1]))


def public_keys(keys: KeyFiles) -> dict[str, Ed25519PublicKey]:
    """Of all signing keys there are, by their ids."""
    every = [each.public_key() for each in keys.signing_keys]
    return {key_id(each): each for each in every}


async def _by_id(tx: Tx, rows: list[AuditRow]) -> list[AuditRow]:
    """The rows with users by id where the controller acted for one and knew the name only."""
    wanted = {each.actor for each in rows if _may_be_user(each)}
    known = await repository.ids_of(tx, wanted) if wanted else {}
    return [
        msgspec.structs.replace(each, user_id=known[each.actor], actor="")
        if _may_be_user(each) and each.actor in known
        else each
        for each in rows
    ]


def _may_be_user(row: AuditRow) -> bool:
    return row.user_id is None and bool(row.actor) and row.source != Source.CONSOLE and row.actor not in _PROGRAMS
