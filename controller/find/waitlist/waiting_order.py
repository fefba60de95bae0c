"""Those who wait, in the order in which they came, each with their place in the line. Pure."""

from collections.abc import Sequence

import msgspec

from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.diary.waitlist import Wait, WaitState
from controller.estate.model import Site


class WaitView(msgspec.Struct, frozen=True, kw_only=True):
    """A wait in its current state. ``place``: 1 for the next for that time and space; ``None`` for somebody who no
    longer waits."""

    wait: Wait
    where: SiteConfig
    place: int | None

    @property
    def site(self) -> Site:
        return self.where.site


def numbered(site_config: SiteConfig, line: Sequence[Wait]) -> list[WaitView]:
    """Those in line, as they came, each with its place among those who wait for some of the same time in some of the
    same rooms."""
    ahead: list[tuple[Wait, frozenset[str]]] = []
    views: list[WaitView] = []
    for each in line:
        if each.state is not WaitState.WAITING:
            views.append(WaitView(wait=each, where=site_config, place=None))
            continue
        rooms = frozenset(
            atom for space in each.spaces if space in site_config.by_space for atom in site_config.by_space[space].atoms
        )
        during = each.asked.during
        before = sum(other.asked.during.overlaps(during) and not theirs.isdisjoint(rooms) for other, theirs in ahead)
        views.append(WaitView(wait=each, where=site_config, place=before + 1))
        ahead.append((each, rooms))
    return views
