"""Treats requests as booked and bookings as gone without writing anything, so that the outcome of many requests
together can be computed without a lock. Pure."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from controller.diary.model import Claimed
from controller.diary.site_config import SiteConfig
from controller.rules.context import RuleContext
from controller.rules.facts import FAR, Facts, Neighbour, ResourceUse
from controller.rules.fair_use import needed
from controller.rules.pools import quartered, takings
from controller.rules.request import RuleRequest
from edge.wire.interval import Interval


class HypotheticalBookings:
    """Requests of one site treated as booked, without an id, and bookings treated as gone. Mutable."""

    def __init__(self) -> None:
        self.gone: set[str] = set()
        self._made: list[tuple[RuleContext, Facts]] = []
        self._by_day: dict[int, list[int]] = defaultdict(list)
        self._by_party: dict[str, list[Claimed]] = defaultdict(list)

    def let_go(self, bookings: Iterable[str]) -> None:
        """Treat these bookings as gone."""
        self.gone.update(bookings)

    def take(self, site_config: SiteConfig, requests: Sequence[RuleRequest], *, now: datetime) -> None:
        """These are booked. Raises ``SpaceUnknown``."""
        for each in requests:
            self.add(case_of(site_config, each, now))

    def add(self, case: RuleContext) -> None:
        """It is booked."""
        for day in _days(case.asked.during):
            self._by_day[day].append(len(self._made))
        facts = _as_booked(case)
        self._made.append((case, facts))
        if case.asked.party is not None:
            insort(self._by_party[case.asked.party], facts.spent[0], key=_start)

    def seen_by(self, case: RuleContext) -> Facts:
        """Of what is booked here, what the verdict on ``case`` depends on."""
        during, atoms = case.asked.during, set(case.place.atoms)
        around = Interval(start=during.start - FAR, end=during.end + FAR)
        numbers = dict.fromkeys(number for day in _days(around) for number in self._by_day.get(day, ()))
        near = [found for other, found in map(self._made.__getitem__, numbers) if other.asked.during.overlaps(around)]
        return Facts(
            neighbours=tuple(each for other in near for each in other.neighbours if each.atom in atoms),
            equipment=tuple(each for other in near for each in other.equipment),
            pools=tuple(each for other in near for each in other.pools),
            spent=tuple(self._spent(case)),
        )

    def _spent(self, case: RuleContext) -> list[Claimed]:
        """What its party has in the time that its quotas look at."""
        within, its = needed(case), self._by_party.get(case.asked.party or "", [])
        if within is None or not its:
            return []
        first = bisect_left(its, within.starts, key=_start)
        last = len(its) if within.ends is None else bisect_left(its, within.ends, key=_start)
        return [each for each in its[first:last] if within.has(each)]


def case_of(site_config: SiteConfig, request: RuleRequest, now: datetime) -> RuleContext:
    """Raises ``SpaceUnknown``."""
    return RuleContext(
        site_config=site_config, request=request, place=site_config.require(request.asked.space), now=now
    )


def _start(booking: Claimed) -> datetime:
    return booking.during.start


def _days(during: Interval) -> Iterator[int]:
    return iter(range(during.start.toordinal(), during.end.toordinal() + 1))


def _as_booked(case: RuleContext) -> Facts:
    """What others will find once this one is booked."""
    asked, site = case.asked, case.site_config.site.id
    booking = Claimed(id="", title=asked.title, space=asked.space, during=asked.during, party=asked.party)
    quarter = replace(booking, during=quartered(asked.during))
    return Facts(
        neighbours=()
        if case.pool
        else tuple(Neighbour(booking=booking, atom=atom, buffers=case.buffers) for atom in case.place.atoms),
        equipment=tuple(
            ResourceUse(booking=booking, thing=f"{site}/{need.equipment}", count=need.count) for need in asked.equipment
        ),
        pools=tuple(
            ResourceUse(booking=quarter, thing=pool, count=count) for pool, count in takings(case.place, case.seats)
        ),
        spent=(booking,),
    )
