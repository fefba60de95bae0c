"""Counts wrong passwords, so that guessing gets slow and one person's guesses lock nobody else out.

A client that has signed in before from this browser (a device cookie, as OWASP describes it) or from this address has
its own number of tries. All others share those of the name they try and those of their address.
"""

import hmac
import math
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network, ip_address

import msgspec

from controller.db.engine import Tx
from controller.people import repository
from controller.people.errors import TooManyTries, Tried
from controller.people.model import Failures
from controller.platform.key_files import KeyFiles

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
KEPT = timedelta(days=1)
"""How long wrong tries count."""
KNOWN_FOR = timedelta(days=60)
"""How long an address is known after a sign-in from it."""
_NONCE_BYTES = 16
_LONGEST_COOKIE = 200


class CounterKind(StrEnum):
    """Whose tries are counted together."""

    NAME = "name"
    ADDRESS = "address"
    DEVICE = "device"
    USUAL = "usual"
    """A name and an address that it has signed in from."""
    OWN = "own"
    """Somebody who is signed in and says their password again."""
    SECOND_STEP = "second step"
    """Codes of a user's second factor."""
    ROOM_TABLET = "room tablet"
    """Door codes typed at a tablet; each half hour without one takes a wrong try back, as at a door."""


_SHARED = frozenset({CounterKind.ADDRESS, CounterKind.ROOM_TABLET})
"""Counters of tries by many people."""
FREE = {CounterKind.ADDRESS: 20}
"""Wrong passwords in a row before there is a wait; an address may be a whole building's."""
_FREE = 5
_QUIET = timedelta(minutes=30)


class TryCounter(msgspec.Struct, frozen=True, kw_only=True):
    """``key``: a digest, since people type passwords where names belong."""

    kind: CounterKind
    key: bytes


class SignInOrigin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a sign-in comes from. ``address``: empty where it says nothing, as a proxy's own. ``device``: the cookie of
    the browser. ``browser``: in words."""

    address: str = ""
    device: str = ""
    browser: str = ""


class SignInThrottle:
    """Every method works inside its caller's transaction."""

    def __init__(self, keys: KeyFiles) -> None:
        self._keys = keys

    async def of(self, tx: Tx, name: str, asker: SignInOrigin) -> list[TryCounter]:
        """The counters of a try: one for a known client, otherwise those of name and address."""
        nonce = self.browser(name, asker)
        if nonce:
            return [self._counter(CounterKind.DEVICE, name, nonce)]
        place = network_of(asker.address)
        if not place:
            return [self._counter(CounterKind.NAME, name)]
        usual = self._counter(CounterKind.USUAL, name, place)
        if await repository.failures(tx, usual.key) is not None:
            return [usual]
        return [self._counter(CounterKind.ADDRESS, place), self._counter(CounterKind.NAME, name)]

    def from_address(self, asker: SignInOrigin) -> list[TryCounter]:
        """The counter of a try that names nobody; one for all where it is not known from where they ask."""
        return [self._counter(CounterKind.ADDRESS, network_of(asker.address))]

    def own(self, user_id: str) -> list[TryCounter]:
        return [self._counter(CounterKind.OWN, user_id)]

    def second_step(self, user_id: str) -> list[TryCounter]:
        return [self._counter(CounterKind.SECOND_STEP, user_id)]

    def room_tablet(self, display_id: str) -> list[TryCounter]:
        return [self._counter(CounterKind.ROOM_TABLET, display_id)]

    async def require_free(self, tx: Tx, counters: Sequence[TryCounter], now: datetime, tried: Tried) -> None:
        """Raises as ``count``, which follows; it only reads, so that a try that is refused anyway holds up no write."""
        found = [await repository.failures(tx, each.key) for each in counters]
        _require_none_blocked([each for each in found if each is not None], now, tried)

    async def count(self, tx: Tx, counters: Sequence[TryCounter], now: datetime, tried: Tried) -> None:
        """Count a try before what was typed is looked at, so that tries made at once count as well. Raises
        ``TooManyTries``; such a one is not counted."""
        before = [
            await repository.hold_failures(tx, each.key, now) for each in sorted(counters, key=lambda each: each.key)
        ]
        _require_none_blocked(before, now, tried)
        for each, had in zip(sorted(counters, key=lambda each: each.key), before, strict=True):
            count = 1 if had.last_at < now - KEPT else had.failures + 1
            if each.kind is CounterKind.ROOM_TABLET:
                count = max(count - (now - had.last_at) // _QUIET, 1)
            kept_until = max(had.kept_until, now + KEPT)
            wait = wait_after(count, FREE.get(each.kind, _FREE))
            await repository.put_failures(
                tx, each.key, Failures(failures=count, last_at=now, blocked_until=now + wait, kept_until=kept_until)
            )

    async def right(self, tx: Tx, counters: Sequence[TryCounter]) -> None:
        """The password was right: forget the failures before it. Of an address or a tablet only this try, since
        somebody who guesses may also have a valid password or code of their own."""
        for each in counters:
            if each.kind in _SHARED:
                await repository.take_back_failure(tx, each.key)
            else:
                await repository.forget_failures(tx, each.key)

    async def know(self, tx: Tx, name: str, asker: SignInOrigin, now: datetime) -> None:
        """From this address the name has tries of its own from now on."""
        place = network_of(asker.address)
        if place:
            usual = self._counter(CounterKind.USUAL, name, place)
            await repository.hold_failures(tx, usual.key, now)
            await repository.put_failures(
                tx, usual.key, Failures(failures=0, last_at=now, blocked_until=now, kept_until=now + KNOWN_FOR)
            )

    async def forget_name(self, tx: Tx, name: str) -> None:
        await repository.forget_failures(tx, self._counter(CounterKind.NAME, name).key)

    def known(self, name: str, asker: SignInOrigin) -> bool:
        """Whether the asker's browser has signed this name in before."""
        return bool(self.browser(name, asker))

    def device(self, name: str, asker: SignInOrigin) -> str:
        """The cookie of a browser from which the name has signed in: the one it has, or a new one."""
        nonce = self.browser(name, asker) or secrets.token_urlsafe(_NONCE_BYTES)
        return f"{nonce}.{self._signature(name, nonce)}"

    def browser(self, name: str, asker: SignInOrigin) -> str:
        """What distinguishes one browser from another of those from which the name has signed in; empty for one from
        which it has not."""
        nonce, _, signature = asker.device[:_LONGEST_COOKIE].partition(".")
        fits = hmac.compare_digest(signature.encode(), self._signature(name, nonce).encode())
        return nonce if fits else ""

    def _signature(self, name: str, nonce: str) -> str:
        return self._digest("device cookie", repository.name_key(name), nonce).hex()

    def _counter(self, kind: CounterKind, what: str, place: str = "") -> TryCounter:
        named = what if kind in {*_SHARED, CounterKind.OWN, CounterKind.SECOND_STEP} else repository.name_key(what)
        return TryCounter(kind=kind, key=self._digest(f"tries of a {kind}", named, place))

    def _digest(self, *parts: str) -> bytes:
        said = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in ("sign-in", *parts))
        return hmac.digest(self._keys.page, said, sha256)


def _require_none_blocked(held: Sequence[Failures], now: datetime, tried: Tried) -> None:
    until = max((each.blocked_until for each in held), default=now)
    if now < until:
        raise TooManyTries(math.ceil((until - now).total_seconds()), tried)


def network_of(address: str) -> str:
    """The network to count an address by: itself, or its /64 with IPv6; empty if it is no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    return str(IPv4Network(mapped or found) if mapped or found.version == 4 else IPv6Network((found, 64), strict=False))


def wait_after(failures: int, free: int = _FREE) -> timedelta:
    """How long to wait after so many wrong tries in a row: it doubles."""
    if failures < free:
        return timedelta(0)
    return min(FIRST_WAIT * (1 << min(failures - free, 10)), LONGEST_WAIT)
