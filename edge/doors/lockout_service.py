"""Applies lock-outs to the readers and cards of an edge, and stores them on disk.

Every counted try is written to disk, so that a power cut resets nothing. Writes are few, because lock-outs keep tries
few.

Records what is refused during a lock-out in few events, so that repeated typing cannot displace other events.
"""

import hmac
import logging
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

import msgspec

from edge.doors import lockout
from edge.doors.lockout import CARDS, READERS, LockoutState, StoredTries
from edge.runtime import Runtime, Timer
from edge.system.durable_files import Files
from edge.system.persisted_state import read_state
from edge.system.state_file import StateFile
from edge.wire.access_decision import Decision, Reason
from edge.wire.codec import encode
from edge.wire.credentials import CredentialKind, Method, Presented
from edge.wire.events import AccessData, LockoutData
from edge.wire.faults import Fault


class _Wait:
    """``recorded``: the credentials that have had their event; ``more``: the first of the other refusals; ``since``:
    its time."""

    def __init__(self, timer: Timer) -> None:
        self.timer = timer
        self.recorded: set[tuple[object, ...]] = set()
        self.device = ""
        self.more: AccessData | None = None
        self.since: datetime | None = None
        self.times = 0


class RefusalCounter:
    """Records a known code or card once, immediately. All other refusals become one event with their number, at the end
    of the lock-out."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._waits: dict[str, _Wait] = {}

    def note(self, wait: str, device: str, access: AccessData, *, until: float) -> None:
        """Count a refusal during the lock-out named ``wait``, which ends at ``until`` (monotonic seconds)."""
        here = self._waits.get(wait)
        if here is None:
            here = self._waits[wait] = _Wait(Timer(self._runtime, f"refusals at {wait}", lambda: self.flush(wait)))
        here.timer.set(until)
        whose = (access.credential, access.booking, access.holder, access.duress)
        if access.credential is not None and whose not in here.recorded:
            here.recorded.add(whose)
            self._runtime.record(device, access)
            return
        here.device, here.times = device, here.times + 1
        if here.more is None:
            here.more, here.since = access, self._runtime.now()

    def flush(self, wait: str) -> None:
        """The lock-out has ended, possibly early: record what was counted."""
        here = self._waits.pop(wait, None)
        if here is None:
            return
        here.timer.set(None)
        if here.more is not None:
            first = here.more
            data = AccessData(
                door=first.door,
                granted=False,
                reason=first.reason,
                reader=first.reader,
                method=first.method,
                times=here.times,
                since=here.since,
            )
            self._runtime.record(here.device, data)

    def flush_all(self) -> None:
        """Record everything that was counted; the agent is stopping."""
        for wait in list(self._waits):
            self.flush(wait)


log = logging.getLogger(__name__)

FILE = "lockout.json"
_FILE_LIMIT = 4 * 1024 * 1024
_SALT_BYTES = 32


class StoredLockOuts(msgspec.Struct, frozen=True, kw_only=True):
    """What survives a power cut: tries by reader, and by card. A card is named by its HMAC-SHA256 under ``salt``."""

    salt: bytes
    readers: dict[str, StoredTries] = {}
    cards: dict[str, StoredTries] = {}


async def read_lock_outs(files: Files) -> tuple[StoredLockOuts, Fault | None]:
    """Read the stored state, with a fault if the file exists but cannot be used."""
    stored, fault = await read_state(files, FILE, StoredLockOuts, limit=_FILE_LIMIT)
    return stored or StoredLockOuts(salt=secrets.token_bytes(_SALT_BYTES)), fault


class LockoutService:
    """One instance serves all readers of an edge. ``listeners`` are called with a reader whose lock-out begins or
    ends."""

    def __init__(self, runtime: Runtime, *, stored: StoredLockOuts) -> None:
        self._runtime = runtime
        self._salt = stored.salt
        self.listeners: list[Callable[[str], None]] = []
        self.refusals = RefusalCounter(runtime)
        now, mono = runtime.now(), runtime.clock.monotonic()
        taken_up = partial(lockout.from_stored, at=now, mono=mono)
        self._doors = {reader.id: reader.door for reader in runtime.config.readers}
        self._readers = {name: taken_up(READERS, each) for name, each in stored.readers.items() if name in self._doors}
        self._cards = {name: taken_up(CARDS, each) for name, each in stored.cards.items()}
        self._timers = {
            name: Timer(runtime, f"lock-out at {name}", partial(self._update_timer, name)) for name in self._doors
        }
        edge = runtime.config.edge
        self.state_file = StateFile(runtime, path=FILE, device=edge, part="lock_outs", content=self._content)

    def start(self) -> None:
        """Resume the stored lock-outs."""
        self.state_file.start("lock-outs")
        for reader in self._readers:
            self._update_timer(reader)

    def waits_until(self, reader: str) -> datetime | None:
        """The end of a reader's lock-out; ``None`` if it has none."""
        return self._instant(self._readers[reader]) if reader in self._readers else None

    def apply_lockout(self, presented: Presented, reader: str, decision: Decision) -> Decision:
        """Apply lock-outs to a decision: during one, nothing that is typed opens the door. Changes no state."""
        tries: LockoutState | None = None
        if presented.is_typed:
            tries = self._readers.get(reader)
        elif decision.method is Method.CARD_PIN or decision.reason is Reason.PIN_WANTED:
            tries = self._cards.get(self._name(presented.card))
        if tries is None or not lockout.locked_out(tries, self._runtime.clock.monotonic()):
            return decision
        return msgspec.structs.replace(decision, granted=False, reason=Reason.LOCKED_OUT, hold_s=0.0)

    def refuse(self, presented: Presented, access: AccessData, reader: str) -> None:
        """Record at the door a refusal during a lock-out, in few events however many refusals there are."""
        now = self._runtime.clock.monotonic()
        if presented.is_typed:
            wait, until = reader, self._readers[reader].until
        else:
            name = self._name(presented.card)
            wait, until = f"{reader}/{name}", min(self._cards[name].until, now + READERS.longest_s)
        self.refusals.note(wait, access.door, access, until=until)

    def answered(self, presented: Presented, reader: str, decision: Decision, *, readers: Iterable[str]) -> None:
        """Count the result of what was presented at ``reader``, one of a door's ``readers``."""
        now = self._runtime.clock.monotonic()
        if not decision.granted:
            if decision.reason is Reason.WRONG_PIN:
                self._wrong_pin(presented.card, reader)
            elif lockout.is_guess(presented, decision):
                self._wrong_code(reader)
        elif presented.is_typed and reader in self._readers:
            self._set(self._readers, reader, lockout.valid(READERS, self._readers[reader], now))
        elif decision.method is Method.CARD_PIN and (name := self._name(presented.card)) in self._cards:
            self._set(self._cards, name, lockout.valid(CARDS, self._cards[name], now))
        if decision.granted and decision.kind is CredentialKind.KEY_HOLDER:
            for each in readers:
                self._end(each)

    # Tries

    def _wrong_code(self, reader: str) -> None:
        before = self._readers.get(reader, LockoutState())
        tries = lockout.wrong(READERS, before, self._runtime.clock.monotonic())
        self._set(self._readers, reader, tries)
        if (until := self._instant(tries)) is None:
            return
        log.warning("A reader is locked out", extra={"action": "lockout", "reader": reader, "until": until.isoformat()})
        self._record_lockout(reader, until, tries)
        self._update_timer(reader)

    def _wrong_pin(self, card: str, reader: str) -> None:
        name = self._name(card)
        tries = lockout.wrong(CARDS, self._cards.get(name, LockoutState()), self._runtime.clock.monotonic())
        self._set(self._cards, name, tries)
        if (until := self._instant(tries)) is not None:
            self._record_lockout(reader, until, tries, card=True)

    def _record_lockout(
        self, reader: str, until: datetime, tries: LockoutState, *, card: bool = False, ended: bool = False
    ) -> None:
        door = self._doors[reader]
        self._runtime.record(
            reader, LockoutData(door=door, reader=reader, until=until, tries=tries.series, card=card, ended=ended)
        )

    def _end(self, reader: str) -> None:
        """End a reader's lock-out, because a key holder was admitted."""
        tries = self._readers.get(reader, LockoutState())
        if tries == LockoutState():
            return
        waited = self._instant(tries) is not None
        self._set(self._readers, reader, LockoutState())
        self.refusals.flush(reader)
        if waited:
            self._record_lockout(reader, self._runtime.now(), tries, ended=True)
            self._update_timer(reader)

    def _update_timer(self, reader: str) -> None:
        """A reader's lock-out has begun or ended."""
        tries = self._readers.get(reader, LockoutState())
        self._timers[reader].set(tries.until if self._instant(tries) is not None else None)
        for listener in self.listeners:
            listener(reader)

    # Helpers

    def _instant(self, tries: LockoutState) -> datetime | None:
        mono = self._runtime.clock.monotonic()
        return self._runtime.now() + timedelta(seconds=tries.until - mono) if lockout.locked_out(tries, mono) else None

    def _set(self, held: dict[str, LockoutState], name: str, tries: LockoutState) -> None:
        """Note the tries of a reader or a card."""
        if tries != held.get(name, LockoutState()):
            held[name] = tries
            self.state_file.changed()

    def _content(self) -> bytes:
        """The state to store. Cards without counted tries are forgotten."""
        to = partial(lockout.to_store, at=self._runtime.now(), mono=self._runtime.clock.monotonic())
        stored = StoredLockOuts(
            salt=self._salt,
            readers={name: one for name, each in self._readers.items() if (one := to(READERS, each)) is not None},
            cards={name: one for name, each in self._cards.items() if (one := to(CARDS, each)) is not None},
        )
        self._cards = {name: each for name, each in self._cards.items() if name in stored.cards}
        return encode(stored)

    def _name(self, card: str) -> str:
        """The name under which a card is stored, so that no file holds its number."""
        return hmac.digest(self._salt, card.encode(), "sha256").hex()
