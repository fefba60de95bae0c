"""Judges requests by the diary and the rules of their site, also as if other requests were booked and bookings gone:
the outcome of many requests together can be computed without a lock or a write."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from controller.bookings.diary.model import Claimed
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.rules import repository, space_rules
from controller.bookings.rules.approval_rules import approval, standing
from controller.bookings.rules.model import (
    FAR,
    OVERRULED,
    Facts,
    Neighbour,
    ReasonKind,
    ResourceUse,
    RuleContext,
    RuleReason,
    RuleRequest,
    Verdict,
    quartered,
    takings,
)
from controller.bookings.rules.policy_rules import hired_out, inducted, lapsed, needed, quota, too_early
from controller.bookings.rules.repository import find_facts
from controller.db.compiled_sql import CompiledReads
from controller.db.engine import Tx
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.people.redaction import TAKEN
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


def first_reads(
    tx: Tx, site_config: SiteConfig, requests: Sequence[RuleRequest], *, now: datetime
) -> list[tuple[CompiledReads, Mapping[str, object]]]:
    """What ``judge`` reads for the same requests, for ``read_ahead``. Raises ``SpaceUnknown``."""
    return repository.first_reads(tx, [case_of(site_config, each, now) for each in requests])


async def judge(
    tx: Tx,
    site_config: SiteConfig,
    requests: Sequence[RuleRequest],
    *,
    now: datetime,
    together: bool = False,
    hypothetical: HypotheticalBookings | None = None,
) -> list[Verdict]:
    """The verdict on each request at one site, in their order. At most seven SQL statements, however many requests.

    Requests ignore each other, unless ``together``: then each sees the possible ones before it, as bookings without an
    id. ``hypothetical``: what each of them additionally treats as booked and as gone; it is not changed. A verdict
    shows of other bookings only what the request's actor may see. A caller that is going to write holds the site's
    lock. Raises ``SpaceUnknown``.
    """
    gone = frozenset(hypothetical.gone) if hypothetical else frozenset()
    cases = [case_of(site_config, replace(each, but=each.but | gone) if gone else each, now) for each in requests]
    found = await find_facts(tx, cases, now=now)
    facts = [as_seen(each, case.request.actor, site_config.site.id) for case, each in zip(cases, found, strict=True)]
    verdicts: list[Verdict] = []
    made = HypotheticalBookings() if together else None
    for case, its in zip(cases, facts, strict=True):
        if hypothetical:
            its = _with(its, hypothetical.seen_by(case))
        if made:
            its = _with(its, made.seen_by(case))
        verdicts.append(verdict(replace(case, facts=its)))
        if made and verdicts[-1].possible:
            made.add(case)
    return verdicts


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


_RULES: tuple[Callable[[RuleContext], Iterator[RuleReason]], ...] = (
    space_rules.unbookable,
    hired_out,
    space_rules.overlap,
    space_rules.closed,
    space_rules.capacity,
    space_rules.layout,
    space_rules.seats,
    space_rules.equipment,
    space_rules.places,
    space_rules.gaps,
    too_early,
    quota,
    approval,
    lapsed,
    inducted,
)
_HARDNESS = {why: rank for rank, why in enumerate(ReasonKind)}


def verdict(case: RuleContext) -> Verdict:
    """All reasons against a request, without those that a manager overrules."""
    lifted = OVERRULED if case.asked.overrule and case.decides else frozenset[ReasonKind]()
    found = [reason for rule in _RULES for reason in rule(case) if reason.why not in lifted]
    if case.request.stands:
        found = list(standing(found, more_time=case.request.keeps_terms and bool(case.request.added)))
    run_out = {each.booking.id for each in case.facts.neighbours if each.run_out}
    run_out |= {each.booking.id for each in case.facts.pools if each.run_out}
    return Verdict(
        reasons=tuple(sorted(found, key=lambda reason: _HARDNESS[reason.why])), expired=tuple(sorted(run_out))
    )


def as_seen(facts: Facts, actor: Actor, site: str) -> Facts:
    """The facts about requests of one site, as far as the actor may see them: of bookings whose
    details they do not see, only that the time is taken. Every reason is built from these facts."""
    found = {each.party for each in facts.spent} | {each.booking.party for each in facts.neighbours}
    found |= {each.booking.party for each in (*facts.equipment, *facts.pools)}
    hidden = {party for party in found if not may(actor, Action.DETAILS, Thing(site=site, party=party))}
    if not hidden:
        return facts

    def shown(booking: Claimed) -> Claimed:
        if booking.party not in hidden:
            return booking
        return replace(booking, title=TAKEN, party=None, diary="", hidden=True)

    return Facts(
        neighbours=tuple(replace(each, booking=shown(each.booking)) for each in facts.neighbours),
        equipment=tuple(replace(each, booking=shown(each.booking)) for each in facts.equipment),
        pools=tuple(replace(each, booking=shown(each.booking)) for each in facts.pools),
        spent=tuple(shown(each) for each in facts.spent),
        documents=facts.documents,
        inducted=facts.inducted,
    )


def _with(facts: Facts, others: Facts) -> Facts:
    return Facts(
        neighbours=facts.neighbours + others.neighbours,
        equipment=facts.equipment + others.equipment,
        pools=facts.pools + others.pools,
        spent=facts.spent + others.spent,
        documents=facts.documents + others.documents,
        inducted=facts.inducted,
    )
