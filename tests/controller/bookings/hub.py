"""A hub as bookings see it, without a database, and what tests ask of it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import insert

from controller.bookings.diary.model import Booking, BookingRequest, BookingState, Claimed
from controller.bookings.diary.policy import Policy
from controller.bookings.diary.site_config import SiteConfig, places
from controller.bookings.rules.evaluate import verdict
from controller.bookings.rules.model import (
    Facts,
    Neighbour,
    ResourceUse,
    RuleContext,
    RuleReason,
    RuleRequest,
    Verdict,
    quartered,
)
from controller.db.engine import Tx
from controller.estate.model import Changeover, Equipment, Layout, Site, SiteParts, Space, SpaceKind
from controller.estate.tables import sites, spaces
from controller.hours.model import OpeningHours
from controller.hours.timetable import Timetable
from controller.people.model import Actor, Role, Tier
from edge.wire.ids import new_id
from edge.wire.interval import Interval
from tests.controller.running import NOW

SIX = datetime(2026, 11, 26, 18, tzinfo=UTC)
"""Thursday evening."""
MANAGER = Actor.acting("Una Porter", Role.MANAGER)
CHOIR = Actor.acting("Ivy Alto", Role.GROUP_LEADER, party="choir")

HUB = Site(id="hub", name="Ramsey Hub", zone="Europe/London")
_LAYOUTS = (
    Layout(id="theatre", name="Theatre", capacity=100, setup_min=15, cleardown_min=15),
    Layout(id="boardroom", name="Boardroom", capacity=12),
)
SPACES = (
    Space(
        site="hub",
        id="hall",
        name="Hall",
        capacity=60,
        parts=("half-a", "half-b"),
        default_layout="theatre",
        changeover_min=20,
        layouts=_LAYOUTS,
        changeovers=(Changeover(from_layout="theatre", to_layout="boardroom", minutes=45),),
    ),
    Space(site="hub", id="half-a", name="Half A", capacity=30, changeover_min=10),
    Space(site="hub", id="half-b", name="Half B", capacity=30),
    Space(site="hub", id="studio", name="Studio", capacity=12, setup_min=10, cleardown_min=20),
    Space(site="hub", id="kitchen", name="Kitchen", setup_min=10, cleardown_min=20, share_buffers=False),
    Space(site="hub", id="desks", name="Touch-down desks", kind=SpaceKind.POOL, pool_size=8),
    Space(site="hub", id="library", name="Library", parts=("desks", "shelves")),
    Space(site="hub", id="shelves", name="Shelves", bookable=False),
    Space(site="hub", id="yard", name="Yard"),
)
EQUIPMENT = (
    Equipment(site="hub", id="projector", name="Projector", count=2),
    Equipment(site="hub", id="piano", name="Piano", count=1, space="half-a"),
)


def site_config(
    policy: Policy | None = None, *, hours: Timetable | None = None, all_spaces: Iterable[Space] = SPACES
) -> SiteConfig:
    """The hub with other rules, hours or spaces."""
    return SiteConfig(
        site=HUB,
        revision=1,
        by_space=places(SiteParts(site=HUB, spaces=tuple(all_spaces))),
        equipment={each.id: each for each in EQUIPMENT},
        hours=hours or Timetable(site=HUB, timetable=OpeningHours()),
        policy=policy or Policy(),
    )


def at(start: datetime, hours: float = 2) -> Interval:
    return Interval(start=start, end=start + timedelta(hours=hours))


def asked(space: str = "yard", start: datetime = SIX, hours: float = 2, **more: object) -> BookingRequest:
    """The choir's wish: Thursday evening in the yard, unless told otherwise."""
    plain = BookingRequest(space=space, title="Choir", during=at(start, hours), party="choir")
    return msgspec.structs.replace(plain, **more)


def judged(
    wanted: BookingRequest,
    there: SiteConfig | None = None,
    *,
    actor: Actor = MANAGER,
    tier: Tier = Tier.COMMUNITY,
    facts: Facts | None = None,
    now: datetime = NOW,
) -> Verdict:
    """The verdict on a wish, without a database."""
    there = there or site_config()
    request = RuleRequest(asked=wanted, actor=actor, tier=tier)
    return verdict(
        RuleContext(
            site_config=there, request=request, place=there.require(wanted.space), now=now, facts=facts or Facts()
        )
    )


def only(found: Verdict) -> RuleReason:
    """The one reason that there is."""
    [reason] = found.reasons
    return reason


def hypothetical(other: BookingRequest, there: SiteConfig | None = None, *, run_out: bool = False) -> Facts:
    """What a wish finds of a booking that was asked for like this."""
    there = there or site_config()
    case = RuleContext(
        site_config=there, request=RuleRequest(asked=other, actor=MANAGER), place=there.require(other.space), now=NOW
    )
    booking = Claimed(id="b1", title=other.title, space=other.space, during=other.during)
    return Facts(
        neighbours=tuple(
            Neighbour(booking=booking, atom=atom, buffers=case.buffers, run_out=run_out) for atom in case.place.atoms
        )
    )


def use(thing: str, count: int, during: Interval, *, title: str = "Job club", run_out: bool = False) -> ResourceUse:
    """Something of the hub that a booking has."""
    if thing == "desks":
        during = quartered(during)
    booking = Claimed(id=f"{title} {during.start}", title=title, space="yard", during=during)
    return ResourceUse(booking=booking, thing=f"hub/{thing}", count=count, run_out=run_out)


def spent(*starts: datetime, hours: float = 2, space: str = "yard") -> Facts:
    """What a wish finds that its party has already."""
    return Facts(
        spent=tuple(Claimed(id=str(each), title="Choir", space=space, during=at(each, hours)) for each in starts)
    )


def booking(
    wanted: BookingRequest | None = None, *, state: BookingState = BookingState.CONFIRMED, **more: object
) -> Booking:
    """A booking as stored."""
    wanted = wanted or asked()
    plain = {name: getattr(wanted, name) for name in Booking.__struct_fields__ if hasattr(wanted, name)}
    return Booking(
        **plain
        | {
            "id": new_id(NOW),
            "site": "hub",
            "series_id": None,
            "starts": wanted.during.start,
            "ends": wanted.during.end,
            "state": state,
            "state_at": None,
            "held_until": None,
            "overruled": False,
            "occurrence": None,
            "changed_here": "",
            "let_in_at": None,
            "let_in_door": None,
            "arrived_at": None,
            "arrived_how": "",
            "release_warned_at": None,
            "counted_in": 0,
            "created_at": NOW,
            "created_by": "test",
            "changed_at": NOW,
            "changed_by": "test",
            "version": 1,
        }
        | more
    )


async def build(tx: Tx, all_spaces: Iterable[Space] = SPACES) -> None:
    """As much of the hub in the database as bookings refer to."""
    await tx.execute(insert(sites).values(id="hub", name=HUB.name, zone=HUB.zone, address="", phone=""))
    await tx.execute(insert(spaces), [{"site": "hub", "id": each.id, "name": each.name} for each in all_spaces])
