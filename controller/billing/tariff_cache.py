"""Cache of sites' tariffs, invalidated by the site's revision; and what to price of bookings."""

from collections import OrderedDict
from collections.abc import Mapping

from controller.billing import repository
from controller.billing.model import Priced, PricingBasis, StoredTariffs, Used
from controller.bookings.diary.model import Booking, BookingRequest
from controller.bookings.diary.site_config import SiteConfig, SpaceAtSite
from controller.db.engine import Tx
from controller.estate.model import SpaceKind
from controller.people.model import Tier

_KEPT = 256
"""Sites in the cache."""


class TariffCache:
    """The tariffs of all sites, the latest used first."""

    def __init__(self) -> None:
        self._by_site: OrderedDict[str, tuple[int, StoredTariffs | None]] = OrderedDict()

    async def of(self, tx: Tx, site_config: SiteConfig) -> StoredTariffs | None:
        """The tariffs in force at this revision; None where none were ever set. Costs no query most times."""
        site = site_config.site.id
        revision, found = self._by_site.get(site, (-1, None))
        if revision != site_config.revision:
            found = await repository.current(tx, site)
            self._by_site[site] = (site_config.revision, found)
        self._by_site.move_to_end(site)
        while len(self._by_site) > _KEPT:
            self._by_site.popitem(last=False)
        return found


def basis(site_config: SiteConfig, asked: BookingRequest | Booking) -> PricingBasis:
    """The fields of a booking, or of a request, that its price depends on."""
    place = site_config.require(asked.space)
    layout = place.space.layout(asked.layout)
    return PricingBasis(
        space=asked.space,
        layout=layout.id if layout is not None else None,
        during=asked.during,
        party=asked.party,
        seats=_seats(place, asked),
        equipment=tuple(sorted(asked.equipment, key=lambda need: need.equipment)),
    )


def priced(site_config: SiteConfig, of: PricingBasis, tier: Tier, *, block: tuple[int, int] | None = None) -> Priced:
    """A booking as it is priced. ``block``: dates and microseconds of its series, if it has one."""
    dates, series_us = block or (1, 0)
    return Priced(
        zone=site_config.site.tz,
        space=of.space,
        layout=of.layout,
        tier=tier,
        party=of.party,
        during=of.during,
        modes=tuple(site_config.hours.modes(of.during, space=of.space)),
        seats=of.seats,
        equipment=_equipment(site_config, of),
        dates=dates,
        series_us=series_us,
    )


def _seats(place: SpaceAtSite, asked: BookingRequest | Booking) -> int:
    return (asked.seats or asked.people or 1) if place.space.kind is SpaceKind.POOL else 1


def _equipment(site_config: SiteConfig, of: PricingBasis) -> tuple[Used, ...]:
    names: Mapping[str, str] = {each.id: each.name for each in site_config.equipment.values()}
    return tuple(
        Used(equipment=need.equipment, name=names.get(need.equipment, need.equipment), count=need.count)
        for need in of.equipment
    )
