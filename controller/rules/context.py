"""A request with everything that it is judged by. Pure."""

from datetime import datetime
from functools import cached_property

import msgspec

from controller.diary.model import BookingRequest
from controller.diary.site_config import SiteConfig, SpaceAtSite
from controller.estate.model import SpaceKind
from controller.people.permissions import Action, Thing, may
from controller.rules.buffers import Buffers, buffers_of
from controller.rules.facts import Facts
from controller.rules.pools import seats_of
from controller.rules.request import RuleRequest


class RuleContext(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What every rule looks at."""

    site_config: SiteConfig
    request: RuleRequest
    place: SpaceAtSite
    now: datetime
    facts: Facts = Facts()

    @property
    def asked(self) -> BookingRequest:
        return self.request.asked

    @property
    def pool(self) -> bool:
        """Whether it asks for places of a pool and not for a room."""
        return self.place.space.kind is SpaceKind.POOL

    @cached_property
    def seats(self) -> int:
        """Places it takes, if it is about a pool."""
        return seats_of(seats=self.asked.seats, people=self.asked.people)

    @cached_property
    def buffers(self) -> Buffers:
        asked = self.asked
        return buffers_of(
            self.place.space, layout=asked.layout, setup_min=asked.setup_min, cleardown_min=asked.cleardown_min
        )

    @cached_property
    def decides(self) -> bool:
        """Whether the actor could approve it, and is not asking as the party would."""
        thing = Thing(site=self.site_config.site.id, party=self.asked.party)
        return not self.asked.by_rules and may(self.request.actor, Action.DECIDE, thing)
