"""Bookings that prevent a change of the estate, in sentences that say what to do."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from controller.access import repository as access
from controller.bookings.diary.model import Booking, Claimed
from controller.bookings.diary.policy import Policy
from controller.bookings.diary.policy_repository import policy
from controller.bookings.diary.site_config import SpaceAtSite
from controller.bookings.errors import conflicts
from controller.bookings.estate_changes import repository
from controller.bookings.estate_changes.collisions import Collision, PoolOverrun, TooCloseBooking
from controller.db.engine import Tx
from controller.estate.change_hooks import Obstacle
from controller.estate.model import Equipment, SiteParts, Space
from controller.platform.text import times

_NAMED = 3
"""Most bookings that a sentence names."""
_CARRIED = 50
"""Most bookings that an obstacle carries."""

Places = Mapping[str, SpaceAtSite]


async def of_removals(tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> AsyncIterator[Obstacle]:
    """Spaces that were ever booked and doors that ever had a code stay, for their history."""
    site = after.site.id
    gone = [space for space in before.spaces if after.space(space.id) is None]
    named = _in_policy(await policy(tx, site)) if gone else frozenset()
    for space in gone:
        ever, ahead, series = await repository.booked_ever(tx, site, space.id, now=now)
        if ever or series:
            many = "1 booking" if ever == 1 else f"{ever:,} bookings"
            yield _in_use(
                "spaces",
                space.id,
                f"{space.name} cannot be deleted: it has {many}, {ahead:,} of them upcoming, and {series:,} series, "
                "and must stay for their history. Set bookable to false instead.",
            )
        if space.id in named:
            text = f"{space.name} cannot be deleted: the booking policy names it. Change the policy first."
            yield _in_use("spaces", space.id, text)
    for door in before.doors:
        if after.door(door.id) is None and await access.had_codes(tx, site, door.id):
            yield _in_use(
                "doors",
                door.id,
                f"{door.name} cannot be deleted: codes were made for it, and it must stay for their history. "
                "Remove it from its spaces' doors instead.",
            )


async def of_equipment(
    tx: Tx, before: SiteParts, after: SiteParts, old: Places, new: Places, *, now: datetime
) -> AsyncIterator[Obstacle]:
    """Future bookings that need more of an equipment than there would be, or use it where it would not be allowed."""
    had, has = _equipment(before), _equipment(after)
    scarcer = {
        each for each in had if each not in has or has[each].count < had[each].count or has[each].space is not None
    }
    if not scarcer:
        return
    bookings = await repository.needing(tx, after.site.id, scarcer, after=now)
    active = [each for each in bookings if not each.expired(now)]
    for name in sorted(scarcer):
        users = [each for each in active if any(need.equipment == name for need in each.equipment)]
        if name not in has:
            if users:
                verb = "needs" if len(users) == 1 else "need"
                text = f"{had[name].name} cannot be deleted: {_titles(users, now, after)} {verb} it. Change them first."
                yield _equipment_obstacle(name, text, users, after)
            continue
        lost = [
            each
            for each in users
            if _reaches(old, had[name].space, each.space) and not _reaches(new, has[name].space, each.space)
        ]
        if lost:
            home = new[has[name].space or ""].space.name
            text = f"{has[name].name} would stay in {home}, and {_titles(lost, now, after)} would be elsewhere with it."
            yield _equipment_obstacle(name, f"{text} Change them first.", lost, after, field="space")
        if has[name].count < had[name].count:
            at_once, most = _fullest(users, name)
            if most > has[name].count:
                text = (
                    f"{most:,} of {has[name].name} are booked at once, and there would be {has[name].count:,}: "
                    f"{_titles(at_once, now, after)}. Change them first."
                )
                yield _equipment_obstacle(name, text, at_once, after, field="count")


def of_layouts(bookings: Sequence[Booking], new: Places, *, now: datetime) -> Iterator[Obstacle]:
    """Future bookings in a layout that would no longer exist."""
    lost: dict[tuple[str, str], list[Booking]] = {}
    for each in bookings:
        space = new[each.space].space
        if each.layout is not None and all(layout.id != each.layout for layout in space.layouts):
            lost.setdefault((each.space, each.layout), []).append(each)
    for (space_id, layout), users in lost.items():
        place = new[space_id]
        verb = "is" if len(users) == 1 else "are"
        yield Obstacle(
            section="spaces",
            id=space_id,
            field="layouts",
            kind="layout",
            text=f"{_named(users, now, place)} {verb} in the layout “{layout}” of {place.space.name}. "
            "Give them another one first.",
            conflicts=tuple(conflicts([_claimed(each) for each in users[:_CARRIED]], place.site.tz)),
        )


def of_collision(found: Collision, new: Places, moved: Sequence[str], *, now: datetime) -> Obstacle:
    """Two that would be at one place at once. ``moved``: the spaces that the change is about."""
    place = new[found.one.space]
    zone = place.site.tz
    common = times.listed([new[atom.partition("/")[2]].space.name for atom in found.atoms[:_NAMED]])
    more = f" and {len(found.atoms) - _NAMED} more" if len(found.atoms) > _NAMED else ""
    over = [each for each in (found.one, found.other) if each.during.end <= now]
    hint = "Move or cancel one of them first."
    if over:
        going = found.other if found.one in over else found.one
        until = times.at(going.during.end, zone, now=now)
        hint = f"“{over[0].title}” is over, so wait until “{going.title}” is over too, at {until}."
    return Obstacle(
        section="spaces",
        id=found.one.space if found.one.space in moved else found.other.space,
        field="parts",
        kind="clash",
        text=f"{_one(found.one, now, new)} and {_one(found.other, now, new)} would both have {common}{more}. {hint}",
        conflicts=tuple(conflicts([found.one, found.other], zone)),
    )


def of_crowd(found: PoolOverrun, new: Places, moved: Sequence[str], *, now: datetime) -> Obstacle:
    """Bookings that would take more places than a pool has."""
    pool = found.pool.partition("/")[2]
    place = new[pool]
    named = "; ".join(_one(each, now, new) for each in found.bookings[:_NAMED])
    more = f" and {len(found.bookings) - _NAMED} more" if len(found.bookings) > _NAMED else ""
    return Obstacle(
        section="spaces",
        id=pool if pool in moved else moved[0],
        field="pool_size" if pool in moved else "parts",
        kind="seats",
        text=f"{place.space.name} would have {found.size:,} places and {found.taken:,} taken at once: {named}{more}. "
        "Move or cancel some of them first.",
        conflicts=tuple(conflicts(found.bookings[:_CARRIED], place.site.tz)),
    )


def notes(bookings: Sequence[Booking], old: Places, new: Places, *, now: datetime) -> Iterator[str]:
    """Bookings that stay although they could no longer be made. ``bookings``: those to come of all spaces
    that change."""
    by_space: dict[str, list[Booking]] = {}
    for each in bookings:
        by_space.setdefault(each.space, []).append(each)
    for space_id, mine in by_space.items():
        was, place = old[space_id], new[space_id]
        if was.space.bookable and not place.space.bookable:
            many = "1 booking to come stays" if len(mine) == 1 else f"{len(mine):,} bookings to come stay"
            yield f"{place.space.name} can no longer be booked; {many}."
        tight = [each for each in mine if _too_many(each, place.space) and not _too_many(each, was.space)]
        if tight:
            yield f"{_named(tight, now, place)} expect more people than {place.space.name} would hold."


def impact_texts(
    active: Iterable[Booking], tight: Iterable[TooCloseBooking], old: Places, new: Places, *, now: datetime
) -> dict[str, str]:
    """Booking -> the effect of the change on it, as a sentence about it alone."""
    found: dict[str, list[str]] = {}
    for each in active:
        was, space = old[each.space].space, new[each.space].space
        if was.bookable and not space.bookable:
            found.setdefault(each.id, []).append(f"{space.name} can no longer be booked")
        if _too_many(each, space) and not _too_many(each, was):
            holds = space.holds(each.layout)
            found.setdefault(each.id, []).append(f"{each.people} people are more than {space.name} holds ({holds})")
    for pair in tight:
        needed = times.duration(pair.needed)
        for one, other in ((pair.one, pair.other), (pair.other, pair.one)):
            hypothetical = _one(_claimed(other), now, new)
            found.setdefault(one.id, []).append(f"there should be {needed} between it and {hypothetical}")
    return {each: "; ".join(texts) for each, texts in found.items()}


def of_defaults(bookings: Sequence[Booking], new: Places, *, now: datetime) -> Iterator[str]:
    """Notes about future bookings without a layout, in spaces whose default layout changes."""
    by_space: dict[str, list[Booking]] = {}
    for each in bookings:
        by_space.setdefault(each.space, []).append(each)
    for space, mine in by_space.items():
        verb = "names" if len(mine) == 1 else "name"
        name = new[space].space.name
        yield f"{_named(mine, now, new[space])} {verb} no layout: {name} {laid_out(new[space])} for them."


def laid_out(place: SpaceAtSite) -> str:
    """“is laid out as “Theatre””, “has no layout of its own”."""
    layout = place.space.layout(None)
    return "has no layout of its own" if layout is None else f"is laid out as “{layout.name}”"


def of_tightened(found: Sequence[TooCloseBooking], new: Places, *, now: datetime) -> Iterator[str]:
    """Notes about neighbours that stay and would have too little time between them."""
    for each in found[:_NAMED]:
        left = f"{times.duration(each.left)} between them" if each.left else "no time between them"
        one, other = (_one(_claimed(booking), now, new) for booking in (each.one, each.other))
        yield (
            f"{one} and {other} have {left}, and would need {times.duration(each.needed)} to clear down, set up or "
            "change over. They stay as they are."
        )
    if len(found) > _NAMED:
        more = len(found) - _NAMED
        yield f"So {'does 1 more pair' if more == 1 else f'do {more:,} more pairs'} of bookings."


def _in_policy(rules: Policy) -> frozenset[str]:
    """The spaces that a policy names."""
    naming = (rules.rules, rules.windows, rules.quotas, rules.release)
    return frozenset(space for some in naming for each in some for space in each.spaces)


def _too_many(booking: Booking, space: Space) -> bool:
    holds = space.holds(booking.layout)
    return booking.people is not None and holds is not None and booking.people > holds


def _in_use(section: str, thing: str, text: str) -> Obstacle:
    return Obstacle(section=section, id=thing, field="", kind="in-use", text=text)


def _equipment_obstacle(
    name: str, text: str, users: Sequence[Booking], parts: SiteParts, *, field: str = ""
) -> Obstacle:
    return Obstacle(
        section="equipment",
        id=name,
        field=field,
        kind="equipment",
        text=text,
        conflicts=tuple(conflicts([_claimed(each) for each in users[:_CARRIED]], parts.site.tz)),
    )


def _equipment(parts: SiteParts) -> dict[str, Equipment]:
    return {each.id: each for each in parts.equipment}


def _reaches(places: Places, home: str | None, space: str) -> bool:
    """Whether a booking of ``space`` may have what stays in ``home``."""
    if home is None or home == space:
        return True
    return home in places and space in places and set(places[home].atoms) <= set(places[space].atoms)


def _fullest(users: Sequence[Booking], name: str) -> tuple[list[Booking], int]:
    """The bookings that have most of some equipment at one moment, and how many."""
    steps = sorted(
        (moment, sign, number)
        for number, each in enumerate(users)
        for moment, sign in ((each.starts, 1), (each.ends, -1))
    )
    count, most = 0, 0
    here: dict[int, None] = {}
    fullest: list[int] = []
    for _, sign, number in steps:  # at one moment those that end come first
        count += sign * sum(need.count for need in users[number].equipment if need.equipment == name)
        if sign > 0:
            here[number] = None
        else:
            del here[number]
        if count > most:
            most, fullest = count, list(here)
    return [users[number] for number in fullest], most


def _claimed(booking: Booking) -> Claimed:
    return Claimed(id=booking.id, title=booking.title, space=booking.space, during=booking.during)


def _one(booking: Claimed, now: datetime, new: Places) -> str:
    place = new[booking.space]
    return f"“{booking.title}” ({place.space.name}, {times.window(booking.during, place.site.tz, now=now)})"


def _named(bookings: Sequence[Booking], now: datetime, place: SpaceAtSite) -> str:
    return _listed([f"“{each.title}” ({times.window(each.during, place.site.tz, now=now)})" for each in bookings])


def _titles(bookings: Sequence[Booking], now: datetime, parts: SiteParts) -> str:
    return _listed([f"“{each.title}” ({times.window(each.during, parts.site.tz, now=now)})" for each in bookings])


def _listed(named: Sequence[str]) -> str:
    if len(named) <= _NAMED:
        return times.listed(named)
    return f"{', '.join(named[:_NAMED])} and {len(named) - _NAMED} more"
