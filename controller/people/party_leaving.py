"""Who loses what when they leave a party. Pure."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec

from controller.db.engine import Tx
from controller.people.model import Actor, User
from controller.people.permissions import Action, Thing, may
from controller.people.role_assignments import in_force

LATELY = timedelta(days=30)
"""How long somebody who has stopped leading a party counts as a leader when they leave it: they knew its codes."""


class Departure(msgspec.Struct, frozen=True, kw_only=True):
    """A user who may do less for a party from now on, at a site (``None``: at all). ``gone``: they have no role for it
    any more. ``led``: they no longer see its codes, and could change its bookings until now, or by a role that ended
    ``LATELY``. ``managed``: they no longer change its bookings. ``saw``: they no longer see its codes. ``by``: who has
    done that. ``at``: when they leave."""

    user: User
    party: str
    site: str | None
    gone: bool
    led: bool
    managed: bool
    saw: bool
    by: str
    at: datetime


DepartureHook = Callable[[Tx, Departure, datetime], Awaitable[frozenset[str]]]
"""Ends what they were given, in the transaction in which they leave; returns the sites where doors or bookings have
changed by it."""


def departures(before: User, after: User, *, by: str, now: datetime) -> list[Departure]:
    """One for each party and site at which the user could do more before. ``now``: or a time to come, for what they
    will lose then."""
    old, new = _actor(before, now), _actor(after, now)
    places = {(party, each.site) for each in old.assignments if (party := each.party) is not None}
    found = []
    for party, site in sorted(places, key=lambda each: (each[0], each[1] or "")):
        thing = Thing(site=site, party=party)
        managed, saw = (may(old, each, thing) and not may(new, each, thing) for each in (Action.BOOK, Action.CODE))
        if managed or saw:
            gone = all(each.party != party for each in new.assignments)
            led = saw and (managed or _led_lately(before, party, thing, now))
            lost = {"gone": gone, "led": led, "managed": managed, "saw": saw}
            found.append(Departure(user=after, party=party, site=site, by=by, at=now, **lost))
    return found


def _led_lately(user: User, party: str, thing: Thing, now: datetime) -> bool:
    return any(
        may(Actor(name=user.name, user=user.id, assignments=(each,)), Action.BOOK, thing)
        for each in user.assignments
        if each.party == party
        and each.until_at is not None
        and now - LATELY < each.until_at <= now
        and (each.from_at is None or each.from_at < each.until_at)
    )


def _actor(user: User, now: datetime) -> Actor:
    held = () if user.ended_at is not None and user.ended_at <= now else in_force(user.assignments, now)
    return Actor(name=user.name, user=user.id, assignments=held)
