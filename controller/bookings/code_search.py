"""Finds the booking of a door code by its last digits, for who may see every code of a site; and that over HTTP."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import StringConstraints

from controller.access.service import AccessService
from controller.bookings import repository
from controller.bookings.answers import booking_list
from controller.bookings.booking_view import BookingView
from controller.bookings.listing import BookingListing
from controller.bookings.schemas import BookingList
from controller.db.engine import Database, Tx
from controller.people.authentication import SeesCodesAnySite
from controller.people.model import Actor
from controller.people.permissions import Action, things_of
from controller.platform.web.fields import Body
from controller.platform.web.problem import NotSignedIn, TooMany, described
from controller.platform.web.services import service
from controller.records.audit import audit_log
from edge.wire.clock import Clock
from edge.wire.interval import Interval

MOST_A_MINUTE = 20
"""Searches of one user."""
_BACK, _AHEAD = timedelta(days=1), timedelta(days=14)
_LOOKED_AT = 20_000
"""Bookings whose codes are opened for one search; more than a county has in that time."""
_FOUND = 50


class TooManyCodeSearches(TooMany):
    def __init__(self, wait_s: int) -> None:
        super().__init__(
            f"you have looked for {MOST_A_MINUTE} codes within a minute; wait {wait_s} seconds",
            headers={"Retry-After": str(wait_s)},
        )


@dataclass(eq=False)
class CodeSearch:
    """The caller lets in who may see a code; every search is recorded, without the digits."""

    database: Database
    clock: Clock
    access: AccessService
    listing: BookingListing
    _minute: datetime | None = field(default=None, init=False)
    _searches: Counter[str] = field(default_factory=Counter, init=False)

    async def ending(self, digits: str, *, actor: Actor) -> list[BookingView]:
        """The confirmed bookings from yesterday to two weeks ahead with a code that ends so, by start, at the sites
        where the actor may see every code. Nothing for who may see those of a party only: they would learn of others'.
        Raises ``TooManyCodeSearches``."""
        sites = {each.site for each in things_of(actor, Action.CODE) if each.party is None}
        if not sites:
            return []
        now = self.clock.now()
        self._count(actor.name, now)

        async def record(tx: Tx) -> None:
            for site in [None] if None in sites else sorted(each for each in sites if each is not None):
                await audit_log.record(tx, actor=actor.name, at=now, act="search codes", site=site, thing="door codes")

        await self.database.run(record)
        during = Interval(start=now - _BACK, end=now + _AHEAD)
        named = None if None in sites else {each for each in sites if each is not None}
        async with self.database.read() as tx:  # thousands of codes may be opened, and writers go on meanwhile
            near = await repository.near(tx, named, during, most=_LOOKED_AT)
            codes = await self.access.codes(tx, [each.id for each in near])
            found = [
                each
                for each in near
                if each.id in codes and any(code.endswith(digits) for code in codes[each.id].by_door.values())
            ]
            return await self.listing.views(tx, found[:_FOUND], now)

    def _count(self, name: str, now: datetime) -> None:
        minute = now.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self._searches = minute, Counter()
        if self._searches[name] >= MOST_A_MINUTE:
            raise TooManyCodeSearches(60 - now.second)
        self._searches[name] += 1


router = APIRouter(tags=["bookings"], responses=described(NotSignedIn))
TheCodeSearch = Annotated[CodeSearch, service(CodeSearch)]


class CodeSearchBody(Body):
    """``digits``: the last ones of a code. In the body, since addresses stand in logs."""

    digits: Annotated[str, StringConstraints(pattern=r"^[0-9]{2,4}$")]


@router.post("/bookings/search", responses=described(TooManyCodeSearches))
async def search_by_code(body: CodeSearchBody, search: TheCodeSearch, actor: SeesCodesAnySite) -> BookingList:
    """Bookings from yesterday to two weeks ahead with a door code that ends in `digits`, by start, at the sites where
    the user may see every code. Users who see their own party's codes only find nothing. Each search is recorded, and
    a user has 20 a minute."""
    return booking_list(await search.ending(body.digits, actor=actor), actor)
