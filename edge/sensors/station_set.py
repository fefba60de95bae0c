"""Which stations the WiFi of a zone serves. Pure, and in memory only: addresses are here while a station is listed and
for ten minutes afterwards; only counts come out.

Most phones use an address that they have made up (its locally administered bit is set, IEEE 802, 8.4), usually the same
one for each network. One that makes up another whenever it connects begins a session each time.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import islice

import msgspec

from edge.errors import ListingUnreadable

GRACE_S = 600.0
"""A station that comes back within this time continues its session; then its address is forgotten."""
MOST = 10_000
"""Addresses in a listing, and in a zone within ``GRACE_S``; more is a fault of the source and would stall the doors."""
ADDRESS_BYTES = 6
_MARKS = str.maketrans("", "", ":- ")
_DIGITS = re.compile(r"[0-9A-Fa-f]{12}")
_GROUP, _LOCAL = 0x01, 0x02
"""Bits of the first byte."""


def address_of(text: object) -> bytes:
    """The address in a text such as ``02:11:22:33:44:55``, ``02-11-…`` or ``02 11 …``; empty if it is none."""
    digits = text.translate(_MARKS) if isinstance(text, str) else ""
    return bytes.fromhex(digits) if _DIGITS.fullmatch(digits) else b""


def is_station(address: bytes) -> bool:
    """Whether a device can have this address: neither a group's nor all zeros."""
    return len(address) == ADDRESS_BYTES and not address[0] & _GROUP and any(address)


@dataclass(frozen=True, repr=False)
class Listing:
    """What a source listed: the addresses of stations, each of six bytes. ``set_aside``: how many entries could not be
    read. ``number``: how many stations there are, by a source that gives no addresses. It has no text form, so that no
    message can quote it."""

    addresses: frozenset[bytes]
    set_aside: int = 0
    number: int | None = None


class StationCounts(msgspec.Struct, frozen=True, kw_only=True):
    """``stations``: associated now; ``randomised``: those of them whose address is made up. Since the source's last
    listing, ``sessions``: how many began, and ``seconds``: of all stations together. What was not watched is not known:
    ``seconds`` is None if the source has failed since, or listed nothing within ``GRACE_S``; ``sessions`` also until
    every source of the zone has been watched for ``GRACE_S`` up to that listing, since a station that comes may have
    been there less long ago."""

    stations: int
    randomised: int
    sessions: int | None
    seconds: float | None


@dataclass(slots=True, repr=False)
class _Stay:
    """A source lists a station without a break. Monotonic seconds."""

    since: float
    until: float


def listing_of(found: Iterable[bytes]) -> Listing:
    """A listing of these addresses; what cannot be a station's is set aside and counted. Raises ``ListingUnreadable``
    for more than ``MOST``."""
    entries = list(islice(found, MOST + 1))
    if len(entries) > MOST:
        raise ListingUnreadable(f"it lists more than {MOST} devices")
    good = [each for each in entries if is_station(each)]
    return Listing(frozenset(good), set_aside=len(entries) - len(good))


@dataclass(eq=False, repr=False)
class StationSet:
    """The stations of one zone. Several ``sources`` (access points) may list them: one that two of them list at once is
    the later one's, since an access point lists for a while who has left it."""

    sources: Collection[str]
    _stays: dict[bytes, dict[str, _Stay]] = field(default_factory=dict)
    _listed_at: dict[str, float] = field(default_factory=dict)
    _watched_since: dict[str, float] = field(default_factory=dict)
    """When a source listed first of all the times that it has not missed since."""

    def __len__(self) -> int:
        """How many addresses are held."""
        return len(self._stays)

    def listed(self, source: str, addresses: Collection[bytes], now: float) -> StationCounts:
        """``source`` lists these stations at ``now``, in monotonic seconds. Raises ``ListingUnreadable``, and changes
        nothing, if the zone then has more than ``MOST``."""
        self.forget(now)
        if len(self._stays) + sum(address not in self._stays for address in addresses) > MOST:
            raise ListingUnreadable(f"the zone has more than {MOST} devices")
        before = self._listed_at.get(source)
        if before is None or now - before >= GRACE_S:
            before = None
            self._watched_since[source] = now
        all_known = before is not None and all(self._watched(each, before) for each in self.sources)
        began = 0
        for address in addresses:
            stays = self._stays.setdefault(address, {})
            began += not stays
            stay = stays.get(source)
            if stay is not None and stay.until == before:
                stay.until = now
            else:
                stays[source] = _Stay(now, now)
        self._listed_at[source] = now
        ours = [address for address in addresses if self._owner(self._stays[address]) == source]
        return StationCounts(
            stations=len(ours),
            randomised=sum(1 for address in ours if address[0] & _LOCAL),
            sessions=began if all_known else None,
            seconds=len(ours) * (now - before) if before is not None else None,
        )

    def failed(self, source: str) -> None:
        """``source`` cannot say what it lists: it has no station any more, and is watched from when it lists again."""
        self._listed_at.pop(source, None)

    def _watched(self, source: str, at: float) -> bool:
        """Whether ``source`` was watched for ``GRACE_S`` up to ``at``."""
        listed = self._listed_at.get(source)
        return listed is not None and at - listed < GRACE_S and self._watched_since[source] + GRACE_S <= at

    def _owner(self, stays: dict[str, _Stay]) -> str:
        """The source that listed a station last of those that still do."""
        listing = [(stay.since, source) for source, stay in stays.items() if stay.until == self._listed_at.get(source)]
        return max(listing)[1]

    def forget(self, now: float) -> float | None:
        """Forget every address that was last listed ``GRACE_S`` ago; when the next one is due, if any is held."""
        for address, stays in list(self._stays.items()):
            for source, stay in list(stays.items()):
                if stay.until + GRACE_S <= now:
                    del stays[source]
            if not stays:
                del self._stays[address]
        last = min((stay.until for stays in self._stays.values() for stay in stays.values()), default=None)
        return None if last is None else last + GRACE_S
