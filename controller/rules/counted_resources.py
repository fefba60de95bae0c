"""Reasons that lie in what is counted: equipment, and places of pools. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence

from controller.diary.model import Claimed
from controller.rules import phrases
from controller.rules.context import RuleContext
from controller.rules.facts import ResourceUse, peak
from controller.rules.pools import takings
from controller.rules.verdict import ReasonKind, RuleReason
from edge.wire.interval import Interval


def equipment(case: RuleContext) -> Iterator[RuleReason]:
    site_config = case.site_config
    wanted: Counter[str] = Counter()
    for need in case.asked.equipment:
        wanted[need.equipment] += need.count
    for name, count in wanted.items():
        field = f"equipment.{name}"
        found = site_config.equipment.get(name)
        if found is None:
            there = phrases.quoted(sorted(site_config.equipment)[: phrases.CARRIED])
            hint = f"it has {there}" if there else "it has none"
            text = f"{site_config.site.name} has no equipment “{name}”; {hint}"
            yield RuleReason(why=ReasonKind.EQUIPMENT, field=field, text=text)
            continue
        if found.space is not None and not _reaches(case, found.space):
            home = site_config.by_space.get(found.space)
            text = f"{found.name} stays in {home.space.name if home else found.space}"
            yield RuleReason(why=ReasonKind.EQUIPMENT, field=field, text=text)
            continue
        uses = _standing(case.facts.equipment, f"{site_config.site.id}/{name}")
        left = max(found.count - peak(uses, case.asked.during), 0)
        if count > left:
            yield _too_few(case, f"{left:,} of {found.count:,} left then", found.name, count, left, field, uses)


def places(case: RuleContext) -> Iterator[RuleReason]:
    """Too few places left of a pool, or of one that lies in the space. ``Facts.pools`` are by whole quarter hours
    already, so what touches a quarter hour of the request touches the request."""
    sizes = dict(case.place.pools)
    for pool, seats in takings(case.place, case.seats):
        uses = _standing(case.facts.pools, pool)
        left = max(sizes[pool] - peak(uses, case.asked.during), 0)
        if seats > left:
            there = case.site_config.by_space[pool.partition("/")[2]].space.name
            yield _too_few(
                case,
                f"{left:,} of {phrases.places(sizes[pool])} left then",
                there,
                seats,
                left,
                "seats" if case.pool else "space",
                uses,
                why=ReasonKind.SEATS,
            )


def _reaches(case: RuleContext, home: str) -> bool:
    """Whether the request has the whole of the space that a thing stays in."""
    place = case.site_config.by_space.get(home)
    return home == case.asked.space or (place is not None and set(place.atoms) <= set(case.place.atoms))


def _standing(uses: Sequence[ResourceUse], thing: str) -> list[ResourceUse]:
    return [each for each in uses if each.thing == thing and not each.run_out]


def _too_few(
    case: RuleContext,
    left_words: str,
    name: str,
    count: int,
    left: int,
    field: str,
    uses: Sequence[ResourceUse],
    *,
    why: ReasonKind = ReasonKind.EQUIPMENT,
) -> RuleReason:
    holders = _holders(uses, case.asked.during)
    told = [(each, by) for each, by in holders if not each.hidden]
    named = "; ".join(f"{each.title} has {by:,}" for each, by in told[: phrases.NAMED])
    more = f" and {len(told) - phrases.NAMED} more bookings have some" if len(told) > phrases.NAMED else ""
    return RuleReason(
        why=why,
        field=field,
        text=f"{name}: {left_words}, {count:,} asked for" + (f" ({named}{more})" if named else ""),
        conflicts=tuple(each for each, _ in holders[: phrases.CARRIED]),
        asked=count,
        limit=left,
    )


def _holders(uses: Sequence[ResourceUse], during: Interval) -> list[tuple[Claimed, int]]:
    held = [(each.booking, each.count) for each in uses if each.booking.during.overlaps(during)]
    return sorted(held, key=lambda each: each[0].during)
