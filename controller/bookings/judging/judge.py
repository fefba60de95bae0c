"""What becomes of wishes, by the diary and the rules of their site."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from controller.bookings.judging.case import Case
from controller.bookings.judging.discretion import as_seen
from controller.bookings.judging.facts import Facts, Neighbour, Use
from controller.bookings.judging.facts_repository import FAR, find_facts
from controller.bookings.judging.pools import quartered, takings
from controller.bookings.judging.rules import verdict
from controller.bookings.judging.wish import Wish
from controller.bookings.model import Claimed
from controller.bookings.picture import Picture
from controller.bookings.verdict import Verdict
from controller.database import Tx
from edge.wire.interval import Interval

__all__ = ["Wish", "judge"]


async def judge(
    tx: Tx,
    picture: Picture,
    wishes: Sequence[Wish],
    *,
    now: datetime,
    together: bool = False,
    beside: Sequence[Wish] = (),
) -> list[Verdict]:
    """The verdict on each wish of one site, in their order: at most four statements however many they are.

    Wishes do not see each other; ``together``: each sees those before it that are possible, as bookings without an id.
    ``beside``: what each of them sees as booked, besides.
    A verdict says of other bookings what the actor of its wish may see of them.
    Whoever is going to write holds the site's lock. Raises ``SpaceUnknown``.
    """
    cases = [_case(picture, each, now) for each in wishes]
    found = await find_facts(tx, cases, now=now)
    facts = [as_seen(each, case.wish.actor, picture.site.id) for case, each in zip(cases, found, strict=True)]
    verdicts: list[Verdict] = []
    made = [(each, _as_booked(each)) for each in (_case(picture, wish, now) for wish in beside)]
    for case, its in zip(cases, facts, strict=True):
        verdicts.append(verdict(replace(case, facts=_with(its, case, made) if made else its)))
        if together and verdicts[-1].possible:
            made.append((case, _as_booked(case)))
    return verdicts


def _case(picture: Picture, wish: Wish, now: datetime) -> Case:
    return Case(picture=picture, wish=wish, place=picture.require(wish.asked.space), now=now)


def _as_booked(case: Case) -> Facts:
    """What others will find once this one is booked."""
    asked, site = case.asked, case.picture.site.id
    booking = Claimed(id="", title=asked.title, space=asked.space, during=asked.during, party=asked.party)
    quarter = replace(booking, during=quartered(asked.during))
    return Facts(
        neighbours=()
        if case.pool
        else tuple(Neighbour(booking=booking, atom=atom, buffers=case.buffers) for atom in case.place.atoms),
        equipment=tuple(
            Use(booking=booking, thing=f"{site}/{need.equipment}", count=need.count) for need in asked.equipment
        ),
        pools=tuple(Use(booking=quarter, thing=pool, count=count) for pool, count in takings(case.place, case.seats)),
        spent=(booking,),
    )


def _with(facts: Facts, case: Case, made: Sequence[tuple[Case, Facts]]) -> Facts:
    """The facts as they are once ``made`` are booked."""
    during, party, atoms = case.asked.during, case.asked.party, set(case.place.atoms)
    around = Interval(start=during.start - FAR, end=during.end + FAR)
    near = [found for other, found in made if other.asked.during.overlaps(around)]
    return Facts(
        neighbours=(*facts.neighbours, *(each for other in near for each in other.neighbours if each.atom in atoms)),
        equipment=(*facts.equipment, *(each for other in near for each in other.equipment)),
        pools=(*facts.pools, *(each for other in near for each in other.pools)),
        spent=(
            *facts.spent,
            *(each for other, found in made if party and other.asked.party == party for each in found.spent),
        ),
    )
